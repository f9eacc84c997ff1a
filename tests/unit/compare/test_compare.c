/*
 * Two runs side by side: what is matched and what is not, and why; what differs; which cells are called
 * changed. Expected counts and e-values come from how the sample journals were written, by hand.
 */
#include "harness/compare/compare.h"

#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

/* d of n placements dirty in each cell of these, the same for all. */
struct run {
    struct sample_shape shape;
    unsigned n, d;
    int worse_pair, worse_reader; /* whose cells have 3 of 3 dirty; -1: none */
    const char *firmware;         /* found by a resume record; NULL: none */
    bool unfinished;
};

static struct findings *findings_of(const struct run *r)
{
    struct sample s;
    struct findings *f = NULL;
    struct err e = { 0 };
    sample_open(&s, &r->shape);
    for (unsigned pair = 0; pair < r->shape.pairs; pair++)
        for (unsigned reader = 0; reader < r->shape.readers; reader++)
            for (unsigned condition = 0; condition < s.survey->condition_count; condition++)
                for (unsigned script = 0; script < 2; script++) {
                    bool worse = (int)pair == r->worse_pair || (int)reader == r->worse_reader;
                    sample_fill(&s, reader, pair, condition, script, worse ? 3 : r->n, worse ? 3 : r->d);
                }
    if (r->firmware) {
        struct journal_record record;
        struct journal_reader_found found = { .unit = s.survey->readers[0].unit,
                                              .profile = "p",
                                              .driver = "sim",
                                              .name = "n",
                                              .serial = "SIM-0001",
                                              .firmware = r->firmware,
                                              .simulated = !r->shape.real };
        journal_record_init(&record, JOURNAL_KIND_RESUME);
        record.as.resume = (struct journal_resume) { .reason = &(struct said) { .words = "r" },
                                                     .wall = "2017-12-02T09:00:00Z",
                                                     .boot_id = "b",
                                                     .host = "counter",
                                                     .clock = &(struct said) { .code = SAID_VIRTUAL_CLOCK },
                                                     .program = "nfc-survey 0.1.0",
                                                     .readers = { &found, 1 } };
        sample_append(&s, &record);
    }
    if (!r->unfinished)
        sample_stop(&s, "done");
    sample_must(findings_make(s.directory, NULL, &f, &e), &e);
    sample_close(&s);
    return f;
}

struct both {
    struct findings *a, *b;
    struct comparison *c;
};

static struct both compare(const struct run *x, const struct run *y, enum compare_match match)
{
    struct both o = { findings_of(x), findings_of(y), NULL };
    struct err e = { 0 };
    sample_must(compare_make(o.a, o.b, &(struct compare_options) { .match = match }, &o.c, &e), &e);
    return o;
}

static void finish(struct both *o)
{
    compare_free(&o->c);
    findings_free(&o->a);
    findings_free(&o->b);
}

static const struct run plain = { { .readers = 3, .pairs = 4 }, 15, 0, -1, -1, NULL, false };

/* 3 readers x 4 pairs x 3 conditions x 2 scripts */
enum { CELLS = 72 };

static void a_run_against_itself_shows_no_change(void **state)
{
    (void)state;
    struct both o = compare(&plain, &plain, COMPARE_BY_UNIT);
    assert_int_equal(o.c->cell_count, CELLS);
    assert_int_equal(o.c->by[COMPARE_CELLS][COMPARE_NO_CHANGE], CELLS);
    assert_int_equal(o.c->pair_begin, 7);
    assert_int_equal(o.c->unit_count, 7 + 12);
    assert_int_equal(o.c->listed, 0);
    assert_int_equal(o.c->time_listed, 0);
    assert_int_equal(o.c->difference_count, 0);
    assert_int_equal(o.c->left_count, 0);
    assert_false(compare_found(o.c));
    assert_true(compare_could_find(o.c));
    finish(&o);
}

/* Whatever is said of them: the figures of headline and boxes are of this count. */
static void every_entry_is_counted_once(void **state)
{
    (void)state;
    struct run worse = plain;
    worse.worse_pair = 2;
    struct both o = compare(&plain, &worse, COMPARE_BY_UNIT);
    static const size_t entries[] = { [COMPARE_CELLS] = CELLS,
                                      [COMPARE_TIMES] = CELLS,
                                      [COMPARE_READERS] = 3,
                                      [COMPARE_HANDSETS] = 4,
                                      [COMPARE_PAIRS] = 12 };
    for (int i = 0; i < COMPARE_FAMILY_COUNT; i++)
        assert_int_equal(compare_count(o.c, (enum compare_family)i, COMPARE_NOT_TESTED, COMPARE_BETTER),
                         entries[i]);
    assert_int_equal(compare_changes(o.c),
                     o.c->listed + o.c->time_listed + o.c->units_listed + o.c->pairs_listed);
    finish(&o);
}

