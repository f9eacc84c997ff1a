/* What differs between two runs but their results: it may be the cause of a change, or make one
 * meaningless. */
#include "harness/compare/parts.h"

#include "harness/base/decimal.h"
#include "harness/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_TOLD                                                                                             \
    "\xe2\x80\x93" /* a serial or version that the reader did not give, beside one that it gave */

static bool breaks(enum compare_what w)
{
    return w == COMPARE_WHAT_TRANSACTIONS || w == COMPARE_WHAT_CONDITION || w == COMPARE_WHAT_SCRIPT ||
           w == COMPARE_WHAT_TIME_LIMIT;
}

struct differing {
    struct comparison *c;
    bool failed;
};

static struct said *copy(struct differing *d, const struct said *s)
{
    struct said *own = s ? said_copy(s) : NULL;
    d->failed = d->failed || (s && !own);
    return own;
}

static void say_said(struct differing *d, enum compare_what what, const char *subject, const struct said *a,
                     const struct said *b)
{
    struct comparison *c = d->c;
    if (d->failed || said_same(a, b))
        return;
    struct compare_difference *all = realloc(c->differences, (c->difference_count + 1) * sizeof *all);
    if (!all) {
        d->failed = true;
        return;
    }
    c->differences = all;
    char *own_subject = subject ? text_copy(subject) : NULL;
    d->failed = subject && !own_subject;
    all[c->difference_count++] =
        (struct compare_difference) { what, own_subject, copy(d, a), copy(d, b), breaks(what), NULL, 0 };
}

/* Names and numbers of the runs themselves; NULL: absent. */
static void say_difference(struct differing *d, enum compare_what what, const char *subject, const char *a,
                           const char *b)
{
    struct said x = said_words(a), y = said_words(b);
    say_said(d, what, subject, a ? &x : NULL, b ? &y : NULL);
}

static void say_number(struct differing *d, enum compare_what what, const char *subject, uint64_t a,
                       uint64_t b, const char *unit)
{
    char x[64], y[64];
    snprintf(x, sizeof x, "%" PRIu64 "%s", a, unit);
    snprintf(y, sizeof y, "%" PRIu64 "%s", b, unit);
    say_difference(d, what, subject, x, y);
}

/* The first digits of the digest are enough to tell files apart, and fit a line; the lines say what differs. */
static void say_file(struct differing *d, enum compare_what what, const char *subject,
                     const struct survey_file *a, const struct survey_file *b)
{
    char x[32] = "", y[32] = "";
    snprintf(x, sizeof x, "SHA-256 %.12s", a ? a->sha256 : "");
    snprintf(y, sizeof y, "SHA-256 %.12s", b ? b->sha256 : "");
    size_t before = d->c->difference_count;
    say_difference(d, what, subject, a ? x : NULL, b ? y : NULL);
    if (d->failed || d->c->difference_count == before || !a || !b)
        return;
    struct compare_difference *own = &d->c->differences[before];
    d->failed = !text_diff(a->text ? a->text : "", b->text ? b->text : "", &own->lines, &own->line_count);
}

static struct said scheme_of(const struct scheme *s)
{
    char q0[DECIMAL_SIZE], q1[DECIMAL_SIZE], alpha[DECIMAL_SIZE], beta[DECIMAL_SIZE];
    return SAY(SAID_SCHEME, s->name, decimal_shortest(q0, s->q0), decimal_shortest(q1, s->q1),
               decimal_shortest(alpha, s->alpha), decimal_shortest(beta, s->beta),
               said_number(s->n_max).text);
}

static struct said program_of(const struct findings *f)
{
    const char *program = f->program ? f->program : "";
    return f->last_program ? SAY(SAID_LATER, program, f->last_program) : said_words(program);
}

