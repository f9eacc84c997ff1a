/*
 * The survey's own criteria: the recommendation of each pair from the engine, with the one cell that decides
 * in words and as a code for writers in other languages.
 */
#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/findings/assess.h"
#include "harness/findings/fold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool wants_script(const struct findings *f, size_t script)
{
    const struct criteria *c = f->criteria;
    const char *id = f->survey->scripts_loaded[f->survey->scripts[script].script].id;
    for (size_t i = 0; i < c->script_count; i++)
        if (strcmp(c->scripts[i], id) == 0)
            return true;
    return c->script_count == 0;
}

static bool is_required(const struct criteria *c, enum power_mode mode)
{
    return c->power_modes ? (c->power_modes >> mode & 1) != 0 : (c->conditional_modes >> mode & 1) == 0;
}

enum findings_need findings_need_of(const struct findings *f, size_t condition, size_t script)
{
    enum power_mode mode = f->survey->conditions[condition].power_mode;
    if (!f->criteria || !wants_script(f, script))
        return FINDINGS_NEED_NONE;
    if (is_required(f->criteria, mode))
        return FINDINGS_NEED_REQUIRED;
    return (f->criteria->conditional_modes >> mode & 1) != 0 ? FINDINGS_NEED_CONDITIONAL : FINDINGS_NEED_NONE;
}

bool findings_fails_on(const struct findings *f, size_t pair, size_t reader, enum findings_need need)
{
    if (!f->own || need == FINDINGS_NEED_NONE)
        return false;
    const struct assess_pair *p = &f->own->pairs[pair];
    return ((need == FINDINGS_NEED_REQUIRED ? p->fails : p->conditional_fails) >> reader & 1) != 0;
}

static const char *first_mode(uint32_t modes)
{
    return modes ? power_mode_name((enum power_mode)__builtin_ctz(modes)) : NULL;
}

static enum findings_reason failed_reason(const struct findings *f, const struct assess_pair *a)
{
    bool success = a->clause == ASSESS_SUCCESS || a->clause == ASSESS_READERS;
    enum verdict v = success && a->cell != SIZE_MAX ? f->cells[a->cell].verdict : VERDICT_NONE;
    return v == VERDICT_INCOMPATIBLE     ? FINDINGS_REASON_INCOMPATIBLE
           : v == VERDICT_NOT_APPLICABLE ? FINDINGS_REASON_DECLARED_ABSENT
                                         : FINDINGS_REASON_CLAUSE_FAILED;
}

static enum findings_reason open_reason(const struct findings *f, const struct assess_pair *a)
{
    if (a->required == ASSESS_NOT_TESTABLE)
        return a->clause == ASSESS_SCOPE ? FINDINGS_REASON_NOT_IN_SURVEY : FINDINGS_REASON_NOT_TESTABLE;
    if (a->cell != SIZE_MAX && f->cells[a->cell].verdict == VERDICT_EXCLUDED)
        return FINDINGS_REASON_NOT_EXAMINED;
    return a->clause == ASSESS_SUCCESS || a->clause == ASSESS_READERS ? FINDINGS_REASON_UNDECIDED
                                                                      : FINDINGS_REASON_CLAUSE_OPEN;
}

