/*
 * report.md: the procurement summary in GitHub's Markdown, for mails and wikis: list with reasons, criteria,
 * coverage, what-ifs, proposal, signatures. Markup comes from literals only; every value goes through
 * escape_markdown().
 */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "reports/render/escape.h"
#include "reports/report.h"
#include "reports/tables/names.h"
#include "reports/tables/signature.h"
#include "reports/tables/table.h"
#include "reports/words/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKDOWN_BYTES_MAX (64u << 20)
#define PAIRS_SHOWN        200 /* of each recommendation; a mail holds no more */

struct note {
    struct buf b;
    const struct report *r;
    const struct findings *f;
    enum language language;
};

static void put(struct note *m, const char *markup)
{
    buf_add_text(&m->b, markup);
}

/* A very long name is cut: the spreadsheet and criteria.yaml have it whole. */
static void text(struct note *m, const char *value)
{
    if (value)
        escape_markdown(&m->b, phrase_cut(value).text);
}

static const char *word(const struct note *m, enum word id)
{
    return word_text(id, m->language);
}

static void say(struct note *m, enum word id)
{
    escape_markdown(&m->b, word(m, id));
}

static void fill(struct note *m, enum word id, const char *const *args)
{
    phrase_add(&m->b, escape_markdown, id, m->language, args);
}
#define FILL(m, id, ...) fill((m), (id), (const char *const[]) { __VA_ARGS__, NULL })

static void heading(struct note *m, enum word id)
{
    put(m, "\n## ");
    say(m, id);
    if (m->f->simulated)
        FILL(m, WORD_MARKED, word(m, WORD_SIMULATED));
    put(m, "\n\n");
}

static void headers(struct note *m, const enum word *ids, size_t count)
{
    put(m, "|");
    for (size_t i = 0; i < count; i++) {
        put(m, " ");
        say(m, ids[i]);
        put(m, " |");
    }
    put(m, "\n|");
    for (size_t i = 0; i < count; i++)
        put(m, " --- |");
    put(m, "\n");
}

static void cell(struct note *m, const char *value)
{
    put(m, " ");
    text(m, value);
    put(m, " |");
}

static void number(struct note *m, uint64_t value)
{
    cell(m, number_count(value).text);
}

static void item(struct note *m, enum word name, const char *value)
{
    if (!value || !value[0])
        return;
    put(m, "|");
    cell(m, word(m, name));
    put(m, " ");
    escape_markdown(&m->b, value); /* whole: a source or what a pass proves is a sentence */
    put(m, " |\n");
}

static void front(struct note *m)
{
    const struct findings *f = m->f;
    const struct survey *s = f->survey;
    const char *title = phrase_choose(s->title, s->title_ja, m->language);
    static const enum word columns[] = { WORD_SH_ITEM, WORD_SH_VALUE };
    struct phrase hold;
    put(m, "# ");
    if (f->simulated) {
        say(m, WORD_SIMULATED);
        say(m, WORD_COLON);
    }
    text(m, title ? title : s->id);
    put(m, "\n\n");
    if (f->simulated) {
        put(m, "> **");
        say(m, WORD_SIMULATED);
        put(m, "** ");
        say(m, WORD_SH_SIMULATED_TEXT);
        put(m, "\n\n");
    }
    if (!f->finished) {
        put(m, "> ");
        FILL(m, WORD_UNFINISHED,
             f->stop_reason ? phrase_said(f->stop_reason, m->language, &hold) : word(m, WORD_NO_STOP));
        put(m, "\n\n");
    }
    headers(m, columns, 2);
    item(m, WORD_K_SURVEY, s->id);
    item(m, WORD_K_RUN, f->run);
    item(m, WORD_K_TIME,
         phrase_fill(WORD_TIME, m->language,
                     (const char *const[]) { number_date(f->started, m->language).text,
                                             number_date(f->last_wall, m->language).text, NULL })
             .text);
    item(m, WORD_SH_JOURNAL_HASH, f->sha256);
    item(m, WORD_SH_CRITERIA_HASH, m->r->criteria_sha256);
    item(m, WORD_K_PROGRAM, f->program);
}

/* "sim-reader-b, off, token: 3 / 12, [2.10, 61.00] %" */
static void evidence(struct note *m, const struct assess_pair *pair)
{
    const char *missing = name_missing(pair, m->language);
    if (missing) {
        text(m, missing);
        if (pair->reason_cell != SIZE_MAX)
            say(m, WORD_COLON);
    }
    if (pair->reason_cell == SIZE_MAX)
        return;
    const struct findings_cell *c = &m->f->cells[pair->reason_cell];
    text(m, m->f->survey->readers[c->reader].unit);
    say(m, WORD_COMMA);
    text(m, name_condition(m->f, c->condition));
    say(m, WORD_COMMA);
    text(m, name_script(m->f, c->script));
    if (c->n == 0)
        return;
    say(m, WORD_COLON);
    text(m, number_count(c->d).text);
    put(m, " / ");
    text(m, number_count(c->n).text);
    say(m, WORD_COMMA);
    text(m, number_interval(c->lower, c->upper, 2, m->language).text);
}

