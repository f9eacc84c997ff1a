#include "harness/commands/doubts.h"

#include "harness/base/text.h"
#include "harness/clauses/reach.h"

#include <string.h>

#define PLACEHOLDER "REPLACE-WITH" /* as the shipped surveys have it */

#define SAY_OF(to, s, word, ...)                                                                             \
    (text_put_safe((to)->to, (s)->path), (void)fputs(": ", (to)->to), speech_line((to), (word), __VA_ARGS__))

static void say_placeholders(const struct speech *to, const struct survey *s)
{
    for (size_t i = 0; i < s->sim_count; i++)
        if (strstr(s->sims[i].token_label, PLACEHOLDER))
            SAY_OF(to, s, WORD_CMD_PLACEHOLDER, s->sims[i].id, s->sims[i].token_label, NULL);
}

static void say_twins(const struct speech *to, const struct survey *s)
{
    for (size_t i = 0; i < s->reader_count; i++) {
        size_t twin = survey_twin(s, i);
        if (twin < i)
            SAY_OF(to, s, WORD_CMD_TWINS, s->readers[twin].unit, s->readers[i].unit, NULL);
    }
}

static void say_criteria(const struct speech *to, const struct survey *s)
{
    struct survey_problems problems = { 0 };
    struct criteria *c = NULL;
    struct reach reach;
    struct err e = { 0 };
    if (!s->criteria_text ||
        criteria_load_text(s->criteria, s->criteria_text, strlen(s->criteria_text), &c, &problems, &e) != 0) {
        survey_problems_free(&problems); /* none, or refused with the survey */
        return;
    }
    reach_of(c, s, &reach);
    if (reach.lacks)
        SAY_OF(to, s, WORD_CMD_CRITERIA_LACK, c->id, reach.lacks, NULL);
    if (reach.barred > 0)
        SAY_OF(to, s, WORD_CMD_CRITERIA_BARRED, SPEECH_NUMBER(reach.barred), SPEECH_NUMBER(s->pair_count),
               c->id, s->pairs[reach.pair].name, s->readers[reach.reader].unit,
               s->conditions[reach.condition].id, survey_script_loaded(s, reach.script)->id, NULL);
    criteria_free(&c);
}

void doubts_say(const struct speech *to, const struct survey *s)
{
    say_placeholders(to, s);
    say_twins(to, s);
    say_criteria(to, s);
}
