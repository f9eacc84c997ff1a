/* The page of a comparison: what else differs first, then what changed, what only looks so, and what could
 * not be seen. Rows stand in the survey's order, never in one of merit. */
#include "reports/compare.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "reports/render/html.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define STYLE_BYTES_MAX (1u << 20)

struct view {
    struct page p; /* over run A */
    const struct comparison *c;
};

static enum word class_string(enum compare_class c, bool times)
{
    static const enum word names[COMPARE_CLASS_COUNT][2] = {
        [COMPARE_NOT_TESTED] = { WORD_CMP_K_NOT_TESTED, WORD_CMP_K_FEW_TIMES },
        [COMPARE_NO_CHANGE] = { WORD_CMP_K_NO_CHANGE, WORD_CMP_K_NO_CHANGE },
        [COMPARE_LOOKS_WORSE] = { WORD_CMP_K_LOOKS_WORSE, WORD_CMP_K_LOOKS_SLOWER },
        [COMPARE_LOOKS_BETTER] = { WORD_CMP_K_LOOKS_BETTER, WORD_CMP_K_LOOKS_FASTER },
        [COMPARE_UNSTEADY] = { WORD_CMP_K_UNSTEADY, WORD_CMP_K_UNSTEADY },
        [COMPARE_WORSE] = { WORD_CMP_K_WORSE, WORD_CMP_K_SLOWER },
        [COMPARE_BETTER] = { WORD_CMP_K_BETTER, WORD_CMP_K_FASTER },
    };
    return names[c][times];
}

/* The colours of verdicts: only what is on a list has one. */
static const char *class_style(enum compare_class c)
{
    return c == COMPARE_WORSE ? "class=\"i\"" : c == COMPARE_BETTER ? "class=\"c\"" : "class=\"u\"";
}

static enum word what_string(enum compare_what w)
{
    static const enum word names[COMPARE_WHAT_COUNT] = {
        [COMPARE_WHAT_NONE] = WORD_CMP_W_SURVEY,
        [COMPARE_WHAT_SURVEY] = WORD_CMP_W_SURVEY,
        [COMPARE_WHAT_SURVEY_TEXT] = WORD_CMP_W_SURVEY_TEXT,
        [COMPARE_WHAT_SEED] = WORD_CMP_W_SEED,
        [COMPARE_WHAT_SCHEME] = WORD_CMP_W_SCHEME,
        [COMPARE_WHAT_TRANSACTIONS] = WORD_CMP_W_TRANSACTIONS,
        [COMPARE_WHAT_SESSIONS] = WORD_CMP_W_SESSIONS,
        [COMPARE_WHAT_LANES] = WORD_CMP_W_LANES,
        [COMPARE_WHAT_HANDS] = WORD_CMP_W_HANDS,
        [COMPARE_WHAT_PROGRAM] = WORD_CMP_W_PROGRAM,
        [COMPARE_WHAT_LIBRARIES] = WORD_CMP_W_LIBRARIES,
        [COMPARE_WHAT_SYSTEM] = WORD_CMP_W_SYSTEM,
        [COMPARE_WHAT_HOST] = WORD_CMP_W_HOST,
        [COMPARE_WHAT_CLOCK] = WORD_CMP_W_CLOCK,
        [COMPARE_WHAT_READER_PROFILE] = WORD_CMP_W_READER_PROFILE,
        [COMPARE_WHAT_SERIAL] = WORD_CMP_W_SERIAL,
        [COMPARE_WHAT_FIRMWARE] = WORD_CMP_W_FIRMWARE,
        [COMPARE_WHAT_DRIVER] = WORD_CMP_W_DRIVER,
        [COMPARE_WHAT_HANDSET_PROFILE] = WORD_CMP_W_HANDSET_PROFILE,
        [COMPARE_WHAT_HANDSET_FACT] = WORD_CMP_W_HANDSET_FACT,
        [COMPARE_WHAT_SIM] = WORD_CMP_W_SIM,
        [COMPARE_WHAT_CONDITION] = WORD_CMP_W_CONDITION,
        [COMPARE_WHAT_SCRIPT] = WORD_CMP_W_SCRIPT,
        [COMPARE_WHAT_TIME_LIMIT] = WORD_CMP_W_TIME_LIMIT,
    };
    return names[w];
}

