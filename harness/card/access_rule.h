/*
 * Rules of GlobalPlatform's Secure Element Access Control 1.1, as ARA-M stores them: which app may speak to which application of the
 * element. A reader without contact passes no such control: it can show that these are stored, never that a phone keeps them.
 */
#ifndef NFC_SURVEY_CARD_ACCESS_RULE_H
#define NFC_SURVEY_CARD_ACCESS_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCESS_RULE_FILTERS 8
#define ACCESS_RULE_MOST    136 /* bytes of one, encoded */

enum access_choice { ACCESS_UNSAID = 0, ACCESS_NEVER, ACCESS_ALWAYS };

struct access_rule {
    uint8_t aid[16];
    size_t aid_length;       /* 0: all applications that no other rule names */
    uint8_t app[32];         /* SHA-1 or SHA-256 of its certificate */
    size_t app_length;       /* 20 or 32; 0: every app */
    enum access_choice apdu; /* without filters */
    struct {
        uint8_t header[4], mask[4]; /* passes when (header of the command & mask) is header */
    } filters[ACCESS_RULE_FILTERS];
    size_t filter_count;
    enum access_choice event; /* of the phone's NFC */
};

/* REF-AR-DO; its length. */
size_t access_rule_encode(const struct access_rule *r, uint8_t out[ACCESS_RULE_MOST]);

#endif
