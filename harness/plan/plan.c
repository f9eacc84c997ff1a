/*
 * The plan: counts per cell and attempts per (session, pair, condition, reader), and the next step as a
 * function of them. `open`, `block_open`, `first_open` and `frontier` are caches of what the counts say, so
 * that a step costs a look at one block and not at the survey; they are kept in step where a count changes
 * and nowhere else.
 */
#include "harness/plan/plan.h"

#include "harness/plan/order.h"

#include <stdlib.h>
#include <string.h>

#define NO_BLOCK     SIZE_MAX
#define PUT_OFF_NEXT UINT32_MAX

struct plan {
    const struct survey *survey; /* borrowed */
    struct cells cells;
    uint32_t *attempts; /* [session - 1][unit]: counted and invalid placements; unit = order_unit() */
    size_t units;
    unsigned session;
    uint32_t *put_off; /* a pair: 0; else the later the greater; PUT_OFF_NEXT: not in this session */
    uint32_t put_off_last;
    struct order order;

    uint32_t *open;       /* a unit: bit a script that has work in this session */
    uint32_t *block_open; /* a block: bit a reader that has work there */
    size_t first_open;    /* no block before it has work */
    size_t frontier;      /* the last block with an attempt in this session */
    uint8_t *first; /* a pair: it comes before others in this session, as a cell of it is `rejected so far` */
    size_t square_block; /* which block `square` is of */
    struct order_square square;
};

int plan_make(const struct survey *s, struct plan **out, struct err *e)
{
    struct plan *p = NULL;
    *out = NULL;
    int rc = order_check(s, e);
    if (rc != 0)
        return rc;
    p = calloc(1, sizeof(*p));
    if (!p)
        return err_set(e, ERR_MEMORY, "plan", "out of memory");
    p->survey = s;
    p->units = s->pair_count * s->condition_count * s->reader_count;
    rc = cells_make(s, &p->cells, e);
    if (rc == 0)
        rc = order_make(s, &p->order, e);
    if (rc != 0)
        goto out;
    rc = err_set(e, ERR_MEMORY, "plan", "out of memory for %zu cells", survey_cell_count(s));
    p->attempts = calloc(p->units * s->sessions, sizeof(*p->attempts));
    p->put_off = calloc(s->pair_count, sizeof(*p->put_off));
    p->open = calloc(p->units, sizeof(*p->open));
    p->block_open = calloc(p->units, sizeof(*p->block_open));
    p->first = calloc(s->pair_count, sizeof(*p->first));
    if (!p->attempts || !p->put_off || !p->open || !p->block_open || !p->first)
        goto out;
    plan_begin_session(p, 1);
    *out = p;
    p = NULL;
    rc = 0;
out:
    plan_free(&p);
    return rc;
}

void plan_free(struct plan **p)
{
    if (!p || !*p)
        return;
    order_free(&(*p)->order);
    cells_free(&(*p)->cells);
    free((*p)->first);
    free((*p)->attempts);
    free((*p)->put_off);
    free((*p)->open);
    free((*p)->block_open);
    free(*p);
    *p = NULL;
}

const struct survey *plan_survey(const struct plan *p)
{
    return p->survey;
}

const struct scheme_table *plan_table(const struct plan *p)
{
    return &p->cells.table;
}

const struct cell_state *plan_cell(const struct plan *p, size_t cell)
{
    return &p->cells.cells[cell];
}

unsigned plan_session(const struct plan *p)
{
    return p->session;
}

struct cell_counts plan_counts(const struct plan *p, size_t cell)
{
    return cells_counts(&p->cells, cell);
}

const struct row_state *plan_row(const struct plan *p, size_t cell)
{
    return p->cells.rows ? &p->cells.rows[row_of_cell(p->survey, cell)] : NULL;
}

const struct cells *plan_cells(const struct plan *p)
{
    return &p->cells;
}

bool plan_is_attributed(const struct plan *p, size_t pair)
{
    return p->cells.attributed[pair] != 0;
}

enum list_state plan_list_state(const struct plan *p, size_t pair)
{
    return p->cells.list[pair];
}

