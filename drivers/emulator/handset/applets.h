/*
 * What lives in the phone's targets: which of them a SELECT reaches in the present power mode, and the
 * applets that answer. APDU in, APDU out; no time, no faults, no radio.
 */
#ifndef NFC_SURVEY_HANDSET_APPLETS_H
#define NFC_SURVEY_HANDSET_APPLETS_H

#include "drivers/emulator/handset/certificate.h"
#include "harness/card/apdu.h"
#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the card knows from one exchange to the next; a field reset clears it. */
struct card_state {
    size_t target;                   /* which of the handset's targets the last SELECT chose */
    enum virtual_applet application; /* 0 = none selected */
    uint16_t file;                   /* EF selected in JPKI, 0 = none */
    bool warm;                       /* something was exchanged since power-up */
    bool authentication_verified, signature_verified;
};

/* What survives the field: tries left of the two PINs. */
struct card_tries {
    unsigned authentication, signature;
};

#define CARD_AUTHENTICATION_TRIES 3
#define CARD_SIGNATURE_TRIES      5
#define CARD_AUTHENTICATION_PIN   "1234"
#define CARD_SIGNATURE_PIN        "SIM123"

struct card {
    const struct virtual_handset *handset; /* borrowed */
    const struct virtual_sim *sim;         /* borrowed */
    enum power_mode power_mode;
    struct card_state state;
    struct card_tries tries;
    uint64_t key;      /* keys the random bytes of this exchange */
    bool other_label;  /* F25: another card's token answers */
    void *private_key; /* EVP_PKEY of the test key, loaded when first asked for; card_free() */
    struct certificate_cache certificates;
};

/* One answer being built. */
struct card_answer {
    uint8_t *bytes; /* the caller's, APDU_RESPONSE_MAX */
    size_t length;  /* with SW1 SW2 */
    bool by_name;   /* the command was a SELECT by name */
};

void card_free(struct card *c);

/* The first target, in the profile's order, that is alive in this power mode; target_count when none is. */
size_t card_first_alive(const struct card *c);

void card_run(struct card *c, const uint8_t *command, size_t length, struct card_answer *out);

/* Byte i of what the ladder applet takes: unlike i & 0xff it differs between blocks of 256 bytes. */
static inline uint8_t ladder_byte(size_t i)
{
    return (uint8_t)(i + (i >> 8));
}

/* For applets: ends an answer with only a status word. */
void card_status(struct card_answer *out, uint16_t sw);

/*
 * For applets: as many of these bytes as Le asks for. Le 00 (or extended 0000) with fewer bytes there: all of
 * them, with sw_short; a short Le that names more than there are: 6Cxx; an extended one: all of them and
 * sw_short.
 */
void card_data(struct card_answer *out, const struct apdu *a, const uint8_t *data, size_t length,
               uint16_t sw_short);

#endif
