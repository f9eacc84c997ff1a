/* What-ifs: the engine run again under changed rules. */
#include "harness/base/text.h"
#include "harness/criteria/judges.h"

#include <stdlib.h>
#include <string.h>

static const double bounds[] = { 0.05, 0.10, 0.20 };
#define BOUND_COUNT (sizeof bounds / sizeof *bounds)

/* ---- arguments: how many values one has, and their names in options and in criteria.yaml ---- */

static size_t readers(const struct survey *s)
{
    return s->reader_count;
}

static const char *name_reader(const struct survey *s, unsigned which)
{
    return s->readers[which].unit;
}

/* Named by one of its readers. */
static const char *name_model(const struct survey *s, unsigned which)
{
    return s->reader_profiles[s->readers[which].profile].id;
}

static size_t all_clauses(const struct survey *s)
{
    (void)s;
    return CLAUSE_COUNT;
}

static const char *name_clause(const struct survey *s, unsigned which)
{
    (void)s;
    return clause_key((enum clause)which);
}

static size_t modes(const struct survey *s)
{
    (void)s;
    return POWER_COUNT;
}

static const char *name_mode(const struct survey *s, unsigned which)
{
    (void)s;
    return power_mode_name((enum power_mode)which);
}

static size_t conditions(const struct survey *s)
{
    return s->condition_count;
}

static const char *name_condition(const struct survey *s, unsigned which)
{
    return s->conditions[which].id;
}

static size_t all_bounds(const struct survey *s)
{
    (void)s;
    return BOUND_COUNT;
}

/* ---- which make sense, and which of them are tried without being asked for ---- */

typedef bool check(const struct assess_engine *g, const struct assess_scenario *x);

static bool always(const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g, (void)x;
    return true;
}

static bool are_several(const struct assess_engine *g)
{
    return __builtin_popcount(g->a->scope) > 1;
}

static bool if_several(const struct assess_engine *g, const struct assess_scenario *x)
{
    return are_several(g) && g->rules.seats[x->which] > 0;
}

static bool is_same_model(const struct survey *s, unsigned a, unsigned b)
{
    return s->readers[a].profile == s->readers[b].profile;
}

/* By the first of several readers of the model that the criteria ask for, where others remain without them: else it
 * says nothing that dropping a reader does not. */
static bool if_model_has_several(const struct assess_engine *g, const struct assess_scenario *x)
{
    const struct survey *s = g->f->survey;
    unsigned alike = 0, others = 0;
    for (unsigned i = 0; i < s->reader_count; i++) {
        bool asked = g->a->scope >> i & 1, same = is_same_model(s, i, x->which);
        if (asked && same && i < x->which)
            return false;
        alike += asked && same;
        others += asked && !same;
    }
    return alike > 1 && others > 0;
}

static bool if_two(const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    return x->which != x->by;
}

/* Where all must pass, replacing is dropping. */
static bool if_not_all_must_pass(const struct assess_engine *g, const struct assess_scenario *x)
{
    return if_several(g, x) && g->rules.seats[x->by] > 0 && g->rules.threshold[CLAUSE_READERS] > 0;
}

static bool if_used(const struct assess_engine *g, const struct assess_scenario *x)
{
    return x->which != CLAUSE_SCOPE && clause_is_used(g->criteria, (enum clause)x->which);
}

/* Success can be relaxed only where something else is still asked of a cell. */
static bool if_something_is_left(const struct assess_engine *g, const struct assess_scenario *x)
{
    bool is_left = false;
    if (x->which == CLAUSE_READERS)
        return are_several(g);
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++)
        is_left = is_left || (c != (enum clause)x->which && g->rules.on[c]);
    return is_left;
}

static bool if_mode(const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    return x->which != POWER_NONE;
}

static bool asks_mode(const struct assess_engine *g, unsigned mode)
{
    return ((g->rules.required | g->rules.conditional) >> mode & 1) != 0;
}

static bool if_mode_asked(const struct assess_engine *g, const struct assess_scenario *x)
{
    return asks_mode(g, x->which) && g->rules.required != UINT32_C(1) << x->which;
}

/* And where no clause of positions looks at where they are. */
static bool if_mode_has_several(const struct assess_engine *g, const struct assess_scenario *x)
{
    const struct survey *s = g->f->survey;
    unsigned alike = 0;
    for (size_t i = 0; i < s->condition_count; i++)
        alike += s->conditions[i].power_mode == s->conditions[x->which].power_mode;
    return alike > 1 && !g->positions;
}

static bool if_condition_asked(const struct assess_engine *g, const struct assess_scenario *x)
{
    return asks_mode(g, g->f->survey->conditions[x->which].power_mode);
}

static bool if_bound(const struct assess_engine *g, const struct assess_scenario *x)
{
    return x->bound > 0 && x->bound < 1 && !g->criteria->taps && !assess_by_rows(g); /* another question */
}

/* ---- what they change ---- */

typedef void change(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x);

static void drop(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    r->seats[x->which] = 0;
}

static void drop_model(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    for (unsigned i = 0; i < g->f->survey->reader_count; i++)
        if (is_same_model(g->f->survey, i, x->which))
            r->seats[i] = 0;
}

