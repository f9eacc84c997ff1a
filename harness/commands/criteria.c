/* criteria: a run held against a criteria file: criteria.yaml, a summary in words, and the exit status as a
 * gate. */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/criteria_text.h"
#include "harness/commands/damage.h"
#include "harness/commands/data.h"
#include "harness/commands/filter.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "harness/commands/remake.h"
#include "reports/judgement.h"

#include <string.h>

#define OUTPUT_MAX (512u << 20)
#define PATH_SIZE  4096
#define MADE_MAX   (1u << 16)

/* --what-if asks for these only, instead of all that the program knows. */
static int ask_scenarios(struct report *w, const struct options *options, struct err *e)
{
    size_t count = options_count(options, "what-if");
    int status = 0;
    if (count > 0)
        assess_forget(w->assessment);
    for (size_t i = 0; i < count && status == 0; i++) {
        const char *change = options_text_at(options, "what-if", i);
        status = assess_add(w->assessment, change, e);
        if (status == ERR_USAGE)
            err_set(e, ERR_USAGE, "--what-if",
                    "`%s`: expected drop:READER, drop-model:PROFILE, only:READER, replace:OLD=NEW, "
                    "without:CLAUSE, without:POWER-MODE, without-condition:CONDITION (one of several of its "
                    "power "
                    "mode) or dirty_at_most:X, of this survey and these criteria",
                    change);
    }
    return status;
}

/* 0: all who are asked about meet the criteria, 1: one does not, 5: none fails, but one is open or a clause is
 * not testable. */
static int gate(const struct assessment *a)
{
    return a->counts[RECOMMENDATION_NOT_RECOMMENDED] > 0   ? EXIT_STATUS_NOT_MET
           : a->counts[RECOMMENDATION_NOT_ENOUGH_DATA] > 0 ? EXIT_STATUS_NO_DATA
                                                           : EXIT_STATUS_DONE;
}

/*
 * Where the assessment goes: the run's criteria.yaml holds all of its own criteria, and nothing else is ever
 * written there. False: nowhere but to stdout, for it is of some handsets or readers.
 */
static int name_output(const struct report *w, const struct options *options, char path[PATH_SIZE],
                       bool *writes, struct err *e)
{
    const char *directory = options_operand(options, 0), *output = options_text(options, "output");
    int length = 0;
    *writes = output || !assess_is_of_some(w->assessment);
    if (output)
        length = snprintf(path, PATH_SIZE, "%s", output);
    else if (w->is_own_criteria)
        length = snprintf(path, PATH_SIZE, "%s/criteria.yaml", directory);
    else
        length = snprintf(path, PATH_SIZE, "%s/criteria-%s.yaml", directory, w->criteria->id);
    return length < PATH_SIZE ? 0 : err_set(e, ERR_INPUT, directory, "the path is too long");
}

/* A file that was written, for the manifest; as: the option that names it. */
static int finish(const struct report *w, const struct options *options, const char *as, const char *path,
                  struct err *e)
{
    static const char *const without[] = { "output", "junit", "format", "lang", NULL };
    const char *slash = strrchr(path, '/');
    struct buf made;
    buf_init(&made, MADE_MAX);
    remake_line(options, without, as, slash ? slash + 1 : path, &made);
    int status = finish_file(options_operand(options, 0), path, buf_text(&made), w->findings, e);
    buf_free(&made);
    return status;
}

/* path: NULL: into no file. */
static int write_yaml(const struct report *w, const char *path, bool show, struct err *e)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX);
    int status = judgement_write(w, path ? path : "criteria", &text, e);
    if (status == 0 && path)
        status = file_replace(path, text.data, text.length, e);
    if (status == 0 && show)
        fwrite(text.data, 1, text.length, stdout);
    buf_free(&text);
    return status;
}

static int assess(struct report *w, const struct options *options, const struct survey_filter *only,
                  struct err *e)
{
    char data[PATH_SIZE];
    const struct report_how how = { .parts = REPORT_ALL,
                                    .criteria = options_text(options, "criteria"),
                                    .only = only,
                                    .data_directory = data };
    int status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = model_open(options_operand(options, 0), &how, damage_is_accepted(options), w, e);
    if (status == 0 && !w->assessment)
        status =
            err_set(e, ERR_INPUT, "criteria", "the survey of this run names no criteria: give --criteria");
    if (status == 0)
        status = ask_scenarios(w, options, e);
    return status;
}

static void say(const struct report *w, const struct speech *speech, const char *path)
{
    criteria_text(w->assessment, speech);
    if (!path)
        return;
    putchar('\n');
    text_put_safe(stdout, path);
    putchar('\n');
}

static int write_all(struct report *w, const struct options *options, const struct speech *speech,
                     struct err *e)
{
    char path[PATH_SIZE];
    const char *junit = options_text(options, "junit");
    bool yaml = strcmp(options_text(options, "format"), "yaml") == 0, writes = false;
    int status = name_output(w, options, path, &writes, e);
    if (status == 0 && (writes || yaml))
        status = write_yaml(w, writes ? path : NULL, yaml, e);
    if (status == 0 && writes)
        status = finish(w, options, "output", path, e);
    if (status == 0 && junit)
        status = judgement_junit(w, junit, e);
    if (status == 0 && junit)
        status = finish(w, options, "junit", junit, e);
    if (status == 0 && !yaml)
        say(w, speech, writes ? path : NULL);
    return status;
}

