/* Where the time of a transaction goes: a plot of means, medians with their intervals, and the host's share. */
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_budget(struct page *p)
{
    page_element(p, "p", "", WORD_BUDGET_INTRO);
    plot_budget(p);
    page_table(p, &table_budget_means, NULL, NULL);
    page_table(p, &table_budget, NULL, NULL);
    page_element(p, "p", "class=\"note\"", WORD_HOST_NOTE);
    page_table(p, &table_hosts, NULL, NULL);
}
