#include "harness/domain/domain.h"

#include <string.h>

#define NAME(PREFIX, member, text) text,
#define NAMES(type, PREFIX)                                                                                  \
    static const char *const type##_names[PREFIX##_COUNT] = { "", PREFIX##_NAMES(NAME, PREFIX) };
DOMAIN_ENUMS(NAMES)

#define LIST(type, PREFIX) [DOMAIN_##PREFIX] = { type##_names, PREFIX##_COUNT },
static const struct {
    const char *const *names;
    unsigned count;
} lists[] = { DOMAIN_ENUMS(LIST) };

const char *domain_name(enum domain_enum list, unsigned value)
{
    return value < lists[list].count ? lists[list].names[value] : "";
}

unsigned domain_of_name(enum domain_enum list, const char *name, size_t length)
{
    for (unsigned i = 1; length > 0 && i < lists[list].count; i++) {
        const char *own = lists[list].names[i];
        if (own[0] == name[0] && strlen(own) == length && memcmp(own, name, length) == 0)
            return i;
    }
    return 0;
}

#define DOMAIN_FUNCTIONS(type, PREFIX)                                                                       \
    const char *type##_name(enum type value)                                                                 \
    {                                                                                                        \
        return domain_name(DOMAIN_##PREFIX, (unsigned)value);                                                \
    }                                                                                                        \
    enum type type##_of_name(const char *name, size_t length)                                                \
    {                                                                                                        \
        return domain_of_name(DOMAIN_##PREFIX, name, length);                                                \
    }
DOMAIN_ENUMS(DOMAIN_FUNCTIONS)

enum placement_result placement_worse(enum placement_result a, enum placement_result b)
{
    static const unsigned badness[PLACEMENT_COUNT] = {
        [PLACEMENT_CLEAN] = 1, [PLACEMENT_ABORTED] = 2, [PLACEMENT_INVALID] = 3, [PLACEMENT_DIRTY] = 4
    };
    return badness[a] >= badness[b] ? a : b;
}

bool verdict_is_open(enum verdict v)
{
    return v == VERDICT_UNDECIDED || v == VERDICT_UNDECIDED_INSTRUMENT || v == VERDICT_REJECTED_SO_FAR;
}

bool host_event_spoils(enum host_event event)
{
    return event == HOST_STOPPED || event == HOST_SLEPT;
}

bool transaction_hides_failure(enum outcome outcome, enum stage stage, enum host_event host)
{
    return outcome == OUTCOME_INVALID && stage > STAGE_ACTIVATE && !host_event_spoils(host);
}
