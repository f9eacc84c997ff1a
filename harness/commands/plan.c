/* plan: what a survey will take, before anything runs; changes nothing. */
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/doubts.h"
#include "harness/commands/estimate.h"
#include "harness/commands/message.h"
#include "harness/commands/plan_errors.h"
#include "harness/commands/speech.h"
#include "harness/commands/suggest.h"
#include "reports/tables/commands.h"

#include "drivers/emulator/handset/handset.h"
#include "harness/clauses/criteria_file.h"
#include "harness/plan/plan.h"

#include <inttypes.h>
#include <string.h>

static struct phrase percent(double share)
{
    return number_fixed(100 * share, 1);
}
#define PERCENT(share) (percent(share).text)

static void show_units(const struct survey *s, const struct speech *to)
{
    const char *title = s->title ? phrase_choose(s->title, s->title_ja, to->language) : s->id;
    if (s->simulated) {
        speech_line(to, WORD_CMD_PLAN_SIMULATED, phrase_unmarked(title, to->language).text, NULL);
    } else {
        text_put_safe(to->to, title);
        putc('\n', to->to);
    }
    speech_line(to, WORD_CMD_PLAN_UNITS, SPEECH_NUMBER(s->reader_count), SPEECH_NUMBER(s->pair_count),
                SPEECH_NUMBER(s->condition_count), SPEECH_NUMBER(s->script_count), SPEECH_NUMBER(s->sessions),
                NULL);
    putc('\n', to->to);
}

static int show_cost(const struct survey *s, const struct speech *to, struct err *e)
{
    struct survey_cost c = { 0 };
    int status = plan_cost(s, &c.all, e);
    if (status == 0)
        status = plan_list_cost(s, &c.all, &c.list, e);
    if (status != 0)
        return status;
    speech_line(to, WORD_CMD_PLAN_CELLS, SPEECH_NUMBER(c.all.cells - c.all.excluded - c.all.not_applicable),
                SPEECH_NUMBER(c.all.excluded), SPEECH_NUMBER(c.all.not_applicable), NULL);
    putc('\n', to->to);
    speech_table(to, NULL, &table_cost, &TABLE_ABOUT(&c));
    putc('\n', to->to);
    speech_line(to, WORD_CMD_PLAN_COURSES, NULL);
    if (c.list.is_known)
        speech_line(to, WORD_CMD_PLAN_LIST_COURSE, SPEECH_NUMBER(c.list.handsets), NULL);
    speech_line(to, s->decide == DECIDE_LIST ? WORD_CMD_DECIDES_LIST : WORD_CMD_DECIDES_MATRIX, NULL);
    return 0;
}

static void show_scheme(const struct survey *s, const struct scheme_table *t, const struct speech *to)
{
    const struct scheme *k = &t->scheme;
    double lower = 0, upper = 1;
    putc('\n', to->to);
    speech_line(to, WORD_CMD_PLAN_SCHEME, k->name, SPEECH_NUMBER(k->k), NULL);
    if (scheme_is_two_tier(k))
        speech_line(to, WORD_CMD_PLAN_TIERS, SPEECH_NUMBER(s->reader_count), PERCENT(k->mean), PERCENT(k->q1),
                    PERCENT(k->beta), PERCENT(k->q0), SPEECH_NUMBER(k->n_max), NULL);
    if (s->sessions < VERDICT_SESSIONS_NEEDED) {
        speech_line(to, WORD_CMD_PLAN_NEVER_COMPATIBLE, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED),
                    SPEECH_NUMBER(s->sessions), NULL);
    } else if (t->accept[0] > 0) {
        verdict_bounds(k, t->accept[0], 0, 0, &lower, &upper);
        speech_line(to, WORD_CMD_PLAN_COMPATIBLE, SPEECH_NUMBER(t->accept[0]), SPEECH_NUMBER(s->sessions),
                    PERCENT(upper), PERCENT(k->q1), PERCENT(k->beta), NULL);
    }
    speech_line(to, WORD_CMD_PLAN_INCOMPATIBLE, PERCENT(k->q0), PERCENT(k->alpha), SPEECH_NUMBER(k->n_max),
                NULL);
}

