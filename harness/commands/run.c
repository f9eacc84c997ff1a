/* run: the sweep. This file is the station's voice: progress, prompts, and what is said at the end. */
#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/clauses/criteria_file.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/doctor_text.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/commands/operator.h"
#include "harness/commands/person.h"
#include "harness/station/station.h"
#include "reports/words/enums.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRAW_EVERY_NS 100000000u   /* on a terminal */
#define LINE_EVERY_NS 10000000000u /* without one */
#define BAR_MAX       40

struct voice {
    struct speech speech; /* on stderr */
    bool terminal;        /* of stderr */
    bool drawn;           /* the progress line stands on the screen */
    uint64_t last_ns;
    uint64_t told_placements;
    bool asks; /* a person types here: progress is told a line a placement, never drawn over what is typed */
    struct person person;
};

static void clear_line(struct voice *v)
{
    if (v->drawn)
        fputs("\r\033[K", stderr);
    v->drawn = false;
}

static struct phrase span_text(double seconds, enum language language)
{
    unsigned long s = (unsigned long)(seconds + 0.5);
    unsigned long whole = s >= 3600 ? s / 3600 : s / 60, rest = s >= 3600 ? s / 60 % 60 : s % 60;
    char first[24], second[24];
    snprintf(first, sizeof first, "%lu", s >= 60 ? whole : s);
    snprintf(second, sizeof second, "%02lu", rest);
    if (seconds < 0)
        return phrase_cut("?");
    return phrase_fill(s >= 3600 ? WORD_CMD_H_MIN
                       : s >= 60 ? WORD_CMD_MIN_S
                                 : WORD_SECONDS,
                       language, (const char *const[]) { first, second, NULL });
}

static unsigned columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void draw_bar(double share, unsigned width)
{
    fputc('[', stderr);
    for (unsigned i = 0; i < width; i++)
        fputc(i < (unsigned)(share * width) ? '#' : '.', stderr);
    fputs("] ", stderr);
}

static struct phrase progress_text(const struct station_progress *p, double percent, enum language language)
{
    char done[16];
    snprintf(done, sizeof done, "%3.0f", percent);
    struct phrase line = phrase_fill(
        WORD_CMD_PROGRESS, language,
        (const char *const[]) { done, SPEECH_NUMBER(p->placements), SPEECH_NUMBER(p->placements_left),
                                SPEECH_NUMBER(p->transactions), SPEECH_NUMBER(p->failures),
                                SPEECH_NUMBER(p->decided), SPEECH_NUMBER(p->cells), SPEECH_NUMBER(p->session),
                                SPEECH_NUMBER(p->sessions), span_text(p->left_s, language).text, NULL });
    size_t length = strlen(line.text);
    if (p->waits)
        snprintf(line.text + length, sizeof line.text - length, "  %s", word_text(WORD_CMD_WAITS, language));
    return line;
}

static void progress(void *context, const struct station_progress *p)
{
    struct voice *v = context;
    uint64_t now = clock_now_ns();
    bool last = p->placements_left == 0 && p->placements != v->told_placements;
    if (v->asks && p->placements == v->told_placements)
        return;
    if (!last && !v->asks && now - v->last_ns < (v->terminal ? DRAW_EVERY_NS : LINE_EVERY_NS))
        return;
    char line[PHRASE_BYTES];
    uint64_t all = p->placements + p->placements_left;
    double share = all ? (double)p->placements / (double)all : 1;
    struct phrase text = progress_text(p, 100 * share, v->speech.language);
    v->last_ns = now;
    v->told_placements = p->placements;
    if (!v->terminal || v->asks) {
        fprintf(stderr, "%s\n", text.text);
        return;
    }
    size_t room = columns(), used = text_columns(text.text);
    clear_line(v);
    if (room > used + 15)
        draw_bar(share, room - used - 5 < BAR_MAX ? (unsigned)(room - used - 5) : BAR_MAX);
    text_abridge(line, sizeof line, room - 1, text.text);
    fputs(line, stderr);
    fflush(stderr);
    v->drawn = true;
}

static void say(void *context, const struct station_notice *notice)
{
    static const enum word words[NOTICE_COUNT] = {
        [NOTICE_STOPPING] = WORD_CMD_STOPPING,
        [NOTICE_STOPPING_AT_ONCE] = WORD_CMD_STOPPING_AT_ONCE,
        [NOTICE_STILL_SEES] = WORD_CMD_STILL_SEES,
        [NOTICE_OUT_OF_SERVICE] = WORD_CMD_OUT_OF_SERVICE,
        [NOTICE_IN_SERVICE] = WORD_CMD_IN_SERVICE,
        [NOTICE_DROPPED] = WORD_CMD_DROPPED,
        [NOTICE_NOTHING_COUNTED] = WORD_CMD_NOTHING_COUNTED,
        [NOTICE_WITHDRAWN_BEFORE] = WORD_CMD_WITHDRAWN_BEFORE,
        [NOTICE_WITHDRAWN] = WORD_CMD_WITHDRAWN,
    };
    struct voice *v = context;
    struct phrase hold;
    clear_line(v);
    speech_note(&v->speech, words[notice->what],
                notice->reader ? notice->reader : SPEECH_NUMBER(notice->placement),
                word_text(word_health(notice->event), v->speech.language),
                phrase_said(notice->detail, v->speech.language, &hold), NULL);
}

