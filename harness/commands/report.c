/* report: what a run says, in the formats and languages asked for, written beside its journal. */
#include "reports/report.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/data.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "harness/commands/remake.h"
#include "reports/words/phrase.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE      4096
#define FORMATS_MAX    16
#define LANGUAGES_MAX  2
#define CRITERIA_MAX   16
#define DEFAULT_FORMAT "html"
#define MADE_MAX       (1u << 16)

/* What is asked for. */
struct wish {
    const struct report_writer *formats[FORMATS_MAX];
    size_t format_count;
    const char *languages[LANGUAGES_MAX];
    size_t language_count;
    const char *output; /* --output, or NULL */
    bool keeps_plots;
    const struct shares *shares;
    bool accepts_damaged;
    const char *criteria[CRITERIA_MAX]; /* beside the run's own */
    size_t criteria_count;
};

/* The files of one run. */
struct work {
    const struct options *options;
    struct remake *again; /* they are made again, for somebody to look at; NULL: they are made */
    const char *directory;
    char data[PATH_SIZE], locale[PATH_SIZE], plots[PATH_SIZE];
    struct report report;
};

/* Each word of a comma-separated list to take(); false when it refused one. */
static bool each_word(const char *list, bool (*take)(struct wish *w, const char *word, size_t length),
                      struct wish *w)
{
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        if (!take(w, at, length))
            return false;
        at += length;
        if (!*at)
            return true;
    }
}

static bool take_format(struct wish *w, const char *word, size_t length)
{
    const struct report_writer *writer = report_writer_of(word, length);
    for (size_t i = 0; i < w->format_count; i++)
        if (w->formats[i] == writer)
            return true;
    if (!writer || w->format_count == FORMATS_MAX)
        return false;
    w->formats[w->format_count++] = writer;
    return true;
}

static bool take_language(struct wish *w, const char *word, size_t length)
{
    static const char *const known[LANGUAGES_MAX] = { "en", "ja" };
    for (size_t i = 0; i < LANGUAGES_MAX; i++) {
        if (length != strlen(known[i]) || memcmp(word, known[i], length) != 0)
            continue;
        for (size_t j = 0; j < w->language_count; j++)
            if (w->languages[j] == known[i])
                return true;
        w->languages[w->language_count++] = known[i];
        return true;
    }
    return false;
}

OPTION_CHOICE(format_choice, report_writers)

static int refuse_format(struct options *options, const char *given)
{
    return options_usage(options, "--format is any of %s, with commas between, not `%s`",
                         option_names(format_choice).text, given);
}

static size_t files_of(const struct wish *w)
{
    size_t files = 0;
    for (size_t i = 0; i < w->format_count; i++)
        files += w->formats[i]->is_in_every_language ? w->language_count
                 : w->formats[i] == &report_criteria ? 1 + w->criteria_count
                                                     : 1;
    return files;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* criteria.yaml holds the run's own criteria and no others. */
static const char *stem_of(const struct report *r, const struct report_writer *writer, struct phrase *hold)
{
    if (writer != &report_criteria || !r->criteria || r->is_own_criteria)
        return writer->stem ? writer->stem : "report";
    snprintf(hold->text, sizeof hold->text, "%s-%s", writer->stem, r->criteria->id);
    return hold->text;
}

/* --output is the one file, and no folder. */
static bool names_the_file(const struct wish *w)
{
    return w->output && files_of(w) == 1 && !is_folder(w->output);
}

/* report.html; report.ja.html where several languages are asked for. --output names the one file, or a
 * folder. */
static int name_file(const struct wish *w, const struct work *k, const struct report *r,
                     const struct report_writer *writer, char out[PATH_SIZE], struct err *e)
{
    struct phrase hold;
    bool tells = writer->is_in_every_language && w->language_count > 1;
    int n = names_the_file(w) ? snprintf(out, PATH_SIZE, "%s", w->output)
                              : snprintf(out, PATH_SIZE, "%s/%s%s%s.%s", w->output ? w->output : k->directory,
                                         stem_of(r, writer, &hold), tells ? "." : "",
                                         tells ? r->language : "", writer->extension);
    return n < PATH_SIZE ? 0 : err_set(e, ERR_INPUT, k->directory, "the path is too long");
}

static int make_folder(const char *path, struct err *e)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return 0;
    return err_system(e, ERR_ENVIRONMENT, path, errno, "this folder cannot be made");
}

/* A matrix that can't be made (shares that add up to more than the market) leaves the rest whole. */
static int open_run(struct work *k, const struct wish *w, struct err *e)
{
    struct report_how how = { .parts = REPORT_ALL,
                              .beside = w->criteria,
                              .beside_count = w->criteria_count,
                              .data_directory = k->data,
                              .matrix = { .shares = w->shares } };
    int status = data_directory(k->data, sizeof k->data, e);
    if (status == 0)
        status = data_locale(k->locale, sizeof k->locale, e);
    if (status == 0)
        status = model_open(k->directory, &how, w->accepts_damaged, &k->report, e);
    k->report.locale_directory = k->locale;
    k->report.gnuplot = "gnuplot";
    k->report.python = getenv("NFC_SURVEY_PYTHON");
    k->report.plots_directory = w->keeps_plots ? k->plots : NULL;
    return status;
}

