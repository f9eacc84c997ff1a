/* verify: whether a run's journal is whole, and its summary what the journal gives. */
#include "harness/base/file.h"
#include "harness/commands/command.h"
#include "harness/commands/journal_report.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "reports/summary.h"

#include <string.h>
#include <unistd.h>

#define SUMMARY_MAX (256u << 20)

static void show_counts(const struct journal_verdict *v, const struct speech *to)
{
    speech_line(to, WORD_CMD_VERIFIED, SPEECH_NUMBER(v->lines), SPEECH_NUMBER(v->records),
                SPEECH_NUMBER(v->kinds[JOURNAL_KIND_PLACEMENT]),
                SPEECH_NUMBER(v->kinds[JOURNAL_KIND_TRANSACTION]), NULL);
    if (v->damaged > 0)
        speech_line(to, WORD_CMD_DAMAGED_LINES, SPEECH_NUMBER(v->damaged), NULL);
    if (v->edited > 0)
        speech_line(to, WORD_CMD_EDITED_LINES, SPEECH_NUMBER(v->edited), NULL);
    if (v->torn)
        speech_line(to, WORD_CMD_TORN_LINE, NULL);
    speech_line(to, v->closed ? WORD_CMD_CLOSED_RUN : WORD_CMD_OPEN_RUN, NULL);
    fprintf(to->to, "sha256 %s\n", v->sha256);
}

/* The summary on disk against the one that the journal gives now. */
static int compare(const char *directory, const char *path, struct err *e)
{
    const struct report_how how = { .parts = REPORT_SUMMARY };
    struct survey_problems problems = { 0 };
    struct report r;
    struct buf now, there;
    buf_init(&now, SUMMARY_MAX);
    buf_init(&there, SUMMARY_MAX);
    int status = report_open(directory, &how, &r, &problems, e);
    if (status != 0)
        goto out;
    summary_write(&r, &now);
    status = file_read(path, &there, e);
    if (status == 0 && now.failed)
        status = err_set(e, ERR_MEMORY, path, "the summary does not fit in memory");
    if (status == 0 && (now.length != there.length || memcmp(now.data, there.data, now.length) != 0))
        status =
            err_set(e, ERR_INPUT, path, "is not what the journal gives; `nfc-survey report` makes it anew");
out:
    buf_free(&now);
    buf_free(&there);
    report_close(&r);
    survey_problems_free(&problems);
    return status;
}

static int run_verify(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0);
    char journal[4096], summary[4096];
    struct journal_verdict verdict = { 0 };
    struct err e = { 0 };
    struct speech speech;
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    if (snprintf(journal, sizeof journal, "%s/journal.yaml", directory) >= (int)sizeof journal ||
        snprintf(summary, sizeof summary, "%s/summary.yaml", directory) >= (int)sizeof summary)
        return options_usage(options, "the path is too long");
    int status = journal_report(journal, &verdict);
    if (verdict.lines == 0)
        return status;
    show_counts(&verdict, &speech);
    if (access(summary, F_OK) != 0) {
        speech_line(&speech, WORD_CMD_NO_SUMMARY, NULL);
        return status;
    }
    if (compare(directory, summary, &e) != 0) {
        int compared = message_error(&e);
        return compared > status ? compared : status;
    }
    speech_line(&speech, WORD_CMD_SUMMARY_AGREES, NULL);
    return status;
}

static const struct option_spec option_table[] = { SPEECH_OPTION, { 0 } };

static const struct command_example examples[] = {
    { "nfc-survey verify results/demo", "check every line of the journal, and the summary against it" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "the journal is whole, and a summary that is there agrees with it" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "lines are damaged or edited (each is named), or the summary is not the journal's" },
    { EXIT_STATUS_ENVIRONMENT, "the output could not be written" },
    { 0 },
};

const struct command command_verify = {
    .name = "verify",
    .summary = "check the integrity of a run",
    .usage = (const char *const[]) { "DIR [--lang en|ja]", NULL },
    .description =
        "Every line carries a checksum and its number, and every stop record the digest of all before it.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_verify,
};
