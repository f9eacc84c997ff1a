#include "harness/commands/person.h"
#include "harness/base/text.h"

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
        speech_line(&p->speech, WORD_CMD_SAY_WHY, NULL);
    else if (said == STATION_NOTHING)
        speech_line(&p->speech, WORD_CMD_NOT_UNDERSTOOD, NULL);
    return said;
}

static void describe(const struct speech *to, const struct survey *s, const struct plan_placement *p)
{
    static const enum word labels[] = { WORD_CMD_L_HANDSET, WORD_CMD_L_READER, WORD_CMD_L_POWER,
                                        WORD_CMD_L_POSITION, WORD_CMD_L_CASE };
    const struct survey_condition *c = &s->conditions[p->condition];
    bool cased = c->handset_case && strcmp(c->handset_case, "none") != 0;
    char reader[160], pair[160];
    const char *values[] = { pair, s->readers[p->reader].unit, speech_power(to, c->power_mode),
                             c->position ? c->position : word_text(WORD_POSITION_CENTRE, to->language),
                             c->handset_case };
    size_t count = sizeof labels / sizeof *labels - !cased, width = speech_width(to, labels, count);
    survey_reader_label(s, p->reader, reader, sizeof reader);
    survey_pair_label(s, p->pair, pair, sizeof pair);
    for (size_t i = 0; i < count; i++) {
        fputs("  ", to->to);
        speech_label(to, labels[i], width);
        text_put_safe(to->to, values[i]);
        if (labels[i] == WORD_CMD_L_READER)
            speech_say(to, WORD_CMD_IN_BRACKETS, reader, NULL);
        putc('\n', to->to);
    }
}

enum station_answer person_ask(struct person *p, const struct survey *s, const struct plan_placement *order,
                               bool lift)
{
    if (lift) {
        speech_line(&p->speech, s->simulated ? WORD_CMD_LIFT_REHEARSED : WORD_CMD_LIFT, NULL);
        return STATION_GO;
    }
    putc('\n', p->speech.to);
    speech_line(&p->speech, WORD_CMD_LAY, NULL);
    describe(&p->speech, s, order);
    speech_line(&p->speech, WORD_CMD_ANSWERS, NULL);
    for (;;) {
        fputs("> ", p->speech.to);
        fflush(p->speech.to);
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
            fputs("> ", p->speech.to);
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

void person_show(const struct speech *s, const struct station_shown *result)
{
    static const enum word words[PLACEMENT_COUNT] = { [PLACEMENT_CLEAN] = WORD_CMD_CLEAN,
                                                      [PLACEMENT_DIRTY] = WORD_CMD_DIRTY,
                                                      [PLACEMENT_INVALID] = WORD_OUTCOME_INVALID,
                                                      [PLACEMENT_ABORTED] = WORD_CMD_ABORTED };
    struct phrase hold;
    speech_say(s, WORD_CMD_RESULT, SPEECH_NUMBER(result->placement),
               word_text(words[result->result], s->language), NULL);
    if (!said_nothing(result->reason))
        speech_say(s, WORD_CMD_IN_BRACKETS, phrase_said(result->reason, s->language, &hold), NULL);
    putc('\n', s->to);
}
