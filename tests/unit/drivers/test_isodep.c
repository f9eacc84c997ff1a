/*
 * The ISO/IEC 14443 initiator against the virtual handset, frame by frame, over a link that loses or damages
 * any of them.
 */
#include "drivers/emulator/handset/air.h"
#include "drivers/isodep/isodep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define NEVER 1000000u

enum harm { HARM_NONE = 0, HARM_LOSE_REQUEST, HARM_LOSE_ANSWER, HARM_DAMAGE_ANSWER, HARM_BREAK };

struct bench {
    struct handset *handset;
    struct air *air;
    struct virtual_handset phone;
    struct virtual_sim sim;
    struct virtual_reader reader;
    struct laying laying;
    struct isodep d;
    uint64_t now_ns;
    unsigned frames;      /* so far */
    unsigned from, count; /* which frames are harmed */
    enum harm harm;
    unsigned longest_request, longest_answer;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t length;
};

static enum isodep_air transceive(void *context, struct isodep_frame *f)
{
    struct bench *b = context;
    struct air_answer a;
    struct air_frame request = { .technology = f->technology,
                                 .kbit_s = f->kbit_s,
                                 .bytes = f->bytes,
                                 .length = f->length,
                                 .last_bits = f->last_bits,
                                 .crc = f->crc };
    unsigned number = b->frames++;
    bool harmed = number >= b->from && number - b->from < b->count;
    if (f->length > b->longest_request)
        b->longest_request = (unsigned)f->length;
    if (harmed && b->harm == HARM_BREAK) {
        err_set(f->e, ERR_ENVIRONMENT, "link", "broken by the test");
        return ISODEP_AIR_BROKEN;
    }
    if (harmed && b->harm == HARM_LOSE_REQUEST) {
        b->now_ns += f->wait_us * 1000;
        return ISODEP_AIR_SILENT;
    }
    air_frame(b->air, &request, &a);
    if (a.silent || (harmed && b->harm == HARM_LOSE_ANSWER)) {
        b->now_ns += f->wait_us * 1000;
        return ISODEP_AIR_SILENT;
    }
    if (a.us > f->wait_us && f->wait_us < b->d.target.fwt_us) { /* cut short by a deadline */
        b->now_ns += f->wait_us * 1000;
        return ISODEP_AIR_SILENT;
    }
    b->now_ns += a.us * 1000;
    if (a.length > b->longest_answer)
        b->longest_answer = (unsigned)a.length;
    if (a.collision)
        return ISODEP_AIR_COLLISION;
    if (a.corrupt || (harmed && b->harm == HARM_DAMAGE_ANSWER))
        return ISODEP_AIR_CORRUPT;
    assert_in_range(a.us, 1, f->wait_us + 40000); /* within the waiting time and the frame's own length */
    memcpy(f->answer, a.bytes, a.length);
    f->answer_length = a.length;
    return ISODEP_AIR_OK;
}

static uint64_t now_ns(void *context)
{
    return ((struct bench *)context)->now_ns;
}

static void lay(struct bench *b)
{
    const struct isodep_link link = { .context = b, .transceive = transceive, .now_ns = now_ns };
    b->laying = (struct laying) {
        .handset = &b->phone, .sim = &b->sim, .power_mode = POWER_ON_UNLOCKED, .unit_key = 7, .session = 1
    };
    air_field(b->air, false);
    handset_lay(b->handset, &b->laying, &b->reader);
    handset_begin(b->handset, 1);
    air_field(b->air, true);
    isodep_init(&b->d, &link, b->reader.fsd);
    b->frames = b->longest_request = b->longest_answer = 0;
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    *state = b;
    if (!b)
        return -1;
    b->handset = handset_new();
    b->air = b->handset ? air_new(b->handset) : NULL;
    b->from = NEVER;
    b->phone = (struct virtual_handset) {
        .technology = 'A',
        .uid = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 },
        .uid_length = 7,
        .atqa = { 0x44, 0x00 },
        .sak = 0x20,
        .historical = { 0x80, 0x31, 0x80, 0x66 },
        .historical_length = 4,
        .fsci = 8,
        .fwi = 8,
        .max_kbit_s = 424,
        .targets = { { .target = TARGET_UICC,
                       .power_modes = 1u << POWER_ON_UNLOCKED,
                       .applets = VIRTUAL_APPLET_JPKI | VIRTUAL_APPLET_LADDER,
                       .select_us = 1000,
                       .command_us = 1000 } },
        .target_count = 1,
        .margin_db = 40,
    };
    memcpy(b->sim.token_label, "NFC-SURVEY VIRTUAL TOKEN        ", 33);
    b->sim.certificate_bytes = 1248;
    b->reader = (struct virtual_reader) {
        .level = READER_LEVEL_EXTENDED, .polling = "BAF", .max_kbit_s = 424, .fsd = 256, .radius_mm = 30
    };
    return b->air ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    air_free(&b->air);
    handset_free(&b->handset);
    free(b);
    return 0;
}

