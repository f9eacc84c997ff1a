/* CRC-32C (Castagnoli, as in iSCSI, RFC 3720 B.4). crc32c(0, "123456789", 9) == 0xe3069283. */
#ifndef NFC_SURVEY_BASE_CRC32C_H
#define NFC_SURVEY_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length);

/* Of three pieces at once: the processor's instruction takes three cycles, and then waits for none of them. */
void crc32c_three(const void *const bytes[3], const size_t length[3], uint32_t out[3]);

/* As crc32c(), where the processor has no instruction for it. */
uint32_t crc32c_by_table(uint32_t crc, const void *bytes, size_t length);

#endif
