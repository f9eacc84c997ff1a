/* What the procurement officer came for: the handsets by recommendation, each with the clause, the cell and
 * the records that decide. */
#include "reports/render/html.h"

#include <math.h>
#include <string.h>

#define LINES_MAX 3  /* records named beside an entry */
#define NAMES_MAX 24 /* handsets named in a tile; the rest is counted, and all stand in the table below */

static const struct {
    enum recommendation which;
    enum word name, meaning;
    const char *style;
} groups[] = {
    { RECOMMENDATION_RECOMMENDED, WORD_R_RECOMMENDED, WORD_RS_RECOMMENDED, "c" },
    { RECOMMENDATION_CONDITIONAL, WORD_R_CONDITIONAL, WORD_RS_CONDITIONAL, "t" },
    { RECOMMENDATION_NOT_RECOMMENDED, WORD_R_NOT_RECOMMENDED, WORD_RS_NOT_RECOMMENDED, "i" },
    { RECOMMENDATION_NOT_ENOUGH_DATA, WORD_R_NOT_ENOUGH_DATA, WORD_RS_NOT_ENOUGH_DATA, "u" },
};
#define GROUPS (sizeof groups / sizeof *groups)

/* Who they are, so that the answer stands at the top. Paper has the list itself on the same sheet. */
static void names(struct page *p, enum recommendation which, size_t count)
{
    size_t shown = 0;
    if (count == 0 || p->on_paper)
        return;
    page_put(p, "<small class=\"names screen\">");
    for (size_t i = 0; i < p->f->survey->pair_count && shown < NAMES_MAX; i++) {
        if (assess_pair_of(p->r->assessment, i)->recommendation != which)
            continue;
        page_put(p, "<span>");
        page_text(p, p->f->survey->pairs[i].unit);
        page_text(p, ++shown < count ? word_text(WORD_COMMA, p->language) : "");
        page_put(p, p->language == LANGUAGE_JAPANESE ? "</span>" : "</span> ");
    }
    if (count > shown)
        PAGE_FILL(p, WORD_IF_MORE, page_u64(count - shown).text);
    page_put(p, "</small>");
}

static void tile_name(struct page *p, size_t g, size_t count)
{
    page_put(p, "<strong>");
    if (count > 0) {
        page_put(p, "<a href=\"#list-");
        page_put(p, groups[g].style);
        page_put(p, "\">");
    }
    page_say(p, groups[g].name);
    page_put(p, count > 0 ? "</a></strong>" : "</strong>");
}

static void tiles(struct page *p)
{
    page_put(p, "<ul class=\"tiles\">\n");
    for (size_t i = 0; i < GROUPS; i++) {
        size_t count = p->r->assessment->counts[groups[i].which];
        page_put(p, "<li class=\"");
        page_put(p, groups[i].style);
        page_put(p, "\"><span class=\"figure\">");
        page_number(p, count);
        page_put(p, "</span> ");
        tile_name(p, i, count);
        page_element(p, "small", "", groups[i].meaning);
        names(p, groups[i].which, count);
        page_put(p, "</li>\n");
    }
    page_put(p, "</ul>\n");
}

/* A reader that alone turns several handsets away is worth a look at the reader, so it is named. */
static void one_reader_only(struct page *p)
{
    const struct assessment *a = p->r->assessment;
    struct buf b;
    if (p->f->survey->reader_count < 2 || a->failing_alone == 0)
        return;
    buf_init(&b, 8192);
    for (size_t r = 0; r < p->f->survey->reader_count; r++) {
        if (a->readers[r].alone == 0)
            continue;
        buf_add_text(&b, b.length > 0 ? word_text(WORD_COMMA, p->language) : "");
        buf_add_text(&b, PAGE_PLAIN(p, WORD_ONE_READER_PAIRS, page_u64(a->readers[r].alone).text,
                                    p->f->survey->readers[r].unit)
                             .text);
    }
    buf_add_char(&b, '\0');
    page_put(p, "<p class=\"finding\">");
    PAGE_FILL(p, WORD_ONE_READER_ONLY, page_u64(a->failing_alone).text,
              page_u64(a->counts[RECOMMENDATION_NOT_RECOMMENDED]).text, b.data ? b.data : "");
    page_put(p, "</p>\n");
    buf_free(&b);
}

enum word page_clause(enum assess_clause clause)
{
    return word_clause(clause);
}

enum word page_recommendation(enum recommendation r)
{
    return word_recommendation(r);
}

void page_units(const struct page *p, uint32_t set, struct buf *out)
{
    name_add_readers(out, p->f, set, p->language);
}

void page_modes(const struct page *p, uint32_t modes, struct buf *out)
{
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        if (!(modes >> mode & 1))
            continue;
        buf_add_text(out, out->length > 0 ? word_text(WORD_LIST_SEPARATOR, p->language) : "");
        buf_add_text(out, word_text(page_power((enum power_mode)mode), p->language));
    }
    buf_add_char(out, '\0');
}

