/*
 * Times of a journal in which everything is planted: how placements differ, a drift, an echo of the placement
 * before, an outlier, an impossible time. What is expected is counted here in another way than the code does.
 */
#include "harness/findings/findings.h"
#include "harness/stats/stats.h"
#include "tests/unit/tables/summarise.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct sample_shape one_cell = { .readers = 1, .pairs = 1 };

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    assert_int_equal(f->damaged, 0);
    return f;
}

/* One ok transaction; its stages as they are given, one exchange for all that is left. */
struct
try {
    uint64_t total_us;
    uint32_t activate_us, exchange_us;
    uint64_t fwt_us; /* 0: not told */
    bool slow;
};

static uint64_t run(struct sample *s, uint64_t placement, uint64_t cell, unsigned repeat, unsigned order,
                    const struct try *t)
{
    struct journal_record r;
    struct journal_exchange exchange = { 1, t->exchange_us, "9000" };
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *x = &r.as.transaction;
    x->placement = placement;
    x->cell = cell;
    x->repeat = repeat;
    x->order = order;
    x->at_us = s->at_us += 700000;
    x->outcome = OUTCOME_OK;
    x->technology = TECHNOLOGY_B;
    x->total_us = t->total_us;
    if (t->slow)
        x->slow = 1;
    if (t->fwt_us)
        x->fwt_us = t->fwt_us;
    x->stages.us[STAGE_ACTIVATE] = t->activate_us;
    x->stages.us[STAGE_EXCHANGE] = t->exchange_us;
    x->exchanges.items = &exchange;
    x->exchanges.count = 1;
    sample_append(s, &r);
    return r.line;
}

static uint64_t run_us(struct sample *s, uint64_t placement, uint64_t cell, unsigned repeat, double us)
{
    struct try t = { (uint64_t)us, (uint32_t)(us * 0.3), (uint32_t)(us * 0.6), 0, false };
    return run(s, placement, cell, repeat, repeat, &t);
}

static void close_clean(struct sample *s, uint64_t line, uint64_t cell)
{
    sample_placed(s, line, &cell, (const char *const[]) { "clean" }, 1, "clean");
}

static const struct findings_times_all *times_of(const struct findings *f, unsigned reader, unsigned pair,
                                                 unsigned script)
{
    return &f->cells[survey_cell(f->survey, pair, 0, reader, script)].times;
}

/* 31 placements of 10: with the placements alike inside the median's interval is about three times as wide as
 * when the same values lie in no order; placed one by one the ranks are the exact ones. */
static void intervals_know_the_placements(void **state)
{
    (void)state;
    double width[2] = { 0 };
    for (unsigned alike = 0; alike < 2; alike++) {
        struct sample s;
        sample_open(&s, &one_cell);
        uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
        for (unsigned i = 0; i < 31; i++) {
            uint64_t line = sample_lay(&s, 0, 0, 0, i % 2 + 1);
            for (unsigned j = 0; j < 10; j++) {
                unsigned place = alike ? i * 10 + j : j * 31 + i;
                run_us(&s, line, cell, j + 1, 100000 + 100 * place);
            }
            close_clean(&s, line, cell);
        }
        struct findings *f = make(&s);
        const struct findings_times_all *t = times_of(f, 0, 0, 0);
        assert_int_equal(t->n, 310);
        assert_int_equal(t->placements, 31);
        assert_int_equal(t->median.at.value_us, 100000 + 100 * 154); /* the 155th of 310 */
        assert_int_equal(t->max_us, 100000 + 100 * 309);
        assert_true(t->median.at.has_interval);
        width[alike] = (double)(t->median.at.high_us - t->median.at.low_us);
        if (alike) /* icc near 1: not many more than 31 values */
            assert_true(t->median.n_effective > 25 && t->median.n_effective < 40);
        assert_true(t->median.at.low_us < t->median.at.value_us &&
                    t->median.at.value_us < t->median.at.high_us);
        findings_free(&f);
        sample_close(&s);
    }
    assert_true(width[1] > 2.5 * width[0]);
}

