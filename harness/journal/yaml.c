/*
 * A line that is not canonical, through libyaml: the events of the one-line document become a small tree, the
 * tree a record by the field tables. libyaml passes anchors, tags, `<<` and duplicate keys; they are refused
 * here, and so is every plain scalar that another YAML reader would take for a number, a truth value, null or
 * a date.
 */
#include "harness/base/text.h"
#include "harness/journal/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#define DEPTH_MAX 8
#define NODES_MAX 2000000u /* of a line; the longest transaction has some thousand */

enum node_kind { NODE_SCALAR = 1, NODE_LIST, NODE_MAP };
struct node {
    enum node_kind kind;
    bool quoted;
    uint32_t child,
        next; /* index of the first child and of the next sibling; 0 = none. A map: key, value, ... */
    uint32_t count;
    uint32_t column;
    const char *text;
    size_t length;
};

struct tree {
    struct node *nodes; /* [0] is unused */
    uint32_t count, capacity;
    uint32_t parents[DEPTH_MAX + 1], last[DEPTH_MAX + 1];
    unsigned depth;
    struct arena *arena;
    const char *where;
    struct err *e;
};

static int refuse(struct tree *t, const char *what, uint32_t column)
{
    return err_set(t->e, ERR_INPUT, t->where, "%s (column %u)", what, (unsigned)column + 1);
}

/* Adds a node as the last child of the innermost open collection. Returns its index, 0 with t->e set. */
static uint32_t add_node(struct tree *t, const struct node *node)
{
    if (t->count >= t->capacity) {
        uint32_t capacity = t->capacity ? t->capacity * 2 : 256;
        struct node *nodes = capacity > NODES_MAX ? NULL : realloc(t->nodes, capacity * sizeof *nodes);
        if (!nodes) {
            err_set(t->e, ERR_LIMIT, t->where, "has too many values");
            return 0;
        }
        memset(nodes + t->capacity, 0, (capacity - t->capacity) * sizeof *nodes);
        t->nodes = nodes;
        t->capacity = capacity;
        t->count = t->count ? t->count : 1;
    }
    uint32_t index = t->count++;
    t->nodes[index] = *node;
    if (t->depth > 0) {
        uint32_t parent = t->parents[t->depth], *last = &t->last[t->depth];
        if (*last)
            t->nodes[*last].next = index;
        else
            t->nodes[parent].child = index;
        *last = index;
        t->nodes[parent].count++;
    }
    return index;
}

static int open_collection(struct tree *t, enum node_kind kind, uint32_t column)
{
    uint32_t index;
    if (t->depth == DEPTH_MAX)
        return refuse(t, "is nested more than 8 deep", column);
    index = add_node(t, &(struct node) { .kind = kind, .column = column });
    if (index == 0)
        return ERR_LIMIT;
    t->depth++;
    t->parents[t->depth] = index;
    t->last[t->depth] = 0;
    return 0;
}

static int add_scalar(struct tree *t, const yaml_event_t *event, uint32_t column)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    yaml_scalar_style_t style = event->data.scalar.style;
    if (style != YAML_PLAIN_SCALAR_STYLE && style != YAML_SINGLE_QUOTED_SCALAR_STYLE &&
        style != YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        return refuse(t, "holds a block scalar", column);
    if (memchr(value, '\0', length))
        return refuse(t, "holds a NUL in a text", column);
    char *copy = arena_text(t->arena, length);
    if (!copy)
        return err_set(t->e, ERR_LIMIT, t->where, "has too long texts");
    memcpy(copy, value, length);
    bool quoted = style != YAML_PLAIN_SCALAR_STYLE;
    if (!quoted && strcmp(copy, "<<") == 0)
        return refuse(t, "holds a merge key `<<`; write the fields out", column);
    struct node node = {
        .kind = NODE_SCALAR, .quoted = quoted, .text = copy, .length = length, .column = column
    };
    return add_node(t, &node) ? 0 : ERR_LIMIT;
}

