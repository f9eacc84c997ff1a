/*
 * The full screen in a terminal: the same view as everywhere, and a line in which keys and texts are typed, each ended
 * by Enter. There is one at a time. The terminal gets back what it was, whatever way the program ends but SIGKILL.
 */
#ifndef NFC_SURVEY_FACES_SCREEN_H
#define NFC_SURVEY_FACES_SCREEN_H

#include "harness/base/err.h"
#include "harness/station/view.h"
#include "reports/words/words.h"

#include <stdbool.h>

#define SCREEN_COLUMNS 60 /* that it needs at its start */
#define SCREEN_ROWS    20

struct screen_options {
    enum language language;
    bool sound;       /* the terminal's bell, at a result and at "your turn" */
    const char *note; /* a line of the help, borrowed; NULL */
};

/* Why stdin and stdout can't have one; WORD_NONE when they can. {0} and {1} are SCREEN_COLUMNS and SCREEN_ROWS. */
enum word screen_unfit(void);

/* Takes the terminal, and stderr: what is written there is shown in a line, and written for good after the end. */
int screen_open(const struct screen_options *o, struct face *face, struct err *e)
    __attribute__((warn_unused_result));
void screen_close(void);

#endif
