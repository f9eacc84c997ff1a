/* Times: a distribution of first transactions a script, their quantiles beside it, those of all transactions
 * with intervals that count placements, and the same by step of the script. */
#include "harness/findings/time_budget.h"
#include "reports/plots/plot.h"

#define LEVELS 20 /* of a distribution in the numbers behind its plot: 5 %, 10 % .. 100 % */

static void quantile(struct page *p, const struct findings_quantile *q)
{
    page_value(p, "td", "", q->has_value ? page_ms(q->value_us).text : "");
    page_value(p, "td", "", q->has_value ? page_ms_interval(p, q).text : "");
}

static void row(struct page *p, size_t reader, size_t script)
{
    const struct findings_reader_script *r = &p->f->readers[reader].scripts[script];
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", page_script(p, script));
    page_put(p, "<td class=\"name\">");
    page_reader_unit(p, reader);
    page_put(p, "</td>");
    page_count(p, "td", "", r->times.n);
    quantile(p, &r->times.median);
    quantile(p, &r->times.p90);
    page_value(p, "td", "", r->times.n ? page_ms(r->times.max_us).text : "");
    page_count(p, "td", "", p->f->survey->scripts[script].time_limit_ms);
    page_put(p, "</tr>\n");
}

static void row_of_all(struct page *p, size_t reader, size_t script)
{
    const struct findings_times_all *t = &p->f->readers[reader].scripts[script].all;
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", page_script(p, script));
    page_put(p, "<td class=\"name\">");
    page_reader_unit(p, reader);
    page_put(p, "</td>");
    page_count(p, "td", "", t->n);
    page_count(p, "td", "", t->placements);
    quantile(p, &t->median.at);
    quantile(p, &t->p90.at);
    quantile(p, &t->p99.at);
    page_value(p, "td", "", t->n ? page_ms(t->max_us).text : "");
    page_count(p, "td", "", t->over_limit);
    page_put(p, "</tr>\n");
}

static void table_of_all(struct page *p)
{
    static const enum word columns[] = { WORD_C_SCRIPT, WORD_C_READER,     WORD_C_N,   WORD_C_PLACEMENTS,
                                         WORD_C_MEDIAN, WORD_C_INTERVAL95, WORD_C_P90, WORD_C_INTERVAL95,
                                         WORD_C_P99,    WORD_C_INTERVAL95, WORD_C_MAX, WORD_C_OVER_LIMIT };
    const struct survey *s = p->f->survey;
    page_element(p, "p", "", WORD_TIMES_ALL_INTRO);
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_TIMES_ALL_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            row_of_all(p, reader, script);
    page_put(p, "</tbody></table></div>\n");
}

static void level_cells(struct page *p, const struct findings_step *level)
{
    page_value(p, "td", "", page_percent(p, level->share).text);
    page_value(p, "td", "", page_ms(level->value_us).text);
    page_put(p, "</tr>\n");
}

/* The distribution behind a plot of first transactions, at twenty levels. */
static void levels(struct page *p, size_t script)
{
    static const enum word columns[] = { WORD_C_READER, WORD_C_SHARE, WORD_C_AT_MOST_MS };
    struct findings_step steps[LEVELS];
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t reader = 0; reader < p->f->survey->reader_count; reader++) {
        const struct findings_reader_script *r = &p->f->readers[reader].scripts[script];
        size_t count = r->first_count ? findings_steps(r->first_us, r->first_count, steps, LEVELS) : 0;
        for (size_t i = 0; i < count; i++) {
            page_put(p, "<tr>");
            page_value(p, "th", "scope=\"row\"", p->f->survey->readers[reader].unit);
            level_cells(p, &steps[i]);
        }
    }
    plot_numbers_close(p);
}

/* The same of each step. */
static void step_levels(struct page *p, size_t script)
{
    static const enum word columns[] = { WORD_C_STEP, WORD_C_READER, WORD_C_SHARE, WORD_C_AT_MOST_MS };
    const struct survey *s = p->f->survey;
    const struct script *loaded = &s->scripts_loaded[s->scripts[script].script];
    struct findings_step levels[LEVELS];
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t step = 0; step < loaded->step_count; step++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            const struct budget_step *m = &p->f->budget->readers[reader].scripts[script].steps[step];
            size_t count = budget_levels(m, levels, LEVELS);
            for (size_t i = 0; i < count; i++) {
                page_put(p, "<tr>");
                page_value(p, "th", "scope=\"row\"", loaded->steps[step].name);
                page_value(p, "td", "class=\"name\"", s->readers[reader].unit);
                level_cells(p, &levels[i]);
            }
        }
    plot_numbers_close(p);
}

static void step_row(struct page *p, size_t script, size_t step, size_t reader)
{
    const struct survey *s = p->f->survey;
    const struct budget_times *t = &p->f->budget->readers[reader].scripts[script].steps[step].times;
    if (t->n == 0)
        return;
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", s->scripts_loaded[s->scripts[script].script].steps[step].name);
    page_value(p, "td", "class=\"name\"", s->readers[reader].unit);
    page_count(p, "td", "", t->n);
    page_count(p, "td", "", t->placements);
    quantile(p, &t->median.at);
    quantile(p, &t->p90.at);
    page_value(p, "td", "", page_ms(t->max_us).text);
    page_put(p, "</tr>\n");
}

static void steps(struct page *p, size_t script)
{
    static const enum word columns[] = { WORD_C_STEP,       WORD_C_READER,     WORD_C_N,
                                         WORD_C_PLACEMENTS, WORD_C_MEDIAN,     WORD_C_INTERVAL95,
                                         WORD_C_P90,        WORD_C_INTERVAL95, WORD_C_MAX };
    const struct survey *s = p->f->survey;
    plot_steps(p, script);
    if (budget_stride(p->f, script) > 1) {
        page_put(p, "<p class=\"note\">");
        PAGE_FILL(p, WORD_STEPS_STRIDE, page_u64(budget_stride(p->f, script)).text);
        page_put(p, "</p>\n");
    }
    plot_numbers_open(p, columns, sizeof columns / sizeof *columns);
    for (size_t step = 0; step < s->scripts_loaded[s->scripts[script].script].step_count; step++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            step_row(p, script, step, reader);
    plot_numbers_close(p);
    plot_step_curves(p, script);
    step_levels(p, script);
}

void page_times(struct page *p)
{
    static const enum word columns[] = { WORD_C_SCRIPT,     WORD_C_READER,     WORD_C_N,
                                         WORD_C_MEDIAN,     WORD_C_INTERVAL95, WORD_C_P90,
                                         WORD_C_INTERVAL95, WORD_C_MAX,        WORD_C_LIMIT };
    const struct survey *s = p->f->survey;
    page_heading(p, "times", WORD_H_TIMES);
    page_element(p, "p", "", WORD_TIMES_INTRO);
    page_element(p, "p", "class=\"note\"", WORD_TIMES_POOLED);
    for (size_t script = 0; script < s->script_count; script++) {
        plot_times(p, script);
        levels(p, script);
    }
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_TIMES_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            row(p, reader, script);
    page_put(p, "</tbody></table></div>\n");
    table_of_all(p);
    page_element(p, "h3", "", WORD_H_STEPS);
    page_element(p, "p", "", WORD_STEPS_INTRO);
    for (size_t script = 0; script < s->script_count; script++)
        if (plot_has_steps(p, script))
            steps(p, script);
    page_put(p, "</section>\n");
}
