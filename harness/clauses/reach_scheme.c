/* Whether a scheme lays phones so often that its criteria can be shown, and whether both ask the same question. */
#include "harness/clauses/need.h"
#include "harness/clauses/reach_parts.h"
#include "harness/clauses/tiers.h"
#include "harness/stats/overrun.h"

#define TIME_MOST 100000u /* placements without an overrun that are looked for */

/* Clean placements that make a cell compatible, with however long a scheme; 0: none that a scheme can have. */
static unsigned needed_at_all(const struct scheme *s)
{
    struct scheme longer = *s;
    struct scheme_table table;
    struct err e;
    longer.n_max = SCHEME_N_MAX;
    if (scheme_table_make(&longer, &table, &e) != 0)
        return 0;
    unsigned needed = table.accept[0];
    scheme_table_free(&table);
    return needed;
}

/* The least upper bound that a cell shows when it stops as compatible. */
static double least_bound(const struct scheme_table *t)
{
    double least = 1, lower, upper;
    for (unsigned d = 0; d <= t->scheme.n_max; d++) {
        if (t->accept[d] == 0)
            break;
        verdict_bounds(&t->scheme, t->accept[d], d, 0, &lower, &upper);
        least = upper < least ? upper : least;
    }
    return least;
}

static void need_bound(struct reach_search *r, struct survey_place place)
{
    const struct criteria *c = r->criteria;
    const struct scheme_table *t = r->table;
    double lower, upper;
    if (c->dirty_at_most <= 0 || scheme_is_two_tier(&t->scheme))
        return; /* find_tiers() says it */
    if (c->dirty_at_most < least_bound(t)) {
        unsigned ends = t->accept[0] > 0 ? t->accept[0] : t->scheme.n_max;
        verdict_bounds(&t->scheme, ends, 0, 0, &lower, &upper);
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_BOUND, c->id, said_share(c->dirty_at_most).text, said_number(ends).text,
                        said_share(upper).text));
    } else if (c->dirty_at_most != t->scheme.q1 && !scheme_is_two_tier(&t->scheme)) {
        reach_found(r, REACH_DIFFERS, place,
                    SAY(SAID_CRITERIA_OTHER_BOUND, c->id, said_share(c->dirty_at_most).text,
                        said_share(t->scheme.q1).text));
    }
}

/* Are all readers of the survey asked, and all of those that are? */
static bool asks_all(const struct criteria *c, const struct survey *s)
{
    double all = 0;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        if (need_of_reader(c, s, reader) <= 0)
            return false;
        all += need_of_reader(c, s, reader);
    }
    return need_weight_asked(c, all) >= all - 1e-9;
}

/* One question asked by both? */
static void need_tiers(struct reach_search *r, struct survey_place place)
{
    const struct criteria *c = r->criteria;
    const struct scheme *k = &r->table->scheme;
    enum tiers tiers = tiers_of(c, k);
    if (tiers == TIERS_ROWS_TOO_WEAK)
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_MEAN, c->id, said_share(c->mean_at_most).text,
                        said_share(c->each_at_most).text, said_share(k->mean).text, said_share(k->q1).text));
    else if (tiers == TIERS_CELLS_STRICTER)
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_CRITERIA_MEAN_OF_CELLS, c->id));
    else if (tiers == TIERS_CELLS_BY_ROWS)
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_CRITERIA_CELLS_OF_MEAN, c->id));
    else if (tiers == TIERS_ROWS && !asks_all(c, r->survey))
        reach_found(r, REACH_DIFFERS, place, SAY(SAID_CRITERIA_SOME_OF_MEAN, c->id));
}

/* Clean placements of a reader after which a cell, or a row of two tiers on all readers, stops; 0: never. */
static unsigned clean_stop(struct reach_search *r)
{
    const struct survey *s = r->survey;
    struct two_tier tiers;
    struct two_tier_reader readers[SURVEY_READERS_MAX] = { 0 };
    unsigned total = 0, most = 0;
    struct err e;
    if (!scheme_is_two_tier(&r->table->scheme))
        return r->table->accept[0];
    for (size_t i = 0; i < s->reader_count; i++) {
        readers[i].weight = s->readers[i].weight;
        total += readers[i].weight;
        most = readers[i].weight > most ? readers[i].weight : most;
    }
    if (two_tier_make(&r->table->scheme, most, total, &tiers, &e) != 0) {
        r->memory |= e.code == ERR_MEMORY; /* anything else is an error of the survey, which the plan says */
        return r->table->accept[0];
    }
    unsigned tours = two_tier_row(&tiers, readers, (unsigned)s->reader_count).missing;
    two_tier_free(&tiers);
    return tours;
}

/* Placements of a handset that is clean throughout, in all cells that its time is judged by together. */
static uint64_t judged_together(const struct reach_search *r, unsigned in_a_cell)
{
    const struct survey *s = r->survey;
    const struct criteria *c = r->criteria;
    uint64_t cells = 0;
    for (size_t script = 0; script < s->script_count; script++) {
        uint64_t of_script = 0;
        for (size_t condition = 0; condition < s->condition_count; condition++)
            for (size_t reader = 0; reader < s->reader_count; reader++)
                of_script += need_of(c, s, condition, script) == NEED_REQUIRED &&
                             reach_looks_at(c, &s->conditions[condition]) && need_of_reader(c, s, reader) > 0;
        cells = of_script > cells ? of_script : cells;
    }
    return c->by_handset ? cells * in_a_cell : in_a_cell;
}

static void need_time(struct reach_search *r, unsigned in_a_cell, struct survey_place place)
{
    const struct criteria *c = r->criteria;
    if (!c->within_ms)
        return;
    uint64_t needed = overrun_missing(NULL, 0, 1.0 - c->share, r->table->scheme.beta, TIME_MOST);
    uint64_t made = judged_together(r, in_a_cell);
    if (made < needed)
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_TIME, c->id, said_number(needed).text, said_number(made).text));
}

void reach_scheme(struct reach_search *r)
{
    const struct criteria *c = r->criteria;
    const struct scheme_table *t = r->table;
    struct survey_place scheme = survey_place_of(r->survey, "scheme");
    struct survey_place criteria = survey_place_of(r->survey, "criteria");
    unsigned most = t->scheme.n_max, stop = clean_stop(r), in_a_cell = stop > 0 ? stop : most;
    if (t->accept[0] == 0)
        reach_found(
            r, REACH_BARS, scheme,
            SAY(SAID_SCHEME_TOO_SHORT, said_number(most).text, said_number(needed_at_all(&t->scheme)).text));
    if (!c)
        return;
    in_a_cell = c->taps > in_a_cell ? c->taps : in_a_cell; /* the plan makes the taps that are asked for */
    need_tiers(r, criteria);
    need_bound(r, criteria);
    need_time(r, in_a_cell, criteria);
}
