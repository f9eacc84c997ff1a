/*
 * WeasyPrint makes a document of a page, in a child (print.py); nothing but the finished document is ever at the path
 * asked for.
 */
#include "reports/render/pdf.h"

#include "harness/base/file.h"
#include "reports/render/tool.h"

#include <stdio.h>
#include <string.h>

#define PRINTER_BYTES_MAX (1u << 20)
#define PDF_BYTES_MAX     (256u << 20)
#define SECONDS           900                 /* 300 handsets on 6 readers take about one minute */
#define MEMORY_BYTES      (UINT64_C(6) << 30) /* of address space; they take about 1 GB */

/* Of print.py. */
#define STATUS_NO_WEASYPRINT 3
#define STATUS_NO_FONT       4

#define INSTEAD_OF_IT "write `--format html` and print that page from a browser"
#define INSTEAD       "or " INSTEAD_OF_IT

static int print_with(const char *python, const struct tool_folder *folder, int *status, struct err *e)
{
    static const char *const arguments[] = { "print.py", NULL };
    const struct tool tool = { .program = python,
                               .arguments = arguments,
                               .seconds = SECONDS,
                               .file_bytes = PDF_BYTES_MAX,
                               .memory_bytes = MEMORY_BYTES };
    return tool_run(&tool, folder, status, e);
}

static bool is_not_there(int code, int status, const struct err *e)
{
    return code != 0 && (status == STATUS_NO_WEASYPRINT ||
                         (status == TOOL_NOT_STARTED && strcmp(e->native, "ENOENT") == 0));
}

/* What the user can do about it. */
static int explain(int code, int status, struct err *e)
{
    if (is_not_there(code, status, e))
        return err_set(e, ERR_ENVIRONMENT, "weasyprint",
                       "is not installed: `apt-get install weasyprint`, " INSTEAD);
    if (status == STATUS_NO_FONT)
        return err_set(e, ERR_ENVIRONMENT, "weasyprint",
                       "finds no font with all that the report needs: `apt-get install fonts-noto-cjk "
                       "fonts-dejavu-core`, " INSTEAD);
    return code;
}

/* A renderer that says nothing and writes nothing, or something else, is not believed. */
static int take_document(const struct tool_folder *folder, struct buf *pdf, struct err *e)
{
    static const char begins[] = "%PDF-";
    int code = tool_folder_get(folder, "out.pdf", pdf, NULL);
    if (code == ERR_LIMIT)
        return err_set(e, ERR_LIMIT, "weasyprint", "the document is larger than %u bytes", PDF_BYTES_MAX);
    if (code != 0 || pdf->length < sizeof begins || memcmp(pdf->data, begins, sizeof begins - 1) != 0)
        return err_set(e, ERR_ENVIRONMENT, "weasyprint", "wrote no document; " INSTEAD_OF_IT);
    return 0;
}

static int render(const struct report *r, const struct buf *page, const struct buf *script, struct buf *pdf,
                  struct err *e)
{
    struct tool_folder folder = { .path = "" };
    int status = 0;
    int code = tool_folder_make(&folder, e);
    if (code)
        return code;
    code = tool_folder_put(&folder, "page.html", page, e);
    if (code == 0)
        code = tool_folder_put(&folder, "print.py", script, e);
    if (code == 0) {
        code = print_with(r->python ? r->python : "/usr/bin/python3", &folder, &status, e);
        if (!r->python && is_not_there(code, status, e))
            code = print_with("python3", &folder, &status, e);
        code = code ? explain(code, status, e) : take_document(&folder, pdf, e);
    }
    tool_folder_remove(&folder);
    return code;
}

int pdf_write(const struct report *r, const struct buf *page, const char *path, struct err *e)
{
    char print_py[4096];
    struct buf script, pdf;
    buf_init(&script, PRINTER_BYTES_MAX);
    buf_init(&pdf, PDF_BYTES_MAX);
    snprintf(print_py, sizeof print_py, "%s/reports/print.py", r->data_directory);
    int code = file_read(print_py, &script, e);
    if (code == 0)
        code = render(r, page, &script, &pdf, e);
    if (code == 0)
        code = file_replace(path, pdf.data ? pdf.data : "", pdf.length, e);
    buf_free(&pdf);
    buf_free(&script);
    return code;
}
