#include "harness/domain/said.h"

#include "harness/base/clock.h"
#include "harness/base/place.h"
#include "harness/base/text.h"
#include "harness/domain/domain.h"
#include "harness/domain/status_word.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *kinds, *english;
} codes[SAID_COUNT] = {
    [SAID_WORDS] = { "", "", "" },
#define X(id, name, kinds, english) [SAID_##id] = { #name, kinds, english },
#include "harness/domain/said.def"
#undef X
};

const char *said_name(enum said_code code)
{
    return (unsigned)code < SAID_COUNT ? codes[code].name : "";
}

const char *said_kinds(enum said_code code)
{
    return (unsigned)code < SAID_COUNT ? codes[code].kinds : "";
}

const char *said_template(enum said_code code)
{
    return (unsigned)code < SAID_COUNT ? codes[code].english : "";
}

enum said_code said_code_of_name(const char *name, size_t length)
{
    for (unsigned i = SAID_WORDS + 1; i < SAID_COUNT; i++)
        if (strlen(codes[i].name) == length && memcmp(codes[i].name, name, length) == 0)
            return (enum said_code)i;
    return SAID_WORDS;
}

/* ---- making ---- */

/* Where the next argument begins. */
static size_t used(const struct said *s)
{
    size_t at = 0;
    for (unsigned i = 0; i < s->count; i++)
        at += strlen(s->text + at) + 1;
    return at;
}

bool said_add(struct said *s, const char *argument, size_t length)
{
    size_t at = used(s);
    if (length >= SAID_BYTES - at || memchr(argument, '\0', length) || s->count == UINT8_MAX)
        return false;
    memcpy(s->text + at, argument, length);
    s->text[at + length] = '\0';
    s->count++;
    return true;
}

struct said said_with(enum said_code code, const char *const *arguments)
{
    struct said s = said_alone(code);
    size_t wanted = strlen(said_kinds(code)), i = 0;
    for (; i < wanted && arguments[i]; i++) {
        size_t at = used(&s),
               left = wanted - i - 1; /* every argument has its NUL, however long this one is */
        text_shorten(s.text + at, SAID_BYTES - at - left, arguments[i]);
        s.count++;
    }
    for (; i < wanted; i++)
        (void)said_add(&s, "", 0);
    return s;
}

struct said said_alone(enum said_code code)
{
    struct said s;
    s.code = (uint16_t)code;
    s.count = 0;
    s.absent = false;
    s.words = NULL;
    s.text[0] = '\0';
    return s;
}

struct said said_words(const char *words)
{
    struct said s = said_alone(SAID_WORDS);
    s.words = words;
    return s;
}

struct said said_absent(struct said why)
{
    why.absent = true;
    return why;
}

struct said said_flat(const struct said *s)
{
    struct said flat = *s;
    if (s->words)
        text_fit(flat.text, sizeof flat.text, s->words);
    flat.words = NULL;
    return flat;
}

struct said *said_copy(const struct said *s)
{
    size_t words = s->words ? strlen(s->words) + 1 : 0;
    struct said *copy = malloc(sizeof *copy + words);
    if (!copy)
        return NULL;
    *copy = *s;
    if (words > 0)
        copy->words = memcpy(copy + 1, s->words, words);
    return copy;
}

struct said_number said_number(uint64_t value)
{
    struct said_number n;
    snprintf(n.text, sizeof n.text, "%" PRIu64, value);
    return n;
}

struct said_number said_share(double share)
{
    struct said_number n;
    snprintf(n.text, sizeof n.text, "%.6g", share);
    return n;
}

/* ---- asking ---- */

