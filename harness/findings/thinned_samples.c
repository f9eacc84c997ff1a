#include "harness/findings/thinned_samples.h"

#include <stdlib.h>
#include <string.h>

void thinned_samples_init(struct thinned_samples *r, size_t width, size_t most)
{
    *r = (struct thinned_samples) { .width = width, .most = most, .stride = 1 };
    buf_init(&r->cells, SIZE_MAX / 2);
}

void thinned_samples_free(struct thinned_samples *r)
{
    buf_free(&r->cells);
}

uint32_t *thinned_samples_at(struct thinned_samples *r, size_t i)
{
    return (uint32_t *)(void *)r->cells.data + i * r->width;
}

size_t thinned_samples_count(const struct thinned_samples *r)
{
    return r->cells.length / (r->width * sizeof(uint32_t));
}

/* Lets every second placement go, counted from the first that is kept. */
static void thin(struct thinned_samples *r)
{
    size_t kept = 0, placement = 0;
    uint32_t last = ROWS_NONE;
    for (size_t i = 0; i < thinned_samples_count(r); i++) {
        const uint32_t *row = thinned_samples_at(r, i);
        if (last != ROWS_NONE && row[ROWS_PLACEMENT] != last)
            placement++;
        last = row[ROWS_PLACEMENT];
        if (placement % 2 == 0)
            memmove(thinned_samples_at(r, kept++), row, r->width * sizeof *row);
    }
    r->cells.length = kept * r->width * sizeof(uint32_t);
    r->stride *= 2;
}

static bool is_kept(const struct thinned_samples *r)
{
    return (r->seen - 1) % r->stride == 0;
}

/* The table holds nothing but the row's own placement, which stays whole. */
static bool is_alone(struct thinned_samples *r, const uint32_t *row)
{
    return thinned_samples_at(r, 0)[ROWS_PLACEMENT] == row[ROWS_PLACEMENT];
}

void thinned_samples_add(struct thinned_samples *r, const uint32_t *row)
{
    if (r->seen == 0 || row[ROWS_PLACEMENT] != r->placement) {
        r->placement = row[ROWS_PLACEMENT];
        r->seen++;
    }
    while (is_kept(r) && thinned_samples_count(r) > 0 && thinned_samples_count(r) >= r->most &&
           !is_alone(r, row))
        thin(r);
    if (is_kept(r))
        buf_add(&r->cells, row, r->width * sizeof *row);
}

static int compare_placements(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

void thinned_samples_sort(struct thinned_samples *r)
{
    size_t count = thinned_samples_count(r), i = 1;
    while (i < count &&
           thinned_samples_at(r, i - 1)[ROWS_PLACEMENT] <= thinned_samples_at(r, i)[ROWS_PLACEMENT])
        i++;
    if (i < count)
        qsort(r->cells.data, count, r->width * sizeof(uint32_t), compare_placements);
}
