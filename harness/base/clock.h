/* The only place that calls a clock. Durations come from the raw monotonic clock, never from wall time. */
#ifndef NFC_SURVEY_BASE_CLOCK_H
#define NFC_SURVEY_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t clock_now_ns(void);
const char *clock_name(void); /* "CLOCK_MONOTONIC_RAW" or "CLOCK_MONOTONIC" */
uint64_t clock_resolution_ns(void);
uint64_t clock_boot_ns(void);   /* since the host's boot, its sleep included */
bool clock_boot_is_hosts(void); /* false in a time namespace, whose boot clock is of its own making */
uint64_t clock_slept_ns(void);  /* since the host's boot */
int64_t clock_wall_ns(void);    /* since 1970, UTC: to see it being set, never for durations */
int64_t clock_wall_s(void);     /* seconds since 1970, UTC */
void clock_wall_text(int64_t wall_s, char *out, size_t capacity); /* "2017-12-01T09:00:00Z"; capacity >= 21 */
/* "21:51 JST" of the same day as now_s, else "2017-12-01 21:51 JST"; capacity >= 40. */
void clock_local_text(int64_t wall_s, int64_t now_s, char *out, size_t capacity);
int64_t clock_wall_of_text(const char *text); /* the same back; 0 when it is not one */
void clock_sleep_ms(unsigned ms);

#endif
