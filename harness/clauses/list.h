/*
 * What decides when only the list is wanted (`decide: list`): a handset + sim is settled as soon as too few readers are
 * left on which it could still pass what the criteria ask of every required cell. Its other cells need no placements
 * then: the list is the same, with the same errors, for less work.
 */
#ifndef NFC_SURVEY_CLAUSES_LIST_H
#define NFC_SURVEY_CLAUSES_LIST_H

#include "harness/clauses/criteria_file.h"
#include "harness/verdict/two_tier.h"

enum list_state {
    LIST_OPEN = 0,
    LIST_RESTS, /* settled if a cell that is `rejected so far` is rejected in another session too: that comes first */
    LIST_SETTLED, /* it is off the list */
};

/* The counts of a cell as they are judged: suspect placements that are the phone's own are dirty ones. */
typedef struct cell_counts list_counts(const void *context, size_t cell);

/* rows: under a scheme of two tiers those of the pair, [condition][script]; else NULL. OPEN without criteria. Looks at what success, scripts, modes and readers ask for; other clauses settle nothing. */
enum list_state list_of(const struct criteria *c, const struct survey *s, const struct scheme_table *t,
                        size_t pair, list_counts *counts, const void *context, const struct row_state *rows);

/* Whether these counts of a required cell pass: by the scheme, or by the criteria's own bound in two sessions. */
bool list_passes(const struct criteria *c, const struct scheme_table *t, const struct cell_counts *counts);

/* Whether these counts of a required cell refuse its handset: `incompatible`, shown above what the criteria name, and not within
 * what they pass. */
bool list_refuses(const struct criteria *c, const struct scheme_table *t, const struct cell_counts *counts);

/* Whether the criteria require a cell of this survey, excluded or not. */
bool list_requires(const struct criteria *c, const struct survey *s);

/* Placements that a taps clause asks of the cells of a condition and script, the scheme's apart; 0: none. */
unsigned list_taps(const struct criteria *c, const struct survey *s, size_t condition, size_t script);

#endif
