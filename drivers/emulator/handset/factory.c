#include "drivers/emulator/handset/factory.h"

#include "drivers/emulator/handset/sim_state.h"
#include "harness/card/test_ca.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_BEFORE 1735689600 /* 2025-01-01 */
#define NOT_AFTER  4891363200 /* 2125-01-01 */

struct factory {
    char name[SIM_ID_MAX];
    uint8_t private_number[P256_NUMBER];
    uint8_t certificate[TEST_CA_CERTIFICATE_MAX];
    size_t certificate_length;
};

static bool make(struct factory *f, const char *name)
{
    char seed[SIM_ID_MAX + 16], subject[SIM_ID_MAX + 16];
    uint8_t key[P256_PUBLIC_DER];
    struct err e = { 0 };
    int n = snprintf(seed, sizeof seed, "factory key of %s", name);
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(subject, sizeof subject, "SIM %.40s", name);
    struct test_ca *ca = test_ca_virtual();
    struct test_ca_request r = { .public_key = key,
                                 .public_key_length = sizeof key,
                                 .subject = subject,
                                 .profile = TEST_CA_FACTORY,
                                 .serial_seed = seed,
                                 .not_before = NOT_BEFORE,
                                 .not_after = NOT_AFTER };
    bool made = ca && p256_derive(seed, (size_t)n, f->private_number) &&
                p256_public_der(f->private_number, key) &&
                test_ca_issue(ca, &r, f->certificate, sizeof f->certificate, &f->certificate_length, &e) == 0;
    test_ca_free(&ca);
    return made;
}

const struct factory *factory_of(struct factory **f, const char *name)
{
    if (*f && strcmp((*f)->name, name) == 0)
        return *f;
    factory_free(f);
    *f = calloc(1, sizeof **f);
    if (*f && !make(*f, name))
        factory_free(f);
    return *f;
}

void factory_free(struct factory **f)
{
    free(*f);
    *f = NULL;
}

const uint8_t *factory_certificate(const struct factory *f, size_t *length)
{
    *length = f->certificate_length;
    return f->certificate;
}

bool factory_sign(const struct factory *f, const struct target_statement *asked,
                  uint8_t signature[P256_SIGNATURE])
{
    uint8_t message[TARGET_PROOF_MESSAGE], digest[32];
    size_t n = target_proof_message(asked, f->certificate, f->certificate_length, message);
    return n > 0 && EVP_Digest(message, n, digest, NULL, EVP_sha256(), NULL) == 1 &&
           p256_sign(f->private_number, digest, signature);
}
