/* apdu: exchanges by hand, or one transaction of a script, with any reader; the driver runs in a child
 * process. */
#include "harness/base/child.h"
#include "harness/base/clock.h"
#include "harness/commands/access.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/trace.h"

#include "drivers/prove_target.h"
#include "harness/base/text.h"
#include "harness/station/trial.h"
#include "harness/survey/survey.h"

#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 1024
#define SIM_READER   "sim-reader-e"
#define SIM_HANDSET  "sim-akane"
#define MARGIN_MS    2000 /* the driver's own deadline comes first where it has one */

struct command_bytes {
    uint8_t *bytes;
    size_t length;
};

struct job {
    const struct driver_ops *ops;
    const char *asked; /* reader by name or profile, or NULL */
    struct profiles *profiles;
    const struct reader_profile *profile; /* of the simulated reader; NULL for others */
    const struct handset_profile *handset;
    struct virtual_sim sim;
    struct identifier_key key;
    bool has_key;
    struct sim_laid laid; /* of --sims */
    enum power_mode power_mode;
    uint32_t deadline_ms;
    struct command_bytes commands[COMMANDS_MAX];
    size_t command_count;
    struct script *script;
    struct target_access access;
    struct application_profile *applications[APPLICATIONS_MAX]; /* a lab's own, by --application */
    struct application_table own;                               /* of them */
    struct child *child; /* only in the child, with what it is about to say */
    struct buf text;
};

/* ---- in the child ---- */

static void say_text(struct job *job)
{
    if (!job->text.failed && job->text.length > 0)
        child_send(job->child, job->text.data, job->text.length);
    buf_clear(&job->text);
}

static int say_reader(void *context, const struct driver_found *found, struct err *e)
{
    struct job *job = context;
    (void)e;
    if (job->profile)
        return 0; /* it is said with the handset */
    buf_add_text(&job->text, "-- reader: ");
    text_add_safe(&job->text, found->name); /* a line feed in it would begin a line of its own */
    buf_add_text(&job->text, found->simulated ? "; emulated: " : "");
    text_add_safe(&job->text, said_text(&found->sign).text);
    buf_add_char(&job->text, '\n');
    say_text(job);
    return 0;
}

static void say_alive(void *context, enum stage stage, uint32_t deadline_ms)
{
    struct job *job = context;
    (void)stage;
    (void)deadline_ms;
    child_alive(job->child);
}

static void say_exchange(void *context, const struct transaction_exchange *x)
{
    struct job *job = context;
    struct trace_exchange t = { .before = &x->before,
                                .clear = x->clear,
                                .command = x->command,
                                .command_length = x->command_length,
                                .response = x->response,
                                .response_length = x->response_length,
                                .identifiers = x->identifiers,
                                .us = x->us };
    trace_command(&job->text, &t);
    if (x->response_length > 0)
        trace_response(&job->text, &t);
    say_text(job);
}

static int exchange_by_hand(struct job *job, struct driver_reader *r, const struct command_bytes *c,
                            uint8_t *response, struct driver_fault *fault, struct err *e)
{
    struct guard before = r->guard;
    struct driver_exchange x = { .command = c->bytes,
                                 .command_length = c->length,
                                 .response = response,
                                 .response_capacity = APDU_RESPONSE_MAX,
                                 .deadline_ms = job->deadline_ms };
    struct trace_exchange t = {
        .before = &before, .clear = SIZE_MAX, .command = c->bytes, .command_length = c->length
    };
    struct guard asked = before; /* what will be refused is not shown as if it had been sent */
    int status = guard_check(&asked, c->bytes, c->length, e);
    if (status != 0)
        return status;
    trace_command(&job->text, &t);
    say_text(job);
    status = driver_exchange(r, &x, fault, e);
    if (status != 0)
        return status;
    t.response = response;
    t.response_length = x.response_length;
    t.identifiers = &x.identifiers;
    t.us = (x.ended_ns - x.started_ns) / 1000;
    trace_response(&job->text, &t);
    say_text(job);
    return 0;
}

