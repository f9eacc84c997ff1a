/* doctor: what would stop or spoil a sweep, with the command that mends it. */
#include "harness/doctor/doctor.h"
#include "harness/base/text.h"
#include "harness/clauses/criteria_file.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/doctor_text.h"
#include "harness/commands/message.h"

/* What a survey and the profiles are read into; problems are findings, not messages. */
struct reading {
    struct survey *survey;
    struct profiles *profiles;
    struct survey_problems of_survey, of_profiles;
    struct doctor_how how;
};

static int read_all(struct reading *r, const char *survey, struct err *e)
{
    char data[4096];
    int status = data_directory(data, sizeof data, e);
    if (status != 0)
        return status;
    status = profiles_load(data, &r->profiles, &r->of_profiles, e);
    if (status != 0 && r->of_profiles.count == 0)
        return status;
    if (r->profiles)
        r->how.profile_count = profiles_readers(r->profiles, &r->how.profiles);
    r->how.profile_problems = &r->of_profiles;
    if (!survey)
        return 0;
    status = survey_load(survey, data, criteria_check, &r->survey, &r->of_survey, e);
    if (status != 0 && r->of_survey.count == 0)
        return status;
    r->how.survey = r->survey;
    r->how.survey_problems = r->survey ? NULL : &r->of_survey;
    return 0;
}

static void forget(struct reading *r)
{
    survey_free(&r->survey);
    profiles_free(&r->profiles);
    survey_problems_free(&r->of_survey);
    survey_problems_free(&r->of_profiles);
}

static int examine(const struct options *o, const struct speech *speech)
{
    struct reading r = { .how = { .root = options_text(o, "root"), .directory = options_text(o, "output") } };
    struct doctor_findings f = { 0 };
    struct err e = { 0 };
    if (!r.how.root)
        r.how.root = "";
    if (!r.how.directory)
        r.how.directory = "results";
    int status = read_all(&r, options_operand(o, 0), &e);
    if (status == 0)
        status = doctor_examine(&r.how, &f, &e);
    if (status != 0) {
        status = message_error(&e);
    } else {
        if (options_has(o, "json"))
            doctor_json(&f, speech);
        else
            doctor_text(&f, options_has(o, "all"), speech);
        status = doctor_worst(&f) == DOCTOR_STOPS ? EXIT_STATUS_ENVIRONMENT : EXIT_STATUS_DONE;
    }
    doctor_findings_free(&f);
    forget(&r);
    return status;
}

static int run_doctor(const struct command *command, struct options *options)
{
    (void)command;
    struct speech speech;
    return speech_open(options, stdout, &speech) ? examine(options, &speech) : EXIT_STATUS_USAGE;
}

static const struct option_spec option_table[] = {
    { .name = "all", .letter = 'a', .help = "show what is in order, too" },
    { .name = "json",
      .letter = 'j',
      .help = "one JSON object a finding and line: check, severity (ok, advice, spoils or stops), subject, "
              "code and "
              "arguments of what is said, text (the same in words), fix" },
    { .name = "output",
      .letter = 'o',
      .argument = "DIR",
      .help = "where the run will stand: its disk is looked at (default: results)" },
    { .name = "root",
      .argument = "DIR",
      .help = "take /proc, /sys, /dev and installed files from a copy below DIR (a support case, a test); "
              "pcscd, clocks "
              "and disk are this host's" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey doctor profiles/surveys/demo.yaml", "before a sweep: all that it needs" },
    { "nfc-survey doctor profiles/surveys/demo.yaml --json | jq -r 'select(.severity == \"stops\").fix'",
      "only the commands that mend what would stop it" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "nothing that was found would stop a sweep" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_ENVIRONMENT, "a sweep would fail, for the reasons printed" },
    { 0 },
};

const struct command command_doctor = {
    .name = "doctor",
    .summary = "find what would stop or spoil a sweep, and print the fix",
    .usage = (const char *const[]) { "[SURVEY] [--all | --json] [--output DIR] [--lang en|ja]", NULL },
    .description =
        "Looks at pcscd, the readers, their drivers and permissions, the clocks, the processors, the disk, "
        "what reports "
        "need, and the survey. Changes nothing, sends nothing to a card, and takes no reader from anybody. "
        "Under each "
        "finding stands the command that mends it on Debian, ready to paste. Without SURVEY everything is "
        "looked at "
        "that a sweep over real readers may need. `run` looks at the fast part of it at every start.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 0,
    .operands_max = 1,
    .operand = "a survey file",
    .run = run_doctor,
};
