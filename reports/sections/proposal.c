/* The proposal in sentences, what leans on placements that do not count, how much of the market is served,
 * and the lines to be signed, with what traces the paper to its journal. */
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"
#include "reports/tables/names.h"
#include "reports/tables/proposal_sentences.h"
#include "reports/tables/tables.h"

#define LEANING_MAX 20 /* handsets named; the rest is counted */

void page_proposal(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    if (findings_is_of_list(p->f))
        return;
    page_put(p, "<div class=\"block proposal\">");
    for (size_t i = 0; i < proposal_count(a); i++) {
        struct buf sentence;
        if (i == 0 || proposal_part(i) != proposal_part(i - 1)) {
            page_put(p, i ? "</ul>\n" : "");
            page_element(p, "h3", "", proposal_part_word(proposal_part(i)));
            page_put(p, "<ul>\n");
        }
        buf_init(&sentence, 1u << 16);
        proposal_add(&sentence, a, i, p->language);
        page_value(p, "li", "", buf_text(&sentence));
        buf_free(&sentence);
    }
    page_put(p, "</ul></div>\n");
}

/* Both ways of counting what the operator took out, where there is something and it makes a difference. */
static void other_way(struct page *p)
{
    const struct findings *f = p->f;
    struct tally_others others = tally_others(f);
    bool any = f->placements_excluded > 0 || f->placements_withdrawn > 0;
    if (!any || (others.invalid_as_dirty == 0 && others.without_withdrawn == 0))
        return;
    PAGE_FILLED(p, "p", "class=\"note\"", WORD_OTHER_WAY, number_count(f->placements_excluded).text,
                number_count(others.invalid_as_dirty).text, number_count(f->placements_withdrawn).text,
                number_count(others.without_withdrawn).text);
}

static void leaning(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    size_t count = 0;
    for (size_t i = 0; i < p->f->survey->pair_count; i++) {
        if (a->pairs[i].leans_on_invalid == 0)
            continue;
        if (count == 0) {
            page_put(p, "<p class=\"finding\">");
            page_say(p, WORD_B_LEANING);
        }
        if (count < LEANING_MAX) {
            page_say(p, count ? WORD_COMMA : WORD_COLON);
            PAGE_FILL(p, WORD_B_LEANING_ONE, p->f->survey->pairs[i].unit,
                      number_count(a->pairs[i].leans_on_invalid).text);
        }
        count++;
    }
    if (count > LEANING_MAX) {
        page_gap(p);
        PAGE_FILL(p, WORD_IF_MORE, number_count(count - LEANING_MAX).text);
    }
    if (count > 0)
        page_put(p, "</p>\n");
    else
        page_element(p, "p", "", WORD_B_LEANING_NONE);
}

void page_invalid(struct page *p)
{
    page_put(p, "<div class=\"block\">");
    page_element(p, "h3", "", WORD_B_INVALID);
    leaning(p);
    other_way(p);
    page_put(p, "</div>\n");
}

/* ---- the market ---- */

static void shares(struct page *p)
{
    const struct shares_use *s = &p->r->matrix->shares;
    page_put(p, "<p class=\"note\">");
    if (matrix_main_group(p->r->matrix)->required)
        PAGE_FILL(p, WORD_M_BRACKET_CRITERIA, number_percent(p->f->scheme.q0, p->language).text);
    else
        PAGE_FILL(p, WORD_M_BRACKET, number_percent(matrix_main_group(p->r->matrix)->bound, p->language).text,
                  number_percent(p->f->scheme.q0, p->language).text);
    page_gap(p);
    if (s->source == SHARES_UNKNOWN || s->source == SHARES_NONE)
        page_say(p, WORD_M_UNKNOWN);
    else if (s->source == SHARES_FILE)
        PAGE_FILL(p, WORD_M_FILE, p->r->matrix->shares_path, number_percent(s->tested, p->language).text);
    else
        PAGE_FILL(p, WORD_M_PROFILES, number_percent(s->tested, p->language).text);
    page_put(p, "</p>\n");
}

void page_lacking(struct page *p)
{
    const struct matrix_group *g = matrix_main_group(p->r->matrix);
    if (g->lacks)
        PAGE_FILLED(p, "p", "class=\"finding\"", WORD_M_LACKS, name_asked(g->lacks, p->language));
}

void page_market(struct page *p)
{
    struct row group = table_first(NULL);
    const struct matrix_group *g = p->r->matrix ? matrix_main_group(p->r->matrix) : NULL;
    page_put(p, "<div class=\"block\">");
    if (!g) {
        page_element(p, "h3", "", WORD_B_MARKET);
        page_value(p, "p", "", p->r->shares_misfit ? word_text(WORD_SHARES_MISFIT, p->language) : "");
        page_put(p, "</div>\n");
        return;
    }
    group.of = g;
    page_table(p, &table_served, &group, NULL);
    page_lacking(p);
    shares(p);
    page_put(p, "</div>\n");
}

/* ---- signatures and traces ---- */

void page_signature(struct page *p)
{
    if (p->on_paper) /* its first sheet is signed */
        return;
    page_put(p, "<div class=\"block signature\">");
    page_table(p, &table_signature, NULL, NULL);
    page_table(p, &table_traces, NULL, NULL);
    page_element(p, "p", "class=\"note\"", WORD_S_VERIFY);
    page_put(p, "</div>\n");
}
