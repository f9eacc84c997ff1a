/*
 * The supervisor's own state, shared by the files of station/: station.c (start, steps, stop), job.c (a
 * placement in the making and its records), health.c (readers that are lost, hung or quarantined), fold.c
 * (resume).
 */
#ifndef NFC_SURVEY_STATION_SUPERVISOR_H
#define NFC_SURVEY_STATION_SUPERVISOR_H

#include "harness/domain/cause.h"
#include "harness/journal/journal.h"
#include "harness/station/hands.h"
#include "harness/station/station.h"
#include "harness/station/worker.h"

#include <stdbool.h>
#include <stdint.h>

/* Nothing in the field after so long: one failed transaction, the placement is dirty (design, section 4). */
#define STATION_DETECT_MS  10000
#define STATION_LIFT_MS    30000
#define STATION_RETRY_MS   1000 /* a lost or quarantined reader is tried once a second */
#define STATION_WORDS_MAX  512
#define STATION_GIVE_UP_MS 200000 /* libccid holds a mute reader for up to 168 s (platform F3) */

/* A finished transaction that waits for its turn in the journal. */
struct job_transaction {
    struct job_transaction *next;
    struct wire_transaction m;
    struct journal_exchange *exchanges;
    struct journal_byte_pair *bytes; /* one an exchange, NULL members where not told; NULL without any */
    size_t count;
    uint64_t at_us;
};

struct job_tally {
    unsigned ok, fail, invalid, slow;
};

enum job_state {
    JOB_NONE = 0,
    JOB_RUNNING,
    JOB_ASKING, /* its exchange hung and its worker was killed: the reader is to be asked who hung */
    JOB_ENDED,  /* all is known; waits for its turn to be closed in the journal */
};

/* A placement in the making on one reader. */
struct job {
    enum job_state state;
    struct plan_placement placement;
    bool opened;   /* its placement record is written */
    uint64_t line; /* of that record */
    uint64_t opened_at_us;
    struct job_tally tally[SURVEY_SCRIPTS_MAX];
    struct job_transaction *first, *last; /* finished, not yet written */
    struct job_transaction *now;          /* exchanges of the transaction that is running */
    size_t now_capacity;
    bool by_operator;                 /* broken off by Ctrl-C or skip: not the instrument's fault */
    bool laid;                        /* the worker was told that it lies there */
    bool lift;                        /* the phone is still to be taken away */
    int lift_status;                  /* of the last wait for the field to be empty */
    struct said reason;               /* why it is broken off; nothing when it is not */
    char excluded[STATION_WORDS_MAX]; /* the operator's reason, told before the result was shown; "": none */
    bool exclusion_written;           /* its note stands in the journal */
    uint64_t ended_ns;                /* virtual clock at its end */
    struct {                          /* what the worker was doing when it was killed or died */
        uint32_t stage, script, repeat, order, step;
        uint64_t started_ns;
    } mark;
};

enum reader_state {
    READER_NONE = 0,
    READER_OPENING, /* its worker was asked to open it */
    READER_READY,
    READER_LOST,        /* gone: opened again once a second */
    READER_QUARANTINED, /* our own kill left it held by the stack: asked once a second */
    READER_DROPPED,     /* did not come back within STATION_GIVE_UP_MS: out for this execution */
};

struct unit {
    enum reader_state state;
    struct worker worker;
    struct wire_opened found; /* of the first opening: name and serial to look for again */
    bool found_once;
    bool asking;    /* a question was sent and not answered */
    bool left_list; /* while quarantined its name was not on the list: it was re-plugged */
    uint64_t since_ns, next_try_ns;
    struct job job;
};

