/*
 * Text from profiles, cards and libraries on its way into a page, a picture or a table: every value goes
 * through one of these. What can't be seen, or turns or hides what is beside it, never gets through: a
 * control, a mark that turns the direction of text, a character without width is written visibly, as \u202e
 * (base/text.h); bytes that are not UTF-8 become U+FFFD. Tabs and line ends become blanks where people read
 * (HTML, gnuplot, Markdown), and \t, \n, \r in tables.
 */
#ifndef NFC_SURVEY_RENDER_ESCAPE_H
#define NFC_SURVEY_RENDER_ESCAPE_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* For element content and for attributes in double or single quotes. */
void escape_html(struct buf *b, const char *text);

/* The inside of a JSON string in double quotes, harmless inside a <script> block too: it has no <, > or &. */
void escape_json(struct buf *b, const char *text);

/* A gnuplot string in single quotes, ' in it as ’: no backtick, backslash or @ has a meaning in it. */
void escape_gnuplot(struct buf *b, const char *text);

/* A field of a data file of gnuplot's, in double quotes, so that no row is a comment; a quote becomes ''. */
void escape_gnuplot_field(struct buf *b, const char *text);

/* For a cell of a spreadsheet, which takes any text that can be seen; what Excel would read as the code of a
 * character is written so that it is not. */
void escape_sheet(struct buf *b, const char *text);

/*
 * A field of RFC 4180, in quotes where it needs them. Spreadsheets run a field that begins with = + - @ (also
 * in full width), a tab or a carriage return as a formula: such a text gets a ' before it.
 */
void escape_csv(struct buf *b, const char *text);
bool escape_begins_formula(const char *text); /* which a spreadsheet would run */

/*
 * GitHub's Markdown, in a paragraph or a table: no markup, no HTML, no column, no link and no mention comes
 * out of it. The text looks the same where it is rendered.
 */
void escape_markdown(struct buf *b, const char *text);

/*
 * An SVG picture as gnuplot writes it, made fit for a page: no prologue, no definitions, every id
 * and reference prefixed, a role and a label for screen readers. False when it holds an element or attribute
 * that a plot of ours never has; then nothing is added.
 */
bool escape_svg(struct buf *b, const char *svg, size_t length, const char *prefix, const char *label);

#endif
