/* For the journal's tests: records filled at random by the field tables, hostile texts, comparison,
 * folders. */
#ifndef NFC_SURVEY_TESTS_UNIT_JOURNAL_RECORDS_H
#define NFC_SURVEY_TESTS_UNIT_JOURNAL_RECORDS_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/keyed_random.h"
#include "harness/journal/integrity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Texts that one or another reader of JSON or YAML 1.1 is known to take wrongly. */
static const char *const hostile_texts[] = {
    "",
    "ok",
    "yes",
    "NO",
    "null",
    "~",
    "1e5",
    "0x1f",
    "012",
    "1_000",
    "12:30:45",
    "2017-12-01",
    ".inf",
    "<<",
    "=",
    "- {\"note\": 1}",
    "# no comment",
    "a: b",
    "&a *a !t |",
    "%YAML 1.1",
    "---",
    "...",
    "  two  spaces  ",
    "tab\there",
    "line\nline\r\nline\n",
    "\"quoted\" and 'quoted'",
    "back\\slash \\u0041 \\",
    "slash / </script>",
    "日本語の端末（統合端末）",
    "emoji \xf0\x9f\x93\xb1 \xf0\x9f\xa4\x9d",
    "next \xc2\x85 line",
    "\xc2\xa0no-break \xc2\x80 \xc2\x9f",
    "separators \xe2\x80\xa8 and \xe2\x80\xa9",
    "\xef\xbb\xbfmark",
    "last \xef\xbf\xbe \xef\xbf\xbf",
    "\x02\x03\x07\x08\x0b\x0c\x1b\x1f\x7f",
    "a\x01",
    "delete \x7f",
    "\", \"crc\": \"00000000\"}",
    "\x01",
    "\x01\"<<\" 理由",
};
#define HOSTILE_COUNT (sizeof hostile_texts / sizeof *hostile_texts)

#define ITEMS_MAX 5
struct filled {
    struct journal_record record;
    struct journal_exchange exchanges[ITEMS_MAX];
    struct journal_byte_pair bytes[ITEMS_MAX];
    struct journal_result results[ITEMS_MAX];
    struct journal_file files[ITEMS_MAX];
    struct journal_reader_found readers[ITEMS_MAX];
    struct said said[16];
    size_t said_count;
    uint64_t key, drawn;
};

static inline uint64_t draw_next(struct filled *f)
{
    return random_u64(f->key, f->drawn++);
}

static inline const char *draw_text(struct filled *f)
{
    return hostile_texts[draw_next(f) % HOSTILE_COUNT];
}

static inline uint64_t draw_number(struct filled *f)
{
    uint64_t value = draw_next(f);
    return value >> draw_next(f) % 64;
}

static inline double draw_real(struct filled *f)
{
    static const double edges[] = { 0,     -0.0,        0.05,       0.1, 1e-9,
                                    -1e-9, 0.999999999, 123456.789, 1.5, 9007199254740993.0 };
    uint64_t which = draw_next(f) % 20;
    if (which < sizeof edges / sizeof *edges)
        return edges[which];
    return (double)(int64_t)(draw_next(f) >> 24) / 1e9 * (which % 2 ? 1 : -1);
}

/* One value a statement: the order of draws is part of the record. */
static inline void draw_items(struct filled *f, size_t i)
{
    static const char *const words[] = { "9000", "6A82", "63c2", "" };
    struct journal_result *result = &f->results[i];
    const char **const texts[] = {
        &f->bytes[i].command,  &f->bytes[i].response, &f->files[i].kind,     &f->files[i].path,
        &f->files[i].sha256,   &f->files[i].text,     &f->readers[i].unit,   &f->readers[i].profile,
        &f->readers[i].driver, &f->readers[i].name,   &f->readers[i].serial, &f->readers[i].firmware,
    };
    uint64_t *const numbers[] = { &result->cell, &result->ok, &result->fail, &result->invalid,
                                  &result->slow };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        *texts[k] = draw_text(f);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        *numbers[k] = draw_number(f);
    result->result = (enum placement_result)(1 + draw_next(f) % (PLACEMENT_COUNT - 1));
    f->readers[i].simulated = (int)(draw_next(f) % 2);
    f->readers[i].proof = (enum proof)(draw_next(f) % PROOF_COUNT);
    f->exchanges[i].step = (uint32_t)draw_number(f);
    f->exchanges[i].us = (uint32_t)draw_next(f);
    snprintf(f->exchanges[i].sw, 5, "%s", words[draw_next(f) % 4]);
}

