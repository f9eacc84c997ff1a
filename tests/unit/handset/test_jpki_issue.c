/* What a counter does with a test target: keys, certificates, files in parts, deletion; and all of it cut off at each write. */
#include "harness/card/test_ca.h"
#include "tests/unit/handset/card_bench.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define SUBJECT_PUBLIC_MAX 400
#define CERTIFICATE        1200
#define BINDING            96

static const char generate_p256[] = "00478000 08 B606 840117 800102 00";
static const char generate_rsa[] = "00478000 05 B603 84011A 00";

/* ---- the counter's side ---- */

/* SubjectPublicKeyInfo of a 7F49. */
static size_t subject_public(const uint8_t *key, size_t length, uint8_t out[SUBJECT_PUBLIC_MAX])
{
    static const uint8_t p256[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00 };
    static const uint8_t rsa[] = { 0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
                                   0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
                                   0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 };
    if (length == 70) {
        memcpy(out, p256, sizeof p256);
        memcpy(out + sizeof p256, key + 5, 65);
        return sizeof p256 + 65;
    }
    assert_int_equal(length, 270);
    memcpy(out, rsa, sizeof rsa);
    memcpy(out + sizeof rsa, key + 9, 256);
    memcpy(out + sizeof rsa + 256, "\x02\x03\x01\x00\x01", 5);
    return sizeof rsa + 256 + 5;
}

/* A file, block by block; its length in its own header says where it ends, and 0 that it has none. */
static size_t read_file(struct bench *b, unsigned file, uint8_t *out, size_t most)
{
    char hex[16];
    size_t got = 0;
    snprintf(hex, sizeof hex, "00A4020C02%04X", file);
    expect_secure(b, hex, 0x9000);
    for (;;) {
        snprintf(hex, sizeof hex, "00B0%04X00", (unsigned)got);
        unsigned sw = bench_secure(b, hex);
        if (sw == 0x6b00)
            return got;
        assert_int_equal(sw, 0x9000);
        assert_true(got + b->length <= most);
        memcpy(out + got, b->bytes, b->length);
        got += b->length;
    }
}

static size_t certify(const uint8_t *key, size_t key_length, uint8_t out[TEST_CA_CERTIFICATE_MAX])
{
    uint8_t subject[SUBJECT_PUBLIC_MAX];
    struct err e = { 0 };
    size_t length = 0;
    struct test_ca *ca = test_ca_virtual();
    assert_non_null(ca);
    struct test_ca_request r = { .public_key = subject,
                                 .public_key_length = subject_public(key, key_length, subject),
                                 .subject = "holder",
                                 .profile = TEST_CA_AUTHENTICATION,
                                 .serial_seed = "1",
                                 .not_before = 1700000000,
                                 .not_after = 1900000000,
                                 .size = CERTIFICATE };
    assert_int_equal(test_ca_issue(ca, &r, out, TEST_CA_CERTIFICATE_MAX, &length, &e), 0);
    test_ca_free(&ca);
    return length;
}

/* Whether a signature of SHA-256("abc") is by this key (SubjectPublicKeyInfo). */
static bool signed_by(const uint8_t *subject, size_t length, const uint8_t *signature,
                      size_t signature_length)
{
    EVP_PKEY *key = d2i_PUBKEY(NULL, &subject, (long)length);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    assert_non_null(key);
    bool good = EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(md, signature, signature_length, (const uint8_t *)"abc", 3) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    return good;
}

#define ABC "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"

/* The holder's signature is by the key of the certificate that the card shows. */
static bool pair_agrees(struct bench *b)
{
    uint8_t certificate[2048], signature[256];
    card_field_off(&b->card);
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020018", 0x9000);
    unsigned sw = bench_ask(b, "002000800431323334");
    if (sw != 0x9000)
        expect(b, "002000800439383736", 0x9000);
    expect(b, "00A4020C020017", 0x9000);
    expect(b, "802A0080 33 3031300d060960864801650304020105000420" ABC "00", 0x9000);
    size_t length = b->length;
    memcpy(signature, b->bytes, length);
    expect(b, "00A4020C02000A", 0x9000);
    expect(b, "00B00000000800", 0x6282);
    memcpy(certificate, b->bytes, b->length);
    return test_ca_signed_by(certificate, b->length, "abc", 3, signature, length);
}

