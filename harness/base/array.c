#include "harness/base/array.h"

#include <stdlib.h>

void *array_room(void *items, size_t count, size_t *capacity, size_t size, size_t first)
{
    if (items && count < *capacity)
        return items;
    size_t more = *capacity > 0 ? 2 * *capacity : first;
    void *grown = reallocarray(items, more, size);
    if (grown)
        *capacity = more;
    return grown;
}

size_t array_first_from(const void *items, size_t count, size_t size, uint64_t (*value)(const void *item),
                        uint64_t least)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (value((const char *)items + middle * size) < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
