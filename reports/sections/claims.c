/* What the profiles claim of the handsets, beside what they answered with. */
#include "harness/findings/time_budget.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_claims(struct page *p)
{
    struct budget_matches counts = budget_matches(p->f);
    page_element(p, "p", "", WORD_CLAIMS_INTRO);
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_CLAIMS_COUNTS, page_u64(counts.of[BUDGET_AGREES]).text,
              page_u64(counts.of[BUDGET_DIFFERS]).text, page_u64(counts.of[BUDGET_NOT_SEEN]).text);
    page_put(p, "</p>\n");
    if (!p->on_paper || counts.of[BUDGET_DIFFERS] > 0)
        page_table(p, &table_claims, NULL, NULL);
}
