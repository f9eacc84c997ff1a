/* Findings of journals whose right answers are counted here, by hand or by a second, simpler count. */
#include "harness/findings/findings.h"
#include "harness/stats/stats.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct sample_shape small = { .readers = 2, .pairs = 2 };

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return f;
}

static struct findings_cell *cell(struct findings *f, unsigned reader, unsigned pair, unsigned condition,
                                  unsigned script)
{
    return &f->cells[survey_cell(f->survey, pair, condition, reader, script)];
}

static void counts_placements_and_reaches_verdicts(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 1, 0, 0, 0, 6, 5);
    sample_fill(&s, 0, 1, 0, 1, 5, 0);
    sample_stop(&s, "done");
    struct findings *f = make(&s);
    assert_int_equal(f->cell_count, 2 * 2 * 3 * 2);
    assert_int_equal(cell(f, 0, 0, 0, 0)->verdict, VERDICT_COMPATIBLE);
    assert_int_equal(cell(f, 0, 0, 0, 0)->n, 20);
    assert_int_equal(cell(f, 0, 0, 0, 0)->judged.sessions, 3);
    assert_int_equal(cell(f, 1, 0, 0, 0)->verdict, VERDICT_INCOMPATIBLE);
    assert_int_equal(cell(f, 1, 0, 0, 0)->d, 5);
    assert_int_equal(cell(f, 1, 0, 0, 0)->failures_by_cause[10], 5);
    assert_int_equal(cell(f, 1, 0, 0, 0)->failures_by_cause[11], 5);
    assert_int_equal(cell(f, 1, 0, 0, 0)->failures_by_stage[STAGE_EXCHANGE], 5);
    assert_int_equal(cell(f, 0, 1, 0, 1)->verdict, VERDICT_UNDECIDED);
    assert_true(cell(f, 0, 1, 0, 1)->missing > 0);
    assert_int_equal(f->placements, 31);
    assert_int_equal(f->placements_dirty, 5);
    assert_int_equal(f->transactions, 31);
    assert_int_equal(f->failed, 5);
    assert_int_equal(f->damaged, 0);
    assert_int_equal(f->failure_count, 1);
    assert_int_equal(f->failures[0].causes, CAUSE(10) | CAUSE(11));
    assert_int_equal(f->failures[0].by_reader[1], 5);
    assert_true(f->finished);
    assert_true(f->simulated);
    assert_int_equal(f->records, 1 + 3 * 31 + 1);
    findings_free(&f);
    assert_null(f);
    sample_close(&s);
}

/* The same journal, read as lines of text: what a stranger with grep would count. */
static void recount(const char *directory, uint64_t cell_number, unsigned *clean, unsigned *dirty)
{
    char path[128], word[64], *line = NULL;
    size_t capacity = 0;
    snprintf(path, sizeof path, "%s/journal.yaml", directory);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    *clean = *dirty = 0;
    while (getline(&line, &capacity, file) > 0) {
        if (strncmp(line, "- {\"placed\":", 12) != 0)
            continue;
        snprintf(word, sizeof word, "[%lu, \"clean\"", (unsigned long)cell_number);
        *clean += strstr(line, word) != NULL;
        snprintf(word, sizeof word, "[%lu, \"dirty\"", (unsigned long)cell_number);
        *dirty += strstr(line, word) != NULL;
    }
    free(line);
    fclose(file);
}

static void agrees_with_an_independent_recount(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 3, .pairs = 5, .exclude = true, .absent_off = true };
    sample_open(&s, &shape);
    sample_random(&s);
    sample_stop(&s, "done");
    struct findings *f = make(&s);
    uint64_t transactions = 0, n = 0;
    for (size_t i = 0; i < f->cell_count; i++) {
        unsigned clean, dirty;
        const struct findings_cell *c = &f->cells[i];
        recount(s.directory, i, &clean, &dirty);
        assert_int_equal(c->n, clean + dirty);
        assert_int_equal(c->d, dirty);
        transactions += c->ok + c->fail + c->invalid_transactions;
        n += c->n;
        assert_true(c->lower <= c->upper);
    }
    assert_true(n > 500);
    assert_int_equal(transactions, f->transactions);
    assert_int_equal(f->excluded, 3 * 2);
    assert_int_equal(f->not_applicable, 3 * 2);
    findings_free(&f);
    sample_close(&s);
}

