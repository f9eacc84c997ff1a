/*
 * Outliers: transactions far above their cell on the scale of ratios. They are flagged with what to look at
 * first, and stay in every count and quantile.
 */
#include "harness/findings/views.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_VALUES  8      /* of a cell */
#define DEVIATIONS    5.0    /* robust standard deviations above the median */
#define MAD_TO_SD     1.4826 /* 1 / qnorm(0.75): of normal values */
#define LEAST_SD      0.01   /* of ln: differences of less than 5 % are none to look into */
#define NATURAL_SCALE 1e6    /* ln in millionths, to be sorted as integers */

/* Medians of a cell, to which the times of a transaction are compared. */
struct centre {
    uint64_t total_us, activate_us, exchanges_us, between_us, limit_us;
    bool beyond_fwt; /* most transactions of the cell have such an exchange: it is nothing special */
};

/* A time of a transaction. */
typedef uint64_t (*time_getter)(const struct observation *);

static uint64_t total_us(const struct observation *row)
{
    return row->total_us;
}

static uint64_t activate_us(const struct observation *row)
{
    return row->activate_us == OBSERVATION_NONE ? 0 : row->activate_us;
}

static uint64_t exchanges_us(const struct observation *row)
{
    return row->exchanges_us;
}

static uint64_t between_us(const struct observation *row)
{
    uint64_t known = activate_us(row) + exchanges_us(row);
    return row->total_us > known ? row->total_us - known : 0;
}

static double ln_us(uint64_t us)
{
    return log(us > 0 ? (double)us : 1.0);
}

static uint64_t median_of(uint64_t *values, size_t n)
{
    stats_sort_u64(values, n);
    return stats_quantile_u64(values, n, 0.5);
}

/* scratch: a value a row. */
static uint64_t median_time(const struct observation *const *rows, size_t n, time_getter get,
                            uint64_t *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = get(rows[i]);
    return median_of(scratch, n);
}

static void find_limit(const struct observation *const *rows, size_t n, uint64_t *scratch, struct centre *c)
{
    c->total_us = median_time(rows, n, total_us, scratch);
    for (size_t i = 0; i < n; i++)
        scratch[i] = (uint64_t)(fabs(ln_us(rows[i]->total_us) - ln_us(c->total_us)) * NATURAL_SCALE);
    double sd = MAD_TO_SD * (double)median_of(scratch, n) / NATURAL_SCALE;
    c->limit_us = (uint64_t)exp(ln_us(c->total_us) + DEVIATIONS * (sd > LEAST_SD ? sd : LEAST_SD));
}

static void find_stages(const struct observation *const *rows, size_t n, uint64_t *scratch, struct centre *c)
{
    size_t beyond = 0;
    c->activate_us = median_time(rows, n, activate_us, scratch);
    c->exchanges_us = median_time(rows, n, exchanges_us, scratch);
    c->between_us = median_time(rows, n, between_us, scratch);
    for (size_t i = 0; i < n; i++)
        beyond += (rows[i]->flags & OBSERVATION_BEYOND_FWT) != 0;
    c->beyond_fwt = 2 * beyond > n;
}

static enum findings_place place_of(const struct observation *row, const struct centre *c)
{
    int64_t activate = (int64_t)activate_us(row) - (int64_t)c->activate_us;
    int64_t exchanges = (int64_t)exchanges_us(row) - (int64_t)c->exchanges_us;
    int64_t between = (int64_t)between_us(row) - (int64_t)c->between_us;
    if (activate >= exchanges && activate >= between)
        return FINDINGS_PLACE_ACTIVATE;
    return exchanges >= between ? FINDINGS_PLACE_EXCHANGES : FINDINGS_PLACE_BETWEEN;
}

static void flag_row(struct findings *f, size_t cell, const struct observation *row, const struct centre *c,
                     struct buf *found)
{
    struct findings_outlier o = { .line = row->line,
                                  .us = row->total_us,
                                  .cell_median_us = c->total_us,
                                  .cell = cell,
                                  .place = place_of(row, c),
                                  .laid = row->flags & OBSERVATION_PLACED,
                                  .beyond_fwt = (row->flags & OBSERVATION_BEYOND_FWT) && !c->beyond_fwt };
    f->outlier_count++;
    f->readers[f->cells[cell].reader].outliers++;
    buf_add(found, &o, sizeof o);
}

/* rows, scratch: room for the rows of the cell. */
static void look_at_cell(struct findings *f, size_t cell, const struct observation **rows, uint64_t *scratch,
                         struct buf *found)
{
    const struct observations *seen = &f->cells[cell].seen;
    struct centre c = { 0 };
    size_t n = 0, above = 0;
    for (size_t i = 0; i < seen->row_count; i++)
        if (seen->rows[i].flags & OBSERVATION_TIMED)
            rows[n++] = &seen->rows[i];
    if (n < LEAST_VALUES) {
        f->outlier_cells_small += n > 0;
        return;
    }
    find_limit(rows, n, scratch, &c);
    for (size_t i = 0; i < n; i++)
        above += rows[i]->total_us > c.limit_us;
    if (above > 0)
        find_stages(rows, n, scratch, &c);
    for (size_t i = 0; i < n && above > 0; i++)
        if (rows[i]->total_us > c.limit_us)
            flag_row(f, cell, rows[i], &c, found);
}

static int compare_outliers(const void *left, const void *right)
{
    const struct findings_outlier *a = left, *b = right;
    return (a->line > b->line) - (a->line < b->line);
}

int outliers_flag(struct findings *f, struct err *e)
{
    size_t most = 1;
    struct buf found;
    buf_init(&found, SIZE_MAX / 2);
    for (size_t i = 0; i < f->cell_count; i++)
        if (f->cells[i].seen.row_count > most)
            most = f->cells[i].seen.row_count;
    uint64_t *scratch = calloc(most, sizeof *scratch);
    const struct observation **rows = calloc(most, sizeof(struct observation *));
    bool good = scratch && rows;
    for (size_t i = 0; i < f->cell_count && good; i++)
        look_at_cell(f, i, rows, scratch, &found);
    free(scratch);
    free(rows);
    if (!good || found.failed) {
        buf_free(&found);
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
    }
    struct findings_outlier *all = (struct findings_outlier *)(void *)found.data;
    size_t count = found.length / sizeof *all;
    if (count > 1)
        qsort(all, count, sizeof *all, compare_outliers);
    for (; f->outlier_kept < count && f->outlier_kept < FINDINGS_FLAGGED_MAX; f->outlier_kept++)
        f->outliers[f->outlier_kept] = all[f->outlier_kept];
    buf_free(&found);
    return 0;
}

const char *findings_outlier_advice(const struct findings_outlier *o)
{
    switch (o->place) {
    case FINDINGS_PLACE_ACTIVATE:
        return o->laid
                   ? "activation of the first transaction after laying: the phone woke up or was found late"
                   : "activation: look at coupling, position, case, and what else lies in the field";
    case FINDINGS_PLACE_EXCHANGES:
        if (o->beyond_fwt)
            return "an exchange beyond the frame waiting time: the target asked for more time (WTX) or "
                   "answered in many blocks; look at the applet and the power mode";
        return o->laid
                   ? "exchanges of the first transaction after laying: the target's first use since it "
                     "came into the field"
                   : "exchanges: blocks sent again, or a slow applet; a trace with CCID or RF depth tells";
    case FINDINGS_PLACE_BETWEEN:
        return "outside activation and exchanges: look at the host's load, the bus and pauses of the script";
    case FINDINGS_PLACE_NONE:
        break;
    }
    return "";
}
