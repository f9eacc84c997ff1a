/* status: what a run has done, what is left, and its verdicts so far. Reads the journal; changes nothing. */
#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/cells/suspect_price.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/handover.h"
#include "harness/commands/message.h"
#include "harness/commands/premises_text.h"
#include "harness/commands/speech.h"
#include "harness/plan/plan.h"
#include "harness/station/station.h"
#include "reports/tables/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN      20
#define VERDICT_COLUMNS 24

struct shown {
    struct speech speech;
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
    const struct cell_state *c = plan_cell(x->plan, cell);
    const struct cell_counts judged = plan_counts(x->plan, cell);
    size_t script = cell % s->script_count, rest = cell / s->script_count;
    size_t reader = rest % s->reader_count, condition = rest / s->reader_count % s->condition_count;
    double lower, upper;
    verdict_bounds(&plan_table(x->plan)->scheme, judged.n, judged.d, judged.s, &lower, &upper);
    speech_say(&x->speech, WORD_CMD_CELL, s->readers[reader].unit,
               s->pairs[rest / s->reader_count / s->condition_count].name, s->conditions[condition].id,
               s->scripts_loaded[s->scripts[script].script].id, SPEECH_NUMBER(c->counts.n),
               SPEECH_NUMBER(c->counts.d), SPEECH_NUMBER(c->invalid), decimal_interval(lower, upper, 3).text,
               SPEECH_NUMBER(c->counts.s), NULL);
    if (c->counts.s > 0 && judged.s == 0)
        speech_say(&x->speech, WORD_CMD_SUSPECTS_OWN, NULL);
}

/* Dirty placements running that would make it incompatible; 0 when none within N_max would. */
static unsigned dirty_to_reject(const struct scheme_table *t, const struct cell_counts *c)
{
    unsigned most = verdict_n_max(t, c->s);
    for (unsigned more = 1; c->n + c->s + more <= most; more++) {
        if (verdict_by_bounds(t, c->n + more, c->d + more, c->s) == VERDICT_INCOMPATIBLE)
            return more;
    }
    return 0;
}

static void print_sessions_needed(const struct speech *to, const struct cell_counts *c)
{
    unsigned sessions = (unsigned)__builtin_popcount(c->sessions);
    if (sessions + 1 < VERDICT_SESSIONS_NEEDED)
        speech_say(to, WORD_CMD_IN_SESSIONS, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED - sessions), NULL);
    else if (sessions < VERDICT_SESSIONS_NEEDED && c->n > 0)
        speech_say(to, WORD_CMD_IN_ANOTHER_SESSION, NULL);
}

/* Of a cell that is decided with the others of its row. */
static void print_row_needed(const struct speech *to, const struct row_state *row)
{
    if (row->by == ROW_TEST_SESSIONS)
        speech_say(to, WORD_CMD_NEEDS_SESSIONS, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED), NULL);
    else
        speech_say(to, WORD_CMD_ROW_MORE, SPEECH_NUMBER(row->tours), SPEECH_NUMBER(row->missing), NULL);
}

static void print_needed(const struct shown *x, size_t cell)
{
    const struct scheme_table *t = plan_table(x->plan);
    const struct speech *to = &x->speech;
    const struct cell_counts c = plan_counts(x->plan, cell);
    enum verdict v = plan_cell(x->plan, cell)->verdict;
    bool instrument = v == VERDICT_UNDECIDED_INSTRUMENT, rejected = v == VERDICT_REJECTED_SO_FAR;
    const struct row_state *row = plan_row(x->plan, cell);
    if (row && !instrument && !rejected) {
        print_row_needed(to, row);
        return;
    }
    unsigned missing = instrument || rejected ? 0 : verdict_missing(t, c.n, c.d, c.s),
             dirty = dirty_to_reject(t, &c);
    if (instrument)
        speech_say(to, WORD_CMD_INSTRUMENT_FAILED, NULL);
    else if (rejected)
        speech_say(to, WORD_CMD_REJECTED_SO_FAR, NULL);
    else if (missing > 0)
        speech_say(to, WORD_CMD_MORE_CLEAN, SPEECH_NUMBER(missing), NULL);
    else if (verdict_by_bounds(t, c.n, c.d, c.s) == VERDICT_COMPATIBLE)
        speech_say(to, WORD_CMD_NEEDS_SESSIONS, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED), NULL);
    else
        speech_say(to, c.n + c.s >= verdict_n_max(t, c.s) ? WORD_CMD_NONE_LEFT : WORD_CMD_NO_NUMBER, NULL);
    if (missing > 0)
        print_sessions_needed(to, &c);
    if (v == VERDICT_UNDECIDED && dirty > 0)
        speech_say(to, WORD_CMD_FURTHER_DIRTY, SPEECH_NUMBER(dirty), NULL);
}

