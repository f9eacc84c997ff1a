/* What a test CA issues, and what it takes for its own; and the proof of a test target made with it. */
#include "harness/card/target_proof.h"
#include "harness/card/test_ca.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define IN_2026 1767225600
#define IN_2036 2082758400
#define IN_2020 1577836800

static EVP_PKEY *rsa_key, *p256_key, *other_key;

static int make_keys(void **state)
{
    (void)state;
    rsa_key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    p256_key = EVP_EC_gen("P-256");
    other_key = EVP_EC_gen("P-256");
    return rsa_key && p256_key && other_key ? 0 : -1;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(rsa_key);
    EVP_PKEY_free(p256_key);
    EVP_PKEY_free(other_key);
    return 0;
}

struct certificate {
    uint8_t der[TEST_CA_CERTIFICATE_MAX];
    size_t length;
};

static int try_issue(const struct test_ca *ca, EVP_PKEY *key, const struct test_ca_request *like,
                     struct certificate *out, struct err *e)
{
    struct test_ca_request r = *like;
    uint8_t *der = NULL;
    int length = i2d_PUBKEY(key, &der);
    assert_true(length > 0);
    r.public_key = der;
    r.public_key_length = (size_t)length;
    int status = test_ca_issue(ca, &r, out->der, sizeof out->der, &out->length, e);
    OPENSSL_free(der);
    return status;
}

static const struct test_ca_request factory = { .subject = "target 000001",
                                                .profile = TEST_CA_FACTORY,
                                                .serial_seed = "7|factory|1",
                                                .not_before = IN_2026 - 1000,
                                                .not_after = IN_2026 + 1000 };

