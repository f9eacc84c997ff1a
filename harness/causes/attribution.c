#include "harness/causes/attribution.h"

#include <stdlib.h>
#include <string.h>

int attribution_slice_init(struct attribution_slice *s, size_t handsets, size_t readers, struct err *e)
{
    *s = (struct attribution_slice) { .handsets = handsets, .readers = readers };
    s->verdicts = calloc(handsets * readers + 1, sizeof *s->verdicts);
    s->handset_passes = calloc(handsets + 1, sizeof *s->handset_passes);
    s->reader_passes = calloc(readers + 1, sizeof *s->reader_passes);
    if (s->verdicts && s->handset_passes && s->reader_passes)
        return 0;
    attribution_slice_free(s);
    return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
}

void attribution_slice_free(struct attribution_slice *s)
{
    free(s->verdicts);
    free(s->handset_passes);
    free(s->reader_passes);
    *s = (struct attribution_slice) { 0 };
}

static enum verdict verdict_at(const struct attribution_slice *s, size_t handset, size_t reader)
{
    return s->verdicts[handset * s->readers + reader];
}

void attribution_slice_sum(struct attribution_slice *s)
{
    memset(s->handset_passes, 0, s->handsets * sizeof *s->handset_passes);
    memset(s->reader_passes, 0, s->readers * sizeof *s->reader_passes);
    for (size_t handset = 0; handset < s->handsets; handset++)
        for (size_t reader = 0; reader < s->readers; reader++) {
            bool passes = verdict_at(s, handset, reader) == VERDICT_COMPATIBLE;
            s->handset_passes[handset] += passes;
            s->reader_passes[reader] += passes;
        }
}

/* comparator_passes: in its own row or column. One that passes here works, and so does the thing in common.
 */
static void count(struct attribution_side *side, enum verdict verdict, unsigned comparator_passes)
{
    if (verdict == VERDICT_COMPATIBLE)
        side->passes++;
    else if (verdict == VERDICT_INCOMPATIBLE && comparator_passes > 0)
        side->fails++;
    else if (verdict == VERDICT_INCOMPATIBLE)
        side->unproven++;
    else if (verdict_is_open(verdict))
        side->undecided++;
}

static bool blamed(const struct attribution_side *side)
{
    return side->fails >= ATTRIBUTION_FAILS_NEEDED && side->fails > side->passes;
}

/* At least one passes, and most do. */
static bool cleared(const struct attribution_side *side)
{
    return side->passes >= ATTRIBUTION_PASSES_NEEDED && side->passes > side->fails;
}

static void say_answer(struct attribution *out, enum attribution_answer answer, enum said_code why)
{
    out->answer = answer;
    out->why = why;
}

static void answer(struct attribution *out)
{
    bool handset = blamed(&out->readers), reader = blamed(&out->handsets);
    if (handset && reader)
        say_answer(out, ATTRIBUTION_OPEN, SAID_EITHER_EXPLAINS);
    else if (handset && out->handsets.passes >= ATTRIBUTION_PASSES_NEEDED)
        say_answer(out, ATTRIBUTION_HANDSET, SAID_HANDSET_EXPLAINS);
    else if (reader && out->readers.passes >= ATTRIBUTION_PASSES_NEEDED)
        say_answer(out, ATTRIBUTION_READER, SAID_READER_EXPLAINS);
    else if (cleared(&out->readers) && cleared(&out->handsets))
        say_answer(out, ATTRIBUTION_COMBINATION, SAID_TOGETHER_EXPLAINS);
    else
        say_answer(out, ATTRIBUTION_OPEN, SAID_TOO_FEW_VERDICTS);
}

void attribution_of(const struct attribution_slice *s, size_t handset, size_t reader, struct attribution *out)
{
    enum verdict own = verdict_at(s, handset, reader);
    *out = (struct attribution) { .answer = ATTRIBUTION_NONE };
    for (size_t other = 0; other < s->readers; other++)
        if (other != reader)
            count(&out->readers, verdict_at(s, handset, other), s->reader_passes[other]);
    for (size_t other = 0; other < s->handsets; other++)
        if (other != handset)
            count(&out->handsets, verdict_at(s, other, reader), s->handset_passes[other]);
    if (own == VERDICT_INCOMPATIBLE)
        answer(out);
    else if (verdict_is_open(own))
        say_answer(out, ATTRIBUTION_OPEN, SAID_CELL_UNDECIDED);
    else if (own == VERDICT_COMPATIBLE)
        say_answer(out, ATTRIBUTION_NONE, SAID_CELL_COMPATIBLE);
    else
        say_answer(out, ATTRIBUTION_NOT_PURSUED, SAID_CELL_WITHOUT_VERDICT);
}

const char *attribution_name(enum attribution_answer answer_of)
{
    static const char *const names[] = { "", "handset", "reader", "combination", "open" };
    return answer_of > ATTRIBUTION_NONE && answer_of <= ATTRIBUTION_OPEN ? names[answer_of] : "";
}
