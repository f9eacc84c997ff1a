/*
 * Attributes of the handset models, from the facts of their profiles, and whether one tells models that fail
 * from models that work: each by Fisher's test, all of them by the best stump. Units of one model share its
 * attributes, so a model counts once. A fact that a profile does not give stays absent.
 */
#include "harness/matrix/parts.h"

#include "harness/base/text.h"
#include "harness/stats/multiple.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MIN 2 /* models with and without a value for it to be tested at all, whatever their outcome */

struct known {
    const char *name;
    bool ordered;
};

static const struct known known[MATRIX_ATTRIBUTES_MAX] = {
    { "released", true }, { "android", true },       { "max_kbit_s", true }, { "maker", false },
    { "carrier", false }, { "technologies", false }, { "felica", false },    { "target", false },
};

/* The value of a fact; NULL: absent. What a real model is has no place beside a simulated result. */
static const char *fact(const struct findings *f, size_t model, const char *name)
{
    const struct handset_profile *h = &f->survey->handset_profiles[model];
    if (f->simulated && !h->simulated)
        return NULL;
    for (size_t i = 0; i < h->fact_count; i++)
        if (h->facts[i].name && strcmp(h->facts[i].name, name) == 0)
            return h->facts[i].value;
    return NULL;
}

/* "2014-10" -> 2014; "4.4.4" -> 4004, so that 4.10 comes after 4.9; "424" -> 424. NaN when it is no
 * number. */
static double number_of(const char *name, const char *text)
{
    size_t major = strspn(text, "0123456789");
    uint64_t first = 0, second = 0;
    if (major > 6 || !text_to_u64(text, major, &first))
        return NAN;
    if (strcmp(name, "android") != 0)
        return (double)first;
    size_t minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    if (minor > 0 && minor < 4)
        (void)text_to_u64(text + major + 1, minor, &second);
    return (double)(first * 1000 + second);
}

void matrix_attribute_text(const struct matrix_attribute *a, double value, char *out, size_t capacity)
{
    if (!a->ordered)
        snprintf(out, capacity, "%s", (size_t)value < a->category_count ? a->categories[(size_t)value] : "");
    else if (strcmp(a->name, "android") == 0)
        snprintf(out, capacity, "%.0f.%.0f", floor(value / 1000.0), fmod(value, 1000.0));
    else
        snprintf(out, capacity, "%.0f", value);
}

void matrix_rule_text(const struct matrix *m, const struct decision_stump_rule *rule, char *out,
                      size_t capacity)
{
    const struct matrix_attribute *a = &m->attributes[rule->attribute];
    char value[256];
    matrix_attribute_text(a, rule->cut, value, sizeof value);
    if (a->ordered)
        snprintf(out, capacity, "%s %s %s", a->name, rule->above ? ">" : "<=", value);
    else
        snprintf(out, capacity, "%s %s %s", a->name, rule->above ? "is not" : "is", value);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void number_categories(const struct findings *f, const struct matrix *m, struct matrix_attribute *a)
{
    size_t count = 0;
    for (size_t i = 0; i < m->model_count; i++) {
        const char *text = fact(f, m->models[i], a->name);
        if (text)
            a->categories[count++] = text;
    }
    qsort(a->categories, count, sizeof *a->categories, compare_texts);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(a->categories[i], a->categories[a->category_count - 1]) != 0)
            a->categories[a->category_count++] = a->categories[i];
    for (size_t i = 0; i < m->model_count; i++) {
        const char *text = fact(f, m->models[i], a->name);
        for (size_t j = 0; text && j < a->category_count; j++)
            if (strcmp(a->categories[j], text) == 0)
                a->values[i] = (double)j;
    }
}

/* False when all models that have it have the same value: it can't tell them apart. */
static bool varies(const struct matrix *m, const struct matrix_attribute *a)
{
    double first = NAN;
    for (size_t i = 0; i < m->model_count; i++) {
        if (isnan(first))
            first = a->values[i];
        else if (!isnan(a->values[i]) && a->values[i] != first)
            return true;
    }
    return false;
}

