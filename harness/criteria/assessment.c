/* What an assessment says, for whoever reads one. */
#include "harness/clauses/refusal.h"
#include "harness/criteria/judges.h"

const char *assess_outcome_name(enum assess_outcome outcome)
{
    static const char *const names[] = { "not used", "pass", "not enough data", "not testable with this run",
                                         "fail" };
    return (unsigned)outcome <= ASSESS_FAIL ? names[outcome] : "";
}

struct assess_grey assess_grey_of(const struct assessment *a, enum clause clause)
{
    if (judges[clause] && judges[clause]->grey)
        return judges[clause]->grey(a);
    return (struct assess_grey) { .refuses = a->f->scheme.q0,
                                  .passes = criteria_dirty_at_most(a->criteria, &a->f->scheme) };
}

const struct assess_pair *assess_pair_of(const struct assessment *a, size_t pair)
{
    static const struct assess_pair unjudged = { .decides = SIZE_MAX,
                                                 .cell = SIZE_MAX,
                                                 .conditional_cell = SIZE_MAX };
    return a ? &a->pairs[pair] : &unjudged;
}

bool assess_fails_on(const struct assessment *a, size_t pair, size_t reader, enum need need)
{
    const struct assess_pair *p = assess_pair_of(a, pair);
    return need != NEED_NONE &&
           ((need == NEED_REQUIRED ? p->fails : p->conditional_fails) >> reader & 1) != 0;
}
