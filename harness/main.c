/* nfc-survey: the table of subcommands. */
#include "harness/commands/command.h"

/* One a line, however many. */
/* clang-format off */
const struct command *const command_table[] = {
    &command_readers,
    &command_doctor,
    &command_check,
    &command_plan,
    &command_handsets,
    &command_run,
    &command_status,
    &command_note,
    &command_keys,
    &command_apdu,
    &command_explain,
    &command_report,
    &command_matrix,
    &command_criteria,
    &command_compare,
    &command_export,
    &command_verify,
    &command_sample_size,
    &command_testbed,
    &command_schema,
    &command_manual,
    NULL,
};
/* clang-format on */

int main(int argc, char **argv)
{
    return command_main(command_table, argc, argv);
}
