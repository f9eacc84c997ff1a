/*
 * The list of handsets, which the survey is made for. On a page and in Markdown it is drawn once for each
 * recommendation: the parent row's i is the enum. In a spreadsheet all are in the survey's order, to be filtered.
 */
#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/tables/why_sentences.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LINES_SHOWN   3   /* records named beside an entry */
#define MARKDOWN_MOST 200 /* of each recommendation; a mail holds no more */

/* A row is about a struct assess_pair, one that nobody judged without criteria; its cell is the one that decides. */
static const struct assess_pair *pair_of(const struct entry *x)
{
    return x->row->of;
}

static const struct assessment *assessment_of(const struct entry *x)
{
    return x->view->report->assessment;
}

/* ---- who ---- */

/* The model, and which SIM where there are several. */
static void model_and_sim(struct entry *x)
{
    struct buf both;
    buf_init(&both, 4096);
    buf_add_text(&both, name_handset(x->f, x->row->pair).text);
    if (x->f->survey->sim_count > 1)
        buf_add_format(&both, " + %s", name_sim(x->f, x->row->pair, x->view->language));
    entry_buf(x, &both);
}

/* ---- why ---- */

static void reason_word(struct entry *x)
{
    entry_text(x, word_text(word_reason(pair_of(x)->reason), x->view->language));
}

static void missing(struct entry *x)
{
    entry_text(x, name_missing(pair_of(x), x->view->language));
}

static void modes_reason(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    struct buf modes;
    buf_init(&modes, 8192);
    name_add_modes(&modes, a->modes_failing ? a->modes_failing : a->modes_open, x->view->language);
    ENTRY_FILL(x, a->modes_failing ? WORD_L_MODES_FAIL : WORD_L_MODES_OPEN, buf_text(&modes));
    buf_free(&modes);
}

static bool is_grey(const struct assess_pair *a)
{
    return a->recommendation == RECOMMENDATION_NOT_RECOMMENDED && !a->shown_not_to_meet;
}

static void grey_reason(struct entry *x)
{
    enum clause clause = pair_of(x)->clause;
    struct assess_grey grey = assess_grey_of(assessment_of(x), clause);
    ENTRY_FILL(x, WORD_L_GREY, word_text(word_clause(clause), x->view->language),
               number_percent(grey.refuses, x->view->language).text); /* the rest is in the caption */
}

/* What a refusal shows, in a column of its own. */
static void refused_as(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    if (a->recommendation != RECOMMENDATION_NOT_RECOMMENDED)
        return;
    struct assess_grey grey = assess_grey_of(assessment_of(x), a->clause);
    if (is_grey(a) && a->reason == ASSESS_REASON_OUT_OF_REACH)
        ENTRY_FILL(x, WORD_SH_OUT_OF_REACH, name_passes(&grey, x->view->language).text);
    else if (is_grey(a))
        ENTRY_FILL(x, WORD_SH_ABOVE, number_percent(grey.refuses, x->view->language).text,
                   name_passes(&grey, x->view->language).text);
    else
        entry_text(x, word_text(WORD_SH_NOT_TO_MEET, x->view->language));
}

static void reason(struct entry *x)
{
    static const enum word outcomes[] = { [ASSESS_UNUSED] = WORD_L_PASS,
                                          [ASSESS_PASS] = WORD_L_PASS,
                                          [ASSESS_OPEN] = WORD_L_OPEN,
                                          [ASSESS_NOT_TESTABLE] = WORD_L_NOT_TESTABLE,
                                          [ASSESS_FAIL] = WORD_L_FAIL };
    const struct assess_pair *a = pair_of(x);
    if (a->recommendation == RECOMMENDATION_CONDITIONAL)
        modes_reason(x);
    else if (a->clause == CLAUSE_NONE)
        entry_text(x, word_text(WORD_CL_ALL, x->view->language));
    else if (a->reason == ASSESS_REASON_OUT_OF_REACH)
        ENTRY_FILL(x, WORD_L_OFF_LIST, word_text(word_clause(a->clause), x->view->language));
    else if (is_grey(a))
        grey_reason(x);
    else
        ENTRY_FILL(x, outcomes[a->required], word_text(word_clause(a->clause), x->view->language));
}

static uint32_t failing_readers(const struct assess_pair *a)
{
    if (a->recommendation == RECOMMENDATION_CONDITIONAL)
        return a->modes_failing ? a->conditional_fails : 0;
    return a->recommendation == RECOMMENDATION_NOT_RECOMMENDED ? a->fails : 0;
}

