/*
 * A table, declared once: its title, its columns, where its rows come from. Renderers (reports/render) draw any
 * table and know none; a getter says what a value is, a renderer how it looks in its format. So a new column is one
 * line and its word, and a new format one file.
 *
 *   static const struct column columns[] = {
 *       { "reader", WORD_C_READER, VALUE_TEXT, row_reader },
 *       { "n", WORD_C_N, VALUE_COUNT, placements },
 *       { 0 },
 *   };
 *   const struct table table_example = {
 *       .id = "example", .caption = WORD_EXAMPLE, .columns = columns, .count = readers_count, .row = readers_row };
 */
#ifndef NFC_SURVEY_TABLES_TABLE_H
#define NFC_SURVEY_TABLES_TABLE_H

#include "harness/base/decimal.h"
#include "harness/domain/domain.h"
#include "reports/report.h"
#include "reports/words/phrase.h"
#include "reports/words/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a table or a column is drawn; a bit each. */
enum form {
    FORM_SCREEN = 1,
    FORM_PAPER = 2,
    FORM_SHEET = 4,
    FORM_MARKDOWN = 8,
    FORM_CSV = 16,
    FORM_TEXT = 32,
    FORM_YAML = 64,
    FORM_PAGE = FORM_SCREEN | FORM_PAPER,
    FORM_PEOPLE = FORM_PAGE | FORM_SHEET | FORM_MARKDOWN | FORM_TEXT,
};

enum value_kind {
    VALUE_NONE =
        0,      /* there is none; `word`, where there is one, says why to people, `note` to YAML's readers */
    VALUE_TEXT, /* a name, as it is */
    VALUE_LONG, /* a sentence, or several; a line each */
    VALUE_WORD, /* `word` for people, `text` for machines */
    VALUE_SAID, /* `said`: what the program said, in the language, or somebody else's words as they are */
    VALUE_LEFT_OUT,       /* number: a cell: why it was not run; `text` for machines */
    VALUE_VERDICT,        /* number: enum verdict */
    VALUE_RECOMMENDATION, /* number: enum recommendation */
    VALUE_NAME,           /* number: of a record, a cell, an exchange; no quantity */
    VALUE_CELL,           /* number: a cell, by its name, and a link to it */
    VALUE_COUNT,          /* number */
    VALUE_OF,             /* number of `of` */
    VALUE_SHARE,          /* real, 0 to 1; to two places, figures that are below each other */
    VALUE_PERCENT,        /* the same, to the digits that count */
    VALUE_BOUNDS,         /* low to high, shares; printed outwards */
    VALUE_POINTS,         /* low to high, a difference of shares; the same in points, with signs */
    VALUE_TIME,           /* number: microseconds */
    VALUE_QUANTILE,       /* quantile: microseconds with an interval */
    VALUE_REAL,           /* real */
    VALUE_AMOUNT,         /* real for machines, `text`, with its unit, for people */
    VALUE_P,              /* real: a p-value, never printed as 0 */
    VALUE_BOOL,           /* number: 0 or 1 */
    VALUE_UNITS,          /* number: a set of readers, a bit each */
    VALUE_MODES,          /* number: a set of power modes */
    VALUE_CAUSES,         /* number: a cause_set */
    VALUE_LINES,          /* lines, number of them: records */
    VALUE_PERIOD,         /* text to until: times of the journal */
    VALUE_SIGN, /* number: a cell: its verdict's sign, then `text`; a link to it, also of what is beside and under */
    VALUE_SIGNS, /* number: a pair, of: a reader: the signs of their cells, a line a script */
    VALUE_TALLY, /* lines: of how many cells is each sign, as signs_listed has them */
    VALUE_FIELD, /* to be filled in by hand */
    VALUE_KIND_COUNT,
};

#define VALUE_LINES_MAX 8 /* also one a sign */

