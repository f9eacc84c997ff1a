/* The part of summary.yaml that says where a cell failed, and why as far as the evidence goes. */
#include "harness/base/yaml.h"
#include "harness/findings/tally.h"
#include "reports/tables/summary.h"

#include <inttypes.h>

static void set(struct buf *b, const char *indent, const char *key, cause_set causes)
{
    buf_add_format(b, "%s%s: [", indent, key);
    if (causes)
        causes_add_set(b, causes);
    buf_add_text(b, "]\n");
}

static void records(struct buf *b, const char *indent, const struct causes_kind *k)
{
    buf_add_format(b, "%srecords: [", indent);
    for (uint64_t i = 0; i < k->count && i < CAUSES_RECORDS_MAX; i++)
        buf_add_format(b, "%s%" PRIu64, i ? ", " : "", k->records[i]);
    buf_add_text(b, "]\n");
}

static void narrowed_by(struct buf *b, const struct causes_kind *k)
{
    if (k->trail_length == 0) {
        buf_add_text(b, "        narrowed_by: []\n");
        return;
    }
    buf_add_text(b, "        narrowed_by:\n");
    for (size_t i = 0; i < k->trail_length; i++) {
        const struct causes_step *step = &k->trail[i];
        buf_add_format(b, "          - rule: %s\n", step->rule);
        set(b, "            ", causes_effect_name(step->effect), step->causes);
        yaml_text(b, "            ", "seen", step->seen);
    }
}

static void kind(const struct findings *f, const struct findings_cell *c, const struct causes_kind *k,
                 struct buf *b)
{
    const struct survey *s = f->survey;
    const struct script *script = &s->scripts_loaded[s->scripts[c->script].script];
    buf_add_format(b, "      - stage: %s\n", k->stage ? stage_name(k->stage) : "unknown");
    if (k->step >= 1 && k->step <= script->step_count)
        yaml_text(b, "        ", "step", script->steps[k->step - 1].name);
    buf_add_format(b, "        outcome: %s\n        share: \"%" PRIu64 " of %" PRIu64 "\"\n",
                   outcome_name(k->outcome), k->count, tally_failed(c));
    yaml_text(b, "        ", "code", k->code);
    if (k->timed > 0 && !k->answered)
        buf_add_format(b, "        failed_after_us: [%" PRIu64 ", %" PRIu64 "]\n", k->least_us, k->most_us);
    set(b, "        ", "sharing", k->sharing);
    set(b, "        ", "recorded", k->recorded);
    set(b, "        ", "causes", k->narrowed);
    if (k->contradiction)
        buf_add_text(b, "        contradiction: true  # the evidence would leave no candidate\n");
    narrowed_by(b, k);
    buf_add_format(b, "        depth: %s\n", k->depth == DEPTH_NONE ? "null" : depth_name(k->depth));
    records(b, "        ", k);
}

static void names(struct buf *b, const struct causes_cell *c)
{
    buf_add_text(b, c->narrowed ? "    causes:  # candidates, not findings\n" : "    causes: {}\n");
    for (unsigned n = 1; n <= CAUSE_COUNT; n++)
        if (c->narrowed & CAUSE(n))
            buf_add_format(b, "      F%02u: \"%s\"%s\n", n, cause_row(n)->name,
                           c->supported & CAUSE(n) ? "  # supported" : "");
}

static void side(struct buf *b, const char *key, const struct attribution_side *x)
{
    buf_add_format(b, "      %s: {fails: %u, passes: %u, undecided: %u, unproven: %u}\n", key, x->fails,
                   x->passes, x->undecided, x->unproven);
}

static void card_or_reader(struct buf *b, const struct attribution *x)
{
    const char *answer = attribution_name(x->answer);
    buf_add_format(b, "    card_or_reader:\n      answer: %s\n", answer[0] ? answer : "null");
    yaml_text(b, "      ", "why", x->why ? x->why : "");
    side(b, "other_readers", &x->readers);
    side(b, "other_handsets", &x->handsets);
}

void summary_causes(const struct causes *of, size_t cell, struct buf *b)
{
    const struct causes_cell *c = of->cells[cell];
    if (!c)
        return;
    buf_add_text(b, "    where:\n");
    for (size_t i = 0; i < c->kind_count; i++)
        kind(of->f, &of->f->cells[cell], &c->kinds[i], b);
    if (c->untold)
        buf_add_format(b, "    untold: %" PRIu64 "  # failures of other kinds\n", c->untold);
    names(b, c);
    card_or_reader(b, &c->attribution);
    buf_add_format(b, "    depth: %s\n", c->depth == DEPTH_NONE ? "null" : depth_name(c->depth));
    if (c->deeper)
        buf_add_format(b, "    deeper: \"nfc-survey explain RUN %zu\"\n", cell);
}
