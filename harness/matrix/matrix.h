/*
 * What a run says as a whole: pooled estimates beside the raw cells, effects of readers and handsets, how
 * much of the market each reader and each subset of readers serves, which handsets to keep for regression,
 * and whether an attribute predicts failure. Verdicts stay those of the cells; nothing here changes one, and
 * readers are in the survey's order, never in one of merit.
 */
#ifndef NFC_SURVEY_MATRIX_MATRIX_H
#define NFC_SURVEY_MATRIX_MATRIX_H

#include "harness/clauses/need.h"
#include "harness/criteria/assessment.h"
#include "harness/findings/findings.h"
#include "harness/matrix/gauge.h"
#include "harness/stats/decision_stump.h"
#include "harness/stats/permute.h"
#include "harness/stats/pool.h"
#include "harness/survey/shares.h"

#define MATRIX_PERMUTATIONS     999
#define MATRIX_PERMUTATIONS_MAX 100000
#define MATRIX_LEVEL            0.05 /* a p-value above it, adjusted, is not said to be an effect */
#define MATRIX_LIST_LEVEL       0.05 /* expected share of wrong entries on the provisional list */
#define MATRIX_CONFIDENCE       0.95
#define MATRIX_TARGETS          5
#define MATRIX_ATTRIBUTES_MAX   8

/*
 * Of a handset on a reader. By criteria: works where it passes all clauses that they require, fails where it fails one.
 * Without, over the cells of a group: works when all of them are compatible, fails when any is incompatible or declared
 * absent, not pursued when nothing but that keeps it from working, open otherwise.
 */
enum matrix_state { MATRIX_OPEN = 0, MATRIX_WORKS, MATRIX_FAILS, MATRIX_NOT_PURSUED };

/* lower: shown to meet the criteria; upper: not shown not to meet them. Of the market, or of the tested handsets where no share is known. */
struct matrix_bracket {
    double lower, upper;
};

struct matrix_cell {
    size_t cell; /* of findings; it has placements */
    struct pool_estimate pooled;
    double tail; /* P(q >= q1), given the mix of cells */
    bool listed; /* on the provisional list of good cells */
};

/* Cells with the same counts, which have the same estimates. */
struct matrix_point {
    unsigned n, d;
    size_t cells;
    double raw; /* d of n */
    struct pool_estimate pooled;
};

struct matrix_reader {
    unsigned works, fails, open, not_pursued; /* handsets */
    uint64_t n, d;                            /* placements, of its cells */
    double raw;    /* mean of its cells' shares d/n: with the weights of `pooled`, a cell each; NaN: none */
    double pooled; /* mean of its cells' pooled estimates; NaN: no cell with a placement */
    struct matrix_bracket market;
    /* "success >= 99 % at 95 %" over the tested market takes 300 w clean placements of a handset of share
     * w. */
    uint64_t claim_missing, claim_dirty; /* placements still to make, if all come out clean; dirty so far */
    unsigned claim_absent;               /* handsets without a cell that could have placements */
};

struct matrix_target {
    double share;
    unsigned size;  /* of the smallest subsets of readers that show it; 0: none does */
    unsigned alike; /* how many of that size do: matrix_meets() says which */
};

/* Handsets with the same states on all readers: '+' works, '-' fails, '?' open, a character a reader. */
struct matrix_pattern {
    char text[SURVEY_READERS_MAX + 1];
    unsigned count;
};

/* e-BH over the cells of a group, on their e-values as they are. */
struct matrix_list {
    size_t verdicts;   /* cells with the verdict that the list is about */
    size_t listed;     /* cells that e-BH lists */
    double needed;     /* e-value that each needs for `verdicts` of them to be listed; 0: no verdict yet */
    double stop;       /* e-value at which the scheme stops a cell */
    unsigned needed_n; /* placements, all clean (or for incompatible all dirty), that reach `needed` ... */
    unsigned stop_n;   /* ... and that reach `stop` */
};

enum matrix_what {
    MATRIX_EFFECT_NONE = 0,
    MATRIX_EFFECT_READER,            /* permuted inside a handset */
    MATRIX_EFFECT_HANDSET,           /* permuted inside a reader */
    MATRIX_EFFECT_CONDITION,         /* permuted inside reader x handset */
    MATRIX_EFFECT_HANDSET_ATTRIBUTE, /* labels permuted among handset models */
    MATRIX_EFFECT_READER_ATTRIBUTE,  /* labels permuted among readers */
};

struct matrix_effect {
    enum matrix_what what;
    size_t group;          /* SIZE_MAX: the whole run */
    const char *attribute; /* of the last two; static */
    struct permute_result result;
    double holm;  /* adjusted for all effects of the run */
    double floor; /* smallest p that any data with these labels could reach; 0 where it does not matter */
};

/* An attribute of the handset models, from their profiles. */
struct matrix_attribute {
    const char *name; /* static */
    bool ordered;
    double *values;          /* one a model; NaN: absent. Unordered: index into categories */
    const char **categories; /* sorted; texts borrowed from the profiles */
    size_t category_count;
};

/* Models with an attribute's value (ordered: up to it) against the others. */
struct matrix_association {
    size_t attribute;
    double value;
    size_t reader; /* SIZE_MAX: fails on any reader against works on all */
    unsigned with_fails, with_works, without_fails, without_works;
    double p, adjusted; /* Fisher, two-sided; Benjamini-Hochberg over all of the group */
};

