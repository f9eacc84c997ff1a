/*
 * What readers, handsets and time do to results: effects by permutation, the rule and the attributes that go with
 * failure, estimates pooled over a group's cells with the lists that they allow, and drift.
 */
#include "harness/base/decimal.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/tables/why_sentences.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CELLS_ON_SCREEN 500 /* pooled; matrix.yaml has them all */
#define SENTENCE_MAX    (1u << 16)

static const struct matrix *matrix_of(const struct entry *x)
{
    return x->view->report->matrix;
}

#define GROUP(member) MEMBER(struct matrix_group, member)

/* Two doubles whose ends are estimates, no bounds that would be rounded outwards. */
static void estimated(struct entry *x)
{
    const double *ends = entry_member(x);
    int digits = x->column->digits;
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "[%.*f, %.*f]", digits, ends[0], digits, ends[1]);
    entry_text(x, x->value.hold.text);
}

/* ---- effects ---- */

static const struct matrix_effect *effect_of(const struct entry *x)
{
    return x->row->of;
}

static void effect(struct entry *x)
{
    static const enum word words[] = {
        [MATRIX_EFFECT_NONE] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_READER] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_HANDSET] = WORD_EFFECT_HANDSET,
        [MATRIX_EFFECT_CONDITION] = WORD_EFFECT_CONDITION,
        [MATRIX_EFFECT_HANDSET_ATTRIBUTE] = WORD_EFFECT_HANDSET_ATTRIBUTE,
        [MATRIX_EFFECT_READER_ATTRIBUTE] = WORD_EFFECT_READER_ATTRIBUTE,
    };
    entry_word(x, words[effect_of(x)->what], matrix_effect_name(effect_of(x)->what));
}

static void fact(struct entry *x)
{
    const char *attribute = effect_of(x)->attribute;
    entry_text(x, attribute ? name_fact(attribute, x->view->language) : NULL);
}

static void group_name(struct entry *x)
{
    size_t group = effect_of(x)->group;
    bool people = !(x->view->form & (FORM_YAML | FORM_CSV));
    if (group == SIZE_MAX)
        entry_text(x, people ? word_text(WORD_WHOLE_RUN, x->view->language) : "all");
    else if (people && matrix_of(x)->groups[group].required)
        entry_text(x, word_text(WORD_REQUIRED_CELLS, x->view->language));
    else if (people)
        entry_phrase(x, name_group(x->f, &matrix_of(x)->groups[group], x->view->language));
    else
        entry_text(x, matrix_of(x)->groups[group].name);
}

/* To people, an effect that can't be tested has neither p nor permutations. */
static void of_test(struct entry *x)
{
    if (x->view->form & (FORM_YAML | FORM_CSV) || effect_of(x)->result.possible)
        (x->column->kind == VALUE_P ? member_real : member_u32)(x);
}

static void is_shown(struct entry *x)
{
    entry_number(x, matrix_says_effect(effect_of(x)));
}

static void is_of_too_few(struct entry *x)
{
    const struct matrix_effect *e = effect_of(x);
    entry_number(x, !matrix_says_effect(e) && matrix_has_too_few(matrix_of(x), e));
}

/* Where so few units can't reach what the permutations can. */
static void smallest_p(struct entry *x)
{
    if (effect_of(x)->floor > 1.0 / (1.0 + matrix_of(x)->permutations))
        entry_real(x, effect_of(x)->floor);
}

static void named_effect(struct entry *x)
{
    static const enum word words[] = {
        [MATRIX_EFFECT_NONE] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_READER] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_HANDSET] = WORD_EFFECT_HANDSET,
        [MATRIX_EFFECT_CONDITION] = WORD_EFFECT_CONDITION,
        [MATRIX_EFFECT_HANDSET_ATTRIBUTE] = WORD_CMD_HANDSET_ATTRIBUTE,
        [MATRIX_EFFECT_READER_ATTRIBUTE] = WORD_CMD_READER_ATTRIBUTE,
    };
    entry_word(x, words[effect_of(x)->what], NULL);
}

/* In English by the name that profiles have. */
static void named_fact(struct entry *x)
{
    bool english = x->view->language == LANGUAGE_ENGLISH;
    (english ? member_text : fact)(x);
}

