/*
 * Which models to test out of a larger list. A stratum is a carrier x a band of two years x the NFC
 * technologies, each of them "unknown" where the list does not give it. The rule:
 *   1. the models of the largest known shares, up to half of N;
 *   2. then, where as many places are left as strata without a model, one of each of these, the largest
 * first;
 *   3. then, place by place, the stratum that is furthest behind its part of N in proportion to its models
 * (so by largest remainder, as long as no stratum is ahead by its shares). In a stratum the model of the
 * largest known share is taken; what is equal is drawn by the seed and the ids.
 */
#ifndef NFC_SURVEY_PLAN_SUGGEST_H
#define NFC_SURVEY_PLAN_SUGGEST_H

#include "harness/base/err.h"
#include "harness/survey/models.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUGGEST_LABEL_MAX  160
#define SUGGEST_BAND_YEARS 2

struct suggest_stratum {
    char label[SUGGEST_LABEL_MAX]; /* "docomo, 2016-2017, technologies unknown": what it is drawn by */
    const struct model *like;      /* one of its models */
    unsigned first_year;           /* of its band of SUGGEST_BAND_YEARS; 0: not known */
    unsigned models, chosen;
};

enum suggest_reason { SUGGEST_REASON_NONE = 0, SUGGEST_BY_SHARE, SUGGEST_BY_PRESENCE, SUGGEST_BY_PROPORTION };

struct suggest_choice {
    size_t model, stratum;
    enum suggest_reason reason;
};

struct suggestion {
    struct suggest_stratum *strata; /* by label */
    size_t stratum_count;
    size_t *stratum_of;             /* a model */
    struct suggest_choice *choices; /* in the order of the list */
    size_t choice_count;
    size_t shares_known; /* models with a share */
    double share_known, share_chosen;
    size_t no_carrier, no_year, no_technologies; /* models whose list does not give it */
};

/* n: 1 to the number of models (else ERR_INPUT). The caller frees with suggest_free(). */
int suggest(const struct models *m, size_t n, uint64_t seed, struct suggestion *out, struct err *e)
    __attribute__((warn_unused_result));
void suggest_free(struct suggestion *s);

#endif