static void intervals_of_quantiles_stand_only_where_they_exist(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    sample_fill(&s, 0, 0, 0, 0, 5, 0);
    sample_fill(&s, 0, 0, 1, 0, 44, 0);
    sample_stop(&s, "done");
    struct findings *f = make(&s);
    for (unsigned condition = 0; condition < 2; condition++) {
        const struct findings_times_first *t = &cell(f, 0, 0, condition, 0)->first_transaction;
        uint64_t low, high;
        assert_int_equal(t->n, condition ? 44 : 5);
        assert_int_equal(t->median.has_interval, stats_quantile_ranks(t->n, 0.5, 0.95, &low, &high));
        if (t->median.has_interval) { /* values are 40000 + 100 i in order */
            assert_int_equal(t->median.low_us, 40000 + 100 * (low - 1));
            assert_int_equal(t->median.high_us, 40000 + 100 * (high - 1));
        }
        assert_int_equal(t->p90.has_interval, stats_quantile_ranks(t->n, 0.9, 0.95, &low, &high));
    }
    assert_false(cell(f, 0, 0, 0, 0)->first_transaction.p90.has_interval);
    assert_true(cell(f, 0, 0, 1, 0)->first_transaction.median.has_interval);
    assert_int_equal(cell(f, 0, 0, 0, 0)->first_transaction.median.value_us, 40200);
    assert_int_equal(cell(f, 0, 0, 0, 0)->first_exchange.median.value_us, 40200 / 3);
    assert_int_equal(f->readers[0].scripts[0].first_count, 49);
    assert_true(f->readers[0].scripts[0].first_us[0] <= f->readers[0].scripts[0].first_us[48]);
    findings_free(&f);
    sample_close(&s);
}

static void only_the_first_transaction_of_a_placement_gives_a_time(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t number = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    sample_run(&s, line, number, 1, 1, &(struct sample_try) { "fail", 0, false, CAUSE(6), "activate" });
    sample_run(&s, line, number, 2, 2, &(struct sample_try) { "ok", 5000, false, 0, NULL });
    sample_placed(&s, line, &number, (const char *const[]) { "dirty" }, 1, "dirty");
    struct findings *f = make(&s);
    assert_int_equal(f->cells[number].first_transaction.n, 0);
    assert_int_equal(f->cells[number].ok, 1);
    assert_false(f->finished);
    findings_free(&f);
    sample_close(&s);
}

static void a_broken_off_placement_is_dirty_or_aborted_by_script(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t first = survey_cell(s.survey, 0, 0, 0, 0), second = survey_cell(s.survey, 0, 0, 0, 1);
    uint64_t line = sample_lay(&s, 0, 0, 0, 1);
    sample_run(&s, line, first, 1, 1, &(struct sample_try) { "ok", 5000, true, 0, NULL }); /* slow */
    sample_run(&s, line, second, 1, 2, &(struct sample_try) { "ok", 5000, false, 0, NULL });
    struct findings *f = make(&s);
    assert_int_equal(f->broken_off, 1);
    assert_int_equal(f->cells[first].n, 1);
    assert_int_equal(f->cells[first].d, 1);
    assert_int_equal(f->cells[first].slow, 1);
    assert_int_equal(f->cells[second].n, 0);
    assert_int_equal(f->cells[second].aborted, 1);
    assert_int_equal(f->placements_dirty, 1);
    findings_free(&f);
    sample_close(&s);
}

