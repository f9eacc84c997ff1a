/* What the profiles claim of the handsets, beside what they answered with. */
#include "harness/findings/time_budget.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_claims(struct page *p)
{
    struct budget_matches counts = budget_matches(p->f);
    page_element(p, "p", "", WORD_CLAIMS_INTRO);
    PAGE_FILLED(p, "p", "", WORD_CLAIMS_COUNTS, number_count(counts.of[BUDGET_AGREES]).text,
                number_count(counts.of[BUDGET_DIFFERS]).text, number_count(counts.of[BUDGET_NOT_SEEN]).text);
    if (!p->on_paper || counts.of[BUDGET_DIFFERS] > 0)
        page_table(p, &table_claims, NULL, NULL);
}