bool plan_is_over(const struct plan *p, size_t cell)
{
    return !cells_is_wanted(&p->cells, cell);
}

bool plan_has_work(const struct plan *p, size_t cell)
{
    for (unsigned session = p->session; session <= p->survey->sessions; session++)
        if (cells_is_open(&p->cells, cell, session))
            return true;
    return false;
}

size_t plan_changed(struct plan *p)
{
    return cells_changed(&p->cells);
}

static uint32_t open_scripts(const struct plan *p, size_t unit, unsigned session)
{
    size_t scripts = p->survey->script_count;
    uint32_t mask = 0;
    for (size_t i = 0; i < scripts; i++)
        if (cells_is_open(&p->cells, unit * scripts + i, session))
            mask |= UINT32_C(1) << i;
    return mask;
}

/* Brings the caches of one unit in line with its cells. */
static void refresh_unit(struct plan *p, size_t unit)
{
    const struct survey *s = p->survey;
    unsigned reader = (unsigned)(unit % s->reader_count);
    size_t block = p->order.block_of[unit];
    const struct order_block *b = &p->order.blocks[block];
    uint32_t bit = UINT32_C(1) << reader;
    p->open[unit] = open_scripts(p, unit, p->session);
    p->block_open[block] &= ~bit;
    for (unsigned i = 0; i < b->pair_count; i++)
        if (p->open[order_unit(s, b->pairs[i], b->condition, reader)])
            p->block_open[block] |= bit;
    if (block < p->first_open && p->block_open[block])
        p->first_open = block;
}

/* What has changed besides this cell: all of its handset, or whose suspect placements are another's now. */
static void refresh(struct plan *p, size_t cell)
{
    const struct survey *s = p->survey;
    size_t units = s->condition_count * s->reader_count; /* of a pair */
    refresh_unit(p, cell / s->script_count);
    for (size_t i = 0; i < p->cells.stale_count; i++)
        for (size_t unit = 0; unit < units; unit++)
            refresh_unit(p, p->cells.stale[i] * units + unit);
}

static void lay_out_session(struct plan *p, unsigned session)
{
    p->session = session;
    order_draw(&p->order, session, p->first);
    p->first_open = 0;
    p->frontier = 0;
    p->square_block = NO_BLOCK;
    const uint32_t *attempts = p->attempts + (session - 1) * p->units;
    for (size_t block = 0; block < p->order.block_count; block++)
        p->block_open[block] = 0;
    for (size_t unit = 0; unit < p->units; unit++) {
        size_t block = p->order.block_of[unit];
        uint32_t bit = UINT32_C(1) << unit % p->survey->reader_count;
        p->open[unit] = open_scripts(p, unit, session);
        if (p->open[unit])
            p->block_open[block] |= bit;
        if (attempts[unit] && block > p->frontier)
            p->frontier = block;
    }
}

/* The order of a session is that of the counts with which it begins. */
static void draw_session(struct plan *p, unsigned session)
{
    memset(p->first, 0, p->survey->pair_count * sizeof(*p->first));
    for (size_t i = 0; i < p->cells.count; i++)
        p->first[cells_pair(&p->cells, i)] |= p->cells.cells[i].verdict == VERDICT_REJECTED_SO_FAR;
    lay_out_session(p, session);
}

void plan_begin_session(struct plan *p, unsigned session)
{
    if (session < 1 || session > p->survey->sessions)
        return;
    p->put_off_last = 0;
    memset(p->put_off, 0, p->survey->pair_count * sizeof(*p->put_off));
    draw_session(p, session);
}

static bool session_has_attempts(const struct plan *p)
{
    const uint32_t *attempts = p->attempts + (p->session - 1) * p->units;
    for (size_t unit = 0; unit < p->units; unit++)
        if (attempts[unit])
            return true;
    return false;
}

int plan_copy(const struct plan *p, struct plan **out, struct err *e)
{
    int rc = plan_make(p->survey, out, e);
    if (rc != 0)
        return rc;
    cells_copy(&(*out)->cells, &p->cells);
    memcpy((*out)->attempts, p->attempts, p->units * p->survey->sessions * sizeof(*p->attempts));
    memcpy((*out)->first, p->first, p->survey->pair_count);
    lay_out_session(*out, p->session);
    return 0;
}

