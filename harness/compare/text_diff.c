#include "harness/compare/text_diff.h"

#include "harness/base/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *text;
    size_t length;
};

struct text {
    struct line *lines;
    size_t count;
};

struct diff {
    struct text a, b;
    size_t begin, end_a,
        end_b;         /* what differs: both begin with `begin` lines, and end alike behind the ends */
    uint32_t *lengths; /* of the longest common subsequence from (i, j) on; NULL: too long */
    struct text_line *out;
    size_t count, room;
    bool failed;
};

static bool split(const char *text, struct text *out)
{
    size_t room = 1;
    for (const char *at = text; *at; at++)
        room += *at == '\n';
    out->lines = calloc(room, sizeof *out->lines);
    out->count = 0;
    while (out->lines && *text) {
        size_t length = strcspn(text, "\n");
        out->lines[out->count++] = (struct line) { text, length };
        text += length + (text[length] == '\n');
    }
    return out->lines != NULL;
}

static bool same(const struct diff *d, size_t i, size_t j)
{
    const struct line *a = &d->a.lines[i], *b = &d->b.lines[j];
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void trim(struct diff *d)
{
    d->end_a = d->a.count;
    d->end_b = d->b.count;
    while (d->begin < d->end_a && d->begin < d->end_b && same(d, d->begin, d->begin))
        d->begin++;
    while (d->end_a > d->begin && d->end_b > d->begin && same(d, d->end_a - 1, d->end_b - 1)) {
        d->end_a--;
        d->end_b--;
    }
}

static uint32_t *length_at(const struct diff *d, size_t i, size_t j)
{
    return &d->lengths[(i - d->begin) * (d->end_b - d->begin + 1) + (j - d->begin)];
}

static void measure(struct diff *d)
{
    size_t rows = d->end_a - d->begin + 1, columns = d->end_b - d->begin + 1;
    if (rows > TEXT_DIFF_CELLS_MAX / columns)
        return;
    d->lengths = calloc(rows * columns, sizeof *d->lengths);
    d->failed = !d->lengths;
    for (size_t i = d->end_a; !d->failed && i-- > d->begin;)
        for (size_t j = d->end_b; j-- > d->begin;) {
            uint32_t down = *length_at(d, i + 1, j), right = *length_at(d, i, j + 1);
            *length_at(d, i, j) = same(d, i, j)  ? *length_at(d, i + 1, j + 1) + 1
                                  : down > right ? down
                                                 : right;
        }
}

static size_t indent_of(const struct line *l)
{
    size_t i = 0;
    while (i < l->length && (l->text[i] == ' ' || l->text[i] == '-'))
        i++;
    return i;
}

static void add(struct diff *d, char sign, const struct text *t, size_t at)
{
    struct text_line *more = array_room(d->out, d->count, &d->room, sizeof *more, 16);
    d->failed = d->failed || !more;
    if (!more)
        return;
    d->out = more;
    char *text = strndup(t->lines[at].text, t->lines[at].length);
    d->failed = d->failed || !text;
    if (text)
        d->out[d->count++] = (struct text_line) { sign, at + 1, text };
}

/* The line that this one stands below, unless it was just named. */
static void add_parent(struct diff *d, const struct text *t, size_t at)
{
    size_t own = indent_of(&t->lines[at]), i = at;
    while (own > 0 && i-- > 0) {
        const struct line *l = &t->lines[i];
        if (l->length == 0 || indent_of(l) >= own || l->text[indent_of(l)] == '#')
            continue;
        for (size_t k = d->count; k-- > 0;)
            if (d->out[k].sign == '@') {
                if (d->out[k].number == i + 1)
                    return;
                break;
            }
        add(d, '@', t, i);
        return;
    }
}

static void change(struct diff *d, char sign, size_t at, bool first)
{
    const struct text *t = sign == '-' ? &d->a : &d->b;
    if (first)
        add_parent(d, t, at);
    add(d, sign, t, at);
}

static void walk(struct diff *d)
{
    size_t i = d->begin, j = i;
    bool first = true;
    while (!d->failed && (i < d->end_a || j < d->end_b)) {
        bool both = i < d->end_a && j < d->end_b;
        if (both && d->lengths && same(d, i, j)) {
            i++, j++;
            first = true;
            continue;
        }
        bool from_a =
            j == d->end_b || (both && (!d->lengths || *length_at(d, i + 1, j) >= *length_at(d, i, j + 1)));
        change(d, from_a ? '-' : '+', from_a ? i++ : j++, first);
        first = false;
    }
}

bool text_diff(const char *a, const char *b, struct text_line **out, size_t *count)
{
    struct diff d = { 0 };
    d.failed = !split(a, &d.a) || !split(b, &d.b);
    if (!d.failed) {
        trim(&d);
        measure(&d);
    }
    if (!d.failed)
        walk(&d);
    free(d.lengths);
    free(d.a.lines);
    free(d.b.lines);
    if (d.failed) {
        text_diff_free(d.out, d.count);
        d.out = NULL;
        d.count = 0;
    }
    *out = d.out;
    *count = d.count;
    return !d.failed;
}

void text_diff_free(struct text_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i].text);
    free(lines);
}
