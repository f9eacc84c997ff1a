/* --handset and --reader of the commands that can be asked of some of them. */
#ifndef NFC_SURVEY_COMMANDS_FILTER_H
#define NFC_SURVEY_COMMANDS_FILTER_H

#include "harness/commands/options.h"
#include "harness/survey/filter.h"

/* False after a message. What it holds is borrowed from the command line. */
bool filter_read(const struct options *options, struct survey_filter *out);

#define FILTER_HANDSET                                                                                       \
    "these handsets only: a unit, UNIT+SIM or a profile's id, with * and ? as a shell has them"
#define FILTER_READER "these readers only: a unit or a profile's id, with * and ? as a shell has them"

/* Inside of a table of options. */
#define FILTER_OPTIONS                                                                                       \
    { .name = "handset", .argument = "NAME", .help = FILTER_HANDSET, .repeated = true },                     \
    {                                                                                                        \
        .name = "reader", .argument = "NAME", .help = FILTER_READER, .repeated = true                        \
    }

#endif
