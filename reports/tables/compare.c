/*
 * Two runs side by side. The tables of a comparison are inside of it: the first row's `of` is the comparison, and a
 * column says by `at` which of its runs it is about. So neither a view nor a report knows of a second run.
 */
#include "reports/tables/compare.h"

#include "harness/base/text.h"
#include "reports/tables/names.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CELLS_MAX 5000 /* of a page */

enum run { RUN_A = 0, RUN_B };

#define COLUMN(forms, header, kind, ...)                                                                     \
    {                                                                                                        \
        NULL, header, VALUE_##kind, __VA_ARGS__, .where = forms                                              \
    }
#define PAGE(...)   COLUMN(FORM_PAGE, __VA_ARGS__)
#define TEXT(...)   COLUMN(FORM_TEXT, __VA_ARGS__)
#define PEOPLE(...) COLUMN(FORM_PEOPLE, __VA_ARGS__)

#define COMPARED(member, count, ...)                                                                         \
    {                                                                                                        \
        .array = ARRAY(struct comparison, member, count), .look = LOOK_LIST, .indent = 2, __VA_ARGS__        \
    }

/* ---- which comparison, which run ---- */

static const char *class_of_cells(size_t k)
{
    return compare_class_name((enum compare_class)k, false);
}

static const char *class_of_times(size_t k)
{
    return compare_class_name((enum compare_class)k, true);
}

static const struct axis classes = { .copies = COMPARE_CLASS_COUNT, .id = class_of_cells };
static const struct axis time_classes = { .copies = COMPARE_CLASS_COUNT, .id = class_of_times };

struct row compare_whole(const struct comparison *c)
{
    struct row row = table_first(NULL);
    row.of = c;
    return row;
}

static const struct comparison *whole(const struct row *row)
{
    while (row->parent)
        row = row->parent;
    return row->of;
}

static const struct findings *run_of(const struct row *row, enum run run)
{
    return run == RUN_A ? whole(row)->a : whole(row)->b;
}

static bool is_page(const struct entry *x)
{
    return x->view->form & FORM_PAGE;
}

static void entry_filled(struct entry *x, enum word word, const char *first, const char *second)
{
    const char *const args[] = { first, second, NULL };
    entry_format(x, "%s", phrase_fill(word, x->view->language, args).text);
}

/* ---- words of both forms, and what several tables have ---- */

#define WORD_OF(PREFIX, member, name) WORD_##PREFIX##_##member,

