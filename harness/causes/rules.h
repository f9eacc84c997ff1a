/* Inside causes/ only: what a rule of rules.c may look at. */
#ifndef NFC_SURVEY_CAUSES_RULES_H
#define NFC_SURVEY_CAUSES_RULES_H

#include "harness/card/atr.h"
#include "harness/causes/causes.h"
#include "harness/findings/findings.h"

/* What a handset showed of itself in one condition, on any reader. */
struct causes_identity {
    uint64_t fwt_us;       /* the least waiting time reported; CAUSES_NO_TIME: none */
    uint64_t atr_fwt_us;   /* by an ATR that is only consistent with type B; CAUSES_NO_TIME: none */
    bool slow_only;        /* an answer offered 106 kbit/s and nothing else */
    bool faster;           /* an answer offered more */
    unsigned technologies; /* it was activated as: bit 0 A, 1 B, 2 F */
};

/* What answers, as far as it shows, in one reader, handset and condition: by the probes of a script and by the ATR. */
struct causes_probes {
    uint32_t host, no_host;       /* SELECT AndroidHCE: 9000, or another status word */
    uint32_t element, no_element; /* GET DATA of the CPLC: 9000, or another */
    uint32_t storage;             /* transactions with a storage card's ATR */
    struct storage_card storage_card;
};

struct causes_view {
    const struct findings *f;
    const struct findings_cell *cell;
    const struct script *script;
    const struct causes_identity *identity;
    const struct causes_probes *probes;
    unsigned
        reader_technologies; /* in which this reader activated any handset, as in struct causes_identity */
    struct causes_kind *kind;
    cause_set removed;
    bool failed; /* out of memory */
};

/* Asks every rule about one kind; 0 or ERR_MEMORY. */
int causes_narrow(struct causes_view *v, struct err *e) __attribute__((warn_unused_result));

#endif
