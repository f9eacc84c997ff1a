/* Sony RC-S380 readers (NFC Port-100) over libusb: they have no CCID interface and no PC/SC driver on
 * Linux. */
#ifndef NFC_SURVEY_PORT100_PORT100_H
#define NFC_SURVEY_PORT100_PORT100_H

#include "drivers/driver.h"
#include "drivers/isodep/isodep.h"

extern const struct driver_ops driver_port100;

/* What an end of drivers/isodep means to a survey, narrowed by what was seen on the way. */
struct port100_evidence {
    bool first;      /* the first exchange after activation */
    unsigned kbit_s; /* agreed on */
    size_t received; /* bytes of a response that broke off */
    size_t expected; /* response data asked for (Le), 0 = none */
    char technology; /* of what answered the poll */
};
void port100_set_fault(enum isodep_end end, const struct port100_evidence *x, struct driver_fault *fault);

#endif
