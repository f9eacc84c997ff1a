/*
 * Padding a certificate: the length of its comment is moved until the whole has the length asked for. Where
 * DER's own length fields skip that length, a longer serial number takes up the difference.
 */
#include "drivers/emulator/handset/certificate.h"

#include "drivers/emulator/handset/test_keys.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>

#define LENGTH_MAX 65535
#define STEPS      6

static const char filler[] = "Served by a virtual handset of nfc-survey; identifies nobody. ";

static bool set_comment(X509 *x, size_t length, long serial)
{
    ASN1_IA5STRING *comment = ASN1_IA5STRING_new();
    char *text = OPENSSL_malloc(length + 1);
    bool done = false;
    if (comment && text) {
        for (size_t i = 0; i <= length; i++)
            text[i] = filler[i % (sizeof filler - 1)];
        ASN1_STRING_set0(comment, text, (int)length);
        text = NULL; /* the string's now */
        done = ASN1_INTEGER_set(X509_get_serialNumber(x), serial) == 1 &&
               X509_add1_ext_i2d(x, NID_netscape_comment, comment, 0, X509V3_ADD_REPLACE) == 1;
    }
    OPENSSL_free(text);
    ASN1_IA5STRING_free(comment);
    return done;
}

/* Leaves x with the comment that makes the whole so long; rest: what is not in the signed part. */
static bool fit(X509 *x, size_t bytes, size_t rest)
{
    static const long serials[] = { 0x01, 0x0101, 0x010101 };
    for (size_t s = 0; s < sizeof serials / sizeof *serials; s++) {
        size_t comment = 0;
        for (int step = 0; step < STEPS; step++) {
            if (!set_comment(x, comment, serials[s]))
                return false;
            int signed_part = i2d_re_X509_tbs(x, NULL);
            if (signed_part < 0)
                return false;
            size_t size = (size_t)signed_part + rest;
            if (size == bytes || (size > bytes && comment == 0))
                return true;
            comment = size < bytes             ? comment + (bytes - size)
                      : size - bytes < comment ? comment - (size - bytes)
                                               : 0;
        }
    }
    return true;
}

static uint8_t *make(size_t bytes, size_t *length)
{
    const unsigned char *der = test_keys_ca_certificate;
    const unsigned char *key_der = test_keys_ca_key;
    X509 *x = d2i_X509(NULL, &der, (long)test_keys_ca_certificate_length);
    EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &key_der, (long)test_keys_ca_key_length);
    int signed_part = x ? i2d_re_X509_tbs(x, NULL) : -1;
    unsigned char *out = NULL;
    int n = -1;
    if (x && key && signed_part > 0 && fit(x, bytes, test_keys_ca_certificate_length - (size_t)signed_part) &&
        X509_sign(x, key, EVP_sha256()) > 0)
        n = i2d_X509(x, &out);
    EVP_PKEY_free(key);
    X509_free(x);
    *length = n > 0 ? (size_t)n : 0;
    return n > 0 ? out : NULL;
}

const uint8_t *certificate_of_length(struct certificate_cache *cache, size_t bytes, size_t *length)
{
    *length = test_keys_ca_certificate_length;
    if (bytes == 0 || bytes == test_keys_ca_certificate_length || bytes > LENGTH_MAX)
        return test_keys_ca_certificate;
    size_t at = 0;
    while (at < CERTIFICATE_CACHE && cache->made[at].asked != bytes)
        at++;
    if (at == CERTIFICATE_CACHE) {
        size_t made_length;
        uint8_t *made = make(bytes, &made_length);
        if (!made)
            return test_keys_ca_certificate;
        at = cache->next++ % CERTIFICATE_CACHE;
        OPENSSL_free(cache->made[at].der);
        cache->made[at].asked = bytes;
        cache->made[at].der = made;
        cache->made[at].length = made_length;
    }
    *length = cache->made[at].length;
    return cache->made[at].der;
}

void certificate_free(struct certificate_cache *cache)
{
    for (size_t i = 0; i < CERTIFICATE_CACHE; i++)
        OPENSSL_free(cache->made[i].der);
    memset(cache, 0, sizeof *cache);
}
