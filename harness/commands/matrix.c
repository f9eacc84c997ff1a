/* matrix: what a run says as a whole, for analysts: as tables to read, or as YAML. Changes nothing. */
#include "harness/matrix/matrix.h"
#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "reports/render/text.h"
#include "reports/render/yaml.h"
#include "reports/tables/tables.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define OUTPUT_MAX  (256u << 20)
#define ALIKE_SHOWN 3  /* subsets of readers that serve a target alike */
#define UNITS_SHOWN 12 /* handsets named beside a pattern */

/* "81.0 to 94.5 %": shown, and not ruled out. */
static void bracket_cell(struct text_rows *t, const struct matrix_bracket *b)
{
    char lower[DECIMAL_SIZE], upper[DECIMAL_SIZE];
    table_cell(t, "%s to %s %%", decimal_bound(lower, 100.0 * b->lower, 1, DECIMAL_DOWN),
               decimal_bound(upper, 100.0 * b->upper, 1, DECIMAL_UP));
}

static void print_head(const struct findings *f, const struct matrix *m)
{
    fputs("survey    ", stdout);
    text_put_safe(stdout, f->survey->id);
    printf("%s\nshares    ", f->simulated ? "  (SIMULATED)" : "");
    text_put_safe(stdout, matrix_shares_text(m));
    if (m->shares.source != SHARES_UNKNOWN)
        printf("; the tested handsets are %.1f %% of the market, the rest is in the width",
               100.0 * m->shares.tested);
    putchar('\n');
    if (m->shares.without > 0)
        printf("          %zu tested handsets have no share and weigh nothing\n", m->shares.without);
    if (m->shares.untested_rows > 0) {
        printf("          %zu rows (%.1f %%) name no handset of this survey, the first is ",
               m->shares.untested_rows, 100.0 * m->shares.untested);
        text_put_safe(stdout, m->shares.first_untested);
        putchar('\n');
    }
    if (m->has_icc)
        printf("alike     transactions of one placement: intraclass correlation %.2f (%" PRIu64
               " placements); shown only, no verdict uses it\n",
               m->icc, m->icc_placements);
    else
        puts("alike     transactions of one placement: no intraclass correlation, nothing varies");
}

static void print_claim(struct text_rows *t, const struct matrix_reader *r)
{
    if (r->claim_absent > 0)
        table_cell(t, "not shown: %u handsets have no cell there", r->claim_absent);
    else if (r->claim_dirty > 0)
        table_cell(t, "not by clean ones alone: %" PRIu64 " dirty", r->claim_dirty);
    else if (r->claim_missing > 0)
        table_cell(t, "%" PRIu64 " more clean ones", r->claim_missing);
    else
        table_cell(t, "shown");
}

static void print_readers(const struct findings *f, const struct matrix_group *g)
{
    struct text_rows *t = table_new(8);
    static const char *const heads[] = { "reader", "works", "fails",  "open",
                                         "market", "dirty", "pooled", "99 % success at 95 %" };
    if (!t)
        return;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_cell(t, "%s", heads[i]);
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        const struct matrix_reader *r = &g->readers[i];
        table_cell(t, "%s", f->survey->readers[i].unit);
        table_cell(t, "%u", r->works);
        table_cell(t, "%u", r->fails);
        table_cell(t, "%u", r->open);
        bracket_cell(t, &r->market);
        table_cell(t, "%" PRIu64 " of %" PRIu64, r->d, r->n);
        if (isnan(r->pooled))
            table_cell(t, "-");
        else
            table_cell(t, "%.1f %%", 100.0 * r->pooled);
        print_claim(t, r);
    }
    table_print(t, stdout);
    table_free(&t);
    char lower[DECIMAL_SIZE], upper[DECIMAL_SIZE];
    printf("all %zu readers serve %s to %s %%\n", f->survey->reader_count,
           decimal_bound(lower, 100.0 * g->all_readers.lower, 1, DECIMAL_DOWN),
           decimal_bound(upper, 100.0 * g->all_readers.upper, 1, DECIMAL_UP));
}

static void print_apart(const struct findings *f, const struct matrix_group *g)
{
    bool any = false;
    for (size_t i = 0; i < f->survey->reader_count; i++)
        for (size_t j = 0; j < f->survey->reader_count; j++) {
            if (!matrix_apart(&g->readers[i].market, &g->readers[j].market))
                continue;
            any = true;
            text_put_safe(stdout, f->survey->readers[i].unit);
            fputs(" serves more than ", stdout);
            text_put_safe(stdout, f->survey->readers[j].unit);
            putchar('\n');
        }
    if (!any && f->survey->reader_count > 1)
        puts("no reader serves more than another: the brackets overlap");
}