static struct certificate issue(const struct test_ca *ca, EVP_PKEY *key, const struct test_ca_request *like)
{
    struct certificate out;
    struct err e = { 0 };
    if (try_issue(ca, key, like, &out, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return out;
}

static void expect(const struct test_ca *ca, const struct certificate *c, enum test_ca_profile profile,
                   int64_t now, enum said_code why)
{
    struct said said = test_ca_verify(ca, c->der, c->length, profile, now);
    if (why ? said.code != why : !said_nothing(&said))
        fail_msg("%s instead of %s", said_text(&said).text, why ? said_name(why) : "nothing");
}

static void what_it_issues_it_takes_for_its_own(void **state)
{
    (void)state;
    struct test_ca *ca = test_ca_virtual();
    EVP_PKEY *const keys[] = { rsa_key, p256_key };
    assert_non_null(ca);
    assert_true(test_ca_is_virtual(ca));
    for (enum test_ca_profile p = TEST_CA_FACTORY; p <= TEST_CA_SIGNATURE; p++)
        for (size_t i = 0; i < 2; i++) {
            struct test_ca_request r = factory;
            r.profile = p;
            struct certificate c = issue(ca, keys[i], &r), again = issue(ca, keys[i], &r);
            assert_int_equal(c.length, again.length);
            assert_memory_equal(c.der, again.der, c.length);
            expect(ca, &c, p, IN_2026, 0);
            for (enum test_ca_profile q = TEST_CA_FACTORY; q <= TEST_CA_SIGNATURE; q++)
                expect(ca, &c, q, IN_2026, p == q ? 0 : SAID_CERTIFICATE_OTHER_USE);
        }
    test_ca_free(&ca);
}

static void a_certificate_has_the_size_that_was_asked_for(void **state)
{
    (void)state;
    struct test_ca *ca = test_ca_virtual();
    struct test_ca_request r = factory;
    struct certificate c;
    struct err e = { 0 };
    r.profile = TEST_CA_AUTHENTICATION;
    for (r.size = 1200; r.size <= 2048; r.size += 424) {
        c = issue(ca, p256_key, &r);
        assert_int_equal(c.length, r.size);
        expect(ca, &c, r.profile, IN_2026, 0);
    }
    r.size = 100;
    assert_int_equal(try_issue(ca, p256_key, &r, &c, &e), ERR_INPUT);
    r.size = TEST_CA_CERTIFICATE_MAX + 10;
    assert_int_equal(try_issue(ca, p256_key, &r, &c, &e), ERR_LIMIT);
    test_ca_free(&ca);
}

static void the_clock_decides_whether_it_is_valid(void **state)
{
    (void)state;
    struct test_ca *ca = test_ca_virtual();
    struct certificate c = issue(ca, p256_key, &factory);
    struct said why = test_ca_verify(ca, c.der, c.length, TEST_CA_FACTORY, IN_2036);
    assert_string_equal(said_argument(&why, 0), "2026-01-01T00:16:40Z");
    expect(ca, &c, TEST_CA_FACTORY, IN_2036, SAID_CERTIFICATE_ENDED);
    expect(ca, &c, TEST_CA_FACTORY, IN_2020, SAID_CERTIFICATE_NOT_YET);
    expect(ca, &c, TEST_CA_FACTORY, 0, SAID_TEST_CA_NOT_YET); /* 1970: a clock that was never set */
    test_ca_free(&ca);
}

/* A CA of a lab's own as PEM in a file; its name, dates and key as given. */
static void write_ca(const char *path, EVP_PKEY *key, const char *name, long days, bool with_key)
{
    X509 *x = X509_new();
    X509V3_CTX context;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1,
                               0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    ASN1_TIME_set(X509_getm_notBefore(x), IN_2020);
    ASN1_TIME_set(X509_getm_notAfter(x), IN_2020 + days * 86400);
    X509_set_pubkey(x, key);
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    static const struct {
        int nid;
        const char *value;
    } extensions[] = { { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
                       { NID_key_usage, "critical,keyCertSign" },
                       { NID_subject_key_identifier, "hash" } };
    for (size_t i = 0; i < 3; i++) {
        X509_EXTENSION *added = X509V3_EXT_conf_nid(NULL, &context, extensions[i].nid, extensions[i].value);
        assert_true(X509_add_ext(x, added, -1));
        X509_EXTENSION_free(added);
    }
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    assert_true(PEM_write_X509(f, x));
    if (with_key)
        assert_true(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
    fclose(f);
    X509_free(x);
}

static struct test_ca *lab_ca(EVP_PKEY *key, const char *name, long days, bool with_key)
{
    char path[] = "/tmp/nfc-survey-ca-XXXXXX";
    struct test_ca *ca = NULL;
    struct err e = { 0 };
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_ca(path, key, name, days, with_key);
    if (test_ca_load(path, &ca, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    unlink(path);
    assert_false(test_ca_is_virtual(ca));
    return ca;
}

static void another_ca_is_refused_even_of_the_same_name(void **state)
{
    (void)state;
    struct test_ca *ours = test_ca_virtual(), *lab = lab_ca(p256_key, "LAB TEST CA", 36500, true),
                   *same = lab_ca(other_key, "LAB TEST CA", 36500, true);
    struct certificate c = issue(lab, rsa_key, &factory);
    char a[65], b[65];
    expect(lab, &c, TEST_CA_FACTORY, IN_2026, 0);
    expect(ours, &c, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_OTHER_CA);
    expect(same, &c, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_SAME_NAME);
    test_ca_digest(lab, a);
    test_ca_digest(same, b);
    assert_string_not_equal(a, b);
    test_ca_free(&ours);
    test_ca_free(&lab);
    test_ca_free(&same);
}

static void an_expired_ca_proves_nothing(void **state)
{
    (void)state;
    struct test_ca *lab = lab_ca(p256_key, "LAB TEST CA", 365, true);
    struct certificate c = issue(lab, rsa_key, &factory);
    expect(lab, &c, TEST_CA_FACTORY, IN_2026, SAID_TEST_CA_ENDED);
    test_ca_free(&lab);
}

static void a_ca_is_no_target(void **state)
{
    (void)state;
    char path[] = "/tmp/nfc-survey-ca-XXXXXX";
    struct certificate c = { .length = 0 };
    struct test_ca *ca = NULL;
    struct err e;
    close(mkstemp(path));
    write_ca(path, p256_key, "LAB TEST CA", 36500, false);
    assert_int_equal(test_ca_load(path, &ca, &e), 0);
    FILE *f = fopen(path, "r");
    X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
    uint8_t *out = c.der;
    c.length = (size_t)i2d_X509(x, &out);
    X509_free(x);
    fclose(f);
    unlink(path);
    expect(ca, &c, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_OF_CA);
    assert_int_equal(try_issue(ca, rsa_key, &factory, &c, &e), ERR_INPUT); /* without its key */
    test_ca_free(&ca);
}

static void what_is_no_certificate_is_named_so(void **state)
{
    (void)state;
    struct test_ca *ca = test_ca_virtual();
    struct certificate c = issue(ca, p256_key, &factory), cut = c;
    cut.length -= 1;
    expect(ca, &cut, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_UNREADABLE);
    cut = c;
    cut.der[cut.length++] = 0;
    expect(ca, &cut, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_UNREADABLE);
    cut.length = 0;
    expect(ca, &cut, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_UNREADABLE);
    c.der[c.length - 9] ^= 1; /* of the signature */
    expect(ca, &c, TEST_CA_FACTORY, IN_2026, SAID_CERTIFICATE_SAME_NAME);
    test_ca_free(&ca);
}

static void a_file_that_is_no_ca_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } files[] = {
        { "", "is empty" },
        { "hello", "holds no certificate in PEM" },
        { "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "holds no certificate in PEM" },
    };
    char path[] = "/tmp/nfc-survey-ca-XXXXXX";
    close(mkstemp(path));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct test_ca *ca = NULL;
        struct err e = { 0 };
        FILE *f = fopen(path, "w");
        fputs(files[i].text, f);
        fclose(f);
        assert_int_equal(test_ca_load(path, &ca, &e), ERR_INPUT);
        assert_null(ca);
        assert_non_null(strstr(e.text, files[i].reason));
    }
    unlink(path);
}

/* ---- the proof ---- */

static size_t sign(EVP_PKEY *key, const struct target_statement *s, const struct certificate *c, uint8_t *out,
                   size_t capacity)
{
    uint8_t message[TARGET_PROOF_MESSAGE];
    size_t length = target_proof_message(s, c->der, c->length, message), n = capacity;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_true(length > 0);
    assert_true(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) > 0);
    assert_true(EVP_DigestSign(ctx, out, &n, message, length) > 0);
    EVP_MD_CTX_free(ctx);
    return n;
}

static void a_target_proves_itself_for_one_question_only(void **state)
{
    (void)state;
    struct test_ca *ca = test_ca_virtual();
    EVP_PKEY *const keys[] = { rsa_key, p256_key };
    for (size_t i = 0; i < 2; i++) {
        struct certificate c = issue(ca, keys[i], &factory);
        struct target_statement asked, other;
        uint8_t command[TARGET_PROOF_COMMAND], signature[512];
        assert_true(target_statement_make(&asked, "pin", "RW-A"));
        size_t n = target_proof_command(&asked, command);
        assert_int_equal(n, 6U + command[4]);
        assert_true(target_proof_asked(command + 5, command[4], &other));
        assert_memory_equal(&asked, &other, sizeof asked);
        n = sign(keys[i], &asked, &c, signature, sizeof signature);
        struct said why = target_proof_verify(ca, &asked, c.der, c.length, signature, n, IN_2026);
        assert_true(said_nothing(&why));
        struct target_statement again, elsewhere = asked, further = asked;
        assert_true(target_statement_make(&again, "pin", "RW-A")); /* a replay */
        snprintf(elsewhere.unit, sizeof elsewhere.unit, "RW-B");
        snprintf(further.purpose, sizeof further.purpose, "pin write");
        const struct target_statement *const wrong[] = { &again, &elsewhere, &further };
        for (size_t w = 0; w < 3; w++) {
            why = target_proof_verify(ca, wrong[w], c.der, c.length, signature, n, IN_2026);
            assert_true(said_is(&why, SAID_PROOF_NOT_SIGNED));
        }
        signature[n / 2] ^= 1;
        why = target_proof_verify(ca, &asked, c.der, c.length, signature, n, IN_2026);
        assert_true(said_is(&why, SAID_PROOF_NOT_SIGNED));
        n = sign(other_key, &asked, &c, signature, sizeof signature); /* a certificate that was copied */
        why = target_proof_verify(ca, &asked, c.der, c.length, signature, n, IN_2026);
        assert_true(said_is(&why, SAID_PROOF_NOT_SIGNED));
        why = target_proof_verify(ca, &asked, c.der, c.length, signature, n, IN_2036);
        assert_true(said_is(&why, SAID_CERTIFICATE_ENDED));
    }
    test_ca_free(&ca);
}

static void what_is_no_statement_is_not_signed(void **state)
{
    (void)state;
    struct target_statement s, out;
    uint8_t data[200] = { 0 };
    memset(data + TARGET_PROOF_NONCE, 'a', sizeof data - TARGET_PROOF_NONCE);
    assert_false(target_proof_asked(data, TARGET_PROOF_NONCE - 1, &out)); /* a bare hash would fit */
    assert_false(target_proof_asked(data, TARGET_PROOF_NONCE, &out));
    assert_false(target_proof_asked(data, TARGET_PROOF_NONCE + 10, &out)); /* one text, not two */
    assert_false(target_proof_asked(data, sizeof data, &out));
    data[TARGET_PROOF_NONCE + 3] = 0;
    assert_true(target_proof_asked(data, TARGET_PROOF_NONCE + 10, &out));
    assert_string_equal(out.purpose, "aaa");
    data[TARGET_PROOF_NONCE + 5] = 0;
    assert_false(target_proof_asked(data, TARGET_PROOF_NONCE + 10, &out)); /* three texts */
    memset(data + TARGET_PROOF_NONCE + 4, 'u', 100);
    assert_false(target_proof_asked(data, TARGET_PROOF_NONCE + 4 + TARGET_PROOF_TEXT, &out));
    assert_true(target_statement_make(&s, (const char *)data + TARGET_PROOF_NONCE + 4, "RW-A"));
    assert_int_equal(strlen(s.purpose), TARGET_PROOF_TEXT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_issues_it_takes_for_its_own),
        cmocka_unit_test(a_certificate_has_the_size_that_was_asked_for),
        cmocka_unit_test(the_clock_decides_whether_it_is_valid),
        cmocka_unit_test(another_ca_is_refused_even_of_the_same_name),
        cmocka_unit_test(an_expired_ca_proves_nothing),
        cmocka_unit_test(a_ca_is_no_target),
        cmocka_unit_test(what_is_no_certificate_is_named_so),
        cmocka_unit_test(a_file_that_is_no_ca_is_refused_with_its_reason),
        cmocka_unit_test(a_target_proves_itself_for_one_question_only),
        cmocka_unit_test(what_is_no_statement_is_not_signed),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
