/* A gate as JUnit XML, as build servers read it: suites of test cases, each passed, failed, in error or skipped. */
#ifndef NFC_SURVEY_RENDER_JUNIT_H
#define NFC_SURVEY_RENDER_JUNIT_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/findings/findings.h"

#include <stddef.h>

enum junit_result { JUNIT_PASSED = 0, JUNIT_FAILED, JUNIT_ERROR, JUNIT_SKIPPED, JUNIT_RESULTS };

struct junit {
    struct buf suites, properties, cases;
    size_t counts[JUNIT_RESULTS], all[JUNIT_RESULTS]; /* of the suite that is open; of those before it */
};

void junit_begin(struct junit *j);
void junit_property(struct junit *j, const char *name, const char *value); /* of every suite */
/* A run's name, journal and marks as properties, their names with this behind them: "run_a". */
void junit_run(struct junit *j, const struct findings *f, const char *suffix);
/* One case of the suite that is open. type and message: of one that did not pass; what a person reads of it. */
void junit_case(struct junit *j, const char *class, const char *name, enum junit_result result,
                const char *type, const char *message);
void junit_suite(struct junit *j, const char *name); /* closes the suite: these were its cases */
/* Writes the file and releases all. */
int junit_end(struct junit *j, const char *name, const char *path, struct err *e)
    __attribute__((warn_unused_result));

#endif