static void print_subsets(const struct findings *f, const struct matrix_group *g)
{
    char words[1024];
    puts("\nfewest readers that together serve (a handset needs one of them):");
    for (unsigned i = 0; i < MATRIX_TARGETS; i++) {
        const struct matrix_target *t = &g->targets[i];
        unsigned shown = 0;
        printf("  %2.0f %%  ", 100.0 * t->share);
        if (t->size == 0)
            puts("not shown by all of them together");
        for (uint32_t subset = 1; t->size > 0 && subset < (uint32_t)1 << f->survey->reader_count; subset++) {
            if (!matrix_meets(g, t, subset) || shown == ALIKE_SHOWN)
                continue;
            matrix_subset_text(f, subset, words, sizeof words);
            fputs(shown++ ? "; or " : "", stdout);
            text_put_safe(stdout, words);
        }
        if (t->alike > shown)
            printf("; or %u more of that size", t->alike - shown);
        if (t->size > 0)
            putchar('\n');
    }
}

static void print_patterns(const struct findings *f, const struct matrix_group *g)
{
    puts("\nhandsets by pattern over the readers (+ works, - fails, ? open):");
    for (size_t i = 0; i < g->pattern_count; i++) {
        unsigned shown = 0;
        printf("  %s %4u  ", g->patterns[i].text, g->patterns[i].count);
        for (size_t pair = 0; pair < f->survey->pair_count && shown < UNITS_SHOWN; pair++)
            if (g->pattern_of_pair[pair] == i) {
                fputs(shown++ ? ", " : "", stdout);
                text_put_safe(stdout, f->survey->pairs[pair].unit);
            }
        puts(g->patterns[i].count > shown ? " ..." : "");
    }
}

static void print_rate(const char *says, const struct decision_stump_rate *r)
{
    printf("  %u of %u models %s (%.0f %%, at 95 %% between %.0f and %.0f %%)\n", r->hits, r->of, says,
           100.0 * r->value, 100.0 * r->lower, 100.0 * r->upper);
}

static void print_rule(const struct matrix *m, const struct matrix_group *g)
{
    const struct decision_stump_result *s = &g->stump;
    char words[512];
    printf("\nmodels: %u fail on some reader, %u work on all, %u open\n", g->models_fail, g->models_work,
           g->models_open);
    if (!matrix_says_rule(m, g)) {
        printf("no attribute of the handsets predicts failure beyond chance (%zu attributes tried",
               m->attribute_count);
        printf(s->rule.found ? ", best p %.3f)\n" : ")\n", s->p);
        return;
    }
    matrix_rule_text(m, &s->rule, words, sizeof words);
    fputs("a model fails on some reader when ", stdout);
    text_put_safe(stdout, words);
    printf(" (p %.4f, search over %zu attributes included)\n", s->p, m->attribute_count);
    print_rate("that fail are found by it", &s->sensitivity);
    print_rate("that work are passed by it", &s->specificity);
    printf("  %u of %u models are told right by the rule found without them; the majority alone tells %u\n",
           s->left_out_right, s->rows, s->majority_right);
}

static void print_associations(const struct findings *f, const struct matrix *m, const struct matrix_group *g)
{
    char value[256];
    size_t said = 0;
    for (size_t i = 0; i < g->association_count; i++) {
        const struct matrix_association *a = &g->associations[i];
        const struct matrix_attribute *attribute = &m->attributes[a->attribute];
        if (!matrix_says_association(a))
            continue;
        said++;
        matrix_attribute_text(attribute, a->value, value, sizeof value);
        printf("  %s %s ", attribute->name, attribute->ordered ? "up to" : "is");
        text_put_safe(stdout, value);
        fputs(a->reader == SIZE_MAX ? ", any reader" : ", ", stdout);
        if (a->reader != SIZE_MAX)
            text_put_safe(stdout, f->survey->readers[a->reader].unit);
        printf(": %u of %u fail, of the others %u of %u (adjusted p %.4f)\n", a->with_fails,
               a->with_fails + a->with_works, a->without_fails, a->without_fails + a->without_works,
               a->adjusted);
    }
    if (said == 0 && g->association_count > 0)
        printf("none of %zu tables attribute x verdict differs beyond chance (Benjamini-Hochberg)\n",
               g->association_count);
}

