#include "harness/cells/suspect_price.h"

#include "harness/verdict/characteristics.h"

#include <string.h>

#define GOOD_CELL 4.0 /* q0 over this is the q of a usual good cell */

static bool is_measured(const struct cells *c, size_t first)
{
    for (size_t i = first; i < first + c->survey->script_count; i++)
        if (c->cells[i].verdict != VERDICT_EXCLUDED && c->cells[i].verdict != VERDICT_NOT_APPLICABLE)
            return true;
    return false;
}

static void count(const struct cells *c, struct suspect_price *out)
{
    const struct survey *s = c->survey;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        for (size_t r = 0; r < s->reader_count && !c->attributed[pair]; r++) {
            out[r].placements += c->own[pair * s->reader_count + r].placements;
            out[r].suspects += c->own[pair * s->reader_count + r].suspects;
        }
    }
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            for (size_t r = 0; r < s->reader_count; r++)
                out[r].sites += is_measured(c, survey_cell(s, pair, condition, r, 0));
}

static int add_price(const struct cells *c, double without, struct suspect_price *out, struct err *e)
{
    const struct survey *s = c->survey;
    const struct scheme *scheme = &c->table.scheme;
    const struct instrument instrument = { .invalid = (double)out->suspects / (double)out->placements };
    struct characteristics with;
    int rc = characteristics_with(&c->table, scheme->q0 / GOOD_CELL, &instrument, &with, e);
    if (rc != 0)
        return rc;
    double transactions = (double)(s->script_count * scheme->k);
    double seconds = s->times.place_s + transactions * (s->times.transaction_s + s->pause_ms / 1000.0);
    out->is_known = true;
    out->a_site = with.placements - without;
    out->added = out->a_site * (double)out->sites;
    out->hours = out->added * seconds / 3600.0;
    return 0;
}

int suspect_price(const struct cells *c, struct suspect_price out[SURVEY_READERS_MAX], struct err *e)
{
    struct characteristics without;
    memset(out, 0, SURVEY_READERS_MAX * sizeof *out);
    count(c, out);
    if (c->rows || c->table.size > SUSPECT_PRICE_SIZE_MAX || c->table.scheme.rules == RULES_OF_0_4)
        return 0;
    int rc = characteristics_at(&c->table, c->table.scheme.q0 / GOOD_CELL, &without, e);
    for (size_t r = 0; r < c->survey->reader_count && rc == 0; r++)
        if (out[r].suspects > 0)
            rc = add_price(c, without.placements, &out[r], e);
    return rc;
}
