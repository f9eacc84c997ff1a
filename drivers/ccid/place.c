/* Names of CCID slots; see place.h. */
#include "drivers/ccid/place.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The part of the name that a reader keeps when it is plugged in elsewhere. */
static void stem(const struct ccid_place *p, char *out, size_t capacity)
{
    bool repeats = p->maker[0] && strncasecmp(p->name, p->maker, strlen(p->maker)) == 0;
    const char *maker = repeats ? "" : p->maker;
    if (p->maker[0] || p->name[0])
        snprintf(out, capacity, "%s%s%s", maker, maker[0] && p->name[0] ? " " : "", p->name);
    else
        snprintf(out, capacity, "USB reader %04x:%04x", (unsigned)p->vendor, (unsigned)p->product);
    if (p->serial[0]) {
        size_t length = strlen(out);
        snprintf(out + length, capacity - length, " (%s)", p->serial);
    }
}

void ccid_place_name(const struct ccid_place *p, unsigned slot, char *out, size_t capacity)
{
    char kept[220], whole[260];
    stem(p, kept, sizeof kept);
    snprintf(whole, sizeof whole, "%.*s %03u:%03u.%02u %02u", (int)(capacity > 20 ? capacity - 20 : 0), kept,
             p->bus, p->address, p->interface, slot);
    text_fit(out, capacity, whole);
}

void ccid_place_describe(const struct ccid_place *p, unsigned slot, const struct reader_model *model,
                         struct driver_found *out)
{
    struct ccid_shape shape = { &p->descriptor, p->usb_class, p->endpoints };
    memset(out, 0, sizeof *out);
    ccid_place_name(p, slot, out->name, sizeof out->name);
    text_fit(out->serial, sizeof out->serial, p->serial);
    text_fit(out->vendor, sizeof out->vendor, p->maker);
    snprintf(out->firmware, sizeof out->firmware, "%x.%02x", p->release >> 8, p->release & 0xff);
    out->usb_vendor = p->vendor;
    out->usb_product = p->product;
    out->usb_interface = p->interface;
    driver_mark_honesty(out);
    if (model)
        ccid_descriptor_compare(&shape, model, out->note, sizeof out->note);
}

const struct ccid_place *ccid_place_find(const struct ccid_place *places, size_t count, const char *name,
                                         unsigned *slot)
{
    const struct ccid_place *found = NULL;
    unsigned again = 0;
    for (size_t i = 0; i < count; i++) {
        for (unsigned s = 0; s < places[i].descriptor.slots; s++) {
            struct ccid_place moved = places[i];
            char own[160];
            ccid_place_name(&places[i], s, own, sizeof own);
            if (strcmp(own, name) == 0) {
                *slot = s;
                return &places[i];
            }
            unsigned bus, address, interface, number;
            size_t length = strlen(name), tail = strlen("001:002.00 00");
            if (!moved.serial[0] || length < tail ||
                sscanf(name + length - tail, "%3u:%3u.%2u %2u", &bus, &address, &interface, &number) != 4 ||
                bus > 255 || address > 255)
                continue;
            moved.bus = (uint8_t)bus;
            moved.address = (uint8_t)address;
            ccid_place_name(&moved, s, own, sizeof own);
            if (strcmp(own, name) == 0) {
                found = &places[i];
                *slot = s;
                again++;
            }
        }
    }
    return again == 1 ? found : NULL;
}

const struct reader_model *ccid_place_model(const struct ccid_place *p, const struct reader_model *models,
                                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (models[i].usb_vendor == p->vendor && models[i].usb_product == p->product &&
            models[i].interface == p->interface)
            return &models[i];
    }
    return NULL;
}