/* "on 1 of 6 readers: sim-reader-c" */
static void on_readers(struct entry *x)
{
    uint32_t set = failing_readers(pair_of(x));
    unsigned all = (unsigned)__builtin_popcount(assessment_of(x)->scope),
             count = (unsigned)__builtin_popcount(set);
    struct buf units;
    if (count == 0 || all < 2)
        return;
    buf_init(&units, 8192);
    name_add_readers(&units, x->f, set, x->view->language);
    if (count == all)
        ENTRY_FILL(x, WORD_FAILS_ON_ALL, number_count(all).text);
    else
        ENTRY_FILL(x, WORD_L_ON, number_count(count).text, number_count(all).text, buf_text(&units));
    buf_free(&units);
}

/* What the positions came to, where a clause of positions decides. */
static void positions(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    double from = a->passes_from[a->clause];
    if (a->recommendation != RECOMMENDATION_NOT_RECOMMENDED || isnan(from))
        return;
    if (a->clause == CLAUSE_FIVE_POINTS)
        ENTRY_FILL(x, WORD_L_POINTS, number_count((uint64_t)from).text);
    else if (a->clause == CLAUSE_HEIGHT)
        ENTRY_FILL(x, WORD_L_DEAD_ZONE, number_real(from).text);
}

static void what_is_open(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    const char *absent = a->clause == CLAUSE_SCOPE ? assessment_of(x)->not_in_survey : NULL;
    if (a->recommendation != RECOMMENDATION_NOT_ENOUGH_DATA || (!absent && a->required != ASSESS_OPEN))
        return;
    if (absent)
        ENTRY_FILL(x, WORD_L_NOT_IN_SURVEY, name_asked(absent, x->view->language));
    else if (x->f->pairs[x->row->pair].list == LIST_SETTLED)
        entry_word(x, WORD_L_NOTHING_PURSUED, NULL);
    else if (a->placements_missing > 0)
        ENTRY_FILL(x, WORD_L_MISSING, number_count(a->placements_missing).text,
                   number_count(a->open_count).text);
    else
        ENTRY_FILL(x, WORD_L_NO_NUMBER, number_count(a->open_count).text);
}

static void leans(struct entry *x)
{
    x->value.class = "lean";
    if (pair_of(x)->leans_on_invalid > 0)
        ENTRY_FILL(x, WORD_L_LEANS, number_count(pair_of(x)->leans_on_invalid).text);
}

/* ---- the cell that decides ---- */

static enum clause clause_shown(const struct entry *x)
{
    return pair_of(x)->clause == CLAUSE_NONE ? CLAUSE_SUCCESS : pair_of(x)->clause;
}

static void measure_or_why_not(struct entry *x)
{
    size_t cell = x->row->cell;
    if (cell == SIZE_MAX)
        return;
    x->value.class = "evidence";
    if (x->f->cells[cell].state == SURVEY_CELL_IN) {
        struct buf shown;
        buf_init(&shown, 8192);
        measures_add_evidence(&shown, assessment_of(x), clause_shown(x), cell, x->view->language);
        entry_buf(x, &shown);
        return;
    }
    const char *why = name_left_out(x->f->survey, cell, x->view->language, &x->value.hold);
    entry_text(x, why ? why : word_text(WORD_NO_REASON, x->view->language));
}

static void records(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    struct assess_result r = { a->required, x->row->cell, 0 };
    if (x->row->cell == SIZE_MAX)
        return;
    if (a->recommendation == RECOMMENDATION_CONDITIONAL)
        r.outcome = a->modes_failing ? ASSESS_FAIL : ASSESS_OPEN;
    entry_number(x, assess_evidence(assessment_of(x), &r, clause_shown(x), x->value.lines, LINES_SHOWN));
}

static void by_verdict(struct entry *x)
{
    const struct findings_pair *p = &x->f->pairs[x->row->pair];
    struct phrase numbers;
    snprintf(numbers.text, sizeof numbers.text, "%.40s/%.40s/%.40s", number_count(p->compatible).text,
             number_count(p->incompatible).text, number_count(p->undecided).text);
    if (x->f->not_pursued > 0)
        snprintf(numbers.text + strlen(numbers.text), sizeof numbers.text - strlen(numbers.text), "/%.40s",
                 number_count(p->not_pursued).text);
    entry_phrase(x, numbers);
    x->value.class = "n";
}

static struct phrase name_cells(const struct view *v, size_t k)
{
    bool left = v->report && v->report->findings->not_pursued > 0;
    (void)k;
    return PHRASE_FILL(left ? WORD_C_CELLS_LEFT : WORD_C_CELLS, v->language, NULL);
}

static const struct axis axis_cells = { .copies = 1, .name = name_cells };

/* ---- the same, each a column; a cell that has no placements says no figure ---- */

static bool is_undecided(const struct entry *x)
{
    return when_placed(x) && x->f->cells[x->row->cell].verdict == VERDICT_UNDECIDED;
}

