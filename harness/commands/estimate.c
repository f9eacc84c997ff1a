#include "harness/commands/estimate.h"

#define TOKEN_LABEL_BYTES 32 /* EF 0006 */

/* A quantity as far as it is known before the run; a captured variable counts as `otherwise`. */
static uint64_t quantity(const struct script *s, const struct script_quantity *q, uint64_t otherwise)
{
    int64_t value = q->constant;
    if (q->variable >= s->variable_count)
        return otherwise;
    if (q->variable != 0) {
        const struct script_variable *v = &s->variables[q->variable];
        if (!v->given || !v->number)
            return otherwise;
        value += (int64_t)v->value;
    }
    return value < 0 ? 0 : (uint64_t)value;
}

/* The Le byte of a READ BINARY that is written out in the template; 0 when there is none. */
static size_t literal_le(const struct script_template *t)
{
    if (t->count != 1 || t->pieces[0].variable != 0 || t->pieces[0].length != 5 ||
        t->pieces[0].bytes[1] != 0xb0)
        return 0;
    uint8_t le = t->pieces[0].bytes[4];
    return le ? le : 256;
}

/* What one exchange of a step is expected to answer, without the status word. */
static size_t response_bytes(const struct script *s, const struct script_step *step, uint64_t loop_value)
{
    const struct script_template *t = &step->send;
    for (size_t i = 0; i < step->check_count; i++) {
        if (step->checks[i].kind == SCRIPT_CHECK_LENGTH)
            return (size_t)(step->checks[i].quantity.variable == SCRIPT_VARIABLE_VALUE
                                ? loop_value
                                : quantity(s, &step->checks[i].quantity, 0));
        if (step->checks[i].kind == SCRIPT_CHECK_TOKEN)
            return TOKEN_LABEL_BYTES;
    }
    if (step->loop == SCRIPT_LOOP_VALUES && t->count > 0 &&
        t->pieces[t->count - 1].variable == SCRIPT_VARIABLE_VALUE)
        return (size_t)loop_value;
    size_t bytes = literal_le(t);
    for (size_t i = 0; bytes == 0 && i < step->capture_count; i++)
        bytes = step->captures[i].offset + step->captures[i].length;
    return bytes;
}

/* A command's bytes, as far as its template says them. */
static size_t command_bytes(const struct script *s, const struct script_template *t)
{
    size_t bytes = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct script_piece *p = &t->pieces[i];
        bool of_variable = p->length == 0 && p->variable < s->variable_count;
        bytes += of_variable ? s->variables[p->variable].length : p->length;
    }
    return bytes;
}

struct list {
    struct handset_sizes *out;
    size_t capacity, count, file_bytes;
};

static void add(struct list *l, size_t command, size_t response)
{
    if (l->count < l->capacity)
        l->out[l->count++] = (struct handset_sizes) { command, response };
}

static void add_step(struct list *l, const struct script *s, const struct script_step *step)
{
    uint64_t times = 1, total;
    size_t command = command_bytes(s, &step->send);
    switch (step->loop) {
    case SCRIPT_LOOP_VALUES:
        for (size_t i = 0; i < step->value_count; i++)
            add(l, command, response_bytes(s, step, step->values[i]));
        return;
    case SCRIPT_LOOP_READ:
        total = quantity(s, &step->times, l->file_bytes);
        for (uint64_t at = 0; step->chunk > 0 && at < total && l->count < l->capacity; at += step->chunk)
            add(l, command, (size_t)(total - at < step->chunk ? total - at : step->chunk));
        return;
    case SCRIPT_LOOP_WRITE:
        for (size_t at = 0; at < s->typical_length && l->count < l->capacity; at += step->chunk)
            add(l, command + (s->typical_length - at < step->chunk ? s->typical_length - at : step->chunk),
                0);
        return;
    case SCRIPT_LOOP_TIMES:
        times = quantity(s, &step->times, 1);
        break;
    case SCRIPT_LOOP_NONE:
        break;
    }
    for (uint64_t i = 0; i < times && l->count < l->capacity; i++)
        add(l, command, response_bytes(s, step, 0));
}

void estimate_transaction(const struct script *s, bool extended, size_t file_bytes,
                          struct handset_sizes *sizes, size_t capacity, struct handset_transaction *out)
{
    struct list l = { .out = sizes,
                      .capacity = capacity,
                      .file_bytes = file_bytes ? file_bytes : s->typical_length };
    *out = (struct handset_transaction) { .exchanges = sizes, .activations = 1 };
    for (size_t i = 0; i < script_planned_steps(s); i++) {
        const struct script_step *step = &s->steps[i];
        out->activations += step->operation == SCRIPT_FIELD_RESET;
        out->pause_us += step->operation == SCRIPT_PAUSE ? 1000ull * step->pause_ms : 0;
        if (step->operation == SCRIPT_SEND && (extended || !step->needs_extended))
            add_step(&l, s, step);
    }
    out->count = l.count;
}
