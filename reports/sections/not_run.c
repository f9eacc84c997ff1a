/* What was not run, does not count or could not be read, with the reason: nothing is left out in silence. */
#include "reports/tables/not_run.h"

#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

#include <stdlib.h>

#define FAULTS_SHOWN 20

/* The lines of a run that was accepted as damaged. */
static void damaged(struct page *p)
{
    const struct journal_faults *all = &p->f->faults;
    struct phrase hold;
    if (all->kept == 0)
        return;
    page_put(p, "<details><summary>");
    page_say(p, WORD_DAMAGED_SUMMARY);
    page_put(p, "</summary><ul>");
    for (size_t i = 0; i < all->kept && i < FAULTS_SHOWN; i++)
        PAGE_FILLED(p, "li", "", WORD_DAMAGED_LINE, number_name(all->items[i].line).text,
                    phrase_said(&all->items[i].said, p->language, &hold));
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
