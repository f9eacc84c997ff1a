/*
 * What a virtual sim keeps when the field is off: PINs and their tries, keys, files, life cycle, counters. Plain data of one size,
 * without pointers, so that a file of it can be mapped (sim_store.h). A change is made in a copy that then becomes what is: a field,
 * or a process, that ends in between leaves the old state or the new one, as a card with a journal does.
 */
#ifndef NFC_SURVEY_HANDSET_SIM_STATE_H
#define NFC_SURVEY_HANDSET_SIM_STATE_H

#include "harness/card/virtual.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_STATE_VERSION 1 /* of the layout below */

#define SIM_AUTHENTICATION_TRIES 3
#define SIM_SIGNATURE_TRIES      5
#define SIM_AUTHENTICATION_PIN   "1234"
#define SIM_SIGNATURE_PIN        "SIM123"

#define SIM_PIN_MAX   16
#define SIM_FILE_MAX  2560
#define SIM_BINDING   96
#define SIM_KEY_MAX   1280 /* PKCS#1 of RSA-2048: 1,193 bytes at most */
#define SIM_RULES_MAX VIRTUAL_RULES_MAX
#define SIM_ID_MAX    64

/* The two halves of the application: each has a PIN, a key and a certificate. */
enum sim_use { SIM_AUTHENTICATION, SIM_SIGNATURE, SIM_USES };

enum sim_file {
    SIM_FILE_AUTHENTICATION_CERTIFICATE,
    SIM_FILE_SIGNATURE_CERTIFICATE,
    SIM_FILE_AUTHENTICATION_CA,
    SIM_FILE_SIGNATURE_CA,
    SIM_FILE_AVAILABILITY,
    SIM_FILE_BINDING,
    SIM_FILES
};

/* As GlobalPlatform numbers them. */
enum sim_life { SIM_LIFE_SELECTABLE = 0x07, SIM_LIFE_PERSONALISED = 0x0f, SIM_LIFE_LOCKED = 0x83 };

enum sim_key_kind {
    SIM_KEY_NONE = 0,
    SIM_KEY_OF_PROFILE, /* the test key that every virtual sim comes with; no bytes */
    SIM_KEY_RSA,        /* PKCS#1 RSAPrivateKey, 2048 bits */
    SIM_KEY_P256,       /* 32 bytes, the private number */
};

struct sim_key {
    uint32_t kind, length;
    uint8_t bytes[SIM_KEY_MAX];
};

struct sim_pin {
    uint32_t tries, length;
    uint8_t value[SIM_PIN_MAX];
};

struct sim_content {
    uint32_t of_profile; /* what the profile gives: no bytes */
    uint32_t length;
    uint8_t bytes[SIM_FILE_MAX];
};

struct sim_data {
    uint32_t writes;   /* changes since it was made */
    uint32_t sequence; /* of SCP03: INITIALIZE UPDATEs */
    uint32_t life, life_before_lock;
    struct sim_pin pins[SIM_USES];
    struct sim_key keys[SIM_USES];
    struct sim_key pending[SIM_USES]; /* generated, and in use once its certificate is activated */
    struct sim_content files[SIM_FILES];
    struct {
        uint32_t of_profile, length;
        uint8_t refresh_tag[8];
        uint8_t bytes[SIM_RULES_MAX]; /* REF-AR-DOs, one after another */
    } rules;
};

struct sim_state {
    _Atomic uint32_t version; /* 0 = not made yet */
    char id[SIM_ID_MAX];      /* which sim it is of */
    _Atomic uint32_t now;     /* which of the two is in force */
    struct sim_data data[2];
};

/* A sim as its profile makes it: personalised, with test certificates, test PINs and full tries. */
void sim_state_init(struct sim_state *s, const struct virtual_sim *sim);

/* False for bytes that are no state of this version, or of another sim, or with a number that can't be. */
bool sim_state_valid(const struct sim_state *s, const struct virtual_sim *sim);

/* The sim's own name: its id, or where the caller gave none its token label. */
const char *sim_name(const struct virtual_sim *sim, char out[SIM_ID_MAX]);

const struct sim_data *sim_now(const struct sim_state *s);

/* A copy of what is, to be changed; sim_commit() puts it in force. */
struct sim_data *sim_change(struct sim_state *s);
void sim_commit(struct sim_state *s);

extern const unsigned sim_tries[SIM_USES];

#endif
