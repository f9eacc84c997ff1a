/*
 * What a transport is. A driver is one ops struct, listed in registry.c; everything else calls the driver_*()
 * wrappers below: a missing op is ERR_UNSUPPORTED there, and driver_exchange() is the only way to a card,
 * with the guard in it. A driver runs in a worker process of its own that may be killed at any moment.
 *
 * Times are nanoseconds of the reader's clock: clock_now_ns() for real ones, a virtual clock for the
 * simulator; they are taken immediately around the library's call.
 */
#ifndef NFC_SURVEY_DRIVERS_DRIVER_H
#define NFC_SURVEY_DRIVERS_DRIVER_H

#include "harness/base/err.h"
#include "harness/base/sandbox.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/card/guard.h"
#include "harness/card/model.h"
#include "harness/card/scp03.h"
#include "harness/card/target_budget.h"
#include "harness/card/virtual.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIVER_VERSION 1

enum driver_capability {
    DRIVER_VIRTUAL_CLOCK = 1 << 0, /* time is the driver's own; deadlines are kept in it */
    DRIVER_LAYS = 1 << 1,          /* has the lay op: the handset is simulated */
    DRIVER_SIMULATED = 1 << 2,     /* every run on it is simulated */
    DRIVER_DEADLINE = 1 << 3,      /* ends an exchange at its deadline by itself */
    DRIVER_POLLS = 1 << 4,         /* polls by itself, in the order that it is opened with */
};

/* What is attached. Fields that the driver can't know are "". */
struct driver_found {
    char name[160]; /* the library's full name of it: what driver_open() takes */
    char serial[64];
    char firmware[32];
    char vendor[64];
    int usb_vendor, usb_product; /* -1 when unknown */
    int usb_interface;           /* its number; -1 when unknown */
    bool present;                /* something is in its field now */
    bool simulated;              /* an honesty sign: serial SIM-..., "Virtual PCD", QEMU ... */
    struct said sign;            /* which sign it was */
    char note[160];              /* what differs from its profile, or is in its way; "" for nothing */
};

/* Where a reader says that it is on the USB bus. */
struct driver_location {
    unsigned bus, device; /* 0: it does not say */
    bool port;            /* by the serial port that it hangs on: the device is the port, not the reader */
    char serial[64];      /* that it tells; "" for none */
};

/* Where an operation ended when it did not return 0; filled beside `struct err`. */
struct driver_fault {
    enum stage stage;
    cause_set causes;
    enum depth depth;
    char native[48];  /* the library's code by name, e.g. "SCARD_E_NOT_TRANSACTED" */
    bool reader_lost; /* the reader (or its daemon) is gone: the worker must open it again */
    bool busy;        /* another process holds the reader */
};

/* What activation showed. Absent stays absent: a length of 0 with the reason in *_absent. driver_activate() and
 * driver_wait_present() take the identifiers out of it. */
struct driver_target {
    char technology; /* 'A', 'B', 'F', or 0 when the reader doesn't say */
    uint8_t atr[ATR_MAX];
    size_t atr_length;
    uint8_t uid[16]; /* or PUPI; a driver's own op fills it in, and nobody behind driver_*() sees it */
    size_t uid_length;
    bool uid_random; /* it says so */
    struct said uid_absent;
    uint8_t ats[64]; /* with its length byte */
    size_t ats_length;
    uint64_t atr_hidden, ats_hidden; /* a bit a byte: 1 where it may be one card's own, and is 00 here */
    struct said ats_absent;
    uint8_t atqa[2]; /* as received: least significant byte first */
    uint8_t sak;
    bool has_atqa;    /* atqa and sak are what was received: type A, behind drivers that see so deep */
    uint8_t atqb[13]; /* 50, PUPI (00 here), application data, protocol info */
    size_t atqb_length;
    struct identifiers identifiers; /* that stood in all this */
    unsigned kbit_s;                /* rate that the exchange runs at, both ways; 0 when not known */
    uint64_t fwt_us;                /* 0 when unknown */
    uint64_t activate_us;           /* from the start of activation to the target being usable */
    uint64_t detect_us;             /* from the wait's start to presence */
    struct said detect_source;      /* one of SAID_SEEN_*: SAID_SEEN_UNKNOWN where the stack hides it */
    uint32_t detect_quantum_us;
};

