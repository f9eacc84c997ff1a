/*
 * Two runs side by side: which cells, readers and handsets changed, which only look so, and what could not be
 * compared and why. Pure: two findings in, a comparison out; a writer holds no arithmetic.
 *
 * Outcomes of a cell: is P(dirty) the same in both runs? Placements are the units, and the test is an e-value
 * (stats/change.h), so that neither run's sequential stops spoil it. As every verdict, it is about the
 * sessions that were run: a session that was good or bad as a whole looks like a change of the cell.
 *
 * Outcomes of a reader or handset: could the runs be swapped, placement by placement (reader x handset x
 * condition, its scripts together)? Under "nothing changed" each is as likely to speak for worse as for
 * better, whatever a session does to it; only what does the same to many of its cells at once is a change. It
 * needs the same plan in both runs, and both finished.
 *
 * All cells, readers and handsets are one family, listed by e-BH at `fdr`: of the entries listed, the
 * expected share of those that did not change is at most fdr, whatever the dependence between them; so is the
 * chance of any entry when nothing changed at all. Half of the weight is given to readers and handsets,
 * however few, for they are what firmware and system versions belong to (weighted e-BH: Wang & Ramdas 2022).
 *
 * Times: the ratio of the medians of all ok transactions, its interval from theirs (stats/cluster.h), and the
 * rank sum test of the placements' medians, one value a placement. Benjamini & Hochberg at the same level, a
 * list of its own.
 *
 * What the cause is, no list tells: that is why all that differs between the runs stands first.
 */
#ifndef NFC_SURVEY_COMPARE_COMPARE_H
#define NFC_SURVEY_COMPARE_COMPARE_H

#include "harness/findings/findings.h"

#define COMPARE_FDR              0.05
#define COMPARE_TIMES_LEAST      3 /* placements with a time in either run, for a test of times */
#define COMPARE_TIMES_CONFIDENCE 0.95

enum compare_match { COMPARE_BY_UNIT = 0, COMPARE_BY_MODEL };

/* For times: worse is slower, better is faster. */
enum compare_class {
    COMPARE_NOT_TESTED = 0, /* too few placements with a time; a unit: the plans differ */
    COMPARE_NO_CHANGE,      /* none shown: the interval holds "no change" */
    COMPARE_LOOKS_WORSE,    /* the interval does not, but the entry is not on the list */
    COMPARE_LOOKS_BETTER,
    COMPARE_UNSTEADY, /* units only, not on the list: some cells look worse, some better */
    COMPARE_WORSE,    /* on the list */
    COMPARE_BETTER,
    COMPARE_CLASS_COUNT,
};
const char *compare_class_name(enum compare_class c, bool times); /* "looks worse", "slower"; static */
bool compare_is_change(enum compare_class c);                     /* on a list */
bool compare_looks(enum compare_class c);                         /* not on it, but apart */

/* What differs between the runs. */
enum compare_what {
    COMPARE_WHAT_NONE = 0,
    COMPARE_WHAT_SURVEY,
    COMPARE_WHAT_SURVEY_TEXT,
    COMPARE_WHAT_SEED,
    COMPARE_WHAT_SCHEME,
    COMPARE_WHAT_TRANSACTIONS,
    COMPARE_WHAT_SESSIONS,
    COMPARE_WHAT_LANES,
    COMPARE_WHAT_HANDS,
    COMPARE_WHAT_PROGRAM,
    COMPARE_WHAT_LIBRARIES,
    COMPARE_WHAT_SYSTEM,
    COMPARE_WHAT_HOST,
    COMPARE_WHAT_CLOCK,
    COMPARE_WHAT_READER_PROFILE,
    COMPARE_WHAT_SERIAL,
    COMPARE_WHAT_FIRMWARE,
    COMPARE_WHAT_DRIVER,
    COMPARE_WHAT_HANDSET_PROFILE,
    COMPARE_WHAT_HANDSET_FACT,
    COMPARE_WHAT_SIM,
    COMPARE_WHAT_CONDITION,
    COMPARE_WHAT_SCRIPT,
    COMPARE_WHAT_TIME_LIMIT,
    COMPARE_WHAT_COUNT,
};
const char *compare_what_name(enum compare_what w); /* "reader firmware"; static */

struct compare_difference {
    enum compare_what what;
    char *subject;      /* a unit, a script ...; NULL: the run as a whole */
    struct said *a, *b; /* owned; NULL: absent */
    bool breaks;        /* cells are not compared because of it */
};

