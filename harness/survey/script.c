/* Script files: the steps of a transaction, read in order, so that a value used before it is captured is
 * found. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_builtins(struct fields *f, struct script *s)
{
    static const char *const names[SCRIPT_BUILTIN_COUNT] = {
        "", "offset", "le", "value", "sim_token", "part", "part_length", "handset"
    };
    s->variables = fields_array(f, SCRIPT_BUILTIN_COUNT + SCRIPT_VARIABLES_MAX, sizeof *s->variables);
    if (!s->variables)
        return false;
    for (unsigned i = 0; i < SCRIPT_BUILTIN_COUNT; i++) {
        s->variables[i].number =
            i != SCRIPT_VARIABLE_SIM_TOKEN && i != SCRIPT_VARIABLE_PART && i != SCRIPT_VARIABLE_HANDSET;
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
    if (!fields_item(r->f, "variables", n, &one))
        return;
    const struct tree_node *bytes = fields_find(&one, "bytes");
    const struct tree_node *number = fields_find(&one, "number");
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
    if (bytes && !(bytes->kind == TREE_SCALAR &&
                   text_to_bytes(bytes->text, bytes->length, value.bytes, SCRIPT_GIVEN_MAX, &value.length) &&
                   value.length > 0))
        node_problem(r->f, bytes, "bytes: expected 1 to %d bytes in hexadecimal", SCRIPT_GIVEN_MAX);
    memcpy(v->bytes, value.bytes, sizeof v->bytes);
    v->length = value.length;
    v->given = true;
    r->filled |= UINT64_C(1) << i;
}

static void read_variables(struct script_reading *r)
{
    const struct tree_node *map = fields_named(r->f, "variables");
    for (const struct tree_node *n = map ? map->first : NULL; n; n = n->next)
        if (n->kind != TREE_REFUSED && strcmp(n->key, "<<") != 0)
            read_variable(r, n);
}

static void read_values(struct fields *f, struct script_step *step)
{
    struct fields loop;
    if (!fields_map(f, "for", &loop))
        return;
    const struct tree_node *list = fields_list(&loop, "value");
    fields_close(&loop);
    if (!list)
        return;
    step->values = fields_array(f, list->count, sizeof *step->values);
    for (const struct tree_node *v = list->first; v && step->values; v = v->next) {
        unsigned value = 0;
        if (node_unsigned(&loop, v, 0, 65536, &value))
            step->values[step->value_count++] = value;
    }
}

/* The length is of a number that an earlier step filled, or written out; `as` is filled when all is read. */
static void read_read_loop(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields loop;
    if (!fields_map(f, "read", &loop))
        return;
    step->loop = SCRIPT_LOOP_READ;
    step->chunk = 256;
    const struct tree_node *length = fields_find(&loop, "length");
    if (length)
        quantity_read(r, length, SCRIPT_READ_MAX, &step->times);
    const struct tree_node *chunk = fields_find(&loop, "chunk");
    if (chunk)
        node_unsigned(&loop, chunk, 1, step->needs_extended ? 65536 : 256, &step->chunk);
    const struct tree_node *as = fields_find(&loop, "as");
    if (as && as->kind != TREE_SCALAR)
        node_problem(&loop, as, "as: expected a variable's name");
    else if (as)
        step->whole = variable_make(r, as, as->text, false);
    fields_close(&loop);
}

static void read_write_loop(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields loop;
    if (!fields_map(f, "write", &loop))
        return;
    step->loop = SCRIPT_LOOP_WRITE;
    step->chunk = 239;
    const struct tree_node *from = fields_find(&loop, "from");
    if (from)
        template_read(r, from, &step->written);
    fields_unsigned(&loop, "chunk", &step->chunk);
    fields_close(&loop);
}

