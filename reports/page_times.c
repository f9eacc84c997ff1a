/* Times: a distribution of first transactions a script, their quantiles beside it, and those of all
 * transactions with intervals that count placements. */
#include "reports/page.h"

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
    const struct findings_spread *t = &p->f->readers[reader].scripts[script].all;
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
    static const enum string_id columns[] = { STR_C_SCRIPT, STR_C_READER,     STR_C_N,   STR_C_PLACEMENTS,
                                              STR_C_MEDIAN, STR_C_INTERVAL95, STR_C_P90, STR_C_INTERVAL95,
                                              STR_C_P99,    STR_C_INTERVAL95, STR_C_MAX, STR_C_OVER_LIMIT };
    const struct survey *s = p->f->survey;
    page_element(p, "p", "", STR_TIMES_ALL_INTRO);
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, STR_TIMES_ALL_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            row_of_all(p, reader, script);
    page_put(p, "</tbody></table></div>\n");
}

void page_times(struct page *p)
{
    static const enum string_id columns[] = { STR_C_SCRIPT,     STR_C_READER,     STR_C_N,
                                              STR_C_MEDIAN,     STR_C_INTERVAL95, STR_C_P90,
                                              STR_C_INTERVAL95, STR_C_MAX,        STR_C_LIMIT };
    const struct survey *s = p->f->survey;
    page_heading(p, "times", STR_H_TIMES);
    page_element(p, "p", "", STR_TIMES_INTRO);
    page_element(p, "p", "class=\"note\"", STR_TIMES_POOLED);
    for (size_t script = 0; script < s->script_count; script++)
        plot_times(p, script);
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, STR_TIMES_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            row(p, reader, script);
    page_put(p, "</tbody></table></div>\n");
    table_of_all(p);
    page_put(p, "</section>\n");
}
