/*
 * A lab's file of static channel keys: `format: nfc-survey/channel-keys`, `version: 1`, `key_version: "30"`, and either `master` (16 to 32
 * bytes) or `enc`, `mac` and `dek` (16, 24 or 32 bytes each, all alike), in hexadecimal. It never goes into a run, and no message holds
 * anything of it.
 */
#ifndef NFC_SURVEY_SURVEY_CHANNEL_KEYS_FILE_H
#define NFC_SURVEY_SURVEY_CHANNEL_KEYS_FILE_H

#include "harness/base/err.h"
#include "harness/card/channel_keys.h"

/* ERR_INPUT: others than its owner may use it, or it is no such file. */
int channel_keys_load(const char *path, struct channel_keys *out, struct err *e)
    __attribute__((warn_unused_result));

#endif
