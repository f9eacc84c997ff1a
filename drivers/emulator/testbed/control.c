#include "drivers/emulator/testbed/control.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WORDS_MAX         16
#define DRIVEN_LIMIT_MS   15000
#define CERTIFICATE_BYTES 1248 /* a usual length of a CA certificate */
#define DEFAULT_LABEL     "JPKIAPGPSETOKEN"

struct request {
    const char *words[WORDS_MAX];
    size_t count;
};

/* ---- words and numbers ---- */

static int split(char *line, struct request *r, struct err *e)
{
    static const char blanks[] = " \r";
    r->count = 0;
    for (char *at = line + strspn(line, blanks); *at; at += strspn(at, blanks)) {
        if (r->count == WORDS_MAX)
            return err_set(e, ERR_INPUT, "control", "too many words");
        r->words[r->count++] = at;
        at += strcspn(at, blanks);
        if (*at)
            *at++ = '\0';
    }
    return r->count ? 0 : err_set(e, ERR_INPUT, "control", "empty request");
}

static int number(const char *text, uint64_t max, const char *what, uint64_t *out, struct err *e)
{
    if (text_to_u64(text, strlen(text), out) && *out <= max)
        return 0;
    return err_set(e, ERR_INPUT, what, "`%.40s` is not a number up to %llu", text, (unsigned long long)max);
}

static int reader_number(const struct request *r, unsigned *out, struct err *e)
{
    uint64_t value;
    if (r->count < 2)
        return err_set(e, ERR_INPUT, r->words[0], "name a reader");
    int status = number(r->words[1], USB_READERS_MAX - 1, "reader", &value, e);
    *out = status == 0 ? (unsigned)value : 0;
    return status;
}

static int millimetres(const char *text, double *out, struct err *e)
{
    if (text_to_double(text, strlen(text), out) && *out >= -1000 && *out <= 1000)
        return 0;
    return err_set(e, ERR_INPUT, "lay", "`%.40s` is not a position in mm", text);
}

/* ---- requests ---- */

static const struct handset_profile *find_handset(const struct profiles *profiles, const char *id)
{
    const struct handset_profile *all;
    size_t count = profiles_handsets(profiles, &all);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].id, id) == 0)
            return &all[i];
    }
    return NULL;
}

static int parse_label(const char *word, struct virtual_sim *sim, struct err *e)
{
    uint8_t label[sizeof sim->token_label - 1];
    size_t length;
    sim->certificate_bytes = CERTIFICATE_BYTES;
    memset(sim->token_label, ' ', sizeof sim->token_label - 1);
    if (strcmp(word, "-") == 0) {
        memcpy(sim->token_label, DEFAULT_LABEL, strlen(DEFAULT_LABEL));
        return 0;
    }
    if (!text_to_bytes(word, strlen(word), label, sizeof label, &length))
        return err_set(e, ERR_INPUT, "lay", "the token label is `-` or up to 32 bytes in hex");
    memcpy(sim->token_label, label, length);
    return 0;
}

/* What may stand behind the rest of `lay`: sim=ID, and cut=WRITE or kept=WRITE. The count of the words before. */
static int parse_extra(const struct request *r, struct virtual_sim *sim, struct power_cut *cut, size_t *fixed,
                       struct err *e)
{
    uint64_t write = 0;
    int status = 0;
    *fixed = r->count;
    while (*fixed > 0 && strchr(r->words[*fixed - 1], '='))
        --*fixed;
    for (size_t i = *fixed; i < r->count && status == 0; i++) {
        const char *word = r->words[i], *value = strchr(word, '=') + 1;
        if (strncmp(word, "sim=", 4) == 0) {
            text_fit(sim->id, sizeof sim->id, value);
        } else if (strncmp(word, "cut=", 4) == 0 || strncmp(word, "kept=", 5) == 0) {
            status = number(value, UINT32_MAX, "cut", &write, e);
            *cut = (struct power_cut) { (unsigned)write, word[0] == 'k' };
        } else {
            status = err_set(e, ERR_INPUT, "lay", "`%.40s` is none of sim=ID, cut=WRITE, kept=WRITE", word);
        }
    }
    return status;
}

