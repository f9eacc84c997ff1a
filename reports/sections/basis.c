/* What the list rests on, for those who must answer for it: one page of short blocks, each of its own. */
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"

#include <math.h>
#include <stdlib.h>

#define NAMES_MAX   10 /* handsets named in one what-if; the rest is counted */
#define OPEN_MAX    30 /* handsets with open cells that are listed; the rest is counted */
#define REASONS_MAX 10

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
        page_put(p, "<li class=\"reason\">");
        PAGE_FILL(p, WORD_IF_MORE, page_u64(count - REASONS_MAX).text);
        page_put(p, "</li>\n");
    }
    free(all);
}

static void not_testable(struct page *p)
{
    const struct assess_proposal *r = &p->r->assessment->proposal;
    for (size_t i = 0; i < r->range_count; i++) {
        if (r->ranges[i].testable)
            continue;
        page_put(p, "<li>");
        PAGE_FILL(p, WORD_L_NOT_TESTABLE, word_text(page_clause(r->ranges[i].clause), p->language));
        page_put(p, "</li>\n");
    }
}

void page_untested(struct page *p)
{
    const struct findings *f = p->f;
    const struct assessment *a = p->r->assessment;
    page_put(p, "<div class=\"block\">");
    page_element(p, "h3", "", WORD_B_UNTESTED);
    page_put(p, "<ul>\n");
    if (a->not_in_survey) {
        page_put(p, "<li>");
        PAGE_FILL(p, WORD_L_NOT_IN_SURVEY, name_asked(a->not_in_survey, p->language));
        page_put(p, "</li>\n");
    }
    not_testable(p);
    untested_row(p, WORD_NR_EXCLUDED, f->excluded);
    reasons(p, SURVEY_CELL_EXCLUDED);
    untested_row(p, WORD_NR_NOT_APPLICABLE, f->not_applicable);
    reasons(p, SURVEY_CELL_NOT_APPLICABLE);
    untested_row(p, WORD_NR_UNDECIDED, f->undecided);
    untested_row(p, WORD_NR_INVALID, f->placements_invalid);
    page_element(p, "li", "", WORD_B_UNTESTED_OTHERS);
    page_put(p, "</ul><p class=\"note\"><a href=\"#not-run\">");
    page_say(p, WORD_H_NOT_RUN);
    page_put(p, "</a></p></div>\n");
}

/* ---- thresholds ---- */

static void range_value(struct page *p, const struct assess_range *r, double value)
{
    struct buf en, ja;
    buf_init(&en, 512);
    buf_init(&ja, 512);
    assess_add_value(p->r->assessment, r, value, &en, &ja);
    const struct buf *b = p->language == LANGUAGE_JAPANESE ? &ja : &en;
    page_text(p, b->data && !b->failed ? b->data : "");
    buf_free(&en);
    buf_free(&ja);
}

static void range_row(struct page *p, const struct assess_range *r)
{
    const struct survey *s = p->f->survey;
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", page_clause(r->clause));
    if (!r->testable) {
        page_put(p, "<td colspan=\"3\">");
        PAGE_FILL(p, WORD_L_NOT_TESTABLE, word_text(page_clause(r->clause), p->language));
        page_put(p, "</td></tr>\n");
        return;
    }
    page_put(p, "<td>");
    if (r->numeric)
        range_value(p, r, r->value);
    page_put(p, "</td><td>");
    if (r->numeric && isnan(r->changes_at)) {
        page_say(p, WORD_B_ANY_LOOSER);
    } else if (r->numeric) {
        range_value(p, r, r->changes_at);
        if (r->changes_pair < s->pair_count)
            page_value(p, "small", "", s->pairs[r->changes_pair].unit);
    }
    page_put(p, "</td>");
    page_count(p, "td", "class=\"n\"", r->holds_back);
    page_put(p, "</tr>\n");
}

