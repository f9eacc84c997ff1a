#include "harness/findings/tally.h"

#include <stdlib.h>
#include <string.h>

uint64_t tally_failed(const struct findings_cell *c)
{
    return c->fail + c->invalid_transactions;
}

uint64_t tally_transactions(const struct findings_cell *c)
{
    return c->ok + c->fail + c->invalid_transactions + c->not_applicable;
}

bool tally_has_stage(const struct findings *f, enum stage stage)
{
    for (size_t i = 0; i < f->survey->reader_count; i++)
        if (f->readers[i].failures_by_stage[stage] > 0)
            return true;
    return false;
}

struct tally_verdicts tally_verdicts(const struct findings *f, size_t pair, size_t reader)
{
    const struct survey *s = f->survey;
    struct tally_verdicts out = { { 0 } };
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            out.of[f->cells[survey_cell(s, pair, condition, reader, script)].verdict]++;
    return out;
}

struct tally_others tally_others(const struct findings *f)
{
    struct tally_others out = { 0 };
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        out.invalid_as_dirty += c->verdict_invalid_as_dirty != c->verdict;
        out.without_withdrawn += c->verdict_without_withdrawn != c->verdict;
    }
    return out;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool tally_left_out(const struct findings *f, enum survey_cell state, struct tally_reason **out,
                    size_t *count)
{
    char **reasons = f->survey->excluded_reason;
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < f->cell_count; i++) {
        const char *reason = reasons ? reasons[i] : NULL;
        size_t at = 0;
        if (f->cells[i].state != state)
            continue;
        while (at < *count && !is_same((*out)[at].reason, reason))
            at++;
        if (at == *count) {
            struct tally_reason *more = realloc(*out, (*count + 1) * sizeof *more);
            if (!more)
                return false;
            *out = more;
            more[(*count)++] = (struct tally_reason) { .reason = reason, .cell = i };
        }
        (*out)[at].cells++;
    }
    return true;
}
