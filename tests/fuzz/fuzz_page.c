/*
 * Hostile requests to the station's page, behind the HTTP library: method, path, headers and body. What is heard was
 * said with the key, under our own name and from no foreign page, and is a plain text that ends.
 * An input: a byte of what is right, then lines: path, Host, Origin, Sec-Fetch-Site, key, type; then the body.
 */
#include <microhttpd.h>

/* In place of the library's: headers that the input has, and no connection. */
static const char *fuzz_header(struct MHD_Connection *c, enum MHD_ValueKind kind, const char *name);
static enum MHD_Result fuzz_queue(struct MHD_Connection *c, unsigned status, struct MHD_Response *r);
#define MHD_lookup_connection_value fuzz_header
#define MHD_queue_response          fuzz_queue
#include "harness/faces/web.c" /* NOLINT: its requests are static */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum right { RIGHT_HOST = 1, RIGHT_KEY = 2, RIGHT_TYPE = 4, NO_ORIGIN = 8, NO_SITE = 16, BY_POST = 32 };

static struct {
    char path[256], host[256], origin[256], site[64], key[128], type[64];
} sent;
static unsigned last_status, right;

static const char *fuzz_header(struct MHD_Connection *c, enum MHD_ValueKind kind, const char *name)
{
    (void)c, (void)kind;
    if (strcmp(name, "Host") == 0)
        return right & RIGHT_HOST ? "127.0.0.1:8080" : sent.host;
    if (strcmp(name, "Origin") == 0)
        return right & NO_ORIGIN ? NULL : sent.origin;
    if (strcmp(name, "Sec-Fetch-Site") == 0)
        return right & NO_SITE ? NULL : sent.site;
    if (strcmp(name, "X-Station-Key") == 0)
        return right & RIGHT_KEY ? "00112233445566778899aabbccddeeff" : sent.key;
    return right & RIGHT_TYPE ? "application/octet-stream" : sent.type;
}

static enum MHD_Result fuzz_queue(struct MHD_Connection *c, unsigned status, struct MHD_Response *r)
{
    (void)c, (void)r;
    last_status = status;
    return MHD_YES;
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void take_line(const uint8_t **data, size_t *size, char *out, size_t capacity)
{
    size_t n = 0;
    while (*size > 0 && **data != '\n') {
        if (n + 1 < capacity && **data)
            out[n++] = (char)**data;
        (*data)++, (*size)--;
    }
    out[n] = '\0';
    if (*size > 0)
        (*data)++, (*size)--;
}

static void check_heard(const struct web *w)
{
    must(w->heard_count <= HEARD_MAX);
    for (unsigned i = 0; i < w->heard_count; i++) {
        const struct station_answer *a = &w->heard[i];
        must(text_ends(a->text, sizeof a->text) && a->choice < CHOICE_COUNT);
        must(is_plain_text(a->text, strlen(a->text)));
        must(strcmp(sent.key, w->key) == 0 || right & RIGHT_KEY);
        must(right & RIGHT_TYPE || strcmp(sent.type, "application/octet-stream") == 0);
        must(right & RIGHT_HOST || strcasecmp(sent.host, "127.0.0.1:8080") == 0);
        must(right & NO_SITE || strcmp(sent.site, "same-origin") == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct web w;
    struct MHD_Connection *none = (struct MHD_Connection *)&w; /* never looked into */
    void *mine = NULL;
    size_t nothing = 0;
    if (size == 0)
        return 0;
    if (!w.key[0]) {
        snprintf(w.key, sizeof w.key, "00112233445566778899aabbccddeeff");
        snprintf(w.listening.hosts[0], sizeof w.listening.hosts[0], "127.0.0.1:8080");
        must(page_make(&w.page, LANGUAGE_ENGLISH, false));
    }
    w.heard_count = 0;
    w.question = (struct station_question) { .what = QUESTION_LAY, .id = 1, .choices = UINT32_MAX };
    right = data[0];
    last_status = 0;
    data++, size--;
    take_line(&data, &size, sent.path, sizeof sent.path);
    take_line(&data, &size, sent.host, sizeof sent.host);
    take_line(&data, &size, sent.origin, sizeof sent.origin);
    take_line(&data, &size, sent.site, sizeof sent.site);
    take_line(&data, &size, sent.key, sizeof sent.key);
    take_line(&data, &size, sent.type, sizeof sent.type);
    const char *method = right & BY_POST ? "POST" : "GET";
    must(handle(&w, none, sent.path, method, "HTTP/1.1", NULL, &nothing, &mine) == MHD_YES);
    for (size_t n; size > 0; data += n, size -= n) {
        size_t left = n = size < 100 ? size : 100;
        must(handle(&w, none, sent.path, method, "HTTP/1.1", (const char *)data, &left, &mine) == MHD_YES);
        must(left == 0);
    }
    must(handle(&w, none, sent.path, method, "HTTP/1.1", NULL, &nothing, &mine) == MHD_YES);
    must(last_status >= 200 && last_status < 600);
    check_heard(&w);
    request_gone(NULL, none, &mine, MHD_REQUEST_TERMINATED_COMPLETED_OK);
    while (w.streams)
        stream_gone(w.streams);
    return 0;
}