static bool fits_kind(char kind, const char *argument)
{
    size_t length = strlen(argument);
    uint64_t number;
    double real;
    switch (kind) {
    case 'Q':
        return text_to_double(argument, length, &real);
    case 'U':
        return text_to_u64(argument, length, &number);
    case 'N':
        return text_to_u64(argument + (*argument == '-'), length - (*argument == '-'), &number);
    case 'M':
        return power_mode_of_name(argument, length) != POWER_NONE;
    case 'D':
        return clock_wall_of_text(argument) != 0;
    case 'S':
        return status_word_of_text(argument, &(uint16_t) { 0 });
    default:
        return true;
    }
}

bool said_is_valid(const struct said *s)
{
    size_t at = 0;
    if (s->code >= SAID_COUNT || s->count != strlen(codes[s->code].kinds))
        return false;
    if (s->code == SAID_WORDS)
        return s->words || memchr(s->text, '\0', SAID_BYTES);
    for (unsigned i = 0; i < s->count; i++) {
        const char *end = memchr(s->text + at, '\0', SAID_BYTES - at);
        if (!end || !fits_kind(codes[s->code].kinds[i], s->text + at))
            return false;
        at = (size_t)(end - s->text) + 1;
    }
    return !s->words;
}

bool said_nothing(const struct said *s)
{
    const char *words = said_own_words(s);
    return !s || (words && words[0] == '\0');
}

bool said_is(const struct said *s, enum said_code code)
{
    return s && s->code == code;
}

const char *said_own_words(const struct said *s)
{
    if (!s || s->code != SAID_WORDS)
        return NULL;
    return s->words ? s->words : s->text;
}

const char *said_argument(const struct said *s, unsigned index)
{
    const char *at = s ? s->text : "";
    if (!s || index >= s->count)
        return "";
    while (index-- > 0)
        at += strlen(at) + 1;
    return at;
}

bool said_same(const struct said *a, const struct said *b)
{
    if (!a || !b || a->code != b->code || a->absent != b->absent || a->count != b->count)
        return a == b;
    if (a->code == SAID_WORDS)
        return strcmp(said_own_words(a), said_own_words(b)) == 0;
    return memcmp(a->text, b->text, used(a)) == 0;
}

/* ---- in English ---- */

void said_fill(struct buf *out, const char *template, const struct said *s,
               void (*form)(void *context, struct buf *out, char kind, const char *argument), void *context)
{
    const char *kinds = said_kinds((enum said_code)s->code);
    for (struct place p; place_find(template, &p); template = p.behind) {
        size_t bytes;
        const char *argument = said_argument(s, p.index), *words = place_form(&p, argument, &bytes);
        buf_add(out, template, (size_t)(p.at - template));
        if (words)
            buf_add(out, words, bytes);
        else if (p.index < s->count)
            form(context, out, kinds[p.index], argument);
    }
    buf_add_text(out, template);
}

struct said_number said_duration(uint64_t us)
{
    struct said_number d;
    if (us >= 1000000)
        snprintf(d.text, sizeof d.text, "%.2f s", (double)us / 1e6);
    else
        snprintf(d.text, sizeof d.text, us >= 10000 ? "%.0f ms" : "%.1f ms", (double)us / 1e3);
    return d;
}

static void in_english(void *context, struct buf *out, char kind, const char *argument)
{
    uint64_t us;
    double share;
    (void)context;
    if (kind == 'Q' && text_to_double(argument, strlen(argument), &share))
        buf_add_format(out, "%.4g %%", 100 * share);
    else if (kind == 'U' && text_to_u64(argument, strlen(argument), &us))
        buf_add_text(out, said_duration(us).text);
    else
        buf_add_text(out, argument);
}

void said_english(struct buf *out, const struct said *s)
{
    const char *words = said_own_words(s);
    if (words)
        buf_add_text(out, words);
    else if (s)
        said_fill(out, said_template((enum said_code)s->code), s, in_english, NULL);
}

struct said_text said_text(const struct said *s)
{
    struct said_text t;
    struct buf b;
    buf_init(&b, 1u << 16);
    said_english(&b, s);
    text_fit(t.text, sizeof t.text, b.data ? b.data : "");
    buf_free(&b);
    return t;
}
