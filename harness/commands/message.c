#include "harness/commands/message.h"

#include "harness/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where both go to one file what was printed before stands before. */
static void begin(void)
{
    (void)fflush(stdout);
}

int message_error(const struct err *e)
{
    begin();
    fputs("nfc-survey: ", stderr);
    if (e->where[0]) {
        text_put_safe(stderr, e->where);
        fputs(": ", stderr);
    }
    text_put_safe(stderr, e->text[0] ? e->text : "failed without saying why");
    if (e->native[0] && !strstr(e->text, e->native)) {
        fputs(" (", stderr);
        text_put_safe(stderr, e->native);
        putc(')', stderr);
    }
    putc('\n', stderr);
    return err_exit_status(e->code);
}

void message_problems(const struct survey_problems *p)
{
    begin();
    for (size_t i = 0; i < p->count; i++) {
        text_put_safe(stderr, p->items[i].where);
        fputs(": ", stderr);
        text_put_safe(stderr, p->items[i].text);
        putc('\n', stderr);
    }
    if (p->more)
        fprintf(stderr, "nfc-survey: there are more problems; these are the first %zu\n", p->count);
}

void message_note(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    begin();
    fputs("nfc-survey: ", stderr);
    text_put_safe(stderr, text);
    putc('\n', stderr);
}

const char *message_style(FILE *stream, enum message_style style)
{
    static const char *const sequences[] = { "\033[0m", "\033[32m", "\033[31m", "\033[2m" };
    const char *none = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if ((none && none[0]) || !terminal || strcmp(terminal, "dumb") == 0 || !isatty(fileno(stream)))
        return "";
    return sequences[style];
}

int message_print(struct buf *text)
{
    int status = text->failed ? EXIT_STATUS_ENVIRONMENT : EXIT_STATUS_DONE;
    if (text->failed)
        message_note("out of memory");
    else if (text->length > 0)
        fwrite(text->data, 1, text->length, stdout);
    buf_free(text);
    return status;
}

void message_prepare(void)
{
    /* Opened the wrong way round, so that using a descriptor which the caller closed still fails. */
    static const int wrong_way[] = { O_WRONLY, O_RDONLY, O_RDONLY };
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
            _exit(EXIT_STATUS_ENVIRONMENT);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* past `ulimit -f` a write fails as on a full disk, and is said */
}

/* Whether stdout is a pipe or socket that nobody reads any more. */
static bool reader_is_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

int message_finish(int status)
{
    bool failed_before = ferror(stdout) != 0; /* errno of that write is lost */
    int reason = fflush(stdout) != 0 ? errno : 0;
    if (!failed_before && reason == 0)
        return status;
    if (reason != EPIPE && !reader_is_gone())
        fprintf(stderr, "nfc-survey: the output could not be written%s%s\n", reason ? ": " : "",
                reason ? err_of_errno(reason) : "");
    return EXIT_STATUS_ENVIRONMENT;
}
