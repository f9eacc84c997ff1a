#include "harness/clauses/tiers.h"

enum tiers tiers_of(const struct criteria *c, const struct scheme *s)
{
    bool asked = c->mean_at_most > 0;
    if (!scheme_is_two_tier(s))
        return asked ? TIERS_CELLS_STRICTER : TIERS_CELLS;
    if (c->taps > 0 || c->dirty_at_most > 0)
        return TIERS_CELLS_BY_ROWS;
    if (asked && (s->mean > c->mean_at_most || s->q1 > c->each_at_most))
        return TIERS_ROWS_TOO_WEAK;
    return TIERS_ROWS;
}
