/*
 * What a run says as a whole (harness/matrix): how much of the market each reader and each set of readers serves,
 * which handsets are alike, and which to keep for regression. summary.yaml has what tells something, matrix.yaml all.
 */
#include "harness/base/decimal.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIKE_IN_YAML   20 /* sets of readers that serve a target alike */
#define ALIKE_ON_PAGE   40
#define READERS_OF_SETS 6 /* up to which a summary has every set of readers */

/* Most tables are inside of a row about a group of cells. */
static const struct matrix_group *group_of(const struct entry *x)
{
    return x->row->parent->of;
}

#define GROUP(member) MEMBER(struct matrix_group, member)

/* ---- a reader, and all of them together ---- */

static bool is_about_all(const struct entry *x)
{
    return x->row->reader == SIZE_MAX;
}

/* What only a reader has is left blank beside all of them. */
static void of_one(struct entry *x)
{
    if (is_about_all(x))
        x->value.kind = VALUE_FIELD;
    else
        (x->column->kind == VALUE_TEXT ? row_reader_model : member_u32)(x);
}

static const struct matrix_bracket *bracket_of(const struct entry *x)
{
    return is_about_all(x) ? &group_of(x)->all_readers : &((const struct matrix_reader *)x->row->of)->market;
}

static void market(struct entry *x)
{
    entry_bounds(x, bracket_of(x)->lower, bracket_of(x)->upper);
}

/* Outwards, to two places of a percent. */
static void market_end(struct entry *x)
{
    char digits[DECIMAL_SIZE];
    bool low = x->column->at == DECIMAL_DOWN;
    decimal_bound(digits, low ? bracket_of(x)->lower : bracket_of(x)->upper, 4,
                  (enum decimal_rounding)x->column->at);
    entry_real(x, strtod(digits, NULL) * 100);
}

/* A reader, or all of them together, which the column's word names. */
static void reader_or_all(struct entry *x)
{
    if (!is_about_all(x)) {
        row_reader(x);
        return;
    }
    entry_word(x, group_of(x)->counts_some ? WORD_AS_COUNTED : (enum word)x->column->at, "all");
    x->value.kind = VALUE_WORD;
}

#define READER_OR(word) .get = reader_or_all, .at = (word)
#define READER(member)  MEMBER(struct matrix_reader, member)

#define NOT_PURSUED(forms, ...)                                                                              \
    {                                                                                                        \
        .header = WORD_V_NOT_PURSUED, .kind = VALUE_COUNT, .get = of_one, .where = (forms),                  \
        .at = offsetof(struct matrix_reader, not_pursued), .when = when_of_list, __VA_ARGS__                 \
    }

static const struct column claim_columns[] = {
    YAML("placements_missing", COUNT, READER(claim_missing)),
    YAML("dirty", COUNT, READER(claim_dirty)),
    YAML("handsets_without_cell", COUNT, READER(claim_absent)),
    { 0 },
};

static const struct table claim = {
    .id = "claim_99_at_95", .look = LOOK_RECORD, .flow = true, .below = true, .columns = claim_columns
};

/* In words, as a command prints it: what is shown, and what is not ruled out. */
static void market_from_to(struct entry *x)
{
    char low[DECIMAL_SIZE], high[DECIMAL_SIZE];
    const char *args[] = { decimal_bound(low, 100 * bracket_of(x)->lower, 1, DECIMAL_DOWN),
                           decimal_bound(high, 100 * bracket_of(x)->upper, 1, DECIMAL_UP), NULL };
    entry_phrase(x, phrase_fill(WORD_CMD_FROM_TO_PERCENT, x->view->language, args));
}

static void dirty(struct entry *x)
{
    const struct matrix_reader *r = x->row->of;
    entry_number(x, r->d);
    x->value.of = r->n;
}

static void pooled_percent(struct entry *x)
{
    const struct matrix_reader *r = x->row->of;
    struct phrase number = number_fixed(100 * r->pooled, 1);
    if (!isnan(r->pooled))
        entry_phrase(x, PHRASE_FILL(WORD_CMD_PERCENT, x->view->language, number.text));
}

