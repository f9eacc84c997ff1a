/*
 * What an emulated USB device has to send its host: answers that are due later, answers that wait for a
 * transfer, and the newest notification. Shared by the buses (usb.c, usbip.c). The caller serialises.
 */
#ifndef NFC_SURVEY_TESTBED_PIPES_H
#define NFC_SURVEY_TESTBED_PIPES_H

#include "drivers/emulator/testbed/function.h"

#include <glib.h>

struct pipes {
    GQueue late;    /* by due time */
    GQueue answers; /* that wait for a bulk-in transfer */
    uint8_t notification[2];
    bool notified; /* the notification waits for an interrupt-in transfer */
};

/* As function_emit. True when something is due later: the timer has to look at pipes_due(). */
bool pipes_emit(struct pipes *p, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                size_t length);
/* Moves what is due to where it waits for a transfer; when the next is due, or UINT64_MAX. */
uint64_t pipes_due(struct pipes *p);

/* Fills one bulk-in transfer of `space` bytes: its length, or -EPIPE for a stall. There must be an answer. */
bool pipes_have_answer(const struct pipes *p);
int pipes_fill(struct pipes *p, void *to, size_t space);

/* What is not due yet never comes; true when an answer was among it. */
bool pipes_cancel_late(struct pipes *p);
void pipes_clear(struct pipes *p);

#endif