static void invalid_placements_are_apart_and_reported_both_ways(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t number = survey_cell(s.survey, 0, 0, 0, 0);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    for (unsigned i = 0; i < 5; i++) {
        uint64_t line = sample_lay(&s, 0, 0, 0, 1);
        sample_run(&s, line, number, 1, 1, &(struct sample_try) { "invalid", 0, false, CAUSE(31), NULL });
        sample_placed(&s, line, &number, (const char *const[]) { "invalid" }, 1, "invalid");
    }
    uint64_t other = survey_cell(s.survey, 1, 0, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t line = sample_lay(&s, 0, 1, 0, 1);
        sample_placed(&s, line, &other, (const char *const[]) { "invalid" }, 1, "invalid");
    }
    struct findings *f = make(&s);
    assert_int_equal(f->cells[number].n, 20);
    assert_int_equal(f->cells[number].invalid, 5);
    assert_int_equal(f->cells[number].verdict, VERDICT_COMPATIBLE);
    assert_int_not_equal(f->cells[number].verdict_invalid_as_dirty, VERDICT_COMPATIBLE);
    assert_int_equal(f->cells[other].verdict, VERDICT_UNDECIDED_INSTRUMENT);
    assert_int_equal(f->placements_invalid, 8);
    assert_int_equal(f->readers[0].invalid, 8);
    findings_free(&f);
    sample_close(&s);
}

/* A suspect one that is done again is `aborted`, and may have hidden a failure all the same. */
static void suspect_placements_are_among_the_invalid_ones_counted_as_dirty(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t number = survey_cell(s.survey, 0, 0, 0, 0);
    struct journal_result result = { .cell = number, .result = PLACEMENT_ABORTED };
    for (unsigned i = 0; i < 8; i++) {
        struct journal_record r;
        journal_record_init(&r, JOURNAL_KIND_PLACED);
        r.as.placed.placement = sample_lay(&s, 0, 0, 0, i % 2 + 1);
        r.as.placed.at_us = s.at_us;
        r.as.placed.result = PLACEMENT_ABORTED;
        r.as.placed.suspect = 1;
        r.as.placed.results.items = &result;
        r.as.placed.results.count = 1;
        sample_append(&s, &r);
    }
    struct findings *f = make(&s);
    const struct findings_cell *c = &f->cells[number];
    assert_int_equal(c->s, 8);
    assert_int_equal(c->invalid, 0);
    assert_int_equal(c->aborted, 8);
    assert_int_equal(c->verdict, VERDICT_UNDECIDED);
    assert_int_equal(c->verdict_invalid_as_dirty, VERDICT_INCOMPATIBLE);
    findings_free(&f);
    sample_close(&s);
}

static void spoil(const char *directory, const char *begin, unsigned which, const char *with)
{
    char path[128];
    struct buf b;
    struct err e = { 0 };
    snprintf(path, sizeof path, "%s/journal.yaml", directory);
    buf_init(&b, 1 << 26);
    sample_must(file_read(path, &b, &e), &e);
    char *at = b.data;
    for (unsigned i = 0; at && i <= which; i++)
        at = strstr(at + (i > 0), begin);
    assert_non_null(at);
    memcpy(at + 3, with, strlen(with));
    sample_must(file_replace(path, b.data, b.length, &e), &e);
    buf_free(&b);
}

static void a_damaged_line_is_counted_and_the_rest_is_read(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_stop(&s, "done");
    spoil(s.directory, "- {\"placed\"", 4, "~~~~~~~");
    struct findings *f = make(&s);
    assert_true(f->damaged >= 1);
    assert_true(f->faults.kept >= 1);
    assert_int_equal(f->cells[survey_cell(f->survey, 0, 0, 0, 0)].n, 19);
    assert_int_equal(f->broken_off, 1);
    findings_free(&f);
    sample_close(&s);
}

static void a_damaged_start_record_is_an_error_that_says_so(void **state)
{
    (void)state;
    struct sample s;
    struct findings *f = NULL;
    struct err e = { 0 };
    sample_open(&s, &small);
    sample_stop(&s, "done");
    spoil(s.directory, "- {\"start\"", 0, "~~~~~~");
    assert_int_equal(findings_make(s.directory, NULL, &f, &e), ERR_INPUT);
    assert_null(f);
    assert_true(e.text[0] != '\0');
    assert_int_equal(findings_make("/nonexistent", NULL, &f, &e), ERR_INPUT);
    sample_close(&s);
}

static void the_sum_is_that_of_the_file(void **state)
{
    (void)state;
    struct sample s;
    struct buf b;
    struct err e = { 0 };
    char path[128], sha[65];
    sample_open(&s, &small);
    sample_fill(&s, 0, 0, 0, 0, 3, 0);
    sample_stop(&s, "done");
    sample_path(&s, "journal.yaml", path);
    buf_init(&b, 1 << 26);
    sample_must(file_read(path, &b, &e), &e);
    digest_bytes(b.data, b.length, sha);
    struct findings *f = make(&s);
    assert_string_equal(f->sha256, sha);
    buf_free(&b);
    findings_free(&f);
    sample_close(&s);
}

