#include "harness/criteria/stated_errors.h"

#include "harness/cells/rows.h"
#include "harness/clauses/need.h"
#include "harness/clauses/refusal.h"
#include "harness/clauses/tiers.h"
#include "harness/domain/limits.h"
#include "harness/stats/stats.h"
#include "harness/stats/trials.h"
#include "harness/verdict/characteristics.h"
#include "harness/verdict/two_tier_chances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAPS_CONFIDENCE 0.95
#define TIME_LOWER      5.0  /* the time clause refuses from this part of what it allows */
#define ROUNDING        1e-9 /* of sums of written shares */

enum { FIVE = 5, LONGER = 2 };

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* ---- what the criteria look at ---- */

/* Of a handset on one reader: cells by what looks at them, in the required or the conditional modes. */
struct looks {
    unsigned cells;   /* of success, time by cell and payload */
    unsigned lines;   /* of positions: conditions at the centre */
    unsigned heights; /* on all lines */
    unsigned window;  /* heights within a dead zone, at most */
};

static bool on_axis(const struct survey_condition *c)
{
    return fabs(c->x_mm) <= NEAR_MM && fabs(c->y_mm) <= NEAR_MM;
}

static bool is_alike(const struct survey_condition *a, const struct survey_condition *b)
{
    return a->power_mode == b->power_mode && strcmp(a->handset_case, b->handset_case) == 0;
}

/* Heights that are no more than the dead zone above this one. */
static unsigned heights_from(const struct criteria *c, const struct survey *s,
                             const struct survey_condition *low)
{
    unsigned count = 0;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *at = &s->conditions[i];
        count += on_axis(at) && is_alike(at, low) && at->z_mm >= low->z_mm && at->z_mm <= c->to_mm &&
                 at->z_mm <= low->z_mm + c->dead_zone_mm + ROUNDING;
    }
    return count;
}

static struct looks look(const struct criteria *c, const struct survey *s, enum need need)
{
    struct looks out = { 0 };
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct survey_condition *at = &s->conditions[i];
        unsigned scripts = 0;
        for (size_t script = 0; script < s->script_count; script++)
            scripts += need_of(c, s, i, script) == need;
        if (scripts == 0)
            continue;
        out.cells += need_looks_at(c, at) ? scripts : 0;
        out.lines += on_axis(at) && fabs(at->z_mm) <= NEAR_MM ? scripts : 0;
        if (!on_axis(at) || at->z_mm < c->from_mm || at->z_mm > c->to_mm)
            continue;
        out.heights += scripts;
        unsigned window = heights_from(c, s, at);
        out.window = window > out.window ? window : out.window;
    }
    return out;
}

/* ---- over the readers ---- */

struct weights {
    unsigned count;
    double of[SURVEY_READERS_MAX], sum;
    double asked; /* that must pass */
    double fails; /* that must fail before one is refused */
};

static struct weights weigh(const struct criteria *c, const struct survey *s)
{
    struct weights out = { 0 };
    for (size_t r = 0; r < s->reader_count; r++) {
        double weight = need_of_reader(c, s, r);
        if (weight <= 0)
            continue;
        out.of[out.count++] = weight;
        out.sum += weight;
    }
    bool by_share = c->readers_share > 0;
    out.asked = by_share ? c->readers_share : c->readers_at_least ? c->readers_at_least : out.sum;
    out.fails = by_share ? 1 - out.asked : out.sum - out.asked + 1; /* what was not tested may pass */
    return out;
}

static double weight_of(const struct weights *w, uint32_t set)
{
    double sum = 0;
    for (unsigned r = 0; r < w->count; r++)
        sum += set >> r & 1 ? w->of[r] : 0;
    return sum;
}

