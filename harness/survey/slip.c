#include "harness/survey/slip.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>

static void say(struct slip *out, unsigned line, unsigned column, const char *text)
{
    out->line = line;
    out->column = column;
    snprintf(out->text, sizeof out->text, "%s", text);
}

/* As YAML 1.1 has it; a byte order mark is taken, here and by libyaml. */
static bool is_taken(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || c == 0x85 ||
           (c >= 0xa0 && c != 0xfffe && c != 0xffff);
}

bool slip_character(const char *text, size_t length, struct slip *out)
{
    unsigned line = 1, column = 1;
    bool found = false;
    for (size_t i = 0, n; i < length; i += n) {
        uint32_t c = 0;
        n = text_character(text + i, length - i, &c);
        if (n == 0 || c == 0) { /* whatever else it holds, it is no text */
            say(out, line, column, "is not UTF-8 text");
            return true;
        }
        if (!is_taken(c) && !found) {
            say(out, line, column, "");
            snprintf(out->text, sizeof out->text,
                     "holds a control character (U+%04X), which nobody sees: delete it", (unsigned)c);
            found = true;
        }
        bool ends = c == '\n' || (c == '\r' && (i + 1 == length || text[i + 1] != '\n'));
        line += ends ? 1 : 0;
        column = ends ? 1 : column + 1;
    }
    return found;
}

/* A line as characters. */
#define LINE_MAX_CHARACTERS 1000
struct line {
    uint32_t c[LINE_MAX_CHARACTERS + 1]; /* ended by 0 */
    size_t count;
};

static void take_line(struct line *l, const char *text, size_t length)
{
    l->count = 0;
    for (size_t i = 0, n; i < length && l->count < LINE_MAX_CHARACTERS; i += n) {
        n = text_character(text + i, length - i, &l->c[l->count]);
        if (n == 0 || l->c[l->count] == '\r')
            break;
        l->count++;
    }
    l->c[l->count] = 0;
}

static bool is_word(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Behind the indentation and, in a list, the dash. */
static size_t content_of(const struct line *l)
{
    size_t i = 0;
    while (l->c[i] == ' ')
        i++;
    if (l->c[i] == '-' && l->c[i + 1] == ' ')
        for (i++; l->c[i] == ' ';)
            i++;
    return i;
}

/* Characters that look like YAML's own, and where they are no text. */
static const struct {
    uint32_t found;
    enum { FIRST, BEHIND_A_KEY, BETWEEN_ITEMS } where;
    const char *text;
} look_alikes[] = {
    { '\t', FIRST, "a tab in the indentation: YAML takes only blanks" },
    { 0x3000, FIRST, "a full-width blank (U+3000) in the indentation: YAML takes only ASCII blanks" },
    { 0xff0d, FIRST, "a full-width dash (U+FF0D): a list's item begins with an ASCII \"-\" and a blank" },
    { 0x30fc, FIRST, "a long vowel mark (U+30FC): a list's item begins with an ASCII \"-\" and a blank" },
    { 0x2013, FIRST, "an en dash (U+2013): a list's item begins with an ASCII \"-\" and a blank" },
    { 0xff1a, BEHIND_A_KEY, "a full-width colon (U+FF1A): a key ends with an ASCII \":\" and a blank" },
    { 0xff0c, BETWEEN_ITEMS, "a full-width comma (U+FF0C): items are parted by an ASCII \",\"" },
};

static size_t indentation_of(const struct line *l)
{
    size_t i = 0;
    while (l->c[i] == ' ' || l->c[i] == '\t' || l->c[i] == 0x3000)
        i++;
    return i;
}

static bool is_in_line(const struct line *l, size_t i)
{
    bool opened = false, quoted = false;
    for (size_t k = 0; k < i; k++) {
        quoted ^= l->c[k] == '"';
        opened = opened || (!quoted && (l->c[k] == '{' || l->c[k] == '['));
    }
    return opened && !quoted;
}

static bool stands_there(const struct line *l, size_t i, size_t row)
{
    switch (look_alikes[row].where) {
    case FIRST:
        return i < indentation_of(l) || i == content_of(l);
    case BEHIND_A_KEY:
        return i > 0 && is_word(l->c[i - 1]);
    default: /* of a list or mapping in a line, not of a text in quotes */
        return is_in_line(l, i);
    }
}

static bool find_hidden(const struct line *l, unsigned number, struct slip *out)
{
    uint32_t before = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (!text_is_hidden_here(l->c[i], &before) || l->c[i] == '\t' || (number == 1 && i == 0))
            continue;
        say(out, number, (unsigned)i + 1, "");
        snprintf(out->text, sizeof out->text, "holds %s (U+%04X), which nobody sees: delete it",
                 l->c[i] == 0xfeff ? "a byte order mark in the middle" : "a character", (unsigned)l->c[i]);
        return true;
    }
    return false;
}

static bool find_look_alike(const struct line *l, unsigned number, struct slip *out)
{
    for (size_t i = 0; i < l->count && l->c[i] != '#'; i++)
        for (size_t row = 0; row < sizeof look_alikes / sizeof *look_alikes; row++)
            if (l->c[i] == look_alikes[row].found && stands_there(l, i, row)) {
                say(out, number, (unsigned)i + 1, look_alikes[row].text);
                return true;
            }
    return false;
}

/* "hands:sim" */
static bool find_close_colon(const struct line *l, unsigned number, struct slip *out)
{
    size_t i = content_of(l), start = i;
    while (is_word(l->c[i]))
        i++;
    if (i == start || l->c[i] != ':' || l->c[i + 1] == ' ' || l->c[i + 1] == 0)
        return false;
    say(out, number, (unsigned)i + 1, "no blank behind the colon: a key ends with \":\" and a blank");
    return true;
}

bool slip_find(const char *text, size_t length, unsigned first, unsigned last, bool keyed, struct slip *out)
{
    struct line l;
    unsigned number = 1;
    bool found = false;
    for (size_t at = 0; at < length && number <= last; number++) {
        const char *feed = memchr(text + at, '\n', length - at);
        size_t end = feed ? (size_t)(feed - text) : length;
        take_line(&l, text + at, end - at);
        if (number >= first) /* the last one counts */
            found = find_hidden(&l, number, out) || find_look_alike(&l, number, out) ||
                    (keyed && find_close_colon(&l, number, out)) || found;
        at = end + 1;
    }
    return found;
}
