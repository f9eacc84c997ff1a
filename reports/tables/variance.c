/*
 * Where the variance of times and of dirty placements comes from (harness/matrix/gauge.h): a row a measure and script,
 * with the shares of readers, handsets, both together, sessions, placements and transactions.
 */
#include "reports/tables/variance.h"

#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>

#define NOT_ESTIMABLE "not estimable"
#define SENTENCE_MAX  (1u << 16)

static const struct gauge *gauge_of(const struct entry *x)
{
    return x->row->of;
}

/* ---- sentences ---- */

static enum word measure_word(const struct gauge *g)
{
    return g->what == GAUGE_TIME ? WORD_GAUGE_TIMES : WORD_GAUGE_DIRTY;
}

static const char *part_inside(enum gauge_part part, enum language language)
{
    static const enum word words[GAUGE_PARTS] = {
        [GAUGE_READER] = WORD_GAUGE_OF_READERS,    [GAUGE_HANDSET] = WORD_GAUGE_OF_HANDSETS,
        [GAUGE_BOTH] = WORD_GAUGE_OF_BOTH,         [GAUGE_SESSION] = WORD_GAUGE_OF_SESSIONS,
        [GAUGE_PLACEMENT] = WORD_GAUGE_OF_PLACING, [GAUGE_REPEAT] = WORD_GAUGE_OF_REPEATING,
    };
    return word_text(words[part], language);
}

static struct phrase percent(double share)
{
    return number_fixed(100.0 * (isnan(share) ? 0.0 : share), 1);
}

void variance_add_sentence(struct buf *out, const struct report *r, const struct gauge *g,
                           enum language language)
{
    const char *measure = word_text(measure_word(g), language),
               *script = name_script(r->findings, g->script, language);
    if (g->largest == GAUGE_PARTS) {
        PHRASE_ADD(out, WORD_GAUGE_NOTHING, language, measure, script);
        return;
    }
    PHRASE_ADD(out, WORD_GAUGE_MOST, language, measure, script, part_inside(g->largest, language),
               percent(g->share[g->largest]).text);
    if (isnan(g->share[GAUGE_READER])) {
        PHRASE_ADD(out, WORD_GAUGE_NO_CHOICE, language, NULL);
        return;
    }
    double both = isnan(g->share[GAUGE_BOTH]) ? 0.0 : g->share[GAUGE_BOTH];
    PHRASE_ADD(out, WORD_GAUGE_CHOICE, language, percent(g->share[GAUGE_READER] + both).text,
               percent(g->share[GAUGE_READER]).text, percent(both).text);
    if (gauge_hangs_on_one_reader(g))
        PHRASE_ADD(out, WORD_GAUGE_ONE_READER, language, r->findings->survey->readers[g->without_reader].unit,
                   percent(g->share_without).text);
}

void variance_add_note(struct buf *out, const struct report *r, enum language language)
{
    size_t sessions = 0;
    for (size_t i = 0; r->matrix && i < r->matrix->gauge_count; i++)
        sessions = r->matrix->gauges[i].sessions > sessions ? r->matrix->gauges[i].sessions : sessions;
    PHRASE_ADD(out, sessions < GAUGE_SESSIONS_LEAST ? WORD_GAUGE_FEW_SESSIONS : WORD_GAUGE_SESSIONS, language,
               number_count(sessions).text, number_count(GAUGE_SESSIONS_LEAST).text);
}

/* ---- the table ---- */

static const char *part_id(size_t k)
{
    return gauge_part_name((enum gauge_part)k);
}

static struct phrase part_name(const struct view *v, size_t k)
{
    static const enum word words[GAUGE_PARTS] = {
        [GAUGE_READER] = WORD_C_READER,         [GAUGE_HANDSET] = WORD_C_HANDSET,
        [GAUGE_BOTH] = WORD_GAUGE_BOTH,         [GAUGE_SESSION] = WORD_C_SESSION,
        [GAUGE_PLACEMENT] = WORD_GAUGE_PLACING, [GAUGE_REPEAT] = WORD_GAUGE_REPEATING,
    };
    return phrase_cut(word_text(words[k], v->language));
}

/* CSV has three columns a part, which their names tell apart. */
static struct phrase csv_name(const char *before, size_t k)
{
    struct phrase name;
    snprintf(name.text, sizeof name.text, "%s_%s", before, part_id(k));
    return name;
}

static struct phrase share_name(const struct view *v, size_t k)
{
    return v->form == FORM_CSV ? csv_name("share", k) : part_name(v, k);
}

static struct phrase sd_name(const struct view *v, size_t k)
{
    return v->form == FORM_CSV ? csv_name("sd", k)
                               : PHRASE_FILL(WORD_GAUGE_SD, v->language, part_name(v, k).text);
}

static struct phrase variance_name(const struct view *v, size_t k)
{
    (void)v;
    return csv_name("variance", k);
}

static const struct axis axis_shares = { .copies = GAUGE_PARTS, .name = share_name, .id = part_id };
static const struct axis axis_sds = { .copies = GAUGE_PARTS, .name = sd_name, .id = part_id };
static const struct axis axis_variances = { .copies = GAUGE_PARTS, .name = variance_name, .id = part_id };

