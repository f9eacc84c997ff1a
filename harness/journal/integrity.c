#include "harness/journal/integrity.h"

#include "harness/base/array.h"
#include "harness/base/clock.h"
#include "harness/base/digest.h"
#include "harness/base/text.h"
#include "harness/journal/line.h"

#include <stdio.h>
#include <stdlib.h>

#define OPEN_MAX  65536u /* placements open at once; lanes leave six, a broken execution a few more */
#define CELLS_MAX 32u    /* of a placement */

struct tally {
    uint64_t cell;
    uint32_t ok, fail, invalid, slow;
};

struct open_placement {
    uint64_t number;
    bool doubtful; /* a line of it is lost or damaged */
    bool excluded; /* by a note */
    unsigned cells;
    struct tally tally[CELLS_MAX];
};

struct gap {
    uint64_t from, to, found; /* numbers that are missing, and how many of these stand elsewhere */
    uint64_t line;            /* behind it */
    bool damaged;             /* nothing is missing: the lines of these numbers cannot be read */
};

struct integrity {
    struct journal_verdict found;
    struct journal_faults faults, told;
    struct journal_reader *reader;
    bool hashes;
    struct open_placement *open; /* ascending */
    size_t open_count, open_capacity;
    bool open_full;
    uint64_t orphan; /* the last number named as not open: once is enough */
    uint64_t closed; /* by the last line: its placement's number; 0: none */
    bool closed_doubtful;
    struct gap *gaps; /* ascending: in the numbers, remembered for lines that stand elsewhere */
    size_t gap_count, gap_capacity;
    uint64_t k;
    uint64_t last_number; /* of a record, and the lines that cannot be read behind it */
    uint64_t unread;
    uint64_t stranger; /* the line of a second start record; 0: none */
    uint64_t named;    /* the last line with a fault */
    int64_t began_s;   /* the present execution, and what at_us does not have since */
    double shift_s;
    uint64_t at_us;
};

static void keep(struct journal_faults *f, uint64_t line, const struct said *said)
{
    f->count++;
    if (f->kept == FAULTS_KEPT)
        return;
    struct journal_fault *items = array_room(f->items, f->kept, &f->capacity, sizeof *items, 16);
    if (!items)
        return; /* it is counted */
    f->items = items;
    f->items[f->kept++] = (struct journal_fault) { line, said_flat(said) };
}

void integrity_fault(struct integrity *i, uint64_t line, const struct said *said)
{
    if (i->stranger > 0)
        return;
    i->named = line;
    keep(&i->faults, line, said);
}

void integrity_tell(struct integrity *i, uint64_t line, const struct said *said)
{
    if (i->stranger == 0)
        keep(&i->told, line, said);
}

void integrity_expect(struct integrity *i, unsigned k)
{
    i->k = k;
}

bool integrity_names(const struct integrity *i, uint64_t line)
{
    return i->named == line;
}

/* What is wrong with a line itself: one reason is enough. */
static void line_fault(struct integrity *i, uint64_t line, const struct said *said)
{
    if (!integrity_names(i, line))
        integrity_fault(i, line, said);
}

#define FAULT(i, line, ...)                                                                                  \
    do {                                                                                                     \
        const struct said fault = SAY(__VA_ARGS__);                                                          \
        line_fault((i), (line), &fault);                                                                     \
    } while (0)

static void fault_alone(struct integrity *i, uint64_t line, enum said_code code)
{
    const struct said fault = said_alone(code);
    line_fault(i, line, &fault);
}

#define NUMBER(x) said_number(x).text

/* ---- open placements ---- */

static uint64_t number_of(const void *open_placement)
{
    return ((const struct open_placement *)open_placement)->number;
}

/* The place of an open placement, or NULL. */
static struct open_placement *find_open(const struct integrity *i, uint64_t number)
{
    size_t count = i->open_count;
    if (count > 0 && i->open[count - 1].number == number)
        return &i->open[count - 1];
    size_t at = array_first_from(i->open, count, sizeof *i->open, number_of, number);
    return at < count && i->open[at].number == number ? &i->open[at] : NULL;
}