static void say_run(struct differing *d)
{
    const struct findings *a = d->c->a, *b = d->c->b;
    struct said x = scheme_of(&a->scheme), y = scheme_of(&b->scheme);
    say_difference(d, COMPARE_WHAT_SURVEY, NULL, a->survey->id, b->survey->id);
    say_file(d, COMPARE_WHAT_SURVEY_TEXT, NULL, compare_file(a->survey, "survey", 0),
             compare_file(b->survey, "survey", 0));
    say_number(d, COMPARE_WHAT_SEED, NULL, a->seed, b->seed, "");
    say_number(d, COMPARE_WHAT_TRANSACTIONS, NULL, a->scheme.k, b->scheme.k, "");
    say_said(d, COMPARE_WHAT_SCHEME, NULL, &x, &y);
    say_number(d, COMPARE_WHAT_SESSIONS, NULL, a->sessions, b->sessions, "");
    say_number(d, COMPARE_WHAT_LANES, NULL, a->lanes, b->lanes, "");
    say_difference(d, COMPARE_WHAT_HANDS, NULL, hands_kind_name(a->hands), hands_kind_name(b->hands));
    x = program_of(a);
    y = program_of(b);
    say_said(d, COMPARE_WHAT_PROGRAM, NULL, &x, &y);
    say_difference(d, COMPARE_WHAT_LIBRARIES, NULL, a->libraries, b->libraries);
    say_difference(d, COMPARE_WHAT_SYSTEM, NULL, a->system, b->system);
    say_difference(d, COMPARE_WHAT_HOST, NULL, a->host, b->host);
    say_said(d, COMPARE_WHAT_CLOCK, NULL, a->clock, b->clock);
}

static const struct journal_reader_found *found_of(const struct findings *f, const char *unit)
{
    for (size_t i = 0; i < f->found_count; i++)
        if (compare_same_text(f->found[i].unit, unit))
            return &f->found[i];
    return NULL;
}

/* What a unit had at the start and, where a resume found something else, later. False: not told. */
static bool over_run(const struct findings *f, const char *unit, bool firmware, struct said *out)
{
    const struct journal_reader_found *found = found_of(f, unit);
    const char *first = found ? firmware ? found->firmware : found->serial : NULL, *last = first;
    char later[512] = "";
    size_t length = 0;
    for (size_t i = 0; i < f->refound_count && length < sizeof later; i++) {
        const char *now = firmware ? f->refound[i].firmware : f->refound[i].serial;
        if (!compare_same_text(f->refound[i].unit, unit) || !now || compare_same_text(now, last))
            continue;
        if (first)
            length += (size_t)snprintf(later + length, sizeof later - length, "%s%s",
                                       length ? ", later " : "", now[0] ? now : NOT_TOLD);
        else
            first = now;
        last = now;
    }
    *out = length ? SAY(SAID_LATER, first[0] ? first : NOT_TOLD, later) : said_words(first);
    return first != NULL;
}

static void say_over_run(struct differing *d, enum compare_what what, const char *unit_a, const char *unit_b)
{
    struct said x, y;
    bool firmware = what == COMPARE_WHAT_FIRMWARE;
    bool in_a = over_run(d->c->a, unit_a, firmware, &x), in_b = over_run(d->c->b, unit_b, firmware, &y);
    say_said(d, what, unit_a, in_a ? &x : NULL, in_b ? &y : NULL);
}

static void say_readers(struct differing *d, const struct compare_partners *p)
{
    const struct survey *s = d->c->a->survey, *t = d->c->b->survey;
    for (size_t i = 0; i < s->reader_count; i++) {
        if (p->readers[i] == SIZE_MAX)
            continue;
        const struct survey_reader *a = &s->readers[i], *b = &t->readers[p->readers[i]];
        const struct journal_reader_found *x = found_of(d->c->a, a->unit), *y = found_of(d->c->b, b->unit);
        say_file(d, COMPARE_WHAT_READER_PROFILE, a->unit, compare_file(s, "reader", a->profile),
                 compare_file(t, "reader", b->profile));
        say_over_run(d, COMPARE_WHAT_SERIAL, a->unit, b->unit);
        say_over_run(d, COMPARE_WHAT_FIRMWARE, a->unit, b->unit);
        say_difference(d, COMPARE_WHAT_DRIVER, a->unit, x && x->driver ? x->driver : a->driver,
                       y && y->driver ? y->driver : b->driver);
    }
}

static const char *fact_of(const struct handset_profile *h, const char *name)
{
    for (size_t i = 0; i < h->fact_count; i++)
        if (strcmp(h->facts[i].name, name) == 0)
            return h->facts[i].value;
    return NULL;
}

/* "android: 7.0" against "android: 8.0". */
static void say_fact(struct differing *d, const char *unit, const char *name, const char *a, const char *b)
{
    char x[512], y[512];
    snprintf(x, sizeof x, "%s: %s", name, a ? a : "");
    snprintf(y, sizeof y, "%s: %s", name, b ? b : "");
    if (!compare_same_text(a, b))
        say_difference(d, COMPARE_WHAT_HANDSET_FACT, unit, a ? x : NULL, b ? y : NULL);
}

