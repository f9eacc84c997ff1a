/* The sheets behind the list: the criteria with how far each clause may be moved, and what-ifs. */
#include "reports/render/xlsx.h"

static void line(struct book_sheet *s, enum word part, const char *what)
{
    if (!what || !what[0])
        return;
    book_say(s, part);
    book_text(s, what);
    book_next(s);
}

static void number_or_gap(struct book_sheet *s, const struct assess_range *r, double value)
{
    if (r->numeric)
        book_real(s, assess_in_unit(r->clause, value));
    else
        book_skip(s, 1);
}

static enum word unit_of(const struct criteria *c, enum assess_clause clause)
{
    switch (clause) {
    case ASSESS_SUCCESS:
        return c->taps ? WORD_SH_UNIT_TAPS : WORD_SH_UNIT_DIRTY;
    case ASSESS_TIME:
        return WORD_SH_UNIT_MS;
    case ASSESS_FIVE_POINTS:
        return WORD_SH_UNIT_POINTS;
    case ASSESS_HEIGHT:
        return WORD_SH_UNIT_MM;
    case ASSESS_READERS:
        return c->readers_share > 0 ? WORD_SH_UNIT_READER_SHARE : WORD_SH_UNIT_READERS;
    default:
        return WORD_SH_CLAUSE_NONE;
    }
}

static void clause(struct book_sheet *s, const struct book *b, const struct assess_range *r)
{
    const struct assessment *a = book_report(b)->assessment;
    book_say(s, WORD_SH_P_CLAUSE);
    book_say(s, word_clause(r->clause));
    if (!r->testable) {
        book_say(s, WORD_SH_NOT_TESTABLE);
        book_next(s);
        return;
    }
    book_say(s, r->dropped ? WORD_SH_NOT_NEEDED : WORD_SH_NEEDED);
    book_say(s, r->numeric ? unit_of(a->criteria, r->clause) : WORD_SH_CLAUSE_NONE);
    number_or_gap(s, r, r->value);
    number_or_gap(s, r, r->tightest);
    number_or_gap(s, r, r->changes_at);
    if (r->dropped)
        book_skip(s, 1);
    else
        number_or_gap(s, r, r->proposed);
    book_count(s, r->holds_back);
    book_text(s, r->numeric && r->changes_pair < a->f->survey->pair_count
                     ? a->f->survey->pairs[r->changes_pair].unit
                     : NULL);
    book_next(s);
}

static void in_force(struct book_sheet *s, const struct book *b)
{
    const struct report *r = book_report(b);
    const struct criteria *c = r->assessment->criteria;
    enum language language = book_language(b);
    line(s, WORD_C_ID, c->id);
    line(s, WORD_SH_P_EDITION, c->edition);
    line(s, WORD_SH_TITLE, phrase_choose(c->title, c->title_ja, language));
    line(s, WORD_SH_P_SOURCE, phrase_choose(c->source, c->source_ja, language));
    line(s, WORD_SH_P_ANALOGY, phrase_choose(c->analogy, c->analogy_ja, language));
    line(s, WORD_SH_P_PROVES, phrase_choose(c->proves, c->proves_ja, language));
    line(s, WORD_SH_CRITERIA_HASH, r->criteria_sha256);
    line(s, WORD_SH_P_ABSENT, name_asked(r->assessment->not_in_survey, language));
}

void book_criteria(struct book *b)
{
    const struct assessment *a = book_report(b)->assessment;
    const struct book_column columns[] = {
        { book_header(b, WORD_SH_PART), BOOK_TEXT, 24 },
        { book_header(b, WORD_SH_VALUE), BOOK_LONG, 80 },
        { book_header(b, WORD_SH_IN_PROPOSAL), BOOK_TEXT, 18 },
        { book_header(b, WORD_SH_UNIT), BOOK_TEXT, 22 },
        { book_header(b, WORD_SH_AS_IT_STANDS), BOOK_REAL, 20 },
        { book_header(b, WORD_SH_SAME_FROM), BOOK_REAL, 20 },
        { book_header(b, WORD_SH_CHANGES_AT), BOOK_REAL, 20 },
        { book_header(b, WORD_SH_PROPOSED), BOOK_REAL, 20 },
        { book_header(b, WORD_SH_HOLDS_BACK), BOOK_COUNT, 16 },
        { book_header(b, WORD_SH_CHANGES_FIRST), BOOK_TEXT, 18 },
    };
    struct book_sheet *s = book_sheet(b, WORD_SH_CRITERIA, a ? WORD_SH_CRITERIA_TEXT : WORD_NO_CRITERIA,
                                      columns, sizeof columns / sizeof *columns, 1);
    if (a) {
        in_force(s, b);
        for (size_t i = 0; i < a->proposal.range_count; i++)
            clause(s, b, &a->proposal.ranges[i]);
        for (size_t i = 0; i < a->sentence_count; i++)
            line(s, WORD_SH_PROPOSAL,
                 phrase_choose(a->sentences[i].en, a->sentences[i].ja, book_language(b)));
    }
    book_done(s);
}

/* The pairs that end otherwise, by unit. */
static void changed(struct book_sheet *s, const struct book *b, const struct assess_scenario *x)
{
    const struct assessment *a = book_report(b)->assessment;
    struct buf names;
    buf_init(&names, 1u << 20);
    for (size_t i = 0; i < a->f->survey->pair_count; i++) {
        if (x->recommendation[i] == a->pairs[i].recommendation)
            continue;
        buf_add_text(&names, names.length ? book_word(b, WORD_COMMA) : "");
        buf_add_text(&names, a->f->survey->pairs[i].name);
    }
    book_text(s, names.data);
    buf_free(&names);
}

static void outcome_counts(struct book_sheet *s, const unsigned *counts)
{
    for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
        book_count(s, counts[r]);
}

void book_what_if(struct book *b)
{
    const struct assessment *a = book_report(b)->assessment;
    const struct book_column columns[] = {
        { book_header(b, WORD_SH_WHAT_IF), BOOK_TEXT, 44 },
        { book_header(b, WORD_R_RECOMMENDED), BOOK_COUNT, 14 },
        { book_header(b, WORD_R_CONDITIONAL), BOOK_COUNT, 14 },
        { book_header(b, WORD_R_NOT_RECOMMENDED), BOOK_COUNT, 14 },
        { book_header(b, WORD_R_NOT_ENOUGH_DATA), BOOK_COUNT, 14 },
        { book_header(b, WORD_SH_CHANGED), BOOK_COUNT, 14 },
        { book_header(b, WORD_SH_CHANGED_WHICH), BOOK_LONG, 80 },
    };
    struct book_sheet *s = book_sheet(b, WORD_SH_WHAT_IF, a ? WORD_SH_WHAT_IF_TEXT : WORD_NO_CRITERIA,
                                      columns, sizeof columns / sizeof *columns, 1);
    if (a) {
        book_say(s, WORD_SH_AS_IT_IS);
        outcome_counts(s, a->counts);
        book_count(s, 0);
        book_next(s);
    }
    for (size_t i = 0; a && i < a->scenario_count; i++) {
        const struct assess_scenario *x = &a->scenarios[i];
        book_text(s, name_scenario(a, x, book_language(b)).text);
        outcome_counts(s, x->counts);
        book_count(s, x->changed);
        changed(s, b, x);
        book_next(s);
    }
    book_done(s);
}
