/* report.xlsx: a sheet for each thing that people sort, filter and count, behind one that says what it is. */
#include "reports/render/xlsx.h"
#include "reports/tables/names.h"
#include "reports/tables/signature.h"
#include "reports/words/numbers.h"

static void item(struct book_sheet *s, const struct book *b, enum word name, const char *value)
{
    book_text(s, book_word(b, name));
    book_text(s, value);
    book_next(s);
}

static void sentence(struct book_sheet *s, const struct book *b, enum word name, enum word text)
{
    item(s, b, name, book_word(b, text));
}

static void filled(struct book_sheet *s, const struct book *b, enum word name, enum word text,
                   const char *const *args)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    phrase_add(&out, buf_add_text, text, book_language(b), args);
    item(s, b, name, out.data);
    buf_free(&out);
}
#define FILLED(s, b, name, text, ...)                                                                        \
    filled((s), (b), (name), (text), (const char *const[]) { __VA_ARGS__, NULL })

static void scheme(struct book_sheet *s, const struct book *b, const struct scheme *c)
{
    FILLED(s, b, WORD_K_SCHEME, WORD_SCHEME_NUMBERS, c->name, number_real(c->q0).text,
           number_real(c->q1).text, number_real(c->alpha).text, number_real(c->beta).text,
           number_count(c->k).text, number_count(c->n_max).text);
}

static void the_run(struct book_sheet *s, const struct book *b)
{
    const struct report *r = book_report(b);
    const struct findings *f = r->findings;
    const struct survey *v = f->survey;
    struct phrase hold;
    if (f->simulated)
        sentence(s, b, WORD_SIMULATED, WORD_SH_SIMULATED_TEXT);
    item(s, b, WORD_K_SURVEY, v->id);
    item(s, b, WORD_SH_TITLE, phrase_choose(v->title, v->title_ja, book_language(b)));
    item(s, b, WORD_K_RUN, f->run);
    FILLED(s, b, WORD_K_TIME, WORD_TIME, number_date(f->started, book_language(b)).text,
           number_date(f->last_wall, book_language(b)).text);
    if (!f->finished)
        FILLED(s, b, WORD_SH_UNFINISHED, WORD_UNFINISHED,
               f->stop_reason ? phrase_said(f->stop_reason, book_language(b), &hold)
                              : book_word(b, WORD_NO_STOP));
    scheme(s, b, &f->scheme);
    item(s, b, WORD_SH_JOURNAL_HASH, f->sha256);
    if (r->criteria_sha256)
        item(s, b, WORD_SH_CRITERIA_HASH, r->criteria_sha256);
    item(s, b, WORD_K_PROGRAM, f->program);
}

void book_readme(struct book *b)
{
    static const struct {
        enum word name, text;
    } sheets[] = {
        { WORD_SH_LIST, WORD_SH_LIST_TEXT },           { WORD_SH_MATRIX, WORD_SH_MATRIX_TEXT },
        { WORD_SH_CELLS, WORD_SH_CELLS_TEXT },         { WORD_SH_TIMES, WORD_SH_TIMES_TEXT },
        { WORD_SH_CAUSES, WORD_SH_CAUSES_TEXT },       { WORD_SH_CRITERIA, WORD_SH_CRITERIA_TEXT },
        { WORD_SH_WHAT_IF, WORD_SH_WHAT_IF_TEXT },     { WORD_SH_SOURCES, WORD_SH_SOURCES_TEXT },
        { WORD_SH_SIGNATURE, WORD_SH_SIGNATURE_TEXT },
    };
    const struct book_column columns[] = {
        { book_header(b, WORD_SH_ITEM), BOOK_TEXT, 26 },
        { book_header(b, WORD_SH_VALUE), BOOK_LONG, 110 },
    };
    struct book_sheet *s = book_sheet(b, WORD_SH_README, WORD_SH_README_TEXT, columns, 2, 0);
    the_run(s, b);
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        FILLED(s, b, WORD_SH_SHEET, WORD_SH_SHEET_IS, book_word(b, sheets[i].name),
               book_word(b, sheets[i].text));
    sentence(s, b, WORD_SH_BOUNDS, WORD_SH_BOUNDS_TEXT);
    sentence(s, b, WORD_SH_EMPTY, WORD_SH_EMPTY_TEXT);
    sentence(s, b, WORD_SH_TEXTS, WORD_SH_TEXTS_TEXT);
    book_done(s);
}

void book_signature(struct book *b)
{
    const struct book_column columns[SIGNATURE_COLUMNS] = {
        { book_header(b, signature_columns[0]), BOOK_FIELD, 26 },
        { book_header(b, signature_columns[1]), BOOK_FIELD, 76 },
        { book_header(b, signature_columns[2]), BOOK_FIELD, 24 },
    };
    struct signature_trace traces[SIGNATURE_TRACES];
    struct book_sheet *s =
        book_sheet(b, WORD_SH_SIGNATURE, WORD_SH_SIGNATURE_TEXT, columns, SIGNATURE_COLUMNS, 0);
    signature_traces(book_report(b), book_language(b), traces);
    for (size_t i = 0; i < SIGNATURE_ROLES; i++) {
        book_say(s, signature_roles[i]);
        book_blank(s);
        book_blank(s);
        book_next(s);
    }
    for (size_t i = 0; i < SIGNATURE_TRACES; i++)
        item(s, b, traces[i].name, traces[i].value);
    sentence(s, b, WORD_SH_CHECKED_BY, WORD_S_VERIFY);
    book_done(s);
}

static int write_xlsx(struct report *r, const char *path, struct err *e)
{
    struct book *b = NULL;
    int status = words_open(language_of(r->language), r->locale_directory, e);
    if (status == 0)
        status = book_open(path, r, &b, e);
    if (status != 0)
        return status;
    book_readme(b);
    book_list(b);
    book_matrix(b);
    book_cells(b);
    book_times(b);
    book_causes(b);
    book_criteria(b);
    book_what_if(b);
    book_sources(b);
    book_signature(b);
    return book_close(&b, e);
}

const struct report_writer report_xlsx = {
    .name = "xlsx",
    .extension = "xlsx",
    .summary = "a spreadsheet: list, matrix, every cell, times, causes, criteria, sources",
    .is_in_every_language = true,
    .write = write_xlsx,
};
