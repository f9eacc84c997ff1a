/*
 * What suspect placements, refusals in two sessions and taps make of the order of work: cells that rest and come first,
 * N_max that grows, results that are taken back.
 */
#include "harness/plan/plan.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ONE_MODE  "conditions: [on-unlocked]"
#define CERT_ONLY "power_modes: [on-unlocked]\nreaders_at_least: all\nscripts: [read-cert]\n"

struct table {
    struct sample sample;
    const struct survey *survey;
    struct plan *plan;
};

static void table_open(struct table *t, const struct sample_shape *shape)
{
    struct err e = { 0 };
    sample_open(&t->sample, shape);
    t->survey = t->sample.survey;
    if (plan_make(t->survey, &t->plan, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
}

static void table_close(struct table *t)
{
    plan_free(&t->plan);
    sample_close(&t->sample);
}

static struct plan_placement at(unsigned pair, unsigned reader, unsigned session)
{
    return (struct plan_placement) { .pair = pair, .reader = reader, .session = session, .scripts = 3 };
}

/* The same result for both scripts; with cell = [pair][reader][script]. */
static void put(struct plan *p, const struct plan_placement *where, enum placement_result result,
                bool suspect)
{
    plan_result(p, where, 0, result, suspect);
    plan_result(p, where, 1, result, suspect);
    plan_placed(p, where, result == PLACEMENT_ABORTED);
}

static const struct cell_state *cell_of(const struct table *t, unsigned pair, unsigned reader)
{
    return plan_cell(t->plan, survey_cell(t->survey, pair, 0, reader, 0));
}

#define STEPS_MAX 2000

struct course {
    struct plan_placement made[STEPS_MAX];
    size_t count;
};

/* Two handsets never work on the first reader, all others always do. */
static bool is_dead(const struct plan_placement *p)
{
    return p->reader == 0 && (p->pair == 2 || p->pair == 5);
}

/* Up to `limit` placements, a step at a time. */
static void go_on(struct plan *p, size_t limit, struct course *c)
{
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    while (c->count < limit) {
        enum plan_next next = plan_step(p, 0, step, &count, &waiting);
        if (next == PLAN_DONE)
            return;
        if (next == PLAN_SESSION_END)
            plan_begin_session(p, plan_session(p) + 1);
        for (size_t i = 0; next == PLAN_STEP && i < count && c->count < limit; i++) {
            put(p, &step[i], is_dead(&step[i]) ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
            c->made[c->count++] = step[i];
        }
    }
}

static void expect_rest_and_first_place(const struct course *c, unsigned lanes)
{
    unsigned in_first = 0, in_second = 0;
    size_t start = 0, last = 0;
    while (c->made[start].session == 1)
        start++;
    for (size_t i = 0; i < c->count; i++) {
        if (!is_dead(&c->made[i]))
            continue;
        in_first += c->made[i].session == 1;
        in_second += c->made[i].session == 2;
        last = i;
        assert_true(c->made[i].session < 3);
    }
    assert_int_equal(in_first, 6);  /* three each are too many for one session */
    assert_int_equal(in_second, 2); /* and one more each in the next closes them */
    /* Both come before the others: with lanes side by side in the first tour, else one handset after the other. */
    for (size_t i = start; i < last; i++)
        assert_true(c->made[i].pair == 2 || c->made[i].pair == 5 || lanes > 2);
    if (lanes > 1)
        assert_true(last < start + lanes * 3);
}

static void a_rejected_cell_rests_and_comes_first_in_the_next_session(void **state)
{
    (void)state;
    for (unsigned lanes = 1; lanes <= 3; lanes++) {
        char settings[40];
        struct table t;
        struct course c = { .count = 0 };
        snprintf(settings, sizeof settings, "sessions: 3\nlanes: %u\n", lanes);
        table_open(&t, &(struct sample_shape) {
                           .readers = 3, .pairs = 8, .conditions = ONE_MODE, .settings = settings });
        go_on(t.plan, SIZE_MAX, &c);
        expect_rest_and_first_place(&c, lanes);
        assert_int_equal(cell_of(&t, 2, 0)->verdict, VERDICT_INCOMPATIBLE);
        assert_int_equal(cell_of(&t, 2, 0)->counts.n, 4);
        assert_int_equal(cell_of(&t, 5, 0)->counts.n, 4);
        for (size_t cut = 0; cut < c.count;
             cut += 7) { /* resumed there, it goes on as if nothing had happened */
            struct course again = { .count = 0 };
            struct plan *resumed;
            struct err e = { 0 };
            assert_int_equal(plan_make(t.survey, &resumed, &e), 0);
            for (size_t i = 0; i < cut; i++) {
                if (c.made[i].session != plan_session(resumed))
                    plan_begin_session(resumed, c.made[i].session);
                put(resumed, &c.made[i], is_dead(&c.made[i]) ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
            }
            go_on(resumed, SIZE_MAX, &again);
            assert_int_equal(cut + again.count, c.count);
            for (size_t i = 0; i < again.count; i++)
                assert_true(again.made[i].pair == c.made[cut + i].pair &&
                            again.made[i].reader == c.made[cut + i].reader);
            plan_free(&resumed);
        }
        table_close(&t);
    }
}

/* After three dirty ones in the first session: what the second brings, D or c each, and what that makes of it. */
static void its_first_dirty_placement_closes_it_where_the_table_holds(void **state)
{
    (void)state;
    static const struct {
        const char *second;
        enum verdict verdict;
    } rows[] = {
        { "", VERDICT_REJECTED_SO_FAR },
        { "c", VERDICT_REJECTED_SO_FAR },
        { "D", VERDICT_INCOMPATIBLE },
        { "cD", VERDICT_INCOMPATIBLE },
        { "ccccccc", VERDICT_UNDECIDED },               /* 3 of 10: no longer in the table */
        { "cccccccD", VERDICT_INCOMPATIBLE },           /* 4 of 11 */
        { "ccccccccccccccccD", VERDICT_UNDECIDED },     /* 4 of 20: the table asks for 5 there */
        { "ccccccccccccccccDD", VERDICT_INCOMPATIBLE }, /* 5 of 21 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct table t;
        table_open(&t, &(struct sample_shape) {
                           .readers = 1, .pairs = 1, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
        struct plan_placement first = at(0, 0, 1), second = at(0, 0, 2);
        for (unsigned k = 0; k < 3; k++)
            put(t.plan, &first, PLACEMENT_DIRTY, false);
        plan_begin_session(t.plan, 2);
        for (const char *c = rows[i].second; *c; c++)
            put(t.plan, &second, *c == 'D' ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
        if (cell_of(&t, 0, 0)->verdict != rows[i].verdict)
            fail_msg("%s: %s", rows[i].second, verdict_name(cell_of(&t, 0, 0)->verdict));
        assert_int_equal(plan_is_over(t.plan, 0), rows[i].verdict == VERDICT_INCOMPATIBLE);
        table_close(&t);
    }
}

static void what_is_rejected_in_the_last_session_stays_so(void **state)
{
    (void)state;
    struct table t;
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    table_open(&t, &(struct sample_shape) {
                       .readers = 1, .pairs = 1, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
    struct plan_placement first = at(0, 0, 1), second = at(0, 0, 2);
    for (unsigned i = 0; i < 8; i++)
        put(t.plan, &first, PLACEMENT_CLEAN, false);
    plan_begin_session(t.plan, 2);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(plan_step(t.plan, 0, step, &count, &waiting), PLAN_STEP);
        put(t.plan, &second, PLACEMENT_DIRTY, false);
    }
    assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_REJECTED_SO_FAR);
    assert_int_equal(plan_step(t.plan, 0, step, &count, &waiting), PLAN_DONE);
    table_close(&t);
}

/* Four dirty ones apart are too many to pass and too few to be refused: the cell goes to its N_max. */
static void n_max_grows_by_a_clean_cell_a_suspect_up_to_two_thirds(void **state)
{
    (void)state;
    static const unsigned most[] = { 45, 60, 75, 75, 75 };
    for (unsigned suspects = 0; suspects < 5; suspects++) {
        struct table t;
        unsigned made = 0;
        table_open(&t, &(struct sample_shape) {
                           .readers = 1, .pairs = 1, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
        for (struct plan_placement step[SURVEY_READERS_MAX];;) {
            size_t count;
            bool waiting;
            enum plan_next next = plan_step(t.plan, 0, step, &count, &waiting);
            if (next == PLAN_DONE)
                break;
            if (next == PLAN_SESSION_END) {
                plan_begin_session(t.plan, 2);
                continue;
            }
            made++;
            bool suspect = made % 2 == 0 && made / 2 <= suspects,
                 dirty = made == 1 || made == 17 || made == 31 || made == 44;
            put(t.plan, step,
                suspect ? PLACEMENT_INVALID
                : dirty ? PLACEMENT_DIRTY
                        : PLACEMENT_CLEAN,
                suspect);
        }
        assert_int_equal(made, most[suspects]);
        assert_int_equal(cell_of(&t, 0, 0)->counts.s, suspects);
        assert_int_equal(cell_of(&t, 0, 0)->counts.n, most[suspects] - suspects);
        assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_UNDECIDED);
        table_close(&t);
    }
}

static void what_is_taken_back_leaves_dirty_ones_as_suspects(void **state)
{
    (void)state;
    static const struct {
        enum placement_result result;
        bool suspect;
    } results[] = { { PLACEMENT_CLEAN, false },  { PLACEMENT_DIRTY, false },   { PLACEMENT_DIRTY, false },
                    { PLACEMENT_INVALID, true }, { PLACEMENT_INVALID, false }, { PLACEMENT_ABORTED, true } };
    enum { COUNT = sizeof results / sizeof *results };
    struct cells_undo undo[COUNT];
    struct table t;
    table_open(&t, &(struct sample_shape) {
                       .readers = 1, .pairs = 1, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
    struct plan_placement first = at(0, 0, 1), second = at(0, 0, 2);
    plan_result(t.plan, &first, 0, PLACEMENT_DIRTY, false);
    plan_result(t.plan, &first, 0, PLACEMENT_CLEAN, false);
    struct cell_counts before = cell_of(&t, 0, 0)->counts;
    plan_begin_session(t.plan, 2);
    for (size_t i = 0; i < COUNT; i++) {
        undo[i] = (struct cells_undo) { 0, *plan_cell(t.plan, 0), results[i].result, results[i].suspect, 2 };
        plan_result(t.plan, &second, 0, results[i].result, results[i].suspect);
    }
    assert_int_equal(cell_of(&t, 0, 0)->counts.n, 5);
    assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_INCOMPATIBLE); /* 3 dirty of 7 in two sessions */
    plan_take_back(t.plan, undo, COUNT);
    const struct cell_state *cell = cell_of(&t, 0, 0);
    assert_int_equal(cell->counts.n, before.n);
    assert_int_equal(cell->counts.d, before.d);
    assert_int_equal(cell->counts.s, 4); /* two dirty ones, one that hung, one broken off */
    assert_int_equal(cell->counts.sessions, before.sessions);
    assert_int_equal(cell->counts.dirty_sessions, before.dirty_sessions);
    assert_int_equal(cell->counts.suspect_sessions, 2);
    assert_int_equal(cell->invalid, 5);
    assert_int_equal(cell->verdict, VERDICT_UNDECIDED);
    assert_false(plan_is_over(t.plan, 0));
    table_close(&t);
}

static void what_instruments_closed_is_open_again_with_its_counts(void **state)
{
    (void)state;
    struct table t;
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    table_open(&t, &(struct sample_shape) {
                       .readers = 1, .pairs = 1, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
    struct plan_placement here = at(0, 0, 1);
    put(t.plan, &here, PLACEMENT_CLEAN, false);
    for (unsigned i = 0; i < 3; i++)
        put(t.plan, &here, PLACEMENT_INVALID, i > 0);
    assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_UNDECIDED_INSTRUMENT);
    assert_int_equal(plan_step(t.plan, 0, step, &count, &waiting), PLAN_DONE);
    plan_reopen(t.plan);
    assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_UNDECIDED);
    assert_int_equal(cell_of(&t, 0, 0)->counts.n, 1);
    assert_int_equal(cell_of(&t, 0, 0)->counts.s, 2);
    assert_int_equal(plan_step(t.plan, 0, step, &count, &waiting), PLAN_STEP);
    assert_int_equal(step[0].scripts, 3);
    table_close(&t);
}

/* A required cell that is rejected so far, and could still pass the loose bound, rests the others of its handset. */
static void a_list_rests_a_handset_until_another_session_has_looked(void **state)
{
    (void)state;
    static const char *const asked[] = { "readers_at_least: all\nsuccess: {dirty_at_most: 0.5}\n",
                                         "readers_at_least: 2\nsuccess: {dirty_at_most: 0.5}\n" };
    for (unsigned i = 0; i < 2; i++) {
        struct table t;
        struct plan_placement step[SURVEY_READERS_MAX];
        size_t count;
        bool waiting, rests = i == 0;
        table_open(&t, &(struct sample_shape) { .readers = 3,
                                                .pairs = 4,
                                                .conditions = ONE_MODE,
                                                .criteria = asked[i],
                                                .settings = "decide: list\nsessions: 3\n" });
        struct plan_placement first = at(1, 1, 1), second = at(1, 1, 2);
        for (unsigned k = 0; k < 3; k++)
            put(t.plan, &first, PLACEMENT_DIRTY, false);
        assert_int_equal(cell_of(&t, 1, 1)->verdict, VERDICT_REJECTED_SO_FAR);
        assert_int_equal(plan_list_state(t.plan, 1), rests ? LIST_RESTS : LIST_OPEN);
        bool placed = false;
        while (plan_step(t.plan, 0, step, &count, &waiting) == PLAN_STEP) {
            placed = placed || step[0].pair == 1;
            assert_true(step[0].pair != 1 || step[0].reader != 1);
            put(t.plan, step, PLACEMENT_CLEAN, false);
        }
        assert_int_equal(placed, !rests);
        assert_int_equal(cell_of(&t, 1, 0)->verdict,
                         VERDICT_UNDECIDED); /* not `not pursued`: it may come to it */
        plan_begin_session(t.plan, 2);
        assert_int_equal(plan_step(t.plan, 0, step, &count, &waiting), PLAN_STEP);
        assert_true(step[0].pair == 1 && (!rests || step[0].reader == 1));
        put(t.plan, &second, PLACEMENT_DIRTY, false);
        assert_int_equal(cell_of(&t, 1, 1)->verdict, VERDICT_INCOMPATIBLE);
        assert_int_equal(plan_list_state(t.plan, 1), rests ? LIST_SETTLED : LIST_OPEN);
        assert_int_equal(cell_of(&t, 1, 0)->verdict, rests ? VERDICT_NOT_PURSUED : VERDICT_UNDECIDED);
        table_close(&t);
    }
}

static void copies_and_the_rest_know_a_settled_handset(void **state)
{
    (void)state;
    struct table t;
    struct plan *copy;
    struct plan_rest rest;
    struct err e = { 0 };
    table_open(&t, &(struct sample_shape) { .readers = 3,
                                            .pairs = 4,
                                            .conditions = ONE_MODE,
                                            .criteria = CERT_ONLY,
                                            .settings = "decide: list\nsessions: 2\n" });
    struct plan_placement here = at(1, 1, 1), other = at(0, 2, 1);
    for (unsigned i = 0; i < 4; i++) {
        here.session = i < 3 ? 1 : 2;
        put(t.plan, &here, PLACEMENT_DIRTY, false);
        assert_int_equal(plan_list_state(t.plan, 1), i < 2 ? LIST_OPEN : i == 2 ? LIST_RESTS : LIST_SETTLED);
    }
    for (unsigned i = 0; i < 2; i++)
        put(t.plan, &other, PLACEMENT_INVALID, true);
    assert_int_equal(plan_list_state(t.plan, 1), LIST_SETTLED);
    assert_int_equal(plan_rest(t.plan, &rest, &e), 0);
    assert_int_equal(rest.by_pair[1], 0);
    /* Two readers at 15 each, and the one with two suspects at what two dirty ones take; two handsets from new. */
    assert_int_equal(rest.by_pair[0], 2 * 15 + 42 - 2);
    assert_int_equal(rest.by_pair[2], 3 * 15);
    assert_int_equal(rest.placements, 70 + 2 * 45);
    plan_rest_free(&rest);
    assert_int_equal(plan_copy(t.plan, &copy, &e), 0);
    assert_int_equal(plan_list_state(copy, 1), LIST_SETTLED);
    for (size_t cell = 0; cell < survey_cell_count(t.survey); cell++)
        assert_memory_equal(plan_cell(copy, cell), plan_cell(t.plan, cell), sizeof(struct cell_state));
    put(copy, &here, PLACEMENT_CLEAN, false);
    assert_int_equal(cell_of(&t, 1, 1)->counts.n, 4);
    plan_free(&copy);
    table_close(&t);
}

/* A clause of 20 taps, where the scheme alone stops at 15, or at 3 dirty ones. */
static void taps_that_criteria_ask_for_are_made(void **state)
{
    (void)state;
    for (unsigned dirty = 0; dirty < 2; dirty++) {
        struct table t;
        unsigned by_session[3] = { 0 };
        table_open(&t,
                   &(struct sample_shape) { .readers = 1,
                                            .pairs = 1,
                                            .conditions = ONE_MODE,
                                            .criteria = CERT_ONLY "success: {taps: 20, ok_at_least: 19}\n",
                                            .settings = "sessions: 2\n" });
        for (struct plan_placement step[SURVEY_READERS_MAX];;) {
            size_t count;
            bool waiting;
            enum plan_next next = plan_step(t.plan, 0, step, &count, &waiting);
            if (next == PLAN_DONE)
                break;
            if (next == PLAN_SESSION_END)
                plan_begin_session(t.plan, 2);
            else if (step[0].scripts & 2u)
                by_session[step[0].session]++;
            if (next == PLAN_STEP)
                for (unsigned script = 0; script < 2; script++)
                    if (step[0].scripts >> script & 1u)
                        plan_result(t.plan, step, script, dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
            if (next == PLAN_STEP)
                plan_placed(t.plan, step, false);
        }
        assert_int_equal(by_session[1], 10);
        assert_int_equal(by_session[2], 10);
        assert_int_equal(plan_cell(t.plan, 0)->counts.n,
                         dirty ? 4 : 15); /* read-token: no criteria look at it */
        assert_int_equal(plan_cell(t.plan, 1)->counts.n, 20);
        assert_int_equal(plan_cell(t.plan, 1)->verdict, dirty ? VERDICT_INCOMPATIBLE : VERDICT_COMPATIBLE);
        table_close(&t);
    }
}

/* Others were on both readers and never hung; the handset of the first pair hangs always, in two sessions. */
static void hangs_that_are_the_phones_own_are_dirty_until_others_hang_too(void **state)
{
    (void)state;
    struct table t;
    table_open(&t, &(struct sample_shape) {
                       .readers = 3, .pairs = 8, .conditions = ONE_MODE, .settings = "sessions: 2\n" });
    for (unsigned pair = 1; pair < 8; pair++)
        for (unsigned i = 0; i < 2 * 12; i++) {
            const struct plan_placement other = at(pair, i % 2, 1);
            put(t.plan, &other, PLACEMENT_CLEAN, false);
        }
    for (unsigned session = 1; session <= 2; session++) {
        for (unsigned i = 0; i < 2 * 2; i++) {
            const struct plan_placement own = at(0, i % 2, session);
            put(t.plan, &own, PLACEMENT_INVALID, true);
            put(t.plan, &own, PLACEMENT_ABORTED, false); /* which says nothing */
        }
        assert_true(plan_is_attributed(t.plan, 0));
        assert_int_equal(cell_of(&t, 0, 1)->verdict, session == 1 ? VERDICT_UNDECIDED : VERDICT_INCOMPATIBLE);
    }
    const struct cell_counts judged = plan_counts(t.plan, 0);
    assert_int_equal(judged.n, 4);
    assert_int_equal(judged.d, 4);
    assert_int_equal(judged.s, 0);
    assert_int_equal(cell_of(&t, 0, 0)->counts.s, 4); /* what was seen stays as it was */
    assert_int_equal(cell_of(&t, 0, 2)->verdict, VERDICT_UNDECIDED);
    assert_false(plan_is_attributed(t.plan, 1));
    assert_int_equal(plan_changed(t.plan), 0); /* it is told, of other cells of the handset too */
    while (plan_changed(t.plan) != SIZE_MAX)
        ;
    for (unsigned pair = 1; pair < 8; pair++)
        for (unsigned i = 0; i < 2 * 12; i++) {
            const struct plan_placement other = at(pair, i % 2, 2);
            put(t.plan, &other, i % 4 == 0 || i % 4 == 1 ? PLACEMENT_INVALID : PLACEMENT_CLEAN, i % 4 < 2);
        }
    assert_false(plan_is_attributed(t.plan, 0));
    assert_int_equal(cell_of(&t, 0, 0)->verdict, VERDICT_UNDECIDED_INSTRUMENT);
    size_t changed = plan_changed(t.plan);
    bool told = false;
    for (; changed != SIZE_MAX; changed = plan_changed(t.plan))
        told = told || changed == 0;
    assert_true(told);
    table_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rejected_cell_rests_and_comes_first_in_the_next_session),
        cmocka_unit_test(its_first_dirty_placement_closes_it_where_the_table_holds),
        cmocka_unit_test(what_is_rejected_in_the_last_session_stays_so),
        cmocka_unit_test(n_max_grows_by_a_clean_cell_a_suspect_up_to_two_thirds),
        cmocka_unit_test(what_is_taken_back_leaves_dirty_ones_as_suspects),
        cmocka_unit_test(what_instruments_closed_is_open_again_with_its_counts),
        cmocka_unit_test(a_list_rests_a_handset_until_another_session_has_looked),
        cmocka_unit_test(copies_and_the_rest_know_a_settled_handset),
        cmocka_unit_test(taps_that_criteria_ask_for_are_made),
        cmocka_unit_test(hangs_that_are_the_phones_own_are_dirty_until_others_hang_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
