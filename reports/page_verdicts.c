/* The front of the page and what the procurement officer came for: the handsets by recommendation, with
 * evidence. */
#include "reports/page.h"

#include <string.h>

static void banner(struct page *p)
{
    const struct findings *f = p->f;
    if (f->simulated) {
        page_put(p, "<div class=\"banner\" role=\"note\"><strong>");
        page_say(p, STR_SIMULATED);
        page_put(p, "</strong><p>");
        page_say(p, STR_SIMULATED_TEXT);
        if (f->simulated_sign) {
            bool driver = strcmp(f->simulated_sign, string_text(STR_SIGN_SIM_DRIVER, STRING_ENGLISH)) == 0;
            PAGE_FILL(p, STR_SIMULATED_SIGN,
                      driver ? string_text(STR_SIGN_SIM_DRIVER, p->language) : f->simulated_sign);
        }
        page_put(p, "</p></div>\n");
    }
    if (!f->finished) {
        page_put(p, "<p class=\"notice\">");
        PAGE_FILL(p, STR_UNFINISHED, f->stop_reason ? f->stop_reason : string_text(STR_NO_STOP, p->language));
        page_put(p, "</p>\n");
    }
}

static void contents(struct page *p)
{
    static const struct {
        const char *link;
        enum string_id title;
    } rows[] = {
        { "<li><a href=\"#verdicts\">", STR_H_VERDICTS }, { "<li><a href=\"#matrix\">", STR_H_MATRIX },
        { "<li><a href=\"#times\">", STR_H_TIMES },       { "<li><a href=\"#failures\">", STR_H_FAILURES },
        { "<li><a href=\"#budget\">", STR_H_BUDGET },     { "<li><a href=\"#positions\">", STR_H_POSITIONS },
        { "<li><a href=\"#effects\">", STR_H_EFFECTS },   { "<li><a href=\"#coverage\">", STR_H_COVERAGE },
        { "<li><a href=\"#claims\">", STR_H_CLAIMS },     { "<li><a href=\"#flagged\">", STR_H_FLAGGED },
        { "<li><a href=\"#run\">", STR_H_RUN },           { "<li><a href=\"#not-run\">", STR_H_NOT_RUN },
        { "<li><a href=\"#health\">", STR_H_HEALTH },     { "<li><a href=\"#words\">", STR_H_GLOSSARY },
    };
    page_put(p, "<nav aria-labelledby=\"contents\">");
    page_element(p, "h2", "id=\"contents\"", STR_CONTENTS);
    page_put(p, "<ol>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        page_put(p, rows[i].link);
        page_say(p, rows[i].title);
        page_put(p, "</a></li>");
    }
    page_put(p, "</ol></nav>\n");
}

void page_front(struct page *p)
{
    const struct survey *s = p->f->survey;
    const char *title = p->language == STRING_JAPANESE && s->title_ja ? s->title_ja : s->title;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, STR_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", title ? title : s->id);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, STR_SUBTITLE, s->id, p->f->run);
    page_put(p, "<br>");
    PAGE_FILL(p, STR_TIME, p->f->started, p->f->last_wall);
    page_put(p, "</p>\n");
    banner(p);
    contents(p);
    page_put(p, "</header>\n<main>\n");
}

static const struct {
    enum recommendation which;
    enum string_id name, meaning;
    const char *style;
} groups[] = {
    { RECOMMENDED, STR_R_RECOMMENDED, STR_RS_RECOMMENDED, "c" },
    { CONDITIONAL, STR_R_CONDITIONAL, STR_RS_CONDITIONAL, "t" },
    { NOT_RECOMMENDED, STR_R_NOT_RECOMMENDED, STR_RS_NOT_RECOMMENDED, "i" },
    { NOT_ENOUGH_DATA, STR_R_NOT_ENOUGH_DATA, STR_RS_NOT_ENOUGH_DATA, "u" },
};
#define GROUPS (sizeof groups / sizeof *groups)

static size_t count_of(const struct page *p, enum recommendation which)
{
    size_t count = 0;
    for (size_t i = 0; i < p->f->survey->pair_count; i++)
        count += p->f->pairs[i].recommendation == which;
    return count;
}

