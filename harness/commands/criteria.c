/* criteria: a run held against a criteria file: criteria.yaml, a summary in words, and the exit status as a
 * gate. */
#include "harness/base/decimal.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "reports/judgement.h"
#include "reports/tables/proposal_sentences.h"

#include <inttypes.h>
#include <stdlib.h>
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

static const char *style_of(enum recommendation r)
{
    return message_style(stdout, r == RECOMMENDATION_RECOMMENDED       ? MESSAGE_GOOD
                                 : r == RECOMMENDATION_NOT_RECOMMENDED ? MESSAGE_BAD
                                 : r == RECOMMENDATION_NOT_ENOUGH_DATA ? MESSAGE_FAINT
                                                                       : MESSAGE_PLAIN);
}

static void say_cell(const struct assessment *a, size_t cell)
{
    const struct survey *s = a->f->survey;
    const struct findings_cell *c = &a->f->cells[cell];
    struct measures shown;
    text_put_safe(stdout, s->readers[c->reader].unit);
    printf(", ");
    text_put_safe(stdout, s->conditions[c->condition].id);
    printf(", %s: n %u, d %u, P(dirty) in %s", s->scripts_loaded[s->scripts[c->script].script].id, c->n, c->d,
           decimal_interval(c->lower, c->upper, 3).text);
    if (assess_shows(a, CLAUSE_SUCCESS, cell, &shown) == EVIDENCE_TAPS)
        printf("; %" PRIu64 " of %" PRIu64 " taps so far ok, of %u asked for", shown.items[1].number,
               shown.items[0].number, a->criteria->taps);
}

static void say_modes(const char *lead, uint32_t modes)
{
    for (int m = POWER_NONE + 1; m < POWER_COUNT; m++)
        if (modes >> m & 1) {
            printf("%s%s", lead, power_mode_name((enum power_mode)m));
            lead = ", ";
        }
}

static void say_pair(const struct assessment *a, size_t pair)
{
    const struct assess_pair *p = &a->pairs[pair];
    printf("  %s%-15s%s ", style_of(p->recommendation), recommendation_name(p->recommendation),
           message_style(stdout, MESSAGE_PLAIN));
    text_put_safe(stdout, a->f->survey->pairs[pair].name);
    if (p->clause != CLAUSE_NONE)
        printf("; %s: %s", clause_key(p->clause), assess_outcome_name(p->required));
    if (p->clause == CLAUSE_SCOPE && a->not_in_survey) {
        printf(": ");
        text_put_safe(stdout, a->not_in_survey);
    }
    say_modes("; failing with: ", p->modes_failing);
    say_modes("; not shown with: ", p->modes_open);
    if (p->clause != CLAUSE_NONE && p->cell != SIZE_MAX) {
        printf("; ");
        say_cell(a, p->cell);
    } else if (p->recommendation == RECOMMENDATION_CONDITIONAL && p->conditional_cell != SIZE_MAX) {
        printf("; ");
        say_cell(a, p->conditional_cell);
    }
    if (p->required == ASSESS_OPEN && p->placements_missing > 0)
        printf("; up to %u more clean placements in %zu cell%s", p->placements_missing, p->open_count,
               p->open_count == 1 ? "" : "s");
    if (p->leans_on_invalid > 0)
        printf("; %u required cell%s would not be compatible if invalid placements counted as dirty",
               p->leans_on_invalid, p->leans_on_invalid == 1 ? "" : "s");
    putchar('\n');
}

static void say_readers(const struct assessment *a)
{
    puts("\nReaders (handset + sim pairs that pass, fail, are undecided or not testable there)");
    for (size_t i = 0; i < a->f->survey->reader_count; i++) {
        const struct assess_reader *r = &a->readers[i];
        printf("  ");
        text_put_safe(stdout, a->f->survey->readers[i].unit);
        if (r->in_scope)
            printf(": %u, %u, %u, %u%s\n", r->passes, r->fails, r->open, r->not_testable,
                   r->skips >> CLAUSE_PAYLOAD & 1 ? "; its class cannot pass the payload step" : "");
        else
            puts(": not asked for by these criteria");
    }
}

static void say_scenario(const struct assessment *a, const struct assess_scenario *s)
{
    const char *argument = what_if_argument(a, s);
    printf("  %s ", what_if_words(s->what));
    if (argument)
        text_put_safe(stdout, argument);
    else
        printf("%s %%", decimal_plain(s->bound * 100).text);
    if (s->what == WHAT_IF_REPLACE) {
        printf(" by ");
        text_put_safe(stdout, a->f->survey->readers[s->by].unit);
    }
    printf(": %u recommended, %u conditional, %u not, %u open; %u change\n",
           s->counts[RECOMMENDATION_RECOMMENDED], s->counts[RECOMMENDATION_CONDITIONAL],
           s->counts[RECOMMENDATION_NOT_RECOMMENDED], s->counts[RECOMMENDATION_NOT_ENOUGH_DATA], s->changed);
}

static void say_text(const struct assessment *a)
{
    const struct criteria *c = a->criteria;
    if (a->f->simulated)
        puts("SIMULATED: simulated readers and handsets; this says nothing about any real device.");
    printf("Criteria %s%s%s: ", c->id, c->edition ? ", edition " : "", c->edition ? c->edition : "");
    text_put_safe(stdout, c->title);
    printf("\nSource: ");
    text_put_safe(stdout, c->source);
    if (c->analogy) {
        printf("\nBy analogy: ");
        text_put_safe(stdout, c->analogy);
    }
    if (c->proves) {
        printf("\nWhat a pass proves: ");
        text_put_safe(stdout, c->proves);
    }
    if (a->not_in_survey) {
        printf("\nNot in this survey, though asked for: ");
        text_put_safe(stdout, a->not_in_survey);
    }
    puts("\n\nHandsets");
    for (size_t i = 0; i < a->f->survey->pair_count; i++)
        say_pair(a, i);
    say_readers(a);
    if (a->scenario_count > 0)
        puts("\nWhat if");
    for (size_t i = 0; i < a->scenario_count; i++)
        say_scenario(a, &a->scenarios[i]);
    puts("\nProposal");
    for (size_t i = 0; i < proposal_count(a); i++) {
        struct buf sentence;
        buf_init(&sentence, OUTPUT_MAX);
        proposal_add(&sentence, a, i, LANGUAGE_ENGLISH);
        printf("  - ");
        text_put_safe(stdout, sentence.data ? sentence.data : "");
        putchar('\n');
        buf_free(&sentence);
    }
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
    const struct report_how how = { .parts = REPORT_WHAT_IFS,
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

static int run(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0), *output = options_text(options, "output");
    const char *format = options_text(options, "format");
    char path[4096], locale[4096];
    struct report w = { 0 };
    struct err e = { 0 };
    bool yaml = strcmp(format, "yaml") == 0;
    if (!yaml && strcmp(format, "text") != 0)
        return options_usage(options, "--format is yaml or text, not `%s`", format);
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
        say_text(w.assessment);
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
        (const char *const[]) { "DIR [--criteria FILE|NAME] [--handset UNIT] [--what-if CHANGE]...", NULL },
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
    .run = run,
};
