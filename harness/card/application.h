/*
 * What may be asked of a card, by application: the table that the guard and the masks go by. What is not in it is not
 * sent. The project's own entries stand in application.c; a lab's own test applications come from its profiles. Those
 * with personal data are closed: no profile opens them.
 *
 * Sources: OpenSC src/libopensc/card-jpki.c and soltia48/myna-card (JPKI), AOSP HostEmulationManager (AndroidHCE),
 * GlobalPlatform Card Specification 2.3.1 (issuer's security domain, CPLC), Amendment C (CRS), Secure Element Access
 * Control 1.1 (ARA-M), EMV Book B (PPSE).
 */
#ifndef NFC_SURVEY_CARD_APPLICATION_H
#define NFC_SURVEY_CARD_APPLICATION_H

#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APPLICATION_AID_LEAST 5
#define APPLICATION_AID_MOST  16
#define APPLICATION_FILES_MAX 32
#define APPLICATION_TAGS_MAX  16
#define APPLICATIONS_MAX      16 /* of a lab's own */

#define APPLICATION_IDENTIFIERS_MAX 4 /* parts of a file or a data object */

enum file_use {
    FILE_READ = 1,    /* READ BINARY */
    FILE_RECORDS = 2, /* READ RECORD, by number */
    FILE_TRIES = 4,   /* the empty VERIFY asks how many tries its PIN has left */
    /* Of a test target that has proven itself, each with the `--allow` word that it needs (card/guard.h): */
    FILE_WRITE = 8, /* UPDATE BINARY, ACTIVATE, DELETE */
    FILE_PIN = 16,  /* VERIFY, CHANGE, RESET */
    FILE_KEY = 32,  /* a private key's: signatures, DELETE */
};

#define APPLICATION_PINS_MAX 4
#define APPLICATION_KEYS_MAX 4

/* Where an identifier stands in a file, in each of its records, or in the value of a data object. Parts of one kind that
 * follow each other make one. */
struct application_identifier {
    enum identifier_kind kind; /* NONE: no more of them */
    uint16_t at;
    uint8_t length;
};

struct application_file {
    uint16_t id;
    uint8_t uses;  /* enum file_use, a bit each */
    uint8_t brief; /* short file identifier, 0: none */
    bool secret;   /* what is read of it is never written down, nor is what is made of it */
    bool proven;   /* not even selected before the target has proven that it is for tests */
    struct application_identifier identifiers[APPLICATION_IDENTIFIERS_MAX]; /* these bytes are neither */
};

/* A data object that GET DATA gives. */
struct application_tag {
    uint8_t cla;
    uint16_t tag;
    bool secret;
    struct application_identifier identifiers[APPLICATION_IDENTIFIERS_MAX];
};

struct application {
    const char *id;
    uint8_t aid[APPLICATION_AID_MOST];
    size_t aid_length;
    bool answers_all; /* a test application without files: READ BINARY as soon as it is selected */
    bool challenge;   /* GET CHALLENGE */
    const struct application_file *files;
    size_t file_count;
    const struct application_tag *tags;
    size_t tag_count;
    /* How a test target proves itself: the file with its factory certificate; 0: it can't, and no word permits anything. */
    uint16_t proof;
    uint8_t keys[APPLICATION_KEYS_MAX]; /* references of the key pairs that may be generated and used */
    size_t key_count;
    bool life_cycle; /* SET STATUS of its own name */
};

/* A lab's own, beside the project's. Borrowed by the guards that look into it. */
struct application_table {
    struct application items[APPLICATIONS_MAX];
    size_t count;
};

/* NULL: it is in the table. Else the one there whose name begins as its own does, so that a card could take the other. */
const struct application *application_table_add(struct application_table *table,
                                                const struct application *one);

/* By its whole name; own: NULL or a lab's. NULL: not in the table. */
const struct application *application_of_aid(const struct application_table *own, const uint8_t *aid,
                                             size_t length);

/* Of the whole table, closed applications not among them: the i-th; NULL behind the last. */
const struct application *application_at(const struct application_table *own, size_t i);

/* Whether a SELECT of this name reaches or may reach a closed one, since either name begins with the other; its
 * description, or NULL. */
const char *application_closed(const uint8_t *aid, size_t length);

/* One's name begins the other's: a card that takes names in part could select either. */
bool application_names_touch(const struct application *a, const struct application *b);

const struct application_file *application_file(const struct application *a, uint16_t id);
/* The i-th file with a PIN; NULL behind the last. */
const struct application_file *application_pin(const struct application *a, size_t i);
bool application_has_key(const struct application *a, uint8_t reference);
const struct application_file *application_brief(const struct application *a, unsigned brief);
const struct application_tag *application_tag(const struct application *a, uint8_t cla, uint16_t tag);

#endif
