#include "harness/commands/options.h"

#include "harness/base/decimal.h"
#include "harness/base/err.h"
#include "harness/base/text.h"
#include "harness/commands/message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct given {
    const struct option_spec *spec; /* NULL: an operand */
    const char *value;              /* NULL for a switch; borrowed from argv */
};

struct options {
    const struct command *command;
    struct given *items;
    size_t count;
};

const struct option_spec options_help = { .name = "help", .letter = 'h', .help = "show this text" };

/* Restricted Damerau-Levenshtein distance of words up to 31 bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    size_t d[32][32];
    if (na > 31 || nb > 31)
        return SIZE_MAX;
    for (size_t i = 0; i <= na; i++) {
        for (size_t j = 0; j <= nb; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[na][nb];
}

const char *options_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = strlen(word) / 3 + 2; /* fewer edits than this are a slip, more are another word */
    for (size_t i = 0; names[i]; i++) {
        size_t n = distance(word, names[i]);
        if (strlen(word) >= 2 && strncmp(word, names[i], strlen(word)) == 0)
            n = 1; /* an abbreviation */
        if (n < best_distance) {
            best = names[i];
            best_distance = n;
        }
    }
    return best;
}

static void usage_error(const struct command *command, const char *format, va_list arguments)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    fprintf(stderr, "nfc-survey %s: ", command->name);
    text_put_safe(stderr, text);
    fprintf(stderr, " (nfc-survey %s --help)\n", command->name);
}

int options_usage(const struct options *o, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    usage_error(o->command, format, arguments);
    va_end(arguments);
    return EXIT_STATUS_USAGE;
}

const char *options_shown(const char *argument)
{
    static const char digits[] = "0123456789",
                      letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ";
    size_t length = strlen(argument), hex = strspn(argument, "0123456789abcdefABCDEF ");
    bool plain = true, has_digit = false;
    for (const char *c = argument; *c; c++) {
        has_digit |= strchr(digits, *c) != NULL;
        plain &= strchr(digits, *c) || strchr(letters, *c);
    }
    bool secret = has_digit && length >= 4 && (plain || hex >= 8);
    return secret ? "(not shown: it may hold a PIN)" : argument;
}

static const struct option_spec *find_name(const struct command *command, const char *name, size_t length)
{
    for (const struct option_spec *s = command->options; s && s->name; s++) {
        if (strlen(s->name) == length && memcmp(s->name, name, length) == 0)
            return s;
    }
    return length == 4 && memcmp(name, "help", 4) == 0 ? &options_help : NULL;
}

static const struct option_spec *find_letter(const struct command *command, char letter)
{
    for (const struct option_spec *s = command->options; s && s->name; s++) {
        if (s->letter == letter)
            return s;
    }
    return letter == 'h' ? &options_help : NULL;
}

static int unknown_option(const struct options *o, const char *name, size_t length)
{
    const char *names[64] = { "help" };
    size_t n = 1;
    for (const struct option_spec *s = o->command->options; s && s->name && n < 63; s++)
        names[n++] = s->name;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), name);
    const char *near = options_nearest(word, names);
    if (near)
        return options_usage(o, "unknown option --%s; did you mean --%s?", word, near);
    return options_usage(o, "unknown option --%s", options_shown(word));
}

static void add(struct options *o, const struct option_spec *spec, const char *value)
{
    o->items[o->count++] = (struct given) { .spec = spec, .value = value };
}

/* `rest` is what follows the option's name in the same argument, NULL when nothing does. */
static int take_value(struct options *o, const struct option_spec *spec, const char *rest, int argc,
                      char *const *argv, int *i)
{
    if (!rest && *i + 1 >= argc)
        return options_usage(o, "--%s needs a value: --%s %s", spec->name, spec->name, spec->argument);
    add(o, spec, rest ? rest : argv[++*i]);
    return 0;
}

static int parse_long(struct options *o, int argc, char *const *argv, int *i)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct option_spec *spec = find_name(o->command, name, length);
    if (!spec)
        return unknown_option(o, name, length);
    if (spec->argument && (equals || !spec->may_lack))
        return take_value(o, spec, equals ? equals + 1 : NULL, argc, argv, i);
    if (equals)
        return options_usage(o, "--%s takes no value", spec->name);
    add(o, spec, NULL);
    return 0;
}

