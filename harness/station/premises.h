/*
 * What a run takes for granted of its host, checked: that time goes on, that nobody sets the clock, that host and
 * program are awake while a phone is measured. What befalls them is recorded (`host` records), marks the
 * transactions that it touched, and makes those invalid that it spoilt.
 */
#ifndef NFC_SURVEY_STATION_PREMISES_H
#define NFC_SURVEY_STATION_PREMISES_H

#include "harness/base/err.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct station;

/* When something was, by each clock that tells. */
struct premises_time {
    int64_t wall_s;   /* UTC; 0: not known */
    uint64_t boot_us; /* since the boot; 0: not known */
    char boot_id[64];
};
struct premises_time premises_now(bool virtual_time);

/*
 * How long ago `then` was, in seconds: within one boot by its clock, else by the wall clock where it can be
 * believed. *proven is false where it cannot; then the host's time since its boot is given, which is the least
 * that it can be.
 */
int64_t premises_seconds_since(const struct premises_time *then, const struct premises_time *now,
                               bool *proven);

/* A span of clock_now_ns() in which the host or the program did not do its part. */
struct premises_span {
    enum host_event event;
    uint64_t from_ns, to_ns;
    uint32_t readers; /* bit a reader whose transactions it touches */
};
#define PREMISES_SPANS 16

struct premises {
    struct premises_span spans[PREMISES_SPANS]; /* a ring of the latest */
    unsigned span_count;
    uint64_t awake_ns;      /* clock_now_ns() when the supervisor was last seen at work */
    uint64_t waited_ns;     /* for a processor, until then: all of the supervisor's life */
    uint64_t slept_ns;      /* of the host, until then */
    int64_t wall_offset_ns; /* of the wall clock to the boot clock, then */
    struct {
        pid_t pid;           /* whom the rest is of */
        uint64_t looked_ns;  /* when its worker was last looked at; 0: not yet */
        uint64_t waited_ns;  /* for a processor, by its worker until then; 0: it measured nothing */
        uint64_t stopped_ns; /* since when its worker is seen stopped; 0: it is not */
    } workers[SURVEY_READERS_MAX];
};

/* Of the host's hottest zone; NaN: it has none. */
double premises_temperature_c(void);

/* Once the start or resume record is written. */
void premises_begin(struct station *st);

/* Of a turn that was to wait so long at most; before what came meanwhile is looked at. */
void premises_turn(struct station *st, int wait_ms);

/* After a wait that may be of any length, such as that for hands. */
void premises_waited(struct station *st);

/* One more span; it lengthens one that it goes on from. */
void premises_add(struct premises *p, enum host_event event, uint64_t from_ns, uint64_t to_ns,
                  uint32_t readers);

/* What befell the host within a span of a reader; HOST_NONE: nothing. */
enum host_event premises_of(const struct premises *p, unsigned reader, uint64_t from_ns, uint64_t to_ns);

/* How long of a call that began at from_ns the supervisor or the host was not there to see its end. */
uint64_t premises_missed_ns(const struct premises *p, uint64_t from_ns);

/* Its worker is stopped (SIGSTOP), and has been for so long that nobody will go on with it. */
bool premises_worker_is_stuck(const struct premises *p, unsigned reader, uint64_t now_ns);

/* What the record of a transaction says that this spoilt. */
struct said premises_detail(enum host_event event);

/*
 * At a resume, once the journal is folded: does the wall clock go on from where the last record was? Says so where it
 * does not; ERR_ENVIRONMENT where it stands before the last record and no clock vouches for the time between.
 */
int premises_check_clock(struct station *st, struct err *e) __attribute__((warn_unused_result));

#endif