struct value {
    enum value_kind kind;
    enum word word;
    uint64_t number, of;
    double real, low, high;
    enum decimal_rounding round; /* of a SHARE that is a bound: outwards */
    int digits; /* of REAL, SHARE and BOUNDS where machines read them; 0: as the kind has them */
    const struct findings_quantile *quantile;
    uint64_t lines[VALUE_LINES_MAX];
    const char *text, *note;
    const struct said *said;
    const char *until;  /* of PERIOD */
    const char *key;    /* YAML: in place of the column's, where each row has its own */
    const char *class;  /* of html beside what the kind says: a literal; NULL: none */
    struct phrase hold; /* what text and note may point to ... */
    char *made;         /* ... or, where it may be longer; released by value_done() */
};

/* For whom a table is drawn. */
struct view {
    const struct report *report; /* NULL in a command's table that is about no run */
    enum language language;
    enum form form;
    bool whole; /* with what a summary leaves out */
};

/* A row: which one it is of its table, and what it is about; whatever of it the table's `row` fills in. */
struct row {
    const struct row *parent;                           /* that its table is inside of; NULL: none */
    size_t i;                                           /* 0 .. count - 1 */
    size_t pair, reader, condition, script, step, cell; /* survey indexes; SIZE_MAX: none */
    const void *of;
    size_t k; /* place on the column's axis */
};

/* Columns that repeat: one a reader, a stage, a cause. */
struct axis {
    size_t copies; /* always so many; 0: as `count` says */
    size_t (*count)(const struct view *, const struct row *parent);
    struct phrase (*name)(const struct view *, size_t k); /* the header */
    const char *(*id)(size_t k);                          /* YAML's key; NULL: not in YAML */
    struct phrase (*under)(const struct view *,
                           size_t k); /* html: small, below the header; NULL or "": nothing */
};

/* Where a row meets a column. A getter fills in the value, by one of the entry_ functions. */
struct entry {
    const struct view *view;
    const struct findings *f; /* of the view's report; NULL without one */
    const struct row *row;
    const struct column *column;
    struct value value;
};
typedef void entry_getter(struct entry *x);

/* Whose member `at` is. */
enum about {
    ABOUT_ROW = 0, /* of what the row is about */
    ABOUT_RUN,     /* of the findings */
    ABOUT_SURVEY,
    ABOUT_CELL, /* of the row's cell, a struct findings_cell; no value where it has none */
    ABOUT_PAIR, /* of the row's pair, a struct findings_pair */
};

enum place {
    PLACE_OWN = 0,
    PLACE_UNDER,  /* html: small, in the cell before it; of an axis, in each copy's cell */
    PLACE_BESIDE, /* the same on one line */
};

struct column {
    const char *id;   /* CSV's name; YAML's key, in which a dot opens a block, a colon a map in a line */
    enum word header; /* {0} is `part` */
    enum value_kind kind;
    entry_getter *get;
    unsigned where; /* enum form, a bit each; 0: everywhere but YAML when `id` is NULL */
    size_t at;      /* for getters: a member's offset, an enum */
    enum word part;
    enum word absent; /* to people, where the getter finds no value and does not say why */
    enum word brief;  /* header of text, where it has one of its own */
    const char *note; /* YAML: comment behind the value, or behind the map in a line that it is in;
                         "": where there is no value, null */
    int digits;       /* of REAL, SHARE and BOUNDS where machines read them; 0: as the kind has them */
    enum about about;
    bool (*when)(const struct entry *); /* where it has a value; NULL: in every row */
    bool some;                          /* the number 0 is no value */
    enum decimal_rounding round;        /* of a SHARE that is a bound */
    const char *class;                  /* as a value's */
    enum place place;
    double width; /* of a spreadsheet, characters; 0: as the kind has it */
    const struct axis *axis;
    /* YAML nests it; a page has its rows below each other in one cell, where `where` says so; others leave it out. */
    const struct table *child;
    enum domain_enum names;    /* of TEXT and WORD: one of these; DOMAIN_NONE: anything */
    const struct axis *one_of; /* the same: one of its ids; NULL: anything */
    bool own_keys;             /* YAML: its values name keys of their own: value.key */
};

