#include "harness/clauses/refusal.h"

double criteria_dirty_at_most(const struct criteria *c, const struct scheme *s)
{
    return c && c->dirty_at_most > 0 ? c->dirty_at_most : s->q1;
}

double criteria_refuses_above(const struct criteria *c, const struct scheme *s)
{
    return c && c->refuse == CRITERIA_REFUSE_ABOVE_BOUND ? criteria_dirty_at_most(c, s) : s->q0;
}

/* All dirty, until the lower bound reaches this. */
static unsigned placements_to(double above, const struct scheme *s)
{
    unsigned n = SCHEME_N_MIN;
    double lower = 0, upper = 1;
    for (; n < SCHEME_N_MAX; n++) {
        verdict_bounds(s, n, n, 0, &lower, &upper);
        if (lower >= above)
            break;
    }
    return n;
}

unsigned criteria_refusal_placements(double above, const struct scheme *s)
{
    unsigned n = placements_to(above, s), first_session = placements_to(s->q0, s);
    return s->rules != RULES_OF_0_4 && n <= first_session ? first_session + 1 : n;
}
