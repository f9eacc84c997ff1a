#include "reports/render/table_schema.h"

#include "harness/base/json.h"
#include "harness/domain/unit.h"
#include "reports/tables/dictionary.h"
#include "reports/tables/names.h"

#include <stdio.h>
#include <string.h>

#define PROPERTIES_MAX 256 /* of one map */
#define ANY_VALUE      "{\"type\": [\"number\", \"string\", \"object\", \"null\"]}"

#define ANY_KEY "*" /* of a column whose values name their keys */

/* A quantile takes three keys. */
enum part { PART_VALUE = 0, PART_INTERVAL, PART_N_EFF, PART_COUNT };

/* What a map holds: a column, by one of its axis' keys or a part of its value, or a table. */
struct property {
    char path[128]; /* dots open maps */
    const struct column *column;
    const struct table *table, *of;
    enum part part;
};

struct properties {
    struct property items[PROPERTIES_MAX];
    size_t count;
};

static struct property *add(struct properties *p, const char *path, const char *ending)
{
    static struct property none; /* of a map that is too large: tests compare with what is written */
    struct property *item = p->count < PROPERTIES_MAX ? &p->items[p->count++] : &none;
    *item = (struct property) { .column = NULL };
    snprintf(item->path, sizeof item->path, "%s%s", path ? path : "", ending);
    for (char *c = item->path; *c; c++)
        *c = *c == ':' ? '.' : *c;
    return item;
}

static void add_column(struct properties *p, const struct table *t, const struct column *c)
{
    static const char *const endings[PART_COUNT] = { "", "_interval", "_n_eff" };
    const struct axis *axis = c->axis;
    if (c->own_keys) {
        add(p, c->id, ANY_KEY);
        return;
    }
    for (size_t k = 0; k < (axis ? axis->copies : 1); k++)
        for (int part = 0; part < (c->kind == VALUE_QUANTILE ? PART_COUNT : 1); part++) {
            struct property *item = add(p, c->id, axis ? axis->id(k) : endings[part]);
            item->column = c;
            item->of = t;
            item->part = (enum part)part;
        }
}

/* Of a table without a name the columns are those of what it is in: `of`. */
static void add_columns(struct properties *p, const struct table *t, const struct table *of)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, FORM_YAML))
            continue;
        if (!c->child)
            add_column(p, of, c);
        else if (c->child->id)
            add(p, c->child->id, "")->table = c->child;
        else
            add_columns(p, c->child, of);
    }
}

/* ---- values ---- */

static void put_names(struct json *j, enum domain_enum list, const char *key)
{
    json_array(j, key);
    for (unsigned i = 1; domain_name(list, i)[0]; i++)
        json_text(j, NULL, domain_name(list, i));
    if (strcmp(key, "enum") == 0)
        json_raw(j, NULL, "null");
    json_close(j);
}

static void put_ids(struct json *j, const struct axis *axis)
{
    json_array(j, "enum");
    for (size_t k = 0; k < axis->copies; k++)
        json_text(j, NULL, axis->id(k));
    json_raw(j, NULL, "null");
    json_close(j);
}

static void put_array(struct json *j, const char *items)
{
    json_raw(j, "type", "[\"array\", \"null\"]");
    json_raw(j, "items", items);
}

static void put_pair(struct json *j, const char *type)
{
    char items[128];
    snprintf(items, sizeof items, "[{\"type\": \"%s\"}, {\"type\": \"%s\"}]", type, type);
    json_raw(j, "type", "[\"array\", \"null\"]");
    json_raw(j, "prefixItems", items);
    json_raw(j, "items", "false");
    json_number(j, "minItems", 2);
}

static void put_share(struct json *j)
{
    json_raw(j, "type", "[\"number\", \"null\"]");
    json_number(j, "minimum", 0);
    json_number(j, "maximum", 1);
}

static void put_modes(struct json *j)
{
    json_raw(j, "type", "[\"array\", \"null\"]");
    json_object(j, "items");
    put_names(j, DOMAIN_POWER, "enum");
    json_close(j);
}

