/* What people type that is no YAML, named where it is and in their words: libyaml says where it gave up. */
#ifndef NFC_SURVEY_SURVEY_SLIP_H
#define NFC_SURVEY_SURVEY_SLIP_H

#include <stdbool.h>
#include <stddef.h>

struct slip {
    unsigned line, column; /* from 1, in characters */
    char text[160];
};

/* The first byte or character of a file that YAML takes nowhere. False when there is none. */
bool slip_character(const char *text, size_t length, struct slip *out);

/*
 * What is likely to have led to an error: looked for from the last of these lines backwards to the first. keyed: a key
 * without its colon was found. The text is UTF-8.
 */
bool slip_find(const char *text, size_t length, unsigned first, unsigned last, bool keyed, struct slip *out);

#endif
