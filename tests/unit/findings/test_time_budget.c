/*
 * Where the time goes, and what handsets answered with, from journals in which both are planted. What is
 * expected is counted by hand here.
 */
#include "harness/findings/thinned_samples.h"
#include "harness/findings/time_budget.h"
#include "tests/unit/findings/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Two steps, so that a transaction has three exchanges: one of the first, two of the second. */
static const struct sample_shape two_steps = {
    .readers = 2, .pairs = 1, .steps = "  - {name: read, send: 00B0000010, expect: \"9000\"}\n"
};

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    assert_int_equal(f->damaged, 0);
    return f;
}

struct planted {
    uint32_t total_us, activate_us; /* activate UINT32_MAX: not told */
    uint32_t select_us, read_us[2];
    const char *technology;
    const struct said *uid;
    uint64_t kbit_s; /* UINT64_MAX: not told */
};

static uint64_t run(struct sample *s, uint64_t placement, uint64_t cell, unsigned repeat,
                    const struct planted *t)
{
    struct said source = SAY(SAID_SEEN_POLL_EVERY, "400");
    struct journal_record r;
    struct journal_exchange items[3] = { { 1, t->select_us, "9000" },
                                         { 2, t->read_us[0], "9000" },
                                         { 2, t->read_us[1], "9000" } };
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *x = &r.as.transaction;
    x->placement = placement;
    x->cell = cell;
    x->repeat = x->order = repeat;
    x->at_us = s->at_us += 700000;
    x->outcome = OUTCOME_OK;
    x->technology = SAMPLE_WORD(technology, t->technology);
    x->uid = t->uid;
    x->kbit_s = t->kbit_s;
    x->total_us = t->total_us;
    x->stages.us[STAGE_ACTIVATE] = t->activate_us;
    if (repeat == 1) {
        x->detect_us = 5000 + placement;
        x->detect_source = &source;
        x->detect_quantum_us = 400000;
    }
    x->exchanges.items = items;
    x->exchanges.count = t->read_us[0] ? 3 : 1;
    sample_append(s, &r);
    return r.line;
}

static void lay_one(struct sample *s, unsigned reader, const struct planted *t, unsigned count)
{
    uint64_t cell = survey_cell(s->survey, 0, 0, reader, 1), line = sample_lay(s, reader, 0, 0, 1);
    for (unsigned i = 0; i < count; i++)
        run(s, line, cell, i + 1, &t[i]);
    sample_placed(s, line, &cell, (const char *const[]) { "clean" }, 1, "clean");
}

/* 3 transactions: means of 100, 110, 120 ms and so on; every number below is a sum of three, by hand. */
static void parts_of_a_transaction_add_up(void **state)
{
    (void)state;
    const struct planted t[] = {
        { 100000, 30000, 20000, { 25000, 15000 }, "B", NULL, UINT64_MAX },
        { 110000, 32000, 21000, { 27000, 20000 }, "B", NULL, UINT64_MAX },
        { 120000, UINT32_MAX, 22000, { 30000, 18000 }, "B", NULL, UINT64_MAX },
    };
    struct sample s;
    sample_open(&s, &two_steps);
    lay_one(&s, 0, t, 3);
    struct findings *f = make(&s);
    const struct budget_script *m = &f->budget->readers[0].scripts[1];
    assert_int_equal(m->stride, 1);
    assert_true(fabs(m->exchanges - 3) < 1e-9);
    assert_int_equal(m->parts[BUDGET_TOTAL].n, 3);
    assert_int_equal(m->parts[BUDGET_TOTAL].placements, 1);
    assert_true(fabs(m->parts[BUDGET_TOTAL].mean_us - 110000) < 1e-6);
    assert_true(fabs(m->parts[BUDGET_EXCHANGES].mean_us - (60000 + 68000 + 70000) / 3.0) < 1e-6);
    /* the third does not tell its activation, so it has no "between" either */
    assert_int_equal(m->parts[BUDGET_ACTIVATE].n, 2);
    assert_true(fabs(m->parts[BUDGET_ACTIVATE].mean_us - 31000) < 1e-6);
    assert_int_equal(m->parts[BUDGET_BETWEEN].n, 2);
    assert_true(fabs(m->parts[BUDGET_BETWEEN].mean_us - 10000) < 1e-6);
    /* steps: the two reads of a transaction count as one step, 40, 47 and 48 ms */
    assert_int_equal(m->step_count, 2);
    assert_int_equal(m->steps[0].times.median.at.value_us, 21000);
    assert_int_equal(m->steps[1].times.median.at.value_us, 47000);
    assert_int_equal(m->steps[1].times.max_us, 48000);
    assert_int_equal(m->steps[1].curve_count, 3);
    assert_int_equal(m->steps[1].curve[0].value_us, 40000);
    assert_false(m->steps[1].times.median.at.has_interval); /* one placement */
    findings_free(&f);
    sample_close(&s);
}

