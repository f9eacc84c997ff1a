/* The field readers: one key a call, a problem with its place and what was expected for each that is
 * wrong. */
#include "harness/survey/fields.h"

#include "harness/base/text.h"
#include "harness/domain/domain.h"
#include "harness/domain/unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field title_keys[] = {
    { "en", FIELD_REQUIRED, FIELD_TEXT, "in English" },
    { "ja", FIELD_OPTIONAL, FIELD_TEXT, "in Japanese" },
    { 0 },
};
static const struct field_map title_map = { "a title", title_keys };
const struct field field_title = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &title_map };

static const struct field words_keys[] = {
    { "en", FIELD_REQUIRED, FIELD_TEXT, "in English", .most = FIELDS_LONG_MAX },
    { "ja", FIELD_OPTIONAL, FIELD_TEXT, "in Japanese", .most = FIELDS_LONG_MAX },
    { 0 },
};
static const struct field_map words_map = { "text in en and ja", words_keys };
const struct field field_words = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &words_map };

const struct field field_power_mode = { NULL, FIELD_OPTIONAL, FIELD_POWER_MODE, NULL };

const struct field *field_at(const struct field_map *map, size_t i)
{
    const struct field *keys = map->keys;
    for (size_t part = 0; keys;) {
        size_t count = 0;
        while (keys[count].form)
            count++;
        if (i < count)
            return &keys[i];
        i -= count;
        keys = map->part ? map->part(part++) : NULL;
    }
    return NULL;
}

