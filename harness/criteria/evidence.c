/* What decides a clause for a pair: its figures, the cell and the records behind it. */
#include "harness/criteria/judges.h"

/* The n-th counted placement; the last one when there are fewer, or n is 0. */
static size_t nth_counted(const struct observations *t, unsigned n, uint64_t *out)
{
    unsigned seen = 0;
    for (size_t i = 0; i < t->placement_count && (seen == 0 || seen != n); i++) {
        if (!t->placements[i].counted)
            continue;
        *out = t->placements[i].line;
        seen++;
    }
    return seen > 0;
}

/* The clause that is looked at in a cell. */
static const struct judge *in_cell(enum clause clause)
{
    return judges[judges[clause]->through ? judges[clause]->through : clause];
}

static size_t find_lines(const struct assessment *a, const struct assess_evidence *of, uint64_t *out)
{
    const struct observations *t = &a->f->cells[of->cell].seen;
    const struct judge *j = in_cell(of->in_cell);
    size_t count = 0;
    if (of->outcome != ASSESS_FAIL)
        return nth_counted(t, j->settled_by ? j->settled_by(a->criteria) : 0, out);
    if (j->records)
        return j->records(a, of->cell, out, EVIDENCE_LINES_MAX);
    bool (*against)(const struct assessment *, const struct observations *, const struct placement_seen *) =
        j->speaks_against ? j->speaks_against : judges[CLAUSE_SUCCESS]->speaks_against;
    for (size_t i = 0; against && i < t->placement_count && count < EVIDENCE_LINES_MAX; i++) {
        const struct placement_seen *p = &t->placements[i];
        uint64_t bad_line = observations_bad_line(t, p);
        if (p->counted && against(a, t, p))
            out[count++] = bad_line ? bad_line : p->line;
    }
    return count;
}

enum clause_evidence evidence_counts(const struct findings_cell *c, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->d });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->n });
    measures_add(out, (struct measure) {
                          .kind = MEASURE_INTERVAL, .number = c->s, .real = c->lower, .high = c->upper });
    return EVIDENCE_COUNTS;
}

/* Where not all readers must pass: on how many a clause is met. One that skips it bars nobody. */
static enum clause_evidence over_readers(const struct assessment *a, size_t pair, enum clause clause,
                                         struct measures *out)
{
    uint32_t passes = 0, fails = 0;
    if (clause == CLAUSE_NONE || clause >= CLAUSE_READERS || !assess_counts_some(a) ||
        (judges[clause]->is_by_pair && judges[clause]->is_by_pair(a->criteria)))
        return EVIDENCE_NONE;
    for (size_t i = 0; i < a->f->survey->reader_count; i++) {
        enum assess_outcome on = assess_spot(a, pair, i, clause)->outcome;
        uint32_t bit = (a->scope >> i & 1) << i;
        passes |= on == ASSESS_PASS || on == ASSESS_UNUSED ? bit : 0;
        fails |= on == ASSESS_FAIL ? bit : 0;
    }
    return evidence_of_readers(a, passes, fails, out);
}

static struct assess_evidence gather(const struct assessment *a, size_t pair, enum clause clause,
                                     enum clause in, const struct assess_result *r)
{
    struct assess_evidence out = { .clause = clause, .outcome = r->outcome, .cell = r->cell, .in_cell = in };
    out.readers_say = over_readers(a, pair, clause, &out.readers);
    if (clause != CLAUSE_NONE && judges[clause]->shows_of_pair)
        out.says = judges[clause]->shows_of_pair(a, pair, r->cell, &out.own);
    if (r->cell == SIZE_MAX || in == CLAUSE_NONE)
        return out;
    const struct judge *j = in_cell(in);
    if (a->f->cells[r->cell].state == SURVEY_CELL_IN)
        out.cell_says = j->shows ? j->shows(a, r->cell, &out.cell_shows)
                                 : evidence_counts(&a->f->cells[r->cell], &out.cell_shows);
    out.line_count = find_lines(a, &out, out.lines);
    return out;
}

struct assess_evidence assess_evidence(const struct assessment *a, size_t pair, enum clause clause)
{
    const struct assess_pair *p = &a->pairs[pair];
    return gather(a, pair, clause, clause == CLAUSE_READERS ? p->readers_clause : clause,
                  &p->clauses[clause]);
}

static enum clause first_asked(const struct assess_pair *p)
{
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (p->clauses[c].outcome != ASSESS_UNUSED)
            return c;
    return CLAUSE_NONE;
}

struct assess_evidence assess_decides(const struct assessment *a, size_t pair)
{
    const struct assess_pair *p = &a->pairs[pair];
    const struct assess_result conditional = { p->modes_failing ? ASSESS_FAIL : ASSESS_OPEN,
                                               p->conditional_cell, 0 };
    if (p->recommendation == RECOMMENDATION_CONDITIONAL)
        return gather(a, pair, CLAUSE_NONE, p->conditional_clause, &conditional);
    if (p->clause == CLAUSE_NONE)
        return assess_evidence(a, pair, first_asked(p));
    /* the result that decides, which is one under `refuse: above-bound` where that refuses, too */
    const struct assess_result decides = { p->required, p->cell, p->missing };
    return gather(a, pair, p->clause, p->clause == CLAUSE_READERS ? p->readers_clause : p->clause, &decides);
}

uint32_t assess_refusing_readers(const struct assessment *a, size_t pair)
{
    const struct assess_pair *p = &a->pairs[pair];
    uint32_t out = 0;
    if (p->recommendation == RECOMMENDATION_CONDITIONAL)
        return p->modes_failing ? p->conditional_fails : 0;
    if (p->recommendation != RECOMMENDATION_NOT_RECOMMENDED)
        return 0;
    if (p->clause >= CLAUSE_READERS)
        return p->fails;
    for (size_t i = 0; i < a->f->survey->reader_count; i++)
        if ((a->scope >> i & 1) && assess_spot(a, pair, i, p->clause)->outcome == ASSESS_FAIL)
            out |= UINT32_C(1) << i;
    return out;
}

bool assess_is_out_of_reach(const struct assessment *a, const struct assess_pair *p)
{
    if (p->cell == SIZE_MAX)
        return false;
    enum verdict v = a->f->cells[p->cell].verdict;
    if (p->required == ASSESS_OPEN)
        return v == VERDICT_NOT_PURSUED;
    return p->recommendation == RECOMMENDATION_NOT_RECOMMENDED && !p->shown_not_to_meet &&
           (p->clause == CLAUSE_SUCCESS || p->clause == CLAUSE_READERS) && v != VERDICT_INCOMPATIBLE &&
           v != VERDICT_NOT_APPLICABLE && assess_grey_of(a, CLAUSE_SUCCESS).mean > 0;
}

enum clause_ask assess_asks_for(const struct assessment *a, enum clause clause, struct measures *out)
{
    *out = (struct measures) { .count = 0 };
    return clause_is_used(a->criteria, clause) && judges[clause]->asks ? judges[clause]->asks(a, out)
                                                                       : ASK_NONE;
}

const char *assess_skips_why(enum clause clause)
{
    return judges[clause]->skips_why;
}
