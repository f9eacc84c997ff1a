/* technologies: one transaction with another technology fails it. */
#include "harness/criteria/judges.h"

static struct assess_result on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    uint64_t told = 0, strange = 0;
    (void)r;
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES; i++) {
        told += c->technology_count[i];
        strange += g->criteria->technologies >> i & 1 ? 0 : c->technology_count[i];
    }
    struct assess_result out = { ASSESS_PASS, cell, 0 };
    if (strange > 0)
        out.outcome = ASSESS_FAIL;
    else if (told == 0 && c->ok > 0)
        out = (struct assess_result) { ASSESS_NOT_TESTABLE, SIZE_MAX, 0 }; /* the driver does not tell it */
    else if (told == 0)
        out = (struct assess_result) { ASSESS_OPEN, cell, 1 };
    return out;
}

static enum clause_ask asks(const struct assessment *a, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_TECHNOLOGIES, .number = a->criteria->technologies });
    return ASK_TECHNOLOGIES;
}

static enum clause_evidence shows(const struct assessment *a, size_t cell, struct measures *out)
{
    const struct findings_cell *c = &a->f->cells[cell];
    struct measure m = { .id = "technologies", .kind = MEASURE_BY_TECHNOLOGY };
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES; i++)
        m.counts[i] = c->technology_count[i];
    measures_add(out, m);
    return EVIDENCE_TECHNOLOGIES;
}

/* The first transaction with each of the others. */
static size_t records(const struct assessment *a, size_t cell, uint64_t *out, size_t max)
{
    const struct findings_cell *c = &a->f->cells[cell];
    size_t count = 0;
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES && count < max; i++)
        if (!(a->criteria->technologies >> i & 1) && c->technology_count[i] > 0)
            out[count++] = c->technology_line[i];
    return count;
}

const struct judge judge_technologies = {
    .on_cell = on_cell, .given_up = 4, .asks = asks, .shows = shows, .records = records
};
