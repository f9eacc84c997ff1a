/*
 * The test of change against numerical integration and scipy's searches (change_oracle.py); its promises by
 * exact sums over every way in which two sequential samples can end, with the stopping tables as
 * docs/decisions.md prints them; and, where sums are too many, by keyed simulation: transactions alike within
 * placements, sessions good or bad as a whole, times alike within placements.
 */
#include "harness/stats/change.h"

#include "harness/base/keyed_random.h"
#include "harness/stats/cluster.h"
#include "harness/stats/stats.h"
#include "tests/unit/stats/change_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define LEVEL     0.05

static void near(double got, double want, double absolute)
{
    if (!(fabs(got - want) <= absolute))
        fail_msg("got %.12g, expected %.12g", got, want);
}

static double log_e(uint64_t n_a, uint64_t d_a, uint64_t n_b, uint64_t d_b)
{
    struct change_counts c = { n_a, d_a, n_b, d_b };
    return change_log_evalue(&c);
}

static void evalues_and_intervals_agree_with_integrals_and_searches(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(oracle_changes); i++) {
        const struct oracle_change *o = &oracle_changes[i];
        struct change_counts c = { o->n_a, o->d_a, o->n_b, o->d_b };
        double low, high;
        near(change_log_evalue(&c), o->log_e, 1e-7);
        change_interval(&c, 0.95, &low, &high);
        near(low, o->low, 1e-6);
        near(high, o->high, 1e-6);
    }
}

/* The design's numbers: a cell that worked and never works now, after the placements that the schemes
 * take. */
static void a_broken_cell_reaches_what_the_likelihoods_allow(void **state)
{
    (void)state;
    /* the greatest quotient that any test could have: (15/18)^-15 (3/18)^-3 and (31/34)^-31 (3/34)^-3 */
    assert_true(exp(log_e(15, 0, 3, 3)) < pow(1.2, 15) * 216.0);
    assert_true(exp(log_e(15, 0, 3, 3)) > 0.2 * pow(1.2, 15) * 216.0);
    assert_true(exp(log_e(31, 0, 3, 3)) > 0.15 * pow(34.0 / 31.0, 31) * pow(34.0 / 3.0, 3));
    assert_true(log_e(15, 0, 15, 0) < 0.0);
    assert_true(log_e(3, 3, 3, 3) < 0.0);
}

static void swapping_the_samples_mirrors_everything(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 300; key++) {
        uint64_t n_a = 1 + random_u64(key, 1) % 60, n_b = 1 + random_u64(key, 2) % 60;
        struct change_counts c = { n_a, random_u64(key, 3) % (n_a + 1), n_b, random_u64(key, 4) % (n_b + 1) };
        struct change_counts mirror = { c.n_b, c.d_b, c.n_a, c.d_a };
        double low, high, other_low, other_high;
        change_interval(&c, 0.95, &low, &high);
        change_interval(&mirror, 0.95, &other_low, &other_high);
        near(change_log_evalue(&mirror), change_log_evalue(&c), 1e-9);
        near(change_score(&mirror), -change_score(&c), 1e-9);
        near(other_low, -high, 1e-9);
        near(other_high, -low, 1e-9);
        /* it excludes no change exactly where the e-value says so */
        assert_int_equal(low > 0.0 || high < 0.0, change_log_evalue(&c) >= log(20.0));
        double difference = (double)c.d_b / (double)n_b - (double)c.d_a / (double)n_a;
        assert_true(low <= difference && difference <= high);
    }
}

static void an_empty_sample_says_nothing(void **state)
{
    (void)state;
    struct change_counts c = { 0, 0, 9, 4 };
    double low, high;
    uint64_t d;
    assert_true(change_log_evalue(&c) == 0.0);
    assert_true(change_score(&c) == 0.0);
    change_interval(&c, 0.95, &low, &high);
    assert_true(low == -1.0 && high == 1.0);
    assert_false(change_visible(&c, log(20.0), true, &d));
}

