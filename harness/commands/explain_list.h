/* What explain says of many cells: those that failed, by handset, reader and stage, and those that were not pursued. */
#ifndef NFC_SURVEY_COMMANDS_EXPLAIN_LIST_H
#define NFC_SURVEY_COMMANDS_EXPLAIN_LIST_H

#include "harness/base/err.h"
#include "reports/report.h"
#include "reports/words/speech.h"

struct explain_list {
    struct speech speech;
    const struct report *report; /* with causes and, where the survey names criteria, verdicts */
    const bool *pairs;           /* the handsets that are asked about */
    uint32_t readers;            /* a bit each */
    uint32_t stages;             /* a bit each (1 << stage); 0: all, and those that were not pursued too */
    size_t most;                 /* cells and handsets that are shown */
};

/* ERR_NO_DATA: of these cells nothing was measured. */
int explain_list(const struct explain_list *x, struct err *e) __attribute__((warn_unused_result));

/* Whether anything can be said of a cell: it was measured, or it is known why it was not. */
bool explain_is_known(const struct report *r, size_t cell);
/* Of such a cell without a failure: that it never failed, or why it was not measured. */
void explain_well(const struct speech *to, const struct report *r, size_t cell);

/* "cell 17: ..", without the end of its line. */
void explain_name(const struct speech *to, const struct survey *s, size_t cell);
/* Why it was not measured to its end, where the handset is off the list. */
void explain_not_pursued(const struct speech *to, const struct report *r, size_t cell);
/* The counts of its placements, where some are suspect. */
void explain_suspects(const struct speech *to, const struct findings_cell *c);

#endif
