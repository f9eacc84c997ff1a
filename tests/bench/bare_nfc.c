#include "tests/bench/bare.h"

#include <nfc/nfc.h>
#include <stdio.h>
#include <stdlib.h>

struct nfc {
    nfc_context *context;
    nfc_device *device;
};

static void close_reader(void *self)
{
    struct nfc *n = self;
    if (n->device)
        nfc_close(n->device);
    if (n->context)
        nfc_exit(n->context);
    free(n);
}

static void *open_reader(const char *address)
{
    const nfc_modulation type_b = { .nmt = NMT_ISO14443B, .nbr = NBR_106 };
    nfc_target target;
    struct nfc *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    nfc_init(&n->context);
    n->device = n->context ? nfc_open(n->context, address) : NULL;
    if (n->device && nfc_initiator_init(n->device) == 0 &&
        nfc_device_set_property_bool(n->device, NP_INFINITE_SELECT, false) == 0 &&
        nfc_initiator_select_passive_target(n->device, type_b, NULL, 0, &target) > 0)
        return n;
    fprintf(stderr, "bare nfc: no target behind %s\n", address);
    close_reader(n);
    return NULL;
}

static int exchange(void *self, const uint8_t *command, size_t length, uint8_t response[BARE_RESPONSE_MAX])
{
    struct nfc *n = self;
    return nfc_initiator_transceive_bytes(n->device, command, length, response, BARE_RESPONSE_MAX, 3000);
}

const struct bare bare_nfc = { "nfc", open_reader, exchange, close_reader };
