/*
 * Why each pair has its recommendation: a code for writers in any language, with the one cell that decides, and the
 * sentence of summary.yaml.
 */
#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/criteria/engine.h"

static const char *first_mode(uint32_t modes)
{
    return modes ? power_mode_name((enum power_mode)__builtin_ctz(modes)) : NULL;
}

/* A row fails, too, once it can no longer pass. */
static enum assess_reason failed_reason(const struct assessment *a, const struct assess_pair *p)
{
    bool success = p->clause == CLAUSE_SUCCESS || p->clause == CLAUSE_READERS;
    enum verdict v = success && p->cell != SIZE_MAX ? a->f->cells[p->cell].verdict : VERDICT_NONE;
    if (v == VERDICT_INCOMPATIBLE)
        return ASSESS_REASON_INCOMPATIBLE;
    if (v == VERDICT_NOT_APPLICABLE)
        return ASSESS_REASON_DECLARED_ABSENT;
    bool by_row = v != VERDICT_NONE && assess_grey_of(a, CLAUSE_SUCCESS).mean > 0;
    return by_row && !p->shown_not_to_meet ? ASSESS_REASON_OUT_OF_REACH : ASSESS_REASON_CLAUSE_FAILED;
}

static enum assess_reason open_reason(const struct findings *f, const struct assess_pair *a)
{
    if (a->required == ASSESS_NOT_TESTABLE)
        return a->clause == CLAUSE_SCOPE ? ASSESS_REASON_NOT_IN_SURVEY : ASSESS_REASON_NOT_TESTABLE;
    if (a->cell != SIZE_MAX && f->cells[a->cell].verdict == VERDICT_EXCLUDED)
        return ASSESS_REASON_NOT_EXAMINED;
    if (a->cell != SIZE_MAX && f->cells[a->cell].verdict == VERDICT_NOT_PURSUED)
        return ASSESS_REASON_OUT_OF_REACH;
    return a->clause == CLAUSE_SUCCESS || a->clause == CLAUSE_READERS ? ASSESS_REASON_UNDECIDED
                                                                      : ASSESS_REASON_CLAUSE_OPEN;
}

static enum assess_reason conditional_reason(const struct findings *f, struct assess_pair *p)
{
    p->reason_cell = p->conditional_cell;
    if (p->conditional_cell == SIZE_MAX)
        p->reason_missing = first_mode(p->modes_failing ? p->modes_failing : p->modes_open);
    else if (f->cells[p->conditional_cell].verdict == VERDICT_INCOMPATIBLE)
        return ASSESS_REASON_MODE_INCOMPATIBLE;
    return ASSESS_REASON_MODE_OPEN;
}

void assess_find_reason(const struct assessment *a, struct assess_pair *p)
{
    p->reason_cell = p->cell;
    switch (p->recommendation) {
    case RECOMMENDATION_RECOMMENDED:
        p->reason = ASSESS_REASON_ALL_COMPATIBLE;
        break;
    case RECOMMENDATION_CONDITIONAL:
        p->reason = conditional_reason(a->f, p);
        break;
    case RECOMMENDATION_NOT_RECOMMENDED:
        p->reason = failed_reason(a, p);
        break;
    case RECOMMENDATION_NOT_ENOUGH_DATA:
        p->reason = open_reason(a->f, p);
        break;
    case RECOMMENDATION_NONE:
    case RECOMMENDATION_COUNT:
        break;
    }
    if (p->reason == ASSESS_REASON_NOT_IN_SURVEY)
        p->reason_missing = a->not_in_survey;
    else if (p->reason == ASSESS_REASON_CLAUSE_FAILED || p->reason == ASSESS_REASON_CLAUSE_OPEN ||
             p->reason == ASSESS_REASON_NOT_TESTABLE)
        p->reason_missing = clause_key(p->clause);
}

static const char *reason_words(enum assess_reason r)
{
    switch (r) {
    case ASSESS_REASON_ALL_COMPATIBLE:
        return "every required cell is compatible; the least certain is";
    case ASSESS_REASON_INCOMPATIBLE:
        return "a required cell is incompatible:";
    case ASSESS_REASON_DECLARED_ABSENT:
        return "a required capability is declared absent:";
    case ASSESS_REASON_UNDECIDED:
        return "a required cell is undecided:";
    case ASSESS_REASON_OUT_OF_REACH:
        return "a required cell can no longer pass, so it is not pursued:";
    case ASSESS_REASON_NOT_EXAMINED:
        return "a required cell was excluded from the survey:";
    case ASSESS_REASON_NOT_IN_SURVEY:
        return "the survey does not examine what the criteria require:";
    case ASSESS_REASON_MODE_INCOMPATIBLE:
        return "a cell of a conditional power mode is incompatible:";
    case ASSESS_REASON_MODE_OPEN:
        return "a cell of a conditional power mode is not shown compatible:";
    case ASSESS_REASON_CLAUSE_FAILED:
        return "a clause of the criteria is not met:";
    case ASSESS_REASON_CLAUSE_OPEN:
        return "a clause of the criteria is undecided:";
    case ASSESS_REASON_NOT_TESTABLE:
        return "a clause of the criteria is not testable with this run:";
    case ASSESS_REASON_NONE:
        break;
    }
    return "";
}

void assess_add_reason(struct buf *b, const struct assessment *a, size_t pair)
{
    const struct survey *s = a->f->survey;
    const struct assess_pair *p = &a->pairs[pair];
    buf_add_text(b, reason_words(p->reason));
    if (p->reason_missing)
        buf_add_format(b, " %s", p->reason_missing);
    if (p->reason_cell == SIZE_MAX)
        return;
    const struct findings_cell *c = &a->f->cells[p->reason_cell];
    char reader[128];
    survey_reader_label(s, c->reader, reader, sizeof reader);
    buf_add_format(b, "%s %s, %s, %s: ", p->reason_missing ? ":" : "", reader, s->conditions[c->condition].id,
                   survey_script_loaded(s, c->script)->id);
    buf_add_format(b, "n %u, d %u, P(dirty) in %s", c->n, c->d, decimal_interval(c->lower, c->upper, 3).text);
    if (c->missing > 0)
        buf_add_format(b, ", %u more clean placements would make it compatible", c->missing);
}
