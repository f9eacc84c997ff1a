/* A page as a PDF. */
#ifndef NFC_SURVEY_RENDER_PDF_H
#define NFC_SURVEY_RENDER_PDF_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "reports/report.h"

/* The report says where print.py is, and which Python has WeasyPrint. ERR_ENVIRONMENT says what to install. */
int pdf_write(const struct report *r, const struct buf *page, const char *path, struct err *e)
    __attribute__((warn_unused_result));

#endif