static void steps_keep_the_last_value_and_rise(void **state)
{
    (void)state;
    uint64_t values[1000];
    struct findings_step steps[64];
    for (size_t i = 0; i < 1000; i++)
        values[i] = 10 * i;
    size_t count = findings_steps(values, 1000, steps, 64);
    assert_int_equal(count, 64);
    assert_int_equal(steps[63].value_us, 9990);
    assert_true(steps[63].share >= 1.0 && steps[63].share <= 1.0);
    for (size_t i = 1; i < count; i++)
        assert_true(steps[i].value_us > steps[i - 1].value_us && steps[i].share > steps[i - 1].share);
    assert_int_equal(findings_steps(values, 3, steps, 64), 3);
    assert_int_equal(findings_steps(values, 0, steps, 64), 0);
}

/* What a listener hears, in order. */
struct heard {
    const struct findings *f;
    uint64_t transactions, failed, health;
    enum verdict verdict;
};

static int hear_begin(void *self, const struct findings *f, struct err *e)
{
    (void)e;
    ((struct heard *)self)->f = f;
    return 0;
}

static int hear_transaction(void *self, const struct journal_record *r, enum outcome outcome)
{
    struct heard *h = self;
    assert_true(r->as.transaction.cell < h->f->cell_count);
    h->transactions++;
    h->failed += outcome == OUTCOME_FAIL;
    return 0;
}

static void hear_health(void *self, const struct journal_record *r)
{
    ((struct heard *)self)->health += r->kind == JOURNAL_KIND_HEALTH;
}

static int hear_end(void *self, struct err *e)
{
    struct heard *h = self;
    h->verdict = h->f->cells[0].verdict;
    return h->health == 2 ? err_set(e, ERR_MEMORY, "listener", "has heard enough") : 0;
}

static void a_listener_hears_every_record_that_counts_and_ends_with_verdicts(void **state)
{
    (void)state;
    struct sample s;
    struct heard heard = { 0 };
    const struct findings_listener listener = { &heard, hear_begin, hear_transaction, hear_health, hear_end };
    struct findings *f = NULL;
    struct err e = { 0 };
    sample_open(&s, &small);
    sample_fill(&s, 0, 0, 0, 0, 6, 5);
    sample_health(&s, HEALTH_KILLED, NULL);
    sample_must(findings_make(s.directory, &listener, &f, &e), &e);
    assert_int_equal(heard.transactions, f->transactions);
    assert_int_equal(heard.failed, f->failed);
    assert_int_equal(heard.health, 1);
    assert_int_equal(heard.verdict, VERDICT_INCOMPATIBLE);
    findings_free(&f);
    sample_health(&s, HEALTH_KILLED, NULL);
    heard = (struct heard) { 0 };
    assert_int_equal(findings_make(s.directory, &listener, &f, &e), ERR_MEMORY);
    assert_string_equal(e.where, "listener");
    assert_null(f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_hears_every_record_that_counts_and_ends_with_verdicts),
        cmocka_unit_test(counts_placements_and_reaches_verdicts),
        cmocka_unit_test(agrees_with_an_independent_recount),
        cmocka_unit_test(intervals_of_quantiles_stand_only_where_they_exist),
        cmocka_unit_test(only_the_first_transaction_of_a_placement_gives_a_time),
        cmocka_unit_test(a_broken_off_placement_is_dirty_or_aborted_by_script),
        cmocka_unit_test(invalid_placements_are_apart_and_reported_both_ways),
        cmocka_unit_test(suspect_placements_are_among_the_invalid_ones_counted_as_dirty),
        cmocka_unit_test(a_damaged_line_is_counted_and_the_rest_is_read),
        cmocka_unit_test(a_damaged_start_record_is_an_error_that_says_so),
        cmocka_unit_test(the_sum_is_that_of_the_file),
        cmocka_unit_test(steps_keep_the_last_value_and_rise),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