static const struct field *row_of(const struct fields *f, const char *key)
{
    const struct field *row;
    for (size_t i = 0; (row = field_at(f->spec, i)); i++)
        if (strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

/* The row's own values or those that it may have instead. */
static const struct field *row_as(const struct field *row, enum field_form form)
{
    while (row && row->form != form)
        row = row->or ;
    return row;
}

void node_problem(struct fields *f, const struct tree_node *n, const char *format, ...)
{
    char text[700];
    if (n->kind == TREE_REFUSED)
        return; /* its own problem is listed already */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_add(f->problems, f->path, n->line, n->column, "%s", text);
}

const char *node_label(const struct tree_node *n)
{
    return n->key ? n->key : "the value";
}

bool fields_open(struct fields *f, struct problems *p, const char *path, const struct tree_node *node,
                 const struct field_map *spec)
{
    *f = (struct fields) { .problems = p, .path = path, .map = node, .spec = spec };
    if (node->kind == TREE_MAP)
        return true;
    node_problem(f, node, "expected %s as a mapping of keys and values", spec->what);
    return false;
}

bool fields_map(struct fields *up, const char *key, struct fields *f)
{
    const struct tree_node *n = fields_find(up, key);
    return n && fields_open(f, up->problems, up->path, n, row_as(row_of(up, key), FIELD_MAP)->map);
}

bool fields_item(struct fields *up, const char *key, const struct tree_node *item, struct fields *f)
{
    const struct field *row = row_of(up, key);
    while (!row->of)
        row = row->or ;
    return fields_open(f, up->problems, up->path, item, row_as(row->of, FIELD_MAP)->map);
}

/* Levenshtein's distance of two short words; longer ones count as strangers. */
static unsigned distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t n = strlen(a), m = strlen(b);
    unsigned row[LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[m];
}

/* The key nearest to a stranger, or NULL: two letters off at most, or one begins the other (a unit left out). */
static const char *nearest(const char *word, const struct field_map *map)
{
    const char *best = NULL;
    unsigned least = 3;
    size_t length = strlen(word);
    const struct field *row;
    for (size_t i = 0; (row = field_at(map, i)); i++) {
        unsigned d = distance(word, row->key);
        size_t other = strlen(row->key), shorter = length < other ? length : other;
        if (shorter >= 4 && strncmp(word, row->key, shorter) == 0 && d > 2)
            d = 2;
        if (d < least && d < length) {
            least = d;
            best = row->key;
        }
    }
    return best;
}

void fields_close(struct fields *f)
{
    for (const struct tree_node *n = f->map->first; n; n = n->next) {
        if (strcmp(n->key, "<<") == 0 /* refused by the tree already */ || row_of(f, n->key))
            continue;
        char quoted[PROBLEM_QUOTE_SIZE];
        const char *near = nearest(n->key, f->spec);
        problem_add(f->problems, f->path, n->key_line, n->key_column, "%s is not a key of %s%s%s%s",
                    problem_quote(n->key, quoted), f->spec->what, near ? "; did you mean \"" : "",
                    near ? near : "", near ? "\"?" : "");
    }
}

void fields_ask_for(struct fields *f, const char *key)
{
    if (!tree_child(f->map, key))
        problem_add(f->problems, f->path, f->map->line, f->map->column, "%s needs the key \"%s\"",
                    f->spec->what, key);
}

const struct tree_node *fields_find(struct fields *f, const char *key)
{
    const struct field *row = row_of(f, key);
    const struct tree_node *n = row ? tree_child(f->map, key) : NULL;
    if (row && row->need == FIELD_REQUIRED)
        fields_ask_for(f, key);
    return n && n->kind != TREE_REFUSED ? n : NULL;
}

static bool has_items(struct fields *f, const struct tree_node *n, const struct field *row)
{
    size_t least = (size_t)row->least, most = (size_t)row->most;
    if (n->count >= least && (most == 0 || n->count <= most))
        return true;
    if (most == 0)
        node_problem(f, n, "%s: expected at least %zu", node_label(n), least);
    else if (least == 0)
        node_problem(f, n, "%s: expected at most %zu, found %zu", node_label(n), most, n->count);
    else
        node_problem(f, n, "%s: expected %zu to %zu, found %zu", node_label(n), least, most, n->count);
    return false;
}

const struct tree_node *fields_list(struct fields *f, const char *key)
{
    const struct tree_node *n = fields_find(f, key);
    if (!n || n->kind == TREE_LIST)
        return n && has_items(f, n, row_as(row_of(f, key), FIELD_LIST)) ? n : NULL;
    node_problem(f, n, "%s: expected a list", key);
    return NULL;
}

const struct tree_node *fields_named(struct fields *f, const char *key)
{
    const struct tree_node *n = fields_find(f, key);
    if (!n || n->kind == TREE_MAP)
        return n && has_items(f, n, row_as(row_of(f, key), FIELD_NAMED)) ? n : NULL;
    node_problem(f, n, "%s: expected a mapping of names and values", key);
    return NULL;
}

static bool is_scalar(struct fields *f, const struct tree_node *n, const char *expected)
{
    if (n->kind == TREE_SCALAR && (n->length > 0 || n->quoted))
        return true;
    node_problem(f, n, n->kind == TREE_SCALAR ? "%s is empty: expected %s" : "%s: expected %s", node_label(n),
                 expected);
    return false;
}

/* U+0000 to U+001F, U+007F to U+009F and the line separators have no place in a name. */
static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i], next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f))
            return true;
        if (c == 0xe2 && next == 0x80 && i + 2 < length &&
            ((unsigned char)text[i + 2] == 0xa8 || (unsigned char)text[i + 2] == 0xa9))
            return true;
    }
    return false;
}

bool node_text(struct fields *f, const struct tree_node *n, size_t max, char **out)
{
    if (!is_scalar(f, n, "text"))
        return false;
    size_t length = n->length;
    while (length > 0 && n->text[length - 1] == '\n')
        length--; /* a block scalar ends with one */
    if (length == 0 || has_control(n->text, length)) {
        node_problem(f, n, "%s: expected text of one line without control characters", node_label(n));
        return false;
    }
    if (length > max) {
        node_problem(f, n, "%s is %zu bytes long: expected at most %zu", node_label(n), length, max);
        return false;
    }
    char *copy = text_copy_n(n->text, length);
    if (!copy) {
        f->problems->memory = true;
        return false;
    }
    free(*out);
    *out = copy;
    return true;
}

bool fields_text(struct fields *f, const char *key, char **out)
{
    const struct tree_node *n = fields_find(f, key);
    if (!n)
        return false;
    double most = row_as(row_of(f, key), FIELD_TEXT)->most;
    return node_text(f, n, most > 0 ? (size_t)most : FIELDS_TEXT_MAX, out);
}

bool fields_is_id(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > FIELDS_ID_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool inner = (c == '.' || c == '-') && i > 0;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || inner))
            return false;
    }
    return true;
}

