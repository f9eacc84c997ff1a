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
static const char trial_yaml[] = "trial: \"a placement, not a transaction\"\n";

#define GIVEN(share)          (number_percent_given(share, to->language).text)
#define BOUND(share, outward) (number_percent_bound(share, outward, to->language).text)

static int too_many(struct err *e)
{
    return err_set(e, ERR_LIMIT, "", "it takes more than %" PRIu64 " trials", TRIALS_MAX);
}

int sample_claim(const struct sample_question *q, const struct speech *to, struct err *e)
{
    uint64_t n = 0;
    if (!trials_needed(q->p, q->confidence, q->failures, &n))
        return too_many(e);
    if (to) {
        speech_line(to, q->failures > 0 ? WORD_CMD_CLAIM_SOME_DIRTY : WORD_CMD_CLAIM_CLEAN, SPEECH_NUMBER(n),
                    GIVEN(q->confidence), GIVEN(q->p), SPEECH_NUMBER(q->failures), NULL);
        speech_line(to, WORD_CMD_FIXED_ONLY, NULL);
        speech_line(to, WORD_CMD_TRIAL, NULL);
        return 0;
    }
    puts("# nfc-survey sample-size: how many trials show that a failure is so rare");
    printf("failure_at_most: %s\nconfidence: %s\nfailures: %" PRIu64 "\ntrials: %" PRIu64 "\n",
           sample_given(q->p).text, sample_given(q->confidence).text, q->failures, n);
    fputs(trial_yaml, stdout);
    fputs(fixed_yaml, stdout);
    return 0;
}

static void limits_text(const struct sample_question *q, const struct trials_limits *l,
                        const struct speech *to)
{
    speech_line(to, WORD_CMD_LIMITS, SPEECH_NUMBER(q->failures), SPEECH_NUMBER(q->trials),
                GIVEN(q->confidence), BOUND(l->upper, DECIMAL_UP), BOUND(l->lower, DECIMAL_DOWN),
                BOUND(l->two_sided_lower, DECIMAL_DOWN), BOUND(l->two_sided_upper, DECIMAL_UP), NULL);
    speech_line(to, WORD_CMD_FIXED_ONLY, NULL);
    speech_line(to, WORD_CMD_TRIAL, NULL);
}

void sample_limits(const struct sample_question *q, const struct speech *to)
{
    struct trials_limits l;
    trials_limits(q->trials, q->failures, q->confidence, &l);
    if (to) {
        limits_text(q, &l, to);
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

static void ranks_text(const struct sample_question *q, const struct ranks *r, const struct speech *to)
{
    if (q->has_trials) {
        speech_line(to, WORD_CMD_POINT, GIVEN(q->p), SPEECH_NUMBER(q->trials), GIVEN(q->confidence), NULL);
        if (r->upper > 0)
            speech_line(to, WORD_CMD_RANK_AT_MOST, SPEECH_NUMBER(r->upper), SPEECH_NUMBER(q->trials), NULL);
        else
            speech_line(to, WORD_CMD_NO_AT_MOST, SPEECH_NUMBER(r->upper_needs), NULL);
        if (r->lower > 0)
            speech_line(to, WORD_CMD_RANK_AT_LEAST, SPEECH_NUMBER(r->lower), SPEECH_NUMBER(q->trials), NULL);
        else
            speech_line(to, WORD_CMD_NO_AT_LEAST, SPEECH_NUMBER(r->lower_needs), NULL);
        if (r->low > 0)
            speech_line(to, WORD_CMD_RANKS_BETWEEN, SPEECH_NUMBER(r->low), SPEECH_NUMBER(r->high), NULL);
        else
            speech_line(to, WORD_CMD_NO_BETWEEN, SPEECH_NUMBER(r->both_need), NULL);
        putc('\n', to->to);
    }
    speech_line(to, WORD_CMD_BOUND_NEEDS, GIVEN(q->p), SPEECH_NUMBER(r->upper_needs),
                SPEECH_NUMBER(r->lower_needs), SPEECH_NUMBER(r->both_need), NULL);
    speech_line(to, WORD_CMD_FIXED_ONLY, NULL);
    speech_line(to, WORD_CMD_TRIAL_VALUE, NULL);
}

int sample_ranks(const struct sample_question *q, const struct speech *to, struct err *e)
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
    if (to)
        ranks_text(q, &r, to);
    else
        ranks_yaml(q, &r);
    return 0;
}
