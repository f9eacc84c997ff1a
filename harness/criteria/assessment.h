/*
 * The engine of criteria: from the findings of a run to a recommendation of each handset + sim, with the
 * clause, the cell and the records that decide, how far it hangs on thresholds and readers, and the least
 * demanding criteria that give the same list. Every report is a writer of it.
 */
#ifndef NFC_SURVEY_CRITERIA_ASSESSMENT_H
#define NFC_SURVEY_CRITERIA_ASSESSMENT_H

#include "harness/base/buf.h"
#include "harness/clauses/need.h"
#include "harness/criteria/stated_errors.h"
#include "harness/findings/findings.h"

/* What clauses.def lists beside the clauses: sentences of what one asks, phrases of what a cell shows, and units. */
enum clause_ask {
    ASK_NONE = 0,
#define ASK(ID) ASK_##ID,
#include "harness/clauses/clauses.def"
    ASK_COUNT
};
enum clause_evidence {
    EVIDENCE_NONE = 0, /* it has no figures of its own */
#define EVIDENCE(ID) EVIDENCE_##ID,
#include "harness/clauses/clauses.def"
    EVIDENCE_COUNT
};
enum clause_unit {
    UNIT_NONE = 0,
#define UNIT(ID, ...) UNIT_##ID,
#include "harness/clauses/clauses.def"
    UNIT_COUNT
};

enum measure_kind {
    MEASURE_NONE = 0, /* there is none; `text` says why */
    MEASURE_COUNT,
    MEASURE_SHARE,
    MEASURE_BOUND,    /* a share that is written upwards */
    MEASURE_INTERVAL, /* shares, real to high */
    MEASURE_TIME,     /* number: microseconds */
    MEASURE_LENGTH,   /* real: millimetres */
    MEASURE_TEXT,
    MEASURE_READERS,       /* number: a bit each */
    MEASURE_TECHNOLOGIES,  /* number: a bit each */
    MEASURE_BY_TECHNOLOGY, /* counts */
};

/* A value that a clause has something to say with, typed: whoever writes it puts it into words. */
struct measure {
    const char *id;      /* of criteria.yaml; NULL: it is there already, or says nothing by itself */
    const char *high_id; /* of an INTERVAL's upper end */
    enum measure_kind kind;
    uint64_t number;
    double real, high;
    const char *text; /* borrowed */
    uint64_t counts[FINDINGS_TECHNOLOGIES];
};

#define MEASURES_MAX 8
struct measures {
    size_t count;
    struct measure items[MEASURES_MAX];
};
static inline void measures_add(struct measures *m, struct measure one)
{
    if (m->count < MEASURES_MAX)
        m->items[m->count++] = one;
}

/* In the order of badness: the worse of two is the greater. */
enum assess_outcome {
    ASSESS_UNUSED = 0, /* not asked for, or not of this reader's class */
    ASSESS_PASS,
    ASSESS_OPEN,         /* not enough data yet */
    ASSESS_NOT_TESTABLE, /* not with this run, however many placements it had */
    ASSESS_FAIL,
};

/*
 * What decides a clause for a pair, or shows how it stands: over how many readers, where not all of them must pass; `own`
 * figures of the pair; and what was seen in the cell that decides. Each with its sentence, EVIDENCE_NONE where there is
 * nothing to say. All that writes of it draws from here.
 */
#define EVIDENCE_LINES_MAX 5
struct assess_evidence {
    enum clause clause; /* CLAUSE_NONE: nothing was judged */
    enum assess_outcome outcome;
    enum clause_evidence readers_say, says;
    struct measures readers, own;
    size_t cell;         /* SIZE_MAX: none decides by itself; the members below then say nothing */
    enum clause in_cell; /* that was looked at there */
    enum clause_evidence cell_says;
    struct measures cell_shows;
    uint64_t lines[EVIDENCE_LINES_MAX]; /* of the journal */
    size_t line_count;
};

/* What the rules of position found on a reader: of its lines (conditions offered alike, a script) the one that decides. */
struct assess_place {
    unsigned silent, open, answers,
        absent; /* of the five points: shown silent, not decided, shown to answer, not there */
    unsigned heights, heights_open;      /* measured; of them not decided */
    double silent_from_mm, silent_to_mm; /* the widest range that is shown silent; NAN: none is */
    double possible_mm; /* the widest that is not shown to answer, gaps between measured heights included */
};

struct assess_result {
    enum assess_outcome outcome;
    size_t cell;      /* that decides; SIZE_MAX: none */
    unsigned missing; /* OPEN: more clean placements that would pass it; 0: no number is known */
};

