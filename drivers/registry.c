/* Every driver that this program has. A new transport is one file in drivers/ and a line here. */
#include "drivers/ccid/ccid.h"
#include "drivers/driver.h"
#include "drivers/nfc.h"
#include "drivers/pcsc.h"
#include "drivers/port100/port100.h"
#include "drivers/sim.h"

const struct driver_ops *const driver_registry[] = { &driver_pcsc,    &driver_ccid, &driver_nfc,
                                                     &driver_port100, &driver_sim,  NULL };
