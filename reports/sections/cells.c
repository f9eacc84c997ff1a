/*
 * Every cell as one table. Without script it holds as many rows as a page may have, and says where the rest
 * is; with script it is filled from the data block, a page of rows at a time, filtered and sorted, and a cell
 * opens.
 */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static size_t rows_of(const struct page *p)
{
    return p->f->cell_count < PAGE_CELLS_MAX ? p->f->cell_count : PAGE_CELLS_MAX;
}

static void table(struct page *p)
{
    page_put(p, "<details class=\"screen\" id=\"cells-all\"><summary>");
    PAGE_FILL(p, WORD_FULL_TABLE, number_count(p->f->cell_count).text);
    page_put(p, "</summary>\n");
    page_table(p, &table_cells, NULL, NULL);
    page_put(p, "</details>\n");
}

static void choice(struct page *p, const char *id, enum word name)
{
    buf_add_format(&p->b, "<span class=\"field\"><label for=\"filter-%s\">", id);
    page_say(p, name);
    buf_add_format(&p->b, "</label><select id=\"filter-%s\"><option value=\"\">", id);
    page_say(p, WORD_FILTER_ALL);
    page_put(p, "</option></select></span>\n");
}

/* Hidden until the script is there to answer. */
static void filters(struct page *p)
{
    page_put(p, "<div class=\"filters needs-script\" role=\"search\" aria-label=\"");
    page_say(p, WORD_FILTERS);
    page_put(p, "\" hidden>\n");
    choice(p, "reader", WORD_C_READER);
    choice(p, "handset", WORD_C_HANDSET);
    choice(p, "condition", WORD_C_CONDITION);
    choice(p, "script", WORD_C_SCRIPT);
    choice(p, "verdict", WORD_C_VERDICT);
    page_put(p, "<span class=\"field\"><label for=\"filter-text\">");
    page_say(p, WORD_FILTER_TEXT);
    page_put(p, "</label><input type=\"search\" id=\"filter-text\" autocomplete=\"off\" "
                "spellcheck=\"false\"></span>\n"
                "<button type=\"button\" id=\"filter-clear\">");
    page_say(p, WORD_FILTER_CLEAR);
    page_put(p, "</button>\n</div>\n"
                "<p class=\"needs-script note\" id=\"cells-count\" role=\"status\" hidden></p>\n");
}

static void pager(struct page *p)
{
    page_put(p, "<div class=\"pager needs-script\" role=\"group\" aria-label=\"");
    page_say(p, WORD_PAGER);
    page_put(p, "\" hidden><button type=\"button\" id=\"cells-before\">");
    page_say(p, WORD_PAGER_BEFORE);
    page_put(p, "</button> <span id=\"cells-page\" role=\"status\"></span> "
                "<button type=\"button\" id=\"cells-after\">");
    page_say(p, WORD_PAGER_AFTER);
    page_put(p, "</button></div>\n");
}

static void dialog(struct page *p)
{
    page_put(p, "<dialog id=\"cell\" aria-labelledby=\"cell-title\">\n"
                "<button type=\"button\" id=\"cell-close\">");
    page_say(p, WORD_CLOSE);
    page_put(p, "</button>\n<h3 id=\"cell-title\"></h3>\n<div id=\"cell-body\"></div>\n</dialog>\n");
}

/* Where the bytes are: in the capture beside the page, or how one is made. The script says it of each cell, too. */
static void exchanges(struct page *p)
{
    page_put(p, "<p class=\"note screen\">");
    if (p->r->capture_file) {
        page_put(p, "<a href=\"");
        page_text(p, p->r->capture_file);
        page_put(p, "\">");
        page_say(p, WORD_CELLS_CAPTURE);
        page_put(p, "</a>");
        page_gap(p);
        page_say(p, WORD_CELLS_FILTER);
    } else {
        page_say(p, WORD_CELLS_EXPORT);
    }
    page_put(p, "</p>\n");
}

void page_cells(struct page *p)
{
    page_element(p, "p", "", WORD_CELLS_INTRO);
    exchanges(p);
    filters(p);
    if (rows_of(p) < p->f->cell_count) {
        PAGE_FILLED(p, "p", "class=\"without-script notice\"", WORD_CELLS_CUT, number_count(rows_of(p)).text,
                    number_count(p->f->cell_count).text);
    }
    table(p);
    pager(p);
    dialog(p);
    if (!p->tables)
        page_data(p);
}
