/*
 * Every cell as one table. Without script it holds as many rows as a page may have, and says where the rest
 * is; with script it is filled from the data block, a page of rows at a time, filtered and sorted, and a cell
 * opens.
 */
#include "harness/findings/tally.h"
#include "reports/render/html.h"

static size_t rows_of(const struct page *p)
{
    return p->f->cell_count < PAGE_CELLS_MAX ? p->f->cell_count : PAGE_CELLS_MAX;
}

void page_cell_open(struct page *p, size_t cell)
{
    buf_add_format(&p->b, "<a data-cell=\"%zu\" href=\"#cell", cell);
    if (cell < rows_of(p))
        buf_add_format(&p->b, "-%zu\">", cell);
    else
        page_put(p, "s\">"); /* its row is not on the page; the section says where it is */
}

void page_cell_close(struct page *p)
{
    page_put(p, "</a>");
}

static void quantile(struct page *p, const struct findings_quantile *q)
{
    page_put(p, "<td>");
    if (q->has_value) {
        page_text(p, page_ms(q->value_us).text);
        page_put(p, " <small>");
        page_text(p, page_ms_interval(p, q).text);
        page_put(p, "</small>");
    }
    page_put(p, "</td>");
}

static void row(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    const struct survey *s = p->f->survey;
    buf_add_format(&p->b, "<tr id=\"cell-%zu\">", cell);
    page_value(p, "th", "scope=\"row\"", s->pairs[c->pair].unit);
    page_value(p, "td", "", page_sim(p, c->pair));
    page_value(p, "td", "", s->readers[c->reader].unit);
    page_value(p, "td", "", page_condition(p, c->condition));
    page_value(p, "td", "", page_script(p, c->script));
    page_put(p, "<td class=\"");
    page_put(p, page_verdict_class(c->verdict));
    page_put(p, "\">");
    page_say(p, page_symbol(c->verdict));
    page_put(p, " ");
    page_say(p, page_verdict(c->verdict));
    page_put(p, "</td>");
    if (c->verdict_invalid_as_dirty == c->verdict)
        page_put(p, "<td>=</td>");
    else
        page_element(p, "td", "", page_verdict(c->verdict_invalid_as_dirty));
    const uint64_t counts[] = { c->n, c->d, c->invalid, c->aborted };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        page_count(p, "td", "", counts[i]);
    page_value(p, "td", "", c->n > 0 ? page_interval(p, c->lower, c->upper).text : "");
    page_value(p, "td", "", c->missing ? page_u64(c->missing).text : "");
    page_put(p, "<td>");
    PAGE_FILL(p, WORD_OF, page_u64(c->ok).text, page_u64(tally_transactions(c)).text);
    page_put(p, "</td>");
    quantile(p, &c->first_transaction.median);
    quantile(p, &c->first_transaction.p90);
    page_put(p, "</tr>\n");
}

static void table(struct page *p)
{
    static const enum word columns[] = {
        WORD_C_HANDSET,       WORD_C_SIM,   WORD_C_READER, WORD_C_CONDITION, WORD_C_SCRIPT,  WORD_C_VERDICT,
        WORD_C_INVALID_DIRTY, WORD_C_N,     WORD_C_D,      WORD_C_INVALID,   WORD_C_ABORTED, WORD_C_INTERVAL,
        WORD_C_MISSING,       WORD_C_OK_OF, WORD_C_MEDIAN, WORD_C_P90,
    };
    page_put(p, "<details class=\"screen\" id=\"cells-all\"><summary>");
    PAGE_FILL(p, WORD_FULL_TABLE, page_u64(p->f->cell_count).text);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures full\" id=\"cells-table\">\n");
    page_caption(p, WORD_FULL_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t cell = 0; cell < rows_of(p); cell++)
        row(p, cell);
    page_put(p, "</tbody></table></div>\n</details>\n");
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

void page_cells(struct page *p)
{
    page_heading(p, "cells", WORD_H_CELLS);
    page_element(p, "p", "", WORD_CELLS_INTRO);
    filters(p);
    if (rows_of(p) < p->f->cell_count) {
        page_put(p, "<p class=\"without-script notice\">");
        PAGE_FILL(p, WORD_CELLS_CUT, page_u64(rows_of(p)).text, page_u64(p->f->cell_count).text);
        page_put(p, "</p>\n");
    }
    table(p);
    pager(p);
    page_put(p, "</section>\n");
    dialog(p);
    page_data(p);
}
