#include "reports/words/phrase.h"

#include "harness/base/text.h"
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

void phrase_add(struct buf *out, void (*add)(struct buf *, const char *), enum word id,
                enum language language, const char *const *args)
{
    size_t count = 0;
    while (args[count])
        count++;
    for (const char *c = word_text(id, language); *c;) {
        const char *brace = strchr(c, '{');
        char plain[1024];
        snprintf(plain, sizeof plain, "%.*s", (int)(brace ? (size_t)(brace - c) : strlen(c)), c);
        add(out, plain);
        if (!brace)
            break;
        size_t which = (size_t)(brace[1] - '0');
        add(out, which < count ? args[which] : "");
        c = brace + strlen("{0}");
    }
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
