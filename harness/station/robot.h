/*
 * A robot: the survey's command (`hands: {command: ...}`), run once for each phone that is to be laid or lifted.
 * docs/robot.md is what it is promised and what it must keep.
 */
#ifndef NFC_SURVEY_STATION_ROBOT_H
#define NFC_SURVEY_STATION_ROBOT_H

#include "harness/base/err.h"
#include "harness/plan/plan.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses of the command; every other one is a failure too. */
#define ROBOT_DONE      0
#define ROBOT_FAILED    1
#define ROBOT_TRY_AGAIN 75 /* EX_TEMPFAIL of sysexits.h */

/* What goes on while the robot moves. */
struct robot_watch {
    void *context;
    /* Does other work and returns when fd can be read, or earlier. NULL: there is none. */
    void (*work)(void *context, int fd);
    bool (*give_up)(void *context); /* true: kill the robot now. NULL: never */
};

/* "lay" or "lift" of the phone of p; number: of the placement in the run, 1... */
struct robot_order {
    const char *action;
    const struct plan_placement *p;
    uint64_t number;
};

/*
 * Waits for the command. ERR_ENVIRONMENT when it failed, could not be started or took longer than the survey allows, as
 * often as the survey tries; ERR_INTERRUPTED when it was given up. What it started is killed with it then.
 */
int robot_run(const struct survey *s, const struct robot_order *order, const struct robot_watch *watch,
              struct err *e) __attribute__((warn_unused_result));

#endif
