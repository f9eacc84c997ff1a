#include "harness/card/test_ca.h"

#include "harness/base/buf.h"
#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/card/signature.h"
#include "harness/card/test_ca_keys.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OUR_ARC     "2.25.70711489245462213140296502707759153048"
#define FILE_MAX    65536
#define SUBJECT_MAX 48
#define FILL_TRIES  32 /* a length grows by one in most steps; where the lengths of the lengths do, by more */

struct test_ca {
    X509 *certificate;
    EVP_PKEY *key; /* NULL: it verifies and does not issue */
    bool is_virtual;
};

static const struct {
    const char *key_usage, *extended, *oid;
} profiles[] = {
    [TEST_CA_FACTORY] = { "critical,digitalSignature", "critical," OUR_ARC ".1", OUR_ARC ".1" },
    [TEST_CA_AUTHENTICATION] = { "critical,digitalSignature", "clientAuth," OUR_ARC ".2", OUR_ARC ".2" },
    [TEST_CA_SIGNATURE] = { "critical,digitalSignature,nonRepudiation", OUR_ARC ".3", OUR_ARC ".3" },
};

/* ---- the CA ---- */

void test_ca_free(struct test_ca **ca)
{
    if (!*ca)
        return;
    X509_free((*ca)->certificate);
    EVP_PKEY_free((*ca)->key);
    free(*ca);
    *ca = NULL;
}

struct test_ca *test_ca_virtual(void)
{
    const uint8_t *certificate = test_ca_certificate, *key = test_ca_key;
    struct test_ca *ca = calloc(1, sizeof *ca);
    if (!ca)
        return NULL;
    ca->certificate = d2i_X509(NULL, &certificate, (long)test_ca_certificate_length);
    ca->key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &key, (long)test_ca_key_length);
    ca->is_virtual = true;
    if (!ca->certificate || !ca->key)
        test_ca_free(&ca);
    return ca;
}

/* A passphrase would be asked for at the terminal, in the midst of a run. */
static int no_passphrase(char *out, int capacity, int writing, void *context)
{
    (void)out;
    (void)capacity;
    (void)writing;
    (void)context;
    return -1;
}

static int read_pem(struct test_ca *ca, const char *path, const struct buf *text, struct err *e)
{
    BIO *in = BIO_new_mem_buf(text->data, (int)text->length);
    ca->certificate = in ? PEM_read_bio_X509(in, NULL, no_passphrase, NULL) : NULL;
    BIO_free(in);
    in = strstr(text->data, "PRIVATE KEY-----") ? BIO_new_mem_buf(text->data, (int)text->length) : NULL;
    ca->key = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
    bool lacks_key = in && !ca->key;
    BIO_free(in);
    ERR_clear_error();
    if (!ca->certificate)
        return err_set(e, ERR_INPUT, path, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    if (lacks_key)
        return err_set(e, ERR_INPUT, path,
                       "its private key can't be read; one with a passphrase isn't taken");
    if (ca->key && !X509_check_private_key(ca->certificate, ca->key)) {
        ERR_clear_error();
        return err_set(e, ERR_INPUT, path, "its private key is not that of its certificate");
    }
    if (X509_check_ca(ca->certificate) != 1)
        return err_set(e, ERR_INPUT, path, "its certificate is not a CA's (basicConstraints CA:TRUE)");
    return 0;
}

int test_ca_load(const char *path, struct test_ca **out, struct err *e)
{
    struct buf text;
    struct test_ca *ca = calloc(1, sizeof *ca);
    *out = NULL;
    if (!ca)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    buf_init(&text, FILE_MAX);
    int status = file_read(path, &text, e);
    if (status == 0)
        status = text.length > 0 ? read_pem(ca, path, &text, e) : err_set(e, ERR_INPUT, path, "is empty");
    if (text.data)
        explicit_bzero(text.data, text.length);
    buf_free(&text);
    if (status != 0)
        test_ca_free(&ca);
    *out = ca;
    return status;
}

bool test_ca_is_virtual(const struct test_ca *ca)
{
    return ca->is_virtual;
}

void test_ca_digest(const struct test_ca *ca, char out[65])
{
    uint8_t *der = NULL;
    int length = i2d_X509(ca->certificate, &der);
    out[0] = '\0';
    if (length > 0)
        digest_bytes(der, (size_t)length, out);
    OPENSSL_free(der);
}

/* ---- to issue ---- */

/* Positive, and of one length: certificates of one kind are then equally long. */
static bool set_serial(X509 *x, const char *seed)
{
    uint8_t digest[32];
    if (!EVP_Q_digest(NULL, "SHA256", NULL, seed, strlen(seed), digest, NULL))
        return false;
    digest[0] = (uint8_t)((digest[0] & 0x3F) | 0x40);
    BIGNUM *number = BN_bin2bn(digest, 16, NULL);
    bool good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return good;
}

static bool set_subject(X509 *x, const char *subject)
{
    char name[5 + SUBJECT_MAX + 1];
    X509_NAME *n = X509_get_subject_name(x);
    snprintf(name, sizeof name, "TEST %s", subject);
    return X509_NAME_add_entry_by_txt(n, "C", MBSTRING_UTF8, (const uint8_t *)"JP", -1, -1, 0) &&
           X509_NAME_add_entry_by_txt(n, "O", MBSTRING_UTF8,
                                      (const uint8_t *)"NFC-SURVEY TEST, NO REAL PERSON", -1, -1, 0) &&
           X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0);
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context); /* no configuration file is read */
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool good = extension && X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    return good;
}

