#include "reports/render/xlsx.h"

#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/signal_block.h"
#include "harness/base/text.h"
#include "reports/render/escape.h"
#include "reports/words/signs.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define COLUMNS_MAX  128
#define LINES_MAX    25 /* a row may be 409 points high */
#define LINES_SIGNED 3
#define TITLE_ROW    0 /* of a part, as are the others */
#define NOTE_ROW     1
#define HEADER_ROW   2
#define PRINT_MAX    255       /* characters of a print header */
#define ROOM_BYTES   (1 << 20) /* for what stands around the rows, and the small files */
#define NARROW_SHEET 18        /* columns that still print on one sheet's width */

/* Those of the page's style sheet: blue and orange, which everybody tells apart. */
enum colour {
    INK = 0x1b1d21,
    SOFT = 0x5b6068,
    MARK = 0x7a5b00,
    GOOD = 0x0a5c93,
    GOOD_GROUND = 0xe3f0f9,
    BAD = 0xa8410a,
    BAD_GROUND = 0xfdeadd,
    OPEN = 0x5b6068,
    OPEN_GROUND = 0xf1f1ee,
    WARN = 0x7a5b00,
    WARN_GROUND = 0xfbf3d6,
    HEADER_GROUND = 0xeceef1,
};

struct book {
    const struct report *r;
    enum language language;
    char path[4096], temporary[4096];
    lxw_workbook *workbook;
    lxw_format *formats[BOOK_KIND_COUNT], *title, *marked, *note, *header, *number_header;
    lxw_format *tones[TONE_COUNT];
    lxw_error failure; /* the first one */
    int reason;        /* errno of a temporary file's failure, which the library does not tell */
    FILE *largest;     /* rows of the largest sheet so far */
    off_t largest_bytes;
};

struct book_sheet {
    struct book *b;
    lxw_worksheet *sheet;
    enum book_kind kinds[COLUMNS_MAX];
    double widths[COLUMNS_MAX];
    unsigned lines; /* of the row in hand, as wrapped */
    bool is_one;    /* a part, whose header stays in sight */
    bool is_filtered;
    size_t columns; /* of the part in hand */
    uint32_t header, row;
    uint16_t column;
};

static void note_failure(struct book *b, lxw_error code)
{
    if (b->failure == LXW_NO_ERROR)
        b->failure = code;
}

