#include "harness/base/yaml_lines.h"

#include "harness/base/text.h"

#include <inttypes.h>
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

void lines_string(struct buf *b, const char *text)
{
    buf_add_text(b, text ? "\"" : "null");
    if (!text)
        return;
    add_seen(b, text, "\"\\");
    buf_add_char(b, '"');
}

void lines_comment(struct buf *b, const char *lead, const char *text)
{
    buf_add_format(b, "  # %s", lead);
    add_seen(b, text, "");
}

void lines_text(struct buf *b, const char *lead, const char *key, const char *value)
{
    buf_add_format(b, "%s%s: ", lead, key);
    lines_string(b, value);
    buf_add_char(b, '\n');
}

void lines_number(struct buf *b, const char *lead, const char *key, uint64_t value)
{
    buf_add_format(b, "%s%s: %" PRIu64 "\n", lead, key, value);
}
