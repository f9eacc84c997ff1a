/* The records behind an outcome, and what a cell shows of a clause. */
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

size_t assess_evidence(const struct assessment *a, const struct assess_result *r, enum clause clause,
                       uint64_t *out, size_t max)
{
    const struct judge *j = judges[clause];
    size_t count = 0;
    if (r->cell == SIZE_MAX || max == 0)
        return 0;
    const struct observations *t = &a->f->cells[r->cell].seen;
    if (r->outcome != ASSESS_FAIL)
        return nth_counted(t, j->settled_by ? j->settled_by(a->criteria) : 0, out);
    if (j->records)
        return j->records(a, r->cell, out, max);
    if (!j->speaks_against)
        j = judges[CLAUSE_SUCCESS];
    for (size_t i = 0; i < t->placement_count && count < max; i++) {
        const struct placement_seen *p = &t->placements[i];
        uint64_t bad_line = observations_bad_line(t, p);
        if (p->counted && j->speaks_against(a, t, p))
            out[count++] = bad_line ? bad_line : p->line;
    }
    return count;
}

static void add_counts(const struct findings_cell *c, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->d });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->n });
    measures_add(out, (struct measure) {
                          .kind = MEASURE_INTERVAL, .number = c->s, .real = c->lower, .high = c->upper });
}

enum clause_evidence assess_shows(const struct assessment *a, enum clause clause, size_t cell,
                                  struct measures *out)
{
    const struct judge *j = judges[judges[clause]->through ? judges[clause]->through : clause];
    struct measures own = { .count = 0 };
    enum clause_evidence shown = j->shows ? j->shows(a, cell, &own) : EVIDENCE_COUNTS;
    *out = (struct measures) { .count = 0 };
    if (shown == EVIDENCE_COUNTS)
        add_counts(&a->f->cells[cell], out);
    for (size_t i = 0; i < own.count; i++)
        measures_add(out, own.items[i]);
    return shown;
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