struct driver_exchange {
    const uint8_t *command;
    size_t command_length;
    uint8_t *response; /* the caller's, APDU_RESPONSE_MAX bytes are always enough */
    size_t response_capacity;
    size_t response_length;        /* out */
    uint32_t deadline_ms;          /* in: 0 = none */
    uint64_t started_ns, ended_ns; /* out: around the library's call */
    struct identifiers
        identifiers; /* out: that stand in the response, which is the caller's to keep for itself */
};

/* How a reader of the survey is opened. */
struct driver_open {
    const char *address; /* the driver_found.name to open */
    const struct virtual_reader
        *simulated;                   /* sim driver only: its parameters (borrowed for the reader's life) */
    uint64_t seed;                    /* sim driver only */
    const struct reader_model *model; /* its profile's model; NULL when no profile matches */
    const char *polling;              /* technologies in the order to poll them, such as "BAF"; NULL = that */
    bool uid_apdu; /* the reader answers FF CA 00|01 00 itself, as its profile says; else they would reach the
                      card */
    const char *unit; /* the unit's tag, for messages */
    const struct application_table
        *applications;            /* a lab's own (borrowed for the reader's life); NULL: none */
    struct guard_permit permit;   /* what of test targets is permitted, once they have proven themselves */
    struct target_budget *budget; /* what they may bear in a day (borrowed); NULL: it isn't counted */
    const struct identifier_key
        *key; /* of identifiers (borrowed likewise); NULL: they are hidden, and no more */
};

struct driver_reader; /* opaque to callers; a driver embeds it as its first member */

struct driver_ops {
    const char *name;
    const char *summary; /* one line for `readers` and --help */
    unsigned version;    /* DRIVER_VERSION */
    unsigned capabilities;
    struct sandbox_needs needs; /* what its library calls and opens, from list on; left out: no file at all */

    /* required. list: `models` are those of the profiles, for drivers that can't know a reader by itself */
    int (*list)(const struct reader_model *models, size_t model_count, struct driver_found *out,
                size_t capacity, size_t *count, struct err *e);
    int (*open)(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                struct err *e);
    void (*close)(struct driver_reader *r);
    /* Waits until something is in the field (or nothing is). ERR_TIMEOUT when limit_ms passes first. */
    int (*wait_present)(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e);
    int (*wait_absent)(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e);
    /* From the field off: field on, anticollision, activation, connected; fills target (not detect_*). */
    int (*activate)(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e);
    /* Field off: a verified PIN and every selection are forgotten. */
    int (*field_off)(struct driver_reader *r, struct driver_fault *fault, struct err *e);
    int (*exchange)(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e);

    /* optional: driver_*() gives ERR_UNSUPPORTED where NULL */
    /* An address that list does not show, such as a serial port: what is known of it without opening it,
     * above all whether it is real. */
    int (*describe)(const char *address, struct driver_found *out, struct err *e);
    int (*lay)(struct driver_reader *r, const struct laying *laying, struct err *e); /* NULL laying = lift */
    void (*begin)(struct driver_reader *r,
                  unsigned transaction); /* 1.. in the placement: keys the next draws */
    uint64_t (*now_ns)(struct driver_reader *r);
    void (*advance)(struct driver_reader *r, uint64_t now_ns); /* virtual clock only: set it forward */
    bool (*locate)(struct driver_reader *r, struct driver_location *out);
    int (*probe)(struct driver_reader *r, struct err *e); /* does the reader itself answer, without a card? */
    /* Times one question that no card answers: what an exchange takes before and behind the air. */
    int (*floor)(struct driver_reader *r, uint64_t *ns, struct err *e);
    const char *floor_what;                       /* which question that is, by its standard name */
    void (*versions)(char *out, size_t capacity); /* of the libraries under it: "libfoo 1.2, food 1.2" */
};

