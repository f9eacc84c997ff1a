/*
 * What a plan costs before anything runs, and the list of its placements. Costs are folded from the session
 * orders directly: as long as every cell has the same results, all cells of a session get the same number of
 * placements, but for those of which the criteria ask for taps.
 */
#include "harness/plan/plan.h"

#include "harness/plan/order.h"
#include "harness/verdict/characteristics.h"
#include "harness/verdict/two_tier_chances.h"

#include <stdlib.h>

struct course { /* one way that the survey may go */
    uint64_t placements, transactions;
    double seconds;                  /* steps only */
    uint64_t on[SURVEY_READERS_MAX]; /* placements of the session on each reader */
    uint64_t layings;                /* of the reference */
};

struct costing {
    const struct survey *survey;
    struct scheme_table table;
    struct two_tier tiers; /* of a scheme of two tiers */
    unsigned clean;        /* placements of a cell, or tours, when all are clean */
    struct order order;
    uint8_t *scripts; /* a unit: how many of its scripts are surveyed */
    unsigned *taps;   /* [condition][script]: placements that the criteria ask for */
    struct course expected, worst,
        decided; /* decided: expected without the taps beyond what decides a cell */
    struct plan_cost *cost;
};

static void count_cells(struct costing *c)
{
    const struct survey *s = c->survey;
    size_t cells = survey_cell_count(s);
    c->cost->cells = cells;
    for (size_t i = 0; i < cells; i++) {
        uint8_t in = s->excluded ? s->excluded[i] : (uint8_t)SURVEY_CELL_IN;
        if (in == SURVEY_CELL_EXCLUDED)
            c->cost->excluded++;
        else if (in == SURVEY_CELL_NOT_APPLICABLE)
            c->cost->not_applicable++;
        else
            c->scripts[i / s->script_count]++;
    }
}

/* Host card emulation needs a pause of its own; only a simulated profile says which target answers first. */
static double pause_s(const struct survey *s, unsigned pair, unsigned condition)
{
    const struct handset_profile *handset =
        s->pairs[pair].handset < s->handset_profile_count ? survey_handset_of(s, pair) : NULL;
    for (size_t i = 0; handset && i < handset->simulation.target_count; i++) {
        const struct virtual_target *target = &handset->simulation.targets[i];
        if (target->power_modes >> s->conditions[condition].power_mode & 1u)
            return (target->target == TARGET_HCE ? s->pause_hce_ms : s->pause_ms) / 1000.0;
    }
    return s->pause_ms / 1000.0;
}

double plan_placement_s(const struct survey *s, unsigned pair, unsigned condition, uint64_t transactions)
{
    return s->times.place_s + (double)transactions * (s->times.transaction_s + pause_s(s, pair, condition));
}

uint64_t plan_reference_layings(const struct survey *s, uint64_t placements, unsigned sessions)
{
    uint64_t every = s->reference.every, behind = every > 0 ? (placements + every - 1) / every : 0;
    if (!s->reference.given || placements == 0)
        return 0;
    return sessions + (behind > sessions ? behind : sessions); /* before the first, and behind the last */
}

double plan_reference_s(const struct survey *s, uint64_t layings)
{
    return (double)layings * (s->times.place_s + s->times.transaction_s + s->pause_ms / 1000.0);
}

static unsigned taps_due(unsigned taps, unsigned session, unsigned sessions)
{
    return (taps * session + sessions - 1) / sessions;
}

/* Tours of a session: what the scheme takes by its end, and by the end of the one before. */
struct share {
    unsigned before, after; /* of every cell */
    unsigned session;
    bool taps; /* with those that the criteria ask for */
};

/* How many tours of the session a script has: as many as the scheme takes, or more where taps are asked for. */
static unsigned tours_of(const struct costing *c, const struct share *h, unsigned condition, unsigned script,
                         unsigned weight)
{
    unsigned sessions = c->survey->sessions;
    unsigned taps = c->taps[condition * c->survey->script_count + script];
    unsigned due = h->taps ? (taps_due(taps, h->session, sessions) + weight - 1) / weight : 0;
    unsigned was = h->taps ? (taps_due(taps, h->session - 1, sessions) + weight - 1) / weight : 0;
    return (due > h->after ? due : h->after) - (was > h->before ? was : h->before);
}

