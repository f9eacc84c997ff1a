/* The writers, in the order in which --help names them. */
#include "reports/report.h"

#include <string.h>

const struct report_writer *const report_writers[] = {
    &report_html, &report_pdf, &report_xlsx, &report_csv, &report_markdown, &report_criteria, NULL,
};

const struct report_writer *report_writer_of(const char *name, size_t length)
{
    for (size_t i = 0; report_writers[i]; i++)
        if (strlen(report_writers[i]->name) == length && memcmp(report_writers[i]->name, name, length) == 0)
            return report_writers[i];
    return NULL;
}
