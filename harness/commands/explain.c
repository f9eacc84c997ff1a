/*
 * explain: why a cell of a run failed, as far as its records go. A PC/SC reader tells next to nothing; where
 * it is a plain CCID device, the cell's script is done again over USB and the reader's own codes stand beside
 * the record. A diagnosis is no placement: nothing is written to the run. The driver runs in a child process.
 */
#include "harness/commands/child.h"
#include "harness/commands/command.h"
#include "harness/commands/diagnosis.h"
#include "harness/commands/message.h"

#include "harness/base/text.h"
#include "harness/findings/tally.h"
#include "harness/journal/journal.h"
#include "harness/station/hands.h"
#include "harness/station/station.h"
#include "harness/station/testbed_control.h"
#include "harness/station/transaction.h"
#include "reports/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEEPER_DRIVER "ccid"
#define FOUND_MAX     64
#define PLACEMENTS_KEPT                                                                                      \
    (2 * SURVEY_READERS_MAX) /* a failure's placement is still open, so it is among them */
#define OPEN_MS   15000
#define WORDS_MAX (1u << 20) /* of all that is said of one cell */
#define MARGIN_MS 5000       /* a driver that keeps deadlines itself ends a call before it is stopped */

/* What is said from the child: a byte and a struct. */
enum { SAID_ALIVE = '.', SAID_FOUND = 'f', SAID_OK = 'o', SAID_FAILURE = 'x' };

struct opened_placement {
    uint64_t line;
    unsigned session, ordinal;
};

struct explained {
    const char *directory;
    struct survey *survey;
    struct report report; /* of the record, with its causes; its survey is the same */
    const struct driver_ops *ops;
    bool simulated;
    size_t cell;
    unsigned script;
    struct plan_placement placement; /* of the cell's first failure: its draws are used again */
    unsigned order;
    char serial[64]; /* of the reader unit, as the run last found it */
    char *asked;     /* --reader, or NULL */
    unsigned times;
    uint32_t wait_ms;
    struct opened_placement kept[PLACEMENTS_KEPT];
    size_t kept_count;
    struct diagnosis_side recorded, repeated;
    char recorded_title[80];
    struct driver_found found;
    struct child *child; /* only in the child */
    int testbed;         /* its control socket, only in the child; -1 else */
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
    const char *unit = x->survey->readers[x->placement.reader].unit;
    for (size_t i = 0; i < readers->count; i++) {
        const struct journal_reader_found *f = &readers->items[i];
        if (f->unit && strcmp(f->unit, unit) == 0 && f->serial)
            text_fit(x->serial, sizeof x->serial, f->serial);
    }
}

