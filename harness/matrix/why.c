/*
 * Why a handset fails, as far as attributes of the models tell: the shown association that its model is on the
 * failing side of, and whose requirement would follow. Nothing is told that did not survive the search for it.
 */
#include "harness/matrix/parts.h"

#include <math.h>

bool matrix_fails_with(const struct matrix_association *a)
{
    double with = a->with_fails + a->with_works, without = a->without_fails + a->without_works;
    return a->with_fails * without > a->without_fails * with;
}

static bool is_on_failing_side(const struct matrix *m, const struct matrix_association *a, size_t model)
{
    const struct matrix_attribute *attribute = &m->attributes[a->attribute];
    double value = attribute->values[model];
    if (isnan(value))
        return false;
    bool has = attribute->ordered ? value <= a->value : value == a->value;
    return has == matrix_fails_with(a);
}

/* Place of a handset profile in m->models. */
static size_t model_of(const struct matrix *m, size_t profile)
{
    size_t i = 0;
    while (i < m->model_count && m->models[i] != profile)
        i++;
    return i;
}

/* One reader's says more than that of any reader; of the same kind the more certain one. */
static bool says_more(const struct matrix_association *a, const struct matrix_association *than)
{
    if (!than || (a->reader == SIZE_MAX) != (than->reader == SIZE_MAX))
        return !than || than->reader == SIZE_MAX;
    return a->adjusted < than->adjusted;
}

const struct matrix_association *matrix_why(const struct findings *f, const struct matrix *m,
                                            const struct matrix_group *g, size_t pair, uint32_t readers)
{
    const struct matrix_association *best = NULL;
    size_t model = model_of(m, f->survey->pairs[pair].handset);
    for (size_t i = 0; i < g->association_count && model < m->model_count && readers; i++) {
        const struct matrix_association *a = &g->associations[i];
        bool here = a->reader == SIZE_MAX || (readers >> a->reader & 1);
        if (here && matrix_says_association(a) && is_on_failing_side(m, a, model) && says_more(a, best))
            best = a;
    }
    return best;
}

struct matrix_requirement matrix_requirement(const struct findings *f, const struct matrix *m,
                                             const struct matrix_group *g, const struct matrix_association *a)
{
    struct matrix_requirement r = { 0 };
    for (size_t i = 0; i < m->model_count; i++) {
        enum matrix_state state = matrix_model_state(f, g, m->models[i], a->reader);
        bool elsewhere = false;
        if (state == MATRIX_OPEN || !is_on_failing_side(m, a, i))
            continue;
        for (size_t reader = 0; reader < f->survey->reader_count && !elsewhere; reader++)
            elsewhere = matrix_model_state(f, g, m->models[i], reader) == MATRIX_WORKS;
        r.models++;
        r.fail += state == MATRIX_FAILS;
        r.work_elsewhere += state == MATRIX_FAILS && elsewhere;
    }
    r.of_readers = 2 * r.work_elsewhere >= r.fail;
    return r;
}
