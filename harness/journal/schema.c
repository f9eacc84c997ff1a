/* The JSON Schema of a journal line and the manual's tables, made from the record tables: they cannot drift
 * apart. */
#include "harness/base/text.h"
#include "harness/domain/unit.h"
#include "harness/journal/journal.h"
#include "harness/journal/line.h"

static const char *const type_names[] = {
    [JOURNAL_TYPE_U64] = "u64",       [JOURNAL_TYPE_REAL] = "real",
    [JOURNAL_TYPE_BOOL] = "bool",     [JOURNAL_TYPE_TEXT] = "text",
    [JOURNAL_TYPE_SAID] = "said",     [JOURNAL_TYPE_CAUSES] = "causes",
    [JOURNAL_TYPE_STAGES] = "stages", [JOURNAL_TYPE_EXCHANGES] = "exchanges",
    [JOURNAL_TYPE_BYTES] = "bytes",   [JOURNAL_TYPE_RESULTS] = "results",
    [JOURNAL_TYPE_FILES] = "files",   [JOURNAL_TYPE_READERS] = "readers",
};

static const char *const type_forms[] = {
    [JOURNAL_TYPE_U64] = "whole number",
    [JOURNAL_TYPE_REAL] = "decimal number",
    [JOURNAL_TYPE_BOOL] = "true or false",
    [JOURNAL_TYPE_TEXT] = "text",
    [JOURNAL_TYPE_SAID] = "text, or code and arguments",
    [JOURNAL_TYPE_CAUSES] = "`[\"F10\", ...]`",
    [JOURNAL_TYPE_STAGES] = "`{\"activate\": us, ...}`",
    [JOURNAL_TYPE_EXCHANGES] = "`[[step, us, \"SW\"], ...]`",
    [JOURNAL_TYPE_BYTES] = "`[[\"command\", \"response\"], ...]`",
    [JOURNAL_TYPE_RESULTS] = "`[[cell, \"result\", ok, fail, invalid, slow], ...]`",
    [JOURNAL_TYPE_FILES] = "`[{\"kind\", \"path\", \"sha256\", \"text\"}, ...]`",
    [JOURNAL_TYPE_READERS] =
        ("`[{\"unit\", \"profile\", \"driver\", \"name\", \"serial\", \"firmware\", \"simulated\", "
         "\"proof\"}, ...]`, proof where it was looked for"),
};

static void add_enum(struct buf *b, enum domain_enum list)
{
    buf_add_text(b, "\"enum\": [");
    for (unsigned i = 1; domain_name(list, i)[0]; i++)
        buf_add_format(b, "%s\"%s\"", i > 1 ? ", " : "", domain_name(list, i));
    buf_add_char(b, ']');
}

/* reader: with the members of a reader that are no texts. */
static void add_members(struct buf *b, const char *const *names, size_t count, bool reader)
{
    buf_add_text(b,
                 "{\"type\": \"array\", \"items\": {\"type\": \"object\", \"additionalProperties\": false, "
                 "\"required\": [");
    for (size_t i = 0; i < count; i++)
        buf_add_format(b, "%s\"%s\"", i ? ", " : "", names[i]);
    buf_add_text(b, reader ? ", \"simulated\"], \"properties\": {" : "], \"properties\": {");
    for (size_t i = 0; i < count; i++)
        buf_add_format(b, "%s\"%s\": {\"$ref\": \"#/$defs/text\"}", i ? ", " : "", names[i]);
    if (reader) {
        buf_add_text(b, ", \"simulated\": {\"type\": \"boolean\"}, \"proof\": {");
        add_enum(b, DOMAIN_PROOF);
        buf_add_char(b, '}');
    }
    buf_add_text(b, "}}}");
}