/* The application that the commands select, of those that declare a proof. */
static const struct application *application_to_prove(const struct job *job)
{
    const struct application *a = NULL;
    for (size_t i = 0; !a && i < job->command_count; i++) {
        const struct command_bytes *c = &job->commands[i];
        struct apdu apdu;
        if (apdu_parse(c->bytes, c->length, &apdu) && apdu.ins == 0xA4 && apdu.p1 == 0x04)
            a = application_of_aid(NULL, apdu.data, apdu.data_length);
        if (a && !a->proof)
            a = NULL;
    }
    return a;
}

/* What isn't proven to be a test target gets nothing but what the guard lets through without a word. */
static int prove_by_hand(struct job *job, struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct target_proof proof;
    struct target_proof_request how = { .ca = job->access.ca,
                                        .application = application_to_prove(job),
                                        .unit = job->profile ? job->profile->id : "",
                                        .now = clock_wall_s(),
                                        .deadline_ms = job->deadline_ms };
    if (!how.application)
        return err_set(e, ERR_REFUSED, "--allow",
                       "no command selects an application that declares how a test target proves itself");
    int status = driver_prove_target(r, &how, &proof, fault, e);
    if (status != 0)
        return status;
    if (!said_nothing(&proof.why))
        return err_set(e, ERR_REFUSED, "test target", "%s; nothing was sent", said_text(&proof.why).text);
    buf_add_format(&job->text, "-- proven: a %stest target; %u exchanges, %.1f ms\n",
                   proof.is_virtual ? "virtual " : "", proof.exchanges,
                   (double)(proof.ended_ns - proof.started_ns) / 1e6);
    say_text(job);
    return 0;
}

static int run_by_hand(struct job *job, struct driver_reader *r, struct err *e)
{
    struct driver_target target;
    struct driver_fault fault;
    uint8_t *response = malloc(APDU_RESPONSE_MAX);
    if (!response)
        return err_set(e, ERR_MEMORY, "", "out of memory");
    int status = driver_activate(r, &target, &fault, e);
    if (status == 0) {
        trace_target(&job->text, &target);
        say_text(job);
    }
    if (status == 0 && job->access.permit.allowed && job->command_count > 0)
        status = prove_by_hand(job, r, &fault, e);
    for (size_t i = 0; status == 0 && i < job->command_count; i++)
        status = exchange_by_hand(job, r, &job->commands[i], response, &fault, e);
    if (status != 0 && status != ERR_REFUSED) {
        trace_fault(&job->text, fault.stage, fault.causes, fault.depth);
        say_text(job);
    }
    struct err ignored;
    if (driver_field_off(r, &fault, &ignored) != 0)
        guard_reset(&r->guard);
    free(response);
    return status;
}

static int run_script(struct job *job, struct trial *t, struct err *e)
{
    struct transaction_setup setup = { .script = job->script,
                                       .time_limit_ms = job->script->time_limit_ms,
                                       .deadline_ms = job->deadline_ms,
                                       .token_label = job->handset ? job->sim.token_label : "" };
    struct trial_report r;
    trial_run(t, &setup, 1, &r);
    bool ok = r.outcome == OUTCOME_OK;
    if (!ok)
        trace_fault(&job->text, r.stage, r.causes, r.depth);
    buf_add_format(&job->text, "-- %s: %s%s, %u exchanges, %u steps left out, %.1f ms\n", job->script->id,
                   outcome_name(r.outcome), r.slow ? " but past its time limit" : "", r.exchanges,
                   r.skipped_steps, (double)(r.ended_ns - r.started_ns - r.apart_ns) / 1e6);
    say_text(job);
    return ok ? 0
              : err_set(e, r.timed_out ? ERR_TIMEOUT : ERR_CARD, job->script->id, "step %u: %s", r.step,
                        said_nothing(&r.detail) ? r.native : said_text(&r.detail).text);
}

