/*
 * report.md: the procurement summary in GitHub's Markdown, for mails and wikis: list with reasons, criteria,
 * coverage, what-ifs, proposal, signatures. Markup comes from literals only; every value goes through
 * escape_markdown().
 */
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "reports/render/escape.h"
#include "reports/render/markdown_table.h"
#include "reports/report.h"
#include "reports/tables/names.h"
#include "reports/tables/proposal_sentences.h"
#include "reports/tables/stated_errors.h"
#include "reports/tables/tables.h"
#include "reports/tables/variance.h"
#include "reports/words/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKDOWN_BYTES_MAX (64u << 20)

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
    if (word_mark(m->f) != WORD_NONE)
        FILL(m, WORD_MARKED, word(m, word_mark(m->f)));
    put(m, "\n\n");
}

static void table(struct note *m, const struct table *t, const struct row *parent)
{
    const struct view v = { m->r, m->language, FORM_MARKDOWN };
    markdown_table(&m->b, &v, t, parent);
}

static void front(struct note *m)
{
    const struct findings *f = m->f;
    struct phrase hold;
    put(m, "# ");
    enum word mark = word_mark(f);
    if (mark != WORD_NONE) {
        say(m, mark);
        say(m, WORD_COLON);
    }
    text(m, name_survey(f, m->language).text);
    put(m, "\n\n");
    if (mark != WORD_NONE) {
        put(m, "> **");
        say(m, mark);
        put(m, "** ");
        if (word_mark_text(f) != WORD_NONE)
            say(m, word_mark_text(f));
        if (f->faults.count > 0) {
            put(m, " ");
            say(m, WORD_DAMAGED_TEXT);
            put(m, " ");
            text(m, name_damage(&f->faults, m->language).text);
        }
        put(m, "\n\n");
    }
    if (!f->journal.closed) {
        put(m, "> ");
        FILL(m, WORD_OPEN_RUN, number_date(f->journal.last, m->language).text);
        put(m, "\n\n");
    }
    if (!f->finished) {
        put(m, "> ");
        FILL(m, WORD_UNFINISHED,
             f->stop_reason ? phrase_said(f->stop_reason, m->language, &hold) : word(m, WORD_NO_STOP));
        put(m, "\n\n");
    }
    if (m->r->assessment) {
        table(m, &table_conclusion, NULL);
        put(m, "\n");
    }
    table(m, &table_run, NULL);
}

static void list(struct note *m)
{
    const struct view v = { m->r, m->language, FORM_MARKDOWN };
    struct row group = table_first(NULL);
    while (list_group_next(m->r->assessment, &group)) {
        put(m, "\n### ");
        escape_markdown(&m->b, table_list.title(&v, &group).text);
        put(m, "\n\n");
        table(m, &table_list, &group);
    }
}

/* What a refusal means, and what the other kind of it would take. */
static void price(struct note *m)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    if (stated_errors_price(&b, m->r->assessment, m->language)) {
        put(m, "\n");
        escape_markdown(&m->b, buf_text(&b));
        put(m, "\n");
    }
    buf_free(&b);
}

static void criteria(struct note *m)
{
    heading(m, WORD_B_CRITERIA);
    table(m, &table_in_force, NULL);
    put(m, "\n");
    table(m, &table_bears, NULL);
}

/* The same run under other criteria. */
static void beside(struct note *m)
{
    const struct report *own = m->r;
    if (own->beside_count == 0)
        return;
    heading(m, WORD_H_BESIDE);
    say(m, WORD_BESIDE_TEXT);
    put(m, "\n\n");
    table(m, &table_beside, NULL);
    for (size_t i = 0; i < own->beside_count; i++) {
        const struct report one = report_beside(own, i);
        m->r = &one;
        put(m, "\n## ");
        text(m, phrase_choose(one.criteria->title, one.criteria->title_ja, m->language));
        put(m, "\n\n");
        table(m, &table_in_force, NULL);
        list(m);
        m->r = own;
    }
}

static void errors(struct note *m)
{
    const struct stated_errors *e = &m->r->assessment->errors;
    enum word note;
    if (e->count == 0)
        return;
    heading(m, WORD_SE_TITLE);
    table(m, &table_stated_errors, NULL);
    for (size_t i = 0; (note = stated_errors_note(e, i)) != WORD_NONE; i++) {
        put(m, "\n");
        say(m, note);
        put(m, "\n");
    }
}

static enum word weights_of(const struct matrix *x)
{
    return x->shares.source == SHARES_FILE       ? WORD_MD_SHARES_FILE
           : x->shares.source == SHARES_PROFILES ? WORD_MD_SHARES_PROFILES
                                                 : WORD_MD_SHARES_UNKNOWN;
}