static void too_few_placements_give_values_without_intervals(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t line = sample_lay(&s, 0, 0, 0, 1);
        for (unsigned j = 0; j < 10; j++)
            run_us(&s, line, cell, j + 1, 50000 + 1000 * i + 10 * j);
        close_clean(&s, line, cell);
    }
    struct findings *f = make(&s);
    const struct findings_times_all *t = times_of(f, 0, 0, 0);
    assert_int_equal(t->n, 30);
    assert_true(t->median.at.has_value && t->p90.at.has_value);
    assert_false(t->median.at.has_interval);
    assert_false(t->p90.at.has_interval);
    char *text = summarise(&s);
    assert_non_null(strstr(text, "p90_interval: null  # n too small: n_eff "));
    assert_non_null(strstr(text, "at least 36 in at least 10 placements are needed"));
    free(text);
    findings_free(&f);
    sample_close(&s);
}

static void scripts_are_never_mixed_and_every_level_has_its_percentile(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &(struct sample_shape) { .readers = 2, .pairs = 2 });
    for (unsigned i = 0; i < 60; i++)
        for (unsigned pair = 0; pair < 2; pair++)
            for (unsigned reader = 0; reader < 2; reader++) {
                uint64_t line = sample_lay(&s, reader, pair, 0, i % 2 + 1), cells[2];
                for (unsigned script = 0; script < 2; script++) {
                    cells[script] = survey_cell(s.survey, pair, 0, reader, script);
                    for (unsigned j = 0; j < 4; j++) {
                        double us = script ? 900000 : 180000;
                        run_us(&s, line, cells[script], j + 1,
                               us * exp(0.05 * random_normal(random_key(line, script), j)));
                    }
                }
                sample_placed(&s, line, cells, (const char *const[]) { "clean", "clean" }, 2, "clean");
            }
    struct findings *f = make(&s);
    for (unsigned script = 0; script < 2; script++) {
        const struct findings_times_all *handset = &f->pairs[1].times[script];
        const struct findings_times_all *reader = &f->readers[1].scripts[script].all;
        uint64_t least = script ? 700000 : 140000, most = script ? 1200000 : 240000;
        assert_int_equal(handset->n, 60 * 2 * 4);
        assert_int_equal(handset->placements, 120);
        assert_true(handset->p95.at.has_interval && !handset->p99.at.has_value);
        assert_int_equal(reader->n, 60 * 2 * 4);
        assert_true(reader->p99.at.has_value && !reader->p95.at.has_value);
        assert_true(
            reader->p99.at.has_interval); /* independent inside a placement: 480 are worth more than 368 */
        assert_in_range(handset->median.at.value_us, least, most);
        assert_in_range(handset->max_us, least, most);
        /* exp(0.05 * 1.645) and exp(0.05 * 2.326) of the level, within what 480 values tell */
        assert_true(fabs((double)handset->p95.at.value_us / (script ? 900000 : 180000) - 1.0857) < 0.02);
        assert_true(fabs((double)reader->p99.at.value_us / (script ? 900000 : 180000) - 1.1233) < 0.04);
        assert_true(handset->median.at.value_us < handset->p90.at.value_us &&
                    handset->p90.at.value_us < handset->p95.at.value_us);
    }
    findings_free(&f);
    sample_close(&s);
}

static void failures_have_no_time_and_the_limit_is_counted(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    run(&s, line, cell, 1, 1, &(struct try) { 90000, 30000, 50000, 0, false });
    sample_run(&s, line, cell, 2, 2, &(struct sample_try) { "fail", 5, false, CAUSE(10), "exchange" });
    run(&s, line, cell, 3, 3, &(struct try) { 1600000, 30000, 1500000, 0, true });
    sample_placed(&s, line, &cell, (const char *const[]) { "dirty" }, 1, "dirty");
    struct findings *f = make(&s);
    const struct findings_times_all *t = times_of(f, 0, 0, 0);
    assert_int_equal(t->n, 2);
    assert_int_equal(t->placements, 1);
    assert_int_equal(t->over_limit, 1);
    assert_int_equal(t->max_us, 1600000);
    findings_free(&f);
    sample_close(&s);
}

