/*
 * Two runs side by side: which cells, readers and handsets changed, which only look so, and what could not be
 * compared and why. Pure: two findings in, a comparison out; a writer holds no arithmetic.
 *
 * Outcomes of a cell: is P(dirty) the same in both runs? Placements are the units, and the test is an e-value
 * (stats/change.h), so that neither run's sequential stops spoil it. As every verdict, it is about the
 * sessions that were run: a day that is good or bad as a whole looks like a change of the cell. So what hangs on one
 * session, or is of a reader or handset whose sessions differ inside a run, is not listed. Cells are one
 * family, listed by e-BH at `fdr`: of the entries listed, the expected share of those that did not change
 * between these sessions is at most fdr, whatever the dependence between them.
 *
 * Readers, handsets and times: a session does something to all cells of a handset, and of a reader, so it is the unit.
 * With COMPARE_SESSIONS_LEAST on either side the sessions of both runs are shared out anew in all ways
 * (stats/max_t.h): the chance of any entry without a change is at most fdr, for readers and handsets together,
 * once more for readers with handsets, and once more for times. With fewer nothing is claimed: what placements alone would show is called
 * "differs between these days". A reader with a handset, over conditions and scripts, is tested in the same way, in a
 * family of its own. Readers and handsets need the same plan in both runs, both finished, and the whole
 * matrix of both (`decide: matrix`): where only the list is wanted, cells stop by what others show, and what is left of a
 * reader or handset depends on how it did.
 *
 * Times of a cell: the ratio of the medians of all ok transactions, its interval from theirs
 * (stats/cluster.h); with few sessions the rank sum test of the placements' medians, Benjamini & Hochberg.
 *
 * No list says what the cause is: that is why all that differs between the runs comes first.
 */
#ifndef NFC_SURVEY_COMPARE_COMPARE_H
#define NFC_SURVEY_COMPARE_COMPARE_H

#include "harness/compare/text_diff.h"
#include "harness/findings/findings.h"

#define COMPARE_FDR              0.05
#define COMPARE_SESSIONS_LEAST   4 /* on either side; with three no way of sharing them out is rare enough */
#define COMPARE_TIMES_LEAST      3 /* placements with a time in either run, for a test of times */
#define COMPARE_TIMES_CONFIDENCE 0.95

enum compare_match { COMPARE_BY_UNIT = 0, COMPARE_BY_MODEL };

/*
 * What a comparison says, as YAML has it; people read it in the catalogue's words. NOT_TESTED: too few placements with
 * a time, or a unit of runs whose plans differ. NO_CHANGE: none shown, the interval holds "no change". LOOKS_..: the
 * interval does not, but the entry is not on the list. UNSTEADY: of units only, not on the list, the sessions of a
 * run differ, or some of its cells look worse and some better. DIFFERS: by placements only, which claims nothing
 * beyond these sessions: of units and times with few of them, of cells for which one speaks alone, or whose unit is
 * unsteady. WORSE and BETTER: on a list. The second two are of times.
 */
#define COMPARE_CLASS_NAMES(N)                                                                               \
    N(NOT_TESTED, "not tested", FEW_TIMES, "too few times")                                                  \
    N(NO_CHANGE, "no change shown", NO_CHANGE, "no change shown")                                            \
    N(LOOKS_WORSE, "looks worse", LOOKS_SLOWER, "looks slower")                                              \
    N(LOOKS_BETTER, "looks better", LOOKS_FASTER, "looks faster")                                            \
    N(UNSTEADY, "unsteady", UNSTEADY, "unsteady")                                                            \
    N(DIFFERS, "differs between these days", DIFFERS, "differs between these days")                          \
    N(WORSE, "worse", SLOWER, "slower")                                                                      \
    N(BETTER, "better", FASTER, "faster")

