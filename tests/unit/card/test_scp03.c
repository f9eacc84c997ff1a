/* The secure channel against sessions that others published, and what a session ends by. */
#include "harness/base/text.h"
#include "harness/card/scp03.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS 6

/* One item of the vectors, its words as bytes. */
struct item {
    char kind;
    unsigned line;
    char text[WORDS][1100];
    uint8_t bytes[WORDS][600];
    size_t length[WORDS];
    unsigned words;
};

struct replay {
    struct scp03_keys keys;
    unsigned s;
    struct scp03 host, card;
    unsigned checks;
};

static bool next_item(FILE *f, struct item *out)
{
    static char line[4096];
    while (fgets(line, sizeof line, f)) {
        char *rest = NULL;
        out->line++;
        out->words = 0;
        for (char *w = strtok_r(line, " \n", &rest); w && out->words < WORDS;
             w = strtok_r(NULL, " \n", &rest)) {
            snprintf(out->text[out->words], sizeof out->text[0], "%s", w);
            if (!text_to_bytes(w, strlen(w), out->bytes[out->words], sizeof out->bytes[0],
                               &out->length[out->words]))
                out->length[out->words] = 0;
            out->words++;
        }
        if (out->words > 1 && out->text[0][0] != '#') {
            out->kind = out->text[0][0];
            return true;
        }
    }
    return false;
}

static void hold(struct replay *r, const struct item *x, const char *what, const uint8_t *got,
                 size_t got_length, unsigned word)
{
    r->checks++;
    if (got_length != x->length[word] || memcmp(got, x->bytes[word], got_length) != 0)
        fail_msg("line %u: %s", x->line, what);
}

static void set_keys(struct replay *r, const struct item *x)
{
    r->s = (unsigned)strtoul(x->text[1], NULL, 10);
    r->keys = (struct scp03_keys) { .length = x->length[2], .version = 0x30 };
    memcpy(r->keys.enc, x->bytes[2], x->length[2]);
    memcpy(r->keys.mac, x->bytes[3], x->length[3]);
}

/* The card's side is opened by the published answer, too: what it draws itself is of another name or counter. */
static void initialize(struct replay *r, const struct item *x)
{
    uint8_t out[SCP03_INITIALIZE];
    size_t n = scp03_initialize(&r->host, r->s, x->bytes[1][2], x->bytes[1] + 5, out);
    hold(r, x, "INITIALIZE UPDATE", out, n, 1);
    assert_true(scp03_card_is_true(&r->host, &r->keys, x->bytes[2], x->length[2]));
    (void)scp03_initialize(&r->card, r->s, x->bytes[1][2], x->bytes[1] + 5, out);
    assert_true(scp03_card_is_true(&r->card, &r->keys, x->bytes[2], x->length[2]));
    r->checks += 2;
}

static void authenticate(struct replay *r, const struct item *x)
{
    uint8_t out[SCP03_AUTHENTICATE];
    size_t n = scp03_authenticate(&r->host, x->bytes[1][2], out);
    hold(r, x, "EXTERNAL AUTHENTICATE", out, n, 1);
    scp03_opened(&r->host);
    if (!scp03_host_is_true(&r->card, x->bytes[1], x->length[1]))
        fail_msg("line %u: the card refuses EXTERNAL AUTHENTICATE", x->line);
    r->checks++;
}

static void command(struct replay *r, const struct item *x)
{
    uint8_t out[SCP03_WIRE_MAX + 16], changed[SCP03_WIRE_MAX];
    size_t n = scp03_wrap(&r->host, x->bytes[1], x->length[1], out),
           data = x->length[1] > 5 ? x->bytes[1][4] : 0;
    hold(r, x, "a command", out, n, 2);
    struct scp03 copy = r->card;
    memcpy(changed, x->bytes[2], x->length[2]);
    changed[5 + changed[4] - 1] ^= 1; /* one bit of the MAC */
    assert_false(scp03_accept(&copy, changed, x->length[2], out, &n));
    assert_false(copy.open);
    if (!scp03_accept(&r->card, x->bytes[2], x->length[2], out, &n))
        fail_msg("line %u: the card refuses a command", x->line);
    assert_memory_equal(out + 1, x->bytes[1] + 1, 3);
    if (data > 0)
        assert_memory_equal(out + 4, x->bytes[1] + 4, data + 1);
    r->checks += 2;
}

