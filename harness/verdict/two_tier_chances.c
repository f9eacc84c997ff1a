/*
 * Chances of rows. A state holds the dirty placements of every reader; readers of a group are alike, so that their
 * numbers are kept sorted, and a state is a word: 8 bits a reader, 4 of more than 8. A q that is drawn once a reader is
 * taken out: the next placement of a reader with d dirty ones of n is dirty with the mean of q under what was seen.
 */
#include "harness/verdict/two_tier_chances.h"

#include "harness/base/keyed_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEGLIGIBLE 1e-17 /* 2^16 states in 500 tours: 4e-10 at most are left out */

/* ---- states and their chances: a table with open addressing ---- */

#define SIZE_FIRST 12 /* powers of 2 */

struct states {
    uint64_t *keys; /* key + 1; 0 is free */
    double *chances;
    unsigned log_size;
    size_t used;
    bool failed; /* out of memory */
};

static size_t states_size(const struct states *s)
{
    return (size_t)1 << s->log_size;
}

static void states_open(struct states *s, unsigned log_size)
{
    *s = (struct states) { .log_size = log_size };
    s->keys = calloc(states_size(s), sizeof *s->keys);
    s->chances = calloc(states_size(s), sizeof *s->chances);
    s->failed = !s->keys || !s->chances;
}

static void states_close(struct states *s)
{
    free(s->keys);
    free(s->chances);
    *s = (struct states) { 0 };
}

static void states_add(struct states *s, uint64_t key, double chance);

static void states_grow(struct states *s)
{
    struct states grown;
    states_open(&grown, s->log_size + 1);
    for (size_t i = 0; i < states_size(s) && !grown.failed; i++) {
        if (s->keys[i] != 0)
            states_add(&grown, s->keys[i] - 1, s->chances[i]);
    }
    states_close(s);
    *s = grown;
}

static void states_add(struct states *s, uint64_t key, double chance)
{
    if (s->used * 2 >= states_size(s))
        states_grow(s);
    if (s->failed)
        return;
    size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - s->log_size));
    while (s->keys[i] != 0 && s->keys[i] != key + 1)
        i = (i + 1) & (states_size(s) - 1);
    s->used += s->keys[i] == 0;
    s->keys[i] = key + 1;
    s->chances[i] += chance;
}

/* What was gathered in `next` becomes `now`. */
static void states_advance(struct states *now, struct states *next)
{
    states_close(now);
    *now = *next;
    states_open(next, SIZE_FIRST);
}

/* ---- one step: a placement on each reader of a group ---- */

struct walk {
    const struct two_tier *t;
    const struct reader_group *groups;
    size_t count;
    unsigned readers, total, bits, level_max;
    struct states now, next;
    double *dirty[TWO_TIER_READERS]; /* of a group, at [n * (level_max + 1) + d] */
    struct row_chances *out;
    bool too_many;
};

struct step {
    struct walk *w;
    unsigned first, readers; /* the group's place in a state */
    unsigned reject;         /* d that closes the row; 0: none */
    const double *dirty;     /* by d */
    unsigned levels[TWO_TIER_READERS], next[TWO_TIER_READERS];
    uint64_t rest; /* the state without the group */
};

static unsigned level_of(const struct walk *w, uint64_t key, unsigned reader)
{
    return (unsigned)(key >> (reader * w->bits) & (w->level_max));
}

