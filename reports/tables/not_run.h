/* What was not run, does not count or could not be read: made once, then table_not_run is inside of a row about it. */
#ifndef NFC_SURVEY_TABLES_NOT_RUN_H
#define NFC_SURVEY_TABLES_NOT_RUN_H

#include "harness/findings/findings.h"
#include "reports/words/words.h"

struct not_run {
    struct not_run_row {
        enum word what, why;
        size_t
            cell; /* the first that is left out for the reason that it has, in place of why; SIZE_MAX: none */
        uint64_t count; /* not 0 */
    } * rows;           /* owned */
    size_t count;
};

/* False when out of memory. The caller frees rows. */
bool not_run_make(const struct findings *f, struct not_run *out) __attribute__((warn_unused_result));

#endif
