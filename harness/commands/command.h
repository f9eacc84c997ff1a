/* The subcommands, and how one of a table of them is run. */
#ifndef NFC_SURVEY_COMMANDS_COMMAND_H
#define NFC_SURVEY_COMMANDS_COMMAND_H

#include "harness/commands/options.h"

extern const struct command command_readers;
extern const struct command command_doctor;
extern const struct command command_check;
extern const struct command command_plan;
extern const struct command command_handsets;
extern const struct command command_run;
extern const struct command command_status;
extern const struct command command_note;
extern const struct command command_keys;
extern const struct command command_apdu;
extern const struct command command_explain;
extern const struct command command_report;
extern const struct command command_matrix;
extern const struct command command_criteria;
extern const struct command command_compare;
extern const struct command command_export;
extern const struct command command_verify;
extern const struct command command_sample_size;
extern const struct command command_testbed;
extern const struct command command_schema;
extern const struct command command_manual;

/* Every subcommand, in the order of --help; NULL-terminated. Stands in main.c. */
extern const struct command *const command_table[];

/* --help, --version, help SUBCOMMAND, or the subcommand that argv[1] names; returns the exit status. */
int command_main(const struct command *const *table, int argc, char *const *argv);

#endif
