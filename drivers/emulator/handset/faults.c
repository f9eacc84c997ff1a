/* The faults of a profile: draws and places. What a fault then does to an answer is in handset.c. */
#include "drivers/emulator/handset/faults.h"

#include "drivers/emulator/handset/keys.h"
#include "harness/base/keyed_random.h"

bool fault_of_activation(unsigned cause)
{
    return cause >= 2 && cause <= 8;
}

bool fault_applies(const struct virtual_fault *f, const struct fault_exchange *x)
{
    if (x->data_length < f->response_at_least)
        return false;
    switch (f->cause) {
    case 9:
    case 10:
    case 11:
    case 12:
    case 16:
    case 17:
        return true;
    case 13: /* the second block is lost: only where there is one */
        return x->data_length + 2 > x->block_payload;
    case 14:
        return x->data_length == 256;
    case 18:
    case 19:
    case 20:
        return x->by_name;
    case 21:
    case 22:
    case 23:
    case 26:
        return x->data_length > 0;
    case 24:
        return x->number == 1;
    case 27:
        return true;
    default:
        return false;
    }
}

fault_mask faults_draw(const struct virtual_fault *faults, size_t count, enum power_mode mode,
                       enum virtual_per per, uint64_t key)
{
    fault_mask mask = 0;
    for (size_t i = 0; i < count; i++) {
        const struct virtual_fault *f = &faults[i];
        enum virtual_per rhythm = f->per == VIRTUAL_PER_EXCHANGE && fault_of_activation(f->cause)
                                      ? VIRTUAL_PER_TRANSACTION
                                      : f->per;
        bool here = f->power_modes == 0 || (f->power_modes & (1u << mode));
        if (here && rhythm == per && random_uniform(key, DRAW_PURPOSE_FAULT + i) < f->rate)
            mask |= (fault_mask)1 << i;
    }
    return mask;
}

const struct virtual_fault *faults_find(const struct virtual_fault *faults, size_t count, fault_mask mask,
                                        unsigned cause)
{
    for (size_t i = 0; mask != 0 && i < count; i++) {
        if ((mask & ((fault_mask)1 << i)) && faults[i].cause == cause)
            return &faults[i];
    }
    return NULL;
}
