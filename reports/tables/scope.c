/*
 * The scope of a result: which models and units were tested, in how many sessions, and what that leaves
 * unsaid. Nothing statistical carries a verdict from one unit of a model to its others, or to a model that
 * was not tested.
 */
#include "harness/base/decimal.h"
#include "harness/base/yaml_lines.h"
#include "reports/tables/summary.h"

#include <inttypes.h>
#include <string.h>

/* A pair was tested when a placement of it counts. */
static bool is_tested(const struct findings *f, size_t pair)
{
    size_t cells = f->survey->pair_count ? f->cell_count / f->survey->pair_count : 0;
    for (size_t i = 0; i < cells; i++)
        if (f->cells[pair * cells + i].n > 0)
            return true;
    return false;
}

/* The first tested pair of the same unit: two SIMs in one phone are one unit. */
static bool is_first_of_unit(const struct findings *f, size_t pair)
{
    const struct survey_pair *pairs = f->survey->pairs;
    for (size_t i = 0; i < pair; i++)
        if (strcmp(pairs[i].unit, pairs[pair].unit) == 0 && is_tested(f, i))
            return false;
    return true;
}

static unsigned units_of_model(const struct findings *f, size_t model)
{
    unsigned units = 0;
    for (size_t i = 0; i < f->survey->pair_count; i++)
        units += f->survey->pairs[i].handset == model && is_tested(f, i) && is_first_of_unit(f, i);
    return units;
}

static unsigned units_of_reader_model(const struct survey *s, size_t model)
{
    unsigned units = 0;
    for (size_t i = 0; i < s->reader_count; i++)
        units += s->readers[i].profile == model;
    return units;
}

static unsigned sessions_run(const struct findings *f)
{
    unsigned seen = 0;
    for (size_t i = 0; i < f->cell_count; i++)
        seen |= f->cells[i].sessions_seen;
    return (unsigned)__builtin_popcount(seen);
}

static void put_id(struct buf *b, const char *lead, const char *id)
{
    buf_add_text(b, lead);
    lines_string(b, id ? id : "");
}

static void models(const struct findings *f, struct buf *b)
{
    const struct survey *s = f->survey;
    buf_add_text(b, "  models:\n");
    for (size_t i = 0; i < s->handset_profile_count; i++) {
        unsigned units = units_of_model(f, i);
        if (units == 0)
            continue;
        put_id(b, "    - {model: ", s->handset_profiles[i].id);
        buf_add_format(b, ", units: %u, ", units);
        if (s->handset_profiles[i].share > 0.0)
            buf_add_format(b, "share: %s, ", decimal_plain(s->handset_profiles[i].share).text);
        else
            buf_add_text(b, "share: null, ");
        buf_add_format(b, "holds_for: \"%s\"}\n", units == 1 ? "this unit" : "these units");
    }
}

/* An emulated reader is never shown by the model whose descriptor it wears: its unit stands for it. */
static void readers(const struct findings *f, struct buf *b)
{
    const struct survey *s = f->survey;
    buf_add_text(b, "  readers:\n");
    for (size_t i = 0; i < s->reader_count; i++) {
        char label[256];
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && s->readers[k].profile != s->readers[i].profile;
        if (!first)
            continue;
        survey_reader_label(s, i, label, sizeof label);
        put_id(b, "    - {model: ", label);
        buf_add_format(b, ", units: %u}\n", units_of_reader_model(s, s->readers[i].profile));
    }
}

void summary_scope(const struct findings *f, struct buf *b)
{
    const struct survey *s = f->survey;
    unsigned tested_models = 0, tested_units = 0, shared = 0;
    double share = 0.0;
    char untested[DECIMAL_SIZE];
    for (size_t i = 0; i < s->handset_profile_count; i++) {
        unsigned units = units_of_model(f, i);
        tested_models += units > 0;
        tested_units += units;
        shared += units > 0 && s->handset_profiles[i].share > 0.0;
        share += units > 0 ? s->handset_profiles[i].share : 0.0;
    }
    buf_add_format(
        b, "scope:\n  models_tested: %u\n  units_tested: %u\n  sessions_run: %u\n  sessions_planned: %u\n",
        tested_models, tested_units, sessions_run(f), f->sessions);
    if (shared > 0)
        buf_add_format(b, "  untested_share: %s  # of the market; known of %u of the models tested\n",
                       decimal_places(untested, share < 1.0 ? 1.0 - share : 0.0, 6), shared);
    else
        buf_add_text(b, "  untested_share: null  # no share is known of any model tested\n");
    buf_add_text(b, tested_models ? "" : "  models: []\n");
    if (tested_models)
        models(f, b);
    readers(f, b);
    buf_add_text(
        b, "  says: \"how these units did on these readers, in the conditions and sessions that were run\"\n"
           "  does_not_say: \"how other units of the same models, models that were not tested, or other "
           "readers do\"\n");
}
