#include "reports/render/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_DEPTH 4
#define SHARE_DIGITS   6
#define LEAST_P        1e-6 /* six digits: a p is never 0 */

/* ---- one value ---- */

static void units(struct yaml *y, const struct view *v, const char *key, uint64_t set)
{
    const struct survey *s = v->report->findings->survey;
    yaml_flow_list(y, key);
    for (size_t i = 0; i < s->reader_count; i++)
        if (set >> i & 1)
            yaml_text(y, NULL, s->readers[i].unit);
    yaml_close(y);
}

static void modes(struct yaml *y, const char *key, uint64_t set)
{
    yaml_flow_list(y, key);
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++)
        if (set >> mode & 1)
            yaml_text(y, NULL, power_mode_name((enum power_mode)mode));
    yaml_close(y);
}

static void causes(struct yaml *y, const char *key, uint64_t set)
{
    yaml_flow_list(y, key);
    for (unsigned n = 1; n <= CAUSE_COUNT; n++)
        if (set & CAUSE(n))
            yaml_plain(y, NULL, "F%02u", n);
    yaml_close(y);
}

static void lines(struct yaml *y, const char *key, const struct value *value)
{
    yaml_flow_list(y, key);
    for (size_t i = 0; i < value->number; i++)
        yaml_u64(y, NULL, value->lines[i]);
    yaml_close(y);
}

static void bounds(struct yaml *y, const char *key, const struct value *value)
{
    int digits = value->digits ? value->digits : SHARE_DIGITS;
    yaml_plain(y, key, "%s", decimal_interval(value->low, value->high, digits).text);
}

/* They may be negative, which decimal_interval() does not know. */
static void points(struct yaml *y, const char *key, const struct value *value)
{
    int digits = value->digits ? value->digits : SHARE_DIGITS;
    double unit = pow(10, digits);
    yaml_plain(y, key, "[%.*f, %.*f]", digits, floor(value->low * unit) / unit, digits,
               ceil(value->high * unit) / unit);
}

/* A quantile, its interval and, where its times are clustered, how many independent ones they are worth: three keys. */
static void put_quantile(struct yaml *y, const char *key, const struct value *value)
{
    char of_interval[128], n_eff[128];
    const struct findings_quantile *q = value->quantile;
    snprintf(of_interval, sizeof of_interval, "%s_interval", key);
    snprintf(n_eff, sizeof n_eff, "%s_n_eff", key);
    yaml_u64(y, key, q->value_us);
    if (q->has_interval) {
        yaml_flow_list(y, of_interval);
        yaml_u64(y, NULL, q->low_us);
        yaml_u64(y, NULL, q->high_us);
        yaml_close(y);
    } else {
        yaml_plain(y, of_interval, "null");
        yaml_note(y, "n too small%s", value->text ? value->text : "");
    }
    if (value->real > 0)
        yaml_plain(y, n_eff, "%.1f", value->real);
}

static void number(struct yaml *y, const char *key, const struct value *value)
{
    char digits[DECIMAL_SIZE];
    switch (value->kind) {
    case VALUE_PERCENT:
    case VALUE_SHARE:
        yaml_plain(y, key, "%s", value_share_digits(value, SHARE_DIGITS, digits));
        break;
    case VALUE_BOUNDS:
        bounds(y, key, value);
        break;
    case VALUE_POINTS:
        points(y, key, value);
        break;
    case VALUE_REAL:
    case VALUE_AMOUNT:
        if (value->digits)
            yaml_plain(y, key, "%.*f", value->digits, value->real);
        else
            yaml_plain(y, key, "%s", decimal_plain(value->real).text);
        break;
    case VALUE_P:
        yaml_plain(y, key, "%.6f", fmax(value->real, LEAST_P));
        break;
    case VALUE_QUANTILE:
        put_quantile(y, key, value);
        break;
    case VALUE_OF:
        snprintf(digits, sizeof digits, "%llu of %llu", (unsigned long long)value->number,
                 (unsigned long long)value->of);
        yaml_text(y, key, digits);
        break;
    default:
        yaml_u64(y, key, value->number);
    }
}

static void put(struct yaml *y, const struct view *v, const char *key, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NONE:
        yaml_plain(y, key, "null");
        break;
    case VALUE_TEXT:
    case VALUE_LONG:
    case VALUE_LEFT_OUT:
        yaml_text(y, key, value->text);
        break;
    case VALUE_SAID:
        yaml_text(y, key, said_text(value->said).text);
        break;
    case VALUE_WORD:
        yaml_plain(y, key, "%s", value->text);
        break;
    case VALUE_VERDICT:
        yaml_text(y, key, verdict_name((enum verdict)value->number));
        break;
    case VALUE_RECOMMENDATION:
        yaml_text(y, key, recommendation_name((enum recommendation)value->number));
        break;
    case VALUE_BOOL:
        yaml_bool(y, key, value->number != 0);
        break;
    case VALUE_UNITS:
        units(y, v, key, value->number);
        break;
    case VALUE_MODES:
        modes(y, key, value->number);
        break;
    case VALUE_CAUSES:
        causes(y, key, value->number);
        break;
    case VALUE_LINES:
        lines(y, key, value);
        break;
    default:
        number(y, key, value);
    }
    if (value->note && value->note[0])
        yaml_note(y, "%s", value->note);
}

