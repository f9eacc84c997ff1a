/* What is unusual in a run and is kept with its record: flagged, never dropped. */
#ifndef NFC_SURVEY_FINDINGS_FLAGGED_H
#define NFC_SURVEY_FINDINGS_FLAGGED_H

#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many are kept; all are counted. */
#define FINDINGS_FLAGGED_MAX  100 /* outliers, and impossible times */
#define FINDINGS_FAILURES_MAX 256 /* kinds of failure that are kept apart */
#define FINDINGS_HEALTH_MAX   200
#define FINDINGS_NOTES_MAX    500

/* Where a transaction spent more time than its cell does. */
enum findings_place {
    FINDINGS_PLACE_NONE = 0,
    FINDINGS_PLACE_ACTIVATE,
    FINDINGS_PLACE_EXCHANGES,
    FINDINGS_PLACE_BETWEEN, /* neither: host, bus, pauses */
};

/* A transaction far above its cell. */
struct findings_outlier {
    uint64_t line, us, cell_median_us;
    size_t cell;
    enum findings_place place;
    bool laid;       /* the first transaction after the phone was placed */
    bool beyond_fwt; /* unlike most of its cell's, an exchange took longer than the frame waiting time */
};

/* An exchange shorter than its bytes take on the air: a fault of a clock or a cache, not a fast phone. */
struct findings_impossible {
    uint64_t line, us, floor_us;
    size_t cell;
    unsigned exchange; /* 1.. within the transaction */
    unsigned kbit_s;   /* highest rate that the record allows; the floor is at this one */
    char technology;   /* 'A', 'B', 'F', or 0 when not recorded */
};

/*
 * Do placements get slower or faster while the survey runs: ln of a placement's median time against the
 * time at which the phone was placed, both about their cell's centre, so that different handsets don't look
 * like drift.
 */
struct findings_drift {
    unsigned reader, script, session;
    unsigned execution; /* 1: from the start record, 2..: from a resume record; each has a clock of its own */
    unsigned placements, cells;
    double per_hour, low, high; /* share by which times change an hour, and its 95 % interval */
    double spearman, p;         /* rank correlation; NaN when nothing varied */
    double p_adjusted;          /* p times the number of series looked at, at most 1 */
    double lag1, lag1_expected; /* of the residuals; what centring alone would make of it */
    double lag1_limit;          /* 2 / sqrt(placements) */
    bool drifts, autocorrelated;
};

/* Transactions that ended at the same stage, with the same outcome and the same set of candidate causes. */
struct findings_failure {
    enum stage stage;
    enum outcome outcome;
    enum depth depth; /* the greatest seen */
    cause_set causes; /* a set: evidence did not separate its members */
    uint64_t count;
    uint64_t by_reader[SURVEY_READERS_MAX];
    uint16_t *readers_of_pair; /* owned: one a pair, a bit a reader on which it failed so */
    uint64_t example;          /* line of the first one */
    char native[64];           /* its native code, or "" */
};

struct findings_health {
    uint64_t line, at_us;
    enum health_event event;
    char *reader;
    struct said *detail; /* may be NULL */
};

struct findings_note {
    uint64_t line, placement; /* placement 0: about none */
    enum exclusion effect;
    char *text, *by, *wall; /* text apart, NULL where not recorded */
};

/* What to look at first, by where the time went; static storage. */
const char *findings_outlier_advice(const struct findings_outlier *o);

#endif
