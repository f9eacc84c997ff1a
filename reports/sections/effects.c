/* Effects of readers and handsets, drift over the run, and pooled estimates beside the raw ones. */
#include "reports/plots/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CELLS_MAX 500 /* pooled cells on the page; `matrix --all` has them all */

static struct phrase p_value(double p)
{
    struct phrase v;
    if (isnan(p))
        snprintf(v.text, sizeof v.text, "–");
    else if (p < 0.001)
        snprintf(v.text, sizeof v.text, "< 0.001");
    else
        snprintf(v.text, sizeof v.text, "%.3f", p);
    return v;
}

static const char *group_name(const struct page *p, size_t group)
{
    const struct matrix *m = p->r->matrix;
    if (group == SIZE_MAX)
        return word_text(WORD_WHOLE_RUN, p->language);
    return m->groups[group].required ? word_text(WORD_REQUIRED_CELLS, p->language) : m->groups[group].name;
}

/* ---- effects ---- */

static enum word effect_name(enum matrix_what what)
{
    static const enum word names[] = {
        [MATRIX_EFFECT_NONE] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_READER] = WORD_EFFECT_READER,
        [MATRIX_EFFECT_HANDSET] = WORD_EFFECT_HANDSET,
        [MATRIX_EFFECT_CONDITION] = WORD_EFFECT_CONDITION,
        [MATRIX_EFFECT_HANDSET_ATTRIBUTE] = WORD_EFFECT_HANDSET_ATTRIBUTE,
        [MATRIX_EFFECT_READER_ATTRIBUTE] = WORD_EFFECT_READER_ATTRIBUTE,
    };
    return names[what];
}

static void effect_row(struct page *p, const struct matrix_effect *e)
{
    page_put(p, "<tr><th scope=\"row\">");
    page_say(p, effect_name(e->what));
    if (e->attribute)
        page_value(p, "small", "", name_fact(e->attribute, p->language));
    page_put(p, "</th>");
    page_value(p, "td", "class=\"name\"", group_name(p, e->group));
    if (e->result.possible) {
        page_value(p, "td", "", p_value(e->result.p).text);
        page_value(p, "td", "", p_value(e->holm).text);
        page_count(p, "td", "", e->result.permutations);
        page_element(p, "td", "class=\"name\"",
                     matrix_says_effect(e) ? WORD_EFFECT_SHOWN : WORD_EFFECT_NOT_SHOWN);
    } else {
        page_element(p, "td", "class=\"name\" colspan=\"4\"", WORD_EFFECT_NOT_TESTABLE);
    }
    page_put(p, "</tr>\n");
}

static void effects(struct page *p, const struct matrix *m)
{
    static const enum word columns[] = { WORD_C_EFFECT, WORD_C_GROUP,        WORD_C_P,
                                         WORD_C_P_HOLM, WORD_C_PERMUTATIONS, WORD_C_SAYS };
    page_put(p, "<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, WORD_EFFECTS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < m->effect_count; i++)
        effect_row(p, &m->effects[i]);
    page_put(p, "</tbody></table></div>\n<p>");
    if (m->has_icc)
        PAGE_FILL(p, WORD_ICC, number_fixed(m->icc, 3).text, page_u64(m->icc_placements).text);
    else
        page_say(p, WORD_ICC_ABSENT);
    page_put(p, "</p>\n");
}

/* ---- pooled ---- */

static void pooled_reader(struct page *p, const struct matrix_group *g, size_t reader)
{
    const struct matrix_reader *r = &g->readers[reader];
    page_put(p, "<tr><th scope=\"row\">");
    page_reader_unit(p, reader);
    page_put(p, "</th>");
    page_count(p, "td", "", r->d);
    page_count(p, "td", "", r->n);
    page_value(p, "td", "", isnan(r->raw) ? "–" : page_share(p, r->raw).text);
    page_value(p, "td", "", isnan(r->pooled) ? "–" : page_share(p, r->pooled).text);
    page_put(p, "</tr>\n");
}

static void pooled_cells(struct page *p, const struct matrix_group *g)
{
    static const enum word columns[] = {
        WORD_C_HANDSET, WORD_C_CELLS_ONE,      WORD_C_D, WORD_C_N, WORD_C_INTERVAL,
        WORD_C_POOLED,  WORD_C_POOLED_INTERVAL
    };
    const struct survey *s = p->f->survey;
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < g->cell_count && i < CELLS_MAX; i++) {
        const struct matrix_cell *c = &g->cells[i];
        const struct findings_cell *cell = &p->f->cells[c->cell];
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", s->pairs[cell->pair].unit);
        page_value(p, "td", "class=\"name\"", page_cell_name(p, c->cell).text);
        page_count(p, "td", "", cell->d);
        page_count(p, "td", "", cell->n);
        page_value(p, "td", "", page_interval(p, cell->lower, cell->upper).text);
        page_value(p, "td", "", page_share(p, c->pooled.mean).text);
        page_value(p, "td", "", page_interval(p, c->pooled.lower, c->pooled.upper).text);
        page_put(p, "</tr>\n");
    }
    plot_numbers_close(p);
    if (g->cell_count > CELLS_MAX && !p->on_paper) {
        page_put(p, "<p class=\"note\">");
        PAGE_FILL(p, WORD_POOLED_CUT, page_u64(CELLS_MAX).text, page_u64(g->cell_count).text);
        page_put(p, "</p>\n");
    }
}

