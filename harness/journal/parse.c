/*
 * The canonical form only: keys in the table's order, one space where the writer puts one, numbers and
 * strings as the writer spells them. Whatever differs is left to libyaml, so a mismatch here is no error yet.
 */
#include "harness/base/crc32c.h"
#include "harness/base/text.h"
#include "harness/journal/line.h"

#define NEED_MUST true
#define NEED_MAY  false
#define KEY(name) ", \"" #name "\": "
#define ALWAYS    static inline __attribute__((always_inline))

struct cursor {
    const char *p, *end;
    struct arena *arena;
};

ALWAYS uint64_t load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word); /* little-endian hosts only, as crc32c.c */
    return word;
}

/* memcmp() == 0 of a literal: n is known here, and a call costs more than the keys of a line. */
ALWAYS bool same(const char *p, const char *literal, size_t n)
{
    if (n < 8)
        return memcmp(p, literal, n) == 0;
    uint64_t differing = load8(p + (n - 8)) ^ load8(literal + (n - 8));
    for (size_t i = 0; i + 8 < n; i += 8)
        differing |= load8(p + i) ^ load8(literal + i);
    return differing == 0;
}

ALWAYS bool take(struct cursor *c, const char *literal, size_t n)
{
    if ((size_t)(c->end - c->p) < n || !same(c->p, literal, n))
        return false;
    c->p += n;
    return true;
}
#define TAKE(c, literal) take(c, literal, sizeof(literal) - 1)

#define KEY_BEGINS (sizeof ", \"" - 1)

/* Most keys that are tried are not there: their first letter tells. */
ALWAYS bool take_key(struct cursor *c, const char *literal, size_t n)
{
    return (size_t)(c->end - c->p) >= n && c->p[KEY_BEGINS] == literal[KEY_BEGINS] && take(c, literal, n);
}

ALWAYS bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

/* How many of eight bytes are digits before the first that is none, and their value. */
ALWAYS unsigned eight_digits(uint64_t word, uint64_t *value)
{
    uint64_t digits = word ^ 0x3030303030303030u;
    uint64_t others = ((digits + 0x7676767676767676u) | digits) & 0x8080808080808080u;
    unsigned n = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
    if (n == 0)
        return 0;
    digits <<= 64 - 8 * n; /* zeros in front */
    digits = (digits * 10) + (digits >> 8);
    digits = (((digits & 0x000000ff000000ffu) * 0x000f424000000064u) +
              ((digits >> 16 & 0x000000ff000000ffu) * 0x0000271000000001u)) >>
             32;
    *value = digits;
    return n;
}

static bool many_digits(const char **p, const char *end, uint64_t *out)
{
    const char *at = *p;
    uint64_t value = 0;
    while (at < end && is_digit(*at) && at - *p < 19)
        value = value * 10 + (uint64_t)(*at++ - '0');
    ptrdiff_t digits = at - *p;
    if (digits == 0 || (digits > 1 && **p == '0'))
        return false;
    if (digits == 19 && at < end && is_digit(*at)) {
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at++ - '0'), &value))
            return false;
        if (at < end && is_digit(*at))
            return false;
    }
    *p = at;
    *out = value;
    return true;
}

/* Most numbers of a line are short, and which ones is the same line after line. */
ALWAYS bool digits(const char **p, const char *end, uint64_t *out)
{
    static const uint64_t powers[8] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000 };
    const char *at = *p;
    uint64_t value, rest;
    if (end - at < 16)
        return many_digits(p, end, out);
    if (is_digit(at[0]) && !is_digit(at[1])) {
        *p = at + 1;
        *out = (uint64_t)(at[0] - '0');
        return true;
    }
    unsigned n = eight_digits(load8(at), &value);
    if (n == 0 || (n > 1 && *at == '0'))
        return false;
    if (n == 8) {
        unsigned more = eight_digits(load8(at + 8), &rest);
        if (more == 8)
            return many_digits(p, end, out);
        value = more ? value * powers[more] + rest : value;
        n += more;
    }
    *p = at + n;
    *out = value;
    return true;
}

bool journal_parse_digits(const char **p, const char *end, uint64_t *out)
{
    return digits(p, end, out);
}

