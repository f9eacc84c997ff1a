/* Every pair judged, the readers counted, and what keeps pairs open: all of an assessment, in order. */
#include "harness/criteria/judges.h"

#include <stdlib.h>

static void count_reader(struct assessment *a, const struct assess_engine *g, size_t reader)
{
    struct assess_reader *out = &a->readers[reader];
    uint32_t bit = UINT32_C(1) << reader;
    out->in_scope = g->rules.seats[reader] > 0;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        out->skips |= judges[c]->skips && judges[c]->skips(g, reader) ? UINT32_C(1) << c : 0;
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &a->pairs[pair];
        if (!assess_asks_pair(g, pair))
            continue;
        out->passes += (p->passes & bit) != 0;
        out->fails += (p->fails & bit) != 0;
        out->open += (p->open & bit) != 0;
        out->not_pursued += (p->not_pursued & bit) != 0;
        out->not_testable += (p->not_testable & bit) != 0;
        out->alone += p->recommendation == RECOMMENDATION_NOT_RECOMMENDED && p->fails == bit &&
                      (p->open | p->not_pursued | p->not_testable) == 0;
        for (int c = CLAUSE_SUCCESS; c < CLAUSE_READERS; c++)
            out->fails_by_clause[c] += assess_spot(a, pair, reader, (enum clause)c)->outcome == ASSESS_FAIL;
    }
}

/* Whether a clause of positions goes by this one's outcome in every cell. */
static bool is_gone_by(const struct assess_engine *g, enum clause clause)
{
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (g->rules.on[c] && judges[c]->through == clause)
            return true;
    return false;
}

static bool is_asked(const struct assess_engine *g, enum clause clause, const struct findings_cell *c)
{
    return (is_gone_by(g, clause) && g->wants[c->script]) ||
           (assess_looks_at(g, c->condition) && assess_asks(g, &g->rules, clause, c->reader, c->script));
}

static void add_one(struct assess_engine *g, struct assess_open one, struct buf *open)
{
    struct assess_pair *p = &g->a->pairs[one.pair];
    buf_add(open, &one, sizeof one);
    p->open_count++;
    if (one.missing > g->a->missing_most)
        g->a->missing_most = one.missing;
    if (one.missing > p->placements_missing)
        p->placements_missing = one.missing;
}

/* The first clause that is open in a cell. */
static void add_cell(struct assess_engine *g, size_t cell, struct buf *open)
{
    const struct findings_cell *c = &g->f->cells[cell];
    for (enum clause i = CLAUSE_NONE + 1; i < CLAUSE_COUNT; i++) {
        if (!is_asked(g, i, c))
            continue;
        struct assess_result got = assess_on_cell(g, &g->rules, cell, i);
        if (got.outcome == ASSESS_OPEN) {
            add_one(g, (struct assess_open) { c->pair, cell, i, got.missing }, open);
            return;
        }
    }
}

/* The open cells of a pair, in cell order; then what is asked of the pair as a whole, with the cell that is worst. */
static void add_open(struct assess_engine *g, size_t pair, struct buf *open)
{
    const struct survey *s = g->f->survey;
    struct assess_pair *p = &g->a->pairs[pair];
    size_t a_pair = s->condition_count * s->reader_count * s->script_count;
    uint32_t modes = p->recommendation == RECOMMENDATION_NOT_ENOUGH_DATA ? g->rules.required : p->modes_open;
    p->open_begin = open->length / sizeof(struct assess_open);
    if ((p->recommendation != RECOMMENDATION_NOT_ENOUGH_DATA &&
         p->recommendation != RECOMMENDATION_CONDITIONAL) ||
        g->f->pairs[pair].list == LIST_SETTLED)
        return;
    for (size_t cell = pair * a_pair; cell < (pair + 1) * a_pair; cell++) {
        const struct findings_cell *c = &g->f->cells[cell];
        if (g->rules.seats[c->reader] && (modes >> s->conditions[c->condition].power_mode & 1))
            add_cell(g, cell, open);
    }
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++) {
        const struct assess_result *r = &p->clauses[c];
        if (judges[c]->is_by_pair && judges[c]->is_by_pair(g->criteria) && r->outcome == ASSESS_OPEN &&
            r->cell != SIZE_MAX)
            add_one(g, (struct assess_open) { pair, r->cell, c, r->missing }, open);
    }
    g->a->open_pairs += p->open_count > 0;
}

static int list_open(struct assess_engine *g, struct err *e)
{
    struct buf open;
    buf_init(&open, SIZE_MAX / 2);
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++)
        add_open(g, pair, &open);
    g->a->open_count = open.length / sizeof *g->a->open;
    g->a->open = (struct assess_open *)(void *)buf_take(&open);
    buf_free(&open);
    return g->a->open ? 0 : err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

