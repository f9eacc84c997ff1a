/* What is flagged, and never dropped: outliers and impossible times, by record. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <stdio.h>

#define RUN(member) MEMBER_OF_RUN(member)

/* ---- by reader ---- */

#define READER(member) MEMBER(struct findings_reader, member)

static const struct column reader_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_C_TRANSACTIONS, VALUE_COUNT, READER(transactions) },
    { NULL, WORD_C_OUTLIERS, VALUE_COUNT, READER(outliers) },
    { NULL, WORD_C_IMPOSSIBLE, VALUE_COUNT, READER(impossible) },
    { 0 },
};

const struct table table_flagged = {
    .caption = WORD_FLAGGED_CAPTION, .columns = reader_columns, .count = readers_count, .row = readers_row
};

/* ---- outliers ---- */

static enum word advice_word(const struct findings_outlier *o)
{
    switch (o->place) {
    case FINDINGS_PLACE_ACTIVATE:
        return o->laid ? WORD_O_ACTIVATE_LAID : WORD_O_ACTIVATE;
    case FINDINGS_PLACE_EXCHANGES:
        return o->beyond_fwt ? WORD_O_BEYOND_FWT : o->laid ? WORD_O_EXCHANGES_LAID : WORD_O_EXCHANGES;
    case FINDINGS_PLACE_BETWEEN:
        return WORD_O_BETWEEN;
    case FINDINGS_PLACE_NONE:
        break;
    }
    return WORD_O_NOWHERE;
}

static void advice(struct entry *x)
{
    entry_word(x, advice_word(x->row->of), findings_outlier_advice(x->row->of));
    x->value.class = "long";
}

#define OUTLIER(member) MEMBER(struct findings_outlier, member)

static const struct column outlier_columns[] = {
    { "record", WORD_C_LINE, VALUE_NAME, OUTLIER(line) },
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { "cell", WORD_C_CELLS_ONE, VALUE_CELL, row_cell },
    { "us", WORD_C_TIME_MS, VALUE_TIME, OUTLIER(us) },
    { "cell_median", WORD_C_CELL_MEDIAN, VALUE_TIME, OUTLIER(cell_median_us) },
    { NULL, WORD_C_LOOK_AT, VALUE_WORD, advice },
    YAML("advice", TEXT, .get = advice),
    { 0 },
};

static bool outlier_row(const struct view *v, struct row *row)
{
    row_name_cell(v, row, ((const struct findings_outlier *)row->of)->cell);
    return true;
}

const struct table table_outliers = {
    .id = "first",
    .flow = true,
    .caption = WORD_OUTLIERS_CAPTION,
    .look = LOOK_WORDS,
    .fold = FOLD_LONG,
    .columns = outlier_columns,
    .array = ARRAY_INSIDE(struct findings, outliers, outlier_kept),
    .row = outlier_row,
};

static const struct column outliers_columns[] = {
    YAML("count", COUNT, RUN(outlier_count)),
    YAML("cells_too_small", COUNT, RUN(outlier_cells_small)),
    { .child = &table_outliers },
    { 0 },
};

const struct table table_outliers_summary = { .id = "outliers",
                                              .look = LOOK_RECORD,
                                              .columns = outliers_columns };

/* ---- impossible times ---- */

static void technology(struct entry *x)
{
    const struct findings_impossible *o = x->row->of;
    entry_phrase(x, (struct phrase) { { o->technology } });
    x->value.note = "";
}

#define IMPOSSIBLE(member) MEMBER(struct findings_impossible, member)

static const struct column impossible_columns[] = {
    { "record", WORD_C_LINE, VALUE_NAME, IMPOSSIBLE(line) },
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { "cell", WORD_C_CELLS_ONE, VALUE_CELL, row_cell },
    { "exchange", WORD_C_EXCHANGE, VALUE_NAME, IMPOSSIBLE(exchange) },
    { "us", WORD_C_TIME_MS, VALUE_TIME, IMPOSSIBLE(us) },
    { "floor", WORD_C_FLOOR, VALUE_TIME, IMPOSSIBLE(floor_us) },
    { "kbit_s", WORD_C_RATE, VALUE_COUNT, IMPOSSIBLE(kbit_s) },
    YAML("technology", TEXT, .get = technology),
    { 0 },
};

static bool impossible_row(const struct view *v, struct row *row)
{
    row_name_cell(v, row, ((const struct findings_impossible *)row->of)->cell);
    return true;
}

const struct table table_impossible = {
    .id = "first",
    .flow = true,
    .caption = WORD_IMPOSSIBLE_CAPTION,
    .look = LOOK_WORDS,
    .fold = FOLD_LONG,
    .columns = impossible_columns,
    .array = ARRAY_INSIDE(struct findings, impossible, impossible_kept),
    .row = impossible_row,
};

static const struct column impossible_times_columns[] = {
    YAML("count", COUNT, RUN(impossible_count)),
    { .child = &table_impossible },
    { 0 },
};

const struct table table_impossible_summary = { .id = "impossible_times",
                                                .look = LOOK_RECORD,
                                                .columns = impossible_times_columns };