/* ---- keys ---- */

static void a_p256_key_is_generated_shown_and_possessed(void **state)
{
    struct bench *b = *state;
    uint8_t key[270], subject[SUBJECT_PUBLIC_MAX];
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "00478100 05 B603 840117 00", 0x9000); /* the profile's: RSA, too long for an answer */
    assert_int_equal(b->length, 0);
    expect_secure(b, generate_p256, 0x9000);
    assert_int_equal(b->length, 70);
    memcpy(key, b->bytes, 70);
    expect_secure(b, "00478100 05 B603 840117 00", 0x9000);
    assert_memory_equal(b->bytes, key, 70);
    expect_secure(b, "00A4020C0200E1", 0x9000);
    expect_secure(b, "00B0000000", 0x9000);
    assert_memory_equal(b->bytes, key, 70);
    expect_secure(b, "002241B6 03 840117", 0x9000);
    expect_secure(b, "002A9E9A 20" ABC "00", 0x9000);
    assert_int_equal(b->length, 71);
    size_t n = subject_public(key, 70, subject);
    assert_true(signed_by(subject, n, b->bytes, b->length));
    b->bytes[40] ^= 1;
    assert_false(signed_by(subject, n, b->bytes, b->length));
}

static void an_rsa_key_is_read_from_its_file(void **state)
{
    struct bench *b = *state;
    uint8_t key[270], again[270], signature[256], subject[SUBJECT_PUBLIC_MAX];
    assert_int_equal(bench_open(b, 16, LEVEL_ALL), 0x9000);
    assert_int_equal(read_file(b, 0x00e2, key, sizeof key), 270); /* the profile's */
    expect_secure(b, generate_rsa, 0x9000);
    assert_int_equal(b->length, 0);
    assert_int_equal(read_file(b, 0x00e2, again, sizeof again), 270);
    assert_memory_not_equal(key, again, 270);
    expect_secure(b, "002241B6 03 84011A", 0x9000);
    expect_secure(b, "002A9E9A 20" ABC "00", 0x9000);
    assert_int_equal(b->length, 0); /* 256 bytes and a MAC of 16 fit no answer: it is in a file, too */
    assert_int_equal(read_file(b, 0x00e5, signature, sizeof signature), 256);
    assert_true(signed_by(subject, subject_public(again, 270, subject), signature, 256));
    expect_secure(b, "00A4020C02001B", 0x9000);
    expect_secure(b, "00200080 06 53494D313233", 0x9000);
    expect_secure(b, "00A4020C02001A", 0x9000);
    expect_secure(b, "802A0080 33 3031300d060960864801650304020105000420" ABC "00",
                  0x6700); /* never in part */
    assert_int_equal(bench_open(b, 8, 0x03), 0x9000);
    expect_secure(b, "002241B6 03 84011A", 0x9000);
    expect_secure(b, "002A9E9A 20" ABC "00", 0x9000);
    assert_int_equal(b->length, 256);
    assert_true(signed_by(subject, subject_public(again, 270, subject), b->bytes, b->length));
}

