/*
 * What a handset with its sim shows of itself over RF: not who it is, but enough to see that another lies there. It is
 * learnt from placements that counted, and a later one that shows anything else is doubtful. A part that could not be
 * read is no difference. What the reader sees of the activation is kept by reader and power mode, for they differ; what
 * applications answer, by power mode.
 */
#ifndef NFC_SURVEY_STATION_FINGERPRINT_H
#define NFC_SURVEY_STATION_FINGERPRINT_H

#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>

/* P(ID, name as people write it); those up to FINGERPRINT_RF_END are of the activation. */
#define FINGERPRINT_PARTS(P)                                                                                 \
    P(TECHNOLOGY, "type")                                                                                    \
    P(ATR, "ATR")                                                                                            \
    P(ATS, "ATS")                                                                                            \
    P(ATQA, "ATQA")                                                                                          \
    P(SAK, "SAK")                                                                                            \
    P(ATQB, "ATQB")                                                                                          \
    P(UID, "UID")                                                                                            \
    P(UID_VALUE, "UID (HMAC)")                                                                               \
    P(HISTORICAL, "ATR serial (HMAC)")                                                                       \
    P(LABEL, "token label")                                                                                  \
    P(HCE, "HCE")                                                                                            \
    P(CPLC, "CPLC")
#define FINGERPRINT_ENUM(ID, name) FINGERPRINT_##ID,
enum fingerprint_part { FINGERPRINT_PARTS(FINGERPRINT_ENUM) FINGERPRINT_PART_COUNT };
#define FINGERPRINT_RF_END FINGERPRINT_LABEL

#define FINGERPRINT_PART_BYTES 80 /* ATRs have 66 digits; of a longer ATS the beginning has to do */

struct fingerprint {
    char part[FINGERPRINT_PART_COUNT][FINGERPRINT_PART_BYTES]; /* "": could not be read */
};

/* What an activation showed, as a transaction's record has it; members may be NULL. */
struct fingerprint_shown {
    enum technology technology;
    const struct said *atr, *uid, *ats, *atqa, *sak, *atqb;
    const char *identifiers;
};
void fingerprint_of_activation(struct fingerprint *f, const struct fingerprint_shown *shown);
/* Applications: label and cplc may be NULL; hce is a status word, 0: none came. */
void fingerprint_of_applications(struct fingerprint *f, const char *label, unsigned hce, const char *cplc);

/* Whose, and where. */
struct fingerprint_place {
    unsigned pair, reader;
    enum power_mode mode;
};

/* All that are known. Of one place there may be several: whoever confirmed another one said that both are right. */
struct fingerprints {
    struct fingerprint_known {
        struct fingerprint_place at;
        struct fingerprint of;
    } * items;
    size_t count, capacity;
};
/* False: out of memory. */
bool fingerprints_learn(struct fingerprints *all, const struct fingerprint_place *at,
                        const struct fingerprint *f);
/* Whether this label was confirmed for it, wherever. */
bool fingerprints_have_label(const struct fingerprints *all, unsigned pair, const char *label);
void fingerprints_free(struct fingerprints *all);

/* Whether it is another than is known there; *what then says as which pair it is known, or what differs. */
bool fingerprints_differ(const struct fingerprints *all, const struct survey *s,
                         const struct fingerprint_place *at, const struct fingerprint *f, struct said *what);

/* What a token label says of who answered. */
enum label_owner {
    LABEL_OWN,     /* or nothing is known to compare it with */
    LABEL_OUTSIDE, /* a My Number card: no phone */
    LABEL_OTHER,   /* another handset's of the survey, which never has it beside its own */
    LABEL_STRANGE, /* no handset's, or that of another sim which this one may have as well */
};
/* Anything but OWN is said in *what. */
enum label_owner label_owner(const struct survey *s, unsigned pair, const char *label, struct said *what);

#endif
