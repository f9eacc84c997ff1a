/* verify: whether a run is as it was written: its journal by itself, and all files that the manifest has. */
#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/finish.h"
#include "harness/commands/journal_report.h"
#include "harness/commands/message.h"
#include "harness/commands/remake.h"
#include "harness/commands/speech.h"
#include "harness/journal/manifest.h"
#include "reports/render/tool.h"
#include "reports/summary.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE   4096
#define SUMMARY     "summary.yaml"
#define SUMMARY_MAX (256u << 20)

struct check {
    const char *directory;
    struct speech speech;
    struct report report;
    struct manifest manifest;
    enum manifest_journal journal; /* how it is to its entry; 0: it has none */
    bool draws;                    /* makes again what other programs draw, too */
    int status;                    /* the worst so far */
};

static void is_wrong(struct check *c, const char *name, const char *text)
{
    char path[PATH_SIZE];
    struct err e;
    snprintf(path, sizeof path, "%s/%s", c->directory, name);
    err_set(&e, ERR_INPUT, path, "%s", text);
    c->status = message_error(&e);
}

static const struct journal_verdict *verdict_of_journal(const struct check *c)
{
    return &c->report.findings->journal;
}

static void show_counts(struct check *c)
{
    const struct journal_verdict *v = verdict_of_journal(c);
    const struct journal_faults *told = &c->report.findings->told;
    const struct speech *to = &c->speech;
    struct phrase hold;
    speech_line(to, WORD_CMD_VERIFIED, SPEECH_NUMBER(v->lines), SPEECH_NUMBER(v->records),
                SPEECH_NUMBER(v->kinds[JOURNAL_KIND_PLACEMENT]),
                SPEECH_NUMBER(v->kinds[JOURNAL_KIND_TRANSACTION]), NULL);
    if (v->problems > 0)
        speech_line(to, WORD_CMD_FAULTS, SPEECH_NUMBER(v->problems), NULL);
    say_damage(to, &c->report.findings->faults);
    for (size_t i = 0; i < told->kept; i++)
        speech_line(to, WORD_DAMAGED_LINE, SPEECH_NUMBER(told->items[i].line),
                    phrase_said(&told->items[i].said, to->language, &hold), NULL);
    if (v->torn)
        speech_line(to, WORD_CMD_TORN_LINE, NULL);
    if (v->closed)
        speech_line(to, WORD_CMD_CLOSED_RUN, NULL);
    else
        say_open(to, v);
    fprintf(to->to, "sha256 %s\n", v->sha256);
}

/* ---- files of the manifest ---- */

static void check_journal(struct check *c)
{
    const struct manifest_entry *entry = manifest_of(&c->manifest, MANIFEST_JOURNAL);
    struct err e = { 0 };
    if (!entry)
        return;
    if (manifest_journal(c->directory, entry, verdict_of_journal(c), &c->journal, &e) != 0) {
        c->status = message_error(&e);
        return;
    }
    if (c->journal == MANIFEST_GROWN)
        speech_line(&c->speech, WORD_CMD_MANIFEST_GROWN, SPEECH_NUMBER(entry->lines), NULL);
    else if (c->journal == MANIFEST_SAME)
        speech_line(&c->speech, WORD_CMD_MANIFEST_SAME, NULL);
    else
        is_wrong(c, MANIFEST_JOURNAL,
                 c->journal == MANIFEST_CUT ? "its tail is cut: the manifest is of a longer one"
                                            : "is not the journal of the manifest: it was changed, its "
                                              "checksums too, or is of another run");
}

/* Whether it is what this program wrote of this journal, by its digest. */
static bool check_file(struct check *c, const struct manifest_entry *entry)
{
    char path[PATH_SIZE], sha256[65];
    struct err e = { 0 };
    bool is_current = strcmp(entry->program, THIS_PROGRAM) == 0 &&
                      strcmp(entry->journal, verdict_of_journal(c)->sha256) == 0;
    if (!entry->sha256[0] || strcmp(entry->name, MANIFEST_JOURNAL) == 0)
        return false;
    if (snprintf(path, sizeof path, "%s/%s", c->directory, entry->name) >= PATH_SIZE ||
        access(path, F_OK) != 0) {
        speech_line(&c->speech, WORD_CMD_MANIFEST_GONE, entry->name, NULL);
        return false;
    }
    if (digest_file(path, sha256, &e) != 0)
        c->status = message_error(&e);
    else if (strcmp(sha256, entry->sha256) != 0)
        is_wrong(c, entry->name, "was changed after it was written: it is not what the manifest has");
    else if (strcmp(entry->journal, verdict_of_journal(c)->sha256) != 0)
        speech_line(&c->speech, WORD_CMD_MANIFEST_OLD, entry->name, NULL);
    else if (!is_current && strcmp(entry->name, SUMMARY) != 0)
        speech_line(&c->speech, WORD_CMD_MANIFEST_OTHER, entry->name, entry->program, NULL);
    else
        return is_current;
    return false;
}

