#include "harness/commands/explain_text.h"

#include "harness/base/text.h"
#include "harness/causes/causes.h"
#include "reports/tables/commands.h"

#include <inttypes.h>

#define LINE_MAX_BYTES 480

static void print_table(const struct speech *s, const struct diagnosis *e)
{
    const struct row about = TABLE_ABOUT(e);
    speech_table(s, NULL, e->repeated ? &table_diagnosis : &table_recorded, &about);
    if (e->recorded->untold > 0)
        fprintf(s->to, "and %" PRIu64 " more recorded ones of other kinds\n", e->recorded->untold);
    fputs("\ncandidate causes\n", s->to);
    speech_table(s, NULL, e->repeated ? &table_candidates : &table_recorded_causes, &about);
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

void explain_text(const struct speech *s, const struct diagnosis_side *recorded,
                  const struct diagnosis_side *repeated)
{
    const struct diagnosis e = { recorded, repeated };
    print_table(s, &e);
    if (!repeated)
        return;
    fputs("\nwhat the reader's own codes leave of them\n", s->to);
    if (repeated->bad == 0)
        fprintf(s->to,
                "  nothing can be said: it did not fail in %" PRIu64
                " repetitions. The causes stay as recorded; --times N tries more often.\n",
                repeated->transactions);
    for (size_t i = 0; i < repeated->kind_count; i++)
        print_finding(recorded, &repeated->kinds[i], s->to);
}
