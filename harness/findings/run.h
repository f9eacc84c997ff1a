/* A run as data, and how it is made of a journal. */
#ifndef NFC_SURVEY_FINDINGS_RUN_H
#define NFC_SURVEY_FINDINGS_RUN_H

#include "harness/base/err.h"
#include "harness/findings/cell.h"
#include "harness/findings/flagged.h"
#include "harness/findings/identities.h"
#include "harness/findings/questions.h"
#include "harness/journal/integrity.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct time_budget; /* time_budget.h */

struct findings {
    struct survey *survey; /* from the start record; the struct owns all that it points to */
    struct scheme scheme;
    uint64_t seed;
    unsigned sessions, lanes;
    bool simulated;
    struct said *simulated_sign;
    uint32_t unproven_readers; /* bit r: reader r was not shown to be real; 0 for a simulated run */
    bool unproven;             /* one of them: every page, sheet and file bears the mark */

    /* Who ran it, when and with what. */
    char *run, *started, *last_wall, *program, *host, *system, *libraries;
    char *
        operators; /* each name once, in the order of their executions: "Sato, Suzuki"; NULL: none is known */
    struct said *clock;
    enum hands_kind hands;
    char *prior_upper, *prior_lower; /* of the scheme, as written */
    uint64_t clock_resolution_ns, resumes;
    struct journal_reader_found *found; /* reader units of the start record */
    size_t found_count;
    /* What a resume record found otherwise than the execution before it, in journal order: units with another serial
     * or firmware, and the program where it is another version. */
    struct journal_reader_found *refound;
    size_t refound_count;
    char *last_program;

    /* The journal: how far it goes, whether it is as it was written, and what could not be read. */
    uint64_t records, damaged; /* damaged: lines that could not be used, or contradict the survey or others */
    struct journal_verdict journal;
    struct journal_faults faults, told; /* told: what is no fault, as a decision that was written late */
    bool finished;                      /* a stop record with status done */
    bool torn;                          /* the last line is incomplete: an interrupted write */
    struct said *stop_reason;
    char sha256[65];

    /* What was counted: cell.h. */
    struct findings_cell *cells; /* survey_cell_count(), in cell order */
    size_t cell_count;
    struct findings_row
        *rows; /* of a scheme of two tiers: row_of() of harness/cells/rows.h; NULL: one tier */
    size_t row_count;
    struct findings_reader *readers;
    struct findings_pair *pairs;
    uint64_t placements, placements_dirty, placements_invalid, placements_aborted;
    uint64_t placements_excluded;  /* by the operator; of the invalid */
    uint64_t placements_withdrawn; /* by the operator */
    uint64_t broken_off; /* placements without a `placed` record, closed by the rule for broken-off ones */
    uint64_t transactions, failed, invalid;
    uint64_t excluded, not_applicable, undecided; /* cells; the rejected so far are undecided, too */
    uint64_t rejected_so_far, not_pursued;

    /* What was kept with its record: flagged.h. */
    struct findings_failure *failures; /* most frequent first */
    size_t failure_count;
    uint64_t failures_untold; /* transactions beyond FINDINGS_FAILURES_MAX kinds */
    struct findings_health health[FINDINGS_HEALTH_MAX];
    size_t health_kept;
    uint64_t health_count;
    struct findings_questions questions;
    struct findings_identities identities;
    struct findings_note notes[FINDINGS_NOTES_MAX];
    size_t notes_kept;
    uint64_t note_count;
    struct findings_outlier outliers[FINDINGS_FLAGGED_MAX]; /* the first ones by record */
    size_t outlier_kept;
    uint64_t outlier_count, outlier_cells_small;                 /* cells with too few times for a look */
    struct findings_impossible impossible[FINDINGS_FLAGGED_MAX]; /* the first ones by record */
    size_t impossible_kept;
    uint64_t impossible_count;
    struct findings_drift *drifts; /* by reader, script, execution, session */
    size_t drift_count;
    uint64_t drift_small; /* series with too few placements for a look */
    struct time_budget *budget;
};

/*
 * Hears the journal while findings are made of it, so that who asks more of its records than their counts
 * need not read it again. A function that fails ends the reading.
 */
struct findings_listener {
    void *self;
    /* The survey and its cells are known. */
    int (*begin)(void *self, const struct findings *f, struct err *e);
    /* One that was counted; 0 or ERR_MEMORY. */
    int (*transaction)(void *self, const struct journal_record *r, enum outcome outcome);
    void (*health)(void *self, const struct journal_record *r);
    /* The cells have their verdicts. */
    int (*end)(void *self, struct err *e);
};

/*
 * Folds DIR/journal.yaml; listener may be NULL. Damaged lines are counted and passed over; ERR_INPUT
 * without a usable start record.
 */
int findings_make(const char *directory, const struct findings_listener *listener, struct findings **out,
                  struct err *e) __attribute__((warn_unused_result));
/* The same where somebody accepts that lines are damaged: a placement with a lost or damaged one is suspect. */
int findings_make_of_damaged(const char *directory, const struct findings_listener *listener,
                             struct findings **out, struct err *e) __attribute__((warn_unused_result));
void findings_free(struct findings **f);

#endif