/* One event into the tree; *done after the document. */
static int take_event(struct tree *t, const yaml_event_t *event, unsigned *documents, bool *done)
{
    uint32_t column = (uint32_t)event->start_mark.column;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (!event->data.document_start.implicit || ++*documents > 1)
            return refuse(t, "begins a document; a journal is one document", column);
        return 0;
    case YAML_DOCUMENT_END_EVENT:
        return event->data.document_end.implicit ? 0 : refuse(t, "ends the document", column);
    case YAML_ALIAS_EVENT:
        return refuse(t, "holds an alias; write the value out", column);
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor || event->data.scalar.tag)
            return refuse(t, "holds an anchor or a tag", column);
        return add_scalar(t, event, column);
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor || event->data.sequence_start.tag)
            return refuse(t, "holds an anchor or a tag", column);
        return open_collection(t, NODE_LIST, column);
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor || event->data.mapping_start.tag)
            return refuse(t, "holds an anchor or a tag", column);
        return open_collection(t, NODE_MAP, column);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        t->depth--;
        return 0;
    case YAML_STREAM_END_EVENT:
        *done = true;
        return 0;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
        return 0;
    }
    return 0;
}

static int build(struct tree *t, const char *line, size_t length)
{
    yaml_parser_t parser;
    unsigned documents = 0;
    bool done = false;
    int status = 0;
    if (!yaml_parser_initialize(&parser))
        return err_set(t->e, ERR_MEMORY, t->where, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)line, length);
    while (!done && status == 0) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = refuse(t, parser.problem ? parser.problem : "is not YAML",
                            (uint32_t)parser.problem_mark.column);
            break;
        }
        status = take_event(t, &event, &documents, &done);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

static int wrong(struct tree *t, const char *field, const struct node *node, const char *what)
{
    return err_set(t->e, ERR_INPUT, t->where, "field %s %s (column %u)", field, what,
                   (unsigned)node->column + 1);
}

static bool plain_scalar(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted;
}

static int to_u64(struct tree *t, const char *field, const struct node *node, uint64_t *out)
{
    const char *p = node->text;
    if (!plain_scalar(node) || !journal_parse_digits(&p, node->text + node->length, out) ||
        p != node->text + node->length)
        return wrong(t, field, node, "must be a whole number in plain decimal");
    return 0;
}

static int to_u32(struct tree *t, const char *field, const struct node *node, uint32_t *out)
{
    uint64_t value = 0;
    int status = to_u64(t, field, node, &value);
    if (status == 0 && value > UINT32_MAX)
        return wrong(t, field, node, "must be below 4294967296");
    *out = (uint32_t)value;
    return status;
}

static int to_real(struct tree *t, const char *field, const struct node *node, double *out)
{
    const char *p = node->text;
    if (!plain_scalar(node) || !journal_parse_real(&p, node->text + node->length, false, out) ||
        p != node->text + node->length)
        return wrong(t, field, node, "must be a number in plain decimal");
    return 0;
}

static int to_bool(struct tree *t, const char *field, const struct node *node, int *out)
{
    if (!plain_scalar(node) || (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0))
        return wrong(t, field, node, "must be true or false");
    *out = node->text[0] == 't';
    return 0;
}

/* A plain scalar that every YAML reader takes for a string: begins with a letter or beyond ASCII, and is no
 * word. */
static bool is_text(const struct node *node)
{
    static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };
    unsigned char c = (unsigned char)node->text[0];
    if (node->quoted)
        return true;
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(node->text, words[i]) == 0)
            return false;
    return true;
}

/* The reason of {"absent": reason}; NULL for anything else. */
static const struct node *absent_reason(const struct tree *t, const struct node *node)
{
    if (node->kind != NODE_MAP || node->count != 2)
        return NULL;
    const struct node *key = &t->nodes[node->child];
    return key->kind == NODE_SCALAR && strcmp(key->text, "absent") == 0 ? &t->nodes[key->next] : NULL;
}

