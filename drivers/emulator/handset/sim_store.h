/*
 * Virtual sims that outlive a process: a folder with a file a sim, made from the sim's profile when it is first laid, mapped while it
 * is. One process has it at a time, and so one reader of it: a sim is one thing. Whoever forks, or shuts itself into a sandbox, lays
 * first; the children share what they inherit.
 */
#ifndef NFC_SURVEY_HANDSET_SIM_STORE_H
#define NFC_SURVEY_HANDSET_SIM_STORE_H

#include "drivers/emulator/handset/sim_state.h"
#include "harness/base/err.h"

/*
 * ERR_ENVIRONMENT: the folder can't be made or written, or the sim lies on another reader; ERR_INPUT: the file is no sim of this name
 * and version. sim_store_lift() is the caller's; a process that ends has lifted.
 */
int sim_store_lay(const char *folder, const struct virtual_sim *sim, struct sim_laid *out, struct err *e)
    __attribute__((warn_unused_result));
void sim_store_lift(struct sim_laid *laid);

#endif
