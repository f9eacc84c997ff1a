/*
 * explain: why a cell of a run failed, as far as its records go. A PC/SC reader tells next to nothing; where
 * it is a plain CCID device, the cell's script is done again over USB and the reader's own codes stand beside
 * the record. A diagnosis is no placement: nothing is written to the run. The driver runs in a child process.
 */
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/explain_list.h"
#include "harness/commands/explain_text.h"
#include "harness/commands/filter.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "harness/commands/repetition.h"

#include "harness/base/text.h"
#include "harness/findings/tally.h"
#include "harness/journal/journal.h"
#include "harness/station/robot_seal.h"
#include "harness/station/station.h"
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEEPER_DRIVER "ccid"
#define ROWS_SHOWN    20
#define PLACEMENTS_KEPT                                                                                      \
    (2 * SURVEY_READERS_MAX) /* a failure's placement is still open, so it is among them */

struct opened_placement {
    uint64_t line;
    unsigned session, ordinal;
};

struct explained {
    struct speech speech;
    const char *directory;
    bool accepts_damaged;
    struct survey *survey;
    struct report report; /* of the record, with its causes; its survey is the same */
    bool asks_again;      /* options of the repetition are given, so that it is what was asked for */
    size_t cell;
    struct repetition again; /* of the cell's first failure */
    char serial[64];         /* of its reader unit, as the run last found it */
    struct opened_placement kept[PLACEMENTS_KEPT];
    size_t kept_count;
    struct diagnosis_side recorded, repeated;
    struct phrase titles[2]; /* of the two sides */
};

/* ---- the record ---- */

typedef void (*take_record)(void *context, const struct journal_record *r);

static int read_journal(const char *directory, take_record take, void *context, struct err *e)
{
    char path[4096];
    struct journal_reader *reader = NULL;
    struct journal_record record;
    if (snprintf(path, sizeof path, "%s/journal.yaml", directory) >= (int)sizeof path)
        return err_set(e, ERR_USAGE, "", "the path is too long");
    int status = journal_reader_open(path, &reader, e);
    if (status != 0)
        return status;
    journal_reader_ahead(reader, false);
    for (;;) {
        enum journal_read got = journal_reader_next(reader, &record, NULL, e);
        if (got == JOURNAL_READ_END)
            break;
        if (got == JOURNAL_READ_RECORD)
            take(context, &record); /* damaged lines are passed over: `verify` names them */
    }
    status = e->code == ERR_ENVIRONMENT ? e->code : 0;
    journal_reader_close(&reader);
    return status;
}

static void keep_placement(struct explained *x, const struct journal_record *r)
{
    struct opened_placement *kept = &x->kept[x->kept_count++ % PLACEMENTS_KEPT];
    *kept = (struct opened_placement) { r->line, (unsigned)r->as.placement.session,
                                        (unsigned)r->as.placement.ordinal };
}

static void keep_serial(struct explained *x, const struct journal_readers *readers)
{
    const char *unit = x->survey->readers[x->again.placement.reader].unit;
    for (size_t i = 0; i < readers->count; i++) {
        const struct journal_reader_found *f = &readers->items[i];
        if (f->unit && strcmp(f->unit, unit) == 0 && f->serial)
            text_fit(x->serial, sizeof x->serial, f->serial);
    }
}

static void keep_draws(struct explained *x, const struct journal_transaction *t)
{
    x->again.order = (unsigned)t->order;
    for (size_t i = 0; i < x->kept_count && i < PLACEMENTS_KEPT; i++) {
        if (x->kept[i].line != t->placement)
            continue;
        x->again.placement.session = x->kept[i].session;
        x->again.placement.ordinal = x->kept[i].ordinal;
    }
}