void plan_reopen(struct plan *p)
{
    for (size_t i = 0; i < p->cells.count; i++)
        if (cells_reopen(&p->cells, i))
            refresh(p, i);
}

/* Whether each open cell of a handset can still have placements in as many sessions as a verdict takes, without this. */
static bool can_miss_this_session(const struct plan *p, unsigned pair)
{
    const struct survey *s = p->survey;
    for (size_t i = 0; i < p->cells.count; i++) {
        unsigned seen = (unsigned)__builtin_popcount(p->cells.cells[i].counts.sessions);
        if (cells_is_wanted(&p->cells, i) &&
            strcmp(s->pairs[cells_pair(&p->cells, i)].unit, s->pairs[pair].unit) == 0 &&
            seen + s->sessions - p->session < VERDICT_SESSIONS_NEEDED)
            return false;
    }
    return true;
}

bool plan_put_off(struct plan *p, unsigned pair, bool to_next_session)
{
    const struct survey *s = p->survey;
    bool next =
        to_next_session && p->session < s->sessions && pair < s->pair_count && can_miss_this_session(p, pair);
    if (!next)
        p->put_off_last++;
    for (unsigned i = 0; pair < s->pair_count && i < s->pair_count; i++)
        if (strcmp(s->pairs[i].unit, s->pairs[pair].unit) == 0)
            p->put_off[i] = next ? PUT_OFF_NEXT : p->put_off_last;
    return next;
}

static uint32_t block_put_off(const struct plan *p, size_t block)
{
    const struct order_block *b = &p->order.blocks[block];
    uint32_t latest = 0;
    for (unsigned i = 0; i < b->pair_count; i++)
        if (p->put_off[b->pairs[i]] > latest)
            latest = p->put_off[b->pairs[i]];
    return latest;
}

/* The same as next_block() where handsets have been put off: what was put off last comes last. */
static size_t next_block_put_off(const struct plan *p, uint32_t unavailable)
{
    size_t count = p->order.block_count, next = NO_BLOCK;
    uint32_t least = PUT_OFF_NEXT;
    for (size_t i = 0; i < count; i++) {
        size_t b = (p->frontier + i) % count;
        uint32_t rank = p->block_open[b] & ~unavailable ? block_put_off(p, b) : PUT_OFF_NEXT;
        if (rank < least) {
            least = rank;
            next = b;
        }
    }
    return next;
}

/* Whether this session has work that waits for a reader only. */
static bool reader_is_waited_for(const struct plan *p)
{
    for (size_t b = p->first_open; b < p->order.block_count; b++)
        if (p->block_open[b] && block_put_off(p, b) != PUT_OFF_NEXT)
            return true;
    return false;
}

/*
 * From the frontier on, then from the start: what an unavailable reader left behind waits until the others
 * are through, and is a function of the counts all the same.
 */
static size_t next_block(struct plan *p, uint32_t unavailable)
{
    size_t count = p->order.block_count;
    while (p->first_open < count && !p->block_open[p->first_open])
        p->first_open++;
    for (size_t i = 0; i < p->survey->pair_count; i++)
        if (p->put_off[i])
            return next_block_put_off(p, unavailable);
    for (size_t b = p->frontier > p->first_open ? p->frontier : p->first_open; b < count; b++)
        if (p->block_open[b] & ~unavailable)
            return b;
    for (size_t b = p->first_open; b < p->frontier; b++)
        if (p->block_open[b] & ~unavailable)
            return b;
    return NO_BLOCK;
}

/* The present tour of a block is the one that the least attempted open reader and pair is in. */
static uint32_t present_tour(const struct plan *p, const struct order_block *b, uint32_t unavailable,
                             const uint32_t *attempts)
{
    const struct survey *s = p->survey;
    uint32_t tour = UINT32_MAX;
    for (unsigned i = 0; i < b->pair_count; i++) {
        size_t first = order_unit(s, b->pairs[i], b->condition, 0);
        for (unsigned r = 0; r < s->reader_count; r++)
            if ((b->readers & ~unavailable) >> r & 1u && p->open[first + r] && attempts[first + r] < tour)
                tour = attempts[first + r];
    }
    return tour;
}

