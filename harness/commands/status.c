/* status: what a run has done, what is left, and its verdicts so far. Reads the journal; changes nothing. */
#include "harness/commands/command.h"
#include "harness/commands/message.h"
#include "harness/station/station.h"

#include <string.h>

#define CELLS_SHOWN 20

static void count_verdicts(const struct survey *s, const struct plan *p, uint64_t counts[VERDICT_COUNT])
{
    for (size_t i = 0; i < survey_cell_count(s); i++)
        counts[plan_cell(p, i)->verdict]++;
}

static void print_undecided(const struct survey *s, const struct plan *p, uint64_t limit)
{
    uint64_t shown = 0, more = 0;
    for (size_t i = 0; i < survey_cell_count(s); i++) {
        const struct plan_cell *c = plan_cell(p, i);
        size_t script = i % s->script_count, rest = i / s->script_count;
        size_t reader = rest % s->reader_count, condition = rest / s->reader_count % s->condition_count;
        size_t pair = rest / s->reader_count / s->condition_count;
        if (c->verdict != VERDICT_UNDECIDED && c->verdict != VERDICT_UNDECIDED_INSTRUMENT)
            continue;
        if (shown == limit) {
            more++;
            continue;
        }
        if (shown++ == 0)
            printf("undecided cells (placements n, of them dirty d, invalid):\n");
        fputs("  ", stdout);
        message_safe(stdout, s->readers[reader].unit);
        fputs(" x ", stdout);
        message_safe(stdout, s->pairs[pair].name);
        fputs(" x ", stdout);
        message_safe(stdout, s->conditions[condition].id);
        printf(" x %s: n %u, d %u, invalid %u; ", s->scripts_loaded[s->scripts[script].script].id, c->n, c->d,
               c->invalid);
        unsigned missing = verdict_missing(plan_table(p), c->n, c->d);
        if (c->verdict == VERDICT_UNDECIDED_INSTRUMENT)
            printf("the instrument failed too often\n");
        else if (missing > 0)
            printf("%u more clean ones would decide it\n", missing);
        else if (verdict_of(plan_table(p), c->n, c->d, 1, 1) == VERDICT_COMPATIBLE)
            printf("clean enough, but compatible takes placements in %d sessions\n", VERDICT_SESSIONS_NEEDED);
        else
            printf("no number of clean ones within N_max decides it\n");
    }
    if (more > 0)
        printf("  ... and %llu more (--all lists them)\n", (unsigned long long)more);
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0);
    struct survey *s = NULL;
    struct station_state state = { 0 };
    struct err e = { 0 };
    uint64_t counts[VERDICT_COUNT] = { 0 };
    int status = station_load_run(directory, &s, &e);
    if (status == 0)
        status = station_fold(directory, s, &state, &e);
    if (status != 0) {
        survey_free(&s);
        return message_error(&e);
    }
    uint64_t left = station_placements_left(state.plan, s);
    count_verdicts(s, state.plan, counts);
    fputs("survey       ", stdout);
    message_safe(stdout, s->id);
    printf("%s\n", state.simulated ? "  (SIMULATED)" : "");
    printf("session      %u of %u\n", state.session, s->sessions);
    printf("placements   %llu done, about %llu left if all stays clean\n",
           (unsigned long long)state.placements, (unsigned long long)left);
    printf("transactions %llu, of them %llu not ok\n", (unsigned long long)state.transactions,
           (unsigned long long)state.failures);
    printf("cells        %zu\n", survey_cell_count(s));
    for (int v = VERDICT_UNDECIDED; v < VERDICT_COUNT; v++) {
        if (counts[v] > 0)
            printf("  %-24s %llu\n", verdict_name((enum verdict)v), (unsigned long long)counts[v]);
    }
    if (state.closed) {
        printf("last stop    %s: ", state.stop_status);
        message_safe(stdout, state.stop_reason);
        putchar('\n');
    } else {
        printf("last stop    none: it is running, or was broken off\n");
    }
    if (state.open_count > 0)
        printf("open         %u placements were broken off without being closed\n", state.open_count);
    print_undecided(s, state.plan, options_has(options, "all") ? UINT64_MAX : CELLS_SHOWN);
    bool all_done = state.closed && strcmp(state.stop_status, "done") == 0;
    if (!all_done && state.closed)
        printf("go on with: nfc-survey run --resume %s\n", directory);
    station_state_free(&state);
    survey_free(&s);
    return EXIT_STATUS_DONE;
}

static const struct option_spec option_table[] = {
    { .name = "all", .letter = 'a', .help = "list every undecided cell" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey status results/demo", "what is done, what is left, verdicts so far; also while it runs" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "shown" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal" },
    { 0 },
};

const struct command command_status = {
    .name = "status",
    .summary = "what is done, what is left, verdicts so far",
    .usage = (const char *const[]) { "DIR [--all]", NULL },
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run,
};
