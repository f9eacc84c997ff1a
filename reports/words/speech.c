#include "reports/words/speech.h"

#include "harness/base/text.h"
#include "reports/words/enums.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX       10 /* {0} .. {9} */
#define ARGUMENTS_BYTES_MAX (1u << 16)

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