/* ---- files made again, by the command lines of the manifest ---- */

/* Of an entry that does not tell it: what the run's own criteria are written by. */
static const char *line_of(const struct manifest_entry *entry)
{
    return !entry->made[0] && strcmp(entry->name, "criteria.yaml") == 0 ? "criteria --output=criteria.yaml"
                                                                        : entry->made;
}

static bool has_line(const char *lines, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = lines; (at = strstr(at, name)); at += length)
        if ((at == lines || at[-1] == '\n') && at[length] == '\n')
            return true;
    return false;
}

static void compare_again(struct check *c, const struct manifest_entry *entry, const struct remake *again)
{
    char path[PATH_SIZE], sha256[65], text[PATH_SIZE];
    struct err e = { 0 };
    bool is_drawn = has_line(buf_text(&again->drawn), entry->name);
    if (is_drawn && !again->draws) {
        speech_line(&c->speech, WORD_CMD_BY_DIGEST, entry->name, NULL);
        return;
    }
    snprintf(
        text, sizeof text,
        "is not what `%s` makes of the journal: it, or another file that it was made with, was changed%s",
        line_of(entry), is_drawn ? "; or gnuplot, WeasyPrint or libxlsxwriter was of another version" : "");
    if (snprintf(path, sizeof path, "%s/%s", again->folder, entry->name) >= PATH_SIZE ||
        access(path, F_OK) != 0)
        is_wrong(c, entry->name, text);
    else if (digest_file(path, sha256, &e) != 0)
        c->status = message_error(&e);
    else if (strcmp(sha256, entry->sha256) != 0)
        is_wrong(c, entry->name, text);
    else
        speech_line(&c->speech, WORD_CMD_MADE_AGAIN, entry->name, NULL);
}

/* All that one command line made. */
static void make_again(struct check *c, const char *line, bool *waits)
{
    struct tool_folder folder;
    struct remake again = { .draws = c->draws };
    struct err e = { 0 };
    if (tool_folder_make(&folder, &e) != 0) {
        c->status = message_error(&e);
        return;
    }
    again.folder = folder.path;
    buf_init(&again.drawn, 1u << 16);
    int status = remake_run(line, c->directory, &again, &e);
    if (status != 0)
        message_note("`%s`: %s: %s", line, e.where, e.text);
    for (size_t i = 0; i < c->manifest.count; i++) {
        const struct manifest_entry *entry = &c->manifest.items[i];
        if (!waits[i] || strcmp(line_of(entry), line) != 0)
            continue;
        waits[i] = false;
        if (status != 0)
            speech_line(&c->speech, WORD_CMD_NOT_AGAIN, entry->name, NULL);
        else
            compare_again(c, entry, &again);
    }
    buf_free(&again.drawn);
    tool_folder_remove(&folder);
}

/* waits: of the manifest's entries, those to be made again. */
static void check_again(struct check *c, bool *waits)
{
    for (size_t i = 0; i < c->manifest.count; i++) {
        const struct manifest_entry *entry = &c->manifest.items[i];
        if (!waits[i] || strcmp(entry->name, SUMMARY) == 0)
            continue;
        if (!line_of(entry)[0])
            speech_line(&c->speech, WORD_CMD_BY_DIGEST, entry->name, NULL);
        else
            make_again(c, line_of(entry), waits);
    }
}

static bool is_of_the_run(const char *name)
{
    static const char *const own[] = { MANIFEST_JOURNAL, MANIFEST_NAME, MANIFEST_SIGNATURE, SUMMARY, "lock" };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return false;
}

/* Files that nothing says anything of. */
static void tell_strangers(struct check *c)
{
    struct dirent **entries = NULL;
    int count = scandir(c->directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (entries[i]->d_type == DT_REG && !is_of_the_run(name) && !manifest_of(&c->manifest, name))
            speech_line(&c->speech, WORD_CMD_STRANGER, name, NULL);
        free(entries[i]);
    }
    free(entries);
}

/* ---- the summary ---- */

/* Whether a summary that is not what the journal gives is as another program, or of less of the journal, made it. */
static bool is_of_its_time(const struct check *c, const char *path)
{
    const struct manifest_entry *entry = manifest_of(&c->manifest, SUMMARY);
    char sha256[65];
    struct err e;
    return entry && digest_file(path, sha256, &e) == 0 && strcmp(sha256, entry->sha256) == 0 &&
           (strcmp(entry->program, THIS_PROGRAM) != 0 ||
            strcmp(entry->journal, verdict_of_journal(c)->sha256) != 0);
}