static void use_type_b(struct bench *b)
{
    b->phone.technology = 'B';
    b->phone.uid_length = 4;
}

static void bring_up(struct bench *b)
{
    struct err e;
    lay(b);
    assert_int_equal(isodep_poll(&b->d, "BAF", &e), ISODEP_OK);
    assert_int_equal(isodep_activate(&b->d, 424, &e), ISODEP_OK);
    b->frames = 0;
}

static enum isodep_end exchange(struct bench *b, const uint8_t *command, size_t length, uint64_t deadline_ns)
{
    struct err e;
    return isodep_exchange(&b->d, command, length, b->response, sizeof b->response, &b->length, deadline_ns,
                           &e);
}

static const uint8_t select_ladder[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xf0, 0x4e, 0x46,
                                         0x43, 0x53, 0x55, 0x52, 0x56, 0x45, 0x59 };

static size_t read_command(size_t n, uint8_t out[7])
{
    const uint8_t short_form[] = { 0x00, 0xb0, 0x00, 0x00, (uint8_t)n };
    const uint8_t long_form[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, (uint8_t)(n >> 8), (uint8_t)n };
    memcpy(out, n <= 256 ? short_form : long_form, n <= 256 ? 5 : 7);
    return n <= 256 ? 5 : 7;
}

static void select_applet(struct bench *b)
{
    assert_int_equal(exchange(b, select_ladder, sizeof select_ladder, 0), ISODEP_OK);
    assert_int_equal(b->length, 2);
    assert_int_equal(b->response[0], 0x90);
}

static void expect_ladder(const struct bench *b, size_t n)
{
    assert_int_equal(b->length, n + 2);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b->response[i], i & 0xff);
    assert_int_equal(b->response[n], 0x90);
}

static void both_technologies_come_up_with_what_the_target_offers(void **state)
{
    struct bench *b = *state;
    bring_up(b);
    assert_int_equal(b->d.target.technology, 'A');
    assert_int_equal(b->d.target.uid_length, 7);
    assert_memory_equal(b->d.target.uid, b->phone.uid, 7);
    assert_int_equal(b->d.target.sak, 0x20);
    assert_memory_equal(b->d.target.atqa, b->phone.atqa, 2);
    assert_int_equal(b->d.target.ats_length, 9);
    assert_int_equal(b->d.target.kbit_s, 424);
    assert_int_equal(b->d.target.fsc, 256);
    use_type_b(b);
    bring_up(b);
    assert_int_equal(b->d.target.technology, 'B');
    assert_int_equal(b->d.target.uid_length, 4);
    assert_int_equal(b->d.target.atqb_length, 12);
    assert_int_equal(b->d.target.kbit_s, 424);
    assert_int_equal(b->d.target.fwt_us, frame_waiting_time_us(8));
}

static void uids_of_four_seven_and_ten_bytes_are_read_whole(void **state)
{
    struct bench *b = *state;
    const size_t lengths[] = { 4, 7, 10 };
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 10; j++)
            b->phone.uid[j] = (uint8_t)(0x11 * (j + 1));
        b->phone.uid_length = lengths[i];
        bring_up(b);
        assert_int_equal(b->d.target.uid_length, lengths[i]);
        assert_memory_equal(b->d.target.uid, b->phone.uid, lengths[i]);
    }
}

static void frames_keep_to_what_both_sides_take(void **state)
{
    static const unsigned sizes[] = { 16, 24, 32, 40, 48, 64, 96, 128, 256 };
    struct bench *b = *state;
    uint8_t command[7];
    for (unsigned technology = 0; technology < 2; technology++) {
        if (technology)
            use_type_b(b);
        for (unsigned fsci = 0; fsci < 9; fsci++) {
            for (unsigned fsd = 0; fsd < 9; fsd++) {
                b->phone.fsci = fsci;
                b->reader.fsd = sizes[fsd];
                bring_up(b);
                b->longest_request = b->longest_answer = 0;
                select_applet(b);
                assert_int_equal(exchange(b, command, read_command(300, command), 0), ISODEP_OK);
                expect_ladder(b, 300);
                assert_in_range(b->longest_request + 2, 3, sizes[fsci]);
                assert_int_equal(b->longest_answer + 2, sizes[fsd]);
            }
        }
    }
}

