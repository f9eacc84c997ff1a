/* Script files: the steps of a transaction, read in order, so that a value used before it is captured is
 * found. */
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX 32768u /* READ BINARY reaches offsets of 15 bits */

static bool make_builtins(struct fields *f, struct script *s)
{
    static const char *const names[SCRIPT_BUILTIN_COUNT] = { "", "offset", "le", "value", "sim_token" };
    s->variables = fields_array(f, SCRIPT_BUILTIN_COUNT + SCRIPT_VARIABLES_MAX, sizeof *s->variables);
    if (!s->variables)
        return false;
    for (unsigned i = 0; i < SCRIPT_BUILTIN_COUNT; i++) {
        s->variables[i].number = i != SCRIPT_VARIABLE_SIM_TOKEN;
        if (!(s->variables[i].name = text_copy(names[i])))
            f->problems->memory = true;
    }
    s->variable_count = SCRIPT_BUILTIN_COUNT;
    return !f->problems->memory;
}

static void read_variable(struct script_reading *r, const struct tree_node *n)
{
    struct fields one;
    struct script_variable value = { .given = true };
    if (!fields_open(&one, r->f->problems, r->f->path, n, "a variable"))
        return;
    const struct tree_node *bytes = fields_find(&one, "bytes", FIELD_OPTIONAL);
    const struct tree_node *number = fields_find(&one, "number", FIELD_OPTIONAL);
    fields_close(&one);
    if (!bytes == !number) {
        node_problem(r->f, n, "%s: expected either bytes or a number", n->key);
        return;
    }
    unsigned i = variable_make(r, n, n->key, number != NULL);
    if (!i)
        return;
    struct script_variable *v = &r->script->variables[i];
    unsigned whole = 0;
    if (number && node_unsigned(r->f, number, 0, UINT32_MAX, &whole))
        v->value = whole;
    if (bytes &&
        !(bytes->kind == TREE_SCALAR &&
          text_to_bytes(bytes->text, bytes->length, value.bytes, sizeof value.bytes, &value.length) &&
          value.length > 0))
        node_problem(r->f, bytes, "bytes: expected 1 to %d bytes in hexadecimal", SCRIPT_BYTES_MAX);
    memcpy(v->bytes, value.bytes, sizeof v->bytes);
    v->length = value.length;
    v->given = true;
    r->filled |= UINT64_C(1) << i;
}

static void read_variables(struct script_reading *r)
{
    const struct tree_node *map = fields_find(r->f, "variables", FIELD_OPTIONAL);
    if (!map)
        return;
    if (map->kind != TREE_MAP) {
        node_problem(r->f, map, "variables: expected a mapping of names and values");
        return;
    }
    for (const struct tree_node *n = map->first; n; n = n->next)
        if (n->kind != TREE_REFUSED && strcmp(n->key, "<<") != 0)
            read_variable(r, n);
}

static void read_values(struct fields *f, const struct tree_node *n, struct script_step *step)
{
    struct fields loop;
    if (!fields_open(&loop, f->problems, f->path, n, "a loop"))
        return;
    const struct tree_node *list = fields_list(&loop, "value", FIELD_REQUIRED);
    fields_close(&loop);
    if (!list)
        return;
    if (list->count == 0 || list->count > SCRIPT_EXPANDED_MAX) {
        node_problem(f, list, "value: expected 1 to %d values", SCRIPT_EXPANDED_MAX);
        return;
    }
    step->values = fields_array(f, list->count, sizeof *step->values);
    for (const struct tree_node *v = list->first; v && step->values; v = v->next) {
        unsigned value = 0;
        if (node_unsigned(&loop, v, 0, 65536, &value))
            step->values[step->value_count++] = value;
    }
}

static void read_loop(struct script_reading *r, struct fields *f, struct script_step *step)
{
    const struct tree_node *repeat = fields_find(f, "repeat", FIELD_OPTIONAL);
    const struct tree_node *values = fields_find(f, "for", FIELD_OPTIONAL);
    const struct tree_node *read = fields_find(f, "read", FIELD_OPTIONAL);
    unsigned times = 1;
    struct fields loop;
    if (!!repeat + !!values + !!read > 1)
        node_problem(f, f->map, "step %u: expected only one of repeat, for and read", r->number);
    if (repeat && node_unsigned(f, repeat, 1, SCRIPT_EXPANDED_MAX, &times)) {
        step->loop = SCRIPT_LOOP_TIMES;
        step->times.constant = times;
    } else if (values) {
        step->loop = SCRIPT_LOOP_VALUES;
        read_values(f, values, step);
    } else if (read && fields_open(&loop, f->problems, f->path, read, "a read loop")) {
        step->loop = SCRIPT_LOOP_READ;
        step->chunk = 256;
        const struct tree_node *length = fields_find(&loop, "length", FIELD_REQUIRED);
        if (length)
            quantity_read(r, length, READ_MAX, &step->times);
        fields_unsigned(&loop, "chunk", FIELD_OPTIONAL, 1, step->needs_extended ? 65536 : 256, &step->chunk);
        fields_close(&loop);
    }
    r->loop = step->loop;
}