static void commands_about_keys_say_what_is_wrong(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "002A9E9A 20" ABC "00", 0x6985); /* which key? */
    expect_secure(b, "002241B6 03 840118", 0x6a88);
    expect_secure(b, "002241B6 02 8401", 0x6a80);
    expect_secure(b, "002241A4 03 840117", 0x6a86);
    expect_secure(b, "002241B6 03 840117", 0x9000);
    expect_secure(b, "002A9E9A 01 00 00", 0x6700);
    expect_secure(b, "002A9E9B 20" ABC "00", 0x6a86);
    expect_secure(b, "00478200 05 B603 840117 00", 0x6a86);
    expect_secure(b, "00478000 05 B604 840117 00", 0x6a80);
    expect_secure(b, "00478000 08 B606 840117 800103 00", 0x6a80); /* no such algorithm */
    expect_secure(b, "00478000 05 B603 840118 00", 0x6a88);
    expect_secure(b, "00E40000 04 83020017", 0x9000);
    expect_secure(b, "002A9E9A 20" ABC "00", 0x6a88); /* gone */
    expect_secure(b, "00478100 05 B603 840117 00", 0x6a88);
    expect_secure(b, "00A4020C0200E1", 0x9000);
    expect_secure(b, "00B0000000", 0x6b00);
    expect_secure(b, "00E40000 04 83020018", 0x6a88);
    expect_secure(b, "00E40000 03 830200", 0x6a80);
    expect_secure(b, "00E40100", 0x6a86);
}

/* ---- files ---- */

static void a_certificate_is_in_force_only_whole_and_with_its_key(void **state)
{
    struct bench *b = *state;
    uint8_t key[70], certificate[TEST_CA_CERTIFICATE_MAX], back[2048];
    assert_true(pair_agrees(b));
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, generate_p256, 0x9000);
    memcpy(key, b->bytes, sizeof key);
    assert_true(pair_agrees(b)); /* the old one, while the new one waits */
    size_t n = certify(key, sizeof key, certificate);
    assert_int_equal(n, CERTIFICATE);
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    assert_int_equal(bench_write(b, 0x000a, certificate, n - 1), 0x6a80);
    assert_int_equal(bench_write(b, 0x000a, certificate, n), 0x9000);
    assert_int_equal(read_file(b, 0x000a, back, sizeof back), n);
    assert_memory_equal(back, certificate, n);
    assert_true(pair_agrees(b));
    uint8_t file[16];
    bench_state(b, file);
    assert_int_equal(file[2], 0x8f);
}

static void a_shadow_is_dropped_by_all_that_breaks_it_off(void **state)
{
    struct bench *b = *state;
    static const char begin[] = "00D60000 04 30820010";
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, begin, 0x6986);
    expect_secure(b, "00A4020C020006", 0x9000);
    expect_secure(b, begin, 0x6985); /* never the token, nor the factory's certificate */
    expect_secure(b, "00A4020C0200E0", 0x9000);
    expect_secure(b, begin, 0x6985);
    expect_secure(b, "00440000", 0x6985);
    expect_secure(b, "00E40000", 0x6985);
    expect_secure(b, "00A4020C02000A", 0x9000);
    expect_secure(b, "00440000", 0x6985); /* nothing was written */
    expect_secure(b, begin, 0x9000);
    expect_secure(b, "00D60005 01 00", 0x6a80); /* not the next offset */
    expect_secure(b, "00D60004 01 00", 0x6a80); /* and so it is gone */
    expect_secure(b, begin, 0x9000);
    expect_secure(b, "00D60004", 0x6700);
    expect_secure(b, begin, 0x9000);
    expect_secure(b, "00D68A04 01 00", 0x6a86);
    expect_secure(b, "00A4020C020001", 0x9000);
    expect_secure(b, "00440000", 0x6985); /* another file's */
    expect_secure(b, "00A4020C02000A", 0x9000);
    expect_secure(b, "00440100", 0x6a86);
    expect_secure(b, "00440000", 0x6a80); /* not whole */
    expect_secure(b, "00440000", 0x6985);
    expect_secure(b, begin, 0x9000);
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "00A4020C02000A", 0x9000);
    expect_secure(b, "00D60004 01 00", 0x6a80);
}

