/* What the profiles claim of the handsets, beside what they answered with. */
#include "harness/findings/time_budget.h"
#include "reports/render/html.h"

#include <stdio.h>

static enum string_id answer_name(enum measured_answer what)
{
    static const enum string_id names[MEASURED_ANSWERS] = {
        [MEASURED_TECHNOLOGY] = STR_A_TECHNOLOGY,
        [MEASURED_ATQA] = STR_A_ATQA,
        [MEASURED_SAK] = STR_A_SAK,
        [MEASURED_ATS] = STR_A_ATS,
        [MEASURED_ATQB] = STR_A_ATQB,
        [MEASURED_ATR] = STR_A_ATR,
        [MEASURED_UID] = STR_A_UID,
        [MEASURED_KBIT_S] = STR_A_KBIT_S,
        [MEASURED_FWT_US] = STR_A_FWT,
    };
    return names[what];
}

static enum string_id match_name(enum measured_match match)
{
    static const enum string_id names[] = { [MEASURED_NO_CLAIM] = STR_M_NO_CLAIM,
                                            [MEASURED_AGREES] = STR_M_AGREES,
                                            [MEASURED_DIFFERS] = STR_M_DIFFERS,
                                            [MEASURED_NOT_SEEN] = STR_M_NOT_SEEN };
    return names[match];
}

static void claim(struct page *p, size_t pair, enum measured_answer what)
{
    const struct survey_fact *fact = measured_claim(p->f, pair, what);
    page_put(p, "<td class=\"name\">");
    if (fact && fact->value) {
        page_text(p, fact->value);
        page_value(p, "small", "", fact->source ? fact->source : "");
    } else if (fact && fact->absent) {
        page_put(p, "<small>");
        PAGE_FILL(p, STR_ABSENT_BECAUSE, fact->absent);
        page_put(p, "</small>");
    } else {
        page_element(p, "small", "", STR_M_NO_CLAIM);
    }
    page_put(p, "</td>");
}

static void readers_of(struct page *p, uint32_t readers)
{
    const char *before = "";
    for (size_t i = 0; i < p->f->survey->reader_count; i++) {
        if (!(readers >> i & 1))
            continue;
        page_text(p, before);
        page_text(p, p->f->survey->readers[i].unit);
        before = string_text(STR_COMMA, p->language);
    }
}

static void seen(struct page *p, const struct measured_value *v)
{
    struct label hold;
    page_put(p, "<div>");
    if (v->absent)
        PAGE_FILL(p, STR_ABSENT_BECAUSE, told(v->text, p->language, &hold));
    else
        page_value(p, "span", "class=\"hash\"", told(v->text, p->language, &hold));
    page_put(p, "<small>");
    PAGE_FILL(p, STR_SEEN, page_u64(v->count).text, figure_name(v->line).text);
    page_gap(p);
    readers_of(p, v->readers);
    page_put(p, "</small></div>");
}

static void row(struct page *p, size_t pair, enum measured_answer what, bool first)
{
    const struct measured_pair *m = &p->f->measured->pairs[pair];
    size_t count = 0;
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, p->f->survey->pairs[pair].unit);
    if (first && page_handset(p, pair).text[0])
        page_value(p, "small", "", page_handset(p, pair).text);
    page_put(p, "</th>");
    page_element(p, "td", "class=\"name\"", answer_name(what));
    claim(p, pair, what);
    page_put(p, "<td class=\"name long\">");
    for (size_t i = 0; i < m->value_count; i++) {
        if (m->values[i].what != what)
            continue;
        seen(p, &m->values[i]);
        count++;
    }
    if (count == 0)
        page_element(p, "small", "", STR_SEEN_NEVER);
    enum measured_match match = measured_compare(p->f, pair, what);
    page_put(p, match == MEASURED_DIFFERS ? "</td><td class=\"name i\">" : "</td><td class=\"name\">");
    page_say(p, match_name(match));
    page_put(p, "</td></tr>\n");
}

static bool worth_a_row(const struct page *p, size_t pair, enum measured_answer what)
{
    const struct measured_pair *m = &p->f->measured->pairs[pair];
    const struct survey_fact *fact = measured_claim(p->f, pair, what);
    for (size_t i = 0; i < m->value_count; i++)
        if (m->values[i].what == what)
            return true;
    return fact && fact->value;
}

/* Paper has the claims that were contradicted, and of many the first. */
static bool stands_on_paper(const struct page *p, size_t pair, enum measured_answer what)
{
    return measured_compare(p->f, pair, what) == MEASURED_DIFFERS;
}

static void table(struct page *p)
{
    static const enum string_id columns[] = { STR_C_HANDSET, STR_C_WHAT, STR_C_CLAIMED, STR_C_OBSERVED,
                                              STR_C_SAYS };
    size_t differing = 0;
    page_put(p, "<details class=\"numbers\"><summary>");
    page_say(p, p->on_paper ? STR_PAPER_CLAIMS : STR_CLAIMS_SUMMARY);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, STR_CLAIMS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t pair = 0; pair < p->f->survey->pair_count; pair++) {
        bool first = true;
        for (int what = 0; what < MEASURED_ANSWERS; what++) {
            if (!worth_a_row(p, pair, (enum measured_answer)what))
                continue;
            if (p->on_paper &&
                (!stands_on_paper(p, pair, (enum measured_answer)what) || ++differing > PAGE_PAPER_ROWS_MAX))
                continue;
            row(p, pair, (enum measured_answer)what, first);
            first = false;
        }
    }
    page_put(p, "</tbody></table></div></details>\n");
    page_list_cut(p, differing < PAGE_PAPER_ROWS_MAX ? differing : PAGE_PAPER_ROWS_MAX, differing);
}

void page_claims(struct page *p)
{
    struct measured_matches counts = measured_matches(p->f);
    page_heading(p, "claims", STR_H_CLAIMS);
    page_element(p, "p", "", STR_CLAIMS_INTRO);
    page_put(p, "<p>");
    PAGE_FILL(p, STR_CLAIMS_COUNTS, page_u64(counts.of[MEASURED_AGREES]).text,
              page_u64(counts.of[MEASURED_DIFFERS]).text, page_u64(counts.of[MEASURED_NOT_SEEN]).text);
    page_put(p, "</p>\n");
    if (!p->on_paper || counts.of[MEASURED_DIFFERS] > 0)
        table(p);
    page_put(p, "</section>\n");
}