static enum word reason_string(enum compare_reason r)
{
    static const enum word names[COMPARE_REASON_COUNT] = {
        [COMPARE_REASON_NONE] = WORD_NO_REASON,
        [COMPARE_REASON_ABSENT] = WORD_CMP_R_ABSENT,
        [COMPARE_REASON_SEVERAL] = WORD_CMP_R_SEVERAL,
        [COMPARE_REASON_CONDITION] = WORD_CMP_R_CONDITION,
        [COMPARE_REASON_SCRIPT] = WORD_CMP_R_SCRIPT,
        [COMPARE_REASON_TIME_LIMIT] = WORD_CMP_R_TIME_LIMIT,
        [COMPARE_REASON_TRANSACTIONS] = WORD_CMP_R_TRANSACTIONS,
        [COMPARE_REASON_EXCLUDED] = WORD_CMP_R_EXCLUDED,
        [COMPARE_REASON_NOT_APPLICABLE] = WORD_CMP_R_NOT_APPLICABLE,
        [COMPARE_REASON_NO_PLACEMENT] = WORD_CMP_R_NO_PLACEMENT,
    };
    return names[r];
}

static enum word kind_string(enum compare_kind k)
{
    static const enum word names[] = {
        [COMPARE_CELL] = WORD_CMP_N_CELL,       [COMPARE_READER] = WORD_CMP_N_READER,
        [COMPARE_HANDSET] = WORD_CMP_N_HANDSET, [COMPARE_CONDITION] = WORD_CMP_W_CONDITION,
        [COMPARE_SCRIPT] = WORD_CMP_W_SCRIPT,
    };
    return names[k];
}

/* Outwards to a tenth of a point, with its sign. */
static struct phrase points(double value, bool up)
{
    double tenths = up ? ceil(value * 1000.0) : floor(value * 1000.0);
    return number_signed(tenths / 10.0, 1);
}

static void say_paragraph(struct page *p, const char *attributes, enum word id, const char *const *args)
{
    page_put(p, attributes[0] ? "<p " : "<p");
    page_put(p, attributes);
    page_put(p, ">");
    page_fill(p, id, args);
    page_put(p, "</p>\n");
}
#define PARAGRAPH(p, attributes, id, ...)                                                                    \
    say_paragraph((p), (attributes), (id), (const char *const[]) { __VA_ARGS__, NULL })

static void head(struct view *v, const struct buf *style)
{
    struct page *p = &v->p;
    page_head_open(p, NULL);
    page_say(p, WORD_CMP_KIND);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_CMP_TITLE, v->c->a->run, v->c->b->run);
    page_style_open(p, style);
    page_head_close(p);
}

static void run_line(struct page *p, const char *name, const struct findings *f)
{
    PAGE_FILL(p, WORD_CMP_RUN, name, f->run, f->survey->id, page_u64(f->placements).text);
    page_say(p, WORD_COMMA);
    page_period(p, f->started, f->last_wall);
}

static void unfinished(struct page *p, const char *name, const struct findings *f)
{
    struct phrase hold;
    if (!f->finished)
        PARAGRAPH(p, "class=\"notice\"", WORD_CMP_UNFINISHED, name,
                  f->stop_reason ? phrase_said(f->stop_reason, p->language, &hold)
                                 : word_text(WORD_NO_STOP, p->language));
}

static void tile(struct page *p, const char *style, size_t count, enum word name, enum word meaning)
{
    page_put(p, "<li class=\"");
    page_put(p, style);
    page_put(p, "\"><span class=\"figure\">");
    page_number(p, count);
    page_put(p, "</span> ");
    page_element(p, "strong", "", name);
    page_element(p, "small", "", meaning);
    page_put(p, "</li>\n");
}

static void tiles(struct view *v)
{
    const struct comparison *c = v->c;
    page_put(&v->p, "<ul class=\"tiles\">\n");
    tile(&v->p, "i", c->by_class[COMPARE_WORSE], WORD_CMP_T_WORSE, WORD_CMP_TS_WORSE);
    tile(&v->p, "c", c->by_class[COMPARE_BETTER], WORD_CMP_T_BETTER, WORD_CMP_TS_BETTER);
    tile(&v->p, "t", c->looks, WORD_CMP_T_LOOKS, WORD_CMP_TS_LOOKS);
    tile(&v->p, "u", c->by_class[COMPARE_NO_CHANGE], WORD_CMP_T_NONE, WORD_CMP_TS_NONE);
    page_put(&v->p, "</ul>\n");
}

