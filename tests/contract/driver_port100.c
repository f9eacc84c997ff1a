/*
 * drivers/port100 under the contract, over the real libusb: inside `nfc-survey-testbed port100` with two
 * readers (tests/testbed/contract.bats). They carry ISO/IEC 14443-4 blocks, so an APDU of any length passes.
 */
#include "drivers/port100/port100.h"
#include "tests/contract/contract.h"

static const char *const broken[] = { "garbage", "bad-checksum", "error-frame", "wrong-code",
                                      "stall",   "mute",         "crc",         NULL };

int main(void)
{
    const struct contract_subject subject = {
        .ops = &driver_port100,
        .hands = &contract_testbed_hands,
        .needs = "NFC_SURVEY_TESTBED",
        .depth = DEPTH_RF,
        .lists = true,
        .is_simulated_by_serial = true,
        .stranger = "SONY RC-S380/P (SIM-9999) 001:099",
        .stranger_status = ERR_ENVIRONMENT,
        .address = contract_address_by_serial,
        .second = CONTRACT_SECOND_BUSY,
        .extended = { true, true },
        .sees_frames = true,
        .slow = "slow:1500",
        .leave = "remove-at:1",
        .broken = broken,
    };
    return contract_main(&subject);
}
