/* The lines in which two texts differ. */
#ifndef NFC_SURVEY_COMPARE_TEXT_DIFF_H
#define NFC_SURVEY_COMPARE_TEXT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_DIFF_CELLS_MAX 4000000 /* lines of a times lines of b, without what both begin and end with */

/* In the order of the texts. */
struct text_line {
    char sign; /* '-' only in a, '+' only in b; '@': what the next ones stand below, by their indentation */
    size_t number; /* its line in a, of '+' in b, from 1 */
    char *text;    /* owned, without the line's end */
};

/*
 * As few lines as possible, by the longest common subsequence; of texts too long for that, all between what both begin
 * and end with. False: out of memory, and nothing is owned.
 */
bool text_diff(const char *a, const char *b, struct text_line **out, size_t *count);
void text_diff_free(struct text_line *lines, size_t count);

#endif
