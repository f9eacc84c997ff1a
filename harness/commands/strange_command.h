/* A command in a journal that this user did not begin here is run by nobody who has not seen it. */
#ifndef NFC_SURVEY_COMMANDS_STRANGE_COMMAND_H
#define NFC_SURVEY_COMMANDS_STRANGE_COMMAND_H

#include "harness/commands/speech.h"
#include "harness/survey/survey.h"

#define ALLOW_COMMAND_OPTION                                                                                 \
    {                                                                                                        \
        .name = "allow-command",                                                                             \
        .help = "with --resume: run the command that lays the phones though the run was not begun by this "  \
                "user on this host"                                                                          \
    }

/* Asks at a terminal. 0, or an exit status after a message. */
int strange_command_check(const struct survey *s, const char *directory, const struct options *o,
                          const struct speech *speech);

#endif
