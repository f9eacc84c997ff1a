/* Every driver that this program has. A new transport is one file in drivers/ and a line here. */
#include "drivers/driver.h"
#include "drivers/pcsc.h"
#include "drivers/sim.h"

const struct driver_ops *const driver_registry[] = { &driver_pcsc, &driver_sim, NULL };
