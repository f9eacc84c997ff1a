/* The writers as a list, and the one of CSV. */
#include "harness/base/file.h"
#include "reports/render/csv.h"
#include "reports/report.h"
#include "reports/tables/tables.h"

#include <string.h>

#define CSV_BYTES_MAX (1u << 30)

static int write_csv(struct report *r, const char *path, struct err *e)
{
    struct view v = { r, LANGUAGE_ENGLISH, FORM_CSV };
    struct buf b;
    buf_init(&b, CSV_BYTES_MAX);
    csv_table(&b, &v, &table_cells, NULL);
    int status = b.failed
                     ? err_set(e, ERR_LIMIT, path, "the table would be larger than %u bytes", CSV_BYTES_MAX)
                     : file_replace(path, b.data, b.length, e);
    buf_free(&b);
    return status;
}

const struct report_writer report_csv = {
    .name = "csv",
    .stem = "cells",
    .extension = "csv",
    .summary = "every cell with its counts, bounds, verdicts, causes and times, for programs",
    .write = write_csv,
};

#define POINTER_TO(name) &report_##name,
const struct report_writer *const report_writers[] = { REPORT_WRITERS(POINTER_TO) NULL };

const struct report_writer *report_writer_of(const char *name, size_t length)
{
    for (size_t i = 0; report_writers[i]; i++)
        if (strlen(report_writers[i]->name) == length && memcmp(report_writers[i]->name, name, length) == 0)
            return report_writers[i];
    return NULL;
}