static lxw_format *format_of(struct book *b, uint32_t colour)
{
    lxw_format *f = workbook_add_format(b->workbook);
    if (!f) {
        note_failure(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return NULL;
    }
    if (b->language == LANGUAGE_JAPANESE)
        format_set_font_name(f, "Yu Gothic");
    format_set_font_size(f, 10);
    format_set_font_color(f, colour);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    return f;
}

static void make_header(lxw_format *f)
{
    format_set_bold(f);
    format_set_text_wrap(f);
    format_set_bg_color(f, HEADER_GROUND);
    format_set_bottom(f, LXW_BORDER_THIN);
}

static void make_formats(struct book *b)
{
    /* As words/numbers.h says; programs put their own locale's comma and point for these. */
    const char *const numbers[BOOK_KIND_COUNT] = {
        [BOOK_TEXT] = "@",
        [BOOK_LONG] = "@",
        [BOOK_VERDICT] = "@",
        [BOOK_RECOMMENDATION] = "@",
        [BOOK_NAME] = "0",
        [BOOK_COUNT] = "#,##0",
        [BOOK_SHARE] = b->language == LANGUAGE_JAPANESE ? "0.00%" : "0.00\\ %",
        [BOOK_TIME] = "#,##0.000",
        [BOOK_REAL] = "General",
        [BOOK_FIELD] = "@",
    };
    static const struct {
        uint32_t ink, ground;
    } tones[TONE_COUNT] = {
        [TONE_GOOD] = { GOOD, GOOD_GROUND },
        [TONE_BAD] = { BAD, BAD_GROUND },
        [TONE_OPEN] = { OPEN, OPEN_GROUND },
        [TONE_WARN] = { WARN, WARN_GROUND },
    };
    for (int kind = BOOK_TEXT; kind < BOOK_KIND_COUNT; kind++) {
        b->formats[kind] = format_of(b, INK);
        if (b->formats[kind])
            format_set_num_format(b->formats[kind], numbers[kind]);
    }
    b->title = format_of(b, INK);
    b->marked = format_of(b, MARK);
    b->note = format_of(b, SOFT);
    b->header = format_of(b, INK);
    b->number_header = format_of(b, INK);
    if (b->failure)
        return;
    make_header(b->header);
    make_header(b->number_header);
    format_set_align(b->number_header, LXW_ALIGN_RIGHT);
    format_set_text_wrap(b->formats[BOOK_LONG]);
    format_set_text_wrap(b->formats[BOOK_FIELD]);
    format_set_bottom(b->formats[BOOK_FIELD], LXW_BORDER_HAIR);
    format_set_bold(b->title);
    format_set_font_size(b->title, 13);
    format_set_bold(b->marked);
    format_set_font_size(b->marked, 13);
    for (int tone = TONE_NONE + 1; tone < TONE_COUNT; tone++) {
        b->tones[tone] = workbook_add_format(b->workbook);
        if (!b->tones[tone]) {
            note_failure(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
            return;
        }
        format_set_font_color(b->tones[tone], tones[tone].ink);
        format_set_bg_color(b->tones[tone], tones[tone].ground);
    }
}

/* The file's date is that of the run, so that the same journal gives the same bytes. */
static time_t seconds_of(const char *wall)
{
    int64_t seconds = wall ? clock_wall_of_text(wall) : 0;
    return (time_t)(seconds > 0 ? seconds : 1);
}

static const char *book_word(const struct book *b, enum word id)
{
    return word_text(id, b->language);
}

/* The library takes and keeps copies of the texts. */
static void set_properties(struct book *b)
{
    const struct findings *f = b->r->findings;
    struct buf title, comment;
    buf_init(&title, 4096);
    buf_init(&comment, 4096);
    enum word mark = word_mark(f);
    if (mark != WORD_NONE) {
        buf_add_text(&title, book_word(b, mark));
        buf_add_text(&title, book_word(b, WORD_COLON));
    }
    buf_add_text(&title, book_word(b, WORD_TITLE));
    escape_sheet(&comment,
                 PHRASE_FILL(WORD_SUBTITLE, b->language, phrase_cut(f->survey->id).text, f->run).text);
    buf_add_format(&comment, "; SHA-256 %s", f->sha256);
    lxw_doc_properties p = { .title = title.data,
                             .subject = comment.data,
                             .author = (char *)(uintptr_t)f->program,
                             .status = (char *)(uintptr_t)(mark != WORD_NONE ? book_word(b, mark) : NULL),
                             .created = seconds_of(f->started) };
    note_failure(b, workbook_set_properties(b->workbook, &p));
    buf_free(&title);
    buf_free(&comment);
}

int book_open(const char *path, const struct report *r, struct book **out, struct err *e)
{
    struct book *b = calloc(1, sizeof *b);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = getenv("TMPDIR") };
    *out = NULL;
    if (!b)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    b->r = r;
    b->language = language_of(r->language);
    if (snprintf(b->path, sizeof b->path, "%s", path) >= (int)sizeof b->path ||
        snprintf(b->temporary, sizeof b->temporary, "%s.tmp", path) >= (int)sizeof b->temporary) {
        free(b);
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long");
    }
    int fd = file_temporary(b->temporary); /* the library would follow a link that lies there */
    if (fd >= 0)
        close(fd);
    b->workbook = workbook_new_opt(b->temporary, &options);
    if (!b->workbook) {
        free(b);
        return err_set(e, ERR_MEMORY, path, "no workbook can be made");
    }
    make_formats(b);
    set_properties(b);
    *out = b;
    return 0;
}

const struct report *book_report(const struct book *b)
{
    return b->r;
}

enum language book_language(const struct book *b)
{
    return b->language;
}

/* On every printed page: the mark, the sheet, the run. & begins a code there. */
static void set_print(struct book_sheet *s, enum word name, size_t columns)
{
    const struct findings *f = s->b->r->findings;
    struct buf plain, header;
    buf_init(&plain, 4096);
    buf_init(&header, 4096);
    if (word_mark(f) != WORD_NONE)
        buf_add_format(&plain, "%s \xc2\xb7 ", name_mark(f, s->b->language).text);
    buf_add_text(&plain, book_word(s->b, name));
    buf_add_text(&plain, " \xc2\xb7 ");
    escape_sheet(&plain, phrase_cut(f->run).text);
    buf_add_text(&header, "&L");
    for (size_t i = 0; i < plain.length && header.length < PRINT_MAX - 8; i++) {
        buf_add_text(&header, plain.data[i] == '&' ? "&" : "");
        buf_add_char(&header, plain.data[i]);
    }
    char fitted[PRINT_MAX];
    text_fit(fitted, sizeof fitted, buf_text(&header));
    note_failure(s->b, worksheet_set_header(s->sheet, fitted));
    note_failure(s->b, worksheet_set_footer(s->sheet, "&R&P / &N"));
    worksheet_set_landscape(s->sheet);
    worksheet_set_paper(s->sheet, 9); /* A4 */
    worksheet_fit_to_pages(s->sheet, (uint16_t)(1 + (columns - 1) / NARROW_SHEET), 0);
    note_failure(s->b, worksheet_repeat_rows(s->sheet, TITLE_ROW, s->is_one ? HEADER_ROW : TITLE_ROW));
    buf_free(&plain);
    buf_free(&header);
}

/* Points of so many lines of 10 points; Japanese type is taller. */
static double height_of(const struct book *b, unsigned lines)
{
    return (b->language == LANGUAGE_JAPANESE ? 16 : 13.5) * lines;
}

static void set_title(struct book_sheet *s, enum word name, enum word note)
{
    const struct book *b = s->b;
    struct buf title;
    buf_init(&title, 4096);
    enum word mark = word_mark(b->r->findings);
    if (mark != WORD_NONE)
        buf_add_format(&title, "%s \xc2\xb7 ", name_mark(b->r->findings, b->language).text);
    buf_add_text(&title, book_word(b, name));
    uint32_t top = s->header - HEADER_ROW;
    note_failure(s->b, worksheet_write_string(s->sheet, top + TITLE_ROW, 0, buf_text(&title),
                                              mark != WORD_NONE ? b->marked : b->title));
    note_failure(s->b, worksheet_set_row(s->sheet, top + TITLE_ROW, height_of(b, 1) * 1.5, NULL));
    note_failure(s->b, worksheet_write_string(s->sheet, top + NOTE_ROW, 0, book_word(b, note), b->note));
    note_failure(s->b, worksheet_set_row(s->sheet, top + NOTE_ROW, height_of(b, 1) * 1.3, NULL));
    buf_free(&title);
}

/* Over the figures where there are figures. A header may be the name of a reader. */
static void write_header(struct book_sheet *s, lxw_col_t column, const char *text)
{
    enum book_kind kind = s->kinds[column];
    bool is_over_numbers = kind >= BOOK_NAME && kind <= BOOK_REAL;
    struct buf b;
    buf_init(&b, 1u << 16);
    escape_sheet(&b, text);
    note_failure(s->b, worksheet_write_string(s->sheet, s->header, column, buf_text(&b),
                                              is_over_numbers ? s->b->number_header : s->b->header));
    buf_free(&b);
}

/* Lines that a text takes in a column, whose width counts digits of 11 points; those of Japanese are twice as
 * wide. The library writes no heights of its own, and not every program makes room for a wrapped text. */
static unsigned lines_of(const char *text, double width)
{
    double taken = 0;
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c & 0xc0) != 0x80)
            taken += (unsigned char)*c >= 0xe2 ? 1.9 : 0.95;
    double lines = ceil(taken / (width - 0.7));
    return lines < 1 ? 1 : lines < LINES_MAX ? (unsigned)lines : LINES_MAX;
}

