/* Shares of the market: a strict reader of two columns, and who in a survey they belong to. */
#include "harness/survey/shares.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING  1e-9 /* shares of ten digits may sum to this much more than 1 */
#define FIELD_MAX 200  /* bytes */
#define HEADER    "handset,share"

struct cursor {
    struct problems *problems;
    const char *path, *at, *end;
    const char *line_start;
    unsigned line;
};

static void complain(const struct cursor *c, const char *at, const char *text)
{
    problem_add(c->problems, c->path, c->line, (unsigned)(at - c->line_start) + 1, "%s", text);
}

/* The end of the line that begins at c->at, without its CR. */
static const char *line_end(const struct cursor *c)
{
    const char *feed = memchr(c->at, '\n', (size_t)(c->end - c->at));
    const char *end = feed ? feed : c->end;
    return end > c->at && end[-1] == '\r' ? end - 1 : end;
}

static void next_line(struct cursor *c)
{
    const char *feed = memchr(c->at, '\n', (size_t)(c->end - c->at));
    c->at = feed ? feed + 1 : c->end;
    c->line_start = c->at;
    c->line++;
}

/* One field up to a comma or the end; false, with a problem, when it is not written as it should be. */
static bool read_field(struct cursor *c, const char *end, char out[FIELD_MAX + 1])
{
    const char *start = c->at;
    bool quoted = c->at < end && *c->at == '"', closed = false;
    size_t n = 0;
    for (c->at += quoted; c->at < end; c->at++) {
        if (quoted && *c->at == '"') {
            if (c->at + 1 == end || c->at[1] != '"') {
                closed = true;
                c->at++;
                break;
            }
            c->at++; /* a doubled quote stands for one */
        } else if (!quoted && (*c->at == ',' || *c->at == '"')) {
            break;
        }
        if ((unsigned char)*c->at < 0x20 || *c->at == 0x7f) {
            complain(c, c->at, "a control character in a field");
            return false;
        }
        if (n == FIELD_MAX) {
            complain(c, start, "a field of more than 200 bytes");
            return false;
        }
        out[n++] = *c->at;
    }
    out[n] = '\0';
    if (quoted && !closed)
        complain(c, start, "a quote that is not closed on its line");
    else if (c->at < end && *c->at != ',')
        complain(
            c, c->at,
            "expected a comma after the field; a field with quotes in it stands in quotes, each doubled");
    else
        return true;
    return false;
}

static bool add_share(struct shares *s, const char *handset, double share, const struct cursor *c)
{
    if ((s->count & (s->count + 1)) == 0) { /* 0, 1, 3, 7 ...: room for twice as many and one */
        struct share *items = realloc(s->items, (2 * s->count + 1) * sizeof *items);
        if (!items)
            return false;
        s->items = items;
    }
    char *copy = text_copy(handset);
    if (!copy)
        return false;
    s->items[s->count++] = (struct share) { copy, share, c->line };
    s->sum += share;
    return true;
}

/* Where a line stops being UTF-8; NULL when it does not. */
static const char *first_bad(const char *at, const char *end)
{
    while (at < end) {
        size_t n = 1;
        while (n <= 4 && n <= (size_t)(end - at) && !text_is_utf8(at, n))
            n++;
        if (n > 4 || n > (size_t)(end - at))
            return at;
        at += n;
    }
    return NULL;
}

static void read_row(struct cursor *c, struct shares *s)
{
    char handset[FIELD_MAX + 1], number[FIELD_MAX + 1], quote[PROBLEM_QUOTE_SIZE];
    const char *end = line_end(c), *start = c->at;
    const char *bad = first_bad(start, end);
    double share = 0.0;
    if (bad) {
        complain(c, bad, "expected UTF-8");
        return;
    }
    if (start == end) {
        complain(c, start, "an empty line: expected a handset and its share");
        return;
    }
    if (!read_field(c, end, handset))
        return;
    if (handset[0] == '\0') {
        complain(c, start, "no handset: expected a profile's id or the asset tag of a unit");
        return;
    }
    if (c->at == end) {
        complain(c, c->at, "no share: expected handset,share");
        return;
    }
    const char *number_at = ++c->at;
    if (!read_field(c, end, number))
        return;
    if (c->at != end) {
        complain(c, c->at, "a third column: expected handset,share");
        return;
    }
    if (!text_to_double(number, strlen(number), &share) || !(share >= 0.0 && share <= 1.0)) {
        problem_add(c->problems, c->path, c->line, (unsigned)(number_at - c->line_start) + 1,
                    "share %s: expected a plain decimal from 0 to 1, such as 0.125 for 12.5 %%",
                    problem_quote(number, quote));
        return;
    }
    if (s->count == SHARES_MAX) {
        if (c->line == SHARES_MAX + 2)
            complain(c, start, "more than 10000 rows");
        return;
    }
    if (!add_share(s, handset, share, c))
        c->problems->memory = true;
}