static void print_more(const struct shown *x, uint64_t count)
{
    if (count > x->limit)
        speech_line(&x->speech, WORD_CMD_AND_MORE, SPEECH_NUMBER(count - x->limit), NULL);
}

/* In the order in which the plan would end them, then those that it can do nothing more for. */
static void print_undecided(const struct shown *x)
{
    size_t cells = survey_cell_count(x->survey);
    bool *listed = calloc(cells ? cells : 1, sizeof *listed);
    uint64_t count = 0;
    if (!listed)
        return;
    for (size_t i = 0; i < x->rest.next_count + cells; i++) {
        size_t cell = i < x->rest.next_count ? x->rest.next[i] : i - x->rest.next_count;
        enum verdict v = plan_cell(x->plan, cell)->verdict;
        if (!verdict_is_open(v) || listed[cell])
            continue;
        listed[cell] = true;
        if (count++ >= x->limit)
            continue;
        if (count == 1)
            speech_line(&x->speech, WORD_CMD_UNDECIDED_CELLS, NULL);
        print_cell(x, cell);
        print_needed(x, cell);
        if (i < x->rest.next_count)
            speech_say(&x->speech, WORD_CMD_ENDS_AFTER, SPEECH_NUMBER(x->rest.after[i]), NULL);
        putchar('\n');
    }
    print_more(x, count);
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
            speech_line(&x->speech, WORD_CMD_DECIDED_CELLS, NULL);
        if (count > x->limit)
            continue;
        print_cell(x, i);
        speech_line(&x->speech, WORD_CMD_CELL_VERDICT, speech_verdict(&x->speech, v), NULL);
    }
    print_more(x, count);
}

static void count_cell(struct progress_row *row, enum verdict v)
{
    row->compatible += v == VERDICT_COMPATIBLE;
    row->incompatible += v == VERDICT_INCOMPATIBLE;
    row->undecided += verdict_is_open(v);
    row->not_pursued += v == VERDICT_NOT_PURSUED;
}

static void print_readers(const struct shown *x)
{
    const struct survey *s = x->survey;
    struct progress_row rows[SURVEY_READERS_MAX] = { 0 };
    struct progress p = { rows, s->reader_count };
    for (size_t i = 0; i < s->reader_count; i++)
        rows[i] = (struct progress_row) { s->readers[i].unit, .placements_left = x->rest.by_reader[i] };
    for (size_t i = 0; i < survey_cell_count(s); i++)
        count_cell(&rows[i / s->script_count % s->reader_count], plan_cell(x->plan, i)->verdict);
    speech_table(&x->speech, NULL, &table_progress_readers, &TABLE_ABOUT(&p));
}

/* What readers' suspect placements cost, where there are any. */
static int print_suspects(const struct shown *x, struct err *e)
{
    struct suspect_price prices[SURVEY_READERS_MAX];
    char added[32], hours[32];
    int status = suspect_price(plan_cells(x->plan), prices, e);
    bool any = false;
    for (size_t i = 0; i < x->survey->reader_count && status == 0; i++) {
        const struct suspect_price *p = &prices[i];
        if (p->suspects == 0)
            continue;
        snprintf(added, sizeof added, "%.0f", p->added);
        snprintf(hours, sizeof hours, "%.1f", p->hours);
        speech_line(&x->speech, p->is_known ? WORD_CMD_SUSPECT_PRICE : WORD_CMD_SUSPECT_SHARE,
                    x->survey->readers[i].unit, SPEECH_NUMBER(p->suspects), SPEECH_NUMBER(p->placements),
                    added, hours, NULL);
        any = true;
    }
    if (any)
        putchar('\n');
    return status;
}

static struct progress_row progress_of(const struct shown *x, size_t pair)
{
    size_t cells = survey_cell_count(x->survey) / x->survey->pair_count;
    struct progress_row row = { x->survey->pairs[pair].name, .placements_left = x->rest.by_pair[pair] };
    for (size_t i = 0; i < cells; i++)
        count_cell(&row, plan_cell(x->plan, pair * cells + i)->verdict);
    return row;
}

/* Handsets with work left come first: they are what is to be laid out next. */
static void print_handsets(const struct shown *x)
{
    const struct survey *s = x->survey;
    struct progress p = { calloc(s->pair_count, sizeof *p.rows), 0 };
    if (!p.rows)
        return;
    for (unsigned done = 0; done < 2; done++) {
        for (size_t pair = 0; pair < s->pair_count && p.count < x->limit; pair++)
            if ((x->rest.by_pair[pair] == 0) == done)
                p.rows[p.count++] = progress_of(x, pair);
    }
    speech_table(&x->speech, NULL, &table_progress_handsets, &TABLE_ABOUT(&p));
    print_more(x, s->pair_count);
    free(p.rows);
}