static void read_checks(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields c;
    bool flag = false;
    const struct tree_node *map = fields_find(f, "check", FIELD_OPTIONAL), *n;
    if (!map || !fields_open(&c, f->problems, f->path, map, "a check"))
        return;
    step->checks = fields_array(f, SCRIPT_CHECK_COUNT, sizeof *step->checks); /* one of each kind */
    if (!step->checks)
        return;
    if ((n = fields_find(&c, "length", FIELD_OPTIONAL)) &&
        quantity_read(r, n, 65536, &step->checks[step->check_count].quantity))
        step->checks[step->check_count++].kind = SCRIPT_CHECK_LENGTH;
    if ((n = fields_find(&c, "equals", FIELD_OPTIONAL))) {
        template_read(r, n, &step->checks[step->check_count].template);
        step->checks[step->check_count++].kind = SCRIPT_CHECK_EQUALS;
    }
    if ((n = fields_find(&c, "starts", FIELD_OPTIONAL))) {
        template_read(r, n, &step->checks[step->check_count].template);
        step->checks[step->check_count++].kind = SCRIPT_CHECK_STARTS;
    }
    if (fields_bool(&c, "same", FIELD_OPTIONAL, &flag) && flag)
        step->checks[step->check_count++].kind = SCRIPT_CHECK_SAME;
    if (fields_bool(&c, "token", FIELD_OPTIONAL, &flag) && flag)
        step->checks[step->check_count++].kind = SCRIPT_CHECK_TOKEN;
    fields_close(&c);
}

static void read_capture(struct script_reading *r, const struct tree_node *n, struct script_step *step)
{
    static const struct fields_choice kinds[] = { { "number", 1 }, { "bytes", 0 }, { NULL, 0 } };
    struct fields one;
    unsigned offset = 0, length = 0, number = 0, add = 0;
    if (!fields_open(&one, r->f->problems, r->f->path, n, "a capture"))
        return;
    fields_choice(&one, "as", FIELD_REQUIRED, kinds, &number);
    fields_unsigned(&one, "offset", FIELD_OPTIONAL, 0, 65535, &offset);
    fields_unsigned(&one, "length", number ? FIELD_REQUIRED : FIELD_OPTIONAL, 1,
                    number ? 4 : SCRIPT_BYTES_MAX, &length);
    const struct tree_node *added = fields_find(&one, "add", FIELD_OPTIONAL);
    if (added && !number)
        node_problem(&one, added, "add: expected only with `as: number`");
    else if (added)
        node_unsigned(&one, added, 0, 65535, &add);
    fields_close(&one);
    unsigned variable = variable_make(r, n, n->key, number != 0);
    if (!variable)
        return;
    step->captures[step->capture_count++] = (struct script_capture) {
        .variable = variable, .offset = offset, .length = length, .number = number != 0, .add = add
    };
}

static void read_captures(struct script_reading *r, struct fields *f, struct script_step *step)
{
    const struct tree_node *map = fields_find(f, "capture", FIELD_OPTIONAL);
    if (!map)
        return;
    if (map->kind != TREE_MAP) {
        node_problem(f, map, "capture: expected a mapping of variables' names");
        return;
    }
    step->captures = fields_array(f, map->count, sizeof *step->captures);
    for (const struct tree_node *n = map->first; n && step->captures; n = n->next)
        if (n->kind != TREE_REFUSED && strcmp(n->key, "<<") != 0)
            read_capture(r, n, step);
    for (size_t i = 0; step->captures && i < step->capture_count; i++) {
        uint64_t bit = UINT64_C(1) << step->captures[i].variable;
        if (!step->when.step)
            r->filled_extended |= bit;
        if (!step->needs_extended && !step->when.step)
            r->filled |= bit;
    }
}