static void keep_draws(struct explained *x, const struct journal_transaction *t)
{
    x->order = (unsigned)t->order;
    for (size_t i = 0; i < x->kept_count && i < PLACEMENTS_KEPT; i++) {
        if (x->kept[i].line != t->placement)
            continue;
        x->placement.session = x->kept[i].session;
        x->placement.ordinal = x->kept[i].ordinal;
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
    x->script = (unsigned)(cell % s->script_count);
    x->placement.reader = (unsigned)(rest % s->reader_count);
    x->placement.condition = (unsigned)(rest / s->reader_count % s->condition_count);
    x->placement.pair = (unsigned)(rest / s->reader_count / s->condition_count);
    x->placement.session = 1;
    x->placement.scripts = 1u << x->script;
}

static const struct reader_profile *profile_of(const struct explained *x)
{
    return &x->survey->reader_profiles[x->survey->readers[x->placement.reader].profile];
}

/* "" when the cell can be repeated over CCID, or why not. */
static void why_not(const struct explained *x, char *out, size_t capacity)
{
    const struct survey_reader *unit = &x->survey->readers[x->placement.reader];
    const struct driver_ops *ops = driver_by_name(unit->driver);
    struct reader_model model;
    reader_profile_model(profile_of(x), &model);
    out[0] = '\0';
    if (ops && ops->capabilities & DRIVER_SIMULATED)
        snprintf(out, capacity,
                 "it was recorded with the %s driver: a simulated reader has no CCID interface to ask",
                 unit->driver);
    else if (strcmp(unit->driver, DEEPER_DRIVER) == 0)
        snprintf(out, capacity, "it was recorded over CCID already: nothing here sees deeper");
    else if (strcmp(unit->driver, "pcsc") != 0)
        snprintf(out, capacity, "it was recorded with the %s driver; only PC/SC readers are asked over CCID",
                 unit->driver);
    else if (!model.ccid)
        snprintf(out, capacity, "its profile %s has no CCID interface", profile_of(x)->id);
}

static void print_cell(const struct explained *x)
{
    const struct survey *s = x->survey;
    const struct plan_placement *p = &x->placement;
    char label[160], handset[160];
    survey_reader_label(s, p->reader, label, sizeof label);
    survey_pair_label(s, p->pair, handset, sizeof handset);
    printf("cell %zu: ", x->cell);
    text_put_safe(stdout, s->readers[p->reader].unit);
    fputs(" (", stdout);
    text_put_safe(stdout, label);
    fputs(") x ", stdout);
    text_put_safe(stdout, handset);
    fputs(" x ", stdout);
    text_put_safe(stdout, s->conditions[p->condition].id);
    printf(" x %s\n", s->scripts_loaded[s->scripts[x->script].script].id);
}

/* What the record alone leaves of the causes, in the words of the summary. */
static void print_narrowed(const struct explained *x)
{
    struct buf b;
    buf_init(&b, WORDS_MAX);
    causes_add_cell(&b, x->report.causes, x->cell);
    for (const char *at = b.data ? b.data : ""; *at;) {
        size_t length = strcspn(at, "\n");
        char *line = text_copy_n(at, length);
        text_put_safe(stdout, line ? line : "");
        putchar('\n');
        free(line);
        at += length + (at[length] != '\0');
    }
    buf_free(&b);
}

static void print_failing(const struct explained *x)
{
    char reason[256];
    struct buf line;
    const struct findings_cell *c = &x->report.findings->cells[x->cell];
    print_cell(x);
    why_not(x, reason, sizeof reason);
    printf("  %" PRIu64 " of %" PRIu64 " transactions not ok (fail %" PRIu64 ", invalid %" PRIu64 ")%s%s\n",
           tally_failed(c), tally_transactions(c), c->fail, c->invalid_transactions,
           reason[0] ? "; not to be repeated: " : "", reason);
    buf_init(&line, WORDS_MAX);
    causes_add_line(&line, x->report.causes->cells[x->cell]);
    printf("  %s\n", line.data ? line.data : "");
    buf_free(&line);
}

static int list_failing(struct explained *x, struct err *e)
{
    size_t shown = 0;
    for (size_t i = 0; i < x->report.findings->cell_count; i++) {
        if (!x->report.causes->cells[i])
            continue;
        if (shown++ == 0 && x->simulated)
            puts("SIMULATED");
        choose_cell(x, i);
        print_failing(x);
    }
    if (shown == 0)
        return err_set(e, ERR_NO_DATA, x->directory, "no transaction of this run failed");
    return 0;
}

/* ---- in the child: the reader ---- */

static void tell(struct explained *x, char kind, const void *body, size_t length)
{
    char message[1 + sizeof(struct driver_found)];
    if (length >= sizeof message)
        return;
    message[0] = kind;
    if (length > 0)
        memcpy(message + 1, body, length);
    child_send(x->child, message, 1 + length);
}

static bool is_it(const struct explained *x, const struct driver_found *f)
{
    if (x->asked)
        return strstr(f->name, x->asked) != NULL;
    /* A serial that could not be read says nothing: another program holds the device. */
    if (x->serial[0] && f->serial[0] && strcmp(f->serial, x->serial) != 0)
        return false;
    return reader_profile_matches(profile_of(x), f->name, f->usb_vendor, f->usb_product);
}

static int find_reader(struct explained *x, struct err *e)
{
    const struct survey *s = x->survey;
    const struct survey_reader *unit = &s->readers[x->placement.reader];
    size_t model_count = 0, count = 0, fits = 0;
    struct driver_found *found = calloc(FOUND_MAX, sizeof *found);
    struct reader_model *models = reader_models(s->reader_profiles, s->reader_profile_count, &model_count);
    if (!found || !models) {
        free(found);
        free(models);
        return err_set(e, ERR_MEMORY, "", "out of memory");
    }
    int status = driver_list(x->ops, models, model_count, found, FOUND_MAX, &count, e);
    for (size_t i = 0; status == 0 && i < count; i++) {
        if (is_it(x, &found[i]) && fits++ == 0)
            x->found = found[i];
    }
    free(found);
    free(models);
    if (status != 0)
        return status;
    if (fits == 0)
        return err_set(e, ERR_ENVIRONMENT, unit->unit,
                       "this reader (profile %s%s%s) is not attached as a CCID device; `nfc-survey readers` "
                       "lists what is",
                       profile_of(x)->id, x->serial[0] ? ", serial " : "", x->serial);
    if (fits > 1)
        return err_set(e, ERR_ENVIRONMENT, unit->unit,
                       "%zu attached readers fit it; say which with --reader (`nfc-survey readers`)", fits);
    return 0;
}

static int open_reader(struct explained *x, struct driver_reader **r, struct err *e)
{
    struct reader_model model;
    struct driver_fault fault;
    const struct survey_reader *unit = &x->survey->readers[x->placement.reader];
    reader_profile_model(profile_of(x), &model);
    struct driver_open how = { .address = x->found.name,
                               .model = &model,
                               .polling = x->survey->polling,
                               .uid_apdu = model.uid_apdu,
                               .unit = unit->unit };
    int status = driver_open(x->ops, &how, r, &fault, e);
    if (status != 0 && fault.busy)
        return err_set(
            e, ERR_ENVIRONMENT, unit->unit,
            "pcscd or another program holds the reader. Stop it for this diagnosis: systemctl "
            "stop pcscd.socket pcscd (in a testbed: `pcscd kill`), and start it again for the run: "
            "systemctl start pcscd.socket");
    return status;
}

static int look(void *context, struct child *c, struct err *e)
{
    struct explained *x = context;
    struct driver_reader *r = NULL;
    x->child = c;
    int status = find_reader(x, e);
    if (status == 0)
        status = open_reader(x, &r, e);
    driver_close(&r);
    if (status == 0)
        tell(x, SAID_FOUND, &x->found, sizeof x->found);
    return status;
}

/* ---- in the child: the repetitions ---- */

static void alive(void *context, enum stage stage, uint32_t deadline_ms)
{
    (void)stage;
    (void)deadline_ms;
    tell(context, SAID_ALIVE, NULL, 0);
}

/* As in a run: a deadline was missed, and the reader itself says whose fault that is. */
static void ask_who_hung(struct driver_reader *r, struct transaction_result *t)
{
    struct err e = { 0 };
    if (!t->timed_out || t->reader_lost)
        return;
    bool answers = driver_probe(r, &e) == 0;
    t->outcome = answers ? OUTCOME_FAIL : OUTCOME_INVALID;
    t->causes = answers ? CAUSE(10) | CAUSE(11) : CAUSE(31);
}

static void tell_result(struct explained *x, const struct transaction_result *t, unsigned number)
{
    const struct script *script = &x->survey->scripts_loaded[x->survey->scripts[x->script].script];
    struct diagnosis_failure f = { .outcome = t->outcome,
                                   .stage = t->stage,
                                   .depth = t->depth,
                                   .causes = t->causes,
                                   .us = (t->ended_ns - t->started_ns) / 1000,
                                   .number = number };
    if (t->step >= 1 && t->step <= script->step_count)
        text_fit(f.step, sizeof f.step, script->steps[t->step - 1].name);
    text_fit(f.native, sizeof f.native, t->native);
    if (t->outcome == OUTCOME_OK || t->outcome == OUTCOME_NOT_APPLICABLE)
        tell(x, SAID_OK, NULL, 0);
    else
        tell(x, SAID_FAILURE, &f, sizeof f);
}

/* A virtual handset draws anew what it drew when the cell failed. */
static void begin(struct explained *x)
{
    char request[64];
    struct err e;
    if (x->testbed < 0)
        return;
    snprintf(request, sizeof request, "begin %u %u\n", x->placement.reader, x->order);
    if (testbed_control_ask(x->testbed, request, &e) != 0) {
        close(x->testbed);
        x->testbed = -1;
    }
}

static int run_times(struct explained *x, struct driver_reader *r, struct err *e)
{
    const struct survey *s = x->survey;
    const struct survey_script *ss = &s->scripts[x->script];
    struct transaction_setup setup = { .script = &s->scripts_loaded[ss->script],
                                       .time_limit_ms = ss->time_limit_ms,
                                       .deadline_ms = ss->deadline_ms,
                                       .extended = profile_of(x)->level == READER_LEVEL_EXTENDED,
                                       .token_label = s->sims[s->pairs[x->placement.pair].sim].token_label };
    struct transaction_observer observer = { .context = x, .before = alive };
    struct transaction_result *t = calloc(1, sizeof *t);
    if (!t)
        return err_set(e, ERR_MEMORY, "", "out of memory");
    int status = 0;
    for (unsigned i = 1; i <= x->times && status == 0; i++) {
        begin(x);
        transaction_run(r, &setup, &observer, t);
        ask_who_hung(r, t);
        tell_result(x, t, i);
        if (t->reader_lost)
            status = err_set(e, ERR_ENVIRONMENT, s->readers[x->placement.reader].unit,
                             "the reader was lost in repetition %u", i);
    }
    free(t);
    return status;
}

static int repeat(void *context, struct child *c, struct err *e)
{
    struct explained *x = context;
    struct driver_reader *r = NULL;
    struct driver_target target;
    struct driver_fault fault;
    x->child = c;
    x->testbed = -1;
    if (x->survey->hands == HANDS_TESTBED && testbed_control_connect(x->survey, &x->testbed, e) != 0)
        return ERR_ENVIRONMENT;
    int status = open_reader(x, &r, e);
    if (status == 0) {
        status = driver_wait_present(r, x->wait_ms, &target, &fault, e);
        if (status == ERR_TIMEOUT || status == ERR_NO_TARGET) {
            struct diagnosis_failure f = { .outcome = OUTCOME_FAIL,
                                           .stage = STAGE_DETECT,
                                           .depth = fault.depth,
                                           .causes = fault.causes,
                                           .us = DIAGNOSIS_NO_TIME,
                                           .number = 1 };
            text_fit(f.native, sizeof f.native, fault.native);
            tell(x, SAID_FAILURE, &f, sizeof f);
            status = 0; /* that nothing is seen in the field is evidence too */
        } else if (status == 0) {
            status = run_times(x, r, e);
        }
        driver_close(&r);
    }
    if (x->testbed >= 0)
        close(x->testbed);
    return status;
}

static void receive(void *context, const char *bytes, size_t length)
{
    struct explained *x = context;
    struct diagnosis_failure f;
    if (length == 1 + sizeof x->found && bytes[0] == SAID_FOUND) {
        memcpy(&x->found, bytes + 1, sizeof x->found);
        x->found.name[sizeof x->found.name - 1] = '\0';
        if (!said_is_valid(&x->found.sign) || x->found.sign.words)
            x->found.sign = said_words(NULL);
    } else if (length == 1 && bytes[0] == SAID_OK) {
        diagnosis_ok(&x->repeated);
    } else if (length == 1 + sizeof f && bytes[0] == SAID_FAILURE) {
        memcpy(&f, bytes + 1, sizeof f);
        f.step[sizeof f.step - 1] = f.native[sizeof f.native - 1] = '\0';
        diagnosis_add(&x->repeated, &f);
    }
}

/* ---- the handset ---- */

static enum station_answer ask(void *context, const struct survey *s, const struct plan_placement *p,
                               bool lift)
{
    (void)context;
    const struct survey_condition *c = &s->conditions[p->condition];
    char handset[160], line[64];
    if (lift) {
        fputs("Lift the phone. / 端末を離してください。\n", stderr);
        return STATION_GO;
    }
    survey_pair_label(s, p->pair, handset, sizeof handset);
    fputs("Lay ", stderr);
    text_put_safe(stderr, handset);
    fputs(" on ", stderr);
    text_put_safe(stderr, s->readers[p->reader].unit);
    fprintf(stderr, " in %s, position ", power_mode_name(c->power_mode));
    text_put_safe(stderr, c->position ? c->position : "centre");
    fprintf(stderr, " (%.0f, %.0f, %.0f mm). / 端末をかざしてください。\nEnter = it lies there, q = stop > ",
            c->x_mm, c->y_mm, c->z_mm);
    fflush(stderr);
    ssize_t n = read(STDIN_FILENO, line, sizeof line);
    return n <= 0 || line[0] == 'q' ? STATION_STOP : STATION_GO;
}

static void quiet_progress(void *context, const struct station_progress *p)
{
    (void)context;
    (void)p;
}

static void say(void *context, const char *text)
{
    (void)context;
    message_note("%s", text);
}

static int lay(struct explained *x, struct hands *h, struct err *e)
{
    char request[32];
    enum station_answer answer;
    if (x->survey->hands == HANDS_TESTBED) {
        snprintf(request, sizeof request, "begin %u 0\n", x->placement.reader);
        int status = testbed_control_ask(h->socket, request, e);
        if (status != 0)
            return status;
    }
    int status = hands_lay(h, &x->placement, &answer, e);
    if (status == 0 && answer != STATION_GO)
        return err_set(e, ERR_INTERRUPTED, "", "stopped; the run is as it was");
    return status;
}

static int lay_and_repeat(struct explained *x, struct err *e)
{
    static const struct station_ui ui = { .progress = quiet_progress, .say = say, .ask = ask };
    struct hands h;
    struct err ignored;
    uint32_t longest = x->survey->scripts[x->script].deadline_ms;
    if (x->survey->hands == HANDS_PERSON && !isatty(STDIN_FILENO))
        return err_set(e, ERR_ENVIRONMENT, "hands",
                       "a person is to lay the phone, but there is no terminal to ask at; --hands none when "
                       "it lies there already");
    int status = hands_open(&h, x->survey, &ui, e);
    if (status != 0)
        return status;
    status = lay(x, &h, e);
    if (status == 0) {
        if (x->wait_ms > longest)
            longest = x->wait_ms;
        status = child_run(repeat, x, longest + OPEN_MS + MARGIN_MS, receive, e);
        if (hands_lift(&h, &x->placement, &ignored) != 0)
            message_error(&ignored);
    }
    hands_close(&h);
    return status;
}

/* ---- the command ---- */

static void print_reader_mark(const struct explained *x)
{
    if (!x->found.simulated)
        return;
    fputs("SIMULATED: the reader asked now is emulated (", stdout);
    text_put_safe(stdout, said_text(&x->found.sign).text);
    puts(")");
}

static int compare(struct explained *x, struct err *e)
{
    int status = child_run(look, x, OPEN_MS, receive, e);
    if (status == 0)
        status = lay_and_repeat(x, e);
    if (x->repeated.transactions == 0) {
        diagnosis_print_recorded(&x->recorded, stdout);
        return status;
    }
    print_reader_mark(x);
    puts("");
    diagnosis_print(&x->recorded, &x->repeated, stdout);
    if (x->repeated.bad > 0 && x->repeated.transactions < x->times && status == 0)
        puts("\nnothing was seen in the field, so nothing more was tried");
    puts("\nNothing of this was written to the run: a diagnosis is no placement.");
    return status;
}

static int explain_cell(struct explained *x, size_t cell, struct err *e)
{
    char reason[256], where[64];
    choose_cell(x, cell);
    snprintf(x->recorded_title, sizeof x->recorded_title, "%s, recorded in the run",
             x->survey->readers[x->placement.reader].driver);
    x->recorded.title = x->recorded_title;
    x->repeated.title = DEEPER_DRIVER ", repeated now";
    snprintf(where, sizeof where, "cell %zu", cell);
    int status = read_journal(x->directory, take_evidence, x, e);
    if (status != 0)
        return status;
    if (x->recorded.bad == 0)
        return err_set(e, ERR_NO_DATA, where,
                       "it never failed (%" PRIu64
                       " transactions, all ok); without CELL the failing ones are listed",
                       x->recorded.transactions);
    if (x->simulated)
        puts("SIMULATED: this run was made with simulated or emulated readers");
    print_cell(x);
    print_narrowed(x);
    why_not(x, reason, sizeof reason);
    if (reason[0]) {
        puts("");
        diagnosis_print_recorded(&x->recorded, stdout);
        return err_set(e, ERR_UNSUPPORTED, where, "%s", reason);
    }
    return compare(x, e);
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

static int load(struct explained *x, struct err *e)
{
    const struct report_how how = { .parts = REPORT_CAUSES };
    struct survey_problems problems = { 0 };
    struct station_state state = { 0 };
    x->ops = driver_by_name(DEEPER_DRIVER);
    if (!x->ops)
        return err_set(e, ERR_UNSUPPORTED, DEEPER_DRIVER, "this program was built without that driver");
    int status = station_load_run(x->directory, &x->survey, e);
    if (status == 0)
        status = station_fold(x->directory, x->survey, &state, e);
    x->simulated = state.simulated;
    station_state_free(&state);
    if (status == 0)
        status = report_open(x->directory, &how, &x->report, &problems, e);
    survey_problems_free(&problems);
    return status;
}

static int explain(struct explained *x, const struct options *o, struct err *e)
{
    const char *text = options_operand(o, 1);
    uint64_t cell = 0, times = 3, wait_s = 10;
    if (!options_number(o, "times", 1, 1000, &times) || !options_number(o, "wait", 1, 600, &wait_s))
        return ERR_USAGE;
    x->times = (unsigned)times;
    x->wait_ms = (uint32_t)wait_s * 1000;
    int status = load(x, e);
    if (status != 0)
        return status;
    if (!choose_hands(x->survey, o))
        return err_set(e, ERR_USAGE, "", "--hands is person, testbed or none");
    if (!text)
        return list_failing(x, e);
    if (!text_to_u64(text, strlen(text), &cell) || cell >= survey_cell_count(x->survey))
        return err_set(e, ERR_USAGE, "",
                       "there is no cell `%s`: the run has cells 0 to %zu; without CELL the failing ones are "
                       "listed",
                       text, survey_cell_count(x->survey) - 1);
    return explain_cell(x, (size_t)cell, e);
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    struct err e = { 0 };
    struct explained *x = calloc(1, sizeof *x);
    if (!x) {
        message_note("out of memory");
        return EXIT_STATUS_ENVIRONMENT;
    }
    x->directory = options_operand(options, 0);
    x->asked = options_has(options, "reader") ? text_copy(options_text(options, "reader")) : NULL;
    int status = explain(x, options, &e);
    if (status == ERR_USAGE && e.text[0])
        options_usage(options, "%s", e.text);
    else if (status != 0 && status != ERR_USAGE)
        message_error(&e);
    free(x->asked);
    survey_free(&x->survey);
    report_close(&x->report);
    free(x);
    return err_exit_status(status);
}

static const struct option_spec option_table[] = {
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
    { .name = "reader",
      .letter = 'r',
      .argument = "NAME",
      .help = "part of the CCID reader's name, where more than one fits or the unit was replaced" },
    { .name = "wait",
      .letter = 'w',
      .argument = "SECONDS",
      .help = "for the handset to come",
      .fallback = "10" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey explain results/demo", "the cells that failed, with their numbers" },
    { "nfc-survey explain results/counter-2 17", "repeat cell 17 over CCID and show both kinds of evidence" },
    { "nfc-survey explain results/counter-2 17 --times 10 --hands none",
      "ten repetitions; the phone lies on the reader already" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "the failing cells were listed, or the cell was repeated and is shown" },
    { EXIT_STATUS_USAGE, "the command line is wrong, or the run has no such cell" },
    { EXIT_STATUS_INPUT, "the directory holds no usable journal" },
    { EXIT_STATUS_ENVIRONMENT, "the reader has no CCID interface, is not attached or is held by pcscd; the "
                               "hands or the driver failed" },
    { EXIT_STATUS_NO_DATA, "the cell never failed, or none did" },
    { EXIT_STATUS_INTERRUPTED, "stopped at the question for the phone" },
    { 0 },
};

const struct command command_explain = {
    .name = "explain",
    .summary = "say why a cell failed, and ask a PC/SC reader itself over CCID",
    .usage = (const char *const[]) { "DIR", "DIR CELL [OPTION]...", NULL },
    .description =
        "Without CELL: the cells that failed, where, and the candidate causes that are left. With CELL: what "
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
    .run = run,
};
