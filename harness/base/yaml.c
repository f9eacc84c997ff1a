#include "harness/base/yaml.h"

#include "harness/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* before: characters that get a backslash. */
static void add_seen(struct buf *b, const char *text, const char *before)
{
    for (size_t left = strlen(text); left > 0;) {
        uint32_t code = 0;
        size_t length = text_character(text, left, &code), step = length ? length : 1;
        if (length == 0) {
            buf_add_text(b, "\xef\xbf\xbd");
        } else if (text_is_hidden(code)) {
            text_add_escape(b, code);
        } else {
            buf_add_text(b, strchr(before, text[0]) ? "\\" : "");
            buf_add(b, text, length);
        }
        text += step;
        left -= step;
    }
}

static struct yaml_level *top(struct yaml *y)
{
    return &y->levels[y->depth];
}

static bool is_flow(const struct yaml_level *l)
{
    return l->shape == YAML_FLOW_MAP || l->shape == YAML_FLOW_LIST;
}

static void end_line(struct yaml *y)
{
    if (y->in_line)
        buf_add_char(y->b, '\n');
    y->in_line = false;
}

static void blanks(struct yaml *y, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        buf_add_char(y->b, ' ');
}

/* The first thing in a block ends the line of its key; one that stays empty gets its brackets there. */
static void note_first(struct yaml *y, struct yaml_level *l)
{
    if (l->note && !l->any) {
        buf_add_text(y->b, "  # ");
        add_seen(y->b, l->note, "");
    }
}

static void start_entry(struct yaml *y, const char *key)
{
    struct yaml_level *l = top(y);
    if (is_flow(l) && l->broken) {
        buf_add_text(y->b, ",\n");
        blanks(y, l->indent + 3); /* as wide as "- {" */
        l->broken = false;
    } else if (is_flow(l)) {
        buf_add_text(y->b, l->any ? ", " : "");
    } else {
        note_first(y, l);
        end_line(y);
        bool dash = l->dash || l->shape == YAML_LIST;
        blanks(y, l->dash ? l->indent - 2 : l->indent);
        buf_add_text(y->b, dash ? "- " : "");
        l->dash = false;
    }
    l->any = true;
    if (key) {
        buf_add_text(y->b, key);
        buf_add_char(y->b, ':');
    }
    y->in_line = true;
}

static void push(struct yaml *y, enum yaml_shape shape, unsigned indent, bool dash)
{
    if (y->depth == YAML_DEPTH_MAX) {
        y->b->failed = true;
        return;
    }
    y->levels[++y->depth] = (struct yaml_level) { .shape = shape, .indent = indent, .dash = dash };
}

void yaml_begin(struct yaml *y, struct buf *b, unsigned indent)
{
    *y = (struct yaml) { .b = b };
    y->levels[0] = (struct yaml_level) { .shape = YAML_MAP, .indent = indent };
}

void yaml_end(struct yaml *y)
{
    while (y->depth > 0)
        yaml_close(y);
    end_line(y);
}

void yaml_map(struct yaml *y, const char *key)
{
    unsigned indent = top(y)->indent + 2;
    start_entry(y, key);
    push(y, YAML_MAP, indent, false);
}

void yaml_list(struct yaml *y, const char *key)
{
    unsigned indent = top(y)->indent + 2;
    start_entry(y, key);
    push(y, YAML_LIST, indent, false);
}

static void open_flow(struct yaml *y, const char *key, enum yaml_shape shape, const char *bracket)
{
    unsigned indent = top(y)->indent;
    start_entry(y, key);
    buf_add_text(y->b, key ? " " : "");
    buf_add_text(y->b, bracket);
    push(y, shape, indent, false);
}

void yaml_flow_map(struct yaml *y, const char *key)
{
    open_flow(y, key, YAML_FLOW_MAP, "{");
}

void yaml_flow_list(struct yaml *y, const char *key)
{
    open_flow(y, key, YAML_FLOW_LIST, "[");
}

void yaml_deeper(struct yaml *y)
{
    top(y)->indent += 2;
}

void yaml_break(struct yaml *y)
{
    top(y)->broken = true;
}

void yaml_note_if_any(struct yaml *y, const char *note)
{
    top(y)->note = note;
}

static void close_item(struct yaml *y)
{
    if (y->depth > 0 && top(y)->shape == YAML_MAP && y->levels[y->depth - 1].shape == YAML_LIST)
        y->depth--;
}

void yaml_close(struct yaml *y)
{
    close_item(y);
    const struct yaml_level *l = top(y);
    if (l->shape == YAML_FLOW_MAP)
        buf_add_char(y->b, '}');
    else if (l->shape == YAML_FLOW_LIST)
        buf_add_char(y->b, ']');
    else if (!l->any)
        buf_add_text(y->b, l->shape == YAML_LIST ? " []" : " {}");
    if (y->depth > 0)
        y->depth--;
}

void yaml_item(struct yaml *y)
{
    close_item(y);
    note_first(y, top(y));
    top(y)->any = true;
    push(y, YAML_MAP, top(y)->indent + 2, true);
}

void yaml_text(struct yaml *y, const char *key, const char *value)
{
    start_entry(y, key);
    buf_add_text(y->b, key ? " " : "");
    buf_add_text(y->b, value ? "\"" : "null");
    if (!value)
        return;
    add_seen(y->b, value, "\"\\");
    buf_add_char(y->b, '"');
}

void yaml_u64(struct yaml *y, const char *key, uint64_t value)
{
    start_entry(y, key);
    buf_add_text(y->b, key ? " " : "");
    buf_add_u64(y->b, value);
}

void yaml_bool(struct yaml *y, const char *key, bool value)
{
    yaml_plain(y, key, "%s", value ? "true" : "false");
}

void yaml_plain(struct yaml *y, const char *key, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    start_entry(y, key);
    buf_add_text(y->b, key ? " " : "");
    buf_add_text(y->b, text);
}

void yaml_note(struct yaml *y, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buf_add_text(y->b, "  # ");
    add_seen(y->b, text, "");
}

void yaml_remark(struct yaml *y, const char *text)
{
    end_line(y);
    for (const char *c = text; *c;) {
        size_t length = strcspn(c, "\n");
        blanks(y, length > 0 ? top(y)->indent : 0);
        if (length > 0)
            buf_add_text(y->b, "# ");
        buf_add(y->b, c, length);
        buf_add_char(y->b, '\n');
        c += length + (c[length] == '\n');
    }
}
