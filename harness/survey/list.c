#include "harness/survey/list.h"

#include "harness/base/json.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "harness/survey/fields.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Headers are compared by their keys without "_" and "-"; of two that mean one column the earlier in its row here is it. */
#define GUESSES_MAX 20
static const struct {
    const char *name;
    const char *guesses[GUESSES_MAX]; /* beside the name */
    const char *meaning;
} columns[LIST_COLUMNS] = {
    [LIST_TAG] = { "tag",
                   { "asset tag", "asset no", "asset number", "asset id", "unit", "asset", "資産番号",
                     "資産管理番号", "管理番号", "備品番号", "端末番号", "資産No", "管理No" },
                   "asset tag: what the label on the phone shows" },
    [LIST_HANDSET] = { "handset",
                       { "handset id", "profile", "unit", "asset tag", "tag", "端末", "端末ID",
                         "プロファイル", "資産番号", "管理番号" },
                       "id of a handset profile, or an asset tag" },
    [LIST_SIM] = { "sim",
                   { "sim id", "sim card", "SIMカード", "SIM番号" },
                   "id of one of the survey's sims" },
    [LIST_MAKER] = { "maker",
                     { "manufacturer", "brand", "vendor", "make", "メーカー", "メーカ", "メーカー名",
                       "メーカ名", "製造元", "製造会社", "製造者", "ブランド" },
                     "who makes it" },
    [LIST_NAME] = { "marketing_name",
                    { "model name", "product name", "name", "model", "product", "device", "機種名", "端末名",
                      "商品名", "製品名", "モデル名", "機種", "名称", "モデル" },
                    "what it is sold as" },
    [LIST_CODE] = { "model_code",
                    { "model number", "model no", "code", "part number", "型番", "品番", "型式", "モデル番号",
                      "機種コード", "機種番号", "型名" },
                    "the maker's or the carrier's code of the model" },
    [LIST_CARRIER] = { "carrier",
                       { "mobile carrier", "operator", "network", "キャリア", "キャリア名", "通信事業者",
                         "通信会社", "携帯会社", "事業者" },
                       "whose model it is" },
    [LIST_RELEASED] = { "released",
                        { "release date", "release", "launch date", "launched", "発売日", "発売年月",
                          "発売時期", "発売年", "発売" },
                        "year, or year and month" },
    [LIST_ANDROID] = { "android_at_launch",
                       { "android", "android version", "os", "OSバージョン", "OS版" },
                       "version that it was sold with" },
    [LIST_TECHNOLOGIES] = { "nfc_technologies",
                            { "technologies", "nfc types", "nfc type", "nfc", "NFC方式", "NFC種別", "NFC対応",
                              "対応NFC", "近距離通信" },
                            "of NFC" },
    [LIST_FELICA] = { "felica",
                      { "osaifu keitai", "おサイフケータイ", "FeliCa対応" },
                      "whether it has FeliCa" },
    [LIST_SHARE] = { "share",
                     { "market share", "weight", "シェア", "市場シェア", "構成比", "占有率", "市場占有率",
                       "割合" },
                     "its part of the market, 0 to 1" },
    [LIST_SOURCE] = { "source", { "sources", "出典", "情報源", "典拠" }, "where the row is from" },
    [LIST_NOTE] = { "note",
                    { "notes", "remarks", "comment", "備考", "メモ", "注記", "コメント" },
                    "for the profile" },
};

const char *list_column_name(enum list_column column)
{
    return columns[column].name;
}

enum list_column list_column_named(const char *name, size_t length)
{
    for (size_t c = 0; c < LIST_COLUMNS; c++)
        if (strlen(columns[c].name) == length && memcmp(columns[c].name, name, length) == 0)
            return (enum list_column)c;
    return LIST_COLUMNS;
}

static void header_key(const char *text, char key[TEXT_KEY_CAPACITY])
{
    size_t n = 0;
    (void)text_key(text, key); /* one without a key is like no other: "" */
    for (size_t i = 0; key[i]; i++)
        if (key[i] != '_' && key[i] != '-')
            key[n++] = key[i];
    key[n] = '\0';
}

static bool is_header(const char *key, const char *name)
{
    char other[TEXT_KEY_CAPACITY];
    header_key(name, other);
    return other[0] && strcmp(key, other) == 0;
}

/* How good a guess the header is: 0 is what was asked for or the column's own name; GUESSES_MAX + 1 is none. */
static size_t rank_of(enum list_column c, const struct list_headers *headers, const char *key)
{
    if (headers && headers->of[c])
        return is_header(key, headers->of[c]) ? 0 : GUESSES_MAX + 1;
    if (is_header(key, columns[c].name))
        return 0;
    for (size_t i = 0; i < GUESSES_MAX && columns[c].guesses[i]; i++)
        if (is_header(key, columns[c].guesses[i]))
            return i + 1;
    return GUESSES_MAX + 1;
}

static void find_column(struct list *l, enum list_column c, const struct list_headers *headers, bool needed)
{
    const struct csv *t = &l->csv;
    char key[TEXT_KEY_CAPACITY];
    size_t best = GUESSES_MAX + 1;
    for (size_t i = 0; i < t->count; i++) {
        header_key(csv_text(t, i), key);
        size_t rank = rank_of(c, headers, key);
        if (rank == best && rank <= GUESSES_MAX)
            problem_add(t->problems, t->path, t->fields[i].line, t->fields[i].column,
                        "the column %s is given twice", columns[c].name);
        if (rank < best) {
            best = rank;
            l->place[c] = i;
        }
    }
    char quote[PROBLEM_QUOTE_SIZE];
    const char *asked = headers ? headers->of[c] : NULL;
    if (l->place[c] == SIZE_MAX && asked)
        problem_add(t->problems, t->path, t->line ? t->line : 1, 1, "the first line names no column %s",
                    problem_quote(asked, quote));
    else if (l->place[c] == SIZE_MAX && needed)
        problem_add(t->problems, t->path, t->line ? t->line : 1, 1,
                    "the first line names no column %s, nor one that means it, such as %s or %s",
                    columns[c].name, columns[c].guesses[0], columns[c].guesses[4]);
}

