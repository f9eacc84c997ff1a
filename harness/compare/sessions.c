/*
 * What differs between days. A session is good or bad for a handset or a reader as a whole, so that of two
 * runs with a few sessions each nobody can tell a change from other days. With COMPARE_SESSIONS_LEAST on
 * either side the session is the unit: readers, handsets and times are tested by sharing out the days anew
 * (stats/max_t.h). Here too: which units differ from session to session inside a run, and which cells hang on
 * one session alone.
 */
#include "harness/compare/parts.h"

#include "harness/stats/change.h"
#include "harness/stats/max_t.h"
#include "harness/stats/multiple.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define SESSIONS_MAX 32 /* as placement_seen has them, from 1 */

/* A cell's placements by session; index 0 is unused. */
struct counts {
    uint64_t n[SESSIONS_MAX + 1], d[SESSIONS_MAX + 1];
};

/* Of both runs together: A's sessions, then B's. */
struct days {
    struct comparison *c;
    struct counts *counts[2];       /* a compared cell, in A and in B; owned */
    unsigned held[2][SESSIONS_MAX]; /* sessions with a counted placement of a compared cell */
    size_t count[2];
    double *shares; /* of dirty placements, a compared cell; owned */
    size_t first;   /* of the units that are tested together */
};

static const struct findings_cell *cell_in(const struct comparison *c, size_t cell, int run)
{
    return run == 0 ? &c->a->cells[c->cells[cell].a] : &c->b->cells[c->cells[cell].b];
}

static void count_cell(const struct observations *seen, struct counts *out)
{
    for (size_t i = 0; i < seen->placement_count; i++) {
        const struct placement_seen *p = &seen->placements[i];
        if (!p->counted || p->session == 0 || p->session > SESSIONS_MAX)
            continue;
        out->n[p->session]++;
        out->d[p->session] += observations_bad_line(seen, p) != 0;
    }
}

static int count_days(struct days *days, struct err *e)
{
    struct comparison *c = days->c;
    for (int run = 0; run < 2; run++) {
        days->counts[run] = calloc(c->cell_count + 1, sizeof *days->counts[run]);
        if (!days->counts[run])
            return err_set(e, ERR_MEMORY, "compare", "out of memory");
        uint64_t all[SESSIONS_MAX + 1] = { 0 };
        for (size_t i = 0; i < c->cell_count; i++) {
            count_cell(&cell_in(c, i, run)->seen, &days->counts[run][i]);
            for (unsigned s = 1; s <= SESSIONS_MAX; s++)
                all[s] += days->counts[run][i].n[s];
        }
        for (unsigned s = 1; s <= SESSIONS_MAX; s++)
            if (all[s] > 0)
                days->held[run][days->count[run]++] = s;
    }
    c->sessions_a = days->count[0];
    c->sessions_b = days->count[1];
    c->by_session = days->count[0] >= COMPARE_SESSIONS_LEAST && days->count[1] >= COMPARE_SESSIONS_LEAST;
    c->least_p = max_t_least(days->count[0], days->count[1]);
    return 0;
}

/* ---- a cell: does its evidence hang on one session? ---- */

/* All of a cell's placements but those of one session of one run; session 0: all. */
static struct change_counts without(const struct days *days, size_t cell, int run, unsigned session)
{
    struct change_counts n = { 0 };
    const struct counts *a = &days->counts[0][cell], *b = &days->counts[1][cell];
    for (unsigned s = 1; s <= SESSIONS_MAX; s++) {
        bool in_a = run != 0 || s != session, in_b = run != 1 || s != session;
        n.n_a += in_a ? a->n[s] : 0;
        n.d_a += in_a ? a->d[s] : 0;
        n.n_b += in_b ? b->n[s] : 0;
        n.d_b += in_b ? b->d[s] : 0;
    }
    return n;
}

/* Left out any one session of either run, the rest has to speak for a change the same way. */
static bool hangs_on_one_session(const struct days *days, size_t cell)
{
    const struct change_counts all = without(days, cell, 0, 0);
    double way = change_score(&all);
    for (int run = 0; run < 2 && way != 0.0; run++)
        for (size_t i = 0; i < days->count[run]; i++) {
            unsigned session = days->held[run][i];
            struct change_counts rest = without(days, cell, run, session);
            if (days->counts[run][cell].n[session] > 0 && !(change_score(&rest) * way > 0.0))
                return true;
        }
    return false;
}

/* ---- a unit: do the sessions of a run differ? ---- */

/*
 * p that a session of one run is dirtier or cleaner than its others by the chance of placements: Mantel and
 * Haenszel's statistic over the unit's cells. The scripts of one placement are taken as dirty together.
 */