/*
 * Rows wait in a temporary file, and the library looks at none of its writes there: on a full disk they would
 * be cut off without a word.
 */
static void note_temporary(struct book *b, int reason)
{
    if (b->failure == LXW_NO_ERROR)
        b->reason = reason;
    note_failure(b, LXW_ERROR_CREATING_TMPFILE);
}

static void check_rows(struct book *b, FILE *rows)
{
    struct stat st;
    if (!rows)
        return;
    if (ferror(rows) || fflush(rows) != 0 || fstat(fileno(rows), &st) != 0) {
        note_temporary(b, errno ? errno : ENOSPC);
    } else if (st.st_size > b->largest_bytes) {
        b->largest = rows;
        b->largest_bytes = st.st_size;
    }
}

/* One sheet after the other is copied into a second temporary file: there must be room for the largest. */
static void check_room(struct book *b)
{
    if (b->failure != LXW_NO_ERROR || !b->largest)
        return;
    int fd = fileno(b->largest);
    int reason = posix_fallocate(fd, 0, 2 * b->largest_bytes + ROOM_BYTES);
    if (ftruncate(fd, b->largest_bytes) != 0 && reason == 0)
        reason = errno;
    if (reason != 0)
        note_temporary(b, reason);
}

struct book_sheet *book_sheet(struct book *b, enum word name, bool is_one, const double *widths, size_t count)
{
    struct book_sheet *s = calloc(1, sizeof *s);
    errno = 0;
    lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, book_word(b, name));
    if (!sheet)
        note_temporary(b, errno ? errno : ENOMEM);
    if (!s || !sheet || count > COLUMNS_MAX) {
        note_failure(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        free(s);
        return NULL;
    }
    s->b = b;
    s->sheet = sheet;
    s->is_one = is_one;
    set_print(s, name, count);
    for (size_t i = 0; i < count; i++) {
        s->widths[i] = widths[i];
        note_failure(b, worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL));
    }
    if (!is_one)
        worksheet_freeze_panes(sheet, TITLE_ROW + 1, 0);
    return s;
}

