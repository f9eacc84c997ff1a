/* Failures: by stage and reader as a plot, by kind as a table, and cell by cell with the evidence. */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_failures(struct page *p)
{
    const struct findings *f = p->f;
    if (f->failure_count == 0) {
        page_element(p, "p", "", WORD_FAILURES_NONE);
    } else {
        page_element(p, "p", "", WORD_FAILURES_INTRO);
        page_element(p, "p", "class=\"note\"", WORD_INVALID_NOTE);
        plot_failures(p);
        page_table(p, &table_stages, NULL, NULL);
        page_table(p, &table_failures, NULL, NULL);
        page_trails(p);
    }
    if (f->failures_untold > 0) {
        PAGE_FILLED(p, "p", "", WORD_FAILURES_UNTOLD, number_count(f->failures_untold).text);
    }
}
