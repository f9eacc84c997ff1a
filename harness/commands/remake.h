/* Files made again by the command line that made them, which the manifest tells, so that `verify` can compare both. */
#ifndef NFC_SURVEY_COMMANDS_REMAKE_H
#define NFC_SURVEY_COMMANDS_REMAKE_H

#include "harness/base/err.h"
#include "harness/commands/options.h"

struct remake {
    const char *folder; /* where they go, each under its own name */
    bool draws;         /* also what gnuplot, WeasyPrint and libxlsxwriter draw, each version otherwise */
    struct buf drawn;   /* names of these, made or not, each with a newline behind it */
};

/*
 * "criteria --handset='sim-a*' --output=a.yaml": the subcommand with the options that it was given, but for `without`
 * (NULL-terminated); with as (NULL: none) that option names the file. Nothing where a value holds a control character.
 */
void remake_line(const struct options *o, const char *const *without, const char *as, const char *name,
                 struct buf *out);

/* The path in the folder of the file that the option names; its fallback where it names none. "" of one that leads out
 * of it, or is too long. */
const char *remake_path(const struct remake *to, const struct options *o, const char *option, char out[4096]);

/* Runs such a line on a run's directory. ERR_INPUT: it is none. */
int remake_run(const char *line, const char *directory, struct remake *to, struct err *e)
    __attribute__((warn_unused_result));

#endif