static void keep(struct step *s, double chance)
{
    uint64_t key = s->rest;
    unsigned sorted[TWO_TIER_READERS];
    for (unsigned i = 0; i < s->readers; i++) {
        unsigned at = i, level = s->next[i];
        if (s->reject != 0 && level >= s->reject) {
            s->w->out->rejected += chance;
            return;
        }
        if (level > s->w->level_max) {
            s->w->too_many = true;
            return;
        }
        for (; at > 0 && sorted[at - 1] > level; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = level;
    }
    for (unsigned i = 0; i < s->readers; i++)
        key |= (uint64_t)sorted[i] << ((s->first + i) * s->w->bits);
    states_add(&s->w->next, key, chance);
}

/* Of the readers from `at` on that have the same d, k become dirty. */
static void branch(struct step *s, unsigned at, double chance)
{
    unsigned run = 0, level = at < s->readers ? s->levels[at] : 0;
    if (chance < NEGLIGIBLE || s->w->too_many)
        return;
    if (at == s->readers) {
        keep(s, chance);
        return;
    }
    while (at + run < s->readers && s->levels[at + run] == level)
        run++;
    double q = s->dirty[level], ways = 1.0;
    for (unsigned k = 0; k <= run; k++) {
        for (unsigned i = 0; i < run; i++)
            s->next[at + i] = level + (i < k);
        branch(s, at + run, chance * ways * pow(q, k) * pow(1.0 - q, run - k));
        ways = ways * (run - k) / (k + 1);
    }
}

static void place_group(struct walk *w, size_t group, unsigned first, unsigned n)
{
    struct step s = { .w = w, .first = first, .readers = w->groups[group].readers };
    uint64_t mask = 0;
    s.reject = n + 1 <= w->t->cells.scheme.n_max ? w->t->cells.reject[n + 1] : 0;
    s.dirty = w->dirty[group] + (size_t)n * (w->level_max + 1u);
    for (unsigned i = 0; i < s.readers; i++)
        mask |= (uint64_t)w->level_max << ((first + i) * w->bits);
    for (size_t i = 0; i < states_size(&w->now) && !w->too_many; i++) {
        if (w->now.keys[i] == 0)
            continue;
        uint64_t key = w->now.keys[i] - 1;
        for (unsigned r = 0; r < s.readers; r++)
            s.levels[r] = level_of(w, key, first + r);
        s.rest = key & ~mask;
        branch(&s, 0, w->now.chances[i]);
        w->too_many |= w->next.failed || w->next.used > CHANCES_STATES;
    }
    states_advance(&w->now, &w->next);
}

/* ---- tours ---- */

/* Whether D and all readers are within the limits of so many tours. */
static bool within(const struct walk *w, uint64_t key, unsigned tours)
{
    unsigned sum = 0, reader = 0;
    for (size_t g = 0; g < w->count; g++) {
        int most = w->t->each[tours * w->groups[g].weight];
        for (unsigned i = 0; i < w->groups[g].readers; i++, reader++) {
            unsigned level = level_of(w, key, reader);
            if ((int)level > most)
                return false;
            sum += level;
        }
    }
    return (int)sum <= w->t->mean[w->total][tours];
}

/* Takes out what the tour settled; placements are counted by those who begin it. */
static bool settle(struct walk *w, unsigned tour)
{
    for (size_t i = 0; i < states_size(&w->now); i++) {
        if (w->now.keys[i] == 0)
            continue;
        uint64_t key = w->now.keys[i] - 1;
        double chance = w->now.chances[i];
        if (within(w, key, tour)) {
            w->out->passes += chance;
        } else if (!within(w, key, w->t->scheme.n_max)) {
            w->out->unreached += chance;
        } else {
            states_add(&w->next, key, chance);
        }
    }
    states_advance(&w->now, &w->next);
    w->too_many |= w->now.failed || w->next.failed;
    return w->now.used > 0;
}

static void walk_tours(struct walk *w)
{
    states_add(&w->now, 0, 1.0);
    for (unsigned tour = 1; tour <= w->t->scheme.n_max; tour++) {
        unsigned first = 0;
        double settled = w->out->passes + w->out->rejected + w->out->unreached;
        w->out->placements += (1.0 - settled) * w->total / w->readers;
        for (size_t g = 0; g < w->count && !w->too_many; first += w->groups[g].readers, g++) {
            for (unsigned i = 0; i < w->groups[g].weight && !w->too_many; i++)
                place_group(w, g, first, (tour - 1) * w->groups[g].weight + i);
        }
        if (w->too_many || !settle(w, tour))
            return;
    }
}

/* ---- the next placement of a reader whose q was drawn ---- */

static double dirty_next(const struct reader_group *g, unsigned n, unsigned d)
{
    double most = -INFINITY, whole = 0.0, dirty = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < g->count; i++) {
            double log_chance = log(g->weights[i]) + (d > 0 ? d * log(g->q[i]) : 0.0) +
                                (n > d ? (n - d) * log1p(-g->q[i]) : 0.0);
            if (pass == 0) {
                most = log_chance > most ? log_chance : most;
            } else if (most > -INFINITY) {
                whole += exp(log_chance - most);
                dirty += g->q[i] * exp(log_chance - most);
            }
        }
    }
    return whole > 0.0 ? dirty / whole : 0.0;
}

static bool fill_dirty(struct walk *w)
{
    for (size_t g = 0; g < w->count; g++) {
        unsigned n_max = w->t->scheme.n_max * w->groups[g].weight;
        size_t row = w->level_max + 1u;
        w->dirty[g] = calloc((n_max + 1u) * row, sizeof(double));
        if (!w->dirty[g])
            return false;
        for (unsigned n = 0; n <= n_max; n++) {
            for (unsigned d = 0; d <= n && d < row; d++)
                w->dirty[g][n * row + d] =
                    w->groups[g].count == 1 ? w->groups[g].q[0] : dirty_next(&w->groups[g], n, d);
        }
    }
    return true;
}

/* ---- simulated, where there are too many states ---- */