static void answer(struct replay *r, const struct item *x)
{
    uint8_t data[600];
    uint16_t sw = (uint16_t)strtoul(x->text[1], NULL, 16);
    size_t n = x->length[3];
    memcpy(data, x->bytes[3], n);
    if (x->kind == 'R')
        hold(r, x, "what the card protects", data, scp03_protect(&r->card, data, n, sw), 2);
    memcpy(data, x->bytes[2], x->length[2]);
    n = x->length[2];
    if (!scp03_unwrap(&r->host, data, &n, sw))
        fail_msg("line %u: the answer is refused", x->line);
    hold(r, x, "an answer", data, n, 3);
}

static void derivation(struct replay *r, const struct item *x)
{
    uint8_t out[64];
    unsigned bits = (unsigned)strtoul(x->text[3], NULL, 10);
    assert_true(scp03_derive(x->bytes[1], x->length[1], (uint8_t)strtoul(x->text[2], NULL, 16), bits,
                             x->bytes[4], x->length[4], out));
    hold(r, x, "a derivation", out, bits / 8, 5);
}

static void check_value(struct replay *r, const struct item *x)
{
    uint8_t out[3];
    assert_true(scp03_check_value(x->bytes[1], x->length[1], out));
    hold(r, x, "a key check value", out, sizeof out, 2);
}

static void sessions_that_others_published_are_reproduced_on_both_sides(void **state)
{
    static struct item x;
    struct replay r = { 0 };
    FILE *f = fopen("tests/data/scp03.vec", "r");
    (void)state;
    assert_non_null(f);
    memset(&x, 0, sizeof x);
    while (next_item(f, &x)) {
        switch (x.kind) {
        case 'S':
            set_keys(&r, &x);
            break;
        case 'I':
            initialize(&r, &x);
            break;
        case 'X':
            authenticate(&r, &x);
            break;
        case 'C':
            command(&r, &x);
            break;
        case 'R':
        case 'r':
            answer(&r, &x);
            break;
        case 'K':
            derivation(&r, &x);
            break;
        case 'V':
            check_value(&r, &x);
            break;
        default:
            fail_msg("line %u is of no kind", x.line);
        }
    }
    fclose(f);
    assert_int_equal(r.checks, 356);
}

static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00 };

static struct scp03_keys keys_of(uint8_t first)
{
    struct scp03_keys k = { .length = 16, .version = 0x30 };
    for (unsigned i = 0; i < 16; i++) {
        k.enc[i] = (uint8_t)(first + i);
        k.mac[i] = (uint8_t)(first + 0x10 + i);
    }
    return k;
}