static int show_summary(const struct survey *s, const struct speech *to, struct err *e)
{
    struct plan *p = NULL;
    struct reach doubts = { 0 };
    int status = plan_make(s, &p, e);
    if (status != 0)
        return status;
    show_units(s, to);
    status = show_cost(s, to, e);
    if (status == 0)
        status = doubts_of(s, &doubts, e);
    if (status == 0) {
        show_scheme(s, plan_table(p), to);
        speech_table(to, NULL, &table_acceptance, &TABLE_ABOUT(plan_table(p)));
        status = plan_errors_say(to, s, &plan_table(p)->scheme, e);
        doubts_say(to, s, &doubts);
    }
    reach_free(&doubts);
    plan_free(&p);
    return status;
}

struct walk {
    const struct survey *survey;
    uint64_t number;
};

static bool show_placement(void *context, const struct plan_placement *p)
{
    struct walk *w = context;
    const struct survey *s = w->survey;
    const struct survey_pair *pair = &s->pairs[p->pair];
    printf("%" PRIu64 "\t%u\t%u\t", ++w->number, p->session, p->tour + 1);
    text_put_safe(stdout, pair->unit);
    putchar('\t');
    text_put_safe(stdout, s->sims[pair->sim].id);
    putchar('\t');
    text_put_safe(stdout, s->conditions[p->condition].id);
    putchar('\t');
    text_put_safe(stdout, s->readers[p->reader].unit);
    putchar('\n');
    return !ferror(stdout);
}

static int show_list(const struct survey *s, struct err *e)
{
    struct walk w = { .survey = s };
    puts("placement\tsession\ttour\thandset\tsim\tcondition\treader");
    return plan_walk(s, show_placement, &w, e);
}

/* The simulator's own truth of a cell, from the profiles' parameters. */
static double truth(const struct survey *s, size_t reader, size_t pair, size_t condition, size_t script,
                    unsigned k)
{
    static struct handset_sizes sizes[SCRIPT_EXPANDED_MAX];
    struct handset_transaction transaction;
    const struct survey_pair *unit = &s->pairs[pair];
    const struct survey_condition *c = &s->conditions[condition];
    const struct virtual_reader *r = &s->reader_profiles[s->readers[reader].profile].simulation;
    struct laying laying = {
        .handset = &s->handset_profiles[unit->handset].simulation,
        .sim = &s->sims[unit->sim].simulation,
        .power_mode = c->power_mode,
        .x_mm = c->x_mm,
        .y_mm = c->y_mm,
        .z_mm = c->z_mm,
        .unit_key = survey_unit_key(s, reader, pair, condition),
        .handset_key = survey_handset_key(s, pair),
        .reader_key = survey_reader_key(s, reader),
        .session = 1,
    };
    estimate_transaction(survey_script_loaded(s, script), r->level == READER_LEVEL_EXTENDED,
                         laying.sim->certificate_bytes, sizes, SCRIPT_EXPANDED_MAX, &transaction);
    transaction.limit_us = 1000ull * s->scripts[script].time_limit_ms;
    return handset_truth(&laying, r, &transaction, k);
}

static void show_truth_of(const struct survey *s, size_t reader, size_t pair, size_t condition, size_t script,
                          unsigned k)
{
    text_put_safe(stdout, s->readers[reader].unit);
    putchar('\t');
    text_put_safe(stdout, s->pairs[pair].name);
    putchar('\t');
    text_put_safe(stdout, s->conditions[condition].id);
    putchar('\t');
    text_put_safe(stdout, s->scripts_loaded[s->scripts[script].script].id);
    enum survey_cell state = s->excluded[survey_cell(s, pair, condition, reader, script)];
    if (state == SURVEY_CELL_IN)
        printf("\t%.6f\n", truth(s, reader, pair, condition, script, k));
    else
        printf("\t%s\n", state == SURVEY_CELL_EXCLUDED ? "excluded" : "not-applicable");
}

static int show_truth(const struct survey *s, struct err *e)
{
    struct plan *p = NULL;
    if (!s->simulated)
        return err_set(e, ERR_INPUT, s->path, "only a simulated survey has a truth that can be known");
    int status = plan_make(s, &p, e);
    if (status != 0)
        return status;
    unsigned k = plan_table(p)->scheme.k;
    puts("reader\thandset\tcondition\tscript\tq");
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            for (size_t reader = 0; reader < s->reader_count; reader++)
                for (size_t script = 0; script < s->script_count; script++)
                    show_truth_of(s, reader, pair, condition, script, k);
    plan_free(&p);
    return 0;
}

