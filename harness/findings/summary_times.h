/* The parts of summary.yaml that are about times. Inside findings/ only. */
#ifndef NFC_SURVEY_FINDINGS_SUMMARY_TIMES_H
#define NFC_SURVEY_FINDINGS_SUMMARY_TIMES_H

#include "harness/findings/findings.h"

void summary_times_words(struct buf *b);                                          /* comments, for the head */
void summary_times_of_pair(const struct findings *f, size_t pair, struct buf *b); /* keys of a handset */
void summary_times_of_cell(const struct findings_cell *c, struct buf *b);         /* keys of a cell */
void summary_times_sections(const struct findings *f, struct buf *b);             /* sections of their own */

#endif
