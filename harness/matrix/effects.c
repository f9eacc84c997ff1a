/*
 * Effects by permutation: of readers, handsets, conditions, and of attributes that whole units carry. All
 * p-values of the run are adjusted together by Holm, since they are few. Units are taken in the order of
 * their names, so that another order in the survey changes no draw.
 */
#include "harness/matrix/parts.h"

#include "harness/stats/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Per group: reader, handset, two attributes of handsets, four of readers. */
#define EFFECTS_OF_GROUP 8

struct table {
    double *rates; /* pair * readers + reader, both in the order of names; NaN without a placement */
    size_t *pairs;
    size_t readers[SURVEY_READERS_MAX];
};

/* The mean rate of dirty placements over the cells of a reader, a pair and these conditions and scripts. */
static double mean_rate(const struct findings *f, uint64_t conditions, uint32_t scripts, size_t pair,
                        size_t reader)
{
    const struct survey *s = f->survey;
    double sum = 0.0;
    unsigned count = 0;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            const struct findings_cell *c = &f->cells[survey_cell(s, pair, condition, reader, script)];
            if (!(conditions >> condition & 1) || !(scripts >> script & 1) || c->n == 0)
                continue;
            sum += (double)c->d / c->n;
            count++;
        }
    return count ? sum / count : NAN;
}

static int make_table(const struct findings *f, struct table *t, struct err *e)
{
    const struct survey *s = f->survey;
    int status = matrix_order(f, &t->pairs, t->readers, e);
    t->rates = matrix_room(s->pair_count * s->reader_count, sizeof *t->rates);
    if (status == 0 && !t->rates)
        status = err_set(e, ERR_MEMORY, "matrix", "out of memory");
    return status;
}

static void fill_table(const struct findings *f, const struct matrix_group *g, struct table *t)
{
    const struct survey *s = f->survey;
    for (size_t i = 0; i < s->pair_count; i++)
        for (size_t j = 0; j < s->reader_count; j++)
            t->rates[i * s->reader_count + j] =
                mean_rate(f, g->conditions, g->scripts, t->pairs[i], t->readers[j]);
}

static void add_effect(struct matrix *m, enum matrix_what what, size_t group, const char *attribute,
                       struct permute_result result, double least)
{
    if (result.possible)
        m->effects[m->effect_count++] = (struct matrix_effect) {
            .what = what, .group = group, .attribute = attribute, .result = result, .floor = least
        };
}

/* Values to consecutive labels by rising value; those without a value or a rate are left out. */
static size_t label(const double *values, const double *rates, size_t count, unsigned *labels, double *kept)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]) || isnan(rates[i]))
            continue;
        unsigned below = 0;
        for (size_t j = 0; j < count; j++) {
            bool first = !isnan(values[j]) && !isnan(rates[j]) && values[j] < values[i];
            for (size_t k = 0; first && k < j; k++)
                first = !(values[k] == values[j] && !isnan(rates[k]));
            below += first;
        }
        labels[n] = below;
        kept[n++] = rates[i];
    }
    return n;
}

static int try_labels(const struct findings *f, struct matrix *m, enum matrix_what what, size_t group,
                      const char *attribute, const double *values, const double *rates, size_t count,
                      struct err *e)
{
    unsigned *labels = matrix_room(count, sizeof *labels);
    double *kept = matrix_room(count, sizeof *kept);
    int status = labels && kept ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    if (status == 0) {
        size_t n = label(values, rates, count, labels, kept);
        uint64_t key = matrix_key(f, attribute, m->groups[group].name);
        add_effect(m, what, group, attribute, permute_labels(kept, labels, n, m->permutations, key),
                   permute_labels_floor(labels, n));
    }
    free(labels);
    free(kept);
    return status;
}

/* The mean of a row or column of the table without its missing cells. */
static double mean_of(const double *rates, size_t count, size_t stride)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(rates[i * stride])) {
            sum += rates[i * stride];
            n++;
        }
    return n ? sum / (double)n : NAN;
}

static double reader_value(const struct findings *f, const char *attribute, size_t reader)
{
    const struct survey *s = f->survey;
    const struct reader_profile *p = &s->reader_profiles[s->readers[reader].profile];
    if (strcmp(attribute, "level") == 0)
        return p->level;
    if (strcmp(attribute, "max_message") == 0)
        return p->max_message ? (double)p->max_message : (double)NAN;
    if (strcmp(attribute, "endpoints") == 0)
        return p->endpoints ? (double)p->endpoints : (double)NAN;
    double number = 0.0; /* polling: its letters as a number; known of simulated readers only */
    for (const char *c = p->simulation.polling; *c; c++)
        number = number * 256.0 + (unsigned char)*c;
    return p->simulated ? number : NAN;
}

static int try_readers(const struct findings *f, struct matrix *m, size_t group, const struct table *t,
                       struct err *e)
{
    static const char *const attributes[] = { "level", "max_message", "endpoints", "polling" };
    size_t readers = f->survey->reader_count;
    double rates[SURVEY_READERS_MAX], values[SURVEY_READERS_MAX];
    int status = 0;
    for (size_t j = 0; j < readers; j++)
        rates[j] = mean_of(t->rates + j, f->survey->pair_count, readers);
    for (size_t i = 0; status == 0 && i < sizeof attributes / sizeof *attributes; i++) {
        for (size_t j = 0; j < readers; j++)
            values[j] = reader_value(f, attributes[i], t->readers[j]);
        status =
            try_labels(f, m, MATRIX_EFFECT_READER_ATTRIBUTE, group, attributes[i], values, rates, readers, e);
    }
    return status;
}

