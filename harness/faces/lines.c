#include "harness/faces/lines.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/faces/layout.h"
#include "harness/faces/wording.h"
#include "reports/words/enums.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRAW_EVERY_NS 100000000u   /* on a terminal */
#define LINE_EVERY_NS 10000000000u /* without one */
#define BAR_MAX       40
#define LINE_COLUMNS  80
#define LEAST_COLUMNS 20 /* below that no word fits */
#define WRAPPED_MAX   64 /* lines of one text */

/* What answers one question only. */
#define ANSWERS                                                                                              \
    (CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_YES) | CHOICE_BIT(CHOICE_NO) | CHOICE_BIT(CHOICE_TAG) |       \
     CHOICE_BIT(CHOICE_LATER))

static volatile sig_atomic_t continued; /* after a Ctrl-Z: the prompt is to be shown again */

static void on_continue(int number)
{
    (void)number;
    continued = 1;
}

/* ---- progress ---- */

void lines_clear(struct lines *l)
{
    if (l->drawn)
        fputs("\r\033[K", l->speech.to);
    l->drawn = false;
}

/* 0: nobody says. */
static unsigned known_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static unsigned columns(void)
{
    unsigned known = known_columns();
    return known > 0 ? known : LINE_COLUMNS;
}

/* A line that ends at words where the terminal is narrower than it. */
static void put_wrapped(const struct lines *l, const char *text)
{
    struct layout_line rows[WRAPPED_MAX];
    struct buf safe; /* names of readers and what drivers said are in it */
    unsigned known = l->terminal ? known_columns() : 0;
    buf_init(&safe, 8 * PHRASE_BYTES);
    text_add_safe_lines(&safe, text);
    text = buf_text(&safe);
    size_t count = known >= LEAST_COLUMNS ? layout_wrap(text, known - 1, rows, WRAPPED_MAX) : 0;
    if (count == 0 || count > WRAPPED_MAX)
        fprintf(l->speech.to, "%s\n", text);
    for (size_t i = 0; i < count && count <= WRAPPED_MAX; i++)
        fprintf(l->speech.to, "%.*s\n", (int)rows[i].bytes, rows[i].text);
    buf_free(&safe);
}

static void draw_bar(FILE *to, double share, unsigned width)
{
    fputc('[', to);
    for (unsigned i = 0; i < width; i++)
        fputc(i < (unsigned)(share * width) ? '#' : '.', to);
    fputs("] ", to);
}

static struct phrase progress_text(const struct station_progress *p, double percent, enum language language)
{
    char done[16];
    snprintf(done, sizeof done, "%3.0f", percent);
    struct phrase line = PHRASE_FILL(WORD_CMD_PROGRESS, language, done, SPEECH_NUMBER(p->placements),
                                     SPEECH_NUMBER(p->placements_left), SPEECH_NUMBER(p->transactions),
                                     SPEECH_NUMBER(p->failures), SPEECH_NUMBER(p->decided),
                                     SPEECH_NUMBER(p->cells), SPEECH_NUMBER(p->session),
                                     SPEECH_NUMBER(p->sessions), wording_span(p->left_s, language).text);
    size_t length = strlen(line.text);
    if (p->waits)
        snprintf(line.text + length, sizeof line.text - length, "  %s", word_text(WORD_CMD_WAITS, language));
    return line;
}

