#include "harness/commands/strange_command.h"

#include "harness/commands/message.h"
#include "harness/station/robot_seal.h"

#include <stdio.h>
#include <unistd.h>

static bool person_allows(const struct survey *s, const struct speech *to)
{
    char line[64];
    speech_line(to, WORD_CMD_STRANGE_COMMAND, s->hands_argument, s->directory ? s->directory : ".", NULL);
    speech_say(to, WORD_CMD_RUN_IT, NULL);
    fputs(" > ", to->to);
    fflush(to->to);
    ssize_t n = read(STDIN_FILENO, line, sizeof line);
    return n > 0 && (line[0] == 'y' || line[0] == 'Y');
}

int strange_command_check(const struct survey *s, const char *directory, const struct options *o,
                          const struct speech *speech)
{
    struct err e;
    if (robot_is_ours(s) || options_has(o, "allow-command"))
        return EXIT_STATUS_DONE;
    if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
        if (person_allows(s, speech))
            return EXIT_STATUS_DONE;
        err_set(&e, ERR_INPUT, directory, "the command was not run; the run is as it was");
    } else {
        err_set(&e, ERR_INPUT, directory,
                "this run was not begun by this user on this host, and lays phones by a command, `%s` in %s: "
                "look at it, then `run --resume %s --allow-command`",
                s->hands_argument, s->directory ? s->directory : ".", directory);
    }
    return message_error(&e);
}
