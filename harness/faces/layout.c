#include "harness/faces/layout.h"

#include "harness/base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct character {
    uint32_t code;
    size_t bytes, columns;
};

static struct character character_at(const char *text)
{
    char alone[8] = "";
    struct character c = { 0 };
    c.bytes = text_character(text, strlen(text), &c.code);
    if (c.bytes == 0)
        c.bytes = 1;
    memcpy(alone, text, c.bytes);
    c.columns = text_columns(alone);
    return c;
}

static bool is_one_of(uint32_t code, const char *marks)
{
    uint32_t mark;
    for (size_t n; *marks; marks += n) {
        n = text_character(marks, strlen(marks), &mark);
        if (n == 0)
            return false;
        if (mark == code)
            return true;
    }
    return false;
}

/* Whether a line may end between two characters that are no blanks. */
static bool may_part(const struct character *before, const struct character *next)
{
    if (next->columns == 0 ||
        is_one_of(next->code,
                  "、。，．・：；？！）」』】〉》〕］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}"))
        return false;
    if (is_one_of(before->code, "（「『【〈《〔［｛([{"))
        return false;
    return before->columns == 2 || next->columns == 2;
}

/* The bytes of the text that the next line takes, blanks at its end and its break included. */
static size_t take_line(const char *text, size_t columns, size_t *shown)
{
    size_t used = 0, at = 0, part = 0, part_shown = 0;
    struct character before = { .code = ' ' };
    while (text[at] && text[at] != '\n') {
        struct character c = character_at(text + at);
        bool blank = c.code == ' ' || c.code == 0x3000;
        if (at > 0 && before.code != ' ' && before.code != 0x3000 && !blank && may_part(&before, &c))
            part = part_shown = at;
        if (blank && before.code != ' ' && before.code != 0x3000)
            part_shown = at;
        if (used + c.columns > columns && !blank)
            break;
        used += c.columns;
        at += c.bytes;
        if (blank)
            part = at;
        before = c;
    }
    if (!text[at] || text[at] == '\n') {
        *shown = before.code == ' ' || before.code == 0x3000 ? part_shown : at;
        return at + (text[at] == '\n');
    }
    if (part > 0) {
        *shown = part_shown;
        return part;
    }
    if (at == 0)
        at = character_at(text).bytes; /* no room even for one */
    *shown = at;
    return at;
}

size_t layout_wrap(const char *text, size_t columns, struct layout_line *out, size_t capacity)
{
    size_t lines = 0;
    while (*text) {
        size_t shown = 0, taken = take_line(text, columns, &shown);
        if (lines < capacity)
            out[lines] = (struct layout_line) { text, shown };
        lines++;
        text += taken;
    }
    return lines;
}
