/*
 * Rows of the two-tier scheme. As in verdict.c all mathematics is in tables that are made once: one number for
 * each n (each) and, for each sum of weights, for each tour (mean).
 */
#include "harness/verdict/two_tier.h"

#include "harness/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int scheme_set_mean(struct scheme *s, double mean, struct err *e)
{
    struct scheme preset;
    s->mean = mean;
    if (scheme_preset(s->name, &preset) && preset.mean != mean)
        snprintf(s->name, sizeof s->name, "own");
    return scheme_check(s, e);
}

/* ---- tables ---- */

static bool each_accepts(const struct scheme *s, unsigned n, unsigned d)
{
    return n >= SCHEME_N_MIN && d < s->q1 * n &&
           stats_log_evalue(s->q1, n, d, 0.5, 5.0 / s->q1) >= -log(s->beta);
}

static bool mean_accepts(const struct scheme *s, unsigned tours, unsigned m, unsigned d)
{
    return tours >= SCHEME_N_MIN && d < s->mean * m &&
           stats_log_evalue_below(s->mean, m, d, 0.5, 5.0 / s->mean) >= -log(s->beta);
}

/* Both limits rise with the placements. */
static void fill_each(struct two_tier *t)
{
    int most = -1;
    for (unsigned n = 0; n <= t->each_size; n++) {
        while (each_accepts(&t->scheme, n, (unsigned)(most + 1)))
            most++;
        t->each[n] = most;
    }
}

static void fill_mean(struct two_tier *t, unsigned total)
{
    int most = -1;
    for (unsigned tours = 0; tours <= t->tours_size; tours++) {
        while (mean_accepts(&t->scheme, tours, total * tours, (unsigned)(most + 1)))
            most++;
        t->mean[total][tours] = most;
    }
}

static int check_size(const struct scheme *s, unsigned weight_max, unsigned total_max, struct err *e)
{
    if (!scheme_is_two_tier(s))
        return err_set(e, ERR_INPUT, "scheme", "%s has one tier: no bound on the mean over the readers",
                       s->name);
    if (weight_max < 1 || weight_max > TWO_TIER_WEIGHT || total_max < weight_max ||
        total_max > TWO_TIER_READERS * TWO_TIER_WEIGHT)
        return err_set(e, ERR_INPUT, "scheme", "weights of 1 to %d, of at most %d readers, are needed",
                       TWO_TIER_WEIGHT, TWO_TIER_READERS);
    unsigned most = (s->n_max + s->n_max * 2 / 3) * weight_max;
    if (most > TWO_TIER_MARKS)
        return err_set(
            e, ERR_INPUT, "scheme",
            "a reader with the weight %u would get up to %u placements: at most %d; give a smaller n_max "
            "or smaller weights",
            weight_max, most, TWO_TIER_MARKS);
    return 0;
}

int two_tier_make(const struct scheme *s, unsigned weight_max, unsigned total_max, struct two_tier *out,
                  struct err *e)
{
    *out = (struct two_tier) { .scheme = *s };
    int rc = check_size(s, weight_max, total_max, e);
    if (rc != 0 || (rc = scheme_table_make(s, &out->cells, e)) != 0)
        return rc;
    out->tours_size = s->n_max + s->n_max * 2 / 3;
    out->each_size = out->tours_size * weight_max;
    out->total_max = total_max;
    out->each = calloc(out->each_size + 1u, sizeof *out->each);
    bool whole = out->each != NULL;
    for (unsigned total = 1; total <= total_max && whole; total++)
        whole = (out->mean[total] = calloc(out->tours_size + 1u, sizeof **out->mean)) != NULL;
    if (!whole) {
        two_tier_free(out);
        return err_set(e, ERR_MEMORY, "scheme", "out of memory");
    }
    fill_each(out);
    for (unsigned total = 1; total <= total_max; total++)
        fill_mean(out, total);
    return 0;
}

void two_tier_free(struct two_tier *t)
{
    if (!t)
        return;
    scheme_table_free(&t->cells);
    free(t->each);
    for (unsigned total = 0; total <= t->total_max; total++)
        free(t->mean[total]);
    *t = (struct two_tier) { 0 };
}

/* ---- a row ---- */

struct row {
    const struct two_tier *t;
    const struct two_tier_reader *readers;
    unsigned count, total;
};

