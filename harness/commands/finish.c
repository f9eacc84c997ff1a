#include "harness/commands/finish.h"
#include "reports/summary.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"
#include "harness/journal/manifest.h"
#include "reports/summary.h"

#define SUMMARY_MAX (256u << 20)

int finish_file(const char *directory, const char *path, const char *made, const struct findings *f,
                struct err *e)
{
    return manifest_add(directory, path, THIS_PROGRAM, made, &f->journal, e);
}

int finish_summary(const struct report *r, const char *directory, struct err *e)
{
    char path[4096];
    struct buf text;
    if (snprintf(path, sizeof path, "%s/summary.yaml", directory) >= (int)sizeof path)
        return err_set(e, ERR_INPUT, directory, "the path is too long");
    buf_init(&text, SUMMARY_MAX);
    summary_write(r, &text);
    int status = text.failed ? err_set(e, ERR_MEMORY, path, "the summary does not fit in memory")
                             : file_replace(path, text.data, text.length, e);
    buf_free(&text);
    if (status == 0)
        status = finish_file(directory, path, "", r->findings, e);
    if (status == 0) {
        text_put_safe(stdout, path);
        putchar('\n');
    }
    return status;
}

int finish_run(const char *directory)
{
    const struct report_how how = { .parts = REPORT_SUMMARY, .damage = DAMAGE_ACCEPTED };
    struct survey_problems problems = { 0 };
    struct report r;
    struct err e = { 0 };
    int status = report_open(directory, &how, &r, &problems, &e);
    if (status == 0)
        status = finish_summary(&r, directory, &e);
    report_close(&r);
    survey_problems_free(&problems);
    return status == 0 ? EXIT_STATUS_DONE : message_error(&e);
}
