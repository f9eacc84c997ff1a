/* What clauses say, in words and as values of tables: a measure (criteria/assessment.h) by its kind. */
#ifndef NFC_SURVEY_TABLES_MEASURES_H
#define NFC_SURVEY_TABLES_MEASURES_H

#include "harness/criteria/assessment.h"
#include "reports/tables/table.h"

/* What a clause asks, as a sentence; nothing where it is not asked for or other words say it. */
void measures_add_ask(struct buf *out, const struct assessment *a, enum clause clause,
                      enum language language);
/* What shows how it stands, as a sentence of these figures: "3/20, [2.1, 41.0] %". */
void measures_add_evidence(struct buf *out, const struct assessment *a, enum clause_evidence says,
                           const struct measures *figures, enum language language);

/* For YAML, with the measure's own key; high: the upper end of an interval. */
void measure_entry(struct entry *x, const struct measure *m, bool high);

/* The clauses as columns, from k = 0 for the first; the id of one is its key. */
extern const struct axis axis_clauses;

#endif