static void read_send(struct script_reading *r, struct fields *f, const struct tree_node *send,
                      struct script_step *step)
{
    static const struct fields_choice stages[] = { { "route", STAGE_ROUTE },
                                                   { "exchange", STAGE_EXCHANGE },
                                                   { NULL, 0 } };
    unsigned stage = STAGE_EXCHANGE;
    step->operation = SCRIPT_SEND;
    fields_bool(f, "needs_extended", FIELD_OPTIONAL, &step->needs_extended);
    fields_bool(f, "keep_bytes", FIELD_OPTIONAL, &step->keep_bytes);
    fields_choice(f, "stage", FIELD_OPTIONAL, stages, &stage);
    step->stage = (enum stage)stage;
    read_loop(r, f, step);
    template_read(r, send, &step->send);
    const struct tree_node *expect = fields_find(f, "expect", FIELD_OPTIONAL);
    if (expect) {
        words_read(f, expect, &step->expect);
    } else if ((step->expect.items = fields_array(f, 1, sizeof *step->expect.items))) {
        step->expect.items[0] = (struct script_expect) { .value = 0x9000, .mask = 0xffff };
        step->expect.count = 1;
    }
    read_checks(r, f, step);
    read_captures(r, f, step);
}

/* The step of that name before this one that sends something. */
static unsigned find_step(const struct script_reading *r, const char *name)
{
    for (unsigned i = 1; i < r->number; i++) {
        const struct script_step *s = &r->script->steps[i - 1];
        if (s->operation == SCRIPT_SEND && s->name && strcmp(s->name, name) == 0)
            return i;
    }
    return 0;
}

static void read_when(struct script_reading *r, const struct fields *f, const struct tree_node *n,
                      struct script_condition *out)
{
    struct fields c;
    char *name = NULL;
    if (!fields_open(&c, f->problems, f->path, n, "a condition"))
        return;
    const struct tree_node *step = fields_find(&c, "step", FIELD_REQUIRED);
    const struct tree_node *sw = fields_find(&c, "sw", FIELD_REQUIRED);
    fields_close(&c);
    if (step && node_text(&c, step, FIELDS_TEXT_MAX, &name) && !(out->step = find_step(r, name)))
        node_problem(&c, step, "step: no step before this one that sends something has that name");
    if (sw)
        words_read(&c, sw, &out->words);
    free(name);
}

static void read_step(struct script_reading *r, const struct tree_node *n, struct script_step *step)
{
    static const struct fields_choice resets[] = { { "reset", SCRIPT_FIELD_RESET }, { NULL, 0 } };
    struct fields f;
    unsigned operation = SCRIPT_NONE;
    if (!fields_open(&f, r->f->problems, r->f->path, n, "a step"))
        return;
    r->step = step;
    r->loop = SCRIPT_LOOP_NONE;
    step->stage = STAGE_EXCHANGE;
    fields_text(&f, "name", FIELD_OPTIONAL, &step->name);
    const struct tree_node *when = fields_find(&f, "when", FIELD_OPTIONAL);
    if (when)
        read_when(r, &f, when, &step->when);
    const struct tree_node *send = fields_find(&f, "send", FIELD_OPTIONAL);
    const struct tree_node *field = fields_find(&f, "field", FIELD_OPTIONAL);
    const struct tree_node *pause = fields_find(&f, "pause_ms", FIELD_OPTIONAL);
    if (!!send + !!field + !!pause != 1)
        node_problem(&f, n, "step %u: expected exactly one of send, field and pause_ms", r->number);
    else if (send)
        read_send(r, &f, send, step);
    else if (field && node_choice(&f, field, resets, &operation))
        step->operation = (enum script_operation)operation;
    else if (pause && node_unsigned(&f, pause, 1, 600000, &step->pause_ms))
        step->operation = SCRIPT_PAUSE;
    if (!send || field || pause) { /* the keys of `send` are known, but say nothing here */
        static const char *const rest[] = { "stage", "expect", "check",          "capture",   "repeat",
                                            "for",   "read",   "needs_extended", "keep_bytes" };
        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
            const struct tree_node *extra = fields_find(&f, rest[i], FIELD_OPTIONAL);
            if (extra)
                node_problem(&f, extra, "%s: expected only in a step with send", rest[i]);
        }
    }
    fields_close(&f);
    char number[32];
    snprintf(number, sizeof number, "step %u", r->number);
    if (!step->name && !(step->name = text_copy(number)))
        r->f->problems->memory = true;
}

