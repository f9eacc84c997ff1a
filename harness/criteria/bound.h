/* Inside criteria/ only: a share of placements against the bound in force, the criteria's own or the scheme's. */
#ifndef NFC_SURVEY_CRITERIA_BOUND_H
#define NFC_SURVEY_CRITERIA_BOUND_H

#include "harness/criteria/engine.h"

/* A cell of whose n placements d are against it, with the verdict and bounds of that. */
struct assess_result bound_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                   enum verdict verdict, unsigned d, double lower, double upper);

/* Placements, all clean, with which a new cell passes. */
unsigned bound_clean(const struct assess_engine *g, const struct assess_rules *r);

#endif
