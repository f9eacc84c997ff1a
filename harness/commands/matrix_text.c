#include "harness/commands/matrix_text.h"
#include "harness/commands/damage.h"

#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "reports/tables/commands.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/tables/variance.h"
#include "reports/tables/why_sentences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 10 /* at least */
#define ALIKE_SHOWN   3  /* subsets of readers that serve a target alike */
#define UNITS_SHOWN   12 /* handsets named beside a pattern */
#define SENTENCE_MAX  (1u << 16)

struct printed {
    const struct speech *to;
    const struct report *report;
    const struct findings *f;
    const struct matrix *m;
};

/* A share in percent, to so many places. */
#define PERCENT(share, places) (percent(share, places).text)
static struct phrase percent(double share, int places)
{
    struct phrase digits;
    snprintf(digits.text, sizeof digits.text, "%.*f", places, 100.0 * share);
    return digits;
}

static struct phrase digits_of(double value, int places)
{
    struct phrase digits;
    snprintf(digits.text, sizeof digits.text, "%.*f", places, value);
    if (digits.text[0] == '-' && strspn(digits.text + 1, "0.") == strlen(digits.text + 1))
        snprintf(digits.text, sizeof digits.text, "%.*f", places, 0.0); /* what rounds to 0 has no sign */
    return digits;
}

/* ---- head ---- */

static void label(const struct speech *to, enum word word)
{
    static const enum word labels[] = { WORD_CMD_SURVEY, WORD_CMD_SHARES, WORD_CMD_ALIKE };
    size_t width = speech_width(to, labels, sizeof labels / sizeof *labels);
    speech_label(to, word, width > LABEL_COLUMNS ? width : LABEL_COLUMNS);
}

static void print_shares(const struct printed *x)
{
    const struct speech *to = x->to;
    enum shares_source source = x->m->shares.source;
    label(to, WORD_CMD_SHARES);
    if (source == SHARES_FILE)
        text_put_safe(to->to, matrix_shares_text(x->m));
    else
        speech_say(to, source == SHARES_PROFILES ? WORD_CMD_SHARES_PROFILES : WORD_CMD_SHARES_UNKNOWN, NULL);
    if (source != SHARES_UNKNOWN)
        speech_say(to, WORD_CMD_SHARES_TESTED, PERCENT(x->m->shares.tested, 1), NULL);
    putc('\n', to->to);
    if (x->m->shares.without > 0)
        speech_line(to, WORD_CMD_WITHOUT_SHARE, SPEECH_NUMBER(x->m->shares.without), NULL);
    if (x->m->shares.untested_rows > 0)
        speech_line(to, WORD_CMD_UNTESTED_ROWS, SPEECH_NUMBER(x->m->shares.untested_rows),
                    PERCENT(x->m->shares.untested, 1), x->m->shares.first_untested, NULL);
}

static void print_head(const struct printed *x)
{
    const struct speech *to = x->to;
    label(to, WORD_CMD_SURVEY);
    text_put_safe(to->to, x->f->survey->id);
    if (x->f->simulated)
        speech_say(to, WORD_CMD_SIMULATED_MARK, NULL);
    if (x->f->unproven)
        speech_say(to, WORD_CMD_UNPROVEN_MARK, NULL);
    putc('\n', to->to);
    say_state(to, x->f);
    print_shares(x);
    label(to, WORD_CMD_ALIKE);
    if (findings_is_of_list(x->f))
        speech_line(to, WORD_NEEDS_MATRIX_BRIEF, NULL);
    else if (x->m->has_icc)
        speech_line(to, WORD_CMD_ICC, digits_of(x->m->icc, 2).text, SPEECH_NUMBER(x->m->icc_placements),
                    NULL);
    else
        speech_line(to, WORD_CMD_NO_ICC, NULL);
}

/* ---- a group of cells ---- */

static void print_readers(const struct printed *x, const struct matrix_group *g)
{
    char low[DECIMAL_SIZE], high[DECIMAL_SIZE];
    decimal_bound(low, 100.0 * g->all_readers.lower, 1, DECIMAL_DOWN);
    decimal_bound(high, 100.0 * g->all_readers.upper, 1, DECIMAL_UP);
    if (g->required)
        speech_line(x->to, WORD_CMD_MARKET_CRITERIA, NULL);
    else
        speech_line(x->to, WORD_CMD_MARKET_IS, PERCENT(g->bound, 1), NULL);
    speech_table(x->to, x->report, &table_market, &TABLE_ABOUT(g));
    if (g->counts_some)
        speech_line(x->to, WORD_CMD_SERVE_AS_COUNTED, low, high, NULL);
    else
        speech_line(x->to, WORD_CMD_ALL_SERVE, SPEECH_NUMBER(x->f->survey->reader_count), low, high, NULL);
    if (!findings_is_of_list(x->f))
        speech_line(x->to, WORD_CMD_POOLED_MEAN, NULL);
    if (g->lacks)
        speech_line(x->to, WORD_M_LACKS, name_asked(g->lacks, x->to->language), NULL);
}

