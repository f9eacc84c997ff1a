/* The writers as a list. */
#include "reports/report.h"

#include <string.h>

#define POINTER_TO(name) &report_##name,
const struct report_writer *const report_writers[] = { REPORT_WRITERS(POINTER_TO) NULL };

const struct report_writer *report_writer_of(const char *name, size_t length)
{
    for (size_t i = 0; report_writers[i]; i++)
        if (strlen(report_writers[i]->name) == length && memcmp(report_writers[i]->name, name, length) == 0)
            return report_writers[i];
    return NULL;
}
