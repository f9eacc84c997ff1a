/* Health events of the instruments, and the few words that a reader of the page needs. */
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static void suspects(struct page *p)
{
    const struct view v = page_view(p);
    if (!table_is_empty(&table_suspect_price, &v, NULL)) {
        page_element(p, "p", "", WORD_SUSPECT_PRICE_INTRO);
        page_table(p, &table_suspect_price, NULL, NULL);
    }
    if (!table_is_empty(&table_attributed, &v, NULL)) {
        page_element(p, "p", "", WORD_ATTRIBUTED_INTRO);
        page_table(p, &table_attributed, NULL, NULL);
    }
}

void page_health(struct page *p)
{
    const struct findings *f = p->f;
    if (f->health_count == 0)
        page_element(p, "p", "", WORD_HEALTH_NONE);
    else
        page_table(p, &table_health, NULL, NULL);
    if (f->health_kept < f->health_count) {
        PAGE_FILLED(p, "p", "", WORD_HEALTH_CUT, number_count(f->health_kept).text,
                    number_count(f->health_count).text);
    }
    suspects(p);
    if (f->questions.count > 0)
        page_table(p, &table_questions, NULL, NULL);
    if (f->identities.count > 0)
        page_table(p, &table_identities, NULL, NULL);
}

void page_glossary(struct page *p)
{
    static const enum word words[][2] = {
        { WORD_G_PLACEMENT, WORD_G_PLACEMENT_TEXT },
        { WORD_G_TRANSACTION, WORD_G_TRANSACTION_TEXT },
        { WORD_G_DIRTY, WORD_G_DIRTY_TEXT },
        { WORD_G_CELL, WORD_G_CELL_TEXT },
        { WORD_G_BOUNDS, WORD_G_BOUNDS_TEXT },
        { WORD_G_SUSPECT, WORD_G_SUSPECT_TEXT },
        { WORD_V_UNDECIDED, WORD_G_UNDECIDED_TEXT },
        { WORD_V_REJECTED_SO_FAR, WORD_G_REJECTED_SO_FAR_TEXT },
        { WORD_V_NOT_PURSUED, WORD_G_NOT_PURSUED_TEXT },
        { WORD_OUTCOME_INVALID, WORD_G_INVALID_TEXT },
        { WORD_V_NOT_APPLICABLE, WORD_G_NOT_APPLICABLE_TEXT },
        { WORD_G_SESSION, WORD_G_SESSION_TEXT },
        { WORD_R_CONDITIONAL, WORD_G_CONDITIONAL_TEXT },
        { WORD_R_NOT_RECOMMENDED, WORD_G_NOT_RECOMMENDED_TEXT },
    };
    page_put(p, "<dl>\n");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        page_element(p, "dt", "", words[i][0]);
        page_element(p, "dd", "", words[i][1]);
    }
    page_put(p, "</dl>\n");
}
