/*
 * A journal folded into findings: counts, times, causes and verdicts a cell, once; every report is a writer
 * of it.
 */
#ifndef NFC_SURVEY_FINDINGS_FINDINGS_H
#define NFC_SURVEY_FINDINGS_FINDINGS_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/findings/causes.h"
#include "harness/journal/journal.h"
#include "harness/survey/criteria.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

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

#define FINDINGS_FAILED_US    UINT32_MAX /* in place of a duration: the transaction failed */
#define FINDINGS_STEP_NONE    UINT8_MAX  /* no transaction failed */
#define FINDINGS_TECHNOLOGIES 3          /* A, B, F in this order */

/* A placement as one cell saw it. */
struct cell_placement {
    uint64_t line;     /* of its placement record */
    uint64_t bad_line; /* of its first failed or slow transaction; 0: none */
    uint32_t begin;    /* its first transaction in findings_trace.us */
    uint16_t count;    /* transactions that are ok or failed; the first one is its tap */
    bool counted;      /* clean or dirty: it stands in n */
    uint8_t ended;     /* least script step, from 1, at which one failed; 0: before the first step */
};

/* The placements of a cell in journal order, with the duration of every transaction in microseconds. */
struct findings_trace {
    struct cell_placement *laid;
    size_t laid_count;
    uint32_t *us;
    size_t us_count;
};

/*
 * Times of every ok transaction, with the placement as the unit: those of one placement are alike, and
 * the intervals know it (stats/cluster.h). Nothing is left out but failures, which have no time.
 */
struct findings_clustered {
    struct findings_quantile at;
    double n_effective; /* so many independent values are these worth */
};

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
        first_exchange; /* its first exchange, where the phone was just laid, against theirs */
};

struct findings_cell {
    unsigned reader, pair, condition, script; /* survey indexes */
    enum survey_cell state;
    unsigned n, d, invalid, aborted;     /* placements; n counts clean and dirty */
    unsigned excluded;                   /* of invalid: by the operator, before the result was shown */
    unsigned withdrawn, withdrawn_dirty; /* of n and d: by the operator, after it */
    unsigned sessions_seen;              /* bit a session */
    double lower, upper;                 /* anytime-valid bounds on P(dirty) */
    enum verdict verdict;
    enum verdict verdict_invalid_as_dirty;  /* the same with every invalid placement counted as dirty */
    enum verdict verdict_without_withdrawn; /* the same without the withdrawn placements */
    unsigned missing; /* more clean placements that would make it compatible; 0 = none would */
    uint64_t ok, fail, invalid_transactions, not_applicable,
        slow;                                    /* transactions: shown, never given an interval */
    uint64_t failures_by_stage[STAGE_COUNT];     /* fail and invalid transactions */
    uint64_t failures_by_cause[CAUSE_COUNT + 1]; /* a transaction counts for each of its candidates */
    /* Counted placements with all their k transactions, the sum of their bad ones (failed or slow), and
     * of its square: what an intraclass correlation needs. Nothing detected at all counts as k bad ones.
     */
    uint64_t whole_placements, bad, bad_squared;
    struct findings_times_first
        first_transaction; /* total_us of each placement's first ok transaction of this script */
    struct findings_times_first first_exchange; /* first exchange after activation, of the same */
    struct findings_trace trace;
    uint64_t technology_count[FINDINGS_TECHNOLOGIES]; /* transactions, of those that tell */
    uint64_t technology_line[FINDINGS_TECHNOLOGIES];  /* of the first such one */
    struct findings_times_all times;                  /* every ok transaction */
};

/* One script on one reader, over all handsets and conditions as they were placed. */
struct findings_reader_script {
    uint64_t *first_us; /* sorted total_us of each placement's first ok transaction of this script */
    size_t first_count;
    struct findings_times_first times;
    struct findings_times_all all; /* every ok transaction */
};

struct findings_reader {
    unsigned compatible, incompatible, undecided;
    uint64_t transactions, failures;
    uint64_t *first_us; /* sorted total_us of the first ok transactions of all its placements */
    size_t first_count;
    struct findings_times_first times;
    uint64_t placements, invalid;            /* laid on it; of them ended by instrument, host or operator */
    uint64_t failures_by_stage[STAGE_COUNT]; /* fail transactions */
    uint64_t invalid_by_stage[STAGE_COUNT];  /* invalid transactions */
    struct findings_reader_script scripts[SURVEY_SCRIPTS_MAX];
    uint64_t outliers, impossible; /* flagged transactions; exchanges below the over-air floor */
};

