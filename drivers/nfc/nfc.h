/* NXP PN53x readers at a serial port or on USB, by libnfc; never its PC/SC back end, which makes up SAK and
 * ATS. */
#ifndef NFC_SURVEY_NFC_NFC_H
#define NFC_SURVEY_NFC_NFC_H

#include "drivers/driver.h"

extern const struct driver_ops driver_nfc;

#endif
