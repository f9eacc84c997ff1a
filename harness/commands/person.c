#include "harness/commands/person.h"
#include "harness/base/text.h"

#include "harness/commands/message.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static const struct {
    char letter;
    enum station_answer answer;
    bool needs_words;
} letters[] = {
    { 'x', STATION_EXCLUDE, true },
    { 'w', STATION_WITHDRAW, true },
    { 'n', STATION_NOTE, true },
    { 'q', STATION_STOP, false },
};

/* What a line means; an exclusion or a withdrawal without its reason is NOTHING, and *lacks says so. */
static enum station_answer answer_of_line(struct person *p, bool *lacks)
{
    const char *line = p->line + strspn(p->line, " \t");
    *lacks = false;
    p->words = "";
    if (!*line)
        return STATION_GO;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (line[0] != letters[i].letter || (line[1] && line[1] != ' ' && line[1] != '\t'))
            continue;
        p->words = line + 1 + strspn(line + 1, " \t");
        *lacks = letters[i].needs_words && !*p->words;
        return *lacks ? STATION_NOTHING : letters[i].answer;
    }
    return STATION_NOTHING;
}

/* A whole line; the rest of one that is too long is passed over. False at the end of the input or at Ctrl-C.
 */
static bool read_line(struct person *p)
{
    ssize_t n = read(STDIN_FILENO, p->line, sizeof p->line - 1);
    if (n <= 0) {
        p->ended = n == 0;
        p->line[0] = '\0';
        return false;
    }
    p->line[n] = '\0';
    bool whole = strchr(p->line, '\n') != NULL;
    p->line[strcspn(p->line, "\n")] = '\0';
    for (char rest[PERSON_LINE_MAX]; !whole; whole = memchr(rest, '\n', (size_t)n) != NULL) {
        n = read(STDIN_FILENO, rest, sizeof rest);
        if (n <= 0)
            return false;
    }
    return true;
}

static enum station_answer answer(struct person *p)
{
    bool lacks;
    enum station_answer said = answer_of_line(p, &lacks);
    if (lacks)
        fputs("Say why on the same line, such as: x wrong phone / 理由を同じ行に入力してください（例: x "
              "端末違い）\n",
              stderr);
    else if (said == STATION_NOTHING)
        fputs("Not understood. / 入力を解釈できません。\n", stderr);
    return said;
}

static void describe(const struct survey *s, const struct plan_placement *p, FILE *to)
{
    char reader[160], pair[160];
    const struct survey_condition *c = &s->conditions[p->condition];
    survey_reader_label(s, p->reader, reader, sizeof reader);
    survey_pair_label(s, p->pair, pair, sizeof pair);
    fputs("  handset  ", to);
    text_put_safe(to, pair);
    fputs("\n  reader   ", to);
    text_put_safe(to, s->readers[p->reader].unit);
    fputs("  (", to);
    text_put_safe(to, reader);
    fprintf(to, ")\n  power    %s\n  position ", power_mode_name(c->power_mode));
    text_put_safe(to, c->position ? c->position : "centre");
    if (c->handset_case && strcmp(c->handset_case, "none") != 0) {
        fputs("\n  case     ", to);
        text_put_safe(to, c->handset_case);
    }
    fputc('\n', to);
}

enum station_answer person_ask(struct person *p, const struct survey *s, const struct plan_placement *order,
                               bool lift)
{
    if (lift) {
        fprintf(stderr,
                "Lift the phone%s; until then: x REASON = it was laid wrong. / "
                "端末を離してください%s。離すまで: x 理由 = 置き間違い。\n",
                s->simulated ? " (a rehearsal: press Enter)" : "", s->simulated ? "（予行: Enter）" : "");
        return STATION_GO;
    }
    fputs("\nLay the phone. / 端末をかざしてください。\n", stderr);
    describe(s, order, stderr);
    fputs("Enter = it lies there, x REASON = it can't be laid so, w REASON = withdraw the last one, n TEXT = "
          "note, q = stop\n"
          "Enter = 置きました、x 理由 = 置けません、w 理由 = 前回分の撤回、n 文 = メモ、q = 中止\n",
          stderr);
    for (;;) {
        fputs("> ", stderr);
        fflush(stderr);
        if (!read_line(p))
            return STATION_STOP; /* Ctrl-C, end of input */
        enum station_answer said = answer(p);
        if (said != STATION_NOTHING)
            return said;
    }
}

enum station_answer person_listen_for(struct person *p, bool wait)
{
    struct pollfd typed = { .fd = STDIN_FILENO, .events = POLLIN };
    for (;;) {
        if (p->ended)
            return wait ? STATION_STOP : STATION_NOTHING;
        if (wait)
            fputs("> ", stderr);
        else if (poll(&typed, 1, 0) <= 0)
            return STATION_NOTHING;
        if (!read_line(p))
            return wait || p->ended ? STATION_STOP : STATION_NOTHING;
        enum station_answer said = answer(p);
        if (said == STATION_GO && !wait)
            continue; /* an Enter too much */
        if (said != STATION_NOTHING || !wait)
            return said;
    }
}

void person_show(const struct station_shown *result)
{
    static const char *const japanese[PLACEMENT_COUNT] = { [PLACEMENT_CLEAN] = "異常なし",
                                                           [PLACEMENT_DIRTY] = "異常あり",
                                                           [PLACEMENT_INVALID] = "無効",
                                                           [PLACEMENT_ABORTED] = "やり直し" };
    fprintf(stderr, "placement %llu: %s / %s", (unsigned long long)result->placement,
            placement_result_name(result->result), japanese[result->result]);
    if (result->reason && *result->reason) {
        fputs("  (", stderr);
        text_put_safe(stderr, result->reason);
        fputc(')', stderr);
    }
    fputc('\n', stderr);
}
