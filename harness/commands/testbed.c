/* testbed: hands over to the testbed's own program, which alone is linked with umockdev. */
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int run_testbed(const struct command *command, struct options *options)
{
    (void)command;
    char program[4096];
    char *arguments[OPTIONS_MAX + 2] = { program };
    struct err e = { 0 };
    if (data_program("nfc-survey-testbed", program, sizeof program, &e) != 0)
        return message_error(&e);
    size_t n = options_operands(options);
    for (size_t i = 0; i < n; i++)
        arguments[i + 1] = (char *)(uintptr_t)options_operand(options, i);
    char data[4096];
    if (data_directory(data, sizeof data, &e) == 0)
        setenv("NFC_SURVEY_DATA", data, 1);
    signal(SIGPIPE, SIG_DFL);
    execv(program, arguments);
    int reason = errno;
    signal(SIGPIPE, SIG_IGN);
    err_system(&e, ERR_ENVIRONMENT, program, reason, "cannot be started");
    return message_error(&e);
}

static const struct command_example examples[] = {
    { "nfc-survey testbed --help", "what it serves and how it is controlled" },
    { "nfc-survey testbed -- --help", "the help of the testbed's own program" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "ended as asked" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_ENVIRONMENT, "the testbed is not built, or something that it needs is missing" },
    { 0 },
};

const struct command command_testbed = {
    .name = "testbed",
    .summary = "serve virtual handsets to the real reader software",
    .usage = (const char *const[]) { "[ARGUMENT]...", NULL },
    .description = "Starts nfc-survey-testbed, which emulates USB readers with virtual handsets on them, so "
                   "that pcscd and "
                   "its drivers work as with real ones. All arguments are its own.",
    .examples = examples,
    .exits = exits,
    .operands_max = OPTIONS_MAX,
    .operand = "arguments",
    .passes_arguments = true,
    .run = run_testbed,
};
