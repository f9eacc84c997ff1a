#include "harness/commands/suggest.h"

#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/plan/suggest.h"
#include "harness/survey/models.h"
#include "reports/tables/commands.h"

#include <string.h>

struct asked {
    struct models *models;
    enum word from; /* NONE: a file, models->path */
    struct suggestion made;
    const char *shares_path; /* NULL: those of the list */
    struct models_strangers strangers;
};

static int take_shares(struct asked *x, const char *path, struct survey_problems *problems, struct err *e)
{
    struct shares *shares = NULL;
    x->shares_path = path;
    if (!path)
        return 0;
    int status = shares_load(path, &shares, problems, e);
    if (status == 0)
        status = models_take_shares(x->models, shares, &x->strangers, problems, e);
    shares_free(&shares);
    return status;
}

static int load(const struct options *o, struct asked *x, struct survey_problems *problems, struct err *e)
{
    char data[4096];
    const char *from = options_text(o, "from");
    struct profiles *profiles = NULL;
    int status = data_directory(data, sizeof data, e);
    if (status == 0)
        status = data_profiles(data, &profiles, e);
    x->from = strcmp(from, "all") == 0         ? WORD_CMD_FROM_ALL
              : strcmp(from, "simulated") == 0 ? WORD_CMD_FROM_SIMULATED
                                               : WORD_NONE;
    if (status == 0 && x->from != WORD_NONE)
        status = models_of_profiles(profiles, x->from == WORD_CMD_FROM_SIMULATED, &x->models, e);
    else if (status == 0)
        status = models_load(from, profiles, &x->models, problems, e);
    if (status == 0)
        status = take_shares(x, options_text(o, "shares"), problems, e);
    profiles_free(&profiles);
    return status;
}

static struct phrase percent(double share)
{
    return number_fixed(100 * share, 1);
}
#define PERCENT(share) (percent(share).text)

static void show_coverage(const struct asked *x, const struct speech *to)
{
    const struct suggestion *s = &x->made;
    putc('\n', to->to);
    if (s->shares_known == 0)
        speech_line(to, WORD_CMD_NO_SHARE_KNOWN, NULL);
    else
        speech_line(to, WORD_CMD_SHARES_KNOWN, SPEECH_NUMBER(s->shares_known),
                    SPEECH_NUMBER(x->models->count), PERCENT(s->share_known), PERCENT(s->share_chosen),
                    PERCENT(1 - s->share_known), NULL);
    if (x->strangers.rows > 0)
        speech_line(to, WORD_CMD_STRANGERS, SPEECH_NUMBER(x->strangers.rows), x->shares_path,
                    PERCENT(x->strangers.share), x->strangers.first, NULL);
    speech_line(to, WORD_CMD_NOT_GIVEN, SPEECH_NUMBER(s->no_carrier), SPEECH_NUMBER(s->no_year),
                SPEECH_NUMBER(s->no_technologies), NULL);
}

/* Ids hold ASCII; a row whose model has other letters is found by its line. */
static void show_lost(const struct asked *x, const struct speech *to)
{
    for (size_t i = 0; i < x->models->count; i++) {
        const struct model *m = &x->models->items[i];
        if (m->lost)
            speech_line(to, WORD_CMD_ID_LOSES, x->models->path, SPEECH_NUMBER(m->line), m->id, m->lost, NULL);
    }
}

static void show_missing(const struct asked *x, const struct speech *to)
{
    size_t missing = 0, models = 0;
    for (size_t i = 0; i < x->made.stratum_count; i++) {
        const struct suggest_stratum *s = &x->made.strata[i];
        missing += s->chosen == 0 ? 1 : 0;
        models += s->chosen == 0 ? s->models : 0;
    }
    if (missing == 0) {
        speech_line(to, WORD_CMD_ALL_STRATA, SPEECH_NUMBER(x->made.stratum_count), NULL);
        return;
    }
    speech_line(to, WORD_CMD_EMPTY_STRATA, SPEECH_NUMBER(missing), SPEECH_NUMBER(x->made.stratum_count),
                SPEECH_NUMBER(models), NULL);
    for (size_t i = 0; i < x->made.stratum_count; i++) {
        const struct suggest_stratum *s = &x->made.strata[i];
        if (s->chosen == 0)
            speech_line(to, s->models == 1 ? WORD_CMD_STRATUM_MODEL : WORD_CMD_STRATUM_MODELS,
                        name_stratum(s, to->language).text, SPEECH_NUMBER(s->models), NULL);
    }
}

/* Ids are of letters, digits and dashes: plain in YAML. Strata go into comments, made safe. */
static void show_snippet(const struct asked *x, const struct speech *to)
{
    speech_line(to, WORD_CMD_SNIPPET, NULL);
    for (size_t i = 0; i < x->made.choice_count; i++) {
        const struct suggest_choice *c = &x->made.choices[i];
        const struct model *m = &x->models->items[c->model];
        fprintf(to->to, "  - {unit: HS-%03zu, handset: %s} # ", i + 1, m->id);
        text_put_safe(to->to, name_stratum(&x->made.strata[c->stratum], to->language).text);
        speech_line(to, m->profiled ? WORD_NONE : WORD_CMD_SNIPPET_NO_PROFILE, NULL);
    }
}

static void show(const struct asked *x, const struct speech *to)
{
    const struct suggested table = { x->models, x->made };
    const char *from = x->from != WORD_NONE ? word_text(x->from, to->language) : x->models->path;
    speech_line(to, WORD_CMD_SUGGESTED, SPEECH_NUMBER(x->made.choice_count), SPEECH_NUMBER(x->models->count),
                from, NULL);
    speech_table(to, NULL, &table_suggested, &TABLE_ABOUT(&table));
    show_lost(x, to);
    show_coverage(x, to);
    show_missing(x, to);
    speech_line(to, WORD_CMD_UNTESTED, NULL);
    show_snippet(x, to);
}

int suggest_models(const struct options *o, uint64_t seed, const struct speech *to)
{
    struct asked x = { 0 };
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    const char *format = options_text(o, "format");
    uint64_t n = 0;
    if (!options_number(o, "suggest", 1, MODELS_MAX, &n))
        return EXIT_STATUS_USAGE;
    bool yaml = strcmp(format, "yaml") == 0;
    if (!yaml && strcmp(format, "text") != 0)
        return options_usage(o, "--format is text or yaml, not `%s`", format);
    int status = load(o, &x, &problems, &e);
    if (status == 0)
        status = suggest(x.models, (size_t)n, seed, &x.made, &e);
    if (status == 0 && yaml) /* for a survey: in no language but the files' own */
        show_snippet(&x, &(const struct speech) { stdout, LANGUAGE_ENGLISH });
    else if (status == 0)
        show(&x, to);
    message_problems(&problems);
    if (status != 0 && problems.count == 0)
        message_error(&e);
    survey_problems_free(&problems);
    suggest_free(&x.made);
    models_free(&x.models);
    return err_exit_status(status);
}
