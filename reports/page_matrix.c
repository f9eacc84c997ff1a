/* The matrix: an overview of all verdicts, one table a condition and script, the readers' totals, and every
 * cell. */
#include "reports/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void symbol(struct page *p, enum verdict v)
{
    page_put(p, "<i class=\"");
    page_put(p, page_verdict_class(v));
    page_put(p, "\" title=\"");
    page_say(p, page_verdict(v));
    page_put(p, "\">");
    page_say(p, page_symbol(v));
    page_put(p, "</i>");
}

static void legend(struct page *p)
{
    static const enum verdict order[] = { VERDICT_COMPATIBLE,     VERDICT_INCOMPATIBLE,
                                          VERDICT_UNDECIDED,      VERDICT_UNDECIDED_INSTRUMENT,
                                          VERDICT_NOT_APPLICABLE, VERDICT_EXCLUDED };
    page_put(p, "<p class=\"legend\"><strong>");
    page_say(p, STR_LEGEND);
    page_put(p, "</strong> ");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        page_put(p, "<span>");
        symbol(p, order[i]);
        page_put(p, " ");
        page_say(p, page_verdict(order[i]));
        page_put(p, "</span> ");
    }
    page_put(p, "</p>\n");
}

static void reader_headers(struct page *p)
{
    page_put(p, "<thead><tr>");
    page_element(p, "th", "scope=\"col\"", STR_C_HANDSET);
    for (size_t r = 0; r < p->f->survey->reader_count; r++) {
        page_put(p, "<th scope=\"col\">");
        page_reader_unit(p, r);
        page_put(p, "</th>");
    }
    page_put(p, "</tr></thead>\n<tbody>\n");
}

static void row_header(struct page *p, size_t pair)
{
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, p->f->survey->pairs[pair].unit);
    page_put(p, "<small>");
    page_text(p, page_sim(p, pair));
    page_put(p, "</small></th>");
}

static void join(struct buf *b, const struct page *p, size_t count,
                 const char *(*name)(const struct page *, size_t))
{
    buf_init(b, 8192);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_text(b, string_text(STR_COMMA, p->language));
        buf_add_text(b, name(p, i));
    }
}

static void overview(struct page *p)
{
    const struct survey *s = p->f->survey;
    struct buf conditions, scripts;
    join(&conditions, p, s->condition_count, page_condition);
    join(&scripts, p, s->script_count, page_script);
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, STR_OVERVIEW_NOTE, conditions.data ? conditions.data : "", scripts.data ? scripts.data : "");
    page_put(p, "</p>\n");
    buf_add_format(&p->b, "<div class=\"wide\"><table class=\"overview\" style=\"--columns:%zu\">\n",
                   s->condition_count);
    page_caption(p, STR_OVERVIEW_CAPTION, (const char *const[]) { NULL });
    buf_free(&conditions);
    buf_free(&scripts);
    reader_headers(p);
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        row_header(p, pair);
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            page_put(p, "<td><span class=\"grid\">");
            for (size_t script = 0; script < s->script_count; script++)
                for (size_t condition = 0; condition < s->condition_count; condition++)
                    symbol(p, p->f->cells[survey_cell(s, pair, condition, reader, script)].verdict);
            page_put(p, "</span></td>");
        }
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

static void cell_title(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    PAGE_FILL(p, STR_CELL_TITLE, string_text(page_verdict(c->verdict), p->language),
              p->f->survey->pairs[c->pair].unit, page_cell_name(p, cell).text, page_u64(c->d).text,
              page_u64(c->n).text, page_interval(c->lower, c->upper).text, page_u64(c->invalid).text,
              page_u64(c->ok).text, page_u64(c->ok + c->fail + c->invalid_transactions).text);
}

static void matrix_cell(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    page_put(p, "<td class=\"");
    page_put(p, page_verdict_class(c->verdict));
    page_put(p, "\" title=\"");
    cell_title(p, cell);
    page_put(p, "\"><b>");
    page_say(p, page_symbol(c->verdict));
    page_put(p, "</b>");
    if (c->state == SURVEY_CELL_IN)
        buf_add_format(&p->b, " %u/%u<small>%.*s</small>", c->d, c->n,
                       (int)strcspn(page_interval(c->lower, c->upper).text, "%"),
                       page_interval(c->lower, c->upper).text);
    else
        page_element(p, "small", "", page_verdict(c->verdict));
    page_put(p, "</td>");
}

