/* The tables of subcommands and options as text for other programs: YAML, the manual page, completion. */
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/message.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

/* ---- YAML ---- */

static void field(struct buf *b, const char *key, const char *value)
{
    buf_add_format(b, "%s: ", key);
    if (value)
        text_add_json(b, value, strlen(value));
    else
        buf_add_text(b, "null");
    buf_add_char(b, '\n');
}

static void yaml_option(struct buf *b, const struct option_spec *s)
{
    char letter[2] = { s->letter, '\0' };
    struct buf words;
    buf_init(&words, TEXT_MAX);
    options_words(s, &words);
    field(b, "    - name", s->name);
    field(b, "      letter", s->letter ? letter : NULL);
    field(b, "      argument", s->argument);
    field(b, "      help", words.data);
    field(b, "      default", s->fallback);
    buf_add_format(b, "      repeated: %s\n", s->repeated ? "true" : "false");
    buf_free(&words);
}

static void yaml(struct buf *b, const struct command *c)
{
    field(b, "- name", c->name);
    field(b, "  summary", c->summary);
    field(b, "  description", c->description);
    buf_add_format(b, "  hidden: %s\n  usage:\n", c->hidden ? "true" : "false");
    for (size_t i = 0; c->usage[i]; i++) {
        buf_add_text(b, "    - ");
        text_add_json(b, c->usage[i], strlen(c->usage[i]));
        buf_add_char(b, '\n');
    }
    buf_add_text(b, "  options:\n");
    for (const struct option_spec *s = c->options; s && s->name; s++)
        yaml_option(b, s);
    yaml_option(b, &options_help);
    buf_add_text(b, c->examples ? "  examples:\n" : "  examples: []\n");
    for (const struct command_example *x = c->examples; x && x->line; x++) {
        field(b, "    - line", x->line);
        field(b, "      does", x->does);
    }
    buf_add_text(b, c->exits ? "  exits:\n" : "  exits: []\n");
    for (const struct command_exit *x = c->exits; x && x->meaning; x++)
        buf_add_format(b, "    - [%d, \"%s\"]\n", x->status, x->meaning);
}

/* ---- the manual page, in the macros of man(7) ---- */

/* Text that troff leaves as it is: no macro at the beginning of a line, no escape, hyphens as typed. */
static void roff(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool begins = b->length == 0 || b->data[b->length - 1] == '\n';
        if (begins && (text[i] == '.' || text[i] == '\''))
            buf_add_text(b, "\\&");
        if (text[i] == '\\')
            buf_add_text(b, "\\e");
        else if (text[i] == '-')
            buf_add_text(b, "\\-");
        else
            buf_add_char(b, text[i]);
    }
}

static void roff_text(struct buf *b, const char *text)
{
    roff(b, text, strlen(text));
}

/* Paragraphs; a single newline in them begins a new line. */
static void paragraphs(struct buf *b, const char *text)
{
    while (*text) {
        size_t line = strcspn(text, "\n");
        roff(b, text, line);
        buf_add_char(b, '\n');
        text += line;
        if (strncmp(text, "\n\n", 2) == 0)
            buf_add_text(b, ".PP\n");
        else if (*text)
            buf_add_text(b, ".br\n");
        text += strspn(text, "\n");
    }
}

/* What is typed as it stands is bold, what stands for something is italic: upper case, as in the usage. */
static void usage(struct buf *b, const struct command *c, const char *line)
{
    buf_add_format(b, ".HP\n\\fBnfc\\-survey ");
    roff_text(b, c->name);
    buf_add_text(b, "\\fR ");
    for (const char *at = line; *at;) {
        size_t word = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ|");
        bool stands_for = word > 0 && (at == line || strchr(" [", at[-1]));
        if (stands_for)
            buf_add_text(b, "\\fI");
        word = stands_for ? word : 1;
        roff(b, at, word);
        if (stands_for)
            buf_add_text(b, "\\fR");
        at += word;
    }
    buf_add_char(b, '\n');
}