static bool has_room_for_one_more(struct integrity *i)
{
    if (i->open_count == OPEN_MAX)
        return false;
    struct open_placement *items = array_room(i->open, i->open_count, &i->open_capacity, sizeof *items, 16);
    i->open = items ? items : i->open;
    return items != NULL;
}

static void open_placement(struct integrity *i, uint64_t line, uint64_t number, bool doubtful)
{
    bool full = !has_room_for_one_more(i);
    if (full && !i->open_full)
        FAULT(i, line, SAID_LINE_OPEN_MAX, NUMBER(i->open_count));
    i->open_full = i->open_full || full;
    if (full)
        return;
    struct open_placement *p = &i->open[i->open_count++];
    p->number = number;
    p->doubtful = doubtful;
    p->excluded = false;
    p->cells = 0;
}

static uint64_t end_of(const void *gap)
{
    return ((const struct gap *)gap)->to;
}

/* A number whose line is missing or damaged, and named as that. */
static struct gap *find_gap(struct integrity *i, uint64_t number)
{
    size_t at = array_first_from(i->gaps, i->gap_count, sizeof *i->gaps, end_of, number);
    return at < i->gap_count && i->gaps[at].from <= number ? &i->gaps[at] : NULL;
}

/* Lines that could not be read are numbered as if each were one of the run's: what is known now says which were not. */
static void forget_damaged(struct integrity *i, uint64_t from)
{
    struct gap *last;
    while (i->gap_count > 0 && (last = &i->gaps[i->gap_count - 1])->damaged && last->to >= from) {
        if (last->from < from)
            last->to = from - 1;
        else
            i->gap_count--;
    }
}

/* False when out of memory. */
static bool add_gap(struct integrity *i, const struct gap *gap)
{
    forget_damaged(i, gap->from);
    struct gap *last = i->gap_count > 0 ? &i->gaps[i->gap_count - 1] : NULL;
    if (last && last->damaged && gap->damaged && last->to + 1 == gap->from) {
        last->to = gap->to;
        return true;
    }
    struct gap *items = array_room(i->gaps, i->gap_count, &i->gap_capacity, sizeof *items, 16);
    if (!items)
        return false;
    i->gaps = items;
    i->gaps[i->gap_count++] = *gap;
    return true;
}

/* NULL after a fault, once for a placement. */
static struct open_placement *refer(struct integrity *i, uint64_t line, uint64_t number, bool closes)
{
    struct open_placement *p = find_open(i, number);
    if (!p && !i->open_full && (closes || i->orphan != number) && !find_gap(i, number))
        FAULT(i, line, SAID_LINE_NOT_OPEN, NUMBER(number));
    if (!p)
        i->orphan = number;
    return p;
}

static void all_are_doubtful(struct integrity *i)
{
    for (size_t n = 0; n < i->open_count; n++)
        i->open[n].doubtful = true;
}

bool integrity_is_doubtful(const struct integrity *i, uint64_t placement)
{
    if (i->closed == placement)
        return i->closed_doubtful;
    const struct open_placement *p = find_open(i, placement);
    return !p || p->doubtful;
}

/* ---- transactions, and what `placed` says of them ---- */

static struct tally *tally_of(struct open_placement *p, uint64_t cell)
{
    for (unsigned n = 0; n < p->cells; n++)
        if (p->tally[n].cell == cell)
            return &p->tally[n];
    return NULL;
}

/* Its number among those of its cell, and, where all went well, its time against its stages: what is before activation
 * is no part of it. */
static void check_measured(struct integrity *i, uint64_t line, const struct journal_transaction *t,
                           const struct tally *before)
{
    uint64_t stages = 0, made = before ? before->ok + before->fail + before->invalid : 0;
    for (int s = STAGE_ACTIVATE; s < STAGE_COUNT && t->outcome == OUTCOME_OK; s++)
        stages += t->stages.us[s] == UINT32_MAX ? 0 : t->stages.us[s];
    if (t->repeat != made + 1)
        FAULT(i, line, SAID_LINE_REPEAT, NUMBER(t->cell), NUMBER(t->repeat), NUMBER(made));
    else if (t->total_us != UINT64_MAX && stages > t->total_us + STAGE_COUNT)
        FAULT(i, line, SAID_LINE_TOTAL_TIME, NUMBER(t->total_us), NUMBER(stages));
}

