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

static const struct budget_times *part_of(const struct entry *x)
{
    return &script_of(x->row)->parts[x->row->k];
}

static void n(struct entry *x)
{
    entry_number(x, script_of(x->row)->parts[BUDGET_TOTAL].n);
}

static void median(struct entry *x)
{
    if (part_of(x)->n > 0)
        entry_quantile(x, &part_of(x)->median.at);
    else
        entry_absent(x, WORD_DASH, NULL);
}

static void mean_time(struct entry *x, double us, bool there)
{
    if (there)
        entry_number(x, (uint64_t)(us + 0.5));
    else
        entry_absent(x, WORD_DASH, NULL);
}

static void mean(struct entry *x)
{
    mean_time(x, part_of(x)->mean_us, part_of(x)->n > 0);
}

static void mean_of_host(struct entry *x)
{
    mean_time(x, script_of(x->row)->host_us,
              x->f->budget->readers[x->row->reader].host.from != BUDGET_HOST_NONE);
}

static size_t parts_count(const struct view *v, const struct row *parent)
{
    (void)v, (void)parent;
    return BUDGET_PARTS;
}

static struct phrase part_name(const struct view *v, size_t k)
{
    static const enum word words[BUDGET_PARTS] = { [BUDGET_ACTIVATE] = WORD_PART_ACTIVATE,
                                                   [BUDGET_EXCHANGES] = WORD_PART_ALL_EXCHANGES,
                                                   [BUDGET_BETWEEN] = WORD_PART_BETWEEN,
                                                   [BUDGET_TOTAL] = WORD_PART_TOTAL,
                                                   [BUDGET_WITHOUT_HOST] = WORD_PART_WITHOUT_HOST };
    return phrase_cut(word_text(words[k], v->language));
}

static const struct axis axis_parts = { parts_count, part_name, NULL };

static const struct column median_columns[] = {
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_N, VALUE_COUNT, n },
    { NULL, WORD_C_EXCHANGES, VALUE_REAL, MEMBER(struct budget_script, exchanges) },
    { NULL, WORD_NONE, VALUE_QUANTILE, median, .axis = &axis_parts, .place = PLACE_BESIDE },
    { 0 },
};

static const struct column mean_columns[] = {
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_N, VALUE_COUNT, n },
    { NULL, WORD_C_EXCHANGES, VALUE_REAL, MEMBER(struct budget_script, exchanges) },
    { NULL, WORD_NONE, VALUE_TIME, mean, .axis = &axis_parts },
    { NULL, WORD_PART_HOST, VALUE_TIME, mean_of_host },
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

static void host_floor(struct entry *x)
{
    if (reader_of(x)->host.from != BUDGET_HOST_NONE)
        entry_number(x, reader_of(x)->host.us);
    else
        entry_absent(x, WORD_DASH, NULL);
}

static void host_from(struct entry *x)
{
    const struct budget_host *h = &reader_of(x)->host;
    switch (h->from) {
    case BUDGET_HOST_EXCHANGE:
        ENTRY_FILL(x, WORD_HOST_EXCHANGE, number_name(h->line).text, number_ms(h->exchange_us).text,
                   number_ms(h->floor_us).text);
        break;
    case BUDGET_HOST_CALIBRATION:
        ENTRY_FILL(x, WORD_HOST_CALIBRATION, number_name(h->line).text, h->what);
        break;
    case BUDGET_HOST_NONE:
        entry_absent(x, WORD_HOST_ABSENT, NULL);
        break;
    }
}

static void detected(struct entry *x)
{
    entry_number(x, reader_of(x)->detect.n);
}

static void detection(struct entry *x)
{
    if (reader_of(x)->detect.n > 0)
        entry_quantile(x, &reader_of(x)->detect.median);
    else
        entry_absent(x, WORD_DETECT_ABSENT, NULL);
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
    if (reader_of(x)->detect.n > 0)
        entry_text(x, reader_of(x)->detect_sources_differ ? "…" : reader_of(x)->detect_source);
}

static const struct column host_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_C_HOST_FLOOR, VALUE_TIME, host_floor },
    { NULL, WORD_C_HOST_FROM, VALUE_LONG, host_from },
    { NULL, WORD_C_DETECTED, VALUE_COUNT, detected },
    { NULL, WORD_C_DETECTION, VALUE_QUANTILE, detection },
    { NULL, WORD_C_QUANTUM, VALUE_TIME, quantum },
    { NULL, WORD_C_DETECT_SOURCE, VALUE_TOLD, source },
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