struct matrix_group {
    const char *name;    /* "required", or the condition's id; borrowed */
    bool required;       /* what the criteria require */
    uint64_t conditions; /* a bit a condition */
    uint32_t scripts;    /* a bit a script */
    uint8_t *states;     /* enum matrix_state of pair * readers + reader */
    double bound;        /* P(dirty) that the criteria allow; without them the scheme's q1 */
    uint8_t *
        served; /* the same as to this bound: works shown at most it, fails shown above it, which brackets go by */
    struct matrix_cell *cells;
    size_t cell_count, compatible, incompatible,
        tested;                  /* tested: cells of the survey, in or with placements */
    struct matrix_point *points; /* by n, then d */
    size_t point_count;
    struct pool_prior prior;
    size_t listed, listed_open; /* provisional list; of them without the verdict compatible */
    double bad_share;           /* P(q >= q1), mean over cells */
    double wrong_compatible, wrong_incompatible; /* estimated shares of wrong ones; NaN: none */
    struct matrix_reader readers[SURVEY_READERS_MAX];
    struct matrix_bracket all_readers; /* on every reader that counts, or as the criteria count them */
    bool counts_some;                  /* not all readers must pass */
    const char
        *lacks; /* what the criteria ask of every reader and the survey lacks, or NULL; borrowed from both */
    double *subset_lower, *subset_upper; /* 1 << readers values each; untested share in the upper ones */
    struct matrix_target targets[MATRIX_TARGETS];
    struct matrix_pattern *patterns; /* most frequent first */
    size_t pattern_count;
    size_t *pattern_of_pair;
    struct decision_stump_result
        stump; /* of models that fail on some reader against those that work on all */
    unsigned models_fail, models_work, models_open;
    struct matrix_association *associations;
    size_t association_count;
    struct matrix_list fdr_compatible, fdr_incompatible; /* when asked for */
};

struct matrix {
    struct shares_use shares;
    const char *shares_path; /* of the file, borrowed; NULL: the profiles */
    double *weights;         /* one a pair */
    unsigned permutations;
    double fdr; /* 0: not asked for */
    struct matrix_group *groups;
    size_t group_count;
    struct matrix_effect *effects;
    size_t effect_count;
    size_t *models; /* handset profiles with a pair */
    size_t model_count;
    struct matrix_attribute attributes[MATRIX_ATTRIBUTES_MAX];
    size_t attribute_count;
    struct gauge *gauges; /* times, then dirty placements, a script each */
    size_t gauge_count;
    bool has_icc;
    double icc;
    uint64_t icc_placements;
    /* The smallest set of pairs that shows every reader x stage x causes (and reader x slow) seen. */
    size_t *regression;
    size_t regression_count, regression_greedy, modes, modes_once; /* once: seen with one handset only */
    bool regression_proven;                                        /* no smaller set exists */
};

struct matrix_options {
    const struct assessment *assessment; /* by the criteria; NULL: they are judged anew */
    const struct shares *shares;         /* NULL: the profiles' */
    unsigned permutations;               /* 0: MATRIX_PERMUTATIONS */
    double fdr;                          /* level of e-BH; 0: none */
};

/* Of a run with `decide: list` only states, brackets, patterns and `regression`: cells that stopped by an outcome would
 * bias all else. What c, or NULL, requires is one group. ERR_INPUT, with problems, when the shares don't fit the survey. f must outlive
 * it. */
int matrix_make(const struct findings *f, const struct criteria *c, const struct matrix_options *options,
                struct matrix **out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result));
void matrix_free(struct matrix **m);

/* The value of an attribute as text. */
void matrix_attribute_text(const struct matrix_attribute *a, double value, char *out, size_t capacity);

/* "released <= 2014", "carrier is not X" ... */
void matrix_rule_text(const struct matrix *m, const struct decision_stump_rule *rule, char *out,
                      size_t capacity);

/* Whether a subset of readers (a bit each) is one of a target's smallest. */
bool matrix_meets(const struct matrix_group *g, const struct matrix_target *t, uint32_t subset);

/* Readers of a subset as "unit, unit". */
void matrix_subset_text(const struct findings *f, uint32_t subset, char *out, size_t capacity);

/* Whether the brackets of two readers don't overlap: only then may one be called better. */
bool matrix_apart(const struct matrix_bracket *better, const struct matrix_bracket *worse);

const char *matrix_effect_name(enum matrix_what what);

/* Whether an effect, a rule or an association survives the search that found it; what does not is not
 * said. */
bool matrix_says_effect(const struct matrix_effect *effect);
bool matrix_says_rule(const struct matrix *m, const struct matrix_group *g);
bool matrix_says_association(const struct matrix_association *a);

/* Whether the effect could not be shown whatever the data: so few units reach no p that many tests together need. */
bool matrix_has_too_few(const struct matrix *m, const struct matrix_effect *effect);

/* Whether those with the value fail more often, else the others do. */
bool matrix_fails_with(const struct matrix_association *a);

/*
 * The shown association that goes with a handset's failure on these readers, a bit each: its model is on the side
 * that fails more often. One of a reader before one of any reader, then the most certain one; NULL: none is shown.
 */
const struct matrix_association *matrix_why(const struct findings *f, const struct matrix *m,
                                            const struct matrix_group *g, size_t pair, uint32_t readers);

/* Whose requirement follows from an association: the readers', where at least half of the models that fail work on
 * another reader (or, of any reader, on one of them), else the handsets'. */
struct matrix_requirement {
    bool of_readers;
    unsigned models, fail, work_elsewhere; /* models on the failing side with an outcome; of them; of these */
};
struct matrix_requirement matrix_requirement(const struct findings *f, const struct matrix *m,
                                             const struct matrix_group *g,
                                             const struct matrix_association *a);

/* What the criteria require, else the first condition; NULL: there is no group. */
const struct matrix_group *matrix_main_group(const struct matrix *m);

/* Where the shares are from, or that they are unknown. */
const char *matrix_shares_text(const struct matrix *m);

#endif