enum word word_compare_class(enum compare_class c, bool times)
{
#define CLASS_WORDS(member, name, times_member, times_name)                                                  \
    { WORD_CMP_K_##member, WORD_CMP_K_##times_member },
    static const enum word words[][2] = { COMPARE_CLASS_NAMES(CLASS_WORDS) };
    return words[c][times];
}

struct compare_boxes compare_boxes(const struct comparison *c)
{
    struct compare_boxes out = { 0 };
    for (int i = 0; i < COMPARE_FAMILY_COUNT; i++) {
        const size_t *by = c->by[i];
        bool times = i == COMPARE_TIMES;
        *(times ? &out.slower : &out.worse) += by[COMPARE_WORSE];
        *(times ? &out.faster : &out.better) += by[COMPARE_BETTER];
        out.differs += by[COMPARE_DIFFERS];
        out.looks += by[COMPARE_LOOKS_WORSE] + by[COMPARE_LOOKS_BETTER] + by[COMPARE_UNSTEADY];
        out.no_change += by[COMPARE_NO_CHANGE];
        out.not_tested += by[COMPARE_NOT_TESTED];
    }
    return out;
}

enum word compare_answer(const struct comparison *c)
{
    size_t differ = compare_boxes(c).differs;
    return compare_found(c)         ? WORD_CMP_FOUND
           : !compare_could_find(c) ? WORD_CMP_NO_DATA
           : differ > 0             ? WORD_CMP_ONLY_DAYS
                                    : WORD_CMP_NOT_FOUND;
}

struct phrase compare_basis(const struct comparison *c)
{
    return c->by_session ? number_fixed(ceil(c->least_p * 1e4) / 1e4, 4)
                         : number_count(COMPARE_SESSIONS_LEAST);
}

/* The colours of verdicts: only what is on a list has one. */
static void class_of(struct entry *x, bool times)
{
    enum compare_class c = *(const enum compare_class *)entry_member(x);
    entry_word(x, word_compare_class(c, times), compare_class_name(c, times));
    x->value.class = c == COMPARE_WORSE ? "i" : c == COMPARE_BETTER ? "c" : "u";
}

static void class(struct entry *x)
{
    class_of(x, false);
}

static void time_class(struct entry *x)
{
    class_of(x, true);
}

/* Dirty placements; a page has other words for them than for other shares. */
static void entry_share(struct entry *x, uint64_t dirty, uint64_t of)
{
    entry_number(x, dirty);
    x->value.of = of;
    if (is_page(x))
        entry_filled(x, WORD_CMP_OF, number_count(dirty).text, number_count(of).text);
}

/* To YAML 1.1 an exponent makes a string, and e-values are large. */
static void log10_of(struct entry *x)
{
    entry_real(x, *(const double *)entry_member(x) / log(10.0));
}

static const char *unit_name(const struct row *row, enum run run, enum compare_kind kind, size_t index)
{
    const struct survey *s = run_of(row, run)->survey;
    return kind == COMPARE_READER ? s->readers[index].unit : s->pairs[index].name;
}

/* ---- how many entries of what, by what is shown of them: all figures of headline and boxes are of this count ---- */

static void family(struct entry *x)
{
    static const struct {
        enum word word;
        const char *id;
    } families[] = { [COMPARE_CELLS] = { WORD_CMP_F_CELLS, "cells" },
                     [COMPARE_TIMES] = { WORD_CMP_F_TIMES, "times" },
                     [COMPARE_READERS] = { WORD_CMP_F_READERS, "readers" },
                     [COMPARE_HANDSETS] = { WORD_CMP_F_HANDSETS, "handsets" },
                     [COMPARE_PAIRS] = { WORD_CMP_F_PAIRS, "pairs" } };
    entry_word(x, families[x->row->i].word, families[x->row->i].id);
}

static void all_of_family(struct entry *x)
{
    entry_number(
        x, compare_count(whole(x->row), (enum compare_family)x->row->i, COMPARE_NOT_TESTED, COMPARE_BETTER));
}

static void of_class(struct entry *x)
{
    enum compare_class c = (enum compare_class)x->column->at;
    entry_number(x, compare_count(whole(x->row), (enum compare_family)x->row->i, c, c));
}

#define OF_CLASS(id, member)                                                                                 \
    {                                                                                                        \
        id, WORD_CMP_K_##member, VALUE_COUNT, of_class, .at = COMPARE_##member                               \
    }

static const struct column shown_columns[] = {
    { "of", WORD_CMP_C_OF_WHAT, VALUE_WORD, family },
    { "compared", WORD_CMP_C_COMPARED, VALUE_COUNT, all_of_family },
    OF_CLASS("worse", WORSE),
    OF_CLASS("better", BETTER),
    OF_CLASS("differs", DIFFERS),
    OF_CLASS("looks_worse", LOOKS_WORSE),
    OF_CLASS("looks_better", LOOKS_BETTER),
    OF_CLASS("unsteady", UNSTEADY),
    OF_CLASS("no_change", NO_CHANGE),
    OF_CLASS("not_tested", NOT_TESTED),
    { 0 },
};

const struct table table_shown = { .id = "shown",
                                   .caption = WORD_CMP_SHOWN_CAPTION,
                                   .remark =
                                       "How many entries of what are called what; times: worse is slower.",
                                   .flow = true,
                                   .indent = 2,
                                   .class = "compared",
                                   .columns = shown_columns,
                                   .rows = COMPARE_FAMILY_COUNT };

/* ---- what else differs ---- */

static const struct compare_difference *difference_of(const struct entry *x)
{
    return x->row->of;
}

enum word word_compare_what(enum compare_what what)
{
    static const enum word words[] = { WORD_NONE, COMPARE_WHAT_NAMES(WORD_OF, CMP_W) };
    return words[what];
}

static void what(struct entry *x)
{
    entry_word(x, word_compare_what(difference_of(x)->what), compare_what_name(difference_of(x)->what));
}

static void breaks(struct entry *x)
{
    if (difference_of(x)->breaks)
        entry_format(x, "%s", is_page(x) ? word_text(WORD_CMP_BREAKS, x->view->language) : "(!)");
}

static void subject(struct entry *x)
{
    entry_text(x, difference_of(x)->subject);
    x->value.word = is_page(x) ? WORD_CMP_WHOLE : WORD_NONE;
    x->value.class = difference_of(x)->subject ? NULL : "evidence";
}

/* "android: 7.0": the fact in words. */
static void entry_fact(struct entry *x, const char *fact)
{
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(fact, ":"), fact);
    entry_format(x, "%s%s%s", name_fact(key, x->view->language), word_text(WORD_COLON, x->view->language),
                 strstr(fact, ": ") + strlen(": "));
}

