/*
 * What traces a report to its journal, and the places of those who answer for it: once for every writer whose
 * files people sign.
 */
#ifndef NFC_SURVEY_TABLES_SIGNATURE_H
#define NFC_SURVEY_TABLES_SIGNATURE_H

#include "reports/report.h"
#include "reports/words/words.h"

#include <stdbool.h>

#define SIGNATURE_COLUMNS 3
#define SIGNATURE_ROLES   2
#define SIGNATURE_TRACES  4

extern const enum word signature_columns[SIGNATURE_COLUMNS]; /* role, name, date */
extern const enum word signature_roles[SIGNATURE_ROLES];     /* a line each to be signed */

struct signature_trace {
    enum word name;
    const char *value; /* whole: never cut or abbreviated */
    bool is_hash;
};

/* Run, SHA-256 of journal and criteria, program. The values belong to the report. */
void signature_traces(const struct report *r, enum language language,
                      struct signature_trace out[SIGNATURE_TRACES]);

#endif