/* From the start of activation to the failure: a total is recorded only where the script came to its end. */
static uint64_t time_of(const struct journal_transaction *t)
{
    uint64_t sum = 0;
    bool any = false;
    for (unsigned stage = STAGE_ACTIVATE; stage < STAGE_COUNT; stage++) {
        if (t->stages.us[stage] == UINT32_MAX)
            continue;
        sum += t->stages.us[stage];
        any = true;
    }
    return t->total_us != UINT64_MAX ? t->total_us : any ? sum : DIAGNOSIS_NO_TIME;
}

static void take_transaction(struct explained *x, uint64_t line, const struct journal_transaction *t)
{
    struct diagnosis_failure f = { .number = line, .causes = t->causes };
    f.outcome = t->outcome;
    if (f.outcome != OUTCOME_FAIL && f.outcome != OUTCOME_INVALID) {
        diagnosis_ok(&x->recorded);
        return;
    }
    f.stage = t->stage;
    f.depth = t->depth;
    text_fit(f.step, sizeof f.step, t->step ? t->step : "");
    text_fit(f.native, sizeof f.native, t->native ? t->native : "");
    f.us = time_of(t);
    if (x->recorded.bad == 0)
        keep_draws(x, t);
    diagnosis_add(&x->recorded, &f);
}

static void take_evidence(void *context, const struct journal_record *r)
{
    struct explained *x = context;
    if (r->kind == JOURNAL_KIND_START)
        keep_serial(x, &r->as.start.readers);
    else if (r->kind == JOURNAL_KIND_RESUME)
        keep_serial(x, &r->as.resume.readers);
    else if (r->kind == JOURNAL_KIND_PLACEMENT)
        keep_placement(x, r);
    else if (r->kind == JOURNAL_KIND_TRANSACTION && r->as.transaction.cell == x->cell)
        take_transaction(x, r->line, &r->as.transaction);
}

/* ---- cells ---- */

static void choose_cell(struct explained *x, size_t cell)
{
    const struct survey *s = x->survey;
    size_t rest = cell / s->script_count;
    x->cell = cell;
    x->again.script = (unsigned)(cell % s->script_count);
    x->again.placement.reader = (unsigned)(rest % s->reader_count);
    x->again.placement.condition = (unsigned)(rest / s->reader_count % s->condition_count);
    x->again.placement.pair = (unsigned)(rest / s->reader_count / s->condition_count);
    x->again.placement.session = 1;
    x->again.placement.scripts = 1u << x->again.script;
}

static const struct reader_profile *profile_of(const struct explained *x)
{
    return &x->survey->reader_profiles[x->survey->readers[x->again.placement.reader].profile];
}

/* Why the cell can't be repeated over CCID, of *what; NONE when it can. */
static enum word why_not(const struct explained *x, const char **what)
{
    const struct survey_reader *unit = &x->survey->readers[x->again.placement.reader];
    const struct driver_ops *ops = driver_by_name(unit->driver);
    struct reader_model model;
    reader_profile_model(profile_of(x), &model);
    *what = unit->driver;
    if (ops && ops->capabilities & DRIVER_SIMULATED)
        return WORD_CMD_NO_CCID_SIMULATED;
    if (strcmp(unit->driver, DEEPER_DRIVER) == 0)
        return WORD_CMD_NO_CCID_DEEPER;
    if (strcmp(unit->driver, "pcsc") != 0)
        return WORD_CMD_NO_CCID_DRIVER;
    *what = profile_of(x)->id;
    if (!model.ccid)
        return WORD_CMD_NO_CCID_PROFILE;
    *what = x->survey->hands_argument;
    return robot_is_ours(x->survey) ? WORD_NONE : WORD_CMD_NO_CCID_COMMAND;
}

/* ---- the command ---- */

