/*
 * Text from profiles, cards and libraries on its way into a page or a picture: every value goes through one
 * of these. Control bytes and bytes that are not UTF-8 never get through.
 */
#ifndef NFC_SURVEY_REPORTS_ESCAPE_H
#define NFC_SURVEY_REPORTS_ESCAPE_H

#include "harness/base/buf.h"

#include <stddef.h>

/* For element content and for attributes in double or single quotes. Control bytes become blanks. */
void escape_html(struct buf *b, const char *text);

/* The inside of a JSON string in double quotes, harmless inside a <script> block too: no <, > or & stands in
 * it. */
void escape_json(struct buf *b, const char *text);

/* A gnuplot string in single quotes with ' doubled: no backtick, backslash or @ has a meaning in it. */
void escape_gnuplot(struct buf *b, const char *text);

/*
 * An SVG picture as gnuplot writes it, made fit to stand inside a page: no prologue, no definitions, every id
 * and reference prefixed, a role and a label for screen readers. False when it holds an element or attribute
 * that a plot of ours never has; then nothing is added.
 */
bool escape_svg(struct buf *b, const char *svg, size_t length, const char *prefix, const char *label);

#endif