static void check_transaction(struct integrity *i, uint64_t line, const struct journal_transaction *t,
                              bool doubtful)
{
    struct open_placement *p = refer(i, line, t->placement, false);
    if (!p)
        return;
    p->doubtful = p->doubtful || doubtful;
    struct tally *of = tally_of(p, t->cell);
    if (!p->doubtful)
        check_measured(i, line, t, of);
    if (!of && p->cells == CELLS_MAX)
        return; /* findings say that it is no cell of this placement */
    if (!of) {
        of = &p->tally[p->cells++];
        *of = (struct tally) { .cell = t->cell };
    }
    of->ok += t->outcome == OUTCOME_OK;
    of->fail += t->outcome == OUTCOME_FAIL;
    of->invalid += t->outcome != OUTCOME_OK && t->outcome != OUTCOME_FAIL;
    of->slow += t->slow == 1;
}

static const char *counts_text(char out[96], uint64_t ok, uint64_t fail, uint64_t invalid, uint64_t slow)
{
    snprintf(out, 96, "%llu, %llu, %llu, %llu", (unsigned long long)ok, (unsigned long long)fail,
             (unsigned long long)invalid, (unsigned long long)slow);
    return out;
}

/* What was never shown to anybody, and made again whole, counts none of its transactions. */
static bool is_forgotten(const struct journal_result *r)
{
    return r->result == PLACEMENT_ABORTED && r->ok + r->fail + r->invalid + r->slow == 0;
}

static bool counts_fit(const struct journal_result *r, const struct tally *t)
{
    return r->ok == t->ok && r->fail == t->fail && r->invalid == t->invalid && r->slow == t->slow;
}

/* Whether the counts allow it; a reason or an exclusion allows `invalid` of any. */
static bool result_fits(const struct integrity *i, const struct journal_placed *placed,
                        const struct open_placement *p, const struct journal_result *r)
{
    switch (r->result) {
    case PLACEMENT_CLEAN:
        return r->fail + r->invalid + r->slow == 0 && r->ok >= 1 && (i->k == 0 || r->ok >= i->k);
    case PLACEMENT_DIRTY:
        return r->fail + r->slow > 0;
    case PLACEMENT_INVALID:
        return (r->invalid > 0 && r->fail + r->slow == 0) || p->excluded || placed->reason || placed->differs;
    default:
        return true;
    }
}

static bool check_result(struct integrity *i, uint64_t line, const struct journal_placed *placed,
                         struct open_placement *p, const struct journal_result *r)
{
    char told[96], made[96];
    const struct tally none = { 0 }, *t = tally_of(p, r->cell);
    t = t ? t : &none;
    if (!is_forgotten(r) && !counts_fit(r, t)) {
        FAULT(i, line, SAID_LINE_CELL_COUNT, NUMBER(r->cell),
              counts_text(told, r->ok, r->fail, r->invalid, r->slow),
              counts_text(made, t->ok, t->fail, t->invalid, t->slow));
        return false;
    }
    if (!result_fits(i, placed, p, r)) {
        FAULT(i, line, SAID_LINE_CELL_RESULT, NUMBER(r->cell), placement_result_name(r->result));
        return false;
    }
    return true;
}

/* Its transactions of a cell that it does not name. */
static bool check_unnamed(struct integrity *i, uint64_t line, const struct journal_placed *placed,
                          const struct open_placement *p)
{
    char told[96], made[96];
    for (unsigned n = 0; n < p->cells; n++) {
        const struct tally *t = &p->tally[n];
        size_t at = 0;
        while (at < placed->results.count && placed->results.items[at].cell != t->cell)
            at++;
        if (at < placed->results.count)
            continue;
        FAULT(i, line, SAID_LINE_CELL_COUNT, NUMBER(t->cell), counts_text(told, 0, 0, 0, 0),
              counts_text(made, t->ok, t->fail, t->invalid, t->slow));
        return false;
    }
    return true;
}