/* The summary on disk against the one that the journal gives now. */
static void check_summary(struct check *c)
{
    char path[PATH_SIZE];
    struct buf now, there;
    struct err e = { 0 };
    snprintf(path, sizeof path, "%s/" SUMMARY, c->directory);
    if (access(path, F_OK) != 0) {
        speech_line(&c->speech, WORD_CMD_NO_SUMMARY, NULL);
        return;
    }
    buf_init(&now, SUMMARY_MAX);
    buf_init(&there, SUMMARY_MAX);
    summary_write(&c->report, &now);
    int status = file_read(path, &there, &e);
    if (status == 0 && now.failed)
        status = err_set(&e, ERR_MEMORY, path, "the summary does not fit in memory");
    if (status != 0)
        c->status = message_error(&e);
    else if (now.length == there.length && memcmp(now.data, there.data, now.length) == 0)
        speech_line(&c->speech, WORD_CMD_MADE_AGAIN, SUMMARY, NULL);
    else if (is_of_its_time(c, path))
        speech_line(&c->speech, WORD_CMD_SUMMARY_OLD, manifest_of(&c->manifest, SUMMARY)->program, NULL);
    else
        is_wrong(c, SUMMARY, "is not what the journal gives; `nfc-survey report` makes it anew");
    buf_free(&now);
    buf_free(&there);
}

static void check_signature(const struct check *c)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/" MANIFEST_SIGNATURE, c->directory) < PATH_SIZE &&
        access(path, F_OK) == 0)
        speech_line(&c->speech, WORD_CMD_SIGNATURE, c->directory, NULL);
}

/* All that stands on the manifest, unless that is none. Of a damaged journal nothing is made again. */
static void check_manifest(struct check *c)
{
    struct err e = { 0 };
    if (manifest_read(c->directory, &c->manifest, &e) != 0)
        c->status = message_error(&e);
    if (c->manifest.count == 0)
        speech_line(&c->speech, WORD_CMD_NO_MANIFEST, NULL);
    check_journal(c);
    bool *waits = calloc(c->manifest.count + 1, sizeof *waits);
    for (size_t i = 0; i < c->manifest.count; i++) {
        bool is_current = check_file(c, &c->manifest.items[i]);
        if (waits)
            waits[i] = is_current && verdict_of_journal(c)->problems == 0;
    }
    if (waits)
        check_again(c, waits);
    else
        c->status = message_error(&(struct err) { .code = ERR_MEMORY, .text = "out of memory" });
    free(waits);
    if (c->manifest.count > 0)
        tell_strangers(c);
}

/* Where findings can't be made of it: what its lines say by themselves. */
static int verify_lines(struct check *c, const struct err *why)
{
    char path[PATH_SIZE];
    struct journal_verdict verdict = { 0 };
    if (snprintf(path, sizeof path, "%s/" MANIFEST_JOURNAL, c->directory) >= PATH_SIZE)
        return message_error(why);
    int status = journal_report(path, &verdict);
    return status == EXIT_STATUS_DONE ? message_error(why) : status;
}

static int run_verify(const struct command *command, struct options *options)
{
    (void)command;
    const struct report_how how = { .parts = REPORT_SUMMARY, .damage = DAMAGE_ACCEPTED };
    struct check c = { .directory = options_operand(options, 0), .draws = options_has(options, "pages") };
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    if (!speech_open(options, stdout, &c.speech))
        return EXIT_STATUS_USAGE;
    int status = report_open(c.directory, &how, &c.report, &problems, &e);
    if (status != 0) {
        c.status = verify_lines(&c, &e);
    } else {
        if (damage_name(c.directory, &c.report.findings->faults, false, &e) != 0)
            c.status = EXIT_STATUS_INPUT;
        show_counts(&c);
        check_manifest(&c);
        check_summary(&c);
        check_signature(&c);
    }
    manifest_free(&c.manifest);
    report_close(&c.report);
    survey_problems_free(&problems);
    return c.status;
}

static const struct option_spec option_table[] = {
    { .name = "pages",
      .letter = 'p',
      .help =
          "make pages and workbooks again, too, as long as `report` takes: with other versions of gnuplot, "
          "WeasyPrint or libxlsxwriter than they were made with, they are not the same" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey verify results/demo", "check every line of the journal, and every file made of it" },
    { "nfc-survey verify results/demo --pages", "the same, with report.html made again and compared" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "the journal is as it was written, and so is all that the manifest has" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT,
      "lines are damaged, edited or missing (each is named), a file is not as the manifest has it, or is not "
      "what the journal gives" },
    { EXIT_STATUS_ENVIRONMENT, "the output, or a file made again, could not be written" },
    { 0 },
};

const struct command command_verify = {
    .name = "verify",
    .summary = "check the integrity of a run",
    .usage = (const char *const[]) { "DIR [--pages] [--lang en|ja]", NULL },
    .description =
        "Every line carries a checksum and its number, and every stop record the digest of all before it; "
        "what a "
        "result and a decision say must follow from the lines before. manifest.sha256 has the digests of the "
        "journal and of all that was made of it in the directory: `sha256sum -c` checks it, too. It tells by "
        "which command line each file was made, and the file is made again by that and compared, so that a "
        "digest "
        "that was written anew hides no change. Lines that "
        "were written anew with all checksums are shown by the manifest alone, and by nothing where that was "
        "written anew as well, unless somebody signed it: docs/integrity.md.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_verify,
};
