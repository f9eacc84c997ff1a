/* What the files of reach_of() share. */
#ifndef NFC_SURVEY_CLAUSES_REACH_PARTS_H
#define NFC_SURVEY_CLAUSES_REACH_PARTS_H

#include "harness/clauses/criteria_file.h"
#include "harness/clauses/reach.h"

struct reach_search {
    const struct survey *survey;
    const struct criteria *criteria; /* NULL: the survey names none */
    const struct scheme_table *table;
    struct reach *out;
    bool memory;
};

void reach_found(struct reach_search *r, enum reach_gravity gravity, struct survey_place place,
                 struct said said);

/* Does the criteria's judgement look at this place on a reader? With rules of position not at all of them. */
bool reach_looks_at(const struct criteria *c, const struct survey_condition *at);

void reach_scope(struct reach_search *r);     /* what the criteria ask for must be in the survey */
void reach_cells(struct reach_search *r);     /* ... and measured, on enough readers of each handset */
void reach_positions(struct reach_search *r); /* ... at the places that they judge */
void reach_scheme(struct reach_search *r);    /* ... and so often that the scheme can show it */

#endif
