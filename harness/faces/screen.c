#define NCURSES_WIDECHAR 1
#include "harness/faces/screen.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/faces/board.h"
#include "harness/faces/layout.h"
#include "harness/faces/terminal.h"
#include "harness/faces/wording.h"
#include "reports/words/numbers.h"

#include <curses.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define HEARD_MAX     16
#define LINES_MAX     32 /* of one text */
#define LEAST_COLUMNS 30 /* below that, and these rows, it only asks for more */
#define LEAST_ROWS    10
#define BOUNCE_NS     UINT64_C(150000000) /* a scanner may end what it types with two Enters */

/* The one screen. */
static struct screen {
    enum language language;
    bool sound;
    const char *note;
    bool drawn_once, help, lost, stale;
    struct board board;
    struct board_memory memory;
    struct station_question question;
    char typed[STATION_WORDS_MAX];
    size_t typed_length;
    uint32_t typed_for;  /* the question that was on the screen when the line began */
    uint64_t entered_ns; /* when a line ended that may have been scanned */
    mbstate_t half;
    const char *reply; /* to the last line, in place of the notices; NULL */
    char noise[256];   /* the last line on stderr */
    struct station_answer heard[HEARD_MAX];
    unsigned heard_count;
} sc;

/* ---- drawing ---- */

static int put(int row, int column, int columns, const char *text, attr_t attributes)
{
    return terminal_put(row, column, columns, text, strlen(text), attributes);
}

/* Text over some rows; returns how many of at most `rows` it took. */
static int put_wrapped(int row, int column, int columns, int rows, const char *text, attr_t attributes)
{
    struct layout_line lines[LINES_MAX];
    if (columns <= 0 || rows <= 0)
        return 0;
    int n = (int)layout_wrap(text, (size_t)columns, lines, LINES_MAX);
    n = n < rows ? n : rows;
    for (int i = 0; i < n && i < LINES_MAX; i++)
        terminal_put(row + i, column, columns, lines[i].text, lines[i].bytes, attributes);
    return n;
}

static int rows_of(const char *text, int columns)
{
    struct layout_line lines[LINES_MAX];
    return columns > 0 ? (int)layout_wrap(text, (size_t)columns, lines, LINES_MAX) : 0;
}

static attr_t tone_attributes(enum board_tone tone)
{
    static const short pairs[] = { 0, 1, 2, 3 };
    return A_BOLD | (has_colors() ? (attr_t)COLOR_PAIR(pairs[tone]) : A_REVERSE);
}

static void put_header(const struct board *b)
{
    int width = (int)text_columns(b->session.text);
    for (int i = 0; i < COLS; i++)
        put(0, i, 1, " ", A_REVERSE);
    put(0, 1, COLS - width - 3, b->title.text, A_REVERSE | A_BOLD);
    put(0, COLS - width - 1, width, b->session.text, A_REVERSE);
}

/* "label value  label value", as many as fit into the rows, never parted inside. */
struct flow {
    int row, column, first, last; /* rows */
    int indent;
    bool full;
};

static void flow_put(struct flow *f, const char *label, const char *value, bool write)
{
    int width = (int)(text_columns(label) + text_columns(value)) + (*label ? 1 : 0);
    if (f->column > f->indent && f->column + width > COLS - 1) {
        f->row++;
        f->column = f->indent;
    }
    f->full = f->full || f->row > f->last;
    if (f->full)
        return;
    if (write) {
        int used = put(f->row, f->column, COLS - f->column, label, A_DIM);
        put(f->row, f->column + used + (*label ? 1 : 0), COLS - f->column - used - 1, value, A_BOLD);
    }
    f->column += width + 2;
}

static int flow_figures(const struct board *b, int row, int last, bool write)
{
    struct flow f = { .row = row, .column = 1, .first = row, .last = last, .indent = 1 };
    for (size_t i = 0; i < BOARD_FIGURES; i++)
        flow_put(&f, b->figures[i].label, b->figures[i].text.text, write);
    for (size_t i = 0; i < b->verdict_count; i++)
        flow_put(&f, b->verdicts[i].label, b->verdicts[i].text.text, write);
    return (f.full ? f.last : f.row) - row + 1;
}

