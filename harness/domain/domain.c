#include "harness/domain/domain.h"

#include <string.h>

static const char *name_at(const char *const *names, unsigned count, unsigned index)
{
    return index < count ? names[index] : "";
}

static unsigned index_of(const char *const *names, unsigned count, const char *name, size_t length)
{
    for (unsigned i = 1; i < count; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return i;
    return 0;
}

#define NAME(PREFIX, member, text) text,
#define DOMAIN_FUNCTIONS(type, PREFIX)                                                                       \
    static const char *const type##_names[PREFIX##_COUNT] = { "", PREFIX##_NAMES(NAME, PREFIX) };            \
    const char *type##_name(enum type value)                                                                 \
    {                                                                                                        \
        return name_at(type##_names, PREFIX##_COUNT, (unsigned)value);                                       \
    }                                                                                                        \
    enum type type##_of_name(const char *name, size_t length)                                                \
    {                                                                                                        \
        return index_of(type##_names, PREFIX##_COUNT, name, length);                                         \
    }
DOMAIN_ENUMS(DOMAIN_FUNCTIONS)

enum placement_result placement_worse(enum placement_result a, enum placement_result b)
{
    static const unsigned badness[PLACEMENT_COUNT] = {
        [PLACEMENT_CLEAN] = 1, [PLACEMENT_ABORTED] = 2, [PLACEMENT_INVALID] = 3, [PLACEMENT_DIRTY] = 4
    };
    return badness[a] >= badness[b] ? a : b;
}