static void claim_in_words(struct entry *x)
{
    const struct matrix_reader *r = x->row->of;
    uint64_t number = r->claim_absent ? r->claim_absent : r->claim_dirty ? r->claim_dirty : r->claim_missing;
    if (is_about_all(x))
        return;
    struct phrase digits = x->view->form == FORM_TEXT ? number_name(number) : number_count(number);
    enum word word = r->claim_absent    ? WORD_CMD_CLAIM_ABSENT
                     : r->claim_dirty   ? WORD_CMD_CLAIM_DIRTY
                     : r->claim_missing ? WORD_CMD_CLAIM_MISSING
                                        : WORD_CMD_SHOWN;
    entry_phrase(x, PHRASE_FILL(word, x->view->language, digits.text));
}

/* A page calls them by their verdicts. */
#define HANDSETS(id, member, page, word, text)                                                               \
    { id, page, VALUE_COUNT, of_one, FORM_PAGE | FORM_YAML, offsetof(struct matrix_reader, member) },        \
    {                                                                                                        \
        NULL, word, VALUE_COUNT, of_one, FORM_MARKDOWN | FORM_TEXT, offsetof(struct matrix_reader, member),  \
            .brief = (text)                                                                                  \
    }

static const struct column market_columns[] = {
    { "reader", WORD_C_READER, VALUE_TEXT, READER_OR(WORD_EVERY_READER),
      .where = FORM_PAGE | FORM_YAML | FORM_TEXT, .brief = WORD_CMD_READER },
    { NULL, WORD_C_READER, VALUE_TEXT, READER_OR(WORD_MD_ALL_READERS), .where = FORM_MARKDOWN },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_SH_READER_MODEL, VALUE_TEXT, of_one, FORM_MARKDOWN },
    HANDSETS("works", works, WORD_V_COMPATIBLE, WORD_MD_WORKS, WORD_NONE),
    HANDSETS("fails", fails, WORD_V_INCOMPATIBLE, WORD_MD_FAILS, WORD_NONE),
    HANDSETS("open", open, WORD_V_UNDECIDED, WORD_M_OPEN, WORD_CMD_OPEN),
    NOT_PURSUED(FORM_PAGE | FORM_MARKDOWN | FORM_TEXT, .axis = &axis_not_pursued),
    NOT_PURSUED(FORM_YAML, .id = "not_pursued"),
    YAML("n", COUNT, READER(n)),
    YAML("d", COUNT, READER(d)),
    YAML("pooled", SHARE, READER(pooled)),
    { "market", WORD_C_MARKET, VALUE_BOUNDS, market, FORM_PAGE | FORM_YAML },
    { NULL, WORD_CMD_MARKET, VALUE_TEXT, market_from_to, FORM_TEXT },
    { NULL, WORD_CMD_DIRTY, VALUE_OF, dirty, FORM_TEXT },
    { NULL, WORD_CMD_POOLED, VALUE_TEXT, pooled_percent, FORM_TEXT, .absent = WORD_CMD_NONE },
    { NULL, WORD_CMD_CLAIM, VALUE_TEXT, claim_in_words, FORM_TEXT },
    { NULL, WORD_MD_SERVED_FROM, VALUE_REAL, market_end, FORM_MARKDOWN, DECIMAL_DOWN, .digits = 2 },
    { NULL, WORD_MD_SERVED_TO, VALUE_REAL, market_end, FORM_MARKDOWN, DECIMAL_UP, .digits = 2 },
    { NULL, WORD_C_CLAIM_MISSING, VALUE_TEXT, claim_in_words, FORM_PAGE, .absent = WORD_DASH },
    { .child = &claim },
    { 0 },
};

/* YAML has all of them behind the list, text in a sentence. */
static size_t readers_and_all(const struct view *v, const struct row *parent)
{
    return readers_count(v, parent) + !(v->form & (FORM_YAML | FORM_TEXT));
}

static bool market_row(const struct view *v, struct row *row)
{
    if (row->i < readers_count(v, row->parent))
        row->reader = row->i;
    return true;
}

static struct phrase group_caption(const struct view *v, enum word caption, const struct matrix_group *g)
{
    return PHRASE_FILL(caption, v->language, name_group(v->report->findings, g, v->language).text);
}

