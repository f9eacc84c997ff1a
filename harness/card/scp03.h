/*
 * SCP03, the secure channel of GlobalPlatform Card Specification 2.3.1, Amendment D 1.1.1 (sections 4 to 7), both sides: the
 * counter's terminal and the virtual target. AES of 128, 192 or 256 bits; S8 and S16 (challenges, cryptograms and MACs of 8 or
 * 16 bytes); short APDUs. Pure but for libcrypto. A failure closes the session: there is no second try with it.
 *
 * What an error word says (any but 9000, 62xx, 63xx) is not authenticated: it comes bare, and anybody on the way can send it.
 */
#ifndef NFC_SURVEY_CARD_SCP03_H
#define NFC_SURVEY_CARD_SCP03_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCP03_KEY_MAX        32
#define SCP03_WIRE_MAX       261                    /* of a protected command: header, Lc, 255 bytes, Le */
#define SCP03_INITIALIZE     (5 + 16 + 1)           /* bytes of INITIALIZE UPDATE, at most */
#define SCP03_INITIALIZED    (10 + 3 + 16 + 16 + 3) /* of its answer without status word, at most */
#define SCP03_AUTHENTICATE   (5 + 16 + 16)          /* of EXTERNAL AUTHENTICATE, at most */
#define SCP03_SECURITY_ERROR 0x6982

/* What each level adds; those that EXTERNAL AUTHENTICATE knows: 00, 01, 03, 11, 13, 33. */
enum scp03_level {
    SCP03_C_MAC = 0x01,
    SCP03_C_DECRYPTION = 0x02,
    SCP03_R_MAC = 0x10,
    SCP03_R_ENCRYPTION = 0x20
};

/* Static keys of one target; length 16, 24 or 32. */
struct scp03_keys {
    uint8_t enc[SCP03_KEY_MAX], mac[SCP03_KEY_MAX], dek[SCP03_KEY_MAX];
    size_t length;
    uint8_t version;
};

/* Zero is a closed one. Holds session keys: scp03_close() wipes it. */
struct scp03 {
    uint8_t enc[SCP03_KEY_MAX], mac[SCP03_KEY_MAX], rmac[SCP03_KEY_MAX];
    size_t key_length;
    unsigned s;     /* 8 or 16: length of challenges, cryptograms, MACs; 0: closed */
    unsigned level; /* of EXTERNAL AUTHENTICATE, 0 before it */
    bool open;      /* both sides have proven themselves */
    uint8_t chain[16];
    uint64_t counter; /* 1 for the first command behind EXTERNAL AUTHENTICATE */
    uint8_t host_challenge[16], card_cryptogram[16], host_cryptogram[16];
};

void scp03_close(struct scp03 *c);

/* ---- the terminal's side ---- */

/* INITIALIZE UPDATE with a challenge of its own (s bytes of 8 or 16, from a source that nobody guesses). Returns its length. */
size_t scp03_initialize(struct scp03 *c, unsigned s, uint8_t key_version, const uint8_t *challenge,
                        uint8_t out[SCP03_INITIALIZE]);

/* Its answer without status word: false when the card does not have these keys. Then EXTERNAL AUTHENTICATE is not sent. */
bool scp03_card_is_true(struct scp03 *c, const struct scp03_keys *keys, const uint8_t *answer, size_t length)
    __attribute__((warn_unused_result));

/* EXTERNAL AUTHENTICATE; its length, 0 for a level that there is not. The channel is open when it is answered by 9000. */
size_t scp03_authenticate(struct scp03 *c, unsigned level, uint8_t out[SCP03_AUTHENTICATE]);
void scp03_opened(struct scp03 *c);

/* How many bytes of data a command of this session may carry, and an answer at most. */
size_t scp03_command_room(const struct scp03 *c);
size_t scp03_answer_room(const struct scp03 *c);

/* A plain short APDU protected; 0, and closed, when it does not fit or is none. */
size_t scp03_wrap(struct scp03 *c, const uint8_t *plain, size_t length, uint8_t out[SCP03_WIRE_MAX])
    __attribute__((warn_unused_result));

/* Takes the protection off an answer in place. False, and closed: it is not the card's. */
bool scp03_unwrap(struct scp03 *c, uint8_t *data, size_t *length, uint16_t sw)
    __attribute__((warn_unused_result));

/* ---- the target's side ---- */

/*
 * Answers INITIALIZE UPDATE with a pseudo-random challenge (option i has 10: of the sequence counter and the name of the
 * selected application). Returns the length of the answer without status word; 0 when the command is none.
 */
size_t scp03_answer_initialize(struct scp03 *c, const struct scp03_keys *keys,
                               const uint8_t diversification[10], uint32_t sequence, const uint8_t *aid,
                               size_t aid_length, const uint8_t *command, size_t length,
                               uint8_t out[SCP03_INITIALIZED]);

/* EXTERNAL AUTHENTICATE: true opens the channel at its level. */
bool scp03_host_is_true(struct scp03 *c, const uint8_t *command, size_t length)
    __attribute__((warn_unused_result));

/* A protected command to its plain header, Lc and data; false, and closed: SCP03_SECURITY_ERROR. out has room for it. */
bool scp03_accept(struct scp03 *c, const uint8_t *command, size_t length, uint8_t *out, size_t *out_length)
    __attribute__((warn_unused_result));

/* Protects an answer's data in place (room for 32 bytes more); the new length. Error words go bare. */
size_t scp03_protect(struct scp03 *c, uint8_t *data, size_t length, uint16_t sw);

/* ---- keys ---- */

/* The first three bytes of sixteen 01 under the key, by which PUT KEY is checked. */
bool scp03_check_value(const uint8_t *key, size_t length, uint8_t out[3]);

/* The KDF of 4.1.5, counter mode of NIST SP 800-108 with the field order of this standard; for the tests' vectors. */
bool scp03_derive(const uint8_t *key, size_t key_length, uint8_t constant, unsigned bits,
                  const uint8_t *context, size_t context_length, uint8_t *out);

#endif
