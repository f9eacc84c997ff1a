/* criteria: a run held against a criteria file: criteria.yaml, a summary in words, and the exit status as a
 * gate. */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/criteria_text.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "reports/judgement.h"

#include <string.h>

#define OUTPUT_MAX (512u << 20)

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

/* 0: all meet the criteria, 1: one does not, 5: none fails, but one is open or a clause is not testable. */
static int gate(const struct report *w, const char *handset, struct err *e)
{
    const struct assessment *a = w->assessment;
    bool found = false, failing = false, open = false;
    for (size_t i = 0; i < a->f->survey->pair_count; i++) {
        if (handset && strcmp(a->f->survey->pairs[i].unit, handset) != 0 &&
            strcmp(a->f->survey->pairs[i].name, handset) != 0)
            continue;
        found = true;
        failing = failing || a->pairs[i].recommendation == RECOMMENDATION_NOT_RECOMMENDED;
        open = open || a->pairs[i].recommendation == RECOMMENDATION_NOT_ENOUGH_DATA;
    }
    if (!found)
        return err_set(e, ERR_USAGE, "--handset", "`%s` is no handset of this survey",
                       handset ? handset : "");
    return failing ? EXIT_STATUS_NOT_MET : open ? EXIT_STATUS_NO_DATA : EXIT_STATUS_DONE;
}

static int write_yaml(const struct report *w, const char *path, bool show, struct err *e)
{
    struct buf text;
    buf_init(&text, OUTPUT_MAX);
    int status = judgement_write(w, path, &text, e);
    if (status == 0)
        status = file_replace(path, text.data, text.length, e);
    if (status == 0 && show)
        fwrite(text.data, 1, text.length, stdout);
    buf_free(&text);
    return status;
}

static int assess(struct report *w, const struct options *options, struct err *e)
{
    char data[4096];
    const struct report_how how = { .parts = REPORT_ALL,
                                    .criteria = options_text(options, "criteria"),
                                    .data_directory = data };
    int status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = model_open(options_operand(options, 0), &how, w, e);
    if (status == 0 && !w->assessment)
        status =
            err_set(e, ERR_INPUT, "criteria", "the survey of this run names no criteria: give --criteria");
    if (status == 0)
        status = ask_scenarios(w, options, e);
    return status;
}

static int run_criteria(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0), *output = options_text(options, "output");
    const char *format = options_text(options, "format");
    char path[4096], locale[4096];
    struct report w = { 0 };
    struct err e = { 0 };
    struct speech speech;
    bool yaml = strcmp(format, "yaml") == 0;
    if (!yaml && strcmp(format, "text") != 0)
        return options_usage(options, "--format is yaml or text, not `%s`", format);
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    if (snprintf(path, sizeof path, "%s%s", output ? output : directory, output ? "" : "/criteria.yaml") >=
        (int)sizeof path)
        return options_usage(options, "the path is too long");
    int status = assess(&w, options, &e), ends = 0;
    if (status == 0)
        ends = gate(&w, options_text(options, "handset"), &e);
    if (status == 0 && ends < 0)
        status = ends;
    if (status == 0)
        status = data_locale(locale, sizeof locale, &e);
    w.locale_directory = locale;
    if (status == 0)
        status = write_yaml(&w, path, yaml, &e);
    if (status == 0 && !yaml) {
        criteria_text(w.assessment, &speech);
        putchar('\n');
        text_put_safe(stdout, path);
        putchar('\n');
    }
    if (status == ERR_USAGE)
        ends = options_usage(options, "%s: %s", e.where, e.text);
    else if (status != 0)
        ends = model_error(status, &e);
    report_close(&w);
    return ends;
}

static const struct option_spec option_table[] = {
    { .name = "criteria",
      .letter = 'c',
      .argument = "FILE|NAME",
      .help = "a criteria file, or the id of one shipped, instead of the survey's own" },
    { .name = "handset",
      .argument = "UNIT",
      .help = "the exit status speaks of this handset only (UNIT or UNIT+SIM)" },
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
      .help = "where the assessment goes instead of DIR/criteria.yaml" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey criteria results/demo",
      "hold a run against its own criteria; writes results/demo/criteria.yaml" },
    { "nfc-survey criteria results/demo --criteria counter-default --handset sim-akane",
      "is this one handset good enough?" },
    { "nfc-survey criteria results/demo --criteria transit-500ms --output results/demo/transit.yaml",
      "the same evidence under other criteria" },
    { "nfc-survey criteria results/demo --what-if drop:sim-reader-a --what-if without:screen-off",
      "what would change without a reader, or without a power mode" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "every handset, or the one named, is recommended or conditional" },
    { EXIT_STATUS_NOT_MET, "at least one does not meet the criteria" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal, or the criteria are invalid or missing" },
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
            "DIR [--criteria FILE|NAME] [--handset UNIT] [--what-if CHANGE]... [--lang en|ja]", NULL },
    .description =
        "Says of each handset whether it is recommended, with the clause, the cell and the journal lines "
        "that decide; how far that depends on thresholds and readers; and which least demanding "
        "criteria would give the same list. The exit status is a gate.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_criteria,
};
