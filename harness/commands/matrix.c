/* matrix: what a run says as a whole, for analysts: as tables to read, or as YAML. Changes nothing. */
#include "harness/matrix/matrix.h"
#include "harness/base/text.h"
#include "harness/commands/command.h"
#include "harness/commands/damage.h"
#include "harness/commands/matrix_text.h"
#include "harness/commands/message.h"
#include "harness/commands/model.h"
#include "reports/render/yaml.h"
#include "reports/tables/tables.h"

#include <string.h>

#define OUTPUT_MAX (256u << 20)

static int print_yaml(const struct report *r, struct err *e)
{
    const struct view v = { r, LANGUAGE_ENGLISH, FORM_YAML, .whole = true };
    struct buf b;
    buf_init(&b, OUTPUT_MAX);
    yaml_tables(&b, &v, matrix_tables);
    int status = b.failed ? err_set(e, ERR_MEMORY, "matrix", "the output does not fit in memory") : 0;
    if (status == 0)
        fwrite(b.data, 1, b.length, stdout);
    buf_free(&b);
    return status;
}

/* A level in (0, 1), left alone when not given. False after a message. */
static bool read_level(struct options *options, double *out)
{
    const char *text = options_text(options, "fdr");
    if (!text || (text_to_double(text, strlen(text), out) && *out > 0.0 && *out < 1.0))
        return true;
    options_usage(options, "--fdr needs a decimal between 0 and 1, such as 0.05, not `%s`", text);
    return false;
}

static int run_matrix(const struct command *command, struct options *options)
{
    (void)command;
    const char *directory = options_operand(options, 0), *format = options_text(options, "format");
    const char *file = options_text(options, "shares");
    struct report_how how = { .parts = REPORT_MATRIX };
    struct shares *shares = NULL;
    struct report r = { 0 };
    struct err e = { 0 };
    struct speech speech;
    uint64_t permutations = MATRIX_PERMUTATIONS;
    if (!options_number(options, "permutations", 99, MATRIX_PERMUTATIONS_MAX, &permutations) ||
        !read_level(options, &how.matrix.fdr) || !speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    if (strcmp(format, "text") != 0 && strcmp(format, "yaml") != 0)
        return options_usage(options, "--format is text or yaml, not `%s`", format);
    how.matrix.permutations = (unsigned)permutations;
    int status = model_shares(file, &shares, &e);
    how.matrix.shares = shares;
    if (status == 0)
        status = model_open(directory, &how, damage_is_accepted(options), &r, &e);
    if (status == 0 && !r.matrix)
        status = ERR_INPUT; /* the problems of its shares are messages already */
    if (status == 0 && strcmp(format, "yaml") == 0)
        status = print_yaml(&r, &e);
    else if (status == 0)
        matrix_text(&speech, &r);
    report_close(&r);
    shares_free(&shares);
    return status == 0 ? EXIT_STATUS_DONE : model_error(status, &e);
}

static const struct option_spec option_table[] = {
    { .name = "shares",
      .letter = 's',
      .argument = "FILE",
      .help = "market shares: CSV of handset,share instead of the profiles'" },
    { .name = "format",
      .letter = 'f',
      .argument = "text|yaml",
      .help = "tables to read, or all of it as YAML",
      .fallback = "text" },
    { .name = "permutations",
      .letter = 'p',
      .argument = "N",
      .help = "permutations of each test, 99 to 100000",
      .fallback = "999" },
    { .name = "fdr",
      .argument = "Q",
      .help = "lists whose expected share of wrong entries is at most Q (e-BH)" },
    ACCEPT_DAMAGED_OPTION,
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey matrix results/demo", "readers, market coverage, effects and handsets for regression" },
    { "nfc-survey matrix results/demo --format yaml --permutations 9999", "all of it for other programs" },
    { "nfc-survey matrix results/demo --fdr 0.05",
      "lists with a bounded share of wrong entries, and their price" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "shown" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT,
      "the directory holds no usable journal, the shares can't be used, or " ACCEPT_DAMAGED_EXIT },
    { 0 },
};

const struct command command_matrix = {
    .name = "matrix",
    .summary = "what a run says of readers, subsets of them, and the market",
    .usage =
        (const char *const[]) {
            "DIR [--shares FILE] [--format text|yaml] [--permutations N] [--fdr Q] [--lang en|ja]", NULL },
    .description =
        "A handset works on a reader when all its required cells are compatible there, and fails when one is "
        "incompatible or declared absent. A share of the market is given as a bracket: what is shown to "
        "work, and "
        "what is not ruled out; untested models are in the width. Without any share all tested handsets "
        "weigh "
        "the same. The file of shares has the columns handset (a profile's id or a unit) and share (0 to "
        "1).\n"
        "\n"
        "--fdr needs planning: cells stop as soon as the scheme decides, just past 1/beta and 1/alpha, which "
        "is too early for such lists. What it prints is how far the e-values reach now, and how many "
        "placements "
        "the lists would take; give a scheme of your own with a smaller alpha and beta to get there.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .operands_min = 1,
    .operands_max = 1,
    .operand = "the directory of a run",
    .run = run_matrix,
};