static enum station_answer ask(void *context, const struct survey *s, const struct plan_placement *p,
                               bool lift)
{
    struct voice *v = context;
    clear_line(v);
    return person_ask(&v->person, s, p, lift);
}

static enum station_answer listen_for(void *context, bool wait)
{
    struct voice *v = context;
    return person_listen_for(&v->person, wait);
}

static const char *words(void *context)
{
    const struct voice *v = context;
    return v->person.words ? v->person.words : "";
}

static void shown(void *context, const struct station_shown *result)
{
    struct voice *v = context;
    clear_line(v);
    person_show(&v->speech, result);
}

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

static int sweep(const struct survey *s, const char *directory, const struct options *options,
                 const struct speech *speech)
{
    bool resume = options_has(options, "resume");
    struct voice voice = { .speech = *speech,
                           .person = { .speech = *speech },
                           .terminal = isatty(STDERR_FILENO) == 1,
                           .asks = s->hands == HANDS_PERSON };
    struct phrase hold;
    char by[64];
    struct station_result result;
    struct err e = { 0 };
    struct station_options how = { .directory = directory,
                                   .resume = resume,
                                   .version = NFC_SURVEY_VERSION,
                                   .by = operator_name(options, by, sizeof by),
                                   .ui = { &voice, progress, say, ask, listen_for, words, shown } };
    if (s->hands == HANDS_PERSON && !isatty(STDIN_FILENO)) {
        err_set(&e, ERR_ENVIRONMENT, "hands",
                "a person lays the phones in this survey, but there is no terminal to ask at");
        return message_error(&e);
    }
    warn(s, directory, speech);
    int status = station_run(s, &how, &result, &e);
    clear_line(&voice);
    if (result.end == 0)
        return message_error(&e); /* nothing began */
    if (status == ERR_INTERRUPTED)
        message_note("%s: %s", directory, phrase_said(&result.reason, speech->language, &hold));
    else if (status != 0)
        message_error(&e);
    else
        message_note("%s", phrase_said(&result.reason, speech->language, &hold));
    if (result.end == STOP_DONE && s->sessions < VERDICT_SESSIONS_NEEDED)
        speech_note(speech, WORD_CMD_TOO_FEW_SESSIONS, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED),
                    SPEECH_NUMBER(s->sessions), NULL);
    if (status == ERR_INTERRUPTED || result.end == STOP_FAILED || result.end == STOP_SESSION_END) {
        speech_note(speech, WORD_CMD_GO_ON, directory, NULL);
    }
    printf("%s/journal.yaml\n", directory);
    int summarised = e.code == ERR_ENVIRONMENT && result.end == STOP_FAILED ? 0 : finish_run(directory);
    if (status == 0 && result.end == STOP_SESSION_END)
        return EXIT_STATUS_INTERRUPTED;
    return status != 0 ? err_exit_status(status) : summarised;
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
    if (!speech_open(options, stderr, &speech))
        return EXIT_STATUS_USAGE;
    int status = load(options, &s);
    if (status != 0 || !s)
        return status;
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
    status = sweep(s, directory, options, &speech);
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
    OPERATOR_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey run profiles/surveys/demo.yaml --output results/demo",
      "the demonstration: simulated, in virtual time" },
    { "nfc-survey run --resume results/demo",
      "go on after Ctrl-C, a crash, a full disk, or for the next session" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "every cell is decided or has all its placements" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "the survey or the journal is invalid, or simulated and real units met" },
    { EXIT_STATUS_ENVIRONMENT,
      "a reader, the disk or the hands failed; what was finished is in the journal" },
    { EXIT_STATUS_INTERRUPTED, "stopped, or a session is done and the next may not begin yet: resume it" },
    { 0 },
};

const struct command command_run = {
    .name = "run",
    .summary = "make the placements of a survey and write its journal",
    .usage = (const char *const[]) { "SURVEY [--output DIR] [--seed N] [--lang en|ja]",
                                     "--resume DIR [--lang en|ja]", NULL },
    .description = "Ctrl-C once ends after the present transaction, twice at once; both leave a journal that "
                   "--resume goes on with. "
                   "The summary is written at the end; `nfc-survey report DIR` makes the page.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 0,
    .operands_max = 1,
    .operand = "a survey file",
    .run = run_survey,
};
