/* Plain text in a fixed array, for writers of every format: the writer still has to escape it. */
#ifndef NFC_SURVEY_WORDS_PHRASE_H
#define NFC_SURVEY_WORDS_PHRASE_H

#include "harness/base/buf.h"
#include "reports/words/words.h"

#define PHRASE_BYTES 256

/* Cut at a whole character, with an ellipsis, where it would be longer. */
struct phrase {
    char text[PHRASE_BYTES];
};

struct phrase phrase_cut(const char *text);

/* The one of two texts that is in the language, or the other where there is none; may be NULL. */
const char *phrase_choose(const char *english, const char *japanese, enum language language);

/* A title without the mark of simulated data that its author put at its end, "(simulated)": ours stands beside it. */
struct phrase phrase_unmarked(const char *title, enum language language);

/* The string with its places (harness/base/place.h) filled by args, in pieces to add(); args ends with NULL. */
void phrase_add(struct buf *out, void (*add)(struct buf *, const char *), enum word id,
                enum language language, const char *const *args);
struct phrase phrase_fill(enum word id, enum language language, const char *const *args);
/* The same with the arguments one by one; what phrase_add adds is plain text. */
#define PHRASE_ADD(out, id, language, ...)                                                                   \
    phrase_add((out), buf_add_text, (id), (language), (const char *const[]) { __VA_ARGS__, NULL })
#define PHRASE_FILL(id, language, ...)                                                                       \
    phrase_fill((id), (language), (const char *const[]) { __VA_ARGS__, NULL })

struct phrase phrase_duration(uint64_t us, enum language language); /* "40 ms", "3.02 s" */

/* What the program said, in the language; what somebody else said as it is. `hold` keeps what is made; the result
 * is that, or the words themselves. */
const char *phrase_said(const struct said *s, enum language language, struct phrase *hold);
void phrase_add_said(struct buf *out, const struct said *s, enum language language); /* whole */

#endif
