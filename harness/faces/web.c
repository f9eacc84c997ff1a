#include "harness/faces/web.h"

#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/faces/board.h"
#include "harness/faces/listen.h"
#include "harness/faces/page.h"

#include <errno.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define KEY_BYTES      16
#define STREAMS_MAX    4 /* a browser opens 6 connections a host: more, and a command finds none */
#define CONNECTIONS    64u
#define POOL_BYTES     ((size_t)8192) /* of a connection: 4096 refuse long headers */
#define STALLED_S      30u
#define BEAT_NS        UINT64_C(15000000000)
#define VIEW_EVERY_NS  UINT64_C(100000000) /* while nothing but numbers changes */
#define CLOSING_MS     1000
#define CLOSING_TICKS  20
#define VIEW_BYTES_MAX (1u << 17)
#define HEARD_MAX      16

/* An open stream: what it has seen, never a queue, so that a slow one skips to the newest view. */
struct stream {
    struct stream *next;
    struct web *web;
    struct MHD_Connection *connection;
    uint64_t seen, beat; /* numbers of the last view and the last beat */
    struct buf out;
    size_t sent;
    bool asleep, last; /* last: put out for a newer one */
};

struct request {
    char body[STATION_WORDS_MAX];
    size_t length;
    bool too_long;
};

struct web {
    enum language language;
    struct listening listening;
    struct page page;
    char key[2 * KEY_BYTES + 1], url[512];
    struct MHD_Daemon *http;
    int epoll;
    struct stream *streams; /* the newest first */
    struct buf view;        /* as JSON */
    uint64_t views, beats, shown_ns, beaten_ns;
    struct board_memory memory;
    struct station_question question;
    uint64_t notices;
    bool woken; /* a connection was resumed: its event is in no epoll set */
    bool ended;
    struct station_answer heard[HEARD_MAX];
    unsigned heard_count;
};

/* ---- streams ---- */

static void wake(struct web *w)
{
    for (struct stream *s = w->streams; s; s = s->next) {
        if (!s->asleep)
            continue;
        s->asleep = false;
        w->woken = true;
        MHD_resume_connection(s->connection);
    }
}

/* The next thing to send; false: nothing is new. */
static bool stream_next(struct stream *s)
{
    struct web *w = s->web;
    buf_clear(&s->out);
    s->sent = 0;
    if (s->last)
        buf_add_text(&s->out, "data: elsewhere\n\n");
    else if (s->seen != w->views)
        buf_add_format(&s->out, "data: %s\n\n", buf_text(&w->view));
    else if (s->beat != w->beats)
        buf_add_text(&s->out, ": \n\n");
    else
        return false;
    s->seen = w->views;
    s->beat = w->beats;
    return !s->out.failed;
}

static ssize_t stream_read(void *context, uint64_t position, char *to, size_t room)
{
    struct stream *s = context;
    bool told_last = s->last && s->out.length > 0 && strcmp(buf_text(&s->out), "data: elsewhere\n\n") == 0;
    (void)position;
    if (s->sent == s->out.length && (told_last || !stream_next(s))) {
        if (told_last || s->web->ended)
            return MHD_CONTENT_READER_END_OF_STREAM;
        s->asleep = true; /* to answer 0 without this would spin */
        MHD_suspend_connection(s->connection);
        return 0;
    }
    size_t n = s->out.length - s->sent < room ? s->out.length - s->sent : room;
    memcpy(to, s->out.data + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

static void stream_gone(void *context)
{
    struct stream *s = context;
    struct stream **link = &s->web->streams;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    buf_free(&s->out);
    free(s);
}

/* The oldest is told and ends. */
static void put_out_oldest(struct web *w)
{
    struct stream *oldest = w->streams;
    unsigned count = 1;
    for (; oldest->next; oldest = oldest->next)
        count++;
    if (count <= STREAMS_MAX)
        return;
    oldest->last = true;
    wake(w);
}

static enum MHD_Result open_stream(struct web *w, struct MHD_Connection *connection)
{
    struct stream *s = calloc(1, sizeof *s);
    if (!s)
        return MHD_NO;
    *s = (struct stream) { .next = w->streams, .web = w, .connection = connection, .beat = w->beats };
    buf_init(&s->out, VIEW_BYTES_MAX + 16);
    w->streams = s;
    put_out_oldest(w);
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, stream_read, s, stream_gone);
    if (!r) {
        stream_gone(s);
        return MHD_NO;
    }
    MHD_add_response_header(r, "Content-Type", "text/event-stream; charset=utf-8");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return queued;
}

/* ---- requests ---- */

static enum MHD_Result answer(struct web *w, struct MHD_Connection *connection, unsigned status,
                              const char *type, const char *text, size_t length)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (!r)
        return MHD_NO;
    MHD_add_response_header(r, "Content-Type", type);
    MHD_add_response_header(r, "Content-Security-Policy", w->page.policy);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    enum MHD_Result queued = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return queued;
}

