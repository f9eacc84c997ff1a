/*
 * Signatures of a target, verified by libcrypto with SHA-256: RSA by PKCS #1 v1.5, or ECDSA in DER on P-256. The key is a
 * certificate's, or as ISO/IEC 7816-8 has a card give it: 7F49 { 81 modulus, 82 exponent } or 7F49 { 86 04 x y }.
 */
#ifndef NFC_SURVEY_CARD_SIGNATURE_H
#define NFC_SURVEY_CARD_SIGNATURE_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a public key in such a template; the caller's, EVP_PKEY_free(). NULL: it is none, or too weak to be one. */
EVP_PKEY *signature_key_of_card(const uint8_t *bytes, size_t length);

/* Of an X.509 certificate in DER; zeros may follow it, as in a file that is longer. Likewise. */
EVP_PKEY *signature_key_of_certificate(const uint8_t *bytes, size_t length);

/* False also without a key. */
bool signature_is_true(EVP_PKEY *key, const void *data, size_t data_length, const uint8_t *signature,
                       size_t length) __attribute__((warn_unused_result));

#endif
