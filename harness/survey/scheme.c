/* The scheme of a survey: a preset, a preset with changes, or values of its own; of one tier or of two. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

/* In the order of SCHEME_PRESETS. verdict/ has the same presets for its own callers, but may not be used here: a test holds them together.
 * A name keeps its values for good: start records of all versions are held against them. */
static const struct {
    double q0, q1, mean;
    unsigned n_max;
} presets[] = {
    { 0.02, 0.20, 0.0, 45 },
    { 0.02, 0.10, 0.0, 90 },
    { 0.01, 0.05, 0.0, 180 },
    { 0.02, 0.30, 0.10, 90 },
};

#define NAME_OF(index, name) [index] = (name),
static const char *const preset_names[] = { SCHEME_PRESETS(NAME_OF) };

#define PRESETS      (sizeof presets / sizeof *presets)
#define PRESET_ALPHA 0.005
#define PRESET_BETA  0.05
#define TOURS_MOST   300 /* of a scheme of two tiers */
#define MARKS_MOST   512 /* placements of a cell that a row keeps apart, with those that suspect ones add */

static bool take_preset(struct survey_reading *r, struct fields *f, const char *key)
{
    struct survey_scheme *scheme = &r->survey->scheme;
    unsigned chosen;
    if (!fields_choice(f, key, &chosen))
        return false;
    *scheme = (struct survey_scheme) { .name = text_copy(preset_names[chosen]),
                                       .q0 = presets[chosen].q0,
                                       .q1 = presets[chosen].q1,
                                       .mean = presets[chosen].mean,
                                       .alpha = PRESET_ALPHA,
                                       .beta = PRESET_BETA,
                                       .n_max = presets[chosen].n_max };
    if (!scheme->name)
        f->problems->memory = true;
    return true;
}

/* ---- two tiers ---- */

static void read_weight(struct survey_reading *r, struct fields *f, const struct tree_node *n)
{
    struct survey *s = r->survey;
    size_t i = 0;
    while (i < s->reader_count && strcmp(s->readers[i].unit, n->key) != 0)
        i++;
    if (i == s->reader_count)
        node_problem(f, n, "weights: the survey has no reader %s", n->key);
    else if (node_unsigned(f, n, 1, SCHEME_WEIGHT_MAX, &s->readers[i].weight) &&
             (s->scheme.n_max + s->scheme.n_max * 2 / 3) * s->readers[i].weight > MARKS_MOST)
        node_problem(
            f, n,
            "weights: n_max is %u tours, so %s would get up to %u placements in a cell: expected a smaller "
            "n_max or weight (at most %d)",
            s->scheme.n_max, n->key, (s->scheme.n_max + s->scheme.n_max * 2 / 3) * s->readers[i].weight,
            MARKS_MOST);
}

/* Placements of each reader a tour, as market shares in whole numbers; those that aren't named have 1. */
static void read_weights(struct survey_reading *r, struct fields *f)
{
    const struct tree_node *weights = fields_named(f, "weights");
    for (const struct tree_node *n = weights ? weights->first : NULL; n; n = n->next)
        read_weight(r, f, n);
}

static void check_two_tiers(struct fields *f, const struct survey_scheme *s)
{
    if (s->mean <= s->q0)
        node_problem(f, f->map, "scheme: mean is %g: expected more than q0 (clean enough), %g", s->mean,
                     s->q0);
    else if (s->q1 < s->mean)
        node_problem(f, f->map, "scheme: each is %g: expected at least the mean, %g", s->q1, s->mean);
    if (s->n_max > TOURS_MOST)
        node_problem(f, f->map, "scheme: n_max is %u tours: expected at most %d", s->n_max, TOURS_MOST);
}

static void check_scheme(struct fields *f, const struct survey_scheme *s)
{
    if (s->q0 > 0 && s->q1 > 0 && s->q0 >= s->q1)
        node_problem(f, f->map, "scheme: q0 (clean enough) is %g: expected less than %s, %g", s->q0,
                     s->mean > 0 ? "each" : "q1 (too dirty)", s->q1);
    else if (s->mean > 0 && s->q0 > 0 && s->q1 > 0)
        check_two_tiers(f, s);
}

/* The bounds by which a cell, or the readers on average and each of them, are too dirty. True when one was given. */
static bool read_bounds(struct fields *f, bool two_tiers, struct survey_scheme *s)
{
    if (!two_tiers)
        return fields_real(f, "q1", &s->q1);
    bool given = fields_real(f, "mean", &s->mean);
    return fields_real(f, "each", &s->q1) || given;
}

/* Whether it is of two tiers, before it is read: by its own bounds, or as its preset is. */
static bool is_two_tier(const struct tree_node *n)
{
    const struct tree_node *preset = tree_child(n, "preset");
    for (size_t i = 0; preset && preset->kind == TREE_SCALAR && i < PRESETS; i++)
        if (strcmp(preset->text, preset_names[i]) == 0)
            return presets[i].mean > 0;
    return tree_child(n, "mean") || tree_child(n, "each");
}

/* Without a preset all of it is asked for. */
static void ask_for_all(struct fields *f, bool two_tiers)
{
    static const char *const one[] = { "q0", "q1", "alpha", "beta", "n_max" };
    static const char *const two[] = { "q0", "mean", "each", "alpha", "beta", "n_max" };
    for (size_t i = 0; i < (two_tiers ? sizeof two / sizeof *two : sizeof one / sizeof *one); i++)
        fields_ask_for(f, (two_tiers ? two : one)[i]);
}

/* A mapping: a preset with changes, or all of it. Changed in more than k, a preset's name would mislead. */
static void read_own_scheme(struct survey_reading *r, const struct tree_node *n)
{
    struct survey_scheme *s = &r->survey->scheme;
    struct fields f;
    bool two_tiers = is_two_tier(n);
    if (!fields_open(&f, r->f->problems, r->f->path, n, two_tiers ? &scheme_two_tier_map : &scheme_map))
        return;
    bool own = !take_preset(r, &f, "preset");
    if (!tree_child(n, "preset"))
        ask_for_all(&f, two_tiers);
    own |= fields_real(&f, "q0", &s->q0);
    own |= read_bounds(&f, two_tiers, s);
    own |= fields_real(&f, "alpha", &s->alpha);
    own |= fields_real(&f, "beta", &s->beta);
    own |= fields_unsigned(&f, "n_max", &s->n_max);
    fields_unsigned(&f, "k", &s->k);
    if (two_tiers)
        read_weights(r, &f);
    const struct tree_node *name = tree_child(n, "name");
    if (own || name) {
        free(s->name);
        if (!(s->name = text_copy("own")))
            f.problems->memory = true;
    }
    if (name)
        fields_text(&f, "name", &s->name);
    check_scheme(&f, s);
    fields_close(&f);
}

void survey_read_scheme(struct survey_reading *r)
{
    const struct tree_node *n = fields_find(r->f, "scheme");
    for (size_t i = 0; i < r->survey->reader_count; i++)
        r->survey->readers[i].weight = 1;
    if (n && n->kind == TREE_MAP)
        read_own_scheme(r, n);
    else if (n)
        take_preset(r, r->f, "scheme");
}
