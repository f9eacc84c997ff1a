/* Under a scheme of two tiers: what is decided of each handset, its readers together, in words. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

void page_rows(struct page *p)
{
    const struct scheme *s = &p->f->scheme;
    if (!p->f->rows)
        return;
    PAGE_FILLED(p, "p", "", WORD_ROWS_INTRO, number_count(p->f->survey->reader_count).text,
                number_percent(s->mean, p->language).text, number_percent(s->q1, p->language).text,
                number_percent(s->q0, p->language).text);
    page_table(p, &table_rows, NULL, NULL);
}
