/*
 * Runs a foreign program as a child: an argument list, never a shell; a private folder, an environment of our
 * own, limits. Nothing from outside reaches its command line or a file name.
 */
#ifndef NFC_SURVEY_RENDER_TOOL_H
#define NFC_SURVEY_RENDER_TOOL_H

#include "harness/base/buf.h"
#include "harness/base/err.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The private folder, below $TMPDIR. Until it is removed, SIGINT, SIGTERM and SIGHUP wait: a tool that runs
 * is then killed, and the signal takes effect when its folder is gone.
 */
struct tool_folder {
    char path[256]; /* "": none */
    sigset_t before;
};

int tool_folder_make(struct tool_folder *f, struct err *e) __attribute__((warn_unused_result));
int tool_folder_put(const struct tool_folder *f, const char *name, const struct buf *bytes, struct err *e)
    __attribute__((warn_unused_result));
int tool_folder_get(const struct tool_folder *f, const char *name, struct buf *out, struct err *e)
    __attribute__((warn_unused_result));
void tool_folder_remove(struct tool_folder *f); /* with all files in it; takes one that was never made */

struct tool {
    const char *program;          /* looked for on the PATH where it holds no '/' */
    const char *const *arguments; /* after the program's name; NULL-terminated */
    unsigned seconds;             /* of processor, and of waiting */
    uint64_t file_bytes;          /* a file that it writes grows no larger */
    uint64_t memory_bytes;        /* of address space; 0: no limit */
};

#define TOOL_NOT_STARTED (-1) /* in place of an exit status: not there, ended by a signal or by us */

/*
 * Runs it in the folder. Its exit status, where status is not NULL, and ERR_ENVIRONMENT with its last words
 * when that is not 0; e->native is ENOENT when the program is not there. ERR_TIMEOUT, ERR_INTERRUPTED.
 */
int tool_run(const struct tool *t, const struct tool_folder *f, int *status, struct err *e)
    __attribute__((warn_unused_result));

#endif
