/* check: whether profiles, surveys, scripts, criteria and journals are valid; every problem with its place.
 */
#include "harness/base/text.h"
#include "harness/clauses/criteria_file.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/doubts.h"
#include "harness/commands/journal_report.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "harness/survey/survey.h"
#include "reports/tables/names.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A journal's first line says so; any other file of ours is a YAML mapping. */
static bool is_journal(const char *path)
{
    char head[5] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, head, 4);
    close(fd);
    return n == 4 && strcmp(head, "- {\"") == 0;
}

static void say_valid(const struct speech *to, const char *path, const char *kind)
{
    text_put_safe(to->to, path);
    fprintf(to->to, ": %s%s%s", message_style(to->to, MESSAGE_GOOD), word_text(WORD_CMD_VALID, to->language),
            message_style(to->to, MESSAGE_PLAIN));
    speech_line(to, WORD_CMD_VALID_KIND, kind, NULL);
}

/* Valid, and yet not what anybody wants. What its scheme lacks for tables is an error. */
static int say_doubts(const struct speech *to, const char *path, const char *data)
{
    struct survey_problems problems = { 0 };
    struct survey *s = NULL;
    struct reach doubts = { 0 };
    struct err e = { 0 };
    int status = survey_load(path, data, criteria_check, &s, &problems, &e);
    if (status == 0)
        status = doubts_of(s, &doubts, &e);
    if (status == 0)
        doubts_say(to, s, &doubts);
    reach_free(&doubts);
    survey_problems_free(&problems);
    survey_free(&s);
    return status != 0 ? message_error(&e) : EXIT_STATUS_DONE;
}

static int check_file(const struct speech *to, const char *path, const char *data)
{
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    const char *kind = "file";
    int doubtful = EXIT_STATUS_DONE;
    int status = survey_check_file(path, data, criteria_check, &kind, &problems, &e);
    message_problems(&problems);
    if (status == 0) {
        say_valid(to, path, name_file(kind, to->language));
        if (strcmp(kind, "survey") == 0)
            doubtful = say_doubts(to, path, data);
    } else if (problems.count > 0) {
        message_note("%s: %zu problem%s", path, problems.count, problems.count == 1 ? "" : "s");
    } else {
        message_error(&e);
    }
    survey_problems_free(&problems);
    return status != 0 ? err_exit_status(status) : doubtful;
}

static int check_journal(const struct speech *to, const char *path)
{
    struct journal_verdict verdict = { 0 };
    int status = journal_report(path, &verdict);
    if (status == EXIT_STATUS_DONE)
        say_valid(to, path, word_text(WORD_CMD_JOURNAL, to->language));
    return status;
}

static int check(const struct speech *to, const char *path, const char *data)
{
    char journal[4096];
    if (is_directory(path)) {
        if (snprintf(journal, sizeof journal, "%s/journal.yaml", path) >= (int)sizeof journal) {
            message_note("%s: the path is too long", path);
            return EXIT_STATUS_INPUT;
        }
        return check_journal(to, journal);
    }
    return is_journal(path) ? check_journal(to, path) : check_file(to, path, data);
}

static int run_check(const struct command *command, struct options *options)
{
    (void)command;
    char data[4096];
    struct err e = { 0 };
    struct speech speech;
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    if (data_directory(data, sizeof data, &e) != 0)
        return message_error(&e);
    int worst = EXIT_STATUS_DONE;
    for (size_t i = 0; i < options_operands(options); i++) {
        int status = check(&speech, options_operand(options, i), data);
        if (status > worst)
            worst = status;
    }
    return worst;
}

static const struct option_spec option_table[] = { SPEECH_OPTION, { 0 } };

static const struct command_example examples[] = {
    { "nfc-survey check profiles/surveys/demo.yaml", "check a survey and everything that it names" },
    { "nfc-survey check profiles/readers/*.yaml profiles/handsets/*.yaml", "check many profiles at once" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "every file is valid" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT,
      "a file is missing, invalid or damaged; every problem is on stderr as file:line:column" },
    { EXIT_STATUS_ENVIRONMENT, "the program's own files are missing, or the output could not be written" },
    { 0 },
};

const struct command command_check = {
    .name = "check",
    .summary = "check profiles, surveys, scripts, criteria and journals",
    .usage = (const char *const[]) { "FILE... [--lang en|ja]", NULL },
    .description =
        "A file says by its `format` what kind it is. For a run's directory its journal is checked.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = OPTIONS_MAX,
    .operand = "at least one file",
    .run = run_check,
};
