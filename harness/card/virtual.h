/*
 * What a simulated handset, sim and reader are made of: plain data, filled by harness/survey from profiles
 * and acted out by drivers/emulator/handset, drivers/sim and the testbed. All times in microseconds, lengths
 * in mm, coupling in dB of link margin (0 dB: half of the transactions fail). Rates are probabilities in [0,
 * 1].
 */
#ifndef NFC_SURVEY_CARD_VIRTUAL_H
#define NFC_SURVEY_CARD_VIRTUAL_H

#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTUAL_FAULTS_MAX 16
#define VIRTUAL_RULES_MAX  1024

enum virtual_per {
    VIRTUAL_PER_NONE = 0,
    VIRTUAL_PER_PLACEMENT,
    VIRTUAL_PER_TRANSACTION,
    VIRTUAL_PER_EXCHANGE
};

/* An instrument's trouble that depends on what the phone does: the case that biases a survey. */
enum virtual_when {
    VIRTUAL_WHEN_ANY = 0,
    VIRTUAL_WHEN_FAILING,      /* in place of an answer that the phone does not give */
    VIRTUAL_WHEN_AFTER_FAILURE /* in the placement's transactions after one that the phone failed */
};

/* A fault asked for by a profile. Placement: a bad one is bad in every transaction of the placement. */
struct virtual_fault {
    unsigned cause; /* who can have which: cause_allowed() of harness/survey/facts.c; F28 is the hands' */
    double rate;
    enum virtual_per per;
    uint32_t power_modes;       /* bit (1 << enum power_mode); 0 = every mode */
    unsigned response_at_least; /* only exchanges whose response data reaches this length; 0 = any */
    uint32_t slow_us;           /* F10 and F27: how long it hangs or is late; 0 = the default of that fault */
    enum virtual_when when;     /* F31 of the sim driver */
};

enum virtual_applet {
    VIRTUAL_APPLET_JPKI = 1 << 0,
    VIRTUAL_APPLET_HCE_PROBE = 1 << 1, /* AndroidHCE: 14 81 00 00 90 00 */
    VIRTUAL_APPLET_CPLC = 1 << 2,      /* issuer security domain with CPLC */
    VIRTUAL_APPLET_PPSE = 1 << 3,
    VIRTUAL_APPLET_LADDER = 1 << 4, /* answers any length asked for */
    VIRTUAL_APPLET_ARAM = 1 << 5,   /* access rules; the sim's, where it has some */
};

struct virtual_target {
    enum target target;
    uint32_t power_modes; /* modes in which it answers */
    uint32_t applets;     /* enum virtual_applet bits */
    uint32_t select_us;   /* applet time of a SELECT, median */
    uint32_t command_us;  /* applet time of any other command, median */
    uint32_t per_byte_ns; /* link to the element (SWP, I2C, binder) per payload byte */
    double spread;        /* log-normal sigma of the applet times, cut off at 3 sigma */
    /* what its cryptography adds to that, medians */
    uint32_t sign_rsa_us, sign_p256_us, generate_rsa_us, generate_p256_us;
    uint32_t wtx_after_us; /* asks for time extension when the applet needs longer; 0 = never */
};

struct virtual_handset {
    char technology; /* 'A' or 'B' */
    bool random_uid; /* type A: 4 bytes beginning 08; type B: random PUPI */
    uint8_t uid[10];
    size_t uid_length; /* 4, 7 or 10 (A); 4 (B) */
    uint8_t atqa[2];   /* as it answers: least significant byte first */
    uint8_t sak;
    uint8_t historical[15];
    size_t historical_length;
    unsigned fsci;       /* frame size code, 0..8 */
    unsigned fwi;        /* 0..14 */
    unsigned max_kbit_s; /* 106, 212 or 424: best rate it accepts */
    struct virtual_target targets[3];
    size_t target_count;
    double margin_db;                  /* link margin at the centre of a reader of 0 dB */
    double placement_sd_db;            /* random effect of one placement */
    double session_sd_db;              /* random effect of one session on one cell */
    double handset_session_sd_db;      /* of one session on the handset, the same on every reader */
    double handset_session_spread;     /* the same for its applet times: log-normal sigma */
    double antenna_x_mm, antenna_y_mm; /* where its antenna sits against the mark on its back */
    struct virtual_fault faults[VIRTUAL_FAULTS_MAX];
    size_t fault_count;
};

struct virtual_reader {
    enum reader_level level;
    unsigned max_message; /* dwMaxCCIDMessageLength, bytes, with the 10-byte header */
    bool interrupt_endpoint;
    uint32_t detect_quantum_us; /* how coarse presence is seen: 400000 when polled */
    char polling[4];            /* technologies in polling order, e.g. "BA" */
    unsigned max_kbit_s;
    unsigned fsd;                            /* the frame size it takes, bytes */
    uint32_t host_us;                        /* USB and driver time of one exchange, median */
    double host_spread;                      /* log-normal sigma */
    double field_db;                         /* adds to the handset's margin */
    double reader_session_sd_db;             /* random effect of one session on it, for every handset */
    double reader_session_spread;            /* the same for its host times: log-normal sigma */
    double radius_mm;                        /* distance at which 3 dB are lost */
    bool lacks_uid;                          /* answers FF CA 00 00 00 with 6A81 */
    bool lacks_ats;                          /* answers FF CA 01 00 00 with 6A81 */
    double withdrawn_clean, withdrawn_dirty; /* how often the hands withdraw a placement that they saw so */
    struct virtual_fault faults[VIRTUAL_FAULTS_MAX];
    size_t fault_count;
};

/* The applet data of a simulated sim. */
struct virtual_sim {
    char id[64]; /* which unit it is: its keys, and its file in a store; "" = its token label says so */
    char token_label[33];                    /* 32 characters, blank padded; says that it is virtual */
    uint8_t access_rules[VIRTUAL_RULES_MAX]; /* REF-AR-DOs of ARA-M, one after another */
    size_t access_rules_length;
    unsigned certificate_bytes; /* CA certificate's length: a real certificate, padded to it */
};

struct sim_state; /* drivers/emulator/handset/sim_state.h */

/* A sim of a folder of them, while it is laid: drivers/emulator/handset/sim_store.h. */
struct sim_laid {
    struct sim_state *state; /* mapped; NULL = none */
    int lock;                /* a descriptor; -1 = none */
};

/* The field ends at a write of the sim's memory, counted from its laying: nothing answers until the next activation. */
struct power_cut {
    unsigned write; /* 1..; 0 = never */
    bool kept;      /* the write was done just before: the new state, not the old one */
};

/* Where a phone lies, and the keys of every random draw about it. */
struct laying {
    const struct virtual_handset *handset; /* borrowed */
    const struct virtual_sim *sim;         /* borrowed */
    struct sim_state
        *state; /* what the sim keeps, borrowed; NULL = a new one that ends with the laying of another */
    struct power_cut cut;
    enum power_mode power_mode;
    double x_mm, y_mm, z_mm;
    uint64_t unit_key;    /* seed and units: reader, handset, sim, condition */
    uint64_t handset_key; /* seed and handset */
    uint64_t reader_key;  /* seed and reader */
    unsigned session;     /* 1.. */
    unsigned ordinal;     /* which placement of this reader, handset and condition in this session, 0.. */
};

#endif
