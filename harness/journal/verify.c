/*
 * `verify` of a journal: every line is read, and what one line says of others is held against them. Nothing
 * is repaired. Memory is flat: only the placements still open are remembered, up to a cap.
 */
#include "harness/journal/journal.h"
#include "harness/journal/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define OPEN_MAX 65536u /* placements open at once; lanes leave six, a broken execution a few more */

struct check {
    struct journal_verdict *out;
    struct journal_reader *reader;
    void (*problem)(void *context, uint64_t line, const char *text);
    void *context;
    uint64_t *open; /* numbers of the open placements, growing */
    size_t open_count;
    uint64_t orphan; /* the last number named as not open: once is enough */
    bool open_full;
};

static void say_wrong(struct check *c, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say_wrong(struct check *c, uint64_t line, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    c->out->problems++;
    if (c->problem)
        c->problem(c->context, line, text);
}

/* The place of an open placement in c->open, or open_count. */
static size_t find_open(const struct check *c, uint64_t number)
{
    size_t low = 0, high = c->open_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->open[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->open_count && c->open[low] == number ? low : c->open_count;
}

static void open_placement(struct check *c, uint64_t line, uint64_t number)
{
    if (c->open_count == OPEN_MAX) {
        if (!c->open_full)
            say_wrong(c, line, "more than %u placements are open: further ones are not checked", OPEN_MAX);
        c->open_full = true;
        return;
    }
    c->open[c->open_count++] = number;
}

static void refer(struct check *c, uint64_t line, uint64_t number, bool closes)
{
    size_t at = find_open(c, number);
    if (at == c->open_count) {
        if (!c->open_full && (closes || c->orphan != number))
            say_wrong(c, line, "refers to placement %llu, which is not open there",
                      (unsigned long long)number);
        c->orphan = number;
        return;
    }
    if (!closes)
        return;
    memmove(c->open + at, c->open + at + 1, (c->open_count - at - 1) * sizeof *c->open);
    c->open_count--;
}

static void check_count(struct check *c, uint64_t line, const char *what, uint64_t written, uint64_t found)
{
    if (written != found)
        say_wrong(c, line, "the stop record counts %llu %s, but %llu stand before it",
                  (unsigned long long)written, what, (unsigned long long)found);
}

static void check_stop(struct check *c, uint64_t line, const struct journal_stop *stop)
{
    char sha256[65];
    check_count(c, line, "placements", stop->placements, c->out->kinds[JOURNAL_KIND_PLACEMENT]);
    check_count(c, line, "transactions", stop->transactions, c->out->kinds[JOURNAL_KIND_TRANSACTION]);
    check_count(c, line, "lines", stop->lines, c->out->lines - 1);
    journal_reader_sha256(c->reader, sha256);
    if (strcmp(stop->sha256 ? stop->sha256 : "", sha256) != 0)
        say_wrong(
            c, line,
            "the stop record's SHA-256 is not that of the bytes before it: a line was changed, put in or "
            "taken out");
}

/* Where records may stand: one start, first; behind a stop only a resume, and notes before it. */
static void check_place(struct check *c, uint64_t line, const struct journal_record *r)
{
    bool first = c->out->records == 1 && c->out->damaged == 0;
    if (r->kind == JOURNAL_KIND_START && c->out->kinds[JOURNAL_KIND_START] > 1)
        say_wrong(c, line, "is a second start record");
    else if (r->kind != JOURNAL_KIND_START && first)
        say_wrong(c, line, "is a %s record; a journal begins with a start record",
                  journal_kind_name(r->kind));
    if (c->out->closed && r->kind != JOURNAL_KIND_RESUME && r->kind != JOURNAL_KIND_NOTE)
        say_wrong(c, line, "is a %s record behind a stop record; only a resume or a note may stand there",
                  journal_kind_name(r->kind));
}

/* An exclusion is only one while the placement is open: afterwards its result may have been seen. */
static void check_note(struct check *c, uint64_t line, const struct journal_record *r)
{
    const struct journal_note *n = &r->as.note;
    if (n->effect == EXCLUSION_NONE)
        return;
    if (n->effect == EXCLUSION_EXCLUDE)
        refer(c, line, n->placement, false);
    else if (n->placement >= r->line || find_open(c, n->placement) < c->open_count)
        say_wrong(c, line, "withdraws placement %llu, which is not closed there",
                  (unsigned long long)n->placement);
}

static void check_record(struct check *c, const struct journal_record *r,
                         const struct journal_line_info *info)
{
    uint64_t line = info->number;
    c->out->records++;
    c->out->kinds[r->kind]++;
    c->out->missing += info->missing;
    if (info->missing > 0)
        say_wrong(c, line, "is numbered %llu: %llu line%s missing before it", (unsigned long long)r->line,
                  (unsigned long long)info->missing, info->missing == 1 ? " is" : "s are");
    if (!info->canonical && info->crc_ok)
        c->out->foreign++;
    if (!info->canonical && !info->crc_ok) {
        c->out->edited++;
        say_wrong(c, line, "was edited: its checksum %s", info->crc_present ? "does not fit" : "is missing");
    }
    check_place(c, line, r);
    if (r->kind == JOURNAL_KIND_PLACEMENT)
        open_placement(c, line, r->line);
    else if (r->kind == JOURNAL_KIND_TRANSACTION)
        refer(c, line, r->as.transaction.placement, false);
    else if (r->kind == JOURNAL_KIND_PLACED)
        refer(c, line, r->as.placed.placement, true);
    else if (r->kind == JOURNAL_KIND_NOTE)
        check_note(c, line, r);
    else if (r->kind == JOURNAL_KIND_STOP)
        check_stop(c, line, &r->as.stop);
    c->out->closed = r->kind == JOURNAL_KIND_STOP || (r->kind == JOURNAL_KIND_NOTE && c->out->closed);
}

static void check_line(struct check *c, enum journal_read got, const struct journal_record *r,
                       const struct journal_line_info *info, const struct err *e)
{
    if (got == JOURNAL_READ_TORN) {
        c->out->torn = true;
        c->out->torn_bytes = info->length;
        return;
    }
    c->out->lines++;
    if (got == JOURNAL_READ_RECORD) {
        check_record(c, r, info);
        return;
    }
    c->out->damaged++;
    c->out->closed = false;
    say_wrong(c, info->number, "%s", e->text);
}

int journal_verify(const char *path, void (*problem)(void *context, uint64_t line, const char *text),
                   void *context, struct journal_verdict *out, struct err *e)
{
    struct check c = { .out = out, .problem = problem, .context = context };
    struct journal_record record;
    struct journal_line_info info;
    struct err unheard, *heard = e ? e : &unheard;
    enum journal_read got;
    memset(out, 0, sizeof *out);
    c.open = malloc(OPEN_MAX * sizeof *c.open);
    if (!c.open)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    int status = journal_reader_open(path, &c.reader, heard);
    if (status != 0)
        goto out;
    journal_reader_hash(c.reader);
    while ((got = journal_reader_next(c.reader, &record, &info, heard)) != JOURNAL_READ_END)
        check_line(&c, got, &record, &info, heard);
    status = heard->code;
    journal_reader_sha256(c.reader, out->sha256);
out:
    journal_reader_close(&c.reader);
    free(c.open);
    return status;
}
