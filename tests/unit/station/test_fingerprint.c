/* Fingerprints of handsets: what is a difference, what is none, whose it looks like, and whose a token label is. */
#include "harness/station/fingerprint.h"

#include "harness/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PAIR_A, PAIR_B, PAIR_C, PAIR_A_TWO, PAIRS };

/* HS-A and HS-C have sims of their own, HS-B that of HS-A; HS-A is tried with a second one, too. */
static struct survey_pair pairs[PAIRS] = { { .unit = (char *)"HS-A", .sim = 0 },
                                           { .unit = (char *)"HS-B", .sim = 0 },
                                           { .unit = (char *)"HS-C", .sim = 1 },
                                           { .unit = (char *)"HS-A", .sim = 2 } };
static struct sim_card sims[] = { { .id = (char *)"sim-0", .token_label = "ONE" },
                                  { .id = (char *)"sim-1", .token_label = "TWO" },
                                  { .id = (char *)"sim-2", .token_label = "THREE" },
                                  { .id = (char *)"sim-3", .token_label = "" } };
static const struct survey survey = { .pairs = pairs, .pair_count = PAIRS, .sims = sims, .sim_count = 4 };
static struct fingerprints known;

static int nothing_is_known(void **state)
{
    (void)state;
    fingerprints_free(&known);
    return 0;
}

static struct fingerprint activation(enum technology technology, const char *atr, unsigned uid_bytes)
{
    struct fingerprint f = { 0 };
    struct said hex = said_words(atr), uid = SAY(SAID_UID_FIXED, said_number(uid_bytes).text);
    struct said none = said_absent(said_alone(SAID_TARGET_NOT_ASKED));
    fingerprint_of_activation(
        &f, &(struct fingerprint_shown) {
                .technology = technology, .atr = &hex, .uid = uid_bytes ? &uid : NULL, .ats = &none });
    return f;
}

static struct fingerprint_place at(unsigned pair, unsigned reader, enum power_mode mode)
{
    return (struct fingerprint_place) { pair, reader, mode };
}

static void learn(struct fingerprint_place place, struct fingerprint f)
{
    assert_true(fingerprints_learn(&known, &place, &f));
}

/* said is NULL where nothing differs. */
static void assert_differs(struct fingerprint_place place, struct fingerprint f, const char *said)
{
    struct said what;
    bool differs = fingerprints_differ(&known, &survey, &place, &f, &what);
    assert_int_equal(differs, said != NULL);
    if (said)
        assert_string_equal(said_text(&what).text, said);
}

/* One that was laid elsewhere without being asked, or showed nothing, is like nothing. */
static void what_shows_no_such_part_is_not_alike(void **state)
{
    (void)state;
    struct fingerprint asked = activation(TECHNOLOGY_B, "3b00", 4), other = asked, none = { 0 };
    struct said what;
    const struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    text_fit(asked.part[FINGERPRINT_CPLC], sizeof asked.part[FINGERPRINT_CPLC], "k1:one");
    text_fit(other.part[FINGERPRINT_CPLC], sizeof other.part[FINGERPRINT_CPLC], "k1:another");
    learn(here, asked);
    learn(at(PAIR_A, 1, POWER_ON_UNLOCKED), activation(TECHNOLOGY_B, "3b00", 4));
    learn(here, none);
    assert_true(fingerprints_differ(&known, &survey, &here, &other, &what));
    other = activation(TECHNOLOGY_A, "3b01", 4);
    assert_true(fingerprints_differ(&known, &survey, &here, &other, &what));
}

static void what_is_new_or_the_same_is_no_difference(void **state)
{
    (void)state;
    struct fingerprint f = activation(TECHNOLOGY_B, "3b00", 4);
    assert_differs(at(PAIR_A, 0, POWER_ON_UNLOCKED), f, NULL);
    learn(at(PAIR_A, 0, POWER_ON_UNLOCKED), f);
    assert_differs(at(PAIR_A, 0, POWER_ON_UNLOCKED), f, NULL);
    learn(at(PAIR_A, 0, POWER_ON_UNLOCKED), f);
    assert_int_equal(known.count, 1);
}

