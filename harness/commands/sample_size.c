/*
 * sample-size: how many placements a claim needs, and what a result proves. One command line asks one of four
 * questions; an option that belongs to another one is a mistake and not left aside.
 */
#include "harness/commands/command.h"
#include "harness/commands/message.h"
#include "harness/commands/sample_fixed.h"
#include "harness/commands/sample_scheme.h"
#include "harness/commands/sample_two_tier.h"

#include "harness/stats/trials.h"
#include "harness/verdict/two_tier.h"

#include <string.h>

#define K_DEFAULT 10

enum sample {
    SAMPLE_NONE = 0,
    SAMPLE_CLAIM = 1,
    SAMPLE_LIMITS = 2,
    SAMPLE_RANKS = 4,
    SAMPLE_SCHEME = 8,
};

static const char ask[] = "give --show-failure-at-most P, or --trials N and --failures F, or --percentile P, "
                          "or --scheme NAME";

/* What each option belongs to, and whether it asks the question by itself. */
static const struct {
    const char *name;
    unsigned questions;
    bool asks;
} belongs[] = {
    { "show-failure-at-most", SAMPLE_CLAIM, true },
    { "percentile", SAMPLE_RANKS, true },
    { "scheme", SAMPLE_SCHEME, true },
    { "q0", SAMPLE_SCHEME, true },
    { "q1", SAMPLE_SCHEME, true },
    { "mean", SAMPLE_SCHEME, true },
    { "each", SAMPLE_SCHEME, true },
    { "readers", SAMPLE_SCHEME, false },
    { "alpha", SAMPLE_SCHEME, true },
    { "beta", SAMPLE_SCHEME, true },
    { "max", SAMPLE_SCHEME, true },
    { "k", SAMPLE_SCHEME, false },
    { "q", SAMPLE_SCHEME, false },
    { "invalid", SAMPLE_SCHEME, false },
    { "hidden", SAMPLE_SCHEME, false },
    { "operating-characteristics", SAMPLE_SCHEME, false },
    { "trials", SAMPLE_LIMITS | SAMPLE_RANKS, false },
    { "failures", SAMPLE_CLAIM | SAMPLE_LIMITS, false },
    { "confidence", SAMPLE_CLAIM | SAMPLE_LIMITS | SAMPLE_RANKS, false },
};

#define BELONGS (sizeof belongs / sizeof *belongs)

static enum sample nothing_asked(const struct options *o)
{
    for (size_t i = 0; i < BELONGS; i++) {
        if (options_has(o, belongs[i].name)) {
            options_usage(o, "--%s asks nothing by itself; %s", belongs[i].name, ask);
            return SAMPLE_NONE;
        }
    }
    options_usage(o, "%s", ask);
    return SAMPLE_NONE;
}

/* The question that is asked; NONE after a message. */
static enum sample question_of(const struct options *o)
{
    enum sample q = SAMPLE_NONE;
    const char *by = "trials";
    for (size_t i = 0; i < BELONGS; i++) {
        if (!belongs[i].asks || !options_has(o, belongs[i].name))
            continue;
        if (q != SAMPLE_NONE && q != (enum sample)belongs[i].questions) {
            options_usage(o, "--%s and --%s ask two questions; give one", by, belongs[i].name);
            return SAMPLE_NONE;
        }
        q = (enum sample)belongs[i].questions;
        by = belongs[i].name;
    }
    if (q == SAMPLE_NONE && options_has(o, "trials"))
        q = SAMPLE_LIMITS;
    if (q == SAMPLE_NONE)
        return nothing_asked(o);
    for (size_t i = 0; i < BELONGS; i++) {
        if (options_has(o, belongs[i].name) && !(belongs[i].questions & q)) {
            options_usage(o, "--%s does not go with --%s; %s", belongs[i].name, by, ask);
            return SAMPLE_NONE;
        }
    }
    return q;
}

/* What is refused is what the command line says, so the status is that of a wrong command line. */
static int finish(const struct options *o, int code, const struct err *e)
{
    if (code == ERR_LIMIT || code == ERR_INPUT)
        return options_usage(o, "%s", e->text);
    return code == 0 ? EXIT_STATUS_DONE : message_error(e);
}