static void put_value(struct json *j, const struct column *c)
{
    if (c->names) {
        put_names(j, c->names, "enum");
        return;
    }
    if (c->one_of) {
        put_ids(j, c->one_of);
        return;
    }
    switch (c->kind) {
    case VALUE_VERDICT:
        put_names(j, DOMAIN_VERDICT, "enum");
        break;
    case VALUE_RECOMMENDATION:
        put_names(j, DOMAIN_RECOMMENDATION, "enum");
        break;
    case VALUE_WORD:
        if (c->get == column_text && strcmp(c->note, "1") == 0)
            json_number(j, "const", 1);
        else if (c->get == column_text)
            json_text(j, "const", c->note);
        else
            json_raw(j, "type", "[\"string\", \"number\", \"boolean\", \"null\"]");
        break;
    case VALUE_BOOL:
        json_raw(j, "type", "[\"boolean\", \"null\"]");
        break;
    case VALUE_UNITS:
        put_array(j, "{\"type\": \"string\"}");
        break;
    case VALUE_MODES:
        put_modes(j);
        break;
    case VALUE_CAUSES:
        put_array(j, "{\"type\": \"string\", \"pattern\": \"^F[0-9]{2}$\"}");
        break;
    case VALUE_LINES:
        put_array(j, "{\"type\": \"integer\", \"minimum\": 1}");
        break;
    case VALUE_SHARE:
    case VALUE_PERCENT:
    case VALUE_P:
        put_share(j);
        break;
    case VALUE_BOUNDS:
    case VALUE_POINTS:
        put_pair(j, "number");
        break;
    case VALUE_REAL:
    case VALUE_AMOUNT:
        json_raw(j, "type", "[\"number\", \"null\"]");
        break;
    case VALUE_NAME:
    case VALUE_CELL:
    case VALUE_COUNT:
    case VALUE_TIME:
    case VALUE_QUANTILE:
        json_raw(j, "type", "[\"integer\", \"null\"]");
        json_number(j, "minimum", 0);
        break;
    default:
        json_raw(j, "type", "[\"string\", \"null\"]");
    }
}

/* ---- maps ---- */

/* Its rows are values, no maps. */
static bool is_plain(const struct table *t)
{
    return t->of_values || (t->in_line && !t->columns->id);
}

static void put_map(struct json *j, const struct property *items, size_t count, size_t from);

static size_t key_length(const struct property *p, size_t from)
{
    return strcspn(p->path + from, ".");
}

static bool same_key(const struct property *a, const struct property *b, size_t from)
{
    size_t length = key_length(a, from);
    return key_length(b, from) == length && memcmp(a->path + from, b->path + from, length) == 0;
}

static void put_table(struct json *j, const struct table *t)
{
    struct properties p = { .count = 0 };
    bool plain = is_plain(t);
    if (!plain)
        add_columns(&p, t, t);
    const char *meaning = plain ? dictionary_meaning(t, t->columns, t->id) : "";
    if (t->remark)
        json_text(j, "description", t->remark + (t->remark[0] == '\n'));
    else if (meaning[0])
        json_text(j, "description", meaning);
    if (t->look != LOOK_RECORD) {
        json_text(j, "type", "array");
        json_object(j, "items");
    }
    if (plain)
        put_value(j, t->columns);
    else
        put_map(j, p.items, p.count, 0);
    if (t->look != LOOK_RECORD)
        json_close(j);
}

static const char *key_of(const struct property *p)
{
    const char *dot = strrchr(p->path, '.');
    return dot ? dot + 1 : p->path;
}

/* "" where it has none. */
static const char *unit_name(const struct property *p, bool csv)
{
    const struct unit *unit = key_unit(key_of(p));
    bool time = p->column->kind == VALUE_QUANTILE || p->column->kind == VALUE_TIME;
    if (time && p->part != PART_N_EFF)
        return csv ? "ms" : "us";
    return unit ? unit->symbol : "";
}

/* Two numbers, whatever the column's own kind is. */
static bool is_interval(const char *key)
{
    size_t length = strlen(key), end = strlen("interval");
    return length >= end && strcmp(key + length - end, "interval") == 0;
}