/* What differs between the runs. */
#define COMPARE_WHAT_NAMES(N, P)                                                                             \
    N(P, SURVEY, "survey")                                                                                   \
    N(P, SURVEY_TEXT, "survey file")                                                                         \
    N(P, SEED, "seed")                                                                                       \
    N(P, SCHEME, "scheme")                                                                                   \
    N(P, TRANSACTIONS, "transactions a placement (k)")                                                       \
    N(P, SESSIONS, "sessions")                                                                               \
    N(P, LANES, "lanes")                                                                                     \
    N(P, HANDS, "hands")                                                                                     \
    N(P, PROGRAM, "program")                                                                                 \
    N(P, LIBRARIES, "libraries")                                                                             \
    N(P, SYSTEM, "system")                                                                                   \
    N(P, HOST, "host")                                                                                       \
    N(P, CLOCK, "clock")                                                                                     \
    N(P, READER_PROFILE, "reader profile")                                                                   \
    N(P, SERIAL, "reader serial")                                                                            \
    N(P, FIRMWARE, "reader firmware")                                                                        \
    N(P, DRIVER, "driver")                                                                                   \
    N(P, HANDSET_PROFILE, "handset profile")                                                                 \
    N(P, HANDSET_FACT, "handset fact")                                                                       \
    N(P, SIM, "sim")                                                                                         \
    N(P, CONDITION, "condition")                                                                             \
    N(P, SCRIPT, "script")                                                                                   \
    N(P, TIME_LIMIT, "time limit")

/* Why cells are not compared. ABSENT: the other run has no such reader, handset, condition or script. */
#define COMPARE_REASON_NAMES(N, P)                                                                           \
    N(P, ABSENT, "only in this run")                                                                         \
    N(P, SEVERAL, "several units of this model in a run: match by unit")                                     \
    N(P, CONDITION, "the handset is offered otherwise under the same id")                                    \
    N(P, SCRIPT, "the script has another text")                                                              \
    N(P, TIME_LIMIT, "another time limit: dirty means something else")                                       \
    N(P, TRANSACTIONS, "another k: dirty means something else")                                              \
    N(P, EXCLUDED, "excluded by the survey")                                                                 \
    N(P, NOT_APPLICABLE, "not applicable: declared absent")                                                  \
    N(P, NO_PLACEMENT, "no placement counted")

#define COMPARE_KIND_NAMES(N, P)                                                                             \
    N(P, CELL, "cell")                                                                                       \
    N(P, READER, "reader")                                                                                   \
    N(P, HANDSET, "handset")                                                                                 \
    N(P, PAIR, "reader with handset")                                                                        \
    N(P, CONDITION, "condition")                                                                             \
    N(P, SCRIPT, "script")

#define COMPARE_CLASS_MEMBER(member, name, times_member, times_name) COMPARE_##member,
enum compare_class { COMPARE_CLASS_NAMES(COMPARE_CLASS_MEMBER) COMPARE_CLASS_COUNT };
enum compare_what {
    COMPARE_WHAT_NONE = 0,
    COMPARE_WHAT_NAMES(DOMAIN_MEMBER, COMPARE_WHAT) COMPARE_WHAT_COUNT
};
enum compare_reason {
    COMPARE_REASON_NONE = 0,
    COMPARE_REASON_NAMES(DOMAIN_MEMBER, COMPARE_REASON) COMPARE_REASON_COUNT
};
enum compare_kind { COMPARE_KIND_NAMES(DOMAIN_MEMBER, COMPARE) COMPARE_KIND_COUNT };

/* "" for a stranger; static. */
const char *compare_class_name(enum compare_class c, bool times);
const char *compare_what_name(enum compare_what w);
const char *compare_reason_name(enum compare_reason r);
const char *compare_kind_name(enum compare_kind k);

bool compare_is_change(enum compare_class c); /* on a list */
bool compare_looks(enum compare_class c);     /* not on it, but apart */

/* Of what there are entries. */
enum compare_family {
    COMPARE_CELLS = 0, /* their outcomes */
    COMPARE_TIMES,     /* of cells */
    COMPARE_READERS,
    COMPARE_HANDSETS,
    COMPARE_PAIRS, /* readers with handsets */
    COMPARE_FAMILY_COUNT
};

struct compare_difference {
    enum compare_what what;
    char *subject;           /* a unit, a script ...; NULL: the run as a whole */
    struct said *a, *b;      /* owned; NULL: absent */
    bool breaks;             /* cells are not compared because of it */
    struct text_line *lines; /* of a file that both runs have: in which it differs; owned */
    size_t line_count;
};

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
    /* By sessions, else the rank sum test of placements, 1 where the interval holds 1; NaN: not tested. */
    double p, adjusted;
    int way; /* by sessions: 1 slower, -1 faster */
    enum compare_class class;
};

