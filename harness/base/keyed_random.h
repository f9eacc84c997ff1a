/*
 * Random draws by key, never by sequence: the same key gives the same draw whatever was drawn before, so
 * lanes, interruptions and the order of work change nothing. Keys are folded with random_key(); values are
 * pure functions.
 */
#ifndef NFC_SURVEY_BASE_KEYED_RANDOM_H
#define NFC_SURVEY_BASE_KEYED_RANDOM_H

#include <stddef.h>
#include <stdint.h>

uint64_t random_key(uint64_t key, uint64_t value);            /* fold a number into a key */
uint64_t random_key_text(uint64_t key, const char *text);     /* fold a name into a key */
uint64_t random_u64(uint64_t key, uint64_t what);             /* 64 uniform bits */
double random_uniform(uint64_t key, uint64_t what);           /* in [0, 1) */
double random_normal(uint64_t key, uint64_t what);            /* mean 0, sd 1, cut off at 6 sd */
void random_shuffle(uint64_t key, unsigned *items, size_t n); /* Fisher-Yates */

#endif
