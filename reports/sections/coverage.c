/* How much of the market each reader and each subset of readers is shown to serve. */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void group_table(struct page *p, const struct table *t, const struct matrix_group *g)
{
    struct row group = table_first(NULL);
    group.of = g;
    page_table(p, t, &group, NULL);
}

static void regression(struct page *p, const struct matrix *m)
{
    page_put(p, "<p>");
    if (m->regression_count == 0) {
        page_say(p, WORD_REGRESSION_NONE);
    } else {
        PAGE_FILL(p, WORD_REGRESSION, number_count(m->regression_count).text, number_count(m->modes).text);
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
    if (!m || m->group_count == 0) {
        PAGE_FILLED(p, "p", "", WORD_MATRIX_ABSENT,
                    p->r->shares_misfit ? word_text(WORD_SHARES_MISFIT, p->language) : "");
        return;
    }
    if (m->groups[0].required)
        PAGE_FILLED(p, "p", "", WORD_COVERAGE_CRITERIA, number_percent(p->f->scheme.q0, p->language).text);
    else
        PAGE_FILLED(p, "p", "", WORD_COVERAGE_INTRO, number_percent(m->groups[0].bound, p->language).text,
                    number_percent(p->f->scheme.q0, p->language).text);
    page_lacking(p);
    page_put(p, "<p class=\"note\">");
    if (m->shares.source == SHARES_FILE)
        PAGE_FILL(p, WORD_SHARES_FILE, m->shares_path ? m->shares_path : "");
    else
        page_say(p, m->shares.source == SHARES_PROFILES ? WORD_SHARES_PROFILES : WORD_SHARES_UNKNOWN);
    if (m->shares.untested_rows > 0) {
        page_gap(p);
        PAGE_FILL(p, WORD_UNTESTED_ROWS, number_count(m->shares.untested_rows).text,
                  number_fixed(100 * m->shares.untested, 1).text, m->shares.first_untested);
    }
    page_put(p, "</p>\n");
    plot_market(p, &m->groups[0]);
    for (size_t i = 0; i < m->group_count; i++)
        group_table(p, &table_market, &m->groups[i]);
    group_table(p, &table_targets, &m->groups[0]);
    if (findings_is_of_list(p->f))
        page_element(p, "p", "class=\"finding\"", WORD_NEEDS_MATRIX);
    group_table(p, &table_patterns, &m->groups[0]);
    regression(p, m);
}