static void pair_row(struct note *m, size_t i)
{
    const struct assess_pair *pair = assess_pair_of(m->r->assessment, i);
    put(m, "|");
    cell(m, m->f->survey->pairs[i].unit);
    cell(m, name_handset(m->f, i).text);
    cell(m, name_sim(m->f, i));
    cell(m, word(m, word_reason(pair->reason)));
    put(m, " ");
    evidence(m, pair);
    put(m, " |");
    cell(m, pair->reason_cell != SIZE_MAX && m->f->cells[pair->reason_cell].missing
                ? number_count(m->f->cells[pair->reason_cell].missing).text
                : "");
    put(m, "\n");
}

static void group(struct note *m, enum recommendation which)
{
    static const enum word columns[] = { WORD_C_HANDSET, WORD_SH_HANDSET_MODEL, WORD_C_SIM,
                                         WORD_C_REASON,  WORD_MD_EVIDENCE,      WORD_SH_MORE };
    size_t shown = 0, count = m->r->assessment->counts[which];
    if (count == 0)
        return;
    put(m, "\n### ");
    FILL(m, WORD_GROUP_CAPTION, word(m, word_recommendation(which)), number_count(count).text,
         number_count(m->f->survey->pair_count).text);
    put(m, "\n\n");
    headers(m, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < m->f->survey->pair_count && shown < PAIRS_SHOWN; i++)
        if (assess_pair_of(m->r->assessment, i)->recommendation == which) {
            pair_row(m, i);
            shown++;
        }
    if (shown < count) {
        put(m, "\n");
        FILL(m, WORD_MD_LIST_CUT, number_count(count - shown).text);
        put(m, "\n");
    }
}

static void criteria(struct note *m)
{
    static const enum word columns[] = { WORD_SH_ITEM, WORD_SH_VALUE };
    const struct assessment *a = m->r->assessment;
    const struct criteria *c = a->criteria;
    heading(m, WORD_MD_CRITERIA);
    headers(m, columns, 2);
    item(m, WORD_C_ID, c->id);
    item(m, WORD_SH_P_EDITION, c->edition);
    item(m, WORD_SH_TITLE, phrase_choose(c->title, c->title_ja, m->language));
    item(m, WORD_SH_P_SOURCE, phrase_choose(c->source, c->source_ja, m->language));
    item(m, WORD_SH_P_ANALOGY, phrase_choose(c->analogy, c->analogy_ja, m->language));
    item(m, WORD_SH_P_PROVES, phrase_choose(c->proves, c->proves_ja, m->language));
    item(m, WORD_SH_P_ABSENT, name_asked(a->not_in_survey, m->language));
}

static enum word weights_of(const struct matrix *x)
{
    return x->shares.source == SHARES_FILE       ? WORD_MD_SHARES_FILE
           : x->shares.source == SHARES_PROFILES ? WORD_MD_SHARES_PROFILES
                                                 : WORD_MD_SHARES_UNKNOWN;
}

static void bracket(struct note *m, const struct matrix_bracket *x)
{
    struct value low = { .real = x->lower, .round = DECIMAL_DOWN },
                 high = { .real = x->upper, .round = DECIMAL_UP };
    char digits[DECIMAL_SIZE];
    put(m, " ");
    text(m, number_fixed(strtod(value_share_digits(&low, 4, digits), NULL) * 100, 2).text);
    put(m, " | ");
    text(m, number_fixed(strtod(value_share_digits(&high, 4, digits), NULL) * 100, 2).text);
    put(m, " |\n");
}

/* Of the first group: what the criteria require, or the first condition without criteria. */
static void coverage(struct note *m)
{
    static const enum word columns[] = { WORD_C_READER, WORD_SH_READER_MODEL, WORD_MD_WORKS,    WORD_MD_FAILS,
                                         WORD_M_OPEN,   WORD_MD_SERVED_FROM,  WORD_MD_SERVED_TO };
    const struct matrix *x = m->r->matrix;
    heading(m, WORD_MD_COVERAGE);
    if (!x || x->group_count == 0) {
        FILL(m, WORD_MD_NO_COVERAGE, m->r->shares_misfit ? word(m, WORD_SHARES_MISFIT) : "");
        put(m, "\n");
        return;
    }
    const struct matrix_group *g = &x->groups[0];
    FILL(m, WORD_MD_COVERAGE_TEXT, word(m, weights_of(x)));
    put(m, "\n\n");
    headers(m, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < m->f->survey->reader_count; i++) {
        put(m, "|");
        cell(m, m->f->survey->readers[i].unit);
        cell(m, name_reader(m->f, i).text);
        number(m, g->readers[i].works);
        number(m, g->readers[i].fails);
        number(m, g->readers[i].open);
        bracket(m, &g->readers[i].market);
    }
    put(m, "|");
    cell(m, word(m, WORD_MD_ALL_READERS));
    put(m, " | | | |");
    bracket(m, &g->all_readers);
}

