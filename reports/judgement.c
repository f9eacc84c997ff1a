#include "reports/judgement.h"

#include "reports/render/junit.h"
#include "reports/render/yaml.h"
#include "reports/tables/reasons.h"
#include "reports/tables/tables.h"

int judgement_write(const struct report *r, const char *path, struct buf *out, struct err *e)
{
    const struct view v = { r, LANGUAGE_ENGLISH, FORM_YAML };
    int code = words_open(LANGUAGE_JAPANESE, r->locale_directory, e); /* the proposal is in both languages */
    if (code != 0)
        return code;
    if (r->findings->simulated)
        buf_add_text(out, "# SIMULATED: simulated readers and handsets. This says nothing about any real "
                          "device.\n");
    if (r->findings->unproven)
        buf_add_text(
            out, "# NOT PROVEN REAL: for a reader of this run, no device of its model was seen on the host's "
                 "USB bus.\n");
    if (r->findings->faults.count > 0)
        buf_add_format(
            out,
            "# DAMAGED JOURNAL: lines %s are damaged, edited or missing; their placements are suspect.\n",
            faults_lines(&r->findings->faults).text);
    yaml_tables(out, &v, criteria_tables);
    return out->failed ? err_set(e, ERR_MEMORY, path, "the assessment does not fit in memory") : 0;
}

static enum junit_result result_of(enum recommendation r)
{
    return r == RECOMMENDATION_NOT_RECOMMENDED   ? JUNIT_FAILED
           : r == RECOMMENDATION_NOT_ENOUGH_DATA ? JUNIT_ERROR
                                                 : JUNIT_PASSED;
}

int judgement_junit(const struct report *r, const char *path, struct err *e)
{
    const struct assessment *a = r->assessment;
    struct junit j;
    junit_begin(&j);
    junit_run(&j, r->findings, "");
    junit_property(&j, "criteria", a->criteria->id);
    junit_property(&j, "criteria_sha256", a->criteria->sha256);
    for (size_t i = 0; i < r->findings->survey->pair_count; i++) {
        struct buf why;
        if (a->pairs[i].recommendation == RECOMMENDATION_NONE)
            continue;
        buf_init(&why, 1u << 16);
        reason_add_whole(&why, a, i, LANGUAGE_ENGLISH);
        junit_case(&j, a->criteria->id, r->findings->survey->pairs[i].name,
                   result_of(a->pairs[i].recommendation), recommendation_name(a->pairs[i].recommendation),
                   buf_text(&why));
        buf_free(&why);
    }
    junit_suite(&j, "handsets");
    return junit_end(&j, "nfc-survey criteria", path, e);
}
