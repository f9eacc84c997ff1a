/*
 * Criteria: from verdicts of cells to a recommendation of a handset + sim, with the cell that decides. A
 * group is one condition and one script over all readers; a required group must be passed, a group of a
 * conditional mode only limits the recommendation. "Compatible on all readers" needs no correction: an
 * intersection-union test.
 */
#include "harness/base/text.h"
#include "harness/findings/fold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum group_state { GROUP_OPEN = 0, GROUP_PASSED, GROUP_FAILED };

struct group {
    enum group_state state;
    size_t cell; /* that decides */
};

/* The worse of two cells as evidence: incompatible before absent before undecided before excluded, then by
 * bounds. */
static unsigned weight(const struct findings_cell *c)
{
    switch (c->verdict) {
    case VERDICT_INCOMPATIBLE:
        return 6;
    case VERDICT_NOT_APPLICABLE:
        return 5;
    case VERDICT_UNDECIDED_INSTRUMENT:
        return 4;
    case VERDICT_UNDECIDED:
        return 3;
    case VERDICT_EXCLUDED:
        return 2;
    case VERDICT_COMPATIBLE:
        return 1;
    case VERDICT_NONE:
    case VERDICT_COUNT:
        break;
    }
    return 0;
}

static bool is_worse(const struct findings *f, size_t a, size_t b)
{
    if (b == SIZE_MAX)
        return true;
    const struct findings_cell *x = &f->cells[a], *y = &f->cells[b];
    if (weight(x) != weight(y))
        return weight(x) > weight(y);
    if (x->verdict == VERDICT_INCOMPATIBLE)
        return x->lower > y->lower;
    return x->upper > y->upper;
}

static struct group judge_group(const struct findings *f, size_t pair, size_t condition, size_t script)
{
    const struct survey *s = f->survey;
    struct group g = { GROUP_OPEN, SIZE_MAX };
    unsigned passed = 0, failed = 0, readers = (unsigned)s->reader_count;
    unsigned needed = f->criteria->readers_at_least ? f->criteria->readers_at_least : readers;
    for (size_t reader = 0; reader < readers; reader++) {
        size_t cell = survey_cell(s, pair, condition, reader, script);
        enum verdict v = f->cells[cell].verdict;
        passed += v == VERDICT_COMPATIBLE;
        failed += v == VERDICT_INCOMPATIBLE || v == VERDICT_NOT_APPLICABLE;
        if (is_worse(f, cell, g.cell))
            g.cell = cell;
    }
    if (passed >= needed)
        g.state = GROUP_PASSED;
    else if (readers - failed < needed)
        g.state = GROUP_FAILED;
    if (g.state != GROUP_OPEN || failed == 0)
        return g;
    /* still open although some reader failed: what keeps it open is the worst of the undecided */
    g.cell = SIZE_MAX;
    for (size_t reader = 0; reader < readers; reader++) {
        size_t cell = survey_cell(s, pair, condition, reader, script);
        enum verdict v = f->cells[cell].verdict;
        if (v != VERDICT_INCOMPATIBLE && v != VERDICT_NOT_APPLICABLE && is_worse(f, cell, g.cell))
            g.cell = cell;
    }
    return g;
}

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
    const struct survey *s = f->survey;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            enum verdict v = f->cells[survey_cell(s, pair, condition, reader, script)].verdict;
            if ((v == VERDICT_INCOMPATIBLE || v == VERDICT_NOT_APPLICABLE) &&
                findings_need_of(f, condition, script) == need)
                return true;
        }
    return false;
}

static const char *missing_script(const struct findings *f)
{
    const struct survey *s = f->survey;
    for (size_t i = 0; i < f->criteria->script_count; i++) {
        bool here = false;
        for (size_t j = 0; j < s->script_count && !here; j++)
            here = strcmp(s->scripts_loaded[s->scripts[j].script].id, f->criteria->scripts[i]) == 0;
        if (!here)
            return f->criteria->scripts[i];
    }
    return NULL;
}

static const char *missing_mode(const struct findings *f)
{
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        bool here = (f->criteria->power_modes >> mode & 1) == 0;
        for (size_t j = 0; j < f->survey->condition_count && !here; j++)
            here = f->survey->conditions[j].power_mode == (enum power_mode)mode;
        if (!here)
            return power_mode_name((enum power_mode)mode);
    }
    return NULL;
}