static int lay_simulated(struct job *job, struct trial *t, struct err *e)
{
    struct laying laying = { .handset = &job->handset->simulation,
                             .sim = &job->sim,
                             .state = job->laid.state,
                             .power_mode = job->power_mode,
                             .session = 1 };
    buf_add_format(&job->text, "-- simulated: %s on %s\n", job->handset->id, job->profile->id);
    say_text(job);
    int status = trial_lay(t, &laying, e);
    trial_begin(t, 1);
    return status;
}

static int use_reader(struct job *job, struct trial *t, struct err *e)
{
    struct trial_report not_seen;
    int status = job->profile ? lay_simulated(job, t, e) : 0;
    if (status != 0)
        return status;
    status = trial_wait(t, job->deadline_ms, &not_seen, e);
    if (status != 0) {
        trace_fault(&job->text, not_seen.stage, not_seen.causes, not_seen.depth);
        say_text(job);
        return status;
    }
    return job->script ? run_script(job, t, e) : run_by_hand(job, trial_driver(t), e);
}

static int run_job(void *context, struct child *c, struct err *e)
{
    struct job *job = context;
    struct trial_watch watch = {
        .context = job, .before = say_alive, .found = say_reader, .exchange = say_exchange
    };
    struct trial_reader which = { .ops = job->ops,
                                  .profile = job->profile,
                                  .applications = &job->own,
                                  .key = job->has_key ? &job->key : NULL,
                                  .unit = job->profile ? job->profile->id : NULL,
                                  .named = job->asked,
                                  .ambiguous = ERR_USAGE,
                                  .access = job->access.permit.allowed ? &job->access : NULL };
    struct trial_opened opened;
    struct trial *t = NULL;
    which.profile_count = profiles_readers(job->profiles, &which.profiles);
    job->child = c;
    buf_init(&job->text, 8 * APDU_RESPONSE_MAX);
    int status = driver_confine(job->ops, e);
    if (status == 0)
        status = trial_open(&t, &which, &watch, &opened, e);
    if (status == 0)
        status = use_reader(job, t, e);
    trial_close(&t);
    buf_free(&job->text);
    return status;
}

/* ---- the command ---- */

/* It comes from where the driver's library is, with the reader's name in it. */
static void print_text(void *context, const char *bytes, size_t length)
{
    struct buf piece, safe;
    (void)context;
    buf_init(&piece, 2 * CHILD_PIECE_MAX);
    buf_init(&safe, 8 * CHILD_PIECE_MAX);
    buf_add(&piece, bytes, length);
    text_add_safe_lines(&safe, buf_text(&piece));
    fputs(buf_text(&safe), stdout);
    fflush(stdout);
    buf_free(&piece);
    buf_free(&safe);
}

/* Data of VERIFY, CHANGE and RESET that stands there for others to read. */
static bool holds_pin(const char *text, const struct command_bytes *c)
{
    uint8_t even = c->length > 5 ? c->bytes[1] & 0xFE : 0;
    return !strchr(text, '{') && c->bytes[0] == 0x00 && (even == 0x20 || even == 0x24 || even == 0x2C);
}

/* {pin} at the end stands for a PIN's length and its bytes. */
static bool read_command(const struct job *job, const char *text, struct command_bytes *c, size_t capacity)
{
    static const char *const names[PIN_KINDS] = { "{pin}", "{signature-pin}", "{new-pin}" };
    const char *brace = strchr(text, '{');
    size_t length = brace ? (size_t)(brace - text) : strlen(text);
    if (!text_to_bytes(text, length, c->bytes, capacity - PIN_MOST - 1, &c->length))
        return false;
    for (unsigned kind = 0; brace && kind < PIN_KINDS; kind++) {
        const struct pin *pin = pins_of(job->access.pins, (enum pin_kind)kind);
        if (strcmp(brace, names[kind]) != 0 || !pin)
            continue;
        c->bytes[c->length] = pin->length;
        memcpy(c->bytes + c->length + 1, pin->bytes, pin->length);
        c->length += 1U + pin->length;
        return true;
    }
    return !brace;
}