static int run_criteria(const struct command *command, struct options *options)
{
    (void)command;
    const char *format = options_text(options, "format");
    struct survey_filter only;
    char locale[PATH_SIZE];
    struct report w = { 0 };
    struct err e = { 0 };
    struct speech speech;
    if (strcmp(format, "yaml") != 0 && strcmp(format, "text") != 0)
        return options_usage(options, "--format is yaml or text, not `%s`", format);
    if (!filter_read(options, &only) || !speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    int status = assess(&w, options, &only, &e);
    if (status == 0)
        status = data_locale(locale, sizeof locale, &e);
    w.locale_directory = locale;
    if (status == 0)
        status = write_all(&w, options, &speech, &e);
    int ends = status == ERR_USAGE ? options_usage(options, "%s: %s", e.where, e.text)
               : status != 0       ? model_error(status, &e)
                                   : gate(w.assessment);
    report_close(&w);
    return ends;
}

static int remake_criteria(struct options *options, struct remake *to, struct err *e)
{
    char locale[PATH_SIZE], path[PATH_SIZE];
    bool is_junit = options_has(options, "junit");
    struct survey_filter only;
    struct report w = { 0 };
    const char *at = remake_path(to, options, is_junit ? "junit" : "output", path);
    if (!filter_read(options, &only) || at == to->folder || !at[0])
        return err_set(e, ERR_INPUT, "criteria", "the command line names no file of the run");
    int status = assess(&w, options, &only, e);
    if (status == 0)
        status = data_locale(locale, sizeof locale, e);
    w.locale_directory = locale;
    if (status == 0)
        status = is_junit ? judgement_junit(&w, at, e) : write_yaml(&w, at, false, e);
    report_close(&w);
    return status;
}

static const struct option_spec option_table[] = {
    { .name = "criteria",
      .letter = 'c',
      .argument = "FILE|NAME",
      .help = "a criteria file, or the id of one shipped, instead of the survey's own" },
    FILTER_OPTIONS,
    { .name = "what-if",
      .letter = 'w',
      .argument = "CHANGE",
      .help =
          "only this change: drop:READER, drop-model:PROFILE, only:READER, replace:OLD=NEW, "
          "without:CLAUSE, without:POWER-MODE, without-condition:CONDITION, dirty_at_most:X; else every one "
          "that applies",
      .repeated = true },
    { .name = "format",
      .letter = 'f',
      .argument = "yaml|text",
      .help = "what is printed",
      .fallback = "text" },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .help = "where the assessment goes, instead of DIR/criteria.yaml for the run's own criteria, "
              "DIR/criteria-ID.yaml for others, and nowhere with --handset or --reader" },
    { .name = "junit",
      .letter = 'j',
      .argument = "FILE",
      .help = "the gate as JUnit XML, a test case a handset" },
    ACCEPT_DAMAGED_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey criteria results/demo",
      "hold a run against its own criteria; writes results/demo/criteria.yaml" },
    { "nfc-survey criteria results/demo --criteria counter-default --handset sim-akane",
      "is this one handset good enough? (as it is printed, nothing is written)" },
    { "nfc-survey criteria results/demo --handset 'sim-a*' --reader sim-reader-a --reader sim-reader-b",
      "some handsets, on two readers, both of which must pass" },
    { "nfc-survey criteria results/demo --junit results/demo/criteria.junit.xml",
      "the gate for a build server" },
    { "nfc-survey criteria results/demo --criteria transit-500ms --output results/demo/transit.yaml",
      "the same evidence under other criteria" },
    { "nfc-survey criteria results/demo --what-if drop:sim-reader-a --what-if without:screen-off",
      "what would change without a reader, or without a power mode" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "every handset that was asked about is recommended or conditional" },
    { EXIT_STATUS_NOT_MET, "at least one of them does not meet the criteria" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT,
      "the directory holds no usable journal, the criteria are invalid or missing, or " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT, "a file could not be written" },
    { EXIT_STATUS_NO_DATA,
      "none fails, but some cannot be decided, or a clause is not testable with this run" },
    { 0 },
};

const struct command command_criteria = {
    .name = "criteria",
    .summary = "hold a run against selection criteria",
    .usage =
        (const char *const[]) {
            "DIR [--criteria FILE|NAME] [--handset NAME]... [--reader NAME]... [--what-if CHANGE]...",
            "    [--format yaml|text] [--output FILE] [--junit FILE] [--lang en|ja]", NULL },
    .description =
        "Says of each handset whether it is recommended, with the clause, the cell and the journal lines "
        "that decide; how far that depends on thresholds and readers; and which least demanding "
        "criteria would give the same list. The exit status is a gate.\n"
        "\n"
        "With --handset or --reader all of it, and the exit status, is of these only: of the handsets named, "
        "on the "
        "readers named, which then must all pass, whatever readers the criteria ask for. What-ifs are those "
        "of --what-if, and there is no proposal.\n"
        "\n"
        "DIR/criteria.yaml holds the whole run under its own criteria and is never written for another "
        "question.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_criteria,
    .remake = remake_criteria,
};