static void a_slow_first_transaction_is_seen_by_its_placements(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    for (unsigned i = 0; i < 12; i++) {
        uint64_t line = sample_lay(&s, 0, 0, 0, i % 2 + 1);
        for (unsigned j = 0; j < 4;
             j++) /* the first 7 ms more, once 3 ms less, than its placement's others */
            run_us(&s, line, cell, j + 1,
                   100000.0 + 20000.0 * i +
                       (j        ? 1000.0 * j - 2000.0
                        : i == 5 ? -3000.0
                                 : 7000.0));
        close_clean(&s, line, cell);
    }
    struct findings *f = make(&s);
    const struct findings_times_all *t = times_of(f, 0, 0, 0);
    assert_int_equal(t->first.slower, 11);
    assert_int_equal(t->first.faster, 1);
    assert_int_equal(t->first.equal, 0);
    assert_int_equal(t->first.difference_us, 7000);
    assert_true(fabs(t->first.p - 2.0 * 13.0 / 4096.0) < 1e-12); /* 1 + 12 of 2^12 sequences, both ways */
    /* An exchange takes 0.6 of its transaction here, and repeat 1 is the first after laying. */
    assert_int_equal(t->first_exchange.slower, 11);
    assert_int_equal(t->first_exchange.difference_us, 4200);
    findings_free(&f);
    sample_close(&s);
}

/* Eight handsets of different speed, one after the other, 12 placements each on both readers. */
struct plant {
    double an_hour;    /* relative change of reader 0's times */
    double echo;       /* share of the placement before in the next one */
    bool resume;       /* in the middle, and at_us begins anew */
    bool two_sessions; /* the handsets' first halves in one, the second halves in the other */
    unsigned outliers; /* transactions 3 times as long, one a handset from the first on */
    uint64_t seed;
    uint64_t outlier_lines[8];
};

static void sow(struct sample *s, struct plant *plant)
{
    double before[2] = { 0 };
    sample_open(s, &(struct sample_shape) { .readers = 2, .pairs = 8 });
    for (unsigned pair = 0; pair < 8; pair++) {
        if (plant->resume && pair == 4) {
            struct journal_record r;
            journal_record_init(&r, JOURNAL_KIND_RESUME);
            r.as.resume = (struct journal_resume) { .reason = &(struct said) { .words = "stopped by hand" },
                                                    .wall = "2017-12-02T09:00:00Z",
                                                    .boot_id = "c",
                                                    .host = "counter",
                                                    .clock = &(struct said) { .code = SAID_VIRTUAL_CLOCK },
                                                    .program = "nfc-survey 0.1.0" };
            sample_append(s, &r);
            s->at_us = 0;
        }
        for (unsigned i = 0; i < 12; i++)
            for (unsigned reader = 0; reader < 2; reader++) {
                uint64_t line = sample_lay(s, reader, pair, 0, plant->two_sessions && i >= 6 ? 2 : 1);
                uint64_t cell = survey_cell(s->survey, pair, 0, reader, 0),
                         key = random_key(plant->seed, line);
                double shift = plant->echo * before[reader] +
                               sqrt(1.0 - plant->echo * plant->echo) * random_normal(key, 99);
                double level = 80000 * (1 + 0.3 * (pair % 5)) *
                               pow(1.0 + (reader ? 0.0 : plant->an_hour), (double)s->at_us / 3.6e9);
                before[reader] = shift;
                for (unsigned j = 0; j < 5; j++) {
                    double us = level * exp(0.02 * shift + 0.02 * random_normal(key, j));
                    bool out = pair < plant->outliers && i == 3 && j == 2 && reader == 1;
                    uint64_t record = run_us(s, line, cell, j + 1, out ? 3 * us : us);
                    if (out)
                        plant->outlier_lines[pair] = record;
                }
                close_clean(s, line, cell);
            }
    }
    sample_stop(s, "done");
}