static void the_least_visible_change_is_the_least(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 200; key++) {
        uint64_t n_a = 1 + random_u64(key, 1) % 60, n_b = 1 + random_u64(key, 2) % 60, d = 0;
        struct change_counts c = { n_a, random_u64(key, 3) % (n_a + 1), n_b, 0 };
        uint64_t first = n_b + 1; /* found by looking at all of them, from the other end */
        for (uint64_t tried = n_b + 1; tried-- > 0;)
            if (tried * n_a > c.d_a * n_b && log_e(n_a, c.d_a, n_b, tried) >= log(20.0))
                first = tried;
        assert_int_equal(change_visible(&c, log(20.0), true, &d), first <= n_b);
        if (first <= n_b)
            assert_int_equal(d, first);
    }
}

/* --- exact sums over the ends of two sequential samples --- */

struct table { /* of a scheme, as printed: from n placements with so many dirty */
    unsigned n_max, accepts[3][2], rejects[8][2];
};
static const struct table screen = { 45,
                                     { { 15, 0 }, { 30, 1 }, { 42, 2 } },
                                     { { 3, 3 }, { 9, 4 }, { 20, 5 }, { 32, 6 } } };
static const struct table standard = {
    90,
    { { 31, 0 }, { 63, 1 }, { 88, 2 } },
    { { 3, 3 }, { 9, 4 }, { 20, 5 }, { 32, 6 }, { 47, 7 }, { 63, 8 }, { 81, 9 } }
};

/* The greatest number of dirty ones that is not yet rejected decides: the last entry whose n is reached. */
static bool ends(const struct table *t, unsigned n, unsigned d)
{
    unsigned least = 0;
    for (size_t i = 0; i < LENGTH(t->accepts); i++)
        if (d <= t->accepts[i][1] && n >= t->accepts[i][0])
            return true;
    for (size_t i = 0; i < LENGTH(t->rejects); i++)
        if (t->rejects[i][1] && n >= t->rejects[i][0])
            least = t->rejects[i][1];
    return (least && d >= least) || n == t->n_max;
}

struct end {
    unsigned n, d;
    double chance;
};
#define ENDS_MAX 4000

static size_t ends_of(const struct table *t, double q, struct end *out)
{
    static double going[100];
    size_t count = 0;
    memset(going, 0, sizeof going);
    going[0] = 1.0;
    for (unsigned n = 1; n <= t->n_max; n++) {
        for (unsigned d = n; d > 0; d--)
            going[d] = going[d] * (1.0 - q) + going[d - 1] * q;
        going[0] *= 1.0 - q;
        for (unsigned d = 0; d <= n; d++)
            if (going[d] > 0.0 && ends(t, n, d)) {
                out[count++] = (struct end) { n, d, going[d] };
                going[d] = 0.0;
            }
    }
    return count;
}

static struct end ends_a[ENDS_MAX], ends_b[ENDS_MAX];

/* Every end of a with every end of b. plans: b runs by `other` where a was all clean, by `t` otherwise. */
static void expect(const struct table *t, const struct table *other, double q, double *mean, double *alarms)
{
    size_t count_a = ends_of(t, q, ends_a);
    *mean = *alarms = 0.0;
    for (size_t i = 0; i < count_a; i++) {
        size_t count_b = ends_of(ends_a[i].d == 0 ? other : t, q, ends_b);
        for (size_t j = 0; j < count_b; j++) {
            double chance = ends_a[i].chance * ends_b[j].chance;
            double e = exp(log_e(ends_a[i].n, ends_a[i].d, ends_b[j].n, ends_b[j].d));
            *mean += chance * e;
            *alarms += e >= 1.0 / LEVEL ? chance : 0.0;
        }
    }
}

static const double shares[] = { 0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 0.9 };

static void without_a_change_the_expected_evalue_is_at_most_1_wherever_the_schemes_stop(void **state)
{
    (void)state;
    const struct table *tables[][2] = {
        { &screen, &screen }, { &standard, &standard }, { &screen, &standard }, { &standard, &screen }
    };
    for (size_t t = 0; t < LENGTH(tables); t++)
        for (size_t i = 0; i < LENGTH(shares); i++) {
            double mean, alarms;
            expect(tables[t][0], tables[t][1], shares[i], &mean, &alarms);
            if (!(mean <= 1.0 + 1e-9) || !(alarms <= LEVEL))
                fail_msg("q %g: expected e-value %.6f, %.6f alarms", shares[i], mean, alarms);
        }
}

