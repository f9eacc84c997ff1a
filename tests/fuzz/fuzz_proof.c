/*
 * Hostile bytes as what a target says to prove itself: public keys, certificates, statements and signatures. Nobody is a
 * test target without a factory key of the CA. The first byte chooses, the second is where a certificate ends.
 */
#include "harness/card/signature.h"
#include "harness/card/target_proof.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1767225600 /* 2026-01-01 */

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_statement(const uint8_t *data, size_t size)
{
    struct target_statement s, again;
    uint8_t command[TARGET_PROOF_COMMAND], message[TARGET_PROOF_MESSAGE];
    if (!target_proof_asked(data, size, &s))
        return;
    size_t n = target_proof_command(&s, command);
    must(n > 5 && n <= sizeof command && target_proof_asked(command + 5, n - 6, &again));
    must(memcmp(s.nonce, again.nonce, sizeof s.nonce) == 0 && strcmp(s.purpose, again.purpose) == 0 &&
         strcmp(s.unit, again.unit) == 0);
    must(target_proof_message(&s, data, size, message) <= sizeof message);
}

static void check_key(EVP_PKEY *key, const uint8_t *data, size_t size)
{
    must(!key || !signature_is_true(key, "what nobody signed", 18, data, size));
    EVP_PKEY_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct test_ca *ca;
    if (!ca)
        ca = test_ca_virtual();
    if (size < 2 || !ca)
        return 0;
    unsigned way = data[0] % 4;
    size_t end = data[1] * (size - 2) / 255;
    data += 2, size -= 2;
    if (way == 0) {
        check_statement(data, size);
    } else if (way == 1) {
        check_key(signature_key_of_card(data, size), data, size);
    } else if (way == 2) {
        check_key(signature_key_of_certificate(data, size), data, size);
    } else {
        const struct target_statement s = { .purpose = "pin", .unit = "RW-A" };
        struct said why = target_proof_verify(ca, &s, data, end, data + end, size - end, NOW);
        must(!said_nothing(&why));
    }
    return 0;
}
