/* export: runs for other programs, as a database, tables, lines of JSON, or a capture. Changes nothing in them. */
#include "reports/export/export.h"
#include "harness/base/signal_block.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"

#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096

OPTION_CHOICE(format_choice, export_formats)

static int refuse_format(struct options *options, const char *given)
{
    return options_usage(options, "--format is one of %s, not `%s`", option_names(format_choice).text, given);
}

static int add_run(const struct export_format *format, struct exporting *x, unsigned run,
                   const char *directory, const char *data, bool accepts_damaged, struct err *e)
{
    struct report_how how = { .parts = format->parts, .data_directory = data };
    struct report r = { 0 };
    char locale[PATH_SIZE];
    int status = model_open(directory, &how, accepts_damaged, &r, e);
    if (status == 0)
        status = data_locale(locale, sizeof locale, e);
    r.language = "en";
    r.locale_directory = locale;
    if (status == 0)
        status = format->add(x, run, &r, e);
    report_close(&r);
    return status;
}

static int write_all(const struct export_format *format, const struct export_how *how, const char *path,
                     struct options *options, struct err *e)
{
    char data[PATH_SIZE];
    struct exporting *x = NULL;
    int status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = format->open(path, how, &x, e);
    for (size_t i = 0; i < options_operands(options) && status == 0; i++)
        status = add_run(format, x, (unsigned)i + 1, options_operand(options, i), data,
                         damage_is_accepted(options), e);
    return format->close(&x, status, e);
}

/* Only some formats leave something out. False after a message. */
static bool read_how(struct options *options, const struct export_format *format, struct export_how *how)
{
    uint64_t cell = EXPORT_NO_CELL;
    *how = (struct export_how) { .all = options_has(options, "all"), .cell = EXPORT_NO_CELL };
    if (!format->is_of_exchanges && (how->all || options_has(options, "cell"))) {
        options_usage(options, "--all and --cell are of --format pcapng; %s has everything", format->name);
        return false;
    }
    if (!options_number(options, "cell", 0, EXPORT_NO_CELL - 1, &cell))
        return false;
    how->cell = (size_t)cell;
    return true;
}

/* The same directory twice would be two runs that nothing tells apart. */
static const char *named_twice(const struct options *options)
{
    for (size_t i = 1; i < options_operands(options); i++)
        for (size_t j = 0; j < i; j++) {
            struct stat a, b;
            if (stat(options_operand(options, i), &a) == 0 && stat(options_operand(options, j), &b) == 0 &&
                a.st_dev == b.st_dev && a.st_ino == b.st_ino)
                return options_operand(options, i);
        }
    return NULL;
}

static int run_export(const struct command *command, struct options *options)
{
    (void)command;
    const char *path = options_text(options, "output"), *name = options_text(options, "format");
    const struct export_format *format = name ? export_format_of(name) : NULL;
    struct export_how how;
    struct err e = { 0 };
    sigset_t before;
    if (!name || !path)
        return options_usage(options, "it needs --format and --output");
    if (!format)
        return refuse_format(options, name);
    if (!read_how(options, format, &how))
        return EXIT_STATUS_USAGE;
    if (named_twice(options))
        return options_usage(options, "`%s` is named twice", named_twice(options));
    bool held = signal_block_begin(&before);
    int status = write_all(format, &how, path, options, &e);
    if (held)
        signal_block_end(&before);
    if (status != 0)
        return model_error(status, &e);
    text_put_safe(stdout, path);
    putchar('\n');
    return EXIT_STATUS_DONE;
}

static const struct option_spec option_table[] = {
    { .name = "format", .letter = 'f', .argument = "FORMAT", .help = "what for:", .choice = format_choice },
    { .name = "output",
      .letter = 'o',
      .argument = "PATH",
      .help = "the file, of csv a folder; what is there is replaced when all is whole" },
    { .name = "all", .letter = 'a', .help = "pcapng: also what did not fail, where its bytes were recorded" },
    { .name = "cell", .letter = 'c', .argument = "NUMBER", .help = "pcapng: of this cell alone" },
    ACCEPT_DAMAGED_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey export results/demo --format sqlite --output results/demo.db",
      "then: sqlite3 results/demo.db 'select * from report_cells'" },
    { "nfc-survey export results/demo --format ndjson --output results/demo.ndjson",
      "then, in DuckDB: from 'results/demo.ndjson'" },
    { "nfc-survey export results/demo results/demo-again --format csv --output results/tables",
      "two runs in results/tables/cells.csv, transactions.csv, ..." },
    { "nfc-survey export results/demo --format pcapng --output results/demo.pcapng",
      "every failed exchange; then: wireshark results/demo.pcapng" },
    { "nfc-survey export results/demo --format pcapng --cell 12 --all --output results/cell-12.pcapng",
      "those of one cell of the report" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "written; the path is on stdout" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "a directory holds no usable journal, or " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT, "the file could not be written; what was there before is as it was" },
    { EXIT_STATUS_INTERRUPTED, "stopped by a signal; nothing is written" },
    { 0 },
};

const struct command command_export = {
    .name = "export",
    .summary = "write runs for other programs: SQLite, DuckDB, spreadsheets, Wireshark",
    .usage = (const char *const[]) { "DIR... --format FORMAT --output PATH [--all] [--cell NUMBER]", NULL },
    .description =
        "Every field of every record is there, under the names of the journal, and the tables of the report "
        "beside them. Several runs go into one file: the column run tells them apart. docs/exports.md lists "
        "the "
        "tables and how other programs read them.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 64,
    .operand = "the directory of a run",
    .run = run_export,
};
