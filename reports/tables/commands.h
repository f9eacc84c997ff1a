/*
 * The tables that commands alone print, and what their rows are about where that is no run. A command fills in the
 * structs, and draws the table inside of a row that is about them.
 */
#ifndef NFC_SURVEY_TABLES_COMMANDS_H
#define NFC_SURVEY_TABLES_COMMANDS_H

#include "harness/causes/diagnosis.h"
#include "harness/plan/plan.h"
#include "harness/plan/suggest.h"
#include "harness/verdict/characteristics.h"
#include "harness/verdict/two_tier_chances.h"
#include "reports/tables/table.h"

/* Draw one of these by: text_table(stdout, &view, &table_x, &TABLE_ABOUT(x)). */
#define TABLE_ABOUT(pointer)                                                                                 \
    (const struct row)                                                                                       \
    {                                                                                                        \
        .of = (pointer)                                                                                      \
    }

/* ---- status: cells by verdict, of a reader or a handset ---- */

struct progress_row {
    const char *name;
    uint64_t compatible, incompatible, undecided, not_pursued, placements_left;
};

struct progress {
    struct progress_row *rows;
    size_t count;
};

extern const struct table table_progress_readers, table_progress_handsets;

/* ---- plan: what a survey takes (struct survey_cost), and how a scheme decides (struct scheme_table) ---- */

struct survey_cost {
    struct plan_cost all; /* `decide: matrix`: every cell is decided */
    struct plan_list_cost list;
};

extern const struct table table_cost, table_acceptance;

/* Which models to test. */
struct suggested {
    struct models *models;
    struct suggestion made;
};

extern const struct table table_suggested;

/* "docomo, 2016-2017, technologies unknown" */
struct phrase name_stratum(const struct suggest_stratum *s, enum language language);

/* ---- sample-size: the limits of a scheme (struct scheme_table), and what becomes of cells ---- */

struct chance_row {
    double q; /* NAN: of the population */
    struct characteristics at;
};

struct chances {
    struct chance_row *rows;
    size_t count;
};

extern const struct table table_scheme_limits, table_chances;

/* Of two tiers: dirty[i]: most dirty ones of i times `step` placements, -1: none; i up to `most`. */
struct tier_limits {
    const int *dirty;
    unsigned step, most;
};

/* `first` readers have q_first, the others q_rest. */
struct handset_row {
    enum { HANDSET_ALIKE, HANDSET_SOME, HANDSET_POPULATION, HANDSET_GOOD } kind;
    unsigned first;
    double q_first, q_rest;
    double accepted;       /* of table_worst_cases */
    struct row_chances at; /* of table_row_chances */
};

struct handset_rows {
    struct handset_row *rows;
    size_t count;
};

extern const struct table table_mean_limits, table_worst_cases, table_row_chances;

/* ---- readers: attached ones, and the profiles ---- */

struct attached_reader {
    const char *driver, *name, *serial; /* serial: "" when not known */
    const char *profile;                /* NULL: none */
    const struct said *emulated;        /* the sign of it; NULL: no emulated one */
    const char *note;                   /* what its driver says before it is used; "": nothing */
    enum word state;
};

struct attached {
    struct attached_reader *rows;
    size_t count;
};

extern const struct table table_attached, table_attached_notes;

struct profile_list {
    const struct reader_profile *rows;
    size_t count;
};

extern const struct table table_reader_profiles;

/* ---- explain: cells that failed, of a handset, a reader or a stage ---- */

struct failing_row {
    const char *name;
    uint64_t cells, failed, transactions; /* failed: transactions; transactions: of all its cells */
};

struct failing_rows {
    struct failing_row *rows;
    size_t count;
};

extern const struct table table_failing_handsets, table_failing_readers, table_failing_stages;

/* ---- explain: evidence of the same failures, recorded and repeated ---- */

struct diagnosis {
    const struct diagnosis_side *recorded, *repeated; /* repeated: NULL when nothing was repeated */
};

extern const struct table table_recorded, table_recorded_causes; /* without a repetition */
extern const struct table table_diagnosis, table_candidates;

#endif
