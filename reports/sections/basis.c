/* What the list rests on, for those who must answer for it: one page of short blocks, each of its own. */
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

#include <stdlib.h>

#define REASONS_MAX 10

static void block(struct page *p, const struct table *t)
{
    page_put(p, "<div class=\"block\">");
    page_table(p, t, NULL, NULL);
    page_put(p, "</div>\n");
}

/* ---- what was not tested ---- */

static void untested_row(struct page *p, enum word what, uint64_t count)
{
    if (count == 0)
        return;
    page_put(p, "<li>");
    page_say(p, what);
    page_say(p, WORD_COLON);
    page_number(p, count);
    page_put(p, "</li>\n");
}

static void reasons(struct page *p, enum survey_cell state)
{
    struct tally_reason *all = NULL;
    struct phrase hold;
    size_t count = 0;
    if (!tally_left_out(p->f, state, &all, &count))
        p->b.failed = true;
    for (size_t i = 0; i < count && i < REASONS_MAX; i++)
        if (all[i].reason)
            page_value(p, "li", "class=\"reason\"",
                       name_left_out(p->f->survey, all[i].cell, p->language, &hold));
    if (count > REASONS_MAX) {
        PAGE_FILLED(p, "li", "class=\"reason\"", WORD_IF_MORE, number_count(count - REASONS_MAX).text);
    }
    free(all);
}

static void not_testable(struct page *p)
{
    const struct assess_proposal *r = &p->r->assessment->proposal;
    for (size_t i = 0; i < r->range_count; i++) {
        if (r->ranges[i].testable)
            continue;
        PAGE_FILLED(p, "li", "", WORD_L_NOT_TESTABLE,
                    word_text(word_clause(r->ranges[i].clause), p->language));
    }
}

static void untested(struct page *p)
{
    const struct findings *f = p->f;
    const struct assessment *a = p->r->assessment;
    page_put(p, "<div class=\"block\">");
    page_element(p, "h3", "", WORD_B_UNTESTED);
    page_put(p, "<ul>\n");
    if (a->not_in_survey) {
        PAGE_FILLED(p, "li", "", WORD_L_NOT_IN_SURVEY, name_asked(a->not_in_survey, p->language));
    }
    not_testable(p);
    untested_row(p, WORD_NR_EXCLUDED, f->excluded);
    reasons(p, SURVEY_CELL_EXCLUDED);
    untested_row(p, WORD_NR_NOT_APPLICABLE, f->not_applicable);
    reasons(p, SURVEY_CELL_NOT_APPLICABLE);
    untested_row(p, WORD_NR_UNDECIDED, f->undecided);
    untested_row(p, WORD_NR_NOT_PURSUED, f->not_pursued);
    untested_row(p, WORD_NR_INVALID, f->placements_invalid);
    page_element(p, "li", "", WORD_B_UNTESTED_OTHERS);
    page_put(p, "</ul><p class=\"note\"><a href=\"#not-run\">");
    page_say(p, WORD_H_NOT_RUN);
    page_put(p, "</a></p></div>\n");
}

/* ---- thresholds ---- */

static bool has_bounds(const struct assessment *a)
{
    for (size_t i = 0; i < a->scenario_count; i++)
        if (a->scenarios[i].what == WHAT_IF_BOUND)
            return true;
    return false;
}

static void thresholds(struct page *p)
{
    const struct assess_proposal *found = &p->r->assessment->proposal;
    if (found->range_count > 0) {
        page_put(p, "<div class=\"block\">");
        page_table(p, &table_thresholds, NULL, NULL);
        if (found->held_back_by_several > 0)
            PAGE_FILLED(p, "p", "class=\"note\"", WORD_B_HOLDS_NOTE, number_count(found->held_back).text,
                        number_count(found->held_back_by_several).text);
        else if (found->held_back > 0)
            PAGE_FILLED(p, "p", "class=\"note\"", WORD_B_HOLDS_EACH, number_count(found->held_back).text);
        page_put(p, "</div>\n");
    }
    if (has_bounds(p->r->assessment))
        block(p, &table_bounds);
}

/* ---- what if ---- */

static void unchanged(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    struct buf names;
    buf_init(&names, 1u << 16);
    for (size_t i = 0; i < a->scenario_count; i++) {
        const struct assess_scenario *s = &a->scenarios[i];
        if (s->what == WHAT_IF_BOUND || s->changed > 0)
            continue;
        buf_add_text(&names, names.length ? word_text(WORD_LIST_SEPARATOR, p->language) : "");
        buf_add_text(&names, name_scenario(a, s, p->language).text);
    }
    if (names.length > 0 && !names.failed) {
        PAGE_FILLED(p, "p", "class=\"note\"", WORD_IF_NOTHING, names.data);
    }
    buf_free(&names);
}

static void what_if(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    bool any = false;
    for (size_t i = 0; i < a->scenario_count; i++)
        any = any || a->scenarios[i].what != WHAT_IF_BOUND;
    if (!any)
        return;
    page_put(p, "<div class=\"block what-if\">");
    page_table(p, &table_what_if, NULL, NULL);
    unchanged(p);
    page_put(p, "</div>\n");
}

/* ---- what would have to be measured ---- */

static void open_pairs(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    page_put(p, "<div class=\"block open\">");
    if (a->open_pairs == 0) {
        page_element(p, "h3", "", WORD_B_OPEN);
        if (a->off_list > 0)
            PAGE_FILLED(p, "p", "", WORD_B_OPEN_OFF_LIST, number_count(a->off_list).text);
        if (a->off_list == 0 || a->counts[RECOMMENDATION_NOT_ENOUGH_DATA] > a->off_list)
            page_element(p, "p", "",
                         a->counts[RECOMMENDATION_NOT_ENOUGH_DATA] ? WORD_B_OPEN_UNTESTABLE
                                                                   : WORD_B_OPEN_NONE);
        page_put(p, "</div>\n");
        return;
    }
    page_table(p, &table_open, NULL, NULL);
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, WORD_B_OPEN_NOTE, number_count(a->open_pairs).text, number_count(a->open_count).text);
    page_put(p, "</p></div>\n");
}

/* In place of thresholds, what-ifs and the proposal's sensitivity. */
static void needs_matrix(struct page *p)
{
    page_put(p, "<div class=\"block\">");
    page_element(p, "h3", "", WORD_B_LIST_ONLY);
    page_element(p, "p", "class=\"finding\"", WORD_NEEDS_MATRIX);
    page_put(p, "</div>\n");
}

void page_basis(struct page *p)
{
    page_put(p, "<div class=\"blocks\">\n");
    if (p->r->assessment) {
        page_criteria(p);
        block(p, &table_bears);
        untested(p);
        if (findings_is_of_list(p->f))
            needs_matrix(p);
        else
            thresholds(p);
        what_if(p);
        open_pairs(p);
        page_proposal(p);
        page_invalid(p);
    }
    page_market(p);
    page_signature(p);
    page_put(p, "</div>\n");
    if (p->r->assessment)
        page_errors(p);
}
