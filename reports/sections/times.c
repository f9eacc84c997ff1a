/* Times: a distribution of first transactions a script, their quantiles beside it, those of all transactions
 * with intervals that count placements, and the same by step of the script. */
#include "harness/findings/time_budget.h"
#include "reports/plots/plots.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

static struct row about_script(size_t script)
{
    struct row row = table_first(NULL);
    row.script = script;
    return row;
}

static void steps(struct page *p, size_t script)
{
    struct row row = about_script(script);
    plot_steps(p, script);
    if (budget_stride(p->f, script) > 1) {
        PAGE_FILLED(p, "p", "class=\"note\"", WORD_STEPS_STRIDE,
                    number_count(budget_stride(p->f, script)).text);
    }
    page_table(p, &table_steps, &row, NULL);
    plot_step_curves(p, script);
    page_table(p, &table_step_levels, &row, NULL);
}

void page_times(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_element(p, "p", "", WORD_TIMES_INTRO);
    page_element(p, "p", "class=\"note\"", WORD_TIMES_POOLED);
    for (size_t script = 0; script < s->script_count; script++) {
        struct row row = about_script(script);
        plot_times(p, script);
        page_table(p, &table_levels, &row, NULL);
    }
    page_table(p, &table_times_first, NULL, NULL);
    page_element(p, "p", "", WORD_TIMES_ALL_INTRO);
    page_table(p, &table_times_all, NULL, NULL);
    page_element(p, "h3", "", WORD_H_STEPS);
    page_element(p, "p", "", WORD_STEPS_INTRO);
    for (size_t script = 0; script < s->script_count; script++)
        if (plot_has_steps(p, script))
            steps(p, script);
}