static const struct page_link links[] = {
    { "differences", WORD_CMP_H_DIFFERENCES },
    { "units", WORD_CMP_H_UNITS },
    { "cells", WORD_CMP_H_CELLS },
    { "times", WORD_CMP_H_TIMES },
    { "power", WORD_CMP_H_POWER },
    { "left", WORD_CMP_H_LEFT },
};

static void front(struct view *v)
{
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_CMP_KIND);
    page_put(p, "</p>\n<h1>");
    page_say(p, compare_found(c)        ? WORD_CMP_FOUND
                : compare_could_find(c) ? WORD_CMP_NOT_FOUND
                                        : WORD_CMP_NO_DATA);
    page_put(p, "</h1>\n<p class=\"subtitle\">");
    run_line(p, "A", c->a);
    page_put(p, "<br>");
    run_line(p, "B", c->b);
    page_put(p, "</p>\n");
    page_banner(p, NULL);
    unfinished(p, "A", c->a);
    unfinished(p, "B", c->b);
    PARAGRAPH(
        p, "", WORD_CMP_SUMMARY, page_u64(c->cell_count).text, page_u64(c->by_class[COMPARE_WORSE]).text,
        page_u64(c->by_class[COMPARE_BETTER]).text, page_u64(c->looks).text, page_u64(c->unit_count).text,
        page_u64(c->units_by_class[COMPARE_WORSE]).text, page_u64(c->units_by_class[COMPARE_BETTER]).text,
        page_u64(c->time_by_class[COMPARE_WORSE]).text, page_u64(c->time_by_class[COMPARE_BETTER]).text);
    tiles(v);
    page_contents(p, links, sizeof links / sizeof *links);
    page_put(p, "</header>\n<main>\n");
}

/* "android: 7.0": the fact in words. */
static void fact(struct page *p, const char *value)
{
    size_t length = strcspn(value, ":");
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)length, value);
    page_put(p, "<td>");
    page_text(p, name_fact(key, p->language));
    page_say(p, WORD_COLON);
    page_text(p, value[length] ? value + length + strlen(": ") : "");
    page_put(p, "</td>");
}

static void maybe(struct page *p, enum compare_what what, const struct said *said)
{
    const char *value = said_own_words(said);
    uint64_t ms = 0;
    struct phrase hold;
    if (!said)
        page_element(p, "td", "class=\"evidence\"", WORD_CMP_ABSENT);
    else if (what == COMPARE_WHAT_HANDSET_FACT && value && strstr(value, ": "))
        fact(p, value);
    else if (what == COMPARE_WHAT_TIME_LIMIT && value && text_to_u64(value, strspn(value, "0123456789"), &ms))
        page_value(p, "td", "", PAGE_PLAIN(p, WORD_MILLISECONDS, page_u64(ms).text).text);
    else if (what == COMPARE_WHAT_HANDS && value)
        page_element(p, "td", "", word_hands(hands_kind_of_name(value, strlen(value))));
    else
        page_value(p, "td", "", phrase_said(said, p->language, &hold));
}

static void differences(struct view *v)
{
    static const enum word columns[] = { WORD_CMP_C_WHAT, WORD_CMP_C_SUBJECT, WORD_CMP_C_A, WORD_CMP_C_B };
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_heading(p, "differences", WORD_CMP_H_DIFFERENCES);
    page_element(p, "p", "", c->difference_count ? WORD_CMP_DIFFERENCES_INTRO : WORD_CMP_DIFFERENCES_NONE);
    if (c->difference_count > 0) {
        page_put(p, "<div class=\"wide\"><table class=\"list\">\n");
        page_caption(p, WORD_CMP_DIFFERENCES_CAPTION,
                     (const char *const[]) { page_u64(c->difference_count).text, NULL });
        page_headers(p, columns, sizeof columns / sizeof *columns);
    }
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct compare_difference *d = &c->differences[i];
        page_put(p, "<tr><th scope=\"row\">");
        page_say(p, what_string(d->what));
        if (d->breaks)
            page_element(p, "small", "", WORD_CMP_BREAKS);
        page_put(p, "</th>");
        if (d->subject)
            page_value(p, "td", "", d->subject);
        else
            page_element(p, "td", "class=\"evidence\"", WORD_CMP_WHOLE);
        maybe(p, d->what, d->a);
        maybe(p, d->what, d->b);
        page_put(p, "</tr>\n");
    }
    page_put(p, c->difference_count > 0 ? "</tbody></table></div>\n</section>\n" : "</section>\n");
}