/*
 * SELECT of 5 bytes: 8 bytes of block at 10 etu, 22 etu of SOF and EOF; answer 5 bytes of block: 152 etu, of
 * 128/13.58 us / 8 at 848 kbit/s: 179.1 us. READ BINARY is as long, so the shortest exchange has the least
 * left: 15,000 - 179 of it.
 */
static void the_host_floor_is_the_least_exchange_less_its_time_on_the_air(void **state)
{
    (void)state;
    const struct planted t[] = {
        { 100000, 30000, 20000, { 25000, 15000 }, "B", NULL, UINT64_MAX },
        { 110000, 32000, 21000, { 27000, 20000 }, "B", NULL, UINT64_MAX },
    };
    struct sample s;
    sample_open(&s, &two_steps);
    lay_one(&s, 0, t, 2);
    struct findings *f = make(&s);
    const struct budget_reader *r = &f->budget->readers[0];
    assert_int_equal(r->host.from, BUDGET_HOST_EXCHANGE);
    assert_int_equal(r->host.exchange_us, 15000);
    assert_int_equal(r->host.floor_us, 179);
    assert_int_equal(r->host.us, 14821);
    /* three exchanges a transaction: 100,000 and 110,000 less 44,463 */
    assert_true(fabs(r->scripts[1].parts[BUDGET_WITHOUT_HOST].mean_us - 60537) < 1e-6);
    assert_true(fabs(r->scripts[1].host_us - 44463) < 1e-6);
    assert_true(fabs(r->scripts[1].card_us - (64000 - 44463)) < 1e-6);
    /* a reader that saw nothing has no floor, and nothing is subtracted there */
    assert_int_equal(f->budget->readers[1].host.from, BUDGET_HOST_NONE);
    assert_int_equal(f->budget->readers[1].scripts[1].parts[BUDGET_WITHOUT_HOST].n, 0);
    findings_free(&f);
    sample_close(&s);
}

static void a_calibration_goes_before_any_exchange(void **state)
{
    (void)state;
    const struct planted t = { 100000, 30000, 20000, { 25000, 15000 }, "B", NULL, UINT64_MAX };
    struct sample s;
    struct journal_record r;
    sample_open(&s, &two_steps);
    journal_record_init(&r, JOURNAL_KIND_CALIBRATION);
    r.as.calibration = (struct journal_calibration) { .at_us = s.at_us,
                                                      .reader = s.survey->readers[0].unit,
                                                      .what = "an answer of the reader itself",
                                                      .n = 100,
                                                      .median_us = 900,
                                                      .least_us = 700 };
    sample_append(&s, &r);
    lay_one(&s, 0, &t, 1);
    struct findings *f = make(&s);
    assert_int_equal(f->budget->readers[0].host.from, BUDGET_HOST_CALIBRATION);
    assert_int_equal(f->budget->readers[0].host.us, 700);
    assert_int_equal(f->budget->readers[0].host.line, r.line);
    assert_true(fabs(f->budget->readers[0].scripts[1].parts[BUDGET_WITHOUT_HOST].mean_us - 97900) < 1e-6);
    findings_free(&f);
    sample_close(&s);
}