struct driver_reader {
    const struct driver_ops *ops;
    struct guard guard;
    bool uid_apdu;        /* as it was opened: what is of class FF is for the reader, and no card gets it */
    uint64_t answered_ns; /* when the last exchange ended: a proof grows old */
    struct scp03 channel; /* drivers/secure.h */
    bool channel_lost;    /* by an error: nothing more goes in clear */
    uint8_t target[TARGET_DIGEST],
        keys_refused_by[TARGET_DIGEST]; /* proven last; without these channel keys */
    bool keys_refused, counts;          /* the target proven last is a real one: what it bears is counted */
    struct target_budget *budget;
    const struct identifier_key *key;
    struct { /* the last UID and its value: the same phone comes again and again */
        uint8_t uid[16];
        size_t length;
        struct identifiers value;
    } last;
};

extern const struct driver_ops *const driver_registry[]; /* NULL-terminated */
/* A driver is listed when tests/contract/driver_<name>.c runs the contract on it; the build lists in
 * registry.c which do. One without is unknown everywhere: not in `readers`, and not by its name. */
bool driver_is_listed(const struct driver_ops *ops);
const struct driver_ops *driver_by_name(const char *name); /* NULL for a stranger */

/* Marks what is found as simulated when its serial, name or vendor says so: SIM-..., "Virtual PCD", QEMU (by
 * its serial as well: its card reader goes by a real one's name). */
void driver_mark_honesty(struct driver_found *found);

int driver_list(const struct driver_ops *ops, const struct reader_model *models, size_t model_count,
                struct driver_found *out, size_t capacity, size_t *count, struct err *e)
    __attribute__((warn_unused_result));
int driver_describe(const struct driver_ops *ops, const char *address, struct driver_found *out,
                    struct err *e) __attribute__((warn_unused_result));
int driver_open(const struct driver_ops *ops, const struct driver_open *how, struct driver_reader **out,
                struct driver_fault *fault, struct err *e) __attribute__((warn_unused_result));
void driver_close(struct driver_reader **r);
int driver_wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e) __attribute__((warn_unused_result));
int driver_wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
    __attribute__((warn_unused_result));
int driver_activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e) __attribute__((warn_unused_result));
int driver_field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
    __attribute__((warn_unused_result));
/* ERR_REFUSED by the guard: nothing was sent. */
int driver_exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e) __attribute__((warn_unused_result));
/* Ends a proof after 5 s without an exchange: drivers/prove_target.h. */
void driver_expire_proof(struct driver_reader *r);
int driver_lay(struct driver_reader *r, const struct laying *laying, struct err *e)
    __attribute__((warn_unused_result));
/*
 * A virtual sim that keeps its state in a folder, for layings until it is put back: one program, and one reader, has it at a time.
 * Taken before a fork the children share it. ERR_ENVIRONMENT: it is taken; ERR_INPUT: the file is none of this sim.
 */
int driver_take_sim(const char *folder, const struct virtual_sim *sim, struct sim_laid *out, struct err *e)
    __attribute__((warn_unused_result));
void driver_put_sim(struct sim_laid *laid);
void driver_begin(struct driver_reader *r, unsigned transaction);
uint64_t driver_now_ns(struct driver_reader *r);
void driver_advance(struct driver_reader *r, uint64_t now_ns);
void driver_versions(const struct driver_ops *ops, char *out, size_t capacity); /* "" where it tells none */
/*
 * In a process that is there for this driver alone, before anything of it is called: from here on the process can do
 * what the driver needs and nothing else. Again for the same driver: nothing.
 */
int driver_confine(const struct driver_ops *ops, struct err *e) __attribute__((warn_unused_result));
/* What shows that it is a real reader of this model (NULL: no profile); asks the reader where it is. */
enum proof driver_prove(struct driver_reader *r, const struct driver_found *found,
                        const struct reader_model *model);
int driver_probe(struct driver_reader *r, struct err *e) __attribute__((warn_unused_result));
int driver_floor(struct driver_reader *r, uint64_t *ns, struct err *e) __attribute__((warn_unused_result));

#endif
