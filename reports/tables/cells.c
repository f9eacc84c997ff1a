#include "reports/tables/cells.h"

#include "harness/base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a column's value is: a name, or a member of struct findings_cell. */
enum source {
    SOURCE_NONE = 0,
    SIMULATED,
    CELL_NUMBER,
    HANDSET,
    HANDSET_MODEL,
    SIM,
    READER,
    READER_MODEL,
    CONDITION,
    POWER_MODE,
    SCRIPT,
    NEED,
    WHY_NOT,
    VERDICT,
    CANDIDATES,
    CARD_OR_READER,
    LOWER,
    UPPER,
    UNSIGNED,
    MISSING,
    U64,
    QUANTILE,
    QUANTILE_LOW,
    QUANTILE_HIGH,
    MOST,
};

struct column {
    const char *name;
    enum word header;
    enum source source;
    size_t at;      /* in struct findings_cell; the number of a cause of U64 behind the table */
    enum word part; /* {0} of the header; WORD_COUNT: none */
};

#define AT(member) offsetof(struct findings_cell, member)
#define PLAIN(n, h, s, at)                                                                                   \
    {                                                                                                        \
        n, WORD_##h, s, at, WORD_COUNT                                                                       \
    }
#define STAGE(n, stage)                                                                                      \
    {                                                                                                        \
        "ended_at_" n, WORD_SH_ENDED_AT, U64, AT(failures_by_stage) + sizeof(uint64_t) * STAGE_##stage,      \
            WORD_STAGE_##stage                                                                               \
    }
