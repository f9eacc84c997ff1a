#include "harness/findings/clustered.h"

#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95 /* two-sided, of every interval of a quantile */

void clustered_init(struct clustered *c)
{
    buf_init(&c->us, SIZE_MAX / 2);
    buf_init(&c->sizes, SIZE_MAX / 2);
    c->placement = 0;
}

void clustered_free(struct clustered *c)
{
    buf_free(&c->us);
    buf_free(&c->sizes);
}

void clustered_add(struct clustered *c, uint32_t placement, uint32_t us)
{
    uint64_t value = us;
    uint32_t size = 0;
    if (c->sizes.length == 0 || placement != c->placement)
        buf_add(&c->sizes, &size, sizeof size);
    if (!c->sizes.failed)
        ++((uint32_t *)(void *)c->sizes.data)[c->sizes.length / sizeof size - 1];
    buf_add(&c->us, &value, sizeof value);
    c->placement = placement;
}

bool clustered_sort(const struct clustered *c, struct cluster_sample *out, uint64_t **sorted)
{
    *sorted = NULL;
    *out = (struct cluster_sample) { .values = (const uint64_t *)(const void *)c->us.data,
                                     .sizes = (const uint32_t *)(const void *)c->sizes.data,
                                     .groups = c->sizes.length / sizeof *out->sizes,
                                     .n = c->us.length / sizeof *out->values };
    if (c->us.failed || c->sizes.failed)
        return false;
    if (out->n == 0)
        return true;
    *sorted = malloc(c->us.length);
    if (!*sorted)
        return false;
    memcpy(*sorted, c->us.data, c->us.length);
    stats_sort_u64(*sorted, out->n);
    return true;
}

struct findings_clustered clustered_at(const struct cluster_sample *s, const uint64_t *sorted, double p)
{
    struct cluster_quantile q;
    cluster_quantile(s, sorted, p, CONFIDENCE, &q);
    return (struct findings_clustered) { .at = { .has_value = true,
                                                 .has_interval = q.has_interval,
                                                 .value_us = q.value,
                                                 .low_us = q.low,
                                                 .high_us = q.high },
                                         .n_effective = q.n_effective };
}

uint64_t findings_clustered_least(double p)
{
    return cluster_least(p, CONFIDENCE);
}
