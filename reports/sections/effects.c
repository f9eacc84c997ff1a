/* Effects of readers and handsets, drift over the run, and pooled estimates beside the raw ones. */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"
#include "reports/tables/variance.h"

static void effects(struct page *p, const struct matrix *m)
{
    page_table(p, &table_effects, NULL, NULL);
    page_put(p, "<p>");
    if (m->has_icc)
        PAGE_FILL(p, WORD_ICC, number_fixed(m->icc, 3).text, number_count(m->icc_placements).text);
    else
        page_say(p, WORD_ICC_ABSENT);
    page_put(p, "</p>\n");
}

static void what_goes_with_failure(struct page *p)
{
    page_table(p, &table_why, NULL, NULL);
    page_element(p, "p", "class=\"note\"", WORD_WHY_NOTE);
}

/* For who chooses readers: in sentences, then in figures. */
static void gauge_study(struct page *p, const struct matrix *m)
{
    struct buf b;
    page_element(p, "h3", "", WORD_H_GAUGE);
    page_element(p, "p", "", WORD_GAUGE_INTRO);
    page_put(p, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < m->gauge_count; i++) {
        buf_init(&b, 1u << 16);
        variance_add_sentence(&b, p->r, &m->gauges[i], p->language);
        page_value(p, "li", "", buf_text(&b));
        buf_free(&b);
    }
    page_put(p, "</ul>\n");
    page_table(p, &table_variance, NULL, NULL);
    buf_init(&b, 1u << 16);
    variance_add_note(&b, p->r, p->language);
    page_value(p, "p", "class=\"note\"", buf_text(&b));
    buf_free(&b);
}

static void pooled(struct page *p, const struct matrix_group *g)
{
    struct row group = table_first(NULL);
    group.of = g;
    page_element(p, "h3", "", WORD_H_POOLED);
    page_element(p, "p", "", WORD_POOLED_INTRO);
    plot_pooled(p, g);
    page_table(p, &table_pooled_cells, &group, NULL);
    page_table(p, &table_pooled_readers, &group, NULL);
}

static void drift(struct page *p)
{
    page_element(p, "h3", "", WORD_H_DRIFT);
    if (p->f->drift_count == 0) {
        page_element(p, "p", "", WORD_DRIFT_NONE);
        return;
    }
    page_element(p, "p", "", WORD_DRIFT_INTRO);
    plot_drift(p);
    page_table(p, &table_drift, NULL, NULL);
    if (p->f->drift_small > 0) {
        PAGE_FILLED(p, "p", "class=\"note\"", WORD_DRIFT_SMALL, number_count(p->f->drift_small).text);
    }
}

void page_effects(struct page *p)
{
    const struct matrix *m = p->r->matrix;
    if (findings_is_of_list(p->f)) {
        page_element(p, "p", "class=\"finding\"", WORD_NEEDS_MATRIX);
    } else if (m) {
        page_element(p, "p", "", WORD_EFFECTS_INTRO);
        effects(p, m);
        what_goes_with_failure(p);
        gauge_study(p, m);
        if (m->group_count > 0)
            pooled(p, &m->groups[0]);
    } else {
        PAGE_FILLED(p, "p", "", WORD_MATRIX_ABSENT,
                    p->r->shares_misfit ? word_text(WORD_SHARES_MISFIT, p->language) : "");
    }
    drift(p);
}
