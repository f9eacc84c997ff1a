#include "reports/export/records.h"
#include "reports/export/export.h"

#include "harness/base/text.h"
#include "harness/journal/journal.h"
#include "reports/tables/names.h"
#include "reports/words/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 48
#define HOLD_MAX  (64 * SAID_PARTS_MAX)

/* A relation with its columns, as they are made. */
struct made {
    struct relation relation;
    struct relation_column columns[RELATION_COLUMNS_MAX];
    char names[RELATION_COLUMNS_MAX][NAME_SIZE];
    struct relation_table *table;
};

/* Lists inside of records. */
enum list {
    LIST_EXCHANGES,
    LIST_CAUSES,
    LIST_REFERENCE_CAUSES,
    LIST_RESULTS,
    LIST_SOURCES,
    LIST_READERS,
    LIST_FAULTS, /* lines of the file, not of a record */
    LIST_COUNT
};

/* A placement whose end is not read yet: the first columns of its row, and its texts behind them. */
struct pending {
    uint64_t line;
    struct relation_value *values;
    struct pending *next;
};

struct records {
    struct relation_writer *writer;
    struct made kinds[JOURNAL_KIND_COUNT], lists[LIST_COUNT];
    size_t placement_columns; /* of a placement record; those of its end follow */
    struct pending *pending;
    struct buf hold;
    int64_t run; /* in hand, and its report */
    const struct report *report;
};

static const char *table_name(enum journal_kind kind)
{
    static const char *const names[JOURNAL_KIND_COUNT] = {
        [JOURNAL_KIND_START] = "runs",
        [JOURNAL_KIND_RESUME] = "resumes",
        [JOURNAL_KIND_PLACEMENT] = "placements",
        [JOURNAL_KIND_TRANSACTION] = "transactions",
        [JOURNAL_KIND_PROBE] = "probes",
        [JOURNAL_KIND_ANSWER] = "answers",
        [JOURNAL_KIND_CALIBRATION] = "calibrations",
        [JOURNAL_KIND_REFERENCE] = "reference_cards",
        [JOURNAL_KIND_HOST] = "host_events",
        [JOURNAL_KIND_NOTE] = "notes",
        [JOURNAL_KIND_DECISION] = "decisions",
        [JOURNAL_KIND_STOP] = "stops",
    };
    return names[kind] ? names[kind] : journal_kind_name(kind);
}

/* ---- columns ---- */

static bool has_column(const struct made *m, const char *name)
{
    for (size_t i = 0; i < m->relation.count; i++)
        if (strcasecmp(m->columns[i].name, name) == 0)
            return true;
    return false;
}

__attribute__((format(printf, 4, 5))) static struct relation_column *
add(struct made *m, enum relation_type type, bool may_lack, const char *format, ...)
{
    size_t at = m->relation.count;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(m->names[at], NAME_SIZE, format, arguments);
    va_end(arguments);
    m->columns[at] = (struct relation_column) { m->names[at], type, may_lack, NULL };
    m->relation.columns = m->columns;
    m->relation.count++;
    return &m->columns[at];
}

/* Every row is of a run, by its number. */
static void begin(struct made *m, const char *name, size_t keys)
{
    m->relation.name = name;
    m->relation.keys = keys;
    add(m, RELATION_INTEGER, false, "run")->refers = strcmp(name, "runs") == 0 ? NULL : "runs";
}

static const char *referred(const char *field)
{
    return strcmp(field, "placement") == 0 ? "placements" : strcmp(field, "cell") == 0 ? "cells" : NULL;
}

/* The seed is any number of 64 bits, and SQLite's integers have a sign. */
static enum relation_type type_of(const struct journal_field *f)
{
    if (f->type == JOURNAL_TYPE_REAL)
        return RELATION_REAL;
    bool whole = f->type == JOURNAL_TYPE_U64 || f->type == JOURNAL_TYPE_BOOL;
    return whole && strcmp(f->name, "seed") != 0 ? RELATION_INTEGER : RELATION_TEXT;
}