static int compare_sides(struct explained *x, struct err *e)
{
    x->again.ops = driver_by_name(DEEPER_DRIVER);
    if (!x->again.ops)
        return err_set(e, ERR_UNSUPPORTED, DEEPER_DRIVER, "this program was built without that driver");
    const struct speech *to = &x->speech;
    struct phrase hold;
    x->again.survey = x->survey;
    x->again.serial = x->serial;
    x->again.seen = &x->repeated;
    x->again.language = to->language;
    int status = repetition_run(&x->again, e);
    if (x->repeated.transactions == 0) {
        explain_text(to, &x->recorded, NULL);
        return status;
    }
    if (x->again.opened.simulated)
        speech_line(to, WORD_CMD_EMULATED_NOW, phrase_said(&x->again.opened.sign, to->language, &hold), NULL);
    putc('\n', to->to);
    explain_text(to, &x->recorded, &x->repeated);
    if (x->repeated.bad > 0 && x->repeated.transactions < x->again.times && status == 0)
        speech_line(to, WORD_CMD_NOTHING_SEEN, NULL);
    speech_line(to, WORD_CMD_NOTHING_WRITTEN, NULL);
    return status;
}

static struct phrase title_of(const struct explained *x, enum word word, const char *driver)
{
    return phrase_fill(word, x->speech.language, (const char *const[]) { driver, NULL });
}

static int explain_cell(struct explained *x, size_t cell, struct err *e)
{
    const struct speech *to = &x->speech;
    const char *what;
    char where[64];
    choose_cell(x, cell);
    x->titles[0] = title_of(x, WORD_CMD_RECORDED, x->survey->readers[x->again.placement.reader].driver);
    x->titles[1] = title_of(x, WORD_CMD_REPEATED, DEEPER_DRIVER);
    x->recorded.title = x->titles[0].text;
    x->repeated.title = x->titles[1].text;
    snprintf(where, sizeof where, "cell %zu", cell);
    int status = read_journal(x->directory, take_evidence, x, e);
    if (status != 0)
        return status;
    if (!explain_is_known(&x->report, cell))
        return err_set(e, ERR_NO_DATA, where, "nothing was measured of it yet");
    if (x->report.findings->simulated)
        speech_line(to, WORD_CMD_SIMULATED_RUN, NULL);
    else if (x->report.findings->unproven)
        speech_line(to, WORD_UNPROVEN_RUN, NULL);
    say_state(to, x->report.findings);
    if (x->recorded.bad == 0) {
        explain_well(to, &x->report, cell);
        return 0;
    }
    explain_name(to, x->survey, cell);
    putc('\n', to->to);
    explain_suspects(to, &x->report.findings->cells[cell]);
    explain_not_pursued(to, &x->report, cell);
    explain_record(to, x->report.causes, x->cell);
    enum word why = why_not(x, &what);
    if (why != WORD_NONE) {
        putc('\n', to->to);
        explain_text(to, &x->recorded, NULL);
        if (x->asks_again)
            return err_set(e, ERR_UNSUPPORTED, where, "%s",
                           phrase_fill(why, LANGUAGE_ENGLISH, (const char *const[]) { what, NULL }).text);
        speech_line(to, WORD_CMD_NOT_TO_BE_REPEATED,
                    phrase_fill(why, to->language, (const char *const[]) { what, NULL }).text, NULL);
        return 0;
    }
    return compare_sides(x, e);
}

static bool choose_hands(struct survey *s, const struct options *o)
{
    const char *name = options_text(o, "hands");
    if (!name)
        return true;
    if (strcmp(name, "testbed") == 0)
        s->hands = HANDS_TESTBED;
    else if (strcmp(name, "person") == 0)
        s->hands = HANDS_PERSON;
    else if (strcmp(name, "none") == 0)
        s->hands = HANDS_NONE;
    else
        return false;
    return true;
}

static int load_run(struct explained *x, struct err *e)
{
    const struct report_how how = { .parts = REPORT_CAUSES | REPORT_VERDICTS };
    int status = station_load_run(x->directory, &x->survey, e);
    if (status == 0)
        status = model_open(x->directory, &how, x->accepts_damaged, &x->report, e);
    return status;
}

