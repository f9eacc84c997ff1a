/*
 * The card's side of SCP03 in front of an application: opens it, takes the protection off commands and puts it on answers. Keys are
 * the sim's static test keys, of its diversification data; the sequence counter is the sim's. A security error is answered 6982, and
 * so is everything after it until INITIALIZE UPDATE or a SELECT by name.
 */
#ifndef NFC_SURVEY_HANDSET_CHANNEL_H
#define NFC_SURVEY_HANDSET_CHANNEL_H

#include "harness/card/apdu.h"
#include "harness/card/scp03.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct card;
struct card_answer;

struct channel {
    struct scp03 session;
    bool refuses; /* after a security error */
};

/* An application that can be spoken to through one. */
struct channel_application {
    uint8_t aid[16];
    size_t aid_length;
    void (*run)(struct card *c, const struct apdu *a, struct card_answer *out); /* a plain command */
};

void channel_end(struct channel *ch);

/* The command as it came (a: taken apart), through the channel where one is open, to the application. */
void channel_run(struct card *c, const struct channel_application *app, const struct apdu *a,
                 const uint8_t *command, size_t length, struct card_answer *out);

/* The command that runs came under a C-MAC of the terminal. */
bool channel_open(const struct card *c);

#endif
