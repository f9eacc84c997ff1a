/*
 * Words and all cells as one JSON block, for the page's script: data only, which no browser runs. Texts are escaped so
 * that none can end the block; what repeats (intervals, causes) stands once and is named by its number.
 */
#include "harness/base/array.h"
#include "harness/findings/tally.h"
#include "reports/sections/sections.h"

#include "reports/render/escape.h"
#include "reports/tables/tables.h"
#include "reports/words/signs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 5 /* records of a cell's first bad placements */
#define COLUMNS_DRAWN                                                                                        \
    17 /* of the table of cells, which script.js draws from a row's numbers; later ones are texts */

/* Distinct texts in the order in which they were met. */
struct texts {
    char **items;
    size_t count, room;
    bool failed;
};

static size_t number_of(struct texts *t, const char *text)
{
    size_t i = 0;
    while (i < t->count && strcmp(t->items[i], text) != 0)
        i++;
    if (i < t->count || t->failed)
        return i;
    char **more = array_room(t->items, t->count, &t->room, sizeof *more, 64);
    t->failed = !more;
    if (!more)
        return 0;
    t->items = more;
    t->items[t->count] = strdup(text);
    t->failed = !t->items[t->count];
    t->count += !t->failed;
    return i;
}

static void texts_free(struct texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->items[i]);
    free(t->items);
}

static void json_text(struct page *p, const char *text)
{
    buf_add_char(&p->b, '"');
    escape_json(&p->b, text ? text : "");
    buf_add_char(&p->b, '"');
}

static void json_say(struct page *p, enum word id)
{
    json_text(p, word_text(id, p->language));
}

static void json_list(struct page *p, const char *key, const enum word *ids, size_t count, const char *end)
{
    buf_add_format(&p->b, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        page_put(p, i ? "," : "");
        json_say(p, ids[i]);
    }
    page_put(p, "]");
    page_put(p, end);
}

static void json_names(struct page *p, const char *key, size_t count,
                       struct phrase (*name)(const struct findings *, size_t, enum language))
{
    buf_add_format(&p->b, ",\n\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        page_put(p, i ? "," : "");
        json_text(p, name(p->f, i, p->language).text);
    }
    page_put(p, "]");
}

static struct phrase script(const struct findings *f, size_t which, enum language language)
{
    return phrase_cut(name_script(f, which, language));
}

static struct phrase unit(const struct findings *f, size_t reader, enum language language)
{
    (void)language;
    return phrase_cut(f->survey->readers[reader].unit);
}

static void words(struct page *p)
{
    static const struct {
        const char *key;
        enum word id;
    } rows[] = {
        { "sort", WORD_SORT }, /* of every page; the others are of cells */
        { "comma", WORD_COMMA },
        { "small", WORD_TOO_SMALL },
        { "evidence", WORD_EVIDENCE },
        { "beside", WORD_SUSPECT_BESIDE },
        { "title", WORD_CELL_TITLE },
        { "of", WORD_OF },
        { "count", WORD_CELLS_COUNT },
        { "page", WORD_PAGER_PLACE },
        { "panel", WORD_TAB_CAPTION },
        { "handset", WORD_C_HANDSET },
        { "sim", WORD_C_SIM },
        { "reader", WORD_C_READER },
        { "condition", WORD_C_CONDITION },
        { "script", WORD_C_SCRIPT },
        { "verdict", WORD_C_VERDICT },
        { "why", WORD_C_WHY },
        { "placements", WORD_C_PLACEMENTS },
        { "none", WORD_CELL_NONE },
        { "asDirty", WORD_C_INVALID_DIRTY },
        { "suspect", WORD_SH_S },
        { "attributed", WORD_SUSPECTS_OWN },
        { "invalid", WORD_NR_INVALID },
        { "aborted", WORD_NR_ABORTED },
        { "sessions", WORD_K_SESSIONS },
        { "missing", WORD_CELL_MISSING },
        { "transactions", WORD_C_OK_OF },
        { "median", WORD_CELL_MEDIAN },
        { "p90", WORD_CELL_P90 },
        { "max", WORD_CELL_MAX },
        { "lines", WORD_CELL_LINES },
        { "exchanges", WORD_CELL_EXCHANGES },
        { "crossed", WORD_CARD_OR_READER },
        { "noFailure", WORD_CELL_NO_FAILURE },
        { "failures", WORD_CELL_FAILURES },
    };
    static const enum word kinds[] = { WORD_C_STAGE,  WORD_C_OUTCOME,      WORD_CELL_CODE,
                                       WORD_C_CAUSES, WORD_C_TRANSACTIONS, WORD_CELL_KIND_LINES };
    static const enum word theme[] = { WORD_THEME_AUTO, WORD_THEME_LIGHT, WORD_THEME_DARK };
    size_t count = p->comparison ? 1 : sizeof rows / sizeof *rows;
    page_put(p, "{\"words\":{");
    for (size_t i = 0; i < count; i++) {
        buf_add_format(&p->b, "\"%s\":", rows[i].key);
        json_say(p, rows[i].id);
        page_put(p, ",\n");
    }
    if (!p->comparison)
        json_list(p, "kindColumns", kinds, sizeof kinds / sizeof *kinds, ",\n");
    json_list(p, "theme", theme, sizeof theme / sizeof *theme, "");
    page_put(p, "},\n\"mark\":");
    enum word mark = page_mark_word(p);
    json_text(p, mark != WORD_NONE ? PHRASE_FILL(WORD_MARKED, p->language, word_text(mark, p->language)).text
                                   : ""); /* behind a caption */
}