/* The old one goes first: it may be the same sim. */
static int lay(struct control *c, unsigned reader, struct laying *laying, struct err *e)
{
    bool found = false; /* a field that finds nothing is no error of the request */
    struct sim_laid *laid = &c->laid[reader];
    if (c->sims) {
        int status = bench_lift(c->bench, reader, e);
        sim_store_lift(laid);
        if (status == 0)
            status = sim_store_lay(c->sims, laying->sim, laid, e);
        if (status != 0)
            return status;
        laying->state = laid->state;
    }
    return bench_lay(c->bench, reader, laying, &found, e);
}

static int run_lift(struct control *c, const struct request *r, struct err *e)
{
    unsigned reader = 0;
    int status = reader_number(r, &reader, e);
    if (status == 0)
        status = bench_lift(c->bench, reader, e);
    if (status == 0)
        sim_store_lift(&c->laid[reader]);
    return status;
}

/*
 * lay READER HANDSET LABEL MODE X Y Z UNIT-KEY SESSION ORDINAL [HANDSET-KEY READER-KEY] [sim=ID] [cut=WRITE | kept=WRITE]
 */
static int run_lay(struct control *c, const struct request *r, struct err *e)
{
    struct virtual_sim sim;
    struct laying laying = { .sim = &sim };
    uint64_t session = 0, ordinal = 0;
    unsigned reader = 0;
    size_t fixed = 0;
    int status = reader_number(r, &reader, e);
    if (status != 0)
        return status;
    memset(&sim, 0, sizeof sim);
    if ((status = parse_extra(r, &sim, &laying.cut, &fixed, e)) != 0)
        return status;
    if (fixed != 11 && fixed != 13)
        return err_set(
            e, ERR_INPUT, "lay",
            "needs READER HANDSET LABEL MODE X Y Z UNIT-KEY SESSION ORDINAL [HANDSET-KEY READER-KEY]");
    const struct handset_profile *profile = find_handset(c->profiles, r->words[2]);
    if (!profile || !profile->simulated)
        return err_set(e, ERR_INPUT, "lay", "`%.60s` is no simulated handset's profile", r->words[2]);
    laying.handset = &profile->simulation;
    laying.power_mode = power_mode_of_name(r->words[4], strlen(r->words[4]));
    if (laying.power_mode == POWER_NONE)
        return err_set(e, ERR_INPUT, "lay", "`%.40s` is no power mode", r->words[4]);
    if ((status = parse_label(r->words[3], &sim, e)) != 0 ||
        (status = millimetres(r->words[5], &laying.x_mm, e)) != 0 ||
        (status = millimetres(r->words[6], &laying.y_mm, e)) != 0 ||
        (status = millimetres(r->words[7], &laying.z_mm, e)) != 0 ||
        (status = number(r->words[8], UINT64_MAX, "unit key", &laying.unit_key, e)) != 0 ||
        (status = number(r->words[9], UINT32_MAX, "session", &session, e)) != 0 ||
        (status = number(r->words[10], UINT32_MAX, "ordinal", &ordinal, e)) != 0)
        return status;
    if (fixed == 13 &&
        ((status = number(r->words[11], UINT64_MAX, "handset key", &laying.handset_key, e)) != 0 ||
         (status = number(r->words[12], UINT64_MAX, "reader key", &laying.reader_key, e)) != 0))
        return status;
    laying.session = (unsigned)session;
    laying.ordinal = (unsigned)ordinal;
    return lay(c, reader, &laying, e);
}

static int run_fault(struct control *c, const struct request *r, struct err *e)
{
    unsigned reader = 0;
    uint64_t argument = 0, count = 0;
    char name[32];
    int status = reader_number(r, &reader, e);
    if (status != 0)
        return status;
    if (r->count < 3 || r->count > 4)
        return err_set(e, ERR_INPUT, "fault", "needs READER FAULT [COUNT]");
    const char *colon = strchr(r->words[2], ':');
    snprintf(name, sizeof name, "%.*s", (int)(colon ? colon - r->words[2] : 31), r->words[2]);
    if (colon && (status = number(colon + 1, 3600000, "fault", &argument, e)) != 0)
        return status;
    if (r->count == 4 && (status = number(r->words[3], UINT32_MAX, "count", &count, e)) != 0)
        return status;
    return bench_fault(c->bench, reader, name, colon != NULL, (unsigned)argument, (unsigned)count, e);
}

