/*
 * Which processes talk to pcscd. pcscd tells nobody who holds a reader; the kernel tells who is at the other end of its
 * sockets (sock_diag(7)), and /proc whose these are. A client need not hold a reader that is held: the reader's
 * state says that, and with one client there is no doubt.
 */
#ifndef NFC_SURVEY_DOCTOR_PCSC_CLIENTS_H
#define NFC_SURVEY_DOCTOR_PCSC_CLIENTS_H

#include "harness/base/err.h"
#include "harness/doctor/proc.h"

#include <stddef.h>
#include <stdint.h>

#define PCSC_CLIENTS_MAX 32 /* more are only counted */

struct pcsc_client {
    pid_t pid;
    char comm[PROC_COMM_SIZE]; /* as the kernel has it: at most 15 bytes of anything */
};

struct pcsc_clients {
    struct pcsc_client known[PCSC_CLIENTS_MAX]; /* by pid */
    size_t count;
    size_t
        unknown; /* connections of processes that we may not look into (another user's, without root), or that
                       are in another container */
};

const char *
pcsc_socket(void); /* that clients of pcscd connect to: PCSCLITE_CSOCK_NAME, else pcsc-lite's own */

/*
 * The clients of the pcscd that this process would talk to, but for
 * this process and those that descend from it. Talks to the kernel only, never to pcscd, so it does not wait for a
 * hung one; a few milliseconds. ERR_ENVIRONMENT where the kernel has no sock_diag for Unix sockets.
 */
int doctor_pcsc_clients(struct pcsc_clients *out, struct err *e) __attribute__((warn_unused_result));

/* Whose these sockets are, by the /proc below root ("" is the real one); what descends from self is not told, nor
 * counted. */
void pcsc_clients_of(const char *root, const uint64_t *inodes, size_t count, pid_t self,
                     struct pcsc_clients *out);

#endif
