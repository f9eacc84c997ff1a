/*
 * The records of journals as relations, made from the journal's own table of records: a kind is a table, a field a column,
 * a list in a record a table of its own. A `placed` record is in the row of its placement.
 */
#ifndef NFC_SURVEY_EXPORT_RECORDS_H
#define NFC_SURVEY_EXPORT_RECORDS_H

#include "reports/render/relation.h"
#include "reports/report.h"

struct records;

int records_open(struct relation_writer *w, struct records **out, struct err *e)
    __attribute__((warn_unused_result));
/* The journal of a run under its number in the tables, 1 .. ; r: its report. ERR_INTERRUPTED by a signal that is held. */
int records_write(struct records *x, unsigned run, const struct report *r, struct err *e)
    __attribute__((warn_unused_result));
void records_close(struct records **x);

/* What is said in a record, for programs: English, or somebody's words; its code; why it is absent. */
struct said_parts {
    const char *text, *absent; /* NULL: not so */
    const char *code;          /* as JSON, ["code", "argument"]; NULL of words */
};
#define SAID_PARTS_MAX 4096 /* bytes that they take at most */
/* hold: with room for SAID_PARTS_MAX bytes more. */
struct said_parts said_parts(const struct said *s, struct buf *hold);

#endif
