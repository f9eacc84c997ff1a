/*
 * What the `--allow` words permit: the exact forms of commands that use PINs and keys of a test target or change it, each in an
 * application that declares what it acts on (card/application.h). What is no form here no word permits.
 *
 *   pin    VERIFY, CHANGE by the holder (both padded with FF to 16 bytes), a new PIN and RESET by the issuer; MANAGE SECURITY
 *          ENVIRONMENT and COMPUTE DIGITAL SIGNATURE with a key of the application. A try is spent only while two are left
 *   write  GENERATE ASYMMETRIC KEY PAIR, UPDATE BINARY, ACTIVATE FILE, SET STATUS to 07 and 0f
 *   block  a PIN's last tries; SET STATUS to 83; DELETE FILE
 */
#ifndef NFC_SURVEY_CARD_PERMISSION_H
#define NFC_SURVEY_CARD_PERMISSION_H

#include "harness/card/apdu.h"
#include "harness/card/guard.h"

#include <stdbool.h>
#include <stddef.h>

struct permission {
    unsigned word; /* enum guard_allow, one bit */
    enum guard_cost cost;
};

/* Of the command in that application with that file selected; NULL: none permits it. */
const struct permission *permission_of(const struct application *application,
                                       const struct application_file *file, const struct apdu *a);

/* Whether the command is refused; then why, unless NULL, holds exactly what is missing. */
bool permission_missing(const struct guard *g, const struct apdu *a, char *why, size_t capacity);

#endif
