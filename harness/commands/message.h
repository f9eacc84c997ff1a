/* What people read: messages on stderr, the state of stdout, and text made safe for a terminal. */
#ifndef NFC_SURVEY_COMMANDS_MESSAGE_H
#define NFC_SURVEY_COMMANDS_MESSAGE_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stdio.h>

/* "nfc-survey: where: text (NATIVE_CODE)"; returns the exit status that belongs to the error. */
int message_error(const struct err *e);

/* One line a problem, "where: text"; says when there were more than are listed. */
void message_problems(const struct survey_problems *p);

/* "nfc-survey: text" for what is no error. */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A whole text on stdout, which is freed. EXIT_STATUS_DONE, or EXIT_STATUS_ENVIRONMENT after a message when
 * it could not be made. */
int message_print(struct buf *text);

enum message_style { MESSAGE_PLAIN = 0, MESSAGE_GOOD, MESSAGE_BAD, MESSAGE_FAINT };

/* The escape sequence that begins a style, or "" when the stream is no terminal, TERM is dumb or NO_COLOR is
 * set. */
const char *message_style(FILE *stream, enum message_style style);

/* Closed descriptors 0..2 are filled so that no file of ours lands on them; SIGPIPE becomes EPIPE. */
void message_prepare(void);

/* Flushes stdout: a lost reader (EPIPE) is status 4 without a word, any other failure a message and status 4.
 */
int message_finish(int status);

#endif