/* How many scripts a unit's placement in this tour has. */
static unsigned scripts_in(const struct costing *c, const struct share *h, size_t unit, unsigned condition,
                           unsigned reader, unsigned tour)
{
    const struct survey *s = c->survey;
    unsigned count = 0;
    for (unsigned script = 0; script < s->script_count; script++) {
        size_t cell = unit * s->script_count + script;
        bool in = !s->excluded || s->excluded[cell] == SURVEY_CELL_IN;
        count += in && tour < tours_of(c, h, condition, script, survey_weight(s, reader));
    }
    return count;
}

/* One tour of a block: the placements of a step run side by side, so a step lasts as long as its longest. */
static bool add_tour(const struct costing *c, const struct order_block *b, const struct order_square *q,
                     const struct share *h, unsigned tour, struct course *course)
{
    bool any = false;
    for (unsigned position = 0; position < q->readers; position++) {
        double longest = 0.0;
        for (unsigned i = 0; i < b->pair_count; i++) {
            unsigned reader = order_reader(q, tour, i, position);
            size_t unit = order_unit(c->survey, b->pairs[i], b->condition, reader);
            if (!(b->readers >> reader & 1u) || c->scripts[unit] == 0)
                continue;
            unsigned scripts = scripts_in(c, h, unit, b->condition, reader, tour);
            if (scripts == 0)
                continue;
            any = true;
            unsigned times = survey_weight(c->survey, reader);
            uint64_t transactions = (uint64_t)scripts * c->table.scheme.k;
            double seconds = times * plan_placement_s(c->survey, b->pairs[i], b->condition, transactions);
            longest = seconds > longest ? seconds : longest;
            course->placements += times;
            course->on[reader] += times;
            course->transactions += times * transactions;
        }
        course->seconds += longest;
    }
    return any;
}

static bool has_work(const struct costing *c, const struct order_block *b, unsigned pair)
{
    for (unsigned r = 0; r < c->survey->reader_count; r++)
        if ((b->readers >> r & 1u) && c->scripts[order_unit(c->survey, pair, b->condition, r)])
            return true;
    return false;
}

/* A handset is fetched when its group comes up, and changes its power mode when the next condition asks for
 * it. */
static void count_changes(struct costing *c, size_t first, size_t end)
{
    const struct order_block *blocks = c->order.blocks;
    for (unsigned i = 0; i < blocks[first].pair_count; i++) {
        enum power_mode mode = POWER_NONE;
        for (size_t b = first; b < end; b++) {
            enum power_mode next = c->survey->conditions[blocks[b].condition].power_mode;
            if (!has_work(c, &blocks[b], blocks[b].pairs[i]))
                continue;
            if (mode == POWER_NONE)
                c->cost->handset_changes++;
            else if (next != mode)
                c->cost->mode_changes++;
            mode = next;
        }
    }
}

/* Placements that every open cell has by the end of this session, or tours, when all are clean, or all go to N_max. */
static unsigned by_the_end_of(const struct costing *c, bool clean, unsigned session)
{
    const struct scheme_table *t = &c->table;
    unsigned sessions = c->survey->sessions;
    if (session == 0)
        return 0;
    if (clean && scheme_is_two_tier(&t->scheme))
        return (c->clean * session + sessions - 1) / sessions;
    return verdict_session_target(t, clean ? 0 : t->scheme.n_max, 0, session, sessions);
}

static struct share share_of(const struct costing *c, bool clean, unsigned session, bool taps)
{
    return (struct share) { .before = by_the_end_of(c, clean, session - 1),
                            .after = by_the_end_of(c, clean, session),
                            .session = session,
                            .taps = taps };
}

static void add_block(const struct costing *c, const struct order_block *b, const struct order_square *q,
                      const struct share *h, struct course *course)
{
    for (unsigned tour = 0; add_tour(c, b, q, h, tour, course);)
        tour++;
}