/* A model's rate is the mean over its pairs. */
static int try_handsets(const struct findings *f, struct matrix *m, size_t group, const struct table *t,
                        struct err *e)
{
    const struct survey *s = f->survey;
    double *rates = matrix_room(m->model_count, sizeof *rates);
    int status = rates ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; status == 0 && i < m->model_count; i++) {
        double sum = 0.0;
        unsigned count = 0;
        for (size_t j = 0; j < s->pair_count; j++) {
            double mean = mean_of(t->rates + j * s->reader_count, s->reader_count, 1);
            if (s->pairs[t->pairs[j]].handset != m->models[i] || isnan(mean))
                continue;
            sum += mean;
            count++;
        }
        rates[i] = count ? sum / count : NAN;
    }
    for (size_t i = 0; status == 0 && i < m->attribute_count; i++) {
        const struct matrix_attribute *a = &m->attributes[i];
        if (strcmp(a->name, "technologies") == 0 || strcmp(a->name, "max_kbit_s") == 0)
            status = try_labels(f, m, MATRIX_EFFECT_HANDSET_ATTRIBUTE, group, a->name, a->values, rates,
                                m->model_count, e);
    }
    free(rates);
    return status;
}

static int try_group(const struct findings *f, struct matrix *m, size_t group, struct table *t, struct err *e)
{
    const struct survey *s = f->survey;
    const struct matrix_group *g = &m->groups[group];
    fill_table(f, g, t);
    struct permute_table inside = { t->rates, s->pair_count, s->reader_count, s->reader_count, 1 };
    add_effect(m, MATRIX_EFFECT_READER, group, NULL,
               permute_columns(&inside, m->permutations, matrix_key(f, "reader", g->name)), 0.0);
    struct permute_table across = { t->rates, s->reader_count, s->pair_count, 1, s->reader_count };
    add_effect(m, MATRIX_EFFECT_HANDSET, group, NULL,
               permute_columns(&across, m->permutations, matrix_key(f, "handset", g->name)), 0.0);
    int status = try_handsets(f, m, group, t, e);
    return status ? status : try_readers(f, m, group, t, e);
}

static int try_conditions(const struct findings *f, struct matrix *m, const struct table *t, struct err *e)
{
    const struct survey *s = f->survey;
    size_t rows = s->pair_count * s->reader_count, columns = s->condition_count;
    double *rates = matrix_room(rows * columns, sizeof *rates);
    if (!rates)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            rates[row * columns + i] =
                mean_rate(f, (uint64_t)1 << i, UINT32_MAX, t->pairs[row / s->reader_count],
                          t->readers[row % s->reader_count]);
    struct permute_table inside = { rates, rows, columns, columns, 1 };
    add_effect(m, MATRIX_EFFECT_CONDITION, SIZE_MAX, NULL,
               permute_columns(&inside, m->permutations, matrix_key(f, "condition", "")), 0.0);
    free(rates);
    return 0;
}

static int adjust(struct matrix *m, struct err *e)
{
    double *p = matrix_room(2 * m->effect_count, sizeof *p), *adjusted = p ? p + m->effect_count : NULL;
    size_t *order = matrix_room(m->effect_count, sizeof *order);
    int status = p && order ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; status == 0 && i < m->effect_count; i++)
        p[i] = m->effects[i].result.p;
    if (status == 0)
        multiple_holm(p, adjusted, order, m->effect_count);
    for (size_t i = 0; status == 0 && i < m->effect_count; i++)
        m->effects[i].holm = adjusted[i];
    free(p);
    free(order);
    return status;
}

int matrix_effects(const struct findings *f, struct matrix *m, struct err *e)
{
    struct table t = { 0 };
    m->effects = matrix_room(m->group_count * EFFECTS_OF_GROUP + 1, sizeof *m->effects);
    int status = m->effects ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    if (status == 0)
        status = make_table(f, &t, e);
    for (size_t i = 0; status == 0 && i < m->group_count; i++)
        status = try_group(f, m, i, &t, e);
    if (status == 0)
        status = try_conditions(f, m, &t, e);
    if (status == 0)
        status = adjust(m, e);
    free(t.rates);
    free(t.pairs);
    return status;
}

const char *matrix_effect_name(enum matrix_what what)
{
    static const char *const names[] = {
        "", "reader", "handset", "condition", "handset attribute", "reader attribute"
    };
    return (unsigned)what < sizeof names / sizeof *names ? names[what] : "";
}

bool matrix_says_effect(const struct matrix_effect *effect)
{
    return effect->holm <= MATRIX_LEVEL;
}

bool matrix_has_too_few(const struct matrix *m, const struct matrix_effect *effect)
{
    return effect->floor > MATRIX_LEVEL / (double)m->effect_count;
}