/* The fewest readers outside of `set` that have the weight `enough` together. */
static unsigned fewest(const struct weights *w, uint32_t set, double enough)
{
    unsigned count = 0;
    while (enough > ROUNDING && __builtin_popcount(set) < (int)w->count) {
        unsigned heaviest = w->count;
        for (unsigned r = 0; r < w->count; r++)
            if (!(set >> r & 1) && (heaviest == w->count || w->of[r] > w->of[heaviest]))
                heaviest = r;
        set |= UINT32_C(1) << heaviest;
        enough -= w->of[heaviest];
        count++;
    }
    return count > 0 ? count : 1;
}

/*
 * The chance that readers outside of `set` with the weight `enough` err, in units of one reader's: at most so many, as every
 * such choice of readers holds a whole one of what is added up here, and no fewer readers than fewest().
 */
static double cover(const struct weights *w, uint32_t set, double enough)
{
    double sum = 0, count = 0;
    for (unsigned r = 0; r < w->count; r++) {
        if (set >> r & 1)
            continue;
        sum += enough > ROUNDING ? least(1, w->of[r] / enough) : 1;
        count++;
    }
    return least(sum, count / fewest(w, set, enough));
}

/* Over all sets of readers that truly pass and are too few: R - k + 1 where k of R must pass. */
static double readers_that_err(const struct weights *w)
{
    double most = 0;
    if (w->sum < w->asked - ROUNDING)
        return 0;
    for (uint32_t set = 0; set < UINT32_C(1) << w->count; set++) {
        double more = w->asked - weight_of(w, set);
        double sum = more > ROUNDING ? cover(w, set, more) : 0;
        most = sum > most ? sum : most;
    }
    return most;
}

/* That enough readers pass, each with this chance. */
static double enough_pass(const struct weights *w, double chance)
{
    double sum = 0;
    for (uint32_t set = 0; set < UINT32_C(1) << w->count; set++) {
        unsigned passing = (unsigned)__builtin_popcount(set);
        if (weight_of(w, set) >= w->asked - ROUNDING)
            sum += pow(chance, passing) * pow(1 - chance, w->count - passing);
    }
    return least(1, sum);
}

#define ABOVE_READERS 8

/* ---- one cell ---- */

/* Whether n placements, d of them dirty, bring the upper bound to x. */
static bool shows_at_most(const struct scheme *s, double x, unsigned n, unsigned d)
{
    return d < x * n && stats_log_evalue(x, n, d, 0.5, 5.0 / s->q1) >= -log(s->beta);
}

/* That a cell which the scheme stops has its upper bound at a bound of the criteria's own. */
static int own_bound_at(const struct scheme_table *t, double bound, double q, struct characteristics *out,
                        struct err *e)
{
    const unsigned most = t->scheme.n_max;
    double *alive = calloc(most + 2u, sizeof *alive);
    *out = (struct characteristics) { 0 };
    if (!alive)
        return err_set(e, ERR_MEMORY, "scheme", "out of memory");
    alive[0] = 1;
    for (unsigned n = 1; n <= most; n++) {
        for (unsigned d = n; d > 0; d--)
            alive[d] = alive[d] * (1 - q) + alive[d - 1] * q;
        alive[0] *= 1 - q;
        for (unsigned d = 0; d <= n; d++) {
            bool accepted = t->accept[d] && n >= t->accept[d], rejected = t->reject[n] && d >= t->reject[n];
            if (alive[d] <= 0 || !(accepted || rejected || n == most))
                continue;
            out->compatible += shows_at_most(&t->scheme, bound, n, d) ? alive[d] : 0;
            out->placements += n * alive[d];
            alive[d] = 0;
        }
    }
    free(alive);
    return 0;
}

/* That a cell with this q passes, and how many placements it is expected to take. */
static int cell_at(const struct criteria *c, const struct scheme_table *t, double q,
                   struct characteristics *out, struct err *e)
{
    if (!c->taps)
        return c->dirty_at_most > 0 ? own_bound_at(t, c->dirty_at_most, q, out, e)
                                    : characteristics_at(t, q, out, e);
    *out = (struct characteristics) { .compatible = trials_at_least(c->taps, c->ok_at_least, 1 - q) };
    return 0;
}