static inline void draw_lists(struct filled *f, enum journal_type type, void *value)
{
    size_t n = draw_next(f) % (ITEMS_MAX + 1);
    for (size_t i = 0; i < n; i++)
        draw_items(f, i);
    if (n == 0)
        return;
    if (type == JOURNAL_TYPE_EXCHANGES)
        *(struct journal_exchanges *)value = (struct journal_exchanges) { f->exchanges, n };
    else if (type == JOURNAL_TYPE_BYTES)
        *(struct journal_bytes *)value = (struct journal_bytes) { f->bytes, n };
    else if (type == JOURNAL_TYPE_RESULTS)
        *(struct journal_results *)value = (struct journal_results) { f->results, n };
    else if (type == JOURNAL_TYPE_FILES)
        *(struct journal_files *)value = (struct journal_files) { f->files, n };
    else if (type == JOURNAL_TYPE_READERS)
        *(struct journal_readers *)value = (struct journal_readers) { f->readers, n };
}

/* Words, or a code with hostile arguments where its kinds let them be. */
static inline const struct said *draw_said(struct filled *f)
{
    struct said *s = &f->said[f->said_count++];
    *s = said_words(draw_text(f));
    if (draw_next(f) % 2) {
        *s = said_alone(
            (enum said_code)(SAID_WORDS + 1 + draw_next(f) % (JOURNAL_CODES_END - SAID_WORDS - 1)));
        for (const char *kind = said_kinds((enum said_code)s->code); *kind; kind++) {
            const char *text = *kind == 'N'   ? "18446744073709551615"
                               : *kind == 'M' ? "off"
                               : *kind == 'S' ? "6A82"
                               : *kind == 'D' ? "2017-12-01T09:00:00Z"
                                              : "";
            text = *text ? text : draw_text(f);
            assert_true(said_add(s, text, strlen(text)));
        }
    }
    s->absent = draw_next(f) % 4 == 0;
    return s;
}

static inline void draw_enum(struct filled *f, enum domain_enum list, void *value)
{
    unsigned count = 1, word;
    while (domain_name(list, count)[0])
        count++;
    word = 1 + (unsigned)(draw_next(f) % (count - 1));
    memcpy(value, &word, sizeof word);
}

static inline void draw_field(struct filled *f, const struct journal_field *field)
{
    void *value = (char *)&f->record + field->offset;
    if (!field->must && draw_next(f) % 2)
        return;
    switch (field->type) {
    case JOURNAL_TYPE_U64:
        *(uint64_t *)value = draw_number(f);
        break;
    case JOURNAL_TYPE_REAL:
        *(double *)value = draw_real(f);
        break;
    case JOURNAL_TYPE_BOOL:
        *(int *)value = (int)(draw_next(f) % 2);
        break;
    case JOURNAL_TYPE_TEXT:
        *(const char **)value = draw_text(f);
        break;
    case JOURNAL_TYPE_SAID:
        *(const struct said **)value = draw_said(f);
        break;
    case JOURNAL_TYPE_CAUSES:
        *(uint32_t *)value = (uint32_t)draw_next(f) & 0x7fffffff;
        break;
    case JOURNAL_TYPE_STAGES:
        for (unsigned i = 1; i < STAGE_COUNT; i++)
            if (draw_next(f) % 2)
                ((struct journal_stages *)value)->us[i] = (uint32_t)draw_next(f) - 1;
        break;
    case JOURNAL_TYPE_EXCHANGES:
    case JOURNAL_TYPE_BYTES:
    case JOURNAL_TYPE_RESULTS:
    case JOURNAL_TYPE_FILES:
    case JOURNAL_TYPE_READERS:
        draw_lists(f, field->type, value);
        break;
    default:
        draw_enum(f, journal_enum_of(field->type), value);
    }
}

/* A record of the kind, every field drawn from the key; what it points to lives as long as f. */
static inline void fill_record(struct filled *f, enum journal_kind kind, uint64_t key)
{
    size_t count;
    const struct journal_field *fields = journal_fields(kind, &count);
    memset(f, 0, sizeof *f);
    f->key = key;
    journal_record_init(&f->record, kind);
    f->record.line = 1;
    for (size_t i = 0; i < count; i++)
        draw_field(f, &fields[i]);
    if (kind == JOURNAL_KIND_START) /* a newer one is refused */
        f->record.as.start.version = JOURNAL_VERSION;
}