static bool add_fill(X509 *x, X509 *issuer, size_t fill)
{
    char *text = malloc(fill + 1);
    if (!text)
        return false;
    memset(text, '-', fill);
    text[fill] = '\0';
    bool good = add_extension(x, issuer, NID_netscape_comment, text);
    free(text);
    return good;
}

/* fill: so many bytes of a comment; 0: none. NULL: it can't be made. */
static X509 *make_certificate(const struct test_ca *ca, const struct test_ca_request *r, EVP_PKEY *subject,
                              size_t fill)
{
    X509 *x = X509_new();
    bool good = x && X509_set_version(x, X509_VERSION_3) && set_serial(x, r->serial_seed) &&
                set_subject(x, r->subject) &&
                X509_set_issuer_name(x, X509_get_subject_name(ca->certificate)) &&
                ASN1_TIME_set(X509_getm_notBefore(x), r->not_before) &&
                ASN1_TIME_set(X509_getm_notAfter(x), r->not_after) && X509_set_pubkey(x, subject) &&
                add_extension(x, ca->certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                add_extension(x, ca->certificate, NID_key_usage, profiles[r->profile].key_usage) &&
                add_extension(x, ca->certificate, NID_ext_key_usage, profiles[r->profile].extended) &&
                add_extension(x, ca->certificate, NID_subject_key_identifier, "hash") &&
                add_extension(x, ca->certificate, NID_authority_key_identifier, "keyid:always") &&
                (fill == 0 || add_fill(x, ca->certificate, fill)) && X509_sign(x, ca->key, EVP_sha256()) > 0;
    if (!good) {
        X509_free(x);
        x = NULL;
    }
    return x;
}

/* One of exactly r->size bytes, by trying around what the first one lacked; NULL: none is. */
static X509 *make_filled(const struct test_ca *ca, const struct test_ca_request *r, EVP_PKEY *subject,
                         size_t *natural)
{
    X509 *x = make_certificate(ca, r, subject, 0);
    size_t size = x ? (size_t)i2d_X509(x, NULL) : 0, fill = 0;
    *natural = size;
    for (unsigned tries = 0; x && r->size && size != r->size && tries < FILL_TRIES; tries++) {
        if (fill + r->size <= size)
            break;
        fill = fill + r->size - size;
        X509_free(x);
        x = make_certificate(ca, r, subject, fill);
        size = x ? (size_t)i2d_X509(x, NULL) : 0;
    }
    if (x && r->size && size != r->size) {
        X509_free(x);
        x = NULL;
    }
    return x;
}

static bool is_key_taken(EVP_PKEY *key)
{
    char group[32] = "";
    if (!key)
        return false;
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= 2048;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) &&
           strcmp(group, "prime256v1") == 0;
}

static int check_request(const struct test_ca *ca, const struct test_ca_request *r, struct err *e)
{
    if (!ca->key)
        return err_set(e, ERR_INPUT, r->subject,
                       "the test CA has no private key in its file, so it can't issue");
    if (r->profile < TEST_CA_FACTORY || r->profile > TEST_CA_SIGNATURE)
        return err_set(e, ERR_INPUT, r->subject, "there is no such profile of certificates");
    if (strlen(r->subject) > SUBJECT_MAX)
        return err_set(e, ERR_INPUT, r->subject, "a subject's name has at most %d bytes", SUBJECT_MAX);
    if (r->not_after <= r->not_before)
        return err_set(e, ERR_INPUT, r->subject, "a certificate must end after its beginning");
    return 0;
}

int test_ca_issue(const struct test_ca *ca, const struct test_ca_request *r, uint8_t *out, size_t capacity,
                  size_t *length, struct err *e)
{
    const uint8_t *der = r->public_key;
    size_t natural = 0;
    *length = 0;
    int status = check_request(ca, r, e);
    if (status != 0)
        return status;
    EVP_PKEY *subject = d2i_PUBKEY(NULL, &der, (long)r->public_key_length);
    X509 *x = NULL;
    if (!is_key_taken(subject) || der != r->public_key + r->public_key_length)
        status =
            err_set(e, ERR_INPUT, r->subject, "its public key is none of RSA of 2048 bits or more, or P-256");
    else if (!(x = make_filled(ca, r, subject, &natural)))
        status = err_set(e, ERR_INPUT, r->subject, "no certificate of %zu bytes can be made, one of %zu can",
                         r->size, natural);
    else if ((size_t)i2d_X509(x, NULL) > capacity)
        status = err_set(e, ERR_LIMIT, r->subject, "the certificate has %d bytes, more than %zu",
                         i2d_X509(x, NULL), capacity);
    else
        *length = (size_t)i2d_X509(x, &out);
    X509_free(x);
    EVP_PKEY_free(subject);
    ERR_clear_error();
    return status;
}

