/* What-ifs: the engine run again under changed rules. */
#include "harness/base/text.h"
#include "harness/criteria/judges.h"

#include <stdlib.h>
#include <string.h>

static const double bounds[] = { 0.05, 0.10, 0.20 };

/* ---- arguments: their values, by number, and their names ---- */

struct argument {
    size_t (*count)(const struct survey *s);
    void (*take)(struct assess_scenario *out, const struct survey *s, size_t i);
    const char *(*name)(const struct assess_scenario *x, const struct survey *s); /* NULL: it is a number */
};

static size_t count_readers(const struct survey *s)
{
    return s->reader_count;
}

static void take_reader(struct assess_scenario *out, const struct survey *s, size_t i)
{
    (void)s;
    out->reader = (unsigned)i;
}

static const char *name_reader(const struct assess_scenario *x, const struct survey *s)
{
    return s->readers[x->reader].unit;
}

static const char *name_model(const struct assess_scenario *x, const struct survey *s)
{
    return s->reader_profiles[s->readers[x->reader].profile].id;
}

static size_t count_places(const struct survey *s)
{
    return s->reader_count * s->reader_count;
}

static void take_place(struct assess_scenario *out, const struct survey *s, size_t i)
{
    out->reader = (unsigned)(i / s->reader_count);
    out->by = (unsigned)(i % s->reader_count);
}

static size_t count_clauses(const struct survey *s)
{
    (void)s;
    return CLAUSE_COUNT;
}

static void take_clause(struct assess_scenario *out, const struct survey *s, size_t i)
{
    (void)s;
    out->clause = (enum clause)i;
}

static const char *name_clause(const struct assess_scenario *x, const struct survey *s)
{
    (void)s;
    return clause_key(x->clause);
}

static size_t count_modes(const struct survey *s)
{
    (void)s;
    return POWER_COUNT;
}

static void take_mode(struct assess_scenario *out, const struct survey *s, size_t i)
{
    (void)s;
    out->mode = (enum power_mode)i;
}

static const char *name_mode(const struct assess_scenario *x, const struct survey *s)
{
    (void)s;
    return power_mode_name(x->mode);
}

static size_t count_conditions(const struct survey *s)
{
    return s->condition_count;
}

static void take_condition(struct assess_scenario *out, const struct survey *s, size_t i)
{
    (void)s;
    out->condition = (unsigned)i;
}

static const char *name_condition(const struct assess_scenario *x, const struct survey *s)
{
    return s->conditions[x->condition].id;
}

static size_t count_bounds(const struct survey *s)
{
    (void)s;
    return sizeof bounds / sizeof *bounds;
}

static void take_bound(struct assess_scenario *out, const struct survey *s, size_t i)
{
    (void)s;
    out->bound = bounds[i];
}

static const struct argument argument_reader = { count_readers, take_reader, name_reader };
static const struct argument argument_model = { count_readers, take_reader,
                                                name_model }; /* by a reader of it */
static const struct argument argument_place = { count_places, take_place, name_reader };
static const struct argument argument_clause = { count_clauses, take_clause, name_clause };
static const struct argument argument_mode = { count_modes, take_mode, name_mode };
static const struct argument argument_condition = { count_conditions, take_condition, name_condition };
static const struct argument argument_bound = { count_bounds, take_bound, NULL };

/*
 * ---- what-ifs: which make sense, which of them are tried without being asked for, and what each changes ----
 */

static bool are_several(const struct assess_engine *g)
{
    return __builtin_popcount(g->a->scope) > 1;
}

static bool allows_drop_reader(const struct assessment *a, const struct assess_scenario *x)
{
    (void)a, (void)x;
    return true;
}

static bool offers_drop_reader(const struct assess_engine *g, const struct assess_scenario *x)
{
    return are_several(g) && g->rules.seats[x->reader] > 0;
}

static void apply_drop_reader(struct assess_rules *r, const struct assess_scenario *x, const struct survey *s)
{
    (void)s;
    r->seats[x->reader] = 0;
}

static bool is_same_model(const struct survey *s, unsigned a, unsigned b)
{
    return s->readers[a].profile == s->readers[b].profile;
}

/* By the first of several readers of the model that the criteria ask for, where others remain without them: else it
 * says nothing that dropping a reader does not. */