static struct phrase market_title(const struct view *v, const struct row *parent)
{
    return group_caption(v, WORD_MARKET_CAPTION, parent->of);
}

const struct table table_market = {
    .id = "readers",
    .flow = true,
    .columns = market_columns,
    .count = readers_and_all,
    .array = ARRAY_OF(struct matrix_group, readers),
    .row = market_row,
    .title = market_title,
};

/* What the list rests on. */
static const struct column served_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, READER_OR(WORD_M_ALL) },
    { NULL, WORD_M_WORKS, VALUE_COUNT, of_one, .at = offsetof(struct matrix_reader, works) },
    { NULL, WORD_M_FAILS, VALUE_COUNT, of_one, .at = offsetof(struct matrix_reader, fails) },
    { NULL, WORD_M_OPEN, VALUE_COUNT, of_one, .at = offsetof(struct matrix_reader, open) },
    NOT_PURSUED(FORM_PAGE, .axis = &axis_not_pursued),
    { NULL, WORD_M_SHARE, VALUE_BOUNDS, market },
    { 0 },
};

static const char *all_readers_class(const struct view *v, const struct row *row)
{
    (void)v;
    return row->reader == SIZE_MAX ? "now" : NULL;
}

const struct table table_served = {
    .caption = WORD_B_MARKET,
    .class = "unsorted",
    .narrow = true,
    .row_class = all_readers_class,
    .columns = served_columns,
    .count = readers_and_all,
    .array = ARRAY_OF(struct matrix_group, readers),
    .row = market_row,
};

static const struct column pooled_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_C_D, VALUE_COUNT, READER(d) },
    { NULL, WORD_C_N, VALUE_COUNT, READER(n) },
    { NULL, WORD_C_RAW, VALUE_SHARE, READER(raw), .absent = WORD_DASH },
    { NULL, WORD_C_POOLED, VALUE_SHARE, READER(pooled), .absent = WORD_DASH },
    { 0 },
};

const struct table table_pooled_readers = {
    .caption = WORD_POOLED_READERS,
    .columns = pooled_columns,
    .count = readers_count,
    .array = ARRAY_OF(struct matrix_group, readers),
    .row = market_row,
};

/* ---- readers of which one serves more than another ---- */

/* Of two readers, the first as the slower digit of the row's number. */
static void one_of_two(struct entry *x)
{
    size_t count = x->f->survey->reader_count, i = x->row->i;
    entry_text(x, x->f->survey->readers[x->column->at ? i % count : i / count].unit);
}

static const struct column apart_columns[] = {
    YAML("serves_more", TEXT, .get = one_of_two, .at = 0),
    YAML("than", TEXT, .get = one_of_two, .at = 1),
    { 0 },
};

static size_t readers_by_readers(const struct view *v, const struct row *parent)
{
    return readers_count(v, parent) * readers_count(v, parent);
}

static bool apart_row(const struct view *v, struct row *row)
{
    const struct matrix_group *g = row->of;
    size_t count = readers_count(v, row->parent);
    return matrix_apart(&g->readers[row->i / count].market, &g->readers[row->i % count].market);
}

static const struct table apart = {
    .id = "apart",
    .note = "pairs of readers whose brackets don't overlap; no others may be ranked",
    .in_line = true,
    .there = is_of_matrix,
    .columns = apart_columns,
    .count = readers_by_readers,
    .row = apart_row,
};

/* ---- sets of readers, a bit each ---- */

static uint32_t sets_of(const struct view *v)
{
    return (uint32_t)1 << v->report->findings->survey->reader_count;
}

/* The next of a target's smallest sets; 0: there is none. */
static uint32_t next_alike(const struct view *v, const struct row *group, const struct matrix_target *t,
                           uint32_t set)
{
    for (set++; set < sets_of(v); set++)
        if (matrix_meets(group->of, t, set))
            return set;
    return 0;
}

/* A row is inside of one about a target, which is inside of one about a group. */
static void alike(struct entry *x)
{
    uint32_t set = 0;
    for (size_t i = 0; i <= x->row->i; i++)
        set = next_alike(x->view, x->row->parent->parent, x->row->of, set);
    entry_number(x, set);
}