static void a_handset_that_fails_everywhere_is_found_with_its_cells_and_no_others(void **state)
{
    (void)state;
    struct run worse = plain;
    worse.worse_pair = 2;
    struct both o = compare(&plain, &worse, COMPARE_BY_UNIT);
    for (size_t i = 0; i < o.c->cell_count; i++)
        assert_int_equal(o.c->cells[i].class,
                         o.a->cells[o.c->cells[i].a].pair == 2 ? COMPARE_WORSE : COMPARE_NO_CHANGE);
    assert_int_equal(o.c->by[COMPARE_CELLS][COMPARE_WORSE], 18);
    for (size_t i = o.c->pair_begin; i < o.c->unit_count; i++) /* it, on each of the readers */
        assert_int_equal(o.c->units[i].class, o.c->units[i].a == 2 ? COMPARE_DIFFERS : COMPARE_NO_CHANGE);
    for (size_t i = 0; i < o.c->pair_begin; i++) {
        const struct compare_unit *u = &o.c->units[i];
        bool own = u->kind == COMPARE_HANDSET && u->a == 2;
        /* nine placements that agree: e is 154, and alone of 7 at 5 % it needs 140. Two sessions claim no more */
        assert_int_equal(u->class, own ? COMPARE_DIFFERS : COMPARE_NO_CHANGE);
        assert_true(isnan(u->p) && isnan(u->adjusted));
        assert_int_equal(u->d_b, own ? 54 : u->kind == COMPARE_READER ? 18 : 0);
    }
    assert_int_equal(o.c->verdicts_changed, 18);
    assert_int_equal(o.c->said, 18);
    assert_int_equal((int)ceil(o.c->cell_needs), 1440); /* 72 cells at 5 % */
    assert_int_equal(compare_count(o.c, COMPARE_CELLS, COMPARE_LOOKS_WORSE, COMPARE_LOOKS_BETTER), 0);
    assert_int_equal(compare_changes(o.c), 18);
    assert_int_equal(o.c->units_listed, 0);
    assert_int_equal(o.c->pairs_listed, 0);
    assert_false(o.c->by_session);
    assert_int_equal(o.c->by[COMPARE_READERS][COMPARE_NO_CHANGE] +
                         o.c->by[COMPARE_HANDSETS][COMPARE_NO_CHANGE],
                     o.c->pair_begin - 1);
    for (size_t i = 0; i < o.c->pair_begin; i++) {
        const struct compare_unit *u = &o.c->units[i];
        assert_int_equal(u->looks.worse + u->looks.better, 0);
        assert_int_equal(compare_is_quiet(u),
                         u->kind == COMPARE_HANDSET && u->a != 2); /* each reader has cells of it */
    }
    assert_true(compare_found(o.c));
    finish(&o);
}

static void swapping_the_runs_mirrors_everything(void **state)
{
    (void)state;
    struct run worse = plain;
    worse.worse_reader = 1;
    struct both o = compare(&plain, &worse, COMPARE_BY_UNIT), back = compare(&worse, &plain, COMPARE_BY_UNIT);
    assert_int_equal(o.c->listed, back.c->listed);
    assert_int_equal(o.c->by[COMPARE_CELLS][COMPARE_WORSE], back.c->by[COMPARE_CELLS][COMPARE_BETTER]);
    assert_int_equal(o.c->by[COMPARE_CELLS][COMPARE_WORSE], 24);
    for (size_t i = 0; i < o.c->cell_count; i++) {
        const struct compare_cell *x = &o.c->cells[i], *y = &back.c->cells[i];
        assert_true(fabs(x->log_e - y->log_e) < 1e-9);
        assert_true(fabs(x->low + y->high) < 1e-9 && fabs(x->high + y->low) < 1e-9);
        assert_true(x->time.has_ratio == y->time.has_ratio);
        if (x->time.has_interval)
            assert_true(fabs(x->time.low * y->time.high - 1.0) < 1e-9);
    }
    for (size_t i = 0; i < o.c->unit_count; i++)
        assert_int_equal(o.c->units[i].way, -back.c->units[i].way);
    finish(&o);
    finish(&back);
}

