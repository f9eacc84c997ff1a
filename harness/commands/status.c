/* status: what a run has done, what is left, and its verdicts so far. Reads the journal; changes nothing. */
#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/message.h"
#include "harness/plan/plan.h"
#include "harness/station/station.h"
#include "reports/render/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN 20

struct shown {
    const struct survey *survey;
    const struct plan *plan;
    struct plan_rest rest;
    uint64_t limit; /* rows of a table */
};

static void count_verdicts(const struct survey *s, const struct plan *p, uint64_t counts[VERDICT_COUNT])
{
    for (size_t i = 0; i < survey_cell_count(s); i++)
        counts[plan_cell(p, i)->verdict]++;
}

static void print_cell(const struct shown *x, size_t cell)
{
    const struct survey *s = x->survey;
    const struct plan_cell *c = plan_cell(x->plan, cell);
    size_t script = cell % s->script_count, rest = cell / s->script_count;
    size_t reader = rest % s->reader_count, condition = rest / s->reader_count % s->condition_count;
    double lower, upper;
    verdict_bounds(&plan_table(x->plan)->scheme, c->n, c->d, &lower, &upper);
    fputs("  ", stdout);
    text_put_safe(stdout, s->readers[reader].unit);
    fputs(" x ", stdout);
    text_put_safe(stdout, s->pairs[rest / s->reader_count / s->condition_count].name);
    fputs(" x ", stdout);
    text_put_safe(stdout, s->conditions[condition].id);
    printf(" x %s: n %u, d %u, invalid %u, q in %s", s->scripts_loaded[s->scripts[script].script].id, c->n,
           c->d, c->invalid, decimal_interval(lower, upper, 3).text);
}

/* Dirty placements running that would make it incompatible; 0 when none within N_max would. */
static unsigned dirty_to_reject(const struct scheme_table *t, unsigned n, unsigned d)
{
    for (unsigned more = 1; n + more <= t->scheme.n_max; more++) {
        if (verdict_of(t, n + more, d + more, 0, 1) == VERDICT_INCOMPATIBLE)
            return more;
    }
    return 0;
}

static void print_needed(const struct shown *x, size_t cell)
{
    const struct plan_cell *c = plan_cell(x->plan, cell);
    const struct scheme_table *t = plan_table(x->plan);
    unsigned missing = verdict_missing(t, c->n, c->d), dirty = dirty_to_reject(t, c->n, c->d);
    unsigned sessions = (unsigned)__builtin_popcount(c->sessions_seen);
    if (c->verdict == VERDICT_UNDECIDED_INSTRUMENT)
        printf("; the instrument failed too often");
    else if (missing > 0)
        printf("; %u more clean ones would decide it", missing);
    else if (verdict_of(t, c->n, c->d, 1, 1) == VERDICT_COMPATIBLE)
        printf("; clean enough, but compatible takes placements in %d sessions", VERDICT_SESSIONS_NEEDED);
    else
        printf("; no number of clean ones within N_max decides it");
    if (missing > 0 && sessions + 1 < VERDICT_SESSIONS_NEEDED)
        printf(", in %u sessions", VERDICT_SESSIONS_NEEDED - sessions);
    else if (missing > 0 && sessions < VERDICT_SESSIONS_NEEDED && c->n > 0)
        printf(", some of them in another session");
    if (c->verdict == VERDICT_UNDECIDED && dirty > 0)
        printf("; %u further dirty would reject it", dirty);
}

static void print_more(uint64_t count, uint64_t limit)
{
    if (count > limit)
        printf("  ... and %" PRIu64 " more (--all lists them)\n", count - limit);
}

/* In the order in which the plan would end them, then those that it can do nothing more for. */
static void print_undecided(const struct shown *x)
{
    size_t cells = survey_cell_count(x->survey);
    bool *listed = calloc(cells, sizeof *listed);
    uint64_t count = 0;
    if (!listed)
        return;
    for (size_t i = 0; i < x->rest.next_count + cells; i++) {
        size_t cell = i < x->rest.next_count ? x->rest.next[i] : i - x->rest.next_count;
        enum verdict v = plan_cell(x->plan, cell)->verdict;
        if ((v != VERDICT_UNDECIDED && v != VERDICT_UNDECIDED_INSTRUMENT) || listed[cell])
            continue;
        listed[cell] = true;
        if (count++ >= x->limit)
            continue;
        if (count == 1)
            puts("undecided cells, those first that end first if all stays clean:");
        print_cell(x, cell);
        print_needed(x, cell);
        if (i < x->rest.next_count)
            printf("; ends after %" PRIu64 " placements", x->rest.after[i]);
        putchar('\n');
    }
    print_more(count, x->limit);
    free(listed);
}

static void print_decided(const struct shown *x)
{
    uint64_t count = 0;
    for (size_t i = 0; i < survey_cell_count(x->survey); i++) {
        enum verdict v = plan_cell(x->plan, i)->verdict;
        if (v != VERDICT_COMPATIBLE && v != VERDICT_INCOMPATIBLE)
            continue;
        if (count++ == 0)
            puts("decided cells (n placements, d of them dirty; q is the probability of a dirty one):");
        if (count > x->limit)
            continue;
        print_cell(x, i);
        printf("; %s\n", verdict_name(v));
    }
    print_more(count, x->limit);
}

struct tally {
    uint64_t compatible, incompatible, open;
};

static void count_cell(struct tally *t, enum verdict v)
{
    t->compatible += v == VERDICT_COMPATIBLE;
    t->incompatible += v == VERDICT_INCOMPATIBLE;
    t->open += v == VERDICT_UNDECIDED || v == VERDICT_UNDECIDED_INSTRUMENT;
}