/* PINs that the operands ask for, a bit each. */
static unsigned pins_asked(const struct options *o)
{
    unsigned asked = 0;
    for (size_t i = 0; i < options_operands(o); i++) {
        const char *text = options_operand(o, i);
        asked |= strstr(text, "{pin}") ? 1u << PIN_AUTHENTICATION : 0;
        asked |= strstr(text, "{signature-pin}") ? 1u << PIN_SIGNATURE : 0;
        asked |= strstr(text, "{new-pin}") ? 1u << PIN_NEW : 0;
    }
    return asked;
}

/* The argument itself is not repeated: it may hold a PIN. */
static int no_command(const char *text, size_t number, struct err *e)
{
    const char *what = "";
    size_t at = text_hex_mistake(text, strlen(text), &what);
    if (at == 0)
        return err_set(e, ERR_USAGE, "", "operand %zu is no command: it is empty", number);
    return err_set(
        e, ERR_USAGE, "",
        "operand %zu is no command: its character %zu %s; whole bytes in hexadecimal are one, like "
        "00A4040C",
        number, at, what);
}

static int read_commands(struct job *job, const struct options *o, struct err *e)
{
    size_t n = options_operands(o);
    if (n > COMMANDS_MAX)
        return err_set(e, ERR_USAGE, "", "more than %d commands", COMMANDS_MAX);
    for (size_t i = 0; i < n; i++) {
        const char *text = options_operand(o, i);
        struct command_bytes *c = &job->commands[i];
        size_t capacity = strlen(text) / 2 + 2 + PIN_MOST;
        c->bytes = malloc(capacity);
        if (!c->bytes)
            return err_set(e, ERR_MEMORY, "", "out of memory");
        job->command_count = i + 1;
        if (!read_command(job, text, c, capacity) || c->length == 0)
            return no_command(text, i + 1, e);
        if (job->access.permit.allowed && holds_pin(text, c))
            return err_set(
                e, ERR_USAGE, "",
                "operand %zu holds a PIN, which is not taken from the command line: write {pin} for "
                "its length and bytes (--allow pin)",
                i + 1);
        if (c->length > APDU_COMMAND_MAX)
            return err_set(e, ERR_USAGE, "", "a command has at most %d bytes, not %zu", APDU_COMMAND_MAX,
                           c->length);
    }
    return 0;
}

static int choose_simulated(struct job *job, const struct options *o, struct err *e)
{
    const char *reader = options_has(o, "reader") ? options_text(o, "reader") : SIM_READER;
    const char *handset = options_has(o, "handset") ? options_text(o, "handset") : SIM_HANDSET;
    const struct reader_profile *readers = NULL;
    const struct handset_profile *handsets = NULL;
    size_t reader_count = profiles_readers(job->profiles, &readers);
    size_t handset_count = profiles_handsets(job->profiles, &handsets);
    for (size_t i = 0; i < reader_count; i++) {
        if (readers[i].simulated && strcmp(readers[i].id, reader) == 0)
            job->profile = &readers[i];
    }
    for (size_t i = 0; i < handset_count; i++) {
        if (handsets[i].simulated && strcmp(handsets[i].id, handset) == 0)
            job->handset = &handsets[i];
    }
    if (!job->profile)
        return err_set(e, ERR_USAGE, "", "no simulated reader has the profile `%s`", reader);
    if (!job->handset)
        return err_set(e, ERR_USAGE, "", "no simulated handset has the profile `%s`", handset);
    snprintf(job->sim.token_label, sizeof job->sim.token_label, "%-32s", VIRTUAL_TOKEN_LABEL);
    text_fit(job->sim.id, sizeof job->sim.id, options_has(o, "sim") ? options_text(o, "sim") : "");
    return options_has(o, "sims") ? driver_take_sim(options_text(o, "sims"), &job->sim, &job->laid, e) : 0;
}

static int read_applications(struct job *job, const struct options *o, const char *data,
                             struct survey_problems *problems, struct err *e)
{
    const char *path;
    int status = 0;
    for (size_t i = 0; status == 0 && (path = options_text_at(o, "application", i)); i++) {
        if (i == APPLICATIONS_MAX)
            return err_set(e, ERR_USAGE, "", "more than %d applications", APPLICATIONS_MAX);
        status = application_load(path, data, &job->applications[i], problems, e);
        const struct application *other =
            status == 0 ? application_table_add(&job->own, &job->applications[i]->application) : NULL;
        if (other)
            return err_set(e, ERR_USAGE, "",
                           "--application: the names of %s and %s begin alike, so that one may select the "
                           "other",
                           job->applications[i]->id, other->id);
    }
    return status;
}