/* What a cell's placements say about each clause; thresholds are where the outcome changes. */
struct assess_cell {
    unsigned taps, taps_ok;        /* of the taps rule: seen so far, of them in order */
    double taps_lower, taps_upper; /* Clopper-Pearson, one-sided 95 % each, for the N of the rule */
    struct cell_counts
        payload; /* as judged; dirty: placements with a transaction that did not get past the step */
    double payload_lower, payload_upper; /* anytime-valid, as the cell's own bounds */
    uint32_t time_passes_from_us;        /* least T with evidence for E[Y] < 1 - share; UINT32_MAX: none */
    uint32_t time_fails_to_us[2]; /* enum criteria_refuse: greatest T with evidence for E[Y] > (1 - share)/5,
                                     and > 1 - share; 0: none */
    double overrun;               /* mean of Y at the T of the criteria */
    unsigned time_missing;        /* more placements without an overrun that would pass; 0: none would */
};

struct assess_pair {
    enum recommendation recommendation; /* RECOMMENDATION_NONE without criteria */
    size_t
        decides; /* the cell behind the recommendation, of a conditional one that of the mode; SIZE_MAX: none */
    enum assess_outcome required;
    enum clause clause;     /* that decides; CLAUSE_NONE when all pass */
    size_t cell;            /* that decides, or the least certain when all pass; SIZE_MAX: none */
    unsigned missing;       /* of that cell */
    bool shown_not_to_meet; /* not recommended, and so under `refuse: above-bound`, too */
    struct assess_result clauses[CLAUSE_COUNT]; /* each by itself, over the readers */
    uint32_t passes, fails, open, not_pursued,
        not_testable;     /* readers, a bit each, by all required clauses */
    uint32_t not_to_meet; /* of those that fail: shown not to meet a clause, as `refuse: above-bound` asks */
    enum assess_outcome
        over_readers; /* of the clauses that are asked of all readers together; UNUSED: there is none */
    uint32_t modes_failing,
        modes_open;             /* conditional power modes, bit (1 << mode); open: not shown, not tested */
    uint32_t conditional_fails; /* readers that fail in a conditional mode */
    size_t conditional_cell;    /* the worst of them; SIZE_MAX: none */
    enum clause conditional_clause; /* that it misses, or that is open there */
    enum clause readers_clause;     /* that decides in the cell of `readers` */
    double late; /* TIME by handset: mean overrun over the cells of the script that decides, ... */
    unsigned late_placements;      /* ... and how many placements they have */
    uint32_t late_passes_from_us;  /* UINT32_MAX: no time would do */
    size_t open_begin, open_count; /* of assessment.open */
    unsigned placements_missing;   /* the most that an open cell needs */

    /* Required cells that are compatible, and would not be with their invalid placements counted as dirty: a
     * reader that hangs because the phone fails makes failures invalid. */
    unsigned leans_on_invalid;

    double
        passes_from[CLAUSE_COUNT]; /* least demanding threshold that passes; NAN: none, or no such clause */
    unsigned readers_passed;       /* of those in scope */
    uint32_t held_back_by;         /* clauses without each of which it would end better, a bit each */
};

struct assess_reader {
    bool in_scope;
    uint32_t skips; /* clauses that its class cannot pass, a bit each */
    unsigned passes, fails, open, not_pursued, not_testable; /* handset + sim pairs */
    unsigned fails_by_clause[CLAUSE_COUNT];                  /* pairs; one pair may fail several */
    unsigned alone; /* pairs not recommended that fail here and pass on all other readers */
};

/* A cell that keeps a pair from being decided. */
struct assess_open {
    size_t pair, cell;
    enum clause clause;
    unsigned missing; /* clean placements; 0: no number within what the scheme allows. Of `time` by handset:
                         over all its cells */
};

enum what_if {
    WHAT_IF_NONE = 0,
#define W(ID, ...) WHAT_IF_##ID,
#include "harness/criteria/what_if.def"
#undef W
    WHAT_IF_COUNT
};

struct assess_scenario {
    enum what_if what;
    unsigned which;          /* a reader, clause, power mode or condition, by its number */
    unsigned by;             /* REPLACE: the reader that takes its place */
    double bound;            /* BOUND */
    uint8_t *recommendation; /* enum recommendation of every pair */
    unsigned changed;        /* pairs that end otherwise than under the criteria */
    unsigned counts[RECOMMENDATION_NOT_ENOUGH_DATA + 1]; /* pairs by recommendation */
};

