#include "harness/commands/finish.h"
#include "reports/tables/summary.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"

#define SUMMARY_MAX (256u << 20)

int finish_summary(const struct findings *f, const char *directory, struct err *e)
{
    char path[4096];
    struct buf text;
    if (snprintf(path, sizeof path, "%s/summary.yaml", directory) >= (int)sizeof path)
        return err_set(e, ERR_INPUT, directory, "the path is too long");
    buf_init(&text, SUMMARY_MAX);
    findings_summary(f, &text);
    int status = text.failed ? err_set(e, ERR_MEMORY, path, "the summary does not fit in memory")
                             : file_replace(path, text.data, text.length, e);
    buf_free(&text);
    if (status == 0) {
        text_put_safe(stdout, path);
        putchar('\n');
    }
    return status;
}
