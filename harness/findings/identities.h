/* What was seen of which phone lay there (docs/identity.md), by handset + SIM: probes, differences, and what became of them. */
#ifndef NFC_SURVEY_FINDINGS_IDENTITIES_H
#define NFC_SURVEY_FINDINGS_IDENTITIES_H

#include "harness/journal/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct findings_identity {
    size_t pair;
    uint64_t probes, labels, hosts, chips; /* asked before a placement; of these, who answered with what */
    uint64_t asked, same, other; /* differences put to whoever laid it; the answers. The rest: neither */
    uint64_t unasked;            /* a robot's: recorded, and the placement counts */
    uint64_t proven;             /* another's token label, which needs no question */
    struct said *first;          /* the first difference; owned, NULL: none */
};
struct findings_identities {
    struct findings_identity *items; /* in the order of their first records; owned */
    size_t count;
};

/* Each false when out of memory. `pair`: of the record's placement. */
bool identities_fold_probe(struct findings_identities *all, size_t pair, const struct journal_probe *p);
bool identities_fold_placed(struct findings_identities *all, size_t pair, const struct journal_placed *p);
bool identities_fold_answer(struct findings_identities *all, size_t pair, const struct journal_answer *a);
void identities_free(struct findings_identities *all);

#endif