static int read_stages(const struct options *o, uint32_t *out, struct err *e)
{
    for (size_t i = 0; i < options_count(o, "stage"); i++) {
        const char *name = options_text_at(o, "stage", i);
        enum stage stage = stage_of_name(name, strlen(name));
        if (stage == STAGE_NONE)
            return err_set(e, ERR_USAGE, "",
                           "--stage is setup, detect, activate, route, exchange or check, not `%s`", name);
        *out |= UINT32_C(1) << stage;
    }
    return 0;
}

static int list_cells(struct explained *x, const struct options *o, struct err *e)
{
    struct survey_filter only;
    struct explain_list list = { .speech = x->speech,
                                 .report = &x->report,
                                 .most = options_has(o, "all") ? SIZE_MAX : ROWS_SHOWN };
    if (!filter_read(o, &only))
        return ERR_USAGE;
    bool *pairs = calloc(x->survey->pair_count + 1, sizeof *pairs);
    int status =
        pairs ? filter_pairs(&only, x->survey, pairs, e) : err_set(e, ERR_MEMORY, "explain", "out of memory");
    list.pairs = pairs;
    if (status == 0)
        status = filter_readers(&only, x->survey, &list.readers, e);
    if (status == 0)
        status = read_stages(o, &list.stages, e);
    if (status == 0)
        status = explain_list(&list, e);
    free(pairs);
    return status;
}

/* The name of an option of the list, or of the repetition, that is given; NULL: none is. */
static const char *given(const struct options *o, const char *const *names)
{
    while (*names && !options_has(o, *names))
        names++;
    return *names;
}

static int refuse_option(const char *option, bool of_list, struct err *e)
{
    return err_set(e, ERR_USAGE, "",
                   of_list ? "--%s is of the list, which is without CELL" : "--%s goes with CELL", option);
}

static int explain_run(struct explained *x, const struct options *o, struct err *e)
{
    static const char *const of_list[] = { "handset", "reader", "stage", "all", NULL }, *const of_cell[] = {
        "times", "hands", "ccid-reader", "wait", NULL
    };
    const char *text = options_operand(o, 1), *odd = given(o, text ? of_list : of_cell);
    uint64_t cell = 0, times = 3, wait_s = 10;
    if (odd)
        return refuse_option(odd, text != NULL, e);
    if (!options_number(o, "times", 1, 1000, &times) || !options_number(o, "wait", 1, 600, &wait_s))
        return ERR_USAGE;
    x->asks_again = given(o, of_cell) != NULL;
    x->again.times = (unsigned)times;
    x->again.wait_ms = (uint32_t)wait_s * 1000;
    int status = load_run(x, e);
    if (status != 0)
        return status;
    if (!choose_hands(x->survey, o))
        return err_set(e, ERR_USAGE, "", "--hands is person, testbed or none");
    if (!text)
        return list_cells(x, o, e);
    if (!text_to_u64(text, strlen(text), &cell) || cell >= survey_cell_count(x->survey))
        return err_set(e, ERR_USAGE, "",
                       "there is no cell `%s`: the run has cells 0 to %zu; without CELL the failing ones are "
                       "listed",
                       text, survey_cell_count(x->survey) - 1);
    return explain_cell(x, (size_t)cell, e);
}

static int run_explain(const struct command *command, struct options *options)
{
    (void)command;
    struct err e = { 0 };
    struct explained *x = calloc(1, sizeof *x);
    if (!x) {
        message_note("out of memory");
        return EXIT_STATUS_ENVIRONMENT;
    }
    if (!speech_open(options, stdout, &x->speech)) {
        free(x);
        return EXIT_STATUS_USAGE;
    }
    x->directory = options_operand(options, 0);
    x->accepts_damaged = damage_is_accepted(options);
    x->again.named = options_text(options, "ccid-reader");
    int status = explain_run(x, options, &e);
    if (status == ERR_USAGE && e.text[0])
        options_usage(options, "%s%s%s", e.where, e.where[0] ? ": " : "", e.text);
    else if (status != 0 && status != ERR_USAGE)
        message_error(&e);
    survey_free(&x->survey);
    report_close(&x->report);
    free(x);
    return err_exit_status(status);
}