static int run_fixed(const struct options *o, enum sample asked, const struct speech *to)
{
    struct sample_question q = { .confidence = 0.95, .has_trials = options_has(o, "trials") };
    struct err e = { 0 };
    if (!options_real(o, "confidence", 0.5, 0.999999, &q.confidence) ||
        !options_real(o, "show-failure-at-most", 0.000001, 0.999999, &q.p) ||
        !options_real(o, "percentile", 0.000001, 0.999999, &q.p) ||
        !options_number(o, "trials", 0, TRIALS_MAX, &q.trials) ||
        !options_number(o, "failures", 0, TRIALS_MAX, &q.failures))
        return EXIT_STATUS_USAGE;
    if (asked == SAMPLE_CLAIM)
        return finish(o, sample_claim(&q, to, &e), &e);
    if (asked == SAMPLE_RANKS)
        return finish(o, sample_ranks(&q, to, &e), &e);
    if (!options_has(o, "failures"))
        return options_usage(o, "--trials needs --failures F beside it: how many of them failed");
    if (q.failures > q.trials)
        return options_usage(o, "--failures %llu is more than --trials %llu", (unsigned long long)q.failures,
                             (unsigned long long)q.trials);
    sample_limits(&q, to);
    return EXIT_STATUS_DONE;
}

/* A scheme without a preset needs all of its values; k has a default. */
static bool scheme_is_whole(const struct options *o)
{
    const char *too_dirty = options_has(o, "mean") || options_has(o, "each") ? "each" : "q1";
    const char *const needed[] = { "q0", too_dirty, "alpha", "beta", "max" };
    const char *name = options_text(o, "scheme");
    struct scheme preset;
    if (name && !scheme_preset(name, &preset)) {
        options_usage(
            o,
            "--scheme needs screen, standard, strict or counter, not `%s`; for one of your own leave it "
            "out and give --q0, --q1, --alpha, --beta and --max",
            name);
        return false;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed && !name; i++) {
        if (!options_has(o, needed[i])) {
            options_usage(o,
                          "a scheme of your own needs --q0, --q1, --alpha, --beta and --max; --%s is "
                          "missing (or begin with --scheme screen, standard or strict)",
                          needed[i]);
            return false;
        }
    }
    return true;
}

/* Bounds that belong to the other number of tiers are a mistake. */
static bool tiers_are_one_or_two(const struct options *o, bool two)
{
    static const struct {
        const char *name;
        bool two;
    } belong[] = { { "q1", false }, { "each", true }, { "mean", true }, { "readers", true } };
    for (size_t i = 0; i < sizeof belong / sizeof *belong; i++) {
        if (belong[i].two == two || !options_has(o, belong[i].name))
            continue;
        options_usage(o,
                      two ? "--%s is of a scheme of one tier; with --mean, the bound on a reader is --each"
                          : "--%s is of a scheme of two tiers: --scheme counter, or --mean and --each",
                      belong[i].name);
        return false;
    }
    return true;
}

/* The mean of a scheme of two tiers, 0 of one; and of how many readers. */
static bool take_tiers(const struct options *o, double *mean, double *each, uint64_t *readers)
{
    struct scheme preset = { 0 };
    const char *name = options_text(o, "scheme");
    bool two = name && scheme_preset(name, &preset) ? preset.mean > 0.0
                                                    : options_has(o, "mean") || options_has(o, "each");
    *mean = preset.mean;
    *readers = SAMPLE_READERS_USUAL;
    if (!tiers_are_one_or_two(o, two) || !options_real(o, "mean", 0.0002, 0.99, mean) ||
        !options_real(o, "each", 0.0002, 0.99, each) ||
        !options_number(o, "readers", 1, TWO_TIER_READERS, readers))
        return false;
    if (two && *mean == 0.0)
        options_usage(o, "a scheme of two tiers needs --mean and --each; --mean is missing");
    return !two || *mean > 0.0;
}

static bool take_own_rates(const struct options *o, struct sample_scheme *s)
{
    s->own_count = options_count(o, "q");
    if (s->own_count > 0 && !s->characteristics) {
        options_usage(o, "--q goes with --operating-characteristics");
        return false;
    }
    if (s->own_count > SAMPLE_OWN_MAX) {
        options_usage(o, "--q is given %zu times; at most %d", s->own_count, SAMPLE_OWN_MAX);
        return false;
    }
    for (size_t i = 0; i < s->own_count; i++) {
        if (!options_real_at(o, "q", i, 0.0, 1.0, &s->own[i]))
            return false;
    }
    return true;
}

