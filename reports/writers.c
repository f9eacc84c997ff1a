/* The writers as a list, and those of CSV and of criteria.yaml. */
#include "harness/base/file.h"
#include "reports/judgement.h"
#include "reports/render/csv.h"
#include "reports/report.h"
#include "reports/tables/tables.h"

#include <string.h>

#define CSV_BYTES_MAX      (1u << 30)
#define CRITERIA_BYTES_MAX (512u << 20)

static int write_table(struct report *r, const struct table *t, const char *path, struct err *e)
{
    struct view v = { r, LANGUAGE_ENGLISH, FORM_CSV };
    struct buf b;
    buf_init(&b, CSV_BYTES_MAX);
    csv_table(&b, &v, t, NULL);
    int status = b.failed
                     ? err_set(e, ERR_LIMIT, path, "the table would be larger than %u bytes", CSV_BYTES_MAX)
                     : file_replace(path, b.data, b.length, e);
    buf_free(&b);
    return status;
}

#define CSV_OF(name, table)                                                                                  \
    static int write_##name(struct report *r, const char *path, struct err *e)                               \
    {                                                                                                        \
        return write_table(r, &(table), path, e);                                                            \
    }
CSV_OF(cells, table_cells)
CSV_OF(effects, table_effects)
CSV_OF(associations, table_all_associations)
CSV_OF(variance, table_variance)
#undef CSV_OF

/* What the matrix shows, a table a file. */
static const struct report_writer csv_variance = { .stem = "variance",
                                                   .extension = "csv",
                                                   .write = write_variance };
static const struct report_writer csv_associations = {
    .stem = "associations", .extension = "csv", .write = write_associations, .also = &csv_variance
};
static const struct report_writer csv_effects = {
    .stem = "effects", .extension = "csv", .write = write_effects, .also = &csv_associations
};

const struct report_writer report_csv = {
    .name = "csv",
    .stem = "cells",
    .extension = "csv",
    .summary = "every cell with its counts, bounds, verdicts, causes and times, and what the matrix shows, "
               "for programs",
    .write = write_cells,
    .also = &csv_effects,
};

static int write_criteria(struct report *r, const char *path, struct err *e)
{
    struct buf text;
    if (!r->assessment)
        return err_set(
            e, ERR_INPUT, r->findings->survey->id,
            "the survey of this run names no criteria: `nfc-survey criteria --criteria` takes some");
    buf_init(&text, CRITERIA_BYTES_MAX);
    int status = judgement_write(r, path, &text, e);
    if (status == 0)
        status = file_replace(path, text.data, text.length, e);
    buf_free(&text);
    return status;
}

const struct report_writer report_criteria = {
    .name = "criteria",
    .stem = "criteria",
    .extension = "yaml",
    .summary = "every recommendation with its clauses, cells and records; what-ifs; the proposal",
    .write = write_criteria,
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