static void print_apart(const struct printed *x, const struct matrix_group *g)
{
    const struct survey *s = x->f->survey;
    bool any = false;
    for (size_t i = 0; i < s->reader_count; i++)
        for (size_t j = 0; j < s->reader_count; j++) {
            if (!matrix_apart(&g->readers[i].market, &g->readers[j].market))
                continue;
            any = true;
            speech_line(x->to, WORD_CMD_SERVES_MORE, s->readers[i].unit, s->readers[j].unit, NULL);
        }
    if (!any && s->reader_count > 1)
        speech_line(x->to, WORD_CMD_NONE_SERVES_MORE, NULL);
}

static void print_target(const struct printed *x, const struct matrix_group *g, const struct matrix_target *t)
{
    const struct speech *to = x->to;
    unsigned shown = 0;
    char words[1024];
    fprintf(to->to, "  %s  ", number_percent(t->share, to->language).text);
    if (t->size == 0) {
        speech_line(to, WORD_CMD_NOT_BY_ALL, NULL);
        return;
    }
    for (uint32_t subset = 1; subset < (uint32_t)1 << x->f->survey->reader_count; subset++) {
        if (!matrix_meets(g, t, subset) || shown == ALIKE_SHOWN)
            continue;
        matrix_subset_text(x->f, subset, words, sizeof words);
        speech_say(to, shown++ ? WORD_CMD_OR_SUBSET : WORD_CMD_SUBSET, words, NULL);
    }
    if (t->alike > shown)
        speech_say(to, WORD_CMD_OR_MORE_SUBSETS, SPEECH_NUMBER(t->alike - shown), NULL);
    putc('\n', to->to);
}

static void print_patterns(const struct printed *x, const struct matrix_group *g)
{
    FILE *to = x->to->to;
    putc('\n', to);
    speech_line(x->to, WORD_CMD_PATTERNS, NULL);
    for (size_t i = 0; i < g->pattern_count; i++) {
        unsigned shown = 0;
        fprintf(to, "  %s %4u  ", g->patterns[i].text, g->patterns[i].count);
        for (size_t pair = 0; pair < x->f->survey->pair_count && shown < UNITS_SHOWN; pair++)
            if (g->pattern_of_pair[pair] == i) {
                fputs(shown++ ? ", " : "", to);
                text_put_safe(to, x->f->survey->pairs[pair].unit);
            }
        fputs(g->patterns[i].count > shown ? " ...\n" : "\n", to);
    }
}

/* ---- attributes that go with failure ---- */

static void print_sentence(const struct printed *x, const char *before, struct buf *sentence)
{
    if (sentence->length > 0)
        fprintf(x->to->to, "%s%s\n", before, buf_text(sentence));
    buf_free(sentence);
}

static void print_rule(const struct printed *x, const struct matrix_group *g)
{
    bool more = true;
    putc('\n', x->to->to);
    for (size_t i = 0; more; i++) {
        struct buf sentence;
        buf_init(&sentence, SENTENCE_MAX);
        more = why_add_rule(&sentence, x->report, g, i, x->to->language);
        print_sentence(x, i > 1 ? "  " : "", &sentence);
    }
}

static void print_associations(const struct printed *x, const struct matrix_group *g)
{
    struct buf sentence;
    for (size_t i = 0; i < g->association_count; i++) {
        if (!matrix_says_association(&g->associations[i]))
            continue;
        buf_init(&sentence, SENTENCE_MAX);
        why_add_association(&sentence, x->report, &g->associations[i], x->to->language);
        print_sentence(x, "  ", &sentence);
        buf_init(&sentence, SENTENCE_MAX);
        why_add_requirement(&sentence, x->report, g, &g->associations[i], x->to->language);
        print_sentence(x, "    ", &sentence);
    }
    buf_init(&sentence, SENTENCE_MAX);
    why_add_none(&sentence, g, x->to->language);
    print_sentence(x, "", &sentence);
}

/* ---- lists with a bounded share of wrong entries ---- */

static void print_list(const struct printed *x, enum word name, enum word needs, const struct matrix_list *l)
{
    const struct speech *to = x->to;
    char needed[64], stop[64];
    snprintf(needed, sizeof needed, "%.0f", l->needed);
    snprintf(stop, sizeof stop, "%.0f", l->stop);
    speech_say(to, name, SPEECH_NUMBER(l->listed), SPEECH_NUMBER(l->verdicts), NULL);
    if (l->verdicts == 0)
        speech_say(to, WORD_CMD_NO_VERDICT_YET, NULL);
    else if (l->listed < l->verdicts && l->needed_n == 0)
        speech_say(to, WORD_CMD_NEVER_LISTED, needed, NULL);
    else if (l->listed < l->verdicts)
        speech_say(to, needs, needed, SPEECH_NUMBER(l->needed_n), stop, SPEECH_NUMBER(l->stop_n), NULL);
    putc('\n', to->to);
}