/* A line of the head: what it is about, and what is to be said of it. */
static void label(const struct shown *x, enum word word)
{
    static const enum word labels[] = { WORD_CMD_SURVEY,       WORD_CMD_SESSION,    WORD_CMD_PLACEMENTS,
                                        WORD_CMD_TRANSACTIONS, WORD_CMD_HOURS_LEFT, WORD_CMD_SESSIONS,
                                        WORD_CMD_CELLS,        WORD_CMD_LAST_STOP,  WORD_CMD_BROKEN_OFF };
    speech_label(&x->speech, word, speech_width(&x->speech, labels, sizeof labels / sizeof *labels));
}

static void print_left(const struct shown *x, const struct station_state *state)
{
    const struct plan_rest *rest = &x->rest;
    const struct speech *to = &x->speech;
    char hours[32];
    label(x, WORD_CMD_SESSION);
    speech_line(to, WORD_CMD_SESSION_OF, SPEECH_NUMBER(state->session), SPEECH_NUMBER(x->survey->sessions),
                NULL);
    label(x, WORD_CMD_PLACEMENTS);
    speech_line(to, state->counted < state->placements ? WORD_CMD_COUNTED_AND_LEFT : WORD_CMD_DONE_AND_LEFT,
                SPEECH_NUMBER(state->placements), SPEECH_NUMBER(rest->placements),
                SPEECH_NUMBER(state->counted), NULL);
    label(x, WORD_CMD_TRANSACTIONS);
    speech_line(to, WORD_CMD_OF_THEM_NOT_OK, SPEECH_NUMBER(state->transactions),
                SPEECH_NUMBER(state->failures), NULL);
    if (rest->placements == 0)
        return;
    snprintf(hours, sizeof hours, "%.1f", rest->hours);
    label(x, WORD_CMD_HOURS_LEFT);
    speech_line(to, WORD_CMD_HOURS_AND_CHANGES, hours, SPEECH_NUMBER(rest->handset_changes),
                SPEECH_NUMBER(rest->mode_changes), NULL);
    label(x, WORD_CMD_SESSIONS);
    speech_line(to, WORD_CMD_SESSIONS_LEFT, SPEECH_NUMBER(rest->sessions),
                decimal_plain(x->survey->min_gap_h).text, NULL);
}

static void print_end(const struct shown *x, const struct station_state *state)
{
    static const enum word words[STOP_COUNT] = {
        [STOP_NONE] = WORD_CMD_NO_STOP,
        [STOP_DONE] = WORD_CMD_STOP_DONE,
        [STOP_SESSION_END] = WORD_CMD_STOP_SESSION_END,
        [STOP_INTERRUPTED] = WORD_CMD_STOP_INTERRUPTED,
        [STOP_FAILED] = WORD_CMD_STOP_FAILED,
    };
    const struct speech *to = &x->speech;
    struct phrase hold;
    label(x, WORD_CMD_LAST_STOP);
    const char *why = phrase_said(&state->stop_reason, to->language, &hold);
    if (said_is(&state->stop_reason, SAID_SESSION_DONE)) {
        hold = session_end_text(&state->stop_reason, to->language);
        why = hold.text;
    }
    speech_line(to, words[state->closed ? state->stop_status : STOP_NONE], why, NULL);
    if (state->open_count == 0)
        return;
    label(x, WORD_CMD_BROKEN_OFF);
    speech_line(to, WORD_CMD_BROKEN_OFF_TEXT, SPEECH_NUMBER(state->open_count), NULL);
}

static void print_cells(const struct shown *x)
{
    uint64_t counts[VERDICT_COUNT] = { 0 };
    count_verdicts(x->survey, x->plan, counts);
    label(x, WORD_CMD_CELLS);
    printf("%zu\n", survey_cell_count(x->survey));
    for (int v = VERDICT_UNDECIDED; v < VERDICT_COUNT; v++) {
        const char *name = speech_verdict(&x->speech, (enum verdict)v);
        if (counts[v] > 0)
            printf("  %s%*s %" PRIu64 "\n", name, (int)(VERDICT_COLUMNS - text_columns(name)), "", counts[v]);
    }
}