static void put_column(struct json *j, const struct property *p)
{
    const struct column *c = p->column;
    const char *key = key_of(p), *unit = unit_name(p, false);
    const char *meaning = dictionary_meaning(p->of, c, key);
    if (meaning[0])
        json_text(j, "description", meaning);
    if (unit[0])
        json_text(j, "x-unit", unit);
    if (is_interval(key))
        put_pair(j, p->part == PART_INTERVAL ? "integer" : "number");
    else if (p->part == PART_N_EFF)
        json_raw(j, "type", "[\"number\", \"null\"]");
    else
        put_value(j, c);
}

/* One key, which several may have: a map by its columns, or a record in its place. */
static void put_alternatives(struct json *j, const struct property *items, size_t count, size_t from)
{
    struct properties inner = { .count = 0 };
    size_t ways = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].path[from + key_length(&items[i], from)] == '.')
            inner.items[inner.count++] = items[i];
        else
            ways++;
    ways += inner.count > 0;
    if (ways > 1)
        json_array(j, "anyOf");
    for (size_t i = 0; i < count; i++) {
        if (items[i].path[from + key_length(&items[i], from)] == '.')
            continue;
        if (ways > 1)
            json_object(j, NULL);
        if (items[i].table)
            put_table(j, items[i].table);
        else
            put_column(j, &items[i]);
        if (ways > 1)
            json_close(j);
    }
    if (inner.count > 0) {
        if (ways > 1)
            json_object(j, NULL);
        put_map(j, inner.items, inner.count, from + key_length(&items[0], from) + 1);
        if (ways > 1)
            json_close(j);
    }
    if (ways > 1)
        json_close(j);
}

static void put_map(struct json *j, const struct property *items, size_t count, size_t from)
{
    struct properties same;
    bool open = false;
    for (size_t i = 0; i < count; i++)
        open |= strcmp(items[i].path + from, ANY_KEY) == 0;
    json_raw(j, "type", "[\"object\", \"null\"]");
    json_raw(j, "additionalProperties", open ? ANY_VALUE : "false");
    json_object(j, "properties");
    for (size_t i = 0; i < count; i++) {
        char key[128];
        bool first = strcmp(items[i].path + from, ANY_KEY) != 0;
        same.count = 0;
        for (size_t k = 0; k < count; k++)
            if (same_key(&items[i], &items[k], from)) {
                first &= k >= i;
                same.items[same.count++] = items[k];
            }
        if (!first)
            continue;
        snprintf(key, sizeof key, "%.*s", (int)key_length(&items[i], from), items[i].path + from);
        json_object(j, key);
        put_alternatives(j, same.items, same.count, from);
        json_close(j);
    }
    json_close(j);
}

static void add_file(struct properties *p, const struct table *const *tables)
{
    *p = (struct properties) { .count = 0 };
    for (; *tables; tables++)
        if ((*tables)->id)
            add(p, (*tables)->id, "")->table = *tables;
        else
            add_columns(p, *tables, *tables);
}

void table_schema(struct buf *b, const char *title, const struct table *const *tables)
{
    struct json j;
    struct properties p;
    add_file(&p, tables);
    json_begin(&j, b);
    json_text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_text(&j, "title", title);
    put_map(&j, p.items, p.count, 0);
    json_raw(&j, "required", "[\"format\", \"version\"]");
    json_end(&j);
}

/* ---- as a table for people ---- */

static void add_names(struct buf *b, const struct column *c)
{
    size_t count = c->one_of ? c->one_of->copies : 0;
    while (c->names && domain_name(c->names, (unsigned)count + 1)[0])
        count++;
    for (size_t i = 0; i < count; i++)
        buf_add_format(b, "%s`%s`", i > 0 ? ", " : "",
                       c->one_of ? c->one_of->id(i) : domain_name(c->names, (unsigned)i + 1));
}

