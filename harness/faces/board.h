/*
 * What the screen and the page show of a view: all its texts in one language, made safe to show, and the drawing. The
 * two differ in how they lay it out, in nothing that they say.
 */
#ifndef NFC_SURVEY_FACES_BOARD_H
#define NFC_SURVEY_FACES_BOARD_H

#include "harness/base/buf.h"
#include "harness/faces/drawing.h"
#include "harness/faces/wording.h"
#include "harness/station/view.h"

#define BOARD_FACTS       5
#define BOARD_FIGURES     6
#define BOARD_CHOICES_MAX (CHOICE_COUNT + 1) /* LATER twice */

/* What an outcome looks like; nothing else has a colour. */
enum board_tone { TONE_NONE = 0, TONE_GOOD, TONE_BAD, TONE_DOUBTFUL };
const char *board_tone_name(enum board_tone tone); /* "good"; "" of none */

/* What a face has shown so far, all 0 at first: which notices are fresh, and what there is to hear. */
struct board_memory {
    uint32_t question;
    uint64_t notices_at_question, fresh_from, last;
};

/* What a person should look up for. */
enum board_sound { SOUND_NONE = 0, SOUND_TURN, SOUND_RESULT, SOUND_FAILURE };

struct board_pair {
    const char *label;
    struct phrase text;
};

struct board_choice {
    enum choice choice;
    const char *text;  /* that goes with it: "next" of the second LATER; "" */
    struct phrase key; /* "Enter", "x" */
    struct phrase name, means;
    bool needs_text;
};

struct board {
    enum language language;
    uint64_t number;
    bool ended, waits_for_person; /* "your turn": a question, and not MEASURING */
    struct station_question question;
    enum board_sound sound;
    struct phrase title, session, order;
    struct phrase changes[WORDING_CHANGES_MAX];
    size_t change_count;
    bool placing; /* facts and drawing are of a placement */
    struct board_pair facts[BOARD_FACTS];
    size_t fact_count;
    struct drawing drawing;
    unsigned measured, to_measure;
    struct phrase measuring; /* "" while nothing is measured */
    struct {
        uint64_t placement; /* 0: none yet */
        enum board_tone tone;
        struct phrase text, why; /* why: "" when nothing is to be said */
    } last;
    uint64_t notice_count; /* ever; the first of `notices` is the newest */
    struct phrase notices[STATION_NOTICES];
    size_t notices_held, notices_fresh; /* fresh: of this question or the one before it */
    struct phrase aside;                /* readers that are out of service; "" */
    struct board_pair figures[BOARD_FIGURES];
    struct board_pair verdicts[VERDICT_COUNT]; /* of which there is any */
    size_t verdict_count;
    struct board_choice choices[BOARD_CHOICES_MAX];
    size_t choice_count;
};

void board_make(struct board *b, const struct station_view *v, enum language language,
                struct board_memory *memory);

/* The same for the page, as one JSON object without a line break. */
void board_write(struct buf *out, const struct board *b);

#endif