static void option(struct buf *b, const struct option_spec *s)
{
    const char *name, *summary;
    buf_add_text(b, ".TP\n");
    if (s->letter)
        buf_add_format(b, "\\fB\\-%c\\fR, ", s->letter);
    buf_add_text(b, "\\fB\\-\\-");
    roff_text(b, s->name);
    buf_add_text(b, "\\fR");
    if (s->argument) {
        buf_add_text(b, s->may_lack ? "[=\\fI" : " \\fI");
        roff_text(b, s->argument);
        buf_add_text(b, s->may_lack ? "\\fR]" : "\\fR");
    }
    buf_add_char(b, '\n');
    paragraphs(b, s->help);
    for (size_t i = 0; s->choice && s->choice(i, &name, &summary); i++) {
        buf_add_text(b, ".br\n\\fB");
        roff_text(b, name);
        buf_add_text(b, "\\fR: ");
        roff_text(b, summary);
        buf_add_char(b, '\n');
    }
    if (s->repeated)
        buf_add_text(b, "May be repeated.\n");
    if (s->fallback) {
        buf_add_text(b, ".br\nDefault: ");
        roff_text(b, s->fallback);
        buf_add_char(b, '\n');
    }
}

static void section(struct buf *b, const struct command *c)
{
    buf_add_format(b, ".SS %s\n", c->name);
    for (size_t i = 0; c->usage[i]; i++)
        usage(b, c, c->usage[i]);
    buf_add_text(b, ".PP\n");
    buf_add_char(b, (char)toupper((unsigned char)c->summary[0]));
    roff_text(b, c->summary + 1);
    buf_add_text(b, ".\n");
    if (c->description) {
        buf_add_text(b, ".PP\n");
        paragraphs(b, c->description);
    }
    for (const struct option_spec *s = c->options; s && s->name; s++)
        option(b, s);
    for (const struct command_example *x = c->examples; x && x->line; x++) {
        buf_add_text(b, x == c->examples ? ".PP\nExamples:\n.TP\n" : ".TP\n");
        roff_text(b, x->line);
        buf_add_char(b, '\n');
        paragraphs(b, x->does);
    }
    for (const struct command_exit *x = c->exits; x && x->meaning; x++) {
        buf_add_format(b, "%s%d\n", x == c->exits ? ".PP\nExit status:\n.TP\n" : ".TP\n", x->status);
        paragraphs(b, x->meaning);
    }
}

static void man_page(struct buf *b)
{
    buf_add_text(
        b, ".TH NFC\\-SURVEY 1 \"\" \"nfc\\-survey " NFC_SURVEY_VERSION "\" \"User Commands\"\n"
           ".SH NAME\nnfc\\-survey \\- NFC reader compatibility survey harness\n"
           ".SH SYNOPSIS\n.B nfc\\-survey\n.I SUBCOMMAND\n[\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...\n"
           ".br\n.B nfc\\-survey help\n.I SUBCOMMAND\n"
           ".SH DESCRIPTION\n"
           "Surveys how well phones with a secure element in the SIM talk to contactless card readers.\n"
           "It plans the placements, exchanges commands with what lies on the readers, keeps a journal,\n"
           "decides which combinations are compatible, and proposes criteria for choosing handsets.\n"
           ".PP\n"
           "Results go to standard output, messages to standard error.\n"
           ".SH SUBCOMMANDS\n");
    for (size_t i = 0; command_table[i]; i++)
        if (!command_table[i]->hidden)
            section(b, command_table[i]);
    buf_add_text(
        b,
        ".SH EXIT STATUS\n"
        ".TP\n0\ndone\n"
        ".TP\n1\ncriteria not met, or a comparison found a change\n"
        ".TP\n2\nthe command line is wrong\n"
        ".TP\n3\ninput invalid or damaged\n"
        ".TP\n4\ninstrument or environment: no reader, disk full, a program missing\n"
        ".TP\n5\nnot enough data\n"
        ".TP\n6\ninterrupted, can be resumed\n"
        ".SH ENVIRONMENT\n"
        ".TP\n.B LC_ALL, LC_MESSAGES, LANG\n"
        "The first that is set chooses the language of what is printed for people: Japanese where it begins "
        "with ja, else English. Errors are in English.\n"
        ".TP\n.B NFC_SURVEY_DATA\nFolder with profiles/ and reports/ instead of the installed one.\n"
        ".TP\n.B NFC_SURVEY_PYTHON\nThe Python in which WeasyPrint is, for PDF.\n"
        ".TP\n.B NFC_SURVEY_TESTBED\nThe socket of a testbed: its virtual phones are laid by it.\n"
        ".TP\n.B NO_COLOR\nWhen it is set, nothing is coloured.\n"
        ".TP\n.B TMPDIR\nFolder for files that programs such as gnuplot read; else /tmp.\n"
        ".SH FILES\n"
        ".TP\n.I DIR/journal.yaml\nthe one primary record of a run: a line a record\n"
        ".TP\n.I DIR/summary.yaml\nwhat the journal says, made again by every report\n"
        ".TP\n.I PREFIX/share/nfc\\-survey/profiles\nreaders, handsets, scripts, criteria and surveys\n"
        ".TP\n.I PREFIX/share/doc/nfc\\-survey/docs\n"
        "procedures, the survey file, the journal, decisions, criteria, causes, tables\n"
        ".SH SEE ALSO\n.BR pcscd (8),\n.BR nfc\\-list (1),\n.BR gnuplot (1),\n.BR weasyprint (1)\n");
}