static void what(struct entry *x)
{
    entry_word(x, measure_word(gauge_of(x)), gauge_what_name(gauge_of(x)->what));
}

/* The column's `at` is that of an array with a number a part. */
static void of_part(struct entry *x)
{
    const double *values = entry_member(x);
    if (isnan(values[x->row->k]))
        entry_absent(x, WORD_GAUGE_NOT_ESTIMABLE, NOT_ESTIMABLE);
    else
        entry_real(x, values[x->row->k]);
}

/* Beside a share on a page: how far one is typically from another. */
static void typical(struct entry *x)
{
    double sd = gauge_of(x)->sd[x->row->k];
    struct phrase size = number_fixed(100.0 * sd, 1);
    if (isnan(sd))
        return;
    entry_phrase(x, PHRASE_FILL(gauge_of(x)->what == GAUGE_TIME ? WORD_GAUGE_PERCENT : WORD_GAUGE_POINTS,
                                x->view->language, size.text));
}

static void says(struct entry *x)
{
    struct buf b;
    buf_init(&b, SENTENCE_MAX);
    variance_add_sentence(&b, x->view->report, gauge_of(x), x->view->language);
    entry_buf(x, &b);
}

static void hangs_on(struct entry *x)
{
    const struct gauge *g = gauge_of(x);
    if (gauge_hangs_on_one_reader(g))
        entry_text(x, x->f->survey->readers[g->without_reader].unit);
}

static bool when_hangs(const struct entry *x)
{
    return gauge_hangs_on_one_reader(gauge_of(x));
}

#define READ          (FORM_PAGE | FORM_SHEET | FORM_MARKDOWN | FORM_TEXT)
#define DATA          (FORM_YAML | FORM_CSV)
#define GAUGE(member) MEMBER(struct gauge, member)
#define PARTS(member) of_part, .at = offsetof(struct gauge, member)

static const struct column columns[] = {
    { "simulated", WORD_NONE, VALUE_WORD, row_origin, FORM_CSV },
    { "damaged_at", WORD_NONE, VALUE_TEXT, row_damaged_lines, FORM_CSV },
    { "open_since", WORD_NONE, VALUE_TEXT, row_open_since, FORM_CSV },
    { "measure", WORD_GAUGE_WHAT, VALUE_WORD, what, READ | DATA, .width = 20 },
    { "script", WORD_C_SCRIPT, VALUE_TEXT, row_script, READ | DATA },
    { "values", WORD_GAUGE_VALUES, VALUE_COUNT, .where = READ | DATA, GAUGE(values) },
    { "placements", WORD_GAUGE_PLACEMENTS, VALUE_COUNT, .where = FORM_SHEET | DATA, GAUGE(placements) },
    { "readers", WORD_GAUGE_READERS, VALUE_COUNT, .where = FORM_SHEET | DATA, GAUGE(readers) },
    { "handsets", WORD_C_HANDSETS, VALUE_COUNT, .where = FORM_SHEET | DATA, GAUGE(handsets) },
    { "sessions", WORD_GAUGE_DAYS, VALUE_COUNT, .where = FORM_SHEET | DATA, GAUGE(sessions) },
    { "conditions", WORD_NONE, VALUE_COUNT, .where = DATA, GAUGE(conditions) },
    { "share.", WORD_NONE, VALUE_SHARE, PARTS(share), .where = READ | DATA, .axis = &axis_shares },
    { NULL, WORD_NONE, VALUE_TEXT, typical, FORM_PAGE, .axis = &axis_shares, .place = PLACE_UNDER },
    { "sd.", WORD_NONE, VALUE_SHARE, PARTS(sd), .where = FORM_SHEET | DATA, .axis = &axis_sds },
    { "variance.", WORD_NONE, VALUE_REAL, PARTS(variance), .where = DATA, .axis = &axis_variances,
      .digits = 8 },
    { "hangs_on", WORD_NONE, VALUE_TEXT, hangs_on, DATA },
    { "reader_share_without", WORD_NONE, VALUE_SHARE, .where = DATA, GAUGE(share_without),
      .when = when_hangs },
    { NULL, WORD_C_SAYS, VALUE_LONG, says, FORM_SHEET | FORM_MARKDOWN, .width = 80 },
    { 0 },
};

static size_t gauges_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->matrix ? v->report->matrix->gauge_count : 0;
}

static bool gauge_row(const struct view *v, struct row *row)
{
    const struct gauge *g = &v->report->matrix->gauges[row->i];
    row->of = g;
    row->script = g->script;
    return true;
}

const struct table table_variance = {
    .id = "variance",
    .note = "a gauge study: shares of the variance of ln(time) and of dirty placements, inside of a "
            "condition; null: not estimable",
    .flow = true,
    .caption = WORD_GAUGE_CAPTION,
    .frozen = 1,
    .columns = columns,
    .there = is_of_matrix,
    .count = gauges_count,
    .row = gauge_row,
};
