/* Routing by power mode, and the applets: files, access rules, Le, PINs, signature, quirks. */
#include "drivers/emulator/handset/test_keys.h"
#include "tests/unit/handset/card_bench.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static void the_token_label_reads_as_the_sims(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020006", 0x9000);
    expect(b, "00B0000020", 0x9000);
    assert_int_equal(b->length, 32);
    assert_memory_equal(b->bytes, SAMPLE_LABEL, 32);
    expect(b, "00B00000A0", 0x9000);
    assert_int_equal(b->length, 160);
    b->card.other_label = true;
    expect(b, "00B0000020", 0x9000);
    assert_memory_not_equal(b->bytes, SAMPLE_LABEL, 32);
}

static void the_ca_certificate_reads_whole_in_pieces(void **state)
{
    struct bench *b = *state;
    uint8_t whole[4096];
    size_t got = 0;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C02000B", 0x9000);
    expect(b, "00B0000004", 0x9000);
    size_t total = ((size_t)b->bytes[2] << 8 | b->bytes[3]) + 4;
    assert_int_equal(total, test_keys_ca_certificate_length);
    assert_in_range(total, 1000, 1500);
    while (total - got >= 256) {
        char hex[11];
        snprintf(hex, sizeof hex, "00B0%04zX00", got);
        expect(b, hex, 0x9000);
        assert_int_equal(b->length, 256);
        memcpy(whole + got, b->bytes, b->length);
        got += b->length;
    }
    char hex[11];
    snprintf(hex, sizeof hex, "00B0%04zX%02zX", got, total - got);
    expect(b, hex, 0x9000);
    memcpy(whole + got, b->bytes, b->length);
    assert_int_equal(got + b->length, total);
    assert_memory_equal(whole, test_keys_ca_certificate, total);
}

static void le_is_followed_exactly(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020008", 0x9000);
    expect(b, "00B0000003", 0x9000);
    expect(b, "00B0000002", 0x9000);
    assert_int_equal(b->length, 2);
    expect(b, "00B0000004", 0x6c03); /* a short Le past the end names the length that is there */
    assert_int_equal(b->length, 0);
    expect(b, "00B0000000", 0x6282); /* 256 asked for, 3 there */
    assert_int_equal(b->length, 3);
    expect(b, "00B0000000000A", 0x6282);
    assert_int_equal(b->length, 3);
    expect(b, "00B0000300", 0x6b00);
    expect(b, "00B00000", 0x6700);
    expect(b, "00B08B0010", 0x9000); /* by short file identifier: EF 000B */
    assert_int_equal(b->card.state.file, 0x000b);
    expect(b, "00B09F0010", 0x6a82);
}

static void files_are_selected_with_p1_02_only(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4000C020006", 0x6a86);
    expect(b, "00A40200020006", 0x6a86);
    expect(b, "00A4020C020099", 0x6a82);
    expect(b, "00B0000020", 0x6986);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "00B0000020", 0x6981);
}

static void personal_certificates_need_their_pins(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020001", 0x9000);
    expect(b, "00B0000000", 0x6982);
    expect(b, "00A4020C02000A", 0x9000);
    expect(b, "00B0000000", 0x6982);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "002000800431323334", 0x9000);
    expect(b, "00A4020C02000A", 0x9000);
    expect(b, "00B0000000", 0x9000);
    expect(b, "00A4020C020001", 0x9000);
    expect(b, "00B0000000", 0x6982); /* the other PIN's */
}

static void the_empty_verify_costs_no_try(void **state)
{
    struct bench *b = *state;
    expect(b, "00A4020C020018", 0x6d00);
    expect(b, JPKI, 0x9000);
    expect(b, "00200080", 0x6986);
    expect(b, "00A4020C020018", 0x9000);
    for (int i = 0; i < 10; i++)
        expect(b, "00200080", 0x63c3);
    expect(b, "00A4020C02001B", 0x9000);
    expect(b, "00200080", 0x63c5);
}

static void wrong_pins_count_down_to_blocked(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "002000800430303030", 0x63c2);
    expect(b, "002000800431323334", 0x9000);
    expect(b, "00200080", 0x63c3); /* a right one restores the tries */
    expect(b, "002000800430303030", 0x63c2);
    expect(b, "002000800430303030", 0x63c1);
    expect(b, "002000800430303030", 0x63c0);
    expect(b, "002000800431323334", 0x6984);
    expect(b, "00200080", 0x63c0); /* what clients of the real one need to go on with the rest */
    assert_int_equal(sim_now(&b->state)->pins[SIM_SIGNATURE].tries, SIM_SIGNATURE_TRIES);
}

