/* What the procurement officer came for: the handsets by recommendation, each with the clause, the cell and
 * the records that decide. */
#include "reports/sections/sections.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/tables/why_sentences.h"
#include "reports/words/signs.h"

#define GREY      "grey" /* of the table of those that are shown above q0 only */
#define NAMES_MAX 24     /* handsets named in a tile; the rest is counted, and all stand in the table below */

/* Who they are, so that the answer stands at the top. Paper has the list itself on the same sheet. */
static void names(struct page *p, enum recommendation which, size_t count)
{
    size_t shown = 0;
    if (count == 0 || p->on_paper)
        return;
    page_put(p, "<small class=\"names screen\">");
    for (size_t i = 0; i < p->f->survey->pair_count && shown < NAMES_MAX; i++) {
        if (assess_pair_of(p->r->assessment, i)->recommendation != which)
            continue;
        struct buf name;
        buf_init(&name, 1u << 16);
        name_add_pair(&name, p->f, i, p->language);
        page_put(p, "<span>");
        page_text(p, buf_text(&name));
        buf_free(&name);
        page_text(p, ++shown < count ? word_text(WORD_COMMA, p->language) : "");
        page_put(p, p->language == LANGUAGE_JAPANESE ? "</span>" : "</span> ");
    }
    if (count > shown)
        PAGE_FILL(p, WORD_IF_MORE, number_count(count - shown).text);
    page_put(p, "</small>");
}

/* With a link to the first of its groups. */
static void tile_name(struct page *p, const struct sign *sign, const char *class, size_t count)
{
    page_put(p, "<strong>");
    if (count > 0) {
        page_put(p, "<a href=\"#list-");
        page_put(p, class);
        page_put(p, "\">");
    }
    page_say(p, sign->name);
    page_put(p, count > 0 ? "</a></strong>" : "</strong>");
}

/* How many of those not recommended are shown not to meet the criteria. */
static void refused(struct page *p, enum recommendation which)
{
    const struct assessment *a = p->r->assessment;
    const unsigned all = a->counts[RECOMMENDATION_NOT_RECOMMENDED];
    if (which != RECOMMENDATION_NOT_RECOMMENDED || all == 0 || p->on_paper)
        return;
    const struct assess_grey grey = assess_grey_of(a, CLAUSE_SUCCESS);
    PAGE_FILLED(p, "small", "class=\"screen\"", grey.mean > 0 ? WORD_TILE_REFUSED_TIERS : WORD_TILE_REFUSED,
                number_count(a->shown_not_to_meet).text, number_count(all - a->shown_not_to_meet).text,
                number_percent(grey.refuses, p->language).text);
}

/* How many of those without enough data are off the list all the same. */
static void off_list(struct page *p, enum recommendation which)
{
    const struct assessment *a = p->r->assessment;
    if (which == RECOMMENDATION_NOT_ENOUGH_DATA && a->off_list > 0)
        PAGE_FILLED(p, "small", "", WORD_TILE_OFF_LIST, number_count(a->off_list).text);
}

static void tile(struct page *p, enum recommendation which)
{
    const struct sign *sign = sign_of_recommendation(which);
    size_t count = p->r->assessment->counts[which];
    page_put(p, "<li class=\"");
    page_put(p, sign->class);
    page_put(p, "\"><span class=\"figure\">");
    page_number(p, count);
    page_put(p, "</span> ");
    bool grey = which == RECOMMENDATION_NOT_RECOMMENDED && p->r->assessment->shown_not_to_meet == 0;
    tile_name(p, sign, grey ? GREY : sign->class, count);
    page_element(p, "small", "", sign->meaning);
    refused(p, which);
    off_list(p, which);
    names(p, which, count);
    page_put(p, "</li>\n");
}

static void tiles(struct page *p)
{
    page_put(p, "<ul class=\"tiles\">\n");
    for (int r = RECOMMENDATION_NONE + 1; r < RECOMMENDATION_COUNT; r++)
        tile(p, (enum recommendation)r);
    page_put(p, "</ul>\n");
}

/* A reader that alone turns several handsets away is worth a look at the reader, so it is named. */
static void one_reader_only(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    struct buf b;
    if (p->f->survey->reader_count < 2 || a->failing_alone == 0)
        return;
    buf_init(&b, 8192);
    for (size_t r = 0; r < p->f->survey->reader_count; r++) {
        if (a->readers[r].alone == 0)
            continue;
        buf_add_text(&b, b.length > 0 ? word_text(WORD_COMMA, p->language) : "");
        buf_add_text(&b, PHRASE_FILL(WORD_ONE_READER_PAIRS, p->language,
                                     number_count(a->readers[r].alone).text, p->f->survey->readers[r].unit)
                             .text);
    }
    buf_add_char(&b, '\0');
    PAGE_FILLED(p, "p", "class=\"finding\"", WORD_ONE_READER_ONLY, number_count(a->failing_alone).text,
                number_count(a->counts[RECOMMENDATION_NOT_RECOMMENDED]).text, buf_text(&b));
    buf_free(&b);
}

static bool is_beside_a_refusal(const struct page *p, const struct matrix_association *a)
{
    for (size_t i = 0; i < p->f->survey->pair_count; i++)
        if (why_of_pair(p->r, i) == a)
            return true;
    return false;
}

/* What is said beside a refusal, once with the requirement that would follow. */
static void requirements(struct page *p)
{
    const struct matrix_group *g = p->r->matrix ? matrix_main_group(p->r->matrix) : NULL;
    for (size_t i = 0; g && i < g->association_count; i++) {
        const struct matrix_association *a = &g->associations[i];
        struct buf seen, follows;
        if (!matrix_says_association(a) || !is_beside_a_refusal(p, a))
            continue;
        buf_init(&seen, 1u << 16);
        buf_init(&follows, 1u << 16);
        why_add_association(&seen, p->r, a, p->language);
        why_add_requirement(&follows, p->r, g, a, p->language);
        PAGE_FILLED(p, "p", "class=\"finding\"", WORD_WHY_BOTH, buf_text(&seen), buf_text(&follows));
        buf_free(&seen);
        buf_free(&follows);
    }
}

void page_list(struct page *p)
{
    if (!p->r->assessment) {
        page_element(p, "p", "", WORD_NO_CRITERIA);
        return;
    }
    tiles(p);
    page_price(p, p->on_paper ? "class=\"note\"" : "class=\"note screen\"");
    one_reader_only(p);
    requirements(p);
    page_asked(p);
    struct row group = table_first(NULL);
    while (list_group_next(p->r->assessment, &group)) {
        const char *class = sign_of_recommendation((enum recommendation)group.i)->class;
        page_table(p, &table_list, &group, group.k == LIST_GREY ? GREY : class);
    }
    page_element(p, "p", "class=\"note\"", WORD_LIST_NOTE);
    page_element(p, "p", "class=\"note screen\"",
                 p->f->not_pursued > 0 ? WORD_LIST_CELLS_NOT_PURSUED : WORD_LIST_CELLS);
}
