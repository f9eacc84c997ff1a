/* readers: which readers count, and how many of them, or what share of their weights, must pass. */
#include "harness/criteria/judges.h"

#include <math.h>
#include <string.h>

static bool is_reader(const struct survey *s, size_t reader, const char *name)
{
    return strcmp(s->readers[reader].unit, name) == 0 ||
           strcmp(s->reader_profiles[s->readers[reader].profile].id, name) == 0;
}

/* Of some readers only: what is asked for in place of them all. */
static bool is_of_some(const struct assess_engine *g)
{
    return g->a->asked.readers != 0;
}

static void find_seats(struct assess_engine *g)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    for (size_t r = 0; r < s->reader_count; r++)
        g->rules.seats[r] = is_of_some(g) ? g->a->asked.readers >> r & 1 : c->readers_of_count == 0;
    if (is_of_some(g))
        return;
    for (size_t i = 0; i < c->readers_of_count; i++) {
        bool found = false;
        for (size_t r = 0; r < s->reader_count; r++) {
            if (is_reader(s, r, c->readers_of[i]))
                g->rules.seats[r] = 1, found = true;
        }
        if (!found)
            assess_lacks(g, c->readers_of[i], false);
    }
}

/* A unit or profile that the survey lacks is not testable by name; in weights it stays an untested share. */
static int prepare(struct assess_engine *g, struct err *e)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    (void)e;
    find_seats(g);
    for (size_t i = 0; i < c->weight_count; i++) {
        unsigned units = 0;
        for (size_t r = 0; r < s->reader_count; r++)
            units += is_reader(s, r, c->weights[i].reader);
        for (size_t r = 0; r < s->reader_count; r++)
            if (is_reader(s, r, c->weights[i].reader)) /* units of one model share its weight */
                g->rules.weights[r] += c->weights[i].share / units;
    }
    for (size_t r = 0; r < s->reader_count; r++)
        g->a->scope |= g->rules.seats[r] ? UINT32_C(1) << r : 0;
    g->rules.by_share = c->readers_share > 0 && !is_of_some(g);
    if (is_of_some(g))
        g->rules.threshold[CLAUSE_READERS] = 0;
    memcpy(g->a->weights, g->rules.weights, sizeof g->a->weights);
    return 0;
}

static double threshold(const struct criteria *c)
{
    return c->readers_share > 0 ? c->readers_share : c->readers_at_least;
}

static unsigned seats_of(const struct assess_rules *r)
{
    unsigned all = 0;
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        all += r->seats[i];
    return all;
}

static void shares_of_pairs(const struct assess_engine *g, struct knob *k)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &g->a->pairs[pair];
        double passed = 0, failed = 0, could = 0;
        for (size_t r = 0; r < g->f->survey->reader_count; r++) {
            passed += p->passes >> r & 1 ? g->rules.weights[r] : 0;
            could += (p->passes | p->open) >> r & 1 ? g->rules.weights[r] : 0;
            failed += p->fails >> r & 1 ? g->rules.weights[r] : 0;
        }
        knob_add(k, passed, INFINITY);
        knob_add(k, could, INFINITY);
        knob_add(k, 1.0 - failed, INFINITY);
    }
}

static void knob(const struct assess_engine *g, struct knob *k)
{
    const struct criteria *c = g->criteria;
    unsigned all = seats_of(&g->rules);
    k->falls = true;
    if (c->readers_share > 0) {
        k->unit = UNIT_READER_SHARE;
        k->value = c->readers_share;
        shares_of_pairs(g, k);
        return;
    }
    k->unit = UNIT_READERS;
    k->value = c->readers_at_least ? c->readers_at_least : all;
    for (unsigned i = 1; i <= all; i++)
        knob_add(k, i, INFINITY);
}

/* One reader is enough. */
static void relax(struct assess_rules *r)
{
    r->threshold[CLAUSE_READERS] = 1;
    r->by_share = false;
}

static enum clause_ask asks(const struct assessment *a, struct measures *out)
{
    const struct criteria *c = a->criteria;
    bool all = a->asked.readers != 0;
    if (c->readers_share > 0 && !all)
        measures_add(out, (struct measure) { .kind = MEASURE_SHARE, .real = c->readers_share });
    else if (c->readers_at_least && !all)
        measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->readers_at_least });
    measures_add(out, (struct measure) { .kind = MEASURE_READERS, .number = a->scope });
    return all                    ? ASK_READERS_ALL
           : c->readers_share > 0 ? ASK_READERS_SHARE
           : c->readers_at_least  ? ASK_READERS_SOME
                                  : ASK_READERS_ALL;
}

bool assess_counts_some(const struct assessment *a)
{
    return (a->criteria->readers_at_least > 0 || a->criteria->readers_share > 0) && a->asked.readers == 0;
}

static double weight_of(const struct assessment *a, uint32_t set)
{
    double sum = 0;
    for (size_t i = 0; i < a->f->survey->reader_count; i++)
        sum += set >> i & 1 ? a->weights[i] : 0;
    return sum;
}

/* By share: from what is shown to pass to what is not shown to fail, untested readers among it. */
enum clause_evidence evidence_of_readers(const struct assessment *a, uint32_t passes, uint32_t fails,
                                         struct measures *out)
{
    measures_add(out, (struct measure) { .id = "readers_passing",
                                         .kind = MEASURE_COUNT,
                                         .number = (unsigned)__builtin_popcount(passes) });
    measures_add(out, (struct measure) { .id = "readers_failing",
                                         .kind = MEASURE_COUNT,
                                         .number = (unsigned)__builtin_popcount(fails) });
    measures_add(
        out, (struct measure) { .kind = MEASURE_COUNT, .number = (unsigned)__builtin_popcount(a->scope) });
    if (a->criteria->readers_share <= 0 || !assess_counts_some(a))
        return EVIDENCE_READERS;
    measures_add(out, (struct measure) { .id = "share_shown",
                                         .high_id = "share_possible",
                                         .kind = MEASURE_INTERVAL,
                                         .real = weight_of(a, passes),
                                         .high = 1.0 - weight_of(a, fails) });
    return EVIDENCE_READER_SHARES;
}

static enum clause_evidence shows_of_pair(const struct assessment *a, size_t pair, size_t cell,
                                          struct measures *out)
{
    (void)cell;
    return evidence_of_readers(a, a->pairs[pair].passes, a->pairs[pair].fails, out);
}

const struct judge judge_readers = {
    .prepare = prepare,
    .threshold = threshold,
    .given_up = 6,
    .is_never_dropped = true,
    .knob = knob,
    .relax = relax,
    .asks = asks,
    .shows_of_pair = shows_of_pair,
};
