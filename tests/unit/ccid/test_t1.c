/*
 * The host's T=1 against a card's side of it, written here from the standard: every block of an exchange,
 * either way, is lost, damaged or doubled once, and the bytes arrive all the same.
 */
#include "drivers/ccid/t1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum mishap { LOST_TO_CARD = 0, DAMAGED_TO_CARD, LOST_TO_HOST, DAMAGED_TO_HOST, DOUBLED_TO_HOST, MISHAPS };

/* A card that answers a command of n bytes with those bytes turned round, and 9000. */
struct card {
    bool crc;
    unsigned ifsc, ifsd;
    uint8_t ns, nr;
    uint8_t command[1024], response[1024];
    size_t command_length, response_length, sent, part;
    unsigned carried_out;
    uint8_t last[T1_BLOCK_MAX];
    size_t last_length;
    unsigned wtx, ifs; /* requests that it still makes */
    bool aborts, stubborn;

    unsigned block, strike; /* the strike-th block meets the mishap */
    enum mishap mishap;
    bool doubled;
    unsigned waiting;
};

static size_t say(struct card *c, uint8_t pcb, const uint8_t *data, size_t length)
{
    c->last_length = t1_block(c->crc, pcb, data, length, c->last);
    return c->last_length;
}

static size_t say_r(struct card *c, uint8_t why)
{
    return say(c, (uint8_t)(0x80 | (c->nr ? 0x10 : 0) | why), NULL, 0);
}

static size_t say_part(struct card *c)
{
    size_t left = c->response_length - c->sent;
    c->part = left < c->ifsd ? left : c->ifsd;
    return say(c, (uint8_t)((c->ns ? 0x40 : 0) | (c->part < left ? 0x20 : 0)), c->response + c->sent,
               c->part);
}

static size_t answer(struct card *c)
{
    uint8_t value = 3, size = 20;
    if (c->wtx && c->wtx--)
        return say(c, 0xc3, &value, 1);
    if (c->ifs && c->ifs--) {
        c->ifsc = size;
        return say(c, 0xc1, &size, 1);
    }
    if (c->aborts)
        return say(c, 0xc2, NULL, 0);
    return say_part(c);
}

static void carry_out(struct card *c)
{
    c->carried_out++;
    for (size_t i = 0; i < c->command_length; i++)
        c->response[i] = c->command[c->command_length - 1 - i];
    memcpy(c->response + c->command_length, "\x90\x00", 2);
    c->response_length = c->command_length + 2;
    c->command_length = c->sent = c->part = 0;
}

static size_t on_i(struct card *c, const uint8_t *b)
{
    if ((b[1] & 0x40 ? 1 : 0) != c->nr)
        return say_r(c, 2);
    assert_true(b[2] <= c->ifsc);
    c->nr ^= 1;
    if (c->part) { /* it acknowledges our last block */
        c->ns ^= 1;
        c->part = 0;
    }
    memcpy(c->command + c->command_length, b + 3, b[2]);
    c->command_length += b[2];
    if (b[1] & 0x20)
        return say_r(c, 0);
    carry_out(c);
    return answer(c);
}

static size_t on_r(struct card *c, const uint8_t *b)
{
    uint8_t wanted = b[1] & 0x10 ? 1 : 0;
    if (c->part && wanted != c->ns && c->sent + c->part < c->response_length) {
        c->sent += c->part;
        c->ns ^= 1;
        return say_part(c);
    }
    if (c->part && wanted == c->ns)
        return say_part(c);
    if (c->last_length && (c->last[1] & 0xc0) == 0xc0)
        return c->last_length; /* the S-block again */
    return say_r(c, 0);
}

static size_t on_s(struct card *c, const uint8_t *b)
{
    switch (b[1]) {
    case 0xc0:
        c->ns = c->nr = 0;
        c->command_length = c->part = c->sent = 0;
        return say(c, 0xe0, NULL, 0);
    case 0xc1:
        c->ifsd = b[3];
        return say(c, 0xe1, b + 3, 1);
    case 0xe2:
        c->aborts = false;
        return say_r(c, 0);
    default: /* responses to ours: on with it */
        return answer(c);
    }
}

