/* What criteria need of each cell of a survey. */
#ifndef NFC_SURVEY_CLAUSES_NEED_H
#define NFC_SURVEY_CLAUSES_NEED_H

#include "harness/clauses/criteria_file.h"

/* Of the cells of one condition and script: those of a conditional mode only make the recommendation conditional. */
enum need { NEED_NONE = 0, NEED_REQUIRED, NEED_CONDITIONAL };

/* NEED_NONE without criteria, c NULL. */
enum need need_of(const struct criteria *c, const struct survey *s, size_t condition, size_t script);

/* Whether clauses other than positions look at a condition: all do without positions, else the centre. */
bool need_looks_at(const struct criteria *c, const struct survey_condition *at);

/* Whether criteria that name a reader mean this one: by its unit or its profile. */
bool need_is_reader(const struct survey *s, size_t reader, const char *name);

/* What a reader counts for among those that must pass: one, or its share by weight; 0 when it is not asked. */
double need_of_reader(const struct criteria *c, const struct survey *s, size_t reader);

/* How much of the sum of all readers must pass. */
double need_weight_asked(const struct criteria *c, double all);

#endif
