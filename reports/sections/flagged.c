/* Outliers and impossible times, with the records that hold them: flagged, never dropped. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void cut(struct page *p, uint64_t shown, uint64_t all)
{
    if (shown == all)
        return;
    PAGE_FILLED(p, "p", "class=\"note\"", WORD_FLAGGED_CUT, number_count(shown).text, number_count(all).text);
}

void page_flagged(struct page *p)
{
    const struct findings *f = p->f;
    page_element(p, "p", "", WORD_FLAGGED_INTRO);
    PAGE_FILLED(p, "p", "", WORD_FLAGGED_COUNTS, number_count(f->outlier_count).text,
                number_count(f->impossible_count).text, number_count(f->outlier_cells_small).text);
    page_table(p, &table_flagged, NULL, NULL);
    if (f->outlier_count > 0)
        page_table(p, &table_outliers, NULL, NULL);
    cut(p, f->outlier_kept, f->outlier_count);
    if (f->impossible_count > 0)
        page_table(p, &table_impossible, NULL, NULL);
    cut(p, f->impossible_kept, f->impossible_count);
}