static void take(const struct findings *f, const struct assess_pair *a, struct findings_pair *p)
{
    p->recommendation = a->recommendation;
    p->reason_cell = a->cell;
    switch (a->recommendation) {
    case RECOMMENDATION_RECOMMENDED:
        p->reason_code = FINDINGS_REASON_ALL_COMPATIBLE;
        break;
    case RECOMMENDATION_CONDITIONAL:
        p->reason_cell = a->conditional_cell;
        p->reason_code = FINDINGS_REASON_MODE_OPEN;
        if (a->conditional_cell == SIZE_MAX)
            p->reason_missing = first_mode(a->modes_failing ? a->modes_failing : a->modes_open);
        else if (f->cells[a->conditional_cell].verdict == VERDICT_INCOMPATIBLE)
            p->reason_code = FINDINGS_REASON_MODE_INCOMPATIBLE;
        break;
    case RECOMMENDATION_NOT_RECOMMENDED:
        p->reason_code = failed_reason(f, a);
        break;
    case RECOMMENDATION_NOT_ENOUGH_DATA:
        p->reason_code = open_reason(f, a);
        break;
    case RECOMMENDATION_NONE:
    case RECOMMENDATION_COUNT:
        break;
    }
    if (p->reason_code == FINDINGS_REASON_NOT_IN_SURVEY)
        p->reason_missing = f->own->not_in_survey;
    else if (p->reason_code == FINDINGS_REASON_CLAUSE_FAILED ||
             p->reason_code == FINDINGS_REASON_CLAUSE_OPEN || p->reason_code == FINDINGS_REASON_NOT_TESTABLE)
        p->reason_missing = assess_clause_name(a->clause);
}

static const char *reason_words(enum findings_reason r)
{
    switch (r) {
    case FINDINGS_REASON_ALL_COMPATIBLE:
        return "every required cell is compatible; the least certain is";
    case FINDINGS_REASON_INCOMPATIBLE:
        return "a required cell is incompatible:";
    case FINDINGS_REASON_DECLARED_ABSENT:
        return "a required capability is declared absent:";
    case FINDINGS_REASON_UNDECIDED:
        return "a required cell is undecided:";
    case FINDINGS_REASON_NOT_EXAMINED:
        return "a required cell was excluded from the survey:";
    case FINDINGS_REASON_NOT_IN_SURVEY:
        return "the survey does not examine what the criteria require:";
    case FINDINGS_REASON_MODE_INCOMPATIBLE:
        return "a cell of a conditional power mode is incompatible:";
    case FINDINGS_REASON_MODE_OPEN:
        return "a cell of a conditional power mode is not shown compatible:";
    case FINDINGS_REASON_CLAUSE_FAILED:
        return "a clause of the criteria is not met:";
    case FINDINGS_REASON_CLAUSE_OPEN:
        return "a clause of the criteria is undecided:";
    case FINDINGS_REASON_NOT_TESTABLE:
        return "a clause of the criteria is not testable with this run:";
    case FINDINGS_REASON_NONE:
        break;
    }
    return "";
}

static int word_reason(struct findings *f, struct findings_pair *p, struct err *e)
{
    const struct survey *s = f->survey;
    struct buf b;
    buf_init(&b, 4096);
    buf_add_text(&b, reason_words(p->reason_code));
    if (p->reason_missing)
        buf_add_format(&b, " %s", p->reason_missing);
    if (p->reason_cell != SIZE_MAX) {
        const struct findings_cell *c = &f->cells[p->reason_cell];
        char reader[128];
        survey_reader_label(s, c->reader, reader, sizeof reader);
        buf_add_format(&b, "%s %s, %s, %s: ", p->reason_missing ? ":" : "", reader,
                       s->conditions[c->condition].id, s->scripts_loaded[s->scripts[c->script].script].id);
        buf_add_format(&b, "n %u, d %u, P(dirty) in %s", c->n, c->d,
                       decimal_interval(c->lower, c->upper, 3).text);
        if (c->missing > 0)
            buf_add_format(&b, ", %u more clean placements would make it compatible", c->missing);
    }
    p->reason = buf_take(&b);
    return p->reason ? 0 : err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

int findings_judge(struct findings *f, struct err *e)
{
    int code = f->criteria ? assess_judge(f, f->criteria, &f->own, e) : 0;
    for (size_t pair = 0; pair < f->survey->pair_count && code == 0; pair++) {
        f->pairs[pair].reason_cell = SIZE_MAX;
        if (!f->criteria)
            continue;
        take(f, &f->own->pairs[pair], &f->pairs[pair]);
        code = word_reason(f, &f->pairs[pair], e);
    }
    return code;
}
