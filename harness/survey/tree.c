/* libyaml's events as a tree of nodes with their places; what YAML allows beyond plain data is refused
 * here. */
#include "harness/survey/tree.h"

#include "harness/base/text.h"
#include "harness/survey/slip.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What a parse carries along; stack[depth - 1] is the collection being filled. */
struct parse {
    struct problems *problems;
    const char *path;
    yaml_parser_t parser;
    struct tree_node *root;
    struct tree_node *stack[SURVEY_DEPTH_MAX];
    unsigned depth;
    unsigned nodes;
    unsigned documents;
    char *key; /* a mapping's key waits for its value */
    unsigned key_line, key_column;
    bool stop;
};

static unsigned line_of(const yaml_mark_t *mark)
{
    return (unsigned)mark->line + 1;
}

static unsigned column_of(const yaml_mark_t *mark)
{
    return (unsigned)mark->column + 1;
}

static void refuse(struct parse *s, const yaml_mark_t *mark, const char *text)
{
    problem_add(s->problems, s->path, line_of(mark), column_of(mark), "%s", text);
}

static void stop(struct parse *s, const yaml_mark_t *mark, const char *text)
{
    refuse(s, mark, text);
    s->stop = true;
}

static void free_node(struct tree_node *n)
{
    while (n) {
        struct tree_node *next = n->next;
        free_node(n->first); /* at most SURVEY_DEPTH_MAX deep */
        free(n->key);
        free(n->text);
        free(n);
        n = next;
    }
}

/* Hangs a new node into the collection being filled. NULL when it was refused or memory is out. */
static struct tree_node *add_node(struct parse *s, enum tree_kind kind, const yaml_mark_t *mark)
{
    if (++s->nodes > TREE_NODES_MAX) {
        stop(s, mark, "the file holds too many values; at most 131072 are read");
        return NULL;
    }
    struct tree_node *n = calloc(1, sizeof *n);
    if (!n) {
        s->problems->memory = s->stop = true;
        return NULL;
    }
    n->kind = kind;
    n->line = line_of(mark);
    n->column = column_of(mark);
    if (s->depth == 0) {
        s->root = n;
        return n;
    }
    struct tree_node *parent = s->stack[s->depth - 1];
    if (parent->kind == TREE_MAP) {
        n->key = s->key;
        n->key_line = s->key_line;
        n->key_column = s->key_column;
        s->key = NULL;
    }
    if (parent->last)
        parent->last->next = n;
    else
        parent->first = n;
    parent->last = n;
    parent->count++;
    return n;
}

static void take_key(struct parse *s, const yaml_event_t *event)
{
    struct tree_node *map = s->stack[s->depth - 1];
    const char *key = (const char *)event->data.scalar.value;
    char quoted[PROBLEM_QUOTE_SIZE];
    s->key_line = line_of(&event->start_mark);
    s->key_column = column_of(&event->start_mark);
    if (strlen(key) != event->data.scalar.length || strcmp(key, "<<") == 0)
        refuse(s, &event->start_mark, "merge keys (<<) are not read here; write the values out");
    const struct tree_node *before = tree_child(map, key);
    if (before)
        problem_add(s->problems, s->path, s->key_line, s->key_column,
                    "%s is given twice in this mapping; first on line %u", problem_quote(key, quoted),
                    before->key_line);
    if (map->count >= TREE_KEYS_MAX) {
        stop(s, &event->start_mark, "the mapping has too many keys; at most 256 are read");
        return;
    }
    s->key = text_copy(before ? "<<" : key); /* "<<" is a name that no reader asks for and none reports */
    if (!s->key)
        s->problems->memory = s->stop = true;
}

static bool wants_key(const struct parse *s)
{
    return s->depth > 0 && s->stack[s->depth - 1]->kind == TREE_MAP && !s->key;
}

static void take_scalar(struct parse *s, const yaml_event_t *event)
{
    if (event->data.scalar.anchor)
        refuse(s, &event->start_mark, "anchors (&name) are not read here; write the value out");
    if (event->data.scalar.tag)
        refuse(s, &event->start_mark, "tags (!name) are not read here; leave it out");
    if (wants_key(s)) {
        take_key(s, event);
        return;
    }
    struct tree_node *n = add_node(s, TREE_SCALAR, &event->start_mark);
    if (!n)
        return;
    n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    n->length = event->data.scalar.length;
    n->text = text_copy_n((const char *)event->data.scalar.value, n->length);
    if (!n->text) {
        s->problems->memory = s->stop = true;
        return;
    }
    if (memchr(n->text, '\0', n->length)) {
        refuse(s, &event->start_mark, "the text holds a NUL character");
        n->kind = TREE_REFUSED;
    }
}

