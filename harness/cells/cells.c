#include "harness/cells/cells.h"

#include "harness/cells/rows.h"
#include "harness/clauses/need.h"

#include <stdlib.h>
#include <string.h>

int cells_scheme(const struct survey *s, struct scheme *out, struct err *e)
{
    const struct survey_scheme *w = &s->scheme;
    int rc = scheme_resolve(w->name, w->q0, w->q1, w->alpha, w->beta, w->k, w->n_max, out, e);
    if (rc == 0 && w->mean > 0.0)
        rc = scheme_set_mean(out, w->mean, e);
    if (rc == 0)
        out->rules = s->rules;
    return rc;
}

/* A survey's criteria count in its plan; by the rules of 0.4.0 they did not. */
static int load_criteria(struct cells *c, struct err *e)
{
    const struct survey *s = c->survey;
    struct survey_problems problems = { 0 };
    if (s->rules == RULES_OF_0_4 || !s->criteria_text)
        return 0;
    int rc = criteria_load_text(s->criteria, s->criteria_text, strlen(s->criteria_text), &c->criteria,
                                &problems, e);
    survey_problems_free(&problems);
    return rc;
}

static void start(struct cells *c)
{
    const struct survey *s = c->survey;
    for (size_t i = 0; i < c->count; i++) {
        uint8_t in = s->excluded ? s->excluded[i] : (uint8_t)SURVEY_CELL_IN;
        c->cells[i].verdict = in == SURVEY_CELL_EXCLUDED         ? VERDICT_EXCLUDED
                              : in == SURVEY_CELL_NOT_APPLICABLE ? VERDICT_NOT_APPLICABLE
                                                                 : VERDICT_UNDECIDED;
    }
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            c->taps[condition * s->script_count + script] = list_taps(c->criteria, s, condition, script);
}

static bool is_measured(const struct cell_state *cell)
{
    return cell->verdict != VERDICT_EXCLUDED && cell->verdict != VERDICT_NOT_APPLICABLE;
}

struct cell_counts cells_counts(const struct cells *c, size_t cell)
{
    const struct cell_counts *counts = &c->cells[cell].counts;
    return c->attributed[cells_pair(c, cell)] ? counts_attributed(counts) : *counts;
}

static bool is_hung(const struct cells *c, size_t cell)
{
    return c->cells[cell].invalid_run >= survey_invalid_run_max(c->survey) &&
           !c->attributed[cells_pair(c, cell)];
}

static unsigned placements(const struct cell_counts *counts)
{
    return counts->n + counts->s;
}

static bool has_all(const struct cells *c, size_t cell)
{
    const struct cell_state *at = &c->cells[cell];
    if (c->rows)
        return placements(&at->counts) >= row_target(c, cell);
    return placements(&at->counts) >= verdict_n_max(&c->table, at->counts.s);
}

static unsigned taps_of(const struct cells *c, size_t cell)
{
    const struct survey *s = c->survey;
    size_t condition = survey_condition_of(s, cell);
    return c->taps[condition * s->script_count + cell % s->script_count];
}

/* Incompatible, and neither shown above what the criteria refuse a handset for nor within what they pass. */
static bool wants_refusal(const struct cells *c, size_t cell)
{
    const struct survey *s = c->survey;
    size_t condition = survey_condition_of(s, cell);
    if (c->rows || c->cells[cell].verdict != VERDICT_INCOMPATIBLE || !c->criteria || c->criteria->taps > 0 ||
        need_of(c->criteria, s, condition, cell % s->script_count) == NEED_NONE ||
        !need_looks_at(c->criteria, &s->conditions[condition]))
        return false;
    struct cell_counts counts = cells_counts(c, cell);
    return !list_refuses(c->criteria, &c->table, &counts) && !list_passes(c->criteria, &c->table, &counts);
}

static bool wants_taps(const struct cells *c, size_t cell)
{
    return c->cells[cell].counts.n < taps_of(c, cell);
}

/* ---- what follows ---- */

/* Open where the list, or its row, is decided without it. */
static bool is_left(const struct cells *c, size_t cell)
{
    if (c->rows && c->rows[row_of_cell(c->survey, cell)].verdict != ROW_OPEN)
        return true;
    return c->list[cells_pair(c, cell)] == LIST_SETTLED && !has_all(c, cell);
}