static int flow_keys(const struct board *b, int row, int last, bool write)
{
    struct flow f = { .row = row, .column = 1, .first = row, .last = last, .indent = 1 };
    for (size_t i = 0; i < b->choice_count; i++) {
        const struct board_choice *c = &b->choices[i];
        char text[PHRASE_BYTES];
        struct phrase key = PHRASE_FILL(WORD_FACE_KEY_MEANS, b->language, c->key.text, c->name.text);
        text_fit(text, sizeof text, key.text);
        if (c->choice != CHOICE_TAG)
            flow_put(&f, "", text, write);
    }
    return (f.full ? f.last : f.row) - row + 1;
}

/* ---- the parts from below: what is typed, keys, figures, the last result ---- */

/* What is being typed, as it is understood so far. */
static struct phrase prompt(const struct board *b)
{
    char text[STATION_WORDS_MAX] = "";
    enum choice said = sc.typed_length ? wording_said(&sc.question, sc.typed, text) : CHOICE_NONE;
    if (said == CHOICE_TAG || (said == CHOICE_NONE && sc.question.choices & CHOICE_BIT(CHOICE_TAG)))
        return phrase_cut(word_text(wording_tag(sc.question.what), b->language));
    for (size_t i = 0; i < b->choice_count; i++) {
        const struct board_choice *c = &b->choices[i];
        if (c->choice != said)
            continue;
        enum word form = !c->needs_text || text[0] ? WORD_FACE_PRESS_ENTER
                         : said == CHOICE_NOTE     ? WORD_FACE_ASK_TEXT
                                                   : WORD_FACE_ASK_WHY;
        return PHRASE_FILL(form, b->language, c->name.text);
    }
    return phrase_cut("");
}

static void put_line(const struct board *b, int row)
{
    struct phrase before = prompt(b);
    int column = before.text[0] ? put(row, 1, COLS / 2, before.text, A_BOLD) + 2 : 1;
    column += put(row, column, 2, "> ", A_BOLD);
    int room = COLS - column - 1;
    const char *from = sc.typed;
    while ((int)text_columns(from) > room) { /* its end is what is typed now */
        uint32_t code;
        size_t n = text_character(from, strlen(from), &code);
        from += n ? n : 1;
    }
    column += put(row, column, room, from, A_NORMAL);
    move(row, column);
}

/* One row of each, the newest first; a reply goes before. */
static int put_news(const struct board *b, int row, int rows)
{
    int used = 0;
    const char *first = sc.reply ? sc.reply : sc.noise[0] ? sc.noise : NULL;
    if (first && used < rows)
        used += put_wrapped(row + used, 1, COLS - 2, rows > 2 ? 2 : 1, first, A_BOLD);
    if (b->aside.text[0] && used < rows)
        used += put_wrapped(row + used, 1, COLS - 2, rows - used, b->aside.text, A_BOLD);
    size_t count = rows > 2 ? b->notices_held : b->notices_fresh;
    for (size_t i = 0; i < count && used < rows; i++)
        used += put_wrapped(row + used, 1, COLS - 2, rows - used, b->notices[i].text,
                            i < b->notices_fresh ? A_NORMAL : A_DIM);
    return used;
}

static int last_rows(const struct board *b)
{
    if (b->last.placement == 0)
        return 0;
    return 1 + (b->last.why.text[0] &&
                text_columns(b->last.text.text) + text_columns(b->last.why.text) + 6 > (size_t)COLS);
}

static void put_last(const struct board *b, int row, int rows)
{
    attr_t tone = tone_attributes(b->last.tone);
    if (rows == 0)
        return;
    int used = put(row, 1, COLS - 2, " ", tone);
    used += put(row, 1 + used, COLS - 2 - used, b->last.text.text, tone);
    used += put(row, 1 + used, COLS - 2 - used, " ", tone);
    if (rows > 1)
        put(row + 1, 3, COLS - 4, b->last.why.text, A_NORMAL);
    else
        put(row, 2 + used, COLS - 3 - used, b->last.why.text, A_NORMAL);
}

