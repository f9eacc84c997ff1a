/* The journal's tables as text: its schema and its fields. */
#include "harness/commands/command.h"

#include "harness/commands/message.h"
#include "harness/journal/journal.h"

#include <string.h>

#define TEXT_MAX (1u << 20)

static int run_schema(const struct command *command, struct options *options)
{
    (void)command;
    struct buf text;
    buf_init(&text, TEXT_MAX);
    if (options_has(options, "fields"))
        journal_field_table(&text);
    else
        journal_schema(&text);
    return message_print(&text);
}

static const struct option_spec schema_options[] = {
    { .name = "fields", .help = "the same as a table of fields for the manual" },
    { 0 },
};

static const struct command_example schema_examples[] = {
    { "nfc-survey schema", "the JSON schema of one line of a journal" },
    { "nfc-survey schema --fields", "every kind of record and its fields, with their meaning" },
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
    .summary = "print the schema of the journal",
    .usage = (const char *const[]) { "[--fields]", NULL },
    .options = schema_options,
    .examples = schema_examples,
    .exits = exits,
    .run = run_schema,
};
