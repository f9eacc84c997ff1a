#include "harness/commands/speech.h"

#include "reports/render/text_table.h"

struct speech speech_english(void)
{
    return (struct speech) { stdout, LANGUAGE_ENGLISH };
}

void speech_table(const struct speech *s, const struct report *report, const struct table *t,
                  const struct row *parent)
{
    const struct view v = { report, s->language, FORM_TEXT };
    text_table(s->to, &v, t, parent);
}
