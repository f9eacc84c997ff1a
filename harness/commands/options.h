/*
 * Subcommands and their options as data: one table a subcommand, from which parsing, --help, the manual page
 * and completion come. Parsing knows --name VALUE, --name=VALUE, -x VALUE, -xVALUE, bundled switches and
 * `--`.
 */
#ifndef NFC_SURVEY_COMMANDS_OPTIONS_H
#define NFC_SURVEY_COMMANDS_OPTIONS_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OPTIONS_MAX 2048 /* options and operands of one command line */

struct option_spec {
    const char *name;     /* long name without dashes; NULL ends a table */
    char letter;          /* short name or 0 */
    const char *argument; /* its name in --help; NULL: a switch */
    bool may_lack;        /* its argument: it is taken only from --name=VALUE */
    const char *help;
    const char *fallback; /* default value, also shown by --help; NULL: none */
    bool repeated;        /* may be given more than once; otherwise the last one counts */
    /* The values that it takes, where a registry has them: --help names each. False past the last; NULL:
     * none. */
    bool (*choice)(size_t index, const char **name, const char **summary);
};

/* A choice of the things in a list of pointers that ends with NULL, each with a name and a summary. */
#define OPTION_CHOICE(function, list)                                                                        \
    static bool function(size_t index, const char **name, const char **summary)                              \
    {                                                                                                        \
        if (!(list)[index])                                                                                  \
            return false;                                                                                    \
        *name = (list)[index]->name;                                                                         \
        *summary = (list)[index]->summary;                                                                   \
        return true;                                                                                         \
    }

/* Their names: "html, pdf, csv". */
struct option_names {
    char text[256];
};
struct option_names option_names(bool (*choice)(size_t index, const char **name, const char **summary));

struct command_example {
    const char *line; /* a whole command line; NULL ends a table */
    const char *does;
};

struct command_exit {
    int status;
    const char *meaning; /* NULL ends a table */
};

struct err;
struct options;
struct remake; /* remake.h */

struct command {
    const char *name;
    const char *summary;               /* one line */
    const char *const *usage;          /* what follows the subcommand's name, a line each; NULL-terminated */
    const char *description;           /* paragraphs or NULL */
    const struct option_spec *options; /* without --help, which every subcommand has */
    const struct command_example *examples;
    const struct command_exit *exits;
    size_t operands_min, operands_max;
    const char *operand;   /* what an operand is, for "needs a survey file"; NULL when there are none */
    bool hidden;           /* not in the overview */
    bool passes_arguments; /* everything behind the name is handed on unparsed, as operands */
    int (*run)(const struct command *command, struct options *options); /* returns the exit status */
    /* The files that it made, again, of a line of remake_line(); NULL: it makes none that could be compared. */
    int (*remake)(struct options *options, struct remake *to, struct err *e);
};

/* An argument where a message would repeat it: one that is misplaced may be a command with a PIN in it, or a PIN, and
 * then other words stand for it. */
const char *options_shown(const char *argument);

/* Parses what follows the subcommand's name. 0, or EXIT_STATUS_USAGE after a message; --help only sets it. */
int options_parse(const struct command *command, int argc, char *const *argv, struct options **out);
void options_free(struct options **o);

const struct command *options_command(const struct options *o);
bool options_has(const struct options *o, const char *name);
size_t options_count(const struct options *o, const char *name);
const char *options_text(const struct options *o,
                         const char *name); /* last value given, or the default, or NULL */
const char *options_text_at(const struct options *o, const char *name, size_t index); /* of a repeated one */
size_t options_operands(const struct options *o);
const char *options_operand(const struct options *o, size_t index); /* NULL past the end */

/* A whole number in [min, max] into *out, left alone when neither given nor defaulted. False after a message.
 */
bool options_number(const struct options *o, const char *name, uint64_t min, uint64_t max, uint64_t *out);

/* The same for the value `index` of a number in plain decimals: no exponent, inf, nan or hexadecimal. */
bool options_real_at(const struct options *o, const char *name, size_t index, double min, double max,
                     double *out);
bool options_real(const struct options *o, const char *name, double min, double max, double *out);

/* "nfc-survey plan: <text> (nfc-survey plan --help)" on stderr; returns EXIT_STATUS_USAGE. */
int options_usage(const struct options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

void command_help(const struct command *command, FILE *to);

extern const struct option_spec options_help; /* --help, which every subcommand has */
/* What an option does, and a line for each value that it takes. */
void options_words(const struct option_spec *s, struct buf *out);

/* The candidate nearest to a mistyped word, or NULL when none is near. names[] is NULL-terminated. */
const char *options_nearest(const char *word, const char *const *names);

#endif