static void every_length_comes_back_unchanged(void **state)
{
    struct bench *b = *state;
    uint8_t command[7];
    bring_up(b);
    select_applet(b);
    for (size_t n = 1; n <= 600; n++) {
        assert_int_equal(exchange(b, command, read_command(n, command), 0), ISODEP_OK);
        expect_ladder(b, n);
    }
    assert_int_equal(exchange(b, command, read_command(65535, command), 0), ISODEP_OK);
    expect_ladder(b, 65535);
}

/* With frames of 32 bytes: a command in one or ten blocks, a response in one, two or twelve, with time
 * extensions. */
static void harm_each(struct bench *b, enum harm harm, unsigned in_a_row, size_t asked, uint32_t busy_us)
{
    uint8_t command[300] = { 0x00, 0xb0, 0x00, 0x00 };
    b->phone.fsci = 2;
    b->reader.fsd = 32;
    b->phone.targets[0].command_us = busy_us;
    size_t length = read_command(asked, command);
    b->from = NEVER;
    bring_up(b);
    select_applet(b);
    b->frames = 0;
    assert_int_equal(exchange(b, command, length, 0), ISODEP_OK);
    unsigned frames = b->frames;
    for (unsigned i = 0; i < frames; i++) {
        b->from = NEVER;
        bring_up(b);
        select_applet(b);
        b->frames = 0;
        b->from = i;
        b->count = in_a_row;
        b->harm = harm;
        enum isodep_end end = exchange(b, command, length, 0);
        if (end != ISODEP_OK)
            fail_msg("frame %u of %u, harm %d: %s", i, frames, (int)harm, isodep_end_name(end));
        expect_ladder(b, asked);
        assert_true(b->d.retransmissions >= 1);
        b->from = NEVER;
        assert_int_equal(exchange(b, command, length, 0), ISODEP_OK); /* and the numbers are in step */
        expect_ladder(b, asked);
    }
}

static void any_lost_or_damaged_frame_is_recovered(void **state)
{
    struct bench *b = *state;
    const size_t asked[] = { 4, 40, 300 };
    for (unsigned technology = 0; technology < 2; technology++) {
        if (technology)
            use_type_b(b);
        for (enum harm harm = HARM_LOSE_REQUEST; harm <= HARM_DAMAGE_ANSWER; harm++) {
            for (size_t i = 0; i < 3; i++) {
                for (unsigned in_a_row = 1; in_a_row <= 2; in_a_row++) {
                    harm_each(b, harm, in_a_row, asked[i], 1000);
                    harm_each(b, harm, in_a_row, asked[i], 300000); /* four time extensions */
                }
            }
        }
    }
}

static void a_long_command_in_blocks_survives_the_loss_of_each(void **state)
{
    struct bench *b = *state;
    uint8_t command[5 + 200] = { 0x00, 0xa4, 0x04, 0x0c, 200 };
    b->phone.fsci = 2;
    for (enum harm harm = HARM_LOSE_REQUEST; harm <= HARM_DAMAGE_ANSWER; harm++) {
        for (unsigned i = 0; i < 8; i++) {
            b->from = NEVER;
            bring_up(b);
            b->from = i;
            b->count = 1;
            b->harm = harm;
            assert_int_equal(exchange(b, command, sizeof command, 0), ISODEP_OK);
            assert_int_equal(b->length, 2);
            assert_int_equal(b->response[0], 0x67); /* no name is so long: it was received once and whole */
            assert_true(b->d.blocks >= 9);
        }
    }
}

