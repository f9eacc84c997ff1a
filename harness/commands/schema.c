/* The JSON Schemas of all files of ours, each from the tables by which they are read or written. */
#include "harness/commands/command.h"

#include "harness/clauses/criteria_file.h"
#include "harness/commands/message.h"
#include "harness/journal/journal.h"
#include "harness/survey/field_schema.h"
#include "harness/survey/keys.h"
#include "harness/survey/list.h"
#include "reports/render/table_schema.h"
#include "reports/tables/compare.h"
#include "reports/tables/tables.h"

#include <string.h>

#define TEXT_MAX (4u << 20)

/* By the word behind nfc-survey/ in a file's first line. */
static const struct kind {
    const char *name, *title;
    const struct field_map *keys;      /* of what people write */
    const struct table *const *tables; /* of what the program writes */
    const struct table *csv;           /* the same, of CSV: it has columns and no schema */
    void (*print)(struct buf *b);
    void (*fields)(struct buf *b);
} kinds[] = {
    { "survey", "a survey of nfc-survey", .keys = &survey_map },
    { "criteria", "criteria of nfc-survey", .keys = &criteria_map },
    { "reader", "a reader profile of nfc-survey", .keys = &reader_map },
    { "handset", "a handset profile of nfc-survey", .keys = &handset_map },
    { "application", "a test application of nfc-survey", .keys = &application_map },
    { "script", "a script of nfc-survey", .keys = &script_map },
    { "list", NULL, .print = list_schema },
    { "journal", NULL, .print = journal_schema, .fields = journal_field_table },
    { "summary", "summary.yaml of nfc-survey: the findings of a run", .tables = summary_tables },
    { "assessment", "criteria.yaml of nfc-survey: a run held against criteria", .tables = criteria_tables },
    { "matrix", "what nfc-survey matrix prints: readers and the market", .tables = matrix_tables },
    { "comparison", "what nfc-survey compare prints: two runs", .tables = comparison_tables },
    { "cells", NULL, .csv = &table_cells },
};

static const struct kind *kind_named(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static int wrong_kind(const struct options *options, const char *name)
{
    struct buf names;
    buf_init(&names, 1024);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        buf_add_format(&names, "%s%s", i > 0 ? ", " : "", kinds[i].name);
    int status = options_usage(options, "KIND is one of %s, not `%s`", buf_text(&names), name);
    buf_free(&names);
    return status;
}

static void print_fields(const struct kind *kind, struct buf *text)
{
    if (kind->csv)
        csv_fields(text, kind->csv);
    else if (kind->tables)
        table_fields(text, kind->tables);
    else if (kind->keys)
        field_table(text, kind->keys);
    else
        kind->fields(text);
}

static int run_schema(const struct command *command, struct options *options)
{
    const char *name = options_operands(options) > 0 ? options_operand(options, 0) : "journal";
    const struct kind *kind = kind_named(name);
    struct buf text;
    (void)command;
    if (!kind)
        return wrong_kind(options, name);
    bool fields = options_has(options, "fields");
    if (!fields && kind->csv)
        return options_usage(options, "%s is CSV, which has no JSON Schema: --fields lists its columns",
                             name);
    if (fields && kind->print && !kind->fields)
        return options_usage(options, "--fields: %s has a JSON Schema alone", name);
    buf_init(&text, TEXT_MAX);
    if (fields)
        print_fields(kind, &text);
    else if (kind->print)
        kind->print(&text);
    else if (kind->keys)
        field_schema(&text, kind->title, kind->keys);
    else
        table_schema(&text, kind->title, kind->tables);
    return message_print(&text);
}

static const struct option_spec schema_options[] = {
    { .name = "fields", .help = "its keys with form, unit and meaning, as a table in Markdown" },
    { 0 },
};

static const struct command_example schema_examples[] = {
    { "nfc-survey schema survey", "what a survey file may say, for editors and validators" },
    { "nfc-survey schema summary", "what summary.yaml holds" },
    { "nfc-survey schema", "one line of a journal, without its dash" },
    { "nfc-survey schema --fields", "every kind of record and its fields, with their meaning" },
    { "nfc-survey schema cells --fields", "the columns of cells.csv" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_ENVIRONMENT, "the output could not be written" },
    { 0 },
};

const struct command command_schema = {
    .name = "schema",
    .summary = "print the JSON Schema of a kind of file",
    .usage = (const char *const[]) { "[KIND] [--fields]", NULL },
    .description =
        "JSON Schema 2020-12 of what is read and written, KIND being the word behind nfc-survey/ in a file's "
        "first "
        "line: survey, criteria, reader, handset, application, script; journal (the default: one line of "
        "it), summary, "
        "assessment (criteria.yaml of a run), matrix, comparison. list is a row of a handset list in CSV; "
        "cells, with "
        "--fields "
        "alone, is cells.csv. The same schemas are in profiles/schema/, for editors and validators.",
    .options = schema_options,
    .examples = schema_examples,
    .exits = exits,
    .operands_max = 1,
    .operand = "a kind of file",
    .run = run_schema,
};
