#define NCURSES_WIDECHAR 1
#include "harness/faces/terminal.h"

#include "harness/base/text.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define KEPT_BYTES 8192 /* of stderr, for after the end */

static const int ending[] = { SIGINT, SIGTERM, SIGQUIT, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
static const int told[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGHUP };
#define ENDING (sizeof ending / sizeof *ending)
#define TOLD   (sizeof told / sizeof *told)

/* Of the one terminal. What a handler reads is set before the handler is. */
static struct {
    bool open;
    pid_t owner; /* a worker that was forked has the handlers too, and must not touch the terminal */
    int tty;     /* for the handlers: -1 when there is nothing to give back */
    struct termios before;
    char bye[256]; /* what leaves the screen: no terminfo call is safe in a handler */
    SCREEN *screen;
    struct sigaction old_ending[ENDING], old_told[TOLD];
    volatile sig_atomic_t came[TOLD];
    bool gone;
    int noise, stderr_before; /* a pipe's end that is fd 2's other one, and fd 2 as it was */
    char kept[KEPT_BYTES];
    size_t kept_length;
    char locale[64];
} t = { .tty = -1, .noise = -1, .stderr_before = -1 };

/* ---- handlers: two calls that are safe in one ---- */

static void give_back(void)
{
    if (t.tty < 0 || getpid() != t.owner)
        return;
    (void)tcsetattr(t.tty, TCSANOW, &t.before);
    if (write(t.tty, t.bye, strlen(t.bye)) < 0) {
        /* it is gone, and so are we */
    }
}

static void on_ending(int number)
{
    give_back();
    raise(number); /* its handler was reset: the exit status stays true */
}

static void on_told(int number)
{
    for (size_t i = 0; i < TOLD; i++) {
        if (told[i] == number)
            t.came[i] = 1;
    }
}

static void set_handlers(void)
{
    struct sigaction end = { .sa_handler = on_ending, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
    struct sigaction tell = { .sa_handler = on_told };
    sigemptyset(&end.sa_mask);
    sigemptyset(&tell.sa_mask);
    for (size_t i = 0; i < ENDING; i++)
        sigaction(ending[i], &end, &t.old_ending[i]);
    for (size_t i = 0; i < TOLD; i++) {
        t.came[i] = 0;
        sigaction(told[i], &tell, &t.old_told[i]);
    }
}

static void restore_handlers(void)
{
    for (size_t i = 0; i < ENDING; i++)
        sigaction(ending[i], &t.old_ending[i], NULL);
    for (size_t i = 0; i < TOLD; i++)
        sigaction(told[i], &t.old_told[i], NULL);
}

/* ---- taking it ---- */

enum terminal_fitness terminal_fitness(unsigned width, unsigned height)
{
    const char *name = getenv("TERM");
    struct winsize size;
    int result;
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return TERMINAL_NONE;
    if (!name || !*name || setupterm(name, STDOUT_FILENO, &result) == ERR)
        return TERMINAL_DUMB;
    bool dumb = !cursor_address || !clear_screen;
    del_curterm(cur_term);
    if (dumb)
        return TERMINAL_DUMB;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < width || size.ws_row < height)
        return TERMINAL_SMALL;
    return TERMINAL_FIT;
}

/* Characters are UTF-8 whatever the locale says; the one before comes back at the end. */
static void set_locale(void)
{
    const char *before = setlocale(LC_CTYPE, NULL);
    text_fit(t.locale, sizeof t.locale, before ? before : "C");
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static void keep_farewell(void)
{
    const char *const parts[] = { exit_attribute_mode, cursor_normal, keypad_local, exit_ca_mode, "\r\n" };
    t.bye[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t used = strlen(t.bye);
        if (parts[i] && used + strlen(parts[i]) < sizeof t.bye) /* an absent capability is NULL */
            text_fit(t.bye + used, sizeof t.bye - used, parts[i]);
    }
}

/* What libraries and workers say on stderr comes to us: it would tear the screen. */
static int take_stderr(struct err *e)
{
    int ends[2];
    t.stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (t.stderr_before < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return err_system(e, ERR_ENVIRONMENT, "terminal", errno, "stderr can't be taken");
    t.noise = ends[0];
    t.kept_length = 0;
    (void)dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return 0;
}

static void give_stderr_back(void)
{
    char line[8];
    if (t.noise >= 0)
        (void)terminal_read_stderr(line, sizeof line);
    if (t.stderr_before >= 0) {
        (void)dup2(t.stderr_before, STDERR_FILENO);
        close(t.stderr_before);
    }
    if (t.noise >= 0)
        close(t.noise);
    if (t.kept_length > 0 && write(STDERR_FILENO, t.kept, t.kept_length) < 0)
        t.kept_length = 0; /* nobody reads it */
    t.noise = t.stderr_before = -1;
}

static void set_modes(void)
{
    cbreak();
    noecho();
    nonl(); /* the Enter key is CR: what a scanner may send behind it, LF, is something else */
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    if (has_colors() && !getenv("NO_COLOR")) {
        start_color();
        use_default_colors();
        init_pair(1, COLOR_WHITE, COLOR_GREEN);
        init_pair(2, COLOR_WHITE, COLOR_RED);
        init_pair(3, COLOR_BLACK, COLOR_YELLOW);
    }
}

int terminal_open(struct err *e)
{
    int status = take_stderr(e);
    if (status != 0) {
        give_stderr_back();
        return status;
    }
    t.open = true;
    t.gone = false;
    set_locale();
    t.owner = getpid();
    (void)tcgetattr(STDIN_FILENO, &t.before);
    t.screen = newterm(NULL, stdout, stdin); /* where initscr() would end the process */
    if (!t.screen) {
        terminal_close();
        return err_set(e, ERR_ENVIRONMENT, "terminal", "the terminal can't be used for a screen");
    }
    keep_farewell();
    t.tty = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    set_handlers();
    set_modes();
    return 0;
}

void terminal_close(void)
{
    if (!t.open)
        return;
    t.open = false;
    if (t.screen) {
        if (!t.gone)
            endwin();
        restore_handlers();
        if (!t.gone)
            (void)tcsetattr(STDIN_FILENO, TCSANOW, &t.before);
        delscreen(t.screen);
    }
    if (t.tty >= 0)
        close(t.tty);
    t.screen = NULL;
    t.tty = -1;
    (void)setlocale(LC_CTYPE, t.locale);
    give_stderr_back();
}

/* ---- while it is taken ---- */

static bool take_event(int number)
{
    for (size_t i = 0; i < TOLD; i++) {
        if (told[i] != number || !t.came[i])
            continue;
        t.came[i] = 0;
        return true;
    }
    return false;
}

static void fit_to_window(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
}

struct terminal_events terminal_events(void)
{
    struct terminal_events e = { 0 };
    if (take_event(SIGHUP) || t.gone) {
        t.gone = true;
        t.tty = -1;
        e.hung_up = true;
        return e;
    }
    if (take_event(SIGTSTP)) {
        endwin();
        raise(SIGSTOP); /* until the shell says go on */
        e.resized = true;
    }
    e.resized = take_event(SIGCONT) || take_event(SIGWINCH) || e.resized;
    if (e.resized)
        fit_to_window();
    return e;
}

bool terminal_takes_output(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
    return !t.gone && poll(&out, 1, 0) == 1 && out.revents == POLLOUT;
}

int terminal_stderr(void)
{
    return t.noise;
}

/* The newest is kept. */
static void keep(const char *bytes, size_t length)
{
    if (t.kept_length + length > sizeof t.kept) {
        size_t drop = t.kept_length + length - sizeof t.kept;
        memmove(t.kept, t.kept + drop, t.kept_length - drop);
        t.kept_length -= drop;
    }
    memcpy(t.kept + t.kept_length, bytes, length);
    t.kept_length += length;
}

bool terminal_read_stderr(char *line, size_t capacity)
{
    char bytes[1024];
    ssize_t n = 0;
    bool any = false;
    while (t.noise >= 0 && (n = read(t.noise, bytes, sizeof bytes)) > 0) {
        keep(bytes, (size_t)n);
        any = true;
    }
    size_t end = t.kept_length;
    while (end > 0 && t.kept[end - 1] == '\n')
        end--;
    size_t begin = end;
    while (begin > 0 && t.kept[begin - 1] != '\n')
        begin--;
    size_t length = end - begin < capacity - 1 ? end - begin : capacity - 1;
    memcpy(line, t.kept + begin, length);
    line[length] = '\0';
    return any;
}

/* The next character of the text and its width; a byte that is none, or a control, becomes U+FFFD. */
static size_t next_character(const char *text, size_t bytes, wchar_t *out, int *width)
{
    mbstate_t state = { 0 };
    size_t n = mbrtowc(out, text, bytes, &state);
    if (n == 0 || n > bytes) {
        *out = 0xFFFD;
        n = 1;
    }
    *width = wcwidth(*out);
    if (*width < 0) {
        *out = 0xFFFD;
        *width = 1;
    }
    return n;
}

int terminal_put(int row, int column, int room, const char *text, size_t bytes, unsigned attributes)
{
    int used = 0, width = 0;
    wchar_t character;
    move(row, column);
    for (size_t at = 0; at < bytes;) {
        wchar_t cell[CCHARW_MAX + 1] = L"";
        cchar_t drawn;
        size_t n = next_character(text + at, bytes - at, &character, &width);
        at += n;
        if (width == 0)
            continue; /* a mark without a base */
        if (used + width > room)
            break;
        cell[0] = character;
        for (int marks = 1; at < bytes; marks++) {
            n = next_character(text + at, bytes - at, &character, &width);
            if (width != 0)
                break;
            if (marks < CCHARW_MAX - 1)
                cell[marks] = character;
            at += n;
        }
        used += wcwidth(cell[0]);
        if (setcchar(&drawn, cell, attributes & ~A_COLOR, (short)PAIR_NUMBER(attributes), NULL) == OK)
            add_wch(&drawn);
    }
    return used;
}
