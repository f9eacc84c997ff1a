/*
 * What the process that holds a reader tells of it: plain data without pointers, redacted, so that it may
 * leave that process. It is the message on the wire as it is, and what the journal's records are made of.
 * Whoever receives one checks it first: a driver's library may have written over anything.
 */
#ifndef NFC_SURVEY_STATION_TRIAL_REPORT_H
#define NFC_SURVEY_STATION_TRIAL_REPORT_H

#include "drivers/driver.h"
#include "harness/card/atr.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Texts that the journal's transaction record has under the same names, of a transaction that did not end
 * ok and of what its target showed. T(KIND, name, capacity); "" is absent. HEX: lower-case digits, xx for
 * what is hidden.
 */
#define TRIAL_FAILURE_TEXTS(T) T(TEXT, native, 48) T(TEXT, detail, 256)
#define TRIAL_TARGET_TEXTS(T)                                                                                \
    T(HEX, atr, 2 * ATR_MAX + 1)                                                                             \
    T(TEXT, uid, 32)                                                                                         \
    T(HEX, ats, 2 * 64 + 1)                                                                                  \
    T(HEX, atqa, 5)                                                                                          \
    T(HEX, sak, 3)                                                                                           \
    T(HEX, atqb, 2 * 13 + 1)                                                                                 \
    T(TEXT, detect_source, 24)
/* Why there is none of them. */
#define TRIAL_ABSENT_TEXTS(T) T(TEXT, uid_absent, 64) T(TEXT, ats_absent, 64)

#define TRIAL_TEXT_MEMBER(kind, name, capacity) char name[capacity];

/* How a transaction ended. Flags are 0 or 1. */
struct trial_report {
    uint32_t script, repeat, order; /* of the survey and in the placement: whoever ordered it fills them */
    enum outcome outcome;
    enum stage stage; /* where it ended, when not ok */
    uint32_t step;    /* 1.., 0 outside the script */
    cause_set causes;
    enum depth depth;
    uint32_t slow, reader_lost;
    uint32_t timed_out;     /* an exchange missed its deadline */
    uint32_t virtual_token; /* the token label of a virtual handset was read */
    uint32_t exchanges, skipped_steps;
    uint64_t started_ns, ended_ns;  /* activation begins; last response, or the failure */
    uint32_t stage_us[STAGE_COUNT]; /* UINT32_MAX: not reached */
    TRIAL_FAILURE_TEXTS(TRIAL_TEXT_MEMBER)
    enum technology technology;
    /* of the first transaction of a placement only */
    TRIAL_TARGET_TEXTS(TRIAL_TEXT_MEMBER)
    TRIAL_ABSENT_TEXTS(TRIAL_TEXT_MEMBER)
    uint32_t kbit_s;                       /* 0: not known */
    uint64_t fwt_us;                       /* 0: not known */
    uint64_t detect_us, detect_quantum_us; /* with detect_source */
};

#define TRIAL_OPENED_TEXTS(T)                                                                                \
    T(TEXT, name, 160)                                                                                       \
    T(TEXT, serial, 64)                                                                                      \
    T(TEXT, firmware, 32)                                                                                    \
    T(TEXT, sign, 96)                                                                                        \
    T(TEXT, native, 48)                                                                                      \
    T(TEXT, text, 200)

/* Which reader was found and opened, or why not. */
struct trial_opened {
    int32_t status;           /* 0 or an ERR_* code */
    uint32_t busy, simulated; /* 0 or 1; simulated: sign says why */
    TRIAL_OPENED_TEXTS(TRIAL_TEXT_MEMBER)
};

/* Nothing is known yet, and no stage reached. */
void trial_report_init(struct trial_report *r);

/* More time in a stage, which is reached by it. */
void trial_report_add_us(struct trial_report *r, enum stage stage, uint64_t us);

/* A driver's fault as the end of a transaction; `stage` and `causes` where the fault names none. */
void trial_report_fault(struct trial_report *r, const struct driver_fault *fault, enum stage stage,
                        cause_set causes, const char *detail);

/* What the target showed in activation, or else in the wait for it (`seen`); never an identifier. */
void trial_report_target(struct trial_report *r, const struct driver_target *target,
                         const struct driver_target *seen);

/* Of one from another process: enumerations are in range, texts end, hex is hex. */
bool trial_report_is_valid(const struct trial_report *r);
bool trial_opened_is_valid(const struct trial_opened *o);

#endif
