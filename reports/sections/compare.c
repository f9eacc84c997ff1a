/*
 * What is said about a comparison, around its tables (tables/compare.c): as a page. What else differs
 * comes first, then what changed, what only looks so, and what could not be seen. Rows are in the survey's order, never
 * in one of merit.
 */
#include "reports/sections/compare.h"

#include "reports/render/html.h"
#include "reports/sections/sections.h"
#include "reports/tables/compare.h"

#include <math.h>

static void title(struct page *p)
{
    page_say(p, WORD_CMP_KIND);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_CMP_TITLE, p->comparison->a->run, p->comparison->b->run);
}

static void run_line(struct page *p, const char *name, const struct findings *f)
{
    PAGE_FILL(p, WORD_CMP_RUN, name, f->run, f->survey->id, number_count(f->placements).text);
    page_say(p, WORD_COMMA);
    page_period(p, f->started, f->last_wall);
}

static void unfinished(struct page *p, const char *name, const struct findings *f)
{
    struct phrase hold;
    if (!f->finished)
        PAGE_FILLED(p, "p", "class=\"notice\"", WORD_CMP_UNFINISHED, name,
                    f->stop_reason ? phrase_said(f->stop_reason, p->language, &hold)
                                   : word_text(WORD_NO_STOP, p->language));
}

static void tile(struct page *p, const char *style, size_t count, enum word name)
{
    page_put(p, "<li class=\"");
    page_put(p, style);
    page_put(p, "\"><span class=\"figure\">");
    page_number(p, count);
    page_put(p, "</span> ");
    page_element(p, "strong", "", name);
}

static void tile_end(struct page *p, enum word meaning)
{
    page_element(p, "small", "", meaning);
    page_put(p, "</li>\n");
}

/* Of what they are. */
static void tile_of_units(struct page *p, const char *style, size_t count, enum word name,
                          enum compare_class class)
{
    const struct comparison *c = p->comparison;
    tile(p, style, count, name);
    PAGE_FILLED(p, "small", "", WORD_CMP_TS_OF, number_count(c->by[COMPARE_CELLS][class]).text,
                number_count(c->by[COMPARE_READERS][class]).text,
                number_count(c->by[COMPARE_HANDSETS][class]).text,
                number_count(c->by[COMPARE_PAIRS][class]).text);
    page_put(p, "</li>\n");
}

static void tiles(struct page *p)
{
    const struct comparison *c = p->comparison;
    const struct compare_boxes n = compare_boxes(c);
    page_put(p, "<ul class=\"tiles\">\n");
    tile_of_units(p, "i", n.worse, WORD_CMP_K_WORSE, COMPARE_WORSE);
    tile_of_units(p, "c", n.better, WORD_CMP_K_BETTER, COMPARE_BETTER);
    tile(p, "i", n.slower, WORD_CMP_K_SLOWER);
    tile_end(p, WORD_CMP_TS_TIMES);
    tile(p, "c", n.faster, WORD_CMP_K_FASTER);
    tile_end(p, WORD_CMP_TS_TIMES);
    tile(p, "t", n.differs, WORD_CMP_K_DIFFERS);
    tile_end(p, WORD_CMP_TS_DIFFERS);
    tile(p, "t", n.looks, WORD_CMP_T_LOOKS);
    if (c->looks_with_unit > 0)
        PAGE_FILLED(p, "small", "", WORD_CMP_TS_WITH_UNIT, number_count(c->looks_with_unit).text);
    tile_end(p, WORD_CMP_TS_LOOKS);
    tile(p, "u", n.no_change, WORD_CMP_K_NO_CHANGE);
    tile_end(p, WORD_CMP_TS_NONE);
    tile(p, "u", n.not_tested, WORD_CMP_K_NOT_TESTED);
    tile_end(p, WORD_CMP_TS_NOT_TESTED);
    page_put(p, "</ul>\n");
}

static const struct page_link links[] = {
    { "differences", WORD_CMP_H_DIFFERENCES },
    { "units", WORD_CMP_H_UNITS },
    { "cells", WORD_CMP_H_CELLS },
    { "times", WORD_SH_TIMES },
    { "power", WORD_CMP_H_POWER },
    { "left", WORD_CMP_H_LEFT },
};

/* Unless it has no rows. */
static void table(struct page *p, const struct table *t)
{
    const struct view v = { p->r, p->language, FORM_SCREEN, false };
    const struct row row = compare_whole(p->comparison);
    if (table_is_empty(t, &v, &row))
        return;
    page_put(p, "<div class=\"wide\">");
    page_table(p, t, &row, NULL);
    page_put(p, "</div>\n");
}

static void front(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_CMP_KIND);
    page_put(p, "</p>\n<h1>");
    PAGE_FILL(p, compare_answer(c), number_count(compare_changes(c)).text);
    page_put(p, "</h1>\n<p class=\"subtitle\">");
    run_line(p, "A", c->a);
    page_put(p, "<br>");
    run_line(p, "B", c->b);
    page_put(p, "</p>\n");
    page_banner(p, NULL);
    unfinished(p, "A", c->a);
    unfinished(p, "B", c->b);
    PAGE_FILLED(p, "p", "", c->by_session ? WORD_CMP_BASIS_SESSIONS : WORD_CMP_BASIS_DAYS,
                number_count(c->sessions_a).text, number_count(c->sessions_b).text, compare_basis(c).text);
    tiles(p);
    table(p, &table_shown);
    page_contents(p, links, sizeof links / sizeof *links);
    page_put(p, "</header>\n<main>\n");
}

