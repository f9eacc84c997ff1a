#include "reports/tables/proposal_sentences.h"

#include "reports/tables/names.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PART_BYTES_MAX 8192 /* of what a sentence names: sets of readers */

/* A sentence in the making. Numbers are as in criteria.yaml, whose sentences these are: not grouped. */
struct prose {
    struct buf *b;
    const struct assessment *a;
    enum language language;
};

static void sentence(struct prose *s, enum word id, const char *const *args)
{
    if (s->b->length > 0 && s->language == LANGUAGE_ENGLISH)
        buf_add_char(s->b, ' '); /* between sentences */
    phrase_add(s->b, buf_add_text, id, s->language, args);
}
#define SENTENCE(s, id, ...) sentence((s), (id), (const char *const[]) { __VA_ARGS__, NULL })

static struct phrase number(uint64_t value)
{
    struct phrase out;
    snprintf(out.text, sizeof out.text, "%llu", (unsigned long long)value);
    return out;
}

static struct phrase hours(double value)
{
    struct phrase out;
    snprintf(out.text, sizeof out.text, "%.1f", value);
    return out;
}

/* "1 reader", "2 readers" */
static struct phrase counted(const struct prose *s, uint64_t count, enum word word)
{
    return PHRASE_FILL(word, s->language, number(count).text);
}

static void add_value(struct buf *out, const struct assess_range *r, double value, enum language language)
{
    static const struct {
        enum word word;
        bool percent;
        int places;
    } units[UNIT_COUNT] = {
#define UNIT(ID, steps, size, slack, percent, places) [UNIT_##ID] = { WORD_V_##ID, percent, places },
#include "harness/clauses/clauses.def"
    };
    const int places = units[r->unit].places;
    struct phrase text;
    double shown = units[r->unit].percent ? value * 100 : assess_in_unit(r->unit, value);
    if (places < 0)
        snprintf(text.text, sizeof text.text, "%.6g", shown); /* 3.001: just above 3 */
    else
        snprintf(text.text, sizeof text.text, "%.*f", places, shown);
    PHRASE_ADD(out, units[r->unit].word, language, text.text, number(r->of).text);
}

void proposal_add_value(struct buf *out, const struct assess_range *r, double value, enum language language)
{
    add_value(out, r, assess_as_written(r, value), language);
}

/* ---- clauses ---- */

/* As it is, or to the digits that people read. */
static struct phrase value_of(const struct prose *s, const struct assess_range *r, double value, bool rounded)
{
    struct buf b;
    buf_init(&b, PART_BYTES_MAX);
    (rounded ? proposal_add_value : add_value)(&b, r, value, s->language);
    struct phrase out = phrase_cut(buf_text(&b));
    buf_free(&b);
    return out;
}

static void say_kept(struct prose *s, const struct assess_range *r, const char *clause, bool loosened)
{
    struct phrase value = value_of(s, r, r->value, false), proposed = value_of(s, r, r->proposed, false);
    if (r->dropped)
        SENTENCE(s, WORD_PR_DROPPED, clause);
    else if (loosened)
        SENTENCE(s, WORD_PR_LOOSENED, clause, proposed.text, value.text);
    else if (r->numeric)
        SENTENCE(s, WORD_PR_KEPT_AT, clause, value.text);
    else
        SENTENCE(s, WORD_PR_KEPT, clause);
}

static void say_range(struct prose *s, const struct assess_range *r)
{
    const struct survey *v = s->a->f->survey;
    struct phrase from = value_of(s, r, r->tightest, true);
    struct phrase limit = value_of(s, r, r->limit, true);
    if (isnan(r->changes_at) && r->limit > 0 && strcmp(from.text, limit.text) == 0)
        SENTENCE(s, WORD_PR_AT_LIMIT, limit.text);
    else if (isnan(r->changes_at) && r->limit > 0)
        SENTENCE(s, WORD_PR_SAME_TO, from.text, limit.text);
    else if (isnan(r->changes_at))
        SENTENCE(s, WORD_PR_SAME_FROM, from.text);
    else
        SENTENCE(s, WORD_PR_CHANGES, from.text, value_of(s, r, r->changes_at, true).text,
                 r->changes_pair < v->pair_count ? v->pairs[r->changes_pair].unit : "");
}