static unsigned placed(const struct two_tier_reader *r)
{
    return r->counts.n + r->counts.s;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Dirty and suspect ones of the first n placements. */
static unsigned marked(const struct two_tier_reader *r, unsigned n)
{
    unsigned sum = 0;
    n = least(n, least(placed(r), TWO_TIER_MARKS));
    for (unsigned i = 0; i < n; i += 64) {
        uint64_t word = r->counts.marks[i / 64];
        if (n - i < 64)
            word &= (UINT64_C(1) << (n - i)) - 1;
        sum += (unsigned)__builtin_popcountll(word);
    }
    return sum;
}

static unsigned dirty_of(const struct row *w, unsigned tours)
{
    unsigned sum = 0;
    for (unsigned r = 0; r < w->count; r++)
        sum += marked(&w->readers[r], w->readers[r].weight * tours);
    return sum;
}

static unsigned complete_tours(const struct row *w)
{
    unsigned tours = w->t->tours_size;
    for (unsigned r = 0; r < w->count; r++)
        tours = least(tours, placed(&w->readers[r]) / w->readers[r].weight);
    return tours;
}

/* A suspect placement gives a row as many tours more as its reader takes for a dirty one. */
static unsigned tours_max(const struct row *w)
{
    const struct scheme *s = &w->t->scheme;
    unsigned most = 0;
    for (unsigned r = 0; r < w->count; r++)
        most = w->readers[r].counts.s > most ? w->readers[r].counts.s : most;
    if (most >= w->t->tours_size)
        return w->t->tours_size;
    return least(s->n_max + most * w->t->cells.accept[0], w->t->tours_size);
}

static bool mean_holds(const struct row *w, unsigned tours)
{
    return (int)dirty_of(w, tours) <= w->t->mean[w->total][tours];
}

/* After so many tours, were all further placements clean. */
static bool each_holds(const struct row *w, unsigned r, unsigned tours)
{
    const struct two_tier_reader *reader = &w->readers[r];
    unsigned n = reader->weight * tours;
    n = least(placed(reader) > n ? placed(reader) : n, w->t->each_size);
    return (int)(reader->counts.d + reader->counts.s) <= w->t->each[n];
}

/* First of the tours from..most at which a test holds (reader == count: the mean); most + 1: none. */
static unsigned first_tour(const struct row *w, unsigned reader, unsigned from, unsigned most)
{
    while (from <= most && !(reader == w->count ? mean_holds(w, from) : each_holds(w, reader, from)))
        from++;
    return from;
}

/* What asks for the most tours more. */
static void settle_by_tests(const struct row *w, struct row_state *out)
{
    unsigned from = out->tours, last = from;
    out->by = ROW_TEST_MEAN;
    for (unsigned test = 0; test <= w->count; test++) {
        unsigned reader = (test + w->count) % (w->count + 1); /* the mean first */
        unsigned tour = first_tour(w, reader, from, out->tours_max);
        if (tour <= last)
            continue;
        last = tour;
        out->by = reader == w->count ? ROW_TEST_MEAN : ROW_TEST_EACH;
        out->reader = reader == w->count ? 0 : reader;
    }
    /* The mean may hold at `from` only to be lost by dirty ones of tours that are begun: it is asked again there. */
    if (last <= out->tours_max && !mean_holds(w, last)) {
        last = first_tour(w, w->count, last, out->tours_max);
        out->by = ROW_TEST_MEAN;
        out->reader = 0;
    }
    if (last > out->tours_max)
        out->verdict = ROW_FAILS;
    else if (last == from)
        out->verdict = ROW_PASSES;
    else
        out->missing = last - from;
}

static bool sessions_held(const struct row *w)
{
    for (unsigned r = 0; r < w->count; r++) {
        if (__builtin_popcount(w->readers[r].counts.sessions) < VERDICT_SESSIONS_NEEDED)
            return false;
    }
    return true;
}

struct row_state two_tier_row(const struct two_tier *t, const struct two_tier_reader *readers, unsigned count)
{
    struct row w = { .t = t, .readers = readers, .count = count };
    struct row_state out = { .readers = count, .verdict = ROW_OPEN };
    for (unsigned r = 0; r < count; r++)
        w.total += readers[r].weight;
    out.tours = complete_tours(&w);
    out.tours_max = tours_max(&w);
    out.tours = least(out.tours, out.tours_max);
    out.placements = w.total * out.tours;
    out.dirty = dirty_of(&w, out.tours);
    for (unsigned r = 0; r < count; r++) {
        enum verdict v = verdict_of(&t->cells, &readers[r].counts);
        out.rests |= v == VERDICT_REJECTED_SO_FAR;
        if (v != VERDICT_INCOMPATIBLE)
            continue;
        out.verdict = ROW_FAILS;
        out.by = ROW_TEST_CELL;
        out.reader = r;
        return out;
    }
    settle_by_tests(&w, &out);
    if (out.verdict == ROW_PASSES && !sessions_held(&w)) {
        out.verdict = ROW_OPEN;
        out.by = ROW_TEST_SESSIONS;
    }
    return out;
}
