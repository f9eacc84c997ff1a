/*
 * What a run measured beside its verdicts: where the time of a transaction goes, by reader, script and
 * step, with and without the host's share; and what the handsets answered with, beside what their profiles
 * claim. Only transactions that ended well have a time here. Nothing of it changes a verdict.
 */
#ifndef NFC_SURVEY_FINDINGS_TIME_BUDGET_H
#define NFC_SURVEY_FINDINGS_TIME_BUDGET_H

#include "harness/findings/findings.h"

#define BUDGET_CURVE_MAX  200 /* points kept of an empirical distribution */
#define BUDGET_VALUES_MAX 64  /* different answers of a handset that are listed; the rest is counted */
/*
 * Bytes of the steps' times that are kept while the journal is folded, over all readers and scripts. Past
 * it every second placement of the reader and script is let go, whole, then every second one of the rest:
 * fewer placements give wider intervals, never a selection by what was measured.
 */
#define BUDGET_BYTES_MAX (128u << 20)

/* Times with the placement as the unit (stats/cluster.h). */
struct budget_times {
    uint64_t n, placements;
    double mean_us; /* means of parts add up, medians don't; 0 when n is 0 */
    struct findings_clustered median, p90;
    uint64_t max_us;
};

enum budget_part {
    BUDGET_ACTIVATE = 0, /* field reset to the end of activation */
    BUDGET_EXCHANGES,    /* all commands and responses */
    BUDGET_BETWEEN,      /* neither: host, bus, pauses; only where the activation is recorded */
    BUDGET_TOTAL,
    BUDGET_WITHOUT_HOST, /* the total less the host's floor for each exchange; only where there is one */
    BUDGET_PARTS,
};

/* A step of the script: its exchanges together, where it has several. */
struct budget_step {
    struct budget_times times;
    struct findings_step *curve; /* owned */
    size_t curve_count;
};

/* A script on a reader, over all handsets and conditions as they were placed. */
struct budget_script {
    unsigned stride;  /* times of steps are from every so-manieth placement; 1: from all */
    double exchanges; /* a transaction, mean */
    double host_us;   /* of BUDGET_EXCHANGES' mean: the host's floor of each exchange; 0 without one */
    double card_us;   /* the rest of that mean */
    struct budget_times parts[BUDGET_PARTS];
    struct budget_step *steps; /* owned; in the script's order */
    size_t step_count;
};

enum budget_host_from {
    BUDGET_HOST_NONE = 0,    /* no exchange whose bytes on the air are known, and no calibration */
    BUDGET_HOST_EXCHANGE,    /* the exchange with the least time beyond the over-air floor */
    BUDGET_HOST_CALIBRATION, /* a calibration record */
};

/* The part of an exchange that host, bus and reader take at most: no exchange was quicker. */
struct budget_host {
    enum budget_host_from from;
    uint64_t us, line;
    uint64_t exchange_us, floor_us; /* of the exchange at `line` */
    char what[64];                  /* of the calibration, and: */
    uint64_t n, median_us;
};

struct budget_reader {
    struct budget_host host;
    struct findings_times_first detect; /* one a placement */
    struct said *detect_source;         /* owned; as recorded, NULL when not */
    bool detect_sources_differ;
    uint64_t detect_quantum_us; /* the coarsest; 0 when not recorded */
    struct budget_script *scripts;
};

enum budget_answer {
    BUDGET_TECHNOLOGY = 0,
    BUDGET_ATQA,
    BUDGET_SAK,
    BUDGET_ATS,
    BUDGET_ATQB,
    BUDGET_ATR,
    BUDGET_UID,
    BUDGET_KBIT_S,
    BUDGET_FWT_US,
    BUDGET_ANSWERS,
};

/* An answer of a handset as recorded; one that its reader does not show is absent, with the reason. */
struct budget_value {
    enum budget_answer what;
    struct said *said;    /* owned; words are digits of the value */
    uint64_t count, line; /* transactions that record it, and the first of them */
    uint32_t readers;     /* a bit each */
};

enum budget_match { BUDGET_NO_CLAIM = 0, BUDGET_AGREES, BUDGET_DIFFERS, BUDGET_NOT_SEEN };

struct budget_pair {
    struct budget_value *values; /* owned; by kind, then in the order of the journal */
    size_t value_count;
    uint64_t untold;
};

struct time_budget {
    struct budget_reader *readers;
    size_t reader_count, script_count;
    struct budget_pair *pairs;
    size_t pair_count;
};

/*
 * So many points of a step's distribution, or all where it has fewer: ranks that lie evenly.
 * BUDGET_CURVE_MAX is a multiple of max, so that they are those of all its times.
 */
size_t budget_levels(const struct budget_step *s, struct findings_step *out, size_t max);

/* What the profile of a pair's handset claims of an answer; NULL when nothing. */
const struct survey_fact *budget_claim(const struct findings *f, size_t pair, enum budget_answer what);

/*
 * Whether what was seen bears the claim out: a technology or a rate by what the claim allows, others to the
 * byte.
 */
enum budget_match budget_compare(const struct findings *f, size_t pair, enum budget_answer what);

/* Answers of all pairs, by how they compare with what is claimed. */
struct budget_matches {
    uint64_t of[BUDGET_NOT_SEEN + 1];
};
struct budget_matches budget_matches(const struct findings *f);

/* The times of a script's steps are from every so-manieth placement, of the reader with the fewest. */
unsigned budget_stride(const struct findings *f, size_t script);

/* While the journal is folded; inside findings/ only. */
struct budget_fold;
struct fold;
int budget_fold_init(struct budget_fold **out, struct findings *f, struct err *e)
    __attribute__((warn_unused_result));
void budget_fold_free(struct budget_fold **m);
/* Of an accepted transaction; timed: it is an OBSERVATION_TIMED. 0 or ERR_MEMORY. */
int budget_fold_transaction(struct budget_fold *m, const struct journal_record *r, bool timed)
    __attribute__((warn_unused_result));
/* An exchange that took at least its floor on the air. */
void budget_fold_exchange(struct budget_fold *m, size_t reader, uint64_t line, uint64_t us,
                          uint64_t floor_us);
void budget_fold_calibration(struct budget_fold *m, const struct journal_record *r);
int budget_make(struct budget_fold *m, struct err *e) __attribute__((warn_unused_result));
void budget_free(struct time_budget **m);

/* answers.c: the half about answers */
int budget_note_answers(struct time_budget *m, size_t pair, size_t reader, const struct journal_record *r)
    __attribute__((warn_unused_result));
void budget_sort_answers(struct time_budget *m);

#endif
