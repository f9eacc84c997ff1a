/*
 * Runs as lines of JSON for programs that find out by themselves what a file holds, as DuckDB does from the first 20,480
 * records: the first record of each key and kind of value stands in front, decimals have a point, a value is of one kind
 * everywhere, and a key of a record stands inside of an object named by the record's kind. (On one level, keys of rare
 * records would be too many: an object whose keys are in less than a tenth of the records on average is taken for a map.)
 */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/journal/journal.h"
#include "reports/export/export.h"
#include "reports/export/records.h"
#include "reports/render/number_text.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define PATH_SIZE   4096
#define FRONT_MAX   (1u << 28)
#define LINE_MAX    (2 * JOURNAL_LINE_MAX)
#define SLOTS       512                /* of a kind: places where a value can be */
#define KIND_CELL   JOURNAL_KIND_COUNT /* beside those of records: */
#define KIND_EXPORT (JOURNAL_KIND_COUNT + 1)
#define KINDS       (JOURNAL_KIND_COUNT + 2)

/* What programs that look for types may take a value for; a bit each. */
enum seen {
    SEEN_VALUE = 1,  /* a number, a decimal, true or false: as its key has it */
    SEEN_LARGE = 2,  /* a number beyond 63 bits */
    SEEN_TEXT = 4,   /* one that is nothing else */
    SEEN_MOMENT = 8, /* a time as journals have it */
    SEEN_DATE = 16,  /* digits with signs between them */
    SEEN_UUID = 32,
};

struct exporting {
    char path[PATH_SIZE], temporary[PATH_SIZE], rest[PATH_SIZE];
    FILE *to; /* the lines that need not be in front */
    struct buf front, line, hold;
    unsigned char seen[KINDS][SLOTS];
    unsigned run; /* in hand, and its report */
    const struct report *report;
    int kind; /* of the line in hand */
    size_t slot;
    bool is_new;  /* something of it was not seen before */
    bool between; /* a comma is due */
};

/* ---- what is new ---- */

static void note(struct exporting *x, size_t slot, unsigned bits)
{
    if (slot >= SLOTS)
        return;
    x->is_new = x->is_new || (bits & ~x->seen[x->kind][slot]) != 0;
    x->seen[x->kind][slot] |= (unsigned char)bits;
}

static bool is_shaped(const char *text, const char *shape) /* 9: a digit, f: a hex digit */
{
    for (; *shape; text++, shape++)
        if (*shape == '9'   ? !isdigit((unsigned char)*text)
            : *shape == 'f' ? !isxdigit((unsigned char)*text)
                            : *text != *shape)
            return false;
    return *text == '\0';
}

static unsigned kind_of_text(const char *text)
{
    if (!strpbrk(text, "-/:"))
        return SEEN_TEXT;
    if (is_shaped(text, "9999-99-99T99:99:99Z"))
        return SEEN_MOMENT;
    if (is_shaped(text, "ffffffff-ffff-ffff-ffff-ffffffffffff"))
        return SEEN_UUID;
    return strspn(text, "0123456789-/:. TZ+") == strlen(text) ? SEEN_DATE : SEEN_TEXT;
}

/* ---- values ---- */

static void key(struct exporting *x, const char *name, const char *end)
{
    buf_add_char(&x->line, x->between ? ',' : '{');
    buf_add_char(&x->line, '"');
    buf_add_text(&x->line, name);
    buf_add_text(&x->line, end);
    buf_add_text(&x->line, "\":");
    x->between = true;
}

static void add_text(struct exporting *x, const char *text)
{
    text_add_json(&x->line, text, strlen(text));
}

/* Each takes a slot, whether there is a value or not. */
static void put_text(struct exporting *x, const char *name, const char *end,
                     const char *text) /* NULL: none */
{
    size_t slot = x->slot++;
    if (!text)
        return;
    note(x, slot, kind_of_text(text));
    key(x, name, end);
    add_text(x, text);
}

