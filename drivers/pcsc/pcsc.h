/* Readers behind PC/SC, through libpcsclite. Keeps to calls that WinSCard shares. */
#ifndef NFC_SURVEY_PCSC_PCSC_H
#define NFC_SURVEY_PCSC_PCSC_H

#include "drivers/driver.h"

extern const struct driver_ops driver_pcsc;

#endif
