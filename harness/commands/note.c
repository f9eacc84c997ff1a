/* note: what a technician has to say of a run that is not being executed, a withdrawal among it. */
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/finish.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "harness/commands/operator.h"
#include "harness/commands/speech.h"
#include "harness/station/station.h"

#include <string.h>

static int append(const struct options *options, const struct speech *to, uint64_t placement)
{
    const char *directory = options_operand(options, 0);
    char by[64];
    uint64_t cut_bytes = 0;
    struct err e = { 0 };
    const char *who = operator_name(options, by, sizeof by);
    int status = model_check(directory, damage_is_accepted(options));
    if (status != EXIT_STATUS_DONE)
        return status;
    status = placement ? station_withdraw(directory, placement, options_text(options, "reason"), who,
                                          &cut_bytes, &e)
                       : station_note(directory, options_operand(options, 1), who, &cut_bytes, &e);
    if (cut_bytes > 0)
        speech_note(to, WORD_CMD_TORN_CUT, SPEECH_NUMBER(cut_bytes), NULL);
    if (status != 0)
        return message_error(&e);
    if (placement)
        speech_note(to, WORD_CMD_WITHDRAWN, SPEECH_NUMBER(placement), NULL);
    return finish_run(directory); /* the summary is derived: with one record more it has to be made again */
}

static int run_note(const struct command *command, struct options *options)
{
    (void)command;
    uint64_t placement = 0;
    struct speech speech;
    bool withdraw = options_has(options, "withdraw");
    if (!options_number(options, "withdraw", 1, UINT64_MAX - 1, &placement))
        return EXIT_STATUS_USAGE;
    if (withdraw != options_has(options, "reason"))
        return options_usage(options,
                             withdraw ? "--withdraw needs a --reason" : "--reason goes with --withdraw");
    if (withdraw && options_operands(options) > 1)
        return options_usage(options, "a withdrawal has its --reason: give no text beside it");
    if (!withdraw && options_operands(options) < 2)
        return options_usage(options, "needs the text of the note");
    const char *text = withdraw ? options_text(options, "reason") : options_operand(options, 1);
    if (text[strspn(text, " \t\n")] == '\0')
        return options_usage(options, withdraw ? "--reason is empty" : "the text is empty");
    if (!speech_open(options, stderr, &speech))
        return EXIT_STATUS_USAGE;
    return append(options, &speech, placement);
}

static const struct option_spec option_table[] = {
    { .name = "withdraw",
      .letter = 'w',
      .argument = "PLACEMENT",
      .help = "withdraw this placement (the line of its record), whose result has been seen" },
    { .name = "reason", .letter = 'r', .argument = "TEXT", .help = "why; required with --withdraw" },
    OPERATOR_OPTION,
    ACCEPT_DAMAGED_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey note results/demo \"counter moved by 20 cm between the sessions\"",
      "a remark, kept in the journal" },
    { "nfc-survey note results/demo --withdraw 2 --reason \"the phone lay in its case\"",
      "the placement of line 2 stays counted; every verdict is given with and without it" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "recorded, and the summary made anew" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "there is no run, the placement can't be withdrawn, or " ACCEPT_DAMAGED_EXIT },
    { EXIT_STATUS_ENVIRONMENT, "the run is being executed, or the disk is full" },
    { 0 },
};

const struct command command_note = {
    .name = "note",
    .summary = "record a note or a withdrawal in a run",
    .usage =
        (const char *const[]) { "DIR TEXT [--operator NAME] [--lang en|ja]",
                                "DIR --withdraw PLACEMENT --reason TEXT [--operator NAME] [--lang en|ja]",
                                NULL },
    .description = "A placement whose result was seen is never taken out of the count. Withdrawing it says "
                   "that it should "
                   "not have counted, and why; every verdict is then given both ways. While a run is "
                   "executed, the prompts "
                   "take notes and withdrawals.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 2,
    .operand = "the directory of a run",
    .run = run_note,
};
