/*
 * Whose the suspect placements are: against values integrated numerically (bracket_oracle.py), and how often a phone is
 * blamed that is as the others.
 */
#include "harness/verdict/suspicion.h"

#include "harness/stats/change.h"
#include "tests/unit/verdict/suspicion_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define READERS   ATTRIBUTION_READERS
#define HANDSETS  50

static bool is_own(const struct attribution_row *row, bool last)
{
    struct suspicion own[READERS], all[READERS];
    for (unsigned r = 0; r < row->readers; r++) {
        own[r].placements = last ? row->on[r].n : row->on[r].least_n;
        own[r].suspects = last ? row->on[r].s : row->on[r].least_s;
        all[r].placements = own[r].placements + row->on[r].others_n;
        all[r].suspects = own[r].suspects + row->on[r].others_s;
    }
    return suspicion_is_own(own, all, row->readers, row->handsets);
}

static void a_phone_is_blamed_from_the_hang_on_that_the_oracle_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(attribution_rows); i++) {
        const struct attribution_row *row = &attribution_rows[i];
        for (unsigned r = 0; r < row->readers; r++) {
            const struct change_counts c = { row->on[r].n, row->on[r].s, row->on[r].others_n,
                                             row->on[r].others_s };
            if (fabs(change_log_evalue(&c) - row->on[r].log_e) > 1e-6)
                fail_msg("%s: ln e %.9f, %.9f told", row->name, change_log_evalue(&c), row->on[r].log_e);
        }
        if (is_own(row, false))
            fail_msg("%s: one hang too soon", row->name);
        if (!is_own(row, true))
            fail_msg("%s: not by %u hangs", row->name, row->hangs);
    }
}

/* Others as at honest readers: half a percent of 49 handsets with 31 placements each. */
static const struct suspicion honest = { 49 * 31, 8 };

static struct suspicion with(struct suspicion own, struct suspicion others)
{
    return (struct suspicion) { own.placements + others.placements, own.suspects + others.suspects };
}

static void a_phone_that_always_hangs_is_known_on_the_second_reader_within_five_placements(void **state)
{
    (void)state;
    for (uint64_t k = 3; k <= 5; k++) {
        const struct change_counts c = { k, k, honest.placements, honest.suspects };
        assert_true(change_log_evalue(&c) > 8 && (k > 3 || change_log_evalue(&c) < 13));
        const struct suspicion own[2] = { { k, k }, { k, k } },
                               all[2] = { with(own[0], honest), with(own[1], honest) };
        assert_true(suspicion_is_own(own, all, 2, HANDSETS));
    }
}

static void one_reader_alone_never_suffices(void **state)
{
    (void)state;
    for (uint64_t k = 1; k <= 500; k++) {
        static const struct suspicion elsewhere[] = { { 0, 0 }, { 31, 0 }, { 1, 0 }, { 200, 1 } };
        for (size_t i = 0; i < LENGTH(elsewhere); i++) {
            const struct suspicion own[2] = { { k, k }, elsewhere[i] };
            const struct suspicion all[2] = { with(own[0], honest), with(own[1], honest) };
            assert_false(suspicion_is_own(own, all, 2, HANDSETS));
        }
        const struct suspicion own[2] = { { k, k }, { 3, 3 } }; /* nobody else was on the other */
        const struct suspicion all[2] = { with(own[0], honest), own[1] };
        assert_false(suspicion_is_own(own, all, 2, HANDSETS));
    }
}

static void readers_that_hang_with_everybody_blame_nobody(void **state)
{
    (void)state;
    for (uint64_t hangs = 0; hangs <= 31; hangs++) {
        struct suspicion own[READERS], all[READERS];
        for (unsigned r = 0; r < READERS; r++) {
            own[r] = (struct suspicion) { 31, hangs };
            all[r] = (struct suspicion) { 31 * HANDSETS, hangs * HANDSETS };
        }
        assert_false(suspicion_is_own(own, all, READERS, HANDSETS));
    }
}

/* It hung less than the others there: that is strong evidence, but for the phone. */
static void a_phone_with_which_readers_hang_less_is_not_blamed(void **state)
{
    (void)state;
    const struct suspicion own[2] = { { 90, 1 }, { 90, 1 } }, all[2] = { { 1609, 801 }, { 1609, 801 } };
    assert_false(suspicion_is_own(own, all, 2, HANDSETS));
    const struct suspicion strong[2] = { { 20, 20 }, { 90, 1 } },
                           with_strong[2] = { with(strong[0], honest), { 1609, 801 } };
    assert_false(suspicion_is_own(strong, with_strong, 2, HANDSETS));
    const struct suspicion weak[3] = { { 1, 1 }, { 1, 1 }, { 90, 1 } }, /* 3 + 3 of 6.9 */
        with_weak[3] = { with(weak[0], honest), with(weak[1], honest), { 1609, 801 } };
    assert_false(suspicion_is_own(weak, with_weak, 3, HANDSETS));
}

static void more_handsets_ask_for_more(void **state)
{
    (void)state;
    const struct suspicion own[2] = { { 2, 2 }, { 2, 2 } },
                           all[2] = { with(own[0], honest), with(own[1], honest) };
    assert_true(suspicion_is_own(own, all, 2, 50));
    assert_true(suspicion_is_own(own, all, 2, 110000)); /* 2 x 7.306785506 = ln(20 x 110,900) */
    assert_false(suspicion_is_own(own, all, 2, 112000));
}

static double uniform(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

struct world {
    double rate[READERS];
    struct suspicion own[HANDSETS][READERS], all[READERS];
};

/* A handset after the other, in tours over the readers; each tour is looked at, by every handset. */
static unsigned blamed(struct world *w, uint64_t *seed, unsigned tours)
{
    unsigned count = 0;
    for (unsigned h = 0; h < HANDSETS; h++) {
        for (unsigned tour = 0; tour < tours; tour++) {
            for (unsigned r = 0; r < READERS; r++) {
                bool hangs = uniform(seed) < w->rate[r];
                w->own[h][r].placements++;
                w->all[r].placements++;
                w->own[h][r].suspects += hangs;
                w->all[r].suspects += hangs;
            }
            for (unsigned other = 0; other <= h; other++)
                count += suspicion_is_own(w->own[other], w->all, READERS, HANDSETS);
        }
    }
    return count;
}

static void no_phone_of_four_hundred_honest_surveys_is_blamed(void **state)
{
    (void)state;
    uint64_t seed = 20;
    for (unsigned i = 0; i < 400; i++) {
        struct world w;
        memset(&w, 0, sizeof w);
        for (unsigned r = 0; r < READERS; r++)
            w.rate[r] = r == 0 ? 0.10 : i % 2 ? 0.005 : 0.02; /* one reader is to be mended */
        assert_int_equal(blamed(&w, &seed, 16), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_is_blamed_from_the_hang_on_that_the_oracle_says),
        cmocka_unit_test(a_phone_that_always_hangs_is_known_on_the_second_reader_within_five_placements),
        cmocka_unit_test(one_reader_alone_never_suffices),
        cmocka_unit_test(readers_that_hang_with_everybody_blame_nobody),
        cmocka_unit_test(a_phone_with_which_readers_hang_less_is_not_blamed),
        cmocka_unit_test(more_handsets_ask_for_more),
        cmocka_unit_test(no_phone_of_four_hundred_honest_surveys_is_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
