/*
 * Draws the order of one session. Williams squares balance position and carry-over (Williams 1949);
 * relabelling readers at random for every group spreads what carry-over of a single reader is left. Every
 * draw is keyed by seed, session, handset units and condition, never by a sequence.
 */
#include "harness/plan/order.h"

#include "harness/base/keyed_random.h"
#include "harness/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#define SESSIONS_MAX 32 /* bits of cell_counts.sessions */

unsigned plan_williams(unsigned n, unsigned row, unsigned position)
{
    if (n == 0)
        return 0;
    unsigned shift = row % n;
    if (n % 2 == 1 && row / n % 2 == 1)
        position = n - 1 - position % n;
    position %= n;
    /* 0 1 n-1 2 n-2 ...: the steps between neighbours are all different. */
    unsigned first = position % 2 == 1 ? position / 2 + 1 : (n - position / 2) % n;
    return (first + shift) % n;
}

int order_check(const struct survey *s, struct err *e)
{
    if (s->reader_count < 1 || s->reader_count > SURVEY_READERS_MAX || s->pair_count < 1 ||
        s->pair_count > SURVEY_PAIRS_MAX || s->condition_count < 1 ||
        s->condition_count > SURVEY_CONDITIONS_MAX || s->script_count < 1 ||
        s->script_count > SURVEY_SCRIPTS_MAX)
        return err_set(
            e, ERR_INPUT, s->path ? s->path : "survey",
            "%zu readers, %zu pairs, %zu conditions, %zu scripts: at least one of each and at most "
            "%d, %d, %d, %d",
            s->reader_count, s->pair_count, s->condition_count, s->script_count, SURVEY_READERS_MAX,
            SURVEY_PAIRS_MAX, SURVEY_CONDITIONS_MAX, SURVEY_SCRIPTS_MAX);
    if (s->sessions < 1 || s->sessions > SESSIONS_MAX)
        return err_set(e, ERR_INPUT, s->path ? s->path : "survey", "%u sessions: 1 to %d", s->sessions,
                       SESSIONS_MAX);
    return 0;
}

static void number_handsets(struct order *o)
{
    const struct survey *s = o->survey;
    for (unsigned i = 0; i < s->pair_count; i++) {
        unsigned j = 0;
        while (strcmp(s->pairs[j].unit, s->pairs[i].unit) != 0)
            j++;
        o->handset_of[i] = j;
    }
}

unsigned plan_lanes(const struct survey *s)
{
    unsigned lanes = s->lanes > 1 && s->handset_outermost ? s->lanes : 1;
    return lanes < s->reader_count ? lanes : (unsigned)s->reader_count;
}

int order_make(const struct survey *s, struct order *out, struct err *e)
{
    size_t pairs = s->pair_count;
    *out = (struct order) { .survey = s };
    out->lanes = plan_lanes(s);
    size_t units = pairs * s->condition_count * s->reader_count;
    if (units == 0)
        return err_set(e, ERR_INPUT, s->path, "has nothing to place: no handset, condition or reader");
    size_t blocks = s->handset_outermost ? pairs * s->condition_count : units;
    out->handset_of = calloc(pairs, sizeof(*out->handset_of));
    out->shuffled = calloc(pairs, sizeof(*out->shuffled));
    out->members = calloc(pairs * out->lanes, sizeof(*out->members));
    out->sizes = calloc(pairs, sizeof(*out->sizes));
    out->blocks = calloc(blocks, sizeof(*out->blocks));
    out->block_of = calloc(units, sizeof(*out->block_of));
    if (!out->handset_of || !out->shuffled || !out->members || !out->sizes || !out->blocks ||
        !out->block_of) {
        order_free(out);
        return err_set(e, ERR_MEMORY, "plan", "out of memory for %zu placements a tour", units);
    }
    number_handsets(out);
    return 0;
}

void order_free(struct order *o)
{
    if (!o)
        return;
    free(o->handset_of);
    free(o->shuffled);
    free(o->members);
    free(o->sizes);
    free(o->blocks);
    free(o->block_of);
    *o = (struct order) { 0 };
}

static uint64_t session_key(const struct order *o)
{
    return random_key(random_key_text(o->survey->seed, "plan session"), o->session);
}

static uint64_t group_key(const struct order *o, const unsigned *pairs, unsigned count)
{
    uint64_t key = random_key_text(session_key(o), "group");
    for (unsigned i = 0; i < count; i++) {
        const struct survey_pair *pair = &o->survey->pairs[pairs[i]];
        key = random_key_text(key, pair->unit);
        if (pair->sim < o->survey->sim_count)
            key = random_key_text(key, o->survey->sims[pair->sim].id);
    }
    return key;
}

static bool may_join(const struct order *o, unsigned group, unsigned pair)
{
    const struct survey *s = o->survey;
    bool real_sims = s->hands != HANDS_SIM && s->hands != HANDS_TESTBED;
    for (unsigned i = 0; i < o->sizes[group]; i++) {
        unsigned other = o->members[group * o->lanes + i];
        if (o->handset_of[other] == o->handset_of[pair])
            return false;
        if (real_sims && s->pairs[other].sim == s->pairs[pair].sim)
            return false;
    }
    return true;
}