static void detection_is_told_once_a_placement(void **state)
{
    (void)state;
    const struct planted t[2] = { { 100000, 30000, 20000, { 25000, 15000 }, "B", NULL, UINT64_MAX },
                                  { 100000, 30000, 20000, { 25000, 15000 }, "B", NULL, UINT64_MAX } };
    struct sample s;
    sample_open(&s, &two_steps);
    lay_one(&s, 0, t, 2);
    lay_one(&s, 0, t, 2);
    struct findings *f = make(&s);
    assert_int_equal(f->budget->readers[0].detect.n, 2);
    assert_string_equal(said_text(f->budget->readers[0].detect_source).text, "poll-400ms");
    assert_int_equal(f->budget->readers[0].detect_quantum_us, 400000);
    assert_int_equal(f->budget->readers[1].detect.n, 0);
    findings_free(&f);
    sample_close(&s);
}

static const struct budget_value *value_of(const struct findings *f, enum budget_answer what,
                                           const char *text)
{
    const struct budget_pair *p = &f->budget->pairs[0];
    for (size_t i = 0; i < p->value_count; i++)
        if (p->values[i].what == what && strcmp(said_text(p->values[i].said).text, text) == 0)
            return &p->values[i];
    return NULL;
}

static void answers_are_kept_with_count_record_and_readers(void **state)
{
    (void)state;
    const struct planted b = {
        100000,   30000, 20000,
        { 0, 0 }, "B",   &(struct said) { .absent = true, .words = "the reader does not show it" },
        106
    };
    const struct planted a = { 100000,    30000,
                               20000,     { 0, 0 },
                               "A",       &(struct said) { .code = SAID_UID_RANDOM, .count = 1, .text = "4" },
                               UINT64_MAX };
    struct sample s;
    sample_open(&s, &two_steps);
    lay_one(&s, 0, (const struct planted[]) { b, b }, 2);
    lay_one(&s, 1, &a, 1);
    struct findings *f = make(&s);
    const struct budget_value *v = value_of(f, BUDGET_TECHNOLOGY, "B");
    assert_non_null(v);
    assert_int_equal(v->count, 2);
    assert_int_equal(v->line, 3); /* start, placement, transaction */
    assert_int_equal(v->readers, 1);
    v = value_of(f, BUDGET_TECHNOLOGY, "A");
    assert_non_null(v);
    assert_int_equal(v->readers, 2);
    v = value_of(f, BUDGET_UID, "the reader does not show it");
    assert_non_null(v);
    assert_true(v->said->absent);
    assert_null(value_of(f, BUDGET_ATS, ""));
    /* the sample's profiles claim neither */
    assert_int_equal(budget_compare(f, 0, BUDGET_TECHNOLOGY), BUDGET_NO_CLAIM);
    findings_free(&f);
    sample_close(&s);
}

/* Claims set by hand on the loaded profile. */
static void a_claim_is_borne_out_only_by_every_answer(void **state)
{
    (void)state;
    const struct planted t = { 100000, 30000,
                               20000,  { 0, 0 },
                               "B",    &(struct said) { .code = SAID_UID_RANDOM, .count = 1, .text = "4" },
                               424 };
    static const struct {
        const char *name, *value;
        enum budget_answer what;
        enum budget_match match;
    } cases[] = {
        { "technologies", "A, B", BUDGET_TECHNOLOGY, BUDGET_AGREES },
        { "technologies", "A", BUDGET_TECHNOLOGY, BUDGET_DIFFERS },
        { "technologies", "NFC-Bluetooth", BUDGET_TECHNOLOGY, BUDGET_DIFFERS }, /* no letter by itself */
        { "max_kbit_s", "424", BUDGET_KBIT_S, BUDGET_AGREES },
        { "max_kbit_s", "106", BUDGET_KBIT_S, BUDGET_DIFFERS },
        { "random_uid", "true", BUDGET_UID, BUDGET_AGREES },
        { "random_uid", "false", BUDGET_UID, BUDGET_DIFFERS },
        { "sak", "20", BUDGET_SAK, BUDGET_NOT_SEEN },
    };
    struct sample s;
    sample_open(&s, &two_steps);
    lay_one(&s, 0, &t, 1);
    struct findings *f = make(&s);
    struct handset_profile *h = &f->survey->handset_profiles[f->survey->pairs[0].handset];
    struct survey_fact *own = h->facts;
    size_t own_count = h->fact_count;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[32], value[32];
        snprintf(name, sizeof name, "%s", cases[i].name);
        snprintf(value, sizeof value, "%s", cases[i].value);
        struct survey_fact claim = { .name = name, .value = value };
        h->facts = &claim;
        h->fact_count = 1;
        if (budget_compare(f, 0, cases[i].what) != cases[i].match)
            fail_msg("%s: %s", cases[i].name, cases[i].value);
        /* the one claim of this handset; all its other answers have none */
        assert_int_equal(budget_matches(f).of[cases[i].match], 1);
    }
    h->facts = own;
    h->fact_count = own_count;
    findings_free(&f);
    sample_close(&s);
}

