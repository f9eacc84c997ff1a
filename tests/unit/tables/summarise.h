/* The summary of a sample's journal, for tests of what it says. */
#ifndef NFC_SURVEY_TESTS_TABLES_SUMMARISE_H
#define NFC_SURVEY_TESTS_TABLES_SUMMARISE_H

#include "reports/summary.h"
#include "tests/unit/findings/sample.h"

/* The caller frees it. */
static inline char *summarise(const struct sample *s)
{
    const struct report_how how = { .parts = REPORT_SUMMARY };
    struct survey_problems problems = { 0 };
    struct report r;
    struct err e = { 0 };
    struct buf b;
    sample_must(report_open(s->directory, &how, &r, &problems, &e), &e);
    buf_init(&b, 1 << 26);
    summary_write(&r, &b);
    report_close(&r);
    char *text = buf_take(&b);
    if (!text)
        abort();
    return text;
}

#endif
