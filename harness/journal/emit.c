/*
 * A record as the bytes of its line. The functions are made from the record tables, every key with its length
 * known to the compiler; no printf, one check of the room left for each value.
 */
#include "harness/base/crc32c.h"
#include "harness/base/text.h"
#include "harness/journal/journal.h"
#include "harness/journal/line.h"

#define NEED_MUST  true
#define NEED_MAY   false
#define DIGITS_MAX 20 /* of a uint64_t */
#define KEY(name)  ", \"" #name "\": "
#define ALWAYS     static inline __attribute__((always_inline))
#define REAL_SCALE 1000000000u

/* A window on the buffer's free end, so that the hot path touches a pointer only. */
struct out {
    struct buf *buf;
    char *p, *end;
};

static void open_window(struct out *o)
{
    size_t capacity = o->buf->capacity - 1; /* which may be past what the buffer is to hold */
    o->p = o->buf->data + o->buf->length;
    o->end = o->buf->data + (capacity < o->buf->max ? capacity : o->buf->max);
}

static void close_window(struct out *o)
{
    o->buf->length = (size_t)(o->p - o->buf->data);
    *o->p = '\0';
}

static bool grow(struct out *o, size_t more)
{
    close_window(o);
    bool grown = buf_reserve(o->buf, more);
    open_window(o);
    return grown;
}

ALWAYS bool room(struct out *o, size_t n)
{
    return (size_t)(o->end - o->p) >= n || grow(o, n);
}

ALWAYS void put(struct out *o, const char *bytes, size_t n)
{
    if (!room(o, n))
        return;
    memcpy(o->p, bytes, n);
    o->p += n;
}

/* Digits in pairs, from the end; the caller has made room. */
static char *digits_to(char *p, uint64_t value)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    char digits[DIGITS_MAX + 1];
    size_t n = DIGITS_MAX;
    while (value >= 100) {
        n -= 2;
        memcpy(digits + n, pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        n -= 2;
        memcpy(digits + n, pairs + 2 * value, 2);
    } else {
        digits[--n] = (char)('0' + value);
    }
    memcpy(p, digits + n, DIGITS_MAX - n);
    return p + (DIGITS_MAX - n);
}

ALWAYS void put_u64(struct out *o, uint64_t value)
{
    if (room(o, DIGITS_MAX))
        o->p = digits_to(o->p, value);
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            return false;
    }
    return true;
}

static void put_string(struct out *o, const char *text)
{
    size_t length = strlen(text);
    if (!is_plain(text, length)) {
        close_window(o);
        text_add_json(o->buf, text, length);
        open_window(o);
        return;
    }
    if (!room(o, length + 2))
        return;
    *o->p++ = '"';
    memcpy(o->p, text, length);
    o->p += length;
    *o->p++ = '"';
}

static void put_text(struct out *o, const char *text)
{
    put_string(o, text ? text : "");
}

ALWAYS void emit_U64(struct out *o, const char *key, size_t n, const uint64_t *x, bool must)
{
    if (!must && *x == UINT64_MAX)
        return;
    if (!room(o, n + DIGITS_MAX))
        return;
    memcpy(o->p, key, n);
    o->p = digits_to(o->p + n, *x);
}

char *journal_real_to(char *p, double x)
{
    double size = fabs(x);
    if (!(size < JOURNAL_REAL_END)) /* journal_record_fault() keeps such a value away */
        size = 0;
    uint64_t whole = (uint64_t)size;
    uint64_t part = (uint64_t)nearbyint((size - (double)whole) * REAL_SCALE);
    if (part == REAL_SCALE) {
        whole++;
        part = 0;
    }
    if (x < 0 && (whole || part))
        *p++ = '-';
    p = digits_to(p, whole);
    if (part == 0)
        return p;
    *p++ = '.';
    for (uint64_t scale = REAL_SCALE / 10; part; scale /= 10) {
        *p++ = (char)('0' + part / scale);
        part %= scale;
    }
    return p;
}

static void emit_REAL(struct out *o, const char *key, size_t n, const double *x, bool must)
{
    if (!must && isnan(*x))
        return;
    put(o, key, n);
    if (room(o, JOURNAL_REAL_MAX))
        o->p = journal_real_to(o->p, *x);
}

ALWAYS void emit_BOOL(struct out *o, const char *key, size_t n, const int *x, bool must)
{
    if (!must && *x < 0)
        return;
    put(o, key, n);
    if (*x > 0)
        put(o, "true", 4);
    else
        put(o, "false", 5);
}

