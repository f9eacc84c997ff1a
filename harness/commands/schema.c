/* The tables of this program as text: the journal's schema and fields, and every subcommand's options. */
#include "harness/commands/command.h"

#include "harness/commands/message.h"
#include "harness/journal/journal.h"

#include <string.h>

#define TEXT_MAX (1u << 20)

static int print(struct buf *text)
{
    int status = EXIT_STATUS_DONE;
    if (text->failed) {
        message_note("out of memory");
        status = EXIT_STATUS_ENVIRONMENT;
    } else if (text->length > 0) {
        fwrite(text->data, 1, text->length, stdout);
    }
    buf_free(text);
    return status;
}

static int run_schema(const struct command *command, struct options *options)
{
    (void)command;
    struct buf text;
    buf_init(&text, TEXT_MAX);
    if (options_has(options, "fields"))
        journal_field_table(&text);
    else
        journal_schema(&text);
    return print(&text);
}

static int run_manual(const struct command *command, struct options *options)
{
    (void)command;
    (void)options;
    struct buf text;
    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; command_table[i]; i++)
        command_describe(command_table[i], &text);
    return print(&text);
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

static const struct command_example manual_examples[] = {
    { "nfc-survey manual", "every subcommand with its options, examples and exit statuses, as YAML" },
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
    .hidden = true,
    .run = run_schema,
};

const struct command command_manual = {
    .name = "manual",
    .summary = "print the tables of subcommands and options",
    .usage = (const char *const[]) { "", NULL },
    .examples = manual_examples,
    .exits = exits,
    .hidden = true,
    .run = run_manual,
};
