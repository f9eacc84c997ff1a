/*
 * An emulated NXP PN532 or PN533: its host frames and commands as libnfc uses them, with the virtual handset
 * in its field. The chip runs ISO/IEC 14443-4 by itself, so APDUs go in and out whole; what is lost on the
 * air comes back as its status byte (PN532 user manual, 7.1). Pure: no clock, no port; the caller serialises.
 */
#ifndef NFC_SURVEY_TESTBED_PN53X_H
#define NFC_SURVEY_TESTBED_PN53X_H

#include "drivers/emulator/testbed/function.h"

enum pn53x_flavour { PN53X_PN532 = 1, PN53X_PN533 };

struct pn53x;

struct pn53x *pn53x_new(enum pn53x_flavour flavour, struct field *field, function_emit emit,
                        void *context); /* NULL: no memory */
void pn53x_free(struct pn53x **p);

/* What the host writes, in any pieces; what is no frame is skipped. Frames go out by emit,
 * FUNCTION_PIPE_BULK. */
void pn53x_bytes(struct pn53x *p, const uint8_t *bytes, size_t length);

/* As in struct function_ops. */
void pn53x_presence(struct pn53x *p, bool pending);
void pn53x_restart(struct pn53x *p);
int pn53x_fault(struct pn53x *p, const char *name, bool has_argument, unsigned argument, unsigned count,
                struct err *e);
#define PN53X_FAULTS                                                                                         \
    "status:CODE|rest-status:CODE|nad|no-ack|mute|silent|late:MS|slow:MS|bad-checksum|error-frame|"          \
    "garbage|nack|remove-at:N|none"

#endif