static void add_field(struct made *m, const struct journal_field *f, const char *prefix, bool may_lack)
{
    const char *name =
        m->relation.name && strcmp(m->relation.name, "runs") == 0 && strcmp(f->name, "run") == 0 ? "name"
                                                                                                 : f->name;
    switch (f->type) {
    case JOURNAL_TYPE_SAID:
        add(m, RELATION_TEXT, true, "%s%s", prefix, name);
        add(m, RELATION_TEXT, true, "%s%s_code", prefix, name);
        add(m, RELATION_TEXT, true, "%s%s_absent", prefix, name);
        break;
    case JOURNAL_TYPE_STAGES:
        for (unsigned stage = 1; stage < STAGE_COUNT; stage++)
            add(m, RELATION_INTEGER, true, "stage_%s_us", stage_name((enum stage)stage));
        break;
    case JOURNAL_TYPE_CAUSES:
    case JOURNAL_TYPE_EXCHANGES:
    case JOURNAL_TYPE_BYTES:
    case JOURNAL_TYPE_RESULTS:
    case JOURNAL_TYPE_FILES:
    case JOURNAL_TYPE_READERS:
        break; /* in tables of their own */
    default:
        add(m, type_of(f), may_lack, "%s%s", prefix, name)->refers = referred(f->name);
    }
}

static void make_kind(struct made *m, enum journal_kind kind)
{
    size_t count;
    const struct journal_field *fields = journal_fields(kind, &count);
    begin(m, table_name(kind), kind == JOURNAL_KIND_START ? 1 : 2);
    add(m, RELATION_INTEGER, false, "line");
    for (size_t i = 0; i < count; i++)
        add_field(m, &fields[i], "", !fields[i].must);
}

/* The fields of `placed` behind those of the placement, which it names. */
static bool is_of_end(const struct journal_field *f)
{
    return strcmp(f->name, "placement") != 0;
}

static void make_placements(struct records *x)
{
    struct made *m = &x->kinds[JOURNAL_KIND_PLACEMENT];
    size_t count;
    const struct journal_field *fields = journal_fields(JOURNAL_KIND_PLACED, &count);
    x->placement_columns = m->relation.count;
    add(m, RELATION_INTEGER, true, "placed_line");
    for (size_t i = 0; i < count; i++)
        if (is_of_end(&fields[i]))
            add_field(m, &fields[i], has_column(m, fields[i].name) ? "placed_" : "", true);
}

/* What the journal as a whole is, behind its start record. */
static void make_runs(struct made *m)
{
    add(m, RELATION_TEXT, false, "path");
    add(m, RELATION_TEXT, false, "journal_sha256");
    add(m, RELATION_INTEGER, false, "records");
    add(m, RELATION_INTEGER, false, "faults");
    add(m, RELATION_INTEGER, false, "torn");
    add(m, RELATION_INTEGER, false, "finished");
    add(m, RELATION_TEXT, true, "mark");
}

