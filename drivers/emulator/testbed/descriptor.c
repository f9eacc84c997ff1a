#include "drivers/emulator/testbed/descriptor.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>

#define BUS "/devices/pci0000:00/0000:00:14.0/usb1"

/* bcdDevice: newer than the firmware that libccid refuses as bogus (ccid_usb.c:1335). */
#define DEVICE_RELEASE 0x0900

#define INTERFACE_MAX 7

/* Device number on the bus: 1 is the root hub. */
static unsigned address(unsigned number)
{
    return number + 1;
}

int descriptor_check(const struct function_ops *ops, const struct reader_profile *profile, struct err *e)
{
    if (profile->usb_vendor < 0 || profile->usb_product < 0)
        return err_set(e, ERR_UNSUPPORTED, profile->id,
                       "the profile names no USB vendor and product: it can't be served");
    if (profile->interface > INTERFACE_MAX)
        return err_set(e, ERR_UNSUPPORTED, profile->id, "interface %u can't be served (0 to %d)",
                       profile->interface, INTERFACE_MAX);
    return ops->check ? ops->check(profile, e) : 0;
}

/* As the model's own devices have them; a profile that does not say lends its maker and model. NULL: none. */
static const char *text_of(const struct reader_profile *p, const char *serial, unsigned index)
{
    switch (index) {
    case STRING_MAKER:
        return p->strings_known ? p->usb_manufacturer : p->maker;
    case STRING_PRODUCT:
        return p->strings_known ? p->usb_product_name : p->model;
    case STRING_SERIAL:
        return serial;
    case STRING_INTERFACE:
        return p->usb_interface_name;
    default:
        return NULL;
    }
}

/* The index as a descriptor has it: 0 for a string that is not there. */
static char index_of(const struct reader_profile *p, unsigned index)
{
    return (char)(text_of(p, "", index) ? index : STRING_NONE);
}

size_t descriptor_string(const struct reader_profile *profile, const char *serial, unsigned index,
                         uint8_t out[256])
{
    static const uint8_t languages[] = { 4, 3, 0x09, 0x04 };
    if (index == STRING_NONE) {
        memcpy(out, languages, sizeof languages);
        return sizeof languages;
    }
    const char *text = text_of(profile, serial, index);
    if (!text)
        return 0;
    size_t n = 0;
    for (; text[n] && n < 126; n++) {
        out[2 + 2 * n] = (uint8_t)text[n];
        out[3 + 2 * n] = 0;
    }
    out[0] = (uint8_t)(2 + 2 * n);
    out[1] = 3;
    return out[0];
}

static void add_bytes(struct buf *b, const char *bytes, size_t n)
{
    buf_add(b, bytes, n);
}

static void add_device(const struct reader_profile *p, struct buf *b)
{
    static const char head[] = { 18, 1, 0x00, 0x02, 0, 0, 0, 64 };
    add_bytes(b, head, sizeof head);
    buf_add_u16(b, (unsigned)p->usb_vendor);
    buf_add_u16(b, (unsigned)p->usb_product);
    buf_add_u16(b, DEVICE_RELEASE);
    buf_add_char(b, index_of(p, STRING_MAKER));
    buf_add_char(b, index_of(p, STRING_PRODUCT));
    buf_add_char(b, STRING_SERIAL);
    buf_add_char(b, 1);
}

static void add_endpoint(struct buf *b, unsigned endpoint, unsigned type, unsigned size, unsigned interval)
{
    buf_add_char(b, 7);
    buf_add_char(b, 5);
    buf_add_char(b, (char)endpoint);
    buf_add_char(b, (char)type);
    buf_add_u16(b, size);
    buf_add_char(b, (char)interval);
}

static unsigned class_of(const struct function_ops *ops, const struct reader_profile *p)
{
    return p->usb_class ? p->usb_class : ops->interface_class;
}

/* ops NULL: one that is only there to be counted. */
static void add_interface(struct buf *b, unsigned number, unsigned endpoints, unsigned class,
                          const struct function_ops *ops, char name)
{
    const char bytes[] = { 9,
                           4,
                           (char)number,
                           0,
                           (char)endpoints,
                           (char)class,
                           (char)(ops ? ops->interface_subclass : 0),
                           (char)(ops ? ops->interface_protocol : 0),
                           name };
    add_bytes(b, bytes, sizeof bytes);
}

/* A reader with more interfaces than the contactless one: those before it are there, vendor-class and without
 * endpoints, so that it has its real number. */
static void add_configuration(const struct function_ops *ops, const struct reader_profile *p, struct buf *b)
{
    bool interrupt = ops->interrupt_in != 0 && p->endpoints != 2;
    unsigned endpoints = interrupt ? 3 : 2;
    const char configuration[] = { 9, 2 };
    const char rest[] = { (char)(p->interface + 1), 1, 0, (char)0x80, 50 }; /* bus powered, 100 mA */
    struct buf class;
    buf_init(&class, 256);
    if (ops->class_descriptor)
        ops->class_descriptor(p, &class);
    add_bytes(b, configuration, sizeof configuration);
    buf_add_u16(b, (unsigned)(9 + 9 * (p->interface + 1) + class.length + 7 * endpoints));
    add_bytes(b, rest, sizeof rest);
    for (unsigned i = 0; i < p->interface; i++)
        add_interface(b, i, 0, 0xff, NULL, STRING_NONE);
    add_interface(b, p->interface, endpoints, class_of(ops, p), ops, index_of(p, STRING_INTERFACE));
    add_bytes(b, class.data ? class.data : "", class.length);
    add_endpoint(b, ops->bulk_out, 2, 64, 0);
    add_endpoint(b, ops->bulk_in, 2, 64, 0);
    if (interrupt)
        add_endpoint(b, ops->interrupt_in, 3, 16, 16);
    b->failed |= class.failed;
    buf_free(&class);
}