static void two(struct page *p, size_t a, size_t b)
{
    page_put(p, "<td class=\"n\">");
    page_number(p, a);
    page_put(p, " / ");
    page_number(p, b);
    page_put(p, "</td>");
}

static void share(struct page *p, uint64_t d, uint64_t n)
{
    page_put(p, "<td class=\"n\">");
    PAGE_FILL(p, WORD_CMP_OF, page_u64(d).text, page_u64(n).text);
    page_put(p, "</td>");
}

/* The unit of A, and that of B where it is another. */
static void unit_names(const struct view *v, struct page *p, enum compare_kind kind, size_t a, size_t b)
{
    const struct survey *s = v->c->a->survey, *t = v->c->b->survey;
    const char *name = kind == COMPARE_READER ? s->readers[a].unit : s->pairs[a].name;
    const char *other = kind == COMPARE_READER ? t->readers[b].unit : t->pairs[b].name;
    page_text(p, name);
    if (strcmp(name, other) != 0)
        page_value(p, "small", "", other);
}

static void unit_row(struct view *v, const struct compare_unit *u)
{
    struct page *p = &v->p;
    page_put(p, "<tr><th scope=\"row\">");
    unit_names(v, p, u->kind, u->a, u->b);
    page_put(p, "</th>");
    page_element(p, "td", class_style(u->class), class_string(u->class, false));
    page_count(p, "td", "class=\"n\"", u->cells);
    share(p, u->d_a, u->n_a);
    share(p, u->d_b, u->n_b);
    two(p, u->listed_worse, u->listed_better);
    two(p, u->looks_worse, u->looks_better);
    two(p, u->times_slower, u->times_faster);
    page_put(p, "</tr>\n");
}

/* Readers are few and all stand there; of handsets only those of which something is said. */
static bool stands(const struct compare_unit *u, enum compare_kind kind)
{
    return u->kind == kind && (kind == COMPARE_READER || !compare_is_quiet(u));
}

static void unit_table(struct view *v, enum compare_kind kind, enum word caption)
{
    static const enum word columns[] = { WORD_CMP_C_UNIT,    WORD_CMP_C_CLASS,   WORD_CMP_C_CELLS,
                                         WORD_CMP_C_DIRTY_A, WORD_CMP_C_DIRTY_B, WORD_CMP_C_LISTED,
                                         WORD_CMP_C_LOOKS,   WORD_CMP_C_TIMES };
    struct page *p = &v->p;
    size_t quiet = 0, all = 0;
    for (size_t i = 0; i < v->c->unit_count; i++) {
        all += v->c->units[i].kind == kind;
        quiet += v->c->units[i].kind == kind && !stands(&v->c->units[i], kind);
    }
    if (quiet < all) {
        page_put(p, "<div class=\"wide\"><table class=\"list compared\">\n");
        page_caption(p, caption, (const char *const[]) { NULL });
        page_headers(p, columns, sizeof columns / sizeof *columns);
        for (size_t i = 0; i < v->c->unit_count; i++)
            if (stands(&v->c->units[i], kind))
                unit_row(v, &v->c->units[i]);
        page_put(p, "</tbody></table></div>\n");
    }
    if (quiet > 0) {
        page_put(p, "<p class=\"note\">");
        page_say(p, caption);
        page_say(p, WORD_COLON);
        PAGE_FILL(p, WORD_CMP_QUIET, page_u64(quiet).text, page_u64(all).text);
        page_put(p, "</p>\n");
    }
}

static void units(struct view *v)
{
    struct page *p = &v->p;
    page_heading(p, "units", WORD_CMP_H_UNITS);
    page_element(p, "p", "", v->c->same_plan ? WORD_CMP_UNITS_INTRO : WORD_CMP_UNITS_UNTESTED);
    unit_table(v, COMPARE_READER, WORD_CMP_READERS_CAPTION);
    unit_table(v, COMPARE_HANDSET, WORD_CMP_HANDSETS_CAPTION);
    page_put(p, "</section>\n");
}