/* Could a change have been seen, and with how many dirty placements? */
struct compare_visible {
    bool any;
    unsigned dirty;
};

struct compare_cell {
    size_t a, b;                  /* cells of findings */
    double difference, low, high; /* of P(dirty), b - a: of the shares seen, and the interval */
    double log_e;
    enum compare_class class;
    bool one_session; /* without one session its counts no longer speak for it: not listed */
    bool unsteady;    /* sessions differ for its reader or handset: not listed */
    struct compare_visible worse_from, better_up_to; /* with b's placements */
    bool verdict_changed; /* says nothing by itself: a limit may just have been passed */
    struct compare_time time;
};

/* How many of them, either way. */
struct compare_ways {
    size_t worse, better;
};

/* A reader, a handset with its sim, or a reader with a handset, over its compared cells. */
struct compare_unit {
    enum compare_kind kind;
    size_t a, b;               /* survey indexes: readers, else pairs */
    size_t reader_a, reader_b; /* of a PAIR */
    size_t cells;
    uint64_t n_a, d_a, n_b, d_b;       /* sums: shown, no interval belongs to them */
    struct compare_ways apart;         /* cells whose interval excludes no change */
    struct compare_ways listed, looks; /* cells on the list, and cells that only look so */
    struct compare_ways times;         /* cells on the list of times: slower, faster */
    bool unsteady;                     /* a run's sessions differ */
    double log_e;                      /* of placements: do these days differ? */
    double p, adjusted;                /* of sessions; NaN: not tested */
    int way; /* 1: worse, -1: better; of sessions where p is a number, else of log_e */
    enum compare_class class;
};

struct comparison {
    const struct findings *a, *b; /* borrowed */
    enum compare_match match;
    double fdr, confidence; /* of the intervals of P(dirty): 1 - fdr */
    bool simulated;         /* both are */
    bool unproven;          /* one of them is */
    bool same_verdicts;     /* the schemes have the same limits and errors: verdicts mean the same */
    bool same_plan;         /* the schemes and sessions are the same, and both runs are finished */
    bool of_list;           /* one of them decides only the list */
    bool units_tested;      /* readers and handsets are: the same plan, of the whole matrix */
    struct compare_difference *differences;
    size_t difference_count;
    struct compare_left *left;
    size_t left_count;
    struct compare_cell *cells; /* in the order of A's cells */
    size_t cell_count;
    struct compare_unit *units; /* readers, then handsets, then each reader with each handset, in A's order */
    size_t unit_count;
    size_t pair_begin; /* of units: the first reader with a handset; these are a family of their own */

    size_t sessions_a, sessions_b; /* with a counted placement of a compared cell */
    bool by_session; /* enough of them: the session is the unit of readers, handsets and times */
    double least_p;  /* by sessions: no p can be less */

    size_t tests, listed;            /* cells; of them on the list */
    double cell_needs;               /* the e-value with which a cell is on the list alone */
    size_t unit_tests, units_listed; /* by sessions: readers and handsets */
    size_t pair_tests, pairs_listed; /* the same of readers with handsets */
    size_t time_tests, time_listed;
    /* The one count of entries, by what they are of and by what is shown of them: headline, boxes and tables are of it. */
    size_t by[COMPARE_FAMILY_COUNT][COMPARE_CLASS_COUNT];
    size_t
        looks_with_unit; /* of the cells that only look changed: as their reader or handset does, which is listed */
    size_t said;         /* cells on the list, or that look so, or differ between these days */
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

/* How many entries of these classes a family has. */
size_t compare_count(const struct comparison *c, enum compare_family family, enum compare_class first,
                     enum compare_class last);
/* Entries on all lists together. */
size_t compare_changes(const struct comparison *c);
/* Is anything on a list; could anything be? Neither is "not enough data". */
bool compare_found(const struct comparison *c);
bool compare_could_find(const struct comparison *c);

/* A unit of which there is nothing to say: no cell of it changed, or looks so. */
bool compare_is_quiet(const struct compare_unit *u);
/* How many readers or handsets there are, and how many of them there is nothing to say of. */
size_t compare_units(const struct comparison *c, enum compare_kind kind, size_t *quiet);

#endif