static struct text_rows *begin_table(const char *what)
{
    static const char *const heads[] = { "compatible", "incompatible", "undecided", "placements left" };
    struct text_rows *t = table_new(5);
    if (t)
        table_cell(t, "%s", what);
    for (size_t i = 0; t && i < sizeof heads / sizeof *heads; i++)
        table_cell(t, "%s", heads[i]);
    return t;
}

static void add_row(struct text_rows *t, const char *name, const struct tally *counts, uint64_t left)
{
    table_cell(t, "%s", name);
    table_cell(t, "%" PRIu64, counts->compatible);
    table_cell(t, "%" PRIu64, counts->incompatible);
    table_cell(t, "%" PRIu64, counts->open);
    table_cell(t, "%" PRIu64, left);
}

static void print_readers(const struct shown *x)
{
    const struct survey *s = x->survey;
    struct text_rows *t = begin_table("reader");
    for (size_t reader = 0; t && reader < s->reader_count; reader++) {
        struct tally counts = { 0 };
        for (size_t i = 0; i < survey_cell_count(s); i++) {
            if (i / s->script_count % s->reader_count == reader)
                count_cell(&counts, plan_cell(x->plan, i)->verdict);
        }
        add_row(t, s->readers[reader].unit, &counts, x->rest.by_reader[reader]);
    }
    if (t)
        table_print(t, stdout);
    table_free(&t);
}

/* Handsets with work left come first: they are what is to be laid out next. */
static void print_handsets(const struct shown *x)
{
    const struct survey *s = x->survey;
    size_t cells = survey_cell_count(s) / s->pair_count;
    uint64_t count = 0;
    struct text_rows *t = begin_table("handset");
    for (unsigned done = 0; t && done < 2; done++) {
        for (size_t pair = 0; pair < s->pair_count; pair++) {
            struct tally counts = { 0 };
            if ((x->rest.by_pair[pair] == 0) != done || count++ >= x->limit)
                continue;
            for (size_t i = 0; i < cells; i++)
                count_cell(&counts, plan_cell(x->plan, pair * cells + i)->verdict);
            add_row(t, s->pairs[pair].name, &counts, x->rest.by_pair[pair]);
        }
    }
    if (t)
        table_print(t, stdout);
    table_free(&t);
    print_more(count, x->limit);
}

static void print_left(const struct shown *x, const struct station_state *state)
{
    const struct plan_rest *rest = &x->rest;
    printf("session      %u of %u\n", state->session, x->survey->sessions);
    printf("placements   %" PRIu64 " done, about %" PRIu64 " left if all stays clean\n", state->placements,
           rest->placements);
    printf("transactions %" PRIu64 ", of them %" PRIu64 " not ok\n", state->transactions, state->failures);
    if (rest->placements == 0)
        return;
    printf("hours left   about %.1f if all stays clean, with %" PRIu64 " handset changes and %" PRIu64
           " power mode changes\n",
           rest->hours, rest->handset_changes, rest->mode_changes);
    printf("sessions     work in %u more, this one included; at least %s h between two of them\n",
           rest->sessions, decimal_plain(x->survey->min_gap_h).text);
}

static void print_end(const struct station_state *state)
{
    if (state->closed) {
        printf("last stop    %s: ", stop_status_name(state->stop_status));
        text_put_safe(stdout, said_text(&state->stop_reason).text);
        putchar('\n');
    } else {
        printf("last stop    none: it is running, or was broken off\n");
    }
    if (state->open_count > 0)
        printf("open         %u placements were broken off without being closed\n", state->open_count);
}

static void print_status(const struct shown *x, const struct station_state *state)
{
    uint64_t counts[VERDICT_COUNT] = { 0 };
    count_verdicts(x->survey, x->plan, counts);
    fputs("survey       ", stdout);
    text_put_safe(stdout, x->survey->id);
    printf("%s\n", state->simulated ? "  (SIMULATED)" : "");
    print_left(x, state);
    printf("cells        %zu\n", survey_cell_count(x->survey));
    for (int v = VERDICT_UNDECIDED; v < VERDICT_COUNT; v++) {
        if (counts[v] > 0)
            printf("  %-24s %" PRIu64 "\n", verdict_name((enum verdict)v), counts[v]);
    }
    print_end(state);
    putchar('\n');
    print_readers(x);
    putchar('\n');
    print_handsets(x);
    putchar('\n');
    print_undecided(x);
    print_decided(x);
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0);
    struct survey *s = NULL;
    struct station_state state = { 0 };
    struct err e = { 0 };
    struct shown x = { .limit = options_has(options, "all") ? UINT64_MAX : ROWS_SHOWN };
    int status = station_load_run(directory, &s, &e);
    if (status == 0)
        status = station_fold(directory, s, &state, &e);
    if (status == 0)
        status = plan_rest(state.plan, &x.rest, &e);
    if (status == 0) {
        x.survey = s;
        x.plan = state.plan;
        print_status(&x, &state);
        if (state.closed && state.stop_status != STOP_DONE)
            printf("go on with: nfc-survey run --resume %s\n", directory);
    }
    plan_rest_free(&x.rest);
    station_state_free(&state);
    survey_free(&s);
    return status == 0 ? EXIT_STATUS_DONE : message_error(&e);
}

static const struct option_spec option_table[] = {
    { .name = "all", .letter = 'a', .help = "every handset and cell, not only the first 20 of each table" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey status results/demo", "what is done, what is left, verdicts so far; also while it runs" },
    { "nfc-survey status results/demo --all", "every handset, every cell and its bounds" },
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
    .description = "What is left is counted as if every further placement were clean; a dirty one costs "
                   "more. [lower, upper] "
                   "bounds the probability q of a dirty placement at any moment, whenever one looks.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run,
};
