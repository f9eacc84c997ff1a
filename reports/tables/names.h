/*
 * How a report names things, for writers of every format: plain text that the writer still has to escape.
 * Here are the honesty rules about names: a real model's name never beside a simulated result.
 */
#ifndef NFC_SURVEY_TABLES_NAMES_H
#define NFC_SURVEY_TABLES_NAMES_H

#include "harness/criteria/assessment.h"
#include "harness/findings/findings.h"
#include "reports/words/enums.h"
#include "reports/words/phrase.h"
#include "reports/words/words.h"

/* What every page, sheet and file of a run is marked with, as a word and as a sentence; NONE for real readers, and
 * for runs of 0.4.0, which did not look. */
enum word word_mark(const struct findings *f);
enum word word_mark_text(const struct findings *f);
/* Units with another serial or firmware, and the program, where a resume found others than before; "" of none. */
void name_add_changes(struct buf *out, const struct findings *f, enum language language);

/* Of a journal that is not as it was written: which lines, and who went on with them, beside WORD_DAMAGED_TEXT; ""
 * of one that is. */
struct damage_words {
    char text[2 * PHRASE_BYTES];
};
/* The mark of a sheet, with the lines of damage: "SIMULATED, DAMAGED JOURNAL: 5, 14, 20-36"; "" where there is none. */
struct damage_words name_mark(const struct findings *f, enum language language);
struct damage_words name_damage(const struct journal_faults *faults, enum language language);
/* The same without the journal's damage: SIMULATED, UNPROVEN or NONE. */
enum word word_origin(const struct findings *f);
struct comparison;
enum word word_origin_compared(const struct comparison *c);
const struct findings *compared_run(const struct comparison *c, unsigned number); /* 0, 1 */
enum word word_mark_compared(const struct comparison *c);                         /* of both runs */

/* The survey's title, else its id; beside the mark of simulated data without one of the author's own. */
struct phrase name_survey(const struct findings *f, enum language language);
struct phrase name_reader(const struct findings *f, size_t reader);
/* Maker and model of the phone that a pair's unit is; "" where that would be a real name beside a simulated
 * result. */
struct phrase name_handset(const struct findings *f, size_t pair);
/* The model's name; the unit's tag beside it where another unit is of that model, alone where it has no name; the SIM
 * where that unit is there with another one. */
void name_add_pair(struct buf *out, const struct findings *f, size_t pair, enum language language);
/* By title where the survey or the script gives one, else by id (a step's name); the ids that a power mode gives are
 * words of the language. */
const char *name_sim(const struct findings *f, size_t pair, enum language language);
struct phrase name_condition(const struct findings *f, size_t condition, enum language language);
const char *name_script(const struct findings *f, size_t script, enum language language);
const char *name_step(const struct findings *f, size_t script, size_t step, enum language language);
/* A group of the matrix: what the criteria require, or a condition. */
struct matrix_group;
struct phrase name_group(const struct findings *f, const struct matrix_group *g, enum language language);
/* A fact of a profile ("max_kbit_s") in words where it is one that every profile may have, else its key. */
const char *name_fact(const char *key, enum language language);
/* Why a cell is not run: the survey's own words, or the mode that its handset's profile declares absent. NULL where no
 * reason is given. `hold` keeps what is made. */
const char *name_left_out(const struct survey *s, size_t cell, enum language language, struct phrase *hold);
/* "[1.2, 34.5] %" of a cell, behind "2 suspect, " where there are any. */
struct phrase name_bounds(const struct findings_cell *c, int places, enum language language);
/* "Reader, condition, script" of a cell. */
struct phrase name_cell(const struct findings *f, size_t cell, enum language language);

const char *name_file(const char *kind, enum language language); /* "handset" of a survey's files */

/* What criteria ask for and the survey lacks: a power mode in words, else the name of a script, step or
 * reader; NULL: nothing. */
const char *name_asked(const char *name, enum language language);

/* What criteria refuse, as a sentence; "" of a rule of taps. */
struct phrase name_refusal(const struct assessment *a, enum language language);

enum word word_clause(enum clause clause);
enum word word_clause_inside(enum clause clause); /* inside of a sentence: "the time clause" */
/* The units of a set of readers, a bit each, with commas between. */
void name_add_readers(struct buf *out, const struct findings *f, uint32_t set, enum language language);
void name_add_modes(struct buf *out, uint64_t modes, enum language language); /* the same of power modes */
/* "F09 ..., F12 ...": alternatives, never added up. */
void name_add_causes(struct buf *out, cause_set set, enum language language);
/* "without reader {0}" and the like. */
struct phrase name_scenario(const struct assessment *a, const struct assess_scenario *s,
                            enum language language);

/* "10 %", or of two tiers "10 %/30 %": on average over the readers, and on each. */
struct phrase name_passes(const struct assess_grey *grey, enum language language);

#endif
