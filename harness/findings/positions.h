/*
 * Where on a reader handsets answer: the cells of conditions that differ in nothing but where the phone
 * lies. Only verdicts count. Whether a rule of position holds is the assessment's to say.
 */
#ifndef NFC_SURVEY_FINDINGS_POSITIONS_H
#define NFC_SURVEY_FINDINGS_POSITIONS_H

#include "harness/findings/findings.h"

/* Over the scripts of one handset, or over handsets too: works when all are compatible, fails when one is
 * not. */
enum position_state {
    POSITION_OPEN = 0,
    POSITION_WORKS,
    POSITION_FAILS,
    POSITION_NOT_TESTED,
    POSITION_NOT_PURSUED, /* nothing but that keeps it from working */
};

/* Conditions with the same power mode and case, at more than one place. */
struct position_offer {
    size_t conditions[SURVEY_CONDITIONS_MAX]; /* by height, then x, then y */
    size_t count;
    bool has_points, has_heights; /* several places at one height; several heights over the centre */
};

/* Offers with more than one place; at most SURVEY_CONDITIONS_MAX / 2. Returns how many. */
size_t positions_offers(const struct survey *s, struct position_offer out[SURVEY_CONDITIONS_MAX / 2]);

/* Handsets on a reader at a place. */
struct position_count {
    unsigned works, fails, open, not_tested, not_pursued;
    unsigned tested; /* the first three */
    uint64_t n, d;   /* placements, over the scripts */
};
struct position_count positions_count(const struct findings *f, size_t reader, size_t condition);

enum position_state positions_state(const struct findings *f, size_t pair, size_t reader, size_t condition);

/* Places of an offer by what a handset does there on a reader; n and d are theirs. */
struct position_count positions_of_pair(const struct findings *f, const struct position_offer *o, size_t pair,
                                        size_t reader);

/* Whether a condition is at a height over the centre. */
bool positions_over_centre(const struct survey_condition *c);

/*
 * The widest run of heights over the centre, next to each other, at which a handset fails: what is shown,
 * from the lowest to the highest of them. False: it fails at none.
 */
bool positions_silent(const struct findings *f, const struct position_offer *o, size_t pair, size_t reader,
                      double *from_mm, double *to_mm);

#endif
