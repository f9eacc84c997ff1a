/* What was not run, does not count or could not be read, with the reason: nothing is left out in silence. */
#include "reports/tables/not_run.h"

#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

#include <stdlib.h>

static void damaged(struct page *p)
{
    if (p->f->problem_count == 0)
        return;
    page_put(p, "<details><summary>");
    page_say(p, WORD_DAMAGED_SUMMARY);
    page_put(p, "</summary><ul>");
    for (size_t i = 0; i < p->f->problem_count; i++)
        page_value(p, "li", "lang=\"en\"", p->f->problems[i]);
    page_put(p, "</ul></details>\n");
}

void page_not_run(struct page *p)
{
    struct not_run not_run;
    struct row row = table_first(NULL);
    if (!not_run_make(p->f, &not_run))
        p->b.failed = true;
    row.of = &not_run;
    if (not_run.count > 0)
        page_table(p, &table_not_run, &row, NULL);
    else
        page_element(p, "p", "", WORD_NOT_RUN_NONE);
    page_table(p, &table_undecided, NULL, NULL);
    damaged(p);
    free(not_run.rows);
}