/* "sim-reader-b, off, token: 3 / 12, [2.10, 61.00] %" */
static void in_one(struct entry *x)
{
    const struct findings_cell *c = when_placed(x) ? &x->f->cells[x->row->cell] : NULL;
    enum language language = x->view->language;
    const char *missing_one = name_missing(pair_of(x), language), *comma = word_text(WORD_COMMA, language),
               *colon = word_text(WORD_COLON, language);
    bool has_cell = x->row->cell != SIZE_MAX;
    struct buf b;
    buf_init(&b, 8192);
    if (missing_one)
        buf_add_format(&b, "%s%s", phrase_cut(missing_one).text, has_cell ? colon : "");
    if (has_cell)
        buf_add_format(&b, "%s%s%s%s%s", phrase_cut(x->f->survey->readers[x->row->reader].unit).text, comma,
                       phrase_cut(name_condition(x->f, x->row->condition, language).text).text, comma,
                       phrase_cut(name_script(x->f, x->row->script, language)).text);
    if (c)
        buf_add_format(&b, "%s%s / %s%s%s", colon, number_count(c->d).text, number_count(c->n).text, comma,
                       name_bounds(c, 2, language).text);
    entry_buf(x, &b);
}

#define CELL(m)   .where = FORM_SHEET, MEMBER_OF_CELL(m), .when = when_placed
#define PAIR(m)   .where = FORM_SHEET, MEMBER_OF_PAIR(m)
#define JUDGED(m) .where = FORM_SHEET, MEMBER(struct assess_pair, m)
#define BOTH      (FORM_SHEET | FORM_MARKDOWN)

/* ---- by which criteria, where they are several ---- */

static size_t one_if_beside(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report && v->report->beside_count > 0;
}

static struct phrase name_criteria(const struct view *v, size_t k)
{
    (void)k;
    return PHRASE_FILL(WORD_SH_CRITERIA, v->language, NULL);
}

static const struct axis axis_criteria = { .count = one_if_beside, .name = name_criteria };

static void criteria(struct entry *x)
{
    if (assessment_of(x))
        entry_text(x, assessment_of(x)->criteria->id);
}

static const struct column columns[] = {
    { NULL, WORD_NONE, VALUE_TEXT, criteria, FORM_SHEET, .axis = &axis_criteria, .width = 20 },
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset, .width = 18 },
    { NULL, WORD_SH_HANDSET_MODEL, VALUE_TEXT, model_and_sim, FORM_PAGE, .place = PLACE_BESIDE },
    { NULL, WORD_SH_HANDSET_MODEL, VALUE_TEXT, row_handset_model, BOTH, .width = 32 },
    { NULL, WORD_C_SIM, VALUE_TEXT, row_sim, BOTH },
    { NULL, WORD_SH_RECOMMENDATION, VALUE_RECOMMENDATION, JUDGED(recommendation), .when = when_judged,
      .width = 17 },
    { NULL, WORD_SH_REFUSED_AS, VALUE_LONG, refused_as, FORM_SHEET, .when = when_judged, .width = 34 },
    { NULL, WORD_C_REASON, VALUE_LONG, reason_word, BOTH, .when = when_judged, .width = 34 },
    { NULL, WORD_C_REASON, VALUE_LONG, reason, FORM_PAGE },
    { NULL, WORD_NONE, VALUE_LONG, on_readers, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_LONG, positions, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_LONG, what_is_open, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_LONG, leans, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_CAUSES, VALUE_CAUSES, row_refusal_causes, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_CAUSES, VALUE_CAUSES, row_refusal_causes, BOTH, .when = when_judged, .width = 40 },
    { NULL, WORD_C_GOES_WITH, VALUE_LONG, row_goes_with, BOTH, .when = when_judged, .width = 40 },
    { NULL, WORD_C_REQUIREMENT, VALUE_LONG, row_requirement, BOTH, .when = when_judged, .width = 50 },
    { NULL, WORD_SH_MISSING, VALUE_TEXT, missing, FORM_SHEET, .width = 14 },
    { NULL, WORD_L_CELL, VALUE_CELL, row_cell, FORM_PAGE, .absent = WORD_L_NO_CELL },
    { NULL, WORD_C_GOES_WITH, VALUE_LONG, row_goes_with, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_L_EVIDENCE, VALUE_LONG, measure_or_why_not, FORM_PAGE },
    { NULL, WORD_L_LINES, VALUE_LINES, records, FORM_PAGE },
    { NULL, WORD_NONE, VALUE_TEXT, by_verdict, FORM_PAGE, .axis = &axis_cells },
    { NULL, WORD_MD_EVIDENCE, VALUE_LONG, in_one, FORM_MARKDOWN },
    { NULL, WORD_SH_DECIDING_READER, VALUE_TEXT, row_reader, FORM_SHEET, .width = 15 },
    { NULL, WORD_C_CONDITION, VALUE_TEXT, row_condition, FORM_SHEET, .width = 15 },
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script, FORM_SHEET, .width = 12 },
    { NULL, WORD_SH_N, VALUE_COUNT, CELL(n), .width = 11 },
    { NULL, WORD_SH_D, VALUE_COUNT, CELL(d), .width = 11 },
    { NULL, WORD_SH_S, VALUE_COUNT, CELL(s), .width = 11 },
    { NULL, WORD_SH_LOWER, VALUE_SHARE, CELL(lower), .round = DECIMAL_DOWN },
    { NULL, WORD_SH_UPPER, VALUE_SHARE, CELL(upper), .round = DECIMAL_UP },
    { NULL, WORD_SH_MORE, VALUE_COUNT, .where = FORM_SHEET, MEMBER_OF_CELL(missing), .when = is_undecided,
      .width = 14 },
    { NULL, WORD_SH_MORE, VALUE_COUNT, .where = FORM_MARKDOWN, MEMBER_OF_CELL(missing), .some = true },
    { NULL, WORD_SH_PASSES_ON, VALUE_UNITS, JUDGED(passes), .width = 40 },
    { NULL, WORD_SH_FAILS_ON, VALUE_UNITS, JUDGED(fails), .width = 40 },
    { NULL, WORD_SH_LEANS, VALUE_COUNT, JUDGED(leans_on_invalid), .when = when_judged, .width = 16 },
    { NULL, WORD_SH_CELLS_COMPATIBLE, VALUE_COUNT, PAIR(compatible) },
    { NULL, WORD_SH_CELLS_INCOMPATIBLE, VALUE_COUNT, PAIR(incompatible) },
    { NULL, WORD_SH_CELLS_UNDECIDED, VALUE_COUNT, PAIR(undecided) },
    { NULL, WORD_NONE, VALUE_COUNT, PAIR(not_pursued), .axis = &axis_not_pursued },
    { 0 },
};

