/*
 * Places in a template of words: "{0}" is argument 0 itself; "{0:placement:placements}" is the first of two forms where
 * argument 0 is "1", else the second.
 */
#ifndef NFC_SURVEY_BASE_PLACE_H
#define NFC_SURVEY_BASE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct place {
    unsigned index; /* of the argument: 0 to 9 */
    const char *at; /* its brace, in the template */
    const char *behind;
    const char *one, *many; /* NULL: the argument itself stands there */
    size_t one_bytes, many_bytes;
};

/* The first place of a template; false where there is none. */
bool place_find(const char *template, struct place *out);

/* The form for an argument, of *bytes; NULL where the argument itself stands there. */
const char *place_form(const struct place *p, const char *argument, size_t *bytes);

#endif
