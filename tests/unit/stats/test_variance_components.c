/*
 * Variance components against dense projections and a published gauge study (variance_oracle.py), against closed forms
 * of balanced data, and a made world whose components are known.
 */
#include "harness/base/keyed_random.h"
#include "harness/stats/variance_components.h"
#include "tests/unit/stats/variance_oracle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ROWS_MAX     4096

static bool near(double got, double want, double within)
{
    return fabs(got - want) <= within * (1.0 + fabs(want));
}

static void add_cluster(struct variance_row *row, double n, double sum, double squares)
{
    row->n += n;
    row->sum += sum;
    row->squares += squares;
    row->clusters += 1.0;
    row->cluster_squares += n * n;
    row->cluster_sums += sum * sum / n;
}

/* Rows of the oracle's values, with the factors of `mask` and clusters, or each value for itself. */
static size_t oracle_rows(unsigned mask, bool clustered, struct variance_row *rows)
{
    size_t count = 0;
    for (size_t i = 0, end; i < COUNT(oracle_values); i = end) {
        const unsigned *of = oracle_values[i].of;
        struct variance_row row = { .stratum = of[0] };
        double sum = 0.0, squares = 0.0;
        for (unsigned f = 0; f < VARIANCE_FACTORS; f++)
            row.level[f] = mask >> f & 1 ? of[f + 1] : 0;
        for (end = i;
             end < COUNT(oracle_values) &&
             memcmp(oracle_values[end].of, of, sizeof oracle_values[end].of) == 0 && (clustered || end == i);
             end++) {
            sum += oracle_values[end].value;
            squares += oracle_values[end].value * oracle_values[end].value;
        }
        if (count == 0 || rows[count - 1].stratum != row.stratum ||
            memcmp(rows[count - 1].level, row.level, sizeof row.level) != 0)
            rows[count++] = row;
        add_cluster(&rows[count - 1], (double)(end - i), sum, squares);
    }
    return count;
}

static void hold(const struct variance_components *got, const unsigned *components, size_t count,
                 const double *want, double within)
{
    for (size_t i = 0; i < count; i++)
        if (!near(got->estimate[components[i]], want[i], within))
            fail_msg("component %u is %.9g, not %.9g", components[i], got->estimate[components[i]], want[i]);
}

static void unbalanced_data_agree_with_dense_projections(void **state)
{
    (void)state;
    static struct variance_row rows[ROWS_MAX];
    struct variance_components got;
    bool failed = false;
    assert_true(variance_components(rows, oracle_rows(7, true, rows), &got, &failed));
    hold(&got, (unsigned[]) { 1, 2, 3, 4, 5, 6, 7, VARIANCE_CLUSTER, VARIANCE_REPEAT }, 9, oracle_everything,
         1e-8);
    assert_true(variance_components(rows, oracle_rows(3, true, rows), &got, &failed));
    hold(&got, (unsigned[]) { 1, 2, 3, VARIANCE_CLUSTER, VARIANCE_REPEAT }, 5, oracle_two_factors, 1e-8);
    assert_true(isnan(got.estimate[4]) && isnan(got.estimate[7]));
    assert_true(variance_components(rows, oracle_rows(3, false, rows), &got, &failed));
    hold(&got, (unsigned[]) { 1, 2, 3, VARIANCE_REPEAT }, 4, oracle_single_values, 1e-8);
    assert_true(isnan(got.estimate[VARIANCE_CLUSTER]));
    assert_false(failed);
}

static void a_published_gauge_study_has_its_components(void **state)
{
    (void)state;
    static struct variance_row rows[60];
    struct variance_components got;
    bool failed = false;
    for (unsigned i = 0; i < 120; i++) {
        double value = gauge_values[i / 6][i % 6];
        rows[i / 2].level[0] = i % 6 / 2;
        rows[i / 2].level[1] = i / 6;
        add_cluster(&rows[i / 2], 1.0, value, value * value);
    }
    assert_true(variance_components(rows, 60, &got, &failed));
    hold(&got, (unsigned[]) { 1, 2, 3, VARIANCE_REPEAT }, 4, gauge_published, 6e-5);
    assert_int_equal(got.levels[1], 3);
    assert_int_equal(got.levels[2], 20);
    assert_int_equal(got.levels[VARIANCE_REPEAT], 120);
}