static void the_interval_holds_the_difference_wherever_the_schemes_stop(void **state)
{
    (void)state;
    for (size_t x = 0; x < LENGTH(shares); x++)
        for (size_t y = 0; y < LENGTH(shares); y += 2) {
            size_t count_a = ends_of(&screen, shares[x], ends_a),
                   count_b = ends_of(&screen, shares[y], ends_b);
            double missed = 0.0, difference = shares[y] - shares[x];
            for (size_t i = 0; i < count_a; i++)
                for (size_t j = 0; j < count_b; j++) {
                    struct change_counts c = { ends_a[i].n, ends_a[i].d, ends_b[j].n, ends_b[j].d };
                    double low, high, chance = ends_a[i].chance * ends_b[j].chance;
                    if (chance < 1e-9) { /* too many to look at; counted as missed */
                        missed += chance;
                        continue;
                    }
                    change_interval(&c, 1.0 - LEVEL, &low, &high);
                    missed += difference < low || difference > high ? chance : 0.0;
                }
            if (missed > LEVEL)
                fail_msg("q %g and %g: missed %.4f", shares[x], shares[y], missed);
        }
}

/* --- simulations, keyed --- */

/* A placement's chance of failing transactions varies from one to the next: Beta by its two ends only, so
 * that transactions of a placement are as alike as can be, or not at all. */
static bool dirty(uint64_t key, double p, double alike)
{
    double own = random_uniform(key, 1) < alike ? (random_uniform(key, 2) < p ? 1.0 : 0.0) : p;
    for (uint64_t k = 0; k < 10; k++)
        if (random_uniform(key, 10 + k) < own)
            return true;
    return false;
}

static struct change_counts both(const struct table *t, uint64_t key,
                                 bool (*draw)(uint64_t, unsigned, void *), void *context)
{
    unsigned n[2] = { 0, 0 }, d[2] = { 0, 0 };
    for (uint64_t run = 0; run < 2; run++)
        do {
            d[run] += draw(random_key(random_key(key, run), n[run]), n[run], context);
            n[run]++;
        } while (!ends(t, n[run], d[run]));
    return (struct change_counts) { n[0], d[0], n[1], d[1] };
}

struct alike {
    double p, icc;
};

static bool draw_alike(uint64_t key, unsigned n, void *context)
{
    const struct alike *a = context;
    (void)n;
    return dirty(key, a->p, a->icc);
}

static void transactions_alike_within_placements_raise_no_alarm(void **state)
{
    (void)state;
    enum { RUNS = 3000 };
    struct alike worlds[] = { { 0.002, 0.0 }, { 0.01, 0.2 }, { 0.02, 0.5 }, { 0.1, 1.0 } };
    for (size_t w = 0; w < LENGTH(worlds); w++) {
        unsigned alarms = 0;
        for (uint64_t run = 0; run < RUNS; run++) {
            struct change_counts c = both(&screen, random_key(run, w), draw_alike, &worlds[w]);
            alarms += change_log_evalue(&c) >= log(1.0 / LEVEL);
        }
        assert_true(alarms <= RUNS * LEVEL);
    }
}

/* As a session is, good or bad as a whole, it is drawn anew for each run of each block: nothing changed. */
struct sessions {
    uint64_t key;
    double bad[2]; /* P(dirty) in the run's two sessions */
};

static bool draw_session(uint64_t key, unsigned n, void *context)
{
    const struct sessions *s = context;
    return random_uniform(key, 1) < s->bad[n >= 8];
}

static struct change_counts block(uint64_t key, double shift)
{
    struct change_counts c = { 0 };
    for (uint64_t run = 0; run < 2; run++) {
        uint64_t own = random_key(key, 100 + run);
        struct sessions s = { own, { 0, 0 } };
        for (unsigned i = 0; i < 2; i++)
            s.bad[i] = random_uniform(own, i) < 0.3 + (run ? shift : 0.0) ? 0.9 : 0.01;
        unsigned n = 0, d = 0;
        do {
            d += draw_session(random_key(own, n), n, &s);
            n++;
        } while (!ends(&screen, n, d));
        *(run ? &c.n_b : &c.n_a) = n;
        *(run ? &c.d_b : &c.d_a) = d;
    }
    return c;
}

enum { BLOCKS = 18 };
static double signs_of(uint64_t key, double shift, int *way, double *product)
{
    double scores[BLOCKS];
    *product = 0.0;
    for (uint64_t i = 0; i < BLOCKS; i++) {
        struct change_counts c = block(random_key(key, i), shift);
        scores[i] = change_score(&c);
        *product += fmax(0.0, change_log_evalue(&c));
    }
    return change_signs(scores, BLOCKS, way);
}

