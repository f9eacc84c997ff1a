#include "harness/survey/field_schema.h"

#include "harness/base/json.h"
#include "harness/domain/domain.h"
#include "harness/domain/unit.h"

#include <stdio.h>

#define ANY_SCALAR "[\"string\", \"number\", \"boolean\"]"

static void put_map(struct json *j, const struct field_map *map);
static void put_value(struct json *j, const struct field *f);

static void put_choices(struct json *j, const struct field *f)
{
    json_array(j, "enum");
    for (const struct fields_choice *c = f->choices; c->name; c++)
        json_text(j, NULL, c->name);
    json_close(j);
}

static void put_modes(struct json *j)
{
    json_array(j, "enum");
    for (unsigned mode = POWER_NONE + 1; mode < POWER_COUNT; mode++)
        json_text(j, NULL, power_mode_name((enum power_mode)mode));
    json_close(j);
}

static void put_text(struct json *j, const struct field *f)
{
    json_raw(j, "type", ANY_SCALAR);
    json_number(j, "minLength", 1);
    json_number(j, "maxLength", f->most > 0 ? f->most : FIELDS_TEXT_MAX);
}

static void put_pattern(struct json *j, const struct field *f)
{
    json_text(j, "type", "string");
    if (f->pattern[0])
        json_text(j, "pattern", f->pattern);
    if (f->most > 0)
        json_number(j, "maxLength", f->most);
}

static void put_hex(struct json *j, const struct field *f)
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "^([0-9A-Fa-f]{2} *){%.0f,%.0f}$", f->least, f->most);
    json_text(j, "type", "string");
    json_text(j, "pattern", pattern);
}

static void put_number(struct json *j, const char *type, double least, double most)
{
    json_text(j, "type", type);
    json_number(j, "minimum", least);
    json_number(j, "maximum", most);
}

static void put_items(struct json *j, const struct field *f)
{
    bool list = f->form == FIELD_LIST;
    json_text(j, "type", list ? "array" : "object");
    if (f->least > 0)
        json_number(j, list ? "minItems" : "minProperties", f->least);
    if (f->most > 0)
        json_number(j, list ? "maxItems" : "maxProperties", f->most);
    json_object(j, list ? "items" : "additionalProperties");
    put_value(j, f->of);
    json_close(j);
}

static void put_one(struct json *j, const struct field *f)
{
    char format[64];
    switch (f->form) {
    case FIELD_NONE:
        break;
    case FIELD_FORMAT:
        snprintf(format, sizeof format, "nfc-survey/%s", f->pattern);
        json_text(j, "const", format);
        break;
    case FIELD_VERSION:
        json_number(j, "const", 1);
        break;
    case FIELD_TEXT:
        put_text(j, f);
        break;
    case FIELD_PATTERN:
        put_pattern(j, f);
        break;
    case FIELD_ID:
        json_raw(j, "type", "[\"string\", \"integer\"]");
        json_text(j, "pattern", FIELD_ID_PATTERN);
        json_number(j, "maxLength", FIELDS_ID_MAX);
        break;
    case FIELD_UNSIGNED:
        put_number(j, "integer", f->least, f->most);
        break;
    case FIELD_U64:
        json_text(j, "type", "integer");
        json_raw(j, "minimum", "0");
        json_raw(j, "maximum", "18446744073709551615");
        break;
    case FIELD_REAL:
        put_number(j, "number", f->least, f->most);
        break;
    case FIELD_BOOL:
        json_text(j, "type", "boolean");
        break;
    case FIELD_HEX:
        put_hex(j, f);
        break;
    case FIELD_CHOICE:
        put_choices(j, f);
        break;
    case FIELD_POWER_MODE:
        put_modes(j);
        break;
    case FIELD_LIST:
    case FIELD_NAMED:
        put_items(j, f);
        break;
    case FIELD_MAP:
        put_map(j, f->map);
    }
}

static void put_value(struct json *j, const struct field *f)
{
    if (!f->or) {
        put_one(j, f);
        return;
    }
    json_array(j, "anyOf");
    for (const struct field *one = f; one; one = one->or) {
        json_object(j, NULL);
        put_one(j, one);
        json_close(j);
    }
    json_close(j);
}

static void put_key(struct json *j, const struct field *f)
{
    const struct unit *unit = key_unit(f->key);
    json_object(j, f->key);
    if (f->meaning)
        json_text(j, "description", f->meaning);
    if (unit)
        json_text(j, "x-unit", unit->symbol);
    put_value(j, f);
    json_close(j);
}

