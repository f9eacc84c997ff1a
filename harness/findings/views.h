/* Views of the observations, made once the journal is folded; inside findings/ only. */
#ifndef NFC_SURVEY_FINDINGS_VIEWS_H
#define NFC_SURVEY_FINDINGS_VIEWS_H

#include "harness/base/buf.h"
#include "harness/findings/findings.h"

/* times_first.c: first transactions of placements, one value a placement */
int times_first_make(struct findings *f, struct err *e) __attribute__((warn_unused_result));
struct findings_times_first times_first_of(struct buf *values); /* sorts an array of uint64_t */

/* times_all.c: every ok transaction, with the placement as the unit */
int times_all_make(struct findings *f, struct err *e) __attribute__((warn_unused_result));

/* outliers.c */
int outliers_flag(struct findings *f, struct err *e) __attribute__((warn_unused_result));

/* drift.c */
int drift_find(struct findings *f, struct err *e) __attribute__((warn_unused_result));

#endif
