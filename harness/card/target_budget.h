/*
 * How many wrong PINs and writes a test target takes in a day (UTC): counted over all runs and commands of a user, in a file beside
 * the key of identifiers. It is mapped before a process is forked or locked in, so counting needs no system call, and holds when
 * the process is killed. A target is known by the digest of its factory certificate. Virtual targets wear out nothing: of them
 * nothing is counted (see drivers/prove_target.h).
 */
#ifndef NFC_SURVEY_CARD_TARGET_BUDGET_H
#define NFC_SURVEY_CARD_TARGET_BUDGET_H

#include "harness/base/err.h"
#include "harness/card/guard.h"

#include <stdbool.h>
#include <stdint.h>

#define TARGET_BUDGET_TRIES                                                                                  \
    100 /* wrong PINs in a day: a loop gone wild is stopped, a procedure's tests are not */
#define TARGET_BUDGET_WRITES 10000 /* an EEPROM cell bears some 100,000 to 500,000 */
#define TARGET_DIGEST        32

struct target_budget; /* mapped; inherited by forked processes */

/* ERR_ENVIRONMENT: where it lies others may write, or it can't be made. */
int target_budget_open(struct target_budget **out, struct err *e) __attribute__((warn_unused_result));
void target_budget_close(struct target_budget **b);

/* What is left of it today for one kind of cost; NULL, or no cost: as much as there is. */
unsigned target_budget_left(const struct target_budget *b, const uint8_t target[TARGET_DIGEST],
                            enum guard_cost cost, int64_t wall_s);
void target_budget_spend(struct target_budget *b, const uint8_t target[TARGET_DIGEST], enum guard_cost cost,
                         int64_t wall_s);

#endif