static double session_differs(const struct days *days, const struct compare_unit *u, int run,
                              unsigned session)
{
    const struct comparison *c = days->c;
    double away = 0.0, variance = 0.0;
    for (size_t begin = 0, end; begin < c->cell_count; begin = end) {
        double sd = 0.0;
        end = compare_block_end(c, begin);
        if (!compare_is_of(c, u, &c->cells[begin]))
            continue;
        for (size_t i = begin; i < end; i++) {
            const struct counts *own = &days->counts[run][i];
            double n = 0.0, d = 0.0, here = (double)own->n[session];
            for (size_t s = 0; s < days->count[run]; s++) {
                n += (double)own->n[days->held[run][s]];
                d += (double)own->d[days->held[run][s]];
            }
            if (n < 2.0)
                continue;
            away += (double)own->d[session] - d * here / n;
            sd += sqrt(d * (n - d) * here * (n - here) / (n * n * (n - 1.0)));
        }
        variance += sd * sd;
    }
    double z = variance > 0.0 ? fmax(0.0, fabs(away) - 0.5) / sqrt(variance) : 0.0;
    return fmin(1.0, 2.0 * pnorm(z, 0.0, 1.0, 0, 0));
}

static double sessions_differ(const struct days *days, const struct compare_unit *u)
{
    double least = 1.0, tests = 0.0;
    for (int run = 0; run < 2; run++) {
        if (days->count[run] < 2)
            continue;
        tests += days->count[run] == 2 ? 1.0 : (double)days->count[run]; /* of two, one says it all */
        for (size_t i = 0; i < days->count[run]; i++)
            least = fmin(least, session_differs(days, u, run, days->held[run][i]));
    }
    return fmin(1.0, least * tests);
}

/* Units from begin on, a family. */
static int mark_units(const struct days *days, size_t begin, size_t end, struct err *e)
{
    struct comparison *c = days->c;
    size_t count = end - begin;
    double *p = calloc(count + 1, sizeof *p), *adjusted = calloc(count + 1, sizeof *adjusted);
    size_t *order = calloc(count + 1, sizeof *order);
    bool good = p && adjusted && order;
    for (size_t i = 0; good && i < count; i++)
        p[i] = sessions_differ(days, &c->units[begin + i]);
    if (good)
        multiple_bh(p, adjusted, order, count);
    for (size_t i = 0; good && i < count; i++)
        c->units[begin + i].unsteady = adjusted[i] <= c->fdr;
    free(p);
    free(adjusted);
    free(order);
    return good ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
}

static void mark_cells(const struct days *days)
{
    struct comparison *c = days->c;
    for (size_t i = 0; i < c->cell_count; i++) {
        struct compare_cell *cell = &c->cells[i];
        cell->one_session = hangs_on_one_session(days, i);
        for (size_t u = 0; u < c->pair_begin; u++)
            cell->unsteady = cell->unsteady || (c->units[u].unsteady && compare_is_of(c, &c->units[u], cell));
    }
}

/* ---- the session as the unit ---- */

struct sessions_table {
    struct max_t_table t;
    double *values, *noise;
    struct max_t_result *results;
};

static void table_free(struct sessions_table *s)
{
    free(s->values);
    free(s->noise);
    free(s->results);
}

static bool table_make(struct sessions_table *s, const struct days *days, size_t items)
{
    size_t count = days->count[0] + days->count[1];
    s->values = calloc(items * count + 1, sizeof *s->values);
    s->noise = calloc(items + 1, sizeof *s->noise);
    s->results = calloc(items + 1, sizeof *s->results);
    s->t = (struct max_t_table) { s->values, s->noise, items, days->count[0], days->count[1] };
    return s->values && s->noise && s->results;
}

/* Has the cell placements in this session of either run? Where one has closed it, the other tells nothing. */
static bool in_both(const struct days *days, size_t cell, unsigned session)
{
    return days->counts[0][cell].n[session] > 0 && days->counts[1][cell].n[session] > 0;
}

/* The share of dirty placements of a cell over such sessions of both runs. */
static double share_of(const struct days *days, size_t cell)
{
    double n = 0.0, d = 0.0;
    for (unsigned s = 1; s <= SESSIONS_MAX; s++)
        for (int run = 0; run < 2 && in_both(days, cell, s); run++) {
            n += (double)days->counts[run][cell].n[s];
            d += (double)days->counts[run][cell].d[s];
        }
    return n > 0.0 ? d / n : 0.0;
}

/*
 * What a session has of a unit: dirty placements beyond its cells' own shares, a placement. Cells that a run
 * has closed are in the same sessions of neither, so that days can be shared out. *variance: by the chance of
 * placements.
 */
static double excess_of(const struct days *days, const struct compare_unit *u, int run, unsigned session,
                        double *variance)
{
    const struct comparison *c = days->c;
    double excess = 0.0, placements = 0.0, squares = 0.0;
    for (size_t i = 0; i < c->cell_count; i++) {
        if (!compare_is_of(c, u, &c->cells[i]) || !in_both(days, i, session))
            continue;
        const struct counts *own = &days->counts[run][i];
        double n = (double)own->n[session], q = days->shares[i];
        excess += (double)own->d[session] - n * q;
        placements += n;
        squares += n * q * (1.0 - q);
    }
    *variance = placements > 0.0 ? squares / (placements * placements) : NAN;
    return placements > 0.0 ? excess / placements : NAN;
}

