/* Key and certificate (DER) of the CA of virtual test targets, made by scripts/make-test-keys. Public on purpose. */
#ifndef NFC_SURVEY_CARD_TEST_CA_KEYS_H
#define NFC_SURVEY_CARD_TEST_CA_KEYS_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t test_ca_certificate[]; /* "NFC-SURVEY TEST CA FOR TARGETS", self-signed */
extern const size_t test_ca_certificate_length;
extern const uint8_t test_ca_key[]; /* PKCS#1 RSAPrivateKey */
extern const size_t test_ca_key_length;

#endif
