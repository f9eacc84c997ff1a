#include "harness/commands/suggest.h"

#include "harness/base/decimal.h"
#include "harness/base/text.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "harness/plan/suggest.h"
#include "harness/survey/models.h"
#include "reports/tables/commands.h"

#include <string.h>

struct asked {
    struct models *models;
    struct suggestion made;
    const char *shares_path; /* NULL: those of the list */
    size_t strangers;        /* rows of it that name no model of the list */
    double strangers_share;
};

static int take_shares(struct asked *x, const char *path, struct survey_problems *problems, struct err *e)
{
    struct shares *shares = NULL;
    x->shares_path = path;
    if (!path)
        return 0;
    int status = shares_load(path, &shares, problems, e);
    if (status == 0)
        status = models_take_shares(x->models, shares, &x->strangers, &x->strangers_share, problems, e);
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
        status = profiles_load(data, &profiles, problems, e);
    if (status == 0 && (strcmp(from, "all") == 0 || strcmp(from, "simulated") == 0))
        status = models_of_profiles(profiles, from[0] == 's', &x->models, e);
    else if (status == 0)
        status = models_load(from, profiles, &x->models, problems, e);
    if (status == 0)
        status = take_shares(x, options_text(o, "shares"), problems, e);
    profiles_free(&profiles);
    return status;
}

static void show_coverage(const struct asked *x)
{
    const struct suggestion *s = &x->made;
    if (s->shares_known == 0)
        printf("\nNo share of the market is known for any model of the list: how much of it these models "
               "cover is "
               "unknown.\n");
    else
        printf("\nShares are known for %zu of %zu models, %.1f %% of the market together; the chosen ones "
               "are %.1f %% "
               "of it.\nWhat share the other %.1f %% have on which models is unknown.\n",
               s->shares_known, x->models->count, 100 * s->share_known, 100 * s->share_chosen,
               100 * (1 - s->share_known));
    if (x->strangers > 0)
        printf("%zu rows of %s (%.1f %% of the market) name no model of the list.\n", x->strangers,
               x->shares_path, 100 * x->strangers_share);
    printf("The list does not give the carrier of %zu models, the year of %zu, the technologies of %zu: each "
           "counts as "
           "a stratum \"unknown\".\n",
           s->no_carrier, s->no_year, s->no_technologies);
}

static void show_missing(const struct asked *x)
{
    size_t missing = 0, models = 0;
    for (size_t i = 0; i < x->made.stratum_count; i++) {
        const struct suggest_stratum *s = &x->made.strata[i];
        missing += s->chosen == 0 ? 1 : 0;
        models += s->chosen == 0 ? s->models : 0;
    }
    if (missing == 0) {
        printf("Each of the %zu strata has a model.\n", x->made.stratum_count);
        return;
    }
    printf("%zu of %zu strata (%zu models) have none:\n", missing, x->made.stratum_count, models);
    for (size_t i = 0; i < x->made.stratum_count; i++) {
        if (x->made.strata[i].chosen > 0)
            continue;
        fputs("  ", stdout);
        text_put_safe(stdout, x->made.strata[i].label);
        printf(": %u model%s\n", x->made.strata[i].models, x->made.strata[i].models == 1 ? "" : "s");
    }
}

/* Ids are of letters, digits and dashes: plain in YAML. Labels go into comments, made safe. */
static void show_snippet(const struct asked *x)
{
    puts("handsets: # put each unit's asset tag in the place of HS-...");
    for (size_t i = 0; i < x->made.choice_count; i++) {
        const struct suggest_choice *c = &x->made.choices[i];
        const struct model *m = &x->models->items[c->model];
        printf("  - {unit: HS-%03zu, handset: %s} # ", i + 1, m->id);
        text_put_safe(stdout, x->made.strata[c->stratum].label);
        puts(m->profiled ? "" : "; no profile of this id yet");
    }
}

static void show(const struct asked *x)
{
    const struct speech speech = speech_english();
    const struct suggested table = { x->models, x->made };
    printf("%zu of the %zu models of ", x->made.choice_count, x->models->count);
    text_put_safe(stdout, x->models->path);
    printf(": the largest known shares first, up to half of them; then one for each stratum\n"
           "(carrier x two years x NFC technologies) without a model, where there are places for all; then "
           "the strata "
           "in proportion.\n\n");
    speech_table(&speech, NULL, &table_suggested, &TABLE_ABOUT(&table));
    show_coverage(x);
    show_missing(x);
    puts("Models that are not tested, and other units of those that are, stay unknown whatever the survey "
         "finds.\n");
    show_snippet(x);
}

int suggest_models(const struct options *o, uint64_t seed)
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
    if (status == 0)
        (yaml ? show_snippet : show)(&x);
    message_problems(&problems);
    if (status != 0 && problems.count == 0)
        message_error(&e);
    survey_problems_free(&problems);
    suggest_free(&x.made);
    models_free(&x.models);
    return err_exit_status(status);
}
