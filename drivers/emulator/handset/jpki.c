/*
 * The files and commands of the JPKI-like application. EF 000A needs the authentication PIN, as on a phone (a
 * plain card leaves it free); EF 0001 needs the signature PIN. PINs and the key are test values.
 */
#include "drivers/emulator/handset/jpki.h"

#include "drivers/emulator/handset/test_keys.h"
#include "harness/base/keyed_random.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#define TOKEN_LENGTH    160
#define CHALLENGE_MAX   256
#define DIGEST_INFO_MAX 245 /* 256 bytes of modulus less 11 of PKCS#1 v1.5 padding */

enum file {
    FILE_SIGNATURE_CERTIFICATE = 0x0001,
    FILE_SIGNATURE_CA = 0x0002,
    FILE_TOKEN = 0x0006,
    FILE_AVAILABILITY = 0x0008,
    FILE_AUTHENTICATION_CERTIFICATE = 0x000a,
    FILE_AUTHENTICATION_CA = 0x000b,
    FILE_KEY_REFERENCE = 0x0010,
    FILE_TERMINAL_CA = 0x0016,
    FILE_AUTHENTICATION_KEY = 0x0017,
    FILE_AUTHENTICATION_PIN = 0x0018,
    FILE_SIGNATURE_KEY = 0x001a,
    FILE_SIGNATURE_PIN = 0x001b,
};

static const uint16_t files[] = {
    FILE_SIGNATURE_CERTIFICATE,      FILE_SIGNATURE_CA,       FILE_TOKEN,         FILE_AVAILABILITY,
    FILE_AUTHENTICATION_CERTIFICATE, FILE_AUTHENTICATION_CA,  FILE_KEY_REFERENCE, FILE_TERMINAL_CA,
    FILE_AUTHENTICATION_KEY,         FILE_AUTHENTICATION_PIN, FILE_SIGNATURE_KEY, FILE_SIGNATURE_PIN,
};

static bool file_exists(unsigned file)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] == file)
            return true;
    }
    return false;
}

/* CK_TOKEN_INFO as text fields: label 32, manufacturer 32, model 16, serial 16; then 64 bytes of zero. */
static void fill_token(const struct card *c, uint8_t out[TOKEN_LENGTH])
{
    static const char other[] = "NFC-SURVEY VIRTUAL OTHER TARGET";
    static const char manufacturer[] = "nfc-survey";
    static const char model[] = "virtual sim";
    static const char serial[] = "SIM-VIRTUAL";
    const char *label = c->other_label ? other : c->sim->token_label;
    memset(out, ' ', 96);
    memset(out + 96, 0, TOKEN_LENGTH - 96);
    memcpy(out, label, strnlen(label, 32));
    memcpy(out + 32, manufacturer, sizeof manufacturer - 1);
    memcpy(out + 64, model, sizeof model - 1);
    memcpy(out + 80, serial, sizeof serial - 1);
}

static void read_data(const struct apdu *a, size_t offset, const uint8_t *data, size_t length,
                      struct card_answer *out)
{
    if (offset >= length)
        card_status(out, 0x6b00);
    else
        card_data(out, a, data + offset, length - offset, 0x6282);
}

static void read_file(struct card *c, const struct apdu *a, size_t offset, struct card_answer *out)
{
    static const uint8_t availability[] = { 0x8f, 0x8f, 0x00 };
    uint8_t token[TOKEN_LENGTH];
    const uint8_t *ca;
    size_t ca_length;
    switch (c->state.file) {
    case FILE_SIGNATURE_CERTIFICATE:
    case FILE_AUTHENTICATION_CERTIFICATE:
        if (c->state.file == FILE_SIGNATURE_CERTIFICATE ? !c->state.signature_verified
                                                        : !c->state.authentication_verified)
            card_status(out, 0x6982);
        else
            read_data(a, offset, test_keys_user_certificate, test_keys_user_certificate_length, out);
        break;
    case FILE_SIGNATURE_CA:
    case FILE_AUTHENTICATION_CA:
        ca = certificate_of_length(&c->certificates, c->sim->certificate_bytes, &ca_length);
        read_data(a, offset, ca, ca_length, out);
        break;
    case FILE_TOKEN:
        fill_token(c, token);
        read_data(a, offset, token, sizeof token, out);
        break;
    case FILE_AVAILABILITY:
        read_data(a, offset, availability, sizeof availability, out);
        break;
    case 0:
        card_status(out, 0x6986);
        break;
    default:
        card_status(out, 0x6981); /* PINs and keys are not transparent files */
        break;
    }
}

static void read_binary(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (!a->has_le || a->data_length > 0) {
        card_status(out, 0x6700);
        return;
    }
    size_t offset = (size_t)a->p1 << 8 | a->p2;
    if (a->p1 & 0x80) { /* a short file identifier in the low five bits; P2 alone is the offset */
        if ((a->p1 & 0x60) != 0 || !file_exists(a->p1 & 0x1f)) {
            card_status(out, (a->p1 & 0x60) != 0 ? 0x6a86 : 0x6a82);
            return;
        }
        c->state.file = a->p1 & 0x1f;
        offset = a->p2;
    }
    read_file(c, a, offset, out);
}

