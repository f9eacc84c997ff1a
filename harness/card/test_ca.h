/*
 * A test CA: certificates for test targets, issued and verified by libcrypto. A certificate of it says that a target was made for
 * tests, and of nobody who he is: "TEST" stands in every name. The project's own CA, whose key is public, says `virtual` and
 * nothing else; a lab has one of its own in a file.
 *
 * What a certificate is for stands in it as an object identifier of ours (2.25 and a UUID, then 1, 2 or 3), critical in that of a
 * factory key, so that no other software takes it for a real one, and no other certificate passes here.
 */
#ifndef NFC_SURVEY_CARD_TEST_CA_H
#define NFC_SURVEY_CARD_TEST_CA_H

#include "harness/base/err.h"
#include "harness/domain/said.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEST_CA_CERTIFICATE_MAX 4096 /* bytes of one, DER */

enum test_ca_profile {
    TEST_CA_NO_PROFILE = 0,
    TEST_CA_FACTORY,        /* a target's own key, by which it proves that it is a test target */
    TEST_CA_AUTHENTICATION, /* what a counter issues */
    TEST_CA_SIGNATURE,
};

struct test_ca;

/* The project's own; NULL when out of memory. test_ca_free() is the caller's. */
struct test_ca *test_ca_virtual(void);

/* A lab's, PEM: its certificate, and its key where it is to issue. ERR_INPUT: neither can be read, or don't fit together. */
int test_ca_load(const char *path, struct test_ca **out, struct err *e) __attribute__((warn_unused_result));
void test_ca_free(struct test_ca **ca);
bool test_ca_is_virtual(const struct test_ca *ca);
/* SHA-256 of its certificate, by which a run names it: 64 digits. */
void test_ca_digest(const struct test_ca *ca, char out[65]);

struct test_ca_request {
    const uint8_t *public_key; /* SubjectPublicKeyInfo, DER: RSA of 2048 bits and more, or P-256 */
    size_t public_key_length;
    const char *subject; /* common name, at most 48 bytes of UTF-8; "TEST " is put before it */
    enum test_ca_profile profile;
    const char *serial_seed; /* its serial number is 16 bytes of SHA-256 of it, the first of them 40 to 7f */
    int64_t not_before, not_after; /* seconds since 1970 */
    size_t size;                   /* of the certificate, exactly, filled with a comment; 0: as it comes */
};

/* DER into out. The same request gives the same bytes where the CA's key is RSA. ERR_INPUT: what is asked for can't be made. */
int test_ca_issue(const struct test_ca *ca, const struct test_ca_request *r, uint8_t *out, size_t capacity,
                  size_t *length, struct err *e) __attribute__((warn_unused_result));

/*
 * Nothing said: the certificate (DER, all of the bytes) was issued by this very CA for that profile, and is valid at `now`, in seconds
 * since 1970. Else why not. The CA's own certificate is no target's.
 */
struct said test_ca_verify(const struct test_ca *ca, const uint8_t *certificate, size_t length,
                           enum test_ca_profile profile, int64_t now);

/* Whether the signature over the message (SHA-256 with ECDSA in DER, or RSA PKCS#1 v1.5) is by the key of the certificate. */
bool test_ca_signed_by(const uint8_t *certificate, size_t certificate_length, const void *message,
                       size_t message_length, const uint8_t *signature, size_t signature_length);

#endif