struct station {
    const struct survey *survey;
    const struct station_options *options;
    struct journal *journal;
    struct station_state state; /* plan, counts */
    struct hands hands;
    struct unit units[SURVEY_READERS_MAX];
    unsigned step[SURVEY_READERS_MAX]; /* readers of the present step in plan order */
    unsigned step_count, step_written; /* jobs of it already closed in the journal */
    bool virtual_time;
    uint64_t virtual_now_ns;
    uint64_t epoch_ns; /* clock_now_ns() at this execution's start */
    uint64_t synced_ns;
    bool simulated;
    struct said sign;
    const char *doing;
    bool hold;               /* a placement in the step is not closed yet: its exclusion may still be told */
    uint64_t failures_shown; /* a person must not see in the counts how the phone that lies there does */
    bool started;            /* the start or resume record is written: readers that fail are tried again */
    int stop_asked;          /* 1: finish transactions; 2: at once */
    bool failed;             /* journal or hands: stop, err says why */
    struct err err;
};

/* job.c */
void job_begin(struct station *st, unsigned reader, const struct plan_placement *p);
void job_exchange(struct station *st, unsigned reader, const struct wire_inbox *in);
void job_transaction_done(struct station *st, unsigned reader, const struct wire_transaction *m);
/* Keeps what the worker is doing now: its page is cleared when a new worker starts. */
void job_mark(struct station *st, unsigned reader);
/* A transaction that the worker could not tell: hung, crashed, skipped. Takes the exchanges told so far. */
void job_transaction_lost(struct station *st, unsigned reader, enum outcome outcome, cause_set causes,
                          const char *native, const struct said *detail);
void job_end(struct station *st, unsigned reader, const struct said *reason,
             bool by_operator); /* NULL: whole */
/* A slip of the operator: all scripts of the placement are invalid. The note is written in its turn. */
void job_exclude(struct station *st, unsigned reader, const char *reason);
/* Writes what can be written in plan order; closes jobs that have ended, unless they are held. */
void job_flush(struct station *st);
void job_close_detached(struct station *st,
                        unsigned reader); /* one that had left its step while being asked */
void job_free(struct job *j);

/* health.c */
void unit_open(struct station *st, unsigned reader);    /* starts worker if needed, asks it to open */
void unit_message(struct station *st, unsigned reader); /* one whole message in its inbox */
void unit_drain(struct station *st, unsigned reader);   /* takes all that its worker has told */
void unit_died(struct station *st, unsigned reader);    /* its socket closed */
void unit_check(struct station *st, unsigned reader, uint64_t now_ns); /* deadlines, retries, giving up */
uint32_t unit_unavailable(const struct station *st); /* bit a reader that takes no placement now */
void unit_health(struct station *st, unsigned reader, enum health_event event,
                 const struct said *detail); /* NULL: nothing more */

/* fold.c: a placement is closed; an aborted one is made again and shows nothing. */
void station_closed(struct station_state *state, uint64_t line, bool aborted, bool counted);

/* exclusions.c */
/* Acts on what a person said; `reader`: where the phone lies. True when the answer was about something else
 * than the question, which is to be asked again. */
bool person_said(struct station *st, unsigned reader, enum station_answer answer);
/* What was said since, while the phone lies there; wait: the next that is said. */
enum station_answer person_listen(struct station *st, unsigned reader, bool wait);
void person_shown(struct station *st, uint64_t placement, enum placement_result result, const char *reason);
/* The simulator's hands: slips before the result (F28) and withdrawals after it, as the reader's profile
 * asks.
 */
bool simulated_slip(const struct station *st, const struct plan_placement *p);
bool simulated_withdrawal(const struct station *st, const struct plan_placement *p, bool dirty);
/* Notes are written by these alone; placement 0: about none. */
void note_write(struct station *st, const char *text, uint64_t placement, enum exclusion effect);

/* station.c */
uint64_t station_at_us(const struct station *st, uint64_t virtual_ns);
void station_append(struct station *st, struct journal_record *r);
void station_say(struct station *st, const char *format, ...) __attribute__((format(printf, 2, 3)));
void station_fail(struct station *st, const struct err *e);

#endif