bool list_open(struct list *l, struct problems *p, const char *path, const char *text, size_t length,
               const struct list_headers *headers, uint32_t wanted, uint32_t needed)
{
    *l = (struct list) { 0 };
    for (size_t c = 0; c < LIST_COLUMNS; c++)
        l->place[c] = SIZE_MAX;
    if (!csv_open(&l->csv, p, path, text, length))
        return false;
    (void)csv_next(&l->csv); /* none: it names no column */
    l->width = l->csv.count;
    if (l->width > CSV_COLUMNS_MAX) {
        problem_add(p, path, l->csv.line, 1, "%zu columns: expected at most %d", l->width, CSV_COLUMNS_MAX);
        return false;
    }
    for (size_t c = 0; c < LIST_COLUMNS; c++)
        if (wanted & LIST_BIT(c))
            find_column(l, (enum list_column)c, headers, needed & LIST_BIT(c));
    return p->found == 0 && !p->memory;
}

static void free_cells(struct list *l)
{
    for (size_t c = 0; c < LIST_COLUMNS; c++) {
        free(l->cells[c]);
        l->cells[c] = NULL;
    }
}

void list_close(struct list *l)
{
    free_cells(l);
    csv_close(&l->csv);
}

static bool is_not_given(const char *text)
{
    static const char *const absent[] = { "-", "--", "ー", "n/a", "不明", "未定", "unknown" };
    char key[TEXT_KEY_CAPACITY];
    if (strlen(text) > 24)
        return false; /* they are shorter, in any width */
    (void)text_key(text, key);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (strcmp(key, absent[i]) == 0)
            return true;
    return false;
}

static void take_cell(struct list *l, enum list_column c)
{
    unsigned column;
    const char *text = csv_text(&l->csv, l->place[c]);
    char *narrow = is_not_given(text) ? text_copy("") : c == LIST_TAG ? text_copy(text) : text_narrow(text);
    if (!narrow) {
        l->csv.problems->memory = true;
        return;
    }
    uint32_t invisible = text_find_invisible(narrow, &column);
    if (invisible)
        list_problem(l, c, "%s: its character %u is one that nobody sees (U+%04X): delete it",
                     columns[c].name, column, (unsigned)invisible);
    size_t most = c == LIST_SOURCE || c == LIST_NOTE ? FIELDS_LONG_MAX : FIELDS_TEXT_MAX;
    if (strlen(narrow) > most)
        list_problem(l, c, "%s is %zu bytes long: expected at most %zu", columns[c].name, strlen(narrow),
                     most);
    l->cells[c] = narrow;
}

bool list_next(struct list *l)
{
    struct csv *t = &l->csv;
    free_cells(l);
    while (csv_next(t)) {
        size_t given = t->count;
        while (given > l->width && !csv_text(t, given - 1)[0])
            given--; /* a spreadsheet's empty cells on the right */
        if (given != l->width) {
            problem_add(t->problems, t->path, t->line, 1, "%zu fields: expected %zu, as the first line has",
                        given, l->width);
            continue;
        }
        for (size_t c = 0; c < LIST_COLUMNS; c++)
            if (l->place[c] != SIZE_MAX)
                take_cell(l, (enum list_column)c);
        return !t->problems->memory;
    }
    return false;
}

const char *list_cell(const struct list *l, enum list_column column)
{
    return l->cells[column] ? l->cells[column] : "";
}

void list_problem(const struct list *l, enum list_column column, const char *format, ...)
{
    char text[700];
    const struct csv *t = &l->csv;
    size_t place = l->place[column];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bool there = place < t->count && place < CSV_COLUMNS_MAX;
    problem_add(t->problems, t->path, there ? t->fields[place].line : t->line,
                there ? t->fields[place].column : 1, "%s", text);
}

double list_share(const struct list *l)
{
    char number[64], quote[PROBLEM_QUOTE_SIZE];
    const char *text = list_cell(l, LIST_SHARE);
    double share = NAN;
    if (!*text)
        return NAN;
    text_fit(number, sizeof number, text);
    char *comma = l->csv.separator == ',' ? NULL : strchr(number, ',');
    if (comma)
        *comma = '.';
    if (strlen(text) < sizeof number && text_to_double(number, strlen(number), &share) && share >= 0.0 &&
        share <= 1.0)
        return share;
    list_problem(l, LIST_SHARE, "share %s: expected a plain decimal from 0 to 1, such as 0.125 for 12.5 %%",
                 problem_quote(text, quote));
    return NAN;
}

void list_schema(struct buf *b)
{
    struct json j;
    json_begin(&j, b);
    json_text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_text(&j, "title", "a row of a list of handsets or shares of nfc-survey, by its columns");
    json_text(&j, "type", "object");
    json_object(&j, "properties");
    for (size_t c = 0; c < LIST_COLUMNS; c++) {
        bool number = c == LIST_SHARE;
        json_object(&j, columns[c].name);
        json_text(&j, "description", columns[c].meaning);
        json_raw(&j, "type", number ? "[\"string\", \"number\"]" : "\"string\"");
        json_number(&j, "maxLength", c == LIST_SOURCE || c == LIST_NOTE ? FIELDS_LONG_MAX : FIELDS_TEXT_MAX);
        if (number)
            json_raw(&j, "minimum", "0, \"maximum\": 1");
        json_close(&j);
    }
    json_end(&j);
}