static int compare_shares(const void *left, const void *right)
{
    const struct share *a = left, *b = right;
    int order = strcmp(a->handset, b->handset);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void check_rows(struct problems *p, const char *path, struct shares *s)
{
    char quote[PROBLEM_QUOTE_SIZE];
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, compare_shares);
    for (size_t i = 1; i < s->count; i++)
        if (strcmp(s->items[i - 1].handset, s->items[i].handset) == 0)
            problem_add(p, path, s->items[i].line, 1,
                        "%s stands in line %u already: expected one row a handset",
                        problem_quote(s->items[i].handset, quote), s->items[i - 1].line);
    if (s->sum > 1.0 + ROUNDING)
        problem_add(p, path, 1, 1, "the shares sum to %.6f: expected at most 1", s->sum);
    if (s->count == 0 && p->found == 0)
        problem_add(p, path, 2, 1, "no row: expected at least one handset and its share");
}

static void read_text(struct cursor *c, struct shares *s, size_t length)
{
    if (length > SHARES_FILE_MAX) {
        complain(c, c->at, "more than 1 MiB");
        return;
    }
    if (length >= 3 && memcmp(c->at, "\xef\xbb\xbf", 3) == 0)
        c->line_start = c->at += 3;
    const char *end = line_end(c);
    if ((size_t)(end - c->at) != strlen(HEADER) || memcmp(c->at, HEADER, strlen(HEADER)) != 0)
        complain(c, c->at, "expected the first line to be " HEADER);
    for (next_line(c); c->at < c->end && !c->problems->memory; next_line(c))
        read_row(c, s);
    check_rows(c->problems, c->path, s);
}

int shares_load_text(const char *path, const char *text, size_t length, struct shares **out,
                     struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct shares *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s || !(s->path = text_copy(path))) {
        p.memory = true;
    } else {
        struct cursor c = { &p, path, text, text + length, text, 1 };
        read_text(&c, s, length);
    }
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = s;
    else
        shares_free(&s);
    return status;
}

int shares_load(const char *path, struct shares **out, struct survey_problems *list, struct err *e)
{
    struct buf text;
    *out = NULL;
    buf_init(&text, SHARES_FILE_MAX);
    int status = file_read(path, &text, e);
    if (status == 0)
        status = shares_load_text(path, text.data ? text.data : "", text.length, out, list, e);
    buf_free(&text);
    return status;
}

void shares_free(struct shares **s)
{
    if (!s || !*s)
        return;
    for (size_t i = 0; i < (*s)->count; i++)
        free((*s)->items[i].handset);
    free((*s)->items);
    free((*s)->path);
    free(*s);
    *s = NULL;
}

/* Whether a pair is one of those that a name stands for. */
static bool is_named(const struct survey *v, size_t pair, const char *name)
{
    return strcmp(v->pairs[pair].unit, name) == 0 || strcmp(survey_handset_of(v, pair)->id, name) == 0;
}

static void give_rows(const struct shares *s, const struct survey *v, double *weights, struct shares_use *use,
                      struct problems *p)
{
    char quote[PROBLEM_QUOTE_SIZE];
    for (size_t i = 0; i < s->count; i++) {
        const struct share *row = &s->items[i];
        size_t named = 0;
        for (size_t pair = 0; pair < v->pair_count; pair++)
            named += is_named(v, pair, row->handset);
        if (named == 0 && use->untested_rows++ == 0)
            use->first_untested = row->handset;
        use->untested += named == 0 ? row->share : 0.0;
        for (size_t pair = 0; named > 0 && pair < v->pair_count; pair++) {
            if (!is_named(v, pair, row->handset))
                continue;
            if (!isnan(weights[pair]))
                problem_add(p, s->path, row->line, 1, "%s: handset %s has a share by another row already",
                            problem_quote(row->handset, quote), v->pairs[pair].unit);
            weights[pair] = row->share / (double)named;
        }
    }
}

static void give_profiles(const struct survey *v, double *weights)
{
    for (size_t pair = 0; pair < v->pair_count; pair++) {
        const struct handset_profile *h = survey_handset_of(v, pair);
        size_t alike = 0;
        for (size_t other = 0; other < v->pair_count; other++)
            alike += v->pairs[other].handset == v->pairs[pair].handset;
        if (h->share > 0.0)
            weights[pair] = h->share / (double)alike;
    }
}

int shares_weights(const struct shares *s, const struct survey *v, double *weights, struct shares_use *use,
                   struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    *use = (struct shares_use) { .source = s ? SHARES_FILE : SHARES_PROFILES };
    for (size_t pair = 0; pair < v->pair_count; pair++)
        weights[pair] = NAN;
    if (s)
        give_rows(s, v, weights, use, &p);
    else
        give_profiles(v, weights);
    for (size_t pair = 0; pair < v->pair_count; pair++) {
        bool has = !isnan(weights[pair]);
        use->without += !has;
        weights[pair] = has ? weights[pair] : 0.0;
        use->tested += weights[pair];
    }
    if (use->tested > 1.0 + ROUNDING)
        problem_add(&p, v->path, 1, 1, "the shares of the handset profiles sum to %.6f: expected at most 1",
                    use->tested);
    if (use->tested == 0.0 && !s && v->pair_count > 0) {
        use->source = SHARES_UNKNOWN;
        use->without = 0;
        use->tested = 1.0;
        for (size_t pair = 0; pair < v->pair_count; pair++)
            weights[pair] = 1.0 / (double)v->pair_count;
    }
    return problem_result(&p, s ? s->path : v->path, e);
}
