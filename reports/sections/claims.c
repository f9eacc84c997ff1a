/* What the profiles claim of the handsets, beside what they answered with. */
#include "harness/findings/time_budget.h"
#include "reports/render/html.h"

#include <stdio.h>

static enum word answer_name(enum budget_answer what)
{
    static const enum word names[BUDGET_ANSWERS] = {
        [BUDGET_TECHNOLOGY] = WORD_A_TECHNOLOGY,
        [BUDGET_ATQA] = WORD_A_ATQA,
        [BUDGET_SAK] = WORD_A_SAK,
        [BUDGET_ATS] = WORD_A_ATS,
        [BUDGET_ATQB] = WORD_A_ATQB,
        [BUDGET_ATR] = WORD_A_ATR,
        [BUDGET_UID] = WORD_A_UID,
        [BUDGET_KBIT_S] = WORD_A_KBIT_S,
        [BUDGET_FWT_US] = WORD_A_FWT,
    };
    return names[what];
}

static enum word match_name(enum budget_match match)
{
    static const enum word names[] = { [BUDGET_NO_CLAIM] = WORD_M_NO_CLAIM,
                                       [BUDGET_AGREES] = WORD_M_AGREES,
                                       [BUDGET_DIFFERS] = WORD_M_DIFFERS,
                                       [BUDGET_NOT_SEEN] = WORD_M_NOT_SEEN };
    return names[match];
}

static void claim(struct page *p, size_t pair, enum budget_answer what)
{
    const struct survey_fact *fact = budget_claim(p->f, pair, what);
    page_put(p, "<td class=\"name\">");
    if (fact && fact->value) {
        page_text(p, fact->value);
        page_value(p, "small", "", fact->source ? fact->source : "");
    } else if (fact && fact->absent) {
        page_put(p, "<small>");
        PAGE_FILL(p, WORD_ABSENT_BECAUSE, fact->absent);
        page_put(p, "</small>");
    } else {
        page_element(p, "small", "", WORD_M_NO_CLAIM);
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
        before = word_text(WORD_COMMA, p->language);
    }
}

static void seen(struct page *p, const struct budget_value *v)
{
    struct phrase hold;
    page_put(p, "<div>");
    if (v->said->absent)
        PAGE_FILL(p, WORD_ABSENT_BECAUSE, phrase_said(v->said, p->language, &hold));
    else
        page_value(p, "span", "class=\"hash\"", phrase_said(v->said, p->language, &hold));
    page_put(p, "<small>");
    PAGE_FILL(p, WORD_SEEN, page_u64(v->count).text, number_name(v->line).text);
    page_gap(p);
    readers_of(p, v->readers);
    page_put(p, "</small></div>");
}

static void row(struct page *p, size_t pair, enum budget_answer what, bool first)
{
    const struct budget_pair *m = &p->f->budget->pairs[pair];
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
        page_element(p, "small", "", WORD_SEEN_NEVER);
    enum budget_match match = budget_compare(p->f, pair, what);
    page_put(p, match == BUDGET_DIFFERS ? "</td><td class=\"name i\">" : "</td><td class=\"name\">");
    page_say(p, match_name(match));
    page_put(p, "</td></tr>\n");
}

static bool worth_a_row(const struct page *p, size_t pair, enum budget_answer what)
{
    const struct budget_pair *m = &p->f->budget->pairs[pair];
    const struct survey_fact *fact = budget_claim(p->f, pair, what);
    for (size_t i = 0; i < m->value_count; i++)
        if (m->values[i].what == what)
            return true;
    return fact && fact->value;
}

/* Paper has the claims that were contradicted, and of many the first. */
static bool stands_on_paper(const struct page *p, size_t pair, enum budget_answer what)
{
    return budget_compare(p->f, pair, what) == BUDGET_DIFFERS;
}

static void table(struct page *p)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_C_WHAT, WORD_C_CLAIMED, WORD_C_OBSERVED,
                                         WORD_C_SAYS };
    size_t differing = 0;
    page_put(p, "<details class=\"numbers\"><summary>");
    page_say(p, p->on_paper ? WORD_PAPER_CLAIMS : WORD_CLAIMS_SUMMARY);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"figures words\">\n");
    page_caption(p, WORD_CLAIMS_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t pair = 0; pair < p->f->survey->pair_count; pair++) {
        bool first = true;
        for (int what = 0; what < BUDGET_ANSWERS; what++) {
            if (!worth_a_row(p, pair, (enum budget_answer)what))
                continue;
            if (p->on_paper &&
                (!stands_on_paper(p, pair, (enum budget_answer)what) || ++differing > PAGE_PAPER_ROWS_MAX))
                continue;
            row(p, pair, (enum budget_answer)what, first);
            first = false;
        }
    }
    page_put(p, "</tbody></table></div></details>\n");
    page_list_cut(p, differing < PAGE_PAPER_ROWS_MAX ? differing : PAGE_PAPER_ROWS_MAX, differing);
}

void page_claims(struct page *p)
{
    struct budget_matches counts = budget_matches(p->f);
    page_heading(p, "claims", WORD_H_CLAIMS);
    page_element(p, "p", "", WORD_CLAIMS_INTRO);
    page_put(p, "<p>");
    PAGE_FILL(p, WORD_CLAIMS_COUNTS, page_u64(counts.of[BUDGET_AGREES]).text,
              page_u64(counts.of[BUDGET_DIFFERS]).text, page_u64(counts.of[BUDGET_NOT_SEEN]).text);
    page_put(p, "</p>\n");
    if (!p->on_paper || counts.of[BUDGET_DIFFERS] > 0)
        table(p);
    page_put(p, "</section>\n");
}