static void each_part_that_differs_is_told(void **state)
{
    (void)state;
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    struct fingerprint was = activation(TECHNOLOGY_B, "3b00", 4);
    fingerprint_of_applications(&was, "ONE", 0x9000, "k:1");
    learn(here, was);
    struct fingerprint f = activation(TECHNOLOGY_A, "3b00", 4);
    assert_differs(here, f, "type B became type A");
    assert_differs(here, activation(TECHNOLOGY_B, "3b01", 4), "ATR 3b00 became 3b01");
    assert_differs(here, activation(TECHNOLOGY_B, "3b00", 7), "a UID of 4 bytes became one of 7");
    f = activation(TECHNOLOGY_B, "3b00", 4);
    fingerprint_of_applications(&f, "ONE", 0x6A82, "k:1");
    assert_differs(here, f, "HCE 9000 became 6A82");
    fingerprint_of_applications(&f, "ONE", 0x9000, "k:2");
    assert_differs(here, f, "CPLC k:1 became k:2");
}

static void a_part_that_could_not_be_read_is_no_difference(void **state)
{
    (void)state;
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    struct fingerprint was = activation(TECHNOLOGY_B, "3b00", 4);
    learn(here, was);
    assert_differs(here, activation(TECHNOLOGY_NONE, "", 0), NULL);
    struct fingerprint more = was;
    fingerprint_of_applications(&more, "ONE", 0x9000, "k:1");
    assert_differs(here, more, NULL);
}

/* Readers choose technologies, and phones answer otherwise with the screen off; a chip is the same on all readers. */
static void readers_and_power_modes_are_kept_apart(void **state)
{
    (void)state;
    struct fingerprint was = activation(TECHNOLOGY_B, "3b00", 4), other = activation(TECHNOLOGY_A, "3b01", 7);
    fingerprint_of_applications(&was, "ONE", 0, "k:1");
    learn(at(PAIR_A, 0, POWER_ON_UNLOCKED), was);
    assert_differs(at(PAIR_A, 1, POWER_ON_UNLOCKED), other, NULL);
    assert_differs(at(PAIR_A, 0, POWER_SCREEN_OFF), other, NULL);
    fingerprint_of_applications(&other, "ONE", 0, "k:2");
    assert_differs(at(PAIR_A, 1, POWER_ON_UNLOCKED), other, "CPLC k:1 became k:2");
    assert_differs(at(PAIR_A, 1, POWER_SCREEN_OFF), other, NULL);
}

static void values_of_two_keys_are_not_compared(void **state)
{
    (void)state;
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    struct fingerprint f = { 0 };
    fingerprint_of_applications(&f, "ONE", 0, "old:1");
    learn(here, f);
    fingerprint_of_applications(&f, "ONE", 0, "new:2");
    assert_differs(here, f, NULL);
    learn(here, f);
    fingerprint_of_applications(&f, "ONE", 0, "new:3");
    assert_differs(here, f, NULL);
}

static void what_was_confirmed_beside_the_first_is_right_too(void **state)
{
    (void)state;
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    learn(here, activation(TECHNOLOGY_B, "3b00", 4));
    learn(here, activation(TECHNOLOGY_A, "3b01", 7));
    assert_differs(here, activation(TECHNOLOGY_B, "3b00", 4), NULL);
    assert_differs(here, activation(TECHNOLOGY_A, "3b01", 7), NULL);
    assert_differs(here, activation(TECHNOLOGY_B, "3b01", 7), "type A became type B");
}

static void another_handset_is_named_where_it_is_the_only_one(void **state)
{
    (void)state;
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    struct fingerprint c = activation(TECHNOLOGY_A, "3b01", 7);
    learn(here, activation(TECHNOLOGY_B, "3b00", 4));
    learn(at(PAIR_C, 0, POWER_ON_UNLOCKED), c);
    assert_differs(here, c, "this looks like HS-C");
    learn(at(PAIR_B, 0, POWER_ON_UNLOCKED), c);
    assert_differs(here, c, "type B became type A");
}

static void a_chip_names_its_handset_at_the_first_placement(void **state)
{
    (void)state;
    struct fingerprint c = activation(TECHNOLOGY_A, "3b01", 7);
    fingerprint_of_applications(&c, "TWO", 0, "k:c");
    learn(at(PAIR_C, 0, POWER_ON_UNLOCKED), c);
    struct fingerprint f = { 0 };
    fingerprint_of_applications(&f, "", 0, "k:c");
    assert_differs(at(PAIR_A, 3, POWER_ON_UNLOCKED), f, "this looks like HS-C");
    /* A sim brings its chip along. */
    struct fingerprint a = activation(TECHNOLOGY_B, "3b00", 4);
    fingerprint_of_applications(&a, "ONE", 0, "k:a");
    learn(at(PAIR_A, 0, POWER_ON_UNLOCKED), a);
    fingerprint_of_applications(&f, "ONE", 0, "k:a");
    assert_differs(at(PAIR_B, 3, POWER_ON_UNLOCKED), f, NULL);
}