static void sessions_good_or_bad_as_a_whole_are_no_change_of_a_unit(void **state)
{
    (void)state;
    enum { RUNS = 2000 };
    unsigned alarms = 0, found = 0, fooled = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        int way = 0;
        double product;
        alarms += signs_of(random_key(run, 1), 0.0, &way, &product) >= log(1.0 / LEVEL);
        fooled += product >= log(1.0 / LEVEL);
        found += signs_of(random_key(run, 2), 0.69, &way, &product) >= log(1.0 / LEVEL) && way == 1;
    }
    assert_true(alarms <= RUNS * LEVEL);
    assert_true(found >= RUNS / 2);
    assert_true(fooled >= RUNS / 2); /* taking the sessions' placements for independent would have alarmed */
}

/* Over all signs that a fair coin could give the scores, the mean is 1: every one of the 4096 is looked
 * at. */
static void the_mean_over_all_signs_is_exactly_1(void **state)
{
    (void)state;
    enum { N = 12 };
    double sum = 0.0, ways = 0.0;
    for (unsigned signs = 0; signs < 1u << N; signs++) {
        double scores[N];
        int way = 0;
        for (unsigned i = 0; i < N; i++)
            scores[i] = (signs >> i & 1 ? 1.0 : -1.0) * random_uniform(5, i);
        sum += exp(change_signs(scores, N, &way));
        ways += way;
    }
    near(sum / (1u << N), 1.0, 1e-9);
    near(ways, 0.0, 0.5);
}

static void signs_that_agree_count_and_one_alone_shows_nothing(void **state)
{
    (void)state;
    double scores[18];
    int way = 0;
    for (size_t i = 0; i < 18; i++)
        scores[i] = -1.0;
    near(exp(change_signs(scores, 18,
                          &way)), /* by hand: half of the weighted stakes, 2^18, 1.9^18 ... and 0.6^18 */
         0.5 * (0.4 * 262144.0 + 0.25 * pow(1.9, 18) + 0.2 * pow(1.7, 18) + 0.15 * pow(1.4, 18) +
                0.25 * pow(0.1, 18) + 0.2 * pow(0.3, 18) + 0.15 * pow(0.6, 18)),
         1e-6);
    assert_int_equal(way, -1);
    scores[0] = 1.0;
    assert_true(change_signs(scores, 1, &way) <= log(2.0));
    near(change_signs(scores, 0, &way), 0.0, 1e-12);
    assert_int_equal(way, 0);
}

static void rank_sums_agree_with_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(oracle_ranks); i++) {
        const struct oracle_ranks *o = &oracle_ranks[i];
        double p, mirrored;
        assert_true(change_rank_sum(o->a, o->n_a, o->b, o->n_b, &p));
        assert_true(change_rank_sum(o->b, o->n_b, o->a, o->n_a, &mirrored));
        if (!(fabs(p - o->p) <= 1e-9 * o->p + 1e-14))
            fail_msg("%zu: %.12g, scipy has %.12g", i, p, o->p);
        near(mirrored, p, 1e-12);
    }
    double p;
    uint64_t same[] = { 7, 7, 7 };
    assert_true(change_rank_sum(same, 3, same, 3, &p) && isnan(p));
    assert_true(change_rank_sum(same, 0, same, 3, &p) && isnan(p));
}

/* m placements of k times, ln normal: what a placement shares against what it does not. */
static void draw_times(uint64_t key, size_t m, size_t k, double shared, double shift, uint64_t *values,
                       uint64_t *medians)
{
    for (size_t i = 0; i < m; i++) {
        uint64_t own[16];
        for (size_t j = 0; j < k; j++) {
            double x =
                shared * random_normal(random_key(key, i), 1000) + random_normal(random_key(key, i), j);
            own[j] = values[i * k + j] = (uint64_t)llround(1e6 * exp(0.1 * x + shift));
        }
        stats_sort_u64(own, k);
        medians[i] = stats_quantile_u64(own, k, 0.5);
    }
}

