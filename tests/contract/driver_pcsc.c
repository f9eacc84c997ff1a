/*
 * drivers/pcsc under the contract, over the real libpcsclite, pcscd and libccid: inside
 * `nfc-survey-testbed pcsc` with a reader that passes extended APDUs and one that does not
 * (tests/testbed/contract.bats).
 */
#include "drivers/pcsc/pcsc.h"
#include "tests/contract/contract.h"

static const char *const broken[] = { "parity", "stall", "truncate", "wrong-seq", NULL };

int main(void)
{
    const struct contract_subject subject = {
        .ops = &driver_pcsc,
        .hands = &contract_testbed_hands,
        .needs = "NFC_SURVEY_TESTBED",
        .depth = DEPTH_PCSC,
        .lists = true,
        .is_simulated_by_serial = true,
        .stranger = "No Such Reader 00 00",
        .stranger_status = ERR_ENVIRONMENT,
        .address = contract_address_by_serial,
        .second = CONTRACT_SECOND_TURNS,
        .extended = { true, false },
        .refusal = ERR_CARD, /* PC/SC does not tell that nothing was sent */
        .uid_apdu = true,
        .slow = "slow:1500",
        .leave = "remove-at:1",
        .broken = broken,
    };
    return contract_main(&subject);
}