static void put_map(struct json *j, const struct field_map *map)
{
    const struct field *f;
    json_text(j, "type", "object");
    json_raw(j, "additionalProperties", "false");
    json_array(j, "required");
    for (size_t i = 0; (f = field_at(map, i)); i++)
        if (f->need == FIELD_REQUIRED)
            json_text(j, NULL, f->key);
    json_close(j);
    json_object(j, "properties");
    for (size_t i = 0; (f = field_at(map, i)); i++)
        put_key(j, f);
    json_close(j);
    if (map->rules)
        json_raw(j, NULL, map->rules);
}

void field_schema(struct buf *b, const char *title, const struct field_map *map)
{
    struct json j;
    json_begin(&j, b);
    json_text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_text(&j, "title", title);
    put_map(&j, map);
    json_end(&j);
}

/* ---- as a table for people ---- */

static void add_choices(struct buf *b, const struct fields_choice *choices)
{
    for (const struct fields_choice *c = choices; c->name; c++)
        buf_add_format(b, "%s`%s`", c == choices ? "" : ", ", c->name);
}

static void add_items(struct buf *b, const struct field *f, const char *what)
{
    if (f->most > 0)
        buf_add_format(b, "%.0f to %.0f %s", f->least, f->most, what);
    else
        buf_add_format(b, "%s", what);
}

static void add_form(struct buf *b, const struct field *f)
{
    static const char *const forms[] = {
        [FIELD_TEXT] = "text",        [FIELD_PATTERN] = "text",       [FIELD_ID] = "id",
        [FIELD_U64] = "whole number", [FIELD_BOOL] = "true or false", [FIELD_POWER_MODE] = "power mode",
        [FIELD_MAP] = "mapping"
    };
    switch (f->form) {
    case FIELD_FORMAT:
        buf_add_format(b, "`nfc-survey/%s`", f->pattern);
        break;
    case FIELD_VERSION:
        buf_add_text(b, "1");
        break;
    case FIELD_UNSIGNED:
    case FIELD_REAL:
        buf_add_format(b, "%s, %.15g to %.15g", f->form == FIELD_REAL ? "number" : "whole number", f->least,
                       f->most);
        break;
    case FIELD_HEX:
        buf_add_format(b, f->least < f->most ? "hexadecimal, %.0f to %.0f bytes" : "hexadecimal, bytes: %.0f",
                       f->least, f->most);
        break;
    case FIELD_CHOICE:
        add_choices(b, f->choices);
        break;
    case FIELD_LIST:
        add_items(b, f, "items");
        break;
    case FIELD_NAMED:
        add_items(b, f, "names with values");
        break;
    default:
        buf_add_text(b, forms[f->form]);
    }
}

static void add_forms(struct buf *b, const struct field *f)
{
    for (const struct field *one = f; one; one = one->or) {
        buf_add_text(b, one == f ? "" : "; or ");
        add_form(b, one);
    }
}

static void list_map(struct buf *b, const struct field_map *map, const char *path);

static void list_inside(struct buf *b, const struct field *f, const char *path)
{
    char inner[256];
    for (; f; f = f->or) {
        if (f->map)
            list_map(b, f->map, path);
        if (!f->of)
            continue;
        snprintf(inner, sizeof inner, "%s%s", path, f->form == FIELD_LIST ? "[]" : ".*");
        list_inside(b, f->of, inner);
    }
}

static void list_map(struct buf *b, const struct field_map *map, const char *path)
{
    const struct field *f;
    for (size_t i = 0; (f = field_at(map, i)); i++) {
        const struct unit *unit = key_unit(f->key);
        char place[256];
        snprintf(place, sizeof place, "%s%s%s", path, path[0] ? "." : "", f->key);
        buf_add_format(b, "| `%s` | ", place);
        add_forms(b, f);
        buf_add_format(b, "%s%s | %s | %s |\n", unit ? ", " : "", unit ? unit->symbol : "",
                       f->need == FIELD_REQUIRED ? "yes" : "", f->meaning ? f->meaning : "");
        list_inside(b, f, place);
    }
}

void field_table(struct buf *b, const struct field_map *map)
{
    buf_add_text(b, "| key | form | must | meaning |\n|---|---|---|---|\n");
    list_map(b, map, "");
}