/* In the reader's language; YAML and English text have it as it was recorded. */
static void value_in_run(struct entry *x)
{
    const struct compare_difference *d = difference_of(x);
    const struct said *said = x->column->at == RUN_A ? d->a : d->b;
    bool translated = is_page(x) || x->view->language != LANGUAGE_ENGLISH;
    const char *words = said && translated ? said_own_words(said) : NULL;
    uint64_t ms = 0;
    entry_said(x, said);
    if (!said) {
        x->value.word = WORD_CMP_ABSENT;
        x->value.class = "evidence";
    } else if (words && d->what == COMPARE_WHAT_HANDSET_FACT && strstr(words, ": ")) {
        entry_fact(x, words);
    } else if (words && d->what == COMPARE_WHAT_TIME_LIMIT &&
               text_to_u64(words, strspn(words, "0123456789"), &ms)) {
        entry_filled(x, WORD_MILLISECONDS, number_count(ms).text, NULL);
    } else if (words && d->what == COMPARE_WHAT_HANDS) {
        entry_format(x, "%s",
                     word_text(word_hands(hands_kind_of_name(words, strlen(words))), x->view->language));
    }
}

/* ---- the lines of a file that differ ---- */

/* "- 12: margin_db: 3", as differences of a text are read anywhere. */
static void changed_line(struct entry *x)
{
    const struct text_line *l = x->row->of;
    entry_format(x, "%c %zu: %s", l->sign, l->number, l->text);
    x->value.class = l->sign == '-' ? "removed" : l->sign == '+' ? "added" : "evidence";
}

static bool has_lines(const struct view *v, const struct row *parent)
{
    (void)v;
    return ((const struct compare_difference *)parent->of)->line_count > 0;
}

static const struct column line_columns[] = { { NULL, WORD_NONE, VALUE_TEXT, changed_line }, { 0 } };
static const struct column yaml_line_columns[] = { YAML(NULL, TEXT, .get = changed_line), { 0 } };
#define LINES ARRAY(struct compare_difference, lines, line_count)

static const struct table yaml_lines = {
    .id = "lines", .in_line = true, .columns = yaml_line_columns, .there = has_lines, .array = LINES
};
const struct table table_changed_lines = {
    .columns = line_columns, .array = LINES, .class = "difference", .indent = 4
};

static const struct column difference_columns[] = {
    { "what", WORD_CMP_C_WHAT, VALUE_WORD, what },
    PEOPLE(WORD_NONE, TEXT, breaks, .place = PLACE_UNDER),
    { "subject", WORD_CMP_C_SUBJECT, VALUE_TEXT, subject, .note = "" },
    { "a", WORD_CMP_C_A, VALUE_SAID, value_in_run, .at = RUN_A, .note = "" },
    { "b", WORD_CMP_C_B, VALUE_SAID, value_in_run, .at = RUN_B, .note = "" },
    YAML("cells_not_compared", BOOL, MEMBER(struct compare_difference, breaks)),
    { .child = &yaml_lines },
    { NULL, WORD_CMP_C_LINES, VALUE_TEXT, .where = FORM_PAGE, .child = &table_changed_lines },
    { 0 },
};

static struct phrase differences_title(const struct view *v, const struct row *parent)
{
    struct phrase count = number_count(whole(parent)->difference_count);
    return PHRASE_FILL(WORD_CMP_DIFFERENCES_CAPTION, v->language, count.text);
}

const struct table table_differences =
    COMPARED(differences, difference_count, .id = "differences", .title = differences_title,
             .columns = difference_columns, .flow = true, .bare = true);

/* ---- what is not compared ---- */

static const struct compare_left *left_of(const struct entry *x)
{
    return x->row->of;
}

static void kind(struct entry *x)
{
    static const enum word words[] = { COMPARE_KIND_NAMES(WORD_OF, CMP_N) };
    const struct compare_left *l = left_of(x);
    if (x->view->form == FORM_YAML)
        entry_text(x, compare_kind_name(l->kind));
    else
        entry_format(x, "%s %s", word_text(words[l->kind], x->view->language), l->subject ? l->subject : "");
}

static void side(struct entry *x)
{
    static const char *const yaml[] = { "", "a", "b", "both" }, *const people[] = { "", "A", "B" };
    enum compare_side side = left_of(x)->side;
    entry_word(x, WORD_CMP_IN_BOTH, yaml[side]);
    if (x->view->form != FORM_YAML && side != COMPARE_IN_BOTH)
        entry_format(x, "%s", people[side]);
}

