/* What is flagged, and never dropped: outliers and impossible times, by record; and drift, by series. */
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

/* ---- drift ---- */

static void percent_an_hour(struct entry *x)
{
    member_real(x);
    x->value.real *= 100;
}

static void percent_interval(struct entry *x)
{
    const struct findings_drift *d = x->row->of;
    struct phrase text;
    if (!isfinite(d->low) || !isfinite(d->high))
        return;
    snprintf(text.text, sizeof text.text, "[%.3f, %.3f]", 100.0 * d->low, 100.0 * d->high);
    entry_phrase(x, text);
}

#define DRIFT(member) MEMBER(struct findings_drift, member)

static const struct column drift_columns[] = {
    YAML("reader_unit", TEXT, .get = row_reader),
    YAML("script", TEXT, .get = row_script),
    YAML("execution", COUNT, DRIFT(execution)),
    YAML("session", COUNT, DRIFT(session)),
    YAML("placements", COUNT, DRIFT(placements)),
    YAML("cells", COUNT, DRIFT(cells)),
    YAML("drifts", BOOL, DRIFT(drifts)),
    YAML("percent_an_hour", REAL, .get = percent_an_hour, .at = offsetof(struct findings_drift, per_hour),
         .digits = 3),
    YAML("percent_interval", WORD, .get = percent_interval),
    YAML("spearman", REAL, DRIFT(spearman), .digits = 4),
    YAML("p", P, DRIFT(p)),
    YAML("p_adjusted", P, DRIFT(p_adjusted)),
    YAML("autocorrelated", BOOL, DRIFT(autocorrelated)),
    YAML("lag1", REAL, DRIFT(lag1), .digits = 4),
    YAML("lag1_expected", REAL, DRIFT(lag1_expected), .digits = 4),
    YAML("lag1_limit", REAL, DRIFT(lag1_limit), .digits = 4),
    { 0 },
};

static bool drift_row(const struct view *v, struct row *row)
{
    const struct findings_drift *d = row->of;
    (void)v;
    row->reader = d->reader;
    row->script = d->script;
    return true;
}

static const struct table drift_list = {
    .id = "list",
    .columns = drift_columns,
    .array = ARRAY(struct findings, drifts, drift_count),
    .row = drift_row,
};

static const struct column drifts_columns[] = {
    YAML("series", COUNT, RUN(drift_count)),
    YAML("too_small", COUNT, RUN(drift_small)),
    { .child = &drift_list },
    { 0 },
};

const struct table table_drift = {
    .id = "drift", .look = LOOK_RECORD, .columns = drifts_columns, .row = run_row
};
