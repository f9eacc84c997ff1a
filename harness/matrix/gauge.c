#include "harness/matrix/gauge.h"

#include "harness/matrix/parts.h"
#include "harness/stats/variance_components.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_TOLD 0.05 /* of the readers, for one of them to be named */
#define SESSIONS   33   /* 0: not known */

enum { READER = 1, HANDSET = 2, SESSION = 4 };

const char *gauge_part_name(enum gauge_part part)
{
    static const char *const names[GAUGE_PARTS] = { "reader",  "handset",   "reader_and_handset",
                                                    "session", "placement", "transaction" };
    return (unsigned)part < GAUGE_PARTS ? names[part] : "";
}

const char *gauge_what_name(enum gauge_what what)
{
    return what == GAUGE_TIME ? "time" : "dirty";
}

bool gauge_hangs_on_one_reader(const struct gauge *g)
{
    return g->without_reader != SIZE_MAX && g->share[GAUGE_READER] >= SHARE_TOLD &&
           g->share_without < g->share[GAUGE_READER] / 2.0;
}

/* ---- the values of a script ---- */

static void add_cluster(struct variance_row *row, double n, double sum, double squares)
{
    row->n += n;
    row->sum += sum;
    row->squares += squares;
    row->clusters += 1.0;
    row->cluster_squares += n * n;
    row->cluster_sums += sum * sum / n;
}

/* ln of the times of a placement, against those of `shift`, which keeps sums of squares small; false: it has none. */
static bool placement_times(const struct observations *o, const struct placement_seen *p, double shift,
                            double *n, double *sum, double *squares)
{
    *n = *sum = *squares = 0.0;
    for (size_t i = p->begin; i < (size_t)p->begin + p->count; i++) {
        const struct observation *row = &o->rows[i];
        if (!(row->flags & OBSERVATION_TIMED))
            continue;
        double value = log(row->total_us ? (double)row->total_us : 1.0) - shift;
        *n += 1.0;
        *sum += value;
        *squares += value * value;
    }
    return *n > 0.0;
}

static void add_placement(const struct observations *o, const struct placement_seen *p, enum gauge_what what,
                          double shift, struct variance_row *rows)
{
    double n, sum, squares, dirty = observations_bad_line(o, p) != 0;
    unsigned session = p->session < SESSIONS ? p->session : 0;
    if (what == GAUGE_DIRTY && p->counted)
        add_cluster(&rows[session], 1.0, dirty, dirty);
    else if (what == GAUGE_TIME && placement_times(o, p, shift, &n, &sum, &squares))
        add_cluster(&rows[session], n, sum, squares);
}

/* A typical time of the script; the estimates don't depend on it. */
static double shift_of(const struct findings *f, size_t script)
{
    for (size_t i = 0; i < f->cell_count; i++)
        for (size_t row = 0; f->cells[i].script == script && row < f->cells[i].seen.row_count; row++)
            if (f->cells[i].seen.rows[row].flags & OBSERVATION_TIMED)
                return log(1.0 + f->cells[i].seen.rows[row].total_us);
    return 0.0;
}

/* One row a cell and session that has values. */
static size_t take_values(const struct findings *f, enum gauge_what what, size_t script,
                          struct variance_row *rows)
{
    double shift = what == GAUGE_TIME ? shift_of(f, script) : 0.0;
    size_t count = 0;
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        struct variance_row days[SESSIONS] = { { 0 } };
        if (c->script != script)
            continue;
        for (size_t k = 0; k < c->seen.placement_count; k++)
            add_placement(&c->seen, &c->seen.placements[k], what, shift, days);
        for (unsigned day = 0; day < SESSIONS; day++) {
            if (days[day].n == 0.0)
                continue;
            days[day].stratum = c->condition;
            days[day].level[0] = c->reader;
            days[day].level[1] = c->pair;
            days[day].level[2] = day;
            rows[count++] = days[day];
        }
    }
    return count;
}

/* ---- how many there are of each ---- */

static size_t different(const struct variance_row *rows, size_t count, size_t levels,
                        unsigned (*level)(const struct variance_row *), bool *seen)
{
    size_t found = 0;
    memset(seen, 0, levels * sizeof *seen);
    for (size_t i = 0; i < count; i++) {
        found += !seen[level(&rows[i])];
        seen[level(&rows[i])] = true;
    }
    return found;
}

static unsigned reader_of(const struct variance_row *row)
{
    return row->level[0];
}

static unsigned handset_of(const struct variance_row *row)
{
    return row->level[1];
}

static unsigned session_of(const struct variance_row *row)
{
    return row->level[2];
}

static unsigned condition_of(const struct variance_row *row)
{
    return row->stratum;
}

static bool count_levels(const struct findings *f, const struct variance_row *rows, size_t count,
                         struct gauge *g)
{
    size_t most = f->survey->pair_count + f->survey->condition_count + SURVEY_READERS_MAX + SESSIONS;
    bool *seen = calloc(most, sizeof *seen);
    if (!seen)
        return false;
    g->readers = different(rows, count, most, reader_of, seen);
    g->handsets = different(rows, count, most, handset_of, seen);
    g->sessions = different(rows, count, most, session_of, seen);
    g->conditions = different(rows, count, most, condition_of, seen);
    for (size_t i = 0; i < count; i++) {
        g->values += (uint64_t)rows[i].n;
        g->placements += (uint64_t)rows[i].clusters;
    }
    free(seen);
    return true;
}