static const struct compare_left *left_of(const struct comparison *c, enum compare_kind kind,
                                          enum compare_reason reason, enum compare_side side)
{
    for (size_t i = 0; i < c->left_count; i++)
        if (c->left[i].kind == kind && c->left[i].reason == reason && c->left[i].side == side)
            return &c->left[i];
    return NULL;
}

static const struct compare_difference *difference_of(const struct comparison *c, enum compare_what what)
{
    for (size_t i = 0; i < c->difference_count; i++)
        if (c->differences[i].what == what)
            return &c->differences[i];
    return NULL;
}

static void what_one_run_lacks_is_left_out_with_its_name_and_its_cells(void **state)
{
    (void)state;
    struct run fewer = plain;
    fewer.shape.readers = 2;
    fewer.shape.handset = "other";
    struct both o = compare(&plain, &fewer, COMPARE_BY_UNIT);
    assert_int_equal(o.c->cell_count, 2 * 3 * 6); /* two readers, three handsets */
    const struct compare_left *l = left_of(o.c, COMPARE_READER, COMPARE_REASON_ABSENT, COMPARE_IN_A);
    assert_non_null(l);
    assert_string_equal(l->subject, "counter-3");
    assert_int_equal(l->cells, 24);
    l = left_of(o.c, COMPARE_HANDSET, COMPARE_REASON_ABSENT, COMPARE_IN_A);
    assert_non_null(l);
    assert_int_equal(l->cells, 12); /* on the two readers that are in both */
    l = left_of(o.c, COMPARE_HANDSET, COMPARE_REASON_ABSENT, COMPARE_IN_B);
    assert_non_null(l);
    assert_string_equal(l->subject, "other+card-1");
    assert_int_equal(l->cells, 12);
    assert_non_null(difference_of(o.c, COMPARE_WHAT_SURVEY_TEXT));
    finish(&o);
    /* by model the unit's name does not matter */
    fewer.shape.readers = 3;
    o = compare(&plain, &fewer, COMPARE_BY_MODEL);
    assert_int_equal(o.c->cell_count, CELLS);
    finish(&o);
}

static void another_meaning_of_dirty_is_not_compared(void **state)
{
    (void)state;
    struct run other = plain;
    other.shape.scheme = "{name: quick, q0: 0.02, q1: 0.2, alpha: 0.005, beta: 0.05, k: 3, n_max: 45}";
    struct both o = compare(&plain, &other, COMPARE_BY_UNIT);
    assert_int_equal(o.c->cell_count, 0);
    assert_int_equal(left_of(o.c, COMPARE_CELL, COMPARE_REASON_TRANSACTIONS, COMPARE_IN_BOTH)->cells, CELLS);
    assert_true(difference_of(o.c, COMPARE_WHAT_TRANSACTIONS)->breaks);
    assert_false(compare_could_find(o.c));
    finish(&o);

    other = plain;
    other.shape.steps = "  - {name: again, send: 00A4040C00, expect: \"9000\"}\n";
    o = compare(&plain, &other, COMPARE_BY_UNIT);
    assert_int_equal(o.c->cell_count, CELLS / 2);
    const struct compare_left *l = left_of(o.c, COMPARE_SCRIPT, COMPARE_REASON_SCRIPT, COMPARE_IN_BOTH);
    assert_string_equal(l->subject, "read-cert");
    assert_int_equal(l->cells, CELLS / 2);
    finish(&o);

    other = plain;
    other.shape.conditions =
        "conditions: [on-unlocked, {id: on-locked, power_mode: screen-off}, battery-low]";
    o = compare(&plain, &other, COMPARE_BY_UNIT);
    assert_int_equal(left_of(o.c, COMPARE_CONDITION, COMPARE_REASON_CONDITION, COMPARE_IN_BOTH)->cells,
                     CELLS / 3);
    assert_true(difference_of(o.c, COMPARE_WHAT_CONDITION)->breaks);
    finish(&o);
}

/* ---- sessions ---- */

enum { READERS = 3, PAIRS = 4, EACH = 6 }; /* placements of a session, one script in one condition */

/* How many of a session's EACH placements are dirty. */
typedef unsigned (*dirty_fn)(unsigned reader, unsigned pair, unsigned session);