static void read_loop(struct script_reading *r, struct fields *f, struct script_step *step)
{
    const struct tree_node *repeat = fields_find(f, "repeat");
    const struct tree_node *values = fields_find(f, "for");
    const struct tree_node *read = fields_find(f, "read");
    const struct tree_node *write = fields_find(f, "write");
    unsigned times = 1;
    if (!!repeat + !!values + !!read + !!write > 1)
        node_problem(f, f->map, "step %u: expected only one of repeat, for, read and write", r->number);
    if (fields_unsigned(f, "repeat", &times)) {
        step->loop = SCRIPT_LOOP_TIMES;
        step->times.constant = times;
    } else if (values) {
        step->loop = SCRIPT_LOOP_VALUES;
        read_values(f, step);
    } else if (read) {
        read_read_loop(r, f, step);
    } else if (write) {
        read_write_loop(r, f, step);
    }
    r->loop = step->loop;
}

static void read_checks(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields c;
    bool flag = false;
    const struct tree_node *n;
    if (!fields_map(f, "check", &c))
        return;
    step->checks = fields_array(f, SCRIPT_CHECK_COUNT, sizeof *step->checks); /* one of each kind */
    if (!step->checks)
        return;
    if ((n = fields_find(&c, "length")) &&
        quantity_read(r, n, 65536, &step->checks[step->check_count].quantity))
        step->checks[step->check_count++].kind = SCRIPT_CHECK_LENGTH;
    if ((n = fields_find(&c, "equals"))) {
        template_read(r, n, &step->checks[step->check_count].template);
        step->checks[step->check_count++].kind = SCRIPT_CHECK_EQUALS;
    }
    if ((n = fields_find(&c, "starts"))) {
        template_read(r, n, &step->checks[step->check_count].template);
        step->checks[step->check_count++].kind = SCRIPT_CHECK_STARTS;
    }
    if (fields_bool(&c, "same", &flag) && flag)
        step->checks[step->check_count++].kind = SCRIPT_CHECK_SAME;
    if (fields_bool(&c, "token", &flag) && flag)
        step->checks[step->check_count++].kind = SCRIPT_CHECK_TOKEN;
    fields_close(&c);
}

static void read_capture(struct script_reading *r, struct fields *f, const struct tree_node *n,
                         struct script_step *step)
{
    struct fields one;
    unsigned offset = 0, length = 0, number = 0, add = 0;
    if (!fields_item(f, "capture", n, &one))
        return;
    fields_choice(&one, "as", &number);
    fields_unsigned(&one, "offset", &offset);
    if (number)
        fields_ask_for(&one, "length");
    const struct tree_node *bytes = fields_find(&one, "length");
    if (bytes)
        node_unsigned(&one, bytes, 1, number ? 4 : SCRIPT_BYTES_MAX, &length);
    const struct tree_node *added = fields_find(&one, "add");
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
    const struct tree_node *map = fields_named(f, "capture");
    if (!map)
        return;
    step->captures = fields_array(f, map->count, sizeof *step->captures);
    for (const struct tree_node *n = map->first; n && step->captures; n = n->next)
        if (n->kind != TREE_REFUSED && strcmp(n->key, "<<") != 0)
            read_capture(r, f, n, step);
}

