#include "harness/base/json.h"

#include "harness/base/text.h"

#include <math.h>
#include <string.h>

static void begin_value(struct json *j, const char *key)
{
    buf_add_text(j->b, j->levels[j->depth - 1].any ? ",\n" : "\n");
    j->levels[j->depth - 1].any = true;
    for (unsigned i = 0; i < j->depth; i++)
        buf_add_text(j->b, "  ");
    if (!key)
        return;
    text_add_json(j->b, key, strlen(key));
    buf_add_text(j->b, ": ");
}

static void open_level(struct json *j, bool array)
{
    buf_add_char(j->b, array ? '[' : '{');
    if (j->depth == JSON_DEPTH_MAX)
        j->b->failed = true;
    else
        j->depth++;
    j->levels[j->depth - 1].array = array;
    j->levels[j->depth - 1].any = false;
}

void json_begin(struct json *j, struct buf *b)
{
    *j = (struct json) { .b = b };
    open_level(j, false);
}

void json_end(struct json *j)
{
    while (j->depth > 0)
        json_close(j);
    buf_add_char(j->b, '\n');
}

void json_object(struct json *j, const char *key)
{
    begin_value(j, key);
    open_level(j, false);
}

void json_array(struct json *j, const char *key)
{
    begin_value(j, key);
    open_level(j, true);
}

void json_close(struct json *j)
{
    bool array = j->levels[j->depth - 1].array, any = j->levels[j->depth - 1].any;
    j->depth--;
    if (any) {
        buf_add_char(j->b, '\n');
        for (unsigned i = 0; i < j->depth; i++)
            buf_add_text(j->b, "  ");
    }
    buf_add_char(j->b, array ? ']' : '}');
}

void json_text(struct json *j, const char *key, const char *value)
{
    begin_value(j, key);
    text_add_json(j->b, value, strlen(value));
}

void json_number(struct json *j, const char *key, double value)
{
    begin_value(j, key);
    buf_add_format(j->b, fabs(value) < 1e15 && value == floor(value) ? "%.0f" : "%.15g", value);
}

void json_raw(struct json *j, const char *key, const char *value)
{
    begin_value(j, key);
    buf_add_text(j->b, value);
}