static void differences(struct page *p)
{
    page_section(p, "differences", NULL, WORD_CMP_H_DIFFERENCES);
    page_element(p, "p", "",
                 p->comparison->difference_count ? WORD_CMP_DIFFERENCES_INTRO : WORD_CMP_DIFFERENCES_NONE);
    table(p, &table_differences);
    page_put(p, "</section>\n");
}

/* How many of them the table leaves out. */
static void quiet_ones(struct page *p, enum compare_kind kind, enum word caption)
{
    size_t quiet, all = compare_units(p->comparison, kind, &quiet);
    if (quiet == 0)
        return;
    page_put(p, "<p class=\"note\">");
    page_say(p, caption);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, p->comparison->units_tested ? WORD_CMP_QUIET : WORD_CMP_QUIET_UNTESTED,
              number_count(quiet).text, number_count(all).text);
    page_put(p, "</p>\n");
}

static void units(struct page *p)
{
    page_section(p, "units", NULL, WORD_CMP_H_UNITS);
    page_element(p, "p", "",
                 p->comparison->of_list         ? WORD_CMP_UNITS_OF_LIST
                 : !p->comparison->units_tested ? WORD_CMP_UNITS_UNTESTED
                 : p->comparison->by_session    ? WORD_CMP_UNITS_INTRO
                                                : WORD_CMP_UNITS_DAYS);
    table(p, &table_compared_readers);
    table(p, &table_compared_handsets);
    quiet_ones(p, COMPARE_HANDSET, WORD_CMP_HANDSETS_CAPTION);
    table(p, &table_compared_pairs);
    quiet_ones(p, COMPARE_PAIR, WORD_CMP_PAIRS_CAPTION);
    page_put(p, "</section>\n");
}

static void cells(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_section(p, "cells", NULL, WORD_CMP_H_CELLS);
    PAGE_FILLED(p, "p", "", WORD_CMP_CELLS_INTRO, number_percent(c->confidence, p->language).text,
                number_count(c->tests).text, number_percent(c->fdr, p->language).text);
    if (c->said == 0)
        page_element(p, "p", "", WORD_CMP_CELLS_NONE);
    table(p, &table_changed_cells);
    if (c->cell_count > c->said) { /* every cell, for who looks for one; not on paper */
        page_put(p, "<details class=\"screen\"><summary>");
        PAGE_FILL(p, WORD_CMP_ALL_SUMMARY, number_count(c->cell_count).text);
        page_put(p, "</summary>\n");
        table(p, &table_compared_cells);
        page_put(p, "</details>\n");
    }
    page_put(p, "</section>\n");
}

static void times(struct page *p)
{
    const struct comparison *c = p->comparison;
    const size_t *by = c->by[COMPARE_TIMES];
    page_section(p, "times", NULL, WORD_SH_TIMES);
    PAGE_FILLED(p, "p", "", c->by_session ? WORD_CMP_TIMES_INTRO : WORD_CMP_TIMES_DAYS,
                number_count(c->time_tests).text, number_percent(c->fdr, p->language).text);
    PAGE_FILLED(p, "p", "", WORD_CMP_TIMES_COUNTS, number_count(by[COMPARE_WORSE]).text,
                number_count(by[COMPARE_BETTER]).text,
                number_count(by[COMPARE_LOOKS_WORSE] + by[COMPARE_LOOKS_BETTER]).text,
                number_count(by[COMPARE_NO_CHANGE]).text, number_count(by[COMPARE_NOT_TESTED]).text);
    table(p, &table_changed_times);
    page_put(p, "</section>\n");
}

static struct phrase whole(double value)
{
    return number_fixed(ceil(value), 0);
}

static struct phrase open_points(double value)
{
    return number_fixed(ceil(1000.0 * value) / 10.0, 1);
}

static void power(struct page *p)
{
    const struct comparison *c = p->comparison;
    page_section(p, "power", NULL, WORD_CMP_H_POWER);
    if (!isnan(c->open_median))
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_OPEN, open_points(c->open_least).text,
                    open_points(c->open_most).text, open_points(c->open_median).text);
    if (c->blind > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_BLIND, number_count(c->blind).text);
    if (c->tests > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_ALONE, whole(c->cell_needs).text);
    if (!c->same_verdicts)
        page_element(p, "p", "", WORD_CMP_POWER_SCHEMES);
    else if (c->verdicts_changed > 0)
        PAGE_FILLED(p, "p", "", WORD_CMP_POWER_VERDICTS, number_count(c->verdicts_changed).text);
    page_element(p, "p", "", WORD_CMP_POWER_SESSIONS);
    page_put(p, "</section>\n");
}

static void left(struct page *p)
{
    page_section(p, "left", NULL, WORD_CMP_H_LEFT);
    page_element(p, "p", "", p->comparison->left_count ? WORD_CMP_LEFT_INTRO : WORD_CMP_LEFT_NONE);
    table(p, &table_not_compared);
    page_put(p, "</section>\n");
}

static void body(struct page *p)
{
    front(p);
    differences(p);
    units(p);
    cells(p);
    times(p);
    power(p);
    left(p);
    page_data(p);
}

static void foot(struct page *p)
{
    const struct comparison *c = p->comparison;
    PAGE_FILL(p, WORD_CMP_FOOTER, c->a->run, c->a->sha256, c->b->run, c->b->sha256,
              word_text(c->match == COMPARE_BY_UNIT ? WORD_CMP_BY_UNIT : WORD_CMP_BY_MODEL, p->language),
              number_percent(c->fdr, p->language).text);
}

int compare_html(const struct comparison *c, struct report *r, const char *path, struct err *e)
{
    static const struct page_content content = { title, NULL, { "differences", WORD_CMP_SKIP }, body, foot };
    return page_write(r, c, &content, path, e);
}