static size_t alike_count(const struct view *v, const struct row *target)
{
    const struct matrix_target *t = target->of;
    (void)v;
    return t->alike < ALIKE_IN_YAML ? t->alike : ALIKE_IN_YAML;
}

static const struct column alike_columns[] = { YAML(NULL, UNITS, .get = alike), { 0 } };

static const struct table any_of = {
    .id = "any_of", .in_line = true, .columns = alike_columns, .count = alike_count
};

static void smallest(struct entry *x)
{
    const struct matrix_target *t = x->row->of;
    if (t->size > 0 || x->view->form == FORM_YAML)
        entry_number(x, t->size);
}

static void alike_lines(struct entry *x)
{
    const struct matrix_target *t = x->row->of;
    unsigned shown = 0;
    struct buf text;
    if (t->size == 0) {
        entry_absent(x, WORD_SUBSETS_NONE, NULL);
        return;
    }
    buf_init(&text, 1u << 20);
    for (uint32_t set = 0; (set = next_alike(x->view, x->row->parent, t, set)) && shown < ALIKE_ON_PAGE;) {
        char words[1024];
        matrix_subset_text(x->f, set, words, sizeof words);
        buf_add_text(&text, shown++ ? "\n" : "");
        buf_add_text(&text, words);
    }
    if (shown < t->alike) {
        buf_add_char(&text, '\n');
        PHRASE_ADD(&text, WORD_IF_MORE, x->view->language, number_count(t->alike - shown).text);
    }
    entry_buf(x, &text);
}

#define TARGET(member) MEMBER(struct matrix_target, member)

static const struct column target_columns[] = {
    { "target", WORD_C_TARGET, VALUE_PERCENT, TARGET(share), .digits = 2 },
    { "readers", WORD_C_SMALLEST, VALUE_COUNT, smallest, .absent = WORD_DASH },
    YAML("subsets", COUNT, TARGET(alike)),
    { NULL, WORD_C_SUBSETS, VALUE_LONG, alike_lines, FORM_PAGE },
    { .child = &any_of },
    { 0 },
};

static struct phrase targets_title(const struct view *v, const struct row *parent)
{
    return group_caption(v, WORD_SUBSETS_CAPTION, parent->of);
}

const struct table table_targets = {
    .id = "smallest_subsets",
    .note = "0 readers: no subset is shown to reach the target",
    .flow = true,
    .look = LOOK_WORDS,
    .there = is_of_matrix,
    .columns = target_columns,
    .rows = MATRIX_TARGETS,
    .array = ARRAY_OF(struct matrix_group, targets),
    .title = targets_title,
};

static void set_market(struct entry *x)
{
    entry_bounds(x, group_of(x)->subset_lower[x->row->i], group_of(x)->subset_upper[x->row->i]);
}

static const struct column set_columns[] = {
    YAML("readers", UNITS, .get = row_number),
    YAML("market", BOUNDS, .get = set_market),
    { 0 },
};

static bool has_sets(const struct view *v, const struct row *parent)
{
    return is_of_matrix(v, parent) && (v->whole || readers_count(v, parent) <= READERS_OF_SETS);
}

static size_t sets_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return sets_of(v);
}

static bool set_row(const struct view *v, struct row *row)
{
    (void)v;
    return row->i > 0;
}

static const struct table sets = {
    .id = "subsets",
    .flow = true,
    .columns = set_columns,
    .there = has_sets,
    .count = sets_count,
    .row = set_row,
};

/* ---- handsets that are alike on all readers ---- */

static bool is_of_pattern(const struct view *v, struct row *row)
{
    const struct row *pattern = row->parent;
    const struct matrix_group *g = pattern->parent->of;
    (void)v;
    row->pair = row->i;
    return g->pattern_of_pair[row->i] == pattern->i;
}

static const struct column unit_columns[] = { YAML(NULL, TEXT, .get = row_handset), { 0 } };

static const struct table units = {
    .id = "units", .in_line = true, .columns = unit_columns, .count = pairs_count, .row = is_of_pattern
};

static const struct column pattern_columns[] = {
    { "pattern", WORD_C_PATTERN, VALUE_TEXT, member_chars, .at = offsetof(struct matrix_pattern, text),
      .class = "hash" },
    { "handsets", WORD_C_HANDSETS, VALUE_COUNT, MEMBER(struct matrix_pattern, count) },
    { .child = &units },
    { 0 },
};

