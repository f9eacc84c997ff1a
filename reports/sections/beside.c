/* The same run under other criteria: each with its clauses and its list, reasons and evidence as in the report's own. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"
#include "reports/words/signs.h"

#include <stdio.h>

static void list(struct page *p, size_t which)
{
    struct row group = table_first(NULL);
    while (list_group_next(p->r->assessment, &group)) {
        char class[64];
        const char *sign = sign_of_recommendation((enum recommendation)group.i)->class;
        snprintf(class, sizeof class, "beside-%zu-%s%s", which + 1, sign,
                 group.k == LIST_GREY ? "-grey" : "");
        page_table(p, &table_list, &group, class);
    }
}

void page_beside(struct page *p)
{
    struct report *own = p->r;
    if (own->beside_count == 0)
        return;
    page_element(p, "p", "", WORD_BESIDE_TEXT);
    page_table(p, &table_beside, NULL, NULL);
    for (size_t i = 0; i < own->beside_count; i++) {
        struct report one = report_beside(own, i);
        p->r = &one;
        page_put(p, "<div class=\"block beside\">");
        page_criteria_beside(p);
        list(p, i);
        page_put(p, "</div>\n");
        p->r = own;
    }
}