static void make_lists(struct records *x)
{
    struct made *m = &x->lists[LIST_EXCHANGES];
    begin(m, "exchanges", 3);
    add(m, RELATION_INTEGER, false, "line")->refers = "transactions";
    add(m, RELATION_INTEGER, false, "number");
    add(m, RELATION_INTEGER, true, "step");
    add(m, RELATION_INTEGER, true, "us");
    add(m, RELATION_TEXT, true, "sw");
    add(m, RELATION_TEXT, true, "command");
    add(m, RELATION_TEXT, true, "response");
    m->relation.is_clustered = true;

    for (int i = LIST_CAUSES; i <= LIST_REFERENCE_CAUSES; i++) {
        m = &x->lists[i];
        begin(m, i == LIST_CAUSES ? "causes" : "reference_card_causes", 3);
        add(m, RELATION_INTEGER, false, "line")->refers =
            table_name(i == LIST_CAUSES ? JOURNAL_KIND_TRANSACTION : JOURNAL_KIND_REFERENCE);
        add(m, RELATION_TEXT, false, "cause");
        m->relation.is_clustered = true;
    }
    x->lists[LIST_CAUSES].relation.index = "cause";

    m = &x->lists[LIST_RESULTS];
    begin(m, "results", 3);
    add(m, RELATION_INTEGER, false, "placement")->refers = "placements";
    add(m, RELATION_INTEGER, false, "cell")->refers = "cells";
    add(m, RELATION_TEXT, false, "result");
    static const char *const counts[] = { "ok", "fail", "invalid", "slow" };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        add(m, RELATION_INTEGER, false, "%s", counts[i]);
    m->relation.is_clustered = true;
    m->relation.index = "cell";

    m = &x->lists[LIST_SOURCES];
    begin(m, "sources", 2);
    add(m, RELATION_INTEGER, false, "number");
    static const char *const members[] = { "kind", "path", "sha256", "text" };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add(m, RELATION_TEXT, true, "%s", members[i]);

    m = &x->lists[LIST_READERS];
    begin(m, "readers", 3);
    add(m, RELATION_INTEGER, false, "line"); /* of a start or resume record */
    add(m, RELATION_INTEGER, false, "number");
    static const char *const about[] = { "unit", "profile", "driver", "name", "serial", "firmware" };
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        add(m, RELATION_TEXT, true, "%s", about[i]);
    add(m, RELATION_INTEGER, false, "simulated");
    add(m, RELATION_TEXT, true, "proof");

    m = &x->lists[LIST_FAULTS];
    begin(m, "faults", 2);
    add(m, RELATION_INTEGER, false, "number");
    add(m, RELATION_INTEGER, false, "line");
    add(m, RELATION_TEXT, false, "what");
}

int records_open(struct relation_writer *w, struct records **out, struct err *e)
{
    struct records *x = calloc(1, sizeof *x);
    int status = 0;
    *out = x;
    if (!x)
        return err_set(e, ERR_MEMORY, "export", "out of memory");
    x->writer = w;
    buf_init(&x->hold, HOLD_MAX);
    if (!buf_reserve(&x->hold, HOLD_MAX - 1))
        return err_set(e, ERR_MEMORY, "export", "out of memory");
    for (int kind = 1; kind < JOURNAL_KIND_COUNT; kind++)
        if (kind != JOURNAL_KIND_PLACED)
            make_kind(&x->kinds[kind], (enum journal_kind)kind);
    make_runs(&x->kinds[JOURNAL_KIND_START]);
    make_placements(x);
    make_lists(x);
    x->kinds[JOURNAL_KIND_TRANSACTION].relation.index = "placement,cell";
    for (int kind = 1; kind < JOURNAL_KIND_COUNT && status == 0; kind++)
        if (kind != JOURNAL_KIND_PLACED)
            status = w->open(w, &x->kinds[kind].relation, &x->kinds[kind].table, e);
    for (int i = 0; i < LIST_COUNT && status == 0; i++)
        status = w->open(w, &x->lists[i].relation, &x->lists[i].table, e);
    return status;
}

static void forget_pending(struct records *x)
{
    while (x->pending) {
        struct pending *next = x->pending->next;
        free(x->pending);
        x->pending = next;
    }
}

void records_close(struct records **x)
{
    if (!*x)
        return;
    forget_pending(*x);
    buf_free(&(*x)->hold);
    free(*x);
    *x = NULL;
}

/* ---- values ---- */

static struct relation_value number(int64_t n)
{
    return (struct relation_value) { .kind = RELATION_NUMBER, .number = n };
}

static struct relation_value words(const char *text) /* NULL: none */
{
    return (struct relation_value) { .kind = text ? RELATION_WORDS : RELATION_NULL, .words = text };
}

static struct relation_value name_of(const char *text) /* "": none */
{
    return words(text[0] ? text : NULL);
}

static const char *held(struct buf *hold, size_t from)
{
    buf_add_char(hold, '\0');
    return hold->data + from;
}

