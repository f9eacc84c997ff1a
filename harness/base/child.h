/*
 * Work that may hang or crash - anything that calls a driver's library - done in a forked child that is
 * killed when it has been silent for too long. What it says arrives in pieces while it runs.
 */
#ifndef NFC_SURVEY_BASE_CHILD_H
#define NFC_SURVEY_BASE_CHILD_H

#include "harness/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CHILD_PIECE_MAX 65536 /* bytes of one piece; more is cut into several */

struct child; /* the child's end */

void child_send(struct child *c, const void *bytes, size_t length);
void child_alive(struct child *c); /* says nothing, but breaks the silence */

/*
 * Forks and runs work(context, child, e) there; receive() is called here with each piece. Returns what work
 * returned, its error copied into e; ERR_TIMEOUT after silence_ms without a word; ERR_ENVIRONMENT when it
 * crashed.
 */
int child_run(int (*work)(void *context, struct child *c, struct err *e), void *context, uint32_t silence_ms,
              void (*receive)(void *context, const char *bytes, size_t length), struct err *e)
    __attribute__((warn_unused_result));

#endif
