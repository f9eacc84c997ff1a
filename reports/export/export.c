#include "reports/export/export.h"

#include "harness/base/signal_block.h"
#include "reports/tables/names.h"
#include "reports/words/words.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 4096
#define LOOK_EACH 256 /* records between two looks */

#define POINTER_TO(name) &export_##name,
const struct export_format *const export_formats[] = { EXPORT_FORMATS(POINTER_TO) NULL };

const struct export_format *export_format_of(const char *name)
{
    for (size_t i = 0; export_formats[i]; i++)
        if (strcmp(export_formats[i]->name, name) == 0)
            return export_formats[i];
    return NULL;
}

void export_mark(const struct findings *f, struct buf *out)
{
    buf_add_text(out, word_text(word_mark(f), LANGUAGE_ENGLISH));
    if (f->faults.count > 0)
        buf_add_format(out, "; damaged, edited or missing lines: %s", faults_lines(&f->faults).text);
    if (!f->journal.closed)
        buf_add_format(out, "%sopen, the last record is of %s", out->length > 0 ? "; " : "", f->journal.last);
}

static int may_go_on(uint64_t n, struct err *e)
{
    return n % LOOK_EACH == 0 && signal_block_has_pending()
               ? err_set(e, ERR_INTERRUPTED, "export", "interrupted; nothing is written")
               : 0;
}

int export_records(const char *directory,
                   int (*take)(void *self, const struct journal_record *r, struct err *e), void *self,
                   struct err *e)
{
    struct journal_reader *reader = NULL;
    struct journal_record record;
    struct err damage = { 0 };
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/journal.yaml", directory) >= PATH_SIZE)
        return err_set(e, ERR_INPUT, directory, "the path is too long");
    int status = journal_reader_open(path, &reader, e);
    if (status == 0)
        journal_reader_ahead(reader, false);
    for (uint64_t n = 1; status == 0; n++) {
        enum journal_read read = journal_reader_next(reader, &record, NULL, &damage);
        if (read == JOURNAL_READ_END) {
            status = damage.code;
            *e = damage;
            break;
        }
        if (read == JOURNAL_READ_RECORD)
            status = take(self, &record, e);
        status = status ? status : may_go_on(n, e);
    }
    journal_reader_close(&reader);
    return status;
}