ALWAYS void emit_TEXT(struct out *o, const char *key, size_t n, const char *const *x, bool must)
{
    if (!must && !*x)
        return;
    put(o, key, n);
    put_text(o, *x);
}

/* Names of the domain are plain ASCII. */
ALWAYS void put_name(struct out *o, const char *name)
{
    size_t length = strlen(name);
    if (!room(o, length + 2))
        return;
    *o->p++ = '"';
    o->p = mempcpy(o->p, name, length);
    *o->p++ = '"';
}

#define EMIT_ENUM(type, PREFIX)                                                                              \
    static inline __attribute__((unused)) void emit_##PREFIX(struct out *o, const char *key, size_t n,       \
                                                             const enum type x[static 1], bool must)         \
    {                                                                                                        \
        if (!must && *x == PREFIX##_NONE)                                                                    \
            return;                                                                                          \
        put(o, key, n);                                                                                      \
        put_name(o, type##_name(*x));                                                                        \
    }
DOMAIN_ENUMS(EMIT_ENUM)

static void emit_SAID(struct out *o, const char *key, size_t n, const struct said *const *x, bool must)
{
    const struct said *s = *x;
    if (!must && !s)
        return;
    const char *words = s ? said_own_words(s) : "";
    put(o, key, n);
    put(o, "{\"absent\": ", s && s->absent ? 11 : 0);
    if (words) {
        put_string(o, words);
    } else {
        put(o, "[", 1);
        put_name(o, said_name((enum said_code)s->code));
        for (unsigned i = 0; i < s->count; i++) {
            put(o, ", ", 2);
            put_string(o, said_argument(s, i));
        }
        put(o, "]", 1);
    }
    put(o, "}", s && s->absent ? 1 : 0);
}

static void emit_CAUSES(struct out *o, const char *key, size_t n, const uint32_t *x, bool must)
{
    if (!must && *x == 0)
        return;
    put(o, key, n);
    put(o, "[", 1);
    const char *between = "";
    for (unsigned cause = 1; cause <= CAUSE_COUNT; cause++) {
        if (!(*x >> (cause - 1) & 1))
            continue;
        char code[] = { '"', 'F', (char)('0' + cause / 10), (char)('0' + cause % 10), '"' };
        put(o, between, strlen(between));
        put(o, code, sizeof code);
        between = ", ";
    }
    put(o, "]", 1);
}

ALWAYS void emit_STAGES(struct out *o, const char *key, size_t n, const struct journal_stages *x, bool must)
{
    (void)must;
    put(o, key, n);
    put(o, "{", 1);
    bool first = true;
    for (unsigned stage = 1; stage < STAGE_COUNT; stage++) {
        if (x->us[stage] == UINT32_MAX)
            continue;
        const char *name = stage_name((enum stage)stage);
        size_t length = strlen(name);
        if (!room(o, length + DIGITS_MAX + 6))
            return;
        if (!first)
            o->p = mempcpy(o->p, ", ", 2);
        *o->p++ = '"';
        o->p = mempcpy(o->p, name, length);
        o->p = mempcpy(o->p, "\": ", 3);
        o->p = digits_to(o->p, x->us[stage]);
        first = false;
    }
    put(o, "}", 1);
}

ALWAYS void emit_EXCHANGES(struct out *o, const char *key, size_t n, const struct journal_exchanges *x,
                           bool must)
{
    (void)must;
    put(o, key, n);
    put(o, "[", 1);
    for (size_t i = 0; i < x->count; i++) {
        const struct journal_exchange *item = &x->items[i];
        size_t length = strnlen(item->sw, sizeof item->sw - 1);
        if (!room(o, 2 * DIGITS_MAX + 16))
            return;
        if (i > 0)
            o->p = mempcpy(o->p, ", ", 2);
        *o->p++ = '[';
        o->p = digits_to(o->p, item->step);
        o->p = mempcpy(o->p, ", ", 2);
        o->p = digits_to(o->p, item->us);
        o->p = mempcpy(o->p, ", \"", 3);
        o->p = mempcpy(o->p, item->sw, length);
        o->p = mempcpy(o->p, "\"]", 2);
    }
    put(o, "]", 1);
}

static void emit_BYTES(struct out *o, const char *key, size_t n, const struct journal_bytes *x, bool must)
{
    if (!must && x->count == 0)
        return;
    put(o, key, n);
    put(o, "[", 1);
    for (size_t i = 0; i < x->count; i++) {
        put(o, ", ", i > 0 ? 2 : 0);
        put(o, "[", 1);
        put_text(o, x->items[i].command);
        put(o, ", ", 2);
        put_text(o, x->items[i].response);
        put(o, "]", 1);
    }
    put(o, "]", 1);
}

static void emit_RESULTS(struct out *o, const char *key, size_t n, const struct journal_results *x, bool must)
{
    (void)must;
    put(o, key, n);
    put(o, "[", 1);
    for (size_t i = 0; i < x->count; i++) {
        const struct journal_result *item = &x->items[i];
        const uint64_t counts[] = { item->ok, item->fail, item->invalid, item->slow };
        put(o, ", ", i > 0 ? 2 : 0);
        put(o, "[", 1);
        put_u64(o, item->cell);
        put(o, ", ", 2);
        put_name(o, placement_result_name(item->result));
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            put(o, ", ", 2);
            put_u64(o, counts[k]);
        }
        put(o, "]", 1);
    }
    put(o, "]", 1);
}

#define PUT_MEMBER(o, lead, item, name)                                                                      \
    do {                                                                                                     \
        put(o, lead "\"" #name "\": ", sizeof(lead "\"" #name "\": ") - 1);                                  \
        put_text(o, (item)->name);                                                                           \
    } while (0)

static void emit_FILES(struct out *o, const char *key, size_t n, const struct journal_files *x, bool must)
{
    (void)must;
    put(o, key, n);
    put(o, "[", 1);
    for (size_t i = 0; i < x->count; i++) {
        put(o, ", ", i > 0 ? 2 : 0);
        PUT_MEMBER(o, "{", &x->items[i], kind);
        PUT_MEMBER(o, ", ", &x->items[i], path);
        PUT_MEMBER(o, ", ", &x->items[i], sha256);
        PUT_MEMBER(o, ", ", &x->items[i], text);
        put(o, "}", 1);
    }
    put(o, "]", 1);
}

static void emit_READERS(struct out *o, const char *key, size_t n, const struct journal_readers *x, bool must)
{
    (void)must;
    put(o, key, n);
    put(o, "[", 1);
    for (size_t i = 0; i < x->count; i++) {
        const struct journal_reader_found *item = &x->items[i];
        put(o, ", ", i > 0 ? 2 : 0);
        PUT_MEMBER(o, "{", item, unit);
        PUT_MEMBER(o, ", ", item, profile);
        PUT_MEMBER(o, ", ", item, driver);
        PUT_MEMBER(o, ", ", item, name);
        PUT_MEMBER(o, ", ", item, serial);
        PUT_MEMBER(o, ", ", item, firmware);
        emit_BOOL(o, KEY(simulated), sizeof KEY(simulated) - 1, &item->simulated, true);
        emit_PROOF(o, KEY(proof), sizeof KEY(proof) - 1, &item->proof, false);
        put(o, "}", 1);
    }
    put(o, "]", 1);
}

#define EMIT(type, name, need, meaning)                                                                      \
    emit_##type(o, KEY(name), sizeof KEY(name) - 1, &x->name, NEED_##need);
#define EMIT_KIND(upper, lower)                                                                              \
    static void emit_##lower(struct out *o, uint64_t line, const struct journal_##lower *x)                  \
    {                                                                                                        \
        put(o, "- {\"" #lower "\": ", sizeof "- {\"" #lower "\": " - 1);                                     \
        put_u64(o, line);                                                                                    \
        JOURNAL_##upper(EMIT)                                                                                \
    }
JOURNAL_KINDS(EMIT_KIND)

void journal_format(struct buf *b, const struct journal_record *r)
{
    struct out o = { .buf = b };
    size_t start = b->length;
    if (!buf_reserve(b, 256))
        return;
    open_window(&o);
    switch (r->kind) {
#define EMIT_CASE(upper, lower)                                                                              \
    case JOURNAL_KIND_##upper:                                                                               \
        emit_##lower(&o, r->line, &r->as.lower);                                                             \
        break;
        JOURNAL_KINDS(EMIT_CASE)
    case JOURNAL_KIND_NONE:
    case JOURNAL_KIND_COUNT:
        b->failed = true;
    }
    if (b->failed || !room(&o, JOURNAL_CRC_TAIL + 1)) {
        b->failed = true;
        return;
    }
    const char *body = b->data + start + 2; /* from the brace */
    uint32_t crc = crc32c(0, body, (size_t)(o.p - body));
    o.p = mempcpy(o.p, ", \"crc\": \"", 10);
    for (int shift = 28; shift >= 0; shift -= 4)
        *o.p++ = "0123456789abcdef"[crc >> shift & 15];
    o.p = mempcpy(o.p, "\"}\n", 3);
    close_window(&o);
}
