/*
 * The keys of the JPKI-like application: generated in the card, used under a PIN, shown to possess them to a counter. RSA-2048 is
 * libcrypto's; P-256 is drawn from the sim's name and how often it was written, so that equal runs have equal keys.
 */
#include "drivers/emulator/handset/factory.h"
#include "drivers/emulator/handset/jpki_commands.h"
#include "drivers/emulator/handset/p256.h"
#include "drivers/emulator/handset/test_keys.h"
#include "harness/base/keyed_random.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#define CHALLENGE_MAX   256
#define RSA_BYTES       256
#define DIGEST          32
#define DIGEST_INFO_MAX 245 /* 256 bytes of modulus less 11 of PKCS#1 v1.5 padding */
#define CRT_MAX         32

enum key_reference { KEY_AUTHENTICATION = 0x17, KEY_SIGNATURE = 0x1a };
enum algorithm { ALGORITHM_RSA = 0x01, ALGORITHM_P256 = 0x02 };

static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                       0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

static bool key_use(unsigned reference, enum sim_use *use)
{
    *use = reference == KEY_SIGNATURE ? SIM_SIGNATURE : SIM_AUTHENTICATION;
    return reference == KEY_SIGNATURE || reference == KEY_AUTHENTICATION;
}

/* The key that a counter speaks of: one that waits for its certificate before the one in use. */
static const struct sim_key *newest(const struct sim_data *d, enum sim_use use)
{
    return d->pending[use].kind != SIM_KEY_NONE ? &d->pending[use] : &d->keys[use];
}

static EVP_PKEY *load_rsa(const struct sim_key *key)
{
    const unsigned char *der = key->bytes;
    long length = (long)key->length;
    if (key->kind == SIM_KEY_OF_PROFILE) {
        der = test_keys_user_key;
        length = (long)test_keys_user_key_length;
    }
    return d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, length);
}

/* ---- signatures ---- */

/* PKCS#1 v1.5 over a DigestInfo as given, or over the digest, whose DigestInfo the card makes. */
static bool sign_rsa(const struct sim_key *key, const uint8_t *data, size_t length, bool bare,
                     uint8_t signature[RSA_BYTES], size_t *signature_length)
{
    EVP_PKEY *rsa = load_rsa(key);
    EVP_PKEY_CTX *context = rsa ? EVP_PKEY_CTX_new(rsa, NULL) : NULL;
    *signature_length = RSA_BYTES;
    bool done = context && EVP_PKEY_sign_init(context) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                (!bare || EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1) &&
                EVP_PKEY_sign(context, signature, signature_length, data, length) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(rsa);
    return done;
}

/* Of P-256: the hash, alone or in the DigestInfo that clients of the real application send. */
static const uint8_t *hash_of(const uint8_t *data, size_t length)
{
    if (length == sizeof digest_info + DIGEST && memcmp(data, digest_info, sizeof digest_info) == 0)
        return data + sizeof digest_info;
    return length == DIGEST ? data : NULL;
}

/* Its length; 0 with the status word answered that says why there is none. */
static size_t sign(const struct sim_key *key, const struct apdu *a, bool bare, uint8_t signature[RSA_BYTES],
                   struct card_answer *out)
{
    size_t length = 0;
    bool done = false;
    if (key->kind == SIM_KEY_NONE) {
        card_status(out, 0x6a88);
        return 0;
    }
    if (key->kind == SIM_KEY_P256) {
        const uint8_t *hash = hash_of(a->data, a->data_length);
        if (!hash) {
            card_status(out, 0x6a80);
            return 0;
        }
        done = p256_sign(key->bytes, hash, signature);
        length = P256_SIGNATURE;
        out->work = CARD_WORK_SIGN_P256;
    } else {
        done = sign_rsa(key, a->data, a->data_length, bare, signature, &length);
        out->work = CARD_WORK_SIGN_RSA;
    }
    if (!done)
        card_status(out, 0x6f00);
    return done ? length : 0;
}

/* One of RSA finds no room in a channel that protects answers. */
static void give_signature(const struct apdu *a, const uint8_t *signature, size_t length,
                           struct card_answer *out)
{
    if (out->room > 0 && length > out->room)
        card_status(out, 0x6700);
    else
        card_data(out, a, signature, length, 0x9000);
}

