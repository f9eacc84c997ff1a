/* The small languages inside a script's values: command templates, status word masks, quantities,
 * variables. */
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 32
#define PIECES_MAX      32
#define LITERAL_MAX     512 /* bytes of one literal piece */

static bool name_valid(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length <= NAME_MAX_LENGTH && !name[length] && name[0] >= 'a' && name[0] <= 'z';
}

static unsigned find_variable(const struct script *s, const char *name)
{
    for (unsigned i = 1; i < s->variable_count; i++)
        if (s->variables[i].name && strcmp(s->variables[i].name, name) == 0)
            return i;
    return 0;
}

unsigned variable_make(struct script_reading *r, const struct tree_node *n, const char *name, bool number)
{
    struct script *s = r->script;
    char quoted[PROBLEM_QUOTE_SIZE];
    unsigned known = find_variable(s, name);
    if (!name_valid(name)) {
        node_problem(r->f, n, "%s is not a variable's name: expected a-z, 0-9 and _, beginning with a letter",
                     problem_quote(name, quoted));
        return 0;
    }
    if (known && known < SCRIPT_BUILTIN_COUNT) {
        node_problem(r->f, n, "%s is built in and can't be set", name);
        return 0;
    }
    if (known && s->variables[known].number != number) {
        node_problem(r->f, n, "%s is both a number and bytes: expected one kind", name);
        return 0;
    }
    if (known)
        return known;
    if (s->variable_count == SCRIPT_BUILTIN_COUNT + SCRIPT_VARIABLES_MAX) {
        node_problem(r->f, n, "too many variables: at most %d", SCRIPT_VARIABLES_MAX);
        return 0;
    }
    struct script_variable *v = &s->variables[s->variable_count];
    v->number = number;
    if (!(v->name = text_copy(name))) {
        r->f->problems->memory = true;
        return 0;
    }
    return (unsigned)s->variable_count++;
}

void variable_filled(struct script_reading *r, unsigned variable)
{
    uint64_t bit = UINT64_C(1) << variable;
    r->script->variables[variable].changes = true;
    r->filled_extended |= bit;
    if (!r->step->needs_extended)
        r->filled |= bit;
}

static bool builtin_ready(const struct script_reading *r, unsigned variable)
{
    switch (variable) {
    case SCRIPT_VARIABLE_OFFSET:
        return r->loop == SCRIPT_LOOP_READ || r->loop == SCRIPT_LOOP_WRITE;
    case SCRIPT_VARIABLE_LE:
        return r->loop == SCRIPT_LOOP_READ;
    case SCRIPT_VARIABLE_PART:
    case SCRIPT_VARIABLE_PART_LENGTH:
        return r->loop == SCRIPT_LOOP_WRITE;
    case SCRIPT_VARIABLE_VALUE:
        return r->loop == SCRIPT_LOOP_VALUES;
    default:
        return variable == SCRIPT_VARIABLE_SIM_TOKEN || variable == SCRIPT_VARIABLE_HANDSET;
    }
}

static const char *loop_of_builtin(unsigned variable)
{
    switch (variable) {
    case SCRIPT_VARIABLE_VALUE:
        return "for:";
    case SCRIPT_VARIABLE_PART:
    case SCRIPT_VARIABLE_PART_LENGTH:
        return "write:";
    default:
        return "read:";
    }
}

/* The variable of that name, when it has a value by the time that this step runs; else 0 with a problem. */
static unsigned use_variable(struct script_reading *r, const struct tree_node *n, const char *name)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    unsigned v = find_variable(r->script, name);
    uint64_t ready = r->filled | (r->step->needs_extended ? r->filled_extended : 0);
    if (v && v < SCRIPT_BUILTIN_COUNT) {
        if (builtin_ready(r, v))
            return v;
        node_problem(r->f, n, "step %u uses %s outside its loop: expected `%s` in the same step", r->number,
                     name, loop_of_builtin(v));
        return 0;
    }
    if (v && (ready >> v & 1))
        return v;
    if (v && (r->filled_extended >> v & 1))
        node_problem(r->f, n, "step %u uses %s, which only a step that needs extended APDUs fills", r->number,
                     name);
    else
        node_problem(r->f, n,
                     "step %u uses %s before any step filled it: expected a capture in an earlier step, "
                     "or a value in variables",
                     r->number, problem_quote(name, quoted));
    return 0;
}

/* The largest number that the loop gives a variable; 0 when nothing is known before the run. */
static uint64_t largest_value(const struct script_reading *r, unsigned variable)
{
    uint64_t most = 0;
    if (variable == SCRIPT_VARIABLE_LE || variable == SCRIPT_VARIABLE_PART_LENGTH)
        return r->step->chunk;
    for (size_t i = 0; variable == SCRIPT_VARIABLE_VALUE && i < r->step->value_count; i++)
        most = r->step->values[i] > most ? r->step->values[i] : most;
    return most;
}

/* The width after the colon, in bytes; a number needs one, bytes have none. */
static bool read_width(struct script_reading *r, const struct tree_node *n, unsigned variable,
                       const char *text, struct script_piece *piece)
{
    const struct script_variable *v = &r->script->variables[variable];
    if (v->number && !(text && text[0] >= '1' && text[0] <= '4' && !text[1])) {
        node_problem(r->f, n, "%s is a number: expected its width in bytes, such as {%s:1} or {%s:2}",
                     v->name, v->name, v->name);
        return false;
    }
    if (!v->number && text) {
        node_problem(r->f, n, "%s is bytes: expected {%s} without a width", v->name, v->name);
        return false;
    }
    piece->variable = variable;
    piece->length = v->number ? (size_t)(text[0] - '0') : 0;
    /* 256 in one byte is 00, as a Le is written; more does not fit. */
    if (v->number && largest_value(r, variable) > UINT64_C(1) << 8 * piece->length) {
        node_problem(r->f, n, "%s reaches %llu, which does not fit into %zu byte(s)", v->name,
                     (unsigned long long)largest_value(r, variable), piece->length);
        return false;
    }
    return true;
}