static int run_begin(struct control *c, const struct request *r, struct err *e)
{
    unsigned reader = 0;
    uint64_t transaction = 0;
    int status = reader_number(r, &reader, e);
    if (status != 0)
        return status;
    if (r->count != 3)
        return err_set(e, ERR_INPUT, "begin", "needs READER TRANSACTION");
    status = number(r->words[2], UINT32_MAX, "transaction", &transaction, e);
    return status == 0 ? bench_begin(c->bench, reader, (unsigned)transaction, e) : status;
}

static int run_state(struct control *c, const struct request *r, char *out, size_t capacity, struct err *e)
{
    unsigned reader = 0;
    int status = reader_number(r, &reader, e);
    if (status == 0 && capacity > 1) {
        out[0] = ' ';
        status = bench_state(c->bench, reader, out + 1, capacity - 1, e);
    }
    return status;
}

int control_wait_driven(struct control *c, unsigned limit_ms, struct err *e)
{
    size_t plugged, driven;
    if (!c->pcscd)
        return 0;
    for (unsigned past_ms = 0; past_ms < limit_ms; past_ms += 10) {
        driven = bench_driven(c->bench, &plugged);
        if (driven == plugged)
            return 0;
        clock_sleep_ms(10);
    }
    driven = bench_driven(c->bench, &plugged);
    return err_set(e, ERR_ENVIRONMENT, "pcscd", "it drives %zu of %zu readers after %u ms: see %s/pcscd.log",
                   driven, plugged, limit_ms, c->pcscd->directory);
}

static int run_pcscd(struct control *c, const struct request *r, struct err *e)
{
    if (!c->pcscd)
        return err_set(e, ERR_INPUT, "pcscd", "started without --pcscd");
    if (r->count == 2 && strcmp(r->words[1], "kill") == 0) {
        pcscd_kill(c->pcscd);
        bench_forget_host(c->bench);
        return 0;
    }
    if (r->count == 2 && strcmp(r->words[1], "start") == 0) {
        int status = pcscd_start(c->pcscd, e);
        return status == 0 ? control_wait_driven(c, DRIVEN_LIMIT_MS, e) : status;
    }
    return err_set(e, ERR_INPUT, "pcscd", "say `pcscd kill` or `pcscd start`");
}

static int run_reader(struct control *c, const struct request *r,
                      int (*run)(struct bench *, unsigned, struct err *), struct err *e)
{
    unsigned reader = 0;
    int status = reader_number(r, &reader, e);
    return status == 0 ? run(c->bench, reader, e) : status;
}

/* Runs one request; words of an "ok" answer, if any, into out. */
static int run_request(struct control *c, const struct request *r, char *out, size_t capacity, struct err *e)
{
    const char *verb = r->words[0];
    if (strcmp(verb, "lay") == 0)
        return run_lay(c, r, e);
    if (strcmp(verb, "lift") == 0)
        return run_lift(c, r, e);
    if (strcmp(verb, "plug") == 0)
        return run_reader(c, r, bench_plug, e);
    if (strcmp(verb, "unplug") == 0)
        return run_reader(c, r, bench_unplug, e);
    if (strcmp(verb, "begin") == 0)
        return run_begin(c, r, e);
    if (strcmp(verb, "state") == 0)
        return run_state(c, r, out, capacity, e);
    if (strcmp(verb, "fault") == 0)
        return run_fault(c, r, e);
    if (strcmp(verb, "pcscd") == 0)
        return run_pcscd(c, r, e);
    if (strcmp(verb, "pid") == 0) {
        snprintf(out, capacity, " %d %d", (int)getpid(), c->pcscd ? (int)c->pcscd->pid : 0);
        return 0;
    }
    if (strcmp(verb, "quit") == 0) {
        c->quit = true;
        return 0;
    }
    return err_set(e, ERR_INPUT, verb, "unknown request (see --help)");
}

