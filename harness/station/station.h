/*
 * The station: supervisor, workers, hands, health. station_run() makes the placements of a survey and writes
 * the journal; it calls no driver itself and prints nothing: it speaks through struct station_ui.
 */
#ifndef NFC_SURVEY_STATION_STATION_H
#define NFC_SURVEY_STATION_STATION_H

#include "harness/base/err.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/plan/plan.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stdint.h>

struct station_progress {
    uint64_t placements;             /* finished, by all executions */
    uint64_t placements_left;        /* estimate: every undecided cell goes on clean */
    uint64_t transactions, failures; /* failures: fail and invalid transactions */
    uint64_t cells, decided;
    double elapsed_s, left_s; /* real time of this execution; left_s < 0: not known yet */
    unsigned session, sessions;
    bool virtual_time;
    bool waits; /* for a reader to come back */
};

/*
 * What the person at the counter says. EXCLUDE: a slip of the operator (F28: wrong phone, wrong condition,
 * not to be laid), reported before the result is shown. WITHDRAW: the last placement whose result was shown. Both
 * come with a reason, NOTE with its text: station_ui.words() gives it.
 */
enum station_answer {
    STATION_NOTHING = 0,
    STATION_GO,
    STATION_STOP,
    STATION_EXCLUDE,
    STATION_WITHDRAW,
    STATION_NOTE
};

/* A placement that is closed: its result may be shown from now on. */
struct station_shown {
    uint64_t placement; /* line of its record: what a withdrawal names */
    enum placement_result result;
    const struct said *reason;
};

/* What is worth a technician's attention while the station works. */
enum notice {
    NOTICE_NONE = 0,
    NOTICE_STOPPING, /* after the present transaction */
    NOTICE_STOPPING_AT_ONCE,
    NOTICE_STILL_SEES, /* the reader sees the phone that was to be taken away */
    NOTICE_OUT_OF_SERVICE,
    NOTICE_IN_SERVICE,
    NOTICE_DROPPED,          /* the reader did not come back */
    NOTICE_NOTHING_COUNTED,  /* so there is nothing to withdraw */
    NOTICE_WITHDRAWN_BEFORE, /* the placement */
    NOTICE_WITHDRAWN,
    NOTICE_COUNT
};

struct station_notice {
    enum notice what;
    const char *reader;        /* its unit; NULL where it is about none */
    enum health_event event;   /* of a reader that goes out of service or comes back into it */
    const struct said *detail; /* of that; NULL: none */
    uint64_t placement;        /* line of its record; 0 where it is about none */
};

/* How the station speaks. commands/ implements it. Those for `hands: person` only may be NULL elsewhere. */
struct station_ui {
    void *context;
    void (*progress)(void *context,
                     const struct station_progress *p); /* often: the ui decides how often to draw */
    void (*say)(void *context, const struct station_notice *notice);
    /* hands: person. Asks for a phone to be laid and waits for the answer, or (lift) only to be taken
     * away. */
    enum station_answer (*ask)(void *context, const struct survey *s, const struct plan_placement *p,
                               bool lift);
    /* hands: person, while the phone lies there: what was said meanwhile, or (wait) the next that is said. */
    enum station_answer (*listen)(void *context, bool wait);
    const char *(*words)(void *context); /* hands: person. Of the last answer; lives until the next */
    void (*shown)(void *context, const struct station_shown *result); /* hands: person */
};

struct station_options {
    const char *directory; /* of the run: created, or with resume continued */
    bool resume;
    const char *version; /* of the program, for the record */
    const char *by;      /* who reports exclusions, withdrawals and notes; NULL: not known */
    struct station_ui ui;
};

struct station_result {
    enum stop_status end;
    struct said reason;
    uint64_t placements, transactions; /* by all executions */
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

/* A run's journal folded into a plan: what `status` shows and a resume goes on from. */
struct station_state {
    struct plan *plan; /* owned */
    uint64_t placements, transactions, failures;
    unsigned session;
    uint64_t lines;
    bool simulated;
    bool unproven; /* a reader that is neither simulated nor shown to be real was in it */
    bool closed;   /* the last record is a stop */
    enum stop_status stop_status;
    struct said stop_reason;
    int64_t session_ended_wall_s; /* last placement of the present session, UTC */
    struct {                      /* the last placement that was closed and is not made again */
        uint64_t line;            /* 0: there is none */
        bool counted, withdrawn;  /* clean or dirty for one script at least */
    } last;
    /* placements opened and not closed: broken off by a crash */
    struct station_open {
        uint64_t line;
        struct plan_placement placement;
        unsigned ok[SURVEY_SCRIPTS_MAX], bad[SURVEY_SCRIPTS_MAX], slow[SURVEY_SCRIPTS_MAX],
            invalid[SURVEY_SCRIPTS_MAX];
        bool excluded; /* by a note, before it was closed */
    } open[SURVEY_READERS_MAX];
    unsigned open_count;
};
int station_fold(const char *directory, const struct survey *s, struct station_state *out, struct err *e)
    __attribute__((warn_unused_result));
void station_state_free(struct station_state *state);

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
