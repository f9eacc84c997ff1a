#include "harness/domain/unit.h"

#include <stddef.h>
#include <string.h>

static const struct unit units[] = {
    { "_us", "us", "microseconds" },
    { "_ms", "ms", "milliseconds" },
    { "_ns", "ns", "nanoseconds" },
    { "_s", "s", "seconds" },
    { "_h", "h", "hours" },
    { "_mm", "mm", "millimetres" },
    { "_db", "dB", "decibels" },
    { "_bytes", "bytes", "bytes" },
    { "_kbit_s", "kbit/s", "kbit/s" },
    { "_khz", "kHz", "kilohertz" },
    { "_c", "degrees Celsius", "degrees Celsius" },
};

const struct unit *key_unit(const char *key)
{
    const struct unit *found = NULL;
    size_t length = strlen(key);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t end = strlen(units[i].ending);
        if (length > end && (!found || end > strlen(found->ending)) &&
            strcmp(key + length - end, units[i].ending) == 0)
            found = &units[i];
    }
    return found;
}