static void end_session(const struct survey *s, struct course *course)
{
    for (unsigned reader = 0; reader < s->reader_count; reader++) {
        course->layings += plan_reference_layings(s, course->on[reader], 1);
        course->on[reader] = 0;
    }
}

static void cost_session(struct costing *c, unsigned session)
{
    struct share expected = share_of(c, true, session, true), worst = share_of(c, false, session, true);
    struct share decided = share_of(c, true, session, false);
    order_draw(&c->order, session, NULL);
    size_t first = 0;
    for (size_t b = 0; b < c->order.block_count; b++) {
        const struct order_block *block = &c->order.blocks[b];
        struct order_square square;
        order_square_draw(&c->order, block, &square);
        add_block(c, block, &square, &expected, &c->expected);
        add_block(c, block, &square, &worst, &c->worst);
        add_block(c, block, &square, &decided, &c->decided);
        bool last = b + 1 == c->order.block_count || block[1].group != block->group ||
                    block[1].readers != block->readers;
        if (last) {
            count_changes(c, first, b + 1);
            first = b + 1;
        }
    }
    end_session(c->survey, &c->expected);
    end_session(c->survey, &c->worst);
    end_session(c->survey, &c->decided);
}

/* Sessions in which a cell must have placements to be compatible. */
static unsigned sessions_needed(const struct survey *s)
{
    return s->sessions < VERDICT_SESSIONS_NEEDED ? s->sessions : VERDICT_SESSIONS_NEEDED;
}

/*
 * Changes of a handset's power mode that no order avoids. Let the handset be used in S' of the S sessions, in
 * a_s
 * >= 1 modes in session s. It comes prepared in one of them and is changed at least a_s - 1 times, so that
 * the sum of a_s less S' changes are made at least. Every cell needs placements in t = min(2, S) sessions to
 * be compatible, so each of its m modes is counted in t of the a_s: the sum of a_s is at least m t. With S'
 * <= S: changes >= m t - S. With one or two sessions that is m - 1 in each.
 */
static uint64_t mode_changes_bound(const struct survey *s, uint32_t modes)
{
    unsigned needed = (unsigned)__builtin_popcount(modes) * sessions_needed(s);
    return needed > s->sessions ? needed - s->sessions : 0;
}

struct need {
    uint64_t placements, transactions;
};

/* What the cells of a unit need, at least: the acceptance number or the taps of each script, which share placements. */
static struct need need_of_unit(const struct costing *c, size_t unit, unsigned condition, unsigned reader)
{
    const struct survey *s = c->survey;
    struct need need = { 0 };
    for (unsigned script = 0; script < s->script_count; script++) {
        size_t cell = unit * s->script_count + script;
        uint64_t placements = c->clean * survey_weight(s, reader);
        if (s->excluded && s->excluded[cell] != SURVEY_CELL_IN)
            continue;
        if (c->taps[condition * s->script_count + script] > placements)
            placements = c->taps[condition * s->script_count + script];
        need.transactions += placements * c->table.scheme.k;
        need.placements = placements > need.placements ? placements : need.placements;
    }
    return need;
}

/* A pair's part of the bounds: what its cells need, at least. Returns the seconds of its placements. */
static double bound_of_pair(struct costing *c, unsigned pair, uint32_t *modes)
{
    const struct survey *s = c->survey;
    double seconds = 0.0;
    *modes = 0;
    for (unsigned condition = 0; condition < s->condition_count; condition++) {
        for (unsigned reader = 0; reader < s->reader_count; reader++) {
            struct need need = need_of_unit(c, order_unit(s, pair, condition, reader), condition, reader);
            if (need.placements == 0)
                continue;
            c->cost->placements_bound += need.placements;
            c->cost->transactions_bound += need.transactions;
            seconds += (double)(need.placements - 1) * s->times.place_s +
                       plan_placement_s(s, pair, condition, need.transactions);
            *modes |= UINT32_C(1) << s->conditions[condition].power_mode;
        }
    }
    return seconds;
}

