/* The criteria in force, and how far the list hangs on each clause: on the page, in the spreadsheet, in files. */
#include "reports/tables/names.h"
#include "reports/tables/proposal_sentences.h"
#include "reports/tables/tables.h"

#include <math.h>

static const struct assessment *assessment_of(const struct view *v)
{
    return v->report->assessment;
}

/* ---- the criteria ---- */

#define CRITERIA(member) MEMBER(struct criteria, member)

static void in_language(struct entry *x)
{
    const char *const *texts = entry_member(x); /* English, then Japanese */
    entry_text(x, phrase_choose(texts[0], texts[1], x->view->language));
}

static void scope(struct entry *x)
{
    entry_number(x, assessment_of(x->view)->scope);
}

static void lacking(struct entry *x)
{
    const char *name = assessment_of(x->view)->not_in_survey;
    entry_text(x, x->view->form == FORM_YAML ? name : name_asked(name, x->view->language));
}

static void refuse(struct entry *x)
{
    bool above_bound = assessment_of(x->view)->criteria->refuse == CRITERIA_REFUSE_ABOVE_BOUND;
    entry_word(x, WORD_NONE, above_bound ? "above-bound" : "above-q0");
}

static void refusal(struct entry *x)
{
    struct phrase sentence = name_refusal(assessment_of(x->view), x->view->language);
    if (sentence.text[0])
        entry_phrase(x, sentence);
}

#define BOTH(member) .get = in_language, FORM_PEOPLE, .at = offsetof(struct criteria, member)

static const struct column in_force_columns[] = {
    { "id", WORD_C_ID, VALUE_TEXT, CRITERIA(id) },
    { "edition", WORD_SH_P_EDITION, VALUE_TEXT, CRITERIA(edition) },
    { NULL, WORD_SH_TITLE, VALUE_LONG, BOTH(title) },
    { NULL, WORD_SH_P_SOURCE, VALUE_LONG, BOTH(source) },
    { NULL, WORD_SH_P_ANALOGY, VALUE_LONG, BOTH(analogy) },
    { NULL, WORD_SH_P_PROVES, VALUE_LONG, BOTH(proves) },
    { NULL, WORD_SH_REFUSE, VALUE_LONG, refusal, FORM_PEOPLE },
    YAML("title", TEXT, CRITERIA(title)),
    YAML("title_ja", TEXT, CRITERIA(title_ja)),
    YAML("source", TEXT, CRITERIA(source)),
    YAML("source_ja", TEXT, CRITERIA(source_ja)),
    YAML("analogy", TEXT, CRITERIA(analogy)),
    YAML("analogy_ja", TEXT, CRITERIA(analogy_ja)),
    YAML("proves", TEXT, CRITERIA(proves)),
    YAML("proves_ja", TEXT, CRITERIA(proves_ja)),
    { "sha256", WORD_SH_CRITERIA_HASH, VALUE_TEXT, hash_of_criteria, FORM_YAML | FORM_SHEET },
    YAML("refuse", WORD, .get = refuse),
    YAML("readers", UNITS, .get = scope),
    { "not_in_survey", WORD_SH_P_ABSENT, VALUE_TEXT, lacking },
    { 0 },
};

static bool in_force_row(const struct view *v, struct row *row)
{
    row->of = assessment_of(v)->criteria;
    return true;
}

const struct table table_in_force = {
    .id = "criteria",
    .remark = "\nThe criteria in force, and what is theirs by analogy only.",
    .look = LOOK_RECORD,
    .columns = in_force_columns,
    .row = in_force_row,
};

/* ---- the clauses; a row that is about none says nothing here ---- */

static const struct assess_range *range_of(const struct entry *x)
{
    return x->row->of;
}

static bool is_range(const struct entry *x)
{
    return range_of(x) != NULL;
}

static bool is_testable(const struct entry *x)
{
    return is_range(x) && range_of(x)->testable;
}

static bool is_numeric(const struct entry *x)
{
    return is_range(x) && range_of(x)->numeric;
}

static bool is_kept(const struct entry *x)
{
    return is_numeric(x) && !range_of(x)->dropped && !assessment_of(x->view)->proposal.nobody_listed;
}