static void what_cannot_be_told_apart_is_not_estimated(void **state)
{
    (void)state;
    static struct variance_row rows[ROWS_MAX];
    struct variance_components got;
    bool failed = false;
    size_t count = oracle_rows(2, true, rows); /* one level of A: A is the mean, AB is B */
    assert_true(variance_components(rows, count, &got, &failed));
    assert_true(isnan(got.estimate[1]) && isnan(got.estimate[3]) && !isnan(got.estimate[2]));
    assert_false(variance_components(rows, 0, &got, &failed));
    rows[0] = (struct variance_row) { 0 };
    add_cluster(&rows[0], 1.0, 3.0, 9.0);
    assert_false(variance_components(rows, 1, &got, &failed));
    for (unsigned c = 0; c < VARIANCE_COMPONENTS; c++)
        assert_true(isnan(got.estimate[c]));
    assert_false(failed);
}

enum { READERS = 6, HANDSETS = 12, SESSIONS = 4, WORLDS = 60 };

static double effect(uint64_t key, unsigned mask, const unsigned *level)
{
    for (unsigned f = 0; f < VARIANCE_FACTORS; f++)
        key = random_key(key, mask >> f & 1 ? level[f] + 1 : 0);
    return random_normal(random_key(key, mask), 0);
}

/* A world with these standard deviations by component, one to three placements of one to five values each. */
static size_t make_world(uint64_t key, const double *sd, struct variance_row *rows)
{
    size_t count = 0;
    for (unsigned i = 0; i < READERS * HANDSETS * SESSIONS; i++) {
        unsigned level[] = { i % READERS, i / READERS % HANDSETS, i / READERS / HANDSETS };
        struct variance_row *row = &rows[count++];
        double mean = 10.0;
        *row = (struct variance_row) { .level = { level[0], level[1], level[2] } };
        for (unsigned mask = 1; mask < 8; mask++)
            mean += sd[mask] * effect(key, mask, level);
        for (unsigned placement = 0; placement < 1 + i % 3; placement++) {
            uint64_t own = random_key(random_key(key, 1000 + i), placement);
            double at = mean + sd[VARIANCE_CLUSTER] * random_normal(own, 0), sum = 0.0, squares = 0.0;
            unsigned n = 1 + (unsigned)(random_u64(own, 1) % 5);
            for (unsigned k = 0; k < n; k++) {
                double value = at + sd[VARIANCE_REPEAT] * random_normal(own, 2 + k);
                sum += value;
                squares += value * value;
            }
            add_cluster(row, n, sum, squares);
        }
    }
    return count;
}

static void a_made_world_gives_back_its_components(void **state)
{
    (void)state;
    static const double sd[VARIANCE_COMPONENTS] = { 0, 0.6, 1.0, 0.5, 0.2, 0.3, 0.4, 0.1, 0.7, 0.5 };
    static struct variance_row rows[ROWS_MAX];
    double sum[VARIANCE_COMPONENTS] = { 0 }, squares[VARIANCE_COMPONENTS] = { 0 };
    bool failed = false;
    for (unsigned world = 0; world < WORLDS; world++) {
        struct variance_components got;
        assert_true(variance_components(rows, make_world(random_key(77, world), sd, rows), &got, &failed));
        for (unsigned c = 1; c < VARIANCE_COMPONENTS; c++) {
            sum[c] += got.estimate[c] / WORLDS;
            squares[c] += got.estimate[c] * got.estimate[c] / WORLDS;
        }
    }
    for (unsigned c = 1; c < VARIANCE_COMPONENTS; c++) {
        double error = sqrt((squares[c] - sum[c] * sum[c]) / (WORLDS - 1)), truth = sd[c] * sd[c];
        if (fabs(sum[c] - truth) > 4.0 * error || error > 0.25 * (truth + 0.05))
            fail_msg("component %u is %.4f +- %.4f on average, not %.4f", c, sum[c], error, truth);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unbalanced_data_agree_with_dense_projections),
        cmocka_unit_test(a_published_gauge_study_has_its_components),
        cmocka_unit_test(what_cannot_be_told_apart_is_not_estimated),
        cmocka_unit_test(a_made_world_gives_back_its_components),
    };
    return cmocka_run_group_tests_name("variance_components", tests, NULL, NULL);
}