static size_t step_in_block(struct plan *p, size_t block, uint32_t unavailable, struct plan_placement *out)
{
    const struct survey *s = p->survey;
    const struct order_block *b = &p->order.blocks[block];
    const uint32_t *attempts = p->attempts + (p->session - 1) * p->units;
    uint32_t tour = present_tour(p, b, unavailable, attempts);
    if (p->square_block != block)
        order_square_draw(&p->order, b, &p->square);
    p->square_block = block;
    size_t count = 0;
    for (unsigned position = 0; position < s->reader_count && count == 0; position++) {
        for (unsigned i = 0; i < b->pair_count; i++) {
            unsigned reader = order_reader(&p->square, tour, i, position);
            size_t unit = order_unit(s, b->pairs[i], b->condition, reader);
            if (!((b->readers & ~unavailable) >> reader & 1u) || !p->open[unit] || attempts[unit] != tour)
                continue;
            out[count++] = (struct plan_placement) {
                .reader = reader,
                .pair = b->pairs[i],
                .condition = b->condition,
                .session = p->session,
                .ordinal = tour,
                .tour = tour,
                .scripts = p->open[unit],
            };
        }
    }
    return count;
}

static bool later_session_has_work(const struct plan *p)
{
    if (p->session >= p->survey->sessions)
        return false;
    for (size_t unit = 0; unit < p->units; unit++)
        if (open_scripts(p, unit, p->survey->sessions))
            return true;
    return false;
}

enum plan_next plan_step(struct plan *p, uint32_t unavailable, struct plan_placement *out, size_t *count,
                         bool *waiting)
{
    *count = 0;
    *waiting = false;
    size_t block = next_block(p, unavailable);
    if (block != NO_BLOCK) {
        *count = step_in_block(p, block, unavailable, out);
        return PLAN_STEP;
    }
    if (reader_is_waited_for(p)) {
        *waiting = true;
        return PLAN_STEP;
    }
    return later_session_has_work(p) ? PLAN_SESSION_END : PLAN_DONE;
}

static bool in_survey(const struct plan *p, const struct plan_placement *placement)
{
    const struct survey *s = p->survey;
    return placement->pair < s->pair_count && placement->condition < s->condition_count &&
           placement->reader < s->reader_count && placement->session >= 1 &&
           placement->session <= s->sessions;
}

uint32_t plan_scripts(const struct plan *p, const struct plan_placement *placement)
{
    if (!in_survey(p, placement))
        return 0;
    return open_scripts(p, order_unit(p->survey, placement->pair, placement->condition, placement->reader),
                        placement->session);
}

void plan_result(struct plan *p, const struct plan_placement *placement, unsigned script,
                 enum placement_result result, bool suspect)
{
    if (!in_survey(p, placement) || script >= p->survey->script_count)
        return;
    size_t unit = order_unit(p->survey, placement->pair, placement->condition, placement->reader);
    size_t at = unit * p->survey->script_count + script;
    cells_result(&p->cells, at, result, suspect, placement->session);
    refresh(p, at);
}

void plan_placed(struct plan *p, const struct plan_placement *placement, bool aborted)
{
    if (aborted || !in_survey(p, placement))
        return;
    size_t unit = order_unit(p->survey, placement->pair, placement->condition, placement->reader);
    p->attempts[(placement->session - 1) * p->units + unit]++;
    if (placement->session == p->session && p->order.block_of[unit] > p->frontier)
        p->frontier = p->order.block_of[unit];
}

void plan_take_back(struct plan *p, const struct cells_undo *results, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        cells_take_back(&p->cells, &results[i]);
        refresh(p, results[i].cell);
    }
    for (size_t i = 0; i < count; i++) {
        cells_make_nobodys(&p->cells, &results[i]);
        refresh(p, results[i].cell);
    }
    if (!session_has_attempts(p))
        draw_session(p, p->session);
}
