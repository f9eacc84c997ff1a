/*
 * The matrix: an overview of all verdicts, one table a condition and script, and the readers' totals. On paper every
 * verdict of a handset is in one row of the overview; counts and bounds are in a table a handset, as far as paper takes
 * them. All cells are in the page and the spreadsheet.
 */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"
#include "reports/words/signs.h"

static void join(struct buf *b, const struct page *p, size_t count,
                 struct phrase (*name)(const struct findings *, size_t, enum language))
{
    buf_init(b, 8192);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(b, i > 0 ? word_text(WORD_COMMA, p->language) : "");
        buf_add_text(b, name(p->f, i, p->language).text);
    }
}

static struct phrase script_name(const struct findings *f, size_t script, enum language language)
{
    return phrase_cut(name_script(f, script, language));
}

/* Which conditions and scripts the signs are of. */
static void signs_note(struct page *p, enum word id)
{
    struct buf conditions, scripts;
    join(&conditions, p, p->f->survey->condition_count, name_condition);
    join(&scripts, p, p->f->survey->script_count, script_name);
    PAGE_FILLED(p, "p", "class=\"note\"", id, buf_text(&conditions), buf_text(&scripts));
    buf_free(&conditions);
    buf_free(&scripts);
}

static void overview(struct page *p)
{
    struct view v = page_view(p);
    page_legend(p);
    if (overview_has_signs(&v))
        signs_note(p, WORD_OVERVIEW_NOTE);
    else if (p->on_paper)
        page_element(p, "p", "class=\"note\"", WORD_PAPER_TALLY);
    else
        signs_note(p, WORD_OVERVIEW_COUNTS);
    page_table(p, &table_overview, NULL, NULL);
}

static void totals(struct page *p)
{
    page_table(p, &table_readers, NULL, NULL);
    page_element(p, "p", "class=\"note\"", WORD_RATIO_NOTE);
}

/* Beyond what a page carries as markup: the script draws it from the data when it is first looked at. */
static void later_panel(struct page *p, const struct row *slice, size_t number)
{
    buf_add_format(
        &p->b,
        "<div class=\"panel wide later\" data-of=\"panel-%zu\" data-condition=\"%zu\" data-script=\"%zu\">",
        number, slice->condition, slice->script);
    page_element(p, "p", "class=\"note\"", WORD_PANEL_LATER);
    page_put(p, "</div>\n");
}

static void panel(struct page *p, size_t condition, size_t script)
{
    const struct survey *s = p->f->survey;
    size_t number = condition * s->script_count + script;
    struct row slice = table_first(NULL);
    slice.condition = condition;
    slice.script = script;
    buf_add_format(&p->b, "<input type=\"radio\" name=\"panel\" id=\"panel-%zu\"%s><label for=\"panel-%zu\">",
                   number, number == 0 ? " checked" : "", number);
    page_text(p, name_condition(p->f, condition, p->language).text);
    page_put(p, " · ");
    page_text(p, name_script(p->f, script, p->language));
    page_put(p, "</label>\n");
    if (!p->tables && (number + 1) * s->pair_count * s->reader_count > PAGE_CELLS_MAX) {
        later_panel(p, &slice, number);
        return;
    }
    page_put(p, "<div class=\"panel\">");
    page_table(p, &table_verdicts, &slice, "matrix");
    page_put(p, "</div>\n");
}

void page_matrix(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_element(p, "p", "", WORD_MATRIX_INTRO);
    plot_matrix(p);
    overview(p);
    page_put(p, "<fieldset class=\"tabs\"><legend>");
    page_say(p, WORD_TABS);
    page_put(p, "</legend>\n");
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            panel(p, condition, script);
    page_put(p, "</fieldset>\n");
    totals(p);
}

/* ---- on paper ---- */

void page_paper_overview(struct page *p)
{
    overview(p);
    totals(p);
    PAGE_FILLED(p, "p", "", WORD_PAPER_CELLS, number_count(p->f->cell_count).text);
}

static void handset_heading(struct page *p, size_t pair)
{
    enum recommendation r = assess_pair_of(p->r->assessment, pair)->recommendation;
    buf_add_format(&p->b, "<h3 id=\"handset-%zu\">", pair + 1);
    page_text(p, p->f->survey->pairs[pair].unit);
    page_put(p, " <small>");
    page_text(p, name_handset(p->f, pair).text);
    page_say(p, WORD_COMMA);
    page_text(p, name_sim(p->f, pair, p->language));
    page_put(p, "</small>");
    if (r != RECOMMENDATION_NONE) {
        page_put(p, " <span class=\"");
        page_put(p, sign_of_recommendation(r)->class);
        page_put(p, "\">");
        page_say(p, sign_of_recommendation(r)->name);
        page_put(p, "</span>");
    }
    page_put(p, "</h3>\n");
}

static void handset(struct page *p, const struct row *of, size_t rows)
{
    page_put(p, "<div class=\"handset\">\n");
    handset_heading(p, of->pair);
    if (rows > 0)
        page_table(p, &table_verdicts, of, "cells");
    else
        page_element(p, "p", "", WORD_PAPER_ALL_COMPATIBLE);
    page_put(p, "</div>\n");
}

void page_paper_handsets(struct page *p)
{
    const struct survey *s = p->f->survey;
    struct view v = page_view(p);
    struct row of = table_first(NULL);
    size_t shown = 0;
    page_element(p, "p", "", WORD_PAPER_HANDSETS_INTRO);
    if (verdicts_are_cut(&v)) {
        PAGE_FILLED(p, "p", "", WORD_PAPER_ONLY_TELLING, number_count(table_verdicts.count(&v, NULL)).text);
    }
    for (of.pair = 0; of.pair < s->pair_count; of.pair++) {
        size_t rows = table_length(&table_verdicts, &v, &of);
        if (shown > 0 && shown + rows > VERDICTS_ON_PAPER)
            break;
        handset(p, &of, rows);
        shown += rows;
    }
    if (of.pair < s->pair_count) {
        PAGE_FILLED(p, "p", "class=\"notice\"", WORD_PAPER_HANDSETS_CUT, number_count(of.pair).text,
                    number_count(s->pair_count).text);
    }
}