struct said_parts said_parts(const struct said *s, struct buf *hold)
{
    struct said_parts p = { 0 };
    if (!s)
        return p;
    struct said plain = *s;
    plain.absent = 0;
    const char *text = said_own_words(s);
    if (!text) {
        size_t from = hold->length;
        said_english(hold, &plain);
        text = held(hold, from);
        from = hold->length;
        buf_add_char(hold, '[');
        text_add_json(hold, said_name((enum said_code)s->code), strlen(said_name((enum said_code)s->code)));
        for (unsigned i = 0; i < s->count; i++) {
            buf_add_char(hold, ',');
            text_add_json(hold, said_argument(s, i), strlen(said_argument(s, i)));
        }
        buf_add_char(hold, ']');
        p.code = held(hold, from);
    }
    *(s->absent ? &p.absent : &p.text) = text;
    return p;
}

static const char *digits(struct buf *hold, uint64_t n)
{
    size_t from = hold->length;
    buf_add_u64(hold, n);
    return held(hold, from);
}

/* Adds the values of a field; returns how many. Numbers beyond SQLite's are none that a run can have. */
static size_t put_field(const struct journal_field *f, const void *at, struct buf *hold,
                        struct relation_value *out)
{
    enum domain_enum list = journal_enum_of(f->type);
    uint64_t n;
    switch (f->type) {
    case JOURNAL_TYPE_U64:
        n = *(const uint64_t *)at;
        if (n == UINT64_MAX && !f->must)
            *out = words(NULL);
        else
            *out = type_of(f) == RELATION_TEXT ? words(digits(hold, n)) : number((int64_t)n);
        return 1;
    case JOURNAL_TYPE_REAL:
        *out =
            (struct relation_value) { .kind = isnan(*(const double *)at) ? RELATION_NULL : RELATION_DECIMAL,
                                      .decimal = *(const double *)at };
        return 1;
    case JOURNAL_TYPE_BOOL:
        *out = *(const int *)at < 0 ? words(NULL) : number(*(const int *)at);
        return 1;
    case JOURNAL_TYPE_TEXT:
        *out = words(*(const char *const *)at || !f->must ? *(const char *const *)at : "");
        return 1;
    case JOURNAL_TYPE_SAID: {
        struct said_parts p = said_parts(*(const struct said *const *)at, hold);
        out[0] = words(p.text);
        out[1] = words(p.code);
        out[2] = words(p.absent);
        return 3;
    }
    case JOURNAL_TYPE_STAGES:
        for (unsigned stage = 1; stage < STAGE_COUNT; stage++) {
            uint32_t us = ((const struct journal_stages *)at)->us[stage];
            out[stage - 1] = us == UINT32_MAX ? words(NULL) : number(us);
        }
        return STAGE_COUNT - 1;
    default:
        if (list == DOMAIN_NONE)
            return 0;
        *out = name_of(domain_name(list, *(const unsigned *)at));
        return 1;
    }
}

static const void *place_of(const struct journal_record *r, const struct journal_field *f)
{
    return (const char *)r + f->offset;
}

static size_t put_fields(const struct journal_record *r, struct buf *hold, struct relation_value *out)
{
    size_t count, n = 0;
    const struct journal_field *fields = journal_fields(r->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (r->kind != JOURNAL_KIND_PLACED || is_of_end(&fields[i]))
            n += put_field(&fields[i], place_of(r, &fields[i]), hold, out + n);
    return n;
}

static int write(struct records *x, struct made *m, struct relation_value *values, struct err *e)
{
    values[0] = number(x->run);
    return x->writer->row(m->table, values, e);
}

/* ---- lists ---- */

static int write_exchanges(struct records *x, const struct journal_record *r, struct err *e)
{
    const struct journal_exchanges *exchanges = &r->as.transaction.exchanges;
    const struct journal_bytes *bytes = &r->as.transaction.bytes;
    size_t count = exchanges->count > bytes->count ? exchanges->count : bytes->count;
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        const struct journal_exchange *x_i = i < exchanges->count ? &exchanges->items[i] : NULL;
        const struct journal_byte_pair *pair = i < bytes->count ? &bytes->items[i] : NULL;
        struct relation_value v[] = { number(0),
                                      number((int64_t)r->line),
                                      number((int64_t)i + 1),
                                      x_i ? number(x_i->step) : words(NULL),
                                      x_i ? number(x_i->us) : words(NULL),
                                      words(x_i ? x_i->sw : NULL),
                                      words(pair ? pair->command : NULL),
                                      words(pair ? pair->response : NULL) };
        status = write(x, &x->lists[LIST_EXCHANGES], v, e);
    }
    return status;
}