/* ---- completion for bash ---- */

static void words_of(struct buf *b, const struct command *c)
{
    for (const struct option_spec *s = c->options; s && s->name; s++)
        buf_add_format(b, "--%s ", s->name);
    buf_add_text(b, "--help");
}

/* Behind an option whose values the program knows, or that takes one of a few words: "text|yaml". */
static void values_of(struct buf *b, const struct command *c)
{
    const char *name, *summary;
    for (const struct option_spec *s = c->options; s && s->name; s++) {
        bool words =
            s->argument && strchr(s->argument, '|') && !strpbrk(s->argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (!s->choice && !words)
            continue;
        buf_add_format(b, "    %s:--%s", c->name, s->name);
        if (s->letter)
            buf_add_format(b, " | %s:-%c", c->name, s->letter);
        buf_add_text(b, ") COMPREPLY=($(compgen -W '");
        for (const char *at = s->argument; words && *at; at++)
            buf_add_char(b, *at == '|' ? ' ' : *at);
        for (size_t i = 0; s->choice && s->choice(i, &name, &summary); i++)
            buf_add_format(b, "%s%s", i ? " " : "", name);
        buf_add_text(b, "' -- \"$word\")); return ;;\n");
    }
}

static void bash(struct buf *b)
{
    buf_add_text(b, "# bash completion of nfc-survey, made by `nfc-survey manual --format bash`\n"
                    "_nfc_survey() {\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options\n"
                    "    if ((COMP_CWORD == 1)); then\n"
                    "        COMPREPLY=($(compgen -W '");
    for (size_t i = 0; command_table[i]; i++)
        if (!command_table[i]->hidden)
            buf_add_format(b, "%s ", command_table[i]->name);
    buf_add_text(b, "help --help --version' -- \"$word\"))\n        return\n    fi\n"
                    "    case ${COMP_WORDS[1]}:$before in\n");
    for (size_t i = 0; command_table[i]; i++)
        values_of(b, command_table[i]);
    buf_add_text(b, "    esac\n    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; command_table[i]; i++) {
        buf_add_format(b, "    %s) options='", command_table[i]->name);
        words_of(b, command_table[i]);
        buf_add_text(b, "' ;;\n");
    }
    buf_add_text(b, "    esac\n"
                    "    [[ $word == -* ]] && COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                    "}\n"
                    "complete -o default -F _nfc_survey nfc-survey\n");
}

static int run_manual(const struct command *command, struct options *options)
{
    const char *format = options_text(options, "format");
    struct buf text;
    (void)command;
    buf_init(&text, TEXT_MAX);
    if (strcmp(format, "man") == 0)
        man_page(&text);
    else if (strcmp(format, "bash") == 0)
        bash(&text);
    else if (strcmp(format, "yaml") == 0)
        for (size_t i = 0; command_table[i]; i++)
            yaml(&text, command_table[i]);
    else
        return options_usage(options, "--format is yaml, man or bash, not `%s`", format);
    return message_print(&text);
}

static const struct option_spec manual_options[] = {
    { .name = "format",
      .letter = 'f',
      .argument = "yaml|man|bash",
      .help = "tables as YAML, the manual page, or completion for bash",
      .fallback = "yaml" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey manual", "every subcommand with its options, examples and exit statuses, as YAML" },
    { "nfc-survey manual --format man | man -l -", "the manual page" },
    { "source <(nfc-survey manual --format bash)", "completion in this shell" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_ENVIRONMENT, "the output could not be written" },
    { 0 },
};

const struct command command_manual = {
    .name = "manual",
    .summary = "print the tables of subcommands and options",
    .usage = (const char *const[]) { "[--format yaml|man|bash]", NULL },
    .options = manual_options,
    .examples = examples,
    .exits = exits,
    .hidden = true,
    .run = run_manual,
};