/* The worst of its scripts, unless it is made again whole. */
static bool check_whole(struct integrity *i, uint64_t line, const struct journal_placed *placed)
{
    enum placement_result whole = PLACEMENT_CLEAN;
    bool aborted = true;
    for (size_t n = 0; n < placed->results.count; n++) {
        whole = placement_worse(whole, placed->results.items[n].result);
        aborted = aborted && placed->results.items[n].result == PLACEMENT_ABORTED;
    }
    whole = aborted ? PLACEMENT_ABORTED : whole;
    if (placed->results.count == 0 || placed->result == whole)
        return true;
    FAULT(i, line, SAID_LINE_PLACED_RESULT, placement_result_name(placed->result),
          placement_result_name(whole));
    return false;
}

/* That a lost line makes it not fit is no fault of its own. */
static void check_placed(struct integrity *i, uint64_t line, const struct journal_placed *placed,
                         bool doubtful)
{
    struct open_placement *p = refer(i, line, placed->placement, true);
    i->closed = placed->placement;
    i->closed_doubtful = true;
    if (!p)
        return;
    bool good = !p->doubtful && !doubtful;
    for (size_t n = 0; n < placed->results.count && good; n++)
        good = check_result(i, line, placed, p, &placed->results.items[n]);
    good = good && check_unnamed(i, line, placed, p) && check_whole(i, line, placed);
    i->closed_doubtful = !good;
    size_t at = (size_t)(p - i->open);
    memmove(p, p + 1, (i->open_count - at - 1) * sizeof *p);
    i->open_count--;
}

/* ---- where records may stand ---- */

static void check_count(struct integrity *i, uint64_t line, const char *what, uint64_t written,
                        uint64_t found)
{
    if (written != found)
        FAULT(i, line, SAID_LINE_STOP_COUNT, what, NUMBER(written), NUMBER(found));
}

static void check_stop(struct integrity *i, uint64_t line, const struct journal_stop *stop)
{
    char sha256[65];
    check_count(i, line, "placements", stop->placements, i->found.kinds[JOURNAL_KIND_PLACEMENT]);
    check_count(i, line, "transactions", stop->transactions, i->found.kinds[JOURNAL_KIND_TRANSACTION]);
    check_count(i, line, "lines", stop->lines, i->found.lines - 1);
    if (!i->hashes)
        return;
    journal_reader_sha256(i->reader, sha256);
    if (strcmp(stop->sha256 ? stop->sha256 : "", sha256) != 0)
        fault_alone(i, line, SAID_LINE_STOP_SHA256);
}

/* One start, first; behind a stop only a resume, and notes before it. */
static void check_place(struct integrity *i, uint64_t line, const struct journal_record *r)
{
    bool first = i->found.records == 1 && i->found.damaged == 0;
    if (r->kind != JOURNAL_KIND_START && first)
        FAULT(i, line, SAID_LINE_NOT_START, journal_kind_name(r->kind));
    if (i->found.closed && r->kind != JOURNAL_KIND_RESUME && r->kind != JOURNAL_KIND_NOTE)
        FAULT(i, line, SAID_LINE_BEHIND_STOP, journal_kind_name(r->kind));
}

/* An exclusion is only one while the placement is open: afterwards its result may have been seen. */
static void check_note(struct integrity *i, uint64_t line, const struct journal_record *r)
{
    const struct journal_note *n = &r->as.note;
    struct open_placement *p;
    if (n->effect == EXCLUSION_EXCLUDE && (p = refer(i, line, n->placement, false)) != NULL)
        p->excluded = true;
    else if (n->effect == EXCLUSION_WITHDRAW && (n->placement >= r->line || find_open(i, n->placement)))
        FAULT(i, line, SAID_LINE_NOT_CLOSED, NUMBER(n->placement));
}

/* ---- lines ---- */