static void said(struct page *p, enum word id, const struct buf *value)
{
    PAGE_FILL(p, id, value->data && !value->failed ? value->data : "");
}

/* "on 1 of 6 readers: sim-reader-c" */
static void on_readers(struct page *p, uint32_t set)
{
    unsigned all = (unsigned)__builtin_popcount(p->r->assessment->scope),
             count = (unsigned)__builtin_popcount(set);
    struct buf units;
    if (count == 0 || all < 2)
        return;
    buf_init(&units, 8192);
    page_units(p, set, &units);
    page_put(p, "<small>");
    if (count == all)
        PAGE_FILL(p, WORD_FAILS_ON_ALL, page_u64(all).text);
    else
        PAGE_FILL(p, WORD_L_ON, page_u64(count).text, page_u64(all).text,
                  units.data && !units.failed ? units.data : "");
    page_put(p, "</small>");
    buf_free(&units);
}

static void modes_reason(struct page *p, const struct assess_pair *a)
{
    struct buf modes;
    buf_init(&modes, 4096);
    page_modes(p, a->modes_failing ? a->modes_failing : a->modes_open, &modes);
    said(p, a->modes_failing ? WORD_L_MODES_FAIL : WORD_L_MODES_OPEN, &modes);
    buf_free(&modes);
    if (a->modes_failing)
        on_readers(p, a->conditional_fails);
}

/* What the positions came to, where a clause of positions decides. */
static void positions(struct page *p, const struct assess_pair *a)
{
    bool points = a->clause == ASSESS_FIVE_POINTS && a->points_failing != UINT32_MAX;
    bool zone = a->clause == ASSESS_HEIGHT && !isnan(a->dead_zone_mm);
    if (!points && !zone)
        return;
    page_put(p, "<small>");
    if (points)
        PAGE_FILL(p, WORD_L_POINTS, page_u64(a->points_failing).text);
    else
        PAGE_FILL(p, WORD_L_DEAD_ZONE, page_real(a->dead_zone_mm).text);
    page_put(p, "</small>");
}

static void open_reason(struct page *p, const struct assess_pair *a)
{
    const char *absent = a->clause == ASSESS_SCOPE ? p->r->assessment->not_in_survey : NULL;
    if (!absent && a->required != ASSESS_OPEN)
        return;
    page_put(p, "<small>");
    if (absent)
        PAGE_FILL(p, WORD_L_NOT_IN_SURVEY, name_asked(absent, p->language));
    else if (a->placements_missing > 0)
        PAGE_FILL(p, WORD_L_MISSING, page_u64(a->placements_missing).text, page_u64(a->open_count).text);
    else
        PAGE_FILL(p, WORD_L_NO_NUMBER, page_u64(a->open_count).text);
    page_put(p, "</small>");
}

static void reason(struct page *p, const struct assess_pair *a)
{
    static const enum word outcomes[] = { [ASSESS_UNUSED] = WORD_L_PASS,
                                          [ASSESS_PASS] = WORD_L_PASS,
                                          [ASSESS_OPEN] = WORD_L_OPEN,
                                          [ASSESS_NOT_TESTABLE] = WORD_L_NOT_TESTABLE,
                                          [ASSESS_FAIL] = WORD_L_FAIL };
    page_put(p, "<td>");
    if (a->recommendation == RECOMMENDATION_CONDITIONAL)
        modes_reason(p, a);
    else if (a->clause == ASSESS_NONE)
        page_say(p, WORD_CL_ALL);
    else
        PAGE_FILL(p, outcomes[a->required], word_text(page_clause(a->clause), p->language));
    if (a->recommendation == RECOMMENDATION_NOT_RECOMMENDED) {
        on_readers(p, a->fails);
        positions(p, a);
    } else if (a->recommendation == RECOMMENDATION_NOT_ENOUGH_DATA) {
        open_reason(p, a);
    }
    if (a->leans_on_invalid > 0) {
        page_put(p, "<small class=\"lean\">");
        PAGE_FILL(p, WORD_L_LEANS, page_u64(a->leans_on_invalid).text);
        page_put(p, "</small>");
    }
    page_put(p, "</td>");
}