static inline void assert_same_text(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static inline void assert_same_lists(enum journal_type type, const void *a, const void *b)
{
    /* Every list is {items, count}. */
    size_t count = *(const size_t *)((const char *)a + offsetof(struct journal_exchanges, count));
    assert_int_equal(count, *(const size_t *)((const char *)b + offsetof(struct journal_exchanges, count)));
    for (size_t i = 0; i < count; i++) {
        if (type == JOURNAL_TYPE_EXCHANGES) {
            const struct journal_exchanges *xa = a, *xb = b;
            assert_int_equal(xa->items[i].step, xb->items[i].step);
            assert_int_equal(xa->items[i].us, xb->items[i].us);
            assert_string_equal(xa->items[i].sw, xb->items[i].sw);
        } else if (type == JOURNAL_TYPE_BYTES) {
            const struct journal_bytes *pa = a, *pb = b;
            assert_same_text(pa->items[i].command, pb->items[i].command);
            assert_same_text(pa->items[i].response, pb->items[i].response);
        } else if (type == JOURNAL_TYPE_RESULTS) {
            const struct journal_result *ra = &((const struct journal_results *)a)->items[i];
            const struct journal_result *rb = &((const struct journal_results *)b)->items[i];
            assert_int_equal(ra->result, rb->result);
            assert_true(ra->cell == rb->cell && ra->ok == rb->ok && ra->fail == rb->fail &&
                        ra->invalid == rb->invalid && ra->slow == rb->slow);
        } else if (type == JOURNAL_TYPE_FILES) {
            const struct journal_file *fa = &((const struct journal_files *)a)->items[i];
            const struct journal_file *fb = &((const struct journal_files *)b)->items[i];
            assert_same_text(fa->kind, fb->kind);
            assert_same_text(fa->path, fb->path);
            assert_same_text(fa->sha256, fb->sha256);
            assert_same_text(fa->text, fb->text);
        } else {
            const struct journal_reader_found *fa = &((const struct journal_readers *)a)->items[i];
            const struct journal_reader_found *fb = &((const struct journal_readers *)b)->items[i];
            assert_same_text(fa->unit, fb->unit);
            assert_same_text(fa->profile, fb->profile);
            assert_same_text(fa->driver, fb->driver);
            assert_same_text(fa->name, fb->name);
            assert_same_text(fa->serial, fb->serial);
            assert_same_text(fa->firmware, fb->firmware);
            assert_int_equal(fa->simulated, fb->simulated);
            assert_int_equal(fa->proof, fb->proof);
        }
    }
}

static inline void assert_same_record(const struct journal_record *a, const struct journal_record *b)
{
    size_t count;
    assert_int_equal(a->kind, b->kind);
    assert_true(a->line == b->line);
    const struct journal_field *fields = journal_fields(a->kind, &count);
    for (size_t i = 0; i < count; i++) {
        const void *x = (const char *)a + fields[i].offset, *y = (const char *)b + fields[i].offset;
        double p, q;
        switch (fields[i].type) {
        case JOURNAL_TYPE_U64:
            assert_true(*(const uint64_t *)x == *(const uint64_t *)y);
            break;
        case JOURNAL_TYPE_REAL:
            p = *(const double *)x;
            q = *(const double *)y;
            assert_true((isnan(p) && isnan(q)) || p == q);
            break;
        case JOURNAL_TYPE_BOOL:
            assert_int_equal(*(const int *)x, *(const int *)y);
            break;
        case JOURNAL_TYPE_TEXT:
            assert_same_text(*(const char *const *)x, *(const char *const *)y);
            break;
        case JOURNAL_TYPE_SAID:
            assert_true(said_same(*(const struct said *const *)x, *(const struct said *const *)y));
            break;
        case JOURNAL_TYPE_CAUSES:
            assert_int_equal(*(const uint32_t *)x, *(const uint32_t *)y);
            break;
        case JOURNAL_TYPE_STAGES:
            assert_memory_equal(((const struct journal_stages *)x)->us + 1,
                                ((const struct journal_stages *)y)->us + 1,
                                (STAGE_COUNT - 1) * sizeof(uint32_t));
            break;
        case JOURNAL_TYPE_EXCHANGES:
        case JOURNAL_TYPE_BYTES:
        case JOURNAL_TYPE_RESULTS:
        case JOURNAL_TYPE_FILES:
        case JOURNAL_TYPE_READERS:
            assert_same_lists(fields[i].type, x, y);
            break;
        default:
            assert_true(journal_enum_of(fields[i].type) != DOMAIN_NONE);
            assert_memory_equal(x, y, sizeof(enum outcome));
        }
    }
}

/* A folder of the test's own under TMPDIR; remove_folder() takes the run's files and it away. */
static inline void make_folder(char path[256])
{
    const char *base = getenv("TMPDIR");
    snprintf(path, 256, "%s/nfc-survey-journal-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
}

static inline void remove_folder(const char *path)
{
    static const char *const names[] = { "run/journal.yaml", "run/lock", "run", "journal.yaml", "lock", "" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[512];
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        if (unlink(name) != 0)
            rmdir(name);
    }
}

static inline void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    assert_int_equal(fclose(f), 0);
}

static inline int append_note(struct journal *j, const char *text, struct err *e)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note.at_us = 1;
    r.as.note.text = text;
    return journal_append(j, &r, e);
}

#endif
