/*
 * drivers/ccid under the contract, over the real libusb: inside `nfc-survey-testbed ccid` with a reader that
 * passes extended APDUs and one that does not (tests/testbed/contract.bats).
 */
#include "drivers/ccid/ccid.h"
#include "tests/contract/contract.h"

static const char *const broken[] = { "parity",       "stall",        "truncate", "wrong-seq",
                                      "wrong-length", "vendor-error", NULL };

int main(void)
{
    const struct contract_subject subject = {
        .ops = &driver_ccid,
        .hands = &contract_testbed_hands,
        .needs = "NFC_SURVEY_TESTBED",
        .depth = DEPTH_CCID,
        .lists = true,
        .is_simulated_by_serial = true,
        .stranger = "No Such Reader (SIM-9999) 001:002.00 00",
        .stranger_status = ERR_ENVIRONMENT,
        .address = contract_address_by_serial,
        .second = CONTRACT_SECOND_BUSY,
        .extended = { true, false },
        .refusal = ERR_UNSUPPORTED,
        .uid_apdu = true,
        .slow = "slow:1500",
        .leave = "remove-at:1",
        .broken = broken,
    };
    return contract_main(&subject);
}