static bool allows_drop_model(const struct assessment *a, const struct assess_scenario *x)
{
    const struct survey *s = a->f->survey;
    unsigned alike = 0, others = 0;
    for (unsigned i = 0; i < s->reader_count; i++) {
        bool asked = a->scope >> i & 1, same = is_same_model(s, i, x->reader);
        if (asked && same && i < x->reader)
            return false;
        alike += asked && same;
        others += asked && !same;
    }
    return alike > 1 && others > 0;
}

#define offers_drop_model offers_drop_reader

static void apply_drop_model(struct assess_rules *r, const struct assess_scenario *x, const struct survey *s)
{
    for (unsigned i = 0; i < s->reader_count; i++)
        if (is_same_model(s, i, x->reader))
            r->seats[i] = 0;
}

#define allows_only_reader allows_drop_reader
#define offers_only_reader offers_drop_reader

static void apply_only_reader(struct assess_rules *r, const struct assess_scenario *x, const struct survey *s)
{
    (void)s;
    memset(r->seats, 0, sizeof r->seats);
    r->seats[x->reader] = 1;
    r->threshold[CLAUSE_READERS] = 0;
    r->by_share = false;
}

static bool allows_replace_reader(const struct assessment *a, const struct assess_scenario *x)
{
    (void)a;
    return x->reader != x->by;
}

/* Where all must pass, replacing is dropping. */
static bool offers_replace_reader(const struct assess_engine *g, const struct assess_scenario *x)
{
    return are_several(g) && g->rules.threshold[CLAUSE_READERS] > 0 && g->rules.seats[x->reader] &&
           g->rules.seats[x->by];
}

static void apply_replace_reader(struct assess_rules *r, const struct assess_scenario *x,
                                 const struct survey *s)
{
    (void)s;
    r->seats[x->by] += r->seats[x->reader];
    r->weights[x->by] += r->weights[x->reader];
    r->seats[x->reader] = 0;
    r->weights[x->reader] = 0;
}

static bool allows_without_clause(const struct assessment *a, const struct assess_scenario *x)
{
    return x->clause != CLAUSE_SCOPE && clause_is_used(a->criteria, x->clause);
}

/* Success can be relaxed only where something else is still asked of a cell. */
static bool offers_without_clause(const struct assess_engine *g, const struct assess_scenario *x)
{
    if (x->clause == CLAUSE_READERS)
        return are_several(g);
    for (enum clause other = CLAUSE_NONE + 1; other < CLAUSE_READERS; other++)
        if (other != x->clause && g->rules.on[other])
            return true;
    return false;
}

static void apply_without_clause(struct assess_rules *r, const struct assess_scenario *x,
                                 const struct survey *s)
{
    (void)s;
    assess_relax(r, x->clause);
}

static bool allows_without_power_mode(const struct assessment *a, const struct assess_scenario *x)
{
    (void)a;
    return x->mode != POWER_NONE;
}

static uint32_t modes_of(const struct assess_engine *g)
{
    return g->rules.required | g->rules.conditional;
}

static bool offers_without_power_mode(const struct assess_engine *g, const struct assess_scenario *x)
{
    return (modes_of(g) >> x->mode & 1) && g->rules.required != UINT32_C(1) << x->mode;
}

static void apply_without_power_mode(struct assess_rules *r, const struct assess_scenario *x,
                                     const struct survey *s)
{
    (void)s;
    r->required &= ~(UINT32_C(1) << x->mode);
    r->conditional &= ~(UINT32_C(1) << x->mode);
}

/* Where its power mode has others, and no clause of positions looks at where they are. */
static bool allows_without_condition(const struct assessment *a, const struct assess_scenario *x)
{
    const struct survey *s = a->f->survey;
    unsigned alike = 0;
    for (size_t i = 0; i < s->condition_count; i++)
        alike += s->conditions[i].power_mode == s->conditions[x->condition].power_mode;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (judges[c]->on_reader && clause_is_used(a->criteria, c))
            return false;
    return alike > 1;
}

static bool offers_without_condition(const struct assess_engine *g, const struct assess_scenario *x)
{
    return (modes_of(g) >> g->f->survey->conditions[x->condition].power_mode & 1) != 0;
}

