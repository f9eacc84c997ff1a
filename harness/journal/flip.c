/* One flipped bit, found by the checksum: CRC-32C is linear, and each place of a line changes it in a way of its own. */
#include "harness/base/crc32c.h"
#include "harness/journal/line.h"

#define POLYNOMIAL   0x82f63b78u
#define LOOKED_AT    (64u << 10) /* bytes of a line; in a longer one nobody looks for it */
#define DIGITS_BEGIN 10          /* of the checksum, in `, "crc": "1a2b3c4d"}` */

static const char hex_digits[] = "0123456789abcdef";

static uint32_t shift_byte(uint32_t c)
{
    for (int bit = 0; bit < 8; bit++)
        c = c & 1 ? c >> 1 ^ POLYNOMIAL : c >> 1;
    return c;
}

/* In a digit of the checksum itself. */
static size_t find_in_digits(const char *digits, uint32_t right, unsigned char *was)
{
    size_t found = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned char is = (unsigned char)digits[i],
                      should = (unsigned char)hex_digits[right >> (28 - 4 * i) & 15];
        if (is == should)
            continue;
        if (found || __builtin_popcount(is ^ should) != 1)
            return 0;
        found = i + 1;
        *was = should;
    }
    return found;
}

size_t journal_find_flip(const char *line, size_t length, unsigned char *was)
{
    if (length < JOURNAL_CRC_TAIL + 3 || length > LOOKED_AT)
        return 0;
    const char *tail = line + length - JOURNAL_CRC_TAIL, *digits = tail + DIGITS_BEGIN;
    uint32_t right = crc32c(0, line + 2, (size_t)(tail - line) - 2), written = 0, change[8];
    size_t at = find_in_digits(digits, right, was);
    if (at)
        return (size_t)(digits - line) + at;
    for (unsigned i = 0; i < 8; i++) {
        const char *digit = digits[i] ? strchr(hex_digits, digits[i]) : NULL;
        if (!digit)
            return 0;
        written = written << 4 | (uint32_t)(digit - hex_digits);
    }
    for (unsigned bit = 0; bit < 8; bit++)
        change[bit] = UINT32_C(1) << bit;
    for (const char *p = tail; p-- > line + 2;)
        for (unsigned bit = 0; bit < 8; bit++) {
            change[bit] = shift_byte(change[bit]);
            if (change[bit] == (right ^ written)) {
                *was = (unsigned char)*p ^ (unsigned char)(1u << bit);
                return (size_t)(p - line) + 1;
            }
        }
    return 0;
}
