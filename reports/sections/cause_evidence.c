/* Each cell that failed: where, which causes are left, by what evidence, and whether card or reader. */
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"

#include <stdio.h>
#include <stdlib.h>

#define CELLS_OPEN 20  /* a list this short stands open */
#define CELLS_MAX  200 /* on the page; `explain` shows any of them */

static struct phrase set_text(const struct page *p, cause_set causes)
{
    struct buf b;
    if (causes == 0)
        return phrase_cut(word_text(WORD_CAUSES_NONE, p->language));
    buf_init(&b, PHRASE_BYTES);
    causes_add_set(&b, causes);
    struct phrase text = phrase_cut(buf_text(&b));
    buf_free(&b);
    return text;
}

static void where(struct page *p, size_t cell, const struct causes_kind *k)
{
    const struct survey *s = p->f->survey;
    const struct script *script = survey_script_loaded(s, p->f->cells[cell].script);
    const char *stage = word_text(word_stage(k->stage), p->language);
    struct phrase count = number_count(k->count), all = number_count(tally_failed(&p->f->cells[cell]));
    page_put(p, "<p><b>");
    if (k->step >= 1 && k->step <= script->step_count)
        PAGE_FILL(p, WORD_KIND_WHERE_STEP, stage,
                  name_step(p->f, p->f->cells[cell].script, k->step - 1, p->language), count.text, all.text);
    else
        PAGE_FILL(p, WORD_KIND_WHERE, stage, count.text, all.text);
    page_put(p, "</b>");
    if (k->code[0]) {
        page_say(p, WORD_COMMA);
        PAGE_FILL(p, WORD_KIND_CODE, k->code);
    }
    if (k->timed > 0 && !k->answered) {
        page_say(p, WORD_COMMA);
        PAGE_FILL(p, WORD_KIND_TIME, number_ms(k->least_us).text, number_ms(k->most_us).text);
    }
    page_put(p, "</p>\n");
}

static void say_seen(struct page *p, const struct said *s)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    phrase_add_said(&b, s, p->language);
    page_text(p, buf_text(&b));
    p->b.failed |= b.failed;
    buf_free(&b);
}

static void evidence(struct page *p, const struct causes_kind *k)
{
    static const enum word effects[] = { [CAUSES_NOTED] = WORD_STEP_NOTED,
                                         [CAUSES_REMOVED] = WORD_STEP_REMOVED,
                                         [CAUSES_SUPPORTED] = WORD_STEP_SUPPORTED };
    page_put(p, "<p>");
    if (k->contradiction)
        PAGE_FILL(p, WORD_KIND_CONTRADICTION, set_text(p, k->narrowed).text);
    else if (k->narrowed == k->sharing)
        PAGE_FILL(p, WORD_KIND_ALL_LEFT, set_text(p, k->narrowed).text);
    else
        PAGE_FILL(p, WORD_KIND_LEFT, set_text(p, k->narrowed).text, set_text(p, k->sharing).text);
    page_put(p, "</p>\n");
    if (k->evidence_count > 0)
        page_put(p, "<ul>\n");
    for (size_t i = 0; i < k->evidence_count; i++) {
        const struct evidence *e = &k->evidence[i];
        page_put(p, "<li>");
        PAGE_FILL(p, effects[e->effect], set_text(p, e->causes).text);
        page_say(p, WORD_COLON);
        say_seen(p, &e->seen);
        page_put(p, "</li>\n");
    }
    if (k->evidence_count > 0)
        page_put(p, "</ul>\n");
}

static void records(struct page *p, const struct causes_kind *k)
{
    struct phrase v = { "" };
    size_t length = 0;
    for (size_t i = 0; i < CAUSES_RECORDS_MAX && i < k->count && length < sizeof v.text; i++)
        length += (size_t)snprintf(v.text + length, sizeof v.text - length, "%s%s",
                                   i > 0 ? word_text(WORD_COMMA, p->language) : "",
                                   number_name(k->records[i]).text);
    page_put(p, "<p><small>");
    PAGE_FILL(p, WORD_KIND_RECORDS, v.text);
    page_put(p, "</small></p>\n");
}