/* Exchanges of one transaction, loops counted; a read of unknown length by the typical one. */
static uint64_t count_exchanges(const struct script *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; s->steps && i < s->step_count; i++) {
        const struct script_step *step = &s->steps[i];
        uint64_t length = step->times.variable ? s->typical_length : (uint64_t)step->times.constant;
        if (step->operation != SCRIPT_SEND)
            continue;
        if (step->loop == SCRIPT_LOOP_READ && step->chunk)
            sum += (length + step->chunk - 1) / step->chunk;
        else if (step->loop == SCRIPT_LOOP_VALUES)
            sum += step->value_count;
        else
            sum += step->loop == SCRIPT_LOOP_TIMES ? (uint64_t)step->times.constant : 1;
    }
    return sum;
}

static void read_steps(struct script_reading *r)
{
    struct script *s = r->script;
    const struct tree_node *list = fields_list(r->f, "steps", FIELD_REQUIRED);
    if (!list)
        return;
    if (list->count == 0 || list->count > SCRIPT_STEPS_MAX) {
        node_problem(r->f, list, "steps: expected 1 to %d, found %zu", SCRIPT_STEPS_MAX, list->count);
        return;
    }
    s->steps = fields_array(r->f, list->count, sizeof *s->steps);
    for (const struct tree_node *n = list->first; n && s->steps; n = n->next) {
        r->number = (unsigned)s->step_count + 1;
        read_step(r, n, &s->steps[s->step_count++]);
        const struct script_step *step = &s->steps[s->step_count - 1];
        if (step->loop == SCRIPT_LOOP_READ && step->times.variable && s->typical_length == 0)
            node_problem(r->f, n,
                         "step %u reads a length that is known only in the run: expected "
                         "typical_length_bytes in this file, for the plan's estimate",
                         r->number);
    }
    uint64_t exchanges = count_exchanges(s);
    if (exchanges > SCRIPT_EXPANDED_MAX)
        node_problem(r->f, list, "steps: %llu exchanges with all loops: expected at most %d",
                     (unsigned long long)exchanges, SCRIPT_EXPANDED_MAX);
    s->typical_exchanges = exchanges > SCRIPT_EXPANDED_MAX ? SCRIPT_EXPANDED_MAX : (unsigned)exchanges;
}

void script_read(struct script *out, struct problems *p, const char *path, const struct tree_node *root)
{
    struct fields f;
    struct script_reading r = { .f = &f, .script = out };
    if (!fields_open(&f, p, path, root, "a script") || !make_builtins(&f, out))
        return;
    fields_head(&f, "script");
    fields_id(&f, "id", FIELD_REQUIRED, &out->id);
    fields_title(&f, "title", FIELD_REQUIRED, &out->title, &out->title_ja);
    fields_long_text(&f, "source", FIELD_OPTIONAL, &out->source);
    fields_unsigned(&f, "time_limit_ms", FIELD_REQUIRED, 1, 600000, &out->time_limit_ms);
    fields_unsigned(&f, "deadline_ms", FIELD_REQUIRED, 1, 600000, &out->deadline_ms);
    fields_unsigned(&f, "typical_length_bytes", FIELD_OPTIONAL, 1, READ_MAX, &out->typical_length);
    read_variables(&r);
    read_steps(&r);
    fields_close(&f);
}

static void clear_step(struct script_step *step)
{
    free(step->name);
    template_clear(&step->send);
    free(step->expect.items);
    free(step->when.words.items);
    for (size_t i = 0; i < 5 && step->checks; i++) /* as read_checks() allocates them */
        template_clear(&step->checks[i].template);
    free(step->checks);
    free(step->captures);
    free(step->values);
}

void script_clear(struct script *s)
{
    free(s->id);
    free(s->title);
    free(s->title_ja);
    free(s->source);
    for (size_t i = 0; i < s->variable_count; i++)
        free(s->variables[i].name);
    free(s->variables);
    for (size_t i = 0; i < s->step_count; i++)
        clear_step(&s->steps[i]);
    free(s->steps);
    memset(s, 0, sizeof *s);
}

bool script_keeps_bytes(const struct script *s)
{
    for (size_t i = 0; i < s->step_count; i++) {
        if (s->steps[i].keep_bytes)
            return true;
    }
    return false;
}

void script_free(struct script **s)
{
    if (!s || !*s)
        return;
    script_clear(*s);
    free(*s);
    *s = NULL;
}
