/* Outliers and impossible times, with the records that hold them: flagged, never dropped. */
#include "reports/render/html.h"

#include <stdio.h>

static enum word advice(const struct findings_outlier *o)
{
    switch (o->place) {
    case FINDINGS_PLACE_ACTIVATE:
        return o->laid ? WORD_O_ACTIVATE_LAID : WORD_O_ACTIVATE;
    case FINDINGS_PLACE_EXCHANGES:
        return o->beyond_fwt ? WORD_O_BEYOND_FWT : o->laid ? WORD_O_EXCHANGES_LAID : WORD_O_EXCHANGES;
    case FINDINGS_PLACE_BETWEEN:
        return WORD_O_BETWEEN;
    case FINDINGS_PLACE_NONE:
        break;
    }
    return WORD_O_NOWHERE;
}

static void cell_columns(struct page *p, uint64_t line, size_t cell)
{
    page_put(p, "<tr>");
    page_name(p, "th", "scope=\"row\"", line);
    page_value(p, "td", "class=\"name\"", p->f->survey->pairs[p->f->cells[cell].pair].unit);
    page_value(p, "td", "class=\"name\"", page_cell_name(p, cell).text);
}

static void cut(struct page *p, uint64_t shown, uint64_t all)
{
    if (shown == all)
        return;
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, WORD_FLAGGED_CUT, page_u64(shown).text, page_u64(all).text);
    page_put(p, "</p>\n");
}

static void open_table(struct page *p, enum word caption, const enum word *columns, size_t count)
{
    page_put(p, "<details class=\"numbers\"><summary>");
    page_say(p, caption);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, caption, (const char *const[]) { NULL });
    page_headers(p, columns, count);
}

static void outliers(struct page *p)
{
    static const enum word columns[] = { WORD_C_LINE,    WORD_C_HANDSET,     WORD_C_CELLS_ONE,
                                         WORD_C_TIME_MS, WORD_C_CELL_MEDIAN, WORD_C_LOOK_AT };
    open_table(p, WORD_OUTLIERS_CAPTION, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->outlier_kept; i++) {
        const struct findings_outlier *o = &p->f->outliers[i];
        cell_columns(p, o->line, o->cell);
        page_value(p, "td", "", page_ms(o->us).text);
        page_value(p, "td", "", page_ms(o->cell_median_us).text);
        page_element(p, "td", "class=\"name long\"", advice(o));
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div></details>\n");
    cut(p, p->f->outlier_kept, p->f->outlier_count);
}

static void impossible(struct page *p)
{
    static const enum word columns[] = { WORD_C_LINE,    WORD_C_HANDSET, WORD_C_CELLS_ONE, WORD_C_EXCHANGE,
                                         WORD_C_TIME_MS, WORD_C_FLOOR,   WORD_C_RATE };
    open_table(p, WORD_IMPOSSIBLE_CAPTION, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->impossible_kept; i++) {
        const struct findings_impossible *o = &p->f->impossible[i];
        cell_columns(p, o->line, o->cell);
        page_name(p, "td", "", o->exchange);
        page_value(p, "td", "", page_ms(o->us).text);
        page_value(p, "td", "", page_ms(o->floor_us).text);
        page_count(p, "td", "", o->kbit_s);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div></details>\n");
    cut(p, p->f->impossible_kept, p->f->impossible_count);
}

static void by_reader(struct page *p)
{
    static const enum word columns[] = { WORD_C_READER, WORD_C_TRANSACTIONS, WORD_C_OUTLIERS,
                                         WORD_C_IMPOSSIBLE };
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_FLAGGED_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->survey->reader_count; i++) {
        page_put(p, "<tr><th scope=\"row\">");
        page_reader_unit(p, i);
        page_put(p, "</th>");
        page_count(p, "td", "", p->f->readers[i].transactions);
        page_count(p, "td", "", p->f->readers[i].outliers);
        page_count(p, "td", "", p->f->readers[i].impossible);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

void page_flagged(struct page *p)
{
    const struct findings *f = p->f;
    page_heading(p, "flagged", WORD_H_FLAGGED);
    page_element(p, "p", "", WORD_FLAGGED_INTRO);
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_FLAGGED_COUNTS, page_u64(f->outlier_count).text, page_u64(f->impossible_count).text,
              page_u64(f->outlier_cells_small).text);
    page_put(p, "</p>\n");
    by_reader(p);
    if (f->outlier_count > 0)
        outliers(p);
    if (f->impossible_count > 0)
        impossible(p);
    page_put(p, "</section>\n");
}
