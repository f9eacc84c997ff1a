#include "reports/tables/needs_matrix.h"

bool is_of_list(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report && v->report->findings && findings_is_of_list(v->report->findings);
}

bool is_of_matrix(const struct view *v, const struct row *parent)
{
    return !is_of_list(v, parent);
}

bool when_of_list(const struct entry *x)
{
    return is_of_list(x->view, x->row);
}

bool when_of_matrix(const struct entry *x)
{
    return !when_of_list(x);
}

static size_t one_if_any(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report && v->report->findings && v->report->findings->not_pursued > 0;
}

struct phrase name_not_pursued(const struct view *v, size_t k)
{
    (void)k;
    return PHRASE_FILL(WORD_V_NOT_PURSUED, v->language, NULL);
}

const struct axis axis_not_pursued = { .count = one_if_any, .name = name_not_pursued };

static void absent(struct entry *x)
{
    entry_text(x, NEEDS_DECIDE_MATRIX);
}

const struct column absent_of_list[] = { YAML("absent", TEXT, .get = absent), { 0 } };
