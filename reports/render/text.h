/* Columns of text, aligned by display width (a Japanese character takes two cells). */
#ifndef NFC_SURVEY_RENDER_TEXT_H
#define NFC_SURVEY_RENDER_TEXT_H

#include <stddef.h>
#include <stdio.h>

struct text_rows; /* kept until printed */

struct text_rows *table_new(size_t columns); /* NULL when out of memory */
void table_cell(struct text_rows *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_print(const struct text_rows *t, FILE *to); /* control bytes in cells are shown as \xNN */
void table_free(struct text_rows **t);

#endif
