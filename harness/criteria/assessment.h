/*
 * The engine of criteria: from the findings of a run to a recommendation of each handset + sim, with the
 * clause, the cell and the records that decide, how far it hangs on thresholds and readers, and the least
 * demanding criteria that give the same list. Every report is a writer of it.
 */
#ifndef NFC_SURVEY_CRITERIA_ASSESSMENT_H
#define NFC_SURVEY_CRITERIA_ASSESSMENT_H

#include "harness/base/buf.h"
#include "harness/clauses/need.h"
#include "harness/findings/findings.h"

/* What criteria can ask for. Scope: the scripts, power modes and readers must be in the survey at all. */
enum assess_clause {
    ASSESS_NONE = 0,
    ASSESS_SUCCESS,
    ASSESS_TIME,
    ASSESS_FIVE_POINTS,
    ASSESS_HEIGHT,
    ASSESS_TECHNOLOGIES,
    ASSESS_PAYLOAD,
    ASSESS_READERS,
    ASSESS_SCOPE,
    ASSESS_CLAUSE_COUNT,
};

/* In the order of badness: the worse of two is the greater. */
enum assess_outcome {
    ASSESS_UNUSED = 0, /* not asked for, or not of this reader's class */
    ASSESS_PASS,
    ASSESS_OPEN,         /* not enough data yet */
    ASSESS_NOT_TESTABLE, /* not with this run, however many placements it had */
    ASSESS_FAIL,
};

struct assess_result {
    enum assess_outcome outcome;
    size_t cell;      /* that decides; SIZE_MAX: none */
    unsigned missing; /* OPEN: more clean placements that would pass it; 0: no number is known */
};

/* What a cell's placements say about each clause; thresholds are where the outcome changes. */
struct assess_cell {
    unsigned taps, taps_ok;              /* of the taps rule: seen so far, of them in order */
    double taps_lower, taps_upper;       /* Clopper-Pearson, one-sided 95 % each, for the N of the rule */
    unsigned payload_d;                  /* placements with a transaction that did not get past the step */
    double payload_lower, payload_upper; /* anytime-valid, as the cell's own bounds */
    uint32_t time_passes_from_us;        /* least T with evidence for E[Y] < 1 - share; UINT32_MAX: none */
    uint32_t time_fails_to_us;           /* greatest T with evidence for E[Y] > (1 - share)/5; 0: none */
    double overrun;                      /* mean of Y at the T of the criteria */
    unsigned time_missing; /* more placements without an overrun that would pass; 0: none would */
};

/* Why a pair has its recommendation; the cell that decides stands beside it. */
enum assess_reason {
    ASSESS_REASON_NONE = 0,
    ASSESS_REASON_ALL_COMPATIBLE,    /* the cell: the one with the highest upper bound */
    ASSESS_REASON_INCOMPATIBLE,      /* a required cell */
    ASSESS_REASON_DECLARED_ABSENT,   /* a required cell is not applicable */
    ASSESS_REASON_UNDECIDED,         /* a required cell */
    ASSESS_REASON_NOT_EXAMINED,      /* a required cell was excluded */
    ASSESS_REASON_NOT_IN_SURVEY,     /* a required script or power mode; no cell */
    ASSESS_REASON_MODE_INCOMPATIBLE, /* a cell of a conditional mode */
    ASSESS_REASON_MODE_OPEN,         /* a cell of a conditional mode is undecided, excluded or absent */
    ASSESS_REASON_CLAUSE_FAILED,     /* another clause than success; the cell if there is one */
    ASSESS_REASON_CLAUSE_OPEN,       /* the same, undecided */
    ASSESS_REASON_NOT_TESTABLE,      /* the run cannot tell; no cell */
};

struct assess_pair {
    enum recommendation recommendation; /* RECOMMENDATION_NONE without criteria */
    enum assess_reason reason;
    size_t reason_cell;         /* SIZE_MAX: none */
    const char *reason_missing; /* what the survey lacks, or the clause that decides, or NULL; borrowed */
    enum assess_outcome required;
    enum assess_clause clause; /* that decides; ASSESS_NONE when all pass */
    size_t cell;               /* that decides, or the least certain when all pass; SIZE_MAX: none */
    unsigned missing;          /* of that cell */
    struct assess_result clauses[ASSESS_CLAUSE_COUNT]; /* each by itself, over the readers */
    uint32_t passes, fails, open, not_testable;        /* readers, a bit each, by all required clauses */
    uint32_t modes_failing,
        modes_open;                /* conditional power modes, bit (1 << mode); open: not shown, not tested */
    uint32_t conditional_fails;    /* readers that fail in a conditional mode */
    size_t conditional_cell;       /* the worst of them; SIZE_MAX: none */
    size_t open_begin, open_count; /* of assessment.open */
    unsigned placements_missing;   /* the most that an open cell needs */

