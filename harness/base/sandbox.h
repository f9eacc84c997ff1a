/*
 * What a process may still do once a driver's library runs in it: Landlock holds it to the files that the driver
 * declares, seccomp to the system calls. A call beyond them ends the process (SIGSYS): an error instead would be told
 * as the reader's. Nothing of it is there in a sanitizer's build, whose runtime needs more.
 */
#ifndef NFC_SURVEY_BASE_SANDBOX_H
#define NFC_SURVEY_BASE_SANDBOX_H

#include "harness/base/err.h"

#include <stdbool.h>

/* Groups of system calls beyond memory, time and local sockets, which every process keeps. */
enum sandbox_calls {
    SANDBOX_FILES = 1 << 0, /* opening and listing; which files, the paths say */
    SANDBOX_LINE = 1 << 1,  /* a serial line */
    SANDBOX_USB = 1 << 2,   /* usbfs, and the kernel's word of what is plugged in */
};

struct sandbox_path {
    const char *path; /* with all below it; one that is not there is passed over */
    bool write;       /* and the device's own requests; else to read */
};

struct sandbox_needs {
    unsigned calls;                   /* of enum sandbox_calls */
    const struct sandbox_path *paths; /* ended by one without a path; NULL: none */
};

/* What the kernel has of it. */
struct sandbox_kernel {
    unsigned landlock_abi; /* 0: none */
    bool landlock_off;     /* with 0: built in, and switched off at boot */
    bool seccomp;
    bool sanitized; /* this program is a sanitizer's build, and uses neither */
};
struct sandbox_kernel sandbox_of_kernel(void);

/*
 * For good, for this process and all that it starts. Descriptors that are open stay usable. What the kernel lacks is
 * left out; ERR_ENVIRONMENT when it has it and refuses.
 */
int sandbox_enter(const struct sandbox_needs *needs, struct err *e) __attribute__((warn_unused_result));

#endif
