/* handsets import: a list that people keep of their phones, as profiles and as lines of a survey. */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "harness/survey/import.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT_MAX (16u << 20) /* bytes of entries */

/* --column NAME=HEADER, each once. False after a message. */
static bool read_headers(const struct options *o, struct list_headers *out)
{
    for (size_t i = 0; i < options_count(o, "column"); i++) {
        const char *given = options_text_at(o, "column", i), *equals = strchr(given, '=');
        enum list_column column = equals ? list_column_named(given, (size_t)(equals - given)) : LIST_COLUMNS;
        if (column == LIST_COLUMNS || column == LIST_HANDSET || !equals[1]) {
            struct buf names;
            buf_init(&names, 1024);
            for (enum list_column c = 0; c < LIST_COLUMNS; c++)
                if (c != LIST_HANDSET)
                    buf_add_format(&names, "%s%s", names.length ? ", " : "", list_column_name(c));
            options_usage(o, "--column %s: expected NAME=HEADER with one of %s", given, buf_text(&names));
            buf_free(&names);
            return false;
        }
        if (out->of[column]) {
            options_usage(o, "--column %s is given twice", list_column_name(column));
            return false;
        }
        out->of[column] = equals + 1;
    }
    return true;
}

/* Of one that is there already nothing is known: it may hold what somebody measured. */
static int write_profile(const struct import *i, const struct import_row *row, const struct options *o,
                         const struct speech *to, size_t *written, struct err *e)
{
    char path[4096];
    struct buf b;
    if (snprintf(path, sizeof path, "%s/%s.yaml", options_text(o, "output"), row->model.id) >=
        (int)sizeof path)
        return err_set(e, ERR_USAGE, options_text(o, "output"), "the path is too long");
    if (access(path, F_OK) == 0) {
        speech_note(to, WORD_CMD_IMPORT_KEPT, path, NULL);
        return 0;
    }
    buf_init(&b, 1u << 16);
    import_add_profile(&b, i, row, options_text(o, "source"));
    int status =
        b.failed ? err_set(e, ERR_MEMORY, path, "out of memory") : file_replace(path, b.data, b.length, e);
    *written += status == 0;
    buf_free(&b);
    return status;
}

static int write_profiles(const struct import *i, const struct options *o, const struct speech *to,
                          struct err *e)
{
    const char *directory = options_text(o, "output");
    size_t written = 0;
    int status = 0;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, directory, errno, "cannot be made");
    for (size_t row = 0; row < i->count && status == 0; row++)
        if (i->rows[row].first == row && !i->rows[row].model.profiled)
            status = write_profile(i, &i->rows[row], o, to, &written, e);
    if (status == 0)
        speech_note(to, WORD_CMD_IMPORT_WRITTEN, SPEECH_NUMBER(written), directory, NULL);
    return status;
}

static void say_what_was_read(const struct import *i, const struct options *o, const struct speech *to)
{
    size_t models = 0, profiled = 0;
    for (size_t row = 0; row < i->count; row++) {
        const struct import_row *r = &i->rows[row];
        if (r->first != row)
            continue;
        models++;
        profiled += r->model.profiled;
        if (r->model.lost)
            speech_note(to, WORD_CMD_ID_LOSES, i->path, SPEECH_NUMBER(r->model.line), r->model.id,
                        r->model.lost, NULL);
    }
    speech_note(to, WORD_CMD_IMPORTED, i->path, SPEECH_NUMBER(i->count), SPEECH_NUMBER(models),
                SPEECH_NUMBER(profiled), NULL);
    if (profiled < models && !options_has(o, "output"))
        speech_note(to, WORD_CMD_IMPORT_MISSING, SPEECH_NUMBER(models - profiled), NULL);
}

static int print_entries(const struct import *i)
{
    struct buf b;
    buf_init(&b, OUTPUT_MAX);
    buf_add_text(&b, "handsets:\n");
    for (size_t row = 0; row < i->count; row++) {
        import_add_entry(&b, &i->rows[row]);
        buf_add_char(&b, '\n');
    }
    return message_print(&b);
}

static int import_list(const struct options *o, const struct list_headers *headers, const struct speech *to)
{
    char data[4096];
    struct profiles *profiles = NULL;
    struct import *i = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    int status = data_directory(data, sizeof data, &e);
    if (status == 0)
        status = data_profiles(data, &profiles, &e);
    if (status == 0)
        status = import_load(options_operand(o, 1), headers, profiles, &i, &problems, &e);
    if (status == 0) {
        say_what_was_read(i, o, to);
        if (options_has(o, "output"))
            status = write_profiles(i, o, to, &e);
    }
    message_problems(&problems);
    if (status != 0 && problems.count == 0)
        message_error(&e);
    status = status == 0 ? print_entries(i) : err_exit_status(status);
    survey_problems_free(&problems);
    import_free(&i);
    profiles_free(&profiles);
    return status;
}

static int run_handsets(const struct command *command, struct options *options)
{
    (void)command;
    struct list_headers headers = { { 0 } };
    struct speech speech;
    if (strcmp(options_operand(options, 0), "import") != 0)
        return options_usage(options, "there is no `handsets %s`: expected `handsets import FILE`",
                             options_operand(options, 0));
    if (options_operands(options) < 2)
        return options_usage(options, "needs the list: `handsets import FILE`");
    if (!read_headers(options, &headers) || !speech_open(options, stderr, &speech))
        return EXIT_STATUS_USAGE;
    return import_list(options, &headers, &speech);
}

static const struct option_spec option_table[] = {
    { .name = "column",
      .letter = 'c',
      .argument = "NAME=HEADER",
      .help =
          "the column that the list calls HEADER is NAME: maker, model_code, tag ...; without it, headers "
          "in English and Japanese are guessed",
      .repeated = true },
    { .name = "output",
      .letter = 'o',
      .argument = "DIR",
      .help = "write a handset profile into DIR for each model that has none; those there already are kept" },
    { .name = "source",
      .argument = "TEXT",
      .help = "where the list's facts come from, for rows without a source (default: the list's name)" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey handsets import profiles/handsets/handsets.csv",
      "the `handsets:` of a survey from a list" },
    { "nfc-survey handsets import profiles/handsets/handsets.csv --column marketing_name=build_model "
      "--output results/profiles",
      "the same of a list with a header of its own, and profiles for models that have none" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed, and profiles written where they were asked for" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the list is invalid; every problem is on stderr as file:line:column" },
    { EXIT_STATUS_ENVIRONMENT, "the program's own files are missing, or a file could not be written" },
    { 0 },
};

const struct command command_handsets = {
    .name = "handsets",
    .summary = "make profiles and lines of a survey from a list of phones",
    .usage = (const char *const[]) { "import FILE [--column NAME=HEADER]... [--output DIR] [--source TEXT] "
                                     "[--lang en|ja]",
                                     NULL },
    .description =
        "The list is a CSV as spreadsheets save it, a phone a row, with the columns maker and model_code at "
        "least; a profile is found by code and carrier. What is printed goes into a survey as it is.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 2,
    .operand = "import and the list",
    .run = run_handsets,
};
