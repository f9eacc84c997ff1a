/*
 * Notes and withdrawals from outside: appended to a run that nobody is executing, under the journal's own
 * lock. A withdrawal is checked against the placement's own records first, so that a slip of the pen names no
 * other.
 */
#include "harness/station/station.h"

#include "harness/base/clock.h"
#include "harness/journal/journal.h"

#include <inttypes.h>
#include <stdio.h>

/* What the journal says of one placement, and when its last record was. */
struct history {
    uint64_t placement; /* looked for; 0: none */
    bool opened, closed, counted, withdrawn;
    uint64_t at_us;
};

static void look_at_placed(struct history *h, const struct journal_placed *p)
{
    if (p->placement != h->placement)
        return;
    h->closed = true;
    for (size_t i = 0; i < p->results.count; i++) {
        enum placement_result result = p->results.items[i].result;
        h->counted = h->counted || result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY;
    }
}

static void look_at_record(struct history *h, const struct journal_record *r)
{
    switch (r->kind) {
    case JOURNAL_KIND_START:
    case JOURNAL_KIND_RESUME:
        h->at_us = 0;
        break;
    case JOURNAL_KIND_PLACEMENT:
        h->opened = h->opened || r->line == h->placement;
        h->at_us = r->as.placement.at_us;
        break;
    case JOURNAL_KIND_PLACED:
        look_at_placed(h, &r->as.placed);
        h->at_us = r->as.placed.at_us;
        break;
    case JOURNAL_KIND_NOTE:
        h->withdrawn =
            h->withdrawn || (r->as.note.placement == h->placement && r->as.note.effect == EXCLUSION_WITHDRAW);
        h->at_us = r->as.note.at_us;
        break;
    case JOURNAL_KIND_STOP:
        h->at_us = r->as.stop.at_us;
        break;
    default:
        break;
    }
}

static int read_history(const char *path, struct history *h, struct err *e)
{
    struct journal_reader *reader = NULL;
    struct journal_record r;
    enum journal_read got;
    bool begun = false;
    int status = journal_reader_open(path, &reader, e);
    if (status != 0)
        return status;
    while ((got = journal_reader_next(reader, &r, NULL, e)) != JOURNAL_READ_END) {
        if (got == JOURNAL_READ_DAMAGED && !begun) { /* nothing comes before the start record */
            status = e->code;
            goto out;
        }
        if (got != JOURNAL_READ_RECORD)
            continue;
        begun = begun || r.kind == JOURNAL_KIND_START;
        look_at_record(h, &r);
    }
    status = e->code;
    if (status == 0 && !begun)
        status = err_set(e, ERR_INPUT, path, "has no usable start record, so it is no run");
out:
    journal_reader_close(&reader);
    return status;
}

static int check_withdrawal(const char *path, const struct history *h, struct err *e)
{
    const char *problem =
        !h->opened    ? "is not the line of a placement record; the person's prompt, the journal "
                        "and the summary's list of placements name it"
        : !h->closed  ? "is not closed yet; `run --resume` closes what was broken off"
        : !h->counted ? "is in no count: it was excluded, invalid or aborted, so there is nothing to withdraw"
        : h->withdrawn ? "is withdrawn already"
                       : NULL;
    return problem ? err_set(e, ERR_INPUT, path, "placement %" PRIu64 " %s", h->placement, problem) : 0;
}

static int append_note(const char *directory, uint64_t placement, const char *text, const char *by,
                       uint64_t *cut_bytes, struct err *e)
{
    char path[4096], wall[32];
    struct journal *journal = NULL;
    struct journal_record r;
    struct history h = { .placement = placement };
    *cut_bytes = 0;
    if (!*text)
        return err_set(e, ERR_USAGE, directory, "a note without a text says nothing");
    if (snprintf(path, sizeof path, "%s/journal.yaml", directory) >= (int)sizeof path)
        return err_set(e, ERR_USAGE, directory, "the path is too long");
    int status = journal_reopen(directory, &journal, cut_bytes, e);
    if (status == 0)
        status = read_history(path, &h, e);
    if (status == 0 && placement != 0)
        status = check_withdrawal(path, &h, e);
    if (status == 0) {
        clock_wall_text(clock_wall_s(), wall, sizeof wall);
        journal_record_init(&r, JOURNAL_KIND_NOTE);
        r.as.note = (struct journal_note) { .at_us = h.at_us,
                                            .text = text,
                                            .placement = placement ? placement : UINT64_MAX,
                                            .effect = placement ? EXCLUSION_WITHDRAW : EXCLUSION_NONE,
                                            .by = by,
                                            .wall = wall };
        status = journal_append(journal, &r, e);
    }
    if (status == 0)
        status = journal_sync(journal, e);
    journal_close(&journal);
    return status;
}

int station_note(const char *directory, const char *text, const char *by, uint64_t *cut_bytes, struct err *e)
{
    return append_note(directory, 0, text, by, cut_bytes, e);
}

int station_withdraw(const char *directory, uint64_t placement, const char *reason, const char *by,
                     uint64_t *cut_bytes, struct err *e)
{
    *cut_bytes = 0;
    if (placement == 0)
        return err_set(e, ERR_INPUT, directory, "placement 0 is not the line of a placement record");
    return append_note(directory, placement, reason, by, cut_bytes, e);
}