/* Both sides as far as the card's answer. */
static bool shake_hands(struct scp03 *host, struct scp03 *card, unsigned s, const struct scp03_keys *hosts,
                        const struct scp03_keys *cards)
{
    static const uint8_t challenge[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, diversification[10] = { 7 };
    uint8_t wire[SCP03_INITIALIZE], answered[SCP03_INITIALIZED];
    size_t n = scp03_initialize(host, s, 0x30, challenge, wire);
    n = scp03_answer_initialize(card, cards, diversification, 5, aid, sizeof aid, wire, n, answered);
    assert_int_equal(n, s == 8 ? 32 : 48);
    return scp03_card_is_true(host, hosts, answered, n);
}

static void open_channel(struct scp03 *host, struct scp03 *card, unsigned s, unsigned level)
{
    const struct scp03_keys keys = keys_of(0x40);
    uint8_t wire[SCP03_AUTHENTICATE];
    assert_true(shake_hands(host, card, s, &keys, &keys));
    size_t n = scp03_authenticate(host, level, wire);
    assert_true(scp03_host_is_true(card, wire, n));
    scp03_opened(host);
}

static void commands_and_answers_of_every_length_pass_at_every_level(void **state)
{
    static const unsigned levels[] = { 0x00, 0x01, 0x03, 0x11, 0x13, 0x33 };
    (void)state;
    for (unsigned s = 8; s <= 16; s += 8)
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
            struct scp03 host, card;
            open_channel(&host, &card, s, levels[l]);
            for (size_t length = 0; length <= scp03_command_room(&host); length++) {
                uint8_t plain[261] = { 0x80, 0xE2, 0x00, 0x00, (uint8_t)length }, wire[SCP03_WIRE_MAX + 16],
                        got[300];
                uint8_t data[256 + 32];
                size_t n = 4, m;
                for (size_t i = 0; i < length; i++)
                    plain[5 + i] = (uint8_t)(i * 7 + length);
                n = length > 0 ? 5 + length : 4;
                m = scp03_wrap(&host, plain, n, wire);
                assert_true(m > 0 && m <= SCP03_WIRE_MAX);
                assert_true(scp03_accept(&card, wire, m, got, &m));
                assert_int_equal(m, n);
                assert_memory_equal(got, plain, n);
                size_t answered = length < scp03_answer_room(&card) ? length : scp03_answer_room(&card);
                for (size_t i = 0; i < answered; i++)
                    data[i] = (uint8_t)(i ^ length);
                m = scp03_protect(&card, data, answered, 0x9000);
                assert_true(m <= 256);
                assert_true(scp03_unwrap(&host, data, &m, 0x9000));
                assert_int_equal(m, answered);
                for (size_t i = 0; i < answered; i++)
                    assert_int_equal(data[i], (uint8_t)(i ^ length));
            }
        }
}

static void a_card_with_other_keys_is_not_believed_and_nothing_is_sent_on(void **state)
{
    const struct scp03_keys ours = keys_of(0x40), theirs = keys_of(0x41);
    struct scp03 host, card;
    uint8_t wire[SCP03_WIRE_MAX];
    (void)state;
    assert_false(shake_hands(&host, &card, 8, &ours, &theirs));
    assert_int_equal(scp03_authenticate(&host, 0x33, wire), 0);
    assert_int_equal(scp03_wrap(&host, (const uint8_t[]) { 0x80, 0xF2, 0x20, 0x02 }, 4, wire), 0);
}

static void a_terminal_with_other_keys_is_refused_and_has_no_second_try(void **state)
{
    const struct scp03_keys keys = keys_of(0x40);
    struct scp03 host, card;
    uint8_t wire[SCP03_AUTHENTICATE];
    (void)state;
    assert_true(shake_hands(&host, &card, 8, &keys, &keys));
    assert_int_equal(scp03_authenticate(&host, 0x33, wire), 21);
    wire[7] ^= 1; /* another cryptogram */
    assert_false(scp03_host_is_true(&card, wire, 21));
    wire[7] ^= 1;
    assert_false(scp03_host_is_true(&card, wire, 21));
}

