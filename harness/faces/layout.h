/* Text in lines of a terminal, broken between words. */
#ifndef NFC_SURVEY_FACES_LAYOUT_H
#define NFC_SURVEY_FACES_LAYOUT_H

#include <stddef.h>

struct layout_line {
    const char *text; /* in the text that was given */
    size_t bytes;     /* without the blanks at its end */
};

/*
 * Breaks a text at blanks, at its line breaks, and before or behind a wide character (Japanese has no blanks), but with
 * no closing mark at a line's beginning and no opening one at its end; a word longer than a line is cut. The text is
 * UTF-8 without controls but line breaks. Returns the number of lines that it takes, of which at most `capacity` are in
 * `out`.
 */
size_t layout_wrap(const char *text, size_t columns, struct layout_line *out, size_t capacity);

#endif
