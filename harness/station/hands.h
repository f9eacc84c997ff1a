/*
 * What lays the phone on the reader without being asked: a command (a robot), the simulator (nothing to do: the
 * worker lays), or a testbed's control socket. A person is asked by person.h; nothing is done for one here.
 */
#ifndef NFC_SURVEY_STATION_HANDS_H
#define NFC_SURVEY_STATION_HANDS_H

#include "harness/station/robot.h"
#include "harness/station/station.h"

#include <stdbool.h>

struct hands {
    const struct survey *survey;
    int socket;                        /* testbed; -1 else */
    struct robot_watch watch;          /* a command: while it runs */
    uint64_t number;                   /* of the last placement begun, in the run */
    uint64_t laid[SURVEY_READERS_MAX]; /* the number of the one on each reader; 0: of an execution before */
    /* what lies where, for the cost of moving it in virtual time */
    int last_pair[SURVEY_READERS_MAX];
    int last_mode[SURVEY_PAIRS_MAX + 1]; /* the reference too */
};

int hands_open(struct hands *h, const struct survey *s, struct err *e) __attribute__((warn_unused_result));
void hands_close(struct hands *h);

/* ERR_ENVIRONMENT when the robot or the testbed failed; *stopped when it was given up. */
int hands_lay(struct hands *h, const struct plan_placement *p, bool *stopped, struct err *e)
    __attribute__((warn_unused_result));
int hands_lift(struct hands *h, const struct plan_placement *p, struct err *e)
    __attribute__((warn_unused_result));

/* What the simulator's hands take for this placement, in virtual seconds. */
double hands_virtual_seconds(struct hands *h, const struct plan_placement *p);

#endif
