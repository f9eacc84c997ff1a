/* The driver of CCID readers without PC/SC in between: bStatus, bmICCStatus and bError as the reader gives
 * them. */
#ifndef NFC_SURVEY_CCID_CCID_H
#define NFC_SURVEY_CCID_CCID_H

#include "drivers/driver.h"

extern const struct driver_ops driver_ccid;

#endif
