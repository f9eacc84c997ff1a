/*
 * One reader in hand, in a process that may be killed: a station's worker, or the child of a command. It is
 * found and opened, a handset is laid on it (where the reader is simulated) or waited for, transactions
 * run, each ending in a report that may leave the process. What may hang is said to the watch before it
 * begins, with its deadline.
 */
#ifndef NFC_SURVEY_STATION_TRIAL_H
#define NFC_SURVEY_STATION_TRIAL_H

#include "harness/station/transaction.h"
#include "harness/station/trial_report.h"
#include "harness/station/wire.h"

/* What a question that only the reader answers may take: to be found, opened, probed. */
#define TRIAL_CALL_MS 10000

/* Which reader is meant, and how it is opened. Profiles and survey are borrowed; texts may be NULL. */
struct trial_reader {
    const struct driver_ops *ops;
    const struct reader_profile *profiles; /* what the attached ones are matched with */
    size_t profile_count;
    const struct reader_profile *profile; /* it matches this; NULL: it has the first that it matches */
    const struct application_table *applications; /* a lab's own, that the guard lets be read; NULL: none */
    const struct identifier_key *key;             /* of identifiers; NULL: they are hidden, and no more */
    const char *unit;                             /* for messages, and the name of a simulated reader */
    const char *address;                          /* its whole name: no profile is asked for */
    const char *serial;                           /* its serial number */
    const char *named;            /* part of its name, or its profile's id: nothing else is asked for */
    const char *polling;          /* technologies in order; NULL: the driver's own */
    uint64_t seed;                /* of a simulated reader's draws */
    bool unread_serial_fits;      /* one whose serial another program hides may be the one */
    int ambiguous;                /* the error when more than one fits; 0: the first is taken */
    bool answers;                 /* it must answer to be open: a killed client's is held by the stack */
    const struct survey *testbed; /* whose testbed makes the draws of each transaction; NULL: none */
    unsigned index;               /* of the reader there */
    const struct target_access *access; /* of test targets; NULL: nothing is permitted */
};

/* Reader number `reader` of a survey, over its own driver. */
struct trial_reader trial_reader_of(const struct survey *s, unsigned reader);

/* A script of a survey with the sim of a pair. */
struct transaction_setup trial_setup_of(const struct survey *s, unsigned script, unsigned pair);

struct trial;

/* The watch is copied; NULL: none. *opened is filled on an error too: its name is "" when none was found. */
int trial_open(struct trial **out, const struct trial_reader *which, const struct trial_watch *watch,
               struct trial_opened *opened, struct err *e) __attribute__((warn_unused_result));
void trial_close(struct trial **t);

/* For exchanges by hand, and for its clock; the trial's. */
struct driver_reader *trial_driver(struct trial *t);

/* Simulated readers only. laying NULL: the handset is taken away. */
int trial_lay(struct trial *t, const struct laying *laying, struct err *e)
    __attribute__((warn_unused_result));

/* Until a handset is in the field; else *not_seen reports a transaction that ended at `detect`. */
int trial_wait(struct trial *t, uint32_t limit_ms, struct trial_report *not_seen, struct err *e)
    __attribute__((warn_unused_result));

/* Until the field is empty: ERR_TIMEOUT when it is not after limit_ms. */
int trial_wait_empty(struct trial *t, uint32_t limit_ms, struct err *e) __attribute__((warn_unused_result));

/* Does the reader itself answer? */
int trial_probe(struct trial *t, struct err *e) __attribute__((warn_unused_result));

/* What is it? probe.h has what is asked; before trial_run() of the first transaction. */
void trial_ask(struct trial *t, struct wire_probed *out);
/* Times n questions that no card answers; ERR_UNSUPPORTED where the driver has none. */
int trial_floor(struct trial *t, unsigned n, struct trial_floor *out, struct err *e)
    __attribute__((warn_unused_result));

/* The next draws are those of transaction `order` of the placement, 1.. */
void trial_begin(struct trial *t, unsigned order);

/*
 * One transaction, the `order`th of its placement. Where it missed a deadline the reader is asked who hung:
 * it answers, so it is the phone's failure; it does not, so nothing is known of the phone. All is in *out
 * but script and repeat.
 */
void trial_run(struct trial *t, const struct transaction_setup *setup, unsigned order,
               struct trial_report *out);

#endif