static void pooled(struct page *p, const struct matrix_group *g)
{
    static const enum word columns[] = { WORD_C_READER, WORD_C_D, WORD_C_N, WORD_C_RAW, WORD_C_POOLED };
    page_element(p, "h3", "", WORD_H_POOLED);
    page_element(p, "p", "", WORD_POOLED_INTRO);
    plot_pooled(p, g);
    pooled_cells(p, g);
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_POOLED_READERS, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++)
        pooled_reader(p, g, reader);
    page_put(p, "</tbody></table></div>\n");
}

/* ---- drift ---- */

static struct phrase percent_an_hour(double share)
{
    return isnan(share) ? phrase_cut("–") : number_signed(share * 100, 2);
}

static void drift_row(struct page *p, const struct findings_drift *d)
{
    struct phrase ends[2] = { percent_an_hour(d->low), percent_an_hour(d->high) };
    char interval[2 * PAGE_VALUE_BYTES];
    snprintf(interval, sizeof interval, "[%.20s, %.20s]", ends[0].text, ends[1].text);
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", p->f->survey->readers[d->reader].unit);
    page_value(p, "td", "class=\"name\"", page_script(p, d->script));
    page_name(p, "td", "", d->execution);
    page_name(p, "td", "", d->session);
    page_count(p, "td", "", d->placements);
    page_value(p, "td", "", percent_an_hour(d->per_hour).text);
    page_value(p, "td", "", interval);
    page_value(p, "td", "", p_value(d->p_adjusted).text);
    page_element(p, "td", "class=\"name\"",
                 d->drifts           ? WORD_DRIFTS
                 : d->autocorrelated ? WORD_AUTOCORRELATED
                                     : WORD_DRIFTS_NOT);
    page_put(p, "</tr>\n");
}

static void drift(struct page *p)
{
    static const enum word columns[] = { WORD_C_READER,     WORD_C_SCRIPT,     WORD_C_EXECUTION,
                                         WORD_C_SESSION,    WORD_C_PLACEMENTS, WORD_C_PER_HOUR,
                                         WORD_C_INTERVAL95, WORD_C_P_HOLM,     WORD_C_SAYS };
    page_element(p, "h3", "", WORD_H_DRIFT);
    if (p->f->drift_count == 0) {
        page_element(p, "p", "", WORD_DRIFT_NONE);
        return;
    }
    page_element(p, "p", "", WORD_DRIFT_INTRO);
    plot_drift(p);
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->drift_count; i++)
        drift_row(p, &p->f->drifts[i]);
    plot_numbers_close(p);
    if (p->f->drift_small > 0) {
        page_put(p, "<p class=\"note\">");
        PAGE_FILL(p, WORD_DRIFT_SMALL, page_u64(p->f->drift_small).text);
        page_put(p, "</p>\n");
    }
}

void page_effects(struct page *p)
{
    const struct matrix *m = p->r->matrix;
    page_heading(p, "effects", WORD_H_EFFECTS);
    if (m) {
        page_element(p, "p", "", WORD_EFFECTS_INTRO);
        effects(p, m);
        if (m->group_count > 0)
            pooled(p, &m->groups[0]);
    } else {
        page_put(p, "<p>");
        PAGE_FILL(p, WORD_MATRIX_ABSENT,
                  p->r->shares_misfit ? word_text(WORD_SHARES_MISFIT, p->language) : "");
        page_put(p, "</p>\n");
    }
    drift(p);
    page_put(p, "</section>\n");
}
