/*
 * Decision stump: the one attribute and the one threshold or category that best separates bad rows from good
 * ones, with a p-value that pays for the search. With some fifty rows only near-deterministic rules can be
 * found, so nothing deeper is offered. Pure; the caller gives the memory.
 */
#ifndef NFC_SURVEY_STATS_DECISION_STUMP_H
#define NFC_SURVEY_STATS_DECISION_STUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUMP_ROWS_MAX 1000

/* One value a row; NaN: absent. Unordered attributes number their categories. */
struct decision_stump_attribute {
    bool ordered;
    const double *values;
};

struct decision_stump_data {
    const struct decision_stump_attribute *attributes;
    size_t attribute_count, rows;
    const uint8_t *bad; /* one a row: 1 bad, 0 good */
    unsigned *order;    /* scratch: attribute_count * rows */
};

/* Calls a row bad: ordered: value <= cut, or with `above` value > cut. Unordered: value == cut, with `above`
 * any other. */
struct decision_stump_rule {
    bool found; /* false: no attribute with two values among rows of both kinds */
    size_t attribute;
    double cut;
    bool above;
    double phi;     /* correlation of rule and outcome over the rows that have the attribute, positive */
    unsigned known; /* rows that have it */
};

struct decision_stump_rate {
    unsigned hits, of;
    double value, lower, upper; /* Clopper-Pearson, two-sided at 95 % */
};

struct decision_stump_result {
    struct decision_stump_rule rule;
    double p; /* of the greatest |phi| over all attributes and cuts, rows permuted */
    unsigned permutations;
    struct decision_stump_rate sensitivity, specificity; /* of the rule on the rows that it was found on */
    unsigned left_out_right, rows; /* rows put right by the rule found without them ... */
    unsigned majority_right;       /* ... and by always saying what most rows are */
};

/*
 * |phi| is compared as |phi| sqrt(known / rows), so that an attribute known of few rows can't win by chance
 * more easily. Among equals the first attribute, then the lowest cut. p is 1 when no rule is found.
 */
void decision_stump_find(const struct decision_stump_data *data, unsigned permutations, uint64_t key,
                         struct decision_stump_result *out);

#endif
