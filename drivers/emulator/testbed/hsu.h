/*
 * A PN532 at a serial port (high-speed UART): the chip of pn53x.h behind a pseudo-terminal, with a thread
 * that reads what the host writes and delivers answers when they are due. All functions may be called from
 * another thread.
 */
#ifndef NFC_SURVEY_TESTBED_HSU_H
#define NFC_SURVEY_TESTBED_HSU_H

#include "drivers/emulator/testbed/function.h"

struct hsu;

/* `path` becomes a symbolic link to the pseudo-terminal while it is plugged in. `parameters` is copied. */
int hsu_new(const struct reader_profile *profile, const struct virtual_reader *parameters, const char *path,
            struct hsu **out, struct err *e) __attribute__((warn_unused_result));
void hsu_free(struct hsu **h);
const char *hsu_path(const struct hsu *h);

int hsu_plug(struct hsu *h, struct err *e) __attribute__((warn_unused_result));
int hsu_unplug(struct hsu *h, struct err *e) __attribute__((warn_unused_result)); /* the line hangs up */
bool hsu_plugged(const struct hsu *h);

bool hsu_lay(struct hsu *h, const struct laying *laying);
void hsu_lift(struct hsu *h);
void hsu_begin(struct hsu *h, unsigned transaction);
int hsu_fault(struct hsu *h, const char *name, bool has_argument, unsigned argument, unsigned count,
              struct err *e) __attribute__((warn_unused_result));

#endif