/* Without one, identifiers are hidden all the same, and cannot be told apart. */
static void take_key(struct job *job)
{
    struct err e = { 0 };
    job->has_key = true;
    if (job->profile) {
        identifier_key_published(&job->key);
    } else if (identifier_key_load(&job->key, &e) != 0) {
        job->has_key = false;
        message_note("%s: %s; identifiers are shown without a value", e.where, e.text);
    }
}

/* Everything that the command line says; ERR_USAGE without a text after a message that is already written. */
static int read_options(struct job *job, const struct options *o, struct survey_problems *problems,
                        struct err *e)
{
    char data[4096];
    bool simulated = options_has(o, "handset") && !options_has(o, "driver");
    const char *driver = simulated ? "sim" : options_text(o, "driver"), *mode = options_text(o, "power-mode");
    uint64_t deadline_s = 0;
    if (!options_number(o, "deadline", 1, 600, &deadline_s))
        return ERR_USAGE;
    job->deadline_ms = (uint32_t)deadline_s * 1000;
    job->asked = options_text(o, "reader");
    job->ops = driver_by_name(driver);
    job->power_mode = power_mode_of_name(mode, strlen(mode));
    if (!job->ops)
        return err_set(e, ERR_USAGE, "", "there is no driver `%s`", driver);
    if (job->power_mode == POWER_NONE)
        return err_set(e, ERR_USAGE, "", "there is no power mode `%s`", mode);
    bool lays = (job->ops->capabilities & DRIVER_LAYS) != 0;
    if (!lays && (options_has(o, "handset") || options_has(o, "power-mode") || options_has(o, "sim") ||
                  options_has(o, "sims")))
        return err_set(e, ERR_USAGE, "",
                       "--handset, --power-mode, --sim and --sims are for a driver with simulated handsets");
    if (options_has(o, "script") && options_operands(o) > 0)
        return err_set(e, ERR_USAGE, "", "give commands or --script, not both");
    int status =
        access_open(o, (job->ops->capabilities & DRIVER_SIMULATED) != 0, pins_asked(o), &job->access, e);
    job->access.permit.test_targets = job->access.permit.allowed != 0; /* who types the word says so */
    if (status == 0)
        status = read_commands(job, o, e);
    if (status == 0)
        status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = data_profiles(data, &job->profiles, e);
    if (status == 0)
        status = read_applications(job, o, data, problems, e);
    if (status == 0 && lays)
        status = choose_simulated(job, o, e);
    if (status == 0 && options_has(o, "script"))
        status = script_load(options_text(o, "script"), data, &job->script, problems, e);
    return status;
}

static int run_apdu(const struct command *command, struct options *options)
{
    (void)command;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    struct job *job = calloc(1, sizeof *job);
    if (!job) {
        message_note("out of memory");
        return EXIT_STATUS_ENVIRONMENT;
    }
    job->laid.lock = -1;
    int status = read_options(job, options, &problems, &e);
    message_problems(&problems);
    if (status == 0) {
        uint32_t longest = job->deadline_ms;
        take_key(job);
        if (job->script && job->script->deadline_ms > longest)
            longest = job->script->deadline_ms;
        status = child_run(run_job, job, longest + MARGIN_MS, print_text, &e);
    }
    if (status == ERR_USAGE && e.text[0])
        options_usage(options, "%s", e.text);
    else if (status != 0 && status != ERR_USAGE && problems.count == 0)
        message_error(&e);
    for (size_t i = 0; i < job->command_count; i++) {
        explicit_bzero(job->commands[i].bytes, job->commands[i].length);
        free(job->commands[i].bytes);
    }
    access_close(&job->access);
    driver_put_sim(&job->laid);
    script_free(&job->script);
    for (size_t i = 0; i < APPLICATIONS_MAX; i++)
        application_free(&job->applications[i]);
    profiles_free(&job->profiles);
    survey_problems_free(&problems);
    explicit_bzero(job, sizeof *job);
    free(job);
    return err_exit_status(status);
}

