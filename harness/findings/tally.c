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

static int by_failures(const void *left, const void *right, void *findings)
{
    const struct findings *f = findings;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    uint64_t x = tally_failed(&f->cells[a]), y = tally_failed(&f->cells[b]);
    if (x != y)
        return x < y ? 1 : -1;
    return (a > b) - (a < b);
}

bool tally_failing(const struct findings *f, size_t **out, size_t *count)
{
    *count = 0;
    *out = calloc(f->cell_count ? f->cell_count : 1, sizeof **out);
    if (!*out)
        return false;
    for (size_t i = 0; i < f->cell_count; i++)
        if (f->causes[i] && f->cells[i].verdict != VERDICT_COMPATIBLE)
            (*out)[(*count)++] = i;
    qsort_r(*out, *count, sizeof **out, by_failures, (void *)(uintptr_t)f);
    return true;
}

static bool has_kind(const struct causes_cell *c, const struct findings_failure *failure)
{
    for (size_t k = 0; c && k < c->kind_count; k++)
        if (c->kinds[k].stage == failure->stage && c->kinds[k].outcome == failure->outcome &&
            c->kinds[k].recorded == failure->causes)
            return true;
    return false;
}

struct tally_answers tally_answers(const struct findings *f, const struct findings_failure *failure)
{
    struct tally_answers out = { { 0 } };
    for (size_t i = 0; i < f->cell_count; i++)
        if (has_kind(f->causes[i], failure))
            out.of[f->causes[i]->attribution.answer]++;
    return out;
}
