/* A list of handsets that people keep, as what a survey is made of: units with their profiles. */
#ifndef NFC_SURVEY_SURVEY_IMPORT_H
#define NFC_SURVEY_SURVEY_IMPORT_H

#include "harness/survey/models.h"

struct import_row {
    struct model model;
    char *tag; /* asset tag as listed; NULL: the list has none */
    char *sim; /* id of a sim; NULL */
    char *maker, *marketing_name, *android, *felica, *source, *note; /* "": not given */
    size_t first; /* the first row of this model: itself where this is it */
};

struct import {
    char *path;
    struct import_row *rows;
    size_t count;
};

/*
 * A list (list.h) of maker and model_code, one row a unit. Tags that a person takes for one, two rows that make the same
 * entry of a survey, and all that models_load() refuses, are problems with line and column. headers: NULL to guess all.
 */
int import_load(const char *path, const struct list_headers *headers, const struct profiles *p,
                struct import **out, struct survey_problems *problems, struct err *e)
    __attribute__((warn_unused_result));
int import_load_text(const char *path, const char *text, size_t length, const struct list_headers *headers,
                     const struct profiles *p, struct import **out, struct survey_problems *problems,
                     struct err *e) __attribute__((warn_unused_result));
void import_free(struct import **i);

/* The handset profile of a row, with what the list gives; source: where that comes from, when the row does not say. */
void import_add_profile(struct buf *b, const struct import *i, const struct import_row *row,
                        const char *source);

/* A line of `handsets:`, with who it is as a comment and without a line end. */
void import_add_entry(struct buf *b, const struct import_row *row);

#endif
