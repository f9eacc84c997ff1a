/*
 * The station: supervisor, workers, hands, health. station_run() makes the placements of a survey and writes
 * the journal; it calls no driver itself and prints nothing: it is seen, and spoken to, through faces.
 */
#ifndef NFC_SURVEY_STATION_STATION_H
#define NFC_SURVEY_STATION_STATION_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/journal/integrity.h"
#include "harness/plan/plan.h"
#include "harness/station/binding.h"
#include "harness/station/fingerprint.h"
#include "harness/station/premises.h"
#include "harness/station/view.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stdint.h>

struct station_options {
    const char *directory; /* of the run: created, or with resume continued */
    bool resume;
    const char *version; /* of the program, for the record */
    bool ask_by;         /* a person is asked who it is, and `by` offered */
    const char *by;      /* who reports exclusions, withdrawals and notes; NULL: not known */
    const char
        *clock_was_wrong; /* with resume, the reason to go on against the wall clock; NULL: it was right */
    bool reopen;          /* with resume: cells that instruments have closed are open again */
    bool accepts_damaged; /* with resume: lines of the journal may be damaged, edited or missing */
    const char *replace;  /* with resume, units whose reader is another now: "RW-A RW-B"; NULL: none */
    const struct target_access *access; /* of test targets (borrowed); NULL: nothing is permitted */
    const struct face *faces;           /* borrowed */
    size_t face_count;
};

struct station_result {
    enum stop_status end;
    struct said reason;
    uint64_t placements, transactions; /* by all executions */
    uint64_t closed_by_instruments;    /* cells that reopening would measure on */
    uint64_t rejected_so_far;          /* cells that another session would have to refuse too */
};

/*
 * Makes (or goes on with) a run of s. 0 with out->end DONE or SESSION_END; ERR_INTERRUPTED after Ctrl-C;
 * ERR_ENVIRONMENT when reader, disk or hands failed (the journal is whole and can be resumed); ERR_REFUSED
 * when simulated and real units met. With resume, s is the survey that the journal embeds: see
 * station_load_run().
 */
int station_run(const struct survey *s, const struct station_options *o, struct station_result *out,
                struct err *e) __attribute__((warn_unused_result));

/* The survey of an existing run, from its start record. */
int station_load_run(const char *directory, struct survey **out, struct err *e)
    __attribute__((warn_unused_result));

/* Placements of a reader since its reference last answered (vouch.h). */
struct vouch {
    struct buf results;               /* struct cells_undo, one a result that counted; owned */
    uint64_t first, last, placements; /* lines of the first and last record; how many they are */
    uint64_t counted;                 /* of these */
    unsigned checks;                  /* made of this reader in the run */
};

/* A run's journal folded into a plan: what `status` shows and a resume goes on from. */
struct station_state {
    struct plan *plan; /* owned */
    uint64_t placements, transactions, failures;
    uint64_t counted; /* of the placements, those that are clean or dirty for one script at least */
    unsigned session;
    uint64_t lines;
    bool simulated;
    bool unproven; /* a reader that is neither simulated nor shown to be real was in it */
    bool closed;   /* the last record is a stop */
    enum stop_status stop_status;
    struct said stop_reason;
    struct premises_time session_ended; /* the last placement of the present session */
    struct premises_time last_record;
    struct plan_placement on[SURVEY_READERS_MAX]; /* the last placement on each reader; no scripts: none */
    struct vouch vouch[SURVEY_READERS_MAX];
    struct binding bound[SURVEY_READERS_MAX]; /* the physical reader of each unit */
    struct {                                  /* the last placement that was closed and is not made again */
        uint64_t line;                        /* 0: there is none */
        bool counted, withdrawn;              /* clean or dirty for one script at least */
    } last;
    enum row_verdict
        *rows; /* of a scheme of two tiers, as the journal has them: open ones NONE or OPEN; owned */
    enum verdict *decided;     /* a cell: by its last decision in the journal; NONE: there is none; owned */
    struct fingerprints known; /* of handsets, from placements that counted; owned */
    bool unasked[SURVEY_PAIRS_MAX]; /* hung when it was asked what it is: it is asked no more */
    /* placements opened and not closed: broken off by a crash */
    struct station_open {
        uint64_t line;
        struct plan_placement placement;
        unsigned ok[SURVEY_SCRIPTS_MAX], bad[SURVEY_SCRIPTS_MAX], slow[SURVEY_SCRIPTS_MAX],
            invalid[SURVEY_SCRIPTS_MAX];
        struct fingerprint print;
        bool foreign;  /* a token label of it proves another phone */
        bool excluded; /* by a note, before it was closed */
        bool suspect;  /* an invalid transaction of it may hide a failure of the phone */
        bool doubtful; /* a line of it is lost or damaged, which was accepted */
    } open[SURVEY_READERS_MAX];
    unsigned open_count;
    struct journal_faults faults; /* owned */
    struct journal_verdict journal;
};
/* Of a run that begins. */
int station_state_make(const struct survey *s, struct station_state *out, struct err *e)
    __attribute__((warn_unused_result));
/* What is wrong with the journal, its stop records' SHA-256 apart, is in out->faults: the caller's to refuse. */
int station_fold(const char *directory, const struct survey *s, struct station_state *out, struct err *e)
    __attribute__((warn_unused_result));
/* The same where somebody accepts that: placements with a lost or damaged line are suspect. */
int station_fold_damaged(const char *directory, const struct survey *s, struct station_state *out,
                         struct err *e) __attribute__((warn_unused_result));
/* Either by all cores, for who only looks and forks no worker. */
int station_look(const char *directory, const struct survey *s, bool accepts_damaged,
                 struct station_state *out, struct err *e) __attribute__((warn_unused_result));
void station_state_free(struct station_state *state);

/*
 * A live run, folded on in memory, for a page that shows it: each call of station_fold_more() reads what has been
 * appended since, up to the last whole line, without a thread, a lock or a file of its own. The state is then what
 * station_fold() makes of the same lines, but for `journal` and `faults`: station_watch_faults() counts these.
 */
struct station_watch;
int station_watch_begin(const char *directory, const struct survey *s, struct station_watch **out,
                        struct err *e) __attribute__((warn_unused_result)); /* the survey is borrowed */
int station_fold_more(struct station_watch *w, struct err *e) __attribute__((warn_unused_result));
const struct station_state *station_watch_state(const struct station_watch *w);
uint64_t station_watch_faults(const struct station_watch *w);
void station_watch_end(struct station_watch **w);

/*
 * From outside, into a run that is not being executed: a note, or the withdrawal of a closed placement (the
 * line of its record) that counts. *cut_bytes: of a torn last line that was cut off. ERR_ENVIRONMENT while
 * the run is in use; ERR_INPUT when the placement can't be withdrawn. `by` may be NULL.
 */
int station_note(const char *directory, const char *text, const char *by, uint64_t *cut_bytes, struct err *e)
    __attribute__((warn_unused_result));
int station_withdraw(const char *directory, uint64_t placement, const char *reason, const char *by,
                     uint64_t *cut_bytes, struct err *e) __attribute__((warn_unused_result));

/* Placements still to be made when every undecided cell goes on clean. */
uint64_t station_placements_left(const struct plan *p, const struct survey *s);

#endif
