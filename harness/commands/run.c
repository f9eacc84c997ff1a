/* run: the sweep, its faces, and what is said at the end. */
#include "drivers/driver.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/clauses/criteria_file.h"
#include "harness/commands/access.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/data.h"
#include "harness/commands/doctor_text.h"
#include "harness/commands/doubts.h"
#include "harness/commands/finish.h"
#include "harness/commands/handover.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "harness/commands/operator.h"
#include "harness/commands/premises_text.h"
#include "harness/commands/run_faces.h"
#include "harness/commands/strange_command.h"
#include "harness/station/station.h"

#include <string.h>

#define DOUBTS_SHOWN 10 /* of a handover; `status --handover` has them all */

static int choose_directory(const struct options *o, const struct survey *s, char *out, size_t capacity)
{
    char wall[32];
    const char *given = options_text(o, "output");
    if (given)
        return snprintf(out, capacity, "%s", given) < (int)capacity ? 0 : -1;
    clock_wall_text(clock_wall_s(), wall, sizeof wall);
    char *to = wall;
    for (const char *from = wall; *from; from++) {
        if (*from != ':' && *from != '-')
            *to++ = *from;
    }
    *to = '\0';
    return snprintf(out, capacity, "results/%s-%s", s->id, wall) < (int)capacity ? 0 : -1;
}

static int load(const struct options *o, struct survey **out)
{
    const char *resume = options_text(o, "resume");
    char data[4096];
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    int status;
    if (resume) {
        status = station_load_run(resume, out, &e);
    } else {
        status = data_directory(data, sizeof data, &e);
        if (status == 0)
            status = survey_load(options_operand(o, 0), data, criteria_check, out, &problems, &e);
    }
    if (status != 0) {
        message_problems(&problems);
        status = problems.count > 0 ? err_exit_status(status) : message_error(&e);
    }
    survey_problems_free(&problems);
    return status;
}

/* "RW-A, RW-B"; NULL for none. */
static const char *replaced_units(const struct options *o, char *out, size_t capacity)
{
    out[0] = '\0';
    for (size_t i = 0; i < options_count(o, "replace"); i++) {
        size_t length = strlen(out);
        snprintf(out + length, capacity - length, "%s%s", i > 0 ? ", " : "",
                 options_text_at(o, "replace", i));
    }
    return out[0] ? out : NULL;
}

/* What doctor sees in milliseconds. It stops nothing: the station finds out what is so. */
static void warn(const struct survey *s, const char *directory, const struct speech *speech)
{
    struct doctor_how how = { .root = "",
                              .survey = s,
                              .directory = directory,
                              .profiles = s->reader_profiles,
                              .profile_count = s->reader_profile_count,
                              .quick = true };
    struct doctor_findings f;
    struct err e;
    if (s->simulated || doctor_examine(&how, &f, &e) != 0)
        return;
    doctor_warn(&f, speech);
    doctor_findings_free(&f);
}

/* At the end of a shift. A journal that cannot be read then is said by the commands that need it. */
static void hand_over(const char *directory, const struct speech *speech)
{
    struct err e;
    (void)!handover_print(speech, directory, DOUBTS_SHOWN, &e);
}

/* No cell becomes compatible: the criteria are met only where they count taps. */
static bool decides_nothing(const struct survey *s, const struct reach *doubts)
{
    return s->sessions < VERDICT_SESSIONS_NEEDED && !doubts->taps_only;
}