static void cells_in_words(struct entry *x)
{
    entry_filled(x, WORD_CMP_X_OF_CELLS, number_name(left_of(x)->cells).text, NULL);
}

static void reason(struct entry *x)
{
    static const enum word words[] = { WORD_NO_REASON, COMPARE_REASON_NAMES(WORD_OF, CMP_R) };
    entry_word(x, words[left_of(x)->reason], compare_reason_name(left_of(x)->reason));
}

#define LEFT(member) MEMBER(struct compare_left, member)

static const struct column left_columns[] = {
    { "kind", WORD_CMP_C_WHAT, VALUE_WORD, kind },
    YAML("subject", TEXT, LEFT(subject), .note = ""),
    { "in", WORD_CMP_C_IN, VALUE_WORD, side },
    PAGE(WORD_CMP_C_CELLS, COUNT, LEFT(cells)),
    TEXT(WORD_NONE, TEXT, cells_in_words),
    PEOPLE(WORD_C_REASON, WORD, reason),
    YAML("reason", TEXT, .get = reason),
    YAML("cells", COUNT, LEFT(cells)),
    { 0 },
};

const struct table table_not_compared =
    COMPARED(left, left_count, .id = "not_compared", .caption = WORD_CMP_H_LEFT, .columns = left_columns,
             .flow = true, .bare = true, .class = "compared");

/* ---- readers and handsets ---- */

static const struct compare_unit *unit_of(const struct row *row)
{
    return row->of;
}

static void unit(struct entry *x)
{
    const struct compare_unit *u = unit_of(x->row);
    enum run run = (enum run)x->column->at;
    entry_text(x, unit_name(x->row, run, u->kind, run == RUN_A ? u->a : u->b));
}

/* The one of B, where it is another. */
static void other_unit(struct entry *x)
{
    const struct compare_unit *u = unit_of(x->row);
    const char *other = unit_name(x->row, RUN_B, u->kind, u->b);
    if (strcmp(unit_name(x->row, RUN_A, u->kind, u->a), other) != 0)
        entry_text(x, other);
}

static void unit_share(struct entry *x)
{
    const struct compare_unit *u = unit_of(x->row);
    entry_share(x, x->column->at == RUN_A ? u->d_a : u->d_b, x->column->at == RUN_A ? u->n_a : u->n_b);
}

static void ways(struct entry *x)
{
    const struct compare_ways *w = entry_member(x);
    struct phrase (*number)(uint64_t) = is_page(x) ? number_count : number_name;
    entry_format(x, "%s / %s", number(w->worse).text, number(w->better).text);
}

#define UNIT(member) MEMBER(struct compare_unit, member)
#define WAYS(member) ways, .at = offsetof(struct compare_unit, member)

static bool is_tested(const struct entry *x)
{
    return !isnan(unit_of(x->row)->adjusted);
}

static const struct column unit_placements[] = {
    YAML("dirty_a", COUNT, UNIT(d_a)),
    YAML("n_a", COUNT, UNIT(n_a)),
    YAML("dirty_b", COUNT, UNIT(d_b)),
    YAML("n_b", COUNT, UNIT(n_b)),
    { 0 },
};

static const struct column unit_cells[] = {
    YAML("cells_worse", COUNT, UNIT(listed.worse)),
    YAML("cells_better", COUNT, UNIT(listed.better)),
    YAML("cells_apart_worse", COUNT, UNIT(apart.worse)),
    YAML("cells_apart_better", COUNT, UNIT(apart.better)),
    YAML("slower", COUNT, UNIT(times.worse)),
    YAML("faster", COUNT, UNIT(times.better)),
    { 0 },
};

static const struct table second_line = { .below = true, .look = LOOK_RECORD, .columns = unit_placements };
static const struct table third_line = { .below = true, .look = LOOK_RECORD, .columns = unit_cells };

/* What is shown of one, behind its name. */
#define UNIT_FIGURES                                                                                         \
    PAGE(WORD_CMP_C_CLASS, WORD, class, .at = offsetof(struct compare_unit, class)),                         \
        PEOPLE(WORD_CMP_C_CELLS, COUNT, UNIT(cells), .brief = WORD_CMP_X_CELLS),                             \
        PEOPLE(WORD_CMP_C_DIRTY_A, OF, unit_share, .at = RUN_A, .brief = WORD_CMP_X_DIRTY_A),                \
        PEOPLE(WORD_CMP_C_DIRTY_B, OF, unit_share, .at = RUN_B, .brief = WORD_CMP_X_DIRTY_B),                \
        PEOPLE(WORD_CMP_C_LISTED, COUNT, WAYS(listed), .brief = WORD_CMP_X_LISTED),                          \
        PEOPLE(WORD_CMP_C_LOOKS, COUNT, WAYS(looks), .brief = WORD_CMP_X_LOOKS),                             \
        PEOPLE(WORD_CMP_C_TIMES, COUNT, WAYS(times), .brief = WORD_CMP_X_TIMES)