/* ---- a row: dots and colons of the columns' ids are maps, which stay open as long as the ids go on in them ---- */

struct path {
    struct yaml *y;
    bool flow;        /* the row is in a line: so are its maps */
    const char *note; /* of what is in a line: behind it */
    size_t depth;
    struct {
        const char *name;
        size_t length;
        bool flow;
    } open[PATH_MAX_DEPTH];
};

static bool is_in_line(const struct path *p)
{
    return p->depth > 0 && p->open[p->depth - 1].flow;
}

static void close_to(struct path *p, size_t depth)
{
    for (; p->depth > depth; p->depth--)
        yaml_close(p->y);
    if (p->note && !is_in_line(p)) {
        yaml_note(p->y, "%s", p->note);
        p->note = NULL;
    }
}

static const char *enter(struct path *p, const char *id)
{
    size_t depth = 0, length;
    for (; id && id[length = strcspn(id, ".:")] && depth < PATH_MAX_DEPTH; depth++, id += length + 1) {
        bool flow = p->flow || id[length] == ':';
        char key[64];
        if (depth < p->depth && p->open[depth].length == length &&
            memcmp(p->open[depth].name, id, length) == 0)
            continue;
        close_to(p, depth);
        snprintf(key, sizeof key, "%.*s", (int)length, id);
        (flow ? yaml_flow_map : yaml_map)(p->y, key);
        p->open[p->depth].flow = flow;
        p->open[p->depth].name = id;
        p->open[p->depth++].length = length;
    }
    close_to(p, depth);
    return id;
}

static void column(struct path *p, const struct view *v, const struct column *c, const struct row *row)
{
    for (size_t k = 0; k < column_copies(c, v, row); k++) {
        struct value value;
        column_value(c, v, row, k, &value);
        if (value.kind != VALUE_NONE || value.note) {
            const char *key = enter(p, c->id);
            if (is_in_line(p)) {
                p->note = c->note && c->note[0] ? c->note : p->note;
                value.note = NULL;
            }
            put(p->y, v, value.key ? value.key : c->axis ? c->axis->id(k) : key, &value);
        }
        value_done(&value);
    }
}

static void one_row(struct yaml *y, const struct view *v, const struct table *t, const struct row *row)
{
    struct path path = { .y = y, .flow = t->flow || t->in_line };
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, FORM_YAML))
            continue;
        if (c->child) {
            close_to(&path, 0);
            yaml_table(y, v, c->child, row);
        } else {
            column(&path, v, c, row);
        }
    }
    close_to(&path, 0);
}

static void record(struct yaml *y, const struct view *v, const struct table *t, struct row *row)
{
    if (t->below)
        yaml_break(y);
    if (t->id)
        (t->flow ? yaml_flow_map : yaml_map)(y, t->id);
    if (t->deeper)
        yaml_deeper(y);
    if (t->id && t->note && !t->flow)
        yaml_note_if_any(y, t->note);
    if (table_next(t, v, row))
        one_row(y, v, t, row);
    if (t->id)
        yaml_close(y);
    if (t->note && t->flow)
        yaml_note(y, "%s", t->note);
}

static void line_of_rows(struct yaml *y, const struct view *v, const struct table *t, struct row *row)
{
    yaml_flow_list(y, t->id);
    while (table_next(t, v, row)) {
        if (t->columns->id)
            yaml_flow_map(y, NULL);
        one_row(y, v, t, row);
        if (t->columns->id)
            yaml_close(y);
    }
    yaml_close(y);
    if (t->note)
        yaml_note(y, "%s", t->note);
}

void yaml_table(struct yaml *y, const struct view *v, const struct table *t, const struct row *parent)
{
    struct row row = table_first(parent);
    if (t->there && !t->there(v, parent))
        return;
    if (t->remark)
        yaml_remark(y, t->remark);
    if (t->look == LOOK_RECORD) {
        record(y, v, t, &row);
        return;
    }
    if (t->in_line) {
        line_of_rows(y, v, t, &row);
        return;
    }
    yaml_list(y, t->id);
    if (t->note)
        yaml_note_if_any(y, t->note);
    while (table_next(t, v, &row)) {
        if (t->flow)
            yaml_flow_map(y, NULL);
        else if (!t->of_values)
            yaml_item(y);
        one_row(y, v, t, &row);
        if (t->flow)
            yaml_close(y);
    }
    yaml_close(y);
}

void yaml_tables(struct buf *b, const struct view *v, const struct table *const *tables)
{
    struct yaml y;
    yaml_begin(&y, b, 0);
    for (; *tables; tables++)
        yaml_table(&y, v, *tables, NULL);
    yaml_end(&y);
}