static enum MHD_Result refuse(struct web *w, struct MHD_Connection *connection, unsigned status,
                              const char *text)
{
    return answer(w, connection, status, "text/plain; charset=utf-8", text, strlen(text));
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool has_key(const struct web *w, struct MHD_Connection *connection)
{
    const char *key = header(connection, "X-Station-Key");
    return key && strlen(key) == 2 * KEY_BYTES && CRYPTO_memcmp(key, w->key, 2 * KEY_BYTES) == 0;
}

/* Nothing is left that moves a cursor or hides: a text goes into the journal and onto other faces. */
static bool is_plain_text(const char *text, size_t length)
{
    uint32_t code, before = 0;
    for (size_t at = 0, n; at < length; at += n) {
        n = text_character(text + at, length - at, &code);
        if (n == 0 || code < ' ' || text_is_hidden_here(code, &before))
            return false;
    }
    return true;
}

/* "say/17/slip", its text the body; or "line/17", whose body is what was typed. */
static bool understand(const struct web *w, const char *path, const char *body, struct station_answer *out)
{
    bool line = strncmp(path, "/line/", 6) == 0;
    if (!line && strncmp(path, "/say/", 5) != 0)
        return false;
    const char *id = path + (line ? 6 : 5), *choice = strchr(id, '/');
    uint64_t number = 0;
    if (line != !choice || !text_to_u64(id, choice ? (size_t)(choice - id) : strlen(id), &number) ||
        number > UINT32_MAX)
        return false;
    *out = (struct station_answer) { .question = (uint32_t)number };
    if (line) {
        out->choice = wording_said(&w->question, body, out->text);
    } else {
        out->choice = choice_of_name(choice + 1, strlen(choice + 1));
        text_fit(out->text, sizeof out->text, body + strspn(body, " "));
    }
    return true;
}

static enum MHD_Result take_said(struct web *w, struct MHD_Connection *connection, const char *path,
                                 struct request *q)
{
    struct station_answer a;
    const char *type = header(connection, "Content-Type");
    if (!type || strcmp(type, "application/octet-stream") != 0) /* no form has it: a foreign page must ask */
        return refuse(w, connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "octets only\n");
    if (q->too_long)
        return refuse(w, connection, MHD_HTTP_CONTENT_TOO_LARGE, "too long\n");
    q->body[q->length] = '\0';
    if (!is_plain_text(q->body, q->length))
        return refuse(w, connection, MHD_HTTP_BAD_REQUEST, "no plain text\n");
    if (!understand(w, path, q->body, &a))
        return refuse(w, connection, MHD_HTTP_NOT_FOUND, "nothing here\n");
    if (a.choice == CHOICE_NONE && w->heard_count < HEARD_MAX)
        w->heard[w->heard_count++] = a;
    if (a.choice == CHOICE_NONE)
        return refuse(w, connection, MHD_HTTP_UNPROCESSABLE_CONTENT,
                      word_text(WORD_CMD_NOT_UNDERSTOOD, w->language));
    if (wording_needs_text(a.choice) && !a.text[0])
        return refuse(w, connection, MHD_HTTP_UNPROCESSABLE_CONTENT,
                      word_text(wording_lacks(a.choice), w->language));
    if (w->heard_count == HEARD_MAX)
        return refuse(w, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "busy\n");
    w->heard[w->heard_count++] = a;
    return refuse(w, connection, MHD_HTTP_NO_CONTENT, "");
}

static enum MHD_Result respond(struct web *w, struct MHD_Connection *connection, const char *path,
                               const char *method, struct request *q)
{
    const char *host = header(connection, "Host"), *origin = header(connection, "Origin");
    const char *site = header(connection, "Sec-Fetch-Site");
    bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
    if (!host || !listen_is_ours(&w->listening, host, false))
        return refuse(w, connection, MHD_HTTP_MISDIRECTED_REQUEST, "wrong host\n");
    if (origin && !listen_is_ours(&w->listening, origin, true))
        return refuse(w, connection, MHD_HTTP_FORBIDDEN, "foreign origin\n");
    if (get && strcmp(path, "/") == 0)
        return answer(w, connection, MHD_HTTP_OK, "text/html; charset=utf-8", buf_text(&w->page.html),
                      w->page.html.length);
    if (site && strcmp(site, "same-origin") != 0)
        return refuse(w, connection, MHD_HTTP_FORBIDDEN, "foreign site\n");
    if (!has_key(w, connection))
        return refuse(w, connection, MHD_HTTP_UNAUTHORIZED, "no key\n");
    if (get && strcmp(path, "/events") == 0)
        return open_stream(w, connection);
    if (post)
        return take_said(w, connection, path, q);
    return refuse(w, connection, get ? MHD_HTTP_NOT_FOUND : MHD_HTTP_METHOD_NOT_ALLOWED, "nothing here\n");
}

/* First the headers alone, then the body, to its end even when it is too long; only then an answer. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data, size_t *size,
                              void **mine)
{
    struct request *q = *mine;
    (void)version;
    if (!q) {
        *mine = calloc(1, sizeof *q);
        return *mine ? MHD_YES : MHD_NO;
    }
    if (*size == 0)
        return respond(context, connection, path, method, q);
    if (q->length + *size < sizeof q->body) {
        memcpy(q->body + q->length, data, *size);
        q->length += *size;
    } else {
        q->too_long = true;
    }
    *size = 0;
    return MHD_YES;
}

static void request_gone(void *context, struct MHD_Connection *connection, void **mine,
                         enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    free(*mine);
    *mine = NULL;
}

/* ---- the face ---- */

/* What is resumed inside MHD_run is in neither its timeout nor its epoll set: run again. */
static void run(struct web *w)
{
    do {
        w->woken = false;
        MHD_run(w->http);
    } while (w->woken);
}

static void show(void *context, const struct station_view *v)
{
    struct web *w = context;
    struct board board;
    uint64_t now = clock_now_ns();
    bool new_words = v->question.id != w->question.id || v->notice_count != w->notices || v->ended;
    if (!new_words && w->views > 0 && now - w->shown_ns < VIEW_EVERY_NS)
        return; /* it comes again */
    w->question = v->question;
    w->notices = v->notice_count;
    w->shown_ns = now;
    w->ended = v->ended;
    w->views++;
    board_make(&board, v, w->language, &w->memory);
    buf_clear(&w->view);
    board_write(&w->view, &board);
    wake(w);
}

static unsigned watch(void *context, struct pollfd *fds, unsigned capacity, int *timeout_ms)
{
    struct web *w = context;
    MHD_UNSIGNED_LONG_LONG ms = 0;
    if (capacity == 0)
        return 0;
    if (w->woken ||
        (MHD_get_timeout(w->http, &ms) == MHD_YES && (*timeout_ms < 0 || ms < (unsigned)*timeout_ms)))
        *timeout_ms = w->woken ? 0 : (int)ms;
    fds[0] = (struct pollfd) { .fd = w->epoll, .events = POLLIN };
    return 1;
}

static void serve(void *context, const struct pollfd *fds, unsigned count)
{
    struct web *w = context;
    uint64_t now = clock_now_ns();
    (void)fds, (void)count;
    if (now - w->beaten_ns > BEAT_NS) { /* a closed tab shows at the next write, a frozen program at none */
        w->beaten_ns = now;
        w->beats++;
        wake(w);
    }
    run(w);
}

static bool hear(void *context, struct station_answer *out)
{
    struct web *w = context;
    if (w->heard_count == 0)
        return false;
    *out = w->heard[0];
    memmove(w->heard, w->heard + 1, --w->heard_count * sizeof *w->heard);
    return true;
}

/* ---- opening and closing ---- */

static int read_pem(const char *path, struct buf *out, struct err *e)
{
    buf_init(out, 1u << 18);
    return path ? file_read(path, out, e) : 0;
}

static int start_daemon(struct web *w, const struct web_options *o, struct err *e)
{
    struct buf certificate, key;
    int status = read_pem(o->certificate, &certificate, e);
    int other = read_pem(o->key, &key, e);
    struct MHD_OptionItem secure[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, certificate.data },
                                       { MHD_OPTION_HTTPS_MEM_KEY, 0, key.data },
                                       { MHD_OPTION_END, 0, NULL } };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (o->certificate ? MHD_USE_TLS : 0u) |
                     (w->listening.six ? MHD_USE_IPv6 : 0u);
    if (status == 0 && other == 0)
        w->http =
            MHD_start_daemon(flags, 0, NULL, NULL, handle, w, MHD_OPTION_LISTEN_SOCKET, w->listening.fd,
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES, MHD_OPTION_CONNECTION_LIMIT,
                             CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, STALLED_S,
                             MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_NOTIFY_COMPLETED, request_gone,
                             NULL, MHD_OPTION_ARRAY, o->certificate ? secure : secure + 2, MHD_OPTION_END);
    if (key.data)
        OPENSSL_cleanse(key.data, key.length);
    buf_free(&certificate);
    buf_free(&key);
    if (status != 0 || other != 0)
        return e->code;
    if (!w->http && o->certificate)
        return err_set(e, ERR_INPUT, o->certificate,
                       "is no certificate in PEM, or %s is not its key: both are files in PEM", o->key);
    if (!w->http)
        return err_set(e, ERR_ENVIRONMENT, "--station", "the web server did not start");
    w->epoll = MHD_get_daemon_info(w->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return 0;
}

static int make_key(struct web *w, struct err *e)
{
    unsigned char raw[KEY_BYTES];
    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        return err_system(e, ERR_ENVIRONMENT, "--station", errno, "no random bytes for a key");
    for (size_t i = 0; i < sizeof raw; i++)
        snprintf(w->key + 2 * i, 3, "%02x", raw[i]);
    return 0;
}

int web_open(const struct web_options *o, struct web **out, struct face *face, struct err *e)
{
    struct web *w = calloc(1, sizeof *w);
    *out = w;
    if (!w)
        return err_set(e, ERR_MEMORY, "--station", "out of memory");
    w->language = o->language;
    w->beaten_ns = clock_now_ns();
    buf_init(&w->view, VIEW_BYTES_MAX);
    int status = listen_open(&w->listening, o->address, o->certificate != NULL, e);
    if (status == 0)
        status = make_key(w, e);
    if (status == 0 && !page_make(&w->page, o->language, o->sound))
        status = err_set(e, ERR_MEMORY, "--station", "out of memory");
    if (status == 0)
        status = start_daemon(w, o, e);
    if (status != 0) {
        web_close(out);
        return status;
    }
    snprintf(w->url, sizeof w->url, "%s/#%s", w->listening.origin, w->key);
    *face = (struct face) {
        .name = "page", .context = w, .show = show, .watch = watch, .serve = serve, .hear = hear
    };
    return 0;
}

const char *web_url(const struct web *w)
{
    return w->url;
}

/* MHD_stop_daemon() aborts while a connection is suspended. */
static void stop_daemon(struct web *w)
{
    int fd = MHD_quiesce_daemon(w->http);
    if (fd >= 0)
        close(fd);
    w->listening.fd = -1;
    w->ended = true;
    wake(w);
    run(w);
    for (int tick = 0; tick < CLOSING_TICKS && w->streams; tick++) {
        struct pollfd p = { .fd = w->epoll, .events = POLLIN };
        (void)poll(&p, 1, CLOSING_MS / CLOSING_TICKS);
        wake(w);
        run(w);
    }
    wake(w);
    MHD_run(w->http);
    MHD_stop_daemon(w->http);
}

void web_close(struct web **w)
{
    if (!*w)
        return;
    if ((*w)->http)
        stop_daemon(*w);
    listen_close(&(*w)->listening);
    page_free(&(*w)->page);
    buf_free(&(*w)->view);
    OPENSSL_cleanse((*w)->key, sizeof(*w)->key);
    free(*w);
    *w = NULL;
}
