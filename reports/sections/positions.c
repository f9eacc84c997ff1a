/* Where on the readers the handsets answer, from conditions that differ in position only. */
#include "harness/criteria/assessment.h"
#include "reports/plots/plot.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

static void counts(struct page *p, const struct position_offer *o)
{
    static const enum word columns[] = {
        WORD_C_CONDITION,    WORD_C_X,         WORD_C_Y, WORD_C_Z, WORD_C_READER, WORD_V_COMPATIBLE,
        WORD_V_INCOMPATIBLE, WORD_V_UNDECIDED, WORD_C_D, WORD_C_N
    };
    const struct survey *s = p->f->survey;
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < o->count; i++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            const struct survey_condition *c = &s->conditions[o->conditions[i]];
            struct position_count n = positions_count(p->f, reader, o->conditions[i]);
            page_put(p, "<tr>");
            page_value(p, "th", "scope=\"row\"", c->id);
            page_value(p, "td", "", page_real(c->x_mm).text);
            page_value(p, "td", "", page_real(c->y_mm).text);
            page_value(p, "td", "", page_real(c->z_mm).text);
            page_value(p, "td", "class=\"name\"", s->readers[reader].unit);
            page_count(p, "td", "", n.works);
            page_count(p, "td", "", n.fails);
            page_count(p, "td", "", n.open);
            page_count(p, "td", "", n.d);
            page_count(p, "td", "", n.n);
            page_put(p, "</tr>\n");
        }
    plot_numbers_close(p);
}

static void heights_of(struct page *p, const struct position_offer *o, size_t pair, size_t reader,
                       enum position_state state)
{
    bool any = false;
    page_put(p, "<td>");
    for (size_t i = 0; i < o->count; i++) {
        const struct survey_condition *c = &p->f->survey->conditions[o->conditions[i]];
        if (!positions_over_centre(c) || positions_state(p->f, pair, reader, o->conditions[i]) != state)
            continue;
        page_text(p, any ? word_text(WORD_LIST_SEPARATOR, p->language) : "");
        page_text(p, page_real(c->z_mm).text);
        any = true;
    }
    page_put(p, "</td>");
}

/* Behind the plot of heights: those at which a handset is what, in millimetres. */
static void heights(struct page *p, const struct position_offer *o, size_t reader)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_V_COMPATIBLE, WORD_V_INCOMPATIBLE,
                                         WORD_V_UNDECIDED };
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t pair = 0; pair < p->f->survey->pair_count; pair++) {
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", p->f->survey->pairs[pair].unit);
        heights_of(p, o, pair, reader, POSITION_WORKS);
        heights_of(p, o, pair, reader, POSITION_FAILS);
        heights_of(p, o, pair, reader, POSITION_OPEN);
        page_put(p, "</tr>\n");
    }
    plot_numbers_close(p);
}

/* What a handset shows on a reader: how many positions are what, and the widest silent run of heights. */
struct shown {
    struct position_count places;
    bool is_silent;
    double from_mm, to_mm;
};

static struct shown look(const struct page *p, const struct position_offer *o, size_t pair, size_t reader)
{
    struct shown v = { .places = positions_of_pair(p->f, o, pair, reader) };
    v.is_silent = o->has_heights && positions_silent(p->f, o, pair, reader, &v.from_mm, &v.to_mm);
    return v;
}

static void handset_row(struct page *p, const struct position_offer *o, size_t pair, size_t reader)
{
    const struct survey *s = p->f->survey;
    struct shown v = look(p, o, pair, reader);
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", s->pairs[pair].unit);
    page_value(p, "td", "class=\"name\"", s->readers[reader].unit);
    page_count(p, "td", "", v.places.works);
    page_count(p, "td", "", v.places.fails);
    page_count(p, "td", "", v.places.open);
    if (!o->has_heights)
        page_element(p, "td", "", WORD_HEIGHTS_NONE);
    else if (v.is_silent)
        page_value(p, "td", "",
                   PAGE_PLAIN(p, WORD_FROM_TO_MM, page_real(v.from_mm).text, page_real(v.to_mm).text).text);
    else
        page_element(p, "td", "", WORD_SILENT_NONE);
    page_put(p, "</tr>\n");
}

/* Paper has the rows that say where a handset is not heard, and of many the first. */
static bool stands_on_paper(const struct page *p, const struct position_offer *o, size_t pair, size_t reader)
{
    struct shown v = look(p, o, pair, reader);
    return v.places.fails > 0 || v.is_silent;
}

static void handsets(struct page *p, const struct position_offer *o)
{
    static const enum word columns[] = { WORD_C_HANDSET,      WORD_C_READER,    WORD_V_COMPATIBLE,
                                         WORD_V_INCOMPATIBLE, WORD_V_UNDECIDED, WORD_DEAD_ZONE };
    const struct survey *s = p->f->survey;
    size_t telling = 0;
    page_put(p, "<details><summary>");
    page_say(p, WORD_POSITIONS_HANDSETS);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_POSITIONS_HANDSETS, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            if (p->on_paper && (!stands_on_paper(p, o, pair, reader) || ++telling > PAGE_PAPER_ROWS_MAX))
                continue;
            handset_row(p, o, pair, reader);
        }
    page_put(p, "</tbody></table></div></details>\n");
    if (!p->on_paper)
        return;
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, WORD_PAPER_POSITIONS, page_u64(telling).text,
              page_u64(s->pair_count * s->reader_count).text);
    page_put(p, "</p>\n");
    page_list_cut(p, telling < PAGE_PAPER_ROWS_MAX ? telling : PAGE_PAPER_ROWS_MAX, telling);
}

/* What the criteria's rules of position make of it. */
static void rules(struct page *p)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_C_POINTS_FAILING, WORD_C_DEAD_ZONE };
    const struct assessment *a = p->r->assessment;
    const struct survey *s = p->f->survey;
    if (!a || (!assess_uses(a->criteria, ASSESS_FIVE_POINTS) && !assess_uses(a->criteria, ASSESS_HEIGHT)))
        return;
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_POSITION_RULES, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        const struct assess_pair *r = &a->pairs[pair];
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", s->pairs[pair].unit);
        page_value(p, "td", "",
                   r->points_failing == UINT_MAX ? word_text(WORD_NOT_KNOWN, p->language)
                                                 : page_u64(r->points_failing).text);
        page_value(p, "td", "",
                   isnan(r->dead_zone_mm) ? word_text(WORD_NOT_KNOWN, p->language)
                                          : page_real(r->dead_zone_mm).text);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

void page_positions(struct page *p)
{
    struct position_offer offers[SURVEY_CONDITIONS_MAX / 2];
    size_t count = positions_offers(p->f->survey, offers);
    page_heading(p, "positions", WORD_H_POSITIONS);
    if (count == 0)
        page_element(p, "p", "", WORD_POSITIONS_NONE);
    else
        page_element(p, "p", "", WORD_POSITIONS_INTRO);
    for (size_t i = 0; i < count; i++) {
        if (offers[i].has_points)
            plot_points(p, &offers[i]);
        for (size_t reader = 0; offers[i].has_heights && reader < p->f->survey->reader_count; reader++) {
            plot_heights(p, &offers[i], reader);
            heights(p, &offers[i], reader);
        }
        counts(p, &offers[i]);
        handsets(p, &offers[i]);
    }
    if (count > 0)
        rules(p);
    page_put(p, "</section>\n");
}
