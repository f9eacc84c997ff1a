/*
 * Whether what lies on a reader is a test target: its application selected, its factory certificate read, a fresh question signed
 * by its factory key, and how many tries its PINs have left. Then, and only then, the guard lets through what the `--allow` words
 * permit. It holds in this activation while that application is selected: a field off, another application, an exchange without
 * an answer, or 5 s without an exchange end it.
 */
#ifndef NFC_SURVEY_DRIVERS_PROVE_TARGET_H
#define NFC_SURVEY_DRIVERS_PROVE_TARGET_H

#include "drivers/driver.h"
#include "harness/card/target_proof.h"

struct target_proof_request {
    const struct test_ca *ca;              /* borrowed */
    const struct application *application; /* which declares a proof */
    const char *unit;                      /* the reader's */
    int64_t now;                           /* wall clock, seconds since 1970 */
    uint32_t deadline_ms;                  /* of each exchange */
};

struct target_proof {
    struct said why; /* not proven, and why; nothing: proven */
    bool is_virtual; /* by the project's own CA, whose key is public */
    uint8_t certificate[TARGET_DIGEST];
    struct guard_tries tries[APPLICATION_PINS_MAX];
    uint64_t started_ns, ended_ns;
    unsigned exchanges;
};

/* 0 also when it is not proven: out->why says so. Else an exchange failed as driver_exchange() fails. */
int driver_prove_target(struct driver_reader *r, const struct target_proof_request *q,
                        struct target_proof *out, struct driver_fault *fault, struct err *e)
    __attribute__((warn_unused_result));

/* Asks the tries of all PINs of the proven application again, which are then in out. */
int driver_count_tries(struct driver_reader *r, uint32_t deadline_ms,
                       struct guard_tries out[APPLICATION_PINS_MAX], struct driver_fault *fault,
                       struct err *e) __attribute__((warn_unused_result));

#endif
