/* Every driver that this program has. A new transport is one file in drivers/, a line here, and its contract
 * in tests/contract/. */
#include "drivers/ccid/ccid.h"
#include "drivers/driver.h"
#include "drivers/nfc/nfc.h"
#include "drivers/pcsc/pcsc.h"
#include "drivers/port100/port100.h"
#include "drivers/sim/sim.h"

#include <string.h>

/* The names with a contract, quoted and each with a comma, from the build. Nothing told: none has one. */
#ifndef DRIVER_CONTRACTS
#define DRIVER_CONTRACTS
#endif

static const char *const contracts[] = { DRIVER_CONTRACTS NULL };

/* One a line, in the alphabet's order, as scripts/new-driver adds them. */
/* clang-format off */
const struct driver_ops *const driver_registry[] = {
    &driver_ccid,
    &driver_nfc,
    &driver_pcsc,
    &driver_port100,
    &driver_sim,
    NULL,
};
/* clang-format on */

bool driver_is_listed(const struct driver_ops *ops)
{
    for (size_t i = 0; contracts[i]; i++) {
        if (strcmp(contracts[i], ops->name) == 0)
            return true;
    }
    return false;
}
