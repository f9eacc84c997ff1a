/*
 * The baseline of the harness's overhead: the challenge script's APDUs in a bare SCardTransmit loop on the
 * only reader there is, powered up for each transaction and down after it. Prints `call US` for each
 * exchange, and for each transaction `exchange US`, the time from its first command to its last response by
 * the number of exchanges, and `transaction US` from its start to the next one's. Usage: bench_transmit
 * TRANSACTIONS CHALLENGES
 */
#include "harness/base/clock.h"
#include "harness/base/err.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <winscard.h>

#define CHALLENGES_MAX 100
#define PRESENT_MS     5000

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t get_challenge[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };

struct loop {
    SCARDCONTEXT context;
    char reader[MAX_READERNAME + 1];
    uint64_t us[CHALLENGES_MAX + 1];
    uint64_t first_ns, last_ns; /* of the present transaction: first command, last response */
    unsigned count;
};

static LONG find_reader(struct loop *l)
{
    char names[16 * (MAX_READERNAME + 1)];
    DWORD length = sizeof names;
    LONG code = SCardListReaders(l->context, NULL, names, &length);
    if (code == SCARD_S_SUCCESS)
        snprintf(l->reader, sizeof l->reader, "%.*s", MAX_READERNAME, names);
    return code;
}

static LONG wait_for_card(struct loop *l)
{
    SCARD_READERSTATE state = { .szReader = l->reader, .dwCurrentState = SCARD_STATE_UNAWARE };
    for (;;) {
        LONG code = SCardGetStatusChange(l->context, PRESENT_MS, &state, 1);
        if (code != SCARD_S_SUCCESS || state.dwEventState & SCARD_STATE_PRESENT)
            return code;
        state.dwCurrentState = state.dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    }
}

static LONG transmit(struct loop *l, SCARDHANDLE card, DWORD protocol, const uint8_t *command, DWORD length)
{
    uint8_t response[258];
    DWORD got = sizeof response;
    const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    uint64_t started_ns = clock_now_ns();
    LONG code = SCardTransmit(card, pci, command, length, NULL, response, &got);
    uint64_t ended_ns = clock_now_ns();
    if (l->count == 0)
        l->first_ns = started_ns;
    l->last_ns = ended_ns;
    l->us[l->count++] = (ended_ns - started_ns) / 1000;
    if (code == SCARD_S_SUCCESS && (got < 2 || response[got - 2] != 0x90 || response[got - 1] != 0x00))
        return SCARD_E_UNEXPECTED;
    return code;
}

static LONG transaction(struct loop *l, unsigned challenges)
{
    SCARDHANDLE card;
    DWORD protocol;
    LONG code = SCardConnect(l->context, l->reader, SCARD_SHARE_EXCLUSIVE,
                             SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    if (code != SCARD_S_SUCCESS)
        return code;
    l->count = 0;
    code = transmit(l, card, protocol, select_jpki, sizeof select_jpki);
    for (unsigned i = 0; i < challenges && code == SCARD_S_SUCCESS; i++)
        code = transmit(l, card, protocol, get_challenge, sizeof get_challenge);
    LONG end = SCardDisconnect(card, SCARD_UNPOWER_CARD);
    return code == SCARD_S_SUCCESS ? end : code;
}

/* The first transaction finds the card powered by the daemon: it is made, and not counted. */
static LONG run(struct loop *l, unsigned transactions, unsigned challenges)
{
    LONG code = find_reader(l);
    if (code == SCARD_S_SUCCESS)
        code = wait_for_card(l);
    if (code == SCARD_S_SUCCESS)
        code = transaction(l, challenges);
    for (unsigned i = 0; i < transactions && code == SCARD_S_SUCCESS; i++) {
        uint64_t started_ns = clock_now_ns();
        code = transaction(l, challenges);
        uint64_t took_ns = clock_now_ns() - started_ns;
        for (unsigned n = 0; n < l->count; n++)
            printf("call %llu\n", (unsigned long long)l->us[n]);
        printf("exchange %.2f\n", (double)(l->last_ns - l->first_ns) / 1e3 / (double)l->count);
        printf("transaction %llu\n", (unsigned long long)(took_ns / 1000));
    }
    return code;
}

int main(int argc, char **argv)
{
    struct loop l = { 0 };
    unsigned long transactions = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long challenges = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (transactions == 0 || transactions > 100000 || challenges == 0 || challenges > CHALLENGES_MAX) {
        fprintf(stderr, "usage: bench_transmit TRANSACTIONS CHALLENGES\n");
        return EXIT_STATUS_USAGE;
    }
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &l.context);
    if (code == SCARD_S_SUCCESS) {
        code = run(&l, (unsigned)transactions, (unsigned)challenges);
        SCardReleaseContext(l.context);
    }
    if (code != SCARD_S_SUCCESS)
        fprintf(stderr, "bench_transmit: %s\n", pcsc_stringify_error(code));
    return code == SCARD_S_SUCCESS ? 0 : EXIT_STATUS_ENVIRONMENT;
}