static void tiles(struct page *p)
{
    page_put(p, "<ul class=\"tiles\">\n");
    for (size_t i = 0; i < GROUPS; i++) {
        page_put(p, "<li class=\"");
        page_put(p, groups[i].style);
        page_put(p, "\"><span class=\"figure\">");
        page_number(p, count_of(p, groups[i].which));
        page_put(p, "</span> ");
        page_element(p, "strong", "", groups[i].name);
        page_element(p, "small", "", groups[i].meaning);
        page_put(p, "</li>\n");
    }
    page_put(p, "</ul>\n");
}

/* "every reader" or "at least 3 readers" */
static struct page_value_text rule_readers(const struct page *p)
{
    const struct criteria *c = p->f->criteria;
    return c->readers_at_least ? PAGE_PLAIN(p, STR_RULE_READERS, page_u64(c->readers_at_least).text)
                               : PAGE_PLAIN(p, STR_RULE_READERS_ALL, NULL);
}

static void modes(const struct page *p, uint32_t bits, enum string_id none, struct buf *b)
{
    bool any = false;
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        if ((bits >> mode & 1) == 0)
            continue;
        if (any)
            buf_add_text(b, string_text(STR_LIST_SEPARATOR, p->language));
        buf_add_text(b, string_text(page_power((enum power_mode)mode), p->language));
        any = true;
    }
    buf_add_text(b, any ? "" : string_text(none, p->language));
    buf_add_char(b, '\0');
}

/* What the criteria ask for: without it "recommended" says nothing. */
static void rule(struct page *p)
{
    const struct criteria *c = p->f->criteria;
    const char *title = p->language == STRING_JAPANESE && c->title_ja ? c->title_ja : c->title;
    struct buf scripts, power, conditional;
    buf_init(&scripts, 8192);
    buf_init(&power, 4096);
    buf_init(&conditional, 4096);
    for (size_t i = 0; i < c->script_count; i++) {
        buf_add_text(&scripts, i > 0 ? string_text(STR_COMMA, p->language) : "");
        buf_add_text(&scripts, c->scripts[i]);
    }
    buf_add_text(&scripts, c->script_count ? "" : string_text(STR_RULE_SCRIPTS_ALL, p->language));
    buf_add_char(&scripts, '\0');
    modes(p, c->power_modes, c->conditional_modes ? STR_RULE_MODES_ALL : STR_RULE_MODES_EVERY, &power);
    modes(p, c->conditional_modes, STR_RULE_MODES_EVERY, &conditional);
    page_put(p, "<p>");
    PAGE_FILL(p, STR_RULE, title ? title : c->id, rule_readers(p).text, scripts.data ? scripts.data : "",
              power.data ? power.data : "");
    if (c->conditional_modes) {
        page_put(p, p->language == STRING_JAPANESE ? "" : " ");
        PAGE_FILL(p, STR_RULE_CONDITIONAL, conditional.data ? conditional.data : "");
    }
    page_put(p, "</p>\n");
    if (c->source && c->source[0]) {
        page_put(p, "<p class=\"note\">");
        PAGE_FILL(p, STR_RULE_SOURCE, c->source);
        page_put(p, "</p>\n");
    }
    buf_free(&scripts);
    buf_free(&power);
    buf_free(&conditional);
}

/* The readers that a pair fails on, as a bit a reader. */
static uint32_t failing(const struct page *p, size_t pair, enum findings_need need)
{
    uint32_t bits = 0;
    for (size_t r = 0; r < p->f->survey->reader_count; r++)
        if (findings_fails_on(p->f, pair, r, need))
            bits |= UINT32_C(1) << r;
    return bits;
}