bool journal_parse_real(const char **p, const char *end, bool canonical, double *out)
{
    const char *start = *p, *at = start;
    uint64_t whole;
    at += at < end && *at == '-';
    if (!journal_parse_digits(&at, end, &whole))
        return false;
    if (at < end && *at == '.') {
        const char *point = at++;
        while (at < end && (unsigned char)(*at - '0') <= 9)
            at++;
        if (at == point + 1)
            return false;
    }
    if (!text_to_double(start, (size_t)(at - start), out) || fabs(*out) >= JOURNAL_REAL_END)
        return false;
    *p = at;
    char again[JOURNAL_REAL_MAX];
    size_t length = (size_t)(journal_real_to(again, *out) - again);
    return !canonical || (length == (size_t)(at - start) && memcmp(again, start, length) == 0);
}

/* Bytes that stand for themselves in a string: printable ASCII without quote and backslash. */
ALWAYS bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* A run of bytes from 0x80 on: UTF-8, and nothing that the writer would have escaped. NULL when it is not
 * so. */
static const char *beyond_ascii(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && (unsigned char)*p >= 0x80) {
        size_t left = (size_t)(end - p);
        if (left >= 2 && p[0] == '\xc2' && (unsigned char)p[1] < 0xa0)
            return NULL;
        if (left >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 || memcmp(p, "\xe2\x80\xa9", 3) == 0 ||
                          memcmp(p, "\xef\xbb\xbf", 3) == 0 || memcmp(p, "\xef\xbf\xbe", 3) == 0 ||
                          memcmp(p, "\xef\xbf\xbf", 3) == 0))
            return NULL;
        p++;
    }
    return text_is_utf8(start, (size_t)(p - start)) ? p : NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind the backslash. Only the escapes that the writer makes; NUL has no form in a text. */
static bool parse_escape(struct cursor *c, char **to)
{
    if (c->p == c->end)
        return false;
    char kind = *c->p++;
    if (kind == '"' || kind == '\\') {
        *(*to)++ = kind;
        return true;
    }
    if (kind == 'n' || kind == 't') {
        *(*to)++ = kind == 'n' ? '\n' : '\t';
        return true;
    }
    if (kind != 'u' || c->end - c->p < 4)
        return false;
    unsigned code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*c->p++);
        if (digit < 0)
            return false;
        code = code << 4 | (unsigned)digit;
    }
    if (code == 0 || code == '\n' || code == '\t')
        return false;
    if (code < 0x20 || code == 0x7f) {
        *(*to)++ = (char)code;
        return true;
    }
    if (code >= 0x80 && code <= 0x9f) {
        *(*to)++ = '\xc2';
        *(*to)++ = (char)code;
        return true;
    }
    if (code != 0x2028 && code != 0x2029 && code != 0xfeff && code != 0xfffe && code != 0xffff)
        return false;
    *(*to)++ = (char)(0xe0 | code >> 12);
    *(*to)++ = (char)(0x80 | (code >> 6 & 0x3f));
    *(*to)++ = (char)(0x80 | (code & 0x3f));
    return true;
}

/* Behind the opening quote: copies the string with its NUL into the arena, which has room for the whole
 * line. */
static bool parse_string(struct cursor *c, char *to, const char **out)
{
    char *start = to;
    for (;;) {
        while (c->p < c->end && is_plain((unsigned char)*c->p))
            *to++ = *c->p++;
        if (c->p == c->end)
            return false;
        if (*c->p == '"')
            break;
        if (*c->p == '\\') {
            c->p++;
            if (!parse_escape(c, &to))
                return false;
            continue;
        }
        const char *behind = beyond_ascii(c->p, c->end);
        if (!behind || behind == c->p)
            return false;
        to = mempcpy(to, c->p, (size_t)(behind - c->p));
        c->p = behind;
    }
    c->p++;
    *to++ = '\0';
    c->arena->text = to;
    *out = start;
    return true;
}

ALWAYS bool parse_TEXT(struct cursor *c, const char **x)
{
    return TAKE(c, "\"") && parse_string(c, c->arena->text, x);
}

ALWAYS bool parse_U64(struct cursor *c, uint64_t *x)
{
    return digits(&c->p, c->end, x);
}

ALWAYS bool parse_u32(struct cursor *c, uint32_t *x)
{
    uint64_t value;
    if (!parse_U64(c, &value) || value > UINT32_MAX)
        return false;
    *x = (uint32_t)value;
    return true;
}