/* Never over what somebody types: there it is a line a placement. */
static void show_progress(struct lines *l, const struct station_progress *p)
{
    uint64_t now = clock_now_ns();
    bool last = p->placements_left == 0 && p->placements != l->placements;
    if (l->asks && p->placements == l->placements)
        return;
    if (!last && !l->asks && now - l->drawn_ns < (l->terminal ? DRAW_EVERY_NS : LINE_EVERY_NS))
        return;
    char line[PHRASE_BYTES];
    uint64_t all = p->placements + p->placements_left;
    double share = all ? (double)p->placements / (double)all : 1;
    struct phrase text = progress_text(p, 100 * share, l->speech.language);
    l->drawn_ns = now;
    l->placements = p->placements;
    if (!l->terminal || l->asks) {
        fprintf(l->speech.to, "%s\n", text.text);
        return;
    }
    size_t room = columns(), used = text_columns(text.text);
    lines_clear(l);
    if (room > used + 15)
        draw_bar(l->speech.to, share, room - used - 5 < BAR_MAX ? (unsigned)(room - used - 5) : BAR_MAX);
    text_abridge(line, sizeof line, room - 1, text.text);
    fputs(line, l->speech.to);
    fflush(l->speech.to);
    l->drawn = true;
}

/* ---- what is typed ---- */

static void offer(const struct lines *l, const struct station_question *q);
static void show_prompt(struct lines *l);

/* What a line says; behind a key that lacks its text, any that says nothing else is that text. */
static enum choice understand(const struct lines *l, const char *line, char text[STATION_WORDS_MAX])
{
    enum choice said = wording_said(&l->question, line, text);
    bool other = said != CHOICE_NONE && said != CHOICE_TAG;
    if (l->lacking == CHOICE_NONE || other || wording_is_key(line) || !line[strspn(line, " \t\r")])
        return said;
    text_fit(text, STATION_WORDS_MAX, line);
    return l->lacking;
}

static void say_what_lacks(const struct lines *l, enum choice choice, uint32_t id)
{
    speech_line(&l->speech,
                choice != CHOICE_NONE ? wording_lacks(choice)
                : id == 0             ? WORD_FACE_NOT_TAKEN
                                      : WORD_CMD_NOT_UNDERSTOOD,
                NULL);
}

/* A reason that lacks, or what nobody offers, is said at once: the question stays. `id`: the question it was typed at; 0: before. */
static void take_line(struct lines *l, const char *line, uint32_t id)
{
    struct station_answer a = { .question = id };
    bool dull = !line[strspn(line, " \t\r")];
    a.choice = understand(l, line, a.text);
    bool lacks = wording_needs_text(a.choice) && !a.text[0];
    if (a.choice == CHOICE_NONE && dull && !l->prompted)
        return; /* an Enter too much */
    l->lacking = lacks && id != 0 ? a.choice : CHOICE_NONE;
    if (a.choice == CHOICE_NONE || lacks) {
        say_what_lacks(l, a.choice, id);
        l->prompted = false;
        if (a.choice == CHOICE_NONE && l->heard_count < sizeof l->heard / sizeof *l->heard)
            l->heard[l->heard_count++] = a;
        if (id != 0)
            show_prompt(l);
    } else if (l->heard_count < sizeof l->heard / sizeof *l->heard) {
        l->heard[l->heard_count++] = a;
        if (a.choice == CHOICE_HELP)
            offer(l, &l->question);
        l->quits = l->quits || a.choice == CHOICE_QUIT;
        l->answered = l->answered || (id != 0 && CHOICE_BIT(a.choice) & ANSWERS);
        l->prompted = false;
    }
}

/* What is behind an answer waits for the next question: it is said there, and answers nothing. */
static void take_lines(struct lines *l, uint32_t id)
{
    char *end;
    while (!l->answered && (end = memchr(l->typed, '\n', l->typed_length))) {
        size_t length = (size_t)(end - l->typed);
        *end = '\0';
        char line[sizeof l->typed];
        memcpy(line, l->typed, length + 1);
        memmove(l->typed, end + 1, l->typed_length - length - 1);
        l->typed_length -= length + 1;
        take_line(l, line, id);
    }
}

static bool is_readable(void)
{
    struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
    return poll(&in, 1, 0) > 0 && in.revents & (POLLIN | POLLHUP | POLLERR);
}