static enum t1_link pass(void *context, const uint8_t *block, size_t length, uint8_t waiting,
                         uint8_t reply[T1_BLOCK_MAX], size_t *reply_length)
{
    struct card *c = context;
    bool struck = c->strike && ++c->block == c->strike;
    c->waiting = waiting ? waiting : c->waiting;
    if (c->doubled) { /* the block that came twice is what the host hears now; what it said is lost */
        c->doubled = false;
        memcpy(reply, c->last, c->last_length);
        *reply_length = c->last_length;
        return T1_LINK_OK;
    }
    assert_true(t1_block_is_whole(c->crc, block, length));
    if (c->stubborn || (struck && c->mishap == LOST_TO_CARD))
        return T1_LINK_SILENT;
    size_t n;
    if (struck && c->mishap == DAMAGED_TO_CARD)
        n = say_r(c, 1);
    else
        n = !(block[1] & 0x80) ? on_i(c, block) : (block[1] & 0xc0) == 0x80 ? on_r(c, block) : on_s(c, block);
    if (struck && c->mishap == LOST_TO_HOST)
        return T1_LINK_SILENT;
    memcpy(reply, c->last, n);
    if (struck && c->mishap == DAMAGED_TO_HOST)
        reply[n - 1] ^= 0x40;
    c->doubled = struck && c->mishap == DOUBLED_TO_HOST;
    *reply_length = n;
    return T1_LINK_OK;
}

static void begin(struct card *c, struct t1 *t, bool crc, unsigned ifsc)
{
    *c = (struct card) { .crc = crc, .ifsc = ifsc, .ifsd = 32 };
    t1_begin(t, pass, c, crc, ifsc);
}

static enum t1_result send_bytes(struct t1 *t, size_t n, uint8_t *response, size_t *length)
{
    uint8_t command[600] = { 0 };
    for (size_t i = 0; i < n; i++)
        command[i] = (uint8_t)(i * 7 + 1);
    enum t1_result result = t1_exchange(t, command, n, response, 1024, length);
    if (result == T1_OK) {
        assert_int_equal(*length, n + 2);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(response[i], command[n - 1 - i]);
    }
    return result;
}

static void bytes_come_and_go_in_parts_unchanged(void **state)
{
    static const size_t sizes[] = { 1, 5, 31, 32, 33, 64, 65, 253, 254, 255, 261, 508, 600 };
    uint8_t response[1024];
    size_t length;
    (void)state;
    for (int crc = 0; crc < 2; crc++) {
        for (unsigned ifsc = 1; ifsc <= 254; ifsc += ifsc == 1 ? 31 : 111) {
            struct card c;
            struct t1 t;
            begin(&c, &t, crc, ifsc);
            assert_int_equal(t1_announce(&t, 254), T1_OK);
            assert_int_equal(c.ifsd, 254);
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                assert_int_equal(send_bytes(&t, sizes[i], response, &length), T1_OK);
                assert_int_equal(c.carried_out, i + 1);
            }
        }
    }
}

static void any_one_block_may_be_lost_damaged_or_doubled(void **state)
{
    uint8_t response[1024];
    size_t length;
    unsigned struck = 0;
    (void)state;
    for (int mishap = 0; mishap < MISHAPS; mishap++) {
        for (unsigned strike = 1; strike <= 12; strike++) {
            struct card c;
            struct t1 t;
            begin(&c, &t, strike % 2, 32);
            c.strike = strike;
            c.mishap = (enum mishap)mishap;
            enum t1_result first = send_bytes(&t, 100, response, &length);
            if (first != T1_OK)
                fail_msg("mishap %d at block %u: result %d", mishap, strike, (int)first);
            assert_int_equal(c.carried_out, 1);
            struck += c.block >= strike;
            assert_int_equal(send_bytes(&t, 40, response, &length), T1_OK); /* and the numbers still agree */
            assert_int_equal(c.carried_out, 2);
        }
    }
    assert_true(struck >= 7 * MISHAPS);
}

static void time_and_block_sizes_are_granted(void **state)
{
    struct card c;
    struct t1 t;
    uint8_t response[1024];
    size_t length;
    (void)state;
    begin(&c, &t, false, 254);
    c.wtx = 5;
    c.ifs = 1;
    assert_int_equal(send_bytes(&t, 100, response, &length), T1_OK);
    assert_int_equal(c.waiting, 3);
    assert_int_equal(t.ifsc, 20);
    assert_int_equal(send_bytes(&t, 100, response, &length), T1_OK); /* the card checks the size */
}