static void cell_names(struct view *v, const struct compare_cell *cell)
{
    struct page *p = &v->p;
    const struct findings_cell *x = &v->c->a->cells[cell->a], *y = &v->c->b->cells[cell->b];
    page_put(p, "<tr><th scope=\"row\">");
    unit_names(v, p, COMPARE_HANDSET, x->pair, y->pair);
    page_put(p, "</th><td>");
    unit_names(v, p, COMPARE_READER, x->reader, y->reader);
    page_say(p, WORD_COMMA);
    page_text(p, page_condition(p, x->condition));
    page_say(p, WORD_COMMA);
    page_text(p, page_script(p, x->script));
    page_put(p, "</td>");
}

/* The interval on a scale from -100 to 100 points; the numbers stand beside it. */
static void bar(struct page *p, const struct compare_cell *cell)
{
    char markup[320];
    snprintf(markup, sizeof markup,
             "<svg class=\"bar\" viewBox=\"-100 0 200 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
             "<line x1=\"-100\" x2=\"100\" y1=\"6\" y2=\"6\"/><line x1=\"0\" x2=\"0\" y1=\"0\" y2=\"12\"/>"
             "<rect x=\"%.1f\" width=\"%.1f\" y=\"4\" height=\"4\"/></svg>",
             100.0 * cell->low, 100.0 * (cell->high - cell->low));
    buf_add_text(&p->b, markup);
}

static void verdicts(struct view *v, const struct findings_cell *x, const struct findings_cell *y)
{
    struct page *p = &v->p;
    page_put(p, "<td>");
    if (v->c->same_verdicts && x->verdict != y->verdict)
        PAGE_FILL(p, WORD_CMP_ARROW, word_text(page_verdict(x->verdict), p->language),
                  word_text(page_verdict(y->verdict), p->language));
    else if (v->c->same_verdicts)
        page_say(p, page_verdict(x->verdict));
    page_put(p, "</td>");
}

static void visible(struct page *p, const struct compare_cell *cell, unsigned n)
{
    page_put(p, "<td class=\"evidence\">");
    if (cell->sees_worse)
        PAGE_FILL(p, WORD_CMP_VISIBLE_WORSE, page_u64(cell->worse_from).text, page_u64(n).text);
    if (cell->sees_worse && cell->sees_better)
        page_say(p, WORD_COMMA);
    if (cell->sees_better)
        PAGE_FILL(p, WORD_CMP_VISIBLE_BETTER, page_u64(cell->better_up_to).text, page_u64(n).text);
    if (!cell->sees_worse && !cell->sees_better)
        page_say(p, WORD_CMP_VISIBLE_NONE);
    page_put(p, "</td>");
}

static void outcome_row(struct view *v, const struct compare_cell *cell)
{
    struct page *p = &v->p;
    const struct findings_cell *x = &v->c->a->cells[cell->a], *y = &v->c->b->cells[cell->b];
    cell_names(v, cell);
    page_element(p, "td", class_style(cell->class), class_string(cell->class, false));
    share(p, x->d, x->n);
    share(p, y->d, y->n);
    page_put(p, "<td class=\"n\">");
    PAGE_FILL(p, WORD_CMP_POINTS, points(cell->low, false).text, points(cell->high, true).text);
    bar(p, cell);
    page_put(p, "</td>");
    verdicts(v, x, y);
    visible(p, cell, y->n);
    page_put(p, "</tr>\n");
}

static const enum word outcome_columns[] = { WORD_C_HANDSET,     WORD_CMP_C_CELL,    WORD_CMP_C_CLASS,
                                             WORD_CMP_C_DIRTY_A, WORD_CMP_C_DIRTY_B, WORD_CMP_C_CHANGE,
                                             WORD_CMP_C_VERDICT, WORD_CMP_C_VISIBLE };
#define OUTCOME_COLUMNS (sizeof outcome_columns / sizeof *outcome_columns)