static void ranges(struct page *p)
{
    static const enum word columns[] = { WORD_B_CLAUSE, WORD_B_IN_FORCE, WORD_B_CHANGES_AT,
                                         WORD_B_HOLDS_BACK };
    const struct assess_proposal *r = &p->r->assessment->proposal;
    if (r->range_count == 0)
        return;
    page_put(p, "<div class=\"block\"><table class=\"list unsorted\">\n");
    page_caption(p, WORD_B_THRESHOLDS, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < r->range_count; i++)
        range_row(p, &r->ranges[i]);
    page_put(p, "</tbody></table></div>\n");
}

static void counts(struct page *p, const unsigned *count)
{
    for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
        page_count(p, "td", "", count[r]);
}

static void list_headers(struct page *p, enum word first, enum word last)
{
    const enum word columns[] = { first, WORD_B_R, WORD_B_C, WORD_B_N, WORD_B_O, last };
    page_headers(p, columns, sizeof columns / sizeof *columns);
}

static void in_force(struct page *p)
{
    page_put(p, "<tr class=\"now\">");
    page_element(p, "th", "scope=\"row\"", WORD_B_AS_IN_FORCE);
    counts(p, p->r->assessment->counts);
    page_put(p, "<td>–</td></tr>\n");
}

/* The list under 5, 10 and 20 %. */
static void bounds(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    size_t known = 0;
    for (size_t i = 0; i < a->scenario_count; i++)
        known += a->scenarios[i].what == ASSESS_BOUND;
    if (known == 0)
        return;
    page_put(p, "<div class=\"block\"><table class=\"figures unsorted\">\n");
    page_caption(p, WORD_B_BOUNDS, (const char *const[]) { NULL });
    list_headers(p, WORD_B_BOUND, WORD_B_CHANGE);
    in_force(p);
    for (size_t i = 0; i < a->scenario_count; i++) {
        const struct assess_scenario *s = &a->scenarios[i];
        if (s->what != ASSESS_BOUND)
            continue;
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", page_percent(p, s->bound).text);
        counts(p, s->counts);
        page_count(p, "td", "", s->changed);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

void page_thresholds(struct page *p)
{
    ranges(p);
    bounds(p);
}

/* ---- what if ---- */

static struct phrase scenario_name(const struct page *p, const struct assess_scenario *s)
{
    return s->what == ASSESS_BOUND ? page_percent(p, s->bound)
                                   : name_scenario(p->r->assessment, s, p->language);
}

/* "Not recommended → Recommended: a, b, c" for one kind of change. */
static void changes_of(struct page *p, const struct assess_scenario *s, enum recommendation from,
                       enum recommendation to)
{
    const struct assessment *a = p->r->assessment;
    size_t count = 0;
    for (size_t i = 0; i < p->f->survey->pair_count; i++) {
        if (a->pairs[i].recommendation != from || s->recommendation[i] != to)
            continue;
        if (count == 0) {
            page_put(p, "<span class=\"change\"><b>");
            PAGE_FILL(p, WORD_IF_CHANGE, word_text(page_recommendation(from), p->language),
                      word_text(page_recommendation(to), p->language));
            page_put(p, "</b>");
        }
        if (count < NAMES_MAX) {
            page_say(p, count ? WORD_COMMA : WORD_COLON);
            page_text(p, p->f->survey->pairs[i].unit);
        }
        count++;
    }
    if (count > NAMES_MAX) {
        page_gap(p);
        PAGE_FILL(p, WORD_IF_MORE, page_u64(count - NAMES_MAX).text);
    }
    if (count > 0)
        page_put(p, "</span>");
}

static void scenario_row(struct page *p, const struct assess_scenario *s)
{
    page_put(p, s->what == ASSESS_ONLY ? "<tr class=\"only\">" : "<tr>");
    page_value(p, "th", "scope=\"row\"", scenario_name(p, s).text);
    counts(p, s->counts);
    page_put(p, "<td class=\"name\">");
    if (s->what == ASSESS_ONLY) /* a way to see what one reader tells, not a proposal: the number is enough */
        PAGE_FILL(p, WORD_IF_CHANGED, page_u64(s->changed).text);
    for (int from = RECOMMENDATION_RECOMMENDED;
         from <= RECOMMENDATION_NOT_ENOUGH_DATA && s->what != ASSESS_ONLY; from++)
        for (int to = RECOMMENDATION_RECOMMENDED; to <= RECOMMENDATION_NOT_ENOUGH_DATA; to++)
            if (from != to)
                changes_of(p, s, (enum recommendation)from, (enum recommendation)to);
    page_put(p, "</td></tr>\n");
}

static void unchanged(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    struct buf names;
    buf_init(&names, 1u << 16);
    for (size_t i = 0; i < a->scenario_count; i++) {
        const struct assess_scenario *s = &a->scenarios[i];
        if (s->what == ASSESS_BOUND || s->changed > 0)
            continue;
        buf_add_text(&names, names.length ? word_text(WORD_LIST_SEPARATOR, p->language) : "");
        buf_add_text(&names, scenario_name(p, s).text);
    }
    if (names.length > 0 && !names.failed) {
        page_put(p, "<p class=\"note\">");
        PAGE_FILL(p, WORD_IF_NOTHING, names.data);
        page_put(p, "</p>\n");
    }
    buf_free(&names);
}

void page_what_if(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    bool any = false;
    for (size_t i = 0; i < a->scenario_count; i++)
        any = any || a->scenarios[i].what != ASSESS_BOUND;
    if (!any)
        return;
    page_put(p, "<div class=\"block what-if\"><table class=\"figures unsorted\">\n");
    page_caption(p, WORD_B_WHAT_IF, (const char *const[]) { NULL });
    list_headers(p, WORD_B_CASE, WORD_B_WHO);
    in_force(p);
    for (size_t i = 0; i < a->scenario_count; i++)
        if (a->scenarios[i].what != ASSESS_BOUND && a->scenarios[i].changed > 0)
            scenario_row(p, &a->scenarios[i]);
    page_put(p, "</tbody></table>\n");
    unchanged(p);
    page_put(p, "</div>\n");
}

/* ---- what would have to be measured ---- */

static void open_row(struct page *p, size_t pair)
{
    const struct assessment *a = p->r->assessment;
    const struct assess_pair *one = &a->pairs[pair];
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", p->f->survey->pairs[pair].unit);
    page_count(p, "td", "class=\"n\"", one->open_count);
    page_put(p, "<td class=\"n\">");
    if (one->placements_missing > 0)
        page_number(p, one->placements_missing);
    else
        page_say(p, WORD_B_NO_NUMBER);
    page_put(p, "</td><td>");
    const struct assess_open *o = &a->open[one->open_begin];
    page_cell_open(p, o->cell);
    page_text(p, page_cell_name(p, o->cell).text);
    page_cell_close(p);
    page_put(p, "</td></tr>\n");
}

void page_open(struct page *p)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_B_OPEN_CELLS, WORD_B_MORE, WORD_B_FIRST_CELLS };
    const struct assessment *a = p->r->assessment;
    size_t shown = 0;
    page_put(p, "<div class=\"block open\">");
    if (a->open_pairs == 0) {
        page_element(p, "h3", "", WORD_B_OPEN);
        page_element(p, "p", "",
                     a->counts[RECOMMENDATION_NOT_ENOUGH_DATA] ? WORD_B_OPEN_UNTESTABLE : WORD_B_OPEN_NONE);
        page_put(p, "</div>\n");
        return;
    }
    page_put(p, "<table class=\"list unsorted\">\n");
    page_caption(p, WORD_B_OPEN, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->survey->pair_count && shown < OPEN_MAX; i++)
        if (a->pairs[i].open_count > 0) {
            open_row(p, i);
            shown++;
        }
    page_put(p, "</tbody></table>\n<p class=\"note\">");
    PAGE_FILL(p, WORD_B_OPEN_NOTE, page_u64(a->open_pairs).text, page_u64(a->open_count).text);
    page_put(p, "</p></div>\n");
}

void page_basis(struct page *p)
{
    page_put(p, "<div class=\"blocks\">\n");
    if (p->r->assessment) {
        page_criteria(p);
        page_untested(p);
        page_thresholds(p);
        page_what_if(p);
        page_open(p);
        page_proposal(p);
        page_invalid(p);
    }
    page_market(p);
    page_signature(p);
    page_put(p, "</div>\n");
}
