/*
 * Which physical reader a unit is: the serial that the start record has of it, or its name where it has none, until
 * --replace gives the unit to another. And the lock that keeps a second run off the readers of this one.
 */
#ifndef NFC_SURVEY_STATION_BINDING_H
#define NFC_SURVEY_STATION_BINDING_H

#include "harness/base/err.h"
#include "harness/journal/records.h"
#include "harness/survey/survey.h"

#include <stdbool.h>

struct station;

struct binding {
    char name[160], serial[64]; /* "": not known */
};

/* Of a start record, whose `replaced` is NULL, or of a resume: only the units named there are bound anew. */
void binding_fold(struct binding *of, const struct survey *s, const struct journal_readers *found,
                  const char *replaced);

/* The serial to open a unit's reader by; "": none is asked for. */
const char *binding_serial(const struct station *st, unsigned reader);

/* ERR_USAGE where the options replace a unit that the survey lacks. */
int binding_check_options(const struct station *st, struct err *e) __attribute__((warn_unused_result));

/* At a resume, of a reader that is open: ERR_ENVIRONMENT, with what to do, where it is not the unit's own. */
int binding_check(const struct station *st, unsigned reader, struct err *e)
    __attribute__((warn_unused_result));

/* Behind the error that a unit's reader could not be opened: what to do where another takes its place. */
const char *binding_hint(const struct station *st, unsigned reader);

/*
 * Takes a reader, by the driver's name and serial of it: *lock is a socket to be closed, which the kernel does with the
 * process. ERR_ENVIRONMENT, naming the unit, where another run has the reader. A worker looks before it touches it;
 * the supervisor keeps it. Simulated readers are everybody's.
 */
int binding_lock(const struct survey *s, unsigned reader, const char *name, const char *serial, int *lock,
                 struct err *e) __attribute__((warn_unused_result));
int binding_lock_unit(struct station *st, unsigned reader, struct err *e) __attribute__((warn_unused_result));
void binding_unlock_all(struct station *st);

#endif