/* Every cell, for who looks for one; folded in on the screen and not printed. */
static void all_cells(struct view *v)
{
    struct page *p = &v->p;
    size_t shown = v->c->cell_count < PAGE_CELLS_MAX ? v->c->cell_count : PAGE_CELLS_MAX;
    page_put(p, "<details class=\"screen\"><summary>");
    PAGE_FILL(p, WORD_CMP_ALL_SUMMARY, page_u64(v->c->cell_count).text);
    page_put(p, "</summary>\n");
    if (shown < v->c->cell_count)
        PARAGRAPH(p, "class=\"note\"", WORD_CMP_ALL_CUT, page_u64(shown).text,
                  page_u64(v->c->cell_count).text);
    page_put(p, "<div class=\"wide\"><table class=\"list compared\">\n");
    page_headers(p, outcome_columns, OUTCOME_COLUMNS);
    for (size_t i = 0; i < shown; i++)
        outcome_row(v, &v->c->cells[i]);
    page_put(p, "</tbody></table></div></details>\n");
}

static void cells(struct view *v)
{
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_heading(p, "cells", WORD_CMP_H_CELLS);
    PARAGRAPH(p, "", WORD_CMP_CELLS_INTRO, page_percent(p, c->confidence).text, page_u64(c->tests).text,
              page_percent(p, c->fdr).text);
    if (c->said == 0) {
        page_element(p, "p", "", WORD_CMP_CELLS_NONE);
    } else {
        page_put(p, "<div class=\"wide\"><table class=\"list compared\">\n");
        page_caption(p, WORD_CMP_CELLS_CAPTION, (const char *const[]) { NULL });
        page_headers(p, outcome_columns, OUTCOME_COLUMNS);
        for (size_t i = 0; i < c->cell_count; i++)
            if (c->cells[i].class != COMPARE_NO_CHANGE)
                outcome_row(v, &c->cells[i]);
        page_put(p, "</tbody></table></div>\n");
    }
    if (c->cell_count > c->said)
        all_cells(v);
    page_put(p, "</section>\n");
}

static void time_row(struct view *v, const struct compare_cell *cell)
{
    struct page *p = &v->p;
    const struct compare_time *t = &cell->time;
    char ratio[3 * PHRASE_BYTES + 8];
    if (t->has_interval)
        snprintf(ratio, sizeof ratio, "%s [%s, %s]", number_fixed(t->ratio, 2).text,
                 number_fixed(floor(100.0 * t->low) / 100.0, 2).text,
                 number_fixed(ceil(100.0 * t->high) / 100.0, 2).text);
    else
        snprintf(ratio, sizeof ratio, "%s", number_fixed(t->ratio, 2).text);
    cell_names(v, cell);
    page_element(p, "td", class_style(t->class), class_string(t->class, true));
    page_value(p, "td", "class=\"n\"", page_ms(t->a.value_us).text);
    page_value(p, "td", "class=\"n\"", page_ms(t->b.value_us).text);
    page_value(p, "td", "class=\"n\"", ratio);
    page_value(p, "td", "class=\"n\"", number_fixed(t->adjusted, 4).text);
    page_put(p, "</tr>\n");
}

static void times(struct view *v)
{
    static const enum word columns[] = { WORD_C_HANDSET,      WORD_CMP_C_CELL,     WORD_CMP_C_CLASS,
                                         WORD_CMP_C_MEDIAN_A, WORD_CMP_C_MEDIAN_B, WORD_CMP_C_RATIO,
                                         WORD_CMP_C_P };
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    const size_t *by = c->time_by_class;
    page_heading(p, "times", WORD_CMP_H_TIMES);
    PARAGRAPH(p, "", WORD_CMP_TIMES_INTRO, page_u64(c->time_tests).text, page_percent(p, c->fdr).text);
    PARAGRAPH(p, "", WORD_CMP_TIMES_COUNTS, page_u64(by[COMPARE_WORSE]).text,
              page_u64(by[COMPARE_BETTER]).text, page_u64(c->time_looks).text,
              page_u64(by[COMPARE_NO_CHANGE]).text, page_u64(by[COMPARE_NOT_TESTED]).text);
    if (c->time_listed > 0) {
        page_put(p, "<div class=\"wide\"><table class=\"list compared\">\n");
        page_caption(p, WORD_CMP_TIMES_CAPTION, (const char *const[]) { NULL });
        page_headers(p, columns, sizeof columns / sizeof *columns);
        for (size_t i = 0; i < c->cell_count; i++)
            if (compare_is_change(c->cells[i].time.class))
                time_row(v, &c->cells[i]);
        page_put(p, "</tbody></table></div>\n");
    }
    page_put(p, "</section>\n");
}

static struct phrase whole(double value)
{
    return number_fixed(ceil(value), 0);
}