#define UNIT_IN_YAML                                                                                         \
    YAML("class", WORD, .get = class, .at = offsetof(struct compare_unit, class), .one_of = &classes),       \
        YAML("log10_e", REAL, .get = log10_of, .at = offsetof(struct compare_unit, log_e), .digits = 4),     \
        YAML("p", REAL, UNIT(p), .digits = 6, .when = is_tested),                                            \
        YAML("p_adjusted", REAL, UNIT(adjusted), .digits = 6, .when = is_tested),                            \
        YAML("unsteady", BOOL, UNIT(unsteady)), YAML("cells", COUNT, UNIT(cells)),                           \
        { .child = &second_line },                                                                           \
    {                                                                                                        \
        .child = &third_line                                                                                 \
    }

static const struct column unit_columns[] = {
    TEXT(WORD_NONE, TEXT, unit, .at = RUN_A),
    TEXT(WORD_NONE, WORD, class, .at = offsetof(struct compare_unit, class)),
    PAGE(WORD_C_UNIT, TEXT, unit, .at = RUN_A),
    PAGE(WORD_NONE, TEXT, other_unit, .place = PLACE_UNDER),
    UNIT_FIGURES,
    YAML("a", TEXT, .get = unit, .at = RUN_A),
    YAML("b", TEXT, .get = unit, .at = RUN_B),
    UNIT_IN_YAML,
    { 0 },
};

/* Of a reader with a handset. */
static void reader_unit(struct entry *x)
{
    const struct compare_unit *u = unit_of(x->row);
    enum run run = (enum run)x->column->at;
    entry_text(x, unit_name(x->row, run, COMPARE_READER, run == RUN_A ? u->reader_a : u->reader_b));
}

static void other_reader_unit(struct entry *x)
{
    const struct compare_unit *u = unit_of(x->row);
    const char *other = unit_name(x->row, RUN_B, COMPARE_READER, u->reader_b);
    if (strcmp(unit_name(x->row, RUN_A, COMPARE_READER, u->reader_a), other) != 0)
        entry_text(x, other);
}

static const struct column pair_columns[] = {
    TEXT(WORD_CMP_N_READER, TEXT, reader_unit, .at = RUN_A),
    TEXT(WORD_CMP_N_HANDSET, TEXT, unit, .at = RUN_A),
    TEXT(WORD_NONE, WORD, class, .at = offsetof(struct compare_unit, class)),
    PAGE(WORD_C_READER, TEXT, reader_unit, .at = RUN_A),
    PAGE(WORD_NONE, TEXT, other_reader_unit, .place = PLACE_UNDER),
    PAGE(WORD_C_HANDSET, TEXT, unit, .at = RUN_A),
    PAGE(WORD_NONE, TEXT, other_unit, .place = PLACE_UNDER),
    UNIT_FIGURES,
    YAML("reader", TEXT, .get = reader_unit, .at = RUN_A),
    YAML("handset", TEXT, .get = unit, .at = RUN_A),
    YAML("reader_b", TEXT, .get = other_reader_unit),
    YAML("handset_b", TEXT, .get = other_unit),
    UNIT_IN_YAML,
    { 0 },
};

/* Of those of which there is nothing to say, YAML has all and a page the readers, for they are few. */
static bool reader_row(const struct view *v, struct row *row)
{
    const struct compare_unit *u = unit_of(row);
    return u->kind == COMPARE_READER && (v->form != FORM_TEXT || !compare_is_quiet(u));
}

static bool handset_row(const struct view *v, struct row *row)
{
    const struct compare_unit *u = unit_of(row);
    return u->kind == COMPARE_HANDSET && (v->form == FORM_YAML || !compare_is_quiet(u));
}

static bool pair_row(const struct view *v, struct row *row)
{
    const struct compare_unit *u = unit_of(row);
    return u->kind == COMPARE_PAIR && (v->form == FORM_YAML || !compare_is_quiet(u));
}

const struct table table_compared_pairs =
    COMPARED(units, unit_count, .id = "pairs", .caption = WORD_CMP_PAIRS_CAPTION, .columns = pair_columns,
             .row = pair_row, .flow = true, .class = "compared", .most_on_screen = CELLS_MAX,
             .cut = WORD_CMP_PAIRS_CUT);
