/* A private pcscd on a socket of its own, started as systemd would: it never meets the machine's own one. */
#ifndef NFC_SURVEY_TESTBED_PCSCD_H
#define NFC_SURVEY_TESTBED_PCSCD_H

#include "harness/base/err.h"

#include <sys/types.h>

struct pcscd {
    char directory[512]; /* the run's own: socket, log, empty reader.conf.d */
    char socket[600];    /* what PCSCLITE_CSOCK_NAME names */
    pid_t pid;           /* 0: not running */
};

int pcscd_start(struct pcscd *p, struct err *e) __attribute__((warn_unused_result));
/* Ends it by its pid: SIGKILL, as a crash would. Nothing when it does not run. */
void pcscd_kill(struct pcscd *p);

#endif
