/* The list of problems that a load collects: what is wrong, where, and what was expected. Never prints. */
#ifndef NFC_SURVEY_SURVEY_PROBLEM_H
#define NFC_SURVEY_SURVEY_PROBLEM_H

#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>

#define PROBLEMS_MAX 100

struct problems {
    struct survey_problems *list; /* the caller's; new ones are appended */
    size_t found;                 /* by this load, those past the cap counted too */
    bool memory;                  /* out of memory: the load fails as a whole */
};

void problem_add(struct problems *p, const char *path, unsigned line, unsigned column, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));

/* A value as messages show it: in quotes, cut at 48 bytes, control characters as "?". Returns out. */
#define PROBLEM_QUOTE_SIZE 64
const char *problem_quote(const char *text, char out[PROBLEM_QUOTE_SIZE]);

/* 0, or ERR_MEMORY, or ERR_INPUT with the first problem found and how many there are. */
int problem_result(const struct problems *p, const char *path, struct err *e);

#endif
