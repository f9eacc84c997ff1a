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

static void absent(struct entry *x)
{
    entry_text(x, NEEDS_DECIDE_MATRIX);
}

const struct column absent_of_list[] = { YAML("absent", TEXT, .get = absent), { 0 } };