static struct findings *findings_by_session(unsigned sessions, dirty_fn dirty)
{
    struct sample s;
    struct findings *f = NULL;
    struct err e = { 0 };
    struct sample_shape shape = { .readers = READERS, .pairs = PAIRS };
    sample_open(&s, &shape);
    for (unsigned session = 1; session <= sessions; session++)
        for (unsigned pair = 0; pair < PAIRS; pair++)
            for (unsigned reader = 0; reader < READERS; reader++)
                for (unsigned i = 0; i < EACH; i++) {
                    uint64_t cell = survey_cell(s.survey, pair, 0, reader, 0);
                    uint64_t line = sample_lay(&s, reader, pair, 0, session);
                    bool bad = i < dirty(reader, pair, session);
                    const char *result = bad ? "dirty" : "clean";
                    struct sample_try t = { .outcome = bad ? "fail" : "ok",
                                            .total_us = 40000 + 100 * i + session,
                                            .causes = CAUSE(10) };
                    sample_run(&s, line, cell, 1, 1, &t);
                    sample_placed(&s, line, &cell, &result, 1, result);
                }
    sample_stop(&s, "done");
    sample_must(findings_make(s.directory, NULL, &f, &e), &e);
    sample_close(&s);
    return f;
}

static struct both compare_sessions_of(unsigned sessions, dirty_fn a, dirty_fn b)
{
    struct both o = { findings_by_session(sessions, a), findings_by_session(sessions, b), NULL };
    struct err e = { 0 };
    sample_must(compare_make(o.a, o.b, &(struct compare_options) { 0 }, &o.c, &e), &e);
    return o;
}

static const struct compare_unit *unit_of(const struct comparison *c, enum compare_kind kind, size_t a)
{
    for (size_t i = 0; i < c->unit_count; i++)
        if (c->units[i].kind == kind && c->units[i].a == a)
            return &c->units[i];
    return NULL;
}

static unsigned never(unsigned reader, unsigned pair, unsigned session)
{
    (void)reader;
    (void)pair;
    (void)session;
    return 0;
}

static unsigned half_on_reader_1(unsigned reader, unsigned pair, unsigned session)
{
    (void)pair;
    (void)session;
    return reader == 1 ? EACH / 2 : 0;
}

static unsigned all_of_pair_2_in_session_1(unsigned reader, unsigned pair, unsigned session)
{
    (void)reader;
    return pair == 2 && session == 1 ? EACH : 0;
}

static void with_four_sessions_a_side_a_reader_is_called_worse_by_its_sessions(void **state)
{
    (void)state;
    struct both o = compare_sessions_of(4, never, half_on_reader_1);
    assert_true(o.c->by_session);
    assert_int_equal(o.c->sessions_a, 4);
    for (size_t i = 0; i < o.c->unit_count; i++) {
        const struct compare_unit *u = &o.c->units[i];
        bool own = u->kind == COMPARE_READER && u->a == 1;
        if (u->kind ==
            COMPARE_PAIR) { /* on that reader each handset is as far apart as days are shared out */
            assert_int_equal(u->class, u->reader_a == 1 ? COMPARE_WORSE : COMPARE_NO_CHANGE);
            continue;
        }
        /* every session of B is dirtier than every one of A: no other way of 35 sets them so far apart. A handset's are
         * so too, for a third of its placements is on that reader, but less far */
        if (own)
            assert_int_equal(u->class, COMPARE_WORSE);
        assert_true(!own || fabs(u->adjusted - 2.0 / 70) < 1e-12);
        assert_false(u->unsteady);
    }
    assert_true(compare_found(o.c));
    finish(&o);
    o = compare_sessions_of(4, half_on_reader_1, never);
    assert_int_equal(unit_of(o.c, COMPARE_READER, 1)->class, COMPARE_BETTER);
    finish(&o);
}

/* What four sessions show, three do not. */
static void with_three_sessions_a_side_no_reader_is_called_worse(void **state)
{
    (void)state;
    struct both o = compare_sessions_of(3, never, half_on_reader_1);
    assert_false(o.c->by_session);
    assert_int_equal(o.c->sessions_b, 3);
    for (size_t i = 0; i < o.c->unit_count; i++) {
        assert_false(compare_is_change(o.c->units[i].class));
        assert_true(isnan(o.c->units[i].p));
    }
    assert_int_equal(o.c->units_listed, 0);
    finish(&o);
}

