/* The smallest sets of readers that tell the same of every decided pair as all of them do. */
#include "harness/criteria/engine.h"

/* Whether passing on exactly these readers ends as it does on all. */
static bool tells_the_same(const struct assess_engine *g, uint32_t set)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &g->a->pairs[pair];
        enum assess_outcome ends = p->clauses[CLAUSE_READERS].outcome;
        if ((ends == ASSESS_FAIL && !(p->fails & set)) || (ends == ASSESS_PASS && (p->fails & set)))
            return false;
    }
    return true;
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

static void find_sets(const struct assess_engine *g)
{
    struct assess_proposal *out = &g->a->proposal;
    const uint32_t scope = g->a->scope;
    out->set_size = (unsigned)__builtin_popcount(scope) + 1;
    for (uint32_t set = 0; set <= scope; set++) {
        unsigned size = (unsigned)__builtin_popcount(set);
        if ((set & ~scope) || size > out->set_size || !tells_the_same(g, set))
            continue;
        if (size < out->set_size) {
            out->set_size = size;
            out->set_count = 0;
        }
        if (out->set_count < ASSESS_SETS_MAX)
            out->sets[out->set_count] = set;
        out->set_count++;
    }
    if (out->set_count == 0) /* no choice of readers tells exactly the same */
        out->set_size = (unsigned)__builtin_popcount(scope);
}

void assess_reader_sets(const struct assess_engine *g)
{
    count_patterns(g);
    find_sets(g);
}
