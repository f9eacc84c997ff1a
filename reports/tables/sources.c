/*
 * What a report rests on: the journal, and the facts of profiles with their sources. In a spreadsheet they are one list
 * with the files and the reader units (run.c): kind, name, value, where it is from, hash.
 */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

/* ---- the journal ---- */

static void journal_name(struct entry *x)
{
    entry_text(x, "journal.yaml");
}

static const struct column journal_columns[] = {
    { NULL, WORD_C_KIND, VALUE_WORD, column_word, .at = WORD_K_JOURNAL, .width = 18 },
    { NULL, WORD_SH_NAME, VALUE_TEXT, journal_name, .width = 48 },
    { NULL, WORD_SH_VALUE, VALUE_LONG, MEMBER_OF_RUN(run), .width = 40 },
    { NULL, WORD_SH_FROM, VALUE_LONG, MEMBER_OF_RUN(program) },
    { NULL, WORD_SH_HASH, VALUE_TEXT, hash_of_journal, .width = 68 },
    { 0 },
};

const struct table table_journal = { .columns = journal_columns, .frozen = 2 };

/* ---- facts of reader profiles, then of handset profiles ---- */

struct fact {
    enum word kind;
    const char *profile;
    bool simulated; /* the profile is */
    const struct survey_fact *fact;
};

static size_t facts_count(const struct view *v, const struct row *parent)
{
    const struct survey *s = v->report->findings->survey;
    size_t count = 0;
    (void)parent;
    for (size_t i = 0; i < s->reader_profile_count; i++)
        count += s->reader_profiles[i].fact_count;
    for (size_t i = 0; i < s->handset_profile_count; i++)
        count += s->handset_profiles[i].fact_count;
    return count;
}

static struct fact fact_at(const struct survey *s, size_t at)
{
    for (size_t i = 0; i < s->reader_profile_count; i++) {
        const struct reader_profile *p = &s->reader_profiles[i];
        if (at < p->fact_count)
            return (struct fact) { WORD_SH_READER_FACT, p->id, p->simulated, &p->facts[at] };
        at -= p->fact_count;
    }
    for (size_t i = 0; i < s->handset_profile_count; i++) {
        const struct handset_profile *p = &s->handset_profiles[i];
        if (at < p->fact_count)
            return (struct fact) { WORD_SH_HANDSET_FACT, p->id, p->simulated, &p->facts[at] };
        at -= p->fact_count;
    }
    return (struct fact) { 0 };
}

/* Profiles of real models in a simulated run (an emulated reader wears one) are not named. */
static bool fact_row(const struct view *v, struct row *row)
{
    const struct findings *f = v->report->findings;
    struct fact fact = fact_at(f->survey, row->i);
    row->of = fact.fact;
    return !f->simulated || fact.simulated;
}

static void fact_kind(struct entry *x)
{
    entry_word(x, fact_at(x->f->survey, x->row->i).kind, NULL);
}

static void fact_name(struct entry *x)
{
    const struct survey_fact *fact = x->row->of;
    enum language language = x->view->language;
    struct buf name;
    buf_init(&name, 1u << 20);
    buf_add_text(&name, fact_at(x->f->survey, x->row->i).profile);
    buf_add_text(&name, word_text(WORD_COLON, language));
    buf_add_text(&name, name_fact(fact->name, language));
    entry_buf(x, &name);
}

static void fact_source(struct entry *x)
{
    const struct survey_fact *fact = x->row->of;
    entry_text(x, fact->value ? fact->source : fact->absent);
}

static const struct column fact_columns[] = {
    { NULL, WORD_C_KIND, VALUE_WORD, fact_kind },
    { NULL, WORD_SH_NAME, VALUE_TEXT, fact_name },
    { NULL, WORD_SH_VALUE, VALUE_LONG, MEMBER(struct survey_fact, value) },
    { NULL, WORD_SH_FROM, VALUE_LONG, fact_source },
    { 0 },
};

const struct table table_facts = { .columns = fact_columns, .count = facts_count, .row = fact_row };