/* Returns the first row that is taken. */
static int put_bottom(const struct board *b)
{
    int spare = LINES - 14; /* what the middle needs at least, left out */
    int keys = flow_keys(b, 0, 2, false), figures = flow_figures(b, 0, LINES < 24 ? 1 : 2, false);
    int last = last_rows(b), news = spare > 12 ? 4 : 2;
    int row = LINES - 1;
    put_line(b, row);
    row -= keys;
    flow_keys(b, row, row + keys - 1, true);
    row -= figures;
    flow_figures(b, row, row + figures - 1, true);
    row -= news;
    put_news(b, row, news);
    row -= last;
    put_last(b, row, last);
    put_line(b, LINES - 1); /* the cursor stays there */
    return row;
}

/* ---- the middle: what to do ---- */

static int put_measuring(const struct board *b, int row, int columns)
{
    int width = columns - 2,
        filled = b->to_measure ? (int)(b->measured * (unsigned)width / b->to_measure) : 0;
    put(row, 1, columns, b->measuring.text, A_BOLD);
    put(row + 1, 1, 1, "[", A_NORMAL);
    for (int i = 0; i < width - 1; i++)
        put(row + 1, 2 + i, 1, i < filled ? "#" : ".", A_NORMAL);
    put(row + 1, width + 1, 1, "]", A_NORMAL);
    return 2;
}

static int drawing_width(const struct board *b, int row, int end)
{
    char rows[DRAWING_ROWS_MAX][DRAWING_COLUMNS_MAX + 1];
    int width = 0;
    unsigned n = b->placing && end > row
                     ? drawing_characters(&b->drawing, (unsigned)(COLS / 3), (unsigned)(end - row), rows)
                     : 0;
    for (unsigned i = 0; i < n; i++)
        width = (int)strlen(rows[i]) > width ? (int)strlen(rows[i]) : width;
    for (unsigned i = 0; i < n; i++)
        put(row + (int)i, COLS - 1 - width, width, rows[i], A_NORMAL);
    return width;
}

static int put_facts(const struct board *b, int row, int end, int columns)
{
    int width = 0;
    for (size_t i = 0; i < b->fact_count; i++) {
        int label = (int)text_columns(b->facts[i].label);
        width = label > width ? label : width;
    }
    for (size_t i = 0; i < b->fact_count && row < end; i++) {
        put(row, 1, width, b->facts[i].label, A_DIM);
        row += put_wrapped(row, width + 3, columns - width - 2, end - row, b->facts[i].text.text, A_NORMAL);
    }
    return row;
}

static void put_middle(const struct board *b, int end)
{
    bool working = b->question.what == QUESTION_MEASURING || b->question.what == QUESTION_LIFT;
    int order = rows_of(b->order.text, COLS - 2), row = end - order > 12 ? 2 : 1;
    row += put_wrapped(row, 1, COLS - 2, end - row, b->order.text, A_BOLD);
    row += end - row > 10;
    int drawing = drawing_width(b, row, end - (end - row > 9)), columns = COLS - drawing - 4;
    if (b->measuring.text[0] && end - row >= 2)
        row += put_measuring(b, row, columns) + 1;
    for (size_t i = 0; i < b->change_count && row < end && !working; i++) {
        put(row, 1, 2, "*", A_BOLD);
        row += put_wrapped(row, 3, columns - 2, end - row, b->changes[i].text, A_BOLD);
    }
    row += end - row > (int)b->fact_count + 1 && !working;
    put_facts(b, row, end, columns);
}

static void put_help(const struct board *b)
{
    int row = 2;
    for (size_t i = 0; i < b->choice_count && row < LINES - 5; i++) {
        const struct board_choice *c = &b->choices[i];
        const char *key =
            c->choice == CHOICE_TAG ? word_text(wording_tag(sc.question.what), b->language) : c->key.text;
        put(row, 2, 12, key, A_BOLD);
        row += put_wrapped(row, 15, COLS - 16, LINES - 5 - row, c->means.text, A_NORMAL);
    }
    row++;
    row +=
        put_wrapped(row, 2, COLS - 4, LINES - 2 - row, word_text(WORD_FACE_HELP_KEYS, b->language), A_NORMAL);
    if (sc.note)
        put_wrapped(row, 2, COLS - 4, LINES - 2 - row, sc.note, A_NORMAL);
    put(LINES - 1, 2, COLS - 4, word_text(WORD_FACE_HELP_CLOSES, b->language), A_DIM);
}

