/* report: a run's summary and its page, written beside its journal. */
#include "reports/report.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/findings/findings.h"

#include <string.h>

static int write_page(const struct findings *f, struct report_options *how, const char *path, struct err *e)
{
    int status = report_html(f, how, path, e);
    if (how->warning[0])
        message_note("%s", how->warning);
    if (status == 0) {
        message_safe(stdout, path);
        putchar('\n');
    }
    return status;
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0), *language = options_text(options, "language");
    const char *output = options_text(options, "output");
    char data[4096], locale[4096], page[4096];
    struct err e = { 0 };
    struct findings *f = NULL;
    if (strcmp(language, "en") != 0 && strcmp(language, "ja") != 0)
        return options_usage(options, "--language is en or ja, not `%s`", language);
    if (snprintf(page, sizeof page, "%s%s", output ? output : directory, output ? "" : "/report.html") >=
        (int)sizeof page)
        return options_usage(options, "the path is too long");
    struct report_options how = {
        .data_directory = data, .locale_directory = locale, .language = language, .gnuplot = "gnuplot"
    };
    int status = data_directory(data, sizeof data, &e);
    if (status == 0)
        status = data_locale(locale, sizeof locale, &e);
    if (status == 0)
        status = findings_make(directory, &f, &e);
    if (status == 0 && f->damaged > 0)
        message_note("%s: %llu damaged lines of the journal were passed over; `nfc-survey verify` names them",
                     directory, (unsigned long long)f->damaged);
    if (status == 0)
        status = finish_summary(f, directory, &e);
    if (status == 0)
        status = write_page(f, &how, page, &e);
    findings_free(&f);
    return status == 0 ? EXIT_STATUS_DONE : message_error(&e);
}

static const struct option_spec option_table[] = {
    { .name = "language",
      .letter = 'l',
      .argument = "en|ja",
      .help = "language of the page",
      .fallback = "en" },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .help = "where the page goes instead of DIR/report.html" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey report results/demo", "write results/demo/summary.yaml and results/demo/report.html" },
    { "nfc-survey report results/demo --language ja --output results/demo/report-ja.html",
      "a second page in Japanese" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "written; the paths are on stdout" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal" },
    { EXIT_STATUS_ENVIRONMENT, "a file could not be written" },
    { EXIT_STATUS_NO_DATA, "not enough data for a report" },
    { 0 },
};

const struct command command_report = {
    .name = "report",
    .summary = "write the summary and the report of a run",
    .usage = (const char *const[]) { "DIR [--language en|ja] [--output FILE]", NULL },
    .description = "Both are made from the journal alone, also while the run goes on, and can be made again "
                   "at any time.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run,
};
