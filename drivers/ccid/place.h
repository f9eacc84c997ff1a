/*
 * What a CCID slot is called, "<maker> <product> (<serial>) 001:002.00 00" (bus, device, interface, slot),
 * and how it is found again by that name. Pure.
 */
#ifndef NFC_SURVEY_CCID_PLACE_H
#define NFC_SURVEY_CCID_PLACE_H

#include "drivers/ccid/usb.h"
#include "drivers/driver.h"

void ccid_place_name(const struct ccid_place *p, unsigned slot, char *out, size_t capacity);

/* name, serial, firmware, vendor, USB numbers and the honesty sign; model may be NULL. */
void ccid_place_describe(const struct ccid_place *p, unsigned slot, const struct reader_model *model,
                         struct driver_found *out);

/*
 * Which of them has this name. A reader that was plugged in again has another device number: it is found by
 * its serial number, and without one it is not, because another of the same model may have taken its place.
 * NULL when none has it, or more than one might.
 */
const struct ccid_place *ccid_place_find(const struct ccid_place *places, size_t count, const char *name,
                                         unsigned *slot);

/* The profile's model of an interface, or NULL. */
const struct reader_model *ccid_place_model(const struct ccid_place *p, const struct reader_model *models,
                                            size_t count);

#endif
