#include "harness/findings/clustered.h"

#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95 /* two-sided, of every interval of a quantile */

void clustered_init(struct clustered *c)
{
    buf_init(&c->us, SIZE_MAX / 2);
    buf_init(&c->sizes, SIZE_MAX / 2);
    buf_init(&c->sessions, SIZE_MAX / 2);
    buf_init(&c->session_us, SIZE_MAX / 2);
    buf_init(&c->session_sizes, SIZE_MAX / 2);
    c->placement = 0;
}

void clustered_free(struct clustered *c)
{
    buf_free(&c->us);
    buf_free(&c->sizes);
    buf_free(&c->sessions);
    buf_free(&c->session_us);
    buf_free(&c->session_sizes);
}

void clustered_add(struct clustered *c, uint32_t placement, uint8_t session, uint32_t us)
{
    uint64_t value = us;
    uint32_t size = 0;
    if (c->sizes.length == 0 || placement != c->placement) {
        buf_add(&c->sizes, &size, sizeof size);
        buf_add(&c->sessions, &session, sizeof session);
    }
    if (!c->sizes.failed)
        ++((uint32_t *)(void *)c->sizes.data)[c->sizes.length / sizeof size - 1];
    buf_add(&c->us, &value, sizeof value);
    c->placement = placement;
}

size_t clustered_placements(const struct clustered *c)
{
    return c->sizes.length / sizeof(uint32_t);
}

/* Session after session, if there are enough and each placement has one. */
static void group_by_session(struct clustered *c)
{
    const uint8_t *session = (const uint8_t *)c->sessions.data;
    const uint32_t *sizes = (const uint32_t *)(const void *)c->sizes.data;
    size_t held[UINT8_MAX + 1] = { 0 }, count = 0, placements = clustered_placements(c);
    buf_clear(&c->session_us);
    buf_clear(&c->session_sizes);
    for (size_t i = 0; i < placements; i++)
        count += held[session[i]]++ == 0;
    if (count < CLUSTERED_SESSIONS_LEAST || held[0] > 0)
        return;
    for (size_t s = 1; s <= UINT8_MAX; s++) {
        const uint64_t *us = (const uint64_t *)(const void *)c->us.data;
        uint32_t size = 0;
        for (size_t i = 0; held[s] > 0 && i < placements; us += sizes[i], i++) {
            if (session[i] != s)
                continue;
            buf_add(&c->session_us, us, sizes[i] * sizeof *us);
            size += sizes[i];
        }
        if (size > 0)
            buf_add(&c->session_sizes, &size, sizeof size);
    }
}

bool clustered_sort(struct clustered *c, struct cluster_sample *out, uint64_t **sorted)
{
    *sorted = NULL;
    if (!c->us.failed && !c->sizes.failed && !c->sessions.failed)
        group_by_session(c);
    bool by_session = c->session_sizes.length > 0;
    const struct buf *us = by_session ? &c->session_us : &c->us;
    const struct buf *sizes = by_session ? &c->session_sizes : &c->sizes;
    *out = (struct cluster_sample) { .values = (const uint64_t *)(const void *)us->data,
                                     .sizes = (const uint32_t *)(const void *)sizes->data,
                                     .groups = sizes->length / sizeof *out->sizes,
                                     .n = us->length / sizeof *out->values };
    if (us->failed || sizes->failed || c->sessions.failed || c->session_us.failed || c->session_sizes.failed)
        return false;
    if (out->n == 0)
        return true;
    *sorted = malloc(us->length);
    if (!*sorted)
        return false;
    memcpy(*sorted, us->data, us->length);
    stats_sort_u64(*sorted, out->n);
    return true;
}

struct findings_clustered clustered_at(const struct clustered *c, const struct cluster_sample *s,
                                       const uint64_t *sorted, double p)
{
    struct cluster_quantile q;
    cluster_quantile(s, sorted, p, CONFIDENCE, &q);
    return (struct findings_clustered) { .at = { .has_value = true,
                                                 .has_interval = q.has_interval,
                                                 .value_us = q.value,
                                                 .low_us = q.low,
                                                 .high_us = q.high },
                                         .by_session = c->session_sizes.length > 0,
                                         .n_effective = q.n_effective };
}

uint64_t findings_clustered_least(double p)
{
    return cluster_least(p, CONFIDENCE);
}
