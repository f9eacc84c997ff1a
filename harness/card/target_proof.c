#include "harness/card/target_proof.h"

#include "harness/base/text.h"

#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#define LABEL "nfc-survey/test-target/1" /* its NUL is signed with it */

bool target_statement_make(struct target_statement *s, const char *purpose, const char *unit)
{
    memset(s, 0, sizeof *s);
    text_fit(s->purpose, sizeof s->purpose, purpose);
    text_fit(s->unit, sizeof s->unit, unit);
    return getrandom(s->nonce, sizeof s->nonce, 0) == sizeof s->nonce;
}

static size_t add(uint8_t *out, size_t at, const void *bytes, size_t length)
{
    memcpy(out + at, bytes, length);
    return at + length;
}

size_t target_proof_command(const struct target_statement *s, uint8_t out[TARGET_PROOF_COMMAND])
{
    static const uint8_t header[] = { 0x00, 0x88, 0x00, 0x00, 0x00 };
    size_t n = add(out, 0, header, sizeof header);
    n = add(out, n, s->nonce, sizeof s->nonce);
    n = add(out, n, s->purpose, strlen(s->purpose) + 1);
    n = add(out, n, s->unit, strlen(s->unit));
    out[4] = (uint8_t)(n - sizeof header);
    out[n] = 0x00;
    return n + 1;
}

bool target_proof_asked(const uint8_t *data, size_t length, struct target_statement *out)
{
    memset(out, 0, sizeof *out);
    if (length < TARGET_PROOF_NONCE)
        return false;
    const char *purpose = (const char *)data + TARGET_PROOF_NONCE;
    size_t rest = length - TARGET_PROOF_NONCE, n = strnlen(purpose, rest);
    if (n == rest || n >= sizeof out->purpose || rest - n - 1 >= sizeof out->unit ||
        memchr(purpose + n + 1, '\0', rest - n - 1))
        return false;
    memcpy(out->nonce, data, sizeof out->nonce);
    memcpy(out->purpose, purpose, n);
    memcpy(out->unit, purpose + n + 1, rest - n - 1);
    return true;
}

size_t target_proof_message(const struct target_statement *s, const uint8_t *certificate, size_t length,
                            uint8_t out[TARGET_PROOF_MESSAGE])
{
    uint8_t digest[32];
    if (!EVP_Q_digest(NULL, "SHA256", NULL, certificate, length, digest, NULL))
        return 0;
    size_t n = add(out, 0, LABEL, sizeof LABEL);
    n = add(out, n, s->purpose, strlen(s->purpose) + 1);
    n = add(out, n, s->unit, strlen(s->unit) + 1);
    n = add(out, n, digest, sizeof digest);
    return add(out, n, s->nonce, sizeof s->nonce);
}

struct said target_proof_verify(const struct test_ca *ca, const struct target_statement *s,
                                const uint8_t *certificate, size_t certificate_length,
                                const uint8_t *signature, size_t signature_length, int64_t now)
{
    uint8_t message[TARGET_PROOF_MESSAGE];
    struct said why = test_ca_verify(ca, certificate, certificate_length, TEST_CA_FACTORY, now);
    if (!said_nothing(&why))
        return why;
    size_t length = target_proof_message(s, certificate, certificate_length, message);
    if (length == 0 ||
        !test_ca_signed_by(certificate, certificate_length, message, length, signature, signature_length))
        return said_alone(SAID_PROOF_NOT_SIGNED);
    return said_words("");
}