/* The worst group of a kind: failed before open before passed, then by its cell. */
static void keep_worst(const struct findings *f, struct group *worst, struct group g)
{
    static const unsigned order[] = { [GROUP_PASSED] = 0, [GROUP_OPEN] = 1, [GROUP_FAILED] = 2 };
    if (worst->cell == SIZE_MAX || order[g.state] > order[worst->state] ||
        (g.state == worst->state && is_worse(f, g.cell, worst->cell)))
        *worst = g;
}

static enum findings_reason reason_of(const struct findings *f, struct group g, bool required)
{
    enum verdict v = f->cells[g.cell].verdict;
    if (!required)
        return v == VERDICT_INCOMPATIBLE ? FINDINGS_REASON_MODE_INCOMPATIBLE : FINDINGS_REASON_MODE_OPEN;
    if (g.state == GROUP_FAILED)
        return v == VERDICT_INCOMPATIBLE ? FINDINGS_REASON_INCOMPATIBLE : FINDINGS_REASON_DECLARED_ABSENT;
    return v == VERDICT_EXCLUDED ? FINDINGS_REASON_NOT_EXAMINED : FINDINGS_REASON_UNDECIDED;
}

static void judge_pair(struct findings *f, size_t pair)
{
    const struct survey *s = f->survey;
    struct findings_pair *p = &f->pairs[pair];
    struct group required = { GROUP_PASSED, SIZE_MAX }, conditional = { GROUP_PASSED, SIZE_MAX };
    for (size_t condition = 0; condition < s->condition_count; condition++) {
        for (size_t script = 0; script < s->script_count; script++) {
            enum findings_need need = findings_need_of(f, condition, script);
            if (need != FINDINGS_NEED_NONE)
                keep_worst(f, need == FINDINGS_NEED_REQUIRED ? &required : &conditional,
                           judge_group(f, pair, condition, script));
        }
    }
    p->reason_cell = required.cell;
    if (required.cell != SIZE_MAX && required.state == GROUP_FAILED) {
        p->recommendation = NOT_RECOMMENDED;
        p->reason_code = reason_of(f, required, true);
    } else if (p->reason_missing) {
        p->recommendation = NOT_ENOUGH_DATA;
        p->reason_code = FINDINGS_REASON_NOT_IN_SURVEY;
        p->reason_cell = SIZE_MAX;
    } else if (required.cell == SIZE_MAX || required.state == GROUP_OPEN) {
        p->recommendation = NOT_ENOUGH_DATA;
        p->reason_code =
            required.cell == SIZE_MAX ? FINDINGS_REASON_NOT_IN_SURVEY : reason_of(f, required, true);
    } else if (conditional.cell != SIZE_MAX && conditional.state != GROUP_PASSED) {
        p->recommendation = CONDITIONAL;
        p->reason_code = reason_of(f, conditional, false);
        p->reason_cell = conditional.cell;
    } else {
        p->recommendation = RECOMMENDED;
        p->reason_code = FINDINGS_REASON_ALL_COMPATIBLE;
    }
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
    if (p->reason_cell != SIZE_MAX) {
        const struct findings_cell *c = &f->cells[p->reason_cell];
        char reader[128];
        survey_reader_label(s, c->reader, reader, sizeof reader);
        buf_add_format(&b, " %s, %s, %s: ", reader, s->conditions[c->condition].id,
                       s->scripts_loaded[s->scripts[c->script].script].id);
        buf_add_format(&b, "n %u, d %u, P(dirty) in [%.3f, %.3f]", c->n, c->d, c->lower, c->upper);
        if (c->missing > 0)
            buf_add_format(&b, ", %u more clean placements would make it compatible", c->missing);
    } else if (p->reason_missing) {
        buf_add_format(&b, " %s", p->reason_missing);
    }
    p->reason = buf_take(&b);
    return p->reason ? 0 : err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

int findings_judge(struct findings *f, struct err *e)
{
    int code = 0;
    const char *missing = NULL;
    if (f->criteria) {
        missing = missing_script(f);
        if (!missing)
            missing = missing_mode(f);
    }
    for (size_t pair = 0; pair < f->survey->pair_count && code == 0; pair++) {
        struct findings_pair *p = &f->pairs[pair];
        p->reason_cell = SIZE_MAX;
        if (!f->criteria)
            continue;
        p->reason_missing = missing;
        judge_pair(f, pair);
        code = word_reason(f, p, e);
    }
    return code;
}
