#include "harness/stats/permute.h"

#include "harness/base/keyed_random.h"

#include <math.h>

/* Sums in another order differ in the last bits: what is equal but for them counts as equal. */
#define TIE 1e-9

struct groups {
    size_t count;
    double sum[PERMUTE_COLUMNS_MAX];
    size_t members[PERMUTE_COLUMNS_MAX];
    double grand; /* mean of all values: no permutation changes it */
};

static double spread_of(const struct groups *g)
{
    double sum = 0.0;
    for (size_t i = 0; i < g->count; i++) {
        if (g->members[i] == 0)
            continue;
        double away = g->sum[i] / (double)g->members[i] - g->grand;
        sum += (double)g->members[i] * away * away;
    }
    return sum;
}

static bool reaches(double statistic, double seen)
{
    return statistic >= seen - TIE * (1e-9 + seen);
}

static double value_at(const struct permute_table *t, size_t row, size_t column)
{
    return t->values[row * t->row_step + column * t->column_step];
}

/* The values present in a row, and their columns; false when they are all the same, so that nothing can
 * move. */
static bool row_varies(const struct permute_table *t, size_t row, double *values, size_t *columns,
                       size_t *count)
{
    bool varies = false;
    *count = 0;
    for (size_t column = 0; column < t->columns; column++) {
        double value = value_at(t, row, column);
        if (isnan(value))
            continue;
        values[*count] = value;
        columns[(*count)++] = column;
        varies = varies || value != values[0];
    }
    return varies;
}

/* All values by column, as they are; fixed: the same of the rows that no permutation changes. */
static size_t gather(const struct permute_table *t, struct groups *all, double *fixed)
{
    double values[PERMUTE_COLUMNS_MAX], total = 0.0;
    size_t columns[PERMUTE_COLUMNS_MAX], count, cells = 0, moving = 0;
    all->count = t->columns;
    for (size_t i = 0; i < t->columns; i++) {
        all->sum[i] = fixed[i] = 0.0;
        all->members[i] = 0;
    }
    for (size_t row = 0; row < t->rows; row++) {
        bool varies = row_varies(t, row, values, columns, &count);
        moving += varies;
        for (size_t i = 0; i < count; i++) {
            all->sum[columns[i]] += values[i];
            all->members[columns[i]]++;
            fixed[columns[i]] += varies ? 0.0 : values[i];
            total += values[i];
        }
        cells += count;
    }
    all->grand = cells > 0 ? total / (double)cells : 0.0;
    return moving;
}

static void permute_once(const struct permute_table *t, uint64_t key, double *sum)
{
    double values[PERMUTE_COLUMNS_MAX];
    size_t columns[PERMUTE_COLUMNS_MAX], count;
    unsigned order[PERMUTE_COLUMNS_MAX];
    for (size_t row = 0; row < t->rows; row++) {
        if (!row_varies(t, row, values, columns, &count))
            continue;
        for (size_t i = 0; i < count; i++)
            order[i] = (unsigned)i;
        random_shuffle(random_key(key, row), order, count);
        for (size_t i = 0; i < count; i++)
            sum[columns[i]] += values[order[i]];
    }
}

struct permute_result permute_columns(const struct permute_table *t, unsigned permutations, uint64_t key)
{
    struct permute_result r = { .p = 1.0, .permutations = permutations };
    struct groups g;
    double fixed[PERMUTE_COLUMNS_MAX];
    if (t->columns < 2 || t->columns > PERMUTE_COLUMNS_MAX)
        return r;
    size_t moving = gather(t, &g, fixed);
    r.statistic = spread_of(&g);
    if (moving == 0)
        return r;
    r.possible = true;
    unsigned reached = 0;
    for (unsigned i = 0; i < permutations; i++) {
        for (size_t column = 0; column < t->columns; column++)
            g.sum[column] = fixed[column];
        permute_once(t, random_key(key, i), g.sum);
        reached += reaches(spread_of(&g), r.statistic);
    }
    r.p = (1.0 + reached) / (1.0 + permutations);
    return r;
}

static double spread_of_labels(struct groups *g, const double *values, const unsigned *labels,
                               const unsigned *order, size_t count)
{
    for (size_t i = 0; i < g->count; i++)
        g->sum[i] = 0.0;
    for (size_t i = 0; i < count; i++)
        g->sum[labels[i]] += values[order[i]];
    return spread_of(g);
}

struct permute_result permute_labels(const double *values, const unsigned *labels, size_t count,
                                     unsigned permutations, uint64_t key)
{
    struct permute_result r = { .p = 1.0, .permutations = permutations };
    struct groups g = { 0 };
    unsigned order[PERMUTE_COLUMNS_MAX];
    double total = 0.0;
    if (count < 2 || count > PERMUTE_COLUMNS_MAX)
        return r;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] >= PERMUTE_LABELS_MAX)
            return r;
        if (labels[i] >= g.count)
            g.count = labels[i] + 1u;
        g.members[labels[i]]++;
        total += values[i];
        order[i] = (unsigned)i;
        r.possible = r.possible || values[i] != values[0];
    }
    g.grand = total / (double)count;
    r.possible = r.possible && g.members[labels[0]] < count;
    r.statistic = spread_of_labels(&g, values, labels, order, count);
    unsigned reached = 0;
    for (unsigned i = 0; i < permutations && r.possible; i++) {
        random_shuffle(random_key(key, i), order, count);
        reached += reaches(spread_of_labels(&g, values, labels, order, count), r.statistic);
    }
    if (r.possible)
        r.p = (1.0 + reached) / (1.0 + permutations);
    return r;
}

double permute_labels_floor(const unsigned *labels, size_t count)
{
    size_t members[PERMUTE_LABELS_MAX] = { 0 };
    double ln = lgamma((double)count + 1.0);
    for (size_t i = 0; i < count; i++)
        if (labels[i] < PERMUTE_LABELS_MAX)
            ln -= log((double)++members[labels[i]]); /* the product of all of them is n_1! n_2! ... */
    return exp(-ln);
}
