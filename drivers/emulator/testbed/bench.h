/*
 * All emulated readers of a testbed under one numbering, whatever they hang on: umockdev's USB bus, the
 * kernel's, or a pseudo-terminal. Reader n of the control socket is the n-th --reader.
 */
#ifndef NFC_SURVEY_TESTBED_BENCH_H
#define NFC_SURVEY_TESTBED_BENCH_H

#include "drivers/emulator/testbed/hsu.h"
#include "drivers/emulator/testbed/usb.h"
#include "drivers/emulator/testbed/usbip.h"

enum bench_kind { BENCH_CCID = 1, BENCH_PN533, BENCH_PORT100, BENCH_PN532 };

enum bench_bus { BENCH_UMOCKDEV, BENCH_KERNEL }; /* what USB readers are plugged into */

struct bench_reader {
    enum bench_kind kind;
    const struct reader_profile *profile; /* borrowed */
};

struct bench;

/* `directory` holds the pseudo-terminals' names: DIRECTORY/pn532-N for reader N. */
int bench_new(const struct bench_reader *readers, size_t count, enum bench_bus bus, const char *serial_base,
              const char *directory, struct bench **out, struct err *e) __attribute__((warn_unused_result));
void bench_free(struct bench **b);
int bench_check(const struct bench_reader *reader, struct err *e) __attribute__((warn_unused_result));

/* ERR_INPUT for a number that is not there. */
int bench_plug(struct bench *b, unsigned reader, struct err *e) __attribute__((warn_unused_result));
int bench_unplug(struct bench *b, unsigned reader, struct err *e) __attribute__((warn_unused_result));
int bench_fault(struct bench *b, unsigned reader, const char *name, bool has_argument, unsigned argument,
                unsigned count, struct err *e) __attribute__((warn_unused_result));
/* `laying` is copied, but for its handset (borrowed). *found: whether the reader's field sees it. */
int bench_lay(struct bench *b, unsigned reader, const struct laying *laying, bool *found, struct err *e)
    __attribute__((warn_unused_result));
int bench_lift(struct bench *b, unsigned reader, struct err *e) __attribute__((warn_unused_result));
int bench_begin(struct bench *b, unsigned reader, unsigned transaction, struct err *e)
    __attribute__((warn_unused_result));
/* A few words on a reader's state; only umockdev's knows more than "plugged=1". See usb_state(). */
int bench_state(struct bench *b, unsigned reader, char *out, size_t capacity, struct err *e)
    __attribute__((warn_unused_result));

/* The serial port of a PN532; NULL for other kinds. */
const char *bench_port(const struct bench *b, size_t reader);
size_t bench_count(const struct bench *b);

/* How many plugged CCID readers there are, and how many of them pcscd drives. */
size_t bench_driven(struct bench *b, size_t *plugged);
void bench_forget_host(struct bench *b);

#endif