static int sweep(const struct survey *s, const char *directory, const struct options *options,
                 const struct target_access *access, const struct reach *doubts, const struct speech *speech)
{
    bool resume = options_has(options, "resume");
    struct run_faces faces;
    struct phrase hold;
    char by[64], replace[1024];
    struct station_result result;
    struct err e = { 0 };
    struct station_options how = { .directory = directory,
                                   .resume = resume,
                                   .version = NFC_SURVEY_VERSION,
                                   .ask_by = !options_has(options, "operator"),
                                   .by = operator_name(options, by, sizeof by),
                                   .reopen = options_has(options, "reopen"),
                                   .accepts_damaged = damage_is_accepted(options),
                                   .replace = replaced_units(options, replace, sizeof replace),
                                   .clock_was_wrong = options_text(options, "clock-was-wrong"),
                                   .access = access,
                                   .faces = faces.faces };
    warn(s, directory, speech);
    int status = run_faces_open(&faces, s, options, speech);
    if (status != 0) {
        run_faces_close(&faces);
        return status;
    }
    how.face_count = faces.count;
    status = station_run(s, &how, &result, &e);
    run_faces_close(&faces);
    if (result.end == 0)
        return message_error(&e); /* nothing began */
    if (s->hands == HANDS_PERSON)
        hand_over(directory, speech);
    if (status == ERR_INTERRUPTED)
        message_note("%s: %s", directory, phrase_said(&result.reason, speech->language, &hold));
    else if (status != 0)
        message_error(&e);
    else if (result.end == STOP_SESSION_END)
        message_note("%s", session_end_text(&result.reason, speech->language).text);
    else
        message_note("%s", phrase_said(&result.reason, speech->language, &hold));
    bool done = status == 0 && result.end == STOP_DONE, too_few = done && decides_nothing(s, doubts);
    bool rejected = done && result.rejected_so_far > 0 && !doubts->taps_only;
    if (too_few)
        speech_note(speech, WORD_CMD_TOO_FEW_SESSIONS, NULL);
    else if (rejected)
        speech_note(speech, WORD_CMD_LEFT_REJECTED, SPEECH_NUMBER(result.rejected_so_far), NULL);
    if (result.closed_by_instruments > 0)
        speech_note(speech, WORD_CMD_CLOSED_BY_INSTRUMENTS, SPEECH_NUMBER(result.closed_by_instruments),
                    directory, NULL);
    if (status == ERR_INTERRUPTED || result.end == STOP_FAILED || result.end == STOP_SESSION_END) {
        speech_note(speech, WORD_CMD_GO_ON, directory, NULL);
    }
    text_put_safe(stdout, directory);
    puts("/journal.yaml");
    int summarised = e.code == ERR_ENVIRONMENT && result.end == STOP_FAILED ? 0 : finish_run(directory);
    if (status == 0 && result.end == STOP_SESSION_END)
        return EXIT_STATUS_INTERRUPTED;
    if (status == 0 && summarised == EXIT_STATUS_DONE && (too_few || rejected))
        return EXIT_STATUS_NO_DATA;
    return status != 0 ? err_exit_status(status) : summarised;
}

static bool is_simulated(const struct survey *s)
{
    for (size_t i = 0; i < s->reader_count; i++) {
        const struct driver_ops *ops = driver_by_name(s->readers[i].driver);
        if (!ops || !(ops->capabilities & DRIVER_SIMULATED))
            return false;
    }
    return true;
}

/* PINs are asked for before a worker is there, and before the terminal is a screen. */
static int with_access(const struct survey *s, const char *directory, const struct options *options,
                       const struct reach *doubts, const struct speech *speech)
{
    struct target_access access;
    struct err e = { 0 };
    bool pins = options_count(options, "allow") > 0;
    int status = access_open(options, is_simulated(s),
                             pins ? 1u << PIN_AUTHENTICATION | 1u << PIN_SIGNATURE : 0, &access, &e);
    if (status == ERR_USAGE)
        return e.text[0] ? options_usage(options, "%s", e.text) : EXIT_STATUS_USAGE;
    if (status != 0)
        return message_error(&e);
    access.permit.test_targets = s->writes_test_targets;
    status = sweep(s, directory, options, access.permit.allowed ? &access : NULL, doubts, speech);
    access_close(&access);
    return status;
}

/* What is doubtful is said at every start; what was never filled in lets no new run begin. */
static int begin(const struct survey *s, const char *directory, const struct options *options,
                 const struct speech *speech)
{
    struct reach doubts;
    struct err e = { 0 };
    int status = doubts_of(s, &doubts, &e);
    if (status != 0)
        return message_error(&e);
    doubts_say(speech, s, &doubts);
    if (s->decide == DECIDE_LIST)
        speech_note(speech, WORD_CMD_DECIDES_LIST, NULL);
    if (reach_is_refused(&doubts) && !options_has(options, "resume"))
        status = EXIT_STATUS_INPUT;
    else
        status = with_access(s, directory, options, &doubts, speech);
    reach_free(&doubts);
    return status;
}

static int run_survey(const struct command *command, struct options *options)
{
    (void)command;
    char directory[4096];
    struct survey *s = NULL;
    uint64_t seed;
    struct speech speech;
    const char *resume = options_text(options, "resume");
    if ((resume != NULL) == (options_operands(options) == 1))
        return options_usage(options, resume ? "--resume takes its survey from the run: name no survey file"
                                             : "name a survey file, or --resume DIR");
    if (resume && (options_has(options, "output") || options_has(options, "seed")))
        return options_usage(
            options, "a run keeps its directory and its seed: --output and --seed do not go with --resume");
    if (!resume && (options_has(options, "clock-was-wrong") || options_has(options, "replace") ||
                    options_has(options, "reopen") || options_has(options, "allow-command") ||
                    damage_is_accepted(options)))
        return options_usage(
            options,
            "--clock-was-wrong, --replace, --reopen, --allow-command and --accept-damaged go with --resume");
    if (!speech_open(options, stderr, &speech))
        return EXIT_STATUS_USAGE;
    int status = load(options, &s);
    if (status == 0 && s && resume)
        status = model_check(resume, damage_is_accepted(options));
    if (status == 0 && s && resume)
        status = strange_command_check(s, resume, options, &speech);
    if (status != 0 || !s) {
        survey_free(&s);
        return status;
    }
    seed = s->seed;
    if (!options_number(options, "seed", 0, UINT64_MAX - 1, &seed)) {
        status = EXIT_STATUS_USAGE;
        goto out;
    }
    s->seed = seed;
    if (resume)
        status = snprintf(directory, sizeof directory, "%s", resume) < (int)sizeof directory ? 0 : -1;
    else
        status = choose_directory(options, s, directory, sizeof directory);
    if (status != 0) {
        status = options_usage(options, "the directory's path is too long");
        goto out;
    }
    for (size_t n = strlen(directory); n > 1 && directory[n - 1] == '/'; n--)
        directory[n - 1] = '\0';
    status = begin(s, directory, options, &speech);
out:
    survey_free(&s);
    return status;
}

