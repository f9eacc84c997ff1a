/* The virtual sim's RSA-2048 key and certificates (DER), made by scripts/make-test-keys. They identify
 * nobody. */
#ifndef NFC_SURVEY_HANDSET_TEST_KEYS_H
#define NFC_SURVEY_HANDSET_TEST_KEYS_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t test_keys_ca_certificate[]; /* "NFC-SURVEY TEST CA - NOT JPKI", self-signed */
extern const size_t test_keys_ca_certificate_length;
extern const uint8_t test_keys_ca_key[]; /* PKCS#1 RSAPrivateKey of the CA: public, as all of this is */
extern const size_t test_keys_ca_key_length;
extern const uint8_t test_keys_user_certificate[]; /* chained to it */
extern const size_t test_keys_user_certificate_length;
extern const uint8_t test_keys_user_key[]; /* PKCS#1 RSAPrivateKey of the user certificate */
extern const size_t test_keys_user_key_length;

#endif