static void a_certificate_larger_than_its_file_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t large[2049] = { 0x30, 0x82, 0x07, 0xfd }, exact[2048] = { 0x30, 0x82, 0x07, 0xfc };
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    assert_int_equal(bench_write(b, 0x0001, large, sizeof large), 0x6a84);
    assert_int_equal(bench_write(b, 0x0001, exact, sizeof exact), 0x9000);
    assert_int_equal(bench_write(b, 0x0008, large, 4), 0x6a84);
    assert_int_equal(bench_write(b, 0x0008, (const uint8_t *)"\x01\x02\x03", 3), 0x9000);
    assert_int_equal(bench_write(b, 0x00e3, exact, BINDING - 1), 0x6a80);
    assert_int_equal(bench_write(b, 0x00e3, exact, BINDING), 0x9000);
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C0200E3", 0x9000);
    expect(b, "00B0000060", 0x9000); /* by anybody */
}

static void what_is_deleted_reads_as_empty(void **state)
{
    struct bench *b = *state;
    uint8_t file[16];
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "00E40000", 0x6986);
    expect_secure(b, "00A4020C02000A", 0x9000);
    expect_secure(b, "00E40000", 0x9000);
    expect_secure(b, "00B0000000", 0x6b00);
    expect_secure(b, "00E40000 04 83020017", 0x9000);
    bench_state(b, file);
    assert_int_equal(file[2], 0x80 | 0x02 | 0x08);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "002000800431323334", 0x9000);
    expect(b, "00A4020C020017", 0x9000);
    expect(b, "802A0080 33 3031300d060960864801650304020105000420" ABC "00", 0x6a88);
}

/* ---- power loss ---- */

/* An issue from beginning to end; NO_ANSWER when the power went. */
static unsigned issue(struct bench *b)
{
    static const char *const after[] = { "00A4020C020018", "00240180 04 39383736",
                                         "80F0400F 0A D392F000260100000001" };
    uint8_t key[70], certificate[TEST_CA_CERTIFICATE_MAX], binding[BINDING] = { 0x55 };
    unsigned sw = bench_open(b, 8, LEVEL_ALL);
    if (sw != 0x9000 || (sw = bench_secure(b, generate_p256)) != 0x9000)
        return sw;
    memcpy(key, b->bytes, sizeof key);
    size_t n = certify(key, sizeof key, certificate);
    if ((sw = bench_write(b, 0x000a, certificate, n)) != 0x9000 ||
        (sw = bench_write(b, 0x00e3, binding, sizeof binding)) != 0x9000)
        return sw;
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        if ((sw = bench_secure(b, after[i])) != 0x9000)
            return sw;
    return sw;
}

static void a_cut_at_any_write_leaves_the_old_or_the_new_and_can_be_made_good(void **state)
{
    struct bench *b = *state;
    unsigned cuts = 0;
    for (unsigned write = 1;; write++) {
        unsigned sw = 0;
        for (int kept = 0; kept < 2; kept++) {
            sim_state_init(&b->state, &b->sample.sim);
            b->card.writes = 0;
            b->card.cut = (struct power_cut) { write, kept };
            uint32_t before = sim_now(&b->state)->writes;
            sw = issue(b);
            b->card.cut.write = 0;
            assert_true(sw == NO_ANSWER || sw == 0x9000);
            assert_true(sim_now(&b->state)->writes >= before);
            assert_true(pair_agrees(b));
            cuts += sw == NO_ANSWER;
            assert_int_equal(issue(b), 0x9000);
            assert_true(pair_agrees(b));
        }
        if (sw == 0x9000)
            break;
    }
    assert_int_equal(
        cuts, 2 * 13); /* channel, key, 6 + 1 of the certificate, 1 + 1 of the binding, PIN, life cycle */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_p256_key_is_generated_shown_and_possessed),
        T(an_rsa_key_is_read_from_its_file),
        T(commands_about_keys_say_what_is_wrong),
        T(a_certificate_is_in_force_only_whole_and_with_its_key),
        T(a_shadow_is_dropped_by_all_that_breaks_it_off),
        T(a_certificate_larger_than_its_file_is_refused),
        T(what_is_deleted_reads_as_empty),
        T(a_cut_at_any_write_leaves_the_old_or_the_new_and_can_be_made_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