/* Why cells stand in no comparison. */
enum compare_reason {
    COMPARE_REASON_NONE = 0,
    COMPARE_REASON_ABSENT,       /* the other run has no such reader, handset, condition or script */
    COMPARE_REASON_SEVERAL,      /* several units of this model in one of the runs */
    COMPARE_REASON_CONDITION,    /* same id, offered otherwise */
    COMPARE_REASON_SCRIPT,       /* same id, another text */
    COMPARE_REASON_TIME_LIMIT,   /* of the script: dirty means something else */
    COMPARE_REASON_TRANSACTIONS, /* k: dirty means something else */
    COMPARE_REASON_EXCLUDED,
    COMPARE_REASON_NOT_APPLICABLE,
    COMPARE_REASON_NO_PLACEMENT,
    COMPARE_REASON_COUNT,
};
const char *compare_reason_text(enum compare_reason r); /* for people; static */

enum compare_kind { COMPARE_CELL = 0, COMPARE_READER, COMPARE_HANDSET, COMPARE_CONDITION, COMPARE_SCRIPT };
const char *compare_kind_name(enum compare_kind k);

enum compare_side { COMPARE_IN_A = 1, COMPARE_IN_B = 2, COMPARE_IN_BOTH = 3 };

struct compare_left {
    enum compare_kind kind;
    enum compare_reason reason;
    enum compare_side side; /* where the subject is; for cells: the run of which the reason is true */
    const char *subject;    /* NULL for cells; borrowed from the findings */
    size_t cells;           /* of run A; of run B where side is COMPARE_IN_B and kind is no cell */
};

/* The median time of a cell in both runs. */
struct compare_time {
    uint64_t placements_a, placements_b; /* with an ok transaction */
    struct findings_quantile a, b;
    bool has_ratio, has_interval;
    double ratio, low, high; /* of the medians, b / a */
    double p, adjusted;      /* rank sum test; NaN: not tested. 1 where the interval holds 1 */
    enum compare_class class;
};

struct compare_cell {
    size_t a, b;                  /* cells of findings */
    double difference, low, high; /* of P(dirty), b - a: of the shares seen, and the interval */
    double log_e;
    enum compare_class class;
    bool sees_worse, sees_better;      /* could a change have been seen with b's placements? */
    unsigned worse_from, better_up_to; /* dirty of b's placements that would have shown one */
    bool verdict_changed;              /* says nothing by itself: a limit may just have been passed */
    struct compare_time time;
};

/* A reader or a handset with its sim, over its compared cells. */
struct compare_unit {
    enum compare_kind kind;
    size_t a, b; /* survey indexes: readers or pairs */
    size_t cells;
    uint64_t n_a, d_a, n_b, d_b;        /* sums: shown, no interval belongs to them */
    size_t apart_worse, apart_better;   /* cells whose interval excludes no change */
    size_t listed_worse, listed_better; /* cells on the list */
    size_t looks_worse, looks_better;   /* cells that only look so */
    size_t times_slower, times_faster;  /* cells on the list of times */
    double log_e;
    int way; /* 1: worse, -1: better, as far as log_e speaks for either */
    enum compare_class class;
};

struct comparison {
    const struct findings *a, *b; /* borrowed */
    enum compare_match match;
    double fdr, confidence; /* of the intervals of P(dirty): 1 - fdr */
    bool simulated;         /* both are */
    bool same_verdicts;     /* the schemes have the same limits and errors: verdicts mean the same */
    bool same_plan;         /* the schemes and sessions are the same, and both runs are finished */
    struct compare_difference *differences;
    size_t difference_count;
    struct compare_left *left;
    size_t left_count;
    struct compare_cell *cells; /* in the order of A's cells */
    size_t cell_count;
    struct compare_unit *units; /* readers, then handsets, in A's order */
    size_t unit_count;

    size_t tests, listed; /* cells and units; of them on the list */
    /* The e-value that a cell or a unit has to reach to stand on the list alone. */
    double cell_needs, unit_needs;
    size_t time_tests, time_listed;
    size_t by_class[COMPARE_CLASS_COUNT];      /* cells */
    size_t time_by_class[COMPARE_CLASS_COUNT]; /* cells */
    size_t looks, time_looks;                  /* cells that only look changed, either way */
    size_t said;                               /* cells on the list, or that look so */
    size_t units_by_class[COMPARE_CLASS_COUNT];
    size_t verdicts_changed;
    size_t blind; /* cells in which no change could have been seen, worse nor better */
    /* Over the cells without a change shown: the worsening of P(dirty) that their intervals still hold. NaN
     * without such a cell. */
    double open_least, open_median, open_most;
};

struct compare_options {
    enum compare_match match;
    double fdr; /* 0: COMPARE_FDR */
};

/* ERR_REFUSED when one run is simulated and the other is not. The findings have to outlive it. */
int compare_make(const struct findings *a, const struct findings *b, const struct compare_options *how,
                 struct comparison **out, struct err *e) __attribute__((warn_unused_result));
void compare_free(struct comparison **c);

/* Is anything on a list; could anything be? Neither is "not enough data". */
bool compare_found(const struct comparison *c);
bool compare_could_find(const struct comparison *c);

/* A unit of which there is nothing to say: no cell of it changed, or looks so. */
bool compare_is_quiet(const struct compare_unit *u);

#endif
