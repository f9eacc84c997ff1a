#include "reports/tables/signature.h"

const enum string_id signature_columns[SIGNATURE_COLUMNS] = { STR_S_ROLE, STR_S_NAME, STR_S_DATE };
const enum string_id signature_roles[SIGNATURE_ROLES] = { STR_S_PREPARED, STR_S_CHECKED };

void signature_traces(const struct report *r, enum string_language language,
                      struct signature_trace out[SIGNATURE_TRACES])
{
    const struct findings *f = r->findings;
    out[0] = (struct signature_trace) { STR_K_RUN, f->run, false };
    out[1] = (struct signature_trace) { STR_S_JOURNAL, f->sha256, true };
    out[2] =
        r->criteria_sha256
            ? (struct signature_trace) { STR_S_CRITERIA, r->criteria_sha256, true }
            : (struct signature_trace) { STR_S_CRITERIA, string_text(STR_S_NO_CRITERIA, language), false };
    out[3] = (struct signature_trace) { STR_K_PROGRAM, f->program, false };
}
