/* What was run: the scheme in words, the particulars, units, conditions, scripts and files. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_run(struct page *p)
{
    const struct scheme *c = &p->f->scheme;
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_SCHEME_TEXT, page_u64(c->k).text, page_percent(p, c->q1).text,
              page_percent(p, c->q0).text, page_u64(c->n_max).text);
    page_put(p, "</p>\n<p>");
    PAGE_FILL(p, WORD_SCHEME_RISK, page_percent(p, c->q1).text, page_percent(p, c->beta).text,
              page_percent(p, c->q0).text, page_percent(p, c->alpha).text,
              page_u64(VERDICT_SESSIONS_NEEDED).text);
    page_put(p, "</p>\n");
    page_table(p, &table_run, NULL, NULL);
    page_table(p, &table_units, NULL, NULL);
    page_table(p, &table_conditions, NULL, NULL);
    page_table(p, &table_files, NULL, NULL);
}
