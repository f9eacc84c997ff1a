/*
 * The supervisor's own state. station.c starts, steps and stops; placement.c makes records of a placement;
 * health.c has the readers that are lost, hung or quarantined; person.c what a person is asked and says;
 * resume.c folds a journal back into all this.
 */
#ifndef NFC_SURVEY_STATION_SUPERVISOR_H
#define NFC_SURVEY_STATION_SUPERVISOR_H

#include "harness/base/identifier_key.h"
#include "harness/domain/cause.h"
#include "harness/journal/journal.h"
#include "harness/station/hands.h"
#include "harness/station/station.h"
#include "harness/station/trial_report.h"
#include "harness/station/worker.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Nothing in the field after so long: one failed transaction, the placement is dirty.
 */
#define STATION_DETECT_MS  10000
#define STATION_LIFT_MS    30000
#define STATION_RETRY_MS   1000 /* a lost or quarantined reader is tried once a second */
#define STATION_HELD_MS    5000 /* a reader that another program held is left to it for so long */
#define STATION_TICK_MS    200
#define STATION_GIVE_UP_MS 300000 /* libccid holds a mute reader for 200 s at 4 MHz, 224 s at 3.58 MHz */

/* A finished transaction that waits for its turn in the journal. */
struct job_transaction {
    struct job_transaction *next;
    struct trial_report m;
    enum host_event host; /* what befell the host while it ran */
    struct journal_exchange *exchanges;
    struct journal_byte_pair *bytes; /* one an exchange, NULL members where not sent; NULL without any */
    size_t count;
    size_t evidence; /* characters in bytes */
    size_t cut;      /* exchanges, the first ones, whose bytes were let go */
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

#define DOUBT(what) (1u << (what)) /* enum question */

/* A placement in the making on one reader. */
struct job {
    enum job_state state;
    struct plan_placement placement;
    bool opened;   /* its placement record is written */
    uint64_t line; /* of that record */
    uint64_t opened_at_us;
    struct job_tally tally[SURVEY_SCRIPTS_MAX];
    struct station_failure failure;
    struct job_transaction *first, *last; /* finished, not yet written */
    struct job_transaction *now;          /* exchanges of the transaction that is running */
    size_t now_capacity;
    bool finish_asked;                /* its worker was told to end it before its time */
    bool unbelievable;                /* its worker sent what it was not ordered to */
    bool by_operator;                 /* broken off by Ctrl-C or skip: not the instrument's fault */
    bool seen;                        /* the phone is in the field and nothing may be in its way */
    bool let_go;                      /* it may be measured */
    uint64_t ordered_ns;              /* when its worker was told to wait for it */
    bool laid;                        /* the worker knows that it lies there */
    bool lift;                        /* the phone is still to be taken away */
    int lift_status;                  /* of the last wait for the field to be empty */
    struct said reason;               /* why it is broken off; nothing when it is not */
    char excluded[STATION_WORDS_MAX]; /* the operator's reason, given before the result was shown; "": none */
    bool exclusion_written;           /* its note is in the journal */
    uint32_t doubts;          /* DOUBT() of what a person has to settle before the placement is closed */
    struct said seen_on;      /* of ELSEWHERE: where */
    bool answered;            /* something in the field did */
    bool again;               /* closed as aborted whatever its transactions were: made again whole */
    bool suspect;             /* what is not counted of it could hide a failure of the phone */
    uint64_t ended_ns;        /* virtual clock at its end */
    unsigned stranger;        /* which evidence says that it is another phone: identity.c */
    struct said differs;      /* the last of it */
    bool foreign;             /* and proves it: all of the placement is spoilt, and nobody is asked */
    bool proven;              /* what was excluded the station itself had seen: it hides no failure */
    struct fingerprint print; /* what has been seen of it */
    struct wire_probed probe; /* with probed */
    bool probed, probe_written;
    struct { /* what the worker was doing when it was killed or died */
        uint32_t stage, script, repeat, order, step;
        uint64_t started_ns;
    } mark;
};

enum reader_state {
    READER_NONE = 0,
    READER_OPENING, /* its worker was asked to open it */
    READER_READY,
    READER_LOST,        /* gone: opened again once a second */
    READER_ASIDE,       /* its reference card does not answer, or was not laid */
    READER_QUARANTINED, /* our own kill left it held by the stack: asked once a second */
    READER_DROPPED,     /* did not come back within STATION_GIVE_UP_MS: out for this execution */
};

struct unit {
    enum reader_state state;
    struct worker worker;
    struct trial_opened found; /* of the first opening: name and serial to look for again */
    bool found_once;
    int lock;    /* the socket that keeps other runs off it; 0: none is taken */
    bool timing; /* its worker was asked how long it takes without a card, and has not told yet */
    struct trial_floor floor;
    bool asking;               /* a question was sent and not answered */
    bool watching;             /* its worker was asked to tell of a phone, and has not yet */
    bool watch_ends;           /* and was told to end that */
    bool watch_before;         /* it is of what lay there before the phone was asked for */
    bool occupied;             /* something did */
    bool arrived;              /* something came while a phone was asked for */
    bool left_list;            /* while quarantined its name was not on the list: it was re-plugged */
    struct {                   /* its reference card, reference.c */
        enum check_reason due; /* NONE: not */
        unsigned failures;     /* dirty or invalid placements running */
        unsigned again;        /* checks since it was set aside */
        bool aside;            /* as the journal has it */
        bool waits;            /* for the answer to the last order, which `report` becomes */
        struct trial_report report;
    } check;
    uint64_t since_ns, next_try_ns;
    unsigned laid_pair; /* the last one that was laid on it, + 1; 0: none yet */
    uint64_t told;      /* messages of its worker since the last order to open or to place */
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
    struct premises premises;
    int hands_fd;       /* what is waited for beside the workers while a robot moves; -1: nothing */
    bool starting;      /* the step's placements are being begun, one behind the other */
    double clock_set_s; /* since the execution before; 0: not */
    bool simulated;
    struct said sign;
    bool waits; /* for a reader to come back */
    struct station_view view;
    uint64_t placements_before;  /* of other executions */
    uint32_t questions;          /* asked so far: the id of the last */
    uint64_t asked_ns, shown_ns; /* when it was; the last time that the faces were shown anything */
    char by[STATION_WORDS_MAX];  /* who works at the station, as they said; "": options->by */
    bool missed;                 /* something was said of the phone that lies there, and not understood */
    const char *heard_by;        /* the face that brought the last answer */
    int in_hand;                 /* the pair whose phone is known to be in the person's hand; -1: not known */
    struct said lay_again;       /* why the placement that is asked for was not made before; nothing */
    bool laid_before;
    struct plan_placement before; /* the last one that was laid */
    struct identifier_key key;
    bool all_put_off;               /* nothing is left that was not */
    bool put_off[SURVEY_PAIRS_MAX]; /* since the last placement */
    bool hold; /* a placement in the step is not closed yet: its exclusion may still be recorded */
    uint64_t failures_shown; /* a person must not see in the counts how the phone that lies there does */
    bool started;            /* the start or resume record is written: readers that fail are tried again */
    int stop_asked;          /* 1: finish transactions; 2: at once */
    bool failed;             /* journal or hands: stop, err says why */
    struct err err;
};

/* One turn: what workers told and people said, deadlines, retries, the disk. wait_ms 0: what is there already. */
void station_turn(struct station *st, int wait_ms);
/* Until the field of this reader is empty, or the sweep stops. */
void station_await_lift(struct station *st, unsigned reader);
/* For a reader to come back: a turn in which people are heard. */
void station_wait(struct station *st);
/* What was acknowledged is on the disk: before hands are waited for, which may take long. */
void station_sync(struct station *st);
/* The view has changed: to all faces. */
void station_show(struct station *st);
/* What a quit said is: the first Ctrl-C. */
void station_stop_by_word(struct station *st);
const char *station_by(const struct station *st); /* who works at the station; NULL: not known */
uint64_t station_at_us(const struct station *st, uint64_t virtual_ns);
void station_append(struct station *st, struct journal_record *r);
#define STATION_SAY(st, ...) station_say((st), &(const struct station_notice) { __VA_ARGS__ })
void station_say(struct station *st, const struct station_notice *notice); /* its detail may be words */
void station_fail(struct station *st, const struct err *e);

/* A placement is closed: the last one that may be withdrawn, unless it is aborted, for it is made again. */
void station_closed(struct station_state *state, uint64_t line, bool aborted, bool counted);

#endif
