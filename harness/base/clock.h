/* The only place that calls a clock. Durations come from the raw monotonic clock, never from wall time. */
#ifndef NFC_SURVEY_BASE_CLOCK_H
#define NFC_SURVEY_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_now_ns(void);
const char *clock_name(void); /* "CLOCK_MONOTONIC_RAW" or "CLOCK_MONOTONIC" */
uint64_t clock_resolution_ns(void);
int64_t clock_wall_s(void);                                       /* seconds since 1970, UTC */
void clock_wall_text(int64_t wall_s, char *out, size_t capacity); /* "2017-12-01T09:00:00Z"; capacity >= 21 */
int64_t clock_wall_of_text(const char *text);                     /* the same back; 0 when it is not one */
void clock_sleep_ms(unsigned ms);

#endif
