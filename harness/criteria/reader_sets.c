/* The smallest sets of readers that tell the same of every decided pair as all of them do. */
#include "harness/criteria/engine.h"

/* The pairs of which passing on exactly these readers tells otherwise than passing on all: how many, two at most. */
static unsigned told_wrong(const struct assess_engine *g, uint32_t set, size_t *first)
{
    unsigned wrong = 0;
    for (size_t pair = 0; pair < g->f->survey->pair_count && wrong < 2; pair++) {
        const struct assess_pair *p = &g->a->pairs[pair];
        enum assess_outcome ends = p->clauses[CLAUSE_READERS].outcome;
        if ((ends == ASSESS_FAIL && !(p->fails & set)) || (ends == ASSESS_PASS && (p->fails & set)))
            *first = wrong++ ? *first : pair;
    }
    return wrong;
}

static void count_patterns(const struct assess_engine *g)
{
    struct assess_proposal *out = &g->a->proposal;
    const size_t pairs = g->f->survey->pair_count;
    for (size_t i = 0; i < pairs; i++) {
        const struct assess_pair *p = &g->a->pairs[i];
        enum assess_outcome ends = p->clauses[CLAUSE_READERS].outcome;
        unsigned before = 0, all = 0;
        out->failing += ends == ASSESS_FAIL;
        out->passing += ends == ASSESS_PASS;
        for (size_t j = 0; j < pairs && ends == ASSESS_FAIL; j++) {
            const struct assess_pair *q = &g->a->pairs[j];
            bool same = q->clauses[CLAUSE_READERS].outcome == ASSESS_FAIL && q->fails == p->fails;
            all += same;
            before += same && j < i;
        }
        out->patterns += ends == ASSESS_FAIL && before == 0;
        out->patterns_once += ends == ASSESS_FAIL && all == 1;
    }
    out->rests_on = out->failing + out->passing;
}

/*
 * smallest: of each pair, the size of the smallest sets that tell all of the others, and wrongly of it; without the pair
 * these are among the smallest when no smaller one tells all of them.
 */
static void find_sets(const struct assess_engine *g, unsigned smallest[SURVEY_PAIRS_MAX])
{
    struct assess_proposal *out = &g->a->proposal;
    const uint32_t scope = g->a->scope;
    out->set_size = (unsigned)__builtin_popcount(scope) + 1;
    for (uint32_t set = 0; set <= scope; set++) {
        unsigned size = (unsigned)__builtin_popcount(set);
        size_t pair = 0;
        if ((set & ~scope) || size > out->set_size)
            continue;
        unsigned wrong = told_wrong(g, set, &pair);
        if (wrong == 1 && (smallest[pair] == 0 || size + 1 < smallest[pair]))
            smallest[pair] = size + 1;
        if (wrong > 0)
            continue;
        if (size < out->set_size) {
            out->set_size = size;
            out->set_count = 0;
        }
        if (out->set_count < ASSESS_SETS_MAX)
            out->sets[out->set_count] = set;
        out->set_count++;
    }
}

static void count_left_out(const struct assess_engine *g, const unsigned smallest[SURVEY_PAIRS_MAX])
{
    struct assess_proposal *out = &g->a->proposal;
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++)
        out->left_out.passed += g->a->pairs[pair].clauses[CLAUSE_READERS].outcome == ASSESS_FAIL &&
                                smallest[pair] > 0 && smallest[pair] - 1 <= out->set_size;
}

void assess_reader_sets(const struct assess_engine *g)
{
    unsigned smallest[SURVEY_PAIRS_MAX] = { 0 }; /* and one; 0: there is none */
    struct assess_proposal *out = &g->a->proposal;
    count_patterns(g);
    find_sets(g, smallest);
    count_left_out(g, smallest);
    if (out->set_count == 0) /* no choice of readers tells exactly the same */
        out->set_size = (unsigned)__builtin_popcount(g->a->scope);
}
