#include "harness/findings/live.h"

#include "harness/base/text.h"

#include <string.h>

int live_make(struct live *l, const struct survey *s, struct integrity *i, struct err *e)
{
    int code = cells_make(s, &l->cells, e);
    for (size_t r = 0; r < SURVEY_READERS_MAX; r++)
        buf_init(&l->pending[r], SIZE_MAX / 2);
    if (code != 0)
        return code;
    return decisions_make(&l->cells, i, &l->decisions, e);
}

void live_free(struct live *l)
{
    cells_free(&l->cells);
    decisions_free(&l->decisions);
    for (size_t r = 0; r < SURVEY_READERS_MAX; r++)
        buf_free(&l->pending[r]);
}

static void tell_changed(struct live *l)
{
    for (size_t cell; (cell = cells_changed(&l->cells)) != SIZE_MAX;)
        decisions_changed(&l->decisions, cell);
}

static void judge(struct live *l, size_t reader, bool ok)
{
    const struct cells_undo *results = (const void *)l->pending[reader].data;
    size_t count = l->pending[reader].length / sizeof *results;
    for (size_t n = ok ? 0 : count; n-- > 0;)
        cells_take_back(&l->cells, &results[n]);
    for (size_t n = 0; n < count && !ok; n++)
        cells_make_nobodys(&l->cells, &results[n]);
    buf_cut(&l->pending[reader], 0);
}

static void resume(struct live *l, const struct journal_resume *r)
{
    const struct survey *s = l->cells.survey;
    for (size_t reader = 0; r->replaced && reader < s->reader_count; reader++)
        if (text_lists(r->replaced, s->readers[reader].unit))
            buf_cut(&l->pending[reader], 0); /* nothing can vouch for the reader before */
    for (size_t cell = 0; r->reopened == 1 && cell < l->cells.count; cell++)
        cells_reopen(&l->cells, cell);
}

void live_record(struct live *l, const struct journal_record *r, uint64_t line)
{
    const struct survey *s = l->cells.survey;
    decisions_record(&l->decisions, r, line);
    if (r->kind == JOURNAL_KIND_RESUME)
        resume(l, &r->as.resume);
    for (size_t reader = 0; r->kind == JOURNAL_KIND_REFERENCE && reader < s->reader_count; reader++)
        if (strcmp(s->readers[reader].unit, r->as.reference.reader) == 0)
            judge(l, reader, r->as.reference.ok == 1);
    if (decisions_follow(r->kind))
        tell_changed(l);
}

bool live_result(struct live *l, size_t cell, enum placement_result result, bool suspect, unsigned session,
                 bool doubtful)
{
    const struct survey *s = l->cells.survey;
    struct buf *pending = &l->pending[cell / s->script_count % s->reader_count];
    struct cells_undo undo = { cell, l->cells.cells[cell], result, suspect, session };
    if (doubtful)
        decisions_doubt(&l->decisions, cell);
    cells_result(&l->cells, cell, result, suspect, session);
    if (s->reference.given && cells_has_counted(&l->cells, &undo))
        buf_add(pending, &undo, sizeof undo);
    tell_changed(l);
    return !pending->failed;
}
