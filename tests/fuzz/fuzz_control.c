/* Hostile lines to the testbed's control socket, against a bench that only checks what it is asked for. */
#include "drivers/emulator/testbed/control.c" /* NOLINT: its requests are static, and its program is none of the archives */

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static int known(unsigned reader, struct err *e)
{
    must(reader < USB_READERS_MAX);
    return reader < 2 ? 0 : err_set(e, ERR_INPUT, "reader", "there is no reader %u", reader);
}

int bench_plug(struct bench *b, unsigned reader, struct err *e)
{
    (void)b;
    return known(reader, e);
}

int bench_unplug(struct bench *b, unsigned reader, struct err *e)
{
    (void)b;
    return known(reader, e);
}

int bench_lift(struct bench *b, unsigned reader, struct err *e)
{
    (void)b;
    return known(reader, e);
}

int bench_begin(struct bench *b, unsigned reader, unsigned transaction, struct err *e)
{
    (void)b, (void)transaction;
    return known(reader, e);
}

int bench_fault(struct bench *b, unsigned reader, const char *name, bool has_argument, unsigned argument,
                unsigned count, struct err *e)
{
    (void)b, (void)count;
    must(strlen(name) < 32 && (has_argument || argument == 0));
    return known(reader, e);
}

int bench_lay(struct bench *b, unsigned reader, const struct laying *l, bool *found, struct err *e)
{
    (void)b;
    *found = false;
    must(l->handset && l->power_mode > POWER_NONE && l->power_mode < POWER_COUNT);
    must(isfinite(l->x_mm) && isfinite(l->y_mm) && isfinite(l->z_mm));
    must(memchr(l->sim->token_label, '\0', sizeof l->sim->token_label) != NULL);
    return known(reader, e);
}

int bench_state(struct bench *b, unsigned reader, char *out, size_t capacity, struct err *e)
{
    (void)b;
    snprintf(out, capacity, "plugged=1");
    return known(reader, e);
}

size_t bench_driven(struct bench *b, size_t *plugged)
{
    (void)b;
    return *plugged = 0;
}

void bench_forget_host(struct bench *b)
{
    (void)b;
}

int pcscd_start(struct pcscd *p, struct err *e)
{
    (void)p, (void)e;
    abort(); /* there is none */
}

void pcscd_kill(struct pcscd *p)
{
    (void)p;
    abort();
}

/* Every request is answered by one line, "ok" or "error", that a terminal may show. */
static void check_answers(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        must(end != NULL);
        must(strncmp(text + at, "ok", 2) == 0 || strncmp(text + at, "error ", 6) == 0);
        at = (size_t)(end - text) + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profiles *profiles;
    struct survey_problems problems = { 0 };
    struct err e;
    int ends[2];
    if (!profiles && profiles_load(".", &profiles, &problems, &e) != 0)
        return 0;
    struct control c = { .profiles = profiles, .listener = -1 };
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        c.clients[i].fd = -1;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    c.clients[0].fd = ends[0];
    for (size_t at = 0; at < size;) { /* in pieces, of which the first byte says how long they are */
        size_t n = 1 + data[at] % 200;
        n = n < size - at - 1 ? n : size - at - 1;
        if (n > 0 && send(ends[1], data + at + 1, n, MSG_NOSIGNAL) < 0)
            break;
        at += n + 1;
        control_serve(&c);
    }
    char text[65536];
    ssize_t got = recv(ends[1], text, sizeof text, MSG_DONTWAIT);
    check_answers(text, got > 0 ? (size_t)got : 0);
    control_close(&c);
    close(ends[1]);
    return 0;
}