static void named_group(struct entry *x)
{
    size_t group = effect_of(x)->group;
    if (group == SIZE_MAX)
        entry_text(x, word_text(WORD_CMD_ALL, x->view->language));
    else if (matrix_of(x)->groups[group].required)
        entry_text(x, word_text(WORD_SH_REQUIRED, x->view->language));
    else
        entry_text(x, matrix_of(x)->groups[group].name);
}

/* Failure on one reader hardly moves a model's mean share over all of them. */
static bool goes_with_failure(const struct matrix *m, const struct matrix_effect *e)
{
    if (e->what != MATRIX_EFFECT_HANDSET_ATTRIBUTE)
        return false;
    const struct matrix_group *g = &m->groups[e->group];
    for (size_t i = 0; i < g->association_count; i++)
        if (m->attributes[g->associations[i].attribute].name == e->attribute &&
            matrix_says_association(&g->associations[i]))
            return true;
    return false;
}

static void shown_or_why_not(struct entry *x)
{
    const struct matrix_effect *e = effect_of(x);
    enum word word = matrix_says_effect(e)                 ? WORD_CMD_SHOWN
                     : goes_with_failure(matrix_of(x), e)  ? WORD_CMD_SHOWN_OF_MODELS
                     : matrix_has_too_few(matrix_of(x), e) ? WORD_CMD_TOO_FEW
                                                           : WORD_CMD_NOT_SHOWN;
    entry_word(x, word, word_text(word, LANGUAGE_ENGLISH));
}

#define EFFECT(member) offsetof(struct matrix_effect, member)

#define READ (FORM_PAGE | FORM_SHEET | FORM_MARKDOWN) /* text has words of its own */
#define DATA (FORM_YAML | FORM_CSV)

static const struct column effect_columns[] = {
    { "simulated", WORD_NONE, VALUE_WORD, row_origin, FORM_CSV },
    { "damaged_at", WORD_NONE, VALUE_TEXT, row_damaged_lines, FORM_CSV },
    { "open_since", WORD_NONE, VALUE_TEXT, row_open_since, FORM_CSV },
    { "effect", WORD_C_EFFECT, VALUE_WORD, effect, READ | DATA, .width = 30 },
    { NULL, WORD_C_EFFECT, VALUE_TEXT, fact, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_ATTRIBUTE, VALUE_TEXT, fact, FORM_SHEET | FORM_MARKDOWN, .width = 30 },
    { "attribute", WORD_NONE, VALUE_WORD, .where = DATA, MEMBER(struct matrix_effect, attribute) },
    { "group", WORD_C_GROUP, VALUE_TEXT, group_name, READ | DATA, .width = 26 },
    { "p", WORD_C_P, VALUE_P, of_test, READ | DATA, EFFECT(result.p) },
    { "holm", WORD_C_P_HOLM, VALUE_P, of_test, READ | DATA, EFFECT(holm) },
    { NULL, WORD_C_PERMUTATIONS, VALUE_COUNT, of_test, FORM_PAGE | FORM_SHEET, EFFECT(result.permutations) },
    { "says", WORD_C_SAYS, VALUE_WORD, shown_or_why_not, READ | FORM_CSV, .width = 34 },
    { NULL, WORD_CMD_EFFECT, VALUE_WORD, named_effect, FORM_TEXT },
    { NULL, WORD_CMD_EFFECT, VALUE_TEXT, named_fact, FORM_TEXT, EFFECT(attribute), .place = PLACE_BESIDE },
    { NULL, WORD_CMD_GROUP, VALUE_TEXT, named_group, FORM_TEXT },
    { NULL, WORD_C_P, VALUE_REAL, MEMBER(struct matrix_effect, result.p), .where = FORM_TEXT, .digits = 4 },
    { NULL, WORD_CMD_HOLM, VALUE_REAL, MEMBER(struct matrix_effect, holm), .where = FORM_TEXT, .digits = 4 },
    { NULL, WORD_NONE, VALUE_WORD, shown_or_why_not, FORM_TEXT },
    { "shown", WORD_NONE, VALUE_BOOL, is_shown, DATA },
    YAML("too_few_units", BOOL, .get = is_of_too_few, .some = true),
    { "smallest_p", WORD_NONE, VALUE_P, smallest_p, DATA },
    { 0 },
};