static void apply_without_condition(struct assess_rules *r, const struct assess_scenario *x,
                                    const struct survey *s)
{
    (void)s;
    r->left_out |= UINT64_C(1) << x->condition;
}

static bool allows_dirty_at_most(const struct assessment *a, const struct assess_scenario *x)
{
    return x->bound > 0 && x->bound < 1 && !a->criteria->taps;
}

static bool offers_dirty_at_most(const struct assess_engine *g, const struct assess_scenario *x)
{
    (void)g, (void)x;
    return true;
}

static void apply_dirty_at_most(struct assess_rules *r, const struct assess_scenario *x,
                                const struct survey *s)
{
    (void)s;
    r->threshold[CLAUSE_SUCCESS] = x->bound;
}

/* ---- the rows ---- */

static const struct what_if_row {
    const char *option, *key, *words;
    const struct argument *argument;
    bool (*allows)(const struct assessment *a, const struct assess_scenario *x);
    bool (*offers)(const struct assess_engine *g, const struct assess_scenario *x); /* of those allowed */
    void (*apply)(struct assess_rules *r, const struct assess_scenario *x, const struct survey *s);
} rows[WHAT_IF_COUNT] = {
#define W(ID, option, argument, key, words)                                                                  \
    [WHAT_IF_##ID] = { option, #key, words, &argument_##argument, allows_##key, offers_##key, apply_##key },
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
    const struct argument *argument = rows[x->what].argument;
    return argument->name ? argument->name(x, a->f->survey) : NULL;
}

/* "READER", or "OLD=NEW" of a reader's place. */
static bool is_named(const struct assessment *a, const struct assess_scenario *x, const char *text)
{
    const char *name = what_if_argument(a, x);
    size_t length = strlen(name);
    if (strncmp(name, text, length) != 0)
        return false;
    if (rows[x->what].argument == &argument_place)
        return text[length] == '=' && strcmp(text + length + 1, a->f->survey->readers[x->by].unit) == 0;
    return text[length] == '\0';
}

static bool find_argument(const struct assessment *a, enum what_if what, const char *text,
                          struct assess_scenario *out)
{
    const struct argument *argument = rows[what].argument;
    *out = (struct assess_scenario) { .what = what };
    if (!argument->name)
        return text_to_double(text, strlen(text), &out->bound) && rows[what].allows(a, out);
    for (size_t i = 0; i < argument->count(a->f->survey); i++) {
        argument->take(out, a->f->survey, i);
        if (is_named(a, out, text) && rows[what].allows(a, out))
            return true;
    }
    return false;
}

bool what_if_parse(const struct assessment *a, const char *text, struct assess_scenario *out)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;
    for (enum what_if what = WHAT_IF_NONE + 1; colon && what < WHAT_IF_COUNT; what++)
        if (strlen(rows[what].option) == length && memcmp(rows[what].option, text, length) == 0 &&
            find_argument(a, what, colon + 1, out))
            return true;
    return false;
}

int assess_scenario_add(struct assess_engine *g, const struct assess_scenario *ask, struct err *e)
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
    s->changed = 0;
    memset(s->counts, 0, sizeof s->counts);
    s->recommendation = calloc(pairs + 1, 1);
    if (!s->recommendation)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->scenario_count++;
    rows[s->what].apply(&rules, s, g->f->survey);
    for (size_t pair = 0; pair < pairs; pair++) {
        s->recommendation[pair] = (uint8_t)assess_ends(g, &rules, pair);
        s->counts[s->recommendation[pair]]++;
        s->changed += s->recommendation[pair] != a->pairs[pair].recommendation;
    }
    return 0;
}

int assess_explore(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    int code = 0;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        assess_sensitivity(g, pair);
    for (enum what_if what = WHAT_IF_NONE + 1; what < WHAT_IF_COUNT; what++) {
        size_t count = rows[what].argument->count(s);
        for (size_t i = 0; i < count && code == 0; i++) {
            struct assess_scenario ask = { .what = what };
            rows[what].argument->take(&ask, s, i);
            if (rows[what].allows(g->a, &ask) && rows[what].offers(g, &ask))
                code = assess_scenario_add(g, &ask, e);
        }
    }
    return code;
}