static struct fingerprint of_type(enum technology technology, const char *identifiers)
{
    struct fingerprint f = { 0 };
    struct said atr = said_words("3b00");
    fingerprint_of_activation(&f, &(struct fingerprint_shown) {
                                      .technology = technology, .atr = &atr, .identifiers = identifiers });
    return f;
}
#define VALUE(key, last) key ":044b6a81b3b300f2713957efccd631f" last

/* Two of a kind, which only their identifiers tell apart. */
static void identifiers_tell_two_of_a_kind_apart_by_their_values(void **state)
{
    struct fingerprint_place here = at(PAIR_A, 0, POWER_ON_UNLOCKED);
    (void)state;
    learn(here, of_type(TECHNOLOGY_A, "uid=" VALUE("f67fd997", "3")));
    assert_differs(here, of_type(TECHNOLOGY_A, "uid=" VALUE("f67fd997", "3")), NULL);
    assert_differs(here, of_type(TECHNOLOGY_A, "uid=" VALUE("f67fd997", "4")),
                   "UID (HMAC) " VALUE("f67fd997", "3") " became " VALUE("f67fd997", "4"));
    assert_differs(here, of_type(TECHNOLOGY_A, "uid=" VALUE("0badcafe", "4")), NULL); /* another key */
    assert_differs(here, of_type(TECHNOLOGY_A, NULL), NULL);
    fingerprints_free(&known);
    learn(here, of_type(TECHNOLOGY_B, "uid=" VALUE("f67fd997", "3"))); /* a PUPI is drawn anew */
    assert_differs(here, of_type(TECHNOLOGY_B, "uid=" VALUE("f67fd997", "4")), NULL);
    learn(here, of_type(TECHNOLOGY_B, "historical=" VALUE("f67fd997", "3")));
    assert_differs(here, of_type(TECHNOLOGY_B, "historical=" VALUE("f67fd997", "3")), NULL);
}

static void assert_owner(unsigned pair, const char *label, enum label_owner owner, const char *said)
{
    struct said what = said_words(NULL);
    assert_int_equal(label_owner(&survey, pair, label, &what), owner);
    assert_string_equal(said_text(&what).text, said);
}

static void a_label_tells_whose_it_is(void **state)
{
    (void)state;
    assert_owner(PAIR_A, "ONE", LABEL_OWN, "");
    assert_owner(PAIR_A, "ONE MORE", LABEL_OWN, "");
    assert_owner(PAIR_A, "", LABEL_OWN, "");
    assert_owner(PAIR_A, "JPKIAPICCTOKEN2", LABEL_OUTSIDE,
                 "token label 'JPKIAPICCTOKEN2': a card that is no phone answers");
    assert_owner(PAIR_A, "TWO", LABEL_OTHER, "this looks like HS-C");
    assert_owner(PAIR_C, "ONE", LABEL_OTHER, "token label 'ONE' is that of sim-0");
    /* HS-A may have its other sim in it as well. */
    assert_owner(PAIR_A, "THREE", LABEL_STRANGE, "token label 'THREE' came in place of 'ONE'");
    assert_owner(PAIR_C, "SOME", LABEL_STRANGE, "token label 'SOME' came in place of 'TWO'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_new_or_the_same_is_no_difference, nothing_is_known),
        cmocka_unit_test_teardown(each_part_that_differs_is_told, nothing_is_known),
        cmocka_unit_test_teardown(a_part_that_could_not_be_read_is_no_difference, nothing_is_known),
        cmocka_unit_test_teardown(readers_and_power_modes_are_kept_apart, nothing_is_known),
        cmocka_unit_test_teardown(values_of_two_keys_are_not_compared, nothing_is_known),
        cmocka_unit_test_teardown(what_was_confirmed_beside_the_first_is_right_too, nothing_is_known),
        cmocka_unit_test_teardown(another_handset_is_named_where_it_is_the_only_one, nothing_is_known),
        cmocka_unit_test_teardown(a_chip_names_its_handset_at_the_first_placement, nothing_is_known),
        cmocka_unit_test_teardown(what_shows_no_such_part_is_not_alike, nothing_is_known),
        cmocka_unit_test_teardown(identifiers_tell_two_of_a_kind_apart_by_their_values, nothing_is_known),
        cmocka_unit_test(a_label_tells_whose_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
