/*
 * What an emulated reader says of itself: USB descriptors and the sysfs records that udev, libusb and
 * libccid read, made of a reader's profile. Pure text and bytes.
 */
#ifndef NFC_SURVEY_TESTBED_DESCRIPTOR_H
#define NFC_SURVEY_TESTBED_DESCRIPTOR_H

#include "drivers/emulator/testbed/function.h"
#include "harness/base/buf.h"
#include "harness/survey/survey.h"

/* String descriptors by index. */
enum descriptor_string { STRING_NONE = 0, STRING_MAKER, STRING_PRODUCT, STRING_SERIAL, STRING_INTERFACE };

/* 0, or ERR_* when the profile can't be served over USB, with the reason. */
int descriptor_check(const struct function_ops *ops, const struct reader_profile *profile, struct err *e)
    __attribute__((warn_unused_result));

/* String descriptor `index` into out; its length, or 0 when there is none. */
size_t descriptor_string(const struct reader_profile *profile, const char *serial, unsigned index,
                         uint8_t out[256]);

/* umockdev records of the reader on port number 1.. of bus 1; the device first, its interface second. */
void descriptor_device(const struct function_ops *ops, const struct reader_profile *profile, unsigned number,
                       const char *serial, struct buf *out);
/* The bytes alone: device and configuration descriptor, as GET_DESCRIPTOR gives them. */
void descriptor_bytes(const struct function_ops *ops, const struct reader_profile *profile,
                      struct buf *device, struct buf *configuration);
void descriptor_interface(const struct function_ops *ops, const struct reader_profile *profile,
                          unsigned number, struct buf *out);
void descriptor_root_hub(struct buf *out);

/* Where they are: "/dev/bus/usb/001/002", "/sys/devices/.../1-1", "....:1.0" (its interface). */
void descriptor_node(unsigned number, char *out, size_t capacity);
void descriptor_path(const struct reader_profile *profile, unsigned number, bool interface, char *out,
                     size_t capacity);

#endif
