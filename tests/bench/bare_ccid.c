/* Endpoints as the testbed's readers have them: 01 out, 82 in; the first device that has a CCID interface. */
#include "tests/bench/bare.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER     10
#define TIMEOUT_MS 3000

struct ccid {
    libusb_context *context;
    libusb_device_handle *device;
    uint8_t seq;
};

static int talk(struct ccid *c, uint8_t type, const uint8_t *data, size_t length,
                uint8_t response[BARE_RESPONSE_MAX])
{
    uint8_t message[HEADER + 261] = { type, (uint8_t)length, (uint8_t)(length >> 8) };
    int done = 0;
    message[6] = c->seq++;
    if (length)
        memcpy(message + HEADER, data, length);
    if (libusb_bulk_transfer(c->device, 0x01, message, (int)(HEADER + length), &done, TIMEOUT_MS) != 0)
        return -1;
    do { /* bStatus 80: the reader asks for time */
        if (libusb_bulk_transfer(c->device, 0x82, response, BARE_RESPONSE_MAX, &done, TIMEOUT_MS) != 0 ||
            done < HEADER)
            return -1;
    } while ((response[7] & 0xc0) == 0x80);
    if (response[7] & 0xc0)
        return -1;
    memmove(response, response + HEADER, (size_t)(done - HEADER));
    return done - HEADER;
}

static void close_reader(void *self)
{
    struct ccid *c = self;
    uint8_t response[BARE_RESPONSE_MAX];
    if (c->device) {
        talk(c, 0x63, NULL, 0, response);
        libusb_release_interface(c->device, 0);
        libusb_close(c->device);
    }
    if (c->context)
        libusb_exit(c->context);
    free(c);
}

static libusb_device_handle *find_device(libusb_context *context)
{
    libusb_device **all;
    libusb_device_handle *found = NULL;
    ssize_t count = libusb_get_device_list(context, &all);
    for (ssize_t i = 0; i < count && !found; i++) {
        struct libusb_config_descriptor *configuration;
        if (libusb_get_active_config_descriptor(all[i], &configuration) != 0)
            continue;
        if (configuration->bNumInterfaces > 0 &&
            configuration->interface[0].altsetting[0].bInterfaceClass == 0x0b &&
            libusb_open(all[i], &found) != 0)
            found = NULL;
        libusb_free_config_descriptor(configuration);
    }
    if (count >= 0)
        libusb_free_device_list(all, 1);
    return found;
}

static void *open_reader(const char *address)
{
    uint8_t response[BARE_RESPONSE_MAX];
    struct ccid *c = calloc(1, sizeof *c);
    (void)address;
    if (!c)
        return NULL;
    if (libusb_init(&c->context) == 0)
        c->device = find_device(c->context);
    if (c->device && libusb_claim_interface(c->device, 0) == 0 && talk(c, 0x62, NULL, 0, response) > 0)
        return c;
    fprintf(stderr, "bare ccid: no card behind the first CCID reader\n");
    close_reader(c);
    return NULL;
}

static int exchange(void *self, const uint8_t *command, size_t length, uint8_t response[BARE_RESPONSE_MAX])
{
    return talk(self, 0x6f, command, length, response);
}

const struct bare bare_ccid = { "ccid", open_reader, exchange, close_reader };
