#include "reports/summary.h"

#include "reports/render/yaml.h"
#include "reports/tables/tables.h"

/* By the profiles' shares, whatever the report's are: what follows from the journal alone. */
void summary_write(const struct report *r, struct buf *out)
{
    struct survey_problems problems = { 0 };
    struct matrix *own = NULL;
    struct report by_profiles = *r;
    struct err e = { 0 };
    if (!r->matrix || r->matrix->shares_path) {
        int status =
            matrix_make(r->findings, r->criteria, &(struct matrix_options) { .assessment = r->assessment },
                        &own, &problems, &e);
        by_profiles.matrix = status == 0 ? own : NULL;
        by_profiles.matrix_error = e.text;
    }
    const struct view v = { &by_profiles, LANGUAGE_ENGLISH, FORM_YAML };
    yaml_tables(out, &v, summary_tables);
    matrix_free(&own);
    survey_problems_free(&problems);
}