static void counts_row(struct note *m, const char *name, const unsigned *counts, unsigned changed)
{
    put(m, "|");
    cell(m, name);
    for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
        number(m, counts[r]);
    number(m, changed);
    put(m, "\n");
}

static void what_if(struct note *m)
{
    static const enum word columns[] = { WORD_SH_WHAT_IF,        WORD_R_RECOMMENDED,     WORD_R_CONDITIONAL,
                                         WORD_R_NOT_RECOMMENDED, WORD_R_NOT_ENOUGH_DATA, WORD_SH_CHANGED };
    const struct assessment *a = m->r->assessment;
    heading(m, WORD_MD_WHAT_IF);
    headers(m, columns, sizeof columns / sizeof *columns);
    counts_row(m, word(m, WORD_SH_AS_IT_IS), a->counts, 0);
    for (size_t i = 0; i < a->scenario_count; i++)
        counts_row(m, name_scenario(a, &a->scenarios[i], m->language).text, a->scenarios[i].counts,
                   a->scenarios[i].changed);
}

static void proposal(struct note *m)
{
    const struct assessment *a = m->r->assessment;
    heading(m, WORD_MD_PROPOSAL);
    for (size_t i = 0; i < a->sentence_count; i++) {
        put(m, "- ");
        escape_markdown(&m->b, phrase_choose(a->sentences[i].en, a->sentences[i].ja, m->language));
        put(m, "\n");
    }
}

static void open_ones(struct note *m)
{
    const struct findings *f = m->f;
    heading(m, WORD_MD_OPEN);
    FILL(m, WORD_MD_OPEN_TEXT, number_count(f->undecided).text, number_count(f->excluded).text,
         number_count(f->not_applicable).text, number_count(f->placements_invalid).text);
    put(m, "\n");
    if (m->r->assessment && m->r->assessment->open_count > 0) {
        put(m, "\n");
        FILL(m, WORD_MD_MORE, number_count(m->r->assessment->missing_most).text,
             number_count(m->r->assessment->open_count).text);
        put(m, "\n");
    }
}

static void signature(struct note *m)
{
    static const enum word columns[] = { WORD_SH_ITEM, WORD_SH_VALUE };
    struct signature_trace traces[SIGNATURE_TRACES];
    signature_traces(m->r, m->language, traces);
    heading(m, WORD_B_SIGNATURE);
    headers(m, signature_columns, SIGNATURE_COLUMNS);
    for (size_t i = 0; i < SIGNATURE_ROLES; i++) {
        put(m, "|");
        cell(m, word(m, signature_roles[i]));
        put(m, " | |\n");
    }
    put(m, "\n");
    headers(m, columns, 2);
    for (size_t i = 0; i < SIGNATURE_TRACES; i++)
        item(m, traces[i].name, traces[i].value);
    put(m, "\n");
    say(m, WORD_S_VERIFY);
    put(m, "\n");
}

static void whole(struct note *m)
{
    front(m);
    heading(m, WORD_MD_LIST);
    if (m->r->assessment) {
        say(m, WORD_SH_BOUNDS_TEXT);
        put(m, "\n");
        for (int which = RECOMMENDATION_RECOMMENDED; which <= RECOMMENDATION_NOT_ENOUGH_DATA; which++)
            group(m, (enum recommendation)which);
        criteria(m);
    } else {
        say(m, WORD_NO_CRITERIA);
        put(m, "\n");
    }
    coverage(m);
    if (m->r->assessment) {
        what_if(m);
        proposal(m);
    }
    open_ones(m);
    signature(m);
}

static int write_markdown(struct report *r, const char *path, struct err *e)
{
    struct note m = { .r = r, .f = r->findings, .language = language_of(r->language) };
    int status = words_open(m.language, r->locale_directory, e);
    if (status != 0)
        return status;
    buf_init(&m.b, MARKDOWN_BYTES_MAX);
    whole(&m);
    status = m.b.failed ? err_set(e, ERR_LIMIT, path, "the summary would be larger than %u bytes",
                                  MARKDOWN_BYTES_MAX)
                        : file_replace(path, m.b.data, m.b.length, e);
    buf_free(&m.b);
    return status;
}

const struct report_writer report_markdown = {
    .name = "md",
    .extension = "md",
    .summary = "the summary for procurement, for mails and wikis",
    .is_in_every_language = true,
    .write = write_markdown,
};