/* All that is there; of a line that is too long only its beginning is kept. */
static void read_typed(struct lines *l, uint32_t id)
{
    while (l->asks && !l->ended && is_readable()) {
        char bytes[STATION_WORDS_MAX];
        ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            l->ended = true;
            break;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (l->typed_length < sizeof l->typed - 1)
                l->typed[l->typed_length++] = bytes[i];
            else if (bytes[i] == '\n')
                l->typed[l->typed_length - 1] = '\n';
        }
        take_lines(l, id);
    }
    take_lines(l, id);
}

/* ---- what is shown ---- */

static void show_label(const struct speech *to, enum word label, size_t width, const char *value)
{
    fputs("  ", to->to);
    speech_label(to, label, width);
    text_put_safe(to->to, value);
    putc('\n', to->to);
}

static void describe(const struct lines *l, const struct station_view *v)
{
    static const enum word labels[] = { WORD_CMD_L_HANDSET, WORD_CMD_L_READER, WORD_CMD_L_POWER,
                                        WORD_CMD_L_POSITION, WORD_CMD_L_CASE };
    const struct speech *to = &l->speech;
    const struct survey *s = v->survey;
    const struct plan_placement *p = &v->placement;
    const struct survey_condition *c = &s->conditions[p->condition];
    bool cased = c->handset_case && strcmp(c->handset_case, "none") != 0;
    char model[160], pair[160], reader[PHRASE_BYTES + 170];
    survey_reader_label(s, p->reader, model, sizeof model);
    survey_pair_label(s, p->pair, pair, sizeof pair);
    snprintf(reader, sizeof reader, "%s  (%s)", wording_reader(v, to->language).text, model);
    struct phrase position = wording_position(c, to->language);
    const char *values[] = { pair, reader, speech_power(to, c->power_mode), position.text, c->handset_case };
    size_t count = sizeof labels / sizeof *labels - !cased, width = speech_width(to, labels, count);
    for (size_t i = 0; i < count; i++)
        show_label(to, labels[i], width, values[i]);
    struct phrase changes[WORDING_CHANGES_MAX];
    size_t changed = wording_changes(v, to->language, changes);
    for (size_t i = 0; i < changed; i++)
        speech_line(to, WORD_FACE_CHANGED, changes[i].text, NULL);
}

/* One choice as a line offers it: "x REASON = it was laid wrong". */
static struct phrase offered(const struct wording_choice *k, const struct station_question *q,
                             enum language language)
{
    bool go = k->choice == CHOICE_GO;
    const char *name = go ? word_text(WORD_FACE_KEY_ENTER, language) : wording_key(k, q->choices);
    struct phrase with = k->choice == CHOICE_NOTE        ? PHRASE_FILL(WORD_FACE_WITH_TEXT, language, name)
                         : wording_needs_text(k->choice) ? PHRASE_FILL(WORD_FACE_WITH_REASON, language, name)
                                                         : phrase_cut(name);
    return PHRASE_FILL(WORD_FACE_KEY_MEANS, language, with.text,
                       word_text(go ? wording_go(q->what) : k->means, language));
}

static void offer(const struct lines *l, const struct station_question *q)
{
    size_t used = 0, room = columns() < LINE_COLUMNS ? columns() : LINE_COLUMNS;
    for (enum choice c = CHOICE_GO; c < CHOICE_COUNT; c++) {
        const struct wording_choice *k = wording_choice(c);
        if (!k || !k->key[0] || !(q->choices & CHOICE_BIT(c)) || c == CHOICE_HELP)
            continue;
        struct phrase item = offered(k, q, l->speech.language);
        size_t width = text_columns(item.text);
        if (used > 0)
            fputs(used + width + 3 > room ? ",\n" : ", ", l->speech.to);
        used = used + width + 3 > room ? width : used + width + 2;
        fputs(item.text, l->speech.to);
    }
    if (used > 0)
        putc('\n', l->speech.to);
}

static bool waits_for_words(const struct station_question *q)
{
    return (q->choices & (CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_YES) | CHOICE_BIT(CHOICE_TAG))) != 0;
}