static struct change_estimate estimate(const uint64_t *values, size_t m, uint32_t k)
{
    static uint64_t sorted[1024];
    static uint32_t sizes[1024];
    struct cluster_sample s = { values, sizes, m, m * k };
    struct cluster_quantile q;
    for (size_t i = 0; i < m; i++)
        sizes[i] = k;
    memcpy(sorted, values, m * k * sizeof *values);
    stats_sort_u64(sorted, m * k);
    cluster_quantile(&s, sorted, 0.5, 0.95, &q);
    assert_true(q.has_interval);
    return (struct change_estimate) { (double)q.value, (double)q.low, (double)q.high };
}

static void the_ratio_of_medians_is_covered_whatever_placements_share(void **state)
{
    (void)state;
    enum { RUNS = 1500, K = 10 };
    static uint64_t a[31 * K], b[31 * K], medians_a[31], medians_b[31];
    const double shared[] = { 0.0, 0.5, 1.0 };
    const size_t sizes[][2] = { { 31, 31 }, { 15, 31 } };
    for (size_t s = 0; s < LENGTH(shared); s++)
        for (size_t n = 0; n < LENGTH(sizes); n++) {
            unsigned covered = 0, naive = 0, alarms = 0;
            for (uint64_t run = 0; run < RUNS; run++) {
                struct change_estimate r;
                double p;
                size_t m_a = sizes[n][0], m_b = sizes[n][1];
                draw_times(random_key(run, 1), m_a, K, shared[s], 0.0, a, medians_a);
                draw_times(random_key(run, 2), m_b, K, shared[s], log(1.25), b, medians_b);
                struct change_estimate x = estimate(a, m_a, K), y = estimate(b, m_b, K);
                change_ratio(&x, &y, &r);
                covered += r.low <= 1.25 && 1.25 <= r.high;
                x = estimate(a, m_a * K, 1); /* as if every transaction were a placement */
                y = estimate(b, m_b * K, 1);
                change_ratio(&x, &y, &r);
                naive += r.low <= 1.25 && 1.25 <= r.high;
                draw_times(random_key(run, 3), m_b, K, shared[s], 0.0, b, medians_b);
                assert_true(change_rank_sum(medians_a, m_a, medians_b, m_b, &p));
                alarms += p <= LEVEL;
            }
            /* four standard errors of 1500 runs are 2.3 points */
            assert_in_range(covered, (unsigned)(0.93 * RUNS), (unsigned)(0.995 * RUNS));
            assert_true(alarms <= (LEVEL + 0.023) * RUNS);
            if (shared[s] == 1.0)
                assert_true(naive < 0.80 * RUNS);
        }
}

static void a_ratio_turns_over_when_the_samples_are_swapped(void **state)
{
    (void)state;
    struct change_estimate x = { 100, 90, 115 }, y = { 150, 140, 160 }, r, back;
    change_ratio(&x, &y, &r);
    change_ratio(&y, &x, &back);
    near(r.value, 1.5, 1e-12);
    near(back.low, 1.0 / r.high, 1e-12);
    near(back.high, 1.0 / r.low, 1e-12);
    /* by hand: ln 1.5 - sqrt(ln(150/140)^2 + ln(115/100)^2) */
    near(log(r.low), log(1.5) - sqrt(pow(log(150.0 / 140.0), 2) + pow(log(1.15), 2)), 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evalues_and_intervals_agree_with_integrals_and_searches),
        cmocka_unit_test(a_broken_cell_reaches_what_the_likelihoods_allow),
        cmocka_unit_test(swapping_the_samples_mirrors_everything),
        cmocka_unit_test(an_empty_sample_says_nothing),
        cmocka_unit_test(the_least_visible_change_is_the_least),
        cmocka_unit_test(without_a_change_the_expected_evalue_is_at_most_1_wherever_the_schemes_stop),
        cmocka_unit_test(the_interval_holds_the_difference_wherever_the_schemes_stop),
        cmocka_unit_test(transactions_alike_within_placements_raise_no_alarm),
        cmocka_unit_test(sessions_good_or_bad_as_a_whole_are_no_change_of_a_unit),
        cmocka_unit_test(the_mean_over_all_signs_is_exactly_1),
        cmocka_unit_test(signs_that_agree_count_and_one_alone_shows_nothing),
        cmocka_unit_test(rank_sums_agree_with_scipy),
        cmocka_unit_test(the_ratio_of_medians_is_covered_whatever_placements_share),
        cmocka_unit_test(a_ratio_turns_over_when_the_samples_are_swapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
