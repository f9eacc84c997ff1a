/*
 * The matrix on paper. Every verdict of a handset stands in one row of the overview; counts and intervals
 * stand in a table a handset, as far as paper takes them. All cells are in the HTML page and the spreadsheet.
 */
#include "harness/findings/tally.h"
#include "reports/render/html.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX                                                                                             \
    2500 /* of all handsets' tables: a row with six readers takes WeasyPrint about 9 ms and 230 kB */
#define COLUMNS_MAX 64 /* verdicts side by side in a row of the overview; more are counted instead */

static const struct {
    enum word name;
    const char *style;
} recommendations[] = {
    [RECOMMENDATION_NONE] = { WORD_NONE, "" },
    [RECOMMENDATION_RECOMMENDED] = { WORD_R_RECOMMENDED, "c" },
    [RECOMMENDATION_CONDITIONAL] = { WORD_R_CONDITIONAL, "t" },
    [RECOMMENDATION_NOT_RECOMMENDED] = { WORD_R_NOT_RECOMMENDED, "i" },
    [RECOMMENDATION_NOT_ENOUGH_DATA] = { WORD_R_NOT_ENOUGH_DATA, "u" },
};

static const struct findings_cell *cell_of(const struct page *p, size_t pair, size_t condition, size_t reader,
                                           size_t script)
{
    return &p->f->cells[survey_cell(p->f->survey, pair, condition, reader, script)];
}

static void reader_headers(struct page *p, enum word first)
{
    page_put(p, "<thead><tr>");
    page_element(p, "th", "scope=\"col\"", first);
    for (size_t r = 0; r < p->f->survey->reader_count; r++)
        page_value(p, "th", "scope=\"col\"", p->f->survey->readers[r].unit);
    page_put(p, "</tr></thead>\n<tbody>\n");
}

/* One line a script: a sign a condition. A box a run of like signs, because boxes are what costs. */
static void signs(struct page *p, size_t pair, size_t reader)
{
    const struct survey *s = p->f->survey;
    for (size_t script = 0; script < s->script_count; script++) {
        enum verdict open = VERDICT_COUNT;
        page_put(p, script > 0 ? "<br>" : "");
        for (size_t condition = 0; condition < s->condition_count; condition++) {
            enum verdict v = cell_of(p, pair, condition, reader, script)->verdict;
            if (v != open) {
                page_put(p, open == VERDICT_COUNT ? "<b class=\"" : "</b><b class=\"");
                page_put(p, page_verdict_class(v));
                page_put(p, "\">");
                open = v;
            }
            page_say(p, page_symbol(v));
        }
        page_put(p, "</b>");
    }
}

/* Too many conditions for a sign each: how many of each sign. */
static void tally(struct page *p, size_t pair, size_t reader)
{
    struct tally_verdicts count = tally_verdicts(p->f, pair, reader);
    for (size_t i = 0; i < PAGE_VERDICTS; i++) {
        if (count.of[page_verdicts[i]] == 0)
            continue;
        page_sign(p, page_verdicts[i]);
        page_put(p, " ");
        page_number(p, count.of[page_verdicts[i]]);
        page_put(p, " ");
    }
}

static void overview(struct page *p)
{
    const struct survey *s = p->f->survey;
    bool fits = s->condition_count * s->reader_count <= COLUMNS_MAX;
    if (fits)
        page_signs_note(p, WORD_OVERVIEW_NOTE);
    else
        page_element(p, "p", "class=\"note\"", WORD_PAPER_TALLY);
    page_put(p, "<table class=\"overview\">\n");
    page_caption(p, WORD_OVERVIEW_CAPTION, (const char *const[]) { NULL });
    reader_headers(p, WORD_C_HANDSET);
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        page_put(p, "<tr><th scope=\"row\">");
        page_text(p, s->pairs[pair].unit);
        page_put(p, "</th>");
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            page_put(p, fits ? "<td class=\"signs\">" : "<td>");
            (fits ? signs : tally)(p, pair, reader);
            page_put(p, "</td>");
        }
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table>\n");
}

static void where_all_cells_are(struct page *p)
{
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_PAPER_CELLS, page_u64(p->f->cell_count).text);
    page_put(p, "</p>\n");
}

void page_paper_overview(struct page *p)
{
    page_heading(p, "overview", WORD_H_PAPER_OVERVIEW);
    page_legend(p);
    overview(p);
    page_readers(p);
    page_element(p, "p", "class=\"note\"", WORD_RATIO_NOTE);
    where_all_cells_are(p);
    page_put(p, "</section>\n");
}