static const struct option_spec option_table[] = {
    { .name = "output",
      .letter = 'o',
      .argument = "DIR",
      .help = "directory of the run (default: results/<survey>-<UTC time>)" },
    { .name = "resume",
      .letter = 'r',
      .argument = "DIR",
      .help = "go on with the run in DIR, where its journal ends" },
    { .name = "seed",
      .letter = 's',
      .argument = "N",
      .help = "of the order (and of a simulation), instead of the survey's own" },
    { .name = "replace",
      .argument = "UNIT",
      .repeated = true,
      .help = "with --resume: this unit's reader is another now; its cells pool what both measure" },
    { .name = "reopen", .help = "with --resume: cells that instruments have closed are measured on" },
    ACCEPT_DAMAGED_OPTION,
    ALLOW_COMMAND_OPTION,
    { .name = "clock-was-wrong",
      .argument = "REASON",
      .help = "with --resume: go on although the wall clock cannot be right, and say why" },
    OPERATOR_OPTION,
    ACCESS_OPTIONS,
    RUN_FACES_OPTIONS,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey run profiles/surveys/demo.yaml --output results/demo",
      "the demonstration: simulated, in virtual time" },
    { "nfc-survey run demo --output results/demo", "the same, by the name of an installed survey" },
    { "nfc-survey run --resume results/demo",
      "go on after Ctrl-C, a crash, a full disk, or for the next session" },
    { "nfc-survey run --resume results/demo --replace sim-reader-a",
      "go on with another reader in the place of a broken one, which the record says" },
    { "nfc-survey run --resume results/demo --allow-command",
      "go on with a run from elsewhere whose command for laying phones was looked at" },
    { "nfc-survey run --resume results/demo --clock-was-wrong 'a year ahead until today'",
      "go on where the last records are of a time that has not come yet" },
    { "nfc-survey run profiles/surveys/demo.yaml --station --output results/demo",
      "with a page for a browser on this computer" },
    { "nfc-survey run --resume results/demo --allow pin",
      "go on, and let scripts use PINs where the survey says `writes: test-target` and targets prove to be "
      "for "
      "tests" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "every cell is decided or has all its placements" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the survey or the journal is invalid, simulated and real units met, or, with "
                         "--resume, " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT,
      "a reader, the disk or the hands failed; what was finished is in the journal" },
    { EXIT_STATUS_NO_DATA, "done, but one session decides no cell (only criteria that count taps can be "
                           "met), or cells were rejected in the "
                           "last session only and stay `rejected so far`" },
    { EXIT_STATUS_INTERRUPTED, "stopped, or a session is done and the next may not begin yet: resume it" },
    { 0 },
};

const struct command command_run = {
    .name = "run",
    .summary = "make the placements of a survey and write its journal",
    .usage =
        (const char *const[]) {
            "SURVEY [--output DIR] [--seed N] [--lang en|ja] [--plain] "
            "[--station[=ADDRESS:PORT]]",
            "--resume DIR [--replace UNIT] [--clock-was-wrong REASON] [--lang en|ja] "
            "[--plain] [--station[=ADDRESS:PORT]]",
            "... [--allow pin|write|block]... [--test-ca FILE] [--channel-keys FILE] [--pin-fd N]", NULL },
    .description = "SURVEY is a file, or the name of an installed survey such as demo. "
                   "Ctrl-C once ends after the present transaction, twice at once; both leave a journal that "
                   "--resume goes on with. "
                   "Where a person lays the phones, a terminal shows a full screen; a key or a text, then "
                   "Enter, and ? is help. "
                   "The summary is written at the end; `nfc-survey report DIR` makes the page.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 0,
    .operands_max = 1,
    .operand = "a survey file",
    .run = run_survey,
};
