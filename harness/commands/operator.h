/* Who reports exclusions, withdrawals and notes: --operator, else the name of the user who runs the program. */
#ifndef NFC_SURVEY_COMMANDS_OPERATOR_H
#define NFC_SURVEY_COMMANDS_OPERATOR_H

#include "harness/commands/options.h"

#define OPERATOR_OPTION                                                                                      \
    {                                                                                                        \
        .name = "operator", .argument = "NAME",                                                              \
        .help = "who reports exclusions, withdrawals and notes (default: the user's name)"                   \
    }

/* Into out; NULL when neither is known. */
const char *operator_name(const struct options *o, char *out, size_t capacity);

#endif
