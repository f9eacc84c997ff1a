/*
 * What a survey takes where only the list is wanted: the plan itself walks through the survey, with `decide: list` and
 * with `decide: matrix`, over the same simulated cells of the usual population. That depends on how the cells of one
 * handset go together, of which nothing is known. Assumed: a cell is of its handset's kind (good, broken, marginal) with
 * a probability of 80 %, else of a kind of its own. Over six readers, STANDARD then takes 26.9 placements a cell when a handset
 * ends with an incompatible cell, and 25.5 when it ends also where it can no longer pass, instead of 34.0.
 */
#include "harness/plan/plan.h"

#include "harness/base/keyed_random.h"
#include "harness/verdict/characteristics.h"

#include <stdlib.h>

#define OF_HANDSETS_KIND 0.8
#define HANDSETS         400 /* simulated, or more: the survey is gone through as a whole */
#define PLACEMENTS_MOST                                                                                      \
    1500000 /* of all rounds; a survey whose first round alone may take more is left out */

/* Where kinds begin in the population by weight, whose parts stand in their order: the first four are good. */
static const double kinds[] = { 0.0, 0.8, 0.9, 1.0 };

struct world {
    const struct survey *survey;
    uint64_t key;
    double *q; /* a cell */
};

static double draw_kind(uint64_t key, double *begin)
{
    double at = random_uniform(key, 0);
    size_t i = 1;
    while (i + 1 < sizeof kinds / sizeof *kinds && at >= kinds[i])
        i++;
    *begin = kinds[i - 1];
    return kinds[i] - kinds[i - 1];
}

static double draw_cell(uint64_t handset, uint64_t cell)
{
    double begin, width = draw_kind(random_uniform(cell, 1) < OF_HANDSETS_KIND ? handset : cell, &begin);
    double at = begin + width * random_uniform(cell, 2);
    size_t part = 0;
    while (part + 1 < population_usual_count && at >= population_usual[part].weight)
        at -= population_usual[part++].weight;
    const struct population_part *p = &population_usual[part];
    return p->low + (p->high - p->low) * random_uniform(cell, 3);
}

static void draw_world(struct world *w, uint64_t round)
{
    const struct survey *s = w->survey;
    size_t cells = survey_cell_count(s);
    w->key = random_key(random_key_text(s->seed, "usual-list"), round);
    for (size_t i = 0; i < cells; i++) {
        uint64_t handset = random_key(w->key, i / (cells / s->pair_count));
        w->q[i] = draw_cell(handset, random_key(random_key(handset, 1), i));
    }
}

/* The placement is drawn, not its place in the order: both courses meet the same ones. */
static bool is_dirty(void *context, size_t cell, unsigned n)
{
    const struct world *w = context;
    return random_uniform(random_key(random_key(w->key, 2), cell), n) < w->q[cell];
}

static int go_through(struct world *w, enum decide decide, struct plan_rest *sum, struct err *e)
{
    struct survey survey = *w->survey; /* borrows all of it */
    struct plan *plan = NULL;
    struct plan_rest one;
    survey.decide = decide;
    int rc = plan_make(&survey, &plan, e);
    if (rc == 0)
        rc = plan_rest_if(plan, is_dirty, w, &one, e);
    plan_free(&plan);
    if (rc != 0)
        return rc;
    sum->placements += one.placements;
    sum->transactions += one.transactions;
    sum->handset_changes += one.handset_changes;
    sum->mode_changes += one.mode_changes;
    sum->reference_layings += one.reference_layings;
    sum->hours += one.hours;
    plan_rest_free(&one);
    return 0;
}

/* Of what is known of the one course, what the other takes. */
static double part(double usual, double list, double matrix)
{
    return matrix > 0 ? usual * list / matrix : 0;
}

int plan_list_cost(const struct survey *s, const struct plan_cost *usual, struct plan_list_cost *out,
                   struct err *e)
{
    struct plan_rest list = { 0 }, matrix = { 0 };
    struct world w = { .survey = s };
    *out = (struct plan_list_cost) { 0 };
    if (!s->criteria_text || s->pair_count == 0 || usual->placements_worst > PLACEMENTS_MOST)
        return 0;
    w.q = calloc(survey_cell_count(s), sizeof *w.q);
    if (!w.q)
        return err_set(e, ERR_MEMORY, "plan", "out of memory for %zu cells", survey_cell_count(s));
    int rc = 0;
    for (uint64_t round = 0; rc == 0 && out->handsets < HANDSETS; round++) {
        draw_world(&w, round);
        rc = go_through(&w, DECIDE_LIST, &list, e);
        if (rc == 0)
            rc = go_through(&w, DECIDE_MATRIX, &matrix, e);
        out->handsets += (unsigned)s->pair_count;
        if (list.placements + matrix.placements > PLACEMENTS_MOST / 2)
            break;
    }
    free(w.q);
    out->is_known = rc == 0;
    out->placements = part(usual->placements_usual, (double)list.placements, (double)matrix.placements);
    out->transactions =
        part(usual->transactions_usual, (double)list.transactions, (double)matrix.transactions);
    out->hours = part(usual->hours_usual, list.hours, matrix.hours);
    out->handset_changes =
        part((double)usual->handset_changes, (double)list.handset_changes, (double)matrix.handset_changes);
    out->mode_changes =
        part((double)usual->mode_changes, (double)list.mode_changes, (double)matrix.mode_changes);
    out->reference =
        part(usual->reference_usual, (double)list.reference_layings, (double)matrix.reference_layings);
    return rc;
}
