/*
 * The simulated driver under the contract, in virtual time. Its hands lay virtual handsets on the open
 * reader; a plug is pulled by F01, which loses the reader until it is opened anew.
 */
#include "drivers/sim/sim.h"
#include "tests/contract/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENED_MAX 4 /* of one reader at a time: a behaviour opens it twice */

static struct placed {
    struct virtual_reader reader;
    struct virtual_handset handset;
    struct laying laying;
    bool laid;
    struct driver_reader *opened[OPENED_MAX];
} places[CONTRACT_READERS];

static const struct virtual_sim virtual_sim = { .token_label = "JPKIAPGPSETOKEN                 ",
                                                .certificate_bytes = 1248 };

/* Those of tests/testbed/data/handsets. */
static void fill_handset(struct virtual_handset *h, enum contract_handset which)
{
    static const uint8_t uid_a[] = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
    static const uint8_t uid_b[] = { 0x00, 0x11, 0x22, 0x33 };
    bool b = which == CONTRACT_B;
    *h = (struct virtual_handset) { .technology = b ? 'B' : 'A',
                                    .uid_length = b ? sizeof uid_b : sizeof uid_a,
                                    .atqa = { 0x44, 0x00 },
                                    .sak = 0x20,
                                    .fsci = 8,
                                    .fwi = 10,
                                    .max_kbit_s = 106,
                                    .target_count = 1,
                                    .margin_db = 40 };
    memcpy(h->uid, b ? uid_b : uid_a, h->uid_length);
    h->targets[0] = (struct virtual_target) { .target = TARGET_UICC,
                                              .power_modes = 1u << POWER_ON_UNLOCKED,
                                              .applets = VIRTUAL_APPLET_JPKI | VIRTUAL_APPLET_LADDER,
                                              .select_us = 2000,
                                              .command_us = 1000 };
    if (which == CONTRACT_MUTE)
        h->faults[h->fault_count++] =
            (struct virtual_fault) { .cause = 6, .rate = 1, .per = VIRTUAL_PER_PLACEMENT };
}

static void fill_reader(unsigned number, struct virtual_reader *r)
{
    *r = (struct virtual_reader) { .level = number == 0 ? READER_LEVEL_EXTENDED : READER_LEVEL_SHORT,
                                   .max_message = number == 0 ? 1034 : 271,
                                   .detect_quantum_us = 10000,
                                   .polling = "BAF",
                                   .max_kbit_s = 424,
                                   .fsd = 256,
                                   .host_us = 1000,
                                   .host_spread = 0.1,
                                   .radius_mm = 30 };
}

static void tell_all(struct placed *p, const struct laying *laying)
{
    struct err e;
    for (size_t i = 0; i < OPENED_MAX; i++) {
        if (p->opened[i] && driver_lay(p->opened[i], laying, &e) != 0)
            abort();
    }
}

static void lay(unsigned reader, enum contract_handset which)
{
    struct placed *p = &places[reader];
    tell_all(p, NULL);
    fill_handset(&p->handset, which);
    p->laying = (struct laying) { .handset = &p->handset,
                                  .sim = &virtual_sim,
                                  .power_mode = POWER_ON_UNLOCKED,
                                  .unit_key = 7,
                                  .session = 1 };
    p->laid = true;
    tell_all(p, &p->laying);
}

static void lift(unsigned reader)
{
    places[reader].laid = false;
    tell_all(&places[reader], NULL);
}

/* "slow", "leave", or the number of a handset's cause. */
static void fault(unsigned reader, const char *name)
{
    struct placed *p = &places[reader];
    p->handset.fault_count = 0;
    if (strcmp(name, "none") == 0)
        return;
    unsigned cause = strcmp(name, "slow") == 0    ? 27
                     : strcmp(name, "leave") == 0 ? 16
                                                  : (unsigned)strtoul(name, NULL, 10);
    p->handset.faults[p->handset.fault_count++] =
        (struct virtual_fault) { .cause = cause, .rate = 1, .per = VIRTUAL_PER_EXCHANGE, .slow_us = 1500000 };
}

static void unplug(unsigned reader)
{
    struct virtual_reader *r = &places[reader].reader;
    r->faults[0] = (struct virtual_fault) { .cause = 1, .rate = 1, .per = VIRTUAL_PER_EXCHANGE };
    r->fault_count = 1;
}

static void plug(unsigned reader)
{
    places[reader].reader.fault_count = 0;
}

static void opened(unsigned reader, struct driver_reader *r)
{
    struct placed *p = &places[reader];
    struct err e;
    size_t i = 0;
    while (i < OPENED_MAX && p->opened[i])
        i++;
    if (i == OPENED_MAX || (p->laid && driver_lay(r, &p->laying, &e) != 0))
        abort();
    p->opened[i] = r;
}

static void closing(unsigned reader, struct driver_reader *r)
{
    for (size_t i = 0; i < OPENED_MAX; i++) {
        if (places[reader].opened[i] == r)
            places[reader].opened[i] = NULL;
    }
}

static const char *address(unsigned number, const struct driver_found *found, size_t count)
{
    (void)found;
    (void)count;
    return number == 0 ? "simulated-0" : "simulated-1";
}

static void fill(unsigned number, struct driver_open *how)
{
    how->simulated = &places[number].reader;
    how->seed = 1;
}

static const struct contract_hands hands = { .lay = lay,
                                             .lift = lift,
                                             .fault = fault,
                                             .unplug = unplug,
                                             .plug = plug,
                                             .opened = opened,
                                             .closing = closing };

static const char *const broken[] = { "9", "12", "13", NULL };

int main(void)
{
    const struct contract_subject subject = {
        .ops = &driver_sim,
        .hands = &hands,
        .depth = DEPTH_PCSC, /* it shows what a PC/SC reader would */
        .stranger = "nowhere",
        .stranger_status = ERR_USAGE, /* a reader is its parameters: without them there is none */
        .address = address,
        .fill = fill,
        .second = CONTRACT_SECOND_OWN,
        .extended = { true, false },
        .refusal = ERR_CARD, /* as over PC/SC, whose library does not tell why */
        .uid_apdu = true,
        .slow = "slow",
        .leave = "leave",
        .broken = broken,
    };
    for (unsigned i = 0; i < CONTRACT_READERS; i++)
        fill_reader(i, &places[i].reader);
    return contract_main(&subject);
}
