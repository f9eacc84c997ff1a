/* A criteria file as a struct: what a handset must pass to be recommended. harness/criteria judges by it. */
#ifndef NFC_SURVEY_CLAUSES_CRITERIA_FILE_H
#define NFC_SURVEY_CLAUSES_CRITERIA_FILE_H

#include "harness/clauses/clause.h"
#include "harness/survey/survey.h"

#define CRITERIA_TAPS_MAX 10000
#define CRITERIA_SHARE    0.95 /* of `time`, unless said */

/* Technologies as bits, in the order A, B, F. */
enum { CRITERIA_A = 1, CRITERIA_B = 2, CRITERIA_F = 4 };

struct field_map;

struct criteria_weight {
    char *reader; /* unit or profile id */
    double share;
};

/* From where on a cell whose upper bound does not pass refuses its handset. */
enum criteria_refuse {
    CRITERIA_REFUSE_ABOVE_Q0 =
        0, /* shown above what is clean enough: whether it meets the clause is not shown */
    CRITERIA_REFUSE_ABOVE_BOUND, /* shown above what the clause allows */
};

struct criteria {
    char *id, *edition, *title, *title_ja, *source, *source_ja;
    char *analogy, *analogy_ja; /* what is applied by analogy; NULL: nothing */
    char *proves, *proves_ja;   /* what a pass proves, in numbers */
    char **scripts;             /* ids of the scripts that must pass; none = all of the survey */
    size_t script_count;
    uint32_t power_modes;       /* modes that must pass for "recommended"; 0 = all of the survey */
    uint32_t conditional_modes; /* modes whose failure makes it "conditional" only; bits (1 << mode) */

    enum criteria_refuse refuse;

    bool success_given;   /* the file has the key `success` */
    double dirty_at_most; /* bound on P(dirty); 0: the q1 of the run's scheme, that is the scheme's verdict */
    double mean_at_most,
        each_at_most;       /* of two tiers: on average over the readers, and on each; 0: not asked */
    unsigned taps;          /* 0: no taps rule; else the first so many placements count */
    unsigned ok_at_least;   /* of them */
    uint32_t tap_within_ms; /* 0: no limit but the script's own */

    uint32_t within_ms; /* 0: no time clause */
    double share;       /* of a placement's transactions, on average */
    bool by_handset;    /* over the handset's readers together, not a cell */

    bool five_points;
    double radius_mm;
    unsigned failing_at_most; /* of the five */
    bool height;
    double from_mm, to_mm, dead_zone_mm;

    unsigned technologies; /* bits: what may answer; 0: no such clause */
    char *payload_script;  /* NULL: no such clause */
    char *payload_step;    /* every transaction must get past it */

    unsigned readers_at_least; /* how many readers must pass; 0 = all */
    char **readers_of;         /* units or profile ids; none = all of the survey */
    size_t readers_of_count;
    double readers_share; /* 0: not by share; else the weighted share of readers that must pass */
    struct criteria_weight *weights;
    size_t weight_count;

    char sha256[65]; /* of the file's text */
};

/* A path, or the id of one shipped. */
int criteria_load(const char *name, const char *data_directory, struct criteria **out,
                  struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
int criteria_load_text(const char *path, const char *text, size_t length, struct criteria **out,
                       struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
void criteria_free(struct criteria **c);

extern const struct field_map criteria_map; /* what such a file may say: harness/survey/fields.h */

/* Lists what is wrong with a criteria file, for survey_load() and survey_check_file(). */
survey_criteria_check criteria_check;

#endif