static int settle(struct book *b, struct err *e)
{
    check_room(b);
    note_failure(b, workbook_close(b->workbook));
    if (b->reason != 0)
        return err_system(
            e, ERR_ENVIRONMENT, b->path, b->reason,
            "the spreadsheet's temporary files, in the folder that TMPDIR names or /tmp, cannot "
            "be written");
    if (b->failure != LXW_NO_ERROR)
        return err_set(e, ERR_ENVIRONMENT, b->path, "the spreadsheet cannot be written: %s",
                       lxw_strerror(b->failure));
    return file_settle(b->temporary, b->path, e);
}

int book_close(struct book **out, struct err *e)
{
    struct book *b = *out;
    sigset_t before;
    *out = NULL;
    bool held = signal_block_begin(&before);
    int status = settle(b, e);
    if (status != 0)
        (void)unlink(b->temporary);
    if (held)
        signal_block_end(&before);
    free(b);
    return status;
}

/* Cells of the column that hold exactly this word. */
static void colour_word(struct book_sheet *s, lxw_col_t column, const struct sign *sign)
{
    char formula[256];
    snprintf(formula, sizeof formula, "\"%s\"", book_word(s->b, sign->name));
    lxw_conditional_format rule = { .type = LXW_CONDITIONAL_TYPE_CELL,
                                    .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
                                    .value_string = formula,
                                    .format = s->b->tones[sign->tone] };
    if (sign->tone != TONE_NONE)
        note_failure(s->b, worksheet_conditional_format_range(s->sheet, s->header + 1, column, s->row - 1,
                                                              column, &rule));
}

static void colour_column(struct book_sheet *s, lxw_col_t column)
{
    for (size_t i = 0; i < SIGNS && s->kinds[column] == BOOK_VERDICT; i++)
        colour_word(s, column, sign_of_verdict(signs_listed[i]));
    for (int r = RECOMMENDATION_NONE + 1; r < RECOMMENDATION_COUNT; r++)
        if (s->kinds[column] == BOOK_RECOMMENDATION)
            colour_word(s, column, sign_of_recommendation((enum recommendation)r));
}

/* Colours the part in hand, and lets the first one be filtered: a sheet can have one filter. */
static void end_part(struct book_sheet *s)
{
    if (s->columns == 0 || s->row == s->header + 1)
        return;
    if (s->is_filtered && s->header == HEADER_ROW)
        note_failure(s->b,
                     worksheet_autofilter(s->sheet, s->header, 0, s->row - 1, (lxw_col_t)(s->columns - 1)));
    for (size_t i = 0; i < s->columns; i++)
        colour_column(s, (lxw_col_t)i);
}

static void hold_header(struct book_sheet *s, unsigned frozen)
{
    if (frozen > 0)
        note_failure(s->b, worksheet_repeat_columns(s->sheet, 0, (lxw_col_t)(frozen - 1)));
    worksheet_freeze_panes(s->sheet, HEADER_ROW + 1, (lxw_col_t)frozen);
}