static void draw(void)
{
    const struct board *b = &sc.board;
    sc.stale = true;
    if (sc.lost || !sc.drawn_once || !terminal_takes_output())
        return;
    sc.stale = false;
    erase();
    if (LINES < LEAST_ROWS || COLS < LEAST_COLUMNS) {
        struct phrase more = PHRASE_FILL(WORD_FACE_TOO_SMALL, b->language, number_count(SCREEN_COLUMNS).text,
                                         number_count(SCREEN_ROWS).text);
        put_wrapped(0, 0, COLS, LINES, more.text, A_BOLD);
    } else {
        put_header(b);
        if (sc.help)
            put_help(b);
        else
            put_middle(b, put_bottom(b));
        if (!sc.help)
            put_line(b, LINES - 1);
    }
    refresh();
}

/* ---- typing ---- */

static void clear_typed(void)
{
    sc.typed_length = 0;
    sc.typed[0] = '\0';
    memset(&sc.half, 0, sizeof sc.half);
}

static void add_typed(wchar_t character)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = { 0 };
    size_t n = wcrtomb(bytes, character, &state);
    if (n == (size_t)-1 || sc.typed_length + n >= sizeof sc.typed)
        return;
    if (sc.typed_length == 0)
        sc.typed_for = sc.question.id;
    memcpy(sc.typed + sc.typed_length, bytes, n);
    sc.typed_length += n;
    sc.typed[sc.typed_length] = '\0';
}

static void hear_line(void)
{
    if (!mbsinit(&sc.half))
        add_typed(0xFFFD); /* the line ends in the middle of a character */
    bool dull = !sc.typed[strspn(sc.typed, " \t")];
    struct station_answer a = { .question = sc.typed_length ? sc.typed_for : sc.question.id };
    uint64_t now = clock_now_ns();
    if (dull && now - sc.entered_ns < BOUNCE_NS)
        return;
    a.choice = wording_said(&sc.question, sc.typed, a.text);
    sc.reply = NULL;
    if (!dull && (a.choice == CHOICE_NONE || a.choice == CHOICE_TAG))
        sc.entered_ns = now;
    if (a.choice == CHOICE_NONE) {
        if (!dull && sc.heard_count < HEARD_MAX)
            sc.heard[sc.heard_count++] = a;
        if (!dull)
            sc.reply = word_text(WORD_CMD_NOT_UNDERSTOOD, sc.language);
        clear_typed();
        return;
    }
    if (wording_needs_text(a.choice) && !a.text[0]) {
        sc.reply = word_text(wording_lacks(a.choice), sc.language);
        add_typed(' ');
        return; /* the key stays, and its text comes behind it */
    }
    sc.help = a.choice == CHOICE_HELP;
    if (sc.heard_count < HEARD_MAX)
        sc.heard[sc.heard_count++] = a;
    clear_typed();
}

static void rub_out(void)
{
    while (sc.typed_length > 0 && ((unsigned char)sc.typed[--sc.typed_length] & 0xc0) == 0x80)
        ;
    sc.typed[sc.typed_length] = '\0';
    memset(&sc.half, 0, sizeof sc.half);
}

/* A byte of a character; what is none becomes U+FFFD, and nothing behind it is lost. */
static void take_byte(int byte)
{
    char c = (char)byte;
    wchar_t character = 0;
    size_t n = mbrtowc(&character, &c, 1, &sc.half);
    if (n == (size_t)-2)
        return;
    if (n == (size_t)-1) {
        memset(&sc.half, 0, sizeof sc.half);
        character = 0xFFFD;
    }
    add_typed(character);
}