/* A page may name the same page in the other language, where this call writes both of them. */
static int name_other(const struct wish *w, const struct report_writer *writer, size_t language, char out[64])
{
    if (!writer->is_in_every_language || w->language_count != LANGUAGES_MAX)
        return 0;
    return snprintf(out, 64, "report.%s.%s", w->languages[1 - language], writer->extension);
}

/* A page leads to the run's capture where this call writes both. */
static const char *name_capture(const struct wish *w)
{
    bool beside = files_of(w) > 1;
    for (size_t i = 0; i < w->format_count; i++)
        if (w->formats[i] == &report_pcapng && beside)
            return "report.pcapng";
    return NULL;
}

/* A file that was written, for the manifest. */
static int finish(const struct report *r, const struct work *k, const struct wish *w, const char *path,
                  struct err *e)
{
    static const char *const without[] = { "output", "keep-plots", NULL };
    const char *slash = strrchr(path, '/');
    struct buf made;
    buf_init(&made, MADE_MAX);
    remake_line(k->options, without, names_the_file(w) ? "output" : NULL, slash ? slash + 1 : path, &made);
    int status = finish_file(k->directory, path, buf_text(&made), r->findings, e);
    buf_free(&made);
    if (status == 0) {
        text_put_safe(stdout, path);
        putchar('\n');
        (void)fflush(
            stdout); /* it is there, whatever becomes of the next one; a failure is told at the end */
    }
    return status;
}

/* Whether it is left out; it is named in either case. */
static bool is_left_out(const struct work *k, const struct report_writer *writer, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!k->again || !writer->is_drawn)
        return false;
    buf_add_format(&k->again->drawn, "%s\n", slash ? slash + 1 : path);
    return !k->again->draws;
}

/* r: the run's report, or the same under other criteria. */
static int write_file(struct report *r, const struct work *k, const struct wish *w,
                      const struct report_writer *writer, struct err *e)
{
    char path[PATH_SIZE];
    r->capture_file = name_capture(w);
    r->warning[0] = '\0';
    int status = name_file(w, k, r, writer, path, e);
    if (status == 0 && is_left_out(k, writer, path))
        return 0;
    if (status == 0)
        status = writer->write(r, path, e);
    if (r->warning[0])
        message_note("%s", r->warning);
    return status == 0 && !k->again ? finish(r, k, w, path, e) : status;
}

static int write_one(struct work *k, const struct wish *w, const struct report_writer *writer,
                     size_t language, struct err *e)
{
    char other[64];
    struct report *r = &k->report;
    r->language = w->languages[language];
    r->other_language_file = name_other(w, writer, language, other) > 0 ? other : NULL;
    int status = write_file(r, k, w, writer, e);
    for (const struct report_writer *also = writer->also; also && !names_the_file(w) && status == 0;
         also = also->also)
        status = write_file(r, k, w, also, e);
    for (size_t i = 0; i < r->beside_count && writer == &report_criteria && status == 0; i++) {
        struct report beside = report_beside(r, i);
        status = write_file(&beside, k, w, writer, e);
    }
    return status;
}

static int write_all(struct work *k, const struct wish *w, struct err *e)
{
    int status = 0;
    if (w->output && files_of(w) > 1)
        status = make_folder(w->output, e);
    if (status == 0 && w->keeps_plots) {
        if (snprintf(k->plots, sizeof k->plots, "%s/plots", k->directory) >= PATH_SIZE)
            return err_set(e, ERR_INPUT, k->directory, "the path is too long");
        status = make_folder(k->plots, e);
    }
    for (size_t i = 0; i < w->format_count && status == 0; i++) {
        size_t languages = w->formats[i]->is_in_every_language ? w->language_count : 1;
        for (size_t j = 0; j < languages && status == 0; j++)
            status = write_one(k, w, w->formats[i], j, e);
    }
    return status;
}

static int report_run(const char *directory, const struct wish *w, const struct options *options)
{
    struct work k = { .directory = directory, .options = options };
    struct err e = { 0 };
    int status = open_run(&k, w, &e);
    if (status == 0 && k.report.criteria && !k.report.is_own_criteria) {
        int ends = finish_run(directory); /* the summary speaks of the run's own criteria, and it has none */
        if (ends != EXIT_STATUS_DONE) {
            report_close(&k.report);
            return ends;
        }
    } else if (status == 0) {
        status = finish_summary(&k.report, directory, &e);
    }
    if (status == 0)
        status = write_all(&k, w, &e);
    report_close(&k.report);
    return status == 0 ? EXIT_STATUS_DONE : model_error(status, &e);
}

