#include "harness/commands/diagnosis.h"
#include "harness/base/text.h"

#include "harness/causes/causes.h"
#include "harness/commands/message.h"
#include "reports/render/text.h"

#include <inttypes.h>
#include <string.h>

#define LINE_MAX_BYTES 480 /* of a cell of the table */

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

/* ---- in words ---- */

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

static void add_times(struct buf *b, const struct diagnosis_kind *k)
{
    if (k->least_us == DIAGNOSIS_NO_TIME) {
        buf_add_text(b, "not timed");
        return;
    }
    buf_add_format(b, "%.1f", (double)k->least_us / 1e3);
    if (k->most_us != k->least_us)
        buf_add_format(b, " to %.1f", (double)k->most_us / 1e3);
    buf_add_text(b, " ms");
}

enum row { ROW_OUTCOME, ROW_STAGE, ROW_CODE, ROW_CAUSES, ROW_DEPTH, ROW_TIMES, ROW_NUMBERS, ROW_COUNT };

static const char *const row_names[ROW_COUNT] = { "ended",     "at",    "code", "candidates",
                                                  "seen from", "after", "of" };

static void add_row(struct buf *b, const struct diagnosis_kind *k, enum row row, const char *noun)
{
    switch (row) {
    case ROW_OUTCOME:
        buf_add_format(b, "%s, %" PRIu64 " time%s", outcome_name(k->of.outcome), k->count,
                       k->count == 1 ? "" : "s");
        break;
    case ROW_STAGE:
        buf_add_format(b, "%s%s%s", stage_name(k->of.stage), k->of.step[0] ? ", step " : "", k->of.step);
        break;
    case ROW_CODE:
        diagnosis_add_code(b, k->of.native[0] ? k->of.native : "none");
        break;
    case ROW_CAUSES:
        causes_add_set(b, k->of.causes);
        break;
    case ROW_DEPTH:
        buf_add_text(b, k->of.depth == DEPTH_NONE ? "the responses" : depth_name(k->of.depth));
        break;
    case ROW_TIMES:
        add_times(b, k);
        break;
    default:
        buf_add_format(b, "%s %" PRIu64, noun, k->of.number);
        if (k->last != k->of.number)
            buf_add_format(b, " to %" PRIu64, k->last);
        break;
    }
}

/* ---- side by side ---- */

static void put_cell(struct text_rows *t, const struct diagnosis_side *side, size_t kind, enum row row,
                     const char *noun)
{
    struct buf b;
    buf_init(&b, LINE_MAX_BYTES);
    if (kind < side->kind_count)
        add_row(&b, &side->kinds[kind], row, noun);
    table_cell(t, "%s", b.data ? b.data : "");
    buf_free(&b);
}

static void put_head(struct text_rows *t, const struct diagnosis_side *recorded,
                     const struct diagnosis_side *repeated)
{
    table_cell(t, "%s", "");
    table_cell(t, "%s", recorded->title);
    if (repeated)
        table_cell(t, "%s", repeated->title);
    table_cell(t, "   transactions");
    table_cell(t, "%" PRIu64 " of %" PRIu64 " not ok", recorded->bad, recorded->transactions);
    if (repeated)
        table_cell(t, "%" PRIu64 " of %" PRIu64 " not ok", repeated->bad, repeated->transactions);
}

static void put_kinds(struct text_rows *t, const struct diagnosis_side *recorded,
                      const struct diagnosis_side *repeated)
{
    size_t kinds = recorded->kind_count;
    if (repeated && repeated->kind_count > kinds)
        kinds = repeated->kind_count;
    for (size_t i = 0; i < kinds; i++) {
        for (enum row row = 0; row < ROW_COUNT; row++) {
            if (row == ROW_OUTCOME)
                table_cell(t, "%zu. %s", i + 1, row_names[row]);
            else
                table_cell(t, "   %s", row_names[row]);
            put_cell(t, recorded, i, row, "record");
            if (repeated)
                put_cell(t, repeated, i, row, "repetition");
        }
    }
}

static void print_table(const struct diagnosis_side *recorded, const struct diagnosis_side *repeated,
                        FILE *to)
{
    struct text_rows *t = table_new(repeated ? 3 : 2);
    if (!t)
        return;
    put_head(t, recorded, repeated);
    put_kinds(t, recorded, repeated);
    table_print(t, to);
    table_free(&t);
    if (recorded->untold > 0)
        fprintf(to, "and %" PRIu64 " more recorded ones of other kinds\n", recorded->untold);
}

static const char *mark(cause_set causes, unsigned n)
{
    return causes & CAUSE(n) ? "candidate" : "-";
}

static void print_causes(const struct diagnosis_side *recorded, const struct diagnosis_side *repeated,
                         FILE *to)
{
    cause_set before = diagnosis_causes(recorded), now = repeated ? diagnosis_causes(repeated) : 0;
    struct text_rows *t = table_new(repeated ? 3 : 1);
    if (!t)
        return;
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!((before | now) & CAUSE(n)))
            continue;
        table_cell(t, "  F%02u  %s", n, cause_row(n)->name);
        if (repeated) {
            table_cell(t, "PC/SC: %s", mark(before, n));
            table_cell(t, "CCID: %s", mark(now, n));
        }
    }
    fputs("\ncandidate causes\n", to);
    table_print(t, to);
    table_free(&t);
}

static void print_set(const char *before, cause_set causes, FILE *to)
{
    struct buf b;
    buf_init(&b, LINE_MAX_BYTES);
    causes_add_set(&b, causes);
    fprintf(to, "%s%s\n", before, b.data ? b.data : "");
    buf_free(&b);
}

static void print_finding(const struct diagnosis_side *recorded, const struct diagnosis_kind *repeated,
                          FILE *to)
{
    cause_set left, only_deeper;
    struct buf code;
    buf_init(&code, LINE_MAX_BYTES);
    diagnosis_add_code(&code, repeated->of.native[0] ? repeated->of.native : "no code");
    fputs("  ", to);
    text_put_safe(to, code.data ? code.data : "");
    fprintf(to, " at %s: ", stage_name(repeated->of.stage));
    buf_free(&code);
    switch (diagnosis_narrow(recorded, repeated, &left, &only_deeper)) {
    case DIAGNOSIS_NARROWED:
        print_set("narrows the causes to ", left, to);
        break;
    case DIAGNOSIS_AS_BEFORE:
        print_set("leaves the causes as they were, ", left, to);
        break;
    case DIAGNOSIS_CONTRADICTED:
        fputs("contradicts the record: no cause is a candidate of both. What failed now is another failure, "
              "or the record's set is wrong.\n",
              to);
        break;
    default:
        fputs("says nothing about the causes\n", to);
        break;
    }
    if (only_deeper != 0)
        print_set("    candidates that PC/SC did not show: ", only_deeper, to);
}

void diagnosis_print(const struct diagnosis_side *recorded, const struct diagnosis_side *repeated, FILE *to)
{
    print_table(recorded, repeated, to);
    print_causes(recorded, repeated, to);
    fputs("\nwhat the reader's own codes leave of them\n", to);
    if (repeated->bad == 0)
        fprintf(to,
                "  nothing can be said: it did not fail in %" PRIu64
                " repetitions. The causes stay as recorded; --times N tries more often.\n",
                repeated->transactions);
    for (size_t i = 0; i < repeated->kind_count; i++)
        print_finding(recorded, &repeated->kinds[i], to);
}

void diagnosis_print_recorded(const struct diagnosis_side *recorded, FILE *to)
{
    print_table(recorded, NULL, to);
    print_causes(recorded, NULL, to);
}
