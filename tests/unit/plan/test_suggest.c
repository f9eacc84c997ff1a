/* The choice of models: its parts by a second count, and what must not matter. */
#include "harness/plan/suggest.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODELS 120

struct sample_list {
    struct models models;
    struct model items[MODELS];
    char ids[MODELS][16];
};

/* Carriers, years and technologies by key; each absent sometimes. */
static void list_draw(struct sample_list *l, uint64_t key, size_t count, double share_rate)
{
    static char *const carriers[] = { "au", "docomo", "SoftBank", "Y!mobile" };
    static char *const years[] = { "2013-05", "2014", "2015-10", "2016", "2017-12", "2018" };
    memset(l, 0, sizeof *l);
    l->models = (struct models) { .path = "a list", .items = l->items, .count = count };
    for (size_t i = 0; i < count; i++) {
        uint64_t k = random_key(key, i);
        snprintf(l->ids[i], sizeof l->ids[i], "m-%03zu", i);
        double u = random_uniform(k, 1);
        l->items[i] = (struct model) {
            .id = l->ids[i],
            .name = l->ids[i],
            .carrier = random_uniform(k, 2) < 0.1 ? NULL
                                                  : carriers[u < 0.5    ? 1
                                                             : u < 0.8  ? 0
                                                             : u < 0.95 ? 2
                                                                        : 3],
            .released = random_uniform(k, 3) < 0.1 ? NULL : years[random_u64(k, 4) % 6],
            .technologies = random_uniform(k, 5) < 0.8 ? NULL : "A/B/F",
            .share = random_uniform(k, 6) < share_rate ? random_uniform(k, 7) / (double)count : NAN,
        };
    }
}

static struct suggestion choose(const struct sample_list *l, size_t n, uint64_t seed)
{
    struct suggestion s;
    struct err e = { 0 };
    assert_int_equal(suggest(&l->models, n, seed, &s, &e), 0);
    assert_int_equal(s.choice_count, n);
    for (size_t i = 1; i < n; i++)
        assert_true(s.choices[i].model > s.choices[i - 1].model); /* none twice, in the order of the list */
    return s;
}

/* Hamilton's method by hand: whole quotas first, then the largest remainders. */
static void without_shares_and_with_few_places_the_parts_are_those_of_largest_remainder(void **state)
{
    (void)state;
    for (uint64_t key = 1; key <= 50; key++) {
        struct sample_list l;
        list_draw(&l, key, 100, 0);
        struct suggestion s = choose(&l, 8, key);
        double lowest_up = 1, highest_down = 0;
        size_t given = 0;
        assert_true(s.stratum_count > 8); /* so that not each can have one */
        for (size_t i = 0; i < s.stratum_count; i++) {
            double quota = 8.0 * s.strata[i].models / 100.0, part = quota - floor(quota);
            assert_true(s.strata[i].chosen == (unsigned)quota || s.strata[i].chosen == (unsigned)quota + 1);
            if (s.strata[i].chosen > (unsigned)quota)
                lowest_up = part < lowest_up ? part : lowest_up;
            else
                highest_down = part > highest_down ? part : highest_down;
            given += s.strata[i].chosen;
        }
        assert_true(lowest_up >= highest_down - 1e-9);
        assert_int_equal(given, 8);
        suggest_free(&s);
    }
}

static void every_stratum_is_present_where_there_are_places_for_all(void **state)
{
    (void)state;
    for (uint64_t key = 1; key <= 50; key++) {
        struct sample_list l;
        list_draw(&l, key, 100, 0);
        struct suggestion s = choose(&l, 60, key);
        assert_true(s.stratum_count <= 60);
        for (size_t i = 0; i < s.stratum_count; i++) {
            assert_true(s.strata[i].chosen >= 1);
            /* In proportion but for the singletons' extra places. */
            assert_true(s.strata[i].chosen <= ceil(60.0 * s.strata[i].models / 100.0) ||
                        s.strata[i].chosen == 1);
        }
        suggest_free(&s);
    }
}

