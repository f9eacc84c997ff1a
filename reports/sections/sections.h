/* The sections of a page, and those of a report as sections.def lists them. */
#ifndef NFC_SURVEY_SECTIONS_SECTIONS_H
#define NFC_SURVEY_SECTIONS_SECTIONS_H

#include "reports/render/html.h"
#include "reports/tables/table.h"

struct section {
    const char *anchor; /* a literal */
    enum word title;
    void (*draw)(struct page *p); /* what is below its heading */
    unsigned where;               /* enum form: SCREEN, PAPER, or both */
    enum { FOR_EVERYBODY = 0, FOR_PROCUREMENT, FOR_ANALYSTS } whom;
};

extern const struct section report_sections[];
extern const size_t report_section_count;

/*
 * Ends the page's <header>, behind the contents, and draws the sections that the page has, each under its heading. One
 * that draws nothing is left out, of the contents, too.
 */
void page_sections(struct page *p, const struct section *sections, size_t count);

#define S(anchor, title, draw, where, whom) void draw(struct page *p);
#include "reports/sections/sections.def"
#undef S

/* Has every table of the page in English heard, then those of spreadsheet and CSV alone. ERR_MEMORY without one. */
int report_tables(struct report *r, const struct page_tables *hears, struct err *e)
    __attribute__((warn_unused_result));
void sheet_tables(struct report *r, const struct page_tables *hears);

/* What the criteria ask for, before the list; on paper it is on the second sheet alone. */
void page_asked(struct page *p);

/* The criteria under a heading with their name: their clauses, and where they come from. */
void page_criteria_beside(struct page *p);

/* Blocks of the section on what the list rests on. */
void page_criteria(struct page *p);
void page_errors(struct page *p);

/* What a refusal means, and what the other kind of it would take. */
void page_price(struct page *p, const char *attributes);
void page_proposal(struct page *p);
void page_invalid(struct page *p);
void page_market(struct page *p);
void page_lacking(struct page *p); /* what the survey lacks, so that nobody is served */
void page_signature(struct page *p);

void page_front(struct page *p);
void page_data(struct page *p);   /* the block of data behind page_cells() */
void page_trails(struct page *p); /* inside page_failures() */

#endif