void descriptor_bytes(const struct function_ops *ops, const struct reader_profile *profile,
                      struct buf *device, struct buf *configuration)
{
    add_device(profile, device);
    add_configuration(ops, profile, configuration);
}

/* umockdev wants upper-case hex in `H:` lines. */
static void add_upper_hex(struct buf *out, const struct buf *bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes->length; i++) {
        buf_add_char(out, digits[((unsigned char)bytes->data[i]) >> 4]);
        buf_add_char(out, digits[bytes->data[i] & 15]);
    }
}

/* One line of text: umockdev's format is line based. */
static void add_line_text(struct buf *out, const char *text)
{
    for (; text && *text; text++)
        buf_add_char(out, (unsigned char)*text < ' ' || *text == '\\' ? '_' : *text);
}

/* As the kernel has it: no file for a string that is not there. */
static void add_attribute(struct buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    buf_add_format(out, "A: %s=", name);
    add_line_text(out, text);
    buf_add_text(out, "\\n\n");
}

void descriptor_device(const struct function_ops *ops, const struct reader_profile *p, unsigned number,
                       const char *serial, struct buf *out)
{
    unsigned at = address(number);
    struct buf bytes;
    buf_init(&bytes, 1024);
    descriptor_bytes(ops, p, &bytes, &bytes);
    buf_add_format(out, "P: " BUS "/1-%u\nN: bus/usb/001/%03u", number, at);
    if (ops->regular_node) { /* its contents: what libusb-0.1 reads from it */
        buf_add_char(out, '=');
        add_upper_hex(out, &bytes);
    }
    buf_add_char(out, '\n');
    buf_add_format(
        out,
        "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\nE: BUSNUM=001\nE: DEVNUM=%03u\n"
        "E: DEVNAME=/dev/bus/usb/001/%03u\nE: MAJOR=189\nE: MINOR=%u\nE: PRODUCT=%x/%x/900\nE: TYPE=0/0/0\n",
        at, at, at - 1, (unsigned)p->usb_vendor, (unsigned)p->usb_product);
    buf_add_format(
        out,
        "A: busnum=1\\n\nA: devnum=%u\\n\nA: dev=189:%u\\n\nA: speed=12\\n\nA: bConfigurationValue=1\\n\n"
        "A: bNumConfigurations=1\\n\nA: idVendor=%04x\\n\nA: idProduct=%04x\\n\n",
        at, at - 1, (unsigned)p->usb_vendor, (unsigned)p->usb_product);
    add_attribute(out, "manufacturer", text_of(p, serial, STRING_MAKER));
    add_attribute(out, "product", text_of(p, serial, STRING_PRODUCT));
    add_attribute(out, "serial", serial);
    buf_add_text(out, "H: descriptors=");
    add_upper_hex(out, &bytes);
    out->failed |= bytes.failed;
    buf_free(&bytes);
    buf_add_text(out, "\n\n");
}

void descriptor_interface(const struct function_ops *ops, const struct reader_profile *p, unsigned number,
                          struct buf *out)
{
    unsigned class = class_of(ops, p);
    buf_add_format(out,
                   "P: " BUS
                   "/1-%u/1-%u:1.%u\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: PRODUCT=%x/%x/900\n"
                   "E: INTERFACE=%u/%u/%u\nA: bInterfaceNumber=%02x\\n\nA: bInterfaceClass=%02x\\n\n"
                   "A: bInterfaceSubClass=%02x\\n\nA: bInterfaceProtocol=%02x\\n\n",
                   number, number, p->interface, (unsigned)p->usb_vendor, (unsigned)p->usb_product, class,
                   ops->interface_subclass, ops->interface_protocol, p->interface, class,
                   ops->interface_subclass, ops->interface_protocol);
    add_attribute(out, "interface", p->usb_interface_name);
    buf_add_char(out, '\n');
}

void descriptor_root_hub(struct buf *out)
{
    buf_add_text(
        out, "P: " BUS "\nN: bus/usb/001/001\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
             "E: BUSNUM=001\nE: DEVNUM=001\nE: DEVNAME=/dev/bus/usb/001/001\nE: MAJOR=189\nE: MINOR=0\n"
             "A: busnum=1\\n\nA: devnum=1\\n\nA: dev=189:0\\n\nA: speed=480\\n\nA: bConfigurationValue=1\\n\n"
             "A: idVendor=1d6b\\n\nA: idProduct=0002\\n\n"
             "H: descriptors=12010002090001406B1D0200010603020101"
             "09021900010100E0000904000001090000000705810304000C\n\n");
}

void descriptor_node(unsigned number, char *out, size_t capacity)
{
    snprintf(out, capacity, "/dev/bus/usb/001/%03u", address(number));
}

void descriptor_path(const struct reader_profile *p, unsigned number, bool interface, char *out,
                     size_t capacity)
{
    if (interface)
        snprintf(out, capacity, "/sys" BUS "/1-%u/1-%u:1.%u", number, number, p->interface);
    else
        snprintf(out, capacity, "/sys" BUS "/1-%u", number);
}