static int compare_down(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void half_of_the_places_go_to_the_largest_shares(void **state)
{
    (void)state;
    for (uint64_t key = 1; key <= 50; key++) {
        struct sample_list l;
        double shares[MODELS], largest = 0, sum = 0, chosen = 0;
        size_t known = 0, by_share = 0;
        list_draw(&l, key, 100, 0.4);
        for (size_t i = 0; i < 100; i++)
            if (!isnan(l.items[i].share))
                sum += shares[known++] = l.items[i].share;
        qsort(shares, known, sizeof *shares, compare_down);
        struct suggestion s = choose(&l, 20, key);
        for (size_t i = 0; i < 10 && i < known; i++)
            largest += shares[i];
        for (size_t i = 0; i < s.choice_count; i++) {
            double share = l.items[s.choices[i].model].share;
            chosen += isnan(share) ? 0 : share;
            by_share += s.choices[i].reason == SUGGEST_BY_SHARE;
            if (s.choices[i].reason == SUGGEST_BY_SHARE)
                largest -= share;
        }
        assert_int_equal(by_share, 10);
        assert_true(fabs(largest) < 1e-12); /* the ten largest and no other */
        assert_int_equal(s.shares_known, known);
        assert_true(fabs(s.share_known - sum) < 1e-12);
        assert_true(fabs(s.share_chosen - chosen) < 1e-12);
        suggest_free(&s);
    }
}

static void the_order_of_the_list_does_not_matter_and_the_seed_does(void **state)
{
    (void)state;
    struct sample_list l, turned;
    list_draw(&l, 3, 90, 0.1);
    turned = l;
    turned.models.items = turned.items;
    for (size_t i = 0; i < 90; i++)
        turned.items[i] = l.items[89 - i];
    struct suggestion a = choose(&l, 24, 7), b = choose(&turned, 24, 7), c = choose(&l, 24, 8);
    size_t alike = 0;
    for (size_t i = 0; i < 24; i++) {
        assert_string_equal(l.items[a.choices[i].model].id, turned.items[b.choices[23 - i].model].id);
        alike += a.choices[i].model == c.choices[i].model;
    }
    assert_true(alike < 24);
    suggest_free(&a);
    suggest_free(&b);
    suggest_free(&c);
}

static void what_is_not_given_is_a_stratum_of_its_own(void **state)
{
    (void)state;
    struct sample_list l;
    list_draw(&l, 5, 3, 0);
    l.items[0].carrier = l.items[0].released = l.items[0].technologies = NULL;
    l.items[1].carrier = l.items[2].carrier = "au";
    l.items[1].released = "2016-12", l.items[2].released = "2017";
    l.items[1].technologies = l.items[2].technologies = "A/B/F";
    struct suggestion s = choose(&l, 2, 1);
    assert_int_equal(s.stratum_count, 2);
    assert_string_equal(s.strata[0].label, "au, 2016-2017, NFC A/B/F");
    assert_string_equal(s.strata[1].label, "carrier unknown, year unknown, technologies unknown");
    assert_int_equal(s.no_carrier, 1);
    assert_int_equal(s.no_year, 1);
    assert_int_equal(s.no_technologies, 1);
    suggest_free(&s);
}

static void all_one_and_too_many(void **state)
{
    (void)state;
    struct sample_list l;
    struct suggestion s;
    struct err e = { 0 };
    list_draw(&l, 9, 37, 0.5);
    s = choose(&l, 37, 1);
    suggest_free(&s);
    s = choose(&l, 1, 1);
    suggest_free(&s);
    assert_int_equal(suggest(&l.models, 38, 1, &s, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "37 models"));
    assert_int_equal(suggest(&l.models, 0, 1, &s, &e), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_shares_and_with_few_places_the_parts_are_those_of_largest_remainder),
        cmocka_unit_test(every_stratum_is_present_where_there_are_places_for_all),
        cmocka_unit_test(half_of_the_places_go_to_the_largest_shares),
        cmocka_unit_test(the_order_of_the_list_does_not_matter_and_the_seed_does),
        cmocka_unit_test(what_is_not_given_is_a_stratum_of_its_own),
        cmocka_unit_test(all_one_and_too_many),
    };
    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