static void side(struct page *p, enum word id, const struct attribution_side *s)
{
    PAGE_FILL(p, id, number_count(s->fails).text, number_count(s->passes).text,
              number_count(s->undecided).text);
    if (s->unproven > 0) {
        page_say(p, WORD_COMMA);
        PAGE_FILL(p, WORD_ATTRIBUTION_UNPROVEN, number_count(s->unproven).text);
    }
}

static void card_or_reader(struct page *p, const struct attribution *x)
{
    static const enum word answers[] = {
        [ATTRIBUTION_NONE] = WORD_ANSWERED_NONE,     [ATTRIBUTION_HANDSET] = WORD_ANSWERED_HANDSET,
        [ATTRIBUTION_READER] = WORD_ANSWERED_READER, [ATTRIBUTION_COMBINATION] = WORD_ANSWERED_COMBINATION,
        [ATTRIBUTION_OPEN] = WORD_ANSWERED_OPEN,     [ATTRIBUTION_NOT_PURSUED] = WORD_ANSWERED_NONE
    };
    page_put(p, "<p><b>");
    page_say(p, WORD_CARD_OR_READER);
    page_put(p, "</b> ");
    page_say(p, answers[x->answer]);
    page_say(p, WORD_COLON);
    page_text(p, word_said(x->why, p->language));
    page_put(p, "<br><small>");
    side(p, WORD_ATTRIBUTION_READERS, &x->readers);
    page_put(p, "<br>");
    side(p, WORD_ATTRIBUTION_HANDSETS, &x->handsets);
    page_put(p, "</small></p>\n");
}

static void cell_details(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    const struct causes_cell *causes = p->r->causes->cells[cell];
    page_put(p, "<details class=\"trail\"><summary>");
    PAGE_FILL(p, WORD_CELL_SUMMARY, p->f->survey->pairs[c->pair].unit,
              name_cell(p->f, cell, p->language).text, number_count(tally_failed(c)).text,
              number_name(cell).text);
    page_put(p, " <small>");
    page_text(p, set_text(p, causes->narrowed).text);
    page_put(p, "</small></summary>\n");
    for (size_t i = 0; i < causes->kind_count; i++) {
        where(p, cell, &causes->kinds[i]);
        evidence(p, &causes->kinds[i]);
        records(p, &causes->kinds[i]);
    }
    if (causes->untold > 0) {
        PAGE_FILLED(p, "p", "", WORD_UNTOLD_KINDS, number_count(causes->untold).text);
    }
    card_or_reader(p, &causes->attribution);
    page_put(p, "</details>\n");
}

/* A long list is opened when it is wanted: what follows it is not pages away. */
static void list_cells(struct page *p, const size_t *cells, size_t count)
{
    if (count > CELLS_OPEN) {
        page_put(p, "<details class=\"trails\">");
        page_element(p, "summary", "", WORD_CELLS_FAILED_SHOWN);
        page_put(p, "\n");
    }
    for (size_t i = 0; i < count; i++)
        cell_details(p, cells[i]);
    page_put(p, count > CELLS_OPEN ? "</details>\n" : "");
}

void page_trails(struct page *p)
{
    size_t count = 0, *cells = NULL;
    if (!causes_failing(p->r->causes, &cells, &count))
        p->b.failed = true;
    if (count == 0) {
        free(cells);
        return;
    }
    page_element(p, "h3", "id=\"trails\"", WORD_H_CELLS_FAILED);
    page_element(p, "p", "", p->on_paper ? WORD_PAPER_TRAILS : WORD_CELLS_FAILED_INTRO);
    if (!p->on_paper)
        list_cells(p, cells, count < CELLS_MAX ? count : CELLS_MAX);
    if (count > CELLS_MAX && !p->on_paper) {
        PAGE_FILLED(p, "p", "class=\"note\"", WORD_CELLS_FAILED_CUT, number_count(CELLS_MAX).text,
                    number_count(count).text);
    }
    free(cells);
}