/* A column for YAML alone: its id, the kind without VALUE_, and the getter: MEMBER(..) or .get = .. */
#define YAML(id, kind, ...)                                                                                  \
    {                                                                                                        \
        id, WORD_NONE, VALUE_##kind, .where = FORM_YAML, __VA_ARGS__                                         \
    }

enum table_look {
    LOOK_FIGURES = 0, /* numbers under each other */
    LOOK_WORDS,       /* numbers among sentences */
    LOOK_LIST,        /* sentences first, no wider than the page */
    LOOK_VERDICTS,    /* cells that say by their colour what the verdict is */
    LOOK_RECORD,      /* one row, upright: a header and its value a line */
};

enum table_fold {
    FOLD_OPEN = 0,
    FOLD_CLOSED,  /* behind its caption, one click away; open on paper */
    FOLD_LONG,    /* the same, and it scrolls by itself; a browser does not print it */
    FOLD_NUMBERS, /* behind a plot; not on paper */
};

struct table {
    const char *id;     /* YAML: its key; NULL: its rows go into what is open */
    const char *anchor; /* html; NULL: none */
    const char *remark; /* YAML: lines of comment before it, an empty one is left empty */
    const char *note;   /* YAML: comment behind its key, where it has a row; of one in a line, at its end */
    bool flow;          /* YAML: a row a line, {..} */
    bool in_line;   /* YAML: all rows in one line, [{..}, {..}]; [.., ..] where the one column has no id */
    bool of_values; /* YAML: a row is the value of its one column, which has no id */
    bool below;     /* YAML: of a record inside of a row's line: on the next line */
    bool deeper;    /* YAML: of a record: further in than its key asks for */
    enum word caption;
    enum word summary; /* of a folded one; WORD_NONE: its caption */
    struct phrase (*summary_of)(const struct view *,
                                const struct row *parent); /* NULL: the summary as it is */
    unsigned open_most;                                    /* a folded one with so few rows is open */
    enum table_look look;
    enum table_fold fold;
    bool narrow;        /* html: figures no wider than the page, as in a block of it */
    const char *class;  /* of html beside the look's: a literal; NULL: none */
    const char *row_id; /* html: what a row's id begins with; its number follows */
    const char *(*row_class)(const struct view *, const struct row *); /* html: a literal; NULL: none */
    unsigned frozen;              /* of a sheet: columns that stay in sight */
    unsigned indent;              /* of text: blanks before its rows */
    bool bare;                    /* of text: without its headers */
    const struct column *columns; /* ends with one that has no kind and no child */

    /* Whether it is drawn at all inside of this row; NULL: yes. One without rows is drawn as an empty one. */
    bool (*there)(const struct view *, const struct row *parent);
    size_t rows;                                                    /* always so many; 0: as `count` says */
    size_t (*count)(const struct view *, const struct row *parent); /* NULL: as `array` says, or one row */
    struct array {
        size_t items, count, size; /* offsets in what the parent's row is about, else in the findings */
        bool inside;               /* the items are in the struct, not behind a pointer */
        enum about about;          /* ABOUT_SURVEY: offsets in the survey */
    } array;                       /* row->of is the item */
    /* Fills in what the row is about; false: it is passed over. NULL: as it is. */
    bool (*row)(const struct view *, struct row *);
    struct phrase (*title)(const struct view *, const struct row *parent); /* NULL: the caption as it is */
    /* The most rows of a form, behind which a line says that the list ends; 0: all. */
    unsigned most_on_screen, most_on_paper, most_in_markdown;
    enum word cut; /* of html: {0} rows of {1}; WORD_NONE: the page and the spreadsheet have them all */
};

#define ARRAY(type, items, count)                                                                            \
    {                                                                                                        \
        offsetof(type, items), offsetof(type, count), sizeof *((type *)0)->items, false                      \
    }
#define ARRAY_INSIDE(type, items, count)                                                                     \
    {                                                                                                        \
        offsetof(type, items), offsetof(type, count), sizeof *((type *)0)->items, true                       \
    }