static void put_number(struct exporting *x, const char *name, uint64_t n)
{
    note(x, x->slot++, n > INT64_MAX ? SEEN_LARGE : SEEN_VALUE);
    key(x, name, "");
    buf_add_u64(&x->line, n);
}

static void put_real(struct exporting *x, const char *name, double real)
{
    size_t slot = x->slot++;
    if (!isfinite(real))
        return;
    note(x, slot, SEEN_VALUE);
    key(x, name, "");
    buf_add_text(&x->line, number_text(real).text);
}

static void put_bool(struct exporting *x, const char *name, int value) /* negative: none */
{
    size_t slot = x->slot++;
    if (value < 0)
        return;
    note(x, slot, SEEN_VALUE);
    key(x, name, "");
    buf_add_text(&x->line, value ? "true" : "false");
}

/* A list has the same slots in each of its items. */
static void open_list(struct exporting *x, const char *name, size_t count)
{
    size_t slot = x->slot++;
    key(x, name, "");
    buf_add_char(&x->line, '[');
    if (count > 0)
        note(x, slot, SEEN_VALUE);
}

static void close_list(struct exporting *x)
{
    buf_add_char(&x->line, ']');
    x->between = true;
}

static void open_item(struct exporting *x, size_t i)
{
    buf_add_text(&x->line, i ? "," : "");
    x->between = false;
}

static void close_item(struct exporting *x)
{
    buf_add_text(&x->line, x->between ? "}" : "{}");
}

static void put_said(struct exporting *x, const char *name, const struct said *s)
{
    struct said_parts p = said_parts(s, &x->hold);
    put_text(x, name, "", p.text);
    size_t slot = x->slot++;
    if (p.code) {
        note(x, slot, SEEN_VALUE);
        key(x, name, "_code");
        buf_add_text(&x->line, p.code);
    }
    put_text(x, name, "_absent", p.absent);
}

static void put_causes(struct exporting *x, const char *name, uint32_t causes)
{
    size_t slot = x->slot++;
    if (causes == 0)
        return;
    note(x, slot, SEEN_VALUE);
    key(x, name, "");
    const char *before = "[";
    for (unsigned cause = 1; cause <= CAUSE_COUNT; cause++) {
        if (!(causes >> (cause - 1) & 1))
            continue;
        buf_add_format(&x->line, "%s\"F%02u\"", before, cause);
        before = ",";
    }
    buf_add_char(&x->line, ']');
}

static void put_stages(struct exporting *x, const char *name, const struct journal_stages *stages)
{
    key(x, name, "");
    x->between = false;
    for (unsigned stage = 1; stage < STAGE_COUNT; stage++) {
        if (stages->us[stage] == UINT32_MAX)
            x->slot++;
        else
            put_number(x, stage_name((enum stage)stage), stages->us[stage]);
    }
    close_item(x);
    x->between = true;
}

/* ---- lists ---- */

static void put_exchanges(struct exporting *x, const char *name, const struct journal_exchanges *list)
{
    open_list(x, name, list->count);
    size_t slot = x->slot;
    for (size_t i = 0; i < list->count; i++) {
        x->slot = slot;
        open_item(x, i);
        put_number(x, "step", list->items[i].step);
        put_number(x, "us", list->items[i].us);
        put_text(x, "sw", "", list->items[i].sw);
        close_item(x);
    }
    x->slot = slot + 3;
    close_list(x);
}

static void put_bytes(struct exporting *x, const char *name, const struct journal_bytes *list)
{
    size_t slot = x->slot;
    x->slot += 3;
    if (list->count == 0)
        return;
    x->slot = slot;
    open_list(x, name, list->count);
    for (size_t i = 0; i < list->count; i++) {
        x->slot = slot + 1;
        open_item(x, i);
        put_text(x, "command", "", list->items[i].command);
        put_text(x, "response", "", list->items[i].response);
        close_item(x);
    }
    close_list(x);
}

