/* report.xlsx: a sheet for each thing that people sort, filter and count, behind one that is signed and says what it is. */
#include "reports/render/xlsx.h"
#include "reports/sections/sections.h"
#include "reports/tables/stated_errors.h"
#include "reports/tables/tables.h"

static const struct table table_readme;

/* What the sheets consist of, in their order; what has no rows is left out. A new one is a line here, and its words. */
static const struct item {
    bool is_below;    /* on the sheet of the one before it */
    bool of_criteria; /* absent without them */
    struct book_part part;
} items[] = {
    { false, false, { WORD_B_CONCLUSION, WORD_SH_CONCLUSION_TEXT, { &table_conclusion, &table_run } } },
    { true, false, { WORD_SH_SIGNATURE, WORD_SH_SIGNATURE_TEXT, { &table_signature, &table_traces } } },
    { true, false, { WORD_SH_README, WORD_SH_README_TEXT, { &table_readme } } },
    { false, true, { WORD_SH_LIST, WORD_SH_LIST_TEXT, { &table_list } } },
    { false, false, { WORD_SH_MATRIX, WORD_SH_MATRIX_TEXT, { &table_verdicts, &table_rows } } },
    { false, false, { WORD_SH_CELLS, WORD_SH_CELLS_TEXT, { &table_cells } } },
    { false, false, { WORD_SH_TIMES, WORD_SH_TIMES_TEXT, { &table_times_all } } },
    { false, false, { WORD_SH_CAUSES, WORD_SH_CAUSES_TEXT, { &table_failures } } },
    { false, true, { WORD_SH_CRITERIA, WORD_SH_CRITERIA_TEXT, { &table_criteria } } },
    { true, true, { WORD_SH_ERRORS, WORD_SH_ERRORS_TEXT, { &table_stated_errors } } },
    { true, true, { WORD_SH_WHAT_IF, WORD_SH_WHAT_IF_TEXT, { &table_what_if } } },
    { false, false, { WORD_SH_EFFECTS, WORD_SH_EFFECTS_TEXT, { &table_effects } } },
    { true, false, { WORD_SH_WHY, WORD_WHY_NOTE, { &table_why } } },
    { true, false, { WORD_SH_VARIANCE, WORD_SH_VARIANCE_TEXT, { &table_variance } } },
    { false,
      false,
      { WORD_SH_SOURCES,
        WORD_SH_SOURCES_TEXT,
        { &table_journal, &table_files, &table_units, &table_facts } } },
};
#define ITEMS       (sizeof items / sizeof *items)
#define FIRST_SHEET 3 /* items of the first sheet, which need not say what they are */

static bool is_absent(const struct report *r, const struct item *i)
{
    return (i->of_criteria && !r->criteria) || book_part_is_empty(r, &i->part);
}

/* ---- what is said of the sheets behind the first one, and how to read them ---- */

static struct phrase sheet_header(const struct view *v, size_t k)
{
    (void)k;
    return phrase_cut(word_text(WORD_SH_SHEET, v->language));
}

static const struct axis axis_sheets = { .copies = ITEMS - FIRST_SHEET, .name = sheet_header };

/* Of what is below another, on whose sheet it is: the first one of these that is there. */
static enum word sheet_of(const struct report *r, const struct item *i)
{
    const struct item *first = i;
    while (first->is_below)
        first--;
    while (first < i && is_absent(r, first))
        first++;
    return first->part.name;
}

static void what_it_is(struct entry *x)
{
    const struct report *r = x->view->report;
    enum language language = x->view->language;
    const struct item *i = &items[FIRST_SHEET + x->row->k];
    const char *name = word_text(i->part.name, language), *note = word_text(i->part.note, language);
    enum word sheet = sheet_of(r, i);
    if (is_absent(r, i))
        ENTRY_FILL(
            x, WORD_SH_SHEET_IS, name,
            word_text(i->of_criteria && !r->criteria ? WORD_SH_NO_CRITERIA : WORD_SH_NO_ROWS, language));
    else if (sheet != i->part.name)
        ENTRY_FILL(x, WORD_SH_SHEET_HAS, name, word_text(sheet, language), note);
    else
        ENTRY_FILL(x, WORD_SH_SHEET_IS, name, note);
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
    for (const struct item *i = items; i < items + ITEMS; i++)
        for (const struct table *const *t = i->part.tables; *t && (r->criteria || !i->of_criteria); t++)
            if (*t != &table_readme && *t != &table_conclusion && (!(*t)->there || (*t)->there(&v, NULL)))
                hears->table(hears->self, &v, *t, NULL);
}

/* The sheet that begins with this item, of those of its parts that are there; returns where the next one begins. */
static const struct item *write_sheet(struct book *b, struct report *r, const struct item *i)
{
    struct book_part parts[ITEMS];
    size_t count = 0;
    do {
        if (!is_absent(r, i))
            parts[count++] = i->part;
        i++;
    } while (i < items + ITEMS && i->is_below);
    if (count > 0)
        book_parts(b, parts, count);
    return i;
}

static int write_xlsx(struct report *r, const char *path, struct err *e)
{
    struct book *b = NULL;
    int status = words_open(language_of(r->language), r->locale_directory, e);
    if (status == 0)
        status = book_open(path, r, &b, e);
    if (status != 0)
        return status;
    for (const struct item *i = items; i < items + ITEMS;) {
        bool is_criteria = i->part.name == WORD_SH_CRITERIA;
        i = write_sheet(b, r, i);
        if (is_criteria && r->beside_count > 0)
            book_table_beside(b, &table_list, WORD_SH_BESIDE, WORD_BESIDE_TEXT);
    }
    return book_close(&b, e);
}

const struct report_writer report_xlsx = {
    .name = "xlsx",
    .extension = "xlsx",
    .summary = "a spreadsheet: conclusion, list, matrix, every cell, times, causes, criteria, sources",
    .is_in_every_language = true,
    .is_drawn = true,
    .write = write_xlsx,
};
