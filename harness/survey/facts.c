/* Facts with their sources, and the faults of simulated units: what reader and handset profiles share. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

static void read_fact(struct fields *f, const struct tree_node *n, const char *source,
                      struct survey_fact *fact)
{
    struct fields one;
    if (n->kind == TREE_SCALAR) { /* a value alone has the file's source */
        node_text(f, n, FIELDS_TEXT_MAX, &fact->value);
    } else if (fields_item(f, "facts", n, &one)) {
        const struct tree_node *value = fields_find(&one, "value");
        const struct tree_node *absent = fields_find(&one, "absent");
        if (!value == !absent)
            node_problem(f, n, "%s: expected either a value or, in absent, the reason why there is none",
                         n->key);
        if (value)
            node_text(&one, value, FIELDS_TEXT_MAX, &fact->value);
        if (absent)
            node_text(&one, absent, FIELDS_TEXT_MAX, &fact->absent);
        unsigned mark = 0;
        if (fields_choice(&one, "mark", &mark))
            node_text(&one, tree_child(n, "mark"), FIELDS_TEXT_MAX, &fact->mark);
        fields_text(&one, "source", &fact->source);
        fields_close(&one);
    }
    if (!fact->source && fact->value && source && !(fact->source = text_copy(source)))
        f->problems->memory = true;
    if (fact->value && !fact->source)
        node_problem(f, n, "%s: a fact needs a source, its own or the file's", n->key);
}

void facts_read(struct fields *f, const char *source, struct survey_fact **out, size_t *count)
{
    const struct tree_node *map = fields_named(f, "facts");
    if (!map)
        return;
    struct survey_fact *facts = fields_array(f, map->count, sizeof *facts);
    if (!facts)
        return;
    *out = facts;
    for (const struct tree_node *n = map->first; n; n = n->next) {
        if (n->kind == TREE_REFUSED || strcmp(n->key, "<<") == 0)
            continue;
        struct survey_fact *fact = &facts[(*count)++];
        if (!(fact->name = text_copy(n->key)))
            f->problems->memory = true;
        read_fact(f, n, source, fact);
    }
}

const struct survey_fact *facts_find(const struct survey_fact *facts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (facts[i].name && strcmp(facts[i].name, name) == 0)
            return &facts[i];
    return NULL;
}

void facts_free(struct survey_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(facts[i].name);
        free(facts[i].value);
        free(facts[i].source);
        free(facts[i].mark);
        free(facts[i].absent);
    }
    free(facts);
}

void profile_check_simulated(struct fields *f, const char *id, const struct tree_node *simulation)
{
    bool named = id && strncmp(id, "sim-", 4) == 0;
    if (id && !named && simulation)
        node_problem(f, simulation, "simulation: only a profile whose id begins with sim- may be simulated");
    if (named && !simulation)
        problem_add(f->problems, f->path, f->map->line, f->map->column,
                    "%s: a profile whose id begins with sim- needs the key \"simulation\"", id);
}

static bool cause_allowed(unsigned cause, bool reader)
{
    if (reader)
        return cause == 1 || (cause >= 13 && cause <= 15) || (cause >= 28 && cause <= 31);
    return cause >= 2 && cause <= 27;
}

static void read_cause(struct fields *f, bool reader, unsigned *out)
{
    uint64_t number;
    const struct tree_node *n = fields_find(f, "cause");
    if (!n)
        return;
    bool known = n->kind == TREE_SCALAR && n->length == 3 && n->text[0] == 'F' &&
                 text_to_u64(n->text + 1, 2, &number) && cause_allowed((unsigned)number, reader);
    if (known)
        *out = (unsigned)number;
    else
        node_problem(f, n, "cause: expected %s",
                     reader ? "F01, F13 to F15 or F28 to F31" : "one of F02 to F27");
}

static void read_fault(struct fields *f, bool reader, const struct tree_node *n, struct virtual_fault *fault)
{
    struct fields one;
    unsigned value = VIRTUAL_PER_TRANSACTION;
    if (!fields_item(f, "faults", n, &one))
        return;
    read_cause(&one, reader, &fault->cause);
    fields_real(&one, "rate", &fault->rate);
    fields_choice(&one, "per", &value);
    fault->per = (enum virtual_per)value;
    fields_power_modes(&one, "power_modes", &fault->power_modes);
    fields_unsigned(&one, "response_at_least_bytes", &fault->response_at_least);
    fields_unsigned(&one, "slow_us", &fault->slow_us);
    value = VIRTUAL_WHEN_ANY;
    if (fields_choice(&one, "when", &value) && fault->cause != 31)
        node_problem(f, n, "when: only F31, a reader that hangs, can depend on the phone's failures");
    fault->when = (enum virtual_when)value;
    fields_close(&one);
}

void faults_read(struct fields *f, bool reader, struct virtual_fault out[VIRTUAL_FAULTS_MAX], size_t *count)
{
    const struct tree_node *list = fields_list(f, "faults");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next)
        read_fault(f, reader, n, &out[(*count)++]);
}