/* An instrument that hangs, by itself or because of the phone: of one tier only, a row's chances know no suspect ones. */
static bool take_instrument(const struct options *o, bool two, struct sample_scheme *s)
{
    if ((options_has(o, "invalid") || options_has(o, "hidden")) && !s->characteristics) {
        options_usage(o, "--invalid and --hidden go with --operating-characteristics");
        return false;
    }
    if ((options_has(o, "invalid") || options_has(o, "hidden")) && two) {
        options_usage(o, "--invalid and --hidden are for a scheme of one tier");
        return false;
    }
    s->instrument.run_max = INVALID_RUN_MAX;
    return options_real(o, "invalid", 0.0, 1.0, &s->instrument.invalid) &&
           options_real(o, "hidden", 0.0, 1.0, &s->instrument.hidden);
}

static int run_scheme(const struct options *o, const struct speech *to)
{
    struct sample_scheme s = { .characteristics = options_has(o, "operating-characteristics") };
    struct err e = { 0 };
    const char *name = options_text(o, "scheme");
    double q0 = 0.0, q1 = 0.0, alpha = 0.0, beta = 0.0;
    double mean = 0.0;
    uint64_t k = name ? 0 : K_DEFAULT, max = 0, readers = 0;
    if (!scheme_is_whole(o) || !options_real(o, "q0", 0.0001, 0.9, &q0) ||
        !options_real(o, "q1", 0.0002, 0.99, &q1) || !options_real(o, "alpha", 0.000001, 0.499, &alpha) ||
        !options_real(o, "beta", 0.000001, 0.499, &beta) || !options_number(o, "k", 1, 100, &k) ||
        !options_number(o, "max", SCHEME_N_MIN, SCHEME_N_MAX, &max) || !take_tiers(o, &mean, &q1, &readers) ||
        !take_own_rates(o, &s) || !take_instrument(o, mean > 0.0, &s))
        return EXIT_STATUS_USAGE;
    int rc =
        scheme_resolve(name ? name : "own", q0, q1, alpha, beta, (unsigned)k, (unsigned)max, &s.scheme, &e);
    if (rc == 0 && mean > 0.0 && (rc = scheme_set_mean(&s.scheme, mean, &e)) == 0)
        rc = sample_two_tier(&s, (unsigned)readers, to, &e);
    else if (rc == 0)
        rc = sample_scheme(&s, to, &e);
    return finish(o, rc, &e);
}

static int run_sample_size(const struct command *command, struct options *options)
{
    struct speech speech;
    const char *format = options_text(options, "format");
    (void)command;
    bool text = strcmp(format, "text") == 0;
    enum sample asked = question_of(options);
    if (asked == SAMPLE_NONE)
        return EXIT_STATUS_USAGE;
    if (!text && strcmp(format, "yaml") != 0)
        return options_usage(options, "--format needs yaml or text, not `%s`", format);
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    const struct speech *to = text ? &speech : NULL;
    return asked == SAMPLE_SCHEME ? run_scheme(options, to) : run_fixed(options, asked, to);
}

