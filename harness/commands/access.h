/* The options by which a command works with test targets, and what they give: harness/station/target_access.h. */
#ifndef NFC_SURVEY_COMMANDS_ACCESS_H
#define NFC_SURVEY_COMMANDS_ACCESS_H

#include "harness/commands/options.h"
#include "harness/station/target_access.h"

#include <stdbool.h>

#define ACCESS_OPTIONS                                                                                       \
    { .name = "allow",                                                                                       \
      .argument = "WORD",                                                                                    \
      .repeated = true,                                                                                      \
      .help =                                                                                                \
          "of a test target that has proven itself: pin (PINs and keys are used), write (files, keys and "   \
          "life cycle change), block (a PIN's last tries, locking, deletion)" },                             \
        { .name = "test-ca",                                                                                 \
          .argument = "FILE",                                                                                \
          .help =                                                                                            \
              "certificate (PEM) of the test CA by which targets prove that they are for tests, and its "    \
              "key where it is to issue; the project's own unless given, which proves virtual ones" },       \
        { .name = "channel-keys",                                                                            \
          .argument = "FILE",                                                                                \
          .help =                                                                                            \
              "static keys of secure channels with test targets (YAML, readable by you alone); those of "    \
              "virtual ones unless given" },                                                                 \
    {                                                                                                        \
        .name = "pin-fd", .argument = "N",                                                                   \
        .help = "read PINs from this file descriptor, a line each: authentication, signature, new"           \
    }

/*
 * What the options say. simulated: the target is a virtual one, whose PINs everybody knows. asked: PINs (a bit each, 1 << enum pin_kind)
 * that are asked for at the terminal where nothing gives them. ERR_USAGE without a text after a message that is already written.
 */
int access_open(const struct options *o, bool simulated, unsigned asked, struct target_access *out,
                struct err *e) __attribute__((warn_unused_result));
void access_close(struct target_access *a); /* wipes PINs and keys */

#endif
