/*
 * Did one of many things change between two sets of days? Every item has a value a day, and a day does
 * something to all items at once, so days are what is shared out anew: the permutation test of Westfall
 * & Young (1993), stepped down as in Ge, Dudoit & Speed (Test 12, 2003). The statistic of an item is how far
 * the means of the two sets are apart, over a scale that no sharing out changes. If all days are exchangeable
 * the chance of any adjusted p <= level is at most level, whatever the dependence between items.
 * Four days on a side can be shared out in 70 ways, so p is 1/35 at least; three in 20, which shows nothing
 * at 5 %. Pure but for its memory.
 */
#ifndef NFC_SURVEY_STATS_MAX_T_H
#define NFC_SURVEY_STATS_MAX_T_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_T_DAYS_LEAST 4    /* on a side, of an item that is tested */
#define MAX_T_DAYS_MAX   64   /* of both */
#define MAX_T_SPLITS     9999 /* more ways than so many are drawn from, with a fixed key */

/* values[item * (a + b) + day], the a days of the first set before the b of the second; NaN: missing. */
struct max_t_table {
    const double *values;
    const double *noise; /* an item: the sd that its values have within a day; keeps the scale from 0 */
    size_t items, a, b;
};

struct max_t_result {
    double difference; /* of the means, second set less first */
    double p;          /* of the item alone; NaN with it: not tested, too few days on a side */
    double adjusted;   /* over all items */
};

/* False: out of memory. */
bool max_t(const struct max_t_table *t, struct max_t_result *out) __attribute__((warn_unused_result));

/* The ways to share out a + b days; the least p is 1 of them, or 2 where a = b. */
double max_t_ways(size_t a, size_t b);
double max_t_least(size_t a, size_t b);

#endif
