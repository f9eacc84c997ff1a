/* Slicing by eight (Kounavis & Berry 2005), tables made at first use; the processor's instruction where it
 * has one. */
#include "harness/base/crc32c.h"

#include <pthread.h>
#include <string.h>

static uint32_t table[8][256];
static pthread_once_t ready = PTHREAD_ONCE_INIT;

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
}

static uint32_t by_table(uint32_t c, const uint8_t *p, size_t n)
{
    pthread_once(&ready, make_tables);
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

uint32_t crc32c_by_table(uint32_t crc, const void *bytes, size_t length)
{
    return ~by_table(~crc, bytes, length);
}

#if defined(__x86_64__)
static inline uint64_t word_at(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint64_t wide, const uint8_t *p, size_t n)
{
    for (; n >= 8; p += 8, n -= 8)
        wide = __builtin_ia32_crc32di(wide, word_at(p));
    uint32_t c = (uint32_t)wide;
    while (n--)
        c = __builtin_ia32_crc32qi(c, *p++);
    return c;
}

__attribute__((target("sse4.2"))) static void three_by_instruction(const uint8_t *const p[3],
                                                                   const size_t n[3], uint32_t out[3])
{
    uint64_t a = UINT32_MAX, b = a, c = a;
    size_t least = n[0] < n[1] ? n[0] : n[1], i = 0;
    least = n[2] < least ? n[2] : least;
    for (; i + 8 <= least; i += 8) {
        a = __builtin_ia32_crc32di(a, word_at(p[0] + i));
        b = __builtin_ia32_crc32di(b, word_at(p[1] + i));
        c = __builtin_ia32_crc32di(c, word_at(p[2] + i));
    }
    out[0] = ~by_instruction(a, p[0] + i, n[0] - i);
    out[1] = ~by_instruction(b, p[1] + i, n[1] - i);
    out[2] = ~by_instruction(c, p[2] + i, n[2] - i);
}
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~by_instruction((uint32_t)~crc, bytes, length);
#endif
    return crc32c_by_table(crc, bytes, length);
}

void crc32c_three(const void *const bytes[3], const size_t length[3], uint32_t out[3])
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        three_by_instruction((const uint8_t *const[3]) { bytes[0], bytes[1], bytes[2] }, length, out);
        return;
    }
#endif
    for (int i = 0; i < 3; i++)
        out[i] = crc32c_by_table(0, bytes[i], length[i]);
}
