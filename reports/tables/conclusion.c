/* What is signed: how the handsets end, by name, and where the evidence of each clause stands. */
#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#define NAMES_MAX 60 /* the first sheet holds no more; the list has all */

/* ---- how they end ---- */

static void who(struct entry *x)
{
    const struct assessment *a = x->view->report->assessment;
    enum recommendation which = (enum recommendation)x->column->at;
    size_t count = a->counts[which], shown = 0;
    struct buf names;
    buf_init(&names, 1u << 16);
    for (size_t i = 0; i < x->f->survey->pair_count && shown < NAMES_MAX; i++) {
        if (a->pairs[i].recommendation != which)
            continue;
        buf_add_text(&names, word_text(shown++ > 0 ? WORD_COMMA : WORD_COLON, x->view->language));
        name_add_pair(&names, x->f, i, x->view->language);
    }
    if (count > shown)
        PHRASE_ADD(&names, WORD_IF_MORE, x->view->language, number_count(count - shown).text);
    ENTRY_FILL(x, WORD_CONCLUSION_COUNT, number_count(count).text,
               number_count(x->f->survey->pair_count).text, buf_text(&names));
    buf_free(&names);
}

static void by_criteria(struct entry *x)
{
    const struct criteria *c = x->view->report->assessment->criteria;
    const char *title = phrase_choose(c->title, c->title_ja, x->view->language);
    entry_text(x, title ? title : c->id);
}

static const struct column conclusion_columns[] = {
    { NULL, WORD_B_CRITERIA, VALUE_LONG, by_criteria },
    { NULL, WORD_R_RECOMMENDED, VALUE_LONG, who, .at = RECOMMENDATION_RECOMMENDED },
    { NULL, WORD_R_CONDITIONAL, VALUE_LONG, who, .at = RECOMMENDATION_CONDITIONAL },
    { NULL, WORD_R_NOT_RECOMMENDED, VALUE_LONG, who, .at = RECOMMENDATION_NOT_RECOMMENDED },
    { NULL, WORD_R_NOT_ENOUGH_DATA, VALUE_LONG, who, .at = RECOMMENDATION_NOT_ENOUGH_DATA },
    { 0 },
};

static bool is_judged(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->assessment != NULL;
}

const struct table table_conclusion = {
    .caption = WORD_B_CONCLUSION,
    .look = LOOK_RECORD,
    .class = "conclusion",
    .columns = conclusion_columns,
    .there = is_judged,
};

/* ---- from a clause to what bears it out ---- */

static void clause(struct entry *x)
{
    entry_word(x, word_clause((enum clause)(x->row->i + 1)), NULL);
}

static void asks(struct entry *x)
{
    struct buf sentence;
    buf_init(&sentence, 1u << 16);
    measures_add_ask(&sentence, x->view->report->assessment, (enum clause)(x->row->i + 1), x->view->language);
    entry_buf(x, &sentence);
}

static void where(struct entry *x)
{
    static const enum word places[CLAUSE_COUNT] = {
        [CLAUSE_SUCCESS] = WORD_BEARS_CELLS,         [CLAUSE_TIME] = WORD_BEARS_TIMES,
        [CLAUSE_FIVE_POINTS] = WORD_BEARS_POSITIONS, [CLAUSE_HEIGHT] = WORD_BEARS_POSITIONS,
        [CLAUSE_TECHNOLOGIES] = WORD_BEARS_CELLS,    [CLAUSE_PAYLOAD] = WORD_BEARS_CELLS,
        [CLAUSE_READERS] = WORD_BEARS_READERS,       [CLAUSE_SCOPE] = WORD_H_NOT_RUN,
    };
    enum word place = places[x->row->i + 1];
    entry_word(x, place == WORD_NONE ? WORD_BEARS_CELLS : place, NULL);
}

static const struct column bears_columns[] = {
    { NULL, WORD_B_CLAUSE, VALUE_WORD, clause },
    { NULL, WORD_B_ASKS, VALUE_LONG, asks },
    { NULL, WORD_B_BEARS, VALUE_WORD, where },
    { 0 },
};

static size_t clauses_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->assessment ? CLAUSE_COUNT - 1 : 0;
}

/* Those that the criteria ask for. */
static bool clause_row(const struct view *v, struct row *row)
{
    struct buf sentence;
    buf_init(&sentence, 1u << 16);
    measures_add_ask(&sentence, v->report->assessment, (enum clause)(row->i + 1), v->language);
    bool asked = sentence.length > 0;
    buf_free(&sentence);
    return asked;
}

const struct table table_bears = {
    .caption = WORD_B_BEARS_OUT,
    .look = LOOK_LIST,
    .class = "unsorted bears",
    .columns = bears_columns,
    .count = clauses_count,
    .row = clause_row,
};