static void print_lists(const struct printed *x, const struct matrix_group *g)
{
    const struct speech *to = x->to;
    putc('\n', to->to);
    speech_line(to, WORD_CMD_EXAMINED, SPEECH_NUMBER(g->tested), SPEECH_NUMBER(g->compatible),
                SPEECH_NUMBER(g->incompatible), NULL);
    if (!isnan(g->wrong_compatible)) {
        speech_say(to, WORD_CMD_WRONG_GOOD, PERCENT(g->wrong_compatible, 2), NULL);
        if (!isnan(g->wrong_incompatible))
            speech_say(to, WORD_CMD_WRONG_BAD, PERCENT(g->wrong_incompatible, 2), NULL);
        putc('\n', to->to);
    }
    speech_line(to, WORD_CMD_PROVISIONAL, SPEECH_NUMBER(g->listed), decimal_plain(x->f->scheme.q1).text,
                SPEECH_NUMBER(g->listed_open), NULL);
    if (x->m->fdr <= 0.0)
        return;
    speech_line(to, WORD_CMD_E_BH, decimal_plain(x->m->fdr).text, NULL);
    print_list(x, WORD_CMD_LISTED_GOOD, WORD_CMD_NEEDS_CLEAN, &g->fdr_compatible);
    print_list(x, WORD_CMD_LISTED_BAD, WORD_CMD_NEEDS_DIRTY, &g->fdr_incompatible);
}

/* ---- the whole ---- */

static void print_group(const struct printed *x, const struct matrix_group *g)
{
    struct buf conditions;
    buf_init(&conditions, 1u << 16);
    for (size_t i = 0; i < x->f->survey->condition_count; i++)
        if (g->conditions >> i & 1) {
            buf_add_text(&conditions, conditions.length ? word_text(WORD_COMMA, x->to->language) : "");
            buf_add_text(&conditions, name_condition(x->f, i, x->to->language).text);
        }
    putc('\n', x->to->to);
    speech_line(x->to, g->required ? WORD_CMD_GROUP_REQUIRED : WORD_CMD_GROUP_CONDITION,
                conditions.data ? conditions.data : "", NULL);
    buf_free(&conditions);
    print_readers(x, g);
    if (findings_is_of_list(x->f)) {
        print_patterns(x, g);
        return;
    }
    print_apart(x, g);
    putc('\n', x->to->to);
    speech_line(x->to, WORD_CMD_FEWEST, NULL);
    for (unsigned i = 0; i < MATRIX_TARGETS; i++)
        print_target(x, g, &g->targets[i]);
    print_patterns(x, g);
    print_rule(x, g);
    print_associations(x, g);
    print_lists(x, g);
}

static void print_effects(const struct printed *x)
{
    putc('\n', x->to->to);
    speech_line(x->to, WORD_CMD_EFFECTS, SPEECH_NUMBER(x->m->permutations), NULL);
    if (x->m->effect_count > 0)
        speech_table(x->to, x->report, &table_effects, &TABLE_ABOUT(x->m));
    else
        speech_line(x->to, WORD_CMD_NOTHING_DIFFERS, NULL);
}

static void print_gauges(const struct printed *x)
{
    struct buf sentence;
    putc('\n', x->to->to);
    speech_line(x->to, WORD_CMD_GAUGE, NULL);
    speech_table(x->to, x->report, &table_variance, NULL);
    for (size_t i = 0; i < x->m->gauge_count; i++) {
        buf_init(&sentence, SENTENCE_MAX);
        variance_add_sentence(&sentence, x->report, &x->m->gauges[i], x->to->language);
        print_sentence(x, "", &sentence);
    }
    buf_init(&sentence, SENTENCE_MAX);
    variance_add_note(&sentence, x->report, x->to->language);
    print_sentence(x, "", &sentence);
}

static void print_regression(const struct printed *x)
{
    putc('\n', x->to->to);
    speech_line(x->to, WORD_CMD_REGRESSION, SPEECH_NUMBER(x->m->regression_count), SPEECH_NUMBER(x->m->modes),
                SPEECH_NUMBER(x->m->modes_once), NULL);
    if (x->m->modes > 0)
        speech_line(x->to, x->m->regression_proven ? WORD_CMD_SMALLEST : WORD_CMD_GREEDY, NULL);
    for (size_t i = 0; i < x->m->regression_count; i++) {
        fputs("  ", x->to->to);
        text_put_safe(x->to->to, x->f->survey->pairs[x->m->regression[i]].name);
        putc('\n', x->to->to);
    }
}

void matrix_text(const struct speech *s, const struct report *r)
{
    const struct printed x = { s, r, r->findings, r->matrix };
    print_head(&x);
    for (size_t i = 0; i < r->matrix->group_count; i++)
        print_group(&x, &r->matrix->groups[i]);
    if (findings_is_of_list(x.f)) {
        putc('\n', s->to);
        speech_line(s, WORD_NEEDS_MATRIX, NULL);
    } else {
        print_effects(&x);
        print_gauges(&x);
    }
    print_regression(&x);
}