static void show_prompt(struct lines *l)
{
    if (!waits_for_words(&l->question) || l->prompted || !l->asks || l->quits || l->answered)
        return;
    fputs("> ", l->speech.to);
    fflush(l->speech.to);
    l->prompted = true;
}

static void show_question(struct lines *l, const struct station_view *v)
{
    const struct station_question *q = &v->question;
    bool same = q->id == l->question.id && !continued;
    bool later = q->id != l->question.id;
    l->question = *q;
    continued = 0;
    if (later) {
        l->answered = false;
        l->lacking = CHOICE_NONE;
        read_typed(l, 0); /* what was typed before it is asked: it answers nothing */
    }
    if (!same && q->id != 0) {
        if (q->what == QUESTION_LAY || q->what == QUESTION_TAG || q->what == QUESTION_OPERATOR)
            putc('\n', l->speech.to);
        put_wrapped(l, wording_question(v, l->speech.language).text);
        if (q->what == QUESTION_LAY)
            describe(l, v);
        offer(l, q);
        l->prompted = false;
    }
    show_prompt(l);
}

static void show_result(struct lines *l, const struct station_view *v)
{
    const struct phrase why = wording_why(v, l->speech.language);
    if (!l->asks || v->last.placement == 0 || v->last.placement == l->result)
        return;
    l->result = v->last.placement;
    speech_say(&l->speech, WORD_CMD_RESULT, SPEECH_NUMBER(l->result),
               word_text(wording_result(v->last.result), l->speech.language), NULL);
    if (why.text[0])
        speech_say(&l->speech, WORD_CMD_IN_BRACKETS, why.text, NULL);
    putc('\n', l->speech.to);
}

static void show(void *context, const struct station_view *v)
{
    struct lines *l = context;
    for (; l->notices < v->notice_count; l->notices++) {
        const struct station_notice *n = &v->notices[l->notices % STATION_NOTICES];
        if (v->notice_count - l->notices > STATION_NOTICES)
            continue;
        lines_clear(l);
        if (l->prompted)
            putc('\n', l->speech.to);
        char text[PHRASE_BYTES + 16];
        snprintf(text, sizeof text, "nfc-survey: %s", wording_notice(n, l->speech.language).text);
        put_wrapped(l, text);
        l->prompted = false;
    }
    show_result(l, v);
    show_progress(l, &v->progress);
    if (l->asks)
        show_question(l, v);
}

static unsigned watch(void *context, struct pollfd *fds, unsigned capacity, int *timeout_ms)
{
    const struct lines *l = context;
    (void)timeout_ms;
    if (l->ended || capacity == 0)
        return 0;
    fds[0] = (struct pollfd) { .fd = STDIN_FILENO, .events = POLLIN };
    return 1;
}

static void serve(void *context, const struct pollfd *fds, unsigned count)
{
    struct lines *l = context;
    (void)fds, (void)count;
    read_typed(l, l->question.id);
}

static bool hear(void *context, struct station_answer *out)
{
    struct lines *l = context;
    if (l->heard_count == 0)
        return false;
    *out = l->heard[0];
    memmove(l->heard, l->heard + 1, --l->heard_count * sizeof *l->heard);
    return true;
}

static bool gone(void *context)
{
    const struct lines *l = context;
    return l->ended && l->heard_count == 0;
}

void lines_open(struct lines *l, const struct speech *speech, bool asks, struct face *out)
{
    *l = (struct lines) { .speech = *speech, .terminal = isatty(STDERR_FILENO) == 1, .asks = asks };
    *out = (struct face) { .name = "lines", .context = l, .show = show };
    if (!asks)
        return;
    struct sigaction action = { .sa_handler = on_continue, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    sigaction(SIGCONT, &action, NULL);
    out->watch = watch;
    out->serve = serve;
    out->hear = hear;
    out->gone = gone;
}
