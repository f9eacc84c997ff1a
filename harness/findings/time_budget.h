/*
 * What a run measured beside its verdicts: where the time of a transaction goes, by reader, script and step,
 * with and without the host's share; and what the handsets answered with, beside what their profiles claim.
 * Only transactions that ended well have a time here. Nothing of it changes a verdict.
 */
#ifndef NFC_SURVEY_FINDINGS_TIME_BUDGET_H
#define NFC_SURVEY_FINDINGS_TIME_BUDGET_H

#include "harness/findings/findings.h"

#define MEASURED_CURVE_MAX  200 /* points kept of an empirical distribution */
#define MEASURED_VALUES_MAX 64  /* different answers of a handset that are told apart; the rest is counted */
/*
 * Bytes of times that are kept while the journal is folded, over all readers and scripts. Past it every
 * second placement of the reader and script is let go, whole, then every second one of the rest: fewer
 * placements give wider intervals, never a selection by what was measured.
 */
#define MEASURED_BYTES_MAX (128u << 20)

/* Times with the placement as the unit (stats/cluster.h). */
struct measured_times {
    uint64_t n, placements;
    double mean_us; /* means of parts add up, medians don't; 0 when n is 0 */
    struct findings_clustered median, p90;
    uint64_t max_us;
};

enum measured_part {
    MEASURED_ACTIVATE = 0, /* field reset to the end of activation */
    MEASURED_EXCHANGES,    /* all commands and responses */
    MEASURED_BETWEEN,      /* neither: host, bus, pauses; only where the activation is told */
    MEASURED_TOTAL,
    MEASURED_WITHOUT_HOST, /* the total less the host's floor for each exchange; only where there is one */
    MEASURED_PARTS,
};

/* A step of the script: its exchanges together, where it has several. */
struct measured_step {
    struct measured_times times;
    struct findings_step *curve; /* owned */
    size_t curve_count;
};

/* A script on a reader, over all handsets and conditions as they were placed. */
struct measured_script {
    unsigned stride;  /* times are from every so-manieth placement; 1: from all */
    double exchanges; /* a transaction, mean */
    double host_us;   /* of MEASURED_EXCHANGES' mean: the host's floor of each exchange; 0 without one */
    double card_us;   /* the rest of that mean */
    struct measured_times parts[MEASURED_PARTS];
    struct measured_step *steps; /* owned; in the script's order */
    size_t step_count;
};

enum measured_host_from {
    MEASURED_HOST_NONE = 0,    /* no exchange whose bytes on the air are known, and no calibration */
    MEASURED_HOST_EXCHANGE,    /* the exchange with the least time beyond the over-air floor */
    MEASURED_HOST_CALIBRATION, /* a calibration record */
};

/* The part of an exchange that host, bus and reader take at most: no exchange was quicker. */
struct measured_host {
    enum measured_host_from from;
    uint64_t us, line;
    uint64_t exchange_us, floor_us; /* of the exchange at `line` */
    char what[64];                  /* of the calibration */
};

struct measured_reader {
    struct measured_host host;
    struct findings_times detect; /* one a placement */
    char detect_source[32];       /* as recorded; "" when not */
    bool detect_sources_differ;
    uint64_t detect_quantum_us; /* the coarsest; 0 when not recorded */
    struct measured_script *scripts;
};

enum measured_answer {
    MEASURED_TECHNOLOGY = 0,
    MEASURED_ATQA,
    MEASURED_SAK,
    MEASURED_ATS,
    MEASURED_ATQB,
    MEASURED_ATR,
    MEASURED_UID,
    MEASURED_KBIT_S,
    MEASURED_FWT_US,
    MEASURED_ANSWERS,
};

/* An answer of a handset as recorded; one that its reader does not show is absent, with the reason. */
struct measured_value {
    enum measured_answer what;
    bool absent;          /* text is the reason */
    char *text;           /* owned */
    uint64_t count, line; /* transactions that tell it, and the first of them */
    uint32_t readers;     /* a bit each */
};

enum measured_match { MEASURED_NO_CLAIM = 0, MEASURED_AGREES, MEASURED_DIFFERS, MEASURED_NOT_SEEN };

struct measured_pair {
    struct measured_value *values; /* owned; by kind, then in the order of the journal */
    size_t value_count;
    uint64_t untold;
};

struct measured {
    struct measured_reader *readers;
    size_t reader_count, script_count;
    struct measured_pair *pairs;
    size_t pair_count;
};

/* So many points of a step's distribution, or all where it has fewer: ranks that lie evenly.
 * MEASURED_CURVE_MAX is a multiple of max, so that they are those of all its times. */
size_t measured_levels(const struct measured_step *s, struct findings_step *out, size_t max);

const char *measured_answer_name(enum measured_answer what); /* "ATQA", "frame waiting time" ...: English */

/* What the profile of a pair's handset claims of an answer; NULL when nothing. */
const struct survey_fact *measured_claim(const struct findings *f, size_t pair, enum measured_answer what);

/* Whether what was seen bears the claim out: a technology or a rate by what the claim allows, others to the
 * byte. */
enum measured_match measured_compare(const struct findings *f, size_t pair, enum measured_answer what);

/* Answers of all pairs, by how they stand to what is claimed. */
struct measured_matches {
    uint64_t of[MEASURED_NOT_SEEN + 1];
};
struct measured_matches measured_matches(const struct findings *f);

/* The times of a script's steps are from every so-manieth placement, of the reader with the fewest. */
unsigned measured_stride(const struct findings *f, size_t script);

/* While the journal is folded; inside findings/ only. */
struct measured_fold;
struct fold;
int measured_fold_init(struct measured_fold **out, struct findings *f, struct err *e)
    __attribute__((warn_unused_result));
void measured_fold_free(struct measured_fold **m);
/* Of an accepted transaction. 0 or ERR_MEMORY. */
int measured_fold_transaction(struct measured_fold *m, const struct journal_record *r, bool ok)
    __attribute__((warn_unused_result));
/* An exchange that took at least its floor on the air. */
void measured_fold_exchange(struct measured_fold *m, size_t reader, uint64_t line, uint64_t us,
                            uint64_t floor_us);
void measured_fold_calibration(struct measured_fold *m, const struct journal_record *r);
int measured_make(struct measured_fold *m, struct err *e) __attribute__((warn_unused_result));
void measured_free(struct measured **m);

/* measured_answers.c: the half about answers */
int measured_note_answers(struct measured *m, size_t pair, size_t reader, const struct journal_record *r)
    __attribute__((warn_unused_result));
void measured_sort_answers(struct measured *m);

#endif