static const char *form_of(const struct column *c, const char *key)
{
    static const char *const forms[VALUE_KIND_COUNT] = {
        [VALUE_VERDICT] = "verdict",
        [VALUE_RECOMMENDATION] = "recommendation",
        [VALUE_WORD] = "word",
        [VALUE_BOOL] = "true or false",
        [VALUE_UNITS] = "list of units",
        [VALUE_MODES] = "list of power modes",
        [VALUE_CAUSES] = "list of F01..",
        [VALUE_LINES] = "list of line numbers",
        [VALUE_SHARE] = "share, 0 to 1",
        [VALUE_PERCENT] = "share, 0 to 1",
        [VALUE_P] = "number, 0 to 1",
        [VALUE_BOUNDS] = "two numbers",
        [VALUE_POINTS] = "two numbers",
        [VALUE_REAL] = "number",
        [VALUE_AMOUNT] = "number",
        [VALUE_NAME] = "whole number",
        [VALUE_CELL] = "whole number",
        [VALUE_COUNT] = "whole number",
        [VALUE_TIME] = "whole number",
        [VALUE_QUANTILE] = "whole number",
    };
    if (is_interval(key))
        return "two numbers";
    return forms[c->kind] ? forms[c->kind] : "text";
}

static void add_row(struct buf *b, const char *place, const struct property *p, bool csv)
{
    const struct column *c = p->column;
    const char *key = key_of(p), *unit = unit_name(p, csv);
    buf_add_format(b, "| `%s` | ", place);
    if (c->names || c->one_of)
        add_names(b, c);
    else
        buf_add_text(b, csv && unit[0] ? "number" : p->part == PART_N_EFF ? "number" : form_of(c, key));
    buf_add_format(b, "%s%s | %s |\n", unit[0] ? ", " : "", unit, dictionary_meaning(p->of, c, key));
}

#define FIELDS_HEAD "| column | form | meaning |\n|---|---|---|\n"

static void list_table(struct buf *b, const struct table *t, const char *path);

static void list_all(struct buf *b, const struct properties *p, const char *path)
{
    char place[400];
    for (size_t i = 0; i < p->count; i++) {
        const struct property *item = &p->items[i];
        const struct axis *axis = item->column ? item->column->axis : NULL;
        snprintf(place, sizeof place, "%s%s%s", path, path[0] ? "." : "", item->path);
        if (item->table) {
            list_table(b, item->table, place);
        } else if (axis && axis->id && i + 1 < p->count && p->items[i + 1].column == item->column) {
            while (i + 1 < p->count && p->items[i + 1].column == item->column)
                i++; /* all of an axis in one line, by their last */
            snprintf(place, sizeof place, "%s%s%s` to `%s", path, path[0] ? "." : "", item->path,
                     key_of(&p->items[i]));
            add_row(b, place, item, false);
        } else if (item->column) {
            add_row(b, place, item, false);
        }
    }
}

static void list_table(struct buf *b, const struct table *t, const char *path)
{
    struct properties p = { .count = 0 };
    char inner[256];
    snprintf(inner, sizeof inner, "%s%s", path, t->look == LOOK_RECORD ? "" : "[]");
    if (is_plain(t))
        buf_add_format(b, "| `%s` | list of text | %s |\n", inner, dictionary_meaning(t, t->columns, t->id));
    else
        add_columns(&p, t, t);
    list_all(b, &p, inner);
}

void table_fields(struct buf *b, const struct table *const *tables)
{
    struct properties p;
    add_file(&p, tables);
    buf_add_text(b, FIELDS_HEAD);
    list_all(b, &p, "");
}

/* ---- a table as CSV ---- */

static void add_csv(struct properties *p, const struct table *t)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        if (!c->child && column_is_in(c, FORM_CSV))
            add_column(p, t, c);
}

void csv_fields(struct buf *b, const struct table *t)
{
    struct properties p = { .count = 0 };
    char name[300];
    add_csv(&p, t);
    buf_add_text(b, FIELDS_HEAD);
    for (size_t i = 0; i < p.count; i++) {
        const struct property *item = &p.items[i];
        const char *id = item->column->id;
        if (item->column->axis) {
            size_t last = i + item->column->axis->copies - 1;
            snprintf(name, sizeof name, "%s` to `%s", item->path, p.items[last].path);
            i = last;
        } else if (item->column->kind == VALUE_QUANTILE) {
            snprintf(name, sizeof name, "%s_ms`, `%s_low_ms`, `%s_high_ms", id, id, id);
            i += PART_COUNT - 1;
        } else {
            snprintf(name, sizeof name, "%s%s", id, item->column->kind == VALUE_TIME ? "_ms" : "");
        }
        add_row(b, name, item, true);
    }
}
