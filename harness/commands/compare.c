/* compare: two runs, what changed between them, and what only looks so. Changes nothing in either. */
#include "harness/compare/compare.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/compare_text.h"
#include "harness/commands/damage.h"
#include "harness/commands/data.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "reports/sections/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE  4096
#define OUTPUT_MAX (256u << 20)

enum format { FORMAT_NONE = 0, FORMAT_TEXT, FORMAT_YAML, FORMAT_HTML };

struct wish {
    enum format format;
    bool english, japanese; /* pages */
    struct speech speech;   /* text */
    const char *output;     /* NULL: stdout, or beside run B */
    const char *junit;      /* the gate as JUnit XML; NULL: not asked for */
    const char *directory;  /* of run B */
    struct compare_options how;
};

static bool read_format(const char *text, enum format *out)
{
    static const char *const names[] = { "", "text", "yaml", "html" };
    for (int i = FORMAT_TEXT; i <= FORMAT_HTML; i++)
        if (strcmp(text, names[i]) == 0)
            *out = (enum format)i;
    return *out != FORMAT_NONE;
}

static bool read_languages(const char *text, struct wish *w)
{
    w->english = strcmp(text, "en") == 0;
    w->japanese = strcmp(text, "ja") == 0;
    if (strcmp(text, "en,ja") == 0 || strcmp(text, "ja,en") == 0)
        w->english = w->japanese = true;
    return w->english || w->japanese;
}

/* EXIT_STATUS_DONE, or a usage error after its message. */
static int read_wish(struct options *options, struct wish *w)
{
    const char *match = options_text(options, "match"), *format = options_text(options, "format");
    const char *languages = options_text(options, "lang"), *fdr = options_text(options, "fdr");
    w->output = options_text(options, "output");
    w->junit = options_text(options, "junit");
    w->directory = options_operand(options, 1);
    if (strcmp(match, "unit") != 0 && strcmp(match, "model") != 0)
        return options_usage(options, "--match is unit or model, not `%s`", match);
    w->how.match = strcmp(match, "unit") == 0 ? COMPARE_BY_UNIT : COMPARE_BY_MODEL;
    if (!read_format(format, &w->format))
        return options_usage(options, "--format is text, yaml or html, not `%s`", format);
    if (!read_languages(languages ? languages : "en", w))
        return options_usage(options, "--lang is en, ja or en,ja, not `%s`", languages);
    if (w->format != FORMAT_HTML && w->english && w->japanese)
        return options_usage(options, "--lang en,ja is for --format html");
    if (w->format == FORMAT_TEXT && !speech_open(options, stdout, &w->speech))
        return EXIT_STATUS_USAGE;
    if (!options_real(options, "fdr", 0.0, 1.0, &w->how.fdr))
        return EXIT_STATUS_USAGE;
    if (!(w->how.fdr > 0.0 && w->how.fdr < 1.0))
        return options_usage(options, "--fdr needs a decimal between 0 and 1, such as 0.05, not `%s`", fdr);
    return EXIT_STATUS_DONE;
}

static int put(const struct comparison *c, const struct wish *w, const char *bytes, size_t length,
               struct err *e)
{
    if (!w->output) {
        fwrite(bytes, 1, length, stdout);
        return 0;
    }
    int status = file_replace(w->output, bytes, length, e);
    return status == 0 ? finish_file(w->directory, w->output, "", c->b, e) : status;
}

static int write_yaml(const struct comparison *c, const struct wish *w, struct err *e)
{
    struct buf b;
    buf_init(&b, OUTPUT_MAX);
    compare_yaml(c, &b);
    int status = b.failed ? err_set(e, ERR_MEMORY, "compare", "the output does not fit in memory")
                          : put(c, w, b.data, b.length, e);
    buf_free(&b);
    return status;
}

static int write_text(const struct comparison *c, const struct wish *w, struct err *e)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&bytes, &length);
    if (!to)
        return err_set(e, ERR_MEMORY, "compare", "out of memory");
    compare_text(c, &(const struct speech) { to, w->speech.language });
    bool good = !ferror(to);
    good = fclose(to) == 0 && good;
    int status = good ? put(c, w, bytes, length, e) : err_set(e, ERR_MEMORY, "compare", "out of memory");
    free(bytes);
    return status;
}

/* compare.html beside run B; compare.ja.html where both languages are asked for, with --output as their
 * folder. */
static int write_page(const struct comparison *c, const struct wish *w, const struct report *a,
                      const char *language, struct err *e)
{
    char path[PATH_SIZE], data[PATH_SIZE], locale[PATH_SIZE];
    struct report r = *a;
    bool both = w->english && w->japanese;
    int n = w->output && !both
                ? snprintf(path, sizeof path, "%s", w->output)
                : snprintf(path, sizeof path, "%s/compare%s%s.html", w->output ? w->output : w->directory,
                           both ? "." : "", both ? language : "");
    if (n >= PATH_SIZE)
        return err_set(e, ERR_INPUT, w->directory, "the path is too long");
    int status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = data_locale(locale, sizeof locale, e);
    if (status != 0)
        return status;
    r.language = language;
    r.other_language_file = !both                         ? NULL
                            : strcmp(language, "en") == 0 ? "compare.ja.html"
                                                          : "compare.en.html";
    r.data_directory = data;
    r.locale_directory = locale;
    status = compare_html(c, &r, path, e);
    if (status == 0)
        status = finish_file(w->directory, path, "", c->b, e);
    if (status == 0) {
        text_put_safe(stdout, path);
        putchar('\n');
    }
    return status;
}