static void put_results(struct exporting *x, const char *name, const struct journal_results *list)
{
    open_list(x, name, list->count);
    size_t slot = x->slot;
    for (size_t i = 0; i < list->count; i++) {
        const struct journal_result *r = &list->items[i];
        x->slot = slot;
        open_item(x, i);
        put_number(x, "cell", r->cell);
        put_text(x, "result", "", placement_result_name(r->result));
        put_number(x, "ok", r->ok);
        put_number(x, "fail", r->fail);
        put_number(x, "invalid", r->invalid);
        put_number(x, "slow", r->slow);
        close_item(x);
    }
    x->slot = slot + 6;
    close_list(x);
}

static void put_files(struct exporting *x, const char *name, const struct journal_files *list)
{
    open_list(x, name, list->count);
    size_t slot = x->slot;
    for (size_t i = 0; i < list->count; i++) {
        x->slot = slot;
        open_item(x, i);
        put_text(x, "kind", "", list->items[i].kind);
        put_text(x, "path", "", list->items[i].path);
        put_text(x, "sha256", "", list->items[i].sha256);
        put_text(x, "text", "", list->items[i].text);
        close_item(x);
    }
    x->slot = slot + 4;
    close_list(x);
}

static void put_readers(struct exporting *x, const char *name, const struct journal_readers *list)
{
    open_list(x, name, list->count);
    size_t slot = x->slot;
    for (size_t i = 0; i < list->count; i++) {
        const struct journal_reader_found *r = &list->items[i];
        x->slot = slot;
        open_item(x, i);
        put_text(x, "unit", "", r->unit);
        put_text(x, "profile", "", r->profile);
        put_text(x, "driver", "", r->driver);
        put_text(x, "name", "", r->name);
        put_text(x, "serial", "", r->serial);
        put_text(x, "firmware", "", r->firmware);
        put_bool(x, "simulated", r->simulated);
        put_text(x, "proof", "", proof_name(r->proof)[0] ? proof_name(r->proof) : NULL);
        close_item(x);
    }
    x->slot = slot + 8;
    close_list(x);
}

/* ---- lines ---- */

static void put_field(struct exporting *x, const struct journal_field *f, const void *at)
{
    enum domain_enum list = journal_enum_of(f->type);
    const char *text;
    switch (f->type) {
    case JOURNAL_TYPE_U64:
        if (*(const uint64_t *)at == UINT64_MAX && !f->must)
            x->slot++;
        else
            put_number(x, f->name, *(const uint64_t *)at);
        break;
    case JOURNAL_TYPE_REAL:
        put_real(x, f->name, *(const double *)at);
        break;
    case JOURNAL_TYPE_BOOL:
        put_bool(x, f->name, *(const int *)at);
        break;
    case JOURNAL_TYPE_TEXT:
        text = *(const char *const *)at;
        put_text(x, f->name, "", text || !f->must ? text : "");
        break;
    case JOURNAL_TYPE_SAID:
        put_said(x, f->name, *(const struct said *const *)at);
        break;
    case JOURNAL_TYPE_CAUSES:
        put_causes(x, f->name, *(const uint32_t *)at);
        break;
    case JOURNAL_TYPE_STAGES:
        put_stages(x, f->name, at);
        break;
    case JOURNAL_TYPE_EXCHANGES:
        put_exchanges(x, f->name, at);
        break;
    case JOURNAL_TYPE_BYTES:
        put_bytes(x, f->name, at);
        break;
    case JOURNAL_TYPE_RESULTS:
        put_results(x, f->name, at);
        break;
    case JOURNAL_TYPE_FILES:
        put_files(x, f->name, at);
        break;
    case JOURNAL_TYPE_READERS:
        put_readers(x, f->name, at);
        break;
    default:
        text = domain_name(list, *(const unsigned *)at);
        put_text(x, f->name, "", text[0] ? text : NULL);
    }
}