/* That a reader passes: `units` independent cells of every kind, which pass with this chance each. */
static double reader_passes(const struct criteria *c, const struct looks *l, double cell, double scripts)
{
    double chance = 1;
    if (clause_is_used(c, CLAUSE_SUCCESS))
        chance *= pow(cell, l->cells / scripts);
    if (c->five_points)
        chance *= pow(trials_at_least(FIVE, FIVE - c->failing_at_most, cell), l->lines / scripts);
    if (c->height)
        chance *= pow(cell, l->heights / scripts);
    return chance;
}

/* ---- the statements ---- */

/* Everything that statements are made from. */
struct making {
    const struct criteria *c;
    const struct survey *s;
    struct weights w;
    struct looks required, conditional;
    struct stated_errors *out;
};

static void state(struct making *m, struct stated_error one)
{
    if (m->out->count < STATED_MOST)
        m->out->rows[m->out->count++] = one;
}

/* Of a clause that is judged on each reader: what has to err there before a bad handset passes it. */
static double errs_of(const struct making *m, enum clause clause)
{
    switch (clause) {
    case CLAUSE_FIVE_POINTS:
        return m->c->failing_at_most + 1;
    case CLAUSE_HEIGHT:
        return m->required.window;
    default:
        return 1;
    }
}

static double breaks_from(const struct making *m, enum clause clause)
{
    if (clause == CLAUSE_TIME)
        return 1 - m->c->share;
    if (m->c->taps && clause == CLAUSE_SUCCESS)
        return 1 - stats_cp_lower(m->c->taps, m->c->ok_at_least, TAPS_CONFIDENCE);
    return m->out->passes;
}

/* A rule of taps has a confidence of its own, as its number is fixed beforehand. */
static double one_errs(const struct making *m, enum clause clause)
{
    bool through = clause == CLAUSE_SUCCESS || clause == CLAUSE_FIVE_POINTS || clause == CLAUSE_HEIGHT;
    return m->c->taps && through ? 1 - TAPS_CONFIDENCE : m->out->scheme.beta;
}

static bool has_errors(const struct making *m, enum clause clause)
{
    return clause < CLAUSE_READERS && clause != CLAUSE_TECHNOLOGIES && clause_is_used(m->c, clause);
}

static bool by_rows(const struct making *m)
{
    return tiers_of(m->c, &m->out->scheme) == TIERS_ROWS;
}

static void state_listed(struct making *m)
{
    double most = 0;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++) {
        if (!has_errors(m, c))
            continue;
        bool by_pair = c == CLAUSE_TIME && m->c->by_handset;
        double high = one_errs(m, c) * errs_of(m, c) * (by_pair ? 1 : m->out->readers_err);
        state(m, (struct stated_error) {
                     .what = STATED_LISTED, .clause = c, .q = breaks_from(m, c), .high = least(1, high) });
        if (c == CLAUSE_SUCCESS && by_rows(m))
            state(m, (struct stated_error) {
                         .what = STATED_LISTED_MEAN, .q = m->out->scheme.mean, .high = m->out->scheme.beta });
        most = !by_pair && high > most ? high : most;
    }
    if (m->conditional.cells + m->conditional.lines > 0)
        state(m, (struct stated_error) {
                     .what = STATED_UNCONDITIONAL, .q = m->out->passes, .high = least(1, most) });
}

/* Cells of a reader that can fail by a clause, each by alpha, divided by how many have to. */
static double fails_of(const struct making *m, const struct looks *l, enum clause clause)
{
    switch (clause) {
    case CLAUSE_FIVE_POINTS:
        return (double)FIVE * l->lines / (m->c->failing_at_most + 1);
    case CLAUSE_HEIGHT:
        return l->heights;
    case CLAUSE_PAYLOAD:
        return (double)l->cells / m->out->scripts;
    default:
        return l->cells;
    }
}