static void say_clause(struct prose *s, const struct assess_range *r)
{
    const char *clause = word_text(word_clause_inside(r->clause), s->language);
    bool loosened = r->numeric && !r->dropped && fabs(r->proposed - r->value) > 1e-12;
    if (!r->testable) {
        SENTENCE(s, WORD_PR_NOT_TESTABLE, clause);
        return;
    }
    say_kept(s, r, clause, loosened);
    if (r->holds_back == 0)
        SENTENCE(s, WORD_PR_HOLDS_NONE, NULL);
    else
        SENTENCE(s, WORD_PR_HOLDS_BACK, counted(s, r->holds_back, WORD_N_PAIRS).text);
    if (r->numeric && !r->dropped)
        say_range(s, r);
    if (loosened)
        SENTENCE(s, WORD_PR_BETWEEN, NULL);
}

/* ---- readers ---- */

static void add_sets(struct buf *out, const struct prose *s)
{
    const struct assess_proposal *p = &s->a->proposal;
    for (size_t i = 0; i < p->set_count && i < ASSESS_SETS_MAX; i++) {
        buf_add_text(out, i ? word_text(WORD_PR_OR, s->language) : "");
        name_add_readers(out, s->a->f, p->sets[i], s->language);
    }
}

static void say_sets(struct prose *s, const char *sets)
{
    const struct assess_proposal *p = &s->a->proposal;
    struct phrase more = { "" }, once = { "" };
    if (p->set_count > 1)
        more = PHRASE_FILL(WORD_PR_SETS_MORE, s->language, number(p->set_count).text);
    if (p->patterns_once > 0)
        once = counted(s, p->patterns_once, WORD_PR_ONCE);
    SENTENCE(s, WORD_PR_SETS, counted(s, p->set_size, WORD_N_READERS).text, sets, more.text,
             number(p->rests_on).text, number(p->failing).text, counted(s, p->patterns, WORD_N_PATTERNS).text,
             once.text);
}

static void say_readers(struct prose *s)
{
    const struct assess_proposal *p = &s->a->proposal;
    struct buf sets;
    if (p->failing == 0) {
        SENTENCE(s, WORD_PR_NONE_FAILED, number(p->rests_on).text);
        return;
    }
    if (p->set_count == 0) {
        SENTENCE(s, WORD_PR_NO_SET, NULL);
        return;
    }
    buf_init(&sets, PART_BYTES_MAX);
    add_sets(&sets, s);
    say_sets(s, buf_text(&sets));
    buf_free(&sets);
}

/* ---- cost and limits ---- */

static void say_cost(struct prose *s, enum word id, const struct assess_cost *c)
{
    unsigned all = (unsigned)__builtin_popcount(s->a->scope);
    unsigned set = s->a->proposal.set_size ? s->a->proposal.set_size : all;
    SENTENCE(s, id, number(c->placements).text, counted(s, c->conditions, WORD_N_CONDITIONS).text,
             number(c->placements_most).text, number(c->sessions).text, hours(c->hours_set).text,
             counted(s, set, WORD_N_READERS).text, hours(c->hours_all).text, number(all).text);
}

static void say_cost_as_is(struct prose *s)
{
    say_cost(s, WORD_PR_COST, &s->a->proposal.as_is);
}

static void say_sample(struct prose *s)
{
    const struct assess_proposal *p = &s->a->proposal;
    SENTENCE(s, WORD_PR_SAMPLE, counted(s, p->units, WORD_N_UNITS).text,
             counted(s, p->models, WORD_N_MODELS).text, counted(s, p->sims, WORD_N_SIMS).text);
}

static void say_sessions(struct prose *s)
{
    const struct assess_proposal *p = &s->a->proposal;
    if (p->sessions_least == p->sessions_most)
        SENTENCE(s, WORD_PR_SESSIONS_ALL, number(p->sessions_least).text);
    else
        SENTENCE(s, WORD_PR_SESSIONS, number(p->sessions_least).text, number(p->sessions_most).text);
    if (p->cells_excluded > 0)
        SENTENCE(s, WORD_PR_EXCLUDED, number(p->cells_excluded).text);
    if (p->invalid_placements > 0)
        SENTENCE(s, WORD_PR_INVALID, number(p->invalid_placements).text, number(p->changed_by_invalid).text);
}

