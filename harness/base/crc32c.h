/* CRC-32C (Castagnoli, as in iSCSI, RFC 3720 B.4). crc32c(0, "123456789", 9) == 0xe3069283. */
#ifndef NFC_SURVEY_BASE_CRC32C_H
#define NFC_SURVEY_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