static bool parse_REAL(struct cursor *c, double *x)
{
    return journal_parse_real(&c->p, c->end, true, x);
}

ALWAYS bool parse_BOOL(struct cursor *c, int *x)
{
    *x = TAKE(c, "true");
    return *x || TAKE(c, "false");
}

/* A string without escapes, in quotes: a name of the domain. */
ALWAYS bool parse_name(struct cursor *c, const char **name, size_t *length)
{
    if (!TAKE(c, "\""))
        return false;
    const char *end = memchr(c->p, '"', (size_t)(c->end - c->p));
    if (!end)
        return false;
    *name = c->p;
    *length = (size_t)(end - c->p);
    c->p = end + 1;
    return true;
}

#define PARSE_ENUM(type, PREFIX)                                                                             \
    static inline __attribute__((unused)) bool parse_##PREFIX(struct cursor *c, enum type x[static 1])       \
    {                                                                                                        \
        const char *name;                                                                                    \
        size_t length;                                                                                       \
        if (!parse_name(c, &name, &length))                                                                  \
            return false;                                                                                    \
        *x = type##_of_name(name, length);                                                                   \
        return *x != PREFIX##_NONE;                                                                          \
    }
DOMAIN_ENUMS(PARSE_ENUM)

/* Behind the opening bracket: a code of the program and its arguments. */
static bool parse_code(struct cursor *c, struct said *s)
{
    const char *name, *argument;
    size_t length;
    if (!parse_name(c, &name, &length))
        return false;
    s->code = (uint16_t)said_code_of_name(name, length);
    while (TAKE(c, ", ")) {
        if (!parse_TEXT(c, &argument) || !said_add(s, argument, strlen(argument)))
            return false;
    }
    return TAKE(c, "]") && s->code != SAID_WORDS && s->code < JOURNAL_CODES_END && said_is_valid(s);
}

static bool parse_SAID(struct cursor *c, const struct said **x)
{
    struct said *s = arena_said(c->arena);
    bool absent = TAKE(c, "{\"absent\": ");
    if (!s)
        return false;
    *s = said_alone(SAID_WORDS);
    s->absent = absent;
    *x = s;
    return (TAKE(c, "[") ? parse_code(c, s) : parse_TEXT(c, &s->words)) && (!absent || TAKE(c, "}"));
}

static bool parse_CAUSES(struct cursor *c, uint32_t *x)
{
    unsigned before = 0;
    *x = 0;
    if (!TAKE(c, "["))
        return false;
    do {
        if (!TAKE(c, "\"F") || c->end - c->p < 3 || c->p[2] != '"')
            return false;
        unsigned tens = (unsigned)(c->p[0] - '0'), ones = (unsigned)(c->p[1] - '0');
        unsigned cause = tens * 10 + ones;
        if (tens > 9 || ones > 9 || cause <= before || cause > CAUSE_COUNT)
            return false;
        *x |= (uint32_t)1 << (cause - 1);
        before = cause;
        c->p += 3;
    } while (TAKE(c, ", "));
    return TAKE(c, "]");
}