static void answer(struct control *c, int fd, char *line)
{
    struct request request;
    struct err e = { 0 };
    char words[64] = "", text[CONTROL_LINE_MAX];
    int status = split(line, &request, &e);
    if (status == 0)
        status = run_request(c, &request, words, sizeof words, &e);
    if (status == 0)
        snprintf(text, sizeof text, "ok%s\n", words);
    else
        snprintf(text, sizeof text, "error %.200s: %.700s\n", e.where, e.text);
    send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* ---- the socket ---- */

static int address_of(const char *path, struct sockaddr_un *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof out->sun_path)
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long for a socket (107 bytes)");
    memcpy(out->sun_path, path, strlen(path) + 1);
    return 0;
}

int control_open(struct control *c, const char *path, struct err *e)
{
    struct sockaddr_un address;
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        c->clients[i].fd = -1;
    for (size_t i = 0; i < USB_READERS_MAX; i++)
        c->laid[i] = (struct sim_laid) { .state = NULL, .lock = -1 };
    c->listener = -1;
    int status = address_of(path, &address, e);
    if (status != 0)
        return status;
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path);
    if (c->listener < 0 || bind(c->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(c->listener, CONTROL_CLIENTS_MAX) != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot make the control socket");
    return 0;
}

void control_close(struct control *c)
{
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd >= 0)
            close(c->clients[i].fd);
        c->clients[i].fd = -1;
    }
    if (c->listener >= 0)
        close(c->listener);
    c->listener = -1;
}

size_t control_poll(const struct control *c, struct pollfd *out)
{
    size_t n = 0;
    out[n++] = (struct pollfd) { .fd = c->listener, .events = POLLIN };
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd >= 0)
            out[n++] = (struct pollfd) { .fd = c->clients[i].fd, .events = POLLIN };
    }
    return n;
}

static void accept_clients(struct control *c)
{
    int fd;
    while ((fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        size_t i = 0;
        while (i < CONTROL_CLIENTS_MAX && c->clients[i].fd >= 0)
            i++;
        if (i == CONTROL_CLIENTS_MAX)
            close(fd);
        else
            c->clients[i] = (struct control_client) { .fd = fd };
    }
}

/* Takes in what came and answers every whole line of it; false at the client's end, or at a line too long. */
static bool serve_client(struct control *c, struct control_client *client)
{
    ssize_t n = recv(client->fd, client->line + client->length, sizeof client->line - client->length, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    client->length += (size_t)n;
    char *newline;
    while ((newline = memchr(client->line, '\n', client->length)) != NULL) {
        *newline = '\0';
        answer(c, client->fd, client->line);
        client->length -= (size_t)(newline + 1 - client->line);
        memmove(client->line, newline + 1, client->length);
    }
    return client->length < sizeof client->line;
}

void control_serve(struct control *c)
{
    accept_clients(c);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd >= 0 && !serve_client(c, &c->clients[i])) {
            close(c->clients[i].fd);
            c->clients[i].fd = -1;
        }
    }
}

/* Reads one line into out; its length, 0 at the end, -1 on an error or when it is too long. */
static ssize_t read_line(int fd, char out[CONTROL_LINE_MAX])
{
    size_t length = 0;
    while (length < CONTROL_LINE_MAX) {
        ssize_t n = recv(fd, out + length, CONTROL_LINE_MAX - length, 0);
        if (n <= 0)
            return n;
        length += (size_t)n;
        if (out[length - 1] == '\n') {
            out[--length] = '\0';
            return (ssize_t)length;
        }
    }
    errno = EMSGSIZE;
    return -1;
}

int control_send(const char *path, char *const *words, char out[CONTROL_LINE_MAX], struct err *e)
{
    struct sockaddr_un address;
    struct buf line;
    ssize_t n = -1;
    int status = address_of(path, &address, e);
    if (status != 0)
        return status;
    buf_init(&line, CONTROL_LINE_MAX - 1);
    for (size_t i = 0; words[i]; i++) {
        if (i)
            buf_add_char(&line, ' ');
        buf_add_text(&line, words[i]);
    }
    buf_add_char(&line, '\n');
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line.failed)
        status = err_set(e, ERR_USAGE, "send", "the request is too long");
    else if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
             send(fd, line.data, line.length, MSG_NOSIGNAL) < 0 || (n = read_line(fd, out)) <= 0)
        status =
            err_system(e, ERR_ENVIRONMENT, path, n == 0 ? ECONNRESET : errno, "the testbed does not answer");
    if (fd >= 0)
        close(fd);
    buf_free(&line);
    return status;
}
