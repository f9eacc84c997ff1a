/*
 * What the process that holds a reader reports: plain data without pointers, redacted, so that it may
 * leave that process. It is the message on the wire as it is, and what the journal's records are made of.
 * Whoever receives one checks it first: a driver's library may have written over anything.
 */
#ifndef NFC_SURVEY_STATION_TRIAL_REPORT_H
#define NFC_SURVEY_STATION_TRIAL_REPORT_H

#include "drivers/driver.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What the journal's transaction record has under the same names, of a transaction that did not end ok and
 * of what its target showed. T(KIND, name, capacity): TEXT, "" where absent; SAID, and HEX, which are
 * lower-case digits, xx for what is hidden, or why there are none.
 */
#define TRIAL_FAILURE_TEXTS(T) T(TEXT, native, 48) T(SAID, detail, )
#define TRIAL_TARGET_TEXTS(T)                                                                                \
    T(HEX, atr, )                                                                                            \
    T(SAID, uid, ) T(HEX, ats, ) T(HEX, atqa, ) T(HEX, sak, ) T(HEX, atqb, ) T(SAID, detect_source, )

#define TRIAL_MEMBER_TEXT(name, capacity)  char name[capacity];
#define TRIAL_MEMBER_SAID(name, capacity)  struct said name;
#define TRIAL_MEMBER_HEX(name, capacity)   struct said name;
#define TRIAL_MEMBER(kind, name, capacity) TRIAL_MEMBER_##kind(name, capacity)

/* How a transaction ended. Flags are 0 or 1. */
struct trial_report {
    uint32_t script, repeat, order; /* of the survey and in the placement: whoever ordered it fills them */
    enum outcome outcome;
    enum stage stage; /* where it ended, when not ok */
    uint32_t step;    /* 1.., 0 outside the script */
    cause_set causes;
    enum depth depth;
    uint32_t slow, reader_lost;
    uint32_t gone;          /* nothing was in the field any more */
    uint32_t busy;          /* another program holds the reader */
    uint32_t timed_out;     /* an exchange missed its deadline */
    uint32_t virtual_token; /* the token label of a virtual handset was read */
    uint32_t exchanges, skipped_steps;
    uint64_t started_ns, ended_ns;  /* activation begins; last response, or the failure */
    uint64_t proof_ns;              /* what proved the target, and counted its tries */
    uint32_t tries_fell;            /* 0 or 1: a PIN's counter fell unasked */
    uint64_t apart_ns;              /* of it, what is not the target's: the host's own work */
    enum recovery recovery;         /* whether the script's `recover:` put right what it left; 0: not run */
    uint64_t recover_us;            /* that took, from its activation */
    uint32_t stage_us[STAGE_COUNT]; /* UINT32_MAX: not reached */
    TRIAL_FAILURE_TEXTS(TRIAL_MEMBER)
    char identifiers[IDENTIFIERS_TEXT_BYTES]; /* of the target, and that stood in answers */
    enum technology technology;
    /* of the first transaction of a placement only */
    TRIAL_TARGET_TEXTS(TRIAL_MEMBER)
    uint32_t kbit_s;                       /* 0: not known */
    uint64_t fwt_us;                       /* 0: not known */
    uint64_t detect_us, detect_quantum_us; /* with detect_source */
};

#define TRIAL_OPENED_TEXTS(T)                                                                                \
    T(TEXT, name, 160)                                                                                       \
    T(TEXT, serial, 64)                                                                                      \
    T(TEXT, firmware, 32)                                                                                    \
    T(TEXT, libraries, 128)                                                                                  \
    T(SAID, sign, )                                                                                          \
    T(TEXT, native, 48)                                                                                      \
    T(TEXT, text, 200)

/* Which reader was found and opened, or why not. */
struct trial_opened {
    int32_t status;           /* 0 or an ERR_* code */
    uint32_t busy, simulated; /* 0 or 1; simulated: sign says why */
    enum proof proof;         /* NONE: not opened */
    TRIAL_OPENED_TEXTS(TRIAL_MEMBER)
};

/* How long a question takes that no card answers. */
#define TRIAL_FLOOR_MAX 64 /* questions at most */
struct trial_floor {
    uint32_t n; /* 0: it could not be asked */
    uint64_t median_us, least_us;
    char what[64];
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

/* Of one from another process: enumerations are in range, texts end, hex is hex, what is said is whole. */
bool trial_report_is_valid(const struct trial_report *r);
bool trial_opened_is_valid(const struct trial_opened *o);
bool trial_floor_is_valid(const struct trial_floor *f);

#endif
