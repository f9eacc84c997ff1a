#include "harness/commands/sample_fixed.h"

#include "harness/stats/stats.h"
#include "harness/stats/trials.h"
#include "reports/words/numbers.h"

#include <inttypes.h>
#include <stdio.h>

#define TOO_SMALL "n too small"

static const char fixed_yaml[] =
    "holds: \"for a number of trials fixed beforehand; not at a stopping time, for which there is "
    "--scheme\"\n";
static const char fixed_text[] =
    "\nThis holds for a number of placements that was fixed before the first one. It must not be used at a\n"
    "stopping time, such as when one goes on until the result suits: for that there is --scheme.\n";
static const char trial_yaml[] = "trial: \"a placement, not a transaction\"\n";
static const char trial_text[] = "A trial is a placement, not a transaction: the transactions of one "
                                 "placement succeed or fail together.\n";

static struct phrase percent(double share)
{
    return number_percent_given(share, LANGUAGE_ENGLISH);
}

static struct phrase bound(double share, enum decimal_rounding outwards)
{
    return number_percent_bound(share, outwards, LANGUAGE_ENGLISH);
}

static int too_many(struct err *e)
{
    return err_set(e, ERR_LIMIT, "", "it takes more than %" PRIu64 " trials", TRIALS_MAX);
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

int sample_claim(const struct sample_question *q, enum sample_format format, struct err *e)
{
    uint64_t n = 0;
    if (!trials_needed(q->p, q->confidence, q->failures, &n))
        return too_many(e);
    if (format == SAMPLE_FORMAT_TEXT) {
        printf("%" PRIu64 " placement%s, ", n, plural(n));
        if (q->failures == 0)
            fputs("none of them dirty", stdout);
        else
            printf("at most %" PRIu64 " of them dirty", q->failures);
        printf(", show%s with %s confidence that the probability\nof a dirty one is at most %s.\n",
               n == 1 ? "s" : "", percent(q->confidence).text, percent(q->p).text);
        fputs(fixed_text, stdout);
        fputs(trial_text, stdout);
        return 0;
    }
    puts("# nfc-survey sample-size: how many trials show that a failure is so rare");
    printf("failure_at_most: %s\nconfidence: %s\nfailures: %" PRIu64 "\ntrials: %" PRIu64 "\n",
           sample_given(q->p).text, sample_given(q->confidence).text, q->failures, n);
    fputs(trial_yaml, stdout);
    fputs(fixed_yaml, stdout);
    return 0;
}

static void limits_text(const struct sample_question *q, const struct trials_limits *l)
{
    printf("%" PRIu64 " of %" PRIu64 " placement%s dirty. The probability of a dirty one is, with %s "
           "confidence,\n"
           "  at most   %s\n"
           "  at least  %s\n"
           "each of the two by itself, or both together\n"
           "  between   %s and %s.\n",
           q->failures, q->trials, plural(q->trials), percent(q->confidence).text,
           bound(l->upper, DECIMAL_UP).text, bound(l->lower, DECIMAL_DOWN).text,
           bound(l->two_sided_lower, DECIMAL_DOWN).text, bound(l->two_sided_upper, DECIMAL_UP).text);
    fputs(fixed_text, stdout);
    fputs(trial_text, stdout);
}

void sample_limits(const struct sample_question *q, enum sample_format format)
{
    struct trials_limits l;
    trials_limits(q->trials, q->failures, q->confidence, &l);
    if (format == SAMPLE_FORMAT_TEXT) {
        limits_text(q, &l);
        return;
    }
    puts("# nfc-survey sample-size: what a result proves (Clopper-Pearson limits, rounded outwards)");
    printf("trials: %" PRIu64 "\nfailures: %" PRIu64 "\nconfidence: %s\n", q->trials, q->failures,
           sample_given(q->confidence).text);
    printf("upper: %s\nlower: %s\ntwo_sided: [%s, %s]\n", sample_bound(l.upper, DECIMAL_UP).text,
           sample_bound(l.lower, DECIMAL_DOWN).text, sample_bound(l.two_sided_lower, DECIMAL_DOWN).text,
           sample_bound(l.two_sided_upper, DECIMAL_UP).text);
    fputs(trial_yaml, stdout);
    fputs(fixed_yaml, stdout);
}

/* Ranks, 0 where no rank is a bound, and how many values each kind of bound needs. */
struct ranks {
    uint64_t upper, lower, low, high;
    uint64_t upper_needs, lower_needs, both_need;
};

static void rank_yaml(const char *key, uint64_t rank)
{
    if (rank > 0)
        printf("%s: %" PRIu64 "\n", key, rank);
    else
        printf("%s: \"%s\"\n", key, TOO_SMALL);
}

static void ranks_yaml(const struct sample_question *q, const struct ranks *r)
{
    puts("# nfc-survey sample-size: which of the sorted values bound a percentile (ranks from 1)");
    printf("percentile: %s\nconfidence: %s\n", sample_given(q->p).text, sample_given(q->confidence).text);
    if (q->has_trials) {
        printf("trials: %" PRIu64 "\n", q->trials);
        rank_yaml("upper", r->upper);
        rank_yaml("lower", r->lower);
        if (r->low > 0)
            printf("two_sided: [%" PRIu64 ", %" PRIu64 "]\n", r->low, r->high);
        else
            rank_yaml("two_sided", 0);
    }
    printf("trials_needed: {upper: %" PRIu64 ", lower: %" PRIu64 ", two_sided: %" PRIu64 "}\n",
           r->upper_needs, r->lower_needs, r->both_need);
    puts("trial: \"one value a placement, such as its slowest or first transaction\"");
    fputs(fixed_yaml, stdout);
}

static void rank_text(const char *name, uint64_t trials, uint64_t rank, uint64_t needs)
{
    if (rank > 0)
        printf("  %s  the value of rank %" PRIu64 " of %" PRIu64 "\n", name, rank, trials);
    else
        printf("  %s  %s: %" PRIu64 " values would do\n", name, TOO_SMALL, needs);
}

static void ranks_text(const struct sample_question *q, const struct ranks *r)
{
    if (q->has_trials) {
        printf("The %s point of %" PRIu64 " sorted values, with %s confidence:\n", percent(q->p).text,
               q->trials, percent(q->confidence).text);
        rank_text("at most ", q->trials, r->upper, r->upper_needs);
        rank_text("at least", q->trials, r->lower, r->lower_needs);
        if (r->low > 0)
            printf("  between   the values of ranks %" PRIu64 " and %" PRIu64 ", both together\n", r->low,
                   r->high);
        else
            rank_text("between ", q->trials, 0, r->both_need);
        putchar('\n');
    }
    printf("A bound of the %s point at this confidence exists from %" PRIu64 " value%s (at most), %" PRIu64
           " (at least), or\n%" PRIu64 " (both together).\n",
           percent(q->p).text, r->upper_needs, plural(r->upper_needs), r->lower_needs, r->both_need);
    fputs(fixed_text, stdout);
    puts("A trial is one value a placement, such as its slowest or its first transaction: the transactions "
         "of\n"
         "one placement are slow or fast together.");
}

int sample_ranks(const struct sample_question *q, enum sample_format format, struct err *e)
{
    struct ranks r = { 0 };
    if (!trials_for_rank_upper(q->p, q->confidence, &r.upper_needs) ||
        !trials_for_rank_lower(q->p, q->confidence, &r.lower_needs) ||
        !trials_for_ranks(q->p, q->confidence, &r.both_need))
        return too_many(e);
    if (!trials_rank_upper(q->trials, q->p, q->confidence, &r.upper))
        r.upper = 0;
    if (!trials_rank_lower(q->trials, q->p, q->confidence, &r.lower))
        r.lower = 0;
    if (!stats_quantile_ranks(q->trials, q->p, q->confidence, &r.low, &r.high))
        r.low = 0;
    if (format == SAMPLE_FORMAT_TEXT)
        ranks_text(q, &r);
    else
        ranks_yaml(q, &r);
    return 0;
}
