#include "reports/tables/signature.h"

const enum word signature_columns[SIGNATURE_COLUMNS] = { WORD_S_ROLE, WORD_S_NAME, WORD_S_DATE };
const enum word signature_roles[SIGNATURE_ROLES] = { WORD_S_PREPARED, WORD_S_CHECKED };

void signature_traces(const struct report *r, enum language language,
                      struct signature_trace out[SIGNATURE_TRACES])
{
    const struct findings *f = r->findings;
    out[0] = (struct signature_trace) { WORD_K_RUN, f->run, false };
    out[1] = (struct signature_trace) { WORD_S_JOURNAL, f->sha256, true };
    out[2] = r->criteria_sha256 ? (struct signature_trace) { WORD_S_CRITERIA, r->criteria_sha256, true }
                                : (struct signature_trace) { WORD_S_CRITERIA,
                                                             word_text(WORD_S_NO_CRITERIA, language), false };
    out[3] = (struct signature_trace) { WORD_K_PROGRAM, f->program, false };
}
