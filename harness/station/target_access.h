/*
 * What a command gives to those who work with test targets: what is permitted, and by which CA, keys and PINs. Made before a worker is
 * forked, which inherits all of it; no part of it is recorded but the words and the CA's digest.
 */
#ifndef NFC_SURVEY_STATION_TARGET_ACCESS_H
#define NFC_SURVEY_STATION_TARGET_ACCESS_H

#include "harness/card/channel_keys.h"
#include "harness/card/guard.h"
#include "harness/card/pins.h"
#include "harness/card/target_budget.h"
#include "harness/card/test_ca.h"

struct target_access {
    struct guard_permit permit;
    struct test_ca *ca; /* owned, as all of these */
    struct channel_keys keys;
    struct pins *pins;            /* NULL: none are given */
    struct target_budget *budget; /* NULL: nothing is counted */
};

#endif
