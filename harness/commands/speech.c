#include "harness/commands/speech.h"

#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "reports/render/text_table.h"

#include <stdlib.h>
#include <string.h>

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

void speech_table(const struct speech *s, const struct report *report, const struct table *t,
                  const struct row *parent)
{
    const struct view v = { report, s->language, FORM_TEXT };
    text_table(s->to, &v, t, parent);
}