static bool is_searched(const struct entry *x)
{
    return is_numeric(x) && !assessment_of(x->view)->proposal.nobody_listed;
}

static void key(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    entry_word(x, word_clause(r->clause), clause_key(r->clause));
}

static void needed(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    if (!r->testable)
        entry_absent(x, WORD_SH_NOT_TESTABLE, "not testable with this run");
    else if (assessment_of(x->view)->proposal.nobody_listed)
        entry_absent(x, WORD_DASH, "nobody is recommended");
    else if (r->dropped)
        entry_word(x, WORD_SH_NOT_NEEDED, "false");
    else
        entry_word(x, WORD_SH_NEEDED, "true");
}

static void unit(struct entry *x)
{
    static const enum word words[UNIT_COUNT] = {
        [UNIT_NONE] = WORD_DASH,
#define UNIT(ID, ...) [UNIT_##ID] = WORD_SH_UNIT_##ID,
#include "harness/clauses/clauses.def"
    };
    entry_word(x, words[range_of(x)->unit], NULL);
}

/* A member of the range, in the unit of the criteria's key. */
static void amount(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    double value = *(const double *)entry_member(x);
    struct buf text;
    buf_init(&text, 4096);
    proposal_add_value(&text, r, value, x->view->language);
    entry_buf(x, &text);
    x->value.real = assess_in_unit(r->unit, value);
}

static void in_force(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    const char *clause = word_text(word_clause(r->clause), x->view->language);
    if (r->numeric && r->testable)
        amount(x);
    else if (!r->testable)
        entry_phrase(x, PHRASE_FILL(WORD_L_NOT_TESTABLE, x->view->language, clause));
}

/* Without a list nothing can change. */
static void changes_at(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    bool on_page = (x->view->form & FORM_PAGE) != 0;
    if (assessment_of(x->view)->proposal.nobody_listed)
        entry_absent(x, on_page ? WORD_DASH : WORD_NONE, "nobody is recommended");
    else if (isnan(r->changes_at) && r->limit > 0)
        entry_absent(x, on_page ? WORD_B_NONE_TESTED : WORD_NONE,
                     "no looser value that the scheme tests changes the list");
    else if (isnan(r->changes_at))
        entry_absent(x, on_page ? WORD_B_ANY_LOOSER : WORD_NONE, "no looser value changes the list");
    else
        amount(x);
}

static void changes_first(struct entry *x)
{
    const struct assess_range *r = x->row->of;
    const struct survey *s = x->f->survey;
    if (r->changes_pair < s->pair_count)
        entry_text(x, s->pairs[r->changes_pair].unit);
}

#define RANGE(getter, member) .get = (getter), .at = offsetof(struct assess_range, member)
#define AMOUNT(member)        RANGE(amount, member), .when = is_numeric
#define SAME_FROM             RANGE(amount, tightest), .when = is_searched
#define CHANGES_AT            RANGE(changes_at, changes_at), .when = is_numeric
#define PROPOSED              RANGE(amount, proposed), .when = is_kept
#define HOLDS_BACK            MEMBER(struct assess_range, holds_back), .when = is_testable

static const struct column columns[] = {
    { "clause", WORD_B_CLAUSE, VALUE_WORD, key },
    { NULL, WORD_B_IN_FORCE, VALUE_AMOUNT, RANGE(in_force, value), .where = FORM_PAGE },
    YAML("needed", WORD, .get = needed),
    YAML("holds_back_by_itself", COUNT, HOLDS_BACK),
    YAML("as_it_stands", AMOUNT, AMOUNT(value), .digits = 6),
    YAML("same_list_from", AMOUNT, SAME_FROM, .digits = 6),
    { "changes_at", WORD_B_CHANGES_AT, VALUE_AMOUNT, CHANGES_AT, .digits = 6 },
    { "changes_first", WORD_NONE, VALUE_TEXT, changes_first, .when = is_numeric, .place = PLACE_UNDER },
    YAML("proposed", AMOUNT, PROPOSED, .digits = 6),
    { NULL, WORD_B_HOLDS_BACK, VALUE_COUNT, .where = FORM_PAGE, HOLDS_BACK },
    { 0 },
};

