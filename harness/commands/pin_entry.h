/*
 * How PINs of test targets come in: from a file descriptor, or typed at /dev/tty without echo; never from arguments, the environment,
 * standard input or a survey. The terminal is as before whatever signal comes; only SIGKILL leaves it without echo (`reset`).
 */
#ifndef NFC_SURVEY_COMMANDS_PIN_ENTRY_H
#define NFC_SURVEY_COMMANDS_PIN_ENTRY_H

#include "harness/base/err.h"
#include "harness/card/pins.h"

#define PIN_ENTRY_S 60 /* to type one */

/* Asked for at the terminal. ERR_INTERRUPTED: a signal came, which has its way then; else no PIN was entered, and no try is spent. */
int pin_entry_ask(enum pin_kind kind, struct pin *out, struct err *e) __attribute__((warn_unused_result));

/* A line a PIN, in the order of enum pin_kind, as many as there are; an empty line: none. */
int pin_entry_read(int fd, struct pins *out, struct err *e) __attribute__((warn_unused_result));

#endif
