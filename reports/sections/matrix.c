/* The matrix: an overview of all verdicts, one table a condition and script, and the readers'
 * totals. */
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void reader_headers(struct page *p)
{
    page_put(p, "<thead><tr>");
    page_element(p, "th", "scope=\"col\"", WORD_C_HANDSET);
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
    if (p->f->survey->sim_count > 1)
        page_value(p, "small", "", page_sim(p, pair));
    page_put(p, "</th>");
}

/* A symbol a cell while there are few; of many, how many have each verdict. */
static bool is_large(const struct page *p)
{
    return p->f->cell_count > PAGE_CELLS_MAX;
}

static void field_of_counts(struct page *p, size_t pair, size_t reader)
{
    struct tally_verdicts count = tally_verdicts(p->f, pair, reader);
    page_put(p, "<td class=\"counts\">");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (count.of[v] == 0)
            continue;
        page_put(p, "<i class=\"");
        page_put(p, page_verdict_class((enum verdict)v));
        page_put(p, "\">");
        page_say(p, page_symbol((enum verdict)v));
        page_put(p, " ");
        page_number(p, count.of[v]);
        page_put(p, "</i>");
    }
    page_put(p, "</td>");
}

/* Links, but no stops of the Tab key: without script the tables below have those, with it arrow keys lead
 * from one to the next. */
static void field(struct page *p, size_t pair, size_t reader)
{
    const struct survey *s = p->f->survey;
    page_put(p, "<td><span class=\"grid\">");
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t condition = 0; condition < s->condition_count; condition++) {
            size_t cell = survey_cell(s, pair, condition, reader, script);
            enum verdict v = p->f->cells[cell].verdict;
            buf_add_format(&p->b,
                           "<a data-cell=\"%zu\" href=\"#cell-%zu\" tabindex=\"-1\" class=\"%s\" title=\"",
                           cell, cell, page_verdict_class(v));
            page_say(p, page_verdict(v));
            page_put(p, "\">");
            page_say(p, page_symbol(v));
            page_put(p, "</a>");
        }
    page_put(p, "</span></td>");
}

static void overview(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_signs_note(p, is_large(p) ? WORD_OVERVIEW_COUNTS : WORD_OVERVIEW_NOTE);
    buf_add_format(
        &p->b,
        "<div class=\"wide\"><table class=\"overview\" style=\"--columns:%zu\" data-across=\"%zu\" "
        "data-down=\"%zu\">\n",
        s->condition_count, s->condition_count, s->script_count);
    page_caption(p, WORD_OVERVIEW_CAPTION, (const char *const[]) { NULL });
    reader_headers(p);
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        row_header(p, pair);
        for (size_t reader = 0; reader < s->reader_count; reader++)
            (is_large(p) ? field_of_counts : field)(p, pair, reader);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

static void cell_title(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    PAGE_FILL(p, WORD_CELL_TITLE, word_text(page_verdict(c->verdict), p->language),
              p->f->survey->pairs[c->pair].unit, page_cell_name(p, cell).text, page_u64(c->d).text,
              page_u64(c->n).text, page_interval(p, c->lower, c->upper).text, page_u64(c->invalid).text,
              page_u64(c->ok).text, page_u64(tally_transactions(c)).text);
}

/* "d/n" and the interval, whose percent the caption says. */
static void counts(struct page *p, const struct findings_cell *c)
{
    struct phrase interval = page_interval(p, c->lower, c->upper);
    interval.text[strcspn(interval.text, "]") + 1] = '\0';
    page_put(p, " ");
    page_number(p, c->d);
    page_put(p, "/");
    page_number(p, c->n);
    page_value(p, "small", "", interval.text);
}

static void matrix_cell(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    page_put(p, "<td class=\"");
    page_put(p, page_verdict_class(c->verdict));
    page_put(p, "\" title=\"");
    cell_title(p, cell);
    page_put(p, "\">");
    page_cell_open(p, cell);
    page_put(p, "<b>");
    page_say(p, page_symbol(c->verdict));
    page_put(p, "</b>");
    if (c->state == SURVEY_CELL_IN)
        counts(p, c);
    else
        page_element(p, "small", "", page_verdict(c->verdict));
    page_cell_close(p);
    page_put(p, "</td>");
}

/* Beyond what a page carries as markup: the script draws it from the data when it is first looked at. */
static void later_panel(struct page *p, size_t condition, size_t script, size_t number)
{
    buf_add_format(
        &p->b,
        "<div class=\"panel wide later\" data-of=\"panel-%zu\" data-condition=\"%zu\" data-script=\"%zu\">",
        number, condition, script);
    page_element(p, "p", "class=\"note\"", WORD_PANEL_LATER);
    page_put(p, "</div>\n");
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
    page_put(p, "</label>\n");
    if ((number + 1) * s->pair_count * s->reader_count > PAGE_CELLS_MAX) {
        later_panel(p, condition, script, number);
        return;
    }
    page_put(p, "<div class=\"panel wide\"><table class=\"matrix\">\n");
    page_caption(p, WORD_TAB_CAPTION,
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
    static const enum word columns[] = {
        WORD_C_READER,     WORD_V_COMPATIBLE,         WORD_V_INCOMPATIBLE, WORD_V_UNDECIDED,
        WORD_C_PLACEMENTS, WORD_C_INVALID_PLACEMENTS, WORD_C_TRANSACTIONS, WORD_C_FAILED,
    };
    page_put(p, "<div class=\"wide\"><table class=\"figures readers\">\n");
    page_caption(p, WORD_READERS_CAPTION, (const char *const[]) { NULL });
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

void page_matrix(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_element(p, "p", "", WORD_MATRIX_INTRO);
    plot_matrix(p);
    page_legend(p);
    overview(p);
    page_put(p, "<fieldset class=\"tabs\"><legend>");
    page_say(p, WORD_TABS);
    page_put(p, "</legend>\n");
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            panel(p, condition, script);
    page_put(p, "</fieldset>\n");
    page_readers(p);
    page_element(p, "p", "class=\"note\"", WORD_RATIO_NOTE);
}
