/* Where the time of a transaction goes: detection, activation, exchanges, and what the host takes of them. */
#include "harness/findings/time_budget.h"
#include "reports/plots/plot.h"

static void mean(struct page *p, double us, bool there)
{
    page_value(p, "td", "", there ? page_ms((uint64_t)(us + 0.5)).text : "–");
}

static void quantile(struct page *p, const struct budget_times *t)
{
    page_put(p, "<td>");
    if (t->n > 0) {
        page_text(p, page_ms(t->median.at.value_us).text);
        page_put(p, " <small>");
        page_text(p, page_ms_interval(p, &t->median.at).text);
        page_put(p, "</small>");
    } else {
        page_put(p, "–");
    }
    page_put(p, "</td>");
}

static void row_of_script(struct page *p, size_t script, size_t reader, bool medians)
{
    const struct budget_reader *r = &p->f->budget->readers[reader];
    const struct budget_script *m = &r->scripts[script];
    if (m->parts[BUDGET_TOTAL].n == 0)
        return;
    page_put(p, "<tr>");
    page_value(p, "th", "scope=\"row\"", page_script(p, script));
    page_value(p, "td", "class=\"name\"", p->f->survey->readers[reader].unit);
    page_count(p, "td", "", m->parts[BUDGET_TOTAL].n);
    page_value(p, "td", "", page_real(m->exchanges).text);
    for (int part = 0; part < BUDGET_PARTS; part++) {
        const struct budget_times *t = &m->parts[part];
        if (medians)
            quantile(p, t);
        else
            mean(p, t->mean_us, t->n > 0);
    }
    if (!medians)
        mean(p, m->host_us, r->host.from != BUDGET_HOST_NONE);
    page_put(p, "</tr>\n");
}

static void rows(struct page *p, bool medians)
{
    const struct survey *s = p->f->survey;
    for (size_t script = 0; script < s->script_count; script++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            row_of_script(p, script, reader, medians);
}

static const enum word columns[] = { WORD_C_SCRIPT,     WORD_C_READER,      WORD_C_N,
                                     WORD_C_EXCHANGES,  WORD_PART_ACTIVATE, WORD_PART_ALL_EXCHANGES,
                                     WORD_PART_BETWEEN, WORD_PART_TOTAL,    WORD_PART_WITHOUT_HOST,
                                     WORD_PART_HOST };
#define COLUMNS (sizeof columns / sizeof *columns)

static void host_words(struct page *p, const struct budget_host *h)
{
    switch (h->from) {
    case BUDGET_HOST_EXCHANGE:
        PAGE_FILL(p, WORD_HOST_EXCHANGE, number_name(h->line).text, page_ms(h->exchange_us).text,
                  page_ms(h->floor_us).text);
        break;
    case BUDGET_HOST_CALIBRATION:
        PAGE_FILL(p, WORD_HOST_CALIBRATION, number_name(h->line).text, h->what);
        break;
    case BUDGET_HOST_NONE:
        page_say(p, WORD_HOST_ABSENT);
        break;
    }
}

static void detection(struct page *p, const struct budget_reader *r)
{
    static const struct said several = { .text = "…" };
    page_count(p, "td", "", r->detect.n);
    if (r->detect.n == 0) {
        page_element(p, "td", "class=\"name\" colspan=\"4\"", WORD_DETECT_ABSENT);
        return;
    }
    page_value(p, "td", "", page_ms(r->detect.median.value_us).text);
    page_value(p, "td", "", page_ms_interval(p, &r->detect.median).text);
    page_value(p, "td", "", r->detect_quantum_us ? page_ms(r->detect_quantum_us).text : "–");
    page_said(p, "td", "class=\"name\"", r->detect_sources_differ ? &several : r->detect_source);
}

static void readers(struct page *p)
{
    static const enum word heads[] = { WORD_C_READER,   WORD_C_HOST_FLOOR,   WORD_C_HOST_FROM,
                                       WORD_C_DETECTED, WORD_C_DETECTION,    WORD_C_INTERVAL95,
                                       WORD_C_QUANTUM,  WORD_C_DETECT_SOURCE };
    page_put(p, "<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, WORD_HOST_CAPTION, (const char *const[]) { NULL });
    page_headers(p, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < p->f->survey->reader_count; i++) {
        const struct budget_reader *r = &p->f->budget->readers[i];
        page_put(p, "<tr><th scope=\"row\">");
        page_reader_unit(p, i);
        page_put(p, "</th>");
        page_value(p, "td", "", r->host.from ? page_ms(r->host.us).text : "–");
        page_put(p, "<td class=\"name\">");
        host_words(p, &r->host);
        page_put(p, "</td>");
        detection(p, r);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div>\n");
}

void page_budget(struct page *p)
{
    page_heading(p, "budget", WORD_H_BUDGET);
    page_element(p, "p", "", WORD_BUDGET_INTRO);
    plot_budget(p);
    plot_numbers_open(p, columns, COLUMNS);
    rows(p, false);
    plot_numbers_close(p);
    page_put(p, "<div class=\"wide\"><table class=\"figures\">\n");
    page_caption(p, WORD_BUDGET_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, COLUMNS - 1);
    rows(p, true);
    page_put(p, "</tbody></table></div>\n");
    page_element(p, "p", "class=\"note\"", WORD_HOST_NOTE);
    readers(p);
    page_put(p, "</section>\n");
}