static void a_planted_drift_is_found_on_its_reader_alone(void **state)
{
    (void)state;
    struct sample s;
    struct plant plant = { .an_hour = 0.5, .seed = 1 };
    sow(&s, &plant);
    struct findings *f = make(&s);
    assert_int_equal(f->drift_count, 2);
    assert_int_equal(f->drifts[0].reader, 0);
    assert_int_equal(f->drifts[0].placements, 96);
    assert_int_equal(f->drifts[0].cells, 8);
    assert_true(f->drifts[0].drifts);
    assert_true(f->drifts[0].low < 0.5 && 0.5 < f->drifts[0].high && f->drifts[0].low > 0.1);
    assert_true(f->drifts[0].spearman > 0.3 && f->drifts[0].p_adjusted < 0.01);
    assert_false(f->drifts[1].drifts);
    assert_true(f->drifts[1].low < 0.0 && 0.0 < f->drifts[1].high);
    for (size_t i = 0; i < 2; i++) /* two series were looked at */
        assert_true(fabs(f->drifts[i].p_adjusted - fmin(1.0, 2.0 * f->drifts[i].p)) < 1e-12);
    findings_free(&f);
    sample_close(&s);
}

/* The eight handsets differ by up to 120 %, and come in that order: 25 journals, 50 series, no drift. Of 50
 * lag-1 correlations outside 2/sqrt(m) 2.3 are expected, and 7 or more in one of a hundred such tests. */
static void a_steady_journal_shows_no_drift_and_few_echoes(void **state)
{
    (void)state;
    unsigned echoes = 0, drifts = 0;
    for (uint64_t seed = 100; seed < 125; seed++) {
        struct sample s;
        struct plant plant = { .seed = seed };
        sow(&s, &plant);
        struct findings *f = make(&s);
        assert_int_equal(f->drift_count, 2);
        for (size_t i = 0; i < 2; i++) {
            drifts += f->drifts[i].drifts;
            echoes += f->drifts[i].autocorrelated;
            assert_true(f->drifts[i].lag1_expected < 0.0 && f->drifts[i].lag1_expected > -0.06);
        }
        assert_int_equal(f->outlier_count, 0);
        findings_free(&f);
        sample_close(&s);
    }
    assert_true(drifts <= 2); /* one journal in twenty */
    assert_true(echoes < 7);
}

static void an_echo_of_the_placement_before_is_flagged(void **state)
{
    (void)state;
    struct sample s;
    struct plant plant = { .echo = 0.8, .seed = 3 };
    sow(&s, &plant);
    struct findings *f = make(&s);
    for (size_t i = 0; i < 2; i++) {
        assert_true(f->drifts[i].autocorrelated && f->drifts[i].lag1 > 0.1);
        assert_true(fabs(f->drifts[i].lag1_limit - 2.0 / sqrt(96.0)) < 1e-12);
    }
    findings_free(&f);
    sample_close(&s);
}

static void clocks_of_two_executions_are_not_compared(void **state)
{
    (void)state;
    struct sample s;
    struct plant plant = { .resume = true, .seed = 4 };
    sow(&s, &plant);
    struct findings *f = make(&s);
    assert_int_equal(f->drift_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(f->drifts[i].execution, i % 2 + 1);
        assert_int_equal(f->drifts[i].placements, 48);
        assert_int_equal(f->drifts[i].cells, 4);
    }
    findings_free(&f);
    sample_close(&s);
}

static void sessions_are_series_of_their_own(void **state)
{
    (void)state;
    struct sample s;
    struct plant plant = { .two_sessions = true, .seed = 6 };
    sow(&s, &plant);
    struct findings *f = make(&s);
    assert_int_equal(f->drift_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(f->drifts[i].session, i % 2 + 1);
        assert_int_equal(f->drifts[i].placements, 48);
        assert_int_equal(f->drifts[i].cells, 8);
    }
    findings_free(&f);
    sample_close(&s);
}

