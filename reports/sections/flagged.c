/* Outliers and impossible times, with the records that hold them: flagged, never dropped. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void cut(struct page *p, uint64_t shown, uint64_t all)
{
    if (shown == all)
        return;
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, WORD_FLAGGED_CUT, page_u64(shown).text, page_u64(all).text);
    page_put(p, "</p>\n");
}

void page_flagged(struct page *p)
{
    const struct findings *f = p->f;
    page_element(p, "p", "", WORD_FLAGGED_INTRO);
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_FLAGGED_COUNTS, page_u64(f->outlier_count).text, page_u64(f->impossible_count).text,
              page_u64(f->outlier_cells_small).text);
    page_put(p, "</p>\n");
    page_table(p, &table_flagged, NULL, NULL);
    if (f->outlier_count > 0)
        page_table(p, &table_outliers, NULL, NULL);
    cut(p, f->outlier_kept, f->outlier_count);
    if (f->impossible_count > 0)
        page_table(p, &table_impossible, NULL, NULL);
    cut(p, f->impossible_kept, f->impossible_count);
}
