/*
 * Whose the suspect placements are: the reader's, or the phone's own. A reader that hangs with every phone is at fault
 * itself; one phone on which several readers hang, and with no other, hangs them. On each reader an e-value compares
 * the handset's share of suspect placements with that of all others (change_log_evalue()); those of several readers
 * are independent and multiply.
 */
#ifndef NFC_SURVEY_VERDICT_SUSPICION_H
#define NFC_SURVEY_VERDICT_SUSPICION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUSPICION_READERS 2 /* that must speak against the handset */
#define SUSPICION_EVALUE                                                                                     \
    20 /* of each handset of the survey: one in twenty surveys blames a phone that is as the others */

/* Placements of a handset, or of all, on one reader: counted and suspect ones; and the suspect ones of them. */
struct suspicion {
    uint64_t placements, suspects;
};

/*
 * Whether a handset's suspect placements are its own. own and all have an entry a reader, own is part of all.
 * A function of the counts alone: it may be asked after every placement, and may be withdrawn by later ones.
 */
bool suspicion_is_own(const struct suspicion *own, const struct suspicion *all, size_t readers,
                      size_t handsets);

/* What one reader says of a handset: the logarithm of the factor in the product. `against`: it is one of those that must
 * speak against it. */
double suspicion_log_evalue(const struct suspicion *own, const struct suspicion *all, bool *against);

/* What the product of the e-values must reach, as a logarithm. */
double suspicion_needed(size_t handsets);

#endif