static void add_tuple(struct buf *b, const char *const *items, size_t count)
{
    buf_add_text(b, "{\"type\": \"array\", \"items\": {\"type\": \"array\", \"prefixItems\": [");
    for (size_t i = 0; i < count; i++)
        buf_add_format(b, "%s{\"$ref\": \"#/$defs/%s\"}", i ? ", " : "", items[i]);
    buf_add_format(b, "], \"items\": false, \"minItems\": %zu}}", count);
}

static void add_stages(struct buf *b)
{
    buf_add_text(b, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
    for (unsigned stage = 1; stage < STAGE_COUNT; stage++)
        buf_add_format(b, "%s\"%s\": {\"$ref\": \"#/$defs/u32\"}", stage > 1 ? ", " : "",
                       stage_name((enum stage)stage));
    buf_add_text(b, "}}");
}

/* A code stands with exactly its arguments; "there" is what was said, "said" that or why there is nothing. */
static void add_said(struct buf *b)
{
    buf_add_text(b, ",\n    \"code\": {\"oneOf\": [");
    for (unsigned code = SAID_WORDS + 1; code < JOURNAL_CODES_END; code++) {
        size_t count = strlen(said_kinds((enum said_code)code)) + 1;
        buf_add_format(b,
                       "%s\n      {\"type\": \"array\", \"prefixItems\": [{\"const\": \"%s\"}], \"items\": "
                       "{\"type\": \"string\"}, \"minItems\": %zu, \"maxItems\": %zu}",
                       code > SAID_WORDS + 1 ? "," : "", said_name((enum said_code)code), count, count);
    }
    buf_add_text(b,
                 "]},\n    \"there\": {\"anyOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/$defs/code\"}]},\n"
                 "    \"said\": {\"anyOf\": [{\"$ref\": \"#/$defs/there\"}, {\"type\": \"object\", "
                 "\"properties\": {\"absent\": {\"$ref\": \"#/$defs/there\"}}, \"required\": [\"absent\"], "
                 "\"additionalProperties\": false}]}");
}

static void add_definitions(struct buf *b)
{
    static const char *const exchange[] = { "u32", "u32", "sw" };
    static const char *const pair[] = { "text", "text" };
    static const char *const result[] = { "u64", "result", "u64", "u64", "u64", "u64" };
    static const char *const file[] = { "kind", "path", "sha256", "text" };
    static const char *const reader[] = { "unit", "profile", "driver", "name", "serial", "firmware" };
    buf_add_text(
        b,
        "  \"$defs\": {\n"
        "    \"u64\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 18446744073709551615},\n"
        "    \"u32\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 4294967295},\n"
        "    \"real\": {\"type\": \"number\"},\n"
        "    \"bool\": {\"type\": \"boolean\"},\n"
        "    \"sw\": {\"type\": \"string\", \"pattern\": \"^([0-9a-fA-F]{4})?$\"},\n"
        "    \"crc\": {\"type\": \"string\", \"pattern\": \"^[0-9a-f]{8}$\"},\n"
        "    \"text\": {\"type\": \"string\"},\n"
        "    \"causes\": {\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, \"items\": {\"type\": "
        "\"string\", ");
    _Static_assert(CAUSE_COUNT > 30 && CAUSE_COUNT < 40, "as the pattern has it");
    buf_add_format(b,
                   "\"pattern\": \"^F(0[1-9]|[12][0-9]|3[0-%d])$\"}},\n    \"stages\": ", CAUSE_COUNT - 30);
    add_stages(b);
    add_said(b);
    buf_add_text(b, ",\n    \"result\": {");
    add_enum(b, DOMAIN_PLACEMENT);
    buf_add_text(b, "},\n    \"exchanges\": ");
    add_tuple(b, exchange, 3);
    buf_add_text(b, ",\n    \"bytes\": ");
    add_tuple(b, pair, 2);
    buf_add_text(b, ",\n    \"results\": ");
    add_tuple(b, result, 6);
    buf_add_text(b, ",\n    \"files\": ");
    add_members(b, file, 4, false);
    buf_add_text(b, ",\n    \"readers\": ");
    add_members(b, reader, 6, true);
    buf_add_text(b, "\n  },\n");
}

static void add_kind(struct buf *b, enum journal_kind kind)
{
    size_t count;
    const struct journal_field *fields = journal_fields(kind, &count);
    const char *name = journal_kind_name(kind);
    buf_add_format(b, "    {\n      \"title\": \"%s\",\n      \"type\": \"object\",\n", name);
    buf_add_format(b, "      \"additionalProperties\": false,\n      \"required\": [\"%s\"", name);
    for (size_t i = 0; i < count; i++)
        if (fields[i].must)
            buf_add_format(b, ", \"%s\"", fields[i].name);
    buf_add_format(b, ", \"crc\"],\n      \"properties\": {\n");
    buf_add_format(
        b, "        \"%s\": {\"$ref\": \"#/$defs/u64\", \"description\": \"number of this line\"},\n", name);
    for (size_t i = 0; i < count; i++) {
        enum domain_enum list = journal_enum_of(fields[i].type);
        buf_add_format(b, "        \"%s\": {", fields[i].name);
        if (list != DOMAIN_NONE)
            add_enum(b, list);
        else
            buf_add_format(b, "\"$ref\": \"#/$defs/%s\"", type_names[fields[i].type]);
        if (key_unit(fields[i].name))
            buf_add_format(b, ", \"x-unit\": \"%s\"", key_unit(fields[i].name)->symbol);
        buf_add_text(b, ", \"description\": ");
        text_add_json(b, fields[i].meaning, strlen(fields[i].meaning));
        buf_add_text(b, "},\n");
    }
    buf_add_text(b, "        \"crc\": {\"$ref\": \"#/$defs/crc\"}\n      }\n    }");
}

void journal_schema(struct buf *b)
{
    buf_add_text(b, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                    "  \"title\": \"one line of an nfc-survey journal, without its leading dash\",\n");
    add_definitions(b);
    buf_add_text(b, "  \"oneOf\": [\n");
    for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
        add_kind(b, (enum journal_kind)kind);
        buf_add_text(b, kind + 1 < JOURNAL_KIND_COUNT ? ",\n" : "\n");
    }
    buf_add_text(b, "  ]\n}\n");
}