/* A reader that alone turns several handsets away is worth a look at the reader, so it is named. */
static void one_reader_only(struct page *p)
{
    size_t refused = count_of(p, NOT_RECOMMENDED), alone[SURVEY_READERS_MAX] = { 0 }, total = 0;
    struct buf b;
    if (p->f->survey->reader_count < 2)
        return;
    for (size_t i = 0; i < p->f->survey->pair_count; i++) {
        uint32_t bits = failing(p, i, FINDINGS_NEED_REQUIRED);
        if (p->f->pairs[i].recommendation != NOT_RECOMMENDED || bits == 0 || (bits & (bits - 1)) != 0)
            continue;
        alone[__builtin_ctz(bits)]++;
        total++;
    }
    if (total == 0)
        return;
    buf_init(&b, 8192);
    for (size_t r = 0; r < p->f->survey->reader_count; r++) {
        if (alone[r] == 0)
            continue;
        buf_add_text(&b, b.length > 0 ? string_text(STR_COMMA, p->language) : "");
        buf_add_text(
            &b,
            PAGE_PLAIN(p, STR_ONE_READER_PAIRS, page_u64(alone[r]).text, p->f->survey->readers[r].unit).text);
    }
    buf_add_char(&b, '\0');
    page_put(p, "<p class=\"finding\">");
    PAGE_FILL(p, STR_ONE_READER_ONLY, page_u64(total).text, page_u64(refused).text, b.data ? b.data : "");
    page_put(p, "</p>\n");
    buf_free(&b);
}

static void failing_readers(struct page *p, size_t i)
{
    enum recommendation which = p->f->pairs[i].recommendation;
    uint32_t bits = which == NOT_RECOMMENDED ? failing(p, i, FINDINGS_NEED_REQUIRED)
                    : which == CONDITIONAL   ? failing(p, i, FINDINGS_NEED_CONDITIONAL)
                                             : 0;
    unsigned all = (unsigned)p->f->survey->reader_count, count = (unsigned)__builtin_popcount(bits);
    if (count == 0 || all < 2)
        return;
    page_put(p, "<small>");
    if (count == all) {
        PAGE_FILL(p, STR_FAILS_ON_ALL, page_u64(all).text);
    } else {
        struct buf b;
        buf_init(&b, 8192);
        for (unsigned r = 0; r < all; r++) {
            if ((bits >> r & 1) == 0)
                continue;
            buf_add_text(&b, b.length > 0 ? string_text(STR_COMMA, p->language) : "");
            buf_add_text(&b, p->f->survey->readers[r].unit);
        }
        buf_add_char(&b, '\0');
        PAGE_FILL(p, STR_FAILS_ON, page_u64(count).text, page_u64(all).text, b.data ? b.data : "");
        buf_free(&b);
    }
    page_put(p, "</small>");
}

/* What the criteria name and the survey lacks, or the clause that decides. */
static void missing(struct page *p, const char *id)
{
    const struct criteria *c = p->f->criteria;
    enum string_id kind = STR_COUNT;
    for (int m = POWER_NONE + 1; m < POWER_COUNT && id; m++)
        if (strcmp(power_mode_name((enum power_mode)m), id) == 0)
            kind = STR_C_CONDITION;
    for (size_t i = 0; i < c->script_count && id; i++)
        if (strcmp(c->scripts[i], id) == 0)
            kind = STR_C_SCRIPT;
    if (kind != STR_COUNT) {
        page_say(p, kind);
        page_say(p, STR_COLON);
    }
    page_text(p, id);
}

static enum string_id reason_string(enum findings_reason r)
{
    static const enum string_id names[] = {
        [FINDINGS_REASON_NONE] = STR_W_UNDECIDED,
        [FINDINGS_REASON_ALL_COMPATIBLE] = STR_W_ALL_COMPATIBLE,
        [FINDINGS_REASON_INCOMPATIBLE] = STR_W_INCOMPATIBLE,
        [FINDINGS_REASON_DECLARED_ABSENT] = STR_W_DECLARED_ABSENT,
        [FINDINGS_REASON_UNDECIDED] = STR_W_UNDECIDED,
        [FINDINGS_REASON_NOT_EXAMINED] = STR_W_NOT_EXAMINED,
        [FINDINGS_REASON_NOT_IN_SURVEY] = STR_W_NOT_IN_SURVEY,
        [FINDINGS_REASON_MODE_INCOMPATIBLE] = STR_W_MODE_INCOMPATIBLE,
        [FINDINGS_REASON_MODE_OPEN] = STR_W_MODE_OPEN,
        [FINDINGS_REASON_CLAUSE_FAILED] = STR_W_CLAUSE_FAILED,
        [FINDINGS_REASON_CLAUSE_OPEN] = STR_W_CLAUSE_OPEN,
        [FINDINGS_REASON_NOT_TESTABLE] = STR_W_NOT_TESTABLE,
    };
    return names[r];
}

