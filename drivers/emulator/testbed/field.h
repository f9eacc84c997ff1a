/*
 * The field of an emulated reader and the virtual handset in it: what every device of the testbed shares. It
 * keeps the number of the transaction, so that the same laying gives the same draws behind every kind of
 * reader. Pure; the caller serialises.
 *
 * The number is given (`begin` of the control socket) before each transaction of a survey. Where nobody gives
 * it (a program by hand), a powering that was followed by at least one APDU, or that failed, is one.
 */
#ifndef NFC_SURVEY_TESTBED_FIELD_H
#define NFC_SURVEY_TESTBED_FIELD_H

#include "drivers/emulator/handset/air.h"
#include "drivers/emulator/handset/handset.h"
#include "harness/card/virtual.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stdint.h>

struct field;

/* Parameters of the emulated field: a simulated profile's own; a real reader's profile says nothing of its
 * field, so it is an ordinary counter reader's, type B first. */
void field_parameters(struct virtual_reader *field, const struct reader_profile *profile);

struct field *field_new(void); /* NULL: no memory */
void field_free(struct field **f);

/* Lays a handset (laying and reader borrowed until lifted); true when the field sees it there. */
bool field_lay(struct field *f, const struct laying *laying, const struct virtual_reader *reader);
void field_lift(struct field *f);
bool field_present(const struct field *f);

/*
 * The next powering begins this transaction (1..) of the placement. 0 before a survey lays: from then on the
 * number is always given, and until it is the reader only looks.
 */
void field_begin(struct field *f, unsigned transaction);

/* Field on with the reader's polling and activation in one; a second one is a reset. */
void field_power_on(struct field *f, struct handset_activation *out);
void field_power_off(struct field *f);
bool field_powered(const struct field *f); /* the carrier counts as well */
void field_exchange(struct field *f, const uint8_t *command, size_t length, struct handset_answer *out);
/* An APDU that a faulty reader kept to itself: the powering counts as a transaction all the same. */
void field_waste(struct field *f);

/* For chips that move frames: the field alone, then frames through air.h. A chip that activates by itself
 * (field_power_on) may go on with frames after air_adopt(); field_carrier() is not mixed with that. */
void field_carrier(struct field *f, bool on);
struct air *field_air(struct field *f);

#endif
