/* report.xlsx: a sheet for each thing that people sort, filter and count, behind one that says what it is. */
#include "reports/render/xlsx.h"
#include "reports/sections/sections.h"
#include "reports/tables/stated_errors.h"
#include "reports/tables/tables.h"

static const struct table table_readme;

/* The sheets, in their order. A new one is a line here, and its words. */
static const struct sheet {
    enum word name, note;
    bool of_criteria;              /* without criteria it says that there are none */
    const struct table *tables[5]; /* below each other */
} sheets[] = {
    { WORD_SH_README, WORD_SH_README_TEXT, false, { &table_run, &table_readme } },
    { WORD_SH_LIST, WORD_SH_LIST_TEXT, true, { &table_list } },
    { WORD_SH_MATRIX, WORD_SH_MATRIX_TEXT, false, { &table_verdicts, &table_rows } },
    { WORD_SH_CELLS, WORD_SH_CELLS_TEXT, false, { &table_cells } },
    { WORD_SH_TIMES, WORD_SH_TIMES_TEXT, false, { &table_times_all } },
    { WORD_SH_CAUSES, WORD_SH_CAUSES_TEXT, false, { &table_failures } },
    { WORD_SH_CRITERIA, WORD_SH_CRITERIA_TEXT, true, { &table_criteria } },
    { WORD_SH_ERRORS, WORD_SH_ERRORS_TEXT, true, { &table_stated_errors } },
    { WORD_SH_WHAT_IF, WORD_SH_WHAT_IF_TEXT, true, { &table_what_if } },
    { WORD_SH_EFFECTS, WORD_SH_EFFECTS_TEXT, false, { &table_effects } },
    { WORD_SH_WHY, WORD_WHY_NOTE, false, { &table_why } },
    { WORD_SH_VARIANCE, WORD_SH_VARIANCE_TEXT, false, { &table_variance } },
    { WORD_SH_SOURCES,
      WORD_SH_SOURCES_TEXT,
      false,
      { &table_journal, &table_files, &table_units, &table_facts } },
    { WORD_SH_SIGNATURE, WORD_SH_SIGNATURE_TEXT, false, { &table_signature, &table_traces } },
};
#define SHEETS (sizeof sheets / sizeof *sheets)

/* ---- what is said of the sheets behind the first one, and how to read them ---- */

static struct phrase sheet_header(const struct view *v, size_t k)
{
    (void)k;
    return phrase_cut(word_text(WORD_SH_SHEET, v->language));
}

static const struct axis axis_sheets = { .copies = SHEETS - 1, .name = sheet_header };

static void what_it_is(struct entry *x)
{
    const struct sheet *s = &sheets[1 + x->row->k];
    ENTRY_FILL(x, WORD_SH_SHEET_IS, word_text(s->name, x->view->language),
               word_text(s->note, x->view->language));
}

static const struct column readme_columns[] = {
    { NULL, WORD_SH_SHEET, VALUE_LONG, what_it_is, .axis = &axis_sheets },
    { NULL, WORD_SH_BOUNDS, VALUE_WORD, column_word, .at = WORD_SH_BOUNDS_TEXT },
    { NULL, WORD_SH_EMPTY, VALUE_WORD, column_word, .at = WORD_SH_EMPTY_TEXT },
    { NULL, WORD_SH_TEXTS, VALUE_WORD, column_word, .at = WORD_SH_TEXTS_TEXT },
    { 0 },
};

static const struct table table_readme = { .look = LOOK_RECORD, .columns = readme_columns };

void sheet_tables(struct report *r, const struct page_tables *hears)
{
    const struct view v = { r, LANGUAGE_ENGLISH, FORM_SHEET };
    for (const struct sheet *s = sheets; s < sheets + SHEETS; s++)
        for (const struct table *const *t = s->tables; *t && (r->criteria || !s->of_criteria); t++)
            if (*t != &table_readme && (!(*t)->there || (*t)->there(&v, NULL)))
                hears->table(hears->self, &v, *t, NULL);
}

static int write_xlsx(struct report *r, const char *path, struct err *e)
{
    struct book *b = NULL;
    int status = words_open(language_of(r->language), r->locale_directory, e);
    if (status == 0)
        status = book_open(path, r, &b, e);
    if (status != 0)
        return status;
    for (const struct sheet *s = sheets; s < sheets + SHEETS; s++) {
        book_tables(b, s->tables, s->name, s->of_criteria && !r->criteria ? WORD_NO_CRITERIA : s->note);
        if (s->name == WORD_SH_CRITERIA && r->beside_count > 0)
            book_table_beside(b, &table_list, WORD_SH_BESIDE, WORD_BESIDE_TEXT);
    }
    return book_close(&b, e);
}

const struct report_writer report_xlsx = {
    .name = "xlsx",
    .extension = "xlsx",
    .summary = "a spreadsheet: list, matrix, every cell, times, causes, criteria, sources",
    .is_in_every_language = true,
    .is_drawn = true,
    .write = write_xlsx,
};
