/* What is flagged, and never dropped: outliers and impossible times, by record. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <stdio.h>

#define RUN(member) MEMBER(struct findings, member)

/* ---- outliers ---- */

static void advice(struct entry *x)
{
    entry_text(x, findings_outlier_advice(x->row->of));
}

#define OUTLIER(member) MEMBER(struct findings_outlier, member)

static const struct column outlier_columns[] = {
    YAML("record", NAME, OUTLIER(line)), YAML("cell", NAME, OUTLIER(cell)),
    YAML("us", TIME, OUTLIER(us)),       YAML("cell_median", TIME, OUTLIER(cell_median_us)),
    YAML("advice", TEXT, .get = advice), { 0 },
};

static const struct table first_outliers = {
    .id = "first",
    .flow = true,
    .columns = outlier_columns,
    .array = ARRAY_INSIDE(struct findings, outliers, outlier_kept),
};

static const struct column outliers_columns[] = {
    YAML("count", COUNT, RUN(outlier_count)),
    YAML("cells_too_small", COUNT, RUN(outlier_cells_small)),
    { .child = &first_outliers },
    { 0 },
};

const struct table table_outliers = {
    .id = "outliers", .look = LOOK_RECORD, .columns = outliers_columns, .row = run_row
};

/* ---- impossible times ---- */

static void technology(struct entry *x)
{
    const struct findings_impossible *o = x->row->of;
    entry_phrase(x, (struct phrase) { { o->technology } });
    x->value.note = "";
}

#define IMPOSSIBLE(member) MEMBER(struct findings_impossible, member)

static const struct column impossible_columns[] = {
    YAML("record", NAME, IMPOSSIBLE(line)),       YAML("cell", NAME, IMPOSSIBLE(cell)),
    YAML("exchange", NAME, IMPOSSIBLE(exchange)), YAML("us", TIME, IMPOSSIBLE(us)),
    YAML("floor", TIME, IMPOSSIBLE(floor_us)),    YAML("kbit_s", COUNT, IMPOSSIBLE(kbit_s)),
    YAML("technology", TEXT, .get = technology),  { 0 },
};

static const struct table first_impossible = {
    .id = "first",
    .flow = true,
    .columns = impossible_columns,
    .array = ARRAY_INSIDE(struct findings, impossible, impossible_kept),
};

static const struct column impossible_times_columns[] = {
    YAML("count", COUNT, RUN(impossible_count)),
    { .child = &first_impossible },
    { 0 },
};

const struct table table_impossible = {
    .id = "impossible_times", .look = LOOK_RECORD, .columns = impossible_times_columns, .row = run_row
};
