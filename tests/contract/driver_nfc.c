/*
 * drivers/nfc under the contract, over the real libnfc: inside `nfc-survey-testbed pn532` with two boards at
 * pseudo-terminals, or `nfc-survey-testbed pn533` with two USB sticks (tests/testbed/contract.bats). The chip
 * carries ISO/IEC 14443-4 by itself, so an APDU of any length passes.
 */
#include "drivers/nfc/nfc.h"
#include "tests/contract/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char connstrings[CONTRACT_READERS][160];

static bool at_ports(void)
{
    return getenv("NFC_SURVEY_PN532_0") != NULL;
}

/* As the profiles name them: a serial port is not listed but by a name. */
static size_t models(struct reader_model out[CONTRACT_READERS])
{
    for (unsigned i = 0; i < CONTRACT_READERS; i++)
        out[i] = (struct reader_model) {
            .id = "contract", .usb_vendor = -1, .usb_product = -1, .connstring = connstrings[i]
        };
    return at_ports() ? CONTRACT_READERS : 0;
}

static const char *address(unsigned number, const struct driver_found *found, size_t count)
{
    if (!at_ports())
        return contract_address_by_serial(number, found, count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(found[i].name, connstrings[number]) == 0)
            return found[i].name;
    }
    return NULL;
}

static const char *const broken[] = { "status:2", "status:11",   "garbage", "bad-checksum",
                                      "no-ack",   "error-frame", "nack",    NULL };

int main(void)
{
    for (unsigned i = 0; i < CONTRACT_READERS; i++) {
        char name[32];
        snprintf(name, sizeof name, "NFC_SURVEY_PN532_%u", i);
        snprintf(connstrings[i], sizeof connstrings[i], "pn532_uart:%s",
                 getenv(name) ? getenv(name) : "/dev/nowhere");
    }
    const struct contract_subject subject = {
        .ops = &driver_nfc,
        .hands = &contract_testbed_hands,
        .needs = "NFC_SURVEY_TESTBED",
        .depth = DEPTH_RF,
        .lists = true,
        .is_simulated_by_serial = !at_ports(),
        .stranger = at_ports() ? "pn532_uart:/dev/nowhere" : "pn53x_usb:001:099",
        .stranger_status = ERR_ENVIRONMENT,
        .address = address,
        .models = models,
        .second = CONTRACT_SECOND_BUSY,
        .extended = { true, true },
        .sees_frames = true,
        .slow = "slow:1500",
        .leave = "remove-at:1",
        .broken = broken,
    };
    return contract_main(&subject);
}
