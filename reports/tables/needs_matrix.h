/*
 * What a run with `decide: list` says nothing about: its cells stopped by an outcome, which would bias rates, effects,
 * comparisons and other criteria. Where they would stand, YAML has {absent: "needs decide: matrix"}, people a sentence.
 */
#ifndef NFC_SURVEY_TABLES_NEEDS_MATRIX_H
#define NFC_SURVEY_TABLES_NEEDS_MATRIX_H

#include "reports/tables/table.h"

/* For `there`, and for `when`. */
bool is_of_list(const struct view *v, const struct row *parent);
bool is_of_matrix(const struct view *v, const struct row *parent);
bool when_of_list(const struct entry *x);
bool when_of_matrix(const struct entry *x);

extern const struct column absent_of_list[];

/* One column where a run has cells that are not pursued, else none. */
extern const struct axis axis_not_pursued;
struct phrase name_not_pursued(const struct view *v, size_t k);

/* In YAML, beside the table with this key, which is_of_matrix. */
#define ABSENT_OF_LIST(key)                                                                                  \
    {                                                                                                        \
        .id = (key), .look = LOOK_RECORD, .flow = true, .columns = absent_of_list, .there = is_of_list       \
    }

#endif
