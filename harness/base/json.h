/*
 * A JSON writer with state, for schemas: two blanks a level, a key a line; the caller says what opens, what it holds, and what
 * closes. In an array the keys are NULL.
 */
#ifndef NFC_SURVEY_BASE_JSON_H
#define NFC_SURVEY_BASE_JSON_H

#include "harness/base/buf.h"

#include <stdbool.h>

#define JSON_DEPTH_MAX 64

struct json {
    struct buf *b; /* borrowed */
    unsigned depth;
    struct {
        bool array, any;
    } levels[JSON_DEPTH_MAX];
};

void json_begin(struct json *j, struct buf *b); /* opens the outermost object */
void json_end(struct json *j);                  /* closes what is open, and the last line */

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close(struct json *j); /* the innermost */

void json_text(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, double value); /* whole ones without a point */
/* Written as it is: true, [1, 2], or members of an object with their keys, key NULL. */
void json_raw(struct json *j, const char *key, const char *value);

#endif