/* Whether a pair that is refused is shown to miss what the criteria ask for; then what shows it decides. */
static void tell_refusal(const struct assess_engine *g, size_t pair, struct assess_pair *p)
{
    struct assess_rules rules = g->rules;
    struct assess_pair shown;
    rules.refuse = CRITERIA_REFUSE_ABOVE_BOUND;
    assess_judge_pair(g, &rules, pair, &shown, NULL);
    p->not_to_meet = shown.over_readers == ASSESS_FAIL ? g->a->scope : shown.fails;
    if (p->recommendation != RECOMMENDATION_NOT_RECOMMENDED)
        return;
    p->shown_not_to_meet = shown.recommendation == RECOMMENDATION_NOT_RECOMMENDED;
    if (!p->shown_not_to_meet)
        return;
    p->clause = shown.clause;
    p->cell = shown.cell;
    p->missing = shown.missing;
    p->readers_clause = shown.readers_clause;
}

static int judge(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    struct assessment *a = g->a;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        a->pairs[pair] = *assess_pair_of(NULL, pair);
        if (!assess_asks_pair(g, pair))
            continue;
        assess_judge_pair(g, &g->rules, pair, &a->pairs[pair],
                          &a->spots[pair * s->reader_count * CLAUSE_COUNT]);
        tell_refusal(g, pair, &a->pairs[pair]);
        for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
            if (judges[c]->sum_up && g->rules.on[c])
                judges[c]->sum_up(g, pair, &a->pairs[pair]);
        a->pairs[pair].decides = a->pairs[pair].recommendation == RECOMMENDATION_CONDITIONAL
                                     ? a->pairs[pair].conditional_cell
                                     : a->pairs[pair].cell;
        a->counts[a->pairs[pair].recommendation]++;
        a->shown_not_to_meet += a->pairs[pair].shown_not_to_meet;
        a->off_list += a->pairs[pair].recommendation == RECOMMENDATION_NOT_ENOUGH_DATA &&
                       g->f->pairs[pair].list == LIST_SETTLED;
    }
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        count_reader(a, g, reader);
        a->failing_alone += a->readers[reader].alone;
    }
    return list_open(g, e);
}

static void tell_more(const struct assess_engine *g)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++)
        if (assess_asks_pair(g, pair))
            assess_sensitivity(g, pair);
    assess_limits(g);
}

static int make(const struct findings *f, const struct criteria *c, const struct assess_question *asked,
                bool whole, struct assessment **out, struct err *e)
{
    const struct survey *s = f->survey;
    struct assess_engine engine = { 0 };
    struct assessment *a = calloc(1, sizeof *a);
    int code = ERR_MEMORY;
    *out = NULL;
    if (!a)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->f = f;
    a->criteria = c;
    if (asked)
        a->asked = *asked;
    a->pairs = calloc(s->pair_count + 1, sizeof *a->pairs);
    a->readers = calloc(s->reader_count + 1, sizeof *a->readers);
    a->cells = calloc(f->cell_count + 1, sizeof *a->cells);
    a->spots = calloc(s->pair_count * s->reader_count * CLAUSE_COUNT + 1, sizeof *a->spots);
    a->places = calloc(s->pair_count * s->reader_count + 1, sizeof *a->places);
    if (!a->pairs || !a->readers || !a->cells || !a->spots || !a->places)
        err_set(e, ERR_MEMORY, "criteria", "out of memory for %zu cells", f->cell_count);
    else
        code = assess_engine_make(f, c, a, &engine, e);
    if (code == 0)
        code = judge(&engine, e);
    if (code == 0 && !assess_is_of_some(a)) /* they are of the whole list */
        code = stated_errors_make(c, s, &f->scheme, &a->errors, e);
    whole = whole && !findings_is_of_list(f);
    if (code == 0 && whole)
        code = assess_explore(&engine, e);
    if (code == 0 && whole)
        code = assess_propose(&engine, e);
    if (code == 0 && asked)
        tell_more(&engine);
    assess_engine_free(&engine);
    if (code == 0)
        *out = a;
    else
        assess_free(&a);
    return code;
}

int assess_make(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
{
    return make(f, c, NULL, true, out, e);
}

int assess_judge(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
{
    return make(f, c, NULL, false, out, e);
}

int assess_judge_of(const struct findings *f, const struct criteria *c, const struct assess_question *asked,
                    struct assessment **out, struct err *e)
{
    return make(f, c, asked, false, out, e);
}

int assess_add(struct assessment *a, const char *what_if, struct err *e)
{
    struct assess_engine engine = { 0 };
    if (findings_is_of_list(a->f))
        return err_set(e, ERR_NO_DATA, what_if,
                       NEEDS_DECIDE_MATRIX ": this run decided who is on its list, nothing else");
    int code = assess_engine_make(a->f, a->criteria, a, &engine, e);
    if (code == 0)
        code = assess_ask(&engine, what_if, e);
    assess_engine_free(&engine);
    return code;
}

void assess_forget(struct assessment *a)
{
    for (size_t i = 0; i < a->scenario_count; i++)
        free(a->scenarios[i].recommendation);
    free(a->scenarios);
    a->scenarios = NULL;
    a->scenario_count = 0;
}

void assess_free(struct assessment **a)
{
    if (!a || !*a)
        return;
    assess_forget(*a);
    free((*a)->pairs);
    free((*a)->readers);
    free((*a)->cells);
    free((*a)->spots);
    free((*a)->places);
    free((*a)->open);
    free(*a);
    *a = NULL;
}