/* ---- shares ---- */

/* What of a session is of the reader, the handset or both is a session's all the same. */
static double of_session(const struct variance_components *c)
{
    double sum = 0.0;
    bool any = false;
    for (unsigned mask = SESSION; mask < 2 * SESSION; mask++)
        if (!isnan(c->estimate[mask])) {
            sum += c->estimate[mask];
            any = true;
        }
    return any ? sum : (double)NAN;
}

static void take_shares(const struct variance_components *c, struct gauge *g)
{
    double whole = 0.0;
    bool one_value = isnan(c->estimate[VARIANCE_CLUSTER]) && g->values == g->placements;
    g->variance[GAUGE_READER] = c->estimate[READER];
    g->variance[GAUGE_HANDSET] = c->estimate[HANDSET];
    g->variance[GAUGE_BOTH] = c->estimate[READER | HANDSET];
    g->variance[GAUGE_SESSION] = of_session(c);
    g->variance[GAUGE_PLACEMENT] = c->estimate[one_value ? VARIANCE_REPEAT : VARIANCE_CLUSTER];
    g->variance[GAUGE_REPEAT] = one_value ? (double)NAN : c->estimate[VARIANCE_REPEAT];
    g->largest = GAUGE_PARTS;
    for (int part = 0; part < GAUGE_PARTS; part++)
        whole += isnan(g->variance[part]) ? 0.0 : fmax(0.0, g->variance[part]);
    for (int part = 0; part < GAUGE_PARTS; part++) {
        double variance = fmax(0.0, g->variance[part]);
        bool there = !isnan(g->variance[part]) && whole > 0.0;
        g->share[part] = there ? variance / whole : (double)NAN;
        g->sd[part] = there ? (g->what == GAUGE_TIME ? expm1(sqrt(variance)) : sqrt(variance)) : (double)NAN;
        if (there && (g->largest == GAUGE_PARTS || g->share[part] > g->share[g->largest]))
            g->largest = (enum gauge_part)part;
    }
}

/* Below so many sessions no row knows its own. */
static size_t forget_sessions(struct variance_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rows[i].level[2] = 0;
    return count;
}

/* The readers' share without each of them in turn. */
static bool leave_readers_out(const struct findings *f, const struct variance_row *rows, size_t count,
                              struct variance_row *rest, struct gauge *g)
{
    bool failed = false;
    for (size_t reader = 0; reader < f->survey->reader_count && !failed && g->readers > 2; reader++) {
        struct variance_components c;
        struct gauge without = { .what = g->what, .values = g->values, .placements = g->placements };
        size_t left = 0;
        for (size_t i = 0; i < count; i++)
            if (rows[i].level[0] != reader)
                rest[left++] = rows[i];
        if (left == count || !variance_components(rest, left, &c, &failed))
            continue;
        take_shares(&c, &without);
        double share = without.share[GAUGE_READER];
        if (!isnan(share) && (g->without_reader == SIZE_MAX || share < g->share_without)) {
            g->without_reader = reader;
            g->share_without = share;
        }
    }
    return !failed;
}

static bool study(const struct findings *f, struct variance_row *rows, struct variance_row *rest,
                  struct gauge *g)
{
    struct variance_components c;
    bool failed = false;
    size_t count = take_values(f, g->what, g->script, rows);
    g->without_reader = SIZE_MAX;
    if (!count_levels(f, rows, count, g))
        return false;
    if (g->sessions < GAUGE_SESSIONS_LEAST)
        count = forget_sessions(rows, count);
    (void)variance_components(rows, count, &c, &failed); /* without any, all of it is NaN */
    take_shares(&c, g);
    return !failed && leave_readers_out(f, rows, count, rest, g);
}

/* Cells and days of the script that has most of them. */
static size_t rows_at_most(const struct findings *f)
{
    size_t most = 0;
    for (size_t script = 0; script < f->survey->script_count; script++) {
        size_t rows = 0;
        for (size_t i = 0; i < f->cell_count; i++) {
            uint64_t days = 0;
            for (size_t k = 0; f->cells[i].script == script && k < f->cells[i].seen.placement_count; k++)
                days |= (uint64_t)1 << (f->cells[i].seen.placements[k].session % SESSIONS);
            rows += (size_t)__builtin_popcountll(days);
        }
        most = rows > most ? rows : most;
    }
    return most;
}

int matrix_gauge(const struct findings *f, struct matrix *m, struct err *e)
{
    size_t rows_most = rows_at_most(f), scripts = f->survey->script_count;
    struct variance_row *rows = matrix_room(2 * rows_most, sizeof *rows);
    m->gauges = matrix_room(2 * scripts, sizeof *m->gauges);
    bool good = rows && m->gauges;
    for (size_t i = 0; i < 2 * scripts && good; i++) {
        bool times = i < scripts;
        struct gauge *g = &m->gauges[m->gauge_count++];
        *g = (struct gauge) { .what = times ? GAUGE_TIME : GAUGE_DIRTY, .script = times ? i : i - scripts };
        good = study(f, rows, rows + rows_most, g);
    }
    free(rows);
    return good ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
}