static bool parse_STAGES(struct cursor *c, struct journal_stages *x)
{
    bool more = true;
    unset_STAGES(x);
    if (!TAKE(c, "{"))
        return false;
    if (TAKE(c, "}"))
        return true;
#define PARSE_STAGE(prefix, member, text)                                                                    \
    if (more && TAKE(c, "\"" text "\": ")) {                                                                 \
        if (!parse_u32(c, &x->us[prefix##_##member]) || x->us[prefix##_##member] == UINT32_MAX)              \
            return false;                                                                                    \
        more = TAKE(c, ", ");                                                                                \
    }
    STAGE_NAMES(PARSE_STAGE, STAGE)
    return !more && TAKE(c, "}");
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool parse_sw(struct cursor *c, char sw[5])
{
    memset(sw, 0, 5);
    if (TAKE(c, "\"\""))
        return true;
    if (c->end - c->p < 6 || c->p[0] != '"' || c->p[5] != '"')
        return false;
    for (int i = 0; i < 4; i++) {
        sw[i] = c->p[1 + i];
        if (!is_hex(sw[i]))
            return false;
    }
    c->p += 6;
    return true;
}

static bool parse_exchange(struct cursor *c, struct journal_exchange *item)
{
    return parse_u32(c, &item->step) && TAKE(c, ", ") && parse_u32(c, &item->us) && TAKE(c, ", ") &&
           parse_sw(c, item->sw) && TAKE(c, "]");
}

static bool parse_pair(struct cursor *c, struct journal_byte_pair *item)
{
    return parse_TEXT(c, &item->command) && TAKE(c, ", ") && parse_TEXT(c, &item->response) && TAKE(c, "]");
}

static bool parse_result(struct cursor *c, struct journal_result *item)
{
    return parse_U64(c, &item->cell) && TAKE(c, ", ") && parse_PLACEMENT(c, &item->result) && TAKE(c, ", ") &&
           parse_U64(c, &item->ok) && TAKE(c, ", ") && parse_U64(c, &item->fail) && TAKE(c, ", ") &&
           parse_U64(c, &item->invalid) && TAKE(c, ", ") && parse_U64(c, &item->slow) && TAKE(c, "]");
}

static bool parse_file(struct cursor *c, struct journal_file *item)
{
    return TAKE(c, "\"kind\": ") && parse_TEXT(c, &item->kind) && TAKE(c, ", \"path\": ") &&
           parse_TEXT(c, &item->path) && TAKE(c, ", \"sha256\": ") && parse_TEXT(c, &item->sha256) &&
           TAKE(c, ", \"text\": ") && parse_TEXT(c, &item->text) && TAKE(c, "}");
}

static bool parse_reader(struct cursor *c, struct journal_reader_found *item)
{
    item->proof = PROOF_NONE;
    return TAKE(c, "\"unit\": ") && parse_TEXT(c, &item->unit) && TAKE(c, ", \"profile\": ") &&
           parse_TEXT(c, &item->profile) && TAKE(c, ", \"driver\": ") && parse_TEXT(c, &item->driver) &&
           TAKE(c, ", \"name\": ") && parse_TEXT(c, &item->name) && TAKE(c, ", \"serial\": ") &&
           parse_TEXT(c, &item->serial) && TAKE(c, ", \"firmware\": ") && parse_TEXT(c, &item->firmware) &&
           TAKE(c, ", \"simulated\": ") && parse_BOOL(c, &item->simulated) &&
           (!TAKE(c, ", \"proof\": ") || parse_PROOF(c, &item->proof)) && TAKE(c, "}");
}

/* A list of one kind of element; open is what its elements begin with. */
#define PARSE_LIST(upper, lower, element, open, parse_element)                                               \
    static bool parse_##upper(struct cursor *c, struct journal_##lower *x)                                   \
    {                                                                                                        \
        unset_##upper(x);                                                                                    \
        if (!TAKE(c, "["))                                                                                   \
            return false;                                                                                    \
        if (TAKE(c, "]"))                                                                                    \
            return true;                                                                                     \
        x->items = arena_list(c->arena);                                                                     \
        do {                                                                                                 \
            struct element *item = arena_item(c->arena, sizeof *item);                                       \
            if (!item || !TAKE(c, open) || !parse_element(c, item))                                          \
                return false;                                                                                \
            x->count++;                                                                                      \
        } while (TAKE(c, ", "));                                                                             \
        return TAKE(c, "]");                                                                                 \
    }
PARSE_LIST(EXCHANGES, exchanges, journal_exchange, "[", parse_exchange)
PARSE_LIST(BYTES, bytes, journal_byte_pair, "[", parse_pair)
PARSE_LIST(RESULTS, results, journal_result, "[", parse_result)
PARSE_LIST(FILES, files, journal_file, "{", parse_file)
PARSE_LIST(READERS, readers, journal_reader_found, "{", parse_reader)

/* A MAY field that stands there with its "left out" value is not what the writer writes. */
#define GIVEN_U64(x)       ((x) != UINT64_MAX)
#define GIVEN_REAL(x)      true
#define GIVEN_BOOL(x)      true
#define GIVEN_TEXT(x)      true
#define GIVEN_SAID(x)      true
#define GIVEN_CAUSES(x)    ((x) != 0)
#define GIVEN_STAGES(x)    true
#define GIVEN_EXCHANGES(x) ((x).count != 0)
#define GIVEN_BYTES(x)     ((x).count != 0)
#define GIVEN_RESULTS(x)   ((x).count != 0)
#define GIVEN_FILES(x)     ((x).count != 0)
#define GIVEN_READERS(x)   ((x).count != 0)
#define GIVEN_ENUM(type, PREFIX)                                                                             \
    static inline __attribute__((unused)) bool GIVEN_##PREFIX(enum type x)                                   \
    {                                                                                                        \
        return x != PREFIX##_NONE;                                                                           \
    }
DOMAIN_ENUMS(GIVEN_ENUM)

#define PARSE(type, name, need, meaning)                                                                     \
    if (take_key(c, KEY(name), sizeof KEY(name) - 1)) {                                                      \
        if (!parse_##type(c, &x->name) || !(NEED_##need || GIVEN_##type(x->name)))                           \
            return false;                                                                                    \
    } else if (NEED_##need) {                                                                                \
        return false;                                                                                        \
    } else {                                                                                                 \
        unset_##type(&x->name);                                                                              \
    }
#define PARSE_KIND(upper, lower)                                                                             \
    static bool parse_##lower(struct cursor *c, struct journal_##lower *x)                                   \
    {                                                                                                        \
        JOURNAL_##upper(PARSE) return true;                                                                  \
    }
JOURNAL_KINDS(PARSE_KIND)

/* Of a transaction what came of it; behind that only the checksum speaks for the line. */
#define UNSET(type, name, need, meaning) unset_##type(&x->name);
static bool parse_transaction_head(struct cursor *c, struct journal_transaction *x)
{
    JOURNAL_TRANSACTION_HEAD(PARSE)
    JOURNAL_TRANSACTION_PARTS(UNSET)
    if (!TAKE(c, ", \"stages\": {"))
        return false;
    c->p = c->end;
    return true;
}

/* Eight lower-case digits, as they stand in memory. */
static uint64_t hex_of(uint32_t crc)
{
    uint64_t digits = crc;
    digits = (digits | digits << 16) & 0x0000ffff0000ffffu;
    digits = (digits | digits << 8) & 0x00ff00ff00ff00ffu;
    digits = __builtin_bswap64((digits | digits << 4) & 0x0f0f0f0f0f0f0f0fu);
    uint64_t letters = (digits + 0x0606060606060606u) >> 4 & 0x0101010101010101u;
    return digits + 0x3030303030303030u + letters * ('a' - '0' - 10);
}

bool journal_line_ends(const char *line, size_t length)
{
    return length >= JOURNAL_CRC_TAIL + 3 && same(line + length - JOURNAL_CRC_TAIL, ", \"crc\": \"", 10) &&
           same(line + length - 2, "\"}", 2);
}

bool journal_line_fits(const char *line, size_t length, uint32_t crc)
{
    return load8(line + length - 10) == hex_of(crc);
}

int journal_line_crc(const char *line, size_t length)
{
    if (!journal_line_ends(line, length))
        return -1;
    if (journal_line_fits(line, length, crc32c(0, line + 2, length - JOURNAL_CRC_TAIL - 2)))
        return 1;
    for (size_t i = length - 10; i < length - 2; i++)
        if (hex_digit(line[i]) < 0)
            return -1;
    return 0;
}

bool journal_parse_line(const char *line, size_t length, bool heads, struct arena *a,
                        struct journal_record *out)
{
    struct cursor c = { line, line + length - JOURNAL_CRC_TAIL, a };
    bool parsed = false;
    if (TAKE(&c, "- {\"transaction\": ")) { /* nearly all lines */
        out->kind = JOURNAL_KIND_TRANSACTION;
        parsed = parse_U64(&c, &out->line) && (heads ? parse_transaction_head(&c, &out->as.transaction)
                                                     : parse_transaction(&c, &out->as.transaction));
    }
#define PARSE_TRY(upper, lower)                                                                              \
    else if (TAKE(&c, "- {\"" #lower "\": "))                                                                \
    {                                                                                                        \
        out->kind = JOURNAL_KIND_##upper;                                                                    \
        parsed = parse_U64(&c, &out->line) && parse_##lower(&c, &out->as.lower);                             \
    }
    JOURNAL_KINDS(PARSE_TRY)
    return parsed && c.p == c.end;
}

bool journal_parse_canonical(const char *line, size_t length, struct arena *a, struct journal_record *out)
{
    return length >= JOURNAL_CRC_TAIL + 3 && arena_reset(a, length) &&
           journal_parse_line(line, length, false, a, out);
}