static const struct option_spec option_table[] = {
    { .name = "driver",
      .letter = 'd',
      .argument = "D",
      .help = "how the reader is reached, as `nfc-survey readers` names it (pcsc, ccid ...), or sim; sim "
              "when --handset is given",
      .fallback = "pcsc" },
    { .name = "reader",
      .letter = 'r',
      .argument = "NAME",
      .help = "part of the reader's name, or its profile; for sim a simulated reader's profile (" SIM_READER
              " unless given)" },
    { .name = "handset",
      .letter = 'H',
      .argument = "PROFILE",
      .help = "the simulated handset that is laid on a simulated reader (" SIM_HANDSET " unless given)" },
    { .name = "power-mode",
      .letter = 'p',
      .argument = "MODE",
      .help = "on-unlocked, on-locked, screen-off, battery-low or off",
      .fallback = "on-unlocked" },
    { .name = "sim",
      .argument = "ID",
      .help = "which virtual sim is in the simulated handset, by a name of your own" },
    { .name = "sims",
      .argument = "FOLDER",
      .help = "where virtual sims keep what was written to them, a file each; without it each call has a new "
              "one" },
    { .name = "script",
      .letter = 's',
      .argument = "FILE|ID",
      .help = "run one transaction of a script instead of single commands" },
    { .name = "application",
      .letter = 'a',
      .argument = "FILE|ID",
      .help = "a profile of the lab's own test application, which the guard then lets be asked as it says",
      .repeated = true },
    { .name = "deadline",
      .letter = 't',
      .argument = "SECONDS",
      .help = "for the handset to come, and for each exchange",
      .fallback = "10" },
    ACCESS_OPTIONS,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey apdu --driver sim 00A4040C0AD392F000260100000001",
      "select the JPKI application of a simulated handset" },
    { "nfc-survey apdu --driver sim --script token", "one transaction of a script with it" },
    { "nfc-survey apdu --handset " SIM_HANDSET " --power-mode screen-off 00A4040C0AD392F000260100000001",
      "the same with the screen off" },
    { "nfc-survey apdu --driver sim --application example-test-application 00A4040C08F04558414D504C45",
      "ask for a test application that a profile declares" },
    { "nfc-survey apdu --handset " SIM_HANDSET " --sims sims --sim SIM-7 00A4040C0AD392F000260100000001",
      "a virtual sim that keeps its state in the folder `sims`" },
    { "nfc-survey apdu --reader ACR1252", "activate what lies on the attached reader of that name" },
    { "nfc-survey apdu --driver ccid --reader ACR1252 --script token",
      "a transaction past pcscd: what the reader itself says of a failure" },
    { "nfc-survey apdu --driver sim --allow pin 00A4040C0AD392F000260100000001 00A4020C020018 00200080{pin}",
      "a PIN of a test target, which must prove first that it is one; a real reader's is asked for at the "
      "terminal" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE,
      "every exchange was made, whatever its status word; a script's transaction ended ok" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the guard refused a command, and nothing of it was sent; or a script is invalid" },
    { EXIT_STATUS_ENVIRONMENT,
      "no reader, no handset in time, an exchange failed, or the driver hung and was stopped" },
    { 0 },
};

const struct command command_apdu = {
    .name = "apdu",
    .summary = "exchange commands by hand with what lies on a reader",
    .usage = (const char *const[]) { "[OPTION]... [HEX]...", "[OPTION]... --script FILE|ID", NULL },
    .description = "Each HEX is one command APDU, sent exactly as given. Commands that could change a card, "
                   "count down a PIN or read "
                   "personal data are refused; with --allow some pass to a test target that proves itself. "
                   "Without commands the handset is only activated.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_max = COMMANDS_MAX,
    .operand = "commands",
    .run = run_apdu,
};
