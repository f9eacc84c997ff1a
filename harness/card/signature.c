#include "harness/card/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#define RSA_BYTES_LEAST 256 /* of a modulus: 2048 bits */
#define RSA_BYTES_MOST  512
#define POINT_BYTES     65 /* 04, and two coordinates of P-256 */

struct object {
    unsigned tag;
    const uint8_t *bytes;
    size_t length;
};

/* The BER-TLV object at *at, which moves behind it; tags of one or two bytes. False: it is none. */
static bool next_object(const uint8_t **at, const uint8_t *end, struct object *out)
{
    const uint8_t *p = *at;
    if (p == end)
        return false;
    out->tag = *p++;
    if ((out->tag & 0x1f) == 0x1f && p < end)
        out->tag = out->tag << 8 | *p++;
    if (p == end)
        return false;
    size_t length = *p++;
    if (length & 0x80) {
        size_t bytes = length & 0x7f;
        if (bytes < 1 || bytes > 2 || (size_t)(end - p) < bytes)
            return false;
        for (length = 0; bytes > 0; bytes--)
            length = length << 8 | *p++;
    }
    if ((size_t)(end - p) < length)
        return false;
    out->bytes = p;
    out->length = length;
    *at = p + length;
    return true;
}

static EVP_PKEY *make_key(const char *type, OSSL_PARAM *parameters)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = parameters ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (context && EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return key;
}

static EVP_PKEY *rsa_key(const struct object *modulus, const struct object *exponent)
{
    if (modulus->length < RSA_BYTES_LEAST || modulus->length > RSA_BYTES_MOST || exponent->length == 0 ||
        exponent->length > 8)
        return NULL;
    BIGNUM *n = BN_bin2bn(modulus->bytes, (int)modulus->length, NULL);
    BIGNUM *e = BN_bin2bn(exponent->bytes, (int)exponent->length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (n && e && builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = make_key("RSA", parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(e);
    BN_free(n);
    return key;
}

static EVP_PKEY *point_key(const struct object *point)
{
    OSSL_PARAM parameters[3];
    if (point->length != POINT_BYTES || point->bytes[0] != 0x04)
        return NULL;
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0);
    parameters[1] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point->bytes, point->length);
    parameters[2] = OSSL_PARAM_construct_end();
    return make_key("EC", parameters);
}

EVP_PKEY *signature_key_of_card(const uint8_t *bytes, size_t length)
{
    const uint8_t *at = bytes, *end = bytes + length;
    struct object whole, part, modulus = { 0 }, exponent = { 0 }, point = { 0 };
    if (!next_object(&at, end, &whole) || whole.tag != 0x7f49)
        return NULL;
    for (at = whole.bytes, end = at + whole.length; at < end;) {
        if (!next_object(&at, end, &part))
            return NULL;
        if (part.tag == 0x81)
            modulus = part;
        else if (part.tag == 0x82)
            exponent = part;
        else if (part.tag == 0x86)
            point = part;
    }
    return point.length > 0 ? point_key(&point) : rsa_key(&modulus, &exponent);
}

EVP_PKEY *signature_key_of_certificate(const uint8_t *bytes, size_t length)
{
    X509 *certificate = d2i_X509(NULL, &bytes, (long)length);
    EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;
    X509_free(certificate);
    ERR_clear_error();
    return key;
}

bool signature_is_true(EVP_PKEY *key, const void *data, size_t data_length, const uint8_t *signature,
                       size_t length)
{
    EVP_MD_CTX *context = key ? EVP_MD_CTX_new() : NULL;
    bool is_true = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                   EVP_DigestVerify(context, signature, length, data, data_length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error(); /* what a target sends may be anything: it leaves nothing behind */
    return is_true;
}