static const char *const of_suggest[] = { "from", "shares", "format" };

static int run_plan(const struct command *command, struct options *options)
{
    (void)command;
    char data[4096];
    struct survey *s = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    struct speech speech;
    uint64_t seed = 0;
    if (!options_number(options, "seed", 0, UINT64_MAX, &seed))
        return EXIT_STATUS_USAGE;
    if (options_has(options, "list") + options_has(options, "truth") + options_has(options, "suggest") > 1)
        return options_usage(options, "--list, --truth and --suggest are different outputs; give one");
    if (options_has(options, "suggest") && options_operands(options) > 0)
        return options_usage(options,
                             "--suggest chooses models for a survey that is still to be written: name none");
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    if (options_has(options, "suggest"))
        return suggest_models(options, seed, &speech);
    if (options_operands(options) == 0)
        return options_usage(options, "needs a survey file");
    for (size_t i = 0; i < sizeof of_suggest / sizeof *of_suggest; i++) {
        if (options_count(options, of_suggest[i]) > 0)
            return options_usage(options, "--%s goes with --suggest", of_suggest[i]);
    }
    int status = data_directory(data, sizeof data, &e);
    if (status == 0)
        status = survey_load(options_operand(options, 0), data, criteria_check, &s, &problems, &e);
    message_problems(&problems);
    if (status == 0) {
        if (options_has(options, "seed"))
            s->seed = seed;
        status = options_has(options, "list")    ? show_list(s, &e)
                 : options_has(options, "truth") ? show_truth(s, &e)
                                                 : show_summary(s, &speech, &e);
    }
    survey_free(&s);
    if (status != 0 && problems.count == 0)
        message_error(&e);
    survey_problems_free(&problems);
    return err_exit_status(status);
}

static const struct option_spec option_table[] = {
    { .name = "list", .letter = 'l', .help = "the order of work if every placement is clean, tab-separated" },
    { .name = "seed",
      .letter = 's',
      .argument = "N",
      .help = "another seed for the order than the survey's" },
    { .name = "truth",
      .letter = 't',
      .help = "the simulator's true q of every cell, tab-separated; simulated surveys only" },
    { .name = "suggest",
      .argument = "N",
      .help = "instead: which N models to test out of a list, by share and stratum" },
    { .name = "from",
      .argument = "LIST",
      .fallback = "all",
      .help =
          "of --suggest: all profiles shipped, simulated ones, or a CSV as profiles/handsets/handsets.csv" },
    { .name = "shares",
      .argument = "FILE",
      .help = "of --suggest: CSV of the columns handset,share (0 to 1) instead of the list's own" },
    { .name = "format",
      .argument = "FORMAT",
      .fallback = "text",
      .help = "of --suggest: text, or only the handsets as yaml for a survey" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey plan profiles/surveys/demo.yaml", "placements, hours, and what the verdicts will mean" },
    { "nfc-survey plan profiles/surveys/demo.yaml --list", "which handset goes on which reader, in order" },
    { "nfc-survey plan profiles/surveys/demo.yaml --list --seed 7", "another random order" },
    { "nfc-survey plan profiles/surveys/demo.yaml --truth",
      "what the simulator knows, to hold the verdicts against" },
    { "nfc-survey plan --suggest 30", "30 models that represent all profiles shipped" },
    { "nfc-survey plan --suggest 12 --from profiles/handsets/handsets.csv --format yaml",
      "the same from a table, as lines for a survey" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the survey, or a file that it names, is invalid" },
    { EXIT_STATUS_ENVIRONMENT, "the program's own files are missing, or the output could not be written" },
    { 0 },
};

const struct command command_plan = {
    .name = "plan",
    .summary = "show what a survey will take",
    .usage =
        (const char *const[]) {
            "SURVEY [--list | --truth] [--seed N] [--lang en|ja]",
            "--suggest N [--from LIST] [--shares FILE] [--format text|yaml] [--lang en|ja]", NULL },
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 0,
    .operands_max = 1,
    .operand = "a survey file",
    .run = run_plan,
};