static void a_bad_day_makes_a_handset_unsteady_and_no_cell_worse(void **state)
{
    (void)state;
    for (unsigned sessions = 2; sessions <= 4; sessions += 2) {
        struct both o = compare_sessions_of(sessions, never, all_of_pair_2_in_session_1);
        const struct compare_unit *u = unit_of(o.c, COMPARE_HANDSET, 2);
        assert_int_equal(u->class, COMPARE_UNSTEADY);
        assert_true(u->unsteady);
        assert_int_equal(unit_of(o.c, COMPARE_HANDSET, 1)->class, COMPARE_NO_CHANGE);
        for (size_t i = 0; i < o.c->cell_count; i++) {
            bool own = o.a->cells[o.c->cells[i].a].pair == 2;
            assert_int_equal(o.c->cells[i].one_session, own);
            assert_false(compare_is_change(o.c->cells[i].class));
        }
        assert_false(compare_found(o.c));
        finish(&o);
    }
}

/* P(dirty) means the same, so cells are compared; verdicts and the plan are not. */
static void other_limits_leave_cells_comparable_but_no_verdicts_and_no_units(void **state)
{
    (void)state;
    struct run other = plain;
    other.shape.scheme = "{name: strange, q0: 0.02, q1: 0.1, alpha: 0.005, beta: 0.05, k: 2, n_max: 90}";
    other.worse_pair = 0;
    struct both o = compare(&plain, &other, COMPARE_BY_UNIT);
    assert_int_equal(o.c->cell_count, CELLS);
    assert_false(o.c->same_verdicts);
    assert_int_equal(o.c->verdicts_changed, 0);
    assert_int_equal(o.c->tests, CELLS);
    for (size_t i = 0; i < o.c->unit_count; i++) {
        const struct compare_unit *u = &o.c->units[i];
        assert_int_equal(u->class, COMPARE_NOT_TESTED);
        assert_int_equal(compare_is_quiet(u),
                         u->kind != COMPARE_READER && u->a != 0); /* cells of it changed */
    }
    assert_int_equal(o.c->by[COMPARE_CELLS][COMPARE_WORSE], 18);
    finish(&o);

    struct run unfinished = plain;
    unfinished.unfinished = true;
    o = compare(&plain, &unfinished, COMPARE_BY_UNIT);
    assert_false(o.c->same_plan);
    assert_true(o.c->same_verdicts);
    finish(&o);
}

/* What stops a cell there is another one's outcome, so that what is left of a unit depends on how it did. */
static void a_run_that_decides_the_list_has_its_cells_compared_but_no_units(void **state)
{
    (void)state;
    struct run list = plain;
    list.shape.settings = "decide: list\n";
    list.worse_pair = 0;
    for (int side = 0; side < 2; side++) {
        struct both o =
            side ? compare(&list, &plain, COMPARE_BY_UNIT) : compare(&plain, &list, COMPARE_BY_UNIT);
        assert_true(o.c->of_list);
        assert_true(o.c->same_plan);
        assert_int_equal(o.c->unit_tests, 0);
        assert_int_equal(o.c->units_listed, 0);
        for (size_t i = 0; i < o.c->unit_count; i++)
            assert_int_equal(o.c->units[i].class, COMPARE_NOT_TESTED);
        assert_int_equal(o.c->by[COMPARE_CELLS][side ? COMPARE_BETTER : COMPARE_WORSE], 18);
        finish(&o);
    }
}

static void firmware_that_changed_during_a_run_is_told(void **state)
{
    (void)state;
    struct run later = plain;
    later.firmware = "1.1";
    struct both o = compare(&plain, &later, COMPARE_BY_UNIT);
    const struct compare_difference *d = difference_of(o.c, COMPARE_WHAT_FIRMWARE);
    assert_non_null(d);
    assert_string_equal(d->subject, "counter-1");
    assert_string_equal(said_text(d->a).text, "1.0");
    assert_string_equal(said_text(d->b).text, "1.0, later 1.1");
    assert_null(difference_of(o.c, COMPARE_WHAT_SERIAL));
    finish(&o);
    later.firmware = ""; /* another reader, which does not tell it */
    o = compare(&plain, &later, COMPARE_BY_UNIT);
    d = difference_of(o.c, COMPARE_WHAT_FIRMWARE);
    assert_non_null(d);
    assert_string_equal(said_text(d->b).text, "1.0, later \xe2\x80\x93");
    finish(&o);
}

