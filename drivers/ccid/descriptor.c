/* The class descriptor; see descriptor.h. */
#include "drivers/ccid/descriptor.h"

#include "drivers/ccid/message.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

#include <string.h>

#define TYPE_FUNCTIONAL 0x21
#define MESSAGE_MAX     (CCID_HEADER_BYTES + 65544) /* header, and the longest APDU there is */
#define SLOTS_MAX       16

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool parse(const uint8_t *at, struct ccid_descriptor *out)
{
    *out = (struct ccid_descriptor) {
        .release = (unsigned)at[2] | (unsigned)at[3] << 8,
        .slots = (unsigned)at[4] + 1,
        .voltages = at[5],
        .protocols = u32(at + 6),
        .ifsd = u32(at + 28),
        .features = u32(at + 40),
        .max_message = u32(at + 44),
        .busy_slots = at[53],
    };
    return out->slots <= SLOTS_MAX && out->max_message > CCID_HEADER_BYTES + 5;
}

/*
 * Old readers have it with another bLength than 54 (or 0), and vendor-class ones with a type of their own;
 * the fields stand at the same places in all of them. So the chain of lengths is followed as long as it makes
 * sense, and where it makes none, what stands there is tried as it is.
 */
bool ccid_descriptor_find(const uint8_t *extra, size_t length, bool vendor, struct ccid_descriptor *out)
{
    size_t at = 0;
    while (length - at >= CCID_DESCRIPTOR_BYTES) {
        bool is_type = extra[at + 1] == TYPE_FUNCTIONAL || (vendor && extra[at + 1] >= TYPE_FUNCTIONAL);
        if (is_type && parse(extra + at, out))
            return true;
        if (extra[at] < 2 || extra[at] > length - at)
            break;
        at += extra[at];
    }
    memset(out, 0, sizeof *out);
    return false;
}

size_t ccid_descriptor_longest(const struct ccid_descriptor *d)
{
    return d->max_message < MESSAGE_MAX ? d->max_message : MESSAGE_MAX;
}

enum reader_level ccid_descriptor_level(const struct ccid_descriptor *d)
{
    if (d->features & CCID_FEATURE_SHORT_EXTENDED)
        return READER_LEVEL_EXTENDED;
    if (d->features & CCID_FEATURE_SHORT)
        return READER_LEVEL_SHORT;
    return d->features & CCID_FEATURE_TPDU ? READER_LEVEL_TPDU : READER_LEVEL_NONE;
}

static void add_difference(struct buf *b, const char *what, const char *format, unsigned is, unsigned told)
{
    if (is == told || told == 0)
        return; /* a profile that does not say can't be contradicted */
    buf_add_text(b, b->length ? "; " : "differs from its profile: ");
    buf_add_text(b, what);
    buf_add_format(b, format, is, told);
}

void ccid_descriptor_compare(const struct ccid_shape *shape, const struct reader_model *model, char *out,
                             size_t capacity)
{
    const struct ccid_descriptor *d = shape->descriptor;
    struct buf b;
    buf_init(&b, 512);
    add_difference(&b, "class", " %02X, not %02X", shape->usb_class, model->usb_class);
    if (model->ccid) {
        add_difference(&b, "dwFeatures", " %08X, not %08X", d->features, model->features);
        add_difference(&b, "message", " %u bytes, not %u", d->max_message, model->max_message);
        add_difference(&b, "IFSD", " %u, not %u", d->ifsd, model->ifsd);
        add_difference(&b, "endpoints", " %u, not %u", shape->endpoints, model->endpoints);
        add_difference(&b, "busy slots", " %u, not %u", d->busy_slots, model->busy_slots);
    }
    text_fit(out, capacity, b.failed || !b.length ? "" : b.data);
    buf_free(&b);
}