    /* Required cells that are compatible, and would not be with their invalid placements counted as dirty: a
     * reader that hangs because the phone fails makes failures invalid. */
    unsigned leans_on_invalid;

    double dirty_passes_from;     /* least dirty_at_most that passes; NAN: none, or no such clause */
    uint32_t time_passes_from_us; /* least time that passes; 0: none, or no such clause */
    unsigned readers_passed;      /* of those in scope */
    unsigned points_failing;      /* the most of five on a reader that counts; UINT_MAX: not known */
    double dead_zone_mm;          /* the widest range shown silent or unknown; NAN: not known */
};

struct assess_reader {
    bool in_scope;
    bool skips_payload;                            /* its class cannot pass the payload's step */
    unsigned passes, fails, open, not_testable;    /* handset + sim pairs */
    unsigned fails_by_clause[ASSESS_CLAUSE_COUNT]; /* pairs; one pair may fail several */
    unsigned alone;                                /* pairs not recommended that fail on no other reader */
};

/* A cell that keeps a pair from being decided. */
struct assess_open {
    size_t pair, cell;
    enum assess_clause clause;
    unsigned missing; /* clean placements; 0: no number within what the scheme allows. Of `time` by handset:
                         over all its cells */
};

enum assess_what {
    ASSESS_DROP = 1,        /* without a reader */
    ASSESS_DROP_MODEL,      /* without all readers of a model that has several in the survey */
    ASSESS_ONLY,            /* this reader alone */
    ASSESS_REPLACE,         /* a reader's place is taken by another one */
    ASSESS_RELAX,           /* without a clause */
    ASSESS_RELAX_MODE,      /* without a power mode */
    ASSESS_RELAX_CONDITION, /* without one of the conditions of a power mode: a case, a position */
    ASSESS_BOUND,           /* another dirty_at_most */
};

struct assess_scenario {
    enum assess_what what;
    unsigned reader, by; /* survey indexes */
    enum assess_clause clause;
    enum power_mode mode;
    unsigned condition; /* survey index */
    double bound;
    uint8_t *recommendation; /* enum recommendation of every pair */
    unsigned changed;        /* pairs that end otherwise than under the criteria */
    unsigned counts[RECOMMENDATION_NOT_ENOUGH_DATA + 1]; /* pairs by recommendation */
};

/* How far one clause may be moved without a pair ending otherwise. */
struct assess_range {
    enum assess_clause clause;
    bool testable;     /* on some pair; else the fields below say nothing */
    bool numeric;      /* from, tightest and loosest hold */
    double value;      /* as the criteria have it */
    double tightest;   /* the list is the same from here; the value itself where nothing tighter was found */
    double loosest;    /* the last value tried that leaves the list the same */
    double changes_at; /* the first looser value at which a pair ends otherwise; NAN: none does */
    size_t changes_pair; /* the first such pair */
    unsigned holds_back; /* pairs that end better when this clause alone is dropped */
    bool dropped;        /* the proposal does without it: nothing changes */
    double proposed;     /* in the proposal, after the clauses before it were loosened */
};

/* What a new handset + sim has to be measured with, if every placement is clean and at most. */
struct assess_cost {
    unsigned placements, placements_most; /* a condition and reader; all scripts run in each */
    unsigned conditions;
    unsigned sessions;
    double hours_set, hours_all; /* on the smallest set of readers; on all in scope. All clean */
};

#define ASSESS_SETS_MAX 16

struct assess_proposal {
    struct assess_range ranges[ASSESS_CLAUSE_COUNT];
    size_t range_count;
    bool same_list; /* all changes of it together were tried, and no pair ends otherwise */

    unsigned set_size;                   /* readers; 0: no pair failed, so no reader is shown to be needed */
    uint32_t sets[ASSESS_SETS_MAX];      /* every smallest set that tells the same, a bit a reader */
    size_t set_count;                    /* all of them, also beyond ASSESS_SETS_MAX */
    unsigned rests_on, failing, passing; /* decided pairs, and how they ended */
    unsigned patterns, patterns_once; /* distinct sets of failing readers, and those seen on one pair only */

    struct assess_cost as_is, proposed; /* a new handset under these criteria, and under the proposal */