static void axes(struct page *p)
{
    const struct survey *s = p->f->survey;
    json_names(p, "readers", s->reader_count, unit);
    json_names(p, "conditions", s->condition_count, name_condition);
    json_names(p, "scripts", s->script_count, script);
    buf_add_format(&p->b, ",\n\"sims\":%zu,\n\"pairs\":[", s->sim_count);
    for (size_t i = 0; i < s->pair_count; i++) {
        page_put(p, i ? ",[" : "[");
        json_text(p, s->pairs[i].unit);
        page_put(p, ",");
        json_text(p, name_sim(p->f, i, p->language));
        page_put(p, ",");
        json_text(p, name_handset(p->f, i).text);
        page_put(p, "]");
    }
    page_put(p, "],\n\"verdicts\":[");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        page_put(p, v ? ",[" : "[");
        json_say(p, sign_of_verdict((enum verdict)v)->name);
        page_put(p, ",");
        json_say(p, sign_of_verdict((enum verdict)v)->symbol);
        page_put(p, ",");
        json_text(p, sign_of_verdict((enum verdict)v)->class);
        page_put(p, "]");
    }
    page_put(p, "]");
}

/* Milliseconds to a tenth, as JSON has numbers: the script writes them for people. */
static void add_ms(struct page *p, uint64_t us)
{
    buf_add_format(&p->b, ",%.1f", (double)us / 1000);
}

static void json_quantile(struct page *p, const struct findings_quantile *q)
{
    if (!q->has_value) {
        page_put(p, ",null,null,null");
        return;
    }
    add_ms(p, q->value_us);
    if (!q->has_interval) {
        page_put(p, ",null,null");
        return;
    }
    add_ms(p, q->low_us);
    add_ms(p, q->high_us);
}

static void lines(struct page *p, const uint64_t *records, size_t count)
{
    page_put(p, "[");
    for (size_t i = 0; i < count; i++)
        buf_add_format(&p->b, "%s%" PRIu64, i ? "," : "", records[i]);
    page_put(p, "]");
}

/* Stage, outcome, code, what is left of the candidates; how many; and their first records. */
static void kind(struct page *p, const struct causes_kind *k, struct texts *t)
{
    struct buf names;
    buf_init(&names, 65536);
    name_add_causes(&names, k->narrowed, p->language);
    size_t kept = 0;
    while (kept < CAUSES_RECORDS_MAX && kept < k->count && k->records[kept])
        kept++;
    buf_add_format(&p->b, "[%zu,%zu,%zu,%zu,%" PRIu64 ",",
                   number_of(t, word_text(word_stage(k->stage), p->language)),
                   number_of(t, word_text(word_outcome(k->outcome), p->language)), number_of(t, k->code),
                   number_of(t, buf_text(&names)), k->count);
    lines(p, k->records, kept);
    page_put(p, "]");
    buf_free(&names);
}

static const char *attribution_text(const struct page *p, enum attribution_answer answer)
{
    static const enum word names[] = {
        [ATTRIBUTION_NONE] = WORD_X_NONE,     [ATTRIBUTION_HANDSET] = WORD_X_HANDSET,
        [ATTRIBUTION_READER] = WORD_X_READER, [ATTRIBUTION_COMBINATION] = WORD_X_COMBINATION,
        [ATTRIBUTION_OPEN] = WORD_X_OPEN,     [ATTRIBUTION_NOT_PURSUED] = WORD_X_NOT_PURSUED
    };
    return word_text(names[answer], p->language);
}

/* What only some cells have. */
static void detail(struct page *p, size_t cell, struct texts *t)
{
    const struct causes_cell *c = p->r->causes->cells[cell];
    struct phrase hold;
    const char *why = name_left_out(p->f->survey, cell, p->language, &hold), *before = "";
    uint64_t bad[LINES_MAX];
    size_t count = findings_failing_lines(&p->f->cells[cell], bad, LINES_MAX);
    bool own = p->f->cells[cell].attributed;
    if (!why && count == 0 && !c && !own)
        return;
    page_put(p, ",{");
    if (own) {
        page_put(p, "\"attributed\":true");
        before = ",";
    }
    if (why) {
        page_put(p, before);
        page_put(p, "\"why\":");
        json_text(p, why);
        before = ",";
    }
    if (count > 0) {
        page_put(p, before);
        page_put(p, "\"lines\":");
        lines(p, bad, count);
        before = ",";
    }
    if (c && c->kind_count > 0) {
        page_put(p, before);
        page_put(p, "\"crossed\":");
        json_text(p, attribution_text(p, c->attribution.answer));
        page_put(p, ",\"kinds\":[");
        for (size_t i = 0; i < c->kind_count; i++) {
            page_put(p, i ? "," : "");
            kind(p, &c->kinds[i], t);
        }
        page_put(p, "]");
    }
    page_put(p, "}");
}

