/*
 * Times gathered placement after placement, and their quantiles with the placement as the unit, or the session
 * where there are CLUSTERED_SESSIONS_LEAST or more: a day is slow or fast as a whole, and with fewer days nobody
 * can tell how much. Inside findings/ only.
 */
#ifndef NFC_SURVEY_FINDINGS_CLUSTERED_H
#define NFC_SURVEY_FINDINGS_CLUSTERED_H

#include "harness/base/buf.h"
#include "harness/findings/times.h"
#include "harness/stats/cluster.h"

#define CLUSTERED_SESSIONS_LEAST 4

struct clustered {
    struct buf us;              /* uint64_t */
    struct buf sizes, sessions; /* uint32_t, uint8_t a placement */
    struct buf session_us,
        session_sizes;  /* the same times session after session; empty until they are sorted */
    uint32_t placement; /* of the last time */
};

void clustered_init(struct clustered *c);
void clustered_free(struct clustered *c);
/* session: 1..; 0: not known, and then no session is the unit. */
void clustered_add(struct clustered *c, uint32_t placement, uint8_t session, uint32_t us);

size_t clustered_placements(const struct clustered *c);

/*
 * The times as a sample that borrows from c, and sorted; the caller frees *sorted, which is NULL where
 * there are none. False: out of memory.
 */
bool clustered_sort(struct clustered *c, struct cluster_sample *out, uint64_t **sorted);

/* A quantile with its interval at 95 %, two-sided, of c as it was sorted. */
struct findings_clustered clustered_at(const struct clustered *c, const struct cluster_sample *s,
                                       const uint64_t *sorted, double p);

#endif
