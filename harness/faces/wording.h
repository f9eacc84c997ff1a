/* What all faces say alike: the words of a question, of a choice and its key, of what changed, of a result. */
#ifndef NFC_SURVEY_FACES_WORDING_H
#define NFC_SURVEY_FACES_WORDING_H

#include "harness/station/view.h"
#include "reports/words/phrase.h"
#include "reports/words/words.h"

/* A choice as it is offered: its key ("\r" is Enter, "" none) and words that name it. */
struct wording_choice {
    enum choice choice;
    const char *key;
    enum word name;  /* of a button: "later" */
    enum word means; /* behind its key in a line: "l = later" */
};
const struct wording_choice *wording_choice(enum choice choice); /* NULL for a stranger */
/* What is typed for it where `offered` (CHOICE_BITs) may be said: its key, or a word where that is another's there. */
const char *wording_key(const struct wording_choice *k, uint32_t offered);

enum word wording_tag(enum question what); /* what is typed there */
enum word wording_go(enum question what);  /* what GO is at this question */

/* Whether a text has to come with it, of those that take one. */
bool wording_needs_text(enum choice choice);
enum word wording_lacks(enum choice choice); /* what is said to whoever left that text out */

/* Whether a line is a key alone, be it offered or not: a reflex, and no text of anything. */
bool wording_is_key(const char *line);

/* What a line that was typed or a key with a text says at this question; NONE: nothing that is offered. `text` gets
 * what stands behind the key. Full width, capitals and ideographic blanks are understood. */
enum choice wording_said(const struct station_question *q, const char *line, char text[STATION_WORDS_MAX]);

/* The question, in one line or more; {0} .. are filled. */
struct phrase wording_question(const struct station_view *v, enum language language);

/* What is to be done differently than before, in the order of doing it. */
#define WORDING_CHANGES_MAX 6
size_t wording_changes(const struct station_view *v, enum language language,
                       struct phrase out[WORDING_CHANGES_MAX]);

enum word wording_result(enum placement_result result);
/* Why the last placement ended so: a reason, or of what failed the stage and the cause; "" where it was clean. */
struct phrase wording_why(const struct station_view *v, enum language language);

/* "3 h 05 min"; "?" below 0. */
struct phrase wording_span(double seconds, enum language language);

struct phrase wording_notice(const struct station_notice *n, enum language language);

struct phrase wording_reader(const struct station_view *v,
                             enum language language); /* the one meant, and its place */
/* Where the phone shall lie: "centre", or "left: x -10, y 0, z 0 mm". */
struct phrase wording_position(const struct survey_condition *c, enum language language);

#endif