#define TIMES(prefix, member, part)                                                                          \
    { prefix "_ms", WORD_SH_MS, QUANTILE, AT(member), WORD_##part },                                         \
        { prefix "_low_ms", WORD_SH_MS_LOW, QUANTILE_LOW, AT(member), WORD_##part },                         \
    {                                                                                                        \
        prefix "_high_ms", WORD_SH_MS_HIGH, QUANTILE_HIGH, AT(member), WORD_##part                           \
    }

static const struct column columns[] = {
    PLAIN("simulated", SIMULATED, SIMULATED, 0),
    PLAIN("cell", SH_CELL, CELL_NUMBER, 0),
    PLAIN("handset", C_HANDSET, HANDSET, 0),
    PLAIN("handset_model", SH_HANDSET_MODEL, HANDSET_MODEL, 0),
    PLAIN("sim", C_SIM, SIM, 0),
    PLAIN("reader", C_READER, READER, 0),
    PLAIN("reader_model", SH_READER_MODEL, READER_MODEL, 0),
    PLAIN("condition", C_CONDITION, CONDITION, 0),
    PLAIN("power_mode", SH_POWER_MODE, POWER_MODE, 0),
    PLAIN("script", C_SCRIPT, SCRIPT, 0),
    PLAIN("asked_for", SH_NEED, NEED, 0),
    PLAIN("verdict", C_VERDICT, VERDICT, AT(verdict)),
    PLAIN("n", SH_N, UNSIGNED, AT(n)),
    PLAIN("d", SH_D, UNSIGNED, AT(d)),
    PLAIN("lower", SH_LOWER, LOWER, AT(lower)),
    PLAIN("upper", SH_UPPER, UPPER, AT(upper)),
    PLAIN("more_clean_placements", SH_MORE, MISSING, 0),
    PLAIN("why_not_run", SH_WHY_NOT, WHY_NOT, 0),
    PLAIN("verdict_invalid_as_dirty", SH_VERDICT_INVALID, VERDICT, AT(verdict_invalid_as_dirty)),
    PLAIN("verdict_without_withdrawn", SH_VERDICT_WITHDRAWN, VERDICT, AT(verdict_without_withdrawn)),
    PLAIN("invalid_placements", SH_INVALID, UNSIGNED, AT(invalid)),
    PLAIN("excluded_placements", SH_EXCLUDED, UNSIGNED, AT(excluded)),
    PLAIN("aborted_placements", SH_ABORTED, UNSIGNED, AT(aborted)),
    PLAIN("withdrawn_placements", SH_WITHDRAWN, UNSIGNED, AT(withdrawn)),
    PLAIN("withdrawn_dirty", SH_WITHDRAWN_DIRTY, UNSIGNED, AT(withdrawn_dirty)),
    PLAIN("transactions_ok", SH_OK, U64, AT(ok)),
    PLAIN("transactions_failed", SH_FAILED, U64, AT(fail)),
    PLAIN("transactions_invalid", SH_T_INVALID, U64, AT(invalid_transactions)),
    PLAIN("transactions_not_applicable", SH_T_NOT_APPLICABLE, U64, AT(not_applicable)),
    PLAIN("transactions_slow", SH_SLOW, U64, AT(slow)),
    STAGE("setup", SETUP),
    STAGE("detect", DETECT),
    STAGE("activate", ACTIVATE),
    STAGE("route", ROUTE),
    STAGE("exchange", EXCHANGE),
    STAGE("check", CHECK),
    PLAIN("candidate_causes", C_CAUSES, CANDIDATES, 0),
    PLAIN("card_or_reader", SH_CARD_OR_READER, CARD_OR_READER, 0),
    PLAIN("first_n", SH_FIRST_N, U64, AT(first_transaction.n)),
    TIMES("first_median", first_transaction.median, SH_FIRST_MEDIAN),
    TIMES("first_p90", first_transaction.p90, SH_FIRST_P90),
    { "first_max_ms", WORD_SH_MS, MOST, AT(first_transaction), WORD_SH_FIRST_MAX },
    PLAIN("all_n", SH_ALL_N, U64, AT(times.n)),
    PLAIN("all_placements", SH_ALL_PLACEMENTS, U64, AT(times.placements)),
    PLAIN("all_over_limit", SH_ALL_OVER, U64, AT(times.over_limit)),
    TIMES("all_median", times.median.at, SH_ALL_MEDIAN),
    TIMES("all_p90", times.p90.at, SH_ALL_P90),
    { "all_max_ms", WORD_SH_MS, MOST, AT(times), WORD_SH_ALL_MAX },
};
#define COLUMNS (sizeof columns / sizeof *columns)

size_t cells_columns(void)
{
    return COLUMNS + CAUSE_COUNT;
}

bool cells_is_wide(size_t column)
{
    return column >= COLUMNS;
}

const char *cells_name(size_t column)
{
    static const char *const causes[CAUSE_COUNT + 1] = {
        "",    "F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10",
        "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21",
        "F22", "F23", "F24", "F25", "F26", "F27", "F28", "F29", "F30", "F31",
    };
    return column < COLUMNS ? columns[column].name : causes[column - COLUMNS + 1];
}

struct phrase cells_header(size_t column, enum language language)
{
    if (column >= COLUMNS)
        return phrase_cut(cells_name(column));
    const struct column *c = &columns[column];
    const char *part = c->part == WORD_COUNT ? NULL : word_text(c->part, language);
    return phrase_fill(c->header, language, (const char *const[]) { part, NULL });
}

enum cells_kind cells_kind(size_t column)
{
    if (column >= COLUMNS)
        return CELLS_COUNT;
    switch (columns[column].source) {
    case CELL_NUMBER:
        return CELLS_NAME;
    case UNSIGNED:
    case MISSING:
    case U64:
        return CELLS_COUNT;
    case LOWER:
    case UPPER:
        return CELLS_SHARE;
    case QUANTILE:
    case QUANTILE_LOW:
    case QUANTILE_HIGH:
    case MOST:
        return CELLS_TIME;
    case VERDICT:
        return CELLS_VERDICT;
    default:
        return CELLS_TEXT;
    }
}

static double outwards(double bound, enum decimal_rounding way)
{
    char text[DECIMAL_SIZE];
    return strtod(decimal_bound(text, fmax(bound, 0), CELLS_SHARE_DIGITS, way), NULL);
}

double cells_lower(double bound)
{
    return outwards(bound, DECIMAL_DOWN);
}

double cells_upper(double bound)
{
    return outwards(bound, DECIMAL_UP);
}

static void give_text(struct cells_value *v, const char *text, enum word word)
{
    v->kind = text && text[0] ? CELLS_TEXT : CELLS_ABSENT;
    v->text = text;
    v->word = word;
}

static void give_number(struct cells_value *v, enum cells_kind kind, uint64_t number)
{
    v->kind = kind;
    v->number = number;
}

static void give_need(const struct findings *f, const struct findings_cell *c, struct cells_value *v)
{
    switch (findings_need_of(f, c->condition, c->script)) {
    case FINDINGS_NEED_REQUIRED:
        give_text(v, "required", WORD_SH_REQUIRED);
        break;
    case FINDINGS_NEED_CONDITIONAL:
        give_text(v, "conditional", WORD_SH_NEED_CONDITIONAL);
        break;
    case FINDINGS_NEED_NONE:
        break;
    }
}

static void give_crossed(const struct findings *f, size_t cell, struct cells_value *v)
{
    static const enum word words[] = {
        [ATTRIBUTION_NONE] = WORD_COUNT,      [ATTRIBUTION_HANDSET] = WORD_C_HANDSET,
        [ATTRIBUTION_READER] = WORD_C_READER, [ATTRIBUTION_COMBINATION] = WORD_SH_TOGETHER,
        [ATTRIBUTION_OPEN] = WORD_SH_OPEN,
    };
    const struct causes_cell *c = f->causes[cell];
    if (c)
        give_text(v, attribution_name(c->attribution.answer), words[c->attribution.answer]);
}

static void give_candidates(const struct findings *f, size_t cell, struct cells_value *v)
{
    struct buf b;
    if (!f->causes[cell])
        return;
    buf_init(&b, sizeof v->hold.text);
    causes_add_set(&b, f->causes[cell]->narrowed);
    v->hold = phrase_cut(b.data && !b.failed ? b.data : "");
    buf_free(&b);
    give_text(v, v->hold.text, WORD_COUNT);
}

static void give_held(struct cells_value *v, struct phrase label)
{
    v->hold = label;
    give_text(v, v->hold.text, WORD_COUNT);
}

static void give_name(const struct report *r, size_t cell, enum source source, struct cells_value *v)
{
    const struct findings *f = r->findings;
    const struct survey *s = f->survey;
    const struct findings_cell *c = &f->cells[cell];
    enum power_mode mode = s->conditions[c->condition].power_mode;
    switch (source) {
    case SIMULATED:
        give_text(v, f->simulated ? "true" : "false", f->simulated ? WORD_SIMULATED : WORD_COUNT);
        break;
    case CELL_NUMBER:
        give_number(v, CELLS_NAME, cell);
        break;
    case HANDSET:
        give_text(v, s->pairs[c->pair].unit, WORD_COUNT);
        break;
    case HANDSET_MODEL:
        give_held(v, name_handset(f, c->pair));
        break;
    case SIM:
        give_text(v, name_sim(f, c->pair), WORD_COUNT);
        break;
    case READER:
        give_text(v, s->readers[c->reader].unit, WORD_COUNT);
        break;
    case READER_MODEL:
        give_held(v, name_reader(f, c->reader));
        break;
    case CONDITION:
        give_text(v, name_condition(f, c->condition), WORD_COUNT);
        break;
    case POWER_MODE:
        give_text(v, power_mode_name(mode), word_power(mode));
        break;
    case SCRIPT:
        give_text(v, name_script(f, c->script), WORD_COUNT);
        break;
    case NEED:
        give_need(f, c, v);
        break;
    case WHY_NOT:
        give_text(v, s->excluded_reason ? s->excluded_reason[cell] : NULL, WORD_COUNT);
        v->kind = v->kind == CELLS_TEXT ? CELLS_LEFT_OUT : v->kind;
        v->number = cell;
        break;
    case CANDIDATES:
        give_candidates(f, cell, v);
        break;
    default:
        give_crossed(f, cell, v);
    }
}

/* A quantile without a value, and a bound that does not exist at this n, stay absent. */
static void give_quantile(const struct findings_quantile *q, enum source source, struct cells_value *v)
{
    if (source == QUANTILE ? q->has_value : q->has_value && q->has_interval)
        give_number(v, CELLS_TIME,
                    source == QUANTILE       ? q->value_us
                    : source == QUANTILE_LOW ? q->low_us
                                             : q->high_us);
}

static void give_most(const struct findings_cell *c, size_t at, struct cells_value *v)
{
    bool first = at == AT(first_transaction);
    if ((first ? c->first_transaction.n : c->times.n) > 0)
        give_number(v, CELLS_TIME, first ? c->first_transaction.max_us : c->times.max_us);
}

void cells_value(const struct report *r, size_t cell, size_t column, struct cells_value *out)
{
    const struct findings_cell *c = &r->findings->cells[cell];
    out->kind = CELLS_ABSENT;
    out->word = WORD_COUNT;
    if (column >= COLUMNS) {
        if (c->state == SURVEY_CELL_IN)
            give_number(out, CELLS_COUNT, c->failures_by_cause[column - COLUMNS + 1]);
        return;
    }
    const struct column *k = &columns[column];
    const void *member = (const char *)c + k->at;
    switch (k->source) {
    case VERDICT:
        give_text(out, verdict_name(*(const enum verdict *)member),
                  word_verdict(*(const enum verdict *)member));
        out->kind = CELLS_VERDICT;
        break;
    case LOWER:
    case UPPER:
        if (c->n > 0) {
            out->kind = CELLS_SHARE;
            out->share = k->source == LOWER ? cells_lower(c->lower) : cells_upper(c->upper);
        }
        break;
    case UNSIGNED:
        if (c->state == SURVEY_CELL_IN)
            give_number(out, CELLS_COUNT, *(const unsigned *)member);
        break;
    case MISSING: /* of a decided cell nothing is missing; of an open one 0 says that no number would do */
        if (c->verdict == VERDICT_UNDECIDED)
            give_number(out, CELLS_COUNT, c->missing);
        break;
    case U64:
        if (c->state == SURVEY_CELL_IN)
            give_number(out, CELLS_COUNT, *(const uint64_t *)member);
        break;
    case QUANTILE:
    case QUANTILE_LOW:
    case QUANTILE_HIGH:
        give_quantile(member, k->source, out);
        break;
    case MOST:
        give_most(c, k->at, out);
        break;
    default:
        give_name(r, cell, k->source, out);
    }
}
