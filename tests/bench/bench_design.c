/*
 * What a survey costs when the real plan runs it over cells whose q is known: population Q (verdict/characteristics.h), no
 * invalid placements. The draws stand in for readers and phones; whatever decides is the program's. Every cell has a q of
 * its own; WHOLE is the share of the handsets that are good, marginal or broken as a whole, on all readers. Prints
 * `placements` of a cell, with their standard `error`; `hours` of a survey; the `good` handsets, whose cells are all at
 * most at q0; and how many of them are `recommended`. Usage: bench_design SURVEY DATA-DIRECTORY HANDSETS WHOLE
 */
#include "harness/base/keyed_random.h"
#include "harness/clauses/criteria_file.h"
#include "harness/plan/plan.h"
#include "harness/verdict/characteristics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    const struct survey *survey;
    struct plan *plan;
    uint64_t key;
    double whole; /* share of the handsets whose cells are all of one part */
    uint64_t placements, *of_pair;
    double seconds;
    unsigned laid; /* the handset that is at hand */
};

static double q_of(const struct world *w, unsigned pair, unsigned reader)
{
    uint64_t handset = random_key(w->key, pair), key = random_key(handset, reader);
    bool whole = random_uniform(handset, 0) < w->whole;
    double part = whole ? random_uniform(handset, 1) : random_uniform(key, 0),
           within = random_uniform(key, 1);
    size_t i = 0;
    for (; i + 1 < population_usual_count && part >= population_usual[i].weight; i++)
        part -= population_usual[i].weight;
    const struct population_part *p = &population_usual[i];
    return p->low + within * (p->high - p->low);
}

static void place(struct world *w, const struct plan_placement *p)
{
    const struct survey *s = w->survey;
    uint64_t key = random_key(random_key(random_key(w->key, p->pair), p->reader), p->session);
    bool dirty = random_uniform(key, 16u + p->ordinal) < q_of(w, p->pair, p->reader);
    w->placements++;
    w->of_pair[p->pair]++;
    if (w->laid != p->pair)
        w->seconds += s->times.change_s;
    w->laid = p->pair;
    w->seconds += plan_placement_s(s, p->pair, p->condition, plan_table(w->plan)->scheme.k);
    plan_result(w->plan, p, 0, dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
    plan_placed(w->plan, p, false);
}

static void run(struct world *w)
{
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    enum plan_next next;
    w->laid = UINT32_MAX;
    while ((next = plan_step(w->plan, 0, step, &count, &waiting)) != PLAN_DONE) {
        if (next == PLAN_SESSION_END) {
            plan_begin_session(w->plan, plan_session(w->plan) + 1);
            w->laid = UINT32_MAX; /* every handset is prepared afresh */
        }
        for (size_t i = 0; i < count; i++)
            place(w, &step[i]);
    }
}

static bool is_good(const struct world *w, unsigned pair)
{
    for (unsigned reader = 0; reader < w->survey->reader_count; reader++)
        if (q_of(w, pair, reader) > plan_table(w->plan)->scheme.q0)
            return false;
    return true;
}

static bool is_recommended(const struct world *w, unsigned pair)
{
    const struct row_state *row = plan_row(w->plan, survey_cell(w->survey, pair, 0, 0, 0));
    if (row)
        return row->verdict == ROW_PASSES;
    for (unsigned reader = 0; reader < w->survey->reader_count; reader++)
        if (plan_cell(w->plan, survey_cell(w->survey, pair, 0, reader, 0))->verdict != VERDICT_COMPATIBLE)
            return false;
    return true;
}

struct sums {
    double handsets, placements, squares, seconds, surveys, good, recommended;
};

static int measure(const struct survey *s, double whole, uint64_t seed, struct sums *sums, struct err *e)
{
    struct world w = { .survey = s,
                       .key = random_key(random_key_text(0, "bench design"), seed),
                       .whole = whole };
    w.of_pair = calloc(s->pair_count, sizeof *w.of_pair);
    int rc = w.of_pair ? plan_make(s, &w.plan, e) : err_set(e, ERR_MEMORY, "bench", "out of memory");
    if (rc != 0) {
        free(w.of_pair);
        return rc;
    }
    run(&w);
    for (unsigned pair = 0; pair < s->pair_count; pair++) {
        double each = (double)w.of_pair[pair] / (double)s->reader_count;
        bool good = is_good(&w, pair);
        sums->placements += each;
        sums->squares += each * each;
        sums->good += good;
        sums->recommended += good && is_recommended(&w, pair);
    }
    sums->handsets += (double)s->pair_count;
    sums->surveys += 1;
    sums->seconds += w.seconds;
    plan_free(&w.plan);
    free(w.of_pair);
    return 0;
}

int main(int argc, char **argv)
{
    struct survey *s = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    struct sums sums = { 0 };
    if (argc != 5) {
        fprintf(stderr, "usage: bench_design SURVEY DATA-DIRECTORY HANDSETS WHOLE\n");
        return EXIT_STATUS_USAGE;
    }
    int rc = survey_load(argv[1], argv[2], criteria_check, &s, &problems, &e);
    for (uint64_t i = 0; rc == 0 && sums.handsets < atof(argv[3]); i++)
        rc = measure(s, atof(argv[4]), i, &sums, &e);
    if (rc == 0) {
        double mean = sums.placements / sums.handsets;
        printf("placements %.3f\nerror %.3f\nhours %.2f\ngood %.0f\nrecommended %.0f\n", mean,
               sqrt((sums.squares / sums.handsets - mean * mean) / sums.handsets),
               sums.seconds / sums.surveys / 3600.0, sums.good, sums.recommended);
    } else {
        fprintf(stderr, "%s: %s\n", problems.count ? problems.items[0].text : e.where, e.text);
    }
    survey_problems_free(&problems);
    survey_free(&s);
    return err_exit_status(rc);
}
