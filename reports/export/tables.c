/* Runs as tables, of their records and of their reports: an SQLite database, or a folder of CSV files. */
#include "reports/export/export.h"
#include "reports/export/figures.h"
#include "reports/export/records.h"
#include "reports/render/csv_folder.h"
#include "reports/render/sqlite.h"

#include <stdlib.h>

struct exporting {
    struct relation_writer *writer;
    struct records *records;
    struct figures *figures;
    int (*close)(struct relation_writer **w, int status, struct err *e);
};

static int open_with(int (*open)(const char *, struct relation_writer **, struct err *),
                     int (*close)(struct relation_writer **, int, struct err *), const char *path,
                     struct exporting **out, struct err *e)
{
    struct exporting *x = *out = calloc(1, sizeof *x);
    if (!x)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    x->close = close;
    int status = figures_open(&x->figures, e);
    if (status == 0)
        status = open(path, &x->writer, e);
    if (status == 0)
        status = records_open(x->writer, &x->records, e);
    return status;
}

static int add(struct exporting *x, unsigned run, struct report *r, struct err *e)
{
    struct buf mark;
    buf_init(&mark, 1u << 16);
    export_mark(r->findings, &mark);
    int status = x->writer->mark(x->writer, buf_text(&mark), e);
    buf_free(&mark);
    if (status == 0)
        status = records_write(x->records, run, r, e);
    return status ? status : figures_take(x->figures, run, r, e);
}

/* The relations are the records' and the figures': they end behind the writer. */
static int close(struct exporting **out, int status, struct err *e)
{
    struct exporting *x = *out;
    *out = NULL;
    if (!x)
        return status;
    if (status == 0)
        status = figures_write(x->figures, x->writer, e);
    status = x->close(&x->writer, status, e);
    records_close(&x->records);
    figures_close(&x->figures);
    free(x);
    return status;
}

static int open_sqlite(const char *path, const struct export_how *how, struct exporting **out, struct err *e)
{
    (void)how;
    return open_with(sqlite_open, sqlite_close, path, out, e);
}

static int open_csv(const char *path, const struct export_how *how, struct exporting **out, struct err *e)
{
    (void)how;
    return open_with(csv_folder_open, csv_folder_close, path, out, e);
}

const struct export_format export_sqlite = {
    .name = "sqlite",
    .summary = "a database of records, cells and the tables of the report",
    .parts = REPORT_ALL,
    .open = open_sqlite,
    .add = add,
    .close = close,
};

const struct export_format export_csv = {
    .name = "csv",
    .summary = "the same tables, a file each in a folder",
    .parts = REPORT_ALL,
    .open = open_csv,
    .add = add,
    .close = close,
};
