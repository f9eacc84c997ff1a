#include "harness/causes/diagnosis.h"

#include <string.h>

/* ---- counting ---- */

void diagnosis_ok(struct diagnosis_side *side)
{
    side->transactions++;
}

static bool alike(const struct diagnosis_failure *a, const struct diagnosis_failure *b)
{
    return a->outcome == b->outcome && a->stage == b->stage && a->depth == b->depth &&
           a->causes == b->causes && strcmp(a->step, b->step) == 0 && strcmp(a->native, b->native) == 0;
}

static void take_time(struct diagnosis_kind *k, uint64_t us)
{
    if (us == DIAGNOSIS_NO_TIME)
        return;
    if (k->least_us == DIAGNOSIS_NO_TIME || us < k->least_us)
        k->least_us = us;
    if (k->most_us == DIAGNOSIS_NO_TIME || us > k->most_us)
        k->most_us = us;
}

void diagnosis_add(struct diagnosis_side *side, const struct diagnosis_failure *failure)
{
    size_t i = 0;
    side->transactions++;
    side->bad++;
    while (i < side->kind_count && !alike(&side->kinds[i].of, failure))
        i++;
    if (i == DIAGNOSIS_KINDS_MAX) {
        side->untold++;
        return;
    }
    struct diagnosis_kind *k = &side->kinds[i];
    if (i == side->kind_count) {
        side->kind_count++;
        *k = (struct diagnosis_kind) { .of = *failure,
                                       .least_us = DIAGNOSIS_NO_TIME,
                                       .most_us = DIAGNOSIS_NO_TIME };
    }
    k->count++;
    k->last = failure->number;
    take_time(k, failure->us);
}

/* ---- narrowing ---- */

cause_set diagnosis_causes(const struct diagnosis_side *side)
{
    cause_set all = 0;
    for (size_t i = 0; i < side->kind_count; i++)
        all |= side->kinds[i].of.causes;
    return all;
}

enum diagnosis_finding diagnosis_narrow(const struct diagnosis_side *recorded,
                                        const struct diagnosis_kind *repeated, cause_set *left,
                                        cause_set *only_deeper)
{
    cause_set before = diagnosis_causes(recorded), now = repeated->of.causes;
    *left = before & now;
    *only_deeper = now & ~before;
    if (now == 0 || before == 0)
        return DIAGNOSIS_NOTHING;
    if (*left == 0)
        return DIAGNOSIS_CONTRADICTED;
    return *left == before ? DIAGNOSIS_AS_BEFORE : DIAGNOSIS_NARROWED;
}

void diagnosis_add_code(struct buf *b, const char *native)
{
    const char *blank = strchr(native, ' ');
    const char *bracket = strchr(native, '(');
    if (!blank || strncmp(blank + 1, "ICC_", 4) != 0) {
        buf_add_text(b, native);
        return;
    }
    size_t name = (size_t)((bracket && bracket < blank ? bracket : blank) - native);
    buf_add_format(b, "bStatus failed, bmICCStatus %s, bError %.*s", blank + 1, (int)name, native);
    if (bracket && bracket < blank)
        buf_add_format(b, " %.*s", (int)(blank - bracket), bracket);
}