static int print_status(const struct shown *x, const struct station_state *state, struct err *e)
{
    label(x, WORD_CMD_SURVEY);
    text_put_safe(stdout, x->survey->id);
    if (state->simulated)
        speech_say(&x->speech, WORD_CMD_SIMULATED_MARK, NULL);
    else if (state->unproven)
        speech_say(&x->speech, WORD_CMD_UNPROVEN_MARK, NULL);
    putchar('\n');
    say_damage(&x->speech, &state->faults);
    say_open(&x->speech, &state->journal);
    print_left(x, state);
    print_cells(x);
    print_end(x, state);
    putchar('\n');
    print_readers(x);
    putchar('\n');
    int status = print_suspects(x, e);
    print_handsets(x);
    putchar('\n');
    print_undecided(x);
    print_decided(x);
    return status;
}

/* When to go on, and how. */
static void print_next(const struct shown *x, const struct station_state *state, const char *directory)
{
    struct phrase hold;
    if (said_is(&state->stop_reason, SAID_SESSION_DONE)) {
        hold = session_end_text(&state->stop_reason, x->speech.language);
        printf("%s\n", hold.text);
    } else if (state->closed && state->stop_status == STOP_DONE) {
        text_put_safe(stdout, phrase_said(&state->stop_reason, x->speech.language, &hold));
        putchar('\n');
    }
    if (state->closed && state->stop_status != STOP_DONE)
        speech_line(&x->speech, WORD_CMD_GO_ON, directory, NULL);
}

static int load(const char *directory, bool accepts_damaged, struct survey **s, struct station_state *state,
                struct err *e)
{
    int status = station_load_run(directory, s, e);
    if (status == 0)
        status = station_look(directory, *s, accepts_damaged, state, e);
    return status == 0 ? damage_name(directory, &state->faults, accepts_damaged, e) : status;
}

static int run_handover(const char *directory, bool accepts_damaged, const struct shown *x)
{
    struct survey *s = NULL;
    struct station_state state = { 0 };
    struct err e = { 0 };
    int status = load(directory, accepts_damaged, &s, &state, &e);
    if (status == 0) {
        say_damage(&x->speech, &state.faults);
        say_open(&x->speech, &state.journal);
    }
    if (status == 0)
        status = handover_print(&x->speech, directory, x->limit, &e);
    if (status == 0)
        print_next(x, &state, directory);
    station_state_free(&state);
    survey_free(&s);
    return status == 0 ? EXIT_STATUS_DONE : message_error(&e);
}

static int run_status(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0);
    struct survey *s = NULL;
    struct station_state state = { 0 };
    struct err e = { 0 };
    struct shown x = { .speech = { stdout, LANGUAGE_ENGLISH },
                       .limit = options_has(options, "all") ? UINT64_MAX : ROWS_SHOWN };
    if (!speech_open(options, stdout, &x.speech))
        return EXIT_STATUS_USAGE;
    if (options_has(options, "handover"))
        return run_handover(directory, damage_is_accepted(options), &x);
    int status = load(directory, damage_is_accepted(options), &s, &state, &e);
    if (status == 0)
        status = plan_rest(state.plan, &x.rest, &e);
    if (status == 0) {
        x.survey = s;
        x.plan = state.plan;
        status = print_status(&x, &state, &e);
        if (state.closed && state.stop_status != STOP_DONE)
            speech_line(&x.speech, WORD_CMD_GO_ON, directory, NULL);
    }
    plan_rest_free(&x.rest);
    station_state_free(&state);
    survey_free(&s);
    return status == 0 ? EXIT_STATUS_DONE : message_error(&e);
}

static const struct option_spec option_table[] = {
    { .name = "all", .letter = 'a', .help = "every handset and cell, not only the first 20 of each table" },
    { .name = "handover",
      .help = "what the next shift must know of this session: done, left, set aside, put off, doubtful, and "
              "when to go on" },
    ACCEPT_DAMAGED_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey status results/demo", "what is done, what is left, verdicts so far; also while it runs" },
    { "nfc-survey status results/demo --all", "every handset, every cell and its bounds" },
    { "nfc-survey status results/demo --handover", "at the end of a shift" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "shown" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal, or " ACCEPT_DAMAGED_EXIT },
    { 0 },
};

const struct command command_status = {
    .name = "status",
    .summary = "what is done, what is left, verdicts so far",
    .usage = (const char *const[]) { "DIR [--handover] [--all] [--lang en|ja]", NULL },
    .description =
        "What is left is counted as if every further placement were clean; a dirty one costs "
        "more. [lower, upper] "
        "bounds the probability q of a dirty placement, whenever one looks: each end errs with its own "
        "probability, beta and alpha of the scheme, over all moments together and for the sessions held. "
        "s placements are suspect: they count against both verdicts.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_status,
};