/* Why a pair has its recommendation; the cell that decides stands beside it. */
enum findings_reason {
    FINDINGS_REASON_NONE = 0,
    FINDINGS_REASON_ALL_COMPATIBLE,    /* the cell: the one with the highest upper bound */
    FINDINGS_REASON_INCOMPATIBLE,      /* a required cell */
    FINDINGS_REASON_DECLARED_ABSENT,   /* a required cell is not applicable */
    FINDINGS_REASON_UNDECIDED,         /* a required cell */
    FINDINGS_REASON_NOT_EXAMINED,      /* a required cell was excluded */
    FINDINGS_REASON_NOT_IN_SURVEY,     /* a required script or power mode; no cell */
    FINDINGS_REASON_MODE_INCOMPATIBLE, /* a cell of a conditional mode */
    FINDINGS_REASON_MODE_OPEN,         /* a cell of a conditional mode is undecided, excluded or absent */
    FINDINGS_REASON_CLAUSE_FAILED,     /* another clause than success; the cell if there is one */
    FINDINGS_REASON_CLAUSE_OPEN,       /* the same, undecided */
    FINDINGS_REASON_NOT_TESTABLE,      /* the run cannot tell; no cell */
};

struct findings_pair {
    enum recommendation recommendation; /* RECOMMENDATION_NONE without criteria */
    char *reason;                       /* in words, naming the cell that decides */
    enum findings_reason reason_code;   /* the same for writers in other languages */
    size_t reason_cell;                 /* SIZE_MAX: none */
    const char *reason_missing; /* what the survey lacks, or the clause that decides, or NULL; borrowed */
    unsigned compatible, incompatible, undecided;
    struct findings_times_all times[SURVEY_SCRIPTS_MAX]; /* a script, over its cells as they were placed */
};

/* Where a transaction spent more time than its cell does. */
enum findings_place {
    FINDINGS_PLACE_NONE = 0,
    FINDINGS_PLACE_ACTIVATE,
    FINDINGS_PLACE_EXCHANGES,
    FINDINGS_PLACE_BETWEEN, /* neither: host, bus, pauses */
};

/* A transaction far above its cell; flagged, never dropped. */
struct findings_outlier {
    uint64_t line, us, cell_median_us;
    size_t cell;
    enum findings_place place;
    bool laid;       /* the first transaction after the phone was laid */
    bool beyond_fwt; /* unlike most of its cell's, an exchange took longer than the frame waiting time */
};

/* An exchange shorter than its bytes take on the air: a fault of a clock or a cache, not a fast phone. */
struct findings_impossible {
    uint64_t line, us, floor_us;
    size_t cell;
    unsigned exchange; /* 1.. within the transaction */
    unsigned kbit_s;   /* highest rate that the record allows; the floor is at this one */
    char technology;   /* 'A', 'B', 'F', or 0 when not told */
};

/*
 * Do placements get slower or faster while the survey runs: ln of a placement's median time against the
 * time at which it was laid, both about their cell's centre, so that different handsets don't look like
 * drift.
 */
struct findings_drift {
    unsigned reader, script, session;
    unsigned execution; /* 1: from the start record, 2..: from a resume record; clocks are not compared
                           across */
    unsigned placements, cells;
    double per_hour, low, high; /* share by which times change an hour, and its 95 % interval */
    double spearman, p;         /* rank correlation; NaN when nothing varied */
    double p_adjusted;          /* p times the number of series looked at, at most 1 */
    double lag1, lag1_expected; /* of the residuals; what centring alone would make of it */
    double lag1_limit;          /* 2 / sqrt(placements) */
    bool drifts, autocorrelated;
};

#define FINDINGS_FLAGGED_MAX                                                                                 \
    100                           /* outliers and impossible times kept with their records; all are counted  \
                                   */
#define FINDINGS_FAILURES_MAX 256 /* distinct kinds of failure that are told apart */
#define FINDINGS_HEALTH_MAX   200 /* health events kept with their words; all are counted */
#define FINDINGS_PROBLEMS_MAX 20  /* damaged lines kept with their words; all are counted */

/* Transactions that ended at the same stage, with the same outcome and the same set of candidate causes.
 */
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

#define FINDINGS_NOTES_MAX 500 /* notes kept with their words; all are counted */

struct findings_note {
    uint64_t line, placement; /* placement 0: about none */
    enum exclusion effect;
    char *text, *by, *wall; /* text apart, NULL where not told */
};

