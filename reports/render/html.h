/*
 * A page in the making. Raw markup goes in by page_put() and comes from string literals only; every value
 * goes in by page_text(), page_say() and their kin, which escape it.
 */
#ifndef NFC_SURVEY_RENDER_HTML_H
#define NFC_SURVEY_RENDER_HTML_H

#include "harness/findings/findings.h"
#include "reports/report.h"
#include "reports/tables/names.h"
#include "reports/words/numbers.h"
#include "reports/words/words.h"

#define PAGE_BYTES_MAX (256u << 20)
#define PAGE_CELLS_MAX                                                                                       \
    5000 /* cells as markup, for browsers without script; with it all come from the data block */

struct comparison;
struct table;
struct row;
struct view;

/* Hears every table that a page has, with what it is inside of. */
struct page_tables {
    void *self;
    void (*table)(void *self, const struct view *v, const struct table *t, const struct row *parent);
};

struct page {
    struct buf b;
    const struct findings *f;
    struct report *r;
    const struct comparison *comparison; /* of the run with another; NULL: the page is about the run alone */
    enum language language;
    unsigned plots; /* drawn so far: their number prefixes their ids */
    bool on_paper;  /* long lists are cut to ROWS_ON_PAPER rows; no numbers behind figures, no trails */
    const struct page_tables *tables; /* hears them, and no plot is drawn; NULL: it is a page */
};

void page_put(struct page *p, const char *markup);
void page_text(struct page *p, const char *value);
void page_number(struct page *p, uint64_t value);
void page_say(struct page *p, enum word id);
void page_gap(struct page *p); /* between sentences: a blank, where the language has one */

/* The string with {0} .. {9} replaced by args, all of it escaped; args ends with NULL. */
void page_fill(struct page *p, enum word id, const char *const *args);
#define PAGE_FILL(p, id, ...) page_fill((p), (id), (const char *const[]) { __VA_ARGS__, NULL })

/* Elements: the name is a literal, attributes (may be "") are literal markup. */
void page_element(struct page *p, const char *name, const char *attributes, enum word id);
void page_value(struct page *p, const char *name, const char *attributes, const char *value);
/* The same with the string filled, on a line of its own. */
void page_filled(struct page *p, const char *name, const char *attributes, enum word id,
                 const char *const *args);
#define PAGE_FILLED(p, name, attributes, id, ...)                                                            \
    page_filled((p), (name), (attributes), (id), (const char *const[]) { __VA_ARGS__, NULL })
/* Opens a section; class: a literal, or NULL. */
void page_section(struct page *p, const char *anchor, const char *class, enum word id);
/* A table (tables/table.h); parent: what it is inside of, or NULL; class: a literal behind its own, and behind
 * its anchor, or NULL. */
struct view page_view(const struct page *p); /* for whom the page's tables are */
void page_table(struct page *p, const struct table *t, const struct row *parent, const char *class);
/* "from {0} to {1}", each a <time> with the journal's own text for machines. */
void page_period(struct page *p, const char *from, const char *to);

struct page_link {
    const char *anchor; /* a literal */
    enum word title;
};

/* A page as a whole: what differs from page to page. */
struct page_content {
    void (*title)(struct page *); /* text, behind the mark */
    void (*rules)(struct page *); /* of style, behind those of the style sheet; NULL: none */
    struct page_link first;       /* to the first section */
    void (*body)(struct page *);  /* <header>, <main> and the sections, up to its end */
    void (*foot)(struct page *);  /* text */
};

/* Writes it, in the report's language; comparison: of the report's run with another, or NULL. */
int page_write(struct report *r, const struct comparison *comparison, const struct page_content *content,
               const char *path, struct err *e) __attribute__((warn_unused_result));

enum word page_mark_word(const struct page *p);     /* of its run, or of both that it compares; NONE */
void page_mark(struct page *p);                     /* "SIMULATED: ", where so */
void page_mark_behind(struct page *p);              /* the same behind a heading or caption */
void page_banner(struct page *p, const char *sign); /* what the mark means; sign: how it is known, or NULL */
void page_unfinished(struct page *p);               /* a notice, where the run is not finished */
void page_contents(struct page *p, const struct page_link *links, size_t count);

/* Signs of verdicts: one, all with their meaning, and what values of these kinds are in a table's cell. */
struct value;
void page_symbol(struct page *p, enum verdict v);
void page_legend(struct page *p);
void page_signs(struct page *p, const struct value *value);
void page_tally(struct page *p, const struct value *value);
void page_fields(struct page *p); /* attributes of a table of such signs */

/* A link around the sign of a cell: to its row, and with script it opens the cell in full. */
void page_cell_open(struct page *p, size_t cell);
void page_cell_close(struct page *p);

#endif
