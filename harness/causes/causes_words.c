/* Causes in words, once: the summary, `explain` and the reports say the same. */
#include "harness/causes/causes.h"
#include "harness/findings/tally.h"

#include <inttypes.h>

void causes_add_set(struct buf *b, cause_set causes)
{
    const char *before = "";
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(causes & CAUSE(n)))
            continue;
        buf_add_format(b, "%sF%02u", before, n);
        before = ", ";
    }
    if (causes == 0)
        buf_add_text(b, "none recorded");
}

/* "removed F10: every failure ..." */
static void add_evidence(struct buf *b, const struct evidence *s)
{
    static const char *const effects[] = { "noted on ", "removed ", "supports " };
    buf_add_text(b, effects[s->effect]);
    causes_add_set(b, s->causes);
    buf_add_text(b, ": ");
    said_english(b, &s->seen);
}

static void add_side(struct buf *b, const struct attribution_side *side, const char *what)
{
    buf_add_format(b, "%s: %u fail, %u pass, %u undecided", what, side->fails, side->passes, side->undecided);
    if (side->unproven)
        buf_add_format(b, ", %u fail that pass nowhere else and don't count", side->unproven);
}

static void add_attribution(struct buf *b, const struct attribution *x)
{
    buf_add_format(b, "%s%s%s (", attribution_name(x->answer), x->answer == ATTRIBUTION_NONE ? "" : ": ",
                   said_template(x->why));
    add_side(b, &x->readers, "this handset on other readers");
    add_side(b, &x->handsets, "; other handsets on this reader");
    buf_add_char(b, ')');
}

void causes_add_line(struct buf *b, const struct causes_cell *c)
{
    enum stage before = STAGE_COUNT;
    for (size_t i = 0; i < c->kind_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || c->kinds[j].stage == c->kinds[i].stage;
        if (seen)
            continue;
        buf_add_format(b, "%s%s", before == STAGE_COUNT ? "" : ", ",
                       c->kinds[i].stage ? stage_name(c->kinds[i].stage) : "unknown");
        before = c->kinds[i].stage;
    }
    buf_add_text(b, "; candidates ");
    causes_add_set(b, c->narrowed);
    buf_add_text(b, "; card or reader: ");
    buf_add_text(b, c->attribution.answer == ATTRIBUTION_NONE ? "not asked"
                                                              : attribution_name(c->attribution.answer));
}

static void add_kind(struct buf *b, const struct findings *f, size_t cell, const struct causes_kind *k)
{
    const struct survey *s = f->survey;
    const struct script *script = survey_script_loaded(s, f->cells[cell].script);
    buf_add_format(b, "  where: %s", k->stage ? stage_name(k->stage) : "unknown");
    if (k->step >= 1 && k->step <= script->step_count)
        buf_add_format(b, ", step %u, %s", k->step, script->steps[k->step - 1].name);
    buf_add_format(b, ": %s, %" PRIu64 " of %" PRIu64 " failures", outcome_name(k->outcome), k->count,
                   tally_failed(&f->cells[cell]));
    if (k->code[0])
        buf_add_format(b, ", %s", k->code);
    if (k->timed > 0 && !k->answered) {
        buf_add_text(b, ", after ");
        buf_add_text(b, said_duration(k->least_us).text);
        if (k->most_us != k->least_us) {
            buf_add_text(b, " to ");
            buf_add_text(b, said_duration(k->most_us).text);
        }
    }
    buf_add_format(b, "\n    %s: ",
                   k->contradiction ? "the evidence contradicts itself; candidates as recorded"
                                    : "candidates");
    causes_add_set(b, k->narrowed);
    if (k->sharing != k->narrowed) {
        buf_add_text(b, " of ");
        causes_add_set(b, k->sharing);
    }
    buf_add_char(b, '\n');
    for (size_t i = 0; i < k->evidence_count; i++) {
        buf_add_text(b, "    ");
        add_evidence(b, &k->evidence[i]);
        buf_add_char(b, '\n');
    }
}

void causes_add_cell(struct buf *b, const struct causes *of, size_t cell)
{
    const struct causes_cell *c = of->cells[cell];
    if (!c)
        return;
    for (size_t i = 0; i < c->kind_count; i++)
        add_kind(b, of->f, cell, &c->kinds[i]);
    if (c->untold)
        buf_add_format(b, "  and %" PRIu64 " failures of other kinds\n", c->untold);
    buf_add_text(b, "  candidate causes:\n");
    for (unsigned n = 1; n <= CAUSE_COUNT; n++)
        if (c->narrowed & CAUSE(n))
            buf_add_format(b, "    F%02u %s%s\n", n, cause_row(n)->name,
                           c->supported & CAUSE(n) ? " (supported)" : "");
    buf_add_text(b, "  card or reader: ");
    add_attribution(b, &c->attribution);
    buf_add_format(b, "\n  evidence: %s\n",
                   c->depth == DEPTH_NONE ? "of no stated depth" : depth_name(c->depth));
}