const struct table table_compared_readers =
    COMPARED(units, unit_count, .id = "readers", .caption = WORD_UNITS_CAPTION, .columns = unit_columns,
             .row = reader_row, .flow = true, .class = "compared");
const struct table table_compared_handsets =
    COMPARED(units, unit_count, .id = "handsets", .caption = WORD_CMP_HANDSETS_CAPTION,
             .columns = unit_columns, .row = handset_row, .flow = true, .class = "compared");

/* ---- a cell ---- */

static const struct compare_cell *cell_of(const struct row *row)
{
    return row->of;
}

static const struct findings_cell *cell_in(const struct row *row, size_t run)
{
    return run == RUN_A ? &whole(row)->a->cells[cell_of(row)->a] : &whole(row)->b->cells[cell_of(row)->b];
}

static const char *name_in(const struct row *row, enum run run, size_t kind)
{
    const struct findings_cell *cell = cell_in(row, run);
    return unit_name(row, run, (enum compare_kind)kind, kind == COMPARE_READER ? cell->reader : cell->pair);
}

static void name(struct entry *x)
{
    entry_text(x, name_in(x->row, RUN_A, x->column->at));
}

/* The one of B: where it is another, in YAML where it may be. */
static void other_name(struct entry *x)
{
    const char *other = name_in(x->row, RUN_B, x->column->at);
    bool differs = strcmp(name_in(x->row, RUN_A, x->column->at), other) != 0;
    if (is_page(x) ? differs : whole(x->row)->match == COMPARE_BY_MODEL)
        entry_text(x, other);
}

static void condition(struct entry *x)
{
    const struct findings *a = whole(x->row)->a;
    size_t which = cell_in(x->row, RUN_A)->condition;
    if (is_page(x))
        entry_phrase(x, name_condition(a, which, x->view->language));
    else
        entry_text(x, a->survey->conditions[which].id);
}

static void script(struct entry *x)
{
    const struct findings *a = whole(x->row)->a;
    size_t which = cell_in(x->row, RUN_A)->script;
    entry_text(x, is_page(x) ? name_script(a, which, x->view->language)
                             : survey_script_loaded(a->survey, which)->id);
}

static void place(struct entry *x)
{
    const struct findings_cell *cell = cell_in(x->row, RUN_A);
    const struct findings *a = whole(x->row)->a;
    const char *comma = word_text(WORD_COMMA, x->view->language);
    entry_format(x, "%s%s%s%s%s", name_in(x->row, RUN_A, COMPARE_READER), comma,
                 name_condition(a, cell->condition, x->view->language).text, comma,
                 name_script(a, cell->script, x->view->language));
}

#define NAMES_ON_PAGE                                                                                        \
    PAGE(WORD_C_HANDSET, TEXT, name, .at = COMPARE_HANDSET),                                                 \
        PAGE(WORD_NONE, TEXT, other_name, .place = PLACE_UNDER, .at = COMPARE_HANDSET),                      \
        PAGE(WORD_CMP_C_CELL, TEXT, place),                                                                  \
        PAGE(WORD_NONE, TEXT, other_name, .place = PLACE_UNDER, .at = COMPARE_READER)
#define NAMES_IN_TEXT                                                                                        \
    TEXT(WORD_CMP_N_READER, TEXT, name, .at = COMPARE_READER),                                               \
        TEXT(WORD_CMP_N_HANDSET, TEXT, name, .at = COMPARE_HANDSET),                                         \
        TEXT(WORD_CMP_N_CONDITION, TEXT, condition), TEXT(WORD_CMP_N_SCRIPT, TEXT, script)

#define CELL(member) MEMBER(struct compare_cell, member)

/* ---- its times ---- */

/* "1.23 [1.10, 1.40]" */
static void ratio_in_words(struct entry *x)
{
    const struct compare_time *t = &cell_of(x->row)->time;
    struct phrase ratio = number_fixed(t->ratio, 2), low = number_fixed(floor(100.0 * t->low) / 100.0, 2),
                  high = number_fixed(ceil(100.0 * t->high) / 100.0, 2);
    entry_format(x, t->has_interval ? "%s%s [%s, %s]" : "%s%s", is_page(x) ? "" : "x ", ratio.text, low.text,
                 high.text);
}

static void ratio_interval(struct entry *x)
{
    const struct compare_time *t = &cell_of(x->row)->time;
    if (t->has_interval)
        entry_format(x, "[%.4f, %.4f]", floor(t->low * 1e4) / 1e4, ceil(t->high * 1e4) / 1e4);
    x->value.kind = t->has_interval ? VALUE_WORD : VALUE_NONE;
    x->value.note = t->has_ratio ? "" : NULL;
}

