/* Where the time of a transaction goes: detection, activation, exchanges, and what the host takes of them. */
#include "harness/findings/time_budget.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

/* ---- by script and reader: a row is about a struct budget_script ---- */

static const struct budget_script *script_of(const struct row *row)
{
    return row->of;
}

static void mean_time(struct entry *x, double us, bool there)
{
    if (there)
        entry_number(x, (uint64_t)(us + 0.5));
}

static void mean(struct entry *x)
{
    const struct budget_times *part = entry_member(x);
    mean_time(x, part->mean_us, part->n > 0);
}

static void mean_of_host(struct entry *x)
{
    enum budget_host_from from = x->f->budget->readers[x->row->reader].host.from;
    mean_time(x, script_of(x->row)->host_us, from != BUDGET_HOST_NONE);
}

#define SCRIPT(member) MEMBER(struct budget_script, member)
#define MEDIAN(part)   SCRIPT(parts[part].median), .absent = WORD_DASH, .place = PLACE_BESIDE
#define MEAN(part)     mean, .at = offsetof(struct budget_script, parts[part]), .absent = WORD_DASH

static const struct column median_columns[] = {
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_N, VALUE_COUNT, SCRIPT(parts[BUDGET_TOTAL].n) },
    { NULL, WORD_C_EXCHANGES, VALUE_REAL, SCRIPT(exchanges) },
    { NULL, WORD_PART_ACTIVATE, VALUE_QUANTILE, MEDIAN(BUDGET_ACTIVATE) },
    { NULL, WORD_PART_ALL_EXCHANGES, VALUE_QUANTILE, MEDIAN(BUDGET_EXCHANGES) },
    { NULL, WORD_PART_BETWEEN, VALUE_QUANTILE, MEDIAN(BUDGET_BETWEEN) },
    { NULL, WORD_PART_TOTAL, VALUE_QUANTILE, MEDIAN(BUDGET_TOTAL) },
    { NULL, WORD_PART_WITHOUT_HOST, VALUE_QUANTILE, MEDIAN(BUDGET_WITHOUT_HOST) },
    { 0 },
};

static const struct column mean_columns[] = {
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_N, VALUE_COUNT, SCRIPT(parts[BUDGET_TOTAL].n) },
    { NULL, WORD_C_EXCHANGES, VALUE_REAL, SCRIPT(exchanges) },
    { NULL, WORD_PART_ACTIVATE, VALUE_TIME, MEAN(BUDGET_ACTIVATE) },
    { NULL, WORD_PART_ALL_EXCHANGES, VALUE_TIME, MEAN(BUDGET_EXCHANGES) },
    { NULL, WORD_PART_BETWEEN, VALUE_TIME, MEAN(BUDGET_BETWEEN) },
    { NULL, WORD_PART_TOTAL, VALUE_TIME, MEAN(BUDGET_TOTAL) },
    { NULL, WORD_PART_WITHOUT_HOST, VALUE_TIME, MEAN(BUDGET_WITHOUT_HOST) },
    { NULL, WORD_PART_HOST, VALUE_TIME, mean_of_host, .absent = WORD_DASH },
    { 0 },
};

static bool budget_row(const struct view *v, struct row *row)
{
    scripts_by_readers_row(v, row);
    row->of = &v->report->findings->budget->readers[row->reader].scripts[row->script];
    return script_of(row)->parts[BUDGET_TOTAL].n > 0;
}

const struct table table_budget = {
    .caption = WORD_BUDGET_CAPTION,
    .columns = median_columns,
    .count = scripts_by_readers_count,
    .row = budget_row,
};

const struct table table_budget_means = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = mean_columns,
    .count = scripts_by_readers_count,
    .row = budget_row,
};

/* ---- the host's share, and how a phone was noticed: a row is about a struct budget_reader ---- */

static const struct budget_reader *reader_of(const struct entry *x)
{
    return x->row->of;
}

static bool has_host(const struct entry *x)
{
    return reader_of(x)->host.from != BUDGET_HOST_NONE;
}

static void host_from(struct entry *x)
{
    const struct budget_host *h = &reader_of(x)->host;
    struct phrase line = number_name(h->line);
    if (h->from == BUDGET_HOST_EXCHANGE)
        ENTRY_FILL(x, WORD_HOST_EXCHANGE, line.text, number_ms(h->exchange_us).text,
                   number_ms(h->floor_us).text);
    else if (h->from == BUDGET_HOST_CALIBRATION)
        ENTRY_FILL(x, WORD_HOST_CALIBRATION, line.text, h->what, number_name(h->n).text,
                   number_ms(h->median_us).text);
}

static void quantum(struct entry *x)
{
    if (reader_of(x)->detect_quantum_us > 0)
        entry_number(x, reader_of(x)->detect_quantum_us);
    else if (reader_of(x)->detect.n > 0)
        entry_absent(x, WORD_DASH, NULL);
}

static void source(struct entry *x)
{
    static const struct said several = { .text = "…" };
    if (reader_of(x)->detect.n > 0)
        entry_said(x, reader_of(x)->detect_sources_differ ? &several : reader_of(x)->detect_source);
}

#define READER(member) MEMBER(struct budget_reader, member)

static const struct column host_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_C_HOST_FLOOR, VALUE_TIME, READER(host.us), .when = has_host, .absent = WORD_DASH },
    { NULL, WORD_C_HOST_FROM, VALUE_LONG, host_from, .absent = WORD_HOST_ABSENT },
    { NULL, WORD_C_DETECTED, VALUE_COUNT, READER(detect.n) },
    { NULL, WORD_C_DETECTION, VALUE_QUANTILE, READER(detect.median), .absent = WORD_DETECT_ABSENT },
    { NULL, WORD_C_QUANTUM, VALUE_TIME, quantum },
    { NULL, WORD_C_DETECT_SOURCE, VALUE_SAID, source },
    { 0 },
};

static bool host_row(const struct view *v, struct row *row)
{
    row->reader = row->i;
    row->of = &v->report->findings->budget->readers[row->i];
    return true;
}

const struct table table_hosts = {
    .caption = WORD_HOST_CAPTION,
    .look = LOOK_WORDS,
    .columns = host_columns,
    .count = readers_count,
    .row = host_row,
};