/* What becomes of a required row: all its readers pass together. */
static int row_at(const struct making *m, double q, struct row_chances *out, struct err *e)
{
    static const double one = 1.0;
    struct two_tier t;
    struct reader_group groups[SURVEY_READERS_MAX] = { 0 };
    size_t count = 0;
    int code = rows_tables(m->s, &m->out->scheme, &t, e);
    for (size_t i = 0; i < m->s->reader_count; i++) {
        size_t g = 0;
        while (g < count && groups[g].weight != m->s->readers[i].weight)
            g++;
        count += g == count;
        groups[g].readers++;
        groups[g].weight = m->s->readers[i].weight;
        groups[g].count = 1;
        groups[g].q = &q;
        groups[g].weights = &one;
    }
    if (code == 0)
        code = row_chances(&t, groups, count, out, e);
    two_tier_free(&t);
    return code;
}

/* That one of the required rows, with as much as this on every reader, can no longer pass. */
static int find_unreached(struct making *m, double q, double *out, struct err *e)
{
    struct row_chances at = { 0 };
    int code = row_at(m, q, &at, e);
    *out = m->required.cells * at.unreached;
    return code;
}

static int state_refused(struct making *m, struct err *e)
{
    const double alpha = m->out->scheme.alpha, readers = cover(&m->w, 0, m->w.fails);
    bool above_bound = m->c->refuse == CRITERIA_REFUSE_ABOVE_BOUND;
    double marked = 0, unreached = 0;
    int code = by_rows(m) && !above_bound ? find_unreached(m, m->out->refuses, &unreached, e) : 0;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++) {
        bool by_pair = c == CLAUSE_TIME && m->c->by_handset;
        if (!has_errors(m, c) || (m->c->taps && c != CLAUSE_TIME && c != CLAUSE_PAYLOAD))
            continue;
        double cells = by_pair ? m->out->scripts : readers * fails_of(m, &m->required, c);
        double q = c != CLAUSE_TIME ? m->out->refuses : (1 - m->c->share) / (above_bound ? 1 : TIME_LOWER);
        state(m,
              (struct stated_error) { .what = STATED_REFUSED,
                                      .clause = c,
                                      .q = q,
                                      .high = least(1, alpha * cells + (c == CLAUSE_SUCCESS ? unreached : 0)),
                                      .cells = by_pair ? 0 : m->w.count * m->required.cells });
        marked += by_pair ? 0 : readers * fails_of(m, &m->conditional, c);
    }
    if (marked > 0)
        state(m, (struct stated_error) { .what = STATED_MARKED,
                                         .q = m->out->refuses,
                                         .high = least(1, alpha * marked),
                                         .cells = m->w.count * m->conditional.cells });
    return code;
}

static int state_row_power(struct making *m, double q, struct err *e)
{
    struct row_chances at = { 0 };
    int code = row_at(m, q, &at, e);
    state(m, (struct stated_error) { .what = STATED_POWER,
                                     .q = q,
                                     .low = pow(at.passes, m->required.cells),
                                     .high = pow(at.passes, (double)m->required.cells / m->out->scripts),
                                     .cells = m->w.count * m->required.cells,
                                     .n_max = m->out->scheme.n_max,
                                     .placements = at.placements });
    return code;
}

static int state_power(struct making *m, const struct scheme_table *t, double q, struct err *e)
{
    struct characteristics at;
    double scripts = m->out->scripts;
    int code = cell_at(m->c, t, q, &at, e);
    if (code != 0)
        return code;
    if (by_rows(m))
        return state_row_power(m, q, e);
    double low = enough_pass(&m->w, reader_passes(m->c, &m->required, at.compatible, 1));
    double high = enough_pass(&m->w, reader_passes(m->c, &m->required, at.compatible, scripts));
    state(m, (struct stated_error) { .what = STATED_POWER,
                                     .q = q,
                                     .low = low,
                                     .high = high,
                                     .cells = m->w.count * m->required.cells,
                                     .n_max = t->scheme.n_max,
                                     .placements = at.placements });
    return 0;
}

