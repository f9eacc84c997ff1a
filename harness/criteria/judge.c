/* Every pair judged, the readers counted, and what keeps pairs open: all of an assessment, in order. */
#include "harness/criteria/engine.h"

#include <stdlib.h>

static void count_reader(struct assessment *a, const struct assess_engine *g, size_t reader)
{
    struct assess_reader *out = &a->readers[reader];
    uint32_t bit = UINT32_C(1) << reader;
    out->in_scope = g->rules.seats[reader] > 0;
    out->skips_payload = g->payload_step && assess_skips_payload(g, reader);
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &a->pairs[pair];
        out->passes += (p->passes & bit) != 0;
        out->fails += (p->fails & bit) != 0;
        out->open += (p->open & bit) != 0;
        out->not_testable += (p->not_testable & bit) != 0;
        out->alone += p->recommendation == RECOMMENDATION_NOT_RECOMMENDED && p->fails == bit;
        for (int c = ASSESS_SUCCESS; c < ASSESS_READERS; c++)
            out->fails_by_clause[c] +=
                assess_spot(a, pair, reader, (enum assess_clause)c)->outcome == ASSESS_FAIL;
    }
}

static bool is_asked(const struct assess_engine *g, enum assess_clause clause, const struct findings_cell *c)
{
    bool positions = g->rules.on[ASSESS_FIVE_POINTS] || g->rules.on[ASSESS_HEIGHT];
    bool looks = assess_looks_at(g, c->condition);
    if (clause == ASSESS_PAYLOAD)
        return g->rules.on[clause] && looks;
    if (clause == ASSESS_SUCCESS)
        return g->wants[c->script] && (positions || (g->rules.on[clause] && looks));
    return g->rules.on[clause] && g->wants[c->script] && looks &&
           !(clause == ASSESS_TIME && g->criteria->by_handset);
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

/* The open cells of a pair, in cell order, each with the first clause that is open there; then the time of
 * the handset, which is about many cells together, with the one that is slowest. */
static void add_open(struct assess_engine *g, size_t pair, struct buf *open)
{
    static const enum assess_clause clauses[] = { ASSESS_SUCCESS, ASSESS_TIME, ASSESS_PAYLOAD,
                                                  ASSESS_TECHNOLOGIES };
    const struct survey *s = g->f->survey;
    struct assess_pair *p = &g->a->pairs[pair];
    const struct assess_result *time = &p->clauses[ASSESS_TIME];
    size_t a_pair = s->condition_count * s->reader_count * s->script_count;
    uint32_t modes = p->recommendation == RECOMMENDATION_NOT_ENOUGH_DATA ? g->rules.required : p->modes_open;
    p->open_begin = open->length / sizeof(struct assess_open);
    if (p->recommendation != RECOMMENDATION_NOT_ENOUGH_DATA &&
        p->recommendation != RECOMMENDATION_CONDITIONAL)
        return;
    for (size_t cell = pair * a_pair; cell < (pair + 1) * a_pair; cell++) {
        const struct findings_cell *c = &g->f->cells[cell];
        if (!g->rules.seats[c->reader] || !(modes >> s->conditions[c->condition].power_mode & 1))
            continue;
        for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
            struct assess_result got = assess_on_cell(g, &g->rules, cell, clauses[i]);
            if (!is_asked(g, clauses[i], c) || got.outcome != ASSESS_OPEN)
                continue;
            add_one(g, (struct assess_open) { pair, cell, clauses[i], got.missing }, open);
            break;
        }
    }
    if (g->criteria->by_handset && time->outcome == ASSESS_OPEN && time->cell != SIZE_MAX)
        add_one(g, (struct assess_open) { pair, time->cell, ASSESS_TIME, time->missing }, open);
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

static int judge(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    struct assessment *a = g->a;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        assess_judge_pair(g, &g->rules, pair, &a->pairs[pair],
                          &a->spots[pair * s->reader_count * ASSESS_CLAUSE_COUNT]);
        assess_find_reason(a, &a->pairs[pair]);
        a->counts[a->pairs[pair].recommendation]++;
    }
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        count_reader(a, g, reader);
        a->failing_alone += a->readers[reader].alone;
    }
    return list_open(g, e);
}

static int make(const struct findings *f, const struct criteria *c, bool whole, struct assessment **out,
                struct err *e)
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
    a->pairs = calloc(s->pair_count + 1, sizeof *a->pairs);
    a->readers = calloc(s->reader_count + 1, sizeof *a->readers);
    a->cells = calloc(f->cell_count + 1, sizeof *a->cells);
    a->spots = calloc(s->pair_count * s->reader_count * ASSESS_CLAUSE_COUNT + 1, sizeof *a->spots);
    if (!a->pairs || !a->readers || !a->cells || !a->spots)
        err_set(e, ERR_MEMORY, "criteria", "out of memory for %zu cells", f->cell_count);
    else
        code = assess_engine_make(f, c, a, &engine, e);
    if (code == 0)
        code = judge(&engine, e);
    if (code == 0 && whole)
        code = assess_explore(&engine, e);
    if (code == 0 && whole)
        code = assess_propose(&engine, e);
    if (code == 0 && whole)
        code = assess_word(a, e);
    assess_engine_free(&engine);
    if (code == 0)
        *out = a;
    else
        assess_free(&a);
    return code;
}

int assess_make(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
{
    return make(f, c, true, out, e);
}

int assess_judge(const struct findings *f, const struct criteria *c, struct assessment **out, struct err *e)
{
    return make(f, c, false, out, e);
}