static bool is_timed(const struct entry *x)
{
    return cell_of(x->row)->time.has_ratio;
}

static bool has_p(const struct entry *x)
{
    return is_timed(x) && !isnan(cell_of(x->row)->time.p);
}

#define AT(member, getter) .get = (getter), .at = offsetof(struct compare_cell, member)
#define CELL_CLASS         class, .at = offsetof(struct compare_cell, class)
#define TIME_CLASS         time_class, .at = offsetof(struct compare_cell, time.class)
#define TIMED(member)      CELL(member), .when = is_timed

static const struct column time_columns[] = {
    TEXT(WORD_NONE, WORD, TIME_CLASS),
    NAMES_ON_PAGE,
    NAMES_IN_TEXT,
    PAGE(WORD_CMP_C_CLASS, WORD, TIME_CLASS),
    PEOPLE(WORD_CMP_C_MEDIAN_A, TIME, CELL(time.a.value_us), .brief = WORD_CMP_X_MEDIAN_A),
    PEOPLE(WORD_CMP_C_MEDIAN_B, TIME, CELL(time.b.value_us), .brief = WORD_CMP_X_MEDIAN_B),
    PEOPLE(WORD_CMP_C_RATIO, REAL, ratio_in_words, .brief = WORD_CMP_X_RATIO),
    PEOPLE(WORD_CMP_C_P, REAL, CELL(time.adjusted), .digits = 4, .brief = WORD_CMP_X_P),
    { 0 },
};

static bool changed_time_row(const struct view *v, struct row *row)
{
    (void)v;
    return compare_is_change(cell_of(row)->time.class) || cell_of(row)->time.class == COMPARE_DIFFERS;
}

const struct table table_changed_times =
    COMPARED(cells, cell_count, .caption = WORD_CMP_TIMES_CAPTION, .columns = time_columns,
             .row = changed_time_row, .class = "compared");

/* ---- its outcomes ---- */

static void share(struct entry *x)
{
    const struct findings_cell *cell = cell_in(x->row, x->column->at);
    entry_share(x, cell->d, cell->n);
}

/* Of another scheme it would mean something else. */
static void verdicts(struct entry *x)
{
    enum verdict a = cell_in(x->row, RUN_A)->verdict, b = cell_in(x->row, RUN_B)->verdict;
    const char *before = word_text(word_verdict(a), x->view->language);
    const char *after = word_text(word_verdict(b), x->view->language);
    if (whole(x->row)->same_verdicts && a != b)
        entry_filled(x, is_page(x) ? WORD_CMP_ARROW : WORD_CMP_X_ARROW, before, after);
    else if (whole(x->row)->same_verdicts && is_page(x))
        entry_text(x, before);
}

static void e_value(struct entry *x)
{
    entry_format(x, "%.3g", exp(fmin(cell_of(x->row)->log_e, 500.0)));
}

static void visible(struct entry *x)
{
    const struct compare_visible *seen = entry_member(x);
    if (seen->any)
        entry_number(x, seen->dirty);
}

/* Which counts of B would have shown a change. */
static void visible_in_words(struct entry *x)
{
    const struct compare_cell *cell = cell_of(x->row);
    const struct compare_visible *seen[] = { &cell->worse_from, &cell->better_up_to };
    static const enum word words[] = { WORD_CMP_VISIBLE_WORSE, WORD_CMP_VISIBLE_BETTER };
    struct phrase n = number_count(cell_in(x->row, RUN_B)->n), parts[2] = { { "" }, { "" } };
    for (size_t i = 0; i < 2; i++)
        if (seen[i]->any)
            parts[i] = PHRASE_FILL(words[i], x->view->language, number_count(seen[i]->dirty).text, n.text);
    entry_format(x, "%s%s%s", parts[0].text,
                 seen[0]->any && seen[1]->any ? word_text(WORD_COMMA, x->view->language) : "", parts[1].text);
    if (!seen[0]->any && !seen[1]->any)
        entry_absent(x, WORD_CMP_VISIBLE_NONE, NULL);
    x->value.class = "evidence";
}

static void placements_of_b(struct entry *x)
{
    entry_number(x, cell_in(x->row, RUN_B)->n);
}

static void verdict(struct entry *x)
{
    entry_text(x, verdict_name(*(const enum verdict *)entry_member(x)));
}

static bool in_a(const struct view *v, struct row *row)
{
    (void)v;
    row->of = cell_in(row, RUN_A);
    return true;
}

