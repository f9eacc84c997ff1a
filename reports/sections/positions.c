/* Where on the readers the handsets answer, from conditions that differ in position only. */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void handsets(struct page *p, const struct row *offer)
{
    const struct survey *s = p->f->survey;
    const struct view paper = { p->r, p->language, FORM_PAPER };
    page_table(p, &table_position_handsets, offer, NULL);
    if (!p->on_paper)
        return;
    PAGE_FILLED(p, "p", "class=\"note\"", WORD_PAPER_POSITIONS,
                number_count(table_length(&table_position_handsets, &paper, offer)).text,
                number_count(s->pair_count * s->reader_count).text);
}

static void offer(struct page *p, const struct position_offer *o)
{
    struct row row = table_first(NULL);
    row.of = o;
    if (o->has_points)
        plot_points(p, o);
    for (size_t reader = 0; o->has_heights && reader < p->f->survey->reader_count; reader++) {
        struct row of_reader = row;
        of_reader.reader = reader;
        plot_heights(p, o, reader);
        page_table(p, &table_heights, &of_reader, NULL);
    }
    page_table(p, &table_positions, &row, NULL);
    handsets(p, &row);
}

void page_positions(struct page *p)
{
    struct position_offer offers[SURVEY_CONDITIONS_MAX / 2];
    size_t count = positions_offers(p->f->survey, offers);
    page_element(p, "p", "", count == 0 ? WORD_POSITIONS_NONE : WORD_POSITIONS_INTRO);
    for (size_t i = 0; i < count; i++)
        offer(p, &offers[i]);
    if (count > 0)
        page_table(p, &table_position_rules, NULL, NULL);
}