static void simulated_and_real_runs_are_refused(void **state)
{
    (void)state;
    struct run real = plain;
    real.shape.real = true;
    struct findings *a = findings_of(&plain), *b = findings_of(&real);
    struct comparison *c = NULL;
    struct err e = { 0 };
    assert_int_equal(compare_make(a, b, &(struct compare_options) { 0 }, &c, &e), ERR_REFUSED);
    assert_int_equal(compare_make(b, a, &(struct compare_options) { 0 }, &c, &e), ERR_REFUSED);
    assert_null(c);
    findings_free(&a);
    findings_free(&b);
}

static void too_few_placements_are_not_enough_data(void **state)
{
    (void)state;
    struct run few = plain;
    few.n = 1;
    struct both o = compare(&few, &few, COMPARE_BY_UNIT);
    assert_int_equal(o.c->blind, CELLS);
    assert_false(compare_could_find(o.c));
    finish(&o);
    few.n = 0;
    o = compare(&plain, &few, COMPARE_BY_UNIT);
    assert_int_equal(left_of(o.c, COMPARE_CELL, COMPARE_REASON_NO_PLACEMENT, COMPARE_IN_B)->cells, CELLS);
    assert_false(compare_could_find(o.c));
    finish(&o);
}

/*
 * Nothing changed, hundreds of surveys over: how often is anything on a list of outcomes at all? Cells have
 * their own P(dirty), and stop as the scheme says.
 */
static void chance_alone_seldom_makes_a_list(void **state)
{
    (void)state;
    struct scheme scheme;
    struct scheme_table table;
    struct err e = { 0 };
    enum { SURVEYS = 400 };
    size_t alarms = 0, looks = 0;
    sample_must(scheme_resolve("screen", 0, 0, 0, 0, 0, 0, &scheme, &e), &e);
    sample_must(scheme_table_make(&scheme, &table, &e), &e);
    struct both o = compare(&plain, &plain, COMPARE_BY_UNIT);
    for (uint64_t survey = 0; survey < SURVEYS; survey++) {
        struct findings *runs[] = { o.a, o.b };
        for (size_t cell = 0; cell < o.a->cell_count; cell++) {
            uint64_t own = random_key(survey, cell);
            double q = random_uniform(own, 1) < 0.7 ? 0.01 : random_uniform(own, 2);
            for (uint64_t run = 0; run < 2; run++) {
                unsigned n = 0, d = 0;
                do {
                    d += random_uniform(random_key(own, 10 + run), n) < q;
                    n++;
                } while (n < scheme.n_max && verdict_by_bounds(&table, n, d, 0) == VERDICT_UNDECIDED);
                runs[run]->cells[cell].n = n;
                runs[run]->cells[cell].d = d;
            }
        }
        struct comparison *c = NULL;
        sample_must(compare_make(o.a, o.b, &(struct compare_options) { 0 }, &c, &e), &e);
        alarms += c->listed > 0;
        looks += c->by[COMPARE_CELLS][COMPARE_LOOKS_WORSE] + c->by[COMPARE_CELLS][COMPARE_LOOKS_BETTER];
        compare_free(&c);
    }
    assert_in_range(alarms, 0, SURVEYS / 20);
    assert_true(looks > 0); /* some cells look changed by chance, and are not called so */
    scheme_table_free(&table);
    finish(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_against_itself_shows_no_change),
        cmocka_unit_test(every_entry_is_counted_once),
        cmocka_unit_test(a_handset_that_fails_everywhere_is_found_with_its_cells_and_no_others),
        cmocka_unit_test(swapping_the_runs_mirrors_everything),
        cmocka_unit_test(what_one_run_lacks_is_left_out_with_its_name_and_its_cells),
        cmocka_unit_test(another_meaning_of_dirty_is_not_compared),
        cmocka_unit_test(with_four_sessions_a_side_a_reader_is_called_worse_by_its_sessions),
        cmocka_unit_test(with_three_sessions_a_side_no_reader_is_called_worse),
        cmocka_unit_test(a_bad_day_makes_a_handset_unsteady_and_no_cell_worse),
        cmocka_unit_test(other_limits_leave_cells_comparable_but_no_verdicts_and_no_units),
        cmocka_unit_test(a_run_that_decides_the_list_has_its_cells_compared_but_no_units),
        cmocka_unit_test(firmware_that_changed_during_a_run_is_told),
        cmocka_unit_test(simulated_and_real_runs_are_refused),
        cmocka_unit_test(too_few_placements_are_not_enough_data),
        cmocka_unit_test(chance_alone_seldom_makes_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
