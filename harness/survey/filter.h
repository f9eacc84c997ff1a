/* Which handsets and readers of a survey are meant: names as a shell's patterns, given on a command line. */
#ifndef NFC_SURVEY_SURVEY_FILTER_H
#define NFC_SURVEY_SURVEY_FILTER_H

#include "harness/survey/survey.h"

#define FILTER_NAMES_MAX 64

/* No name: all of them. A handset goes by its unit, UNIT+SIM or its profile's id, a reader by its unit or profile. */
struct survey_filter {
    const char *handsets[FILTER_NAMES_MAX], *readers[FILTER_NAMES_MAX]; /* borrowed */
    size_t handset_count, reader_count;
};

/* Of each pair whether it is meant; pairs[] has pair_count items. ERR_USAGE: a name that nothing has. */
int filter_pairs(const struct survey_filter *f, const struct survey *s, bool *pairs, struct err *e)
    __attribute__((warn_unused_result));
/* A bit each. */
int filter_readers(const struct survey_filter *f, const struct survey *s, uint32_t *readers, struct err *e)
    __attribute__((warn_unused_result));

#endif
