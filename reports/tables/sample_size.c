/* The limits of a scheme, and what becomes of cells under it. */
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <math.h>

/* ---- limits: first those of compatible, by d, then those of incompatible, by n ---- */

static const struct scheme_table *scheme_of(const struct row *row)
{
    return row->of;
}

static size_t limits_count(const struct view *v, const struct row *parent)
{
    (void)v;
    return 2 * ((size_t)scheme_of(parent)->scheme.n_max + 1);
}

/* Of which n a row about incompatible is; 0: it is about compatible. */
static size_t rejected_at(const struct row *row)
{
    size_t rows = (size_t)scheme_of(row)->scheme.n_max + 1;
    return row->i < rows ? 0 : row->i - rows;
}

static bool limits_row(const struct view *v, struct row *row)
{
    const struct scheme_table *t = scheme_of(row);
    size_t n = rejected_at(row);
    (void)v;
    if (n > 0)
        return t->reject[n] != t->reject[n - 1];
    return row->i <= t->scheme.n_max && t->accept[row->i] > 0;
}

static void limit_verdict(struct entry *x)
{
    entry_number(x, rejected_at(x->row) > 0 ? VERDICT_INCOMPATIBLE : VERDICT_COMPATIBLE);
}

static void limit_placements(struct entry *x)
{
    size_t n = rejected_at(x->row);
    entry_number(x, n > 0 ? n : scheme_of(x->row)->accept[x->row->i]);
}

static void limit_dirty(struct entry *x)
{
    size_t n = rejected_at(x->row), d = n > 0 ? scheme_of(x->row)->reject[n] : x->row->i;
    struct phrase digits = number_name(d);
    const char *args[] = { digits.text, NULL };
    if (n == 0 && d == 0)
        entry_phrase(x, digits);
    else
        entry_phrase(x, phrase_fill(n > 0 ? WORD_CMD_OR_MORE : WORD_CMD_OR_FEWER, x->view->language, args));
}

static const struct column limits_columns[] = {
    { NULL, WORD_CMD_VERDICT, VALUE_VERDICT, limit_verdict },
    { NULL, WORD_CMD_FROM_PLACEMENTS, VALUE_COUNT, limit_placements },
    { NULL, WORD_CMD_OF_THEM_DIRTY, VALUE_TEXT, limit_dirty },
    { 0 },
};

const struct table table_scheme_limits = { .columns = limits_columns,
                                           .count = limits_count,
                                           .row = limits_row };

/* ---- what becomes of a cell, by q ---- */

static void q(struct entry *x)
{
    double q = ((const struct chance_row *)x->row->of)->q;
    if (!isnan(q))
        entry_phrase(x, number_percent_given(q, x->view->language));
}

static void chance(struct entry *x)
{
    entry_phrase(x, number_chance(*(const double *)entry_member(x), x->view->language));
}

#define CHANCE(word, member)                                                                                 \
    {                                                                                                        \
        NULL, word, VALUE_TEXT, chance, .at = offsetof(struct chance_row, at.member)                         \
    }

static const struct column chances_columns[] = {
    { NULL, WORD_CMD_Q, VALUE_TEXT, q, .absent = WORD_CMD_POPULATION },
    CHANCE(WORD_V_COMPATIBLE, compatible),
    CHANCE(WORD_V_INCOMPATIBLE, incompatible),
    CHANCE(WORD_V_UNDECIDED, undecided),
    { NULL, WORD_CMD_EXPECTED, VALUE_REAL, MEMBER(struct chance_row, at.placements), .digits = 1 },
    { 0 },
};

const struct table table_chances = { .columns = chances_columns,
                                     .array = ARRAY(struct chances, rows, count) };