static int write_causes(struct records *x, enum list list, uint64_t line, uint32_t causes, struct err *e)
{
    int status = 0;
    for (unsigned cause = 1; cause <= CAUSE_COUNT && status == 0; cause++) {
        char code[8];
        if (!(causes >> (cause - 1) & 1))
            continue;
        snprintf(code, sizeof code, "F%02u", cause);
        struct relation_value v[] = { number(0), number((int64_t)line), words(code) };
        status = write(x, &x->lists[list], v, e);
    }
    return status;
}

static int write_results(struct records *x, const struct journal_placed *p, struct err *e)
{
    int status = 0;
    for (size_t i = 0; i < p->results.count && status == 0; i++) {
        const struct journal_result *item = &p->results.items[i];
        struct relation_value v[] = { number(0),
                                      number((int64_t)p->placement),
                                      number((int64_t)item->cell),
                                      words(placement_result_name(item->result)),
                                      number((int64_t)item->ok),
                                      number((int64_t)item->fail),
                                      number((int64_t)item->invalid),
                                      number((int64_t)item->slow) };
        status = write(x, &x->lists[LIST_RESULTS], v, e);
    }
    return status;
}

static int write_sources(struct records *x, const struct journal_files *files, struct err *e)
{
    int status = 0;
    for (size_t i = 0; i < files->count && status == 0; i++) {
        const struct journal_file *f = &files->items[i];
        struct relation_value v[] = { number(0),      number((int64_t)i + 1), words(f->kind),
                                      words(f->path), words(f->sha256),       words(f->text) };
        status = write(x, &x->lists[LIST_SOURCES], v, e);
    }
    return status;
}

static int write_readers(struct records *x, uint64_t line, const struct journal_readers *readers,
                         struct err *e)
{
    int status = 0;
    for (size_t i = 0; i < readers->count && status == 0; i++) {
        const struct journal_reader_found *f = &readers->items[i];
        struct relation_value v[] = { number(0),
                                      number((int64_t)line),
                                      number((int64_t)i + 1),
                                      words(f->unit),
                                      words(f->profile),
                                      words(f->driver),
                                      words(f->name),
                                      words(f->serial),
                                      words(f->firmware),
                                      number(f->simulated > 0),
                                      name_of(proof_name(f->proof)) };
        status = write(x, &x->lists[LIST_READERS], v, e);
    }
    return status;
}

static int write_lists(struct records *x, const struct journal_record *r, struct err *e)
{
    int status = 0;
    switch (r->kind) {
    case JOURNAL_KIND_START:
        status = write_sources(x, &r->as.start.files, e);
        return status ? status : write_readers(x, r->line, &r->as.start.readers, e);
    case JOURNAL_KIND_RESUME:
        return write_readers(x, r->line, &r->as.resume.readers, e);
    case JOURNAL_KIND_TRANSACTION:
        status = write_exchanges(x, r, e);
        return status ? status : write_causes(x, LIST_CAUSES, r->line, r->as.transaction.causes, e);
    case JOURNAL_KIND_REFERENCE:
        return write_causes(x, LIST_REFERENCE_CAUSES, r->line, r->as.reference.causes, e);
    case JOURNAL_KIND_PLACED:
        return write_results(x, &r->as.placed, e);
    default:
        return 0;
    }
}

/* ---- placements ---- */

