/* Verdicts as signs in a page: alone, as a field of links or of runs, and counted. */
#include "reports/render/html.h"
#include "reports/tables/table.h"
#include "reports/words/signs.h"

static void open_sign(struct page *p, const char *element, enum verdict v)
{
    page_put(p, element);
    page_put(p, sign_of_verdict(v)->class);
    page_put(p, "\">");
}

void page_symbol(struct page *p, enum verdict v)
{
    page_say(p, sign_of_verdict(v)->symbol);
}

void page_legend(struct page *p)
{
    page_put(p, "<p class=\"legend\"><strong>");
    page_say(p, WORD_LEGEND);
    page_put(p, "</strong> ");
    for (size_t i = 0; i < SIGNS; i++) {
        page_put(p, "<span>");
        open_sign(p, "<i class=\"", signs_listed[i]);
        page_symbol(p, signs_listed[i]);
        page_put(p, "</i> ");
        page_say(p, word_verdict(signs_listed[i]));
        page_put(p, "</span> ");
    }
    page_put(p, "</p>\n");
}

/* Links, but no stops of the Tab key: without script the tables below have those, with it arrow keys lead from one to
 * the next. */
static void link_to(struct page *p, size_t cell, enum verdict v)
{
    buf_add_format(&p->b, "<a data-cell=\"%zu\" href=\"#cell-%zu\" tabindex=\"-1\" class=\"%s\" title=\"",
                   cell, cell, sign_of_verdict(v)->class);
    page_say(p, word_verdict(v));
    page_put(p, "\">");
    page_symbol(p, v);
    page_put(p, "</a>");
}

static void field_of_links(struct page *p, size_t pair, size_t reader)
{
    const struct survey *s = p->f->survey;
    page_put(p, "<span class=\"grid\">");
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t condition = 0; condition < s->condition_count; condition++) {
            size_t cell = survey_cell(s, pair, condition, reader, script);
            link_to(p, cell, p->f->cells[cell].verdict);
        }
    page_put(p, "</span>");
}

/* A box a run of like signs, because boxes are what costs on paper. */
static void line_of_runs(struct page *p, size_t pair, size_t reader, size_t script)
{
    const struct survey *s = p->f->survey;
    enum verdict open = VERDICT_COUNT;
    for (size_t condition = 0; condition < s->condition_count; condition++) {
        enum verdict v = p->f->cells[survey_cell(s, pair, condition, reader, script)].verdict;
        if (v != open)
            open_sign(p, open == VERDICT_COUNT ? "<b class=\"" : "</b><b class=\"", v);
        open = v;
        page_symbol(p, v);
    }
    page_put(p, "</b>");
}

/* What the style sheet and the script have to know of fields. */
void page_fields(struct page *p)
{
    const struct survey *s = p->f->survey;
    buf_add_format(&p->b, " style=\"--columns:%zu\" data-across=\"%zu\" data-down=\"%zu\"",
                   s->condition_count, s->condition_count, s->script_count);
}

void page_signs(struct page *p, const struct value *value)
{
    if (!p->on_paper) {
        field_of_links(p, value->number, value->of);
        return;
    }
    for (size_t script = 0; script < p->f->survey->script_count; script++) {
        page_put(p, script > 0 ? "<br>" : "");
        line_of_runs(p, value->number, value->of, script);
    }
}

void page_tally(struct page *p, const struct value *value)
{
    for (size_t i = 0; i < SIGNS; i++) {
        if (value->lines[i] == 0)
            continue;
        open_sign(p, "<i class=\"", signs_listed[i]);
        page_symbol(p, signs_listed[i]);
        page_put(p, " ");
        page_number(p, value->lines[i]);
        page_put(p, "</i> ");
    }
}
