/*
 * Which placements a reference card took back. A failed check speaks of placements that were closed before it, and
 * what a placement is decides how its transactions are folded: so the journal is read for it once beforehand, where
 * its survey has a reference.
 */
#ifndef NFC_SURVEY_FINDINGS_VOUCHING_H
#define NFC_SURVEY_FINDINGS_VOUCHING_H

#include "harness/base/buf.h"
#include "harness/survey/survey.h"

/* Line numbers of their records, uint64_t ascending, into an empty buf. ERR_MEMORY, or the journal's error. */
int vouching_read(const char *path, const struct survey *s, struct buf *spoilt, struct err *e)
    __attribute__((warn_unused_result));

bool vouching_is_spoilt(const struct buf *spoilt, uint64_t placement);

#endif