static int keep_placement(struct records *x, uint64_t line, const struct relation_value *values,
                          struct err *e)
{
    size_t count = x->placement_columns, bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += values[i].kind == RELATION_WORDS ? strlen(values[i].words) + 1 : 0;
    struct pending *p = malloc(sizeof *p + count * sizeof *values + bytes);
    if (!p)
        return err_set(e, ERR_MEMORY, "export", "out of memory for a placement");
    p->line = line;
    p->values = (struct relation_value *)(void *)(p + 1);
    memcpy(p->values, values, count * sizeof *values);
    char *text = (char *)(p->values + count);
    for (size_t i = 0; i < count; i++) {
        if (values[i].kind != RELATION_WORDS)
            continue;
        p->values[i].words = text;
        text = stpcpy(text, values[i].words) + 1;
    }
    p->next = x->pending;
    x->pending = p;
    return 0;
}

/* Its row; end: its `placed` record, or NULL of one that was broken off. */
static int end_placement(struct records *x, struct pending **at, const struct journal_record *end,
                         struct err *e)
{
    struct made *m = &x->kinds[JOURNAL_KIND_PLACEMENT];
    struct relation_value row[RELATION_COLUMNS_MAX] = { 0 };
    struct pending *p = *at;
    memcpy(row, p->values, x->placement_columns * sizeof *row);
    if (end) {
        row[x->placement_columns] = number((int64_t)end->line);
        put_fields(end, &x->hold, row + x->placement_columns + 1);
    }
    int status = write(x, m, row, e);
    *at = p->next;
    free(p);
    return status;
}

/* One whose placement record is damaged has no row; that lines are missing is said of the run. */
static int write_placed(struct records *x, const struct journal_record *r, struct err *e)
{
    struct pending **at = &x->pending;
    while (*at && (*at)->line != r->as.placed.placement)
        at = &(*at)->next;
    if (!*at)
        return 0;
    int status = end_placement(x, at, r, e);
    return status ? status : write_lists(x, r, e);
}

/* ---- a journal ---- */

static void put_run(const struct report *r, const char *mark, struct relation_value *out)
{
    const struct findings *f = r->findings;
    const struct relation_value values[] = {
        words(r->directory),
        words(f->sha256),
        number((int64_t)f->records),
        number((int64_t)f->faults.count),
        number(f->torn),
        number(f->finished),
        name_of(mark),
    };
    memcpy(out, values, sizeof values);
}

static const char *mark_of(struct records *x)
{
    size_t from = x->hold.length;
    export_mark(x->report->findings, &x->hold);
    return held(&x->hold, from);
}

/* What is wrong with the journal, as far as it is named. */
static int write_faults(struct records *x, struct err *e)
{
    const struct journal_faults *faults = &x->report->findings->faults;
    int status = 0;
    for (size_t i = 0; i < faults->kept && status == 0; i++) {
        struct relation_value v[] = { number(0), number((int64_t)i + 1),
                                      number((int64_t)faults->items[i].line),
                                      words(said_text(&faults->items[i].said).text) };
        status = write(x, &x->lists[LIST_FAULTS], v, e);
    }
    return status;
}

static int write_record(void *self, const struct journal_record *record, struct err *e)
{
    struct records *x = self;
    struct relation_value row[RELATION_COLUMNS_MAX] = { 0 };
    buf_clear(&x->hold);
    if (record->kind == JOURNAL_KIND_PLACED)
        return write_placed(x, record, e);
    row[1] = number((int64_t)record->line);
    size_t count = 2 + put_fields(record, &x->hold, row + 2);
    if (record->kind == JOURNAL_KIND_PLACEMENT)
        return keep_placement(x, record->line, row, e);
    if (record->kind == JOURNAL_KIND_START)
        put_run(x->report, mark_of(x), row + count);
    int status = write(x, &x->kinds[record->kind], row, e);
    return status ? status : write_lists(x, record, e);
}

int records_write(struct records *x, unsigned run, const struct report *r, struct err *e)
{
    x->run = run;
    x->report = r;
    int status = write_faults(x, e);
    if (status == 0)
        status = export_records(r->directory, write_record, x, e);
    while (status == 0 && x->pending)
        status = end_placement(x, &x->pending, NULL, e);
    return status;
}
