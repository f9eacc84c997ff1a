/* The `matrix:` section of summary.yaml: what the run says as a whole, in block style for people and tools.
 */
#include "harness/base/decimal.h"
#include "harness/base/yaml_lines.h"
#include "reports/tables/summary.h"

#include <inttypes.h>
#include <math.h>

#define ALIKE_SHOWN   20 /* subsets of readers that serve a target alike */
#define SUBSETS_SHOWN 6  /* readers up to which every subset is written */

/* Null where there is none. */
static void real(struct buf *b, double value)
{
    if (isnan(value))
        buf_add_text(b, "null");
    else
        buf_add_text(b, decimal_plain(value).text);
}

/* A probability as it is: scientific notation would be a string to YAML 1.1. */
static void share(struct buf *b, double value)
{
    if (isnan(value))
        buf_add_text(b, "null");
    else
        buf_add_format(b, "%.6f", value);
}

static void bracket(struct buf *b, const struct matrix_bracket *x)
{
    buf_add_text(b, decimal_interval(x->lower, x->upper, 6).text);
}

static void readers_of(struct buf *b, const struct findings *f, uint32_t subset)
{
    bool any = false;
    buf_add_char(b, '[');
    for (size_t i = 0; i < f->survey->reader_count; i++)
        if (subset >> i & 1) {
            buf_add_text(b, any ? ", " : "");
            lines_string(b, f->survey->readers[i].unit);
            any = true;
        }
    buf_add_char(b, ']');
}

static void pair_name(struct buf *b, const struct findings *f, size_t pair)
{
    const struct survey_pair *p = &f->survey->pairs[pair];
    buf_add_text(b, "handset: ");
    lines_string(b, p->unit);
    buf_add_text(b, ", sim: ");
    lines_string(b, f->survey->sims[p->sim].id);
}

static void head(const struct findings *f, const struct matrix *m, struct buf *b)
{
    const struct shares_use *s = &m->shares;
    buf_add_text(
        b, "matrix:\n"
           "  # market: [shown, not ruled out]: handsets that work, and those that don't fail; a\n"
           "  # handset works on a reader when all its cells of the group are compatible there, and\n"
           "  # fails when one is incompatible or declared absent. Readers stand in the survey's order.\n"
           "  # pooled: beta-binomial estimates of P(dirty), which lean on the mix of cells examined;\n"
           "  # verdicts come from n and d alone. p by permutation, the search included.\n");
    buf_add_text(b, "  shares: ");
    lines_string(b, matrix_shares_text(m));
    buf_add_text(b, "\n  tested_share: ");
    share(b, s->source == SHARES_UNKNOWN ? NAN : s->tested);
    buf_add_format(b, "\n  handsets_without_share: %zu\n  untested_rows: %zu\n", s->without,
                   s->untested_rows);
    buf_add_text(b, "  icc: ");
    if (m->has_icc)
        buf_add_format(b, "%.4f", m->icc);
    else
        buf_add_text(b, f->scheme.k < 2 ? "null  # one transaction a placement" : "null  # nothing varies");
    buf_add_format(b, "\n  icc_placements: %" PRIu64 "\n  permutations: %u\n", m->icc_placements,
                   m->permutations);
}

static void effects(const struct matrix *m, struct buf *b)
{
    buf_add_text(b, m->effect_count ? "  effects:\n" : "  effects: []\n");
    for (size_t i = 0; i < m->effect_count; i++) {
        const struct matrix_effect *e = &m->effects[i];
        buf_add_format(b, "    - {effect: %s, ", matrix_effect_name(e->what));
        if (e->attribute)
            buf_add_format(b, "attribute: %s, ", e->attribute);
        buf_add_text(b, "group: ");
        lines_string(b, e->group == SIZE_MAX ? "all" : m->groups[e->group].name);
        buf_add_format(b, ", p: %.6f, holm: %.6f, shown: %s", e->result.p, e->holm,
                       matrix_says_effect(e) ? "true" : "false");
        if (e->floor > 1.0 / (1.0 + m->permutations))
            buf_add_format(b, ", smallest_p: %.6f", e->floor);
        buf_add_text(b, "}\n");
    }
}

