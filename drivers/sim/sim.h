/*
 * Simulated readers: a virtual reader (descriptor class, message length, detection quantum) and a coupling
 * model in front of the virtual handset, in virtual time, every draw by key.
 */
#ifndef NFC_SURVEY_SIM_SIM_H
#define NFC_SURVEY_SIM_SIM_H

#include "drivers/driver.h"

extern const struct driver_ops driver_sim;

#endif
