/* Failures by stage and set of candidate causes. A set is shown as a set: its members are alternatives. */
#include "harness/findings/tally.h"
#include "reports/plots/plot.h"

#include <stdio.h>

static void causes(struct page *p, cause_set set)
{
    if (set == 0) {
        page_say(p, WORD_CAUSE_UNKNOWN);
        return;
    }
    page_put(p, "<ul class=\"causes\">");
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        const struct cause_row *row = set & CAUSE(n) ? cause_row(n) : NULL;
        const char *name = row ? (p->language == LANGUAGE_JAPANESE ? row->name_ja : row->name) : NULL;
        if (!name)
            continue;
        buf_add_format(&p->b, "<li><b>F%02u</b> ", n);
        page_text(p, name);
        page_put(p, "</li>");
    }
    page_put(p, "</ul>");
}

/* What the crossed design says about the cells that failed in this way. */
static void card_or_reader(struct page *p, const struct findings_failure *row)
{
    static const enum word names[] = { WORD_ANSWER_NONE, WORD_ANSWER_HANDSET, WORD_ANSWER_READER,
                                       WORD_ANSWER_COMBINATION, WORD_ANSWER_OPEN };
    struct causes_answers cells = causes_answers(p->r->causes, row);
    page_put(p, "<td class=\"name\">");
    const char *before = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (cells.of[i] == 0)
            continue;
        page_put(p, before);
        PAGE_FILL(p, names[i], page_u64(cells.of[i]).text);
        before = "<br>";
    }
    page_put(p, "</td>");
}

static void headers(struct page *p)
{
    static const enum word before[] = { WORD_C_STAGE, WORD_C_OUTCOME, WORD_C_CAUSES, WORD_C_DEPTH,
                                        WORD_C_ALL };
    page_put(p, "<thead><tr>");
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        page_element(p, "th", "scope=\"col\"", before[i]);
    for (size_t i = 0; i < p->f->survey->reader_count; i++)
        page_value(p, "th", "scope=\"col\"", p->f->survey->readers[i].unit);
    page_element(p, "th", "scope=\"col\"", WORD_C_CARD_OR_READER);
    page_element(p, "th", "scope=\"col\"", WORD_C_EXAMPLE);
    page_put(p, "</tr></thead>\n<tbody>\n");
}

static void row(struct page *p, const struct findings_failure *f)
{
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", page_stage(f->stage));
    page_element(p, "td", "class=\"name\"",
                 f->outcome == OUTCOME_INVALID ? WORD_OUTCOME_INVALID : WORD_OUTCOME_FAIL);
    page_put(p, "<td class=\"name\">");
    causes(p, f->causes);
    page_put(p, "</td><td class=\"name\">");
    page_text(p, name_depth(f->depth));
    page_value(p, "small", "", f->native);
    page_put(p, "</td>");
    page_count(p, "td", "class=\"total\"", f->count);
    for (size_t i = 0; i < p->f->survey->reader_count; i++)
        page_count(p, "td", f->by_reader[i] ? "" : "class=\"zero\"", f->by_reader[i]);
    card_or_reader(p, f);
    page_name(p, "td", "", f->example);
    page_put(p, "</tr>\n");
}

/* Behind the plot: failed transactions of each reader by the stage at which they ended. */
static void stages(struct page *p)
{
    enum word columns[1 + STAGE_COUNT] = { WORD_C_READER };
    int shown[STAGE_COUNT];
    size_t count = 0;
    for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++)
        if (plot_has_stage(p, (enum stage)stage)) {
            shown[count++] = stage;
            columns[count] = page_stage((enum stage)stage);
        }
    if (count == 0)
        return;
    plot_numbers_open(p, columns, 1 + count);
    for (size_t i = 0; i < p->f->survey->reader_count; i++) {
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", p->f->survey->readers[i].unit);
        for (size_t k = 0; k < count; k++)
            page_count(p, "td", "", p->f->readers[i].failures_by_stage[shown[k]]);
        page_put(p, "</tr>\n");
    }
    plot_numbers_close(p);
}

void page_failures(struct page *p)
{
    const struct findings *f = p->f;
    page_heading(p, "failures", WORD_H_FAILURES);
    if (f->failure_count == 0) {
        page_element(p, "p", "", WORD_FAILURES_NONE);
    } else {
        page_element(p, "p", "", WORD_FAILURES_INTRO);
        page_element(p, "p", "class=\"note\"", WORD_INVALID_NOTE);
        plot_failures(p);
        stages(p);
        page_put(p, "<div class=\"wide\"><table class=\"figures causes\">\n");
        page_caption(p, WORD_FAILURES_CAPTION, (const char *const[]) { NULL });
        headers(p);
        for (size_t i = 0; i < f->failure_count; i++)
            row(p, &f->failures[i]);
        page_put(p, "</tbody></table></div>\n");
        page_trails(p);
    }
    if (f->failures_untold > 0) {
        page_put(p, "<p>");
        PAGE_FILL(p, WORD_FAILURES_UNTOLD, page_u64(f->failures_untold).text);
        page_put(p, "</p>\n");
    }
    page_put(p, "</section>\n");
}