bool node_id(struct fields *f, const struct tree_node *n, char **out)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    if (!is_scalar(f, n, "an id"))
        return false;
    if (fields_is_id(n->text))
        return node_text(f, n, FIELDS_ID_MAX, out);
    node_problem(f, n, "%s: %s is not an id: expected 1 to 64 of a-z, 0-9, \".\" and \"-\"", node_label(n),
                 problem_quote(n->text, quoted));
    return false;
}

bool fields_id(struct fields *f, const char *key, char **out)
{
    const struct tree_node *n = fields_find(f, key);
    return n && node_id(f, n, out);
}

static void not_a_number(struct fields *f, const struct tree_node *n, const char *kind, const char *range)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    const struct unit *unit = n->key ? key_unit(n->key) : NULL;
    node_problem(f, n, "%s: %s is not %s: expected a plain number%s%s %s%s", node_label(n),
                 problem_quote(n->text, quoted), kind, unit ? " of " : "", unit ? unit->plural : "", range,
                 unit ? ", without a unit (the key names it)" : "");
}

static void out_of_range(struct fields *f, const struct tree_node *n, const char *range)
{
    const struct unit *unit = n->key ? key_unit(n->key) : NULL;
    node_problem(f, n, "%s: %s is out of range: expected a number%s%s %s", node_label(n), n->text,
                 unit ? " of " : "", unit ? unit->plural : "", range);
}

bool node_unsigned(struct fields *f, const struct tree_node *n, unsigned min, unsigned max, unsigned *out)
{
    uint64_t value;
    char range[64];
    snprintf(range, sizeof range, "from %u to %u", min, max);
    if (!is_scalar(f, n, "a whole number"))
        return false;
    if (!text_to_u64(n->text, n->length, &value)) {
        not_a_number(f, n, "a whole number", range);
        return false;
    }
    if (value < min || value > max) {
        out_of_range(f, n, range);
        return false;
    }
    *out = (unsigned)value;
    return true;
}

bool fields_unsigned(struct fields *f, const char *key, unsigned *out)
{
    const struct tree_node *n = fields_find(f, key);
    const struct field *row = row_as(row_of(f, key), FIELD_UNSIGNED);
    return n && node_unsigned(f, n, (unsigned)row->least, (unsigned)row->most, out);
}

bool fields_u64(struct fields *f, const char *key, uint64_t *out)
{
    const struct tree_node *n = fields_find(f, key);
    if (!n || !is_scalar(f, n, "a whole number"))
        return false;
    if (text_to_u64(n->text, n->length, out))
        return true;
    not_a_number(f, n, "a whole number", "from 0 to 18446744073709551615");
    return false;
}

bool fields_real(struct fields *f, const char *key, double *out)
{
    const struct tree_node *n = fields_find(f, key);
    const struct field *row = row_as(row_of(f, key), FIELD_REAL);
    double value;
    char range[96];
    if (!n || !is_scalar(f, n, "a number"))
        return false;
    snprintf(range, sizeof range, "from %g to %g", row->least, row->most);
    if (!text_to_double(n->text, n->length, &value)) {
        not_a_number(f, n, "a number", range);
        return false;
    }
    if (!(value >= row->least && value <= row->most)) {
        out_of_range(f, n, range);
        return false;
    }
    *out = value;
    return true;
}

bool fields_bool(struct fields *f, const char *key, bool *out)
{
    static const struct fields_choice table[] = { { "false", 0 }, { "true", 1 }, { NULL, 0 } };
    unsigned value;
    const struct tree_node *n = fields_find(f, key);
    if (!n || !node_choice(f, n, table, &value))
        return false;
    *out = value != 0;
    return true;
}

bool fields_hex(struct fields *f, const char *key, uint8_t *out, size_t *out_length)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    uint8_t bytes[64];
    size_t length;
    const struct tree_node *n = fields_find(f, key);
    if (!n || !is_scalar(f, n, "bytes in hexadecimal"))
        return false;
    const struct field *row = row_as(row_of(f, key), FIELD_HEX);
    size_t least = (size_t)row->least, most = (size_t)row->most;
    if (text_to_bytes(n->text, n->length, bytes, most < sizeof bytes ? most : sizeof bytes, &length) &&
        length >= least) {
        memcpy(out, bytes, length);
        *out_length = length;
        return true;
    }
    if (least == most)
        node_problem(f, n, "%s: %s is not %zu bytes in hexadecimal, two digits each", key,
                     problem_quote(n->text, quoted), least);
    else
        node_problem(f, n, "%s: %s is not %zu to %zu bytes in hexadecimal, two digits each", key,
                     problem_quote(n->text, quoted), least, most);
    return false;
}

