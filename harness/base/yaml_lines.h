/*
 * YAML in block style in the making, for people and programs. Texts are strings in double quotes that YAML
 * reads back as they were; what can't be seen, or turns the text beside it, stands as an escape.
 */
#ifndef NFC_SURVEY_BASE_YAML_LINES_H
#define NFC_SURVEY_BASE_YAML_LINES_H

#include "harness/base/buf.h"

#include <stdint.h>

void lines_string(struct buf *b, const char *text); /* null for NULL; not UTF-8: U+FFFD */

/* "  # lead text"; no character of the text ends the line. */
void lines_comment(struct buf *b, const char *lead, const char *text);

/* A line: what stands before the key (blanks, "- "), key and value. */
void lines_text(struct buf *b, const char *lead, const char *key, const char *value);
void lines_number(struct buf *b, const char *lead, const char *key, uint64_t value);

#endif