static const struct option_spec option_table[] = {
    { .name = "show-failure-at-most",
      .argument = "P",
      .help = "how many placements show that one fails with a probability of at most P (0.01 for 1 %)" },
    { .name = "trials",
      .letter = 'n',
      .argument = "N",
      .help = "what N placements prove, of which --failures failed; or which of N sorted values bound "
              "--percentile" },
    { .name = "failures",
      .letter = 'd',
      .argument = "F",
      .help = "how many of them failed, or may fail (0 with --show-failure-at-most)" },
    { .name = "percentile", .argument = "P", .help = "the percentile, as a fraction: 0.95" },
    { .name = "confidence", .letter = 'c', .argument = "C", .help = "of the limits (0.95 unless given)" },
    { .name = "scheme",
      .argument = "NAME",
      .help = "screen, standard, strict or counter: its tables and what its verdicts prove" },
    { .name = "operating-characteristics",
      .letter = 'o',
      .help = "also the exact chances of the three verdicts and the expected number of placements, for cells "
              "of different q and for an assumed population" },
    { .name = "q",
      .argument = "Q",
      .help = "a probability of a dirty placement to show beside the usual ones",
      .repeated = true },
    { .name = "invalid",
      .argument = "P",
      .help = "so often does a placement end invalid by the reader's fault, which counts as suspect; three "
              "running close a cell (0)" },
    { .name = "hidden",
      .argument = "P",
      .help = "this share of the phone's failures ends invalid, as the reader hangs with it (0)" },
    { .name = "q0", .argument = "Q", .help = "clean enough: another value than the scheme's" },
    { .name = "q1", .argument = "Q", .help = "too dirty" },
    { .name = "mean",
      .argument = "Q",
      .help = "of a scheme of two tiers: too dirty on average over the readers" },
    { .name = "each",
      .argument = "Q",
      .help = "of a scheme of two tiers, in place of --q1: too dirty on one reader" },
    { .name = "readers",
      .argument = "R",
      .help = "of a scheme of two tiers: how many readers (6 unless given)" },
    { .name = "alpha", .argument = "P", .help = "at most so often is a cell of q0 called incompatible" },
    { .name = "beta", .argument = "P", .help = "at most so often is a cell of q1 called compatible" },
    { .name = "max",
      .argument = "N",
      .help = "placements after which a cell stays undecided (of two tiers: tours). Without --scheme all of "
              "these "
              "are needed, but --q1 or else --mean and --each" },
    { .name = "k", .argument = "K", .help = "transactions of each script a placement (10 unless given)" },
    { .name = "format",
      .letter = 'f',
      .argument = "yaml|text",
      .help = "for programs, or in words",
      .fallback = "yaml" },
    SPEECH_OPTION,
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey sample-size --show-failure-at-most 0.01 --confidence 0.95 --failures 0",
      "299 clean placements show with 95 % confidence that at most 1 % fail" },
    { "nfc-survey sample-size --trials 50 --failures 0 --format text", "what 50 clean placements prove" },
    { "nfc-survey sample-size --percentile 0.95 --trials 100",
      "the 90th and 100th of 100 sorted times bound their 95th percentile" },
    { "nfc-survey sample-size --scheme standard --format text",
      "when a cell is called compatible or incompatible, and what that proves" },
    { "nfc-survey sample-size --scheme standard --operating-characteristics --q 0.03",
      "what the scheme does to cells of different quality, and what it costs" },
    { "nfc-survey sample-size --scheme counter --readers 6 --operating-characteristics --format text",
      "the same of a scheme for the mean over six readers and each of them" },
    { "nfc-survey sample-size --scheme standard --operating-characteristics --invalid 0.02 --hidden 0.5",
      "the same where the readers hang in 2 % of the placements, and with every second failure" },
    { "nfc-survey sample-size --q0 0.02 --q1 0.15 --alpha 0.01 --beta 0.05 --max 60 --k 5",
      "a scheme of your own" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "printed, also when the answer is that n is too small" },
    { EXIT_STATUS_USAGE, "the command line is wrong, or asks for more than a thousand million trials" },
    { EXIT_STATUS_ENVIRONMENT, "out of memory, or the output could not be written" },
    { 0 },
};

const struct command command_sample_size = {
    .name = "sample-size",
    .summary = "how many placements a claim needs, and what a result proves",
    .usage =
        (const char *const[]) {
            "--show-failure-at-most P [--failures F] [--confidence C]",
            "--trials N --failures F [--confidence C]", "--percentile P [--trials N] [--confidence C]",
            "--scheme NAME [--q0 Q] [--q1 Q] [--alpha P] [--beta P] [--max N] [--k K] "
            "[--operating-characteristics [--q Q]...]",
            "--q0 Q --q1 Q --alpha P --beta P --max N [--k K] "
            "[--operating-characteristics [--q Q]...]",
            "--scheme counter|--q0 Q --mean Q --each Q --alpha P --beta P --max N [--k K] "
            "[--readers R] [--operating-characteristics [--q Q]...]",
            NULL },
    .description =
        "A trial is a placement, not a transaction: the transactions of one placement succeed or fail "
        "together, so more of them do not replace placements.\n"
        "The first three forms are for a number of placements that is fixed beforehand. Their limits must "
        "not "
        "be used at a stopping time, such as when one goes on until the result suits: a survey looks after "
        "every placement, and its verdicts come from a scheme.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .run = run_sample_size,
};