static void say_list(struct prose *s)
{
    const unsigned *counts = s->a->counts;
    if (s->a->f->simulated)
        SENTENCE(s, WORD_PR_SIMULATED, NULL);
    if (s->a->f->unproven)
        SENTENCE(s, WORD_UNPROVEN_RUN, NULL);
    SENTENCE(s, WORD_PR_LIST, s->a->criteria->id, number(counts[RECOMMENDATION_RECOMMENDED]).text,
             number(counts[RECOMMENDATION_CONDITIONAL]).text,
             number(counts[RECOMMENDATION_NOT_RECOMMENDED]).text,
             number(counts[RECOMMENDATION_NOT_ENOUGH_DATA]).text);
    if (counts[RECOMMENDATION_NOT_ENOUGH_DATA] > 0)
        SENTENCE(s, WORD_PR_LIST_OPEN, NULL);
}

static void say_supported(struct prose *s)
{
    const struct assess_proposal *p = &s->a->proposal;
    if (p->nobody_listed) {
        SENTENCE(s, WORD_PR_SUPPORTS_NONE, s->a->criteria->id);
        return;
    }
    SENTENCE(s, WORD_PR_SUPPORTS, s->a->criteria->id, number_percent(s->a->f->scheme.q1, s->language).text);
    for (size_t i = 0; i < p->range_count; i++) {
        const struct assess_range *r = &p->ranges[i];
        if (r->unit == UNIT_DIRTY && r->testable && assess_as_written(r, r->tightest) < r->value - 1e-9)
            SENTENCE(s, WORD_PR_STRICTER, value_of(s, r, r->tightest, true).text);
    }
}

static void say_left_out(struct prose *s)
{
    const struct assess_left_out *out = &s->a->proposal.left_out;
    if (out->refused == 0)
        SENTENCE(s, WORD_PR_LEFT_OUT_NONE, NULL);
    else
        SENTENCE(s, WORD_PR_LEFT_OUT, number(out->refused).text, number(out->listed).text,
                 number(out->passed).text);
}

/* ---- all of it: what does not hang on a clause, then each clause ---- */

static void say_sensitivity(struct prose *s, size_t i)
{
    const struct assess_proposal *p = &s->a->proposal;
    if (p->nobody_listed)
        SENTENCE(s, WORD_PR_NO_SENSITIVITY, NULL);
    else if (i < p->range_count)
        say_clause(s, &p->ranges[i]);
    else if (i == p->range_count)
        say_readers(s);
    else if (i == p->range_count + 1)
        say_cost(s, WORD_PR_COST_PROPOSED, &p->proposed);
    else
        say_left_out(s);
}

enum { SUPPORTED = 5, AFTER_CLAUSES = 3 };

size_t proposal_count(const struct assessment *a)
{
    return SUPPORTED + (a->proposal.nobody_listed ? 1 : a->proposal.range_count + AFTER_CLAUSES);
}

enum proposal_part proposal_part(size_t i)
{
    return i < SUPPORTED ? PROPOSAL_SUPPORTED : PROPOSAL_SENSITIVITY;
}

enum word proposal_part_word(enum proposal_part part)
{
    return part == PROPOSAL_SUPPORTED ? WORD_B_SUPPORTED : WORD_B_SENSITIVITY;
}

void proposal_add(struct buf *out, const struct assessment *a, size_t i, enum language language)
{
    static void (*const supported[SUPPORTED])(struct prose *) = { say_list, say_supported, say_cost_as_is,
                                                                  say_sample, say_sessions };
    struct buf b;
    struct prose s = { .b = &b, .a = a, .language = language };
    buf_init(&b, 2 * PART_BYTES_MAX);
    if (i < SUPPORTED)
        supported[i](&s);
    else
        say_sensitivity(&s, i - SUPPORTED);
    buf_add_text(out, buf_text(&b));
    buf_free(&b);
}
