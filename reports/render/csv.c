/*
 * cells.csv: every cell, one row each, for spreadsheets and for programs, by RFC 4180 (lines end with CR LF).
 * It begins with a byte order mark: without one, Excel reads the file in the system's own code page and shows
 * Japanese as rubbish; R, pandas and LibreOffice pass over it, and Python does as `utf-8-sig`. The names of
 * the columns are the same in every language.
 */
#include "harness/base/file.h"
#include "reports/render/escape.h"
#include "reports/report.h"
#include "reports/tables/cells.h"

#include <inttypes.h>
#include <string.h>

#define CSV_BYTES_MAX   (1u << 30)
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static void field(struct buf *b, const struct cells_value *v)
{
    switch (v->kind) {
    case CELLS_TEXT:
    case CELLS_LEFT_OUT:
    case CELLS_VERDICT:
        escape_csv(b, v->text);
        break;
    case CELLS_NAME:
    case CELLS_COUNT:
        buf_add_u64(b, v->number);
        break;
    case CELLS_SHARE:
        buf_add_format(b, "%.*f", CELLS_SHARE_DIGITS, v->share);
        break;
    case CELLS_TIME: /* all digits of the microseconds, in milliseconds */
        buf_add_format(b, "%" PRIu64 ".%03" PRIu64, v->number / 1000, v->number % 1000);
        break;
    case CELLS_ABSENT:
        break;
    }
}

static int write_csv(struct report *r, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, CSV_BYTES_MAX);
    buf_add_text(&b, BYTE_ORDER_MARK);
    for (size_t column = 0; column < cells_columns(); column++) {
        buf_add_text(&b, column ? "," : "");
        buf_add_text(&b, cells_name(column));
    }
    buf_add_text(&b, "\r\n");
    for (size_t cell = 0; cell < r->findings->cell_count; cell++) {
        for (size_t column = 0; column < cells_columns(); column++) {
            struct cells_value v;
            cells_value(r, cell, column, &v);
            buf_add_text(&b, column ? "," : "");
            field(&b, &v);
        }
        buf_add_text(&b, "\r\n");
    }
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