/* A point of an empirical distribution: this share of the values is at most value_us. */
struct findings_step {
    uint64_t value_us;
    double share;
};

struct assessment;  /* assess.h */
struct time_budget; /* measured.h */

struct findings {
    struct survey *survey;     /* owned: loaded from the start record */
    struct criteria *criteria; /* owned; NULL when the survey names none */
    struct assessment *own;    /* owned; what these criteria give, without what-ifs; NULL without criteria */
    struct scheme scheme;
    bool simulated;
    struct said *simulated_sign, *clock;
    char *run, *started, *last_wall, *program, *host;
    uint64_t records, damaged;
    bool finished; /* a stop record with status done */
    struct said *stop_reason;
    char sha256[65];             /* of the journal file */
    struct findings_cell *cells; /* survey_cell_count(), in cell order */
    size_t cell_count;
    struct causes_cell **causes; /* a pointer a cell, NULL where nothing failed; see causes.h */
    struct findings_reader *readers;
    struct findings_pair *pairs;
    uint64_t placements, placements_dirty, placements_invalid, placements_aborted;
    uint64_t placements_excluded,
        placements_withdrawn; /* by the operator; excluded ones are of the invalid */
    uint64_t transactions, failed, invalid;
    struct journal_reader_found *found; /* reader units of the start record (owned copies) */
    size_t found_count;
    /* What a resume record found otherwise than the execution before it (owned copies), in journal order:
     * units with another serial or firmware, and the program where it is another version. */
    struct journal_reader_found *refound;
    size_t refound_count;
    char *last_program;

    uint64_t seed;
    unsigned sessions, lanes;
    enum hands_kind hands;
    char *system, *libraries, *prior_upper, *prior_lower;
    uint64_t clock_resolution_ns;
    uint64_t resumes;
    uint64_t broken_off; /* placements without a `placed` record, closed by the rule for broken-off ones */
    uint64_t excluded, not_applicable, undecided; /* cells */
    bool torn;                                    /* the last line is incomplete: an interrupted write */
    char *problems[FINDINGS_PROBLEMS_MAX];        /* the first damaged lines in words */
    size_t problem_count;
    struct findings_failure *failures; /* most frequent first */
    size_t failure_count;
    uint64_t failures_untold; /* transactions beyond FINDINGS_FAILURES_MAX kinds */
    struct findings_health health[FINDINGS_HEALTH_MAX];
    size_t health_kept;
    uint64_t health_count;
    struct findings_note notes[FINDINGS_NOTES_MAX];
    size_t notes_kept;
    uint64_t note_count;

    struct findings_outlier outliers[FINDINGS_FLAGGED_MAX]; /* the first ones by record */
    size_t outlier_kept;
    uint64_t outlier_count;
    uint64_t outlier_cells_small;                                /* cells with too few times for a look */
    struct findings_impossible impossible[FINDINGS_FLAGGED_MAX]; /* the first ones by record */
    size_t impossible_kept;
    uint64_t impossible_count;
    struct findings_drift *drifts; /* by reader, script, execution, session */
    size_t drift_count;
    uint64_t drift_small;       /* series with too few placements for a look */
    struct time_budget *budget; /* owned */
};

/* Folds DIR/journal.yaml. Damaged lines are counted and passed over; ERR_INPUT without a usable start
 * record.
 */
int findings_make(const char *directory, struct findings **out, struct err *e)
    __attribute__((warn_unused_result));
void findings_free(struct findings **f);

/* summary.yaml: the derived table a cell in block style, for people; rebuilt at any time. */
void findings_summary(const struct findings *f, struct buf *out);

/* At most `max` points of the empirical distribution of sorted values, last one included; returns their
 * number. */
size_t findings_steps(const uint64_t *sorted, size_t count, struct findings_step *out, size_t max);

/* What the criteria make of the cells of one condition and script. */
enum findings_need { FINDINGS_NEED_NONE = 0, FINDINGS_NEED_REQUIRED, FINDINGS_NEED_CONDITIONAL };
enum findings_need findings_need_of(const struct findings *f, size_t condition, size_t script);

/* Whether a pair fails a clause of this need on this reader, a capability declared absent included. */
bool findings_fails_on(const struct findings *f, size_t pair, size_t reader, enum findings_need need);

/* Lines of the first failed or slow transactions of a cell, one a placement; returns how many. */
size_t findings_failing_lines(const struct findings_cell *c, uint64_t *out, size_t max);

/* What to look at first, by where the time went; static storage. */
const char *findings_outlier_advice(const struct findings_outlier *o);

#endif