/* Placements on a reader that its cells need, at least. */
static uint64_t needed_on(const struct costing *c, unsigned reader)
{
    const struct survey *s = c->survey;
    uint64_t needed = 0;
    for (unsigned pair = 0; pair < s->pair_count; pair++) {
        for (unsigned condition = 0; condition < s->condition_count; condition++)
            needed += need_of_unit(c, order_unit(s, pair, condition, reader), condition, reader).placements;
    }
    return needed;
}

/*
 * Placements: the acceptance number, or the taps asked for, for each reader, pair and condition, which its scripts share. The reference: before
 * and behind each session that these need, and so often as its `every` asks for. Handset changes: a pair comes up in min(2, S) sessions at least, and is fetched each time. Hours: as if lanes were
 * always full; each sum is at its least, so their sum is no more than any order takes.
 */
static void cost_bound(struct costing *c)
{
    const struct survey *s = c->survey;
    struct plan_cost *cost = c->cost;
    double seconds = 0.0;
    uint64_t pairs = 0;
    for (unsigned reader = 0; reader < s->reader_count; reader++)
        cost->reference_bound += plan_reference_layings(s, needed_on(c, reader), sessions_needed(s));
    for (unsigned pair = 0; pair < s->pair_count; pair++) {
        uint32_t modes;
        seconds += bound_of_pair(c, pair, &modes);
        pairs += modes != 0;
        cost->mode_changes_bound += mode_changes_bound(s, modes);
    }
    uint64_t lanes = c->order.lanes < pairs || pairs == 0 ? c->order.lanes : pairs;
    cost->handset_changes_bound = pairs * sessions_needed(s);
    cost->hours_bound = (seconds / (double)lanes + plan_reference_s(s, cost->reference_bound) +
                         (double)cost->handset_changes_bound * s->times.change_s +
                         (double)cost->mode_changes_bound * s->times.mode_s) /
                        3600.0;
}

/* Tours of a handset of the population; readers are taken as if none had more weight than others. */
static int usual_rows(const struct costing *c, double *tours, struct err *e)
{
    struct population_chances usual;
    unsigned readers = (unsigned)c->survey->reader_count;
    int rc = row_chances_of_population(&c->tiers, readers, &usual, e);
    *tours = usual.all.placements;
    return rc;
}

/* What a clean cell, or row, takes. */
static int find_clean(struct costing *c, struct err *e)
{
    unsigned total = 0;
    c->clean = verdict_session_target(&c->table, 0, 0, 1, 1);
    if (!scheme_is_two_tier(&c->table.scheme))
        return 0;
    int rc = rows_tables(c->survey, &c->table.scheme, &c->tiers, e);
    for (size_t i = 0; i < c->survey->reader_count; i++)
        total += c->survey->readers[i].weight;
    c->clean = 0;
    while (rc == 0 && c->clean < c->table.scheme.n_max &&
           (c->tiers.mean[total][c->clean] < 0 || c->tiers.each[c->clean] < 0))
        c->clean++;
    return rc;
}

/* Of the taps beyond the acceptance number, the part beyond what a usual cell takes anyway. */
static double part_of_taps(const struct costing *c, double usual)
{
    const struct survey *s = c->survey;
    unsigned most = 0;
    for (size_t i = 0; i < s->condition_count * s->script_count; i++)
        most = c->taps[i] > most ? c->taps[i] : most;
    return most > usual && most > c->clean ? (most - usual) / (most - c->clean) : 0.0;
}

static double usual_of(double part, double more, double decided, double expected)
{
    return part * decided + more * (expected - decided);
}

/*
 * The course of the usual mix of cells: broken ones end early, marginal ones late. A cell takes so much of
 * the clean course as its expected placements are of the acceptance number; scripts of one placement are
 * taken to end together, which leaves out that the longest of them decides. Taps are made whatever decides a cell.
 */