/* Calls value() for each item and day; the noise is the mean variance of those that have a value. */
static void table_fill(struct sessions_table *s, const struct days *days,
                       double (*value)(const struct days *, size_t item, int run, unsigned session,
                                       double *variance))
{
    for (size_t item = 0, at = 0; item < s->t.items; item++) {
        double sum = 0.0, count = 0.0;
        for (int run = 0; run < 2; run++)
            for (size_t i = 0; i < days->count[run]; i++) {
                double variance = NAN;
                s->values[at++] = value(days, item, run, days->held[run][i], &variance);
                if (!isnan(variance)) {
                    sum += variance;
                    count += 1.0;
                }
            }
        s->noise[item] = count > 0.0 ? sqrt(sum / count) : 0.0;
    }
}

static double unit_value(const struct days *days, size_t item, int run, unsigned session, double *variance)
{
    return excess_of(days, &days->c->units[days->first + item], run, session, variance);
}

/* Units from begin on, a family; *tests: how many could be tested. */
static int test_units(struct days *days, size_t begin, size_t end, size_t *tests, struct err *e)
{
    struct comparison *c = days->c;
    struct sessions_table s = { 0 };
    bool good = table_make(&s, days, end - begin);
    days->first = begin;
    if (good) {
        table_fill(&s, days, unit_value);
        good = max_t(&s.t, s.results);
    }
    for (size_t i = 0; good && i < end - begin; i++) {
        struct compare_unit *u = &c->units[begin + i];
        u->p = s.results[i].p;
        u->adjusted = s.results[i].adjusted;
        *tests += isnan(u->adjusted) ? 0 : 1;
        if (!isnan(u->adjusted))
            u->way = (s.results[i].difference > 0.0) - (s.results[i].difference < 0.0);
    }
    table_free(&s);
    return good ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
}

static int test_all_units(struct days *days, struct err *e)
{
    struct comparison *c = days->c;
    days->shares = calloc(c->cell_count + 1, sizeof *days->shares);
    if (!days->shares)
        return err_set(e, ERR_MEMORY, "compare", "out of memory");
    for (size_t i = 0; i < c->cell_count; i++)
        days->shares[i] = share_of(days, i);
    int status = test_units(days, 0, c->pair_begin, &c->unit_tests, e);
    return status == 0 ? test_units(days, c->pair_begin, c->unit_count, &c->pair_tests, e) : status;
}

/* The median of a session's placements' medians, as a logarithm. */
static double time_value(const struct days *days, size_t item, int run, unsigned session, double *variance)
{
    const struct observations *seen = &cell_in(days->c, item, run)->seen;
    size_t count = 0;
    uint64_t *medians = compare_placement_medians(seen, session, &count);
    double value = NAN, sum = 0.0, squares = 0.0;
    stats_sort_u64(medians, count);
    if (count > 0 && medians[0] > 0) {
        value = log((double)stats_quantile_u64(medians, count, 0.5));
        for (size_t i = 0; i < count; i++) {
            sum += log((double)medians[i]);
            squares += log((double)medians[i]) * log((double)medians[i]);
        }
        double n = (double)count;
        *variance = count > 1 ? fmax(0.0, squares - sum * sum / n) / (n - 1.0) / n : NAN;
    }
    free(medians);
    return value;
}

static int test_times(const struct days *days, struct err *e)
{
    struct comparison *c = days->c;
    struct sessions_table s = { 0 };
    bool good = table_make(&s, days, c->cell_count);
    if (good) {
        table_fill(&s, days, time_value);
        good = max_t(&s.t, s.results);
    }
    for (size_t i = 0; good && i < c->cell_count; i++) {
        struct compare_time *t = &c->cells[i].time;
        t->p = t->has_ratio ? s.results[i].p : NAN;
        t->adjusted = t->has_ratio ? s.results[i].adjusted : NAN;
        t->way = s.results[i].difference > 0.0 ? 1 : -1;
    }
    table_free(&s);
    return good ? 0 : err_set(e, ERR_MEMORY, "compare", "out of memory");
}

int compare_sessions(struct comparison *c, struct err *e)
{
    struct days days = { .c = c };
    int status = count_days(&days, e);
    if (status == 0)
        status = mark_units(&days, 0, c->pair_begin, e);
    if (status == 0)
        status = mark_units(&days, c->pair_begin, c->unit_count, e);
    if (status == 0)
        mark_cells(&days);
    if (status == 0 && c->by_session && c->units_tested)
        status = test_all_units(&days, e);
    if (status == 0 && c->by_session)
        status = test_times(&days, e);
    free(days.counts[0]);
    free(days.counts[1]);
    free(days.shares);
    return status;
}