static void note_gap(struct integrity *i, uint64_t line, uint64_t number, uint64_t missing)
{
    i->found.missing += missing;
    all_are_doubtful(i);
    if (!add_gap(i, &(const struct gap) { .from = number - missing, .to = number - 1, .line = line }))
        FAULT(i, line, SAID_LINES_MISSING, NUMBER(missing), NUMBER(number));
}

/* A number that is not above the last: of a line that is missing elsewhere, or of one that is there. */
static void check_misplaced(struct integrity *i, uint64_t line, uint64_t number)
{
    struct gap *g = find_gap(i, number);
    if (g && !g->damaged) {
        g->found++;
        i->found.missing -= i->found.missing > 0;
        FAULT(i, line, SAID_LINE_MOVED, NUMBER(number), NUMBER(i->last_number));
        return;
    }
    FAULT(i, line, SAID_LINE_COPIED, NUMBER(number), NUMBER(i->last_number));
}

static const char *byte_text(char out[8], unsigned char byte)
{
    snprintf(out, 8, byte > ' ' && byte < 0x7f ? "%c" : "0x%02x", byte);
    return out;
}

static void check_damaged(struct integrity *i, const struct journal_record *r,
                          const struct journal_line_info *info, const struct err *e)
{
    char is[8], was[8];
    i->found.damaged++;
    i->found.closed = false;
    if (info->misplaced) {
        check_misplaced(i, info->number, r->line);
        return;
    }
    all_are_doubtful(i);
    uint64_t number = i->last_number + ++i->unread;
    (void)!add_gap(i, &(const struct gap) { .from = number, .to = number, .damaged = true });
    if (info->flipped)
        FAULT(i, info->number, SAID_LINE_FLIPPED, NUMBER(info->flipped), byte_text(is, info->is),
              byte_text(was, info->was));
    else if (info->canonical)
        fault_alone(i, info->number, SAID_LINE_CHECKSUM);
    else
        FAULT(i, info->number, SAID_LINE_UNREADABLE, e->text);
}

static void check_edited(struct integrity *i, const struct journal_line_info *info)
{
    i->found.foreign += !info->canonical && info->crc_ok;
    if (info->canonical || info->crc_ok)
        return;
    i->found.edited++;
    fault_alone(i, info->number, info->crc_present ? SAID_LINE_EDITED : SAID_LINE_UNSIGNED);
}

static void begin_execution(struct integrity *i, const char *wall)
{
    i->began_s = clock_wall_of_text(wall ? wall : "");
    i->shift_s = 0;
    i->at_us = 0;
}

static void note_time(struct integrity *i, const struct journal_record *r)
{
    uint64_t at_us = 0;
    switch (r->kind) {
#define AT_US(KIND, kind)                                                                                    \
    case JOURNAL_KIND_##KIND:                                                                                \
        at_us = r->as.kind.at_us;                                                                            \
        break;
        AT_US(PLACEMENT, placement)
        AT_US(TRANSACTION, transaction)
        AT_US(PLACED, placed)
        AT_US(PROBE, probe)
        AT_US(ANSWER, answer)
        AT_US(CALIBRATION, calibration)
        AT_US(REFERENCE, reference)
        AT_US(HEALTH, health)
        AT_US(HOST, host)
        AT_US(NOTE, note)
        AT_US(DECISION, decision)
        AT_US(STOP, stop)
    case JOURNAL_KIND_START:
        begin_execution(i, r->as.start.wall);
        break;
    case JOURNAL_KIND_RESUME:
        begin_execution(i, r->as.resume.wall);
        break;
    case JOURNAL_KIND_NONE:
    case JOURNAL_KIND_COUNT:
        break;
    }
    i->at_us = at_us > i->at_us ? at_us : i->at_us;
    if (r->kind == JOURNAL_KIND_HOST &&
        (r->as.host.event == HOST_SLEPT || r->as.host.event == HOST_CLOCK_SET))
        i->shift_s += r->as.host.seconds;
}

