#include "harness/base/signal_block.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNALS (sizeof signals / sizeof *signals)

bool signal_block_begin(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&set, signals[i]);
    return sigprocmask(SIG_BLOCK, &set, before) == 0;
}

void signal_block_end(const sigset_t *before)
{
    (void)sigprocmask(SIG_SETMASK, before, NULL);
}

bool signal_block_has_pending(void)
{
    sigset_t pending;
    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < SIGNALS; i++)
        if (sigismember(&pending, signals[i]) == 1)
            return true;
    return false;
}