static void reader_rows(const struct findings *f, const struct matrix_group *g, struct buf *b)
{
    buf_add_text(b, "      readers:\n");
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        const struct matrix_reader *r = &g->readers[i];
        buf_add_text(b, "        - {reader: ");
        lines_string(b, f->survey->readers[i].unit);
        buf_add_format(b,
                       ", works: %u, fails: %u, open: %u, n: %" PRIu64 ", d: %" PRIu64 ", pooled: ", r->works,
                       r->fails, r->open, r->n, r->d);
        share(b, r->pooled);
        buf_add_text(b, ", market: ");
        bracket(b, &r->market);
        buf_add_format(b,
                       ",\n           claim_99_at_95: {placements_missing: %" PRIu64 ", dirty: %" PRIu64
                       ", handsets_without_cell: %u}}\n",
                       r->claim_missing, r->claim_dirty, r->claim_absent);
    }
    buf_add_text(b, "      all_readers: ");
    bracket(b, &g->all_readers);
    buf_add_text(b, "\n      apart: [");
    bool any = false;
    for (size_t i = 0; i < f->survey->reader_count; i++)
        for (size_t j = 0; j < f->survey->reader_count; j++)
            if (matrix_apart(&g->readers[i].market, &g->readers[j].market)) {
                buf_add_text(b, any ? ", {serves_more: " : "{serves_more: ");
                lines_string(b, f->survey->readers[i].unit);
                buf_add_text(b, ", than: ");
                lines_string(b, f->survey->readers[j].unit);
                buf_add_char(b, '}');
                any = true;
            }
    buf_add_text(b, "]  # pairs of readers whose brackets don't overlap; no others may be ranked\n");
}

/* All the smallest subsets alike, as far as ALIKE_SHOWN goes. */
static void target(const struct findings *f, const struct matrix_group *g, const struct matrix_target *t,
                   struct buf *b)
{
    unsigned shown = 0;
    buf_add_format(b, "        - {target: %.2f, readers: %u, subsets: %u, any_of: [", t->share, t->size,
                   t->alike);
    for (uint32_t subset = 1; subset < (uint32_t)1 << f->survey->reader_count && shown < ALIKE_SHOWN;
         subset++) {
        if (!matrix_meets(g, t, subset))
            continue;
        buf_add_text(b, shown++ ? ", " : "");
        readers_of(b, f, subset);
    }
    buf_add_text(b, "]}\n");
}

static void subsets(const struct findings *f, const struct matrix_group *g, bool all, struct buf *b)
{
    size_t readers = f->survey->reader_count;
    buf_add_text(b, "      smallest_subsets:  # 0 readers: no subset is shown to reach the target\n");
    for (unsigned i = 0; i < MATRIX_TARGETS; i++)
        target(f, g, &g->targets[i], b);
    if (readers > SUBSETS_SHOWN && !all)
        return;
    buf_add_text(b, "      subsets:\n");
    for (uint32_t subset = 1; subset < (uint32_t)1 << readers; subset++) {
        buf_add_text(b, "        - {readers: ");
        readers_of(b, f, subset);
        buf_add_format(b, ", market: %s}\n",
                       decimal_interval(g->subset_lower[subset], g->subset_upper[subset], 6).text);
    }
}

static void patterns(const struct findings *f, const struct matrix_group *g, struct buf *b)
{
    buf_add_text(b, "      patterns:  # a sign a reader: + works, - fails, ? open\n");
    for (size_t i = 0; i < g->pattern_count; i++) {
        bool any = false;
        buf_add_format(b, "        - {pattern: \"%s\", handsets: %u, units: [", g->patterns[i].text,
                       g->patterns[i].count);
        for (size_t pair = 0; pair < f->survey->pair_count; pair++)
            if (g->pattern_of_pair[pair] == i) {
                buf_add_text(b, any ? ", " : "");
                lines_string(b, f->survey->pairs[pair].unit);
                any = true;
            }
        buf_add_text(b, "]}\n");
    }
}

