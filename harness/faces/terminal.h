/*
 * A terminal taken for a full screen, and given back: by terminal_close(), and by the handlers of the signals that end
 * the process. Other signals are told by terminal_events(), so that nothing is done in a handler. One at a time.
 */
#ifndef NFC_SURVEY_FACES_TERMINAL_H
#define NFC_SURVEY_FACES_TERMINAL_H

#include "harness/base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum terminal_fitness { TERMINAL_FIT = 0, TERMINAL_NONE, TERMINAL_DUMB, TERMINAL_SMALL };
enum terminal_fitness terminal_fitness(unsigned width, unsigned height); /* of stdin and stdout */

int terminal_open(struct err *e) __attribute__((warn_unused_result));
void terminal_close(void);

/* What signals and time brought since the last call. */
struct terminal_events {
    bool resized; /* LINES and COLS are new, or all is to be drawn anew */
    bool hung_up; /* the terminal is gone: nothing of curses may be called any more, but terminal_close() */
};
struct terminal_events terminal_events(void);

bool terminal_takes_output(void); /* a write does not wait */

/* What was written to stderr meanwhile: its newest whole line, "" before the first. */
int terminal_stderr(void); /* to wait for; -1: none */
bool terminal_read_stderr(char *line, size_t capacity);

/* Draws UTF-8 without controls from a place in so many columns: no half of a wide character, a mark with its
 * base. Returns the columns used. */
int terminal_put(int row, int column, int room, const char *text, size_t bytes, unsigned attributes);

#endif