/* Version 1 let every text be absent with a reason; outside SAID fields that is a text without content. */
static int to_text(struct tree *t, const char *field, const struct node *node, const char **out)
{
    const struct node *reason = absent_reason(t, node), *text = reason ? reason : node;
    if (text->kind != NODE_SCALAR || !is_text(text))
        return wrong(t, field, node, "must be a text in double quotes");
    *out = reason ? "" : text->text;
    return 0;
}

static int to_code(struct tree *t, const char *field, const struct node *list, struct said *out)
{
    const struct node *name = list->count > 0 ? &t->nodes[list->child] : list;
    if (name->kind == NODE_SCALAR && is_text(name))
        out->code = (uint16_t)said_code_of_name(name->text, name->length);
    if (out->code == SAID_WORDS || out->code >= JOURNAL_CODES_END)
        return wrong(t, field, name, "must begin with a code of docs/journal.md");
    for (uint32_t i = name->next; i; i = t->nodes[i].next) {
        const struct node *argument = &t->nodes[i];
        if (argument->kind != NODE_SCALAR || !is_text(argument))
            return wrong(t, field, argument, "must hold arguments in double quotes");
        if (!said_add(out, argument->text, argument->length))
            return wrong(t, field, argument, "holds longer arguments than any code has");
    }
    return said_is_valid(out) ? 0 : wrong(t, field, list, "holds other arguments than its code has");
}

static int to_said(struct tree *t, const char *field, const struct node *node, const struct said **out)
{
    const struct node *reason = absent_reason(t, node), *what = reason ? reason : node;
    struct said *s = arena_said(t->arena);
    if (!s)
        return err_set(t->e, ERR_LIMIT, t->where, "has too long texts");
    *s = said_alone(SAID_WORDS);
    s->absent = reason != NULL;
    *out = s;
    if (what->kind == NODE_LIST)
        return to_code(t, field, what, s);
    if (what->kind != NODE_SCALAR || !is_text(what))
        return wrong(
            t, field, node,
            "must be a text in double quotes, a list of a code and its arguments, or {\"absent\": one of "
            "them}");
    s->words = what->text;
    return 0;
}

/* A name of the domain; what else there is goes into the message. */
static int to_enum(struct tree *t, const char *field, const struct node *node, enum domain_enum list,
                   unsigned *out)
{
    char names[256] = "";
    size_t used = 0;
    *out = node->kind == NODE_SCALAR && is_text(node) ? domain_of_name(list, node->text, node->length) : 0;
    if (*out != 0)
        return 0;
    for (unsigned i = 1; used < sizeof names && domain_name(list, i)[0]; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 1 ? ", " : "",
                                 domain_name(list, i));
    return err_set(t->e, ERR_INPUT, t->where, "field %s must be one of %s (column %u)", field, names,
                   (unsigned)node->column + 1);
}

static int to_causes(struct tree *t, const char *field, const struct node *node, uint32_t *out)
{
    *out = 0;
    if (node->kind != NODE_LIST)
        return wrong(t, field, node, "must be a list of causes");
    for (uint32_t i = node->child; i; i = t->nodes[i].next) {
        const struct node *item = &t->nodes[i];
        uint64_t cause;
        if (item->kind != NODE_SCALAR || item->length != 3 || item->text[0] != 'F' ||
            !text_to_u64(item->text + 1, 2, &cause) || cause < 1 || cause > CAUSE_COUNT)
            return wrong(t, field, item, "must hold causes of docs/causes.md");
        *out |= (uint32_t)1 << (cause - 1);
    }
    return 0;
}