static void take_key(int key)
{
    sc.help = false; /* and the key is what it is: a scanner types on */
    switch (key) {
    case '\r':
    case KEY_ENTER:
        hear_line();
        break;
    case '\n': /* of no key: a scanner's, and only behind a text the end of a line */
        if (sc.typed_length > 0)
            hear_line();
        break;
    case KEY_BACKSPACE:
    case '\b':
    case 0x7f:
        rub_out();
        break;
    case 0x15: /* Ctrl-U */
    case 0x1b:
        clear_typed();
        sc.reply = NULL;
        break;
    case '\f':
        clearok(curscr, TRUE);
        break;
    case KEY_F(1):
        sc.help = true;
        break;
    default:
        if (key >= ' ' && key < 256)
            take_byte(key);
    }
}

/* All that is there: curses keeps what it has read where no poll sees it. */
static bool read_keys(void)
{
    bool any = false;
    for (int key; !sc.lost && (key = getch()) != ERR; any = true)
        take_key(key);
    return any;
}

/* ---- the face ---- */

static void ring(enum board_sound sound)
{
    for (int bells = sound == SOUND_NONE ? 0 : sound == SOUND_FAILURE ? 2 : 1; bells > 0; bells--) {
        if (sc.sound && terminal_takes_output())
            beep();
    }
}

static void show(void *context, const struct station_view *v)
{
    (void)context;
    if (sc.lost)
        return;
    if (v->question.id != sc.question.id && sc.drawn_once)
        (void)read_keys(); /* what was typed before is of the question before */
    board_make(&sc.board, v, sc.language, &sc.memory);
    if (v->question.id != sc.question.id)
        sc.reply = NULL;
    sc.question = v->question;
    ring(sc.board.sound);
    sc.drawn_once = true;
    draw();
}

static unsigned watch(void *context, struct pollfd *fds, unsigned capacity, int *timeout_ms)
{
    unsigned n = 0;
    (void)context, (void)timeout_ms;
    if (!sc.lost && n < capacity)
        fds[n++] = (struct pollfd) { .fd = STDIN_FILENO, .events = POLLIN };
    if (n < capacity)
        fds[n++] = (struct pollfd) { .fd = terminal_stderr(), .events = POLLIN };
    return n;
}

/* The last line that anything wrote to stderr, safe to show. */
static bool read_noise(void)
{
    char line[sizeof sc.noise];
    struct buf safe;
    if (!terminal_read_stderr(line, sizeof line))
        return false;
    buf_init(&safe, 4 * sizeof line);
    text_add_safe(&safe, line);
    text_fit(sc.noise, sizeof sc.noise, buf_text(&safe));
    buf_free(&safe);
    return true;
}

static void serve(void *context, const struct pollfd *fds, unsigned count)
{
    (void)context;
    struct terminal_events e = terminal_events();
    for (unsigned i = 0; i < count; i++) {
        if (fds[i].fd == STDIN_FILENO && fds[i].revents & (POLLHUP | POLLERR | POLLNVAL))
            e.hung_up = true; /* without this poll would spin */
    }
    sc.lost = sc.lost || e.hung_up;
    bool noise = read_noise();
    if (read_keys() || e.resized || noise || sc.stale)
        draw();
}

static bool hear(void *context, struct station_answer *out)
{
    (void)context;
    if (sc.heard_count == 0)
        return false;
    *out = sc.heard[0];
    memmove(sc.heard, sc.heard + 1, --sc.heard_count * sizeof *sc.heard);
    return true;
}

static bool gone(void *context)
{
    (void)context;
    return sc.lost && sc.heard_count == 0;
}

enum word screen_unfit(void)
{
    static const enum word words[] = { [TERMINAL_FIT] = WORD_NONE,
                                       [TERMINAL_NONE] = WORD_FACE_NO_TERMINAL,
                                       [TERMINAL_DUMB] = WORD_FACE_DUMB_TERMINAL,
                                       [TERMINAL_SMALL] = WORD_FACE_SMALL_TERMINAL };
    return words[terminal_fitness(SCREEN_COLUMNS, SCREEN_ROWS)];
}

int screen_open(const struct screen_options *o, struct face *face, struct err *e)
{
    memset(&sc, 0, sizeof sc);
    sc.language = o->language;
    sc.sound = o->sound;
    sc.note = o->note;
    *face = (struct face) {
        .name = "screen", .show = show, .watch = watch, .serve = serve, .hear = hear, .gone = gone
    };
    return terminal_open(e);
}

void screen_close(void)
{
    terminal_close();
}