void jpki_compute_signature(struct card *c, const struct apdu *a, struct card_answer *out)
{
    uint8_t signature[RSA_BYTES];
    size_t length;
    enum sim_use use;
    bool key = key_use(c->state.file, &use);
    if (a->ins != 0x2a)
        card_status(out, a->ins == 0xfc ? 0x6700 : 0x6d00);
    else if (a->p1 != 0x00 || a->p2 != 0x80)
        card_status(out, 0x6a86);
    else if (!key)
        card_status(out, 0x6986);
    else if (!c->state.verified[use])
        card_status(out, 0x6982);
    else if (a->data_length == 0 || a->data_length > DIGEST_INFO_MAX || !a->has_le)
        card_status(out, 0x6700);
    else if ((length = sign(&sim_now(c->store)->keys[use], a, false, signature, out)) > 0)
        give_signature(a, signature, length, out);
}

/* MANAGE SECURITY ENVIRONMENT: which key shows that it is there. */
void jpki_set_environment(struct card *c, const struct apdu *a, struct card_answer *out)
{
    enum sim_use use;
    if (!channel_open(c)) {
        card_status(out, 0x6982);
    } else if (a->p1 != 0x41 || a->p2 != 0xb6) {
        card_status(out, 0x6a86);
    } else if (a->data_length != 3 || a->data[0] != 0x84 || a->data[1] != 0x01) {
        card_status(out, 0x6a80);
    } else if (!key_use(a->data[2], &use)) {
        card_status(out, 0x6a88);
    } else {
        c->state.possession_key = a->data[2];
        card_status(out, 0x9000);
    }
}

/* PERFORM SECURITY OPERATION: a counter is shown that the key of its request is in this card. What does not fit is in its file. */
void jpki_sign_hash(struct card *c, const struct apdu *a, struct card_answer *out)
{
    enum sim_use use;
    if (!channel_open(c))
        card_status(out, 0x6982);
    else if (a->p1 != 0x9e || a->p2 != 0x9a)
        card_status(out, 0x6a86);
    else if (!key_use(c->state.possession_key, &use))
        card_status(out, 0x6985);
    else if (a->data_length != DIGEST || !a->has_le)
        card_status(out, 0x6700);
    else if ((c->state.possession_length =
                  sign(newest(sim_now(c->store), use), a, true, c->state.possession, out)) > out->room)
        card_status(out, 0x9000);
    else if (c->state.possession_length > 0)
        card_data(out, a, c->state.possession, c->state.possession_length, 0x9000);
}

/* ---- generation ---- */

static size_t add_header(uint8_t *out, size_t modulus_length)
{
    static const uint8_t head[] = { 0x7f, 0x49, 0x82, 0x01, 0x09, 0x81, 0x82, 0x01, 0x00 };
    memcpy(out, head, sizeof head);
    return modulus_length == RSA_BYTES ? sizeof head : 0;
}

/* 7F49 { 81 n, 82 e } */
static size_t rsa_public_key(const struct sim_key *key, uint8_t out[JPKI_PUBLIC_MAX])
{
    static const uint8_t exponent[] = { 0x82, 0x03, 0x01, 0x00, 0x01 };
    BIGNUM *n = NULL;
    EVP_PKEY *rsa = load_rsa(key);
    size_t length = 0;
    if (rsa && EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
        (length = add_header(out, (size_t)BN_num_bytes(n))) > 0) {
        length += (size_t)BN_bn2bin(n, out + length);
        memcpy(out + length, exponent, sizeof exponent);
        length += sizeof exponent;
    }
    BN_free(n);
    EVP_PKEY_free(rsa);
    return length;
}

size_t jpki_public_key(const struct sim_data *d, enum sim_use use, uint8_t out[JPKI_PUBLIC_MAX])
{
    static const uint8_t head[] = { 0x7f, 0x49, 0x43, 0x86, 0x41 };
    const struct sim_key *key = newest(d, use);
    switch (key->kind) {
    case SIM_KEY_NONE:
        return 0;
    case SIM_KEY_P256:
        memcpy(out, head, sizeof head);
        return p256_public(key->bytes, out + sizeof head) ? sizeof head + P256_POINT : 0;
    default:
        return rsa_public_key(key, out);
    }
}

static bool generate_rsa(struct sim_key *key)
{
    EVP_PKEY *rsa = EVP_RSA_gen(8 * RSA_BYTES);
    int length = rsa ? i2d_PrivateKey(rsa, NULL) : 0;
    unsigned char *to = key->bytes;
    bool done = length > 0 && length <= SIM_KEY_MAX && i2d_PrivateKey(rsa, &to) == length;
    key->kind = SIM_KEY_RSA;
    key->length = (uint32_t)length;
    EVP_PKEY_free(rsa);
    return done;
}

