#include "harness/commands/speech.h"

#include "harness/base/text.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "reports/render/text_table.h"
#include "reports/words/enums.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX       10 /* {0} .. {9} */
#define ARGUMENTS_BYTES_MAX (1u << 16)

static const char *locale_of_messages(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return value;
    }
    return "C";
}

bool speech_open(const struct options *o, FILE *to, struct speech *out)
{
    char directory[4096];
    struct err e = { 0 };
    const char *asked = options_text(o, "lang");
    *out = (struct speech) { to, LANGUAGE_ENGLISH };
    if (asked && strcmp(asked, "en") != 0 && strcmp(asked, "ja") != 0) {
        options_usage(o, "--lang is en or ja, not `%s`", asked);
        return false;
    }
    enum language language = language_of(asked ? asked : locale_of_messages());
    int status = data_locale(directory, sizeof directory, &e);
    if (status == 0)
        status = words_open(language, directory, &e);
    if (status == 0)
        out->language = language;
    else if (asked)
        message_error(&e);
    return true;
}

void speech_fill(const struct speech *s, enum word word, const char *const *arguments)
{
    const char *args[ARGUMENTS_MAX + 1] = { NULL };
    char *safe[ARGUMENTS_MAX] = { NULL };
    struct buf b;
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++) {
        buf_init(&b, ARGUMENTS_BYTES_MAX);
        text_add_safe(&b, arguments[i]);
        args[i] = safe[i] = buf_take(&b);
        if (!args[i])
            args[i] = "";
        buf_free(&b);
    }
    buf_init(&b, ARGUMENTS_BYTES_MAX);
    phrase_add(&b, buf_add_text, word, s->language, args);
    if (b.data)
        fputs(b.data, s->to);
    buf_free(&b);
    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        free(safe[i]);
}

void speech_label(const struct speech *s, enum word word, size_t columns)
{
    const char *text = word_text(word, s->language);
    size_t used = text_columns(text);
    fprintf(s->to, "%s%*s", text, (int)(used < columns ? columns - used : 1), "");
}

size_t speech_width(const struct speech *s, const enum word *labels, size_t count)
{
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t columns = text_columns(word_text(labels[i], s->language));
        widest = columns > widest ? columns : widest;
    }
    return widest + 1;
}

const char *speech_verdict(const struct speech *s, enum verdict v)
{
    return s->language == LANGUAGE_ENGLISH ? verdict_name(v) : word_text(word_verdict(v), s->language);
}

const char *speech_power(const struct speech *s, enum power_mode mode)
{
    return s->language == LANGUAGE_ENGLISH ? power_mode_name(mode) : word_text(word_power(mode), s->language);
}

void speech_table(const struct speech *s, const struct report *report, const struct table *t,
                  const struct row *parent)
{
    const struct view v = { report, s->language, FORM_TEXT };
    text_table(s->to, &v, t, parent);
}
