/* What was run: the scheme in words, the particulars, units, conditions, scripts and files. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

void page_run(struct page *p)
{
    const struct scheme *c = &p->f->scheme;
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_SCHEME_TEXT, number_count(c->k).text, number_percent(c->q1, p->language).text,
              number_percent(c->q0, p->language).text, number_count(c->n_max).text);
    page_put(p, "</p>\n<p>");
    PAGE_FILL(p, WORD_SCHEME_RISK, number_percent(c->q1, p->language).text,
              number_percent(c->beta, p->language).text, number_percent(c->q0, p->language).text,
              number_percent(c->alpha, p->language).text, number_count(VERDICT_SESSIONS_NEEDED).text);
    if (c->rules != RULES_OF_0_4) {
        page_put(p, " ");
        page_say(p, WORD_SCHEME_SESSIONS);
    }
    page_put(p, "</p>\n");
    page_table(p, &table_run, NULL, NULL);
    page_table(p, &table_units, NULL, NULL);
    page_table(p, &table_conditions, NULL, NULL);
    page_table(p, &table_files, NULL, NULL);
}