static size_t ranges_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return assessment_of(v)->proposal.range_count;
}

static bool ranges_row(const struct view *v, struct row *row)
{
    row->of = &assessment_of(v)->proposal.ranges[row->i];
    return true;
}

const struct table table_thresholds = {
    .id = "clauses",
    .caption = WORD_B_THRESHOLDS,
    .look = LOOK_LIST,
    .class = "unsorted",
    .columns = columns,
    .count = ranges_count,
    .row = ranges_row,
};

/* ---- the sheet: the criteria, a line each; the clauses; the sentences of the proposal ---- */

enum { IN_FORCE = sizeof in_force_columns / sizeof *in_force_columns - 1 };

static void part(struct entry *x)
{
    const size_t i = x->row->i;
    const size_t ranges = IN_FORCE + assessment_of(x->view)->proposal.range_count;
    entry_word(x,
               i < IN_FORCE ? in_force_columns[i].header
               : x->row->of ? WORD_B_CLAUSE
                            : proposal_part_word(proposal_part(i - ranges)),
               NULL);
}

static void what(struct entry *x)
{
    const struct assessment *a = assessment_of(x->view);
    const size_t i = x->row->i;
    if (x->row->of) {
        entry_text(
            x, word_text(word_clause(((const struct assess_range *)x->row->of)->clause), x->view->language));
        return;
    }
    if (i < IN_FORCE) {
        struct row about = { .of = a->criteria };
        struct value value;
        column_value(&in_force_columns[i], x->view, &about, 0, &value);
        entry_text(x, value.text);
        value_done(&value);
        return;
    }
    struct buf sentence;
    buf_init(&sentence, 1u << 16);
    proposal_add(&sentence, a, i - IN_FORCE - a->proposal.range_count, x->view->language);
    entry_buf(x, &sentence);
}

static const struct column sheet_columns[] = {
    { NULL, WORD_SH_PART, VALUE_WORD, part, .width = 24 },
    { NULL, WORD_SH_VALUE, VALUE_LONG, what, .width = 80 },
    { NULL, WORD_SH_IN_PROPOSAL, VALUE_WORD, needed, .when = is_range, .width = 18 },
    { NULL, WORD_SH_UNIT, VALUE_WORD, unit, .when = is_testable, .width = 22 },
    { NULL, WORD_SH_AS_IT_STANDS, VALUE_AMOUNT, AMOUNT(value) },
    { NULL, WORD_SH_SAME_FROM, VALUE_AMOUNT, SAME_FROM },
    { NULL, WORD_SH_CHANGES_AT, VALUE_AMOUNT, CHANGES_AT },
    { NULL, WORD_SH_PROPOSED, VALUE_AMOUNT, PROPOSED },
    { NULL, WORD_SH_HOLDS_BACK, VALUE_COUNT, HOLDS_BACK, .width = 16 },
    { NULL, WORD_SH_CHANGES_FIRST, VALUE_TEXT, changes_first, .when = is_numeric, .width = 18 },
    { 0 },
};

static size_t lines_count(const struct view *v, const struct row *parent)
{
    const struct assessment *a = assessment_of(v);
    (void)parent;
    return a ? IN_FORCE + a->proposal.range_count + proposal_count(a) : 0;
}

/* What the criteria don't say has no line. */
static bool lines_row(const struct view *v, struct row *row)
{
    const struct assessment *a = assessment_of(v);
    if (row->i >= IN_FORCE) {
        size_t range = row->i - IN_FORCE;
        row->of = range < a->proposal.range_count ? &a->proposal.ranges[range] : NULL;
        return true;
    }
    struct row about = { .of = a->criteria };
    struct value value;
    if (!column_is_in(&in_force_columns[row->i], v->form))
        return false;
    column_value(&in_force_columns[row->i], v, &about, 0, &value);
    value_done(&value);
    return value.kind != VALUE_NONE;
}

const struct table table_criteria = {
    .frozen = 1, .columns = sheet_columns, .count = lines_count, .row = lines_row
};