static void say_facts(struct differing *d, const char *unit, const struct handset_profile *a,
                      const struct handset_profile *b)
{
    for (size_t i = 0; i < a->fact_count; i++)
        say_fact(d, unit, a->facts[i].name, a->facts[i].value, fact_of(b, a->facts[i].name));
    for (size_t i = 0; i < b->fact_count; i++)
        if (!fact_of(a, b->facts[i].name) && b->facts[i].value)
            say_fact(d, unit, b->facts[i].name, NULL, b->facts[i].value);
}

static void sim_text(const struct sim_card *s, char *out, size_t capacity)
{
    snprintf(out, capacity, "%s, %s, %s", s->id, s->carrier ? s->carrier : "-", s->applet ? s->applet : "-");
}

static void say_handsets(struct differing *d, const struct compare_partners *p)
{
    const struct survey *s = d->c->a->survey, *t = d->c->b->survey;
    for (size_t i = 0; i < s->pair_count; i++) {
        if (p->pairs[i] == SIZE_MAX)
            continue;
        const struct survey_pair *a = &s->pairs[i], *b = &t->pairs[p->pairs[i]];
        char x[512], y[512];
        say_file(d, COMPARE_WHAT_HANDSET_PROFILE, a->unit, compare_file(s, "handset", a->handset),
                 compare_file(t, "handset", b->handset));
        say_facts(d, a->unit, &s->handset_profiles[a->handset], &t->handset_profiles[b->handset]);
        sim_text(&s->sims[a->sim], x, sizeof x);
        sim_text(&t->sims[b->sim], y, sizeof y);
        say_difference(d, COMPARE_WHAT_SIM, a->unit, x, y);
    }
}

static struct said condition_of(const struct survey_condition *c)
{
    char x[DECIMAL_SIZE], y[DECIMAL_SIZE], z[DECIMAL_SIZE], place[3 * DECIMAL_SIZE + 8];
    const double at[] = { c->x_mm, c->y_mm, c->z_mm };
    char *const texts[] = { x, y, z };
    for (size_t i = 0; i < 3; i++)
        decimal_shortest(texts[i], at[i] < 0.0 ? -at[i] : at[i]);
    snprintf(place, sizeof place, "%s%s, %s%s, %s%s", at[0] < 0.0 ? "-" : "", x, at[1] < 0.0 ? "-" : "", y,
             at[2] < 0.0 ? "-" : "", z);
    return SAY(SAID_CONDITION, power_mode_name(c->power_mode), c->handset_case ? c->handset_case : "none",
               c->position ? c->position : "centre", place);
}

static void say_conditions(struct differing *d, const struct compare_partners *p)
{
    const struct survey *s = d->c->a->survey, *t = d->c->b->survey;
    for (size_t i = 0; i < s->condition_count; i++) {
        if (p->conditions[i] == SIZE_MAX)
            continue;
        struct said x = condition_of(&s->conditions[i]), y = condition_of(&t->conditions[p->conditions[i]]);
        say_said(d, COMPARE_WHAT_CONDITION, s->conditions[i].id, &x, &y);
    }
}

static void say_scripts(struct differing *d, const struct compare_partners *p)
{
    const struct survey *s = d->c->a->survey, *t = d->c->b->survey;
    for (size_t i = 0; i < s->script_count; i++) {
        if (p->scripts[i] == SIZE_MAX)
            continue;
        const struct survey_script *a = &s->scripts[i], *b = &t->scripts[p->scripts[i]];
        const char *id = s->scripts_loaded[a->script].id;
        const struct survey_file *x = compare_file(s, "script", a->script);
        const struct survey_file *y = compare_file(t, "script", b->script);
        size_t before = d->c->difference_count;
        say_file(d, COMPARE_WHAT_SCRIPT, id, x, y);
        if (d->c->difference_count > before && x && y && compare_scripts_agree(x, y))
            d->c->differences[before].breaks = false;
        say_number(d, COMPARE_WHAT_TIME_LIMIT, id, a->time_limit_ms, b->time_limit_ms, " ms");
    }
}

int compare_differ(struct comparison *c, const struct compare_partners *p, struct err *e)
{
    struct differing d = { .c = c };
    say_run(&d);
    say_readers(&d, p);
    say_handsets(&d, p);
    say_conditions(&d, p);
    say_scripts(&d, p);
    return d.failed ? err_set(e, ERR_MEMORY, "compare", "out of memory") : 0;
}