static const struct option_spec option_table[] = {
    FILTER_OPTIONS,
    { .name = "stage",
      .letter = 's',
      .argument = "STAGE",
      .help = "what failed there only: setup, detect, activate, route, exchange or check",
      .repeated = true },
    { .name = "all",
      .letter = 'a',
      .help = "every cell that failed and every handset not pursued, not only the first 20" },
    { .name = "times",
      .letter = 'n',
      .argument = "N",
      .help = "how often the script is repeated",
      .fallback = "3" },
    { .name = "hands",
      .letter = 'H',
      .argument = "WHO",
      .help = "who lays the phone: person (asked at the terminal), testbed, none (it lies there already); "
              "the survey's own unless given" },
    { .name = "ccid-reader",
      .letter = 'r',
      .argument = "NAME",
      .help = "part of the CCID reader's name, where more than one fits or the unit was replaced" },
    { .name = "wait",
      .letter = 'w',
      .argument = "SECONDS",
      .help = "for the handset to come",
      .fallback = "10" },
    ACCEPT_DAMAGED_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey explain results/demo",
      "what failed by handset, reader and stage, and the 20 cells that failed the most" },
    { "nfc-survey explain results/demo --reader sim-reader-c --handset 'sim-su*' --all",
      "every failing cell of some handsets on a reader" },
    { "nfc-survey explain results/demo --stage activate --stage route", "only what failed there" },
    { "nfc-survey explain results/demo 17", "what is known of cell 17, which may be that it never failed" },
    { "nfc-survey explain results/counter-2 17 --times 10 --hands none",
      "a cell of a PC/SC reader: ten repetitions over CCID; the phone lies on the reader already" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE,
      "answered: also that nothing failed, that a cell never failed, that it was not pursued" },
    { EXIT_STATUS_USAGE, "the command line is wrong, or the run has no such cell, handset or reader" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal" },
    { EXIT_STATUS_ENVIRONMENT, "the cell was to be repeated, and its reader has no CCID interface, is not "
                               "attached or is held by pcscd, or the hands or the driver failed" },
    { EXIT_STATUS_NO_DATA, "nothing was measured yet of the cells that were asked about" },
    { EXIT_STATUS_INTERRUPTED, "stopped at the question for the phone" },
    { 0 },
};

const struct command command_explain = {
    .name = "explain",
    .summary = "say why a cell failed, and ask a PC/SC reader itself over CCID",
    .usage = (const char *const[]) { "DIR [--handset NAME]... [--reader NAME]... [--stage STAGE]... [--all] "
                                     "[--lang en|ja]",
                                     "DIR CELL [OPTION]...", NULL },
    .description =
        "Without CELL: how often cells failed by handset, reader and stage, then these cells, those that "
        "failed the most first, with the candidate causes that are left; and the handsets that were not "
        "pursued any more, "
        "with the cell that settled it. With CELL: what "
        "removed or supports each candidate, and whether the handset or the reader is to be looked at "
        "(docs/causes.md). PC/SC gives one code for nearly every failure: where the reader is a plain CCID "
        "device, this then repeats the cell's script over USB and shows the recorded evidence and the "
        "reader's own codes (bStatus, "
        "bmICCStatus, bError) side by side, with the causes that both leave. pcscd must let go of the "
        "reader: "
        "systemctl stop pcscd.socket pcscd. Nothing is written to the run: a diagnosis is no placement. By "
        "hand: nfc-survey apdu --driver ccid --script SCRIPT.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 2,
    .operand = "the directory of a run",
    .run = run_explain,
};
