#include "harness/commands/journal_report.h"
#include "harness/base/text.h"

#include "harness/commands/message.h"

#include <inttypes.h>

#define SHOWN_MAX 1000 /* lines named one by one */

struct listing {
    const char *path;
    uint64_t shown, hidden;
};

static void show_problem(void *context, uint64_t line, const char *text)
{
    struct listing *l = context;
    if (l->shown >= SHOWN_MAX) {
        l->hidden++;
        return;
    }
    l->shown++;
    text_put_safe(stderr, l->path);
    if (line > 0)
        fprintf(stderr, ":%" PRIu64, line);
    fputs(": ", stderr);
    text_put_safe(stderr, text);
    putc('\n', stderr);
}

int journal_report(const char *path, struct journal_verdict *out)
{
    struct listing listing = { .path = path };
    struct err e = { 0 };
    int status = journal_verify(path, show_problem, &listing, out, &e);
    if (listing.hidden > 0)
        message_note("%s: %" PRIu64 " more problems", path, listing.hidden);
    if (status != 0)
        return message_error(&e);
    if (out->kinds[JOURNAL_KIND_START] == 0) {
        message_note("%s: has no start record", path);
        return EXIT_STATUS_INPUT;
    }
    return listing.shown > 0 || out->damaged > 0 || out->edited > 0 ? EXIT_STATUS_INPUT : EXIT_STATUS_DONE;
}