static size_t effects_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->matrix ? v->report->matrix->effect_count : 0;
}

static bool effect_row(const struct view *v, struct row *row)
{
    row->of = &v->report->matrix->effects[row->i];
    return true;
}

const struct table table_effects = {
    .id = "effects",
    .flow = true,
    .look = LOOK_WORDS,
    .caption = WORD_EFFECTS_CAPTION,
    .frozen = 1,
    .columns = effect_columns,
    .there = is_of_matrix,
    .count = effects_count,
    .row = effect_row,
};

/* ---- the rule that predicts which models fail ---- */

static void no_rule(struct entry *x)
{
    const struct matrix_group *g = x->row->of;
    char p[64] = "";
    if (matrix_says_rule(matrix_of(x), g))
        return;
    if (g->stump.rule.found)
        snprintf(p, sizeof p, " (p %.4f, search included)", g->stump.p);
    snprintf(x->value.hold.text, sizeof x->value.hold.text,
             "no attribute of %zu predicts failure beyond chance%s", matrix_of(x)->attribute_count, p);
    x->value.note = x->value.hold.text;
}

static void fails_when(struct entry *x)
{
    const struct matrix_group *g = x->row->of;
    char words[512];
    struct buf text;
    matrix_rule_text(matrix_of(x), &g->stump.rule, words, sizeof words);
    buf_init(&text, sizeof words);
    buf_add_text(&text, words);
    entry_buf(x, &text);
}

#define RATE(member) MEMBER(struct decision_stump_rate, member)

static const struct column rate_columns[] = {
    YAML("hits", COUNT, RATE(hits)),
    YAML("of", COUNT, RATE(of)),
    YAML("interval", WORD, .get = estimated, .at = offsetof(struct decision_stump_rate, lower), .digits = 4),
    { 0 },
};

static const struct table sensitivity = { .id = "sensitivity",
                                          .look = LOOK_RECORD,
                                          .flow = true,
                                          .columns = rate_columns,
                                          .array = RECORD(struct matrix_group, stump.sensitivity) };
static const struct table specificity = { .id = "specificity",
                                          .look = LOOK_RECORD,
                                          .flow = true,
                                          .columns = rate_columns,
                                          .array = RECORD(struct matrix_group, stump.specificity) };

static const struct column rule_columns[] = {
    YAML("fails_when", TEXT, .get = fails_when),
    YAML("p", P, GROUP(stump.p)),
    YAML("phi", REAL, GROUP(stump.rule.phi), .digits = 4),
    YAML("known", COUNT, GROUP(stump.rule.known)),
    { .child = &sensitivity },
    { .child = &specificity },
    YAML("left_out_right", COUNT, GROUP(stump.left_out_right)),
    YAML("always_the_majority_right", COUNT, GROUP(stump.majority_right)),
    YAML("models", COUNT, GROUP(stump.rows)),
    { 0 },
};

static bool has_rule(const struct view *v, const struct row *group)
{
    return matrix_says_rule(v->report->matrix, group->of);
}

static const struct table rule = {
    .id = "failure_rule", .look = LOOK_RECORD, .deeper = true, .columns = rule_columns, .there = has_rule
};

static const struct column rule_or_not_columns[] = {
    YAML("failure_rule", WORD, .get = no_rule),
    { .child = &rule },
    { 0 },
};

const struct table table_failure_rule = { .look = LOOK_RECORD,
                                          .columns = rule_or_not_columns,
                                          .there = is_of_matrix };

/* ---- attributes of models beside their results ---- */

static const struct matrix_association *association_of(const struct entry *x)
{
    return x->row->of;
}

static const struct matrix_attribute *attribute_of(const struct entry *x)
{
    return &matrix_of(x)->attributes[association_of(x)->attribute];
}

static void attribute(struct entry *x)
{
    entry_text(x, attribute_of(x)->name);
}

/* An ordered one is compared up to its value, another is it. */
static void attribute_value(struct entry *x)
{
    bool ordered = strcmp(x->column->id, "up_to") == 0;
    if (attribute_of(x)->ordered != ordered)
        return;
    matrix_attribute_text(attribute_of(x), association_of(x)->value, x->value.hold.text,
                          sizeof x->value.hold.text);
    x->value.kind = VALUE_TEXT;
    x->value.text = x->value.hold.text;
}

