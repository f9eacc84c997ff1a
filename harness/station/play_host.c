/* Steps that the host does by itself between two commands. None of their time is the target's. */
#include "harness/station/play.h"

#include "harness/card/signature.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* The DER of RFC 8017, 9.2, note 1, before a SHA-256. */
static const uint8_t digest_info_head[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
#define SHA256_BYTES 32

/* The bytes of a function's template begin p->command; where the answer was too short for what is asked of them, false. */
static bool fill_bytes(struct play *p, const struct script_result *of, struct script_variable *v)
{
    uint8_t digest[SHA256_BYTES];
    size_t n = p->command_length, length = (size_t)play_quantity(p, &of->length);
    size_t offset = (size_t)play_quantity(p, &of->offset);
    switch (of->function) {
    case SCRIPT_SHA256:
    case SCRIPT_DIGEST_INFO:
        v->length = of->function == SCRIPT_DIGEST_INFO ? sizeof digest_info_head : 0;
        memcpy(v->bytes, digest_info_head, v->length);
        if (EVP_Digest(p->command, n, digest, NULL, EVP_sha256(), NULL) != 1)
            return false;
        memcpy(v->bytes + v->length, digest, sizeof digest);
        v->length += sizeof digest;
        return true;
    case SCRIPT_PAD:
        if (n > length || length > sizeof v->bytes)
            return false;
        memcpy(v->bytes, p->command, n);
        memset(v->bytes + n, 0xff, length - n);
        v->length = length;
        return true;
    case SCRIPT_RANDOM:
        v->length = length;
        return length <= sizeof v->bytes && getrandom(v->bytes, length, 0) == (ssize_t)length;
    case SCRIPT_TAKE:
        if (offset > n)
            return false;
        if (of->length.variable == 0 && of->length.constant == 0)
            length = n - offset;
        if (length > n - offset || length > sizeof v->bytes)
            return false;
        memcpy(v->bytes, p->command + offset, length);
        v->length = length;
        return true;
    default:
        if (n > sizeof v->bytes)
            return false;
        memcpy(v->bytes, p->command, n);
        v->length = n;
        return true;
    }
}

int play_compute(struct play *p, const struct script_step *step)
{
    for (size_t i = 0; i < step->result_count; i++) {
        const struct script_result *of = &step->results[i];
        struct script_variable *v = &p->variables[of->variable];
        if (!play_build(p, &of->of))
            return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
        bool secret = p->clear != SIZE_MAX || p->variables[of->offset.variable].secret ||
                      p->variables[of->length.variable].secret;
        if (of->function == SCRIPT_LENGTH)
            v->value = p->command_length;
        else if (!fill_bytes(p, of, v))
            return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(13) | CAUSE(26),
                            said_alone(SAID_ANSWER_TOO_SHORT));
        v->given = true;
        v->secret = secret;
    }
    return 0;
}

/* A copy of what a template gives, since the next one is built in its place; the length, SIZE_MAX when it has no value. */
static size_t copy_of(struct play *p, const struct script_template *t, uint8_t out[SCRIPT_BYTES_MAX])
{
    if (!play_build(p, t) || p->command_length > SCRIPT_BYTES_MAX)
        return SIZE_MAX;
    memcpy(out, p->command, p->command_length);
    return p->command_length;
}

/* The target's public key as X.509 has it; its length, 0 when it is none. */
static size_t key_of_certificate(const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity)
{
    EVP_PKEY *key = signature_key_of_card(bytes, length);
    int needed = key ? i2d_PUBKEY(key, NULL) : 0;
    size_t made = 0;
    if (needed > 0 && (size_t)needed <= capacity) {
        i2d_PUBKEY(key, &out);
        made = (size_t)needed;
    }
    EVP_PKEY_free(key);
    return made;
}

#define VALID_S (INT64_C(5) * 365 * 86400) /* as long as the real ones, less the days of leap years */
#define EARLY_S 3600                       /* by which a target's clock may be behind */

int play_certify(struct play *p, const struct script_step *step)
{
    const struct script_certificate *c = step->certificate;
    struct script_variable *v = &p->variables[c->variable];
    uint8_t key[1024], serial[16];
    char seed[2 * sizeof serial + 1];
    struct err e = { 0 };
    if (!p->setup->ca)
        return play_end(p, OUTCOME_INVALID, STAGE_CHECK, CAUSE(29), said_alone(SAID_NO_TEST_CA));
    if (!play_build(p, &c->public_key) || getrandom(serial, sizeof serial, 0) != sizeof serial)
        return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
    for (size_t i = 0; i < sizeof serial; i++)
        snprintf(seed + 2 * i, 3, "%02x", serial[i]);
    struct test_ca_request request = {
        .public_key = key,
        .public_key_length = key_of_certificate(p->command, p->command_length, key, sizeof key),
        .subject = "HOLDER",
        .profile = c->profile,
        .serial_seed = seed,
        .not_before = p->setup->wall_s - EARLY_S,
        .not_after = p->setup->wall_s + VALID_S,
        .size = c->size,
    };
    if (request.public_key_length == 0)
        return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_KEY_UNREADABLE));
    if (test_ca_issue(p->setup->ca, &request, v->bytes, sizeof v->bytes, &v->length, &e) != 0)
        return play_end(p, OUTCOME_INVALID, STAGE_CHECK, CAUSE(29), said_words(e.text));
    v->given = true;
    v->secret = false;
    return 0;
}

int play_verify(struct play *p, const struct script_step *step)
{
    static uint8_t key_bytes[SCRIPT_BYTES_MAX], signature[SCRIPT_BYTES_MAX];
    const struct script_signature *s = step->signature;
    bool by_certificate = s->certificate.count > 0;
    size_t key_length = copy_of(p, by_certificate ? &s->certificate : &s->public_key, key_bytes);
    size_t length = copy_of(p, &s->signature, signature);
    if (key_length == SIZE_MAX || length == SIZE_MAX || !play_build(p, &s->data))
        return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
    EVP_PKEY *key = by_certificate ? signature_key_of_certificate(key_bytes, key_length)
                                   : signature_key_of_card(key_bytes, key_length);
    struct said refused = { 0 };
    if (s->issued_for && p->setup->ca)
        refused = test_ca_verify(p->setup->ca, key_bytes, key_length, s->issued_for, p->setup->wall_s);
    else if (s->issued_for)
        refused = said_alone(SAID_NO_TEST_CA);
    if (refused.code != SAID_WORDS) {
        EVP_PKEY_free(key);
        return play_end(p, p->setup->ca ? OUTCOME_FAIL : OUTCOME_INVALID, STAGE_CHECK,
                        p->setup->ca ? CAUSE(26) : CAUSE(29), refused);
    }
    enum said_code wrong = key ? SAID_SIGNATURE_WRONG : SAID_KEY_UNREADABLE;
    bool is_true = signature_is_true(key, p->command, p->command_length, signature, length);
    EVP_PKEY_free(key);
    return is_true ? 0 : play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(wrong));
}

int play_compare(struct play *p, const struct script_step *step)
{
    static uint8_t value[SCRIPT_BYTES_MAX];
    size_t length = copy_of(p, &step->comparison->value, value);
    if (length == SIZE_MAX || !play_build(p, &step->comparison->with))
        return play_end(p, OUTCOME_INVALID, step->stage, CAUSE(29), said_alone(SAID_COMMAND_NOT_BUILT));
    if (length == p->command_length && memcmp(value, p->command, length) == 0)
        return 0;
    return play_end(p, OUTCOME_FAIL, STAGE_CHECK, CAUSE(26), said_alone(SAID_DATA_UNEXPECTED));
}
