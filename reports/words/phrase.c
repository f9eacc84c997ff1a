#include "reports/words/phrase.h"

#include "harness/base/place.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "reports/words/enums.h"
#include "reports/words/numbers.h"

#include <stdio.h>
#include <string.h>

struct phrase phrase_cut(const char *text)
{
    struct phrase l;
    text_shorten(l.text, sizeof l.text, text);
    return l;
}

const char *phrase_choose(const char *english, const char *japanese, enum language language)
{
    return language == LANGUAGE_JAPANESE && japanese ? japanese : english;
}

/* Whether a text is one of the marks, which stand behind each other with a blank between. */
static bool is_mark(const char *text, const char *marks)
{
    char mark[64];
    for (size_t n; *marks; marks += n + (marks[n] == ' ')) {
        n = strcspn(marks, " ");
        snprintf(mark, sizeof mark, "%.*s", (int)n, marks);
        if (text_key_same(text, mark))
            return true;
    }
    return false;
}

struct phrase phrase_unmarked(const char *title, enum language language)
{
    struct phrase l;
    const char *bracket = NULL;
    uint32_t code;
    for (size_t at = 0, n; (n = text_character(title + at, strlen(title + at), &code)) > 0; at += n)
        bracket = code == '(' || code == 0xff08 ? title + at : bracket;
    bool marked = bracket && (is_mark(bracket, word_text(WORD_TITLE_MARKS, LANGUAGE_ENGLISH)) ||
                              is_mark(bracket, word_text(WORD_TITLE_MARKS, language)));
    size_t length = marked ? (size_t)(bracket - title) : strlen(title);
    size_t from = text_trim(title, &length);
    snprintf(l.text, sizeof l.text, "%.*s", (int)length, title + from);
    return marked && l.text[0] ? l : phrase_cut(title);
}

static void add_plain(struct buf *out, void (*add)(struct buf *, const char *), const char *text,
                      size_t bytes)
{
    char plain[1024];
    snprintf(plain, sizeof plain, "%.*s", (int)bytes, text);
    add(out, plain);
}

void phrase_add(struct buf *out, void (*add)(struct buf *, const char *), enum word id,
                enum language language, const char *const *args)
{
    size_t count = 0;
    while (args[count])
        count++;
    struct place p;
    const char *c = word_text(id, language);
    for (; place_find(c, &p); c = p.behind) {
        const char *argument = p.index < count ? args[p.index] : "";
        size_t bytes;
        const char *form = place_form(&p, argument, &bytes);
        add_plain(out, add, c, (size_t)(p.at - c));
        if (form)
            add_plain(out, add, form, bytes);
        else
            add(out, argument);
    }
    add_plain(out, add, c, strlen(c));
}

struct phrase phrase_fill(enum word id, enum language language, const char *const *args)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    phrase_add(&b, buf_add_text, id, language, args);
    struct phrase l = phrase_cut(buf_text(&b));
    buf_free(&b);
    return l;
}

struct phrase phrase_duration(uint64_t us, enum language language)
{
    struct said_number number = said_duration(us);
    char *unit = strchr(number.text, ' ');
    *unit++ = '\0';
    enum word form = unit[0] == 'm' ? WORD_MILLISECONDS : WORD_SECONDS;
    return PHRASE_FILL(form, language, number.text);
}

static void add_duration(struct buf *out, const char *microseconds, enum language language)
{
    uint64_t us = 0;
    (void)text_to_u64(microseconds, strlen(microseconds), &us);
    buf_add_text(out, phrase_duration(us, language).text);
}

static void add_share(struct buf *out, const char *share, enum language language)
{
    double value = 0;
    (void)text_to_double(share, strlen(share), &value);
    buf_add_text(out, number_percent(value, language).text);
}

static void add_argument(void *context, struct buf *out, char kind, const char *argument)
{
    enum language language = *(const enum language *)context;
    enum power_mode mode = kind == 'M' ? power_mode_of_name(argument, strlen(argument)) : POWER_NONE;
    if (mode != POWER_NONE)
        buf_add_text(out, word_text(word_power(mode), language));
    else if (kind == 'C' && strcmp(argument, "none") == 0)
        buf_add_text(out, word_text(WORD_CASE_NONE, language));
    else if (kind == 'P' && strcmp(argument, "centre") == 0)
        buf_add_text(out, word_text(WORD_POSITION_CENTRE, language));
    else if (kind == 'U')
        add_duration(out, argument, language);
    else if (kind == 'T')
        buf_add_text(out, word_status(argument, language));
    else if (kind == 'Q')
        add_share(out, argument, language);
    else if (kind == 'D')
        buf_add_text(out, number_date(argument, language).text);
    else
        buf_add_text(out, argument);
}

void phrase_add_said(struct buf *out, const struct said *s, enum language language)
{
    const char *words = said_own_words(s);
    if (words)
        buf_add_text(out, words);
    else if (s)
        said_fill(out, word_said((enum said_code)s->code, language), s, add_argument, &language);
}

const char *phrase_said(const struct said *s, enum language language, struct phrase *hold)
{
    const char *words = said_own_words(s);
    struct buf b;
    if (!s || words)
        return words ? words : "";
    buf_init(&b, 1u << 16);
    phrase_add_said(&b, s, language);
    *hold = phrase_cut(buf_text(&b));
    buf_free(&b);
    return hold->text;
}
