/*
 * Independent pieces of one computation on all cores, by threads that are gone when it returns. Not where a process may
 * be forked meanwhile: station and drivers stay away from it.
 */
#ifndef NFC_SURVEY_BASE_PARALLEL_H
#define NFC_SURVEY_BASE_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

unsigned parallel_cores(void); /* that this process may run on, 1.. */

/* work(context, i) for each i below count, in any order, several at a time. True when all returned true; after a false
 * one some may not be called. */
bool parallel_each(size_t count, bool (*work)(void *context, size_t i), void *context);

#endif