static bool generate_p256(struct sim_key *key, const char *name, uint32_t writes, enum sim_use use)
{
    char seed[SIM_ID_MAX + 32];
    int length = snprintf(seed, sizeof seed, "%s key %d of write %u", name, (int)use, (unsigned)writes);
    key->kind = SIM_KEY_P256;
    key->length = P256_NUMBER;
    return p256_derive(seed, (size_t)length, key->bytes);
}

/* B6 { 84 key, [80 algorithm] }; false when it is not that. RSA where none is named. */
static bool parse_template(const struct apdu *a, unsigned *reference, unsigned *algorithm)
{
    const uint8_t *d = a->data;
    size_t n = a->data_length;
    *reference = 0;
    *algorithm = ALGORITHM_RSA;
    if (n < 2 || n > CRT_MAX || d[0] != 0xb6 || d[1] != n - 2)
        return false;
    for (size_t at = 2; at < n; at += 3) {
        if (n - at < 3 || d[at + 1] != 0x01)
            return false;
        if (d[at] == 0x84)
            *reference = d[at + 2];
        else if (d[at] == 0x80)
            *algorithm = d[at + 2];
        else
            return false;
    }
    return *reference != 0 && (*algorithm == ALGORITHM_RSA || *algorithm == ALGORITHM_P256);
}

/* The public key of P-256 fits any answer; that of RSA is read from its file. */
static void answer_public_key(struct card *c, enum sim_use use, const struct apdu *a, struct card_answer *out)
{
    uint8_t key[JPKI_PUBLIC_MAX];
    const struct sim_key *of = newest(sim_now(c->store), use);
    if (of->kind == SIM_KEY_NONE)
        card_status(out, 0x6a88);
    else if (of->kind == SIM_KEY_P256 && a->has_le)
        card_data(out, a, key, jpki_public_key(sim_now(c->store), use, key), 0x9000);
    else
        card_status(out, 0x9000);
}

static void generate(struct card *c, enum sim_use use, unsigned algorithm, const struct apdu *a,
                     struct card_answer *out)
{
    struct sim_data *d = sim_change(c->store);
    struct sim_key *key = &d->pending[use];
    memset(key, 0, sizeof *key);
    out->work = algorithm == ALGORITHM_P256 ? CARD_WORK_GENERATE_P256 : CARD_WORK_GENERATE_RSA;
    bool done =
        algorithm == ALGORITHM_P256 ? generate_p256(key, c->store->id, d->writes, use) : generate_rsa(key);
    if (!done)
        card_status(out, 0x6f00);
    else if (card_commit(c, out))
        answer_public_key(c, use, a, out);
}

/* GENERATE ASYMMETRIC KEY PAIR: P1 80 makes one, 81 shows again the public key of what is there. */
void jpki_generate(struct card *c, const struct apdu *a, struct card_answer *out)
{
    unsigned reference, algorithm;
    enum sim_use use;
    if (!channel_open(c))
        card_status(out, 0x6982);
    else if ((a->p1 != 0x80 && a->p1 != 0x81) || a->p2 != 0x00)
        card_status(out, 0x6a86);
    else if (!parse_template(a, &reference, &algorithm))
        card_status(out, 0x6a80);
    else if (!key_use(reference, &use))
        card_status(out, 0x6a88);
    else if (a->p1 == 0x81)
        answer_public_key(c, use, a, out);
    else
        generate(c, use, algorithm, a, out);
}

/* ---- challenges and proof ---- */

void jpki_get_challenge(struct card *c, const struct apdu *a, struct card_answer *out)
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

/* INTERNAL AUTHENTICATE with the factory key: what is signed is a statement of who asks for what, never bytes as they come. */
void jpki_internal_authenticate(struct card *c, const struct apdu *a, struct card_answer *out)
{
    struct target_statement asked;
    uint8_t signature[P256_SIGNATURE];
    const struct factory *f;
    if (a->p1 != 0x00 || a->p2 != 0x00)
        card_status(out, 0x6a86);
    else if (!a->has_le)
        card_status(out, 0x6700);
    else if (!target_proof_asked(a->data, a->data_length, &asked))
        card_status(out, 0x6a80);
    else if (!(f = factory_of(&c->factory, c->store->id)) || !factory_sign(f, &asked, signature))
        card_status(out, 0x6f00);
    else {
        out->work = CARD_WORK_SIGN_P256;
        card_data(out, a, signature, sizeof signature, 0x9000);
    }
}