/* At q0 and a quarter of it, under the scheme and with a longer N_max. */
static int state_powers(struct making *m, struct err *e)
{
    const unsigned times = m->c->taps || by_rows(m) ? 1 : LONGER;
    int code = 0;
    if (!clause_is_used(m->c, CLAUSE_SUCCESS) && !m->c->five_points && !m->c->height)
        return 0;
    for (unsigned k = 1; k <= times && code == 0; k++) {
        struct scheme_table t = { 0 };
        struct scheme longer = m->out->scheme;
        longer.n_max = k * longer.n_max < SCHEME_N_MAX ? k * longer.n_max : SCHEME_N_MAX;
        code = scheme_table_make(&longer, &t, e);
        if (code == 0)
            code = state_power(m, &t, longer.q0, e);
        if (code == 0)
            code = state_power(m, &t, longer.q0 / 4, e);
        scheme_table_free(&t);
    }
    return code;
}

/* Not where only the list is wanted: there it goes off the list before it is refused. */
static void state_dead(struct making *m)
{
    struct stated_errors *out = m->out;
    if (m->c->taps || m->s->decide == DECIDE_LIST)
        return;
    out->dead_above_q0 = criteria_refusal_placements(out->scheme.q0, &out->scheme);
    out->dead_above_bound = criteria_refusal_placements(out->passes, &out->scheme);
    state(m, (struct stated_error) { .what = STATED_DEAD, .q = 1, .low = 1, .high = 1 });
}

/* The weaker claim of two tiers in a number; of many readers it would take too long to be said in passing. */
static int find_above(struct making *m, struct err *e)
{
    struct two_tier t;
    struct population_chances usual;
    m->out->above = NAN;
    if (m->s->reader_count > ABOVE_READERS)
        return 0;
    int code = two_tier_make(&m->out->scheme, 1, (unsigned)m->s->reader_count, &t, e);
    if (code == 0)
        code = row_chances_of_population(&t, (unsigned)m->s->reader_count, &usual, e);
    if (code == 0)
        m->out->above = usual.above;
    two_tier_free(&t);
    return code;
}

int stated_errors_make(const struct criteria *c, const struct survey *s, const struct scheme *scheme,
                       struct stated_errors *out, struct err *e)
{
    struct making m = { .c = c, .s = s, .w = weigh(c, s), .out = out };
    m.required = look(c, s, NEED_REQUIRED);
    m.conditional = look(c, s, NEED_CONDITIONAL);
    *out = (struct stated_errors) { .scheme = *scheme,
                                    .criteria = c,
                                    .passes = criteria_dirty_at_most(c, scheme),
                                    .refuses = criteria_refuses_above(c, scheme),
                                    .readers = m.w.count,
                                    .needed = c->readers_share > 0 ? 0 : (unsigned)m.w.asked,
                                    .share = c->readers_share,
                                    .readers_err = readers_that_err(&m.w),
                                    .pairs = (unsigned)s->pair_count };
    for (size_t script = 0; script < s->script_count; script++) {
        bool asked = false;
        for (size_t i = 0; i < s->condition_count; i++)
            asked = asked || need_of(c, s, i, script) == NEED_REQUIRED;
        out->scripts += asked;
    }
    if (out->scripts == 0 || out->readers_err <= 0)
        return 0; /* nobody can be listed, and reach_of() says why */
    out->by_rows = by_rows(&m);
    int code = out->by_rows ? find_above(&m, e) : 0;
    if (code != 0)
        return code;
    out->is_least = (int)clause_is_used(c, CLAUSE_SUCCESS) + c->five_points + c->height > 1;
    out->is_most = c->within_ms > 0 || c->payload_script || c->technologies;
    state_listed(&m);
    code = state_refused(&m, e);
    state_dead(&m);
    return code != 0 ? code : state_powers(&m, e);
}