const struct table table_patterns = {
    .id = "patterns",
    .note = "a sign a reader: + works, - fails, ? open, . not pursued",
    .flow = true,
    .caption = WORD_PATTERNS_CAPTION,
    .columns = pattern_columns,
    .array = ARRAY(struct matrix_group, patterns, pattern_count),
};

/* ---- a group of cells, with its lists by e-BH ---- */

static void level(struct entry *x)
{
    entry_real(x, x->view->report->matrix->fdr);
}

static void e_needed(struct entry *x)
{
    const double *needed = entry_member(x);
    entry_real(x, *needed > 0.0 ? round(*needed * 10.0) / 10.0 : NAN);
}

static void e_of_scheme(struct entry *x)
{
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "%.0f", *(const double *)entry_member(x));
    entry_text(x, x->value.hold.text);
}

#define LIST(member) MEMBER(struct matrix_list, member)

static const struct column verdict_columns[] = {
    YAML("verdicts", COUNT, LIST(verdicts)),
    YAML("listed", COUNT, LIST(listed)),
    YAML("e_needed", REAL, .get = e_needed, .at = offsetof(struct matrix_list, needed), .note = ""),
    YAML("e_of_scheme", WORD, .get = e_of_scheme, .at = offsetof(struct matrix_list, stop)),
    YAML("placements_needed", COUNT, LIST(needed_n)),
    YAML("placements_of_scheme", COUNT, LIST(stop_n)),
    { 0 },
};

static const struct table compatible = { .id = "compatible",
                                         .look = LOOK_RECORD,
                                         .flow = true,
                                         .columns = verdict_columns,
                                         .array = RECORD(struct matrix_group, fdr_compatible) };
static const struct table incompatible = { .id = "incompatible",
                                           .look = LOOK_RECORD,
                                           .flow = true,
                                           .columns = verdict_columns,
                                           .array = RECORD(struct matrix_group, fdr_incompatible) };

static const struct column list_columns[] = {
    YAML("level", SHARE, .get = level),
    { .child = &compatible },
    { .child = &incompatible },
    { 0 },
};

static bool has_lists(const struct view *v, const struct row *group)
{
    return is_of_matrix(v, group) && v->report->matrix->fdr > 0.0;
}

static const struct table lists = {
    .id = "e_bh", .look = LOOK_RECORD, .columns = list_columns, .there = has_lists
};

static bool condition_of_group(const struct view *v, struct row *row)
{
    (void)v;
    row->condition = row->i;
    return ((const struct matrix_group *)row->parent->of)->conditions >> row->i & 1;
}

static const struct column condition_columns[] = { YAML(NULL, TEXT, .get = row_condition), { 0 } };

static const struct table conditions = {
    .id = "conditions",
    .in_line = true,
    .columns = condition_columns,
    .array = ARRAY_OF_SURVEY(conditions, condition_count),
    .row = condition_of_group,
};

static void pool_kind(struct entry *x)
{
    static const char *const kinds[] = { [POOL_NONE] = "none",
                                         [POOL_FITTED] = "fitted",
                                         [POOL_NO_SPREAD] = "no spread",
                                         [POOL_NOT_POOLED] = "not pooled" };
    entry_text(x, kinds[((const struct matrix_group *)x->row->of)->prior.kind]);
}

static void share_too_dirty(struct entry *x)
{
    member_real(x);
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "estimated share of cells with q >= %s",
             decimal_plain(x->f->scheme.q1).text);
    x->value.note = x->value.hold.text;
}

static const struct table no_apart = ABSENT_OF_LIST("apart");
static const struct table no_targets = ABSENT_OF_LIST("smallest_subsets");
static const struct table no_sets = ABSENT_OF_LIST("subsets");
static const struct table no_lists = ABSENT_OF_LIST("e_bh");
static const struct table no_pool = ABSENT_OF_LIST("pool");
static const struct table no_associations = ABSENT_OF_LIST("associations");
static const struct table no_pooled = ABSENT_OF_LIST("pooled");
static const struct table no_rule = ABSENT_OF_LIST("failure_rule");
static const struct table no_effects = ABSENT_OF_LIST("effects");
static const struct table no_variance = ABSENT_OF_LIST("variance");