#define ARRAY_OF_SURVEY(items, count)                                                                        \
    {                                                                                                        \
        offsetof(struct survey, items), offsetof(struct survey, count), sizeof *((struct survey *)0)->items, \
            false, ABOUT_SURVEY                                                                              \
    }
/* Of a record: the struct that is a member of what the parent's row is about. */
#define RECORD(type, member)                                                                                 \
    {                                                                                                        \
        offsetof(type, member), 0, sizeof((type *)0)->member, true                                           \
    }
/* As many as the table's `count` says. */
#define ARRAY_OF(type, items)                                                                                \
    {                                                                                                        \
        offsetof(type, items), 0, sizeof *((type *)0)->items, true                                           \
    }

struct row table_first(const struct row *parent); /* before the first row */
bool table_next(const struct table *t, const struct view *v, struct row *row);
size_t table_length(const struct table *t, const struct view *v, const struct row *parent);
bool table_is_empty(const struct table *t, const struct view *v, const struct row *parent);

/* Whether a form has the column. */
bool column_is_in(const struct column *c, enum form form);
/* Its headers and values in the order of the columns, axes unfolded. */
size_t column_copies(const struct column *c, const struct view *v, const struct row *parent);
struct phrase column_header(const struct column *c, const struct view *v, size_t k);
/* Release it with value_done(). */
void column_value(const struct column *c, const struct view *v, const struct row *row, size_t k,
                  struct value *out);
void value_done(struct value *v);

/* ---- for getters: each gives the value the column's kind ---- */

