/* ECDSA on P-256 for keys that are public: deterministic, and each signature as long as every other. Not for a secret. */
#ifndef NFC_SURVEY_HANDSET_P256_H
#define NFC_SURVEY_HANDSET_P256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P256_NUMBER    32
#define P256_POINT     65 /* 04, x, y */
#define P256_SIGNATURE 71 /* DER */

/* A private number from these bytes, the same for the same ones. */
bool p256_derive(const void *seed, size_t length, uint8_t private_number[P256_NUMBER]);
bool p256_public(const uint8_t private_number[P256_NUMBER], uint8_t point[P256_POINT]);
/* SubjectPublicKeyInfo, DER. */
#define P256_PUBLIC_DER (26 + P256_POINT)
bool p256_public_der(const uint8_t private_number[P256_NUMBER], uint8_t der[P256_PUBLIC_DER]);

bool p256_sign(const uint8_t private_number[P256_NUMBER], const uint8_t digest[32],
               uint8_t signature[P256_SIGNATURE]);

#endif
