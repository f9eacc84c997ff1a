/*
 * How a report names things, for writers of every format: plain text that the writer still has to escape.
 * Here stand the honesty rules about names: a real model's name never beside a simulated result.
 */
#ifndef NFC_SURVEY_TABLES_NAMES_H
#define NFC_SURVEY_TABLES_NAMES_H

#include "harness/findings/assess.h"
#include "harness/findings/findings.h"
#include "reports/words/words.h"

#define LABEL_BYTES 256

/* Cut at a whole character, with an ellipsis, where it would be longer. */
struct label {
    char text[LABEL_BYTES];
};

struct label label_cut(const char *text);
struct label label_reader(const struct findings *f, size_t reader);
/* Maker and model of the phone that a pair's unit is; "" where that would be a real name beside a simulated
 * result. */
struct label label_handset(const struct findings *f, size_t pair);
const char *label_sim(const struct findings *f, size_t pair);
const char *label_condition(const struct findings *f, size_t condition);
const char *label_script(const struct findings *f, size_t script);
/* "Reader, condition, script" of a cell. */
struct label label_cell(const struct findings *f, size_t cell, enum string_language language);

enum string_id label_verdict(enum verdict v);
enum string_id label_stage(enum stage stage);
enum string_id label_power(enum power_mode mode);
enum string_id label_outcome(enum outcome outcome);
enum string_id label_recommendation(enum recommendation r);
enum string_id label_reason(enum findings_reason reason);
const char *label_file(const char *kind, enum string_language language); /* "handset" of a survey's files */
const char *label_depth(enum depth depth); /* the field's own terms, in every language; "" of none */

/* What a reason names besides its cell: a clause, a power mode, or what the survey lacks; NULL: nothing. */
const char *label_missing(const struct findings_pair *pair, enum string_language language);
/* What criteria ask for and the survey lacks: a power mode in words, else the name of a script, step or
 * reader; NULL: nothing. */
const char *label_asked(const char *name, enum string_language language);

enum string_id label_clause(enum assess_clause clause);
/* The units of a set of readers, a bit each, with commas between. */
void label_add_readers(struct buf *out, const struct findings *f, uint32_t set,
                       enum string_language language);
/* "without reader {0}" and the like. */
struct label label_scenario(const struct assessment *a, const struct assess_scenario *s,
                            enum string_language language);

/* The one of two texts that is in the language, or the other where there is none; may be NULL. */
const char *label_choose(const char *english, const char *japanese, enum string_language language);

/* The string with {0} .. {9} replaced by args, in pieces to add(); args ends with NULL. */
void label_add(struct buf *out, void (*add)(struct buf *, const char *), enum string_id id,
               enum string_language language, const char *const *args);
struct label label_fill(enum string_id id, enum string_language language, const char *const *args);

#endif