static bool read_reference(struct script_reading *r, const struct tree_node *n, const char *text,
                           size_t length, struct script_piece *piece)
{
    char name[NAME_MAX_LENGTH + 8];
    if (length == 0 || length >= sizeof name) {
        node_problem(r->f, n, "%s: expected a variable's name between { and }", node_label(n));
        return false;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    char *colon = strchr(name, ':');
    if (colon)
        *colon = '\0';
    unsigned variable = use_variable(r, n, name);
    return variable && read_width(r, n, variable, colon ? colon + 1 : NULL, piece);
}

static bool read_literal(struct script_reading *r, const struct tree_node *n, const char *text, size_t length,
                         struct script_piece *piece)
{
    uint8_t bytes[LITERAL_MAX];
    const char *what = "";
    if (!text_to_bytes(text, length, bytes, sizeof bytes, &piece->length)) {
        /* the value itself is not repeated: it may hold a PIN */
        size_t at = text_hex_mistake(text, length, &what);
        if (at > 0)
            node_problem(r->f, n, "%s: its character %zu %s: expected bytes in hexadecimal and {variables}",
                         node_label(n), (size_t)(text - n->text) + at, what);
        else
            node_problem(r->f, n, "%s: more than %d bytes without a variable", node_label(n), LITERAL_MAX);
        return false;
    }
    piece->bytes = malloc(piece->length ? piece->length : 1);
    if (!piece->bytes) {
        r->f->problems->memory = true;
        return false;
    }
    memcpy(piece->bytes, bytes, piece->length);
    return true;
}

bool template_read(struct script_reading *r, const struct tree_node *n, struct script_template *out)
{
    if (n->kind != TREE_SCALAR || n->length == 0) {
        node_problem(r->f, n, "%s: expected bytes in hexadecimal and {variables}", node_label(n));
        return false;
    }
    struct script_piece *pieces = fields_array(r->f, PIECES_MAX, sizeof *pieces);
    if (!pieces)
        return false;
    out->pieces = pieces;
    for (size_t i = 0; i < n->length;) {
        const char *at = n->text + i, *open = strchr(at, '{');
        if (out->count == PIECES_MAX) {
            node_problem(r->f, n, "%s: more than %d parts", node_label(n), PIECES_MAX);
            return false;
        }
        size_t length = open ? (size_t)(open - at) : n->length - i;
        struct script_piece *piece = &pieces[out->count];
        if (length > 0) {
            if (strspn(at, " ") >= length) { /* blanks between two variables */
                i += length;
                continue;
            }
            if (!read_literal(r, n, at, length, piece))
                return false;
        } else {
            const char *close = strchr(at, '}');
            length = close ? (size_t)(close - at) + 1 : 1;
            if (!read_reference(r, n, at + 1, close ? length - 2 : 0, piece))
                return false;
        }
        out->count++;
        i += length;
    }
    return true;
}

void template_clear(struct script_template *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->pieces[i].bytes);
    free(t->pieces);
    memset(t, 0, sizeof *t);
}

bool quantity_read(struct script_reading *r, const struct tree_node *n, unsigned max,
                   struct script_quantity *out)
{
    unsigned value;
    if (n->kind == TREE_SCALAR && name_valid(n->text)) {
        out->variable = use_variable(r, n, n->text);
        if (out->variable && !r->script->variables[out->variable].number) {
            node_problem(r->f, n, "%s: %s is bytes: expected a number", node_label(n), n->text);
            out->variable = 0;
        }
        return out->variable != 0;
    }
    if (!node_unsigned(r->f, n, 0, max, &value))
        return false;
    out->constant = value;
    return true;
}

static bool read_mask(struct fields *f, const struct tree_node *n, struct script_expect *out)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    static const char digits[] = "0123456789ABCDEF";
    bool good = n->kind == TREE_SCALAR && n->length == 4;
    for (size_t i = 0; good && i < 4; i++) {
        char c = n->text[i] >= 'a' && n->text[i] <= 'f' ? (char)(n->text[i] - 'a' + 'A') : n->text[i];
        const char *digit = strchr(digits, c);
        out->value = (uint16_t)(out->value << 4 | (digit ? (uint16_t)(digit - digits) : 0));
        out->mask = (uint16_t)(out->mask << 4 | (digit ? 0xf : 0));
        good = digit || c == 'X' || c == 'x';
    }
    if (!good)
        node_problem(f, n,
                     "expect: %s is not a status word: expected four hexadecimal digits, X for any, such as "
                     "\"9000\" or \"63CX\"",
                     n->kind == TREE_SCALAR ? problem_quote(n->text, quoted) : "this");
    return good;
}

bool words_read(struct fields *f, const struct tree_node *n, struct script_words *out)
{
    if (n->kind == TREE_LIST && n->count == 0) {
        node_problem(f, n, "%s: expected at least one status word", n->key);
        return false;
    }
    out->items = fields_array(f, n->kind == TREE_LIST ? n->count : 1, sizeof *out->items);
    if (!out->items)
        return false;
    if (n->kind != TREE_LIST)
        return read_mask(f, n, &out->items[out->count++]);
    bool good = true;
    for (const struct tree_node *word = n->first; word; word = word->next)
        good &= read_mask(f, word, &out->items[out->count++]);
    return good;
}
