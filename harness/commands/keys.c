/* keys: the keys that identifiers are hidden with, and a new one. */
#include "harness/commands/command.h"

#include "harness/base/identifier_key.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int rotate(const struct speech *to)
{
    struct identifier_key was, now;
    struct err e = { 0 };
    if (identifier_key_rotate(&was, &now, &e) != 0)
        return message_error(&e);
    speech_line(to, WORD_CMD_KEY_ROTATED, now.id, was.id, NULL);
    explicit_bzero(&was, sizeof was);
    explicit_bzero(&now, sizeof now);
    return EXIT_STATUS_DONE;
}

/* "identifier.<id>.key" of an old one. */
static int is_old_key(const struct dirent *entry)
{
    static const char head[] = "identifier.", tail[] = ".key";
    return strlen(entry->d_name) == sizeof head - 1 + 8 + sizeof tail - 1 &&
           strncmp(entry->d_name, head, sizeof head - 1) == 0 &&
           strcmp(entry->d_name + sizeof head - 1 + 8, tail) == 0;
}

static int list(const struct speech *to)
{
    char directory[4096];
    struct identifier_key key;
    struct dirent **old = NULL;
    struct err e = { 0 };
    int status = identifier_key_directory(directory, sizeof directory, &e);
    if (status == 0)
        status = identifier_key_load(&key, &e);
    if (status != 0)
        return message_error(&e);
    speech_line(to, WORD_CMD_KEY_IN_USE, key.id, directory, NULL);
    explicit_bzero(&key, sizeof key);
    int count = scandir(directory, &old, is_old_key, alphasort);
    for (int i = 0; i < count; i++) {
        old[i]->d_name[strlen("identifier.") + 8] = '\0';
        speech_line(to, WORD_CMD_KEY_OLD, old[i]->d_name + strlen("identifier."), NULL);
        free(old[i]);
    }
    free(old);
    return EXIT_STATUS_DONE;
}

static int run_keys(const struct command *command, struct options *options)
{
    (void)command;
    struct speech speech;
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    return options_has(options, "rotate") ? rotate(&speech) : list(&speech);
}

static const struct option_spec option_table[] = {
    { .name = "rotate", .help = "make a new key for what is recorded from now on; the old one is kept" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey keys", "which key is in use, by its id; made where there is none" },
    { "nfc-survey keys --rotate", "a new one; values of two keys cannot be compared" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed, or rotated" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_ENVIRONMENT, "others could use the key, or it could not be made" },
    { 0 },
};

const struct command command_keys = {
    .name = "keys",
    .summary = "list or rotate the keys that hide identifiers",
    .usage = (const char *const[]) { "[--rotate] [--lang en|ja]", NULL },
    .description =
        "A record never holds an identifier (UID, PUPI, serial numbers of chips and in an ATR, ICCID, IMSI, "
        "EID), but its HMAC-SHA-256 under a key of this "
        "user on this host: the key's id, and 16 bytes. The key lies in $XDG_STATE_HOME/nfc-survey, else in "
        "~/.local/state/nfc-survey, and is never part of a run: whoever has it could find short identifiers "
        "by trying them all. Simulated units have a published one.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .run = run_keys,
};
