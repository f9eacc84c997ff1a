/* Slicing by eight (Kounavis & Berry 2005), tables made at first use; the processor's instruction where it
 * has one. */
#include "harness/base/crc32c.h"

#include <stdbool.h>
#include <string.h>

static uint32_t table[8][256];
static bool ready;

static void make_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
        table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int slice = 1; slice < 8; slice++)
            table[slice][i] = table[slice - 1][i] >> 8 ^ table[0][table[slice - 1][i] & 0xff];
    ready = true;
}

static uint32_t by_table(uint32_t c, const uint8_t *p, size_t n)
{
    if (!ready)
        make_tables();
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8); /* little-endian hosts only, as the rest of Debian's amd64 and arm64 */
        word ^= c;
        c = 0;
        for (int slice = 0; slice < 8; slice++)
            c ^= table[7 - slice][word >> (8 * slice) & 0xff];
    }
    while (n--)
        c = c >> 8 ^ table[0][(c ^ *p++) & 0xff];
    return c;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t c, const uint8_t *p, size_t n)
{
    uint64_t wide = c;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    c = (uint32_t)wide;
    while (n--)
        c = __builtin_ia32_crc32qi(c, *p++);
    return c;
}
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length)
{
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~by_instruction(crc, bytes, length);
#endif
    return ~by_table(crc, bytes, length);
}