static int to_stages(struct tree *t, const char *field, const struct node *node, struct journal_stages *out)
{
    unset_STAGES(out);
    if (node->kind != NODE_MAP)
        return wrong(t, field, node, "must be a map of stages");
    for (uint32_t i = node->child; i; i = t->nodes[t->nodes[i].next].next) {
        const struct node *key = &t->nodes[i];
        enum stage stage = key->kind == NODE_SCALAR ? stage_of_name(key->text, key->length) : STAGE_NONE;
        if (stage == STAGE_NONE)
            return wrong(t, field, key, "names an unknown stage");
        if (out->us[stage] != UINT32_MAX)
            return wrong(t, field, key, "names a stage twice");
        int status = to_u32(t, field, &t->nodes[key->next], &out->us[stage]);
        if (status != 0)
            return status;
        if (out->us[stage] == UINT32_MAX)
            return wrong(t, field, key, "holds a time past its range");
    }
    return 0;
}

/* The children of a list of exactly n values. */
static bool tuple(const struct tree *t, const struct node *node, uint32_t n, const struct node **items)
{
    if (node->kind != NODE_LIST || node->count != n)
        return false;
    uint32_t index = node->child;
    for (uint32_t i = 0; i < n; i++, index = t->nodes[index].next)
        items[i] = &t->nodes[index];
    return true;
}

static int to_exchange(struct tree *t, const char *field, const struct node *node,
                       struct journal_exchange *out)
{
    const struct node *items[3];
    const char *sw;
    memset(out, 0, sizeof *out);
    if (!tuple(t, node, 3, items))
        return wrong(t, field, node, "must hold [step, microseconds, \"SW\"]");
    int status = to_u32(t, field, items[0], &out->step);
    status = status ? status : to_u32(t, field, items[1], &out->us);
    status = status ? status : to_text(t, field, items[2], &sw);
    if (status != 0)
        return status;
    size_t length = strlen(sw);
    if ((length != 0 && length != 4) || strspn(sw, "0123456789abcdefABCDEF") != length)
        return wrong(t, field, items[2], "must hold a status word of 4 hex digits, or \"\"");
    memcpy(out->sw, sw, length);
    return 0;
}

static int to_pair(struct tree *t, const char *field, const struct node *node, struct journal_byte_pair *out)
{
    const struct node *items[2];
    if (!tuple(t, node, 2, items))
        return wrong(t, field, node, "must hold [\"command\", \"response\"]");
    int status = to_text(t, field, items[0], &out->command);
    return status ? status : to_text(t, field, items[1], &out->response);
}

static int to_result(struct tree *t, const char *field, const struct node *node, struct journal_result *out)
{
    const struct node *items[6];
    if (!tuple(t, node, 6, items))
        return wrong(t, field, node, "must hold [cell, \"result\", ok, fail, invalid, slow]");
    uint64_t *const numbers[6] = { &out->cell, NULL, &out->ok, &out->fail, &out->invalid, &out->slow };
    unsigned result;
    int status = to_enum(t, field, items[1], DOMAIN_PLACEMENT, &result);
    out->result = (enum placement_result)result;
    for (int i = 0; i < 6 && status == 0; i++)
        if (numbers[i])
            status = to_u64(t, field, items[i], numbers[i]);
    return status;
}

/* A reader's members beside its texts: true or false, and a name that old ones lack. */
static int to_other_member(struct tree *t, const char *field, const struct node *key,
                           const struct node *value, struct journal_reader_found *reader, unsigned *which)
{
    unsigned proof = PROOF_NONE;
    if (strcmp(key->text, "simulated") == 0) {
        *which = 0;
        return to_bool(t, field, value, &reader->simulated);
    }
    if (strcmp(key->text, "proof") != 0)
        return wrong(t, field, key, "has an unknown key");
    *which = 1;
    int status = to_enum(t, field, value, DOMAIN_PROOF, &proof);
    reader->proof = (enum proof)proof;
    return status;
}