/* A line up to its object: {"kind":"note","run":1,"name":"demo","line":81,"note":{ */
static void open_line(struct exporting *x, int kind, const char *name, uint64_t line)
{
    buf_clear(&x->line);
    buf_clear(&x->hold);
    x->kind = kind;
    x->slot = 0;
    x->is_new = false;
    x->between = false;
    key(x, "kind", "");
    add_text(x, name);
    put_number(x, "run", x->run);
    put_text(x, "name", "", x->report->findings->run ? x->report->findings->run : "");
    if (line)
        put_number(x, "line", line);
    key(x, name, "");
    x->between = false;
}

static int close_line(struct exporting *x, struct err *e)
{
    close_item(x);
    buf_add_text(&x->line, "}\n");
    if (x->line.failed || x->hold.failed)
        return err_set(e, ERR_LIMIT, x->path, "a record is too long");
    if (x->is_new)
        buf_add(&x->front, x->line.data, x->line.length);
    else if (fwrite(x->line.data, 1, x->line.length, x->to) != x->line.length)
        return err_system(e, ERR_ENVIRONMENT, x->path, errno, "cannot be written");
    return x->front.failed ? err_set(e, ERR_LIMIT, x->path, "too many kinds of records") : 0;
}

static int write_export(struct exporting *x, struct err *e)
{
    const struct findings *f = x->report->findings;
    struct buf mark;
    buf_init(&mark, 1u << 16);
    export_mark(f, &mark);
    open_line(x, KIND_EXPORT, "export", 0);
    put_text(x, "journal_sha256", "", f->sha256);
    put_number(x, "records", f->records);
    put_number(x, "faults", f->faults.count);
    put_bool(x, "torn", f->torn);
    put_bool(x, "finished", f->finished);
    put_text(x, "mark", "", mark.length ? buf_text(&mark) : NULL);
    buf_free(&mark);
    return close_line(x, e);
}

static void put_value(struct exporting *x, const struct view *v, const char *name, const struct value *value)
{
    struct buf text;
    switch (value->kind) {
    case VALUE_NONE:
        x->slot++;
        return;
    case VALUE_NAME:
    case VALUE_CELL:
    case VALUE_COUNT:
    case VALUE_TIME:
        put_number(x, name, value->number);
        return;
    case VALUE_BOOL:
        put_bool(x, name, value->number != 0);
        return;
    case VALUE_SHARE:
    case VALUE_PERCENT:
    case VALUE_REAL:
    case VALUE_P:
        put_real(x, name, value->real);
        return;
    case VALUE_VERDICT:
        put_text(x, name, "", verdict_name((enum verdict)value->number));
        return;
    case VALUE_RECOMMENDATION:
        put_text(x, name, "", recommendation_name((enum recommendation)value->number));
        return;
    default:
        break;
    }
    if (value->text) {
        put_text(x, name, "", value->text);
        return;
    }
    buf_init(&text, 1u << 20);
    value_in_words(v, value, &text);
    put_text(x, name, "", buf_text(&text));
    buf_free(&text);
}

static void put_quantile(struct exporting *x, const char *id, const struct value *value)
{
    static const char *const ends[] = { "_us", "_low_us", "_high_us" };
    const struct findings_quantile *q = value->kind == VALUE_NONE ? NULL : value->quantile;
    uint64_t us[] = { q ? q->value_us : 0, q ? q->low_us : 0, q ? q->high_us : 0 };
    for (size_t i = 0; i < 3; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", id, ends[i]);
        if (q && (i == 0 || q->has_interval))
            put_number(x, name, us[i]);
        else
            x->slot++;
    }
}

static void put_column(struct exporting *x, const struct view *v, const struct column *c,
                       const struct row *row, size_t k)
{
    struct value value;
    char name[PHRASE_BYTES + 8];
    snprintf(name, sizeof name, "%s%s", c->axis ? column_header(c, v, k).text : c->id,
             c->kind == VALUE_TIME ? "_us" : "");
    column_value(c, v, row, k, &value);
    if (c->kind == VALUE_QUANTILE)
        put_quantile(x, c->id, &value);
    else
        put_value(x, v, name, &value);
    value_done(&value);
}