static void on_reader(struct entry *x)
{
    size_t reader = association_of(x)->reader;
    entry_text(x, reader == SIZE_MAX ? "any" : x->f->survey->readers[reader].unit);
}

/* The group that it is of. */
static const struct matrix_group *group_with(const struct entry *x)
{
    const struct matrix_association *a = association_of(x);
    for (size_t i = 0; i < matrix_of(x)->group_count; i++) {
        const struct matrix_group *g = &matrix_of(x)->groups[i];
        if (a >= g->associations && a < g->associations + g->association_count)
            return g;
    }
    return NULL;
}

/* Of what is shown. */
static void draft(struct entry *x)
{
    const struct matrix_group *g = group_with(x);
    struct buf b;
    if (!g || !matrix_says_association(association_of(x)))
        return;
    buf_init(&b, SENTENCE_MAX);
    why_add_requirement(&b, x->view->report, g, association_of(x), x->view->language);
    entry_buf(x, &b);
}

static void is_told_of(struct entry *x)
{
    entry_number(x, matrix_says_association(association_of(x)));
}

#define ASSOCIATION(member) MEMBER(struct matrix_association, member)
#define ASSOCIATED(id, kind, ...)                                                                            \
    {                                                                                                        \
        id, WORD_NONE, VALUE_##kind, .where = DATA, __VA_ARGS__                                              \
    }

static void group_of_association(struct entry *x)
{
    const struct matrix_group *g = group_with(x);
    entry_text(x, g ? g->name : NULL);
}

/* Fisher's p may be as small as 0.000000, unlike one by permutation. */
static const struct column association_columns[] = {
    { "simulated", WORD_NONE, VALUE_WORD, row_origin, FORM_CSV },
    { "damaged_at", WORD_NONE, VALUE_TEXT, row_damaged_lines, FORM_CSV },
    { "open_since", WORD_NONE, VALUE_TEXT, row_open_since, FORM_CSV },
    { "group", WORD_NONE, VALUE_TEXT, group_of_association, FORM_CSV },
    ASSOCIATED("attribute", WORD, .get = attribute),
    ASSOCIATED("up_to", TEXT, .get = attribute_value),
    ASSOCIATED("is", TEXT, .get = attribute_value),
    ASSOCIATED("reader", TEXT, .get = on_reader),
    ASSOCIATED("with.fail", COUNT, ASSOCIATION(with_fails)),
    ASSOCIATED("with.work", COUNT, ASSOCIATION(with_works)),
    ASSOCIATED("without.fail", COUNT, ASSOCIATION(without_fails)),
    ASSOCIATED("without.work", COUNT, ASSOCIATION(without_works)),
    ASSOCIATED("p", REAL, ASSOCIATION(p), .digits = 6),
    ASSOCIATED("adjusted", REAL, ASSOCIATION(adjusted), .digits = 6),
    ASSOCIATED("shown", BOOL, .get = is_told_of),
    { "requirement", WORD_NONE, VALUE_TEXT, draft, FORM_CSV },
    { 0 },
};

static bool association_row(const struct view *v, struct row *row)
{
    return v->whole || matrix_says_association(row->of);
}

const struct table table_associations = {
    .id = "associations",
    .flow = true,
    .columns = association_columns,
    .there = is_of_matrix,
    .array = ARRAY(struct matrix_group, associations, association_count),
    .row = association_row,
};

static size_t all_associations_count(const struct view *v, const struct row *parent)
{
    size_t count = 0;
    (void)parent;
    for (size_t i = 0; v->report->matrix && i < v->report->matrix->group_count; i++)
        count += v->report->matrix->groups[i].association_count;
    return count;
}

static bool one_of_all_associations(const struct view *v, struct row *row)
{
    size_t i = row->i;
    const struct matrix_group *g = v->report->matrix->groups;
    for (; i >= g->association_count; g++)
        i -= g->association_count;
    row->of = &g->associations[i];
    return true;
}

const struct table table_all_associations = { .columns = association_columns,
                                              .count = all_associations_count,
                                              .row = one_of_all_associations };

/* ---- the same in sentences, for people: the rule, then what is shown, each with the requirement that would follow ---- */

#define RULE_SENTENCES 5

