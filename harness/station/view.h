/*
 * What the person at the station is shown, whole, at one moment; and how a face shows it and brings back what is said.
 * The station changes its view and knows no face; a face draws what it is given and decides nothing. Texts in a view
 * are borrowed from the survey or live in the view.
 */
#ifndef NFC_SURVEY_STATION_VIEW_H
#define NFC_SURVEY_STATION_VIEW_H

#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/plan/plan.h"
#include "harness/survey/survey.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define STATION_WORDS_MAX 512 /* bytes of a reason, a note or a tag, its end included */
#define STATION_NOTICES   8   /* that a view holds: the newest */

struct station_progress {
    uint64_t placements;             /* finished, by all executions */
    uint64_t counted;                /* of them: neither invalid nor aborted */
    uint64_t placements_left;        /* estimate: every undecided cell goes on clean */
    uint64_t transactions, failures; /* failures: fail and invalid transactions */
    uint64_t cells, decided;
    uint64_t verdicts[VERDICT_COUNT]; /* cells by verdict */
    uint64_t placements_now;          /* finished by this execution */
    double elapsed_s, left_s;         /* real time of this execution; left_s < 0: not known yet */
    unsigned session, sessions;
    bool virtual_time;
    bool waits; /* for a reader to come back */
};

/* What is worth a technician's attention while the station works. */
enum notice {
    NOTICE_NONE = 0,
    NOTICE_STOPPING, /* after the present transaction */
    NOTICE_STOPPING_AT_ONCE,
    NOTICE_STILL_SEES, /* the reader sees the phone that was to be taken away */
    NOTICE_STILL_HELD, /* the reader, by its daemon, since the execution before was killed */
    NOTICE_OUT_OF_SERVICE,
    NOTICE_IN_SERVICE,
    NOTICE_DROPPED,          /* the reader did not come back */
    NOTICE_NOTHING_COUNTED,  /* so there is nothing to withdraw */
    NOTICE_WITHDRAWN_BEFORE, /* the placement */
    NOTICE_WITHDRAWN,
    NOTICE_REPLACED,     /* the reader, by another */
    NOTICE_HOST,         /* was set, starved, stopped, asleep */
    NOTICE_NOT_TAKEN,    /* what was said before the question was asked is no answer to it */
    NOTICE_ELSEWHERE,    /* a phone is seen on another reader than the one that is asked for */
    NOTICE_WRONG_TAG,    /* detail: the tag that was given, the one that is asked for */
    NOTICE_NOT_IN_HAND,  /* the phone in detail, which is asked for */
    NOTICE_STRANGER,     /* detail: why what lies on the reader is not what was asked for */
    NOTICE_PUT_OFF_HERE, /* to this session's end: in those that are left its cells could not be decided */
    NOTICE_PUT_OFF,      /* the handset in detail, to the end of the session or to the next */
    NOTICE_COUNT
};

struct station_notice {
    enum notice what;
    const char *reader;      /* its unit; NULL where it is about none */
    enum health_event event; /* of a reader that goes out of service or comes back into it */
    struct said detail;      /* of that; nothing: none */
    uint64_t placement;      /* line of its record; 0 where it is about none */
    enum host_event host;    /* of NOTICE_HOST, with how long or by how much */
    double seconds;
};

/* What is different from the placement before: a bit each. */
enum station_change {
    CHANGED_HANDSET = 1 << 0,
    CHANGED_SIM = 1 << 1,
    CHANGED_READER = 1 << 2,
    CHANGED_MODE = 1 << 3,
    CHANGED_CASE = 1 << 4,
    CHANGED_POSITION = 1 << 5,
};

/* A question, or MEASURING, which asks for nothing but lets some things be said. */
struct station_question {
    uint32_t
        id; /* 1..: an answer carries it, so that none is taken for another question's; 0: none is asked */
    enum question what;
    uint32_t choices;   /* CHOICE_BIT() of what may be said */
    struct said detail; /* what makes it be asked; nothing: no more than the placement */
};
#define CHOICE_BIT(choice) (1u << (choice))

/* The first transaction of a placement that was not ok. */
struct station_failure {
    enum stage stage; /* NONE: all were */
    cause_set causes;
    char native[48]; /* a library's own code, or "" */
};

struct station_view {
    uint64_t number;             /* grows whenever anything in it changes */
    const struct survey *survey; /* borrowed */
    const char *directory;       /* of the run; borrowed */
    bool placing;                /* `placement` is the one in hand; else none is */
    struct plan_placement placement;
    uint32_t changed; /* enum station_change */
    struct station_question question;
    unsigned measured, to_measure; /* transactions of the placement in hand */
    struct {                       /* the last placement that was closed */
        uint64_t placement;        /* line of its record: what a withdrawal names; 0: none yet */
        enum placement_result result;
        struct said reason;
        struct plan_placement of;
        struct station_failure failure;
    } last;
    uint64_t notice_count;                          /* ever given; number n is at (n - 1) % STATION_NOTICES */
    struct station_notice notices[STATION_NOTICES]; /* detail and reader as above */
    struct station_progress progress;
    uint32_t unavailable; /* readers that are out of service, a bit each */
    bool ended;           /* the last view there is */
};

/* What a face heard. */
struct station_answer {
    uint32_t question; /* the id of the question that was shown when it was said */
    enum choice
        choice; /* NONE: something that is not understood, so that nothing that it may have been is closed */
    char text[STATION_WORDS_MAX]; /* a reason, a note, a tag; "" where the choice takes none */
};

/*
 * One face. It never blocks: it has descriptors that the station waits for, and is served after each wait. It may
 * be left at any moment without a view that has `ended`, and is closed by whoever opened it.
 */
struct face {
    const char *name; /* in the journal, beside the answers that came by it */
    void *context;
    /* Draws; called whenever the view changed, and about five times a second while anything runs. */
    void (*show)(void *context, const struct station_view *view);
    /* Its descriptors, at most `capacity`; *timeout_ms is lowered where it must be served earlier. NULL: none. */
    unsigned (*watch)(void *context, struct pollfd *fds, unsigned capacity, int *timeout_ms);
    /* Reads and writes what can be without waiting; `fds` are those of watch(). NULL: nothing to do. */
    void (*serve)(void *context, const struct pollfd *fds, unsigned count);
    /* The next that was said; false: nothing. NULL: nobody can say anything here. */
    bool (*hear)(void *context, struct station_answer *out);
    /* Nobody can say anything any more: its terminal or input is gone. NULL: that cannot be. */
    bool (*gone)(void *context);
};
#define FACE_DESCRIPTORS_MAX 8
#define FACES_MAX            3

#endif