static void print_list(const char *name, const char *placements, const struct matrix_list *l)
{
    printf("  %s: %zu of %zu cells listed", name, l->listed, l->verdicts);
    if (l->verdicts == 0)
        puts("; there is no such verdict yet, so nothing to plan for");
    else if (l->listed >= l->verdicts)
        puts("");
    else if (l->needed_n == 0)
        printf("; all of them need an e-value of %.0f, which no number of placements reaches\n", l->needed);
    else
        printf(
            "; all of them need an e-value of %.0f, which takes %u %s placements; the scheme stops at %.0f, "
            "after %u\n",
            l->needed, l->needed_n, placements, l->stop, l->stop_n);
}

static void print_lists(const struct findings *f, const struct matrix *m, const struct matrix_group *g)
{
    printf("\ncells: %zu examined, %zu compatible, %zu incompatible\n", g->tested, g->compatible,
           g->incompatible);
    if (!isnan(g->bound_compatible))
        printf("implied bound on the share of wrong ones among the compatible: %.2f %%",
               100.0 * g->bound_compatible);
    if (!isnan(g->bound_compatible) && !isnan(g->bound_incompatible))
        printf("; among the incompatible: %.2f %%", 100.0 * g->bound_incompatible);
    if (!isnan(g->bound_compatible))
        putchar('\n');
    printf("provisional: %zu cells can be listed as good with 5 %% of them expected to have q >= %s; %zu of "
           "them are not\ncompatible by verdict. This leans on the mix of handsets and guarantees no single "
           "cell.\n",
           g->listed, decimal_plain(f->scheme.q1).text, g->listed_open);
    if (m->fdr > 0.0) {
        printf(
            "e-BH at %s (lists whose expected share of wrong entries is bounded whatever the dependence):\n",
            decimal_plain(m->fdr).text);
        print_list("compatible", "clean", &g->fdr_compatible);
        print_list("incompatible", "dirty", &g->fdr_incompatible);
    }
}

static void print_group(const struct findings *f, const struct matrix *m, const struct matrix_group *g)
{
    const char *separator = "";
    putchar('\n');
    fputs(g->required ? "== Required by the criteria (" : "== Condition (", stdout);
    for (size_t i = 0; i < f->survey->condition_count; i++)
        if (g->conditions >> i & 1) {
            fputs(separator, stdout);
            text_put_safe(stdout, f->survey->conditions[i].id);
            separator = ", ";
        }
    puts(") ==");
    puts("market: shown to work, to not ruled out; in the survey's order, which is no ranking");
    print_readers(f, g);
    print_apart(f, g);
    print_subsets(f, g);
    print_patterns(f, g);
    print_rule(m, g);
    print_associations(f, m, g);
    print_lists(f, m, g);
}

static void print_effects(const struct matrix *m)
{
    struct text_rows *t = table_new(5);
    static const char *const heads[] = { "effect", "group", "p", "p (Holm)", "" };
    if (!t)
        return;
    printf("\neffects by permutation (%u permutations), adjusted together:\n", m->permutations);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_cell(t, "%s", heads[i]);
    for (size_t i = 0; i < m->effect_count; i++) {
        const struct matrix_effect *e = &m->effects[i];
        table_cell(t, "%s%s%s", matrix_effect_name(e->what), e->attribute ? " " : "",
                   e->attribute ? e->attribute : "");
        table_cell(t, "%s", e->group == SIZE_MAX ? "all" : m->groups[e->group].name);
        table_cell(t, "%.4f", e->result.p);
        table_cell(t, "%.4f", e->holm);
        if (matrix_says_effect(e))
            table_cell(t, "shown");
        else if (e->floor > MATRIX_LEVEL / (double)m->effect_count)
            table_cell(t, "can't be shown with so few units");
        else
            table_cell(t, "not shown");
    }
    if (m->effect_count > 0)
        table_print(t, stdout);
    else
        puts("nothing differs");
    table_free(&t);
}

static void print_regression(const struct findings *f, const struct matrix *m)
{
    printf(
        "\nregression: %zu handsets show all %zu ways of failing seen (reader x stage x causes; %zu of them "
        "with one handset only)\n",
        m->regression_count, m->modes, m->modes_once);
    if (m->modes > 0)
        puts(m->regression_proven ? "no smaller set does"
                                  : "a smaller set may exist: this one is greedy, not proven");
    for (size_t i = 0; i < m->regression_count; i++) {
        fputs("  ", stdout);
        text_put_safe(stdout, f->survey->pairs[m->regression[i]].name);
        putchar('\n');
    }
}

