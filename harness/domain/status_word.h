/*
 * Status words (SW1 SW2, ISO/IEC 7816-4): what each says and which causes share it, from the one table in
 * status_word.def.
 */
#ifndef NFC_SURVEY_DOMAIN_STATUS_WORD_H
#define NFC_SURVEY_DOMAIN_STATUS_WORD_H

#include "harness/domain/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a status word answers, in the order of the table's columns. */
enum status_word_place {
    AT_SELECT_APPLICATION,
    AT_SELECT_FILE,
    AT_READ,
    AT_READ_ON, /* of a file that gave data just before */
    AT_OTHER,
    STATUS_WORD_PLACES
};

/* What the command and its answer show: each adds candidates that it alone makes possible. */
struct status_word_asked {
    enum status_word_place place;
    bool first;    /* since power-up: F24 */
    bool empty;    /* no data came with it: F29 */
    bool long_le;  /* 256 bytes or more were asked for: F14 */
    bool extended; /* the command was: F15 */
};

/* "file or application not found" for 6A82, ...: English, never "". */
const char *status_word_text(uint16_t sw);

/* "6A82" -> 0x6A82; false for anything but four upper-case hex digits. */
bool status_word_of_text(const char *text, uint16_t *sw);

/* Candidate causes of an unexpected status word, never 0 but for 9000. */
cause_set status_word_causes(uint16_t sw, const struct status_word_asked *asked);

/* Candidates that other commands and answers would have added to it. */
cause_set status_word_conditional(uint16_t sw);

/* The table, for the documentation's test. NULL past the end. */
struct status_word {
    uint16_t value, mask;
    const char *text;
    cause_set causes[STATUS_WORD_PLACES];
};
const struct status_word *status_word_row(size_t index);

#endif
