/*
 * Times as they were measured, in microseconds: of first transactions, and of all in clusters.
 */
#ifndef NFC_SURVEY_FINDINGS_TIMES_H
#define NFC_SURVEY_FINDINGS_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A quantile with its interval; has_interval only where the bound exists at this n. Microseconds. */
struct findings_quantile {
    bool has_value, has_interval;
    uint64_t value_us, low_us, high_us;
};

struct findings_times_first {
    uint64_t n;
    struct findings_quantile median, p90;
    uint64_t max_us;
};

/*
 * Times of every ok transaction. Those of one placement are alike, and the intervals know it (stats/cluster.h):
 * they count placements, or sessions where there are four or more of them, and are for these sessions.
 * Nothing is left out but failures, which have no time.
 */
struct findings_clustered {
    struct findings_quantile at;
    bool by_session;    /* the session is the unit, else the placement */
    double n_effective; /* so many independent values are these worth: cluster_quantile() */
};

/* The least n_effective at which a quantile p has an interval. */
uint64_t findings_clustered_least(double p);

/* A placement's first time against the median of its others: is there a warm-up? */
struct findings_first {
    uint64_t slower, faster, equal; /* placements */
    int64_t difference_us;          /* the median one */
    double p;                       /* exact sign test; NaN without a placement */
};

struct findings_times_all {
    uint64_t n, placements;
    uint64_t over_limit;                   /* of the n: past the script's time limit */
    struct findings_clustered median, p90; /* of a cell, a handset and a reader */
    struct findings_clustered p95;         /* of a handset only */
    struct findings_clustered p99;         /* of a reader only */
    uint64_t max_us;
    struct findings_first first; /* the first transaction of the script against the others */
    struct findings_first
        first_exchange; /* the same of its first exchange, where the phone was just placed */
};

/* A point of an empirical distribution: this share of the values is at most value_us. */
struct findings_step {
    uint64_t value_us;
    double share;
};

/*
 * At most `max` points of the empirical distribution of sorted values, last one included; returns their
 * number.
 */
size_t findings_steps(const uint64_t *sorted, size_t count, struct findings_step *out, size_t max);

#endif