static void cell_row(struct page *p, size_t cell, struct texts *intervals, struct texts *t)
{
    const struct findings_cell *c = &p->f->cells[cell];
    buf_add_format(&p->b, "%s[%u,%u,%u,%u,%d,%d,%u,%u,%u,%u,%u,%zu,%u,%" PRIu64 ",%" PRIu64 ",%d",
                   cell ? ",\n" : "\n", c->pair, c->reader, c->condition, c->script, (int)c->verdict,
                   (int)c->verdict_invalid_as_dirty, c->n, c->d, c->s, c->invalid, c->aborted,
                   number_of(intervals, number_interval(c->lower, c->upper, 1, p->language).text), c->missing,
                   c->ok, tally_transactions(c), __builtin_popcount(c->judged.sessions));
    json_quantile(p, &c->first_transaction.median);
    json_quantile(p, &c->first_transaction.p90);
    if (c->first_transaction.n)
        add_ms(p, c->first_transaction.max_us);
    else
        page_put(p, ",null");
    detail(p, cell, t);
    page_put(p, "]");
}

/* The first column of the table that the script does not know how to draw from a cell's row; at the end: none. */
static const struct column *first_later_column(void)
{
    const struct column *c = table_cells.columns;
    for (size_t known = 0; c->kind && known < COLUMNS_DRAWN; c++)
        known += column_is_in(c, FORM_SCREEN);
    while (c->kind && !column_is_in(c, FORM_SCREEN))
        c++;
    return c;
}

static size_t number_of_value(const struct column *c, const struct view *v, const struct row *row,
                              struct texts *t)
{
    struct value value;
    struct buf words;
    buf_init(&words, 65536);
    column_value(c, v, row, 0, &value);
    value_in_words(v, &value, &words);
    buf_add_char(&words, '\0');
    size_t number = number_of(t, words.failed ? "" : words.data);
    value_done(&value);
    buf_free(&words);
    return number;
}

/* What these columns say of each cell, as texts. */
static void later_columns(struct page *p, struct texts *t)
{
    const struct view v = { p->r, p->language, FORM_SCREEN };
    const struct column *first = first_later_column();
    struct row row = table_first(NULL);
    if (!first->kind)
        return;
    page_put(p, ",\n\"more\":[");
    while (table_next(&table_cells, &v, &row)) {
        const char *before = row.i ? ",\n[" : "\n[";
        for (const struct column *c = first; c->kind; c++) {
            if (!column_is_in(c, FORM_SCREEN))
                continue;
            buf_add_format(&p->b, "%s%zu", before, number_of_value(c, &v, &row, t));
            before = ",";
        }
        page_put(p, "]");
    }
    page_put(p, "]");
}

static void all_texts(struct page *p, const char *key, const struct texts *t)
{
    buf_add_format(&p->b, ",\n\"%s\":[", key);
    for (size_t i = 0; i < t->count; i++) {
        page_put(p, i ? "," : "");
        json_text(p, t->items[i]);
    }
    page_put(p, "]");
}

/* The file beside the page that has the exchanges of failures, "" without one, and what to do with it: the filter of a
 * cell, or the command that writes the file. */
static void capture(struct page *p)
{
    struct buf command;
    buf_init(&command, 8192);
    if (p->r->capture_file)
        buf_add_text(&command, "frame.comment contains \"cell={0};\"");
    else
        buf_add_format(&command, "nfc-survey export %s --format pcapng --cell {0} --output cell-{0}.pcapng",
                       p->f->run ? p->f->run : "DIR");
    page_put(p, ",\n\"capture\":[");
    json_text(p, p->r->capture_file);
    page_put(p, ",");
    json_text(p, buf_text(&command));
    page_put(p, "]");
    buf_free(&command);
}

static void all_cells(struct page *p)
{
    struct texts intervals = { 0 }, t = { 0 };
    axes(p);
    capture(p);
    page_put(p, ",\n\"cells\":[");
    for (size_t cell = 0; cell < p->f->cell_count; cell++)
        cell_row(p, cell, &intervals, &t);
    page_put(p, "]");
    later_columns(p, &t);
    all_texts(p, "intervals", &intervals);
    all_texts(p, "texts", &t);
    p->b.failed = p->b.failed || intervals.failed || t.failed;
    texts_free(&intervals);
    texts_free(&t);
}

void page_data(struct page *p)
{
    page_put(p, "<script type=\"application/json\" id=\"cells-data\">\n");
    words(p);
    if (!p->comparison)
        all_cells(p);
    page_put(p, "}\n</script>\n");
}