static int read_attribute(const struct findings *f, struct matrix *m, const struct known *from, struct err *e)
{
    struct matrix_attribute *a = &m->attributes[m->attribute_count++];
    *a = (struct matrix_attribute) { .name = from->name, .ordered = from->ordered };
    a->values = matrix_room(m->model_count, sizeof *a->values);
    a->categories = matrix_room(m->model_count, sizeof *a->categories);
    if (!a->values || !a->categories)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; i < m->model_count; i++) {
        const char *text = a->ordered ? fact(f, m->models[i], a->name) : NULL;
        a->values[i] = text ? number_of(a->name, text) : NAN;
    }
    if (!a->ordered)
        number_categories(f, m, a);
    if (!varies(m, a)) {
        free(a->values);
        free(a->categories);
        m->attribute_count--;
    }
    return 0;
}

static int compare_models(const void *left, const void *right, void *context)
{
    const struct survey *s = context;
    return strcmp(s->handset_profiles[*(const size_t *)left].id,
                  s->handset_profiles[*(const size_t *)right].id);
}

int matrix_attributes(const struct findings *f, struct matrix *m, struct err *e)
{
    const struct survey *s = f->survey;
    int status = 0;
    m->models = matrix_room(s->handset_profile_count, sizeof *m->models);
    if (!m->models)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t model = 0; model < s->handset_profile_count; model++) {
        bool used = false;
        for (size_t pair = 0; pair < s->pair_count && !used; pair++)
            used = s->pairs[pair].handset == model;
        if (used)
            m->models[m->model_count++] = model;
    }
    qsort_r(m->models, m->model_count, sizeof *m->models, compare_models, f->survey);
    for (size_t i = 0; i < MATRIX_ATTRIBUTES_MAX && status == 0; i++)
        status = read_attribute(f, m, &known[i], e);
    return status;
}

enum matrix_state matrix_model_state(const struct findings *f, const struct matrix_group *g, size_t model,
                                     size_t reader)
{
    const struct survey *s = f->survey;
    enum matrix_state worst = MATRIX_WORKS;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        for (size_t r = 0; s->pairs[pair].handset == model && r < s->reader_count; r++) {
            enum matrix_state state = matrix_state_of(f, g, pair, r);
            if (reader != SIZE_MAX && reader != r)
                continue;
            if (state == MATRIX_FAILS)
                return MATRIX_FAILS;
            if (state == MATRIX_OPEN)
                worst = MATRIX_OPEN;
        }
    }
    return worst;
}

static int find_stump(const struct findings *f, const struct matrix *m, struct matrix_group *g, struct err *e)
{
    struct decision_stump_attribute attributes[MATRIX_ATTRIBUTES_MAX];
    uint8_t *bad = matrix_room(m->model_count, sizeof *bad);
    double *values = matrix_room(m->attribute_count * m->model_count, sizeof *values);
    unsigned *order = matrix_room(m->attribute_count * m->model_count, sizeof *order);
    size_t rows = 0;
    if (!bad || !values || !order) {
        free(bad);
        free(values);
        free(order);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    }
    for (size_t i = 0; i < m->model_count; i++) {
        enum matrix_state state = matrix_model_state(f, g, m->models[i], SIZE_MAX);
        g->models_fail += state == MATRIX_FAILS;
        g->models_work += state == MATRIX_WORKS;
        g->models_open += state == MATRIX_OPEN;
        if (state == MATRIX_OPEN)
            continue;
        for (size_t j = 0; j < m->attribute_count; j++)
            values[j * m->model_count + rows] = m->attributes[j].values[i];
        bad[rows++] = state == MATRIX_FAILS;
    }
    for (size_t j = 0; j < m->attribute_count; j++)
        attributes[j] =
            (struct decision_stump_attribute) { m->attributes[j].ordered, values + j * m->model_count };
    struct decision_stump_data data = { attributes, m->attribute_count, rows, bad, order };
    decision_stump_find(&data, m->permutations, matrix_key(f, "stump", g->name), &g->stump);
    free(bad);
    free(values);
    free(order);
    return 0;
}