static void a_signature_verifies_with_the_certificate(void **state)
{
    struct bench *b = *state;
    static const char hex[] = "802A0080333031300d060960864801650304020105000420"
                              "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00";
    uint8_t digest[32];
    for (size_t i = 0; i < sizeof digest; i++)
        digest[i] = (uint8_t)i;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020017", 0x9000);
    expect(b, hex, 0x6982);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "002000800431323334", 0x9000);
    expect(b, "00A4020C020017", 0x9000);
    expect(b, hex, 0x9000);
    assert_int_equal(b->length, 256);

    const unsigned char *der = test_keys_user_certificate;
    X509 *user = d2i_X509(NULL, &der, (long)test_keys_user_certificate_length);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(X509_get0_pubkey(user), NULL);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_verify(context, b->bytes, b->length, digest, sizeof digest), 1);
    EVP_PKEY_CTX_free(context);
    X509_free(user);
}

static void the_certificates_chain_to_the_test_ca(void **state)
{
    (void)state;
    const unsigned char *der = test_keys_user_certificate;
    X509 *user = d2i_X509(NULL, &der, (long)test_keys_user_certificate_length);
    der = test_keys_ca_certificate;
    X509 *ca = d2i_X509(NULL, &der, (long)test_keys_ca_certificate_length);
    char name[64];
    X509_NAME_get_text_by_NID(X509_get_subject_name(ca), NID_commonName, name, sizeof name);
    assert_string_equal(name, "NFC-SURVEY TEST CA - NOT JPKI");
    assert_int_equal(X509_verify(user, X509_get0_pubkey(ca)), 1);
    assert_int_equal(X509_verify(ca, X509_get0_pubkey(ca)), 1);
    X509_free(user);
    X509_free(ca);
}

static void the_ca_certificate_is_as_long_as_the_profile_asks(void **state)
{
    struct bench *b = *state;
    const unsigned char *der = test_keys_ca_certificate;
    X509 *ca = d2i_X509(NULL, &der, (long)test_keys_ca_certificate_length);
    uint8_t first[300];
    for (size_t asked = 256; asked <= 16384; asked += asked > 950 && asked < 1400 ? 1 : 347) {
        size_t length, again;
        const uint8_t *made = certificate_of_length(&b->card.certificates, asked, &length);
        if (asked >= CERTIFICATE_SHORTEST)
            assert_int_equal(length, asked);
        else
            assert_in_range(length, asked, CERTIFICATE_SHORTEST);
        assert_int_equal(((size_t)made[2] << 8 | made[3]) + 4, length);
        der = made;
        X509 *x = d2i_X509(NULL, &der, (long)length);
        assert_non_null(x);
        assert_int_equal(X509_verify(x, X509_get0_pubkey(ca)), 1);
        X509_free(x);
        assert_ptr_equal(certificate_of_length(&b->card.certificates, asked, &again), made);
        assert_int_equal(again, length);
    }
    X509_free(ca);
    b->sample.sim.certificate_bytes = 1400;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C02000B", 0x9000);
    expect(b, "00B0000000012C", 0x9000);
    memcpy(first, b->bytes, sizeof first);
    assert_int_equal(((size_t)first[2] << 8 | first[3]) + 4, 1400);
    certificate_free(&b->card.certificates);
    expect(b, "00B0000000012C", 0x9000); /* made anew, the same */
    assert_memory_equal(b->bytes, first, sizeof first);
}

static void challenges_follow_their_key(void **state)
{
    struct bench *b = *state;
    uint8_t first[8];
    expect(b, JPKI, 0x9000);
    expect(b, "0084000008", 0x9000);
    memcpy(first, b->bytes, 8);
    expect(b, "0084000008", 0x9000);
    assert_memory_equal(b->bytes, first, 8);
    b->card.key = 2;
    expect(b, "0084000008", 0x9000);
    assert_memory_not_equal(b->bytes, first, 8);
    expect(b, "0084000000", 0x9000);
    assert_int_equal(b->length, 256);
    expect(b, "00840000000100", 0x6985); /* extended */
    expect(b, "00840000", 0x6700);
}

static void strange_classes_and_instructions_are_refused(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "90B0000020", 0x6e00);
    expect(b, "0CB0000020", 0x6882); /* secure messaging */
    expect(b, "0012000000", 0x6d00);
    expect(b, "80FC0000", 0x6700);
    expect(b, "00", 0x6700);
    expect(b, "00CA004200", 0x9000);
    expect(b, "00CA004201", 0x6700);
    expect(b, "00CA123400", 0x6a88);
}

static void the_throw_away_select_is_refused_when_cold(void **state)
{
    struct bench *b = *state;
    expect(b, "00A40000", 0x6a86);
    expect(b, "00A40000", 0x9000);
    expect(b, JPKI, 0x9000);
    expect(b, "00A40000", 0x9000);
    expect(b, "00A4020C020006", 0x9000); /* and it changed nothing */
}

static void the_host_answers_the_android_probe(void **state)
{
    struct bench *b = *state;
    static const uint8_t answer[] = { 0x14, 0x81, 0x00, 0x00 };
    expect(b, "00A404000FA000000476416E64726F696448434500", 0x9000);
    assert_int_equal(b->length, 4);
    assert_memory_equal(b->bytes, answer, 4);
    assert_int_equal(b->card.state.target, 1);
    b->card.power_mode = POWER_OFF; /* the sim lives without the phone, its host does not */
    expect(b, "00A404000FA000000476416E64726F696448434500", 0x6a82);
    expect(b, JPKI, 0x9000);
    assert_int_equal(b->card.state.target, 0);
}