static int parse_letters(struct options *o, int argc, char *const *argv, int *i)
{
    for (const char *letter = argv[*i] + 1; *letter; letter++) {
        const struct option_spec *spec = find_letter(o->command, *letter);
        if (!spec && *letter >= '0' && *letter <= '9') /* not repeated: a command with a PIN may begin so */
            return options_usage(o, "no option is a digit");
        if (!spec)
            return options_usage(o, "unknown option -%c", *letter);
        if (spec->argument)
            return take_value(o, spec, letter[1] ? letter + 1 : NULL, argc, argv, i);
        if (o->count >= OPTIONS_MAX)
            return options_usage(o, "more than %d arguments", OPTIONS_MAX);
        add(o, spec, NULL);
    }
    return 0;
}

static int check_operands(const struct options *o)
{
    const struct command *c = o->command;
    size_t n = options_operands(o);
    if (options_has(o, "help"))
        return 0;
    if (n < c->operands_min)
        return options_usage(o, "needs %s", c->operand);
    if (n > c->operands_max) {
        const char *extra = options_operand(o, c->operands_max);
        return c->operands_max == 0
                   ? options_usage(o, "takes no operand, but `%s` was given", options_shown(extra))
                   : options_usage(o, "`%s` is one operand too many", options_shown(extra));
    }
    return 0;
}

static int parse_all(struct options *o, int argc, char *const *argv)
{
    bool only_operands = o->command->passes_arguments && !(argc > 0 && strcmp(argv[0], "--help") == 0);
    for (int i = 0; i < argc; i++) {
        int status = 0;
        if (o->count >= OPTIONS_MAX)
            return options_usage(o, "more than %d arguments", OPTIONS_MAX);
        if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0')
            add(o, NULL, argv[i]);
        else if (strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (argv[i][1] == '-')
            status = parse_long(o, argc, argv, &i);
        else
            status = parse_letters(o, argc, argv, &i);
        if (status != 0)
            return status;
    }
    return check_operands(o);
}

int options_parse(const struct command *command, int argc, char *const *argv, struct options **out)
{
    *out = NULL;
    struct options *o = calloc(1, sizeof *o);
    struct given *items = calloc(OPTIONS_MAX, sizeof *items);
    if (!o || !items) {
        free(o);
        free(items);
        fputs("nfc-survey: out of memory\n", stderr);
        return EXIT_STATUS_ENVIRONMENT;
    }
    o->command = command;
    o->items = items;
    int status = parse_all(o, argc, argv);
    if (status != 0)
        options_free(&o);
    *out = o;
    return status;
}

void options_free(struct options **o)
{
    if (!*o)
        return;
    free((*o)->items);
    free(*o);
    *o = NULL;
}

const struct command *options_command(const struct options *o)
{
    return o->command;
}

size_t options_count(const struct options *o, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++)
        n += o->items[i].spec && strcmp(o->items[i].spec->name, name) == 0;
    return n;
}

bool options_has(const struct options *o, const char *name)
{
    return options_count(o, name) > 0;
}

const char *options_text_at(const struct options *o, const char *name, size_t index)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->items[i].spec && strcmp(o->items[i].spec->name, name) == 0 && index-- == 0)
            return o->items[i].value;
    }
    return NULL;
}

const char *options_text(const struct options *o, const char *name)
{
    size_t n = options_count(o, name);
    if (n > 0)
        return options_text_at(o, name, n - 1);
    const struct option_spec *spec = find_name(o->command, name, strlen(name));
    return spec ? spec->fallback : NULL;
}

size_t options_operands(const struct options *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->count; i++)
        n += o->items[i].spec == NULL;
    return n;
}

const char *options_operand(const struct options *o, size_t index)
{
    for (size_t i = 0; i < o->count; i++) {
        if (!o->items[i].spec && index-- == 0)
            return o->items[i].value;
    }
    return NULL;
}

bool options_number(const struct options *o, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
    const char *text = options_text(o, name);
    uint64_t value = 0;
    if (!text)
        return true;
    if (!text_to_u64(text, strlen(text), &value) || value < min || value > max) {
        options_usage(o, "--%s needs a whole number from %llu to %llu, not `%s`", name,
                      (unsigned long long)min, (unsigned long long)max, text);
        return false;
    }
    *out = value;
    return true;
}

static bool take_real(const struct options *o, const char *name, const char *text, double min, double max,
                      double *out)
{
    char least[DECIMAL_SIZE], most[DECIMAL_SIZE];
    double value = 0.0;
    if (!text)
        return true;
    if (!text_to_double(text, strlen(text), &value) || !(value >= min && value <= max)) {
        options_usage(o, "--%s needs a plain number from %s to %s, not `%s`", name,
                      decimal_shortest(least, min), decimal_shortest(most, max), text);
        return false;
    }
    *out = value;
    return true;
}