static bool in_b(const struct view *v, struct row *row)
{
    (void)v;
    row->of = cell_in(row, RUN_B);
    return true;
}

static const struct column run_columns[] = {
    YAML("n", COUNT, MEMBER(struct findings_cell, n)),
    YAML("d", COUNT, MEMBER(struct findings_cell, d)),
    YAML("s", COUNT, MEMBER(struct findings_cell, s)),
    YAML("verdict", WORD, .get = verdict, .at = offsetof(struct findings_cell, verdict),
         .names = DOMAIN_VERDICT),
    { 0 },
};

static const struct table cell_in_a = {
    .id = "a", .look = LOOK_RECORD, .flow = true, .columns = run_columns, .row = in_a
};
static const struct table cell_in_b = {
    .id = "b", .look = LOOK_RECORD, .flow = true, .columns = run_columns, .row = in_b
};

static const struct column cell_columns[] = {
    TEXT(WORD_NONE, WORD, CELL_CLASS),
    NAMES_ON_PAGE,
    NAMES_IN_TEXT,
    PAGE(WORD_CMP_C_CLASS, WORD, CELL_CLASS),
    PEOPLE(WORD_CMP_C_DIRTY_A, OF, share, .at = RUN_A, .brief = WORD_CMP_X_DIRTY_A),
    PEOPLE(WORD_CMP_C_DIRTY_B, OF, share, .at = RUN_B, .brief = WORD_CMP_X_DIRTY_B),
    PEOPLE(WORD_CMP_C_CHANGE, POINTS, member_bounds, .at = offsetof(struct compare_cell, low),
           .brief = WORD_CMP_X_CHANGE),
    TEXT(WORD_CMP_X_E, TEXT, e_value),
    PEOPLE(WORD_C_VERDICT, TEXT, verdicts, .brief = WORD_CMP_X_VERDICT),
    PAGE(WORD_CMP_C_VISIBLE, TEXT, visible_in_words),
    YAML("reader", TEXT, .get = name, .at = COMPARE_READER),
    YAML("handset", TEXT, .get = name, .at = COMPARE_HANDSET),
    YAML("reader_b", TEXT, .get = other_name, .at = COMPARE_READER),
    YAML("handset_b", TEXT, .get = other_name, .at = COMPARE_HANDSET),
    YAML("condition", TEXT, .get = condition),
    YAML("script", TEXT, .get = script),
    YAML("class", WORD, .get = CELL_CLASS, .one_of = &classes),
    { .child = &cell_in_a },
    { .child = &cell_in_b },
    YAML("difference", REAL, CELL(difference), .digits = 6),
    YAML("interval", POINTS, AT(low, member_bounds), .digits = 6),
    YAML("log10_e", REAL, AT(log_e, log10_of), .digits = 4),
    YAML("one_session", BOOL, CELL(one_session)),
    YAML("unsteady", BOOL, CELL(unsteady)),
    YAML("would_show:n_b", COUNT, .get = placements_of_b),
    YAML("would_show:worse_from_d", COUNT, AT(worse_from, visible), .note = ""),
    YAML("would_show:better_up_to_d", COUNT, AT(better_up_to, visible), .note = ""),
    YAML("time:class", WORD, .get = TIME_CLASS, .one_of = &time_classes),
    YAML("time:median_a_us", TIME, TIMED(time.a.value_us)),
    YAML("time:median_b_us", TIME, TIMED(time.b.value_us)),
    YAML("time:ratio", REAL, TIMED(time.ratio), .digits = 4, .note = ""),
    YAML("time:interval", WORD, .get = ratio_interval),
    YAML("time:p", REAL, TIMED(time.p), .digits = 6),
    YAML("time:p_adjusted", REAL, CELL(time.adjusted), .when = has_p, .digits = 6),
    { 0 },
};

static bool changed_row(const struct view *v, struct row *row)
{
    (void)v;
    return compare_is_change(cell_of(row)->class) || compare_looks(cell_of(row)->class);
}

const struct table table_changed_cells =
    COMPARED(cells, cell_count, .caption = WORD_CMP_CELLS_CAPTION, .columns = cell_columns,
             .row = changed_row, .class = "compared");
const struct table table_compared_cells = COMPARED(
    cells, cell_count, .id = "cells", .columns = cell_columns, .class = "compared",
    .remark = "interval: of P(dirty) in b less that in a, valid at every moment of both runs\n"
              "would_show: dirty ones of b's placements that would have shown a change, null: none would\n",
    .most_on_screen = CELLS_MAX, .cut = WORD_CMP_ALL_CUT);
