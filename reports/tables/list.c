/*
 * The list of handsets, which the survey is made for. On a page and in Markdown it is drawn once for each
 * recommendation: the parent row's i is the enum. In a spreadsheet all are in the survey's order, to be filtered.
 */
#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/reasons.h"
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

static bool is_grey(const struct assess_pair *a)
{
    return a->recommendation == RECOMMENDATION_NOT_RECOMMENDED && !a->shown_not_to_meet;
}

/* What a refusal shows, in a column of its own. */
static void refused_as(struct entry *x)
{
    const struct assess_pair *a = pair_of(x);
    if (a->recommendation != RECOMMENDATION_NOT_RECOMMENDED)
        return;
    struct assess_grey grey = assess_grey_of(assessment_of(x), a->clause);
    if (is_grey(a) && assess_is_out_of_reach(assessment_of(x), a))
        ENTRY_FILL(x, WORD_SH_OUT_OF_REACH, name_passes(&grey, x->view->language).text);
    else if (is_grey(a))
        ENTRY_FILL(x, WORD_SH_ABOVE, number_percent(grey.refuses, x->view->language).text,
                   name_passes(&grey, x->view->language).text);
    else
        entry_text(x, word_text(WORD_SH_NOT_TO_MEET, x->view->language));
}

static void reason(struct entry *x)
{
    struct buf text;
    buf_init(&text, 8192);
    reason_add(&text, assessment_of(x), x->row->pair, x->view->language);
    entry_buf(x, &text);
}

static void clause(struct entry *x)
{
    entry_text(x, word_text(word_clause(pair_of(x)->clause), x->view->language));
}

/* "on 1 of 6 readers: sim-reader-c" */
static void on_readers(struct entry *x)
{
    uint32_t set = assess_refusing_readers(assessment_of(x), x->row->pair);
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

static struct assess_evidence evidence_of(const struct entry *x)
{
    return assess_decides(assessment_of(x), x->row->pair);
}

static void evidence(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x);
    struct buf text;
    buf_init(&text, 8192);
    x->value.class = "evidence";
    evidence_add(&text, assessment_of(x), &of, x->view->language);
    entry_buf(x, &text);
}

static void records(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x);
    size_t shown = of.line_count < LINES_SHOWN ? of.line_count : LINES_SHOWN;
    if (of.cell == SIZE_MAX)
        return;
    memcpy(x->value.lines, of.lines, sizeof of.lines);
    entry_number(x, shown);
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

/* ---- the same, each a column; what the clause did not look at says no figure ---- */

static bool is_of_counts(const struct entry *x)
{
    if (!when_judged(x) || !when_placed(x))
        return false;
    const struct assess_evidence of = evidence_of(x);
    return evidence_is_of_counts(&of);
}

static bool is_open(const struct entry *x)
{
    return when_judged(x) && pair_of(x)->required == ASSESS_OPEN;
}

/* "sim-reader-b, off, token: 3/12, [2.10, 61.00] %" */
static void in_one(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x);
    struct buf text;
    buf_init(&text, 8192);
    evidence_add_with_cell(&text, assessment_of(x), &of, x->view->language);
    entry_buf(x, &text);
}

#define CELL(m)   .where = FORM_SHEET, MEMBER_OF_CELL(m), .when = is_of_counts
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
    { NULL, WORD_C_REASON, VALUE_LONG, reason, FORM_PEOPLE, .when = when_judged, .width = 34 },
    { NULL, WORD_NONE, VALUE_LONG, on_readers, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_LONG, what_is_open, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_LONG, leans, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_CAUSES, VALUE_CAUSES, row_refusal_causes, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_CAUSES, VALUE_CAUSES, row_refusal_causes, BOTH, .when = when_judged, .width = 40 },
    { NULL, WORD_C_GOES_WITH, VALUE_LONG, row_goes_with, BOTH, .when = when_judged, .width = 40 },
    { NULL, WORD_C_REQUIREMENT, VALUE_LONG, row_requirement, BOTH, .when = when_judged, .width = 50 },
    { NULL, WORD_B_CLAUSE, VALUE_TEXT, clause, FORM_SHEET, .when = when_judged, .width = 16 },
    { NULL, WORD_L_CELL, VALUE_CELL, row_cell, FORM_PAGE, .absent = WORD_L_NO_CELL },
    { NULL, WORD_C_GOES_WITH, VALUE_LONG, row_goes_with, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_L_EVIDENCE, VALUE_LONG, evidence, FORM_PAGE | FORM_SHEET, .when = when_judged, .width = 40 },
    { NULL, WORD_L_LINES, VALUE_LINES, records, FORM_PAGE },
    { NULL, WORD_NONE, VALUE_TEXT, by_verdict, FORM_PAGE, .axis = &axis_cells },
    { NULL, WORD_L_EVIDENCE, VALUE_LONG, in_one, FORM_MARKDOWN, .when = when_judged },
    { NULL, WORD_SH_DECIDING_READER, VALUE_TEXT, row_reader, FORM_SHEET, .width = 15 },
    { NULL, WORD_C_CONDITION, VALUE_TEXT, row_condition, FORM_SHEET, .width = 15 },
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script, FORM_SHEET, .width = 12 },
    { NULL, WORD_SH_N, VALUE_COUNT, CELL(n), .width = 11 },
    { NULL, WORD_SH_D, VALUE_COUNT, CELL(d), .width = 11 },
    { NULL, WORD_SH_S, VALUE_COUNT, CELL(s), .width = 11 },
    { NULL, WORD_SH_LOWER, VALUE_SHARE, CELL(lower), .round = DECIMAL_DOWN },
    { NULL, WORD_SH_UPPER, VALUE_SHARE, CELL(upper), .round = DECIMAL_UP },
    { NULL, WORD_SH_MORE, VALUE_COUNT, .where = BOTH, MEMBER(struct assess_pair, missing), .when = is_open,
      .some = true, .width = 14 },
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
    if (a->decides != SIZE_MAX)
        row_take_cell(v, row, a->decides);
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
