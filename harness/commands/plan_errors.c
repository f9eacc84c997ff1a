#include "harness/commands/plan_errors.h"

#include "harness/criteria/stated_errors.h"
#include "reports/tables/stated_errors.h"

#include <string.h>

static void say(const struct speech *to, const struct stated_errors *errors)
{
    const struct row row = { .of = errors };
    enum word note;
    speech_line(to, WORD_CMD_T_ERRORS, NULL);
    speech_table(to, NULL, &table_stated_errors, &row);
    for (size_t i = 0; (note = stated_errors_note(errors, i)) != WORD_NONE; i++)
        speech_line(to, WORD_CMD_ITEM, word_text(note, to->language), NULL);
}

int plan_errors_say(const struct speech *to, const struct survey *s, const struct scheme *scheme,
                    struct err *e)
{
    struct survey_problems problems = { 0 };
    struct criteria *c = NULL;
    struct stated_errors errors;
    if (!s->criteria_text)
        return 0;
    int code = criteria_load_text(s->criteria, s->criteria_text, strlen(s->criteria_text), &c, &problems, e);
    if (code == 0)
        code = stated_errors_make(c, s, scheme, &errors, e);
    if (code == 0 && errors.count > 0)
        say(to, &errors);
    criteria_free(&c);
    survey_problems_free(&problems);
    return code;
}