/* What it embeds is what was read. */
static void check_files(struct integrity *i, uint64_t line, const struct journal_files *files)
{
    char sha256[65];
    for (size_t n = 0; n < files->count; n++) {
        const struct journal_file *f = &files->items[n];
        digest_bytes(f->text, strlen(f->text), sha256);
        if (strcmp(f->sha256, sha256) != 0)
            FAULT(i, line, SAID_LINE_FILE_SHA256, f->path);
    }
}

static void note_acceptance(struct integrity *i, const struct journal_resume *r)
{
    struct faults_accepted *a = &i->faults.accepted;
    if (!r->damage_accepted)
        return;
    snprintf(a->lines, sizeof a->lines, "%s", r->damage_accepted);
    snprintf(a->wall, sizeof a->wall, "%s", r->wall);
    text_fit(a->by, sizeof a->by, r->operator? r->operator: "");
}

static void check_kind(struct integrity *i, const struct journal_record *r, uint64_t line, bool edited)
{
    switch (r->kind) {
    case JOURNAL_KIND_START:
        i->k = r->as.start.k == UINT64_MAX ? 0 : r->as.start.k;
        check_files(i, line, &r->as.start.files);
        break;
    case JOURNAL_KIND_RESUME:
        note_acceptance(i, &r->as.resume);
        break;
    case JOURNAL_KIND_PLACEMENT:
        open_placement(i, line, r->line, edited);
        break;
    case JOURNAL_KIND_TRANSACTION:
        check_transaction(i, line, &r->as.transaction, edited);
        break;
    case JOURNAL_KIND_PLACED:
        check_placed(i, line, &r->as.placed, edited);
        break;
    case JOURNAL_KIND_NOTE:
        check_note(i, line, r);
        break;
    case JOURNAL_KIND_STOP:
        check_stop(i, line, &r->as.stop);
        break;
    default:
        break;
    }
}

static void check_record(struct integrity *i, const struct journal_record *r,
                         const struct journal_line_info *info)
{
    bool edited = !info->canonical && !info->crc_ok;
    i->found.records++;
    i->found.kinds[r->kind]++;
    i->last_number = r->line;
    i->unread = 0;
    if (info->missing > 0) {
        note_gap(i, info->number, r->line, info->missing);
        i->found.closed = false; /* a resume may be missing */
    }
    check_edited(i, info);
    check_place(i, info->number, r);
    note_time(i, r);
    check_kind(i, r, info->number, edited);
    i->found.closed = r->kind == JOURNAL_KIND_STOP || (i->found.closed && r->kind != JOURNAL_KIND_RESUME);
}

bool integrity_line(struct integrity *i, enum journal_read got, const struct journal_record *r,
                    const struct journal_line_info *info, const struct err *e)
{
    i->closed = 0;
    if (got == JOURNAL_READ_TORN) {
        i->found.torn = true;
        i->found.torn_bytes = info->length;
        if (info->cut_stop)
            FAULT(i, info->number, SAID_LINE_STOP_CUT, NUMBER(info->length));
        return false;
    }
    i->found.lines++;
    i->found.bytes = info->offset + info->length + 1;
    bool starts = (got == JOURNAL_READ_RECORD || info->misplaced) && r->kind == JOURNAL_KIND_START;
    if (i->stranger == 0 && starts && i->found.kinds[JOURNAL_KIND_START] > 0)
        i->stranger = info->number;
    if (i->stranger > 0)
        return false;
    if (got == JOURNAL_READ_RECORD)
        check_record(i, r, info);
    else
        check_damaged(i, r, info, e);
    return got == JOURNAL_READ_RECORD;
}