static void rate(struct buf *b, const char *name, const struct decision_stump_rate *r)
{
    buf_add_format(b, "          %s: {hits: %u, of: %u, interval: [%.4f, %.4f]}\n", name, r->hits, r->of,
                   r->lower, r->upper);
}

static void rule(const struct matrix *m, const struct matrix_group *g, struct buf *b)
{
    const struct decision_stump_result *s = &g->stump;
    char words[512];
    buf_add_format(b, "      models: {fail: %u, work: %u, open: %u}\n      failure_rule:", g->models_fail,
                   g->models_work, g->models_open);
    if (!matrix_says_rule(m, g)) {
        buf_add_format(b, " null  # no attribute of %zu predicts failure beyond chance", m->attribute_count);
        if (s->rule.found)
            buf_add_format(b, " (p %.4f, search included)", s->p);
        buf_add_char(b, '\n');
        return;
    }
    matrix_rule_text(m, &s->rule, words, sizeof words);
    buf_add_text(b, "\n          fails_when: ");
    lines_string(b, words);
    buf_add_format(b, "\n          p: %.6f\n          phi: %.4f\n          known: %u\n", s->p, s->rule.phi,
                   s->rule.known);
    rate(b, "sensitivity", &s->sensitivity);
    rate(b, "specificity", &s->specificity);
    buf_add_format(
        b, "          left_out_right: %u\n          always_the_majority_right: %u\n          models: %u\n",
        s->left_out_right, s->majority_right, s->rows);
}

static void associations(const struct findings *f, const struct matrix *m, const struct matrix_group *g,
                         bool all, struct buf *b)
{
    char value[256];
    size_t said = 0;
    for (size_t i = 0; i < g->association_count; i++)
        said += matrix_says_association(&g->associations[i]);
    buf_add_format(b, "      associations_tested: %zu\n      associations:%s\n", g->association_count,
                   (all ? g->association_count : said) ? "" : " []");
    for (size_t i = 0; i < g->association_count; i++) {
        const struct matrix_association *a = &g->associations[i];
        const struct matrix_attribute *attribute = &m->attributes[a->attribute];
        if (!all && !matrix_says_association(a))
            continue;
        matrix_attribute_text(attribute, a->value, value, sizeof value);
        buf_add_format(b, "        - {attribute: %s, %s: ", attribute->name,
                       attribute->ordered ? "up_to" : "is");
        lines_string(b, value);
        buf_add_text(b, ", reader: ");
        lines_string(b, a->reader == SIZE_MAX ? "any" : f->survey->readers[a->reader].unit);
        buf_add_format(
            b,
            ", with: {fail: %u, work: %u}, without: {fail: %u, work: %u}, p: %.6f, adjusted: %.6f, "
            "shown: %s}\n",
            a->with_fails, a->with_works, a->without_fails, a->without_works, a->p, a->adjusted,
            matrix_says_association(a) ? "true" : "false");
    }
}

static void list(struct buf *b, const char *name, const struct matrix_list *l)
{
    buf_add_format(b, "        %s: {verdicts: %zu, listed: %zu, e_needed: ", name, l->verdicts, l->listed);
    real(b, l->needed > 0.0 ? round(l->needed * 10.0) / 10.0 : NAN);
    buf_add_format(b, ", e_of_scheme: %.0f, placements_needed: %u, placements_of_scheme: %u}\n", l->stop,
                   l->needed_n, l->stop_n);
}

