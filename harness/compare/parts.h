/* The pieces of compare_make(), inside compare/ only. */
#ifndef NFC_SURVEY_COMPARE_PARTS_H
#define NFC_SURVEY_COMPARE_PARTS_H

#include "harness/compare/compare.h"

/* The partner of each reader, pair, condition and script of A in B; SIZE_MAX: none. */
struct compare_partners {
    size_t readers[SURVEY_READERS_MAX], conditions[SURVEY_CONDITIONS_MAX], scripts[SURVEY_SCRIPTS_MAX];
    size_t *pairs; /* owned by the caller of compare_pair_up() */
};

/* Fills c->left, c->cells (which are compared, without any test) and the partners. */
int compare_pair_up(struct comparison *c, struct compare_partners *p, struct err *e)
    __attribute__((warn_unused_result));

/* Fills c->differences. */
int compare_differ(struct comparison *c, const struct compare_partners *p, struct err *e)
    __attribute__((warn_unused_result));

/* The file that a profile or script was read from: the n-th file of a kind belongs to the n-th of them. */
const struct survey_file *compare_file(const struct survey *s, const char *kind, size_t index);

/* Whether two scripts are run alike: their texts may differ in comments, layout, titles and sources. */
bool compare_scripts_agree(const struct survey_file *a, const struct survey_file *b);

bool compare_same_text(const char *a, const char *b); /* NULL is the same as NULL only */

/* The end of a run of compared cells of one placement: reader, pair and condition are the same. */
size_t compare_block_end(const struct comparison *c, size_t begin);

bool compare_is_of(const struct comparison *c, const struct compare_unit *u, const struct compare_cell *cell);

/* How many sessions there were, what hangs on one of them, and, where they are enough, what they show of
 * units and times. Needs cells, units and times with their estimates. */
int compare_sessions(struct comparison *c, struct err *e) __attribute__((warn_unused_result));

/* The medians of the placements that have a time, of one session or (0) of all, in the order of the journal; to be
 * freed. NULL: out of memory. */
uint64_t *compare_placement_medians(const struct observations *seen, unsigned session, size_t *count);

/* Fills time of every compared cell but `adjusted` and `class`. */
int compare_times(struct comparison *c, struct err *e) __attribute__((warn_unused_result));

#endif
