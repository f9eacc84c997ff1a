/* The commands of the JPKI-like application among its files: one a subject. */
#ifndef NFC_SURVEY_HANDSET_JPKI_COMMANDS_H
#define NFC_SURVEY_HANDSET_JPKI_COMMANDS_H

#include "drivers/emulator/handset/applets.h"

enum jpki_file {
    FILE_SIGNATURE_CERTIFICATE = 0x0001,
    FILE_SIGNATURE_CA = 0x0002,
    FILE_TOKEN = 0x0006,
    FILE_AVAILABILITY = 0x0008,
    FILE_AUTHENTICATION_CERTIFICATE = 0x000a,
    FILE_AUTHENTICATION_CA = 0x000b,
    FILE_KEY_REFERENCE = 0x0010,
    FILE_TERMINAL_CA = 0x0016,
    FILE_AUTHENTICATION_KEY = 0x0017,
    FILE_AUTHENTICATION_PIN = 0x0018,
    FILE_SIGNATURE_KEY = 0x001a,
    FILE_SIGNATURE_PIN = 0x001b,
    FILE_FACTORY_CERTIFICATE = 0x00e0,
    FILE_AUTHENTICATION_PUBLIC = 0x00e1,
    FILE_SIGNATURE_PUBLIC = 0x00e2,
    FILE_BINDING = 0x00e3,
    FILE_STATE = 0x00e4,
    FILE_POSSESSION = 0x00e5,
};

/* jpki_files.c */
void jpki_select_file(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_read_binary(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_get_data(const struct apdu *a, struct card_answer *out);

/*
 * 01, life cycle, what there is (01, 02 keys of authentication and signature in use; 04, 08 their certificates; 10, 20 keys that
 * wait for one; 40 binding; 80 key and certificate of either are not the profile's), tries left of both PINs, three zeros; 4 bytes
 * how often it was written, 4 SCP03's sequence counter.
 */
#define JPKI_STATE 16
void jpki_state(const struct sim_data *d, uint8_t out[JPKI_STATE]);

/* jpki_pin.c */
void jpki_verify(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_change_pin(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_reset_pin(struct card *c, const struct apdu *a, struct card_answer *out);

/* jpki_keys.c */
#define JPKI_PUBLIC_MAX 270
void jpki_get_challenge(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_compute_signature(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_generate(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_set_environment(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_sign_hash(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_internal_authenticate(struct card *c, const struct apdu *a, struct card_answer *out);
/* 7F49, of the key that waits or else the one in use; 0 without one. */
size_t jpki_public_key(const struct sim_data *d, enum sim_use use, uint8_t out[JPKI_PUBLIC_MAX]);

/* jpki_issue.c */
void jpki_update_binary(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_activate_file(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_delete(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_set_status(struct card *c, const struct apdu *a, struct card_answer *out);

#endif