/* How far one clause may be moved without a pair ending otherwise. */
struct assess_range {
    enum clause clause;
    bool testable; /* on some pair; else the fields below say nothing */
    bool numeric;  /* the values hold, in the unit of the rules: times in microseconds */
    enum clause_unit unit;
    unsigned of;     /* TAPS: of so many */
    bool falls;      /* a smaller value is the looser one */
    double value;    /* as the criteria have it */
    double tightest; /* the list is the same from here; the value itself where nothing tighter was found */
    double loosest;  /* the last value tried that leaves the list the same */
    double
        changes_at; /* the first looser value at which a pair ends otherwise; NAN: none does, within `limit` */
    double limit;   /* the loosest that the scheme tests; 0: no such limit */
    size_t changes_pair; /* the first such pair */
    unsigned holds_back; /* pairs that end better when this clause alone is dropped */
    bool dropped;        /* the proposal does without it: nothing changes */
    double proposed;     /* in the proposal, after the clauses before it were loosened; DIRTY: at most q1 */
};

/* What a new handset + sim has to be measured with, if every placement is clean and at most. */
struct assess_cost {
    unsigned placements, placements_most; /* a condition and reader; all scripts run in each */
    unsigned conditions;
    unsigned sessions;
    double hours_set, hours_all; /* on the smallest set of readers; on all in scope. All clean */
};

/* Every refused pair judged by what is found without it. */
struct assess_left_out {
    unsigned refused; /* pairs not recommended, left out in turn */
    unsigned listed;  /* of them by the looser values found without it */
    unsigned passed;  /* of them by at least one of the smallest sets of readers found without it */
};

#define ASSESS_SETS_MAX 16

struct assess_proposal {
    struct assess_range ranges[CLAUSE_COUNT];
    size_t range_count;
    bool
        nobody_listed; /* nobody is recommended: ranges then have only their values and whom they hold back */
    bool same_list;    /* all changes of it together were tried, and no pair ends otherwise */
    unsigned held_back,
        held_back_by_several; /* pairs that end better without a clause; without any of several */

    unsigned set_size;                   /* readers; 0: no pair failed, so no reader is shown to be needed */
    uint32_t sets[ASSESS_SETS_MAX];      /* every smallest set that decides the same, a bit a reader */
    size_t set_count;                    /* all of them, also beyond ASSESS_SETS_MAX */
    unsigned rests_on, failing, passing; /* decided pairs, and how they ended */
    struct assess_left_out left_out;
    unsigned patterns, patterns_once; /* distinct sets of failing readers, and those seen on one pair only */

    struct assess_cost as_is, proposed; /* a new handset under these criteria, and under the proposal */

    unsigned models, units, sims; /* tested */
    unsigned sessions_least, sessions_most;
    uint64_t cells_excluded, invalid_placements;
    unsigned changed_by_invalid; /* required cells whose verdict changes when invalid ones count as dirty */
};

/* Of whom is asked; all zero: of every pair, on the readers that the criteria name. */
struct assess_question {
    const bool *pairs; /* one each; NULL: all; borrowed, it has to outlive the assessment */
    uint32_t readers;  /* a bit each: these alone count, and all of them must pass; 0: as the criteria say */
};

struct assessment {
    const struct findings *f;        /* borrowed */
    const struct criteria *criteria; /* borrowed */
    struct assess_question asked;    /* other pairs have RECOMMENDATION_NONE, and are in no count */
    struct assess_pair *pairs;       /* survey order */
    struct assess_reader *readers;
    struct assess_cell *cells;
    struct assess_result *spots;        /* [pair][reader][clause], required conditions: assess_spot() */
    struct assess_place *places;        /* [pair][reader], of the rules of position: assess_place() */
    double weights[SURVEY_READERS_MAX]; /* of readers, where they count by share */
    struct assess_open *open;
    size_t open_count;
    unsigned open_pairs;    /* pairs that are kept from being decided */
    unsigned failing_alone; /* pairs not recommended that fail on one reader and pass on all others */
    unsigned missing_most;  /* of the open cells, the most clean placements that one needs */
    unsigned counts[RECOMMENDATION_NOT_ENOUGH_DATA + 1]; /* pairs by recommendation */
    unsigned shown_not_to_meet;                          /* of those not recommended */
    unsigned
        off_list; /* of those without enough data: they cannot pass any more, whatever else is measured */
    const char *not_in_survey; /* the first thing that the criteria need and the survey lacks, or NULL */
    bool lacks_cells;          /* that is a script, step or power mode: no reader is shown to pass */
    uint32_t scope;            /* readers that count, a bit each */
    unsigned payload_step;     /* of the script, from 1; 0: no such clause, or no such step */

