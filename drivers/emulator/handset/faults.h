/*
 * Which of a profile's faults strike, by keyed draws, and where each can show: at the activation (F02 to F08)
 * or at an exchange of a certain kind. One rule for the acting handset and for handset_truth().
 */
#ifndef NFC_SURVEY_HANDSET_FAULTS_H
#define NFC_SURVEY_HANDSET_FAULTS_H

#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stdint.h>

/* One bit a fault of the profile, in its order. */
typedef uint32_t fault_mask;

/* What a fault may look at in an exchange. */
struct fault_exchange {
    unsigned number;      /* 1.. since power-up */
    bool by_name;         /* a SELECT by name */
    size_t data_length;   /* of the answer without faults, without its status word */
    size_t block_payload; /* what one block carries */
};

/* Shows when the field comes on. A rate per exchange is read as per transaction there. */
bool fault_of_activation(unsigned cause);

/* Can this fault show at this exchange? Never for those of the activation, nor for F25, which follows the
 * label. */
bool fault_applies(const struct virtual_fault *f, const struct fault_exchange *x);

/* The faults of this rhythm that strike, by the draws under this key, among those of the power mode. */
fault_mask faults_draw(const struct virtual_fault *faults, size_t count, enum power_mode mode,
                       enum virtual_per per, uint64_t key);

/* The first fault of this mask with this cause; NULL without one. */
const struct virtual_fault *faults_find(const struct virtual_fault *faults, size_t count, fault_mask mask,
                                        unsigned cause);

#endif