bool node_choice(struct fields *f, const struct tree_node *n, const struct fields_choice *table,
                 unsigned *out)
{
    char all[300] = "", quoted[PROBLEM_QUOTE_SIZE];
    size_t length = 0;
    for (const struct fields_choice *c = table; c->name; c++) {
        if (n->kind == TREE_SCALAR && strcmp(n->text, c->name) == 0) {
            *out = c->value;
            return true;
        }
        if (length < sizeof all) /* snprintf says what it would have written */
            length +=
                (size_t)snprintf(all + length, sizeof all - length, "%s%s", length ? ", " : "", c->name);
    }
    if (is_scalar(f, n, all))
        node_problem(f, n, "%s: %s is not known: expected one of %s", node_label(n),
                     problem_quote(n->text, quoted), all);
    return false;
}

bool fields_choice(struct fields *f, const char *key, unsigned *out)
{
    const struct tree_node *n = fields_find(f, key);
    return n && node_choice(f, n, row_as(row_of(f, key), FIELD_CHOICE)->choices, out);
}

bool fields_item_choice(struct fields *f, const char *key, const struct tree_node *item, unsigned *out)
{
    return node_choice(f, item, row_as(row_of(f, key), FIELD_LIST)->of->choices, out);
}

bool node_power_mode(struct fields *f, const struct tree_node *n, unsigned *out)
{
    struct fields_choice table[POWER_COUNT];
    for (unsigned m = POWER_NONE + 1; m < POWER_COUNT; m++)
        table[m - 1] = (struct fields_choice) { power_mode_name((enum power_mode)m), m };
    table[POWER_COUNT - 1] = (struct fields_choice) { NULL, 0 };
    return node_choice(f, n, table, out);
}

bool fields_power_modes(struct fields *f, const char *key, uint32_t *out)
{
    const struct tree_node *list = fields_list(f, key);
    uint32_t bits = 0;
    if (!list)
        return false;
    for (const struct tree_node *n = list->first; n; n = n->next) {
        unsigned mode;
        if (node_power_mode(f, n, &mode))
            bits |= UINT32_C(1) << mode;
    }
    *out = bits;
    return bits != 0;
}

bool fields_id_list(struct fields *f, const char *key, char ***out, size_t *count)
{
    const struct tree_node *list = fields_list(f, key);
    if (!list)
        return false;
    char **ids = fields_array(f, list->count, sizeof *ids);
    if (!ids)
        return false;
    *out = ids;
    *count = 0;
    for (const struct tree_node *n = list->first; n; n = n->next)
        if (node_id(f, n, &ids[*count]))
            ++*count;
    return *count > 0;
}

bool fields_title(struct fields *f, const char *key, char **en, char **ja)
{
    const struct tree_node *n = fields_find(f, key);
    struct fields title;
    if (n && n->kind == TREE_SCALAR)
        return fields_text(f, key, en);
    if (!n || !fields_map(f, key, &title))
        return false;
    bool given = fields_text(&title, "en", en);
    fields_text(&title, "ja", ja);
    fields_close(&title);
    return given;
}

void fields_head(struct fields *f)
{
    char expected[64], quoted[PROBLEM_QUOTE_SIZE];
    snprintf(expected, sizeof expected, "nfc-survey/%s", row_of(f, "format")->pattern);
    const struct tree_node *format = fields_find(f, "format");
    if (format && (format->kind != TREE_SCALAR || strcmp(format->text, expected) != 0))
        node_problem(f, format, "format: %s: expected %s",
                     format->kind == TREE_SCALAR ? problem_quote(format->text, quoted) : "not text",
                     expected);
    if (format && format != f->map->first)
        node_problem(f, format, "format: expected as the first key of the file");
    const struct tree_node *version = fields_find(f, "version");
    if (version && (version->kind != TREE_SCALAR || strcmp(version->text, "1") != 0))
        node_problem(f, version, "version: expected 1, the only one that this program reads");
}

void *fields_array(struct fields *f, size_t count, size_t size)
{
    void *items = calloc(count ? count : 1, size);
    if (!items)
        f->problems->memory = true;
    return items;
}
