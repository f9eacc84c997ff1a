/*
 * A client of a testbed's control socket: one line asks, one line answers. The hands lay handsets through it;
 * a worker tells it which transaction comes next, so that the draws are the same behind every kind of reader.
 */
#ifndef NFC_SURVEY_STATION_TESTBED_CONTROL_H
#define NFC_SURVEY_STATION_TESTBED_CONTROL_H

#include "harness/survey/survey.h"

#include <stdint.h>

/* The survey's socket, or the one that NFC_SURVEY_TESTBED names. *fd is the caller's to close; -1 on an
 * error. */
int testbed_control_connect(const struct survey *s, int *fd, struct err *e)
    __attribute__((warn_unused_result));

/* `request` ends with a newline. ERR_ENVIRONMENT unless the answer is "ok". */
int testbed_control_ask(int fd, const char *request, struct err *e) __attribute__((warn_unused_result));
/* The same, with a limit for the whole answer, however it dribbles in. */
int testbed_control_ask_within(int fd, const char *request, uint32_t limit_ms, struct err *e)
    __attribute__((warn_unused_result));

#endif