/* A map with exactly these texts, and a reader's other members when it is one. */
static int to_members(struct tree *t, const char *field, const struct node *node, const char *const *names,
                      const char **const *texts, unsigned n, struct journal_reader_found *reader)
{
    unsigned seen = 0;
    if (node->kind != NODE_MAP)
        return wrong(t, field, node, "must hold maps");
    for (uint32_t i = node->child; i; i = t->nodes[t->nodes[i].next].next) {
        const struct node *key = &t->nodes[i], *value = &t->nodes[key->next];
        unsigned at = 0, other = 0;
        if (key->kind != NODE_SCALAR)
            return wrong(t, field, key, "has a key that is no text");
        while (at < n && strcmp(names[at], key->text) != 0)
            at++;
        int status = at < n   ? to_text(t, field, value, texts[at])
                     : reader ? to_other_member(t, field, key, value, reader, &other)
                              : wrong(t, field, key, "has an unknown key");
        if (status != 0)
            return status;
        if (seen >> (at + other) & 1)
            return wrong(t, field, key, "has a key twice");
        seen |= 1u << (at + other);
    }
    unsigned needed = (1u << (n + (reader != NULL))) - 1;
    return (seen & needed) == needed ? 0 : wrong(t, field, node, "lacks a key");
}

static int to_file(struct tree *t, const char *field, const struct node *node, struct journal_file *out)
{
    static const char *const names[] = { "kind", "path", "sha256", "text" };
    const char **const texts[] = { &out->kind, &out->path, &out->sha256, &out->text };
    return to_members(t, field, node, names, texts, 4, NULL);
}

static int to_reader(struct tree *t, const char *field, const struct node *node,
                     struct journal_reader_found *out)
{
    static const char *const names[] = { "unit", "profile", "driver", "name", "serial", "firmware" };
    const char **const texts[] = { &out->unit, &out->profile, &out->driver,
                                   &out->name, &out->serial,  &out->firmware };
    out->proof = PROOF_NONE;
    return to_members(t, field, node, names, texts, 6, out);
}

#define TO_LIST(lower, element, to_element)                                                                  \
    static int to_##lower(struct tree *t, const char *field, const struct node *node,                        \
                          struct journal_##lower *out)                                                       \
    {                                                                                                        \
        out->count = 0;                                                                                      \
        out->items = NULL;                                                                                   \
        if (node->kind != NODE_LIST)                                                                         \
            return wrong(t, field, node, "must be a list");                                                  \
        if (node->count > 0)                                                                                 \
            out->items = arena_list(t->arena);                                                               \
        for (uint32_t i = node->child; i; i = t->nodes[i].next) {                                            \
            struct element *item = arena_item(t->arena, sizeof *item);                                       \
            int status = item ? to_element(t, field, &t->nodes[i], item) : ERR_LIMIT;                        \
            if (!item)                                                                                       \
                return wrong(t, field, node, "has too many values");                                         \
            if (status != 0)                                                                                 \
                return status;                                                                               \
            out->count++;                                                                                    \
        }                                                                                                    \
        return 0;                                                                                            \
    }
TO_LIST(exchanges, journal_exchange, to_exchange)
TO_LIST(bytes, journal_byte_pair, to_pair)
TO_LIST(results, journal_result, to_result)
TO_LIST(files, journal_file, to_file)
TO_LIST(readers, journal_reader_found, to_reader)

static int to_field(struct tree *t, const struct journal_field *f, const struct node *node, void *out)
{
    unsigned word;
    int status;
    switch (f->type) {
    case JOURNAL_TYPE_U64:
        return to_u64(t, f->name, node, out);
    case JOURNAL_TYPE_REAL:
        return to_real(t, f->name, node, out);
    case JOURNAL_TYPE_BOOL:
        return to_bool(t, f->name, node, out);
    case JOURNAL_TYPE_TEXT:
        return to_text(t, f->name, node, out);
    case JOURNAL_TYPE_SAID:
        return to_said(t, f->name, node, out);
    case JOURNAL_TYPE_CAUSES:
        return to_causes(t, f->name, node, out);
    case JOURNAL_TYPE_STAGES:
        return to_stages(t, f->name, node, out);
    case JOURNAL_TYPE_EXCHANGES:
        return to_exchanges(t, f->name, node, out);
    case JOURNAL_TYPE_BYTES:
        return to_bytes(t, f->name, node, out);
    case JOURNAL_TYPE_RESULTS:
        return to_results(t, f->name, node, out);
    case JOURNAL_TYPE_FILES:
        return to_files(t, f->name, node, out);
    case JOURNAL_TYPE_READERS:
        return to_readers(t, f->name, node, out);
    default:
        status = to_enum(t, f->name, node, journal_enum_of(f->type), &word);
        memcpy(out, &word, sizeof word);
        return status;
    }
}