static void open_collection(struct parse *s, enum tree_kind kind, const yaml_event_t *event, bool anchor,
                            bool tag)
{
    if (anchor)
        refuse(s, &event->start_mark, "anchors (&name) are not read here; write the value out");
    if (tag)
        refuse(s, &event->start_mark, "tags (!name) are not read here; leave it out");
    if (wants_key(s)) {
        stop(s, &event->start_mark, "a key must be plain text, not a list or a mapping");
        return;
    }
    if (s->depth == SURVEY_DEPTH_MAX) {
        stop(s, &event->start_mark, "nested deeper than the 32 levels that are read");
        return;
    }
    struct tree_node *n = add_node(s, kind, &event->start_mark);
    if (n)
        s->stack[s->depth++] = n;
}

static void take_alias(struct parse *s, const yaml_event_t *event)
{
    if (wants_key(s)) {
        stop(s, &event->start_mark, "aliases (*name) are not read here; write the key out");
        return;
    }
    refuse(s, &event->start_mark, "aliases (*name) are not read here; write the value out");
    (void)add_node(s, TREE_REFUSED, &event->start_mark);
}

static void take_event(struct parse *s, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++s->documents > 1)
            stop(s, &event->start_mark, "a second document begins here; one file is one document");
        break;
    case YAML_ALIAS_EVENT:
        take_alias(s, event);
        break;
    case YAML_SCALAR_EVENT:
        take_scalar(s, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open_collection(s, TREE_LIST, event, event->data.sequence_start.anchor != NULL,
                        event->data.sequence_start.tag != NULL);
        break;
    case YAML_MAPPING_START_EVENT:
        open_collection(s, TREE_MAP, event, event->data.mapping_start.anchor != NULL,
                        event->data.mapping_start.tag != NULL);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        s->depth--;
        break;
    case YAML_STREAM_END_EVENT:
        s->stop = true;
        break;
    default:
        break;
    }
}

/* In a person's words where the slip is found: in the line of the key that libyaml was at, or not far before its end. */
static void syntax_problem(struct parse *s, const char *text, size_t length)
{
    const yaml_parser_t *y = &s->parser;
    struct slip slip;
    if (y->error == YAML_MEMORY_ERROR) {
        s->problems->memory = true;
        return;
    }
    /* A reader error has no mark of its own: the offset is a byte's, the mark where the scanner stood. */
    const yaml_mark_t *mark = y->error == YAML_READER_ERROR ? &y->mark : &y->problem_mark;
    bool keyed = y->context && strstr(y->context, "simple key");
    unsigned last = line_of(mark), first = keyed ? line_of(&y->context_mark) : last > 1 ? last - 1 : 1;
    if (slip_find(text, length, first, last, keyed, &slip))
        problem_add(s->problems, s->path, slip.line, slip.column, "is not YAML: %s", slip.text);
    else
        problem_add(s->problems, s->path, last, column_of(mark), "is not YAML: %s%s%s",
                    y->problem ? y->problem : "cannot be parsed", y->context ? " " : "",
                    y->context ? y->context : "");
}

struct tree_node *tree_parse(struct problems *p, const char *path, const char *text, size_t length)
{
    struct parse s = { .problems = p, .path = path };
    struct slip slip;
    if (length > SURVEY_FILE_MAX) {
        problem_add(p, path, 1, 1, "is %zu bytes long; at most %u are read", length, SURVEY_FILE_MAX);
        return NULL;
    }
    if (slip_character(text, length, &slip)) {
        problem_add(p, path, slip.line, slip.column, "%s", slip.text);
        return NULL;
    }
    if (!yaml_parser_initialize(&s.parser)) {
        p->memory = true;
        return NULL;
    }
    yaml_parser_set_encoding(&s.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&s.parser, (const unsigned char *)text, length);
    bool broken = false;
    while (!s.stop) {
        yaml_event_t event;
        if (!yaml_parser_parse(&s.parser, &event)) {
            syntax_problem(&s, text, length);
            broken = true;
            break;
        }
        take_event(&s, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&s.parser);
    free(s.key);
    if (!s.root && !broken && !p->memory)
        problem_add(p, path, 1, 1, "is empty; expected a file that begins with `format: nfc-survey/...`");
    if (broken || p->memory ||
        s.depth > 0) /* the rest is missing: judging half a file would only add noise */
        tree_free(&s.root);
    return s.root;
}

void tree_free(struct tree_node **n)
{
    free_node(*n);
    *n = NULL;
}

const struct tree_node *tree_child(const struct tree_node *map, const char *key)
{
    for (const struct tree_node *n = map->first; n; n = n->next)
        if (n->key && strcmp(n->key, key) == 0)
            return n;
    return NULL;
}
