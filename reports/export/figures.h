/*
 * The tables of reports as relations: what the page and the spreadsheet show, as values. All runs are taken first, as a
 * reader of one is a column that another run does not have; then they are written, each with a view of its own.
 */
#ifndef NFC_SURVEY_EXPORT_FIGURES_H
#define NFC_SURVEY_EXPORT_FIGURES_H

#include "reports/render/relation.h"
#include "reports/report.h"

struct figures;

int figures_open(struct figures **out, struct err *e) __attribute__((warn_unused_result));
/* The tables of a run's report, which is not needed any longer after that. */
int figures_take(struct figures *x, unsigned run, struct report *r, struct err *e)
    __attribute__((warn_unused_result));
/* To be closed behind the writer, which borrows the relations. */
int figures_write(struct figures *x, struct relation_writer *w, struct err *e)
    __attribute__((warn_unused_result));
void figures_close(struct figures **x);

#endif