static enum verdict judge(const struct cells *c, size_t cell)
{
    const struct cell_state *at = &c->cells[cell];
    if (!is_measured(at))
        return at->verdict;
    struct cell_counts counts = cells_counts(c, cell);
    enum verdict v = verdict_of(&c->table, &counts);
    if (v == VERDICT_COMPATIBLE || v == VERDICT_INCOMPATIBLE)
        return v;
    if (is_left(c, cell))
        return VERDICT_NOT_PURSUED;
    return v == VERDICT_UNDECIDED && is_hung(c, cell) ? VERDICT_UNDECIDED_INSTRUMENT : v;
}

static void tell(struct cells *c, size_t cell)
{
    if (c->is_changed[cell])
        return;
    c->is_changed[cell] = 1;
    c->changed[(c->changed_first + c->changed_count++) % c->count] = cell;
}

static void judge_again(struct cells *c, size_t cell)
{
    enum verdict v = judge(c, cell);
    if (v == c->cells[cell].verdict)
        return;
    c->cells[cell].verdict = v;
    tell(c, cell);
}

size_t cells_changed(struct cells *c)
{
    if (c->changed_count == 0)
        return SIZE_MAX;
    size_t cell = c->changed[c->changed_first];
    c->changed_first = (c->changed_first + 1) % c->count;
    c->changed_count--;
    c->is_changed[cell] = 0;
    return cell;
}

static struct cell_counts counts_for_list(const void *context, size_t cell)
{
    return cells_counts(context, cell);
}

static enum list_state list_now(const struct cells *c, size_t pair)
{
    if (c->survey->decide != DECIDE_LIST)
        return LIST_OPEN;
    const struct row_state *rows = c->rows ? c->rows + pair * (c->row_count / c->survey->pair_count) : NULL;
    return list_of(c->criteria, c->survey, &c->table, pair, counts_for_list, c, rows);
}

static void judge_pair(struct cells *c, size_t pair)
{
    size_t cells = c->count / c->survey->pair_count;
    if (c->rows)
        rows_update_pair(c, pair);
    c->list[pair] = list_now(c, pair);
    for (size_t i = 0; i < cells; i++)
        judge_again(c, pair * cells + i);
    c->stale[c->stale_count++] = (uint32_t)pair;
}

/* Placements of a handset on a reader in one condition: of its scripts the most, as they share them. */
static struct suspicion of_unit(const struct cells *c, size_t first, size_t but,
                                const struct cell_counts *instead)
{
    struct suspicion most = { 0 };
    for (size_t i = first; i < first + c->survey->script_count; i++) {
        const struct cell_counts *counts = i == but ? instead : &c->cells[i].counts;
        most.placements = placements(counts) > most.placements ? placements(counts) : most.placements;
        most.suspects = counts->s > most.suspects ? counts->s : most.suspects;
    }
    return most;
}

static void move(struct suspicion *sum, const struct suspicion *from, const struct suspicion *to)
{
    sum->placements += to->placements - from->placements;
    sum->suspects += to->suspects - from->suspects;
}

static bool is_attributed(const struct cells *c, size_t pair)
{
    const struct survey *s = c->survey;
    const struct suspicion *own = c->own + pair * s->reader_count;
    unsigned readers = 0;
    for (size_t r = 0; r < s->reader_count; r++)
        readers += own[r].suspects > 0;
    return readers >= SUSPICION_READERS && c->table.scheme.rules != RULES_OF_0_4 &&
           suspicion_is_own(own, c->all, s->reader_count, s->pair_count);
}

/* Another placement on a reader can tell for or against every handset that was on it. */
static void attribute(struct cells *c, size_t cell, const struct cell_counts *before)
{
    const struct survey *s = c->survey;
    size_t first = cell / s->script_count * s->script_count,
           reader = cell / s->script_count % s->reader_count;
    struct suspicion was = of_unit(c, first, cell, before), is = of_unit(c, first, SIZE_MAX, NULL);
    move(&c->own[cells_pair(c, cell) * s->reader_count + reader], &was, &is);
    move(&c->all[reader], &was, &is);
    if (c->all[reader].suspects == 0 && was.suspects == 0)
        return;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        bool holds = is_attributed(c, pair);
        if (holds == (bool)c->attributed[pair])
            continue;
        c->attributed[pair] = holds;
        judge_pair(c, pair);
    }
}

