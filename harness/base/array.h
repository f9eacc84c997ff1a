/* Arrays that grow by one item at a time, and arrays that ascend. */
#ifndef NFC_SURVEY_BASE_ARRAY_H
#define NFC_SURVEY_BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

/* The items, moved where needed, with room for one more behind count: twice as many as before, `first` at the first time.
 * NULL when out of memory: they are where they were. */
void *array_room(void *items, size_t count, size_t *capacity, size_t size, size_t first)
    __attribute__((warn_unused_result));

/* Of items that ascend by what value() says of each: the first with this value or a greater one; count: there is none. */
size_t array_first_from(const void *items, size_t count, size_t size, uint64_t (*value)(const void *item),
                        uint64_t least);

#endif