static void a_card_that_falls_silent_is_given_up(void **state)
{
    struct card c;
    struct t1 t;
    uint8_t response[1024];
    size_t length;
    (void)state;
    begin(&c, &t, false, 32);
    c.stubborn = true;
    assert_int_equal(send_bytes(&t, 10, response, &length), T1_MUTE);
    assert_int_equal(length, 0);
}

static void a_chain_given_up_by_the_card_ends_the_exchange(void **state)
{
    struct card c;
    struct t1 t;
    uint8_t response[1024];
    size_t length;
    (void)state;
    begin(&c, &t, false, 32);
    c.aborts = true;
    assert_int_equal(send_bytes(&t, 10, response, &length), T1_ABORT);
}

/* A card whose answers make no sense until it is resynchronised. */
struct confused {
    struct card card;
    unsigned i_blocks;
    bool calm;
};

static enum t1_link babble(void *context, const uint8_t *block, size_t length, uint8_t waiting,
                           uint8_t reply[T1_BLOCK_MAX], size_t *reply_length)
{
    struct confused *c = context;
    c->i_blocks += !(block[1] & 0x80);
    c->calm |= block[1] == 0xc0;
    if (c->calm)
        return pass(&c->card, block, length, waiting, reply, reply_length);
    *reply_length = t1_block(false, 0x40, (const uint8_t *)"\x90\x00", 2, reply); /* never number 0 */
    return T1_LINK_OK;
}

static void after_resynchronising_a_command_is_not_repeated_by_itself(void **state)
{
    struct confused c = { .card = { .ifsc = 32, .ifsd = 32 } };
    struct t1 t;
    uint8_t response[1024];
    size_t length;
    (void)state;
    t1_begin(&t, babble, &c, false, 32);
    assert_int_equal(send_bytes(&t, 10, response, &length), T1_RESYNCH);
    assert_int_equal(c.i_blocks, 1);
    assert_int_equal(c.card.carried_out, 0);
    assert_int_equal(send_bytes(&t, 10, response, &length), T1_OK);
}

static void a_response_that_does_not_fit_is_refused(void **state)
{
    struct card c;
    struct t1 t;
    uint8_t command[100] = { 1 }, response[50];
    size_t length;
    (void)state;
    begin(&c, &t, false, 32);
    assert_int_equal(t1_exchange(&t, command, sizeof command, response, sizeof response, &length),
                     T1_OVERFLOW);
    assert_int_equal(length, 0);
}

static void epilogues_are_those_of_the_standard(void **state)
{
    static const uint8_t select[] = { 0x00, 0xa4, 0x04, 0x00 };
    uint8_t block[T1_BLOCK_MAX];
    (void)state;
    assert_int_equal(t1_block(false, 0x00, select, 4, block), 8);
    assert_memory_equal(block, ((uint8_t[]) { 0, 0, 4, 0, 0xa4, 4, 0, 0xa4 }), 8);
    assert_int_equal(t1_block(false, 0xc1, (const uint8_t[]) { 0xfe }, 1, block), 5);
    assert_memory_equal(block, ((uint8_t[]) { 0, 0xc1, 1, 0xfe, 0x3e }), 5);
    assert_int_equal(t1_block(true, 0x00, select, 4, block), 9);
    for (size_t bit = 0; bit < 72; bit++) { /* any one wrong bit shows */
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(t1_block_is_whole(true, block, 9));
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(t1_block_is_whole(true, block, 9));
    for (size_t n = 0; n < 9; n++)
        assert_false(t1_block_is_whole(true, block, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_and_go_in_parts_unchanged),
        cmocka_unit_test(any_one_block_may_be_lost_damaged_or_doubled),
        cmocka_unit_test(time_and_block_sizes_are_granted),
        cmocka_unit_test(a_card_that_falls_silent_is_given_up),
        cmocka_unit_test(a_chain_given_up_by_the_card_ends_the_exchange),
        cmocka_unit_test(after_resynchronising_a_command_is_not_repeated_by_itself),
        cmocka_unit_test(a_response_that_does_not_fit_is_refused),
        cmocka_unit_test(epilogues_are_those_of_the_standard),
    };
    return cmocka_run_group_tests_name("T=1", tests, NULL, NULL);
}
