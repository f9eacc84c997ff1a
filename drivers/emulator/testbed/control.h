/*
 * The control socket: AF_UNIX, SOCK_STREAM. A request is one line and gets one line back: "ok", "ok <words>"
 * or "error <text>". --help lists the requests.
 */
#ifndef NFC_SURVEY_TESTBED_CONTROL_H
#define NFC_SURVEY_TESTBED_CONTROL_H

#include "drivers/emulator/handset/sim_store.h"
#include "drivers/emulator/testbed/bench.h"
#include "drivers/emulator/testbed/pcscd.h"

#include <poll.h>

#define CONTROL_CLIENTS_MAX 16
#define CONTROL_LINE_MAX    1024

struct control_client {
    int fd; /* -1: free */
    char line[CONTROL_LINE_MAX];
    size_t length;
};

struct control {
    struct bench *bench;             /* borrowed */
    const struct profiles *profiles; /* borrowed */
    struct pcscd *pcscd;             /* borrowed; NULL without --pcscd */
    const char *sims;                /* folder of virtual sims; NULL: each laying has a new one */
    struct sim_laid laid[USB_READERS_MAX];
    int listener;
    struct control_client clients[CONTROL_CLIENTS_MAX];
    bool quit; /* asked for */
};

int control_open(struct control *c, const char *path, struct err *e) __attribute__((warn_unused_result));
void control_close(struct control *c);

/* For the caller's poll(): fills at most CONTROL_CLIENTS_MAX + 1 entries, and serves what came. */
size_t control_poll(const struct control *c, struct pollfd *out);
void control_serve(struct control *c);

/* Waits until pcscd drives every plugged reader. */
int control_wait_driven(struct control *c, unsigned limit_ms, struct err *e)
    __attribute__((warn_unused_result));

/* The other end, for `send`: one request, its answer line (without the newline) into out. */
int control_send(const char *path, char *const *words, char out[CONTROL_LINE_MAX], struct err *e)
    __attribute__((warn_unused_result));

#endif