static int write_pages(const struct comparison *c, const struct wish *w, const struct report *a,
                       struct err *e)
{
    int status = 0;
    if (w->output && w->english && w->japanese && mkdir(w->output, 0777) != 0 && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, w->output, errno, "this folder cannot be made");
    if (w->english)
        status = write_page(c, w, a, "en", e);
    if (status == 0 && w->japanese)
        status = write_page(c, w, a, "ja", e);
    return status;
}

static int write_out(const struct comparison *c, const struct wish *w, const struct report *a, struct err *e)
{
    switch (w->format) {
    case FORMAT_YAML:
        return write_yaml(c, w, e);
    case FORMAT_HTML:
        return write_pages(c, w, a, e);
    default:
        return write_text(c, w, e);
    }
}

static int run_compare(const struct command *command, struct options *options)
{
    (void)command;
    struct wish w = { 0 };
    const struct report_how how = { 0 };
    struct report a = { 0 }, b = { 0 };
    struct comparison *c = NULL;
    struct err e = { 0 };
    int usage = read_wish(options, &w);
    if (usage != EXIT_STATUS_DONE)
        return usage;
    int status = model_open(options_operand(options, 0), &how, damage_is_accepted(options), &a, &e);
    if (status == 0)
        status = model_open(options_operand(options, 1), &how, damage_is_accepted(options), &b, &e);
    if (status == 0)
        status = compare_make(a.findings, b.findings, &w.how, &c, &e);
    if (status == 0)
        status = write_out(c, &w, &a, &e);
    if (status == 0 && w.junit)
        status = compare_junit(c, w.junit, &e);
    if (status == 0 && w.junit)
        status = finish_file(w.directory, w.junit, "", c->b, &e);
    int exit_status = status != 0             ? message_error(&e)
                      : compare_found(c)      ? EXIT_STATUS_NOT_MET
                      : compare_could_find(c) ? EXIT_STATUS_DONE
                                              : EXIT_STATUS_NO_DATA;
    compare_free(&c);
    report_close(&a);
    report_close(&b);
    return exit_status;
}

static const struct option_spec option_table[] = {
    { .name = "match",
      .letter = 'm',
      .argument = "unit|model",
      .help = "cells of the same units, or of the same models and SIM kinds",
      .fallback = "unit" },
    { .name = "fdr",
      .letter = 'q',
      .argument = "Q",
      .help =
          "expected share of wrong entries among the cells listed, at most, and the chance of any wrong one "
          "among readers and handsets, and among times",
      .fallback = "0.05" },
    { .name = "format",
      .letter = 'f',
      .argument = "text|yaml|html",
      .help = "text to read, all of it as YAML, or a page",
      .fallback = "text" },
    { .name = "lang",
      .letter = 'l',
      .argument = "en,ja",
      .help = "language of the text (default: the locale's), or those of the page, with a comma between, a "
              "file each (default: en)" },
    { .name = "output",
      .letter = 'o',
      .argument = "PATH",
      .help = "the file, or with two languages their folder; else stdout, pages beside B" },
    { .name = "junit",
      .letter = 'j',
      .argument = "FILE",
      .help = "the gate as JUnit XML too: a test case an entry, failed where it is on a list" },
    ACCEPT_DAMAGED_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey compare results/demo results/demo-again", "what changed from the first run to the second" },
    { "nfc-survey compare results/demo results/demo-again --match model --format yaml",
      "the same by model, for other programs" },
    { "nfc-survey compare results/demo results/demo-again --format html --lang en,ja",
      "compare.en.html and compare.ja.html beside the second run" },
    { "nfc-survey compare results/demo results/demo-again --junit results/demo-again/compare.junit.xml",
      "for a build server: what changed is a failure" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "no change is shown" },
    { EXIT_STATUS_NOT_MET, "a change was found" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT,
      "no usable journal, one run is simulated and the other is not, or " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT, "a file could not be written, or a catalogue is missing" },
    { EXIT_STATUS_NO_DATA, "not enough data to show any change" },
    { 0 },
};

const struct command command_compare = {
    .name = "compare",
    .summary = "two runs: what changed, and what only looks so",
    .usage =
        (const char *const[]) { "A B [--match unit|model] [--fdr Q] [--format text|yaml|html] [--lang en,ja] "
                                "[--output PATH] [--junit FILE]",
                                NULL },
    .description =
        "For a new reader firmware, a new Android version, another lab. A cell is compared with the same "
        "reader, handset and SIM, condition and script of the other run; another script, time limit or k "
        "makes cells incomparable, and they are listed with the reason.\n"
        "\n"
        "Worse and better are about P(dirty): of cells for the sessions held, by e-values that hold wherever "
        "either run stopped. Readers, handsets and times (slower, faster) are tested with the session as the "
        "unit when both runs held four or more; with fewer nothing is claimed of them beyond \"differs "
        "between "
        "these days\", which is no change and no status 1. What only looks changed has an interval without "
        "\"no change\" but is not on the list: among so many cells some look so by chance. No change shown "
        "never means no change: the interval says what is not ruled out.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 2,
    .operands_max = 2,
    .operand = "the directories of two runs",
    .run = run_compare,
};
