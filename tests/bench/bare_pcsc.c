#include "tests/bench/bare.h"

#include <stdio.h>
#include <stdlib.h>
#include <winscard.h>

struct pcsc {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    const SCARD_IO_REQUEST *pci;
};

static void *open_reader(const char *address)
{
    struct pcsc *p = calloc(1, sizeof *p);
    DWORD protocol = 0;
    if (!p)
        return NULL;
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &p->context);
    if (code == SCARD_S_SUCCESS)
        code = SCardConnect(p->context, address, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                            &p->card, &protocol);
    if (code != SCARD_S_SUCCESS) {
        fprintf(stderr, "bare pcsc: %s\n", pcsc_stringify_error(code));
        free(p);
        return NULL;
    }
    p->pci = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    return p;
}

static int exchange(void *self, const uint8_t *command, size_t length, uint8_t response[BARE_RESPONSE_MAX])
{
    struct pcsc *p = self;
    DWORD got = BARE_RESPONSE_MAX;
    LONG code = SCardTransmit(p->card, p->pci, command, length, NULL, response, &got);
    return code == SCARD_S_SUCCESS ? (int)got : -1;
}

static void close_reader(void *self)
{
    struct pcsc *p = self;
    SCardDisconnect(p->card, SCARD_UNPOWER_CARD);
    SCardReleaseContext(p->context);
    free(p);
}

const struct bare bare_pcsc = { "pcsc", open_reader, exchange, close_reader };
