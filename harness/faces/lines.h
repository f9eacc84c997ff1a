/* The plain face: lines on stderr, and what is typed on stdin where a person lays the phones. */
#ifndef NFC_SURVEY_FACES_LINES_H
#define NFC_SURVEY_FACES_LINES_H

#include "harness/station/view.h"
#include "reports/words/speech.h"

struct lines {
    struct speech speech; /* on stderr */
    bool terminal;        /* stderr is one: progress is one line, drawn again and again */
    bool asks;            /* a person types here: progress is a line a placement */
    bool drawn;           /* the progress line is on the screen */
    uint64_t drawn_ns;
    uint64_t placements;               /* that the progress line told last */
    uint64_t notices, result;          /* shown so far */
    struct station_question question;  /* shown now */
    enum choice lacking;               /* said without the text it needs, which may come alone; NONE: none */
    bool prompted;                     /* and a prompt behind it, where something can be typed */
    bool quits;                        /* somebody said so: nothing more is asked */
    bool answered;                     /* what else was typed waits for the next question */
    bool ended;                        /* of the input */
    char typed[2 * STATION_WORDS_MAX]; /* not yet a whole line */
    size_t typed_length;
    struct station_answer heard[16]; /* not fetched yet */
    unsigned heard_count;
};

/* `asks`: read answers from stdin. The face borrows `l`. */
void lines_open(struct lines *l, const struct speech *speech, bool asks, struct face *out);
/* Before something else is written to stderr. */
void lines_clear(struct lines *l);

#endif