static void select_file(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->p1 != 0x02 || a->p2 != 0x0c) {
        card_status(out, 0x6a86);
    } else if (a->data_length != 2) {
        card_status(out, 0x6700);
    } else {
        unsigned file = (unsigned)a->data[0] << 8 | a->data[1];
        if (file_exists(file))
            c->state.file = (uint16_t)file;
        card_status(out, file_exists(file) ? 0x9000 : 0x6a82);
    }
}

static void verify(struct card *c, const struct apdu *a, struct card_answer *out)
{
    bool signature = c->state.file == FILE_SIGNATURE_PIN;
    unsigned *tries = signature ? &c->tries.signature : &c->tries.authentication;
    bool *verified = signature ? &c->state.signature_verified : &c->state.authentication_verified;
    const char *pin = signature ? CARD_SIGNATURE_PIN : CARD_AUTHENTICATION_PIN;
    if (a->p1 != 0x00 || a->p2 != 0x80) {
        card_status(out, 0x6a86);
    } else if (!signature && c->state.file != FILE_AUTHENTICATION_PIN) {
        card_status(out, 0x6986);
    } else if (*tries == 0) {
        card_status(out, 0x6984);
    } else if (a->data_length == 0) {
        card_status(out, (uint16_t)(0x63c0 | *tries));
    } else if (a->data_length == strlen(pin) && memcmp(a->data, pin, a->data_length) == 0) {
        *tries = signature ? CARD_SIGNATURE_TRIES : CARD_AUTHENTICATION_TRIES;
        *verified = true;
        card_status(out, 0x9000);
    } else {
        --*tries;
        *verified = false;
        card_status(out, (uint16_t)(0x63c0 | *tries));
    }
}

static void get_challenge(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->p1 != 0x00 || a->p2 != 0x00) {
        card_status(out, 0x6a86);
    } else if (a->extended) {
        card_status(out, 0x6985);
    } else if (!a->has_le || a->data_length > 0) {
        card_status(out, 0x6700);
    } else {
        uint8_t bytes[CHALLENGE_MAX];
        for (size_t i = 0; i < a->le; i++)
            bytes[i] = (uint8_t)random_u64(c->key, i);
        card_data(out, a, bytes, a->le, 0x9000);
    }
}

static void get_data(const struct apdu *a, struct card_answer *out)
{
    static const uint8_t issuer[] = "NFC-SURVEY VIRTUAL";
    unsigned tag = (unsigned)a->p1 << 8 | a->p2;
    if (tag != 0x0042 && tag != 0x0066 && tag != 0x00f0)
        card_status(out, 0x6a88);
    else if (!a->has_le || a->le < sizeof issuer - 1)
        card_status(out, 0x6700);
    else
        card_data(out, a, issuer, sizeof issuer - 1, 0x9000);
}

static EVP_PKEY *load_key(struct card *c)
{
    if (!c->private_key) {
        const unsigned char *der = test_keys_user_key;
        c->private_key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, (long)test_keys_user_key_length);
    }
    return c->private_key;
}

void jpki_free_key(void **private_key)
{
    EVP_PKEY_free(*private_key);
    *private_key = NULL;
}

/* PKCS#1 v1.5 over the DigestInfo as given, like the raw signature operation of the real application. */
static bool sign(struct card *c, const struct apdu *a, uint8_t *signature, size_t *length)
{
    EVP_PKEY *key = load_key(c);
    EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    bool done = context && EVP_PKEY_sign_init(context) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_sign(context, signature, length, a->data, a->data_length) == 1;
    EVP_PKEY_CTX_free(context);
    return done;
}

static void compute_signature(struct card *c, const struct apdu *a, struct card_answer *out)
{
    uint8_t signature[256];
    size_t length = sizeof signature;
    bool verified = c->state.file == FILE_AUTHENTICATION_KEY ? c->state.authentication_verified
                                                             : c->state.signature_verified;
    if (a->ins != 0x2a)
        card_status(out, a->ins == 0xfc ? 0x6700 : 0x6d00);
    else if (a->p1 != 0x00 || a->p2 != 0x80)
        card_status(out, 0x6a86);
    else if (c->state.file != FILE_AUTHENTICATION_KEY && c->state.file != FILE_SIGNATURE_KEY)
        card_status(out, 0x6986);
    else if (!verified)
        card_status(out, 0x6982);
    else if (a->data_length == 0 || a->data_length > DIGEST_INFO_MAX || !a->has_le)
        card_status(out, 0x6700);
    else if (!sign(c, a, signature, &length))
        card_status(out, 0x6f00);
    else
        card_data(out, a, signature, length, 0x9000);
}

void jpki_run(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->cla & 0x0c) { /* secure messaging is refused */
        card_status(out, 0x6882);
    } else if (a->cla == 0x80) {
        compute_signature(c, a, out);
    } else if (a->cla != 0x00) {
        card_status(out, 0x6e00);
    } else {
        switch (a->ins) {
        case 0xa4:
            select_file(c, a, out);
            break;
        case 0xb0:
            read_binary(c, a, out);
            break;
        case 0x20:
            verify(c, a, out);
            break;
        case 0x84:
            get_challenge(c, a, out);
            break;
        case 0xca:
            get_data(a, out);
            break;
        default:
            card_status(out, 0x6d00);
            break;
        }
    }
}
