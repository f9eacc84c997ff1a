/*
 * What lives in the phone's targets: which of them a SELECT reaches in the present power mode, and the
 * applets that answer. APDU in, APDU out; no time, no faults, no radio.
 */
#ifndef NFC_SURVEY_HANDSET_APPLETS_H
#define NFC_SURVEY_HANDSET_APPLETS_H

#include "drivers/emulator/handset/certificate.h"
#include "drivers/emulator/handset/channel.h"
#include "drivers/emulator/handset/sim_state.h"
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
    bool verified[SIM_USES];         /* its PIN */
    uint16_t rules_given;            /* of ARA-M's list, so far */
    uint8_t possession_key;          /* by MANAGE SECURITY ENVIRONMENT; 0 = none */
    uint8_t possession[256];         /* its last signature: of RSA it is longer than an answer in a channel */
    size_t possession_length;
};

/* A file that is written in parts, until ACTIVATE FILE puts it in force. */
struct card_shadow {
    uint16_t file; /* 0 = none */
    size_t length;
    uint8_t bytes[SIM_FILE_MAX];
};

struct card {
    const struct virtual_handset *handset; /* borrowed */
    const struct virtual_sim *sim;         /* borrowed */
    enum power_mode power_mode;
    struct sim_state *store; /* what survives the field; borrowed, of this sim */
    struct power_cut cut;
    unsigned writes; /* since the laying */
    struct card_state state;
    struct channel channel;
    struct card_shadow shadow;
    uint64_t key;            /* keys the random bytes of this exchange */
    bool other_label;        /* F25: another card's token answers */
    struct factory *factory; /* made when first asked for; card_free() */
    struct certificate_cache certificates;
};

/* What takes an applet longer than other commands do. */
enum card_work {
    CARD_WORK_USUAL = 0,
    CARD_WORK_SIGN_RSA,
    CARD_WORK_SIGN_P256,
    CARD_WORK_GENERATE_RSA,
    CARD_WORK_GENERATE_P256,
};

/* One answer being built. */
struct card_answer {
    uint8_t *bytes; /* the caller's, APDU_RESPONSE_MAX */
    size_t length;  /* with SW1 SW2 */
    bool by_name;   /* the command was a SELECT by name */
    size_t room;    /* in a channel: so many bytes of data at most; 0 = as Le asks for */
    enum card_work work;
    bool cut; /* the power went at a write: no bytes */
};

void card_free(struct card *c);

/* What it knows is gone; what its sim keeps stays. */
void card_field_off(struct card *c);

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
/* With so many bytes of data, which are there already. */
void card_end(struct card_answer *out, size_t data_length, uint16_t sw);

/*
 * For applets: as many of these bytes as Le asks for. Le 00 (or extended 0000) with fewer bytes there: all of
 * them, with sw_short; a short Le that names more than there are: 6Cxx; an extended one: all of them and
 * sw_short. In a channel, where the Le that was meant is not on the wire: what fits, with 9000.
 */
void card_data(struct card_answer *out, const struct apdu *a, const uint8_t *data, size_t length,
               uint16_t sw_short);

/*
 * For applets: a write to the sim's memory is done, and it puts what sim_change() gave in force; card_wrote() is one that changes
 * nothing that lasts. False: the power went, and the command ends there.
 */
bool card_commit(struct card *c, struct card_answer *out) __attribute__((warn_unused_result));
bool card_wrote(struct card *c, struct card_answer *out) __attribute__((warn_unused_result));

#endif
