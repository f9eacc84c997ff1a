/*
 * Times gathered placement after placement, and their quantiles with the placement as the unit; inside
 * findings/ only.
 */
#ifndef NFC_SURVEY_FINDINGS_CLUSTERED_H
#define NFC_SURVEY_FINDINGS_CLUSTERED_H

#include "harness/base/buf.h"
#include "harness/findings/times.h"
#include "harness/stats/cluster.h"

struct clustered {
    struct buf us;      /* uint64_t */
    struct buf sizes;   /* uint32_t a placement */
    uint32_t placement; /* of the last time */
};

void clustered_init(struct clustered *c);
void clustered_free(struct clustered *c);
void clustered_add(struct clustered *c, uint32_t placement, uint32_t us);

/*
 * The times as a sample that borrows from c, and sorted; the caller frees *sorted, which is NULL where
 * there are none. False: out of memory.
 */
bool clustered_sort(const struct clustered *c, struct cluster_sample *out, uint64_t **sorted);

/* A quantile with its interval at 95 %, two-sided. */
struct findings_clustered clustered_at(const struct cluster_sample *s, const uint64_t *sorted, double p);

#endif