/* Whether a row says more than that all is well. */
static bool is_telling(const struct page *p, size_t pair, size_t condition, size_t script)
{
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++)
        if (cell_of(p, pair, condition, reader, script)->verdict != VERDICT_COMPATIBLE)
            return true;
    return false;
}

static size_t rows_of(const struct page *p, size_t pair, bool only_telling)
{
    const struct survey *s = p->f->survey;
    size_t rows = 0;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            rows += !only_telling || is_telling(p, pair, condition, script);
    return rows;
}

/* One run of text, no elements in it, because boxes are what costs; it may break only before the interval. */
static void cell(struct page *p, const struct findings_cell *c)
{
    page_put(p, "<td class=\"");
    page_put(p, page_verdict_class(c->verdict));
    page_put(p, "\">");
    page_say(p, page_symbol(c->verdict));
    page_put(p, "&nbsp;");
    if (c->state == SURVEY_CELL_IN) {
        struct phrase interval = page_interval(p, c->lower, c->upper);
        size_t comma = strcspn(interval.text, " "), end = strcspn(interval.text, "]") + 1;
        page_number(p, c->d);
        page_put(p, "/");
        page_number(p, c->n);
        buf_add_format(&p->b, " %.*s&nbsp;%.*s", (int)comma, interval.text, (int)(end - comma - 1),
                       interval.text + comma + 1);
    } else {
        page_say(p, page_verdict(c->verdict));
    }
    page_put(p, "</td>");
}

static void heading(struct page *p, size_t pair)
{
    enum recommendation r = assess_pair_of(p->r->assessment, pair)->recommendation;
    buf_add_format(&p->b, "<h3 id=\"handset-%zu\">", pair + 1);
    page_text(p, p->f->survey->pairs[pair].unit);
    page_put(p, " <small>");
    page_text(p, page_handset(p, pair).text);
    page_say(p, WORD_COMMA);
    page_text(p, page_sim(p, pair));
    page_put(p, "</small>");
    if (r != RECOMMENDATION_NONE) {
        page_put(p, " <span class=\"");
        page_put(p, recommendations[r].style);
        page_put(p, "\">");
        page_say(p, recommendations[r].name);
        page_put(p, "</span>");
    }
    page_put(p, "</h3>\n");
}

static void handset(struct page *p, size_t pair, bool only_telling)
{
    const struct survey *s = p->f->survey;
    page_put(p, "<div class=\"handset\">\n");
    heading(p, pair);
    if (rows_of(p, pair, only_telling) == 0) {
        page_element(p, "p", "", WORD_PAPER_ALL_COMPATIBLE);
        page_put(p, "</div>\n");
        return;
    }
    page_put(p, "<table class=\"cells\">\n");
    reader_headers(p, WORD_C_CONDITION);
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            if (only_telling && !is_telling(p, pair, condition, script))
                continue;
            page_put(p, "<tr><th scope=\"row\">");
            page_text(p, page_condition(p, condition));
            page_put(p, " · ");
            page_text(p, page_script(p, script));
            page_put(p, "</th>");
            for (size_t reader = 0; reader < s->reader_count; reader++)
                cell(p, cell_of(p, pair, condition, reader, script));
            page_put(p, "</tr>\n");
        }
    page_put(p, "</tbody></table>\n</div>\n");
}

void page_paper_handsets(struct page *p)
{
    const struct survey *s = p->f->survey;
    size_t all = s->pair_count * s->condition_count * s->script_count, shown = 0, pair = 0;
    bool only_telling = all > ROWS_MAX;
    page_heading(p, "handsets", WORD_H_PAPER_HANDSETS);
    page_element(p, "p", "", WORD_PAPER_HANDSETS_INTRO);
    if (only_telling) {
        page_put(p, "<p>");
        PAGE_FILL(p, WORD_PAPER_ONLY_TELLING, page_u64(all).text);
        page_put(p, "</p>\n");
    }
    for (; pair < s->pair_count && shown <= ROWS_MAX; pair++) {
        size_t rows = rows_of(p, pair, only_telling);
        if (shown > 0 && shown + rows > ROWS_MAX)
            break;
        handset(p, pair, only_telling);
        shown += rows;
    }
    if (pair < s->pair_count) {
        page_put(p, "<p class=\"notice\">");
        PAGE_FILL(p, WORD_PAPER_HANDSETS_CUT, page_u64(pair).text, page_u64(s->pair_count).text);
        page_put(p, "</p>\n");
    }
    page_put(p, "</section>\n");
}
