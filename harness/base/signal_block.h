/*
 * While something half-made is on the disk, signals that would end the process wait: it is finished or
 * taken away first, and then they take effect. Holds may be nested.
 */
#ifndef NFC_SURVEY_BASE_SIGNAL_BLOCK_H
#define NFC_SURVEY_BASE_SIGNAL_BLOCK_H

#include <signal.h>
#include <stdbool.h>

/* SIGINT, SIGTERM and SIGHUP. False, with errno, where they cannot be held; then there is nothing to end. */
bool signal_block_begin(sigset_t *before) __attribute__((warn_unused_result));
void signal_block_end(const sigset_t *before);
bool signal_block_has_pending(void); /* one of them waits */

#endif