/* What the clause looks at in a cell: for most the placements, for some the taps, the time, or one step. */
static void measure(struct page *p, enum assess_clause clause, size_t cell)
{
    const struct criteria *c = p->r->assessment->criteria;
    const struct assess_cell *m = &p->r->assessment->cells[cell];
    if (c->taps && (clause == ASSESS_SUCCESS || clause == ASSESS_FIVE_POINTS || clause == ASSESS_HEIGHT)) {
        PAGE_FILL(p, WORD_L_TAPS, page_u64(m->taps_ok).text, page_u64(m->taps).text,
                  page_interval(p, m->taps_lower, m->taps_upper).text);
    } else if (clause == ASSESS_TIME) {
        PAGE_FILL(p, WORD_L_LATE, page_percent(p, m->overrun).text, page_u64(c->within_ms).text);
    } else if (clause == ASSESS_PAYLOAD) {
        PAGE_FILL(p, WORD_L_PAYLOAD, page_u64(m->payload_d).text, page_u64(p->f->cells[cell].n).text,
                  page_interval(p, m->payload_lower, m->payload_upper).text);
    } else {
        const struct findings_cell *counted = &p->f->cells[cell];
        PAGE_FILL(p, WORD_L_COUNTS, page_u64(counted->d).text, page_u64(counted->n).text,
                  page_interval(p, counted->lower, counted->upper).text);
    }
}

static void lines(struct page *p, const struct assess_result *r, enum assess_clause clause)
{
    uint64_t records[LINES_MAX];
    size_t count = assess_evidence(p->r->assessment, r, clause, records, LINES_MAX);
    page_put(p, "</td><td class=\"n lines\">");
    for (size_t i = 0; i < count; i++) {
        page_text(p, i ? word_text(WORD_COMMA, p->language) : "");
        page_text(p, number_name(records[i]).text);
    }
}

static void evidence(struct page *p, const struct assess_pair *a)
{
    bool in_mode = a->recommendation == RECOMMENDATION_CONDITIONAL;
    enum assess_clause clause = a->clause == ASSESS_NONE ? ASSESS_SUCCESS : a->clause;
    struct assess_result r = { a->required, in_mode ? a->conditional_cell : a->cell, 0 };
    if (in_mode)
        r.outcome = a->modes_failing ? ASSESS_FAIL : ASSESS_OPEN;
    page_put(p, "<td>");
    if (r.cell == SIZE_MAX) {
        page_say(p, WORD_L_NO_CELL);
        page_put(p, "</td><td></td><td>");
        return;
    }
    page_cell_open(p, r.cell);
    page_text(p, page_cell_name(p, r.cell).text);
    page_cell_close(p);
    page_put(p, "</td><td class=\"evidence\">");
    if (p->f->cells[r.cell].state != SURVEY_CELL_IN) {
        struct phrase hold;
        const char *why = name_left_out(p->f->survey, r.cell, p->language, &hold);
        page_text(p, why ? why : word_text(WORD_NO_REASON, p->language));
    } else {
        measure(p, clause, r.cell);
    }
    lines(p, &r, clause);
}

static void pair_row(struct page *p, size_t i)
{
    const struct assess_pair *a = &p->r->assessment->pairs[i];
    const struct findings_pair *pair = &p->f->pairs[i];
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, p->f->survey->pairs[i].unit);
    page_put(p, " <small>");
    page_text(p, page_handset(p, i).text);
    if (p->f->survey->sim_count > 1) {
        page_put(p, " + ");
        page_text(p, page_sim(p, i));
    }
    page_put(p, "</small></th>");
    reason(p, a);
    evidence(p, a);
    page_put(p, "</td><td class=\"n\">");
    page_number(p, pair->compatible);
    page_put(p, "/");
    page_number(p, pair->incompatible);
    page_put(p, "/");
    page_number(p, pair->undecided);
    page_put(p, "</td></tr>\n");
}

static void group_table(struct page *p, size_t g)
{
    static const enum word columns[] = { WORD_C_HANDSET,  WORD_C_REASON, WORD_L_CELL,
                                         WORD_L_EVIDENCE, WORD_L_LINES,  WORD_C_CELLS };
    size_t count = p->r->assessment->counts[groups[g].which];
    if (count == 0)
        return;
    page_put(p, "<table class=\"list decisions ");
    page_put(p, groups[g].style);
    page_put(p, "\" id=\"list-");
    page_put(p, groups[g].style);
    page_put(p, "\">\n");
    page_caption(p, WORD_GROUP_CAPTION,
                 (const char *const[]) { word_text(groups[g].name, p->language), page_u64(count).text,
                                         page_u64(p->f->survey->pair_count).text, NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->survey->pair_count; i++)
        if (assess_pair_of(p->r->assessment, i)->recommendation == groups[g].which)
            pair_row(p, i);
    page_put(p, "</tbody></table>\n");
}

void page_list(struct page *p)
{
    page_heading(p, "verdicts", WORD_H_VERDICTS);
    if (!p->r->assessment) {
        page_element(p, "p", "", WORD_NO_CRITERIA);
        page_put(p, "</section>\n");
        return;
    }
    tiles(p);
    one_reader_only(p);
    page_asked(p);
    for (size_t g = 0; g < GROUPS; g++)
        group_table(p, g);
    page_element(p, "p", "class=\"note\"", WORD_LIST_NOTE);
    page_element(p, "p", "class=\"note screen\"", WORD_LIST_CELLS);
    page_put(p, "</section>\n");
}
