/* The run under other criteria: how each of them ends, beside the report's own. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

/* The first row is the report's own, if it has any. */
static const struct assessment *assessment_of(const struct entry *x)
{
    return x->row->of;
}

static void title(struct entry *x)
{
    const struct criteria *c = assessment_of(x)->criteria;
    entry_text(x, phrase_choose(c->title, c->title_ja, x->view->language));
}

static void id(struct entry *x)
{
    const struct criteria *c = assessment_of(x)->criteria;
    if (c->edition)
        ENTRY_FILL(x, WORD_K_EDITION, c->id, c->edition);
    else
        ENTRY_FILL(x, WORD_K_NO_EDITION, c->id);
}

static void pairs_with(struct entry *x)
{
    entry_number(x, assessment_of(x)->counts[x->row->k + 1]);
}

/* Handsets that end otherwise than under the criteria of the report. */
static void otherwise(struct entry *x)
{
    const struct assessment *own = x->view->report->assessment, *a = assessment_of(x);
    uint64_t count = 0;
    for (size_t i = 0; i < x->f->survey->pair_count; i++)
        count += a->pairs[i].recommendation != own->pairs[i].recommendation;
    if (x->row->i > 0)
        entry_number(x, count);
}

static const struct column columns[] = {
    { NULL, WORD_SH_CRITERIA, VALUE_TEXT, title },
    { NULL, WORD_NONE, VALUE_TEXT, id, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_ID, VALUE_TEXT, id, FORM_MARKDOWN },
    { NULL, WORD_NONE, VALUE_COUNT, pairs_with, .axis = &axis_recommendations },
    { NULL, WORD_C_OTHERWISE, VALUE_COUNT, otherwise },
    { 0 },
};

static size_t count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->beside_count > 0 ? v->report->beside_count + 1 : 0;
}

static bool row_of(const struct view *v, struct row *row)
{
    const struct report *r = v->report;
    row->of = row->i == 0 ? r->assessment : r->beside[row->i - 1].assessment;
    return row->of != NULL;
}

const struct table table_beside = {
    .look = LOOK_WORDS,
    .caption = WORD_BESIDE_CAPTION,
    .class = "unsorted",
    .columns = columns,
    .count = count,
    .row = row_of,
};
