/* What was not run, does not count or could not be read, with the reason: nothing is left out in silence. */
#include "harness/findings/tally.h"
#include "reports/render/html.h"

#include <stdlib.h>

#define UNDECIDED_OPEN 40 /* a list this short stands open */

static void row(struct page *p, enum word what, uint64_t count, const char *why)
{
    if (count == 0)
        return;
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", what);
    page_count(p, "td", "class=\"n\"", count);
    page_value(p, "td", "", why);
    page_put(p, "</tr>\n");
}

static void by_reason(struct page *p, enum survey_cell state, enum word what)
{
    struct tally_reason *reasons = NULL;
    struct phrase hold;
    size_t count = 0;
    if (!tally_left_out(p->f, state, &reasons, &count))
        p->b.failed = true;
    for (size_t i = 0; i < count; i++)
        row(p, what, reasons[i].cells,
            reasons[i].reason ? name_left_out(p->f->survey, reasons[i].cell, p->language, &hold)
                              : word_text(WORD_NO_REASON, p->language));
    free(reasons);
}

static void invalid_row(struct page *p)
{
    if (p->f->placements_invalid == 0)
        return;
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", WORD_NR_INVALID);
    page_count(p, "td", "class=\"n\"", p->f->placements_invalid);
    page_put(p, "<td>");
    PAGE_FILL(p, WORD_NR_INVALID_WHY, page_u64(tally_others(p->f).invalid_as_dirty).text);
    page_put(p, "</td></tr>\n");
}

static bool is_open(enum verdict v)
{
    return v == VERDICT_UNDECIDED || v == VERDICT_UNDECIDED_INSTRUMENT;
}

static void undecided_row(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", p->f->survey->pairs[c->pair].unit);
    page_value(p, "td", "", page_cell_name(p, cell).text);
    page_put(p, "<td>");
    page_evidence(p, cell);
    page_put(p, "</td><td>");
    if (c->verdict == VERDICT_UNDECIDED_INSTRUMENT)
        page_say(p, WORD_NEED_INSTRUMENT);
    else if (c->missing > 0)
        PAGE_FILL(p, WORD_MORE_CLEAN, page_u64(c->missing).text);
    else
        page_say(p, c->upper <= p->f->scheme.q1 ? WORD_MORE_SESSION : WORD_NO_CLEAN);
    page_put(p, "</td></tr>\n");
}

static void undecided(struct page *p)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_C_CELLS_ONE, WORD_C_EVIDENCE_ONE,
                                         WORD_C_NEEDED };
    size_t shown = 0, most = p->on_paper ? PAGE_PAPER_ROWS_MAX : PAGE_CELLS_MAX;
    if (p->f->undecided == 0)
        return;
    page_put(p, p->f->undecided <= UNDECIDED_OPEN ? "<details open><summary>" : "<details><summary>");
    PAGE_FILL(p, WORD_UNDECIDED_SUMMARY, page_u64(p->f->undecided).text);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"list\">\n");
    page_caption(p, WORD_UNDECIDED_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->cell_count && shown < most; i++)
        if (is_open(p->f->cells[i].verdict)) {
            undecided_row(p, i);
            shown++;
        }
    page_put(p, "</tbody></table></div>\n");
    page_list_cut(p, shown, p->f->undecided);
    page_put(p, "</details>\n");
}

static void damaged(struct page *p)
{
    if (p->f->problem_count == 0)
        return;
    page_put(p, "<details><summary>");
    page_say(p, WORD_DAMAGED_SUMMARY);
    page_put(p, "</summary><ul>");
    for (size_t i = 0; i < p->f->problem_count; i++)
        page_value(p, "li", "lang=\"en\"", p->f->problems[i]);
    page_put(p, "</ul></details>\n");
}

void page_not_run(struct page *p)
{
    static const enum word columns[] = { WORD_C_WHAT, WORD_C_COUNT, WORD_C_WHY };
    const struct findings *f = p->f;
    uint64_t all = f->excluded + f->not_applicable + f->undecided + f->placements_invalid +
                   f->placements_aborted + f->broken_off + f->damaged + f->torn;
    page_heading(p, "not-run", WORD_H_NOT_RUN);
    if (all == 0) {
        page_element(p, "p", "", WORD_NOT_RUN_NONE);
        page_put(p, "</section>\n");
        return;
    }
    page_put(p, "<table class=\"list\">\n");
    page_caption(p, WORD_NOT_RUN_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    by_reason(p, SURVEY_CELL_EXCLUDED, WORD_NR_EXCLUDED);
    by_reason(p, SURVEY_CELL_NOT_APPLICABLE, WORD_NR_NOT_APPLICABLE);
    row(p, WORD_NR_UNDECIDED, f->undecided, word_text(WORD_NR_UNDECIDED_WHY, p->language));
    invalid_row(p);
    row(p, WORD_NR_ABORTED, f->placements_aborted, word_text(WORD_NR_ABORTED_WHY, p->language));
    row(p, WORD_NR_BROKEN, f->broken_off, word_text(WORD_NR_BROKEN_WHY, p->language));
    row(p, WORD_NR_DAMAGED, f->damaged, word_text(WORD_NR_DAMAGED_WHY, p->language));
    row(p, WORD_NR_TORN, f->torn, word_text(WORD_NR_TORN_WHY, p->language));
    page_put(p, "</tbody></table>\n");
    undecided(p);
    damaged(p);
    page_put(p, "</section>\n");
}