static bool read_criteria(const struct options *options, struct wish *w)
{
    w->criteria_count = options_count(options, "criteria");
    if (w->criteria_count > CRITERIA_MAX) {
        options_usage(options, "--criteria is given more than %d times", CRITERIA_MAX);
        return false;
    }
    for (size_t i = 0; i < w->criteria_count; i++)
        w->criteria[i] = options_text_at(options, "criteria", i);
    return true;
}

static int read_wish(struct options *options, struct wish *w)
{
    *w = (struct wish) { .output = options_text(options, "output"),
                         .keeps_plots = options_has(options, "keep-plots"),
                         .accepts_damaged = damage_is_accepted(options) };
    if (!each_word(options_text(options, "format"), take_format, w))
        return refuse_format(options, options_text(options, "format"));
    if (!each_word(options_text(options, "lang"), take_language, w))
        return options_usage(options, "--lang is en, ja or en,ja, not `%s`", options_text(options, "lang"));
    if (w->output && options_operands(options) > 1)
        return options_usage(options,
                             "--output is for one run; without it each report goes beside its journal");
    return read_criteria(options, w) ? EXIT_STATUS_DONE : EXIT_STATUS_USAGE;
}

static int run_report(const struct command *command, struct options *options)
{
    (void)command;
    struct wish w;
    struct shares *shares = NULL;
    struct err e = { 0 };
    int usage = read_wish(options, &w);
    if (usage != EXIT_STATUS_DONE)
        return usage;
    int status = model_shares(options_text(options, "shares"), &shares, &e);
    w.shares = shares;
    if (status != 0)
        status = model_error(status, &e);
    for (size_t i = 0; i < options_operands(options) && status == 0; i++)
        status = report_run(options_operand(options, i), &w, options);
    shares_free(&shares);
    return status;
}

static int remake_report(struct options *options, struct remake *to, struct err *e)
{
    char path[PATH_SIZE];
    struct work k = { .options = options, .again = to, .directory = options_operand(options, 0) };
    struct shares *shares = NULL;
    struct wish w;
    if (read_wish(options, &w) != EXIT_STATUS_DONE)
        return err_set(e, ERR_INPUT, "report", "its command line is wrong");
    w.keeps_plots = false;
    w.output = remake_path(to, options, "output", path);
    if (!w.output[0])
        return err_set(e, ERR_INPUT, "report", "its command line names no file of the run");
    int status = model_shares(options_text(options, "shares"), &shares, e);
    w.shares = shares;
    if (status == 0)
        status = open_run(&k, &w, e);
    if (status == 0)
        status = write_all(&k, &w, e);
    report_close(&k.report);
    shares_free(&shares);
    return status;
}

static const struct option_spec option_table[] = {
    { .name = "format",
      .letter = 'f',
      .argument = "LIST",
      .help = "formats, with commas between:",
      .fallback = DEFAULT_FORMAT,
      .choice = format_choice },
    { .name = "lang",
      .letter = 'l',
      .argument = "en,ja",
      .help = "languages, with a comma between; a file each",
      .fallback = "en" },
    { .name = "output",
      .letter = 'o',
      .argument = "PATH",
      .help = "the file, or a folder for it or for several, instead of DIR" },
    { .name = "criteria",
      .letter = 'c',
      .argument = "FILE|NAME",
      .help =
          "other criteria, judged and shown beside the run's own: a file, or the id of some shipped; where "
          "the survey names none, the first in their place",
      .repeated = true },
    { .name = "shares",
      .letter = 's',
      .argument = "FILE",
      .help = "market shares: CSV of handset,share instead of the profiles'" },
    { .name = "keep-plots", .letter = 'k', .help = "leave the plots' scripts and data in DIR/plots" },
    ACCEPT_DAMAGED_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey report results/demo", "write results/demo/summary.yaml and results/demo/report.html" },
    { "nfc-survey report results/demo --lang en,ja", "report.en.html and report.ja.html" },
    { "nfc-survey report results/demo --format xlsx,csv,md,criteria",
      "report.xlsx, cells.csv, report.md and criteria.yaml" },
    { "nfc-survey report results/demo --format html,pdf", "the same for the screen and for paper" },
    { "nfc-survey report results/demo --criteria transit-500ms --criteria cts-50-taps",
      "with the list under two other criteria beside that of its own" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "written; the paths are on stdout" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal, the shares or criteria can't be used, "
                         "or " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT,
      "a file could not be written, or a catalogue or a program such as WeasyPrint is missing" },
    { EXIT_STATUS_NO_DATA, "other criteria are asked of a run with `decide: list`" },
    { 0 },
};

const struct command command_report = {
    .name = "report",
    .summary = "write the summary and the report of a run",
    .usage = (const char *const[]) { "DIR... [--format LIST] [--lang en,ja] [--output PATH]",
                                     "    [--criteria FILE|NAME]... [--shares FILE] [--keep-plots]", NULL },
    .description =
        "All is made from the journal alone, also while the run goes on, and can be made again "
        "at any time. A PDF is made by WeasyPrint; NFC_SURVEY_PYTHON names the Python that has it, "
        "where that is not Debian's.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 64,
    .operand = "the directory of a run",
    .run = run_report,
    .remake = remake_report,
};