static double median_of(const struct matrix *m, const struct matrix_attribute *a)
{
    /* the value with as many models at or below it as above, as nearly as may be; the lowest such one */
    double best = NAN, nearest = INFINITY;
    for (size_t i = 0; i < m->model_count; i++) {
        double below = 0.0, all = 0.0;
        for (size_t j = 0; j < m->model_count; j++) {
            all += !isnan(a->values[j]);
            below += a->values[j] <= a->values[i];
        }
        double away = fabs(2.0 * below - all);
        if (isnan(a->values[i]) || below == all || away > nearest ||
            (away == nearest && !(a->values[i] < best)))
            continue;
        nearest = away;
        best = a->values[i];
    }
    return best;
}

/* Counts the four fields; false when a side has too few models to tell anything. */
static bool count_table(const struct matrix *m, const uint8_t *states, struct matrix_association *t)
{
    const struct matrix_attribute *a = &m->attributes[t->attribute];
    unsigned with = 0, without = 0;
    for (size_t i = 0; i < m->model_count; i++) {
        if (isnan(a->values[i]) || states[i] == MATRIX_OPEN)
            continue;
        bool has = a->ordered ? a->values[i] <= t->value : a->values[i] == t->value;
        bool fails = states[i] == MATRIX_FAILS;
        with += has;
        without += !has;
        t->with_fails += has && fails;
        t->with_works += has && !fails;
        t->without_fails += !has && fails;
        t->without_works += !has && !fails;
    }
    return with >= SIDE_MIN && without >= SIDE_MIN && t->with_fails + t->without_fails > 0 &&
           t->with_works + t->without_works > 0;
}

static void test_reader(const struct findings *f, const struct matrix *m, struct matrix_group *g,
                        size_t reader, uint8_t *states)
{
    for (size_t i = 0; i < m->model_count; i++)
        states[i] = (uint8_t)matrix_model_state(f, g, m->models[i], reader);
    for (size_t j = 0; j < m->attribute_count; j++) {
        const struct matrix_attribute *a = &m->attributes[j];
        /* of two categories one says all; an ordered attribute is split at its median, not where it fits
         * best */
        size_t count = a->ordered ? 1 : a->category_count == 2 ? 1 : a->category_count;
        for (size_t k = 0; k < count; k++) {
            struct matrix_association t = { .attribute = j, .reader = reader };
            t.value = a->ordered ? median_of(m, a) : (double)k;
            if (isnan(t.value) || !count_table(m, states, &t))
                continue;
            t.p = multiple_fisher(t.with_fails, t.with_works, t.without_fails, t.without_works);
            g->associations[g->association_count++] = t;
        }
    }
}

static int adjust(struct matrix_group *g, struct err *e)
{
    double *p = matrix_room(2 * g->association_count, sizeof *p),
           *adjusted = p ? p + g->association_count : NULL;
    size_t *order = matrix_room(g->association_count, sizeof *order);
    int status = p && order ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; status == 0 && i < g->association_count; i++)
        p[i] = g->associations[i].p;
    if (status == 0)
        multiple_bh(p, adjusted, order, g->association_count);
    for (size_t i = 0; status == 0 && i < g->association_count; i++)
        g->associations[i].adjusted = adjusted[i];
    free(p);
    free(order);
    return status;
}

int matrix_associate(const struct findings *f, struct matrix *m, struct matrix_group *g, struct err *e)
{
    size_t tests = 0, readers = f->survey->reader_count;
    for (size_t j = 0; j < m->attribute_count; j++)
        tests += m->attributes[j].ordered ? 1 : m->attributes[j].category_count;
    uint8_t *states = matrix_room(m->model_count, sizeof *states);
    g->associations = matrix_room(tests * (readers + 1), sizeof *g->associations);
    if (!states || !g->associations) {
        free(states);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    }
    test_reader(f, m, g, SIZE_MAX, states);
    for (size_t reader = 0; reader < readers && readers > 1; reader++)
        test_reader(f, m, g, reader, states);
    free(states);
    int status = adjust(g, e);
    return status ? status : find_stump(f, m, g, e);
}

bool matrix_says_rule(const struct matrix *m, const struct matrix_group *g)
{
    /* one search a group: the level is shared out among them */
    return g->stump.rule.found && g->stump.p * (double)m->group_count <= MATRIX_LEVEL;
}

bool matrix_says_association(const struct matrix_association *a)
{
    return a->adjusted <= MATRIX_LEVEL;
}
