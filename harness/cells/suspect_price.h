/*
 * What a reader's suspect placements cost: each counts against the verdict, so that cells take more placements. Of the
 * readers' own faults alone: suspect placements of a handset that are shown to be its own are left out.
 */
#ifndef NFC_SURVEY_CELLS_SUSPECT_PRICE_H
#define NFC_SURVEY_CELLS_SUSPECT_PRICE_H

#include "harness/cells/cells.h"

#define SUSPECT_PRICE_SIZE_MAX 1000 /* of a scheme's tables: longer ones take too long to compute */

struct suspect_price {
    uint64_t placements, suspects; /* on the reader: counted and suspect ones, and the suspect ones of them */
    size_t sites;  /* handsets and conditions that are measured on it: they share placements */
    bool is_known; /* by the exact characteristics of a scheme of one tier, not too long; and there are any */
    /*
     * What a cell of q0/4 takes more on average, by the exact characteristics of the scheme, where a share of
     * suspects / placements ends suspect than where none does; times the sites; and their hours.
     */
    double a_site, added, hours;
};

/* Of each reader. ERR_MEMORY. */
int suspect_price(const struct cells *c, struct suspect_price out[SURVEY_READERS_MAX], struct err *e)
    __attribute__((warn_unused_result));

#endif