/* ---- to verify ---- */

static bool has_use(X509 *x, const char *oid)
{
    EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    bool found = false;
    for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses); i++) {
        char text[80];
        OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(uses, i), 1);
        found = found || strcmp(text, oid) == 0;
    }
    EXTENDED_KEY_USAGE_free(uses);
    return found;
}

static bool is_use_critical(X509 *x)
{
    int at = X509_get_ext_by_NID(x, NID_ext_key_usage, -1);
    return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at));
}

static struct said say_date(enum said_code code, const ASN1_TIME *t)
{
    struct tm tm;
    char text[40] = "";
    if (ASN1_TIME_to_tm(t, &tm))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return SAY(code, text);
}

static struct said say_chain_error(int error, X509 *x, const struct test_ca *ca, bool of_ca)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return say_date(of_ca ? SAID_TEST_CA_ENDED : SAID_CERTIFICATE_ENDED,
                        X509_get0_notAfter(of_ca ? ca->certificate : x));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return say_date(of_ca ? SAID_TEST_CA_NOT_YET : SAID_CERTIFICATE_NOT_YET,
                        X509_get0_notBefore(of_ca ? ca->certificate : x));
    default:
        return SAY(SAID_CERTIFICATE_REFUSED, X509_verify_cert_error_string(error));
    }
}

/* The chain of two: to the CA that was named, and by no other. The purpose is ours, and asked for by its identifier. */
static struct said verify_chain(const struct test_ca *ca, X509 *x, int64_t now)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *c = X509_STORE_CTX_new();
    struct said why = SAY(SAID_CERTIFICATE_REFUSED, "out of memory");
    if (store && c && X509_STORE_add_cert(store, ca->certificate) && X509_STORE_CTX_init(c, store, x, NULL)) {
        X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(c);
        X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
        X509_VERIFY_PARAM_set_auth_level(p, 2); /* 112 bits: neither RSA-1024 nor SHA-1 */
        X509_VERIFY_PARAM_set_depth(p, 0);      /* nobody between them */
        X509_VERIFY_PARAM_set_time(p, now);
        X509_STORE_CTX_set_purpose(c, X509_PURPOSE_ANY);
        why = X509_verify_cert(c) == 1 ? said_words("")
                                       : say_chain_error(X509_STORE_CTX_get_error(c), x, ca,
                                                         X509_STORE_CTX_get_error_depth(c) > 0);
    }
    X509_STORE_CTX_free(c);
    X509_STORE_free(store);
    return why;
}

static struct said verify_certificate(const struct test_ca *ca, X509 *x, enum test_ca_profile profile,
                                      int64_t now)
{
    if (X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(ca->certificate)) != 0)
        return said_alone(SAID_CERTIFICATE_OTHER_CA);
    if (X509_verify(x, X509_get0_pubkey(ca->certificate)) != 1)
        return said_alone(SAID_CERTIFICATE_SAME_NAME);
    if (X509_check_ca(x) != 0 || X509_get_ext_by_NID(x, NID_basic_constraints, -1) < 0)
        return said_alone(SAID_CERTIFICATE_OF_CA);
    struct said why = verify_chain(ca, x, now);
    if (!said_nothing(&why))
        return why;
    if (profile < TEST_CA_FACTORY || profile > TEST_CA_SIGNATURE || !has_use(x, profiles[profile].oid) ||
        (profile == TEST_CA_FACTORY && !is_use_critical(x)))
        return said_alone(SAID_CERTIFICATE_OTHER_USE);
    return said_words("");
}

/* Of all of the bytes: what follows a certificate could be anything. */
static X509 *read_certificate(const uint8_t *der, size_t length)
{
    const uint8_t *end = der;
    X509 *x = length <= TEST_CA_CERTIFICATE_MAX ? d2i_X509(NULL, &end, (long)length) : NULL;
    if (x && end != der + length) {
        X509_free(x);
        x = NULL;
    }
    return x;
}

struct said test_ca_verify(const struct test_ca *ca, const uint8_t *certificate, size_t length,
                           enum test_ca_profile profile, int64_t now)
{
    X509 *x = read_certificate(certificate, length);
    struct said why = x ? verify_certificate(ca, x, profile, now) : said_alone(SAID_CERTIFICATE_UNREADABLE);
    X509_free(x);
    ERR_clear_error();
    return why;
}

bool test_ca_signed_by(const uint8_t *certificate, size_t certificate_length, const void *message,
                       size_t message_length, const uint8_t *signature, size_t signature_length)
{
    X509 *x = read_certificate(certificate, certificate_length);
    EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
    bool good = signature_is_true(key, message, message_length, signature, signature_length);
    X509_free(x);
    return good;
}