static int by_line(const void *a, const void *b)
{
    const struct journal_fault *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

void integrity_end(struct integrity *i, struct journal_verdict *out)
{
    struct journal_verdict *found = &i->found;
    uint64_t stranger = i->stranger;
    i->stranger = 0;
    for (size_t n = 0; n < i->gap_count; n++) {
        const struct gap *g = &i->gaps[n];
        uint64_t missing = g->to - g->from + 1;
        if (g->damaged || g->found >= missing) /* its lines stand elsewhere, and are named there */
            continue;
        i->named = 0; /* what is missing before a line is no fault of that line */
        FAULT(i, g->line, SAID_LINES_MISSING, NUMBER(missing - g->found), NUMBER(g->to + 1));
    }
    i->gap_count = 0;
    if (stranger > 0)
        FAULT(i, stranger, SAID_LINE_OTHER_JOURNAL, NUMBER(found->lines - stranger));
    found->problems = i->faults.count;
    if (i->faults.kept > 1)
        qsort(i->faults.items, i->faults.kept, sizeof *i->faults.items, by_line);
    i->faults.lines = i->faults.count;
    for (size_t n = 1; n < i->faults.kept; n++)
        i->faults.lines -= i->faults.items[n].line == i->faults.items[n - 1].line;
    if (i->began_s > 0)
        clock_wall_text(i->began_s + (int64_t)((double)i->at_us / 1e6 + i->shift_s), found->last,
                        sizeof found->last);
    if (i->hashes)
        journal_reader_sha256(i->reader, found->sha256);
    *out = *found;
}

struct journal_faults *integrity_faults(struct integrity *i)
{
    return &i->faults;
}

struct journal_faults *integrity_told(struct integrity *i)
{
    return &i->told;
}

/* ---- memory ---- */

int integrity_begin(struct journal_reader *reader, bool hashes, struct integrity **out, struct err *e)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return err_set(e, ERR_MEMORY, "journal", "out of memory");
    (*out)->reader = reader;
    (*out)->hashes = hashes;
    if (hashes)
        journal_reader_hash(reader);
    return 0;
}

void faults_free(struct journal_faults *f)
{
    free(f->items);
    *f = (struct journal_faults) { 0 };
}

struct faults_lines faults_lines(const struct journal_faults *f)
{
    struct faults_lines out = { "" };
    size_t used = 0;
    for (size_t i = 0; i < f->kept;) {
        uint64_t first = f->items[i].line, last = first;
        char more[64];
        while (i < f->kept && f->items[i].line <= last + 1)
            last = f->items[i++].line;
        int n = snprintf(more, sizeof more, first == last ? "%s%llu" : "%s%llu-%llu", used ? ", " : "",
                         (unsigned long long)first, (unsigned long long)last);
        if (used + (size_t)n + 6 > sizeof out.text) {
            memcpy(out.text + used, ", ...", 6);
            return out;
        }
        memcpy(out.text + used, more, (size_t)n + 1);
        used += (size_t)n;
    }
    if (f->count > f->kept)
        memcpy(out.text + used, ", ...", 6);
    return out;
}

struct journal_faults faults_take(struct journal_faults *f)
{
    struct journal_faults taken = *f;
    *f = (struct journal_faults) { 0 };
    return taken;
}

void integrity_free(struct integrity **i)
{
    if (!*i)
        return;
    faults_free(&(*i)->faults);
    faults_free(&(*i)->told);
    free((*i)->open);
    free((*i)->gaps);
    free(*i);
    *i = NULL;
}

int journal_verify(const char *path, void (*problem)(void *context, uint64_t line, const char *text),
                   void *context, struct journal_verdict *out, struct err *e)
{
    struct journal_reader *reader = NULL;
    struct integrity *i = NULL;
    struct journal_record record;
    struct journal_line_info info;
    struct err unheard, *heard = e ? e : &unheard;
    enum journal_read got;
    memset(out, 0, sizeof *out);
    int status = journal_reader_open(path, &reader, heard);
    if (status == 0)
        status = integrity_begin(reader, true, &i, heard);
    if (status != 0)
        goto out;
    journal_reader_ahead(reader, false);
    while ((got = journal_reader_next(reader, &record, &info, heard)) != JOURNAL_READ_END)
        integrity_line(i, got, &record, &info, heard);
    status = heard->code;
    integrity_end(i, out);
    for (size_t n = 0; problem && n < i->faults.kept; n++)
        problem(context, i->faults.items[n].line, said_text(&i->faults.items[n].said).text);
out:
    integrity_free(&i);
    journal_reader_close(&reader);
    return status;
}