static const struct matrix_group *main_group(const struct view *v)
{
    return v->report->matrix ? matrix_main_group(v->report->matrix) : NULL;
}

static void what_goes(struct entry *x)
{
    const struct matrix_group *g = main_group(x->view);
    size_t i = x->row->i;
    struct buf b;
    buf_init(&b, SENTENCE_MAX);
    if (i < RULE_SENTENCES)
        (void)why_add_rule(&b, x->view->report, g, i, x->view->language);
    else if (i < RULE_SENTENCES + g->association_count)
        why_add_association(&b, x->view->report, &g->associations[i - RULE_SENTENCES], x->view->language);
    else
        why_add_none(&b, g, x->view->language);
    entry_buf(x, &b);
}

static void requirement(struct entry *x)
{
    const struct matrix_group *g = main_group(x->view);
    size_t i = x->row->i;
    struct buf b;
    if (i < RULE_SENTENCES || i >= RULE_SENTENCES + g->association_count)
        return;
    buf_init(&b, SENTENCE_MAX);
    why_add_requirement(&b, x->view->report, g, &g->associations[i - RULE_SENTENCES], x->view->language);
    entry_buf(x, &b);
}

static size_t why_count(const struct view *v, const struct row *parent)
{
    const struct matrix_group *g = main_group(v);
    (void)parent;
    return g ? RULE_SENTENCES + g->association_count + 1 : 0;
}

static bool why_row(const struct view *v, struct row *row)
{
    const struct matrix_group *g = main_group(v);
    size_t i = row->i;
    struct buf b;
    if (i >= RULE_SENTENCES && i < RULE_SENTENCES + g->association_count)
        return matrix_says_association(&g->associations[i - RULE_SENTENCES]);
    buf_init(&b, SENTENCE_MAX);
    if (i < RULE_SENTENCES)
        (void)why_add_rule(&b, v->report, g, i, v->language);
    else
        why_add_none(&b, g, v->language);
    bool said = b.length > 0;
    buf_free(&b);
    return said;
}

static const struct column why_columns[] = {
    { NULL, WORD_C_GOES_WITH, VALUE_LONG, what_goes, READ, .width = 70 },
    { NULL, WORD_C_REQUIREMENT, VALUE_LONG, requirement, READ, .width = 70 },
    { 0 },
};

const struct table table_why = {
    .look = LOOK_LIST,
    .class = "why",
    .frozen = 1,
    .caption = WORD_H_WHY,
    .columns = why_columns,
    .there = is_of_matrix,
    .count = why_count,
    .row = why_row,
};

/* ---- pooled estimates beside what was counted ---- */

#define POOLED(member) MEMBER(struct matrix_cell, member)
#define ESTIMATE       offsetof(struct matrix_cell, pooled.lower)

static const struct column pooled_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { "cell", WORD_C_CELLS_ONE, VALUE_CELL, row_cell },
    YAML("n", COUNT, MEMBER_OF_CELL(n)),
    { "d", WORD_C_D, VALUE_COUNT, MEMBER_OF_CELL(d) },
    YAML("s", COUNT, MEMBER_OF_CELL(s), .when = when_bracketed),
    { NULL, WORD_C_N, VALUE_COUNT, MEMBER_OF_CELL(n) },
    { NULL, WORD_C_INTERVAL, VALUE_BOUNDS, member_bounds, .at = offsetof(struct findings_cell, lower),
      .about = ABOUT_CELL },
    { "pooled", WORD_C_POOLED, VALUE_SHARE, POOLED(pooled.mean) },
    { NULL, WORD_C_POOLED_INTERVAL, VALUE_BOUNDS, member_bounds, .at = ESTIMATE },
    YAML("interval", WORD, .get = estimated, .at = ESTIMATE, .digits = 6),
    YAML("too_dirty", SHARE, POOLED(tail)),
    YAML("provisional", BOOL, POOLED(listed)),
    { 0 },
};

static bool pooled_row(const struct view *v, struct row *row)
{
    row_name_cell(v, row, ((const struct matrix_cell *)row->of)->cell);
    return true;
}

