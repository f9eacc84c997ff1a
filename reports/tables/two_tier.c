/* The limits of a scheme of two tiers, handsets that must not pass, and what becomes of handsets under it. */
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- limits: a row for every number of dirty placements that is let through ---- */

static const struct tier_limits *limits_of(const struct row *row)
{
    return row->of;
}

static size_t limits_count(const struct view *v, const struct row *parent)
{
    (void)v;
    return (size_t)limits_of(parent)->most + 1;
}

static bool limits_row(const struct view *v, struct row *row)
{
    const struct tier_limits *l = limits_of(row);
    (void)v;
    return row->i > 0 && l->dirty[row->i] > l->dirty[row->i - 1];
}

static void limit_tours(struct entry *x)
{
    entry_number(x, x->row->i);
}

static void limit_placements(struct entry *x)
{
    entry_number(x, x->row->i * limits_of(x->row)->step);
}

static void limit_dirty(struct entry *x)
{
    unsigned dirty = (unsigned)limits_of(x->row)->dirty[x->row->i];
    struct phrase digits = number_name(dirty);
    const char *args[] = { digits.text, NULL };
    entry_phrase(x, dirty == 0 ? digits : phrase_fill(WORD_CMD_OR_FEWER, x->view->language, args));
}

static const struct column mean_columns[] = {
    { NULL, WORD_CMD_TOURS, VALUE_COUNT, limit_tours },
    { NULL, WORD_CMD_FROM_PLACEMENTS, VALUE_COUNT, limit_placements },
    { NULL, WORD_CMD_OF_THEM_DIRTY, VALUE_TEXT, limit_dirty },
    { 0 },
};

const struct table table_mean_limits = { .columns = mean_columns, .count = limits_count, .row = limits_row };

/* ---- handsets, by the q of their readers ---- */

static const struct handset_row *handset_of(const struct entry *x)
{
    return x->row->of;
}

/* Of a q that was computed; four digits count. */
static double rounded(double q)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%.4g", q);
    return strtod(digits, NULL);
}

static void handset_name(struct entry *x)
{
    const struct handset_row *h = handset_of(x);
    enum language language = x->view->language;
    struct phrase count = number_name(h->first), first = number_percent_given(h->q_first, language),
                  rest = number_percent_given(rounded(h->q_rest), language);
    const char *args[] = { count.text, first.text, rest.text, NULL };
    enum word word = h->kind == HANDSET_POPULATION ? WORD_CMD_POPULATION
                     : h->kind == HANDSET_GOOD     ? WORD_CMD_POPULATION_GOOD
                     : h->kind == HANDSET_ALIKE    ? WORD_CMD_ALL_READERS_AT
                                                   : WORD_CMD_SOME_READERS_AT;
    entry_phrase(x, phrase_fill(word, language, args));
}

static void chance(struct entry *x)
{
    entry_phrase(x, number_chance(*(const double *)entry_member(x), x->view->language));
}

#define CHANCE(word, member)                                                                                 \
    {                                                                                                        \
        NULL, word, VALUE_TEXT, chance, .at = offsetof(struct handset_row, member)                           \
    }

static const struct column worst_columns[] = {
    { NULL, WORD_CMD_HANDSET_WITH, VALUE_TEXT, handset_name },
    CHANCE(WORD_CMD_MEAN_MET, accepted),
    { 0 },
};

const struct table table_worst_cases = { .columns = worst_columns,
                                         .array = ARRAY(struct handset_rows, rows, count) };

static const struct column row_columns[] = {
    { NULL, WORD_CMD_HANDSET_WITH, VALUE_TEXT, handset_name },
    CHANCE(WORD_ROW_PASSES, at.passes),
    CHANCE(WORD_CMD_SHOWN_ABOVE, at.rejected),
    CHANCE(WORD_CMD_NOT_REACHED, at.unreached),
    { NULL, WORD_CMD_EXPECTED_CELL, VALUE_REAL, MEMBER(struct handset_row, at.placements), .digits = 1 },
    { 0 },
};

const struct table table_row_chances = { .columns = row_columns,
                                         .array = ARRAY(struct handset_rows, rows, count) };