static const struct column group_columns[] = {
    YAML("group", TEXT, GROUP(name)),
    { .child = &conditions },
    YAML("cells:examined", COUNT, GROUP(tested)),
    YAML("cells:with_placements", COUNT, GROUP(cell_count)),
    YAML("cells:compatible", COUNT, GROUP(compatible)),
    YAML("cells:incompatible", COUNT, GROUP(incompatible)),
    YAML("pool:kind", WORD, .get = pool_kind, .when = when_of_matrix),
    YAML("pool:a", REAL, GROUP(prior.a), .digits = 4, .when = when_of_matrix),
    YAML("pool:b", REAL, GROUP(prior.b), .digits = 4, .when = when_of_matrix),
    { .child = &no_pool },
    YAML("share_too_dirty", SHARE, .get = share_too_dirty, .at = offsetof(struct matrix_group, bad_share),
         .when = when_of_matrix),
    YAML("estimated_wrong_compatible", SHARE, GROUP(wrong_compatible), .when = when_of_matrix,
         .note = "estimate, no bound: the share of wrong ones among the compatible"),
    YAML("estimated_wrong_incompatible", SHARE, GROUP(wrong_incompatible), .when = when_of_matrix),
    YAML("provisional:listed", COUNT, GROUP(listed), .when = when_of_matrix),
    YAML("provisional:not_compatible_yet", COUNT, GROUP(listed_open), .when = when_of_matrix,
         .note = "expected share of wrong ones 5 %; leans on the mix of handsets"),
    { .child = &lists },
    { .child = &no_lists },
    YAML("bound", REAL, GROUP(bound), .digits = 6,
         .note = "on P(dirty) of a cell, where the criteria ask for one"),
    { .child = &table_market },
    YAML("all_readers", BOUNDS, .get = member_bounds, .at = offsetof(struct matrix_group, all_readers)),
    { .child = &apart },
    { .child = &no_apart },
    { .child = &table_targets },
    { .child = &no_targets },
    { .child = &sets },
    { .child = &no_sets },
    { .child = &table_patterns },
    YAML("models:fail", COUNT, GROUP(models_fail), .when = when_of_matrix),
    YAML("models:work", COUNT, GROUP(models_work), .when = when_of_matrix),
    YAML("models:open", COUNT, GROUP(models_open), .when = when_of_matrix),
    { .child = &table_failure_rule },
    { .child = &no_rule },
    YAML("associations_tested", COUNT, GROUP(association_count), .when = when_of_matrix),
    { .child = &table_associations },
    { .child = &no_associations },
    { .child = &table_pooled_cells },
    { .child = &no_pooled },
    { 0 },
};

static const struct table groups = { .id = "groups",
                                     .columns = group_columns,
                                     .array = ARRAY(struct matrix, groups, group_count) };

/* ---- handsets to keep ---- */

static bool kept_row(const struct view *v, struct row *row)
{
    (void)v;
    row->pair = *(const size_t *)row->of;
    return true;
}

static const struct column kept_columns[] = {
    YAML("handset", TEXT, .get = row_handset),
    YAML("sim", TEXT, .get = row_sim),
    { 0 },
};

static const struct table kept = {
    .id = "keep",
    .flow = true,
    .columns = kept_columns,
    .array = ARRAY(struct matrix, regression, regression_count),
    .row = kept_row,
};

#define MATRIX(member) MEMBER(struct matrix, member)

static const struct column regression_columns[] = {
    YAML("modes", COUNT, MATRIX(modes)),
    YAML("modes_of_one_handset", COUNT, MATRIX(modes_once)),
    YAML("smallest_proven", BOOL, MATRIX(regression_proven)),
    { .child = &kept },
    { 0 },
};

static const struct table regression = {
    .id = "regression",
    .note = "the fewest handsets that show every (reader, stage, causes) seen",
    .look = LOOK_RECORD,
    .columns = regression_columns,
};

/* ---- the whole ---- */

static void shares(struct entry *x)
{
    entry_text(x, matrix_shares_text(x->row->of));
}

static void tested_share(struct entry *x)
{
    const struct matrix *m = x->row->of;
    entry_real(x, m->shares.source == SHARES_UNKNOWN ? NAN : m->shares.tested);
}