static void evidence(struct page *p, const struct findings_pair *pair)
{
    if (pair->reason_cell == SIZE_MAX) {
        missing(p, pair->reason_missing);
        return;
    }
    if (pair->reason_missing) {
        missing(p, pair->reason_missing);
        page_say(p, STR_COLON);
    }
    const struct findings_cell *c = &p->f->cells[pair->reason_cell];
    page_value(p, "span", "class=\"cell\"", page_cell_name(p, pair->reason_cell).text);
    page_put(p, "<br><span class=\"evidence\">");
    if (c->state != SURVEY_CELL_IN) {
        const char *why =
            p->f->survey->excluded_reason ? p->f->survey->excluded_reason[pair->reason_cell] : NULL;
        page_text(p, why ? why : string_text(STR_NO_REASON, p->language));
    } else {
        page_evidence(p, pair->reason_cell);
    }
    if (c->missing > 0) {
        page_say(p, STR_COMMA);
        PAGE_FILL(p, STR_MORE_CLEAN, page_u64(c->missing).text);
    }
    page_put(p, "</span>");
}

static void pair_row(struct page *p, size_t i)
{
    const struct findings_pair *pair = &p->f->pairs[i];
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, p->f->survey->pairs[i].unit);
    page_value(p, "small", "", page_handset(p, i).text);
    page_put(p, "</th>");
    page_value(p, "td", "", page_sim(p, i));
    page_put(p, "<td>");
    page_say(p, reason_string(pair->reason_code));
    failing_readers(p, i);
    page_put(p, "</td><td>");
    evidence(p, pair);
    page_put(p, "</td><td class=\"n\">");
    page_number(p, pair->compatible);
    page_put(p, " / ");
    page_number(p, pair->incompatible);
    page_put(p, " / ");
    page_number(p, pair->undecided);
    page_put(p, "</td></tr>\n");
}

static void group_table(struct page *p, size_t g)
{
    static const enum string_id columns[] = { STR_C_HANDSET, STR_C_SIM, STR_C_REASON, STR_C_EVIDENCE,
                                              STR_C_CELLS };
    size_t count = count_of(p, groups[g].which);
    if (count == 0)
        return;
    page_put(p, "<table class=\"list ");
    page_put(p, groups[g].style);
    page_put(p, "\">\n");
    page_caption(p, STR_GROUP_CAPTION,
                 (const char *const[]) { string_text(groups[g].name, p->language), page_u64(count).text,
                                         page_u64(p->f->survey->pair_count).text, NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->survey->pair_count; i++)
        if (p->f->pairs[i].recommendation == groups[g].which)
            pair_row(p, i);
    page_put(p, "</tbody></table>\n");
}

/* Both ways of counting what the operator took out, where there is something and it makes a difference. */
static void other_way(struct page *p)
{
    const struct findings *f = p->f;
    uint64_t as_dirty = 0, without = 0;
    for (size_t i = 0; i < f->cell_count; i++) {
        as_dirty += f->cells[i].verdict_invalid_as_dirty != f->cells[i].verdict;
        without += f->cells[i].verdict_without_withdrawn != f->cells[i].verdict;
    }
    if (f->placements_excluded + f->placements_withdrawn == 0 || as_dirty + without == 0)
        return;
    page_put(p, "<p class=\"note\">");
    PAGE_FILL(p, STR_OTHER_WAY, page_u64(f->placements_excluded).text, page_u64(as_dirty).text,
              page_u64(f->placements_withdrawn).text, page_u64(without).text);
    page_put(p, "</p>\n");
}

void page_verdicts(struct page *p)
{
    const struct criteria *c = p->f->criteria;
    page_heading(p, "verdicts", STR_H_VERDICTS);
    if (c) {
        rule(p);
        tiles(p);
        one_reader_only(p);
        page_element(p, "p", "class=\"note\"", STR_VERDICTS_INTRO);
    } else {
        page_element(p, "p", "", STR_NO_CRITERIA);
    }
    other_way(p);
    for (size_t g = 0; g < GROUPS && c; g++)
        group_table(p, g);
    page_put(p, "</section>\n");
}
