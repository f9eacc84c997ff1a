/*
 * Shares of the market: how much of it each handset model is, from the handset profiles or from a CSV file of
 * the columns handset (a profile's id, or the asset tag of a unit) and share (0 to 1). What no tested handset
 * covers stays uncertain and goes wholly into the width of every coverage.
 */
#ifndef NFC_SURVEY_SURVEY_SHARES_H
#define NFC_SURVEY_SURVEY_SHARES_H

#include "harness/survey/survey.h"

#define SHARES_MAX 10000 /* rows */

struct share {
    char *handset; /* as listed */
    char *key;     /* its text_key() */
    double share;
    unsigned line;
};

struct shares {
    char *path;
    struct share *items;
    size_t count;
    double sum; /* at most 1, but for rounding */
};

/*
 * A list (list.h) of the columns handset and share. A wrong, second or impossible entry is a problem with line and
 * column. The caller frees with shares_free().
 */
int shares_load(const char *path, struct shares **out, struct survey_problems *p, struct err *e)
    __attribute__((warn_unused_result));
int shares_load_text(const char *path, const char *text, size_t length, struct shares **out,
                     struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
void shares_free(struct shares **s);

enum shares_source { SHARES_NONE = 0, SHARES_UNKNOWN, SHARES_PROFILES, SHARES_FILE };

struct shares_use {
    enum shares_source source;  /* SHARES_UNKNOWN: no share at all, every tested handset weighs the same */
    double tested;              /* share of the market of the handsets in the survey; 1 when unknown */
    size_t without;             /* tested handsets (pairs) without a share while others have one */
    size_t untested_rows;       /* rows of the file that name no handset of the survey ... */
    const char *first_untested; /* the first of them, borrowed from the shares; NULL: none */
    double untested;            /* ... and their share */
};

/*
 * weights: one a pair of the survey. A model's share is split evenly over its pairs. s: NULL for the
 * profiles'. ERR_INPUT when a pair is named by two rows or the profiles' shares exceed 1.
 */
int shares_weights(const struct shares *s, const struct survey *v, double *weights, struct shares_use *use,
                   struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));

#endif