void cells_update(struct cells *c, size_t cell, const struct cell_counts *before)
{
    size_t pair = cells_pair(c, cell);
    c->stale_count = 0;
    attribute(c, cell, before);
    enum row_verdict decided = c->rows ? c->rows[row_of_cell(c->survey, cell)].verdict : ROW_NONE;
    bool other_row = rows_update_cell(c, cell);
    judge_again(c, cell);
    if (c->rows && c->rows[row_of_cell(c->survey, cell)].verdict != decided)
        tell(c, cell);
    if (has_all(c, cell) && c->cells[cell].verdict == VERDICT_UNDECIDED)
        tell(c, cell); /* for good */
    if (other_row || list_now(c, pair) != c->list[pair])
        judge_pair(c, pair);
}

/* By its rules a run of 0.4.0 has no suspect placements. */
static void count(const struct cells *c, struct cell_counts *counts, enum placement_result result,
                  bool suspect, unsigned session)
{
    counts_add(counts, result, suspect && c->table.scheme.rules != RULES_OF_0_4, session);
}

void cells_result(struct cells *c, size_t cell, enum placement_result result, bool suspect, unsigned session)
{
    struct cell_state *at = &c->cells[cell];
    const struct cell_counts before = at->counts;
    c->stale_count = 0;
    if (!is_measured(at))
        return;
    count(c, &at->counts, result, suspect, session);
    if (result == PLACEMENT_INVALID) {
        at->invalid++;
        at->invalid_run++;
    } else if (result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY) {
        at->invalid_run = 0;
    }
    cells_update(c, cell, &before);
}

bool cells_has_counted(const struct cells *c, const struct cells_undo *undo)
{
    const struct cell_state *after = &c->cells[undo->cell];
    return memcmp(&after->counts, &undo->before.counts, sizeof after->counts) != 0 ||
           after->invalid != undo->before.invalid;
}

static void set_cell(struct cells *c, size_t cell, const struct cell_state *to)
{
    struct cell_state *at = &c->cells[cell];
    const struct cell_counts before = at->counts;
    enum verdict v = at->verdict;
    *at = *to;
    at->verdict = v; /* it follows */
    cells_update(c, cell, &before);
}

void cells_take_back(struct cells *c, const struct cells_undo *undo)
{
    set_cell(c, undo->cell, &undo->before);
}

void cells_make_nobodys(struct cells *c, const struct cells_undo *undo)
{
    struct cell_state spoilt = c->cells[undo->cell];
    spoilt.invalid += undo->result != PLACEMENT_ABORTED;
    count(c, &spoilt.counts, PLACEMENT_INVALID, undo->suspect || undo->result == PLACEMENT_DIRTY,
          undo->session);
    set_cell(c, undo->cell, &spoilt);
}

bool cells_reopen(struct cells *c, size_t cell)
{
    struct cell_state *at = &c->cells[cell];
    if (at->invalid_run < survey_invalid_run_max(c->survey))
        return false;
    at->invalid_run = 0;
    cells_update(c, cell, &at->counts);
    return true;
}

bool cells_decision_is_due(const struct cells *c, size_t cell, enum verdict told, enum row_verdict row_told)
{
    enum verdict v = c->cells[cell].verdict;
    if (c->rows && is_measured(&c->cells[cell]) &&
        c->rows[row_of_cell(c->survey, cell)].verdict != (row_told == ROW_NONE ? ROW_OPEN : row_told))
        return true;
    return told == VERDICT_NONE ? v != VERDICT_UNDECIDED || !cells_is_wanted(c, cell) : v != told;
}

void cells_judge(struct cells *c)
{
    const struct survey *s = c->survey;
    memset(c->own, 0, s->pair_count * s->reader_count * sizeof *c->own);
    memset(c->all, 0, sizeof c->all);
    for (size_t first = 0; first < c->count; first += s->script_count) {
        const struct suspicion none = { 0 }, is = of_unit(c, first, SIZE_MAX, NULL);
        size_t reader = first / s->script_count % s->reader_count;
        move(&c->own[cells_pair(c, first) * s->reader_count + reader], &none, &is);
        move(&c->all[reader], &none, &is);
    }
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        c->attributed[pair] = is_attributed(c, pair);
        judge_pair(c, pair);
    }
    c->stale_count = 0;
}

/* ---- work ---- */

bool cells_is_wanted(const struct cells *c, size_t cell)
{
    const struct cell_state *at = &c->cells[cell];
    if (!is_measured(at) || is_hung(c, cell) || c->list[cells_pair(c, cell)] == LIST_SETTLED)
        return false;
    bool decided = at->verdict == VERDICT_COMPATIBLE || at->verdict == VERDICT_INCOMPATIBLE;
    if (c->rows)
        decided = c->rows[row_of_cell(c->survey, cell)].verdict != ROW_OPEN;
    return wants_taps(c, cell) || ((!decided || wants_refusal(c, cell)) && !has_all(c, cell));
}

