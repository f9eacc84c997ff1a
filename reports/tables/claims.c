/* What the profiles claim of the handsets, beside what they answered with: a row a handset and kind of answer. */
#include "harness/findings/time_budget.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

static enum budget_answer what_of(const struct row *row)
{
    return (enum budget_answer)(row->i % BUDGET_ANSWERS);
}

static const struct budget_pair *answers_of(const struct view *v, const struct row *row)
{
    return &v->report->findings->budget->pairs[row->pair];
}

static bool was_seen(const struct budget_pair *m, enum budget_answer what)
{
    for (size_t i = 0; i < m->value_count; i++)
        if (m->values[i].what == what)
            return true;
    return false;
}

/* Paper has the claims that were contradicted. */
static bool has_row(const struct view *v, size_t pair, enum budget_answer what)
{
    const struct findings *f = v->report->findings;
    const struct survey_fact *fact = budget_claim(f, pair, what);
    if (v->form == FORM_PAPER)
        return budget_compare(f, pair, what) == BUDGET_DIFFERS;
    return (fact && fact->value) || was_seen(&f->budget->pairs[pair], what);
}

static size_t claims_count(const struct view *v, const struct row *parent)
{
    return pairs_count(v, parent) * BUDGET_ANSWERS;
}

static bool claim_row(const struct view *v, struct row *row)
{
    row->pair = row->i / BUDGET_ANSWERS;
    return has_row(v, row->pair, what_of(row));
}

/* Beside the first of a handset's rows. */
static void model(struct entry *x)
{
    for (int what = 0; what < (int)what_of(x->row); what++)
        if (has_row(x->view, x->row->pair, (enum budget_answer)what))
            return;
    row_handset_model(x);
}

static void what(struct entry *x)
{
    static const enum word words[BUDGET_ANSWERS] = {
        [BUDGET_TECHNOLOGY] = WORD_A_TECHNOLOGY,
        [BUDGET_ATQA] = WORD_A_ATQA,
        [BUDGET_SAK] = WORD_A_SAK,
        [BUDGET_ATS] = WORD_A_ATS,
        [BUDGET_ATQB] = WORD_A_ATQB,
        [BUDGET_ATR] = WORD_A_ATR,
        [BUDGET_UID] = WORD_A_UID,
        [BUDGET_KBIT_S] = WORD_A_KBIT_S,
        [BUDGET_FWT_US] = WORD_A_FWT,
    };
    entry_word(x, words[what_of(x->row)], NULL);
}

static void claimed(struct entry *x)
{
    const struct survey_fact *fact = budget_claim(x->f, x->row->pair, what_of(x->row));
    if (fact)
        entry_text(x, fact->value);
}

/* Who claims it, or why nobody does. */
static void claimed_by(struct entry *x)
{
    const struct survey_fact *fact = budget_claim(x->f, x->row->pair, what_of(x->row));
    if (fact && fact->value)
        entry_text(x, fact->source);
    else if (fact && fact->absent)
        ENTRY_FILL(x, WORD_ABSENT_BECAUSE, fact->absent);
    else
        entry_absent(x, WORD_M_NO_CLAIM, NULL);
}

static void says(struct entry *x)
{
    static const enum word words[] = { [BUDGET_NO_CLAIM] = WORD_M_NO_CLAIM,
                                       [BUDGET_AGREES] = WORD_M_AGREES,
                                       [BUDGET_DIFFERS] = WORD_M_DIFFERS,
                                       [BUDGET_NOT_SEEN] = WORD_M_NOT_SEEN };
    enum budget_match match = budget_compare(x->f, x->row->pair, what_of(x->row));
    entry_word(x, words[match], NULL);
    x->value.class = match == BUDGET_DIFFERS ? "i" : NULL;
}

/* ---- the answers of a row; one that says so where there is none ---- */

static void answer(struct entry *x)
{
    const struct budget_value *v = x->row->of;
    struct phrase hold;
    if (v && v->said->absent)
        ENTRY_FILL(x, WORD_ABSENT_BECAUSE, phrase_said(v->said, x->view->language, &hold));
    else if (v)
        entry_text(x, phrase_said(v->said, x->view->language, &x->value.hold));
    x->value.class = v && !v->said->absent ? "hash" : NULL;
}

static void seen(struct entry *x)
{
    const struct budget_value *v = x->row->of;
    enum language language = x->view->language;
    struct buf b;
    if (!v)
        return;
    buf_init(&b, 1u << 16);
    PHRASE_ADD(&b, WORD_SEEN, language, number_count(v->count).text, number_name(v->line).text);
    buf_add_text(&b, language == LANGUAGE_JAPANESE ? "" : " ");
    name_add_readers(&b, x->f, v->readers, language);
    entry_buf(x, &b);
}

static const struct column answer_columns[] = {
    { NULL, WORD_NONE, VALUE_TEXT, answer },
    { NULL, WORD_NONE, VALUE_TEXT, seen, .absent = WORD_SEEN_NEVER, .place = PLACE_UNDER },
    { 0 },
};

static size_t answers_count(const struct view *v, const struct row *parent)
{
    return answers_of(v, parent)->value_count + 1;
}

static bool answer_row(const struct view *v, struct row *row)
{
    const struct budget_pair *m = answers_of(v, row);
    enum budget_answer what = what_of(row->parent);
    if (row->i == m->value_count)
        return !was_seen(m, what);
    row->of = &m->values[row->i];
    return m->values[row->i].what == what;
}

static const struct table answers = {
    .class = "long", .columns = answer_columns, .count = answers_count, .row = answer_row
};

static const struct column claim_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_C_HANDSET, VALUE_TEXT, model, .place = PLACE_UNDER },
    { NULL, WORD_C_WHAT, VALUE_WORD, what },
    { NULL, WORD_C_CLAIMED, VALUE_TEXT, claimed },
    { NULL, WORD_C_CLAIMED, VALUE_TEXT, claimed_by, .place = PLACE_UNDER },
    { NULL, WORD_C_OBSERVED, .where = FORM_PAGE, .child = &answers },
    { NULL, WORD_C_SAYS, VALUE_WORD, says },
    { 0 },
};

static struct phrase summary(const struct view *v, const struct row *parent)
{
    (void)parent;
    return phrase_cut(
        word_text(v->form == FORM_PAPER ? WORD_PAPER_CLAIMS : WORD_CLAIMS_SUMMARY, v->language));
}

const struct table table_claims = {
    .caption = WORD_CLAIMS_CAPTION,
    .summary_of = summary,
    .look = LOOK_WORDS,
    .fold = FOLD_LONG,
    .columns = claim_columns,
    .count = claims_count,
    .row = claim_row,
    .most_on_paper = ROWS_ON_PAPER,
};
