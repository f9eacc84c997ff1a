/* The parts of a matrix, a file each; inside matrix/ only. Each fills what its name says of m or a group. */
#ifndef NFC_SURVEY_MATRIX_PARTS_H
#define NFC_SURVEY_MATRIX_PARTS_H

#include "harness/matrix/matrix.h"

/* calloc for at least one, so that NULL always means out of memory. */
void *matrix_room(size_t count, size_t size);

enum matrix_state matrix_state_of(const struct findings *f, const struct matrix_group *g, size_t pair,
                                  size_t reader);
/* What a cell shows of a bound on P(dirty); own: it is not the scheme's q1, so the verdict does not say it. */
enum matrix_state matrix_serves(const struct scheme *s, const struct findings_cell *c, double bound,
                                bool own);
/* The same of a handset on a reader: all its cells are shown to meet the group's bound, or one is above it. */
enum matrix_state matrix_served(const struct findings *f, const struct matrix_group *g, size_t pair,
                                size_t reader);
/* Of a model, on one reader or (SIZE_MAX) on all: fails when any of its pairs does, works when all do. */
enum matrix_state matrix_model_state(const struct findings *f, const struct matrix_group *g, size_t model,
                                     size_t reader);
bool matrix_has(const struct matrix_group *g, const struct findings_cell *c);

int matrix_pool(const struct findings *f, struct matrix *m, struct matrix_group *g, struct err *e)
    __attribute__((warn_unused_result));
/* a: of the criteria that the group is about, or NULL. */
int matrix_cover(const struct findings *f, const struct assessment *a, struct matrix *m,
                 struct matrix_group *g, struct err *e) __attribute__((warn_unused_result));
int matrix_regress(const struct findings *f, struct matrix *m, struct err *e)
    __attribute__((warn_unused_result));
int matrix_effects(const struct findings *f, struct matrix *m, struct err *e)
    __attribute__((warn_unused_result));
int matrix_attributes(const struct findings *f, struct matrix *m, struct err *e)
    __attribute__((warn_unused_result));
int matrix_associate(const struct findings *f, struct matrix *m, struct matrix_group *g, struct err *e)
    __attribute__((warn_unused_result));

/* The key of a permutation test's draws: the run's seed, the test and its group. */
uint64_t matrix_key(const struct findings *f, const char *test, const char *group);

/* Pairs and readers by their names, so that the order of the survey's lists changes no draw. */
int matrix_order(const struct findings *f, size_t **pairs, size_t readers[SURVEY_READERS_MAX], struct err *e)
    __attribute__((warn_unused_result));

#endif