/* Cells with the columns of cells.csv, their times in microseconds. */
static int write_cells(struct exporting *x, struct err *e)
{
    const struct view v = { x->report, LANGUAGE_ENGLISH, FORM_CSV };
    struct row row = table_first(NULL);
    int status = 0;
    while (status == 0 && table_next(&table_cells, &v, &row)) {
        open_line(x, KIND_CELL, "cell", 0);
        for (const struct column *c = table_cells.columns; c->kind || c->child; c++)
            for (size_t k = 0; !c->child && column_is_in(c, FORM_CSV) && k < column_copies(c, &v, NULL); k++)
                put_column(x, &v, c, &row, k);
        status = close_line(x, e);
    }
    return status;
}

static int write_record(void *self, const struct journal_record *record, struct err *e)
{
    struct exporting *x = self;
    size_t count;
    const struct journal_field *fields = journal_fields(record->kind, &count);
    open_line(x, (int)record->kind, journal_kind_name(record->kind), record->line);
    for (size_t i = 0; i < count; i++)
        put_field(x, &fields[i], (const char *)record + fields[i].offset);
    return close_line(x, e);
}

static int add(struct exporting *x, unsigned run, struct report *r, struct err *e)
{
    x->run = run;
    x->report = r;
    int status = write_export(x, e);
    if (status == 0)
        status = write_cells(x, e);
    return status ? status : export_records(r->directory, write_record, x, e);
}

/* ---- the file ---- */

static int open_ndjson(const char *path, const struct export_how *how, struct exporting **out, struct err *e)
{
    struct exporting *x = *out = calloc(1, sizeof *x);
    (void)how;
    if (!x)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    buf_init(&x->front, FRONT_MAX);
    buf_init(&x->line, LINE_MAX);
    buf_init(&x->hold, 64 * SAID_PARTS_MAX);
    if (snprintf(x->path, sizeof x->path, "%s", path) >= PATH_SIZE ||
        snprintf(x->temporary, sizeof x->temporary, "%s.tmp", path) >= PATH_SIZE ||
        snprintf(x->rest, sizeof x->rest, "%s.rest.tmp", path) >= PATH_SIZE)
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long");
    if (!buf_reserve(&x->hold, 64 * SAID_PARTS_MAX - 1))
        return err_set(e, ERR_MEMORY, path, "out of memory");
    x->to = file_open_temporary(x->rest);
    return x->to ? 0 : err_system(e, ERR_ENVIRONMENT, x->rest, errno, "cannot be written");
}

/* What stands in front, then the rest. */
static int join(struct exporting *x, struct err *e)
{
    off_t at = 0;
    FILE *to = file_open_temporary(x->temporary);
    bool failed = !to || fwrite(buf_text(&x->front), 1, x->front.length, to) != x->front.length ||
                  fflush(to) != 0 || fflush(x->to) != 0;
    for (ssize_t n = 1; !failed && n > 0;) {
        n = sendfile(fileno(to), fileno(x->to), &at, 1u << 30);
        failed = n < 0;
    }
    int reason = errno;
    if (to && fclose(to) != 0 && !failed) {
        failed = true;
        reason = errno;
    }
    return failed ? err_system(e, ERR_ENVIRONMENT, x->path, reason, "cannot be written") : 0;
}

static int close_ndjson(struct exporting **out, int status, struct err *e)
{
    struct exporting *x = *out;
    *out = NULL;
    if (!x)
        return status;
    if (status == 0)
        status = join(x, e);
    if (status == 0)
        status = file_settle(x->temporary, x->path, e);
    if (x->to)
        fclose(x->to);
    (void)unlink(x->rest);
    if (status != 0)
        (void)unlink(x->temporary);
    buf_free(&x->front);
    buf_free(&x->line);
    buf_free(&x->hold);
    free(x);
    return status;
}

const struct export_format export_ndjson = {
    .name = "ndjson",
    .summary = "a line of JSON each record and cell, which DuckDB and pandas read unaided",
    .parts = REPORT_SUMMARY,
    .open = open_ndjson,
    .add = add,
    .close = close_ndjson,
};
