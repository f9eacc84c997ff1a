/* One exchange as people read it, secrets already redacted: for the apdu command. */
#ifndef NFC_SURVEY_COMMANDS_TRACE_H
#define NFC_SURVEY_COMMANDS_TRACE_H

#include "drivers/driver.h"
#include "harness/base/buf.h"

struct trace_exchange {
    const struct guard *before;            /* the guard's state before it */
    size_t clear;                          /* so many bytes of the command hold nothing of a secret answer */
    const struct identifiers *identifiers; /* that stand in the response; NULL: none */
    const uint8_t *command, *response;
    size_t command_length, response_length;
    uint64_t us;
};

/* ">> 00 a4 04 0c ..." */
void trace_command(struct buf *b, const struct trace_exchange *x);
/* "<< 90 00  (2 bytes, 10.2 ms) 9000 OK" */
void trace_response(struct buf *b, const struct trace_exchange *x);
/* "-- type B, ATR 3b 8.., UID absent (...), activated in 30.2 ms" */
void trace_target(struct buf *b, const struct driver_target *target);
/* "!! ended at exchange; candidate causes F09 (name), F10 (name); seen from pcsc" */
void trace_fault(struct buf *b, enum stage stage, cause_set causes, enum depth depth);

#endif
