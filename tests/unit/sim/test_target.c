/*
 * A test target through the driver interface: its proof, what then passes, its secure channel, and what ends them. The target is
 * the simulator's; a double between the driver and it counts what is sent and plays other cards.
 */
#include "drivers/prove_target.h"
#include "drivers/secure.h"
#include "drivers/sim/sim.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/card/target_budget.h"
#include "tests/unit/handset/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define IN_2026      1767225600
#define IN_2036      2082758400
#define IN_2020      1577836800
#define IN_2130      5049129600
#define SELECT_JPKI  "00A4040C0AD392F000260100000001"
#define SELECT_PPSE  "00A404000E325041592E5359532E444446303100"
#define SELECT_PIN   "00A4020C020018"
#define EMPTY_VERIFY "00200080"
#define RIGHT_PIN    "002000800431323334"
#define WRONG_PIN    "002000800439393939"

/* What the double does with an exchange. */
enum card {
    AS_IT_IS,
    WITHOUT_FACTORY_FILE, /* a real card */
    REPLAYS,              /* the first signature, to every question */
    CHANGES_ANSWERS,      /* a bit of each */
    SILENT,
};

static struct {
    enum card card;
    unsigned sent;
    uint8_t last[APDU_COMMAND_MAX];
    uint8_t signature[512];
    size_t signature_length;
} wire;

struct bench {
    struct sample sample;
    struct driver_ops ops;
    struct driver_reader *reader;
    struct driver_target target;
    struct driver_fault fault;
    struct target_proof proof;
    struct driver_secure secure;
    struct channel_keys keys;
    struct test_ca *ca;
    struct err e;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t length;
};

static int exchange_by_double(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                              struct err *e)
{
    static const uint8_t factory_file[] = { 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0xE0 };
    wire.sent++;
    memcpy(wire.last, x->command, x->command_length);
    if (wire.card == SILENT)
        return err_set(e, ERR_CARD, "double", "no answer");
    int status = driver_sim.exchange(r, x, fault, e);
    if (status != 0)
        return status;
    if (wire.card == WITHOUT_FACTORY_FILE && x->command_length == sizeof factory_file &&
        memcmp(x->command, factory_file, sizeof factory_file) == 0) {
        memcpy(x->response, "\x6A\x82", 2);
        x->response_length = 2;
    }
    if (wire.card == CHANGES_ANSWERS && x->response_length > 2)
        x->response[0] ^= 1;
    if (x->command[1] == 0x88 && wire.signature_length == 0) {
        wire.signature_length = x->response_length;
        memcpy(wire.signature, x->response, x->response_length);
    } else if (x->command[1] == 0x88 && wire.card == REPLAYS) {
        memcpy(x->response, wire.signature, wire.signature_length);
        x->response_length = wire.signature_length;
    }
    return 0;
}

static void permit(struct bench *b, unsigned allowed)
{
    b->reader->guard.permit = (struct guard_permit) { .allowed = allowed, .test_targets = true };
}

static void activate(struct bench *b)
{
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), 0);
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct driver_open how = { .address = "sim-reader", .seed = 1, .unit = "sim-1", .uid_apdu = true };
    memset(&wire, 0, sizeof wire);
    if (!b)
        return 1;
    sample_fill(&b->sample, 'A');
    how.simulated = &b->sample.reader;
    b->ops = driver_sim;
    b->ops.exchange = exchange_by_double;
    b->ca = test_ca_virtual();
    *state = b;
    if (!channel_keys_public(&b->keys) || driver_open(&b->ops, &how, &b->reader, &b->fault, &b->e) != 0 ||
        driver_lay(b->reader, &b->sample.laying, &b->e) != 0)
        return 1;
    permit(b, GUARD_ALLOW_ALL);
    activate(b);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    driver_close(&b->reader);
    test_ca_free(&b->ca);
    free(b);
    return 0;
}