/* ---- groups ---- */

static bool is_of(const struct assess_pair *a, const struct row *group)
{
    if (a->recommendation != (enum recommendation)group->i)
        return false;
    return group->k == LIST_ALL || (group->k == LIST_NOT_TO_MEET) == a->shown_not_to_meet;
}

/* How many handsets are of a group. */
static unsigned count_of(const struct assessment *a, const struct row *group)
{
    unsigned count = 0;
    for (size_t i = 0; i < a->f->survey->pair_count; i++)
        count += is_of(&a->pairs[i], group);
    return count;
}

bool list_group_next(const struct assessment *a, struct row *group)
{
    do {
        if (group->i == RECOMMENDATION_NOT_RECOMMENDED && group->k == LIST_NOT_TO_MEET) {
            group->k = LIST_GREY;
        } else {
            group->i++;
            group->k = group->i == RECOMMENDATION_NOT_RECOMMENDED ? LIST_NOT_TO_MEET : LIST_ALL;
        }
    } while (group->i < RECOMMENDATION_COUNT && count_of(a, group) == 0);
    return group->i < RECOMMENDATION_COUNT;
}

static bool list_row(const struct view *v, struct row *row)
{
    const struct assess_pair *a = assess_pair_of(v->report->assessment, row->i);
    if (a->reason_cell != SIZE_MAX)
        row_take_cell(v, row, a->reason_cell);
    row->pair = row->i;
    row->of = a;
    return !row->parent || is_of(a, row->parent);
}

static struct phrase list_title(const struct view *v, const struct row *parent)
{
    const struct assessment *a = v->report->assessment;
    enum recommendation r = (enum recommendation)parent->i;
    struct phrase count = number_count(count_of(a, parent)), of = number_count(a->f->survey->pair_count);
    struct assess_grey grey = assess_grey_of(a, CLAUSE_SUCCESS);
    if (parent->k == LIST_ALL)
        return PHRASE_FILL(WORD_GROUP_CAPTION, v->language, word_text(word_recommendation(r), v->language),
                           count.text, of.text);
    enum word unshown = grey.mean > 0 ? WORD_LIST_GREY_TIERS : WORD_LIST_GREY;
    return PHRASE_FILL(parent->k == LIST_GREY ? unshown : WORD_LIST_SHOWN, v->language, count.text, of.text,
                       number_percent(grey.refuses, v->language).text, name_passes(&grey, v->language).text);
}

const struct table table_list = {
    .anchor = "list",
    .look = LOOK_LIST,
    .class = "decisions",
    .frozen = 1,
    .columns = columns,
    .count = pairs_count,
    .row = list_row,
    .title = list_title,
    .most_in_markdown = MARKDOWN_MOST,
};