static void planted_outliers_are_named_and_stay_in_every_count(void **state)
{
    (void)state;
    struct sample s;
    struct plant plant = { .outliers = 5, .seed = 5 };
    sow(&s, &plant);
    struct findings *f = make(&s);
    assert_int_equal(f->outlier_count, 5);
    assert_int_equal(f->outlier_kept, 5);
    assert_int_equal(f->readers[1].outliers, 5);
    assert_int_equal(f->readers[0].outliers, 0);
    for (unsigned pair = 0; pair < 5; pair++) {
        const struct findings_outlier *o = &f->outliers[pair];
        assert_int_equal(o->line, plant.outlier_lines[pair]);
        assert_int_equal(o->cell, survey_cell(f->survey, pair, 0, 1, 0));
        assert_true(2 * o->us > 5 * o->cell_median_us);
        assert_int_equal(times_of(f, 1, pair, 0)->n, 60);
        assert_int_equal(times_of(f, 1, pair, 0)->max_us, o->us);
    }
    findings_free(&f);
    sample_close(&s);
}

/* Twenty alike and one that lost its time at a place of its own. */
static struct findings_outlier place_of(const struct try *odd, unsigned order, uint64_t fwt_us)
{
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    for (unsigned i = 0; i < 21; i++) {
        uint64_t line = sample_lay(&s, 0, 0, 0, 1);
        struct try usual = { 100000 + 100 * i, 30000, 60000, fwt_us, false };
        run(&s, line, cell, 1, i == 20 ? order : 1, i == 20 ? odd : &usual);
        close_clean(&s, line, cell);
    }
    struct findings *f = make(&s);
    assert_int_equal(f->outlier_count, 1);
    struct findings_outlier found = f->outliers[0];
    findings_free(&f);
    sample_close(&s);
    return found;
}

static void the_advice_follows_where_the_time_went(void **state)
{
    (void)state;
    struct findings_outlier o = place_of(&(struct try) { 300000, 230000, 60000, 0, false }, 2, 0);
    assert_int_equal(o.place, FINDINGS_PLACE_ACTIVATE);
    assert_non_null(strstr(findings_outlier_advice(&o), "coupling"));
    o = place_of(&(struct try) { 300000, 230000, 60000, 0, false }, 1, 0);
    assert_true(o.laid);
    assert_non_null(strstr(findings_outlier_advice(&o), "woke up"));
    o = place_of(&(struct try) { 300000, 30000, 260000, 77000, false }, 1, 77000);
    assert_int_equal(o.place, FINDINGS_PLACE_EXCHANGES);
    assert_true(o.beyond_fwt);
    assert_non_null(strstr(findings_outlier_advice(&o), "WTX"));
    /* When every exchange of the cell is longer than the frame waiting time, that one is too says nothing. */
    o = place_of(&(struct try) { 300000, 30000, 260000, 50000, false }, 1, 50000);
    assert_int_equal(o.place, FINDINGS_PLACE_EXCHANGES);
    assert_false(o.beyond_fwt);
    o = place_of(&(struct try) { 300000, 30000, 60000, 0, false }, 2, 0);
    assert_int_equal(o.place, FINDINGS_PLACE_BETWEEN);
    assert_non_null(strstr(findings_outlier_advice(&o), "host"));
}

static void few_values_are_not_searched_for_outliers(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    for (unsigned j = 0; j < 7; j++)
        run_us(&s, line, cell, j + 1, j == 4 ? 900000 : 90000);
    close_clean(&s, line, cell);
    struct findings *f = make(&s);
    assert_int_equal(f->outlier_count, 0);
    assert_int_equal(f->outlier_cells_small, 1);
    findings_free(&f);
    sample_close(&s);
}

