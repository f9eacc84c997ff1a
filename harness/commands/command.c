#include "harness/commands/command.h"

#include "harness/base/err.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"

#include <string.h>

static const struct command *find_command(const struct command *const *table, const char *name)
{
    for (size_t i = 0; table[i]; i++) {
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    }
    return NULL;
}

static int unknown(const struct command *const *table, const char *name)
{
    const char *names[64] = { "help" };
    size_t n = 1;
    for (size_t i = 0; table[i] && n < 63; i++) {
        if (!table[i]->hidden)
            names[n++] = table[i]->name;
    }
    const char *near = options_nearest(name, names);
    fputs("nfc-survey: unknown subcommand `", stderr);
    text_put_safe(stderr, options_shown(name));
    fprintf(stderr, "`%s%s%s (nfc-survey --help)\n", near ? "; did you mean " : "", near ? near : "",
            near ? "?" : "");
    return EXIT_STATUS_USAGE;
}

static void overview(const struct command *const *table, FILE *to)
{
    fputs("Usage: nfc-survey SUBCOMMAND [OPTION]... [OPERAND]...\n"
          "\n"
          "Surveys how well phones with a secure element in the SIM talk to contactless card readers.\n"
          "\n"
          "Subcommands:\n",
          to);
    for (size_t i = 0; table[i]; i++) {
        if (!table[i]->hidden)
            fprintf(to, "  %-12s %s\n", table[i]->name, table[i]->summary);
    }
    fputs("  help         show the help of a subcommand: nfc-survey help run\n"
          "\n"
          "Options:\n"
          "  -h, --help     show this text\n"
          "      --version  show the version\n"
          "\n"
          "Exit status of every subcommand:\n"
          "  0 done, 1 criteria not met or a change found, 2 usage, 3 input invalid or damaged,\n"
          "  4 instrument or environment, 5 not enough data, 6 interrupted, can be resumed\n",
          to);
}

static int help(const struct command *const *table, int argc, char *const *argv)
{
    if (argc == 0) {
        overview(table, stdout);
        return EXIT_STATUS_DONE;
    }
    const struct command *command = find_command(table, argv[0]);
    if (!command)
        return unknown(table, argv[0]);
    command_help(command, stdout);
    return EXIT_STATUS_DONE;
}

static int run_command(const struct command *command, int argc, char *const *argv)
{
    struct options *options = NULL;
    int status = options_parse(command, argc, argv, &options);
    if (status != 0)
        return status;
    if (options_has(options, "help"))
        command_help(command, stdout);
    else
        status = command->run(command, options);
    options_free(&options);
    return status;
}

static int dispatch(const struct command *const *table, int argc, char *const *argv)
{
    if (argc < 2) {
        overview(table, stderr);
        return EXIT_STATUS_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help(table, argc - 2, argv + 2);
    if (strcmp(name, "--version") == 0) {
        fputs("nfc-survey " NFC_SURVEY_VERSION "\n", stdout);
        return EXIT_STATUS_DONE;
    }
    const struct command *command = find_command(table, name);
    return command ? run_command(command, argc - 2, argv + 2) : unknown(table, name);
}

int command_main(const struct command *const *table, int argc, char *const *argv)
{
    message_prepare();
    return message_finish(dispatch(table, argc, argv));
}