static void add_form(struct buf *b, enum journal_type type)
{
    enum domain_enum list = journal_enum_of(type);
    if (list == DOMAIN_NONE)
        buf_add_text(b, type_forms[type]);
    for (unsigned i = 1; list != DOMAIN_NONE && domain_name(list, i)[0]; i++)
        buf_add_format(b, "%s`\"%s\"`", i > 1 ? ", " : "", domain_name(list, i));
}

void journal_field_table(struct buf *b)
{
    for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
        size_t count;
        const struct journal_field *fields = journal_fields((enum journal_kind)kind, &count);
        buf_add_format(b, "%s### %s\n\n| field | form | must | meaning |\n|---|---|---|---|\n",
                       kind > 1 ? "\n" : "", journal_kind_name((enum journal_kind)kind));
        for (size_t i = 0; i < count; i++) {
            buf_add_format(b, "| `%s` | ", fields[i].name);
            add_form(b, fields[i].type);
            buf_add_format(b, " | %s | %s |\n", fields[i].must ? "yes" : "", fields[i].meaning);
        }
    }
}

void journal_code_table(struct buf *b)
{
    buf_add_text(b, "| code | what it says |\n|---|---|\n");
    for (unsigned code = SAID_WORDS + 1; code < JOURNAL_CODES_END; code++) {
        const char *name = said_name((enum said_code)code);
        buf_add_format(b, "| `[\"%s\"", name);
        for (size_t i = 0; i < strlen(said_kinds((enum said_code)code)); i++)
            buf_add_format(b, ", {%zu}", i);
        buf_add_format(b, "]` | %s |\n", said_template((enum said_code)code));
    }
}
