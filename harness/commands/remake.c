#include "harness/commands/remake.h"

#include "harness/commands/command.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 256 /* of a line */

/* As a shell reads it. */
static void add_word(struct buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./,:=@%+-";
    if (text[strspn(text, plain)] == '\0') {
        buf_add_text(out, text);
        return;
    }
    buf_add_char(out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_add_text(out, "'\\''");
        else
            buf_add_char(out, *text);
    buf_add_char(out, '\'');
}

static bool has_controls(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* False where it cannot stand in a line. */
static bool add_option(struct buf *out, const char *name, const char *value)
{
    buf_add_format(out, " --%s", name);
    if (!value)
        return true;
    buf_add_char(out, '=');
    add_word(out, value);
    return !has_controls(value);
}

static bool is_among(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

void remake_line(const struct options *o, const char *const *without, const char *as, const char *name,
                 struct buf *out)
{
    const struct command *command = options_command(o);
    bool fits = true;
    buf_add_text(out, command->name);
    for (const struct option_spec *s = command->options; s && s->name; s++)
        for (size_t i = 0; i < options_count(o, s->name) && !is_among(without, s->name); i++)
            fits = add_option(out, s->name, options_text_at(o, s->name, i)) && fits;
    if (as)
        fits = add_option(out, as, name) && fits;
    if (!fits)
        buf_clear(out);
}

/* In its place; the count of words, 0 where it is no such line. */
static int split(char *line, char *words[WORDS_MAX])
{
    int count = 0;
    char *to = line;
    while (*line) {
        bool quoted = false;
        if (count == WORDS_MAX)
            return 0;
        words[count++] = to;
        for (; *line && (quoted || *line != ' '); line++)
            if (*line == '\'')
                quoted = !quoted;
            else if (!quoted && *line == '\\' && line[1])
                *to++ = *++line;
            else
                *to++ = *line;
        if (quoted)
            return 0;
        bool ends = !*line;
        *to++ = '\0';
        if (ends)
            break;
        line++;
    }
    return count;
}

const char *remake_path(const struct remake *to, const struct options *o, const char *option, char out[4096])
{
    const char *name = options_text(o, option);
    if (!name)
        return to->folder;
    bool leads_out = strchr(name, '/') || name[0] == '.';
    if (leads_out || snprintf(out, 4096, "%s/%s", to->folder, name) >= 4096)
        out[0] = '\0';
    return out;
}

static const struct command *command_of(const char *name)
{
    for (size_t i = 0; command_table[i]; i++)
        if (command_table[i]->remake && strcmp(command_table[i]->name, name) == 0)
            return command_table[i];
    return NULL;
}

int remake_run(const char *line, const char *directory, struct remake *to, struct err *e)
{
    char *words[WORDS_MAX + 2], *copy = strdup(line), *operand = strdup(directory);
    struct options *options = NULL;
    int status = err_set(e, ERR_MEMORY, directory, "out of memory");
    if (!copy || !operand)
        goto out;
    status = err_set(e, ERR_INPUT, directory, "`%.200s` is no command that makes files", line);
    int count = split(copy, words);
    const struct command *command = count > 0 ? command_of(words[0]) : NULL;
    words[count] = operand;
    if (command && options_parse(command, count, words + 1, &options) == 0)
        status = command->remake(options, to, e);
out:
    options_free(&options);
    free(operand);
    free(copy);
    return status;
}