static void a_select_goes_to_the_first_living_target_with_the_application(void **state)
{
    struct bench *b = *state;
    b->sample.handset.targets[1].applets |= VIRTUAL_APPLET_JPKI;
    expect(b, JPKI, 0x9000);
    assert_int_equal(b->card.state.target, 0);
    b->sample.handset.targets[0].power_modes = 1u << POWER_OFF;
    expect(b, JPKI, 0x9000);
    assert_int_equal(b->card.state.target, 1);
    expect(b, "00A4040C05AABBCCDDEE", 0x6a82);
    assert_int_equal(b->card.state.application, VIRTUAL_APPLET_JPKI); /* a refused SELECT changes nothing */
    b->card.power_mode = POWER_SCREEN_OFF;
    assert_int_equal(card_first_alive(&b->card), 2);
}

static void cplc_tells_sims_apart(void **state)
{
    struct bench *b = *state;
    uint8_t first[45];
    expect(b, "00A4040C08A000000151000000", 0x9000);
    expect(b, "80CA9F7F00", 0x9000);
    assert_int_equal(b->length, 45);
    assert_int_equal(b->bytes[2], 42);
    memcpy(first, b->bytes, 45);
    expect(b, "80CA9F7F", 0x9000);
    assert_memory_equal(b->bytes, first, 45);
    expect(b, "80CA9F7F10", 0x6c2d);
    b->sample.sim.token_label[0] = 'T';
    expect(b, "00A4040C08A000000003000000", 0x9000);
    expect(b, "80CA9F7F00", 0x9000);
    assert_memory_not_equal(b->bytes, first, 45);
}

static void ppse_gives_its_name(void **state)
{
    struct bench *b = *state;
    expect(b, "00A404000E325041592E5359532E444446303100", 0x9000);
    assert_int_equal(b->bytes[0], 0x6f);
    assert_int_equal(b->bytes[1] + 2u, b->length);
    assert_memory_equal(b->bytes + 4, "2PAY.SYS.DDF01", 14);
}

static void the_ladder_answers_any_length(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *hex;
        size_t length;
    } steps[] = { { "00B0000001", 1 },       { "00B00000FF", 255 },      { "00B0000000", 256 },
                  { "00B00000000101", 257 }, { "00B00000000400", 1024 }, { "00B00000000000", 65536 } };
    expect(b, "00A4040C0AF04E4643535552564559", 0x9000);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        expect(b, steps[i].hex, 0x9000);
        assert_int_equal(b->length, steps[i].length);
        for (size_t at = 0; at < b->length; at++)
            assert_int_equal(b->bytes[at], at & 0xff);
    }
}

static void the_ladder_takes_any_length_and_looks_at_every_byte(void **state)
{
    struct bench *b = *state;
    static const size_t lengths[] = { 1, 255, 256, 1000, 65535 };
    static uint8_t command[7 + 65535] = { 0x00, 0xd6, 0x00, 0x00 };
    struct card_answer answer = { .bytes = b->bytes };
    expect(b, "00A4040C0AF04E4643535552564559", 0x9000);
    expect(b, "00D60000", 0x9000);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i], header = n > 255 ? 7 : 5;
        command[4] = n > 255 ? 0 : (uint8_t)n;
        command[5] = (uint8_t)(n >> 8);
        command[6] = (uint8_t)n;
        for (size_t at = 0; at < n; at++)
            command[header + at] = (uint8_t)(at + at / 256);
        card_run(&b->card, command, header + n, &answer);
        assert_int_equal(apdu_status_word(answer.bytes, answer.length), 0x9000);
        command[header + n - 1] ^= 1;
        card_run(&b->card, command, header + n, &answer);
        assert_int_equal(apdu_status_word(answer.bytes, answer.length), 0x6a80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_token_label_reads_as_the_sims, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_ca_certificate_reads_whole_in_pieces, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test_setup_teardown(le_is_followed_exactly, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(files_are_selected_with_p1_02_only, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(personal_certificates_need_their_pins, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_empty_verify_costs_no_try, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(wrong_pins_count_down_to_blocked, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(a_signature_verifies_with_the_certificate, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test(the_certificates_chain_to_the_test_ca),
        cmocka_unit_test_setup_teardown(the_ca_certificate_is_as_long_as_the_profile_asks, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test_setup_teardown(challenges_follow_their_key, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(strange_classes_and_instructions_are_refused, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test_setup_teardown(the_throw_away_select_is_refused_when_cold, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test_setup_teardown(the_host_answers_the_android_probe, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(a_select_goes_to_the_first_living_target_with_the_application,
                                        bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(cplc_tells_sims_apart, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(ppse_gives_its_name, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_ladder_answers_any_length, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_ladder_takes_any_length_and_looks_at_every_byte, bench_set_up,
                                        bench_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