static void lists(const struct findings *f, const struct matrix *m, const struct matrix_group *g,
                  struct buf *b)
{
    static const char *const kinds[] = { "none", "fitted", "no spread", "not pooled" };
    buf_add_format(b,
                   "      cells: {examined: %zu, with_placements: %zu, compatible: %zu, incompatible: %zu}\n"
                   "      pool: {kind: %s, a: %.4f, b: %.4f}\n",
                   g->tested, g->cell_count, g->compatible, g->incompatible, kinds[g->prior.kind], g->prior.a,
                   g->prior.b);
    buf_add_text(b, "      share_too_dirty: ");
    share(b, g->bad_share);
    buf_add_format(b, "  # estimated share of cells with q >= %s\n      implied_bound_compatible: ",
                   decimal_plain(f->scheme.q1).text);
    share(b, g->bound_compatible);
    buf_add_text(b, "  # implied bound on the share of wrong ones among the compatible\n"
                    "      implied_bound_incompatible: ");
    share(b, g->bound_incompatible);
    buf_add_format(
        b,
        "\n      provisional: {listed: %zu, not_compatible_yet: %zu}  # expected share of wrong ones "
        "5 %%; leans on the mix of handsets\n",
        g->listed, g->listed_open);
    if (m->fdr > 0.0) {
        buf_add_format(b, "      e_bh:\n        level: %.6f\n", m->fdr);
        list(b, "compatible", &g->fdr_compatible);
        list(b, "incompatible", &g->fdr_incompatible);
    }
}

static void pooled(const struct findings *f, const struct matrix_group *g, struct buf *b)
{
    buf_add_text(b, g->cell_count ? "      pooled:\n" : "      pooled: []\n");
    for (size_t i = 0; i < g->cell_count; i++) {
        const struct matrix_cell *own = &g->cells[i];
        const struct findings_cell *c = &f->cells[own->cell];
        buf_add_format(b, "        - {cell: %zu, n: %u, d: %u, pooled: %.6f, interval: [%.6f, %.6f]",
                       own->cell, c->n, c->d, own->pooled.mean, own->pooled.lower, own->pooled.upper);
        buf_add_format(b, ", too_dirty: %.6f, provisional: %s}\n", own->tail, own->listed ? "true" : "false");
    }
}

static void group(const struct findings *f, const struct matrix *m, const struct matrix_group *g, bool all,
                  struct buf *b)
{
    bool any = false;
    buf_add_text(b, "    - group: ");
    lines_string(b, g->name);
    buf_add_text(b, "\n      conditions: [");
    for (size_t i = 0; i < f->survey->condition_count; i++)
        if (g->conditions >> i & 1) {
            buf_add_text(b, any ? ", " : "");
            lines_string(b, f->survey->conditions[i].id);
            any = true;
        }
    buf_add_text(b, "]\n");
    lists(f, m, g, b);
    reader_rows(f, g, b);
    subsets(f, g, all, b);
    patterns(f, g, b);
    rule(m, g, b);
    associations(f, m, g, all, b);
    pooled(f, g, b);
}

static void regression(const struct findings *f, const struct matrix *m, struct buf *b)
{
    buf_add_format(b,
                   "  regression:  # the fewest handsets that show every (reader, stage, causes) seen\n"
                   "    modes: %zu\n    modes_of_one_handset: %zu\n    smallest_proven: %s\n    keep:%s\n",
                   m->modes, m->modes_once, m->regression_proven ? "true" : "false",
                   m->regression_count ? "" : " []");
    for (size_t i = 0; i < m->regression_count; i++) {
        buf_add_text(b, "      - {");
        pair_name(b, f, m->regression[i]);
        buf_add_text(b, "}\n");
    }
}

void summary_matrix_write(const struct findings *f, const struct matrix *m, bool all, struct buf *b)
{
    head(f, m, b);
    effects(m, b);
    buf_add_text(b, "  groups:\n");
    for (size_t i = 0; i < m->group_count; i++)
        group(f, m, &m->groups[i], all, b);
    regression(f, m, b);
}

static void absent(const struct err *e, struct buf *out)
{
    buf_add_text(out, "matrix:\n  absent: ");
    lines_string(out, e->text);
    buf_add_char(out, '\n');
}

void summary_matrix(const struct report *r, struct buf *out)
{
    struct survey_problems problems = { 0 };
    struct matrix *m = NULL;
    struct err e = { 0 };
    if (r->matrix && !r->matrix->shares_path)
        summary_matrix_write(r->findings, r->matrix, false, out);
    else if (matrix_make(r->findings, r->criteria, &(struct matrix_options) { 0 }, &m, &problems, &e) == 0)
        summary_matrix_write(r->findings, m, false, out);
    else
        absent(&e, out);
    matrix_free(&m);
    survey_problems_free(&problems);
}