const struct table table_pooled_cells = {
    .id = "pooled",
    .flow = true,
    .fold = FOLD_NUMBERS,
    .caption = WORD_PLOT_NUMBERS,
    .columns = pooled_columns,
    .there = is_of_matrix,
    .array = ARRAY(struct matrix_group, cells, cell_count),
    .row = pooled_row,
    .most_on_screen = CELLS_ON_SCREEN,
    .cut = WORD_POOLED_CUT,
};

/* ---- drift ---- */

static const struct findings_drift *drift_of(const struct entry *x)
{
    return x->row->of;
}

/* In percent; to people a change has its sign. */
static void change(struct entry *x)
{
    member_real(x);
    x->value.real *= 100;
    if (x->view->form == FORM_YAML || x->value.kind == VALUE_NONE)
        return;
    entry_phrase(x, number_signed(x->value.real, 2));
    x->value.kind = VALUE_TEXT;
}

static void change_interval(struct entry *x)
{
    const struct findings_drift *d = drift_of(x);
    double low = 100.0 * d->low, high = 100.0 * d->high;
    bool people = x->view->form != FORM_YAML;
    if (!isfinite(low) || !isfinite(high))
        return;
    if (people)
        snprintf(x->value.hold.text, sizeof x->value.hold.text, "[%.20s, %.20s]", number_signed(low, 2).text,
                 number_signed(high, 2).text);
    else
        snprintf(x->value.hold.text, sizeof x->value.hold.text, "[%.3f, %.3f]", low, high);
    entry_text(x, x->value.hold.text);
    x->value.kind = people ? VALUE_TEXT : VALUE_WORD;
}

static void drift_says(struct entry *x)
{
    entry_word(x,
               drift_of(x)->drifts           ? WORD_DRIFTS
               : drift_of(x)->autocorrelated ? WORD_AUTOCORRELATED
                                             : WORD_DRIFTS_NOT,
               NULL);
}

#define DRIFT(member) MEMBER(struct findings_drift, member)

static const struct column drift_columns[] = {
    { "reader_unit", WORD_C_READER, VALUE_TEXT, row_reader },
    { "script", WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { "execution", WORD_C_EXECUTION, VALUE_NAME, DRIFT(execution) },
    { "session", WORD_C_SESSION, VALUE_NAME, DRIFT(session) },
    { "placements", WORD_C_PLACEMENTS, VALUE_COUNT, DRIFT(placements) },
    YAML("cells", COUNT, DRIFT(cells)),
    YAML("drifts", BOOL, DRIFT(drifts)),
    { "percent_an_hour", WORD_C_PER_HOUR, VALUE_REAL, change, .at = offsetof(struct findings_drift, per_hour),
      .digits = 3, .absent = WORD_DASH },
    { "percent_interval", WORD_C_INTERVAL95, VALUE_BOUNDS, change_interval, .absent = WORD_DASH },
    YAML("spearman", REAL, DRIFT(spearman), .digits = 4),
    YAML("p", P, DRIFT(p)),
    { "p_adjusted", WORD_C_P_HOLM, VALUE_P, DRIFT(p_adjusted), .absent = WORD_DASH },
    { NULL, WORD_C_SAYS, VALUE_WORD, drift_says },
    YAML("autocorrelated", BOOL, DRIFT(autocorrelated)),
    YAML("lag1", REAL, DRIFT(lag1), .digits = 4),
    YAML("lag1_expected", REAL, DRIFT(lag1_expected), .digits = 4),
    YAML("lag1_limit", REAL, DRIFT(lag1_limit), .digits = 4),
    { 0 },
};

static bool drift_row(const struct view *v, struct row *row)
{
    const struct findings_drift *d = row->of;
    (void)v;
    row->reader = d->reader;
    row->script = d->script;
    return true;
}

const struct table table_drift = {
    .id = "list",
    .fold = FOLD_NUMBERS,
    .caption = WORD_PLOT_NUMBERS,
    .columns = drift_columns,
    .array = ARRAY(struct findings, drifts, drift_count),
    .row = drift_row,
};

static const struct column summary_columns[] = {
    YAML("series", COUNT, MEMBER_OF_RUN(drift_count)),
    YAML("too_small", COUNT, MEMBER_OF_RUN(drift_small)),
    { .child = &table_drift },
    { 0 },
};

const struct table table_drift_summary = { .id = "drift", .look = LOOK_RECORD, .columns = summary_columns };