bool options_real_at(const struct options *o, const char *name, size_t index, double min, double max,
                     double *out)
{
    return take_real(o, name, options_text_at(o, name, index), min, max, out);
}

bool options_real(const struct options *o, const char *name, double min, double max, double *out)
{
    return take_real(o, name, options_text(o, name), min, max, out);
}

/* Words of text between columns `from` and 100; newlines in it begin a new line. */
static void wrap(FILE *to, const char *text, int from)
{
    int column = from;
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (column > from && column + 1 + (int)word > 100) {
            fprintf(to, "\n%*s", from, "");
            column = from;
        }
        if (column > from) {
            putc(' ', to);
            column++;
        }
        fwrite(text, 1, word, to);
        column += (int)word;
        text += word;
        if (*text == '\n') {
            fprintf(to, "\n%*s", from, "");
            column = from;
        }
        if (*text)
            text++;
    }
    putc('\n', to);
}

struct option_names option_names(bool (*choice)(size_t index, const char **name, const char **summary))
{
    struct option_names out = { "" };
    const char *name, *summary;
    for (size_t i = 0, used = 0; choice(i, &name, &summary) && used < sizeof out.text; i++)
        used += (size_t)snprintf(out.text + used, sizeof out.text - used, "%s%s", i ? ", " : "", name);
    return out;
}

void options_words(const struct option_spec *s, struct buf *out)
{
    const char *name, *summary;
    buf_add_text(out, s->help);
    for (size_t i = 0; s->choice && s->choice(i, &name, &summary); i++)
        buf_add_format(out, "\n%s: %s", name, summary);
}

static void help_of_option(const struct option_spec *s, FILE *to)
{
    char left[80], letter[8] = "    ", right[2048];
    struct buf words;
    buf_init(&words, sizeof right);
    options_words(s, &words);
    if (s->letter)
        snprintf(letter, sizeof letter, "-%c, ", s->letter);
    snprintf(left, sizeof left, s->may_lack ? "  %s--%s[=%s%s]" : "  %s--%s%s%s", letter, s->name,
             s->argument && !s->may_lack ? " " : "", s->argument ? s->argument : "");
    snprintf(right, sizeof right, "%s%s%s%s%s", words.data ? words.data : "",
             s->repeated ? " (may be repeated)" : "",
             !s->fallback ? ""
             : s->choice  ? "\n(default: "
                          : " (default: ",
             s->fallback ? s->fallback : "", s->fallback ? ")" : "");
    buf_free(&words);
    if (strlen(left) > 27)
        fprintf(to, "%s\n%28s", left, "");
    else
        fprintf(to, "%-28s", left);
    wrap(to, right, 28);
}

/* A line of usage breaks only between its parts, never inside `[--format LIST]`. */
static void help_of_usage(const struct command *command, const char *usage, const char *before, FILE *to)
{
    int from = fprintf(to, "%s nfc-survey %s", before, command->name), column = from;
    for (const char *part = usage; *part;) {
        size_t length = strcspn(part, "[ ");
        length += part[length] == '[' ? strcspn(part + length, "]") : 0;
        length += strcspn(part + length, " ");
        if (column > from && column + 1 + (int)length > 100) {
            fprintf(to, "\n%*s", from, "");
            column = from;
        }
        column += fprintf(to, " %.*s", (int)length, part);
        part += length + (part[length] == ' ');
    }
    putc('\n', to);
}

void command_help(const struct command *command, FILE *to)
{
    for (size_t i = 0; command->usage[i]; i++)
        help_of_usage(command, command->usage[i], i ? "      " : "Usage:", to);
    fprintf(to, "\n%c%s.\n", toupper((unsigned char)command->summary[0]), command->summary + 1);
    if (command->description) {
        putc('\n', to);
        wrap(to, command->description, 0);
    }
    fputs("\nOptions:\n", to);
    for (const struct option_spec *s = command->options; s && s->name; s++)
        help_of_option(s, to);
    help_of_option(&options_help, to);
    if (command->examples)
        fputs("\nExamples:\n", to);
    for (const struct command_example *x = command->examples; x && x->line; x++) {
        fprintf(to, "  %s\n      ", x->line);
        wrap(to, x->does, 6);
    }
    if (command->exits)
        fputs("\nExit status:\n", to);
    for (const struct command_exit *x = command->exits; x && x->meaning; x++) {
        fprintf(to, "  %d  ", x->status);
        wrap(to, x->meaning, 5);
    }
}