static void silence_damage_and_a_broken_link_are_told_apart(void **state)
{
    struct bench *b = *state;
    const struct {
        enum harm harm;
        enum isodep_end end;
    } table[] = { { HARM_LOSE_REQUEST, ISODEP_LOST },
                  { HARM_LOSE_ANSWER, ISODEP_LOST },
                  { HARM_DAMAGE_ANSWER, ISODEP_GARBLED },
                  { HARM_BREAK, ISODEP_BROKEN } };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        b->from = NEVER;
        bring_up(b);
        b->from = 0;
        b->count = NEVER;
        b->harm = table[i].harm;
        assert_int_equal(exchange(b, select_ladder, sizeof select_ladder, 0), table[i].end);
        b->from = NEVER;
        assert_int_equal(exchange(b, select_ladder, sizeof select_ladder, 0),
                         ISODEP_LOST); /* not active any more */
    }
}

/* A fault of the phone, in every transaction; where it shows. */
static void expect_end(struct bench *b, unsigned cause, enum isodep_end poll, enum isodep_end up,
                       enum isodep_end run)
{
    struct err e;
    uint8_t command[7];
    b->phone.faults[0] = (struct virtual_fault) { .cause = cause, .rate = 1, .per = VIRTUAL_PER_TRANSACTION };
    b->phone.fault_count = 1;
    lay(b);
    assert_int_equal(isodep_poll(&b->d, "BAF", &e), poll);
    if (poll != ISODEP_OK)
        return;
    assert_int_equal(isodep_activate(&b->d, 424, &e), up);
    if (up != ISODEP_OK)
        return;
    enum isodep_end end = exchange(b, select_ladder, sizeof select_ladder, b->now_ns + 2000000000);
    if (end == ISODEP_OK)
        end = exchange(b, command, read_command(256, command), b->now_ns + 2000000000);
    if (end != run)
        fail_msg("F%02u: %s instead of %s", cause, isodep_end_name(end), isodep_end_name(run));
}

static void what_a_phone_does_wrong_is_seen_as_what_it_is(void **state)
{
    struct bench *b = *state;
    for (unsigned technology = 0; technology < 2; technology++) {
        if (technology)
            use_type_b(b);
        expect_end(b, 2, ISODEP_NOTHING, 0, 0);
        expect_end(b, 4, ISODEP_NO_PROTOCOL, 0, 0);
        assert_int_equal(b->d.target.technology, 'F');
        expect_end(b, 5, ISODEP_COLLISION, 0, 0);
        expect_end(b, 6, ISODEP_OK, ISODEP_ACTIVATION, 0);
        if (technology == 0)
            expect_end(b, 7, ISODEP_OK, ISODEP_RATE, 0);
        expect_end(b, 9, ISODEP_OK, ISODEP_OK, ISODEP_GARBLED);
        expect_end(b, 10, ISODEP_OK, ISODEP_OK, ISODEP_LOST);
        expect_end(b, 12, ISODEP_OK, ISODEP_OK, ISODEP_PROTOCOL);
        expect_end(b, 13, ISODEP_OK, ISODEP_OK, ISODEP_LOST);
        assert_true(b->d.received > 0); /* a chain that broke off */
        expect_end(b, 16, ISODEP_OK, ISODEP_OK, ISODEP_LOST);
        b->phone.targets[0].wtx_after_us = 20000;
        expect_end(b, 10, ISODEP_OK, ISODEP_OK, ISODEP_ENDLESS);
        assert_true(b->d.extensions > 10);
        b->phone.targets[0].wtx_after_us = 0;
    }
}

static void a_deadline_is_kept(void **state)
{
    struct bench *b = *state;
    b->phone.targets[0].command_us = 900000;
    bring_up(b);
    b->phone.targets[0].select_us = 900000;
    uint64_t started_ns = b->now_ns;
    assert_int_equal(exchange(b, select_ladder, sizeof select_ladder, started_ns + 300000000),
                     ISODEP_ENDLESS);
    assert_in_range(b->now_ns - started_ns, 1, 400000000);
}

static void a_response_longer_than_the_buffer_is_refused(void **state)
{
    struct bench *b = *state;
    struct err e;
    uint8_t command[7], small[100];
    bring_up(b);
    select_applet(b);
    assert_int_equal(
        isodep_exchange(&b->d, command, read_command(256, command), small, sizeof small, &b->length, 0, &e),
        ISODEP_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_technologies_come_up_with_what_the_target_offers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(uids_of_four_seven_and_ten_bytes_are_read_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_keep_to_what_both_sides_take, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_length_comes_back_unchanged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_lost_or_damaged_frame_is_recovered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_command_in_blocks_survives_the_loss_of_each, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(silence_damage_and_a_broken_link_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_phone_does_wrong_is_seen_as_what_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_response_longer_than_the_buffer_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
