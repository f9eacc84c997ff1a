#include "harness/survey/csv.h"

#include "harness/base/text.h"
#include "harness/base/text_key.h"

#include <string.h>

static void complain(const struct csv *t, unsigned line, unsigned column, const char *text)
{
    problem_add(t->problems, t->path, line, column, "%s", text);
}

static bool at_line_end(const struct csv *t)
{
    return *t->at == '\n' || *t->at == '\r';
}

/* One character, or CR and LF together. */
static void step(struct csv *t)
{
    uint32_t code;
    size_t left = (size_t)(t->end - t->at), length = text_character(t->at, left, &code);
    bool ends = at_line_end(t);
    if (left > 1 && t->at[0] == '\r' && t->at[1] == '\n')
        length = 2;
    t->at += length > 0 ? length : 1;
    t->at_line += ends ? 1 : 0;
    t->at_column = ends ? 1 : t->at_column + 1;
}

static bool begins_with(const struct csv *t, const char *bytes, size_t length)
{
    return (size_t)(t->end - t->at) >= length && memcmp(t->at, bytes, length) == 0;
}

/* Outside of quotes on the first line: which of the three is there most often, the comma when none is. */
static char find_separator(const struct csv *t)
{
    static const char separators[] = ",;\t";
    size_t counts[3] = { 0 }, best = 0;
    bool quoted = false;
    for (const char *c = t->at; c < t->end && (quoted || (*c != '\n' && *c != '\r')); c++) {
        const char *found = *c ? strchr(separators, *c) : NULL;
        quoted ^= *c == '"';
        if (found && !quoted)
            counts[found - separators]++;
    }
    for (size_t i = 1; i < 3; i++)
        best = counts[i] > counts[best] ? i : best;
    return separators[best];
}

static bool check_encoding(struct csv *t)
{
    if (begins_with(t, "\xff\xfe", 2) || begins_with(t, "\xfe\xff", 2)) {
        complain(t, 1, 1, "is UTF-16: save it as UTF-8 (in Excel: CSV UTF-8)");
        return false;
    }
    if (text_is_utf8(t->at, (size_t)(t->end - t->at)))
        return true;
    struct csv walk = *t;
    for (uint32_t code; text_character(walk.at, (size_t)(walk.end - walk.at), &code) > 0;)
        step(&walk);
    complain(t, walk.at_line, walk.at_column, "expected UTF-8: save it as that (in Excel: CSV UTF-8)");
    return false;
}

bool csv_open(struct csv *t, struct problems *p, const char *path, const char *text, size_t length)
{
    *t = (struct csv) { .problems = p, .path = path, .at = text, .end = text + length };
    t->at_line = t->at_column = 1;
    buf_init(&t->text, CSV_COLUMNS_MAX * (CSV_FIELD_MAX + 1));
    if (length > CSV_FILE_MAX) {
        complain(t, 1, 1, "more than 4 MiB");
        return false;
    }
    if (!check_encoding(t))
        return false;
    if (begins_with(t, "\xef\xbb\xbf", 3))
        t->at += 3;
    t->separator = find_separator(t);
    if (begins_with(t, "sep=", 4) && t->end - t->at > 5 && strchr(",;\t", t->at[4]) &&
        (t->at[5] == '\n' || t->at[5] == '\r')) {
        t->separator = t->at[4];
        while (!at_line_end(t))
            step(t);
        step(t);
    }
    return true;
}

void csv_close(struct csv *t)
{
    buf_free(&t->text);
}

static void skip_line(struct csv *t)
{
    while (t->at < t->end && !at_line_end(t))
        step(t);
}

#define EXPECTED_SEPARATOR                                                                                   \
    "expected a separator after the field; a field with quotes in it stands in quotes, each doubled"

/* What is wrong with the character at t->at, or NULL. */
static const char *wrong_here(const struct csv *t, bool quoted)
{
    unsigned char c = (unsigned char)*t->at;
    if (quoted && (c == '\n' || c == '\r' || c == '\t'))
        return NULL;
    if (c < 0x20 || c == 0x7f)
        return "a control character in a field";
    if (!quoted && c == '"')
        return EXPECTED_SEPARATOR;
    return NULL;
}

static bool add_character(struct csv *t, bool quoted, size_t start)
{
    const char *wrong = wrong_here(t, quoted), *from = t->at;
    if (wrong) {
        complain(t, t->at_line, t->at_column, wrong);
        return false;
    }
    if (t->text.length - start >= CSV_FIELD_MAX) {
        complain(t, t->at_line, t->at_column, "a field of more than 4000 bytes");
        return false;
    }
    step(t);
    if (*from == '\r')
        buf_add_char(&t->text, '\n');
    else
        buf_add(&t->text, from, (size_t)(t->at - from));
    return true;
}

/* Behind the opening quote, to behind the closing one. */
static bool read_quoted(struct csv *t, size_t start)
{
    unsigned line = t->at_line, column = t->at_column;
    for (step(t); t->at < t->end;) {
        if (*t->at == '"') {
            step(t);
            if (t->at == t->end || *t->at != '"')
                return true;
        }
        if (!add_character(t, true, start))
            return false;
    }
    complain(t, line, column, "a quote that is never closed");
    return false;
}

static bool is_field_end(const struct csv *t)
{
    return t->at == t->end || *t->at == t->separator || at_line_end(t);
}

static bool read_field(struct csv *t)
{
    size_t start = t->text.length;
    bool kept = t->count < CSV_COLUMNS_MAX;
    if (kept)
        t->fields[t->count] = (struct csv_field) { start, t->at_line, t->at_column };
    t->count++;
    bool quoted = t->at < t->end && *t->at == '"', good = !quoted || read_quoted(t, start);
    if (good && quoted && !is_field_end(t)) {
        complain(t, t->at_line, t->at_column, EXPECTED_SEPARATOR);
        return false;
    }
    while (good && !is_field_end(t))
        good = add_character(t, false, start);
    if (!kept || (!quoted && t->text.length - start == 2 && memcmp(t->text.data + start, "NA", 2) == 0))
        buf_cut(&t->text, start);
    if (kept) {
        struct csv_field *field = &t->fields[t->count - 1];
        size_t length = t->text.length - start;
        field->at += text_trim(t->text.data ? t->text.data + start : "", &length);
        buf_cut(&t->text, field->at + length);
        buf_add_char(&t->text, '\0');
    }
    return good;
}

/* False where a row cannot be read; *given: it has any text. */
static bool read_row(struct csv *t, bool *given)
{
    buf_clear(&t->text);
    t->count = 0;
    t->line = t->at_line;
    *given = false;
    for (;;) {
        if (!read_field(t))
            return false;
        if (t->count <= CSV_COLUMNS_MAX && csv_text(t, t->count - 1)[0])
            *given = true;
        if (t->at == t->end || at_line_end(t))
            break;
        step(t);
    }
    if (t->at < t->end)
        step(t);
    t->problems->memory = t->problems->memory || t->text.failed;
    return !t->text.failed;
}

bool csv_next(struct csv *t)
{
    bool given = false;
    while (t->at < t->end && !t->problems->memory) {
        if (!read_row(t, &given))
            skip_line(t);
        else if (given)
            return true;
    }
    t->count = 0;
    return false;
}

const char *csv_text(const struct csv *t, size_t field)
{
    return field < t->count && field < CSV_COLUMNS_MAX ? t->text.data + t->fields[field].at : "";
}