    unsigned models, units, sims; /* tested */
    unsigned sessions_least, sessions_most;
    uint64_t cells_excluded, invalid_placements;
    unsigned changed_by_invalid; /* required cells whose verdict changes when invalid ones count as dirty */
};

/* The words of the proposal, a sentence each, in both languages. */
struct assess_sentence {
    char *en, *ja;
};

struct assessment {
    const struct findings *f;        /* borrowed */
    const struct criteria *criteria; /* borrowed */
    struct assess_pair *pairs;       /* survey order */
    struct assess_reader *readers;
    struct assess_cell *cells;
    struct assess_result *spots; /* [pair][reader][clause], required conditions: assess_spot() */
    struct assess_open *open;
    size_t open_count;
    unsigned open_pairs;    /* pairs that are kept from being decided */
    unsigned failing_alone; /* pairs not recommended that fail on one reader only */
    unsigned missing_most;  /* of the open cells, the most clean placements that one needs */
    unsigned counts[RECOMMENDATION_NOT_ENOUGH_DATA + 1]; /* pairs by recommendation */
    const char *not_in_survey; /* the first thing that the criteria need and the survey lacks, or NULL */
    uint32_t scope;            /* readers that count, a bit each */
    unsigned payload_step;     /* of the script, from 1; 0: no such clause, or no such step */

    struct assess_scenario *scenarios; /* what-ifs, then the lists for three bounds */
    size_t scenario_count;
    struct assess_proposal proposal;
    struct assess_sentence *sentences;
    size_t sentence_count;
};

/* Everything. The criteria and the findings must live as long as the assessment. */
int assess_make(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
    __attribute__((warn_unused_result));
/* Verdicts and evidence only: no scenarios, ranges or proposal. */
int assess_judge(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
    __attribute__((warn_unused_result));
void assess_free(struct assessment **a);

/* Forgets the what-ifs, so that others can take their place. */
void assess_forget(struct assessment *a);

/* Whether leaving a condition out says something of its own: its power mode has others, and no clause of
 * positions looks at where they are. */
bool assess_can_leave_out(const struct findings *f, const struct criteria *c, size_t condition);

/* Whether the reader is the first of several of its model that the criteria ask for, and others remain
 * without them: else dropping the model says nothing that dropping a reader does not. */
bool assess_can_drop_model(const struct assessment *a, unsigned reader);

/* One more what-if on a whole assessment: what, reader, by, clause, mode, condition and bound as given. */
int assess_add(struct assessment *a, const struct assess_scenario *ask, struct err *e)
    __attribute__((warn_unused_result));

static inline const struct assess_result *assess_spot(const struct assessment *a, size_t pair, size_t reader,
                                                      enum assess_clause clause)
{
    return &a->spots[(pair * a->f->survey->reader_count + reader) * ASSESS_CLAUSE_COUNT + clause];
}

/* The greatest share of dirty placements that passes: the criteria's own, or the scheme's q1. */
double assess_dirty_at_most(const struct findings *f, const struct criteria *c);

/* Whether the criteria have this clause; success, readers and scope always stand, with the defaults. */
bool assess_uses(const struct criteria *c, enum assess_clause clause);

/* A pair as it is judged; without criteria, a NULL, one that nobody judged. */
const struct assess_pair *assess_pair_of(const struct assessment *a, size_t pair);

/* Whether a pair fails a clause of this need on this reader, a capability declared absent included. */
bool assess_fails_on(const struct assessment *a, size_t pair, size_t reader, enum need need);

/* The reason of a pair's recommendation as a sentence, with the cell that decides and its counts. */
void assess_add_reason(struct buf *b, const struct assessment *a, size_t pair);

/* Lines of the journal behind an outcome of a cell: the first failing transactions, or the placement that
 * settled it. Returns how many. */
size_t assess_evidence(const struct assessment *a, const struct assess_result *r, enum assess_clause clause,
                       uint64_t *out, size_t max);

const char *assess_clause_name(enum assess_clause clause); /* as the file's key: "success", "five_points" */
const char *assess_outcome_name(enum assess_outcome outcome);
enum assess_clause assess_clause_of_name(const char *name); /* ASSESS_NONE for a stranger */

/* A value of a clause's range as people write it, to its digits towards the looser side: "20.0 % of
 * placements dirty", "6 readers". */
void assess_add_value(const struct assessment *a, const struct assess_range *r, double value, struct buf *en,
                      struct buf *ja);

/* A threshold, in microseconds for `time`, in the unit of the criteria's own key. */
double assess_in_unit(enum assess_clause clause, double value);

#endif