/* What no handset of the survey has: a misspelt id looks like a small market. */
static void untested_rows(struct entry *x)
{
    const struct shares_use *use = &((const struct matrix *)x->row->of)->shares;
    entry_number(x, use->untested_rows);
    if (use->untested_rows == 0)
        return;
    x->value.hold = number_fixed(100 * use->untested, 1);
    x->value.hold = phrase_fill(WORD_UNTESTED_ROWS_NOTE, x->view->language,
                                (const char *const[]) { x->value.hold.text, use->first_untested, NULL });
    x->value.note = x->value.hold.text;
}

static void icc(struct entry *x)
{
    const struct matrix *m = x->row->of;
    if (m->has_icc)
        entry_real(x, m->icc);
    else if (when_of_list(x))
        entry_absent(x, WORD_NONE, NEEDS_DECIDE_MATRIX);
    else
        entry_absent(x, WORD_NONE, x->f->scheme.k < 2 ? "one transaction a placement" : "nothing varies");
}

static const struct column head_columns[] = {
    YAML("shares", TEXT, .get = shares, .note = ""),
    YAML("tested_share", SHARE, .get = tested_share, .note = ""),
    YAML("handsets_without_share", COUNT, MATRIX(shares.without)),
    YAML("untested_rows", COUNT, .get = untested_rows),
    YAML("icc", REAL, .get = icc, .digits = 4),
    YAML("icc_placements", COUNT, MATRIX(icc_placements)),
    YAML("permutations", COUNT, MATRIX(permutations)),
    { .child = &table_effects },
    { .child = &no_effects },
    { .child = &table_variance },
    { .child = &no_variance },
    { .child = &groups },
    { .child = &regression },
    { 0 },
};

static bool has_matrix(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->matrix != NULL;
}

static const struct table head = {
    .remark = "works, fails: what is required: a handset works on a reader when it passes all clauses there\n"
              "that the criteria require, and fails when it fails one; a condition: when all its cells are\n"
              "compatible, and when one is incompatible or declared absent. market: [shown, not ruled out]:\n"
              "handsets that are shown to pass, and those that are not shown not to meet what is asked for.\n"
              "all_readers: as the criteria count readers. Readers stand in the survey's order.\n"
              "pooled: beta-binomial estimates of P(dirty), which lean on the mix of cells examined;\n"
              "verdicts come from n and d alone. p by permutation, the search included.",
    .look = LOOK_RECORD,
    .columns = head_columns,
    .there = has_matrix,
};

static void why_absent(struct entry *x)
{
    entry_text(x, x->view->report->matrix ? NULL : x->view->report->matrix_error);
}

static const struct column matrix_columns[] = {
    YAML("absent", TEXT, .get = why_absent),
    { .child = &head },
    { 0 },
};

static bool matrix_row(const struct view *v, struct row *row)
{
    row->of = v->report->matrix;
    return true;
}

const struct table table_matrix = {
    .id = "matrix", .look = LOOK_RECORD, .columns = matrix_columns, .row = matrix_row
};

/* ---- the head of matrix.yaml ---- */

static const struct column file_columns[] = {
    YAML("format", WORD, .get = column_text, .note = "nfc-survey/matrix"),
    YAML("version", WORD, .get = column_text, .note = "1"),
    YAML("run", TEXT, MEMBER_OF_RUN(run)),
    YAML("survey", TEXT, .get = row_survey),
    YAML("simulated", BOOL, MEMBER_OF_RUN(simulated)),
    YAML("unproven", BOOL, MEMBER_OF_RUN(unproven), .some = true),
    YAML("damaged_at", TEXT, .get = row_damaged_lines),
    YAML("open_since", TEXT, .get = row_open_since),
    YAML("changed_in_resume", TEXT, .get = row_changes),
    YAML("sha256", TEXT, .get = member_chars, .at = offsetof(struct findings, sha256), .about = ABOUT_RUN),
    { 0 },
};

const struct table table_matrix_file = { .look = LOOK_RECORD, .columns = file_columns };

const struct table *const matrix_tables[] = { &table_matrix_file, &table_matrix, &table_rows, NULL };