/* The status word, or the error. */
static int send(struct bench *b, const char *hex)
{
    uint8_t command[600];
    size_t length = 0;
    assert_true(text_to_bytes(hex, strlen(hex), command, sizeof command, &length));
    struct driver_exchange x = { .command = command,
                                 .command_length = length,
                                 .response = b->response,
                                 .response_capacity = sizeof b->response,
                                 .deadline_ms = 10000 };
    b->e = (struct err) { 0 };
    int status = driver_exchange(b->reader, &x, &b->fault, &b->e);
    b->length = x.response_length;
    return status == 0 ? apdu_status_word(b->response, x.response_length) : status;
}

/* Refused with that word in its reason, and not sent. */
static void refused(struct bench *b, const char *hex, const char *word)
{
    unsigned sent = wire.sent;
    assert_int_equal(send(b, hex), ERR_REFUSED);
    assert_int_equal(wire.sent, sent);
    if (!strstr(b->e.text, word))
        fail_msg("no `%s` in: %s", word, b->e.text);
}

static int prove_at(struct bench *b, const struct test_ca *ca, int64_t now)
{
    static const uint8_t jpki[] = { 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
    struct target_proof_request how = { .ca = ca,
                                        .application = application_of_aid(NULL, jpki, sizeof jpki),
                                        .unit = "sim-1",
                                        .now = now,
                                        .deadline_ms = 5000 };
    return driver_prove_target(b->reader, &how, &b->proof, &b->fault, &b->e);
}

static void prove(struct bench *b)
{
    if (prove_at(b, b->ca, IN_2026) != 0 || !said_nothing(&b->proof.why))
        fail_msg("not proven: %s %s", said_text(&b->proof.why).text, b->e.text);
}

static void a_test_target_proves_itself_and_tells_its_tries(void **state)
{
    struct bench *b = *state;
    prove(b);
    assert_true(b->proof.is_virtual);
    assert_true(b->proof.tries[0].known && b->proof.tries[1].known);
    assert_int_equal(b->proof.tries[0].left, 3);
    assert_int_equal(b->proof.tries[1].left, 5);
    assert_true(b->proof.ended_ns > b->proof.started_ns);
    assert_int_equal(b->proof.exchanges, wire.sent);
    assert_int_equal(send(b, SELECT_JPKI), 0x9000); /* the script's own; it keeps the proof */
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    assert_int_equal(send(b, RIGHT_PIN), 0x9000);
}

static void each_permission_that_is_missing_refuses_and_is_named(void **state)
{
    struct bench *b = *state;
    assert_int_equal(send(b, SELECT_JPKI), 0x9000);
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    refused(b, RIGHT_PIN, "it lacks the target's proof");
    prove(b);
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    b->reader->guard.permit.test_targets = false;
    refused(b, RIGHT_PIN, "it lacks `writes: test-target` in the survey");
    permit(b, GUARD_ALLOW_WRITE | GUARD_ALLOW_BLOCK);
    refused(b, RIGHT_PIN, "it lacks `--allow pin`");
    b->reader->guard.permit.test_targets = false;
    refused(b, RIGHT_PIN, "it lacks `--allow pin` and `writes: test-target` in the survey");
    permit(b, GUARD_ALLOW_PIN);
    assert_int_equal(send(b, RIGHT_PIN), 0x9000);
}

static void the_last_tries_need_a_word_of_their_own(void **state)
{
    struct bench *b = *state;
    permit(b, GUARD_ALLOW_PIN);
    prove(b);
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    assert_int_equal(send(b, WRONG_PIN), 0x63C2);
    assert_int_equal(send(b, WRONG_PIN), 0x63C1);
    refused(b, WRONG_PIN, "this PIN has 1 try left, and the last ones need `--allow block`");
    permit(b, GUARD_ALLOW_PIN | GUARD_ALLOW_BLOCK);
    assert_int_equal(send(b, WRONG_PIN), 0x63C0);
    permit(b, GUARD_ALLOW_PIN);
    refused(b, RIGHT_PIN, "0 tries left");
    struct guard_tries now[APPLICATION_PINS_MAX];
    assert_int_equal(driver_count_tries(b->reader, 5000, now, &b->fault, &b->e), 0);
    assert_true(now[0].known && now[0].left == 0 && now[1].left == 5);
}

/* Nothing but what anybody may be asked is sent behind it. */
static void not_proven(struct bench *b, enum said_code why)
{
    if (!said_is(&b->proof.why, why))
        fail_msg("%s instead of %s", said_text(&b->proof.why).text, said_name(why));
    assert_int_equal(send(b, SELECT_JPKI), 0x9000);
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    assert_int_equal(send(b, EMPTY_VERIFY), 0x63C3);
    refused(b, RIGHT_PIN, "proof");
    refused(b, "00A4020C02001B", "test targets only");
}

static void a_real_card_is_not_proven(void **state)
{
    struct bench *b = *state;
    wire.card = WITHOUT_FACTORY_FILE;
    assert_int_equal(prove_at(b, b->ca, IN_2026), 0);
    not_proven(b, SAID_PROOF_STATUS_WORD);
}

static void a_proof_that_is_played_again_proves_nothing(void **state)
{
    struct bench *b = *state;
    prove(b);
    wire.card = REPLAYS;
    assert_int_equal(prove_at(b, b->ca, IN_2026), 0);
    not_proven(b, SAID_PROOF_NOT_SIGNED);
}

static void a_clock_far_off_proves_nothing(void **state)
{
    struct bench *b = *state;
    assert_int_equal(prove_at(b, b->ca, IN_2020), 0);
    not_proven(b, SAID_CERTIFICATE_NOT_YET);
    assert_int_equal(prove_at(b, b->ca, 0), 0);
    not_proven(b, SAID_TEST_CA_NOT_YET);
    assert_int_equal(prove_at(b, b->ca, IN_2130), 0);
    not_proven(b, SAID_TEST_CA_ENDED);
    assert_int_equal(prove_at(b, b->ca, IN_2036), 0);
    assert_true(said_nothing(&b->proof.why));
}

static void a_proof_ends_with_what_it_was_given_for(void **state)
{
    struct bench *b = *state;
    for (unsigned i = 0; i < 5; i++) {
        activate(b);
        prove(b);
        assert_int_equal(send(b, SELECT_JPKI), 0x9000);
        if (i == 0) {
            assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
            activate(b);
        } else if (i == 1) {
            send(b, SELECT_PPSE);
        } else if (i == 2) {
            driver_advance(b->reader, driver_now_ns(b->reader) + 5000000001U);
        } else if (i == 3) {
            wire.card = SILENT;
            assert_int_equal(send(b, SELECT_PIN), ERR_CARD);
            wire.card = AS_IT_IS;
        } else {
            driver_advance(b->reader, driver_now_ns(b->reader) + 4000000000U);
            assert_int_equal(send(b, "00A4020C02001B"), 0x9000); /* not yet */
            continue;
        }
        assert_int_equal(send(b, SELECT_JPKI), 0x9000);
        refused(b, "00A4020C02001B", "test targets only");
    }
}

/* ---- the secure channel ---- */

static int secure(struct bench *b, unsigned level)
{
    b->secure = (struct driver_secure) { .keys = &b->keys, .level = level, .deadline_ms = 5000 };
    return driver_secure(b->reader, &b->secure, &b->fault, &b->e);
}

static void open_channel(struct bench *b)
{
    if (secure(b, 0x33) != 0 || !said_nothing(&b->secure.why))
        fail_msg("no channel: %s %s", said_text(&b->secure.why).text, b->e.text);
}

static void a_channel_protects_what_callers_see_plain(void **state)
{
    struct bench *b = *state;
    assert_int_equal(secure(b, 0x33), ERR_REFUSED); /* before the proof */
    assert_int_equal(wire.sent, 0);
    prove(b);
    open_channel(b);
    assert_true(driver_is_secure(b->reader));
    assert_int_equal(send(b, "0047800008B606840117800102"), 0x9000);
    assert_int_equal(wire.last[0] & 0x04, 0x04);
    assert_int_equal(send(b, "00A4020C0200E1"), 0x9000);
    assert_int_equal(send(b, "00B0000000"), 0x9000);
    assert_memory_equal(b->response, "\x7F\x49\x43\x86\x41\x04", 6);
    char too_long[600] = "00D60000F0";
    memset(too_long + 10, '0', 480);
    assert_int_equal(send(b, "00A4020C02000A"), 0x9000);
    refused(b, too_long, "at most 239 bytes");
    assert_true(driver_is_secure(b->reader));
    assert_int_equal(send(b, SELECT_JPKI), 0x9000); /* ends it */
    assert_int_equal(wire.last[0], 0x00);
    assert_false(driver_is_secure(b->reader));
    assert_int_equal(send(b, "00A4020C0200E1"), 0x9000);
    assert_int_equal(send(b, "0047800008B606840117800102"), 0x6982);
}

static void keys_that_a_target_does_not_have_are_tried_once(void **state)
{
    struct bench *b = *state;
    b->keys.master[0] ^= 1;
    prove(b);
    assert_int_equal(secure(b, 0x33), 0);
    assert_true(said_is(&b->secure.why, SAID_CHANNEL_KEYS_WRONG));
    assert_int_equal(b->secure.exchanges, 1); /* EXTERNAL AUTHENTICATE was not sent */
    activate(b);
    prove(b);
    unsigned sent = wire.sent;
    assert_int_equal(secure(b, 0x33), ERR_REFUSED);
    assert_int_equal(wire.sent, sent);
    assert_non_null(strstr(b->e.text, "no second try"));
}

static void a_terminal_without_keys_is_turned_away(void **state)
{
    struct bench *b = *state;
    permit(b, GUARD_ALLOW_WRITE);
    prove(b);
    b->secure =
        (struct driver_secure) { .keys = &b->keys, .level = 0x33, .stranger = true, .deadline_ms = 5000 };
    assert_int_equal(driver_secure(b->reader, &b->secure, &b->fault, &b->e), ERR_REFUSED);
    permit(b, GUARD_ALLOW_WRITE | GUARD_ALLOW_BLOCK);
    assert_int_equal(driver_secure(b->reader, &b->secure, &b->fault, &b->e), 0);
    assert_true(said_is(&b->secure.why, SAID_CHANNEL_REFUSED));
    assert_int_equal(b->secure.sw, 0x6300);
    assert_false(driver_is_secure(b->reader));
}

static void an_answer_of_somebody_else_closes_the_channel(void **state)
{
    struct bench *b = *state;
    prove(b);
    open_channel(b);
    assert_int_equal(send(b, "00A4020C0200E4"), 0x9000);
    wire.card = CHANGES_ANSWERS;
    assert_int_equal(send(b, "00B0000010"), ERR_CARD);
    wire.card = AS_IT_IS;
    assert_false(driver_is_secure(b->reader));
    refused(b, "00A4020C020018", "no application is selected");
    assert_int_equal(send(b, SELECT_JPKI), 0x9000);
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
}

/* What was to be protected is then not sent in clear. */
static void a_security_error_closes_the_channel(void **state)
{
    struct bench *b = *state;
    prove(b);
    open_channel(b);
    assert_int_equal(send(b, "00A4020C020017"), 0x9000);
    assert_int_equal(send(b, "802A008014111111111111111111111111111111111111111100"), 0x6982); /* no PIN */
    assert_false(driver_is_secure(b->reader));
    refused(b, "00A4020C020018", "nothing more goes to this target in clear");
    assert_int_equal(send(b, SELECT_JPKI), 0x9000);
    assert_int_equal(send(b, "00A4020C020018"), 0x9000);
}

/* ---- what a target bears in a day ---- */

static void state_in(char *home)
{
    assert_non_null(mkdtemp(home));
    setenv("XDG_STATE_HOME", home, 1);
}

static void remove_state(const char *home)
{
    static const char *const names[] = { "/nfc-survey/target-budget", "/nfc-survey/identifier.key",
                                         "/nfc-survey", "" };
    for (size_t i = 0; i < 4; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", home, names[i]);
        remove(path);
    }
}

static void a_target_bears_so_much_in_a_day(void **state)
{
    (void)state;
    char home[] = "/tmp/nfc-survey-budget-XXXXXX";
    uint8_t one[TARGET_DIGEST] = { 1 }, other[TARGET_DIGEST] = { 2 };
    struct target_budget *first = NULL, *second = NULL;
    struct err e = { 0 };
    state_in(home);
    assert_int_equal(target_budget_open(&first, &e), 0);
    for (unsigned i = 0; i < TARGET_BUDGET_TRIES; i++)
        target_budget_spend(first, one, GUARD_COST_TRY, IN_2026);
    target_budget_close(&first);
    assert_int_equal(target_budget_open(&first, &e), 0); /* another run, and one beside it */
    assert_int_equal(target_budget_open(&second, &e), 0);
    assert_int_equal(target_budget_left(second, one, GUARD_COST_TRY, IN_2026), 0);
    assert_int_equal(target_budget_left(second, one, GUARD_COST_WRITE, IN_2026), TARGET_BUDGET_WRITES);
    assert_int_equal(target_budget_left(second, other, GUARD_COST_TRY, IN_2026), TARGET_BUDGET_TRIES);
    assert_int_equal(target_budget_left(first, one, GUARD_COST_TRY, IN_2026 + 86400), TARGET_BUDGET_TRIES);
    target_budget_spend(second, one, GUARD_COST_WRITE, IN_2026 + 86400);
    assert_int_equal(target_budget_left(first, one, GUARD_COST_WRITE, IN_2026 + 86400),
                     TARGET_BUDGET_WRITES - 1);
    target_budget_close(&first);
    target_budget_close(&second);
    char path[80];
    snprintf(path, sizeof path, "%s/nfc-survey/target-budget", home);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(target_budget_open(&first, &e), ERR_ENVIRONMENT);
    unlink(path);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(target_budget_open(&first, &e), ERR_ENVIRONMENT);
    remove_state(home);
}

static void what_is_spent_is_refused_and_a_right_pin_is_free(void **state)
{
    struct bench *b = *state;
    char home[] = "/tmp/nfc-survey-budget-XXXXXX";
    state_in(home);
    assert_int_equal(target_budget_open(&b->reader->budget, &b->e), 0);
    prove(b);
    b->reader->counts = true; /* as of a target that a lab's CA proves */
    assert_int_equal(send(b, SELECT_PIN), 0x9000);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(send(b, WRONG_PIN), 0x63C2);
        assert_int_equal(send(b, RIGHT_PIN), 0x9000);
    }
    int64_t now = clock_wall_s();
    assert_int_equal(target_budget_left(b->reader->budget, b->proof.certificate, GUARD_COST_TRY, now),
                     TARGET_BUDGET_TRIES - 3);
    for (unsigned i = 3; i < TARGET_BUDGET_TRIES; i++)
        target_budget_spend(b->reader->budget, b->proof.certificate, GUARD_COST_TRY, now);
    refused(b, RIGHT_PIN, "all that it is to bear today");
    assert_int_equal(send(b, EMPTY_VERIFY), 0x63C3);
    target_budget_close(&b->reader->budget);
    remove_state(home);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_test_target_proves_itself_and_tells_its_tries),
        TEST(each_permission_that_is_missing_refuses_and_is_named),
        TEST(the_last_tries_need_a_word_of_their_own),
        TEST(a_real_card_is_not_proven),
        TEST(a_proof_that_is_played_again_proves_nothing),
        TEST(a_clock_far_off_proves_nothing),
        TEST(a_proof_ends_with_what_it_was_given_for),
        TEST(a_channel_protects_what_callers_see_plain),
        TEST(keys_that_a_target_does_not_have_are_tried_once),
        TEST(a_terminal_without_keys_is_turned_away),
        TEST(an_answer_of_somebody_else_closes_the_channel),
        TEST(a_security_error_closes_the_channel),
        cmocka_unit_test(a_target_bears_so_much_in_a_day),
        TEST(what_is_spent_is_refused_and_a_right_pin_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