static void keep_only(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    memset(r->seats, 0, sizeof r->seats);
    r->seats[x->which] = 1;
    r->threshold[CLAUSE_READERS] = 0;
    r->by_share = false;
}

static void replace(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    r->seats[x->by] += r->seats[x->which];
    r->weights[x->by] += r->weights[x->which];
    r->seats[x->which] = 0;
    r->weights[x->which] = 0;
}

static void relax(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    assess_relax(r, (enum clause)x->which);
}

static void drop_mode(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    r->required &= ~(UINT32_C(1) << x->which);
    r->conditional &= ~(UINT32_C(1) << x->which);
}

static void leave_out(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    r->left_out |= UINT64_C(1) << x->which;
}

static void set_bound(struct assess_rules *r, const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g;
    r->threshold[CLAUSE_SUCCESS] = x->bound;
}

/* ---- the rows ---- */

static const struct {
    const char *option, *key, *words;
    size_t (*count)(const struct survey *s);
    const char *(*name)(const struct survey *s, unsigned which); /* NULL: the argument is a bound */
    check *allowed, *tried;
    change *apply;
} rows[WHAT_IF_COUNT] = {
#define W(ID, ...) [WHAT_IF_##ID] = { __VA_ARGS__ },
#include "harness/criteria/what_if.def"
#undef W
};

const char *what_if_key(enum what_if what)
{
    return rows[what].key;
}

const char *what_if_words(enum what_if what)
{
    return rows[what].words;
}

const char *what_if_argument(const struct assessment *a, const struct assess_scenario *x)
{
    return rows[x->what].name ? rows[x->what].name(a->f->survey, x->which) : NULL;
}

static int add_scenario(struct assess_engine *g, const struct assess_scenario *ask, struct err *e)
{
    struct assessment *a = g->a;
    size_t pairs = g->f->survey->pair_count;
    struct assess_rules rules = g->rules;
    struct assess_scenario *more = realloc(a->scenarios, (a->scenario_count + 1) * sizeof *more);
    if (!more)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->scenarios = more;
    struct assess_scenario *s = &more[a->scenario_count];
    *s = *ask;
    s->recommendation = calloc(pairs + 1, 1);
    if (!s->recommendation)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->scenario_count++;
    rows[s->what].apply(&rules, g, s);
    for (size_t pair = 0; pair < pairs; pair++) {
        if (!assess_asks_pair(g, pair))
            continue;
        s->recommendation[pair] = (uint8_t)assess_ends(g, &rules, pair);
        s->counts[s->recommendation[pair]]++;
        s->changed += s->recommendation[pair] != a->pairs[pair].recommendation;
    }
    return 0;
}

/* "READER", or "OLD=NEW" of a reader's place. */
static bool is_named(const struct assess_engine *g, const struct assess_scenario *x, const char *text)
{
    const struct survey *s = g->f->survey;
    const char *name = rows[x->what].name(s, x->which);
    size_t length = strlen(name);
    if (strncmp(name, text, length) != 0)
        return false;
    return x->what == WHAT_IF_REPLACE
               ? text[length] == '=' && strcmp(text + length + 1, s->readers[x->by].unit) == 0
               : text[length] == '\0';
}

/* The next one of its kind that makes sense: of a reader's place one for each that may take it. */
static bool next(const struct assess_engine *g, struct assess_scenario *x, size_t *at)
{
    size_t readers = g->f->survey->reader_count, each = x->what == WHAT_IF_REPLACE ? readers : 1;
    while (*at < rows[x->what].count(g->f->survey) * each) {
        x->which = (unsigned)(*at / each);
        x->by = (unsigned)(*at % each);
        x->bound = x->what == WHAT_IF_BOUND && x->which < BOUND_COUNT ? bounds[x->which] : 0;
        (*at)++;
        if (rows[x->what].allowed(g, x))
            return true;
    }
    return false;
}

static bool find_argument(const struct assess_engine *g, const char *argument, struct assess_scenario *x)
{
    size_t at = 0;
    if (!rows[x->what].name)
        return text_to_double(argument, strlen(argument), &x->bound) && rows[x->what].allowed(g, x);
    while (next(g, x, &at))
        if (is_named(g, x, argument))
            return true;
    return false;
}

int assess_ask(struct assess_engine *g, const char *text, struct err *e)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;
    for (enum what_if what = WHAT_IF_NONE + 1; colon && what < WHAT_IF_COUNT; what++) {
        struct assess_scenario x = { .what = what };
        if (strlen(rows[what].option) == length && memcmp(rows[what].option, text, length) == 0 &&
            find_argument(g, colon + 1, &x))
            return add_scenario(g, &x, e);
    }
    return err_set(e, ERR_USAGE, "criteria", "no such change of this survey and these criteria");
}

int assess_explore(struct assess_engine *g, struct err *e)
{
    int code = 0;
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++)
        assess_sensitivity(g, pair);
    for (enum what_if what = WHAT_IF_NONE + 1; what < WHAT_IF_COUNT; what++) {
        struct assess_scenario x = { .what = what };
        for (size_t at = 0; code == 0 && next(g, &x, &at);)
            if (rows[what].tried(g, &x))
                code = add_scenario(g, &x, e);
    }
    return code;
}