static int to_kind(struct tree *t, const struct node *map, struct journal_record *out)
{
    const struct node *key = &t->nodes[map->child];
    enum journal_kind kind = JOURNAL_KIND_NONE;
    if (map->count == 0)
        return refuse(t, "is an empty record", map->column);
    for (unsigned k = 1; k < JOURNAL_KIND_COUNT; k++)
        if (key->kind == NODE_SCALAR && strcmp(key->text, journal_kind_name((enum journal_kind)k)) == 0)
            kind = (enum journal_kind)k;
    if (kind == JOURNAL_KIND_NONE)
        return refuse(t, "does not begin with the kind of a record", key->column);
    journal_record_init(out, kind);
    return to_u64(t, journal_kind_name(kind), &t->nodes[key->next], &out->line);
}

static int to_record(struct tree *t, const struct node *map, struct journal_record *out, bool *crc_present)
{
    size_t count;
    uint64_t seen = 0;
    int status = to_kind(t, map, out);
    if (status != 0)
        return status;
    const struct journal_field *fields = journal_fields(out->kind, &count);
    uint32_t first = map->child;
    for (uint32_t i = t->nodes[t->nodes[first].next].next; i; i = t->nodes[t->nodes[i].next].next) {
        const struct node *key = &t->nodes[i];
        size_t at = 0;
        if (key->kind != NODE_SCALAR)
            return refuse(t, "has a key that is no text", key->column);
        bool is_crc = strcmp(key->text, "crc") == 0;
        while (!is_crc && at < count && strcmp(fields[at].name, key->text) != 0)
            at++;
        if (!is_crc && at == count)
            return err_set(t->e, ERR_INPUT, t->where,
                           "has a field that a %s record does not have (column %u)",
                           journal_kind_name(out->kind), (unsigned)key->column + 1);
        if (is_crc ? *crc_present : seen >> at & 1)
            return refuse(t, "has a field twice", key->column);
        if (is_crc) {
            *crc_present = true;
            continue;
        }
        seen |= (uint64_t)1 << at;
        status = to_field(t, &fields[at], &t->nodes[key->next], (char *)out + fields[at].offset);
        if (status != 0)
            return status;
    }
    for (size_t at = 0; at < count; at++)
        if (fields[at].must && !(seen >> at & 1))
            return err_set(t->e, ERR_INPUT, t->where, "lacks the field %s", fields[at].name);
    return 0;
}

int journal_parse_yaml(const char *line, size_t length, const char *where, struct arena *a,
                       struct journal_record *out, bool *crc_present, struct err *e)
{
    struct tree t = { .arena = a, .where = where, .e = e };
    int status;
    *crc_present = false;
    if (!arena_reset(a, length))
        return err_set(e, ERR_MEMORY, where, "out of memory");
    status = build(&t, line, length);
    if (status != 0)
        goto out;
    const struct node *top = t.count > 1 ? &t.nodes[1] : NULL;
    if (!top || top->kind != NODE_LIST || top->count != 1 || t.nodes[top->child].kind != NODE_MAP) {
        status = err_set(e, ERR_INPUT, where, "is not a record: a record is `- {\"<kind>\": <line>, ...}`");
        goto out;
    }
    status = to_record(&t, &t.nodes[top->child], out, crc_present);
out:
    free(t.nodes);
    return status;
}