/* 00A4040C00 and a status word: 8 and 5 bytes with block and CRC, type B, first at 10 etu a byte and 22. */
static void an_exchange_below_the_floor_is_flagged_with_its_record(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    const double floor_us = (8 * 10 + 22 + 5 * 10) * 128 / 13.58 / 8; /* at 848 kbit/s: nothing was told */
    run(&s, line, cell, 1, 1, &(struct try) { 90000, 30000, (uint32_t)floor_us, 0, false });
    uint64_t bad =
        run(&s, line, cell, 2, 2, &(struct try) { 90000, 30000, (uint32_t)floor_us - 2, 0, false });
    close_clean(&s, line, cell);
    struct findings *f = make(&s);
    assert_int_equal(f->impossible_count, 1);
    assert_int_equal(f->impossible_kept, 1);
    assert_int_equal(f->impossible[0].line, bad);
    assert_int_equal(f->impossible[0].cell, cell);
    assert_int_equal(f->impossible[0].exchange, 1);
    assert_int_equal(f->impossible[0].kbit_s, 848);
    assert_int_equal(f->readers[0].impossible, 1);
    assert_int_equal(times_of(f, 0, 0, 0)->n, 2); /* flagged, and kept */
    char *text = summarise(&s);
    assert_non_null(strstr(text, "impossible_times:\n  count: 1\n"));
    free(text);
    findings_free(&f);
    sample_close(&s);
}

/* Sessions of ten placements with one transaction each; every session has a time of its own. */
static struct findings *slow_and_fast_days(unsigned sessions)
{
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    for (unsigned session = 1; session <= sessions; session++)
        for (unsigned i = 0; i < 10; i++) {
            uint64_t line = sample_lay(&s, 0, 0, 0, session);
            run_us(&s, line, cell, 1, 100000 + 10000 * session);
            close_clean(&s, line, cell);
        }
    sample_stop(&s, "done");
    struct findings *f = make(&s);
    sample_close(&s);
    return f;
}

/*
 * With four sessions they are the clusters: an intraclass correlation of 1 makes 40 times worth 4, and few clusters cost
 * (t(.975, 39) / t(.975, 3))^2, 2.022691 and 3.182446 of scipy.stats.t.ppf: 1.615834, which has no interval at 95 %. Three
 * sessions are placements yet, each with one value: worth 30.
 */
static void from_four_sessions_on_intervals_count_sessions(void **state)
{
    (void)state;
    struct findings *f = slow_and_fast_days(4);
    const struct findings_times_all *t = times_of(f, 0, 0, 0);
    assert_true(t->median.by_session);
    assert_int_equal(t->placements, 40);
    if (fabs(t->median.n_effective - 1.615834) > 1e-6)
        fail_msg("worth %.12f", t->median.n_effective);
    assert_false(t->median.at.has_interval);
    assert_false(f->cells[0].first_transaction.median.has_interval);
    findings_free(&f);
    f = slow_and_fast_days(3);
    t = times_of(f, 0, 0, 0);
    assert_false(t->median.by_session);
    assert_true(fabs(t->median.n_effective - 30.0) < 1e-9);
    assert_true(t->median.at.has_interval);
    assert_true(f->cells[0].first_transaction.median.has_interval);
    findings_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_know_the_placements),
        cmocka_unit_test(too_few_placements_give_values_without_intervals),
        cmocka_unit_test(scripts_are_never_mixed_and_every_level_has_its_percentile),
        cmocka_unit_test(failures_have_no_time_and_the_limit_is_counted),
        cmocka_unit_test(a_slow_first_transaction_is_seen_by_its_placements),
        cmocka_unit_test(a_planted_drift_is_found_on_its_reader_alone),
        cmocka_unit_test(a_steady_journal_shows_no_drift_and_few_echoes),
        cmocka_unit_test(an_echo_of_the_placement_before_is_flagged),
        cmocka_unit_test(clocks_of_two_executions_are_not_compared),
        cmocka_unit_test(sessions_are_series_of_their_own),
        cmocka_unit_test(planted_outliers_are_named_and_stay_in_every_count),
        cmocka_unit_test(the_advice_follows_where_the_time_went),
        cmocka_unit_test(few_values_are_not_searched_for_outliers),
        cmocka_unit_test(an_exchange_below_the_floor_is_flagged_with_its_record),
        cmocka_unit_test(from_four_sessions_on_intervals_count_sessions),
    };
    return cmocka_run_group_tests_name("times", tests, NULL, NULL);
}