/* The share of its taps that is due by the end of this session. */
static bool taps_are_due(const struct cells *c, size_t cell, unsigned session)
{
    unsigned sessions = c->survey->sessions, all = taps_of(c, cell);
    return c->cells[cell].counts.n < (session >= sessions ? all : (all * session + sessions - 1) / sessions);
}

/* Only another session can decide it: it is refused so far, or can no longer be accepted, and this session alone shows
 * dirty placements. What it would show more of them here would have to be shown there again. */
static bool rests(const struct cells *c, size_t cell, const struct cell_counts *counts, unsigned session)
{
    uint32_t here = UINT32_C(1) << (session - 1);
    if (c->cells[cell].verdict == VERDICT_REJECTED_SO_FAR)
        return counts->dirty_sessions & here;
    return !c->rows && session < c->survey->sessions && c->table.scheme.rules != RULES_OF_0_4 &&
           counts->dirty_sessions == here && verdict_is_out_of_reach(&c->table, counts);
}

bool cells_is_open(const struct cells *c, size_t cell, unsigned session)
{
    const struct cell_state *at = &c->cells[cell];
    struct cell_counts counts = cells_counts(c, cell);
    bool rejected = at->verdict == VERDICT_REJECTED_SO_FAR;
    if (!cells_is_wanted(c, cell) || (c->list[cells_pair(c, cell)] == LIST_RESTS && !rejected))
        return false;
    if (taps_are_due(c, cell, session))
        return true;
    if (rests(c, cell, &counts, session))
        return false;
    if (c->rows) /* one that another session has to show goes ahead of the others of its row */
        return placements(&counts) < (rejected ? row_target(c, cell) : row_session_target(c, cell, session));
    return (rejected || at->verdict == VERDICT_UNDECIDED || wants_refusal(c, cell)) &&
           placements(&counts) <
               verdict_session_target(&c->table, counts.d, counts.s, session, c->survey->sessions);
}

/* ---- memory ---- */

int cells_make(const struct survey *s, struct cells *out, struct err *e)
{
    struct scheme scheme;
    *out = (struct cells) { .survey = s, .count = survey_cell_count(s) };
    struct cells *c = out;
    int rc = cells_scheme(s, &scheme, e);
    if (rc == 0)
        rc = scheme_table_make(&scheme, &c->table, e);
    if (rc == 0)
        rc = load_criteria(c, e);
    if (rc != 0)
        return rc;
    c->cells = calloc(c->count, sizeof *c->cells);
    c->taps = calloc(s->condition_count * s->script_count, sizeof *c->taps);
    c->own = calloc(s->pair_count * s->reader_count, sizeof *c->own);
    c->attributed = calloc(s->pair_count, sizeof *c->attributed);
    c->list = calloc(s->pair_count, sizeof *c->list);
    c->stale = calloc(3 * s->pair_count, sizeof *c->stale);
    c->changed = calloc(c->count, sizeof *c->changed);
    c->is_changed = calloc(c->count, sizeof *c->is_changed);
    if (!c->cells || !c->taps || !c->own || !c->attributed || !c->list || !c->stale || !c->changed ||
        !c->is_changed)
        return err_set(e, ERR_MEMORY, "plan", "out of memory for %zu cells", c->count);
    start(c);
    rc = rows_make(c, e);
    if (rc != 0)
        return rc;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        if (list_now(c, pair) != LIST_OPEN)
            judge_pair(c, pair);
    c->stale_count = 0;
    return 0;
}

void cells_free(struct cells *c)
{
    scheme_table_free(&c->table);
    criteria_free(&c->criteria);
    free(c->cells);
    free(c->taps);
    free(c->own);
    free(c->attributed);
    free(c->list);
    free(c->stale);
    free(c->changed);
    free(c->is_changed);
    rows_free(c);
    *c = (struct cells) { 0 };
}

void cells_copy(struct cells *to, const struct cells *from)
{
    const struct survey *s = from->survey;
    memcpy(to->cells, from->cells, from->count * sizeof *to->cells);
    memcpy(to->own, from->own, s->pair_count * s->reader_count * sizeof *to->own);
    memcpy(to->all, from->all, sizeof to->all);
    memcpy(to->attributed, from->attributed, s->pair_count * sizeof *to->attributed);
    memcpy(to->list, from->list, s->pair_count * sizeof *to->list);
    if (to->rows)
        memcpy(to->rows, from->rows, from->row_count * sizeof *to->rows);
}
