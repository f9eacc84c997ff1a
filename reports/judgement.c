#include "reports/judgement.h"

#include "reports/render/yaml.h"
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
    yaml_tables(out, &v, criteria_tables);
    return out->failed ? err_set(e, ERR_MEMORY, path, "the assessment does not fit in memory") : 0;
}