static void read_send(struct script_reading *r, struct fields *f, const struct tree_node *send,
                      struct script_step *step)
{
    unsigned stage = STAGE_EXCHANGE;
    step->operation = SCRIPT_SEND;
    step->line = send->line;
    step->column = send->column;
    fields_bool(f, "needs_extended", &step->needs_extended);
    fields_bool(f, "keep_bytes", &step->keep_bytes);
    fields_choice(f, "stage", &stage);
    step->stage = (enum stage)stage;
    read_loop(r, f, step);
    template_read(r, send, &step->send);
    const struct tree_node *expect = fields_find(f, "expect");
    if (expect) {
        words_read(f, expect, &step->expect);
    } else if ((step->expect.items = fields_array(f, 1, sizeof *step->expect.items))) {
        step->expect.items[0] = (struct script_expect) { .value = 0x9000, .mask = 0xffff };
        step->expect.count = 1;
    }
    read_checks(r, f, step);
    read_captures(r, f, step);
    for (size_t i = 0; step->captures && i < step->capture_count; i++)
        variable_filled(r, step->captures[i].variable);
    if (step->whole)
        variable_filled(r, step->whole);
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

static void read_when(const struct script_reading *r, struct fields *f, struct script_condition *out)
{
    struct fields c;
    char *name = NULL;
    if (!fields_map(f, "when", &c))
        return;
    fields_text(&c, "step", &name);
    const struct tree_node *sw = fields_find(&c, "sw");
    if (name && !(out->step = find_step(r, name)))
        node_problem(&c, c.map, "when: no step before this one that sends something has the name of `step`");
    if (sw)
        words_read(&c, sw, &out->words);
    fields_close(&c);
    free(name);
}

/* What a step of each kind is written with; of one exactly one is there. */
enum step_key {
    STEP_SEND = 0,
    STEP_FIELD,
    STEP_PAUSE,
    STEP_COMPUTE,
    STEP_VERIFY,
    STEP_CERTIFY,
    STEP_COMPARE,
    STEP_KEYS
};
static const char *const step_words[STEP_KEYS] = { "send",   "field",   "pause_ms", "compute",
                                                   "verify", "certify", "compare" };

/* Which one it is; STEP_KEYS with a problem. */
static enum step_key find_kind(const struct script_reading *r, struct fields *f, const struct tree_node *n)
{
    enum step_key kind = STEP_KEYS;
    unsigned count = 0;
    for (unsigned i = 0; i < STEP_KEYS; i++) {
        if (!fields_find(f, step_words[i]))
            continue;
        kind = (enum step_key)i;
        count++;
    }
    if (count == 1)
        return kind;
    node_problem(
        f, n, "step %u: expected exactly one of send, field, pause_ms, compute, verify, certify and compare",
        r->number);
    return STEP_KEYS;
}

static void read_kind(struct script_reading *r, struct fields *f, enum step_key kind,
                      struct script_step *step)
{
    unsigned operation = SCRIPT_NONE;
    switch (kind) {
    case STEP_SEND:
        read_send(r, f, fields_find(f, "send"), step);
        break;
    case STEP_FIELD:
        if (fields_choice(f, "field", &operation))
            step->operation = (enum script_operation)operation;
        break;
    case STEP_PAUSE:
        if (fields_unsigned(f, "pause_ms", &step->pause_ms))
            step->operation = SCRIPT_PAUSE;
        break;
    case STEP_COMPUTE:
        script_read_compute(r, f, step);
        break;
    case STEP_VERIFY:
        script_read_verify(r, f, step);
        break;
    case STEP_CERTIFY:
        script_read_certify(r, f, step);
        break;
    case STEP_COMPARE:
        script_read_compare(r, f, step);
        break;
    case STEP_KEYS:
        break;
    }
}

static void read_step(struct script_reading *r, const struct tree_node *n, struct script_step *step)
{
    struct fields f;
    uint64_t filled = r->filled, filled_extended = r->filled_extended;
    if (!fields_item(r->f, r->list, n, &f))
        return;
    r->step = step;
    r->loop = SCRIPT_LOOP_NONE;
    step->stage = STAGE_EXCHANGE;
    fields_text(&f, "name", &step->name);
    fields_title(&f, "title", &step->title, &step->title_ja);
    read_when(r, &f, &step->when);
    enum step_key kind = find_kind(r, &f, n);
    read_kind(r, &f, kind, step);
    if (step->when.step) { /* it may be left out */
        r->filled = filled;
        r->filled_extended = filled_extended;
    }
    if (kind != STEP_SEND) { /* the keys of `send` are known, but say nothing here */
        static const char *const rest[] = { "stage", "expect", "check", "capture",        "repeat",
                                            "for",   "read",   "write", "needs_extended", "keep_bytes" };
        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
            const struct tree_node *extra = fields_find(&f, rest[i]);
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
        if (step->loop == SCRIPT_LOOP_WRITE)
            length = s->typical_length;
        if ((step->loop == SCRIPT_LOOP_READ || step->loop == SCRIPT_LOOP_WRITE) && step->chunk)
            sum += (length + step->chunk - 1) / step->chunk;
        else if (step->loop == SCRIPT_LOOP_VALUES)
            sum += step->value_count;
        else
            sum += step->loop == SCRIPT_LOOP_TIMES ? (uint64_t)step->times.constant : 1;
    }
    return sum;
}

static bool length_is_open(const struct script_step *step)
{
    return (step->loop == SCRIPT_LOOP_READ && step->times.variable) || step->loop == SCRIPT_LOOP_WRITE;
}

static void read_list(struct script_reading *r, const char *name, const struct tree_node *list)
{
    struct script *s = r->script;
    r->list = name;
    for (const struct tree_node *n = list ? list->first : NULL; n && s->steps; n = n->next) {
        r->number = (unsigned)s->step_count + 1;
        read_step(r, n, &s->steps[s->step_count++]);
        if (length_is_open(&s->steps[s->step_count - 1]) && s->typical_length == 0)
            node_problem(r->f, n,
                         "step %u reads or writes a length that is known only in the run: expected "
                         "typical_length_bytes in this file, for the plan's estimate",
                         r->number);
    }
}

/* What recovers begins anew: nothing is known but what the file gives. */
static void read_steps(struct script_reading *r)
{
    struct script *s = r->script;
    const uint64_t given = r->filled;
    const struct tree_node *list = fields_list(r->f, "steps");
    const struct tree_node *recover = fields_list(r->f, "recover");
    size_t count = (list ? list->count : 0) + (recover ? recover->count : 0);
    if (!list)
        return;
    if (count > SCRIPT_STEPS_MAX)
        node_problem(r->f, recover, "steps and recover: expected at most %d together", SCRIPT_STEPS_MAX);
    s->steps = fields_array(r->f, count, sizeof *s->steps);
    read_list(r, "steps", list);
    uint64_t exchanges = count_exchanges(s);
    s->typical_exchanges = exchanges > SCRIPT_EXPANDED_MAX ? SCRIPT_EXPANDED_MAX : (unsigned)exchanges;
    r->filled = r->filled_extended = given;
    s->recover_from = recover ? (unsigned)s->step_count + 1 : 0;
    read_list(r, "recover", recover);
    exchanges = count_exchanges(s);
    if (exchanges > SCRIPT_EXPANDED_MAX)
        node_problem(r->f, list, "steps: %llu exchanges with all loops: expected at most %d",
                     (unsigned long long)exchanges, SCRIPT_EXPANDED_MAX);
}

void script_read(struct script *out, struct problems *p, const char *path, const struct tree_node *root)
{
    struct fields f;
    struct script_reading r = { .f = &f, .script = out };
    if (!fields_open(&f, p, path, root, &script_map) || !make_builtins(&f, out))
        return;
    fields_head(&f);
    fields_id(&f, "id", &out->id);
    fields_title(&f, "title", &out->title, &out->title_ja);
    fields_text(&f, "source", &out->source);
    fields_unsigned(&f, "time_limit_ms", &out->time_limit_ms);
    fields_unsigned(&f, "deadline_ms", &out->deadline_ms);
    fields_unsigned(&f, "typical_length_bytes", &out->typical_length);
    read_variables(&r);
    read_steps(&r);
    fields_close(&f);
}

static void clear_step(struct script_step *step)
{
    free(step->name);
    free(step->title);
    free(step->title_ja);
    template_clear(&step->send);
    free(step->expect.items);
    free(step->when.words.items);
    for (size_t i = 0; i < 5 && step->checks; i++) /* as read_checks() allocates them */
        template_clear(&step->checks[i].template);
    free(step->checks);
    free(step->captures);
    free(step->values);
    template_clear(&step->written);
    script_clear_host(step);
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

size_t script_planned_steps(const struct script *s)
{
    return s->recover_from ? s->recover_from - 1 : s->step_count;
}

void script_free(struct script **s)
{
    if (!s || !*s)
        return;
    script_clear(*s);
    free(*s);
    *s = NULL;
}
