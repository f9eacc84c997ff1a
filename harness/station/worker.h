/*
 * One worker process a reader: it alone touches a driver library, and it may be killed at any moment. Forked
 * by the supervisor before any library is used; it has its own process group and dies with its parent.
 */
#ifndef NFC_SURVEY_STATION_WORKER_H
#define NFC_SURVEY_STATION_WORKER_H

#include "harness/base/err.h"
#include "harness/base/identifier_key.h"
#include "harness/station/target_access.h"
#include "harness/station/wire.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <sys/types.h>

struct worker {
    pid_t pid;              /* 0: none is running */
    int fd;                 /* the supervisor's end */
    struct wire_page *page; /* shared; mapped once for the reader's life */
    struct wire_inbox inbox;
};

/* The key of identifiers, the survey and what is permitted of test targets (access; NULL: nothing) are the child's by the fork. */
int worker_start(struct worker *w, const struct survey *s, const struct identifier_key *key,
                 const struct target_access *access, unsigned reader, struct err *e)
    __attribute__((warn_unused_result));

/* Before an order goes to it: what the shared page says of the one before is not of this one. */
void worker_begin(struct worker *w);

/* Kills it (when running), reaps it and gives its wait status; messages it had sent stay readable until
 * closed. */
int worker_kill(struct worker *w);
void worker_close(struct worker *w);   /* also the socket and what was in it */
void worker_release(struct worker *w); /* everything, the page too */

/* How it ended, in words: "killed by SIGSEGV", "exit status 3". */
void worker_end_text(int wait_status, char *out, size_t capacity);

#endif