/* Those that come first to the front, in the order that they have among themselves. */
static void put_first(struct order *o, const uint8_t *first)
{
    unsigned pairs = (unsigned)o->survey->pair_count, front = 0;
    for (unsigned i = 0; i < pairs; i++) {
        unsigned pair = o->shuffled[i];
        if (!first[pair])
            continue;
        memmove(&o->shuffled[front + 1], &o->shuffled[front], (i - front) * sizeof(*o->shuffled));
        o->shuffled[front++] = pair;
    }
}

/* Pairs in drawn order, each into the first group that has room and none of its handset (or sim) yet. */
static void form_groups(struct order *o, const uint8_t *first)
{
    unsigned pairs = (unsigned)o->survey->pair_count;
    for (unsigned i = 0; i < pairs; i++)
        o->shuffled[i] = i;
    random_shuffle(session_key(o), o->shuffled, pairs);
    if (first)
        put_first(o, first);
    unsigned first_with_room = 0;
    o->group_count = 0;
    for (unsigned i = 0; i < pairs; i++) {
        unsigned group = first_with_room;
        while (group < o->group_count && (o->sizes[group] == o->lanes || !may_join(o, group, o->shuffled[i])))
            group++;
        if (group == o->group_count)
            o->sizes[o->group_count++] = 0;
        o->members[group * o->lanes + o->sizes[group]++] = o->shuffled[i];
        while (first_with_room < o->group_count && o->sizes[first_with_room] == o->lanes)
            first_with_room++;
    }
}

static void add_block(struct order *o, unsigned group, unsigned condition, uint32_t readers)
{
    const struct survey *s = o->survey;
    const unsigned *pairs = o->members + (size_t)group * o->lanes;
    for (unsigned i = 0; i < o->sizes[group]; i++)
        for (unsigned r = 0; r < s->reader_count; r++)
            if (readers >> r & 1u)
                o->block_of[order_unit(s, pairs[i], condition, r)] = (uint32_t)o->block_count;
    o->blocks[o->block_count++] = (struct order_block) {
        .pairs = pairs,
        .pair_count = o->sizes[group],
        .group = group,
        .condition = condition,
        .readers = readers,
    };
}

/* Conditions in the survey's order, but those of one power mode together, modes in an order drawn for the
 * group. */
static void add_group(struct order *o, unsigned group, uint32_t readers)
{
    const struct survey *s = o->survey;
    unsigned modes[POWER_COUNT];
    unsigned mode_count = 0;
    uint32_t seen = 0;
    for (size_t c = 0; c < s->condition_count; c++) {
        unsigned mode = (unsigned)s->conditions[c].power_mode;
        if (!(seen >> mode & 1u))
            modes[mode_count++] = mode;
        seen |= 1u << mode;
    }
    uint64_t key = group_key(o, o->members + (size_t)group * o->lanes, o->sizes[group]);
    random_shuffle(random_key_text(key, "power modes"), modes, mode_count);
    for (unsigned m = 0; m < mode_count; m++)
        for (unsigned c = 0; c < s->condition_count; c++)
            if ((unsigned)s->conditions[c].power_mode == modes[m])
                add_block(o, group, c, readers);
}

void order_draw(struct order *o, unsigned session, const uint8_t *first)
{
    unsigned readers = (unsigned)o->survey->reader_count;
    o->session = session;
    o->block_count = 0;
    form_groups(o, first);
    if (o->survey->handset_outermost) {
        for (unsigned group = 0; group < o->group_count; group++)
            add_group(o, group, (uint32_t)((UINT64_C(1) << readers) - 1));
        return;
    }
    unsigned order[SURVEY_READERS_MAX];
    for (unsigned r = 0; r < readers; r++)
        order[r] = r;
    random_shuffle(random_key_text(session_key(o), "readers"), order, readers);
    for (unsigned r = 0; r < readers; r++)
        for (unsigned group = 0; group < o->group_count; group++)
            add_group(o, group, UINT32_C(1) << order[r]);
}

void order_square_draw(const struct order *o, const struct order_block *b, struct order_square *out)
{
    unsigned n = (unsigned)o->survey->reader_count;
    unsigned labels[SURVEY_READERS_MAX];
    *out = (struct order_square) { .readers = n };
    if (n == 0)
        return;
    for (unsigned r = 0; r < n; r++)
        labels[r] = r;
    uint64_t key =
        random_key_text(group_key(o, b->pairs, b->pair_count), o->survey->conditions[b->condition].id);
    random_shuffle(random_key_text(key, "readers"), labels, n);
    out->rows = n % 2 == 1 ? 2 * n : n;
    out->start = (unsigned)(random_u64(key, 0) % n);
    for (unsigned row = 0; row < out->rows; row++)
        for (unsigned position = 0; position < n; position++)
            out->reader[row][position] = (uint8_t)labels[plan_williams(n, row, position)];
}