void book_part(struct book_sheet *s, enum word name, enum word note, const struct book_column *columns,
               size_t count, unsigned frozen)
{
    if (!s)
        return;
    end_part(s);
    s->header = HEADER_ROW + (s->row > 0 ? s->row + 1 : 0); /* a blank row between two */
    s->row = s->header + 1;
    s->columns = count;
    s->is_filtered = frozen > 0;
    unsigned lines = 1;
    for (size_t i = 0; i < count; i++) {
        unsigned needs = lines_of(columns[i].header.text, s->widths[i] * 0.9); /* it is bold */
        lines = needs > lines ? needs : lines;
        s->kinds[i] = columns[i].kind;
    }
    set_title(s, name, note);
    for (size_t i = 0; i < count; i++)
        write_header(s, (lxw_col_t)i, columns[i].header.text);
    note_failure(
        s->b, worksheet_set_row(s->sheet, s->header, height_of(s->b, lines) + 4, NULL)); /* after its cells */
    if (s->is_one)
        hold_header(s, frozen);
}

void book_done(struct book_sheet *s)
{
    if (!s)
        return;
    end_part(s);
    check_rows(s->b, s->sheet->optimize_tmpfile);
    free(s);
}

/* Cut after so many UTF-16 units, at a whole character. */
static void cut_units(struct buf *b, size_t units)
{
    size_t at = 0;
    while (at < b->length && units > 0) {
        unsigned char c = (unsigned char)b->data[at];
        size_t length = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        size_t needs = length == 4 ? 2 : 1;
        if (needs > units)
            break;
        units -= needs;
        at += length;
    }
    b->length = at;
    b->data[at] = '\0';
}

static size_t units_of(const char *text)
{
    size_t units = 0;
    for (const char *c = text; *c; c++)
        units += ((unsigned char)*c & 0xc0) == 0x80 ? 0 : (unsigned char)*c >= 0xf0 ? 2 : 1;
    return units;
}

static lxw_format *format_here(const struct book_sheet *s)
{
    return s->b->formats[s->kinds[s->column]];
}

/* The text as a cell takes it: shown, and cut with a mark where it would be too long; "" out of memory. */
static const char *fitted(struct book_sheet *s, const char *text, struct buf *b)
{
    const char *mark = book_word(s->b, WORD_SH_CUT);
    escape_sheet(b, text);
    if (b->data && !b->failed && units_of(b->data) > BOOK_TEXT_MAX) {
        cut_units(b, BOOK_TEXT_MAX - units_of(mark));
        buf_add_text(b, mark);
    }
    if (b->failed)
        note_failure(s->b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return b->data && !b->failed ? b->data : "";
}

void book_text(struct book_sheet *s, const char *text)
{
    struct buf b;
    if (!s)
        return;
    buf_init(&b, 64u << 20);
    const char *shown = fitted(s, text, &b);
    if (shown[0] && (s->kinds[s->column] == BOOK_LONG || s->kinds[s->column] == BOOK_FIELD)) {
        unsigned lines = lines_of(shown, s->widths[s->column]);
        s->lines = lines > s->lines ? lines : s->lines;
    }
    if (shown[0])
        note_failure(s->b, worksheet_write_string(s->sheet, s->row, s->column, shown, format_here(s)));
    buf_free(&b);
    s->column++;
}

static void number(struct book_sheet *s, double value)
{
    if (!s)
        return;
    if (!isnan(value))
        note_failure(s->b, worksheet_write_number(s->sheet, s->row, s->column, value, format_here(s)));
    s->column++;
}

void book_count(struct book_sheet *s, uint64_t value)
{
    number(s, (double)value);
}

void book_share(struct book_sheet *s, double share)
{
    number(s, share);
}

void book_time(struct book_sheet *s, uint64_t us)
{
    number(s, (double)us / 1000);
}

void book_real(struct book_sheet *s, double value)
{
    number(s, value);
}

void book_skip(struct book_sheet *s, unsigned cells)
{
    if (s)
        s->column = (uint16_t)(s->column + cells);
}

void book_blank(struct book_sheet *s)
{
    if (!s)
        return;
    note_failure(s->b, worksheet_write_blank(s->sheet, s->row, s->column, format_here(s)));
    s->lines = s->lines > LINES_SIGNED ? s->lines : LINES_SIGNED;
    s->column++;
}

void book_next(struct book_sheet *s)
{
    if (!s)
        return;
    if (s->lines > 1)
        note_failure(s->b, worksheet_set_row(s->sheet, s->row, height_of(s->b, s->lines), NULL));
    s->row++;
    s->column = 0;
    s->lines = 0;
    if (s->row >= BOOK_ROWS_MAX)
        note_failure(s->b, LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE);
}