static void print_text(const struct findings *f, const struct matrix *m)
{
    print_head(f, m);
    for (size_t i = 0; i < m->group_count; i++)
        print_group(f, m, &m->groups[i]);
    print_effects(m);
    print_regression(f, m);
}

static int print_yaml(const struct report *r, struct err *e)
{
    static const struct table *const tables[] = { &table_matrix_file, &table_matrix, NULL };
    const struct view v = { r, LANGUAGE_ENGLISH, FORM_YAML, .whole = true };
    struct buf b;
    buf_init(&b, OUTPUT_MAX);
    yaml_tables(&b, &v, tables);
    int status = b.failed ? err_set(e, ERR_MEMORY, "matrix", "the output does not fit in memory") : 0;
    if (status == 0)
        fwrite(b.data, 1, b.length, stdout);
    buf_free(&b);
    return status;
}

/* A level in (0, 1), left alone when not given. False after a message. */
static bool read_level(struct options *options, double *out)
{
    const char *text = options_text(options, "fdr");
    if (!text || (text_to_double(text, strlen(text), out) && *out > 0.0 && *out < 1.0))
        return true;
    options_usage(options, "--fdr needs a decimal between 0 and 1, such as 0.05, not `%s`", text);
    return false;
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0), *format = options_text(options, "format");
    const char *file = options_text(options, "shares");
    struct report_how how = { .parts = REPORT_MATRIX };
    struct shares *shares = NULL;
    struct report r = { 0 };
    struct err e = { 0 };
    uint64_t permutations = MATRIX_PERMUTATIONS;
    if (!options_number(options, "permutations", 99, MATRIX_PERMUTATIONS_MAX, &permutations) ||
        !read_level(options, &how.matrix.fdr))
        return EXIT_STATUS_USAGE;
    if (strcmp(format, "text") != 0 && strcmp(format, "yaml") != 0)
        return options_usage(options, "--format is text or yaml, not `%s`", format);
    how.matrix.permutations = (unsigned)permutations;
    int status = model_shares(file, &shares, &e);
    how.matrix.shares = shares;
    if (status == 0)
        status = model_open(directory, &how, &r, &e);
    if (status == 0 && !r.matrix)
        status = ERR_INPUT; /* the problems of its shares are messages already */
    if (status == 0 && strcmp(format, "yaml") == 0)
        status = print_yaml(&r, &e);
    else if (status == 0)
        print_text(r.findings, r.matrix);
    report_close(&r);
    shares_free(&shares);
    return status == 0 ? EXIT_STATUS_DONE : model_error(status, &e);
}

static const struct option_spec option_table[] = {
    { .name = "shares",
      .letter = 's',
      .argument = "FILE",
      .help = "market shares: CSV of handset,share instead of the profiles'" },
    { .name = "format",
      .letter = 'f',
      .argument = "text|yaml",
      .help = "tables to read, or all of it as YAML",
      .fallback = "text" },
    { .name = "permutations",
      .letter = 'p',
      .argument = "N",
      .help = "permutations of each test, 99 to 100000",
      .fallback = "999" },
    { .name = "fdr",
      .argument = "Q",
      .help = "lists whose expected share of wrong entries is at most Q (e-BH)" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey matrix results/demo", "readers, market coverage, effects and handsets for regression" },
    { "nfc-survey matrix results/demo --format yaml --permutations 9999", "all of it for other programs" },
    { "nfc-survey matrix results/demo --fdr 0.05",
      "lists with a bounded share of wrong entries, and their price" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "shown" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal, or the shares can't be used" },
    { 0 },
};

const struct command command_matrix = {
    .name = "matrix",
    .summary = "what a run says of readers, subsets of them, and the market",
    .usage = (const char *const[]) { "DIR [--shares FILE] [--format text|yaml] [--permutations N] [--fdr Q]",
                                     NULL },
    .description =
        "A handset works on a reader when all its required cells are compatible there, and fails when one is "
        "incompatible or declared absent. A share of the market is given as a bracket: what is shown to "
        "work, and "
        "what is not ruled out; untested models are in the width. Without any share all tested handsets "
        "weigh "
        "the same. The file of shares has the columns handset (a profile's id or a unit) and share (0 to "
        "1).\n"
        "\n"
        "--fdr needs planning: cells stop as soon as the scheme decides, just past 1/beta and 1/alpha, which "
        "is too early for such lists. What it prints is how far the e-values reach now, and how many "
        "placements "
        "the lists would take; give a scheme of your own with a smaller alpha and beta to get there.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run,
};