static void what_is_changed_repeated_or_left_out_closes_the_channel(void **state)
{
    static const uint8_t plain[] = { 0x80, 0xE2, 0x00, 0x00, 0x03, 1, 2, 3 };
    struct scp03 host, card;
    uint8_t wire[2][SCP03_WIRE_MAX], got[300], data[64] = { 1, 2, 3 };
    size_t n[2], m;
    (void)state;
    for (int fault = 0; fault < 4; fault++) {
        open_channel(&host, &card, 8, 0x33);
        n[0] = scp03_wrap(&host, plain, sizeof plain, wire[0]);
        n[1] = scp03_wrap(&host, plain, sizeof plain, wire[1]);
        if (fault == 0) { /* the second one alone */
            assert_false(scp03_accept(&card, wire[1], n[1], got, &m));
        } else if (fault == 1) { /* the first one twice */
            assert_true(scp03_accept(&card, wire[0], n[0], got, &m));
            assert_false(scp03_accept(&card, wire[0], n[0], got, &m));
        } else if (fault == 2) { /* without protection */
            assert_false(scp03_accept(&card, plain, sizeof plain, got, &m));
        } else { /* an answer of another status word */
            assert_true(scp03_accept(&card, wire[0], n[0], got, &m));
            m = scp03_protect(&card, data, 3, 0x9000);
            assert_false(scp03_unwrap(&host, data, &m, 0x6200));
            assert_false(host.open);
            continue;
        }
        assert_false(card.open);
        assert_false(scp03_accept(&card, wire[1], n[1], got, &m)); /* and stays closed */
    }
}

static void an_error_word_comes_bare_and_closes_nothing(void **state)
{
    static const uint8_t plain[] = { 0x80, 0xE2, 0x00, 0x00, 0x03, 1, 2, 3 };
    struct scp03 host, card;
    uint8_t wire[SCP03_WIRE_MAX], got[300], data[64] = { 1, 2, 3 };
    size_t n;
    (void)state;
    open_channel(&host, &card, 8, 0x33);
    size_t m = scp03_wrap(&host, plain, sizeof plain, wire);
    assert_true(scp03_accept(&card, wire, m, got, &n));
    n = scp03_protect(&card, data, 3, 0x6A80);
    assert_int_equal(n, 0);
    assert_true(scp03_unwrap(&host, data, &n, 0x6A80));
    m = scp03_wrap(&host, plain, sizeof plain, wire);
    assert_true(scp03_accept(&card, wire, m, got, &n));
    n = 3; /* data with an error word are nobody's */
    assert_false(scp03_unwrap(&host, data, &n, 0x6A80));
}

static void what_is_no_form_of_the_standard_is_refused(void **state)
{
    const struct scp03_keys keys = keys_of(0x40);
    static const uint8_t diversification[10] = { 0 };
    struct scp03 host, card;
    uint8_t wire[SCP03_WIRE_MAX], out[SCP03_INITIALIZED], long_one[300] = { 0x80, 0xE2, 0, 0, 240 };
    (void)state;
    static const char *const wrong[] = { "80503000",
                                         "8050300000",
                                         "805030000711111111111111",
                                         "80503000081111111111111111110000",
                                         "8050310008111111111111111100",
                                         "0050300008111111111111111100" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t n;
        assert_true(text_to_bytes(wrong[i], strlen(wrong[i]), wire, sizeof wire, &n));
        assert_int_equal(
            scp03_answer_initialize(&card, &keys, diversification, 1, aid, sizeof aid, wire, n, out), 0);
    }
    assert_true(shake_hands(&host, &card, 8, &keys, &keys));
    assert_int_equal(scp03_authenticate(&host, 0x02, wire), 0);
    assert_int_equal(scp03_authenticate(&host, 0x31, wire), 0);
    open_channel(&host, &card, 8, 0x33);
    assert_int_equal(scp03_wrap(&host, long_one, 245, wire), 0); /* 239 bytes fit */
    assert_false(host.open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_that_others_published_are_reproduced_on_both_sides),
        cmocka_unit_test(commands_and_answers_of_every_length_pass_at_every_level),
        cmocka_unit_test(a_card_with_other_keys_is_not_believed_and_nothing_is_sent_on),
        cmocka_unit_test(a_terminal_with_other_keys_is_refused_and_has_no_second_try),
        cmocka_unit_test(what_is_changed_repeated_or_left_out_closes_the_channel),
        cmocka_unit_test(an_error_word_comes_bare_and_closes_nothing),
        cmocka_unit_test(what_is_no_form_of_the_standard_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