static int cost_usual(struct costing *c, double changes_s, struct err *e)
{
    struct characteristics usual = { 0 };
    int rc = scheme_is_two_tier(&c->table.scheme)
                 ? usual_rows(c, &usual.placements, e)
                 : characteristics_of(&c->table, population_usual, population_usual_count,
                                      &(struct instrument) { 0 }, &usual, e);
    if (rc != 0)
        return rc;
    const struct course *all = &c->expected, *decided = &c->decided;
    double part = usual.placements / c->clean, more = part_of_taps(c, usual.placements);
    c->cost->placements_usual = usual_of(part, more, (double)decided->placements, (double)all->placements);
    c->cost->transactions_usual =
        usual_of(part, more, (double)decided->transactions, (double)all->transactions);
    c->cost->reference_usual = usual_of(part, more, (double)decided->layings, (double)all->layings);
    c->cost->hours_usual = (usual_of(part, more, decided->seconds, all->seconds) + changes_s) / 3600.0;
    return 0;
}

int plan_cost(const struct survey *s, struct plan_cost *out, struct err *e)
{
    struct costing c = { .survey = s, .cost = out };
    struct scheme scheme;
    struct cells cells = { 0 };
    struct plan_cost *cost = out;
    *out = (struct plan_cost) { 0 };
    int rc = order_check(s, e);
    if (rc == 0)
        rc = cells_scheme(s, &scheme, e);
    if (rc == 0)
        rc = scheme_table_make(&scheme, &c.table, e);
    if (rc == 0)
        rc = order_make(s, &c.order, e);
    if (rc != 0)
        goto out;
    c.scripts = calloc(s->pair_count * s->condition_count * s->reader_count, sizeof(*c.scripts));
    if (!c.scripts) {
        rc = err_set(e, ERR_MEMORY, "plan", "out of memory for %zu cells", survey_cell_count(s));
        goto out;
    }
    count_cells(&c);
    if ((rc = cells_make(s, &cells, e)) != 0 || (rc = find_clean(&c, e)) != 0)
        goto out;
    c.taps = cells.taps;
    for (unsigned session = 1; session <= s->sessions; session++)
        cost_session(&c, session);
    cost_bound(&c);
    c.expected.seconds += plan_reference_s(s, c.expected.layings);
    c.worst.seconds += plan_reference_s(s, c.worst.layings);
    c.decided.seconds += plan_reference_s(s, c.decided.layings);
    cost->reference_expected = c.expected.layings;
    cost->reference_worst = c.worst.layings;
    cost->placements_expected = c.expected.placements;
    cost->placements_worst = c.worst.placements;
    cost->transactions_expected = c.expected.transactions;
    cost->transactions_worst = c.worst.transactions;
    double changes_s =
        (double)cost->handset_changes * s->times.change_s + (double)cost->mode_changes * s->times.mode_s;
    cost->hours_expected = (c.expected.seconds + changes_s) / 3600.0;
    cost->hours_worst = (c.worst.seconds + changes_s) / 3600.0;
    rc = cost_usual(&c, changes_s, e);
out:
    cells_free(&cells);
    free(c.scripts);
    order_free(&c.order);
    two_tier_free(&c.tiers);
    scheme_table_free(&c.table);
    return rc;
}

static void place_clean(struct plan *p, const struct plan_placement *placement, size_t script_count)
{
    for (unsigned script = 0; script < script_count; script++)
        if (placement->scripts >> script & 1u)
            plan_result(p, placement, script, PLACEMENT_CLEAN, false);
    plan_placed(p, placement, false);
}

int plan_walk(const struct survey *s, bool (*each)(void *context, const struct plan_placement *),
              void *context, struct err *e)
{
    struct plan *p = NULL;
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    int rc = plan_make(s, &p, e);
    if (rc != 0)
        return rc;
    for (;;) {
        enum plan_next next = plan_step(p, 0, step, &count, &waiting);
        if (next == PLAN_DONE)
            break;
        if (next == PLAN_SESSION_END)
            plan_begin_session(p, plan_session(p) + 1);
        for (size_t i = 0; i < count; i++) {
            if (!each(context, &step[i]))
                goto out;
            place_clean(p, &step[i], s->script_count);
        }
    }
out:
    plan_free(&p);
    return 0;
}