    struct stated_errors errors;       /* of the list, whatever was found */
    struct assess_scenario *scenarios; /* what-ifs, then the lists for three bounds */
    size_t scenario_count;
    struct assess_proposal proposal;
};

/* Everything. The criteria and the findings must live as long as the assessment. */
int assess_make(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
    __attribute__((warn_unused_result));
/* Verdicts and evidence only: no scenarios, ranges or proposal. */
int assess_judge(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
    __attribute__((warn_unused_result));
/* The same of some pairs or readers. */
int assess_judge_of(const struct findings *f, const struct criteria *c, const struct assess_question *asked,
                    struct assessment **out, struct err *e) __attribute__((warn_unused_result));
void assess_free(struct assessment **a);

static inline bool assess_is_of_some(const struct assessment *a)
{
    return a->asked.pairs || a->asked.readers;
}

/* Forgets the what-ifs, so that others can take their place. */
void assess_forget(struct assessment *a);

const char *what_if_key(enum what_if what);
const char *what_if_words(enum what_if what); /* "without reader" */
/* The name of what is changed: a reader, a clause ...; NULL of a bound, which is a number. */
const char *what_if_argument(const struct assessment *a, const struct assess_scenario *x);

/* One more what-if on a whole assessment, "option:argument" as --what-if takes it. ERR_USAGE: it makes no sense of this
 * survey and these criteria. */
int assess_add(struct assessment *a, const char *what_if, struct err *e) __attribute__((warn_unused_result));

static inline const struct assess_result *assess_spot(const struct assessment *a, size_t pair, size_t reader,
                                                      enum clause clause)
{
    return &a->spots[(pair * a->f->survey->reader_count + reader) * CLAUSE_COUNT + clause];
}

static inline const struct assess_place *assess_place(const struct assessment *a, size_t pair, size_t reader)
{
    return &a->places[pair * a->f->survey->reader_count + reader];
}

/*
 * A clause passes what is shown to be at most `passes` and, unless the criteria say `refuse: above-bound`, refuses what is
 * shown above `refuses`. Between the two it may end either way. Both 0: the clause knows no such thing.
 */
struct assess_grey {
    double refuses, passes;
    double
        mean; /* of rows under a scheme of two tiers: on average over the readers, `passes` on each; else 0 */
};
struct assess_grey assess_grey_of(const struct assessment *a, enum clause clause);

/* A pair as it is judged; without criteria, a NULL, one that nobody judged. */
const struct assess_pair *assess_pair_of(const struct assessment *a, size_t pair);

/* Whether a pair fails a clause of this need on this reader, a capability declared absent included. */
bool assess_fails_on(const struct assessment *a, size_t pair, size_t reader, enum need need);

/* Whether some of the readers are enough. */
bool assess_counts_some(const struct assessment *a);

/* Of one clause of a pair; lines: the first failing transactions, or the placement that settled it. */
struct assess_evidence assess_evidence(const struct assessment *a, size_t pair, enum clause clause);
/* Of the clause that decides a pair; where all are met, of the first that is asked for, in its least certain cell. */
struct assess_evidence assess_decides(const struct assessment *a, size_t pair);
/* Whether a pair is off the list because a cell, or a row under a scheme of two tiers, can no longer pass. */
bool assess_is_out_of_reach(const struct assessment *a, const struct assess_pair *p);
/* Readers on which a pair fails the clause that decides it, a bit each; 0 of one that is not refused. */
uint32_t assess_refusing_readers(const struct assessment *a, size_t pair);

const char *assess_outcome_name(enum assess_outcome outcome);

/* What a clause asks, as measures in the order of the sentence's arguments. ASK_NONE: it is not asked for, or other
 * words say it. */
enum clause_ask assess_asks_for(const struct assessment *a, enum clause clause, struct measures *out);
/* The least demanding threshold that a pair passes; without an id where the clause has none. */
struct measure assess_flips_at(const struct assessment *a, size_t pair, enum clause clause);
/* Why readers skip a clause. */
const char *assess_skips_why(enum clause clause);

/* A threshold in the unit of the criteria's own key. */
double assess_in_unit(enum clause_unit unit, double value);
/* To the digits that people read, towards the looser side, where what is said of a value still holds. */
double assess_as_written(const struct assess_range *r, double value);

#endif
