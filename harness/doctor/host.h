/* What the checks of the host read from /proc. Pure. */
#ifndef NFC_SURVEY_DOCTOR_HOST_H
#define NFC_SURVEY_DOCTOR_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct host_ticks { /* of all processors since the host was started */
    uint64_t all, stolen;
};

bool host_ticks(const char *line, struct host_ticks *out); /* the first line of /proc/stat */
unsigned host_stolen_percent(const struct host_ticks *before, const struct host_ticks *after);

/* The first line of /proc/pressure/cpu: share of the last 10 s in which some process waited for a processor. */
bool host_stalled_percent(const char *line, double *out);

#endif