static void panel(struct page *p, size_t condition, size_t script)
{
    const struct survey *s = p->f->survey;
    size_t number = condition * s->script_count + script;
    buf_add_format(&p->b, "<input type=\"radio\" name=\"panel\" id=\"panel-%zu\"%s><label for=\"panel-%zu\">",
                   number, number == 0 ? " checked" : "", number);
    page_text(p, page_condition(p, condition));
    page_put(p, " · ");
    page_text(p, page_script(p, script));
    page_put(p, "</label>\n<div class=\"panel wide\"><table class=\"matrix\">\n");
    page_caption(p, STR_TAB_CAPTION,
                 (const char *const[]) { page_condition(p, condition), page_script(p, script), NULL });
    reader_headers(p);
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        row_header(p, pair);
        for (size_t reader = 0; reader < s->reader_count; reader++)
            matrix_cell(p, survey_cell(s, pair, condition, reader, script));
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

void page_readers(struct page *p)
{
    static const enum string_id columns[] = {
        STR_C_READER,     STR_V_COMPATIBLE,         STR_V_INCOMPATIBLE, STR_V_UNDECIDED,
        STR_C_PLACEMENTS, STR_C_INVALID_PLACEMENTS, STR_C_TRANSACTIONS, STR_C_FAILED,
    };
    page_put(p, "<div class=\"wide\"><table class=\"figures readers\">\n");
    page_caption(p, STR_READERS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->survey->reader_count; i++) {
        const struct findings_reader *r = &p->f->readers[i];
        const uint64_t values[] = { r->compatible, r->incompatible, r->undecided, r->placements,
                                    r->invalid,    r->transactions, r->failures };
        page_put(p, "<tr><th scope=\"row\">");
        page_reader_unit(p, i);
        page_put(p, "</th>");
        for (size_t j = 0; j < sizeof values / sizeof *values; j++)
            page_count(p, "td", "", values[j]);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
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

static void full_row(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    const struct survey *s = p->f->survey;
    page_put(p, "<tr>");
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
    page_value(p, "td", "", c->n > 0 ? page_interval(c->lower, c->upper).text : "");
    page_value(p, "td", "", c->missing ? page_u64(c->missing).text : "");
    page_put(p, "<td>");
    PAGE_FILL(p, STR_OF, page_u64(c->ok).text, page_u64(c->ok + c->fail + c->invalid_transactions).text);
    page_put(p, "</td>");
    quantile(p, &c->first_transaction.median);
    quantile(p, &c->first_transaction.p90);
    page_put(p, "</tr>\n");
}

static void full_table(struct page *p)
{
    static const enum string_id columns[] = {
        STR_C_HANDSET,       STR_C_SIM,   STR_C_READER, STR_C_CONDITION, STR_C_SCRIPT,  STR_C_VERDICT,
        STR_C_INVALID_DIRTY, STR_C_N,     STR_C_D,      STR_C_INVALID,   STR_C_ABORTED, STR_C_INTERVAL,
        STR_C_MISSING,       STR_C_OK_OF, STR_C_MEDIAN, STR_C_P90,
    };
    size_t shown = p->f->cell_count < PAGE_CELLS_MAX ? p->f->cell_count : PAGE_CELLS_MAX;
    page_put(p, "<details class=\"screen\"><summary>");
    PAGE_FILL(p, STR_FULL_TABLE, page_u64(p->f->cell_count).text);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures full\">\n");
    page_caption(p, STR_FULL_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t cell = 0; cell < shown; cell++)
        full_row(p, cell);
    page_put(p, "</tbody></table></div>\n");
    if (shown < p->f->cell_count) {
        page_put(p, "<p>");
        PAGE_FILL(p, STR_FULL_CUT, page_u64(shown).text, page_u64(p->f->cell_count).text);
        page_put(p, "</p>");
    }
    page_put(p, "</details>\n");
}

void page_matrix(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_heading(p, "matrix", STR_H_MATRIX);
    page_element(p, "p", "", STR_MATRIX_INTRO);
    legend(p);
    overview(p);
    page_put(p, "<fieldset class=\"tabs\"><legend>");
    page_say(p, STR_TABS);
    page_put(p, "</legend>\n");
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            panel(p, condition, script);
    page_put(p, "</fieldset>\n");
    page_readers(p);
    page_element(p, "p", "class=\"note\"", STR_RATIO_NOTE);
    full_table(p);
    page_put(p, "</section>\n");
}