static struct phrase open_points(double value)
{
    return number_fixed(ceil(1000.0 * value) / 10.0, 1);
}

static void power(struct view *v)
{
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_heading(p, "power", WORD_CMP_H_POWER);
    if (!isnan(c->open_median))
        PARAGRAPH(p, "", WORD_CMP_POWER_OPEN, open_points(c->open_least).text, open_points(c->open_most).text,
                  open_points(c->open_median).text);
    if (c->blind > 0)
        PARAGRAPH(p, "", WORD_CMP_POWER_BLIND, page_u64(c->blind).text);
    if (c->tests > 0)
        PARAGRAPH(p, "", WORD_CMP_POWER_ALONE, whole(c->cell_needs).text);
    if (c->tests > 0 && c->same_plan)
        PARAGRAPH(p, "", WORD_CMP_POWER_ALONE_UNIT, whole(c->unit_needs).text);
    if (!c->same_verdicts)
        page_element(p, "p", "", WORD_CMP_POWER_SCHEMES);
    else if (c->verdicts_changed > 0)
        PARAGRAPH(p, "", WORD_CMP_POWER_VERDICTS, page_u64(c->verdicts_changed).text);
    page_element(p, "p", "", WORD_CMP_POWER_SESSIONS);
    page_put(p, "</section>\n");
}

static void left(struct view *v)
{
    static const enum word columns[] = { WORD_CMP_C_WHAT, WORD_CMP_C_IN, WORD_CMP_C_CELLS, WORD_C_REASON };
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_heading(p, "left", WORD_CMP_H_LEFT);
    page_element(p, "p", "", c->left_count ? WORD_CMP_LEFT_INTRO : WORD_CMP_LEFT_NONE);
    if (c->left_count > 0) {
        page_put(p, "<div class=\"wide\"><table class=\"list compared\">\n");
        page_caption(p, WORD_CMP_LEFT_CAPTION, (const char *const[]) { NULL });
        page_headers(p, columns, sizeof columns / sizeof *columns);
    }
    for (size_t i = 0; i < c->left_count; i++) {
        const struct compare_left *l = &c->left[i];
        page_put(p, "<tr><th scope=\"row\">");
        page_say(p, kind_string(l->kind));
        page_put(p, " ");
        page_text(p, l->subject);
        page_put(p, "</th>");
        if (l->side == COMPARE_IN_BOTH)
            page_element(p, "td", "", WORD_CMP_IN_BOTH);
        else
            page_value(p, "td", "", l->side == COMPARE_IN_A ? "A" : "B");
        page_count(p, "td", "class=\"n\"", l->cells);
        page_element(p, "td", "", reason_string(l->reason));
        page_put(p, "</tr>\n");
    }
    page_put(p, c->left_count > 0 ? "</tbody></table></div>\n</section>\n" : "</section>\n");
}

static void foot(struct view *v)
{
    struct page *p = &v->p;
    const struct comparison *c = v->c;
    page_put(p, "\n</main>\n<footer>");
    PARAGRAPH(p, "", WORD_CMP_FOOTER, c->a->run, c->a->sha256, c->b->run, c->b->sha256,
              word_text(c->match == COMPARE_BY_UNIT ? WORD_CMP_BY_UNIT : WORD_CMP_BY_MODEL, p->language),
              page_percent(p, c->fdr).text);
    page_put(p, "</footer>\n</body>\n</html>\n");
}

int compare_html(const struct comparison *c, const char *language, const char *data_directory,
                 const char *locale_directory, const char *path, struct err *e)
{
    struct view v = { .p = { .f = c->a, .language = language_of(language) }, .c = c };
    struct buf style;
    buf_init(&v.p.b, PAGE_BYTES_MAX);
    buf_init(&style, STYLE_BYTES_MAX);
    int code = words_open(v.p.language, locale_directory, e);
    if (code == 0)
        code = page_part(data_directory, "style.css", &style, e);
    if (code)
        goto out;
    head(&v, &style);
    front(&v);
    differences(&v);
    units(&v);
    cells(&v);
    times(&v);
    power(&v);
    left(&v);
    foot(&v);
    code = v.p.b.failed
               ? err_set(e, ERR_LIMIT, path, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
               : file_replace(path, v.p.b.data, v.p.b.length, e);
out:
    buf_free(&style);
    buf_free(&v.p.b);
    return code;
}