/* Of the first group: what the criteria require, or the first condition without criteria. */
static void coverage(struct note *m)
{
    const struct matrix *x = m->r->matrix;
    heading(m, WORD_MD_COVERAGE);
    if (!x || x->group_count == 0) {
        FILL(m, WORD_MD_NO_COVERAGE, m->r->shares_misfit ? word(m, WORD_SHARES_MISFIT) : "");
        put(m, "\n");
        return;
    }
    struct row group = table_first(NULL);
    group.of = &x->groups[0];
    if (x->groups[0].required)
        FILL(m, WORD_MD_COVERAGE_CRITERIA, word(m, weights_of(x)));
    else
        FILL(m, WORD_MD_COVERAGE_TEXT, word(m, weights_of(x)),
             number_percent(x->groups[0].bound, m->language).text);
    if (x->groups[0].lacks) {
        put(m, " ");
        FILL(m, WORD_M_LACKS, name_asked(x->groups[0].lacks, m->language));
    }
    if (x->shares.untested_rows > 0) {
        put(m, " ");
        FILL(m, WORD_UNTESTED_ROWS, number_count(x->shares.untested_rows).text,
             number_fixed(100 * x->shares.untested, 1).text, x->shares.first_untested);
    }
    put(m, "\n\n");
    table(m, &table_market, &group);
}

/* What the matrix shows. */
static void effects(struct note *m)
{
    if (!m->r->matrix)
        return;
    heading(m, WORD_H_EFFECTS_ONLY);
    say(m, WORD_EFFECTS_INTRO);
    put(m, "\n\n");
    table(m, &table_effects, NULL);
    heading(m, WORD_H_WHY);
    table(m, &table_why, NULL);
    put(m, "\n");
    say(m, WORD_WHY_NOTE);
    put(m, "\n");
}

static void gauge_study(struct note *m)
{
    struct buf b;
    if (!m->r->matrix)
        return;
    heading(m, WORD_H_GAUGE);
    say(m, WORD_GAUGE_INTRO);
    put(m, "\n\n");
    table(m, &table_variance, NULL);
    put(m, "\n");
    buf_init(&b, 1u << 16);
    variance_add_note(&b, m->r, m->language);
    escape_markdown(&m->b, buf_text(&b));
    buf_free(&b);
    put(m, "\n");
}

static void what_if(struct note *m)
{
    heading(m, WORD_MD_WHAT_IF);
    table(m, &table_what_if, NULL);
}

static void proposal(struct note *m)
{
    const struct assessment *a = m->r->assessment;
    heading(m, WORD_MD_PROPOSAL);
    for (size_t i = 0; i < proposal_count(a); i++) {
        struct buf sentence;
        if (i == 0 || proposal_part(i) != proposal_part(i - 1)) {
            put(m, i ? "\n### " : "### ");
            say(m, proposal_part_word(proposal_part(i)));
            put(m, "\n\n");
        }
        buf_init(&sentence, 1u << 16);
        proposal_add(&sentence, a, i, m->language);
        put(m, "- ");
        escape_markdown(&m->b, buf_text(&sentence));
        put(m, "\n");
        buf_free(&sentence);
    }
}

/* The most that an open cell needs, as far as that is known of its pair. */
static void say_more(struct note *m, const struct assessment *a)
{
    unsigned pairs = 0, unknown = 0;
    for (size_t i = 0; i < m->f->survey->pair_count; i++) {
        pairs += a->pairs[i].open_count > 0;
        unknown += a->pairs[i].open_count > 0 && a->pairs[i].placements_missing == 0;
    }
    put(m, "\n");
    if (unknown == pairs)
        FILL(m, WORD_MD_NO_MORE, number_count(a->open_count).text);
    else if (unknown > 0)
        FILL(m, WORD_MD_MORE_UNKNOWN, number_count(a->missing_most).text, number_count(a->open_count).text,
             number_count(pairs).text, number_count(unknown).text);
    else
        FILL(m, WORD_MD_MORE, number_count(a->missing_most).text, number_count(a->open_count).text);
    put(m, "\n");
}

static void open_ones(struct note *m)
{
    const struct findings *f = m->f;
    heading(m, WORD_MD_OPEN);
    FILL(m, WORD_MD_OPEN_TEXT, number_count(f->undecided).text, number_count(f->excluded).text,
         number_count(f->not_applicable).text, number_count(f->placements_invalid).text);
    if (f->not_pursued > 0) {
        put(m, " ");
        FILL(m, WORD_MD_NOT_PURSUED, number_count(f->not_pursued).text);
    }
    put(m, "\n");
    if (m->r->assessment && m->r->assessment->open_count > 0)
        say_more(m, m->r->assessment);
}

static void signature(struct note *m)
{
    heading(m, WORD_B_SIGNATURE);
    table(m, &table_signature, NULL);
    put(m, "\n");
    table(m, &table_traces, NULL);
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
        price(m);
        list(m);
        criteria(m);
        errors(m);
    } else {
        say(m, WORD_NO_CRITERIA);
        put(m, "\n");
    }
    beside(m);
    coverage(m);
    if (!findings_is_of_list(m->f)) {
        effects(m);
        gauge_study(m);
    }
    if (m->r->assessment && !findings_is_of_list(m->f)) {
        what_if(m);
        proposal(m);
    } else if (m->r->assessment) {
        heading(m, WORD_B_LIST_ONLY);
        say(m, WORD_NEEDS_MATRIX);
        put(m, "\n");
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
