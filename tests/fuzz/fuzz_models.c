/* Hostile bytes as a list of handset models (`plan --suggest --from`): what is accepted keeps its
 * promises. */
#include "harness/base/text.h"
#include "harness/survey/models.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An id goes into a survey as it is, so it is made of letters, digits and dashes. */
static void check_id(const char *id)
{
    if (!id[0] || id[0] == '-')
        abort();
    for (const char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            abort();
}

static void check(const struct models *m)
{
    double sum = 0.0;
    if (m->count == 0 || m->count > MODELS_MAX)
        abort();
    for (size_t i = 0; i < m->count; i++) {
        const struct model *x = &m->items[i];
        const char *texts[] = { x->name, x->model_code, x->carrier, x->released, x->technologies };
        check_id(x->id);
        for (size_t k = 0; k < i; k++)
            if (strcmp(x->id, m->items[k].id) == 0)
                abort();
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            if (texts[k] && !text_is_utf8(texts[k], strlen(texts[k])))
                abort();
        if (!isnan(x->share) && !(x->share >= 0.0 && x->share <= 1.0))
            abort();
        sum += isnan(x->share) ? 0.0 : x->share;
    }
    if (sum > 1.0 + 1e-6)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct survey_problems problems = { 0 };
    struct models *models = NULL;
    struct err e;
    if (models_load_text("fuzz.csv", (const char *)data, size, NULL, &models, &problems, &e) == 0)
        check(models);
    else if (problems.count == 0)
        abort();
    models_free(&models);
    survey_problems_free(&problems);
    return 0;
}
