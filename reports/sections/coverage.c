/* How much of the market each reader and each subset of readers is shown to serve. */
#include "reports/plots/plot.h"

#include <math.h>
#include <stdio.h>

#define SUBSETS_MAX 40 /* of one target; the rest is counted */

static const char *group_title(const struct page *p, const struct matrix_group *g)
{
    return g->required ? word_text(WORD_REQUIRED_CELLS, p->language) : g->name;
}

static void bracket_row(struct page *p, const struct matrix_reader *r, const struct matrix_bracket *b)
{
    if (r) {
        page_count(p, "td", "", r->works);
        page_count(p, "td", "", r->fails);
        page_count(p, "td", "", r->open);
    } else {
        page_put(p, "<td></td><td></td><td></td>");
    }
    page_value(p, "td", "", page_interval(p, b->lower, b->upper).text);
    if (r && r->claim_absent == 0 && r->claim_missing > 0)
        page_count(p, "td", "", r->claim_missing);
    else
        page_put(p, "<td>–</td>");
    page_put(p, "</tr>\n");
}

static const enum word columns[] = { WORD_C_READER,    WORD_V_COMPATIBLE, WORD_V_INCOMPATIBLE,
                                     WORD_V_UNDECIDED, WORD_C_MARKET,     WORD_C_CLAIM_MISSING };

static void brackets(struct page *p, const struct matrix_group *g)
{
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_MARKET_CAPTION, (const char *const[]) { group_title(p, g), NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++) {
        page_put(p, "<tr><th scope=\"row\">");
        page_reader_unit(p, reader);
        page_put(p, "</th>");
        bracket_row(p, &g->readers[reader], &g->readers[reader].market);
    }
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", WORD_EVERY_READER);
    bracket_row(p, NULL, &g->all_readers);
    page_put(p, "</tbody></table></div>\n");
}

/* ---- subsets ---- */

static void subsets(struct page *p, const struct matrix_group *g, const struct matrix_target *t)
{
    size_t shown = 0;
    if (t->size == 0) {
        page_element(p, "td", "class=\"name\"", WORD_SUBSETS_NONE);
        return;
    }
    page_put(p, "<td class=\"name\">");
    for (uint32_t subset = 1; subset < 1u << p->f->survey->reader_count && shown < SUBSETS_MAX; subset++) {
        char text[1024];
        if (!matrix_meets(g, t, subset))
            continue;
        matrix_subset_text(p->f, subset, text, sizeof text);
        page_value(p, "div", "", text);
        shown++;
    }
    if (shown < t->alike)
        PAGE_FILL(p, WORD_AND_MORE, page_u64(t->alike - shown).text);
    page_put(p, "</td>");
}

static void targets(struct page *p, const struct matrix_group *g)
{
    static const enum word heads[] = { WORD_C_TARGET, WORD_C_SMALLEST, WORD_C_SUBSETS };
    page_put(p, "<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, WORD_SUBSETS_CAPTION, (const char *const[]) { group_title(p, g), NULL });
    page_headers(p, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < MATRIX_TARGETS; i++) {
        const struct matrix_target *t = &g->targets[i];
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", page_percent(p, t->share).text);
        if (t->size > 0)
            page_count(p, "td", "", t->size);
        else
            page_put(p, "<td>–</td>");
        subsets(p, g, t);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

/* ---- alike handsets, and which to keep ---- */

static void patterns(struct page *p, const struct matrix_group *g)
{
    static const enum word heads[] = { WORD_C_PATTERN, WORD_C_HANDSETS };
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_PATTERNS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < g->pattern_count; i++) {
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\" class=\"hash\"", g->patterns[i].text);
        page_count(p, "td", "", g->patterns[i].count);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

static void regression(struct page *p, const struct matrix *m)
{
    page_put(p, "<p>");
    if (m->regression_count == 0) {
        page_say(p, WORD_REGRESSION_NONE);
    } else {
        PAGE_FILL(p, WORD_REGRESSION, page_u64(m->regression_count).text, page_u64(m->modes).text);
        for (size_t i = 0; i < m->regression_count; i++) {
            if (i > 0)
                page_say(p, WORD_COMMA);
            else
                page_gap(p);
            page_text(p, p->f->survey->pairs[m->regression[i]].unit);
        }
    }
    page_put(p, "</p>\n");
}

void page_coverage(struct page *p)
{
    const struct matrix *m = p->r->matrix;
    page_heading(p, "coverage", WORD_H_COVERAGE);
    if (!m || m->group_count == 0) {
        page_put(p, "<p>");
        PAGE_FILL(p, WORD_MATRIX_ABSENT,
                  p->r->shares_misfit ? word_text(WORD_SHARES_MISFIT, p->language) : "");
        page_put(p, "</p>\n</section>\n");
        return;
    }
    page_element(p, "p", "", WORD_COVERAGE_INTRO);
    page_put(p, "<p class=\"note\">");
    if (m->shares.source == SHARES_FILE)
        PAGE_FILL(p, WORD_SHARES_FILE, m->shares_path ? m->shares_path : "");
    else
        page_say(p, m->shares.source == SHARES_PROFILES ? WORD_SHARES_PROFILES : WORD_SHARES_UNKNOWN);
    page_put(p, "</p>\n");
    plot_market(p, &m->groups[0]);
    for (size_t i = 0; i < m->group_count; i++)
        brackets(p, &m->groups[i]);
    targets(p, &m->groups[0]);
    patterns(p, &m->groups[0]);
    regression(p, m);
    page_put(p, "</section>\n");
}