/* 1,000 placements of 3 rows in room for 100: 33 whole placements at most, so every 32nd one is kept. */
static void a_full_table_lets_whole_placements_go(void **state)
{
    (void)state;
    struct thinned_samples r;
    thinned_samples_init(&r, 2, 100);
    for (uint32_t placement = 0; placement < 1000; placement++)
        for (uint32_t i = 0; i < 3; i++)
            thinned_samples_add(&r, (const uint32_t[]) { 7 + placement * 5, i });
    assert_int_equal(r.seen, 1000);
    assert_int_equal(r.stride, 32);
    assert_int_equal(thinned_samples_count(&r), 32 * 3); /* 0, 32, .. 992 */
    for (size_t i = 0; i < thinned_samples_count(&r); i++) {
        assert_int_equal(thinned_samples_at(&r, i)[ROWS_PLACEMENT], 7 + 5 * 32 * (i / 3));
        assert_int_equal(thinned_samples_at(&r, i)[1], i % 3);
    }
    thinned_samples_free(&r);
}

static void a_placement_larger_than_the_table_stays_whole(void **state)
{
    (void)state;
    struct thinned_samples r;
    thinned_samples_init(&r, 1, 4);
    for (uint32_t i = 0; i < 10; i++)
        thinned_samples_add(&r, (const uint32_t[]) { 1 });
    assert_int_equal(thinned_samples_count(&r), 10);
    thinned_samples_add(&r, (const uint32_t[]) { 2 });
    assert_int_equal(thinned_samples_count(&r), 10);
    assert_int_equal(r.stride, 2);
    thinned_samples_free(&r);
}

static void rows_moved_by_hand_are_sorted_by_placement(void **state)
{
    (void)state;
    struct thinned_samples r;
    thinned_samples_init(&r, 2, 100);
    thinned_samples_add(&r, (const uint32_t[]) { 9, 1 });
    thinned_samples_add(&r, (const uint32_t[]) { 4, 2 });
    thinned_samples_add(&r, (const uint32_t[]) { 9, 3 });
    thinned_samples_sort(&r);
    assert_int_equal(thinned_samples_at(&r, 0)[ROWS_PLACEMENT], 4);
    assert_int_equal(thinned_samples_at(&r, 2)[ROWS_PLACEMENT], 9);
    thinned_samples_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_transaction_add_up),
        cmocka_unit_test(the_host_floor_is_the_least_exchange_less_its_time_on_the_air),
        cmocka_unit_test(a_calibration_goes_before_any_exchange),
        cmocka_unit_test(detection_is_told_once_a_placement),
        cmocka_unit_test(answers_are_kept_with_count_record_and_readers),
        cmocka_unit_test(a_claim_is_borne_out_only_by_every_answer),
        cmocka_unit_test(a_full_table_lets_whole_placements_go),
        cmocka_unit_test(a_placement_larger_than_the_table_stays_whole),
        cmocka_unit_test(rows_moved_by_hand_are_sorted_by_placement),
    };
    return cmocka_run_group_tests_name("measured", tests, NULL, NULL);
}