void entry_text(struct entry *x, const char *text); /* NULL or "": none */
void entry_phrase(struct entry *x, struct phrase text);
/* A sentence with its places filled, of any length; args ends with NULL. */
void entry_fill(struct entry *x, enum word text, const char *const *args);
#define ENTRY_FILL(x, text, ...) entry_fill((x), (text), (const char *const[]) { __VA_ARGS__, NULL })
void entry_buf(struct entry *x, struct buf *text); /* of any length; takes it over */
/* Of any length; plain text, whatever the column's kind. */
void entry_format(struct entry *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
void entry_word(struct entry *x, enum word word, const char *text);
void entry_absent(struct entry *x, enum word why, const char *note); /* NULL: no note */
void entry_said(struct entry *x, const struct said *said);           /* NULL: none */
void entry_number(struct entry *x, uint64_t number);
void entry_real(struct entry *x, double real); /* NaN: none */
void entry_bounds(struct entry *x, double low, double high);
void entry_quantile(struct entry *x, const struct findings_quantile *q);

void column_word(struct entry *x); /* the same in every row: the word that is the column's `at` */

/* Getters of what a row is about; none where it is about no such thing. */
void row_number(struct entry *x); /* its i */
void row_handset(struct entry *x);
void row_handset_model(struct entry *x);
void row_sim(struct entry *x);
void row_reader(struct entry *x);
void row_reader_model(struct entry *x);
void row_reader_if_other(struct entry *x); /* the same, where it says more than the unit does */
void row_recommendation(struct entry *x);  /* of its pair; none without criteria */
void row_condition(struct entry *x);
void row_script(struct entry *x);
void row_cell(struct entry *x); /* its name, and a link */
void row_survey(struct entry *x);
void row_origin(struct entry *x); /* true of a simulated run, unproven or false */
void entry_damaged_lines(struct entry *x, const struct findings *f);
void entry_open_since(struct entry *x, const struct findings *f);
void row_damaged_lines(struct entry *x);  /* of a journal that is not as it was written */
void row_changes(struct entry *x);        /* what a resume found otherwise: name_add_changes() */
void row_open_since(struct entry *x);     /* the last record's time of a run without a stop record */
void row_simulated_sign(struct entry *x); /* null where a simulated run has none */
void column_text(struct entry *x);        /* the same in every row: the column's note */

/* For `when`. */
bool when_judged(const struct entry *x);    /* the run, by criteria */
bool when_placed(const struct entry *x);    /* the row's cell, so that it has figures */
bool when_bracketed(const struct entry *x); /* by its rules the run has suspect placements */

void hash_of_journal(struct entry *x);
void hash_of_criteria(struct entry *x); /* none without criteria */

/*
 * Getters of a member of what a row is about: row->of is the struct, column->at the member's offset.
 *   { "lag1", WORD_C_LAG, VALUE_REAL, MEMBER(struct findings_drift, lag1), .digits = 4 }
 */
void member_u64(struct entry *x);  /* of size_t, too */
void member_u32(struct entry *x);  /* of enums and sets, too */
void member_real(struct entry *x); /* what is not finite: none; null in YAML */
void member_bool(struct entry *x);
void member_text(struct entry *x); /* a char * */
void member_text_or_null(struct entry *x);
void member_said(struct entry *x);  /* a struct said * */
void member_chars(struct entry *x); /* text inside of the struct; MEMBER takes it for a char * */
void member_quantile(struct entry *x);
void member_clustered(struct entry *x); /* its quantile, and of how many times it is worth */
void member_bounds(struct entry *x);    /* a double, and the one behind it */
/* Of an array of numbers, the one at the axis's place. */
void axis_u64(struct entry *x);
void axis_u32(struct entry *x);
const void *entry_member(const struct entry *x);

#define MEMBER(type, member) .get = MEMBER_GETTER(type, member), .at = offsetof(type, member)
/* Of a struct `part` that is a member `of` of the row's struct. */
#define MEMBER_OF(type, of, part, member)                                                                    \
    .get = MEMBER_GETTER(part, member), .at = offsetof(type, of) + offsetof(part, member)
#define MEMBER_GETTER(type, member)                                                                          \
    _Generic(((type *)0)->member, uint64_t: member_u64, double: member_real, bool: member_bool,              \
             char *: member_text, const char *: member_text, struct said *: member_said, struct findings_quantile: member_quantile,      \
             struct findings_clustered: member_clustered, default: member_u32)
/* As many as the axis has copies, from this one on. */
#define AXIS_MEMBER(type, member)                                                                            \
    .get = _Generic(((type *)0)->member, uint64_t                                                            \
                    : axis_u64, default                                                                      \
                    : axis_u32),                                                                             \
    .at = offsetof(type, member)
/* Of the run, the row's cell, the row's pair. */
#define MEMBER_OF_RUN(member)  MEMBER(struct findings, member), .about = ABOUT_RUN
#define MEMBER_OF_CELL(member) MEMBER(struct findings_cell, member), .about = ABOUT_CELL
#define MEMBER_OF_PAIR(member) MEMBER(struct findings_pair, member), .about = ABOUT_PAIR

/* Fills in what a row is about that is about this cell: row->of is its struct findings_cell. */
void row_take_cell(const struct view *v, struct row *row, size_t cell);

/* What a row is about stays; its names are those of the cell. */
void row_name_cell(const struct view *v, struct row *row, size_t cell);

/* The readers of the survey as rows and as columns, its handset + SIM pairs as rows. */
size_t pairs_count(const struct view *v, const struct row *parent);
bool pairs_row(const struct view *v, struct row *row);
bool judged_pairs_row(const struct view *v, struct row *row); /* about a struct assess_pair */
size_t readers_count(const struct view *v, const struct row *parent);
bool readers_row(const struct view *v, struct row *row);
/* A script's readers beside each other: a row is about a struct findings_reader_script. */
size_t scripts_by_readers_count(const struct view *v, const struct row *parent);
bool scripts_by_readers_row(const struct view *v, struct row *row);
extern const struct axis axis_readers;
extern const struct axis axis_reader_models; /* the same, on screen with their models */
extern const struct axis axis_causes;        /* F01 .. */
extern const struct axis axis_recommendations;

/* What a value is to people, in the view's language, as plain text. */
void value_in_words(const struct view *v, const struct value *value, struct buf *out);
/* A share as machines read it: so many digits, bounds rounded outwards. */
const char *value_share_digits(const struct value *value, int digits, char out[DECIMAL_SIZE]);

#endif