struct draws {
    uint64_t key, count;
};

static double draw(struct draws *d)
{
    return random_uniform(d->key, d->count++);
}

static double draw_q(const struct reader_group *g, struct draws *d)
{
    double at = draw(d);
    size_t i = 0;
    for (; i + 1 < g->count && at >= g->weights[i]; i++)
        at -= g->weights[i];
    return g->q[i];
}

struct drawn_row {
    unsigned d[TWO_TIER_READERS], weight[TWO_TIER_READERS];
    double q[TWO_TIER_READERS];
};

/* One tour; true when a cell is incompatible. */
static bool draw_tour(const struct walk *w, struct drawn_row *row, unsigned tour, struct draws *d)
{
    const struct scheme_table *cells = &w->t->cells;
    bool rejected = false;
    for (unsigned r = 0; r < w->readers; r++) {
        for (unsigned i = 1; i <= row->weight[r]; i++) {
            unsigned n = (tour - 1) * row->weight[r] + i;
            row->d[r] += draw(d) < row->q[r];
            unsigned reject = n <= cells->scheme.n_max ? cells->reject[n] : 0;
            rejected |= reject != 0 && row->d[r] >= reject;
        }
    }
    return rejected;
}

static bool drawn_within(const struct walk *w, const struct drawn_row *row, unsigned tours)
{
    unsigned sum = 0;
    for (unsigned r = 0; r < w->readers; r++) {
        if ((int)row->d[r] > w->t->each[tours * row->weight[r]])
            return false;
        sum += row->d[r];
    }
    return (int)sum <= w->t->mean[w->total][tours];
}

static void draw_row(struct walk *w, struct draws *d)
{
    struct drawn_row row = { 0 };
    unsigned reader = 0, tour = 0;
    double *end = NULL;
    for (size_t g = 0; g < w->count; g++) {
        for (unsigned i = 0; i < w->groups[g].readers; i++, reader++) {
            row.q[reader] = draw_q(&w->groups[g], d);
            row.weight[reader] = w->groups[g].weight;
        }
    }
    while (!end) {
        tour++;
        if (draw_tour(w, &row, tour, d))
            end = &w->out->rejected;
        else if (drawn_within(w, &row, tour))
            end = &w->out->passes;
        else if (!drawn_within(w, &row, w->t->scheme.n_max))
            end = &w->out->unreached;
    }
    *end += 1.0 / CHANCES_SIMULATED;
    w->out->placements += (double)tour * w->total / w->readers / CHANCES_SIMULATED;
}

static void simulate(struct walk *w)
{
    struct draws d = { .key = random_key_text(0, "rows") };
    *w->out = (struct row_chances) { .simulated = true };
    for (unsigned i = 0; i < CHANCES_SIMULATED; i++)
        draw_row(w, &d);
    double most = fmax(w->out->passes, fmax(w->out->rejected, w->out->unreached));
    w->out->error = sqrt(most * (1.0 - most) / CHANCES_SIMULATED);
}

/* ---- asked for ---- */

static int measure_groups(struct walk *w, struct err *e)
{
    for (size_t g = 0; g < w->count; g++) {
        const struct reader_group *group = &w->groups[g];
        w->readers += group->readers;
        w->total += group->readers * group->weight;
        if (group->readers == 0 || group->count == 0 || group->weight * w->t->tours_size > w->t->each_size)
            return err_set(e, ERR_INPUT, "scheme", "readers, a P(dirty) and a weight of each are needed");
    }
    if (w->readers == 0 || w->readers > TWO_TIER_READERS || w->total > w->t->total_max)
        return err_set(e, ERR_INPUT, "scheme", "%u readers: 1 to %d are needed", w->readers,
                       TWO_TIER_READERS);
    w->bits = w->readers <= 8 ? 8 : 4;
    w->level_max = (1u << w->bits) - 1;
    return 0;
}

int row_chances(const struct two_tier *t, const struct reader_group *groups, size_t count,
                struct row_chances *out, struct err *e)
{
    struct walk w = { .t = t, .groups = groups, .count = count, .out = out };
    *out = (struct row_chances) { 0 };
    int rc = measure_groups(&w, e);
    if (rc != 0)
        return rc;
    states_open(&w.now, SIZE_FIRST);
    states_open(&w.next, SIZE_FIRST);
    if (w.now.failed || w.next.failed || !fill_dirty(&w))
        rc = err_set(e, ERR_MEMORY, "scheme", "out of memory");
    if (rc == 0)
        walk_tours(&w);
    if (rc == 0 && w.too_many)
        simulate(&w);
    states_close(&w.now);
    states_close(&w.next);
    for (size_t g = 0; g < count; g++)
        free(w.dirty[g]);
    return rc;
}
