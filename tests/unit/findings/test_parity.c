/*
 * One history, three readings: the plan while the run is made, the plan that station_fold() makes of its journal, and
 * findings. They share what follows from counts (harness/cells) and nothing of the way to the counts, and must say the
 * same of every cell, at any point where the run may stop.
 */
#include "harness/findings/findings.h"
#include "harness/station/station.h"
#include "harness/station/vouch.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct story {
    struct sample sample;
    struct station_state live;
    struct station_watch *watch; /* of its journal, from the first look on */
    uint64_t seed, placements;
    unsigned attributed, settled, rested, taken_back, suspects; /* what was seen on the way */
};

static double draw(const struct story *t, uint64_t what)
{
    return random_uniform(random_key(t->seed, t->placements), what);
}

/* Good, marginal and broken cells, phones that hang readers, readers that hang. */
static enum placement_result nature(const struct story *t, const struct plan_placement *p, unsigned script)
{
    uint64_t cell =
        random_key(t->seed, 1000 + survey_cell(t->sample.survey, p->pair, p->condition, p->reader, script));
    uint64_t now = random_key(cell, t->placements);
    double kind = random_uniform(cell, 1);
    double dirty = kind < 0.6 ? 0.005 : kind < 0.85 ? 0.15 : 0.9;
    double hangs = p->pair == 1 ? 0.8 : p->reader == 1 ? 0.08 : 0.02;
    if (random_uniform(random_key(t->seed, t->placements), 9) < hangs)
        return PLACEMENT_INVALID;
    return random_uniform(now, 2) < dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN;
}

static void write_note(struct story *t, uint64_t placement, enum exclusion effect)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note.at_us = t->sample.at_us;
    r.as.note.text = "slipped";
    r.as.note.placement = placement;
    r.as.note.effect = effect;
    sample_append(&t->sample, &r);
}

/* As the station writes it: each verdict that is another one than the journal has. */
static void write_decisions(struct story *t)
{
    for (size_t cell; (cell = plan_changed(t->live.plan)) != SIZE_MAX;) {
        const struct cell_state *c = plan_cell(t->live.plan, cell);
        const struct row_state *row = plan_row(t->live.plan, cell);
        size_t of = row_of_cell(t->sample.survey, cell);
        if (!cells_decision_is_due(plan_cells(t->live.plan), cell, t->live.decided[cell], t->live.rows[of]))
            continue;
        struct journal_record r;
        journal_record_init(&r, JOURNAL_KIND_DECISION);
        r.as.decision.at_us = t->sample.at_us;
        r.as.decision.cell = cell;
        r.as.decision.verdict = c->verdict;
        r.as.decision.n = c->counts.n;
        r.as.decision.d = c->counts.d;
        if (c->counts.s > 0)
            r.as.decision.s = c->counts.s;
        if (row) {
            r.as.decision.row = t->live.rows[of] = row->verdict;
            r.as.decision.row_tours = row->tours;
            r.as.decision.row_dirty = row->dirty;
        }
        verdict_bounds(&plan_table(t->live.plan)->scheme, c->counts.n, c->counts.d, c->counts.s,
                       &r.as.decision.lower, &r.as.decision.upper);
        sample_append(&t->sample, &r);
        t->live.decided[cell] = c->verdict;
    }
}

/* The transactions that a result stands for: k, of which one is not ok. */
static void write_transactions(struct story *t, uint64_t line, struct journal_result *to)
{
    static const char *const outcomes[PLACEMENT_COUNT] = {
        [PLACEMENT_CLEAN] = "ok", [PLACEMENT_DIRTY] = "fail", [PLACEMENT_INVALID] = "invalid"
    };
    unsigned k = plan_table(t->live.plan)->scheme.k;
    for (unsigned repeat = 1; repeat <= k; repeat++) {
        const struct sample_try made = { repeat == 1 ? outcomes[to->result] : "ok", 40000, false, CAUSE(10),
                                         NULL };
        sample_run(&t->sample, line, to->cell, repeat, repeat, &made);
    }
    to->fail = to->result == PLACEMENT_DIRTY;
    to->invalid = to->result == PLACEMENT_INVALID;
    to->ok = k - to->fail - to->invalid;
}

/* How a placement ends: for all its scripts alike, or as the phone and the reader make it. */
enum ending { AS_IT_IS, ABORTED, ABORTED_SUSPECT, EXCLUDED_PROVEN, EXCLUDED_SUSPECT };

static void close_placement(struct story *t, const struct plan_placement *p, uint64_t line,
                            enum ending ending)
{
    const struct survey *s = t->sample.survey;
    struct journal_record r;
    struct journal_result items[SURVEY_SCRIPTS_MAX] = { 0 };
    bool aborted = ending == ABORTED || ending == ABORTED_SUSPECT, counted = false;
    size_t count = 0;
    if (ending >= EXCLUDED_PROVEN)
        write_note(t, line, EXCLUSION_EXCLUDE);
    journal_record_init(&r, JOURNAL_KIND_PLACED);
    r.as.placed.placement = line;
    r.as.placed.at_us = t->sample.at_us;
    r.as.placed.result = aborted ? PLACEMENT_ABORTED : PLACEMENT_CLEAN;
    r.as.placed.results.items = items;
    bool hangs = false;
    for (unsigned script = 0; script < s->script_count; script++) {
        if (!(p->scripts >> script & 1u))
            continue;
        enum placement_result result = aborted                     ? PLACEMENT_ABORTED
                                       : ending >= EXCLUDED_PROVEN ? PLACEMENT_INVALID
                                                                   : nature(t, p, script);
        items[count++] =
            (struct journal_result) { .cell = survey_cell(s, p->pair, p->condition, p->reader, script),
                                      .result = result };
        if (ending == AS_IT_IS)
            write_transactions(t, line, &items[count - 1]);
        hangs = hangs || (ending == AS_IT_IS && result == PLACEMENT_INVALID);
        counted = counted || result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY;
        r.as.placed.result = aborted ? PLACEMENT_ABORTED : placement_worse(r.as.placed.result, result);
    }
    r.as.placed.results.count = count;
    bool suspect = (hangs && draw(t, 12) < 0.9) || ending == ABORTED_SUSPECT || ending == EXCLUDED_SUSPECT;
    t->suspects += suspect;
    if (suspect)
        r.as.placed.suspect = 1;
    sample_append(&t->sample, &r);
    for (size_t i = 0; i < count; i++)
        assert_true(vouch_result(&t->live, p, (unsigned)(items[i].cell % s->script_count), items[i].result,
                                 suspect && journal_result_hides(&r.as.placed, i)));
    write_decisions(t);
    plan_placed(t->live.plan, p, aborted);
    vouch_placed(&t->live, p, line, counted);
    if (counted && draw(t, 13) < 0.03)
        write_note(t, line, EXCLUSION_WITHDRAW);
}

static enum ending ending_of(const struct story *t)
{
    double u = draw(t, 11);
    return u < 0.02   ? ABORTED
           : u < 0.04 ? ABORTED_SUSPECT
           : u < 0.06 ? EXCLUDED_PROVEN
           : u < 0.08 ? EXCLUDED_SUSPECT
                      : AS_IT_IS;
}

static void check_reference(struct story *t, unsigned reader, bool ok)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_REFERENCE);
    r.as.reference.at_us = t->sample.at_us;
    r.as.reference.reader = t->sample.survey->readers[reader].unit;
    r.as.reference.why = CHECK_EVERY;
    r.as.reference.ok = ok;
    r.as.reference.placements = 0;
    r.as.reference.tries = 1;
    sample_append(&t->sample, &r);
    vouch_judge(&t->live, reader, ok);
    t->taken_back += !ok;
    write_decisions(t);
}

static void resume_run(struct story *t, bool reopened)
{
    struct journal_record r = sample_resume();
    if (reopened) {
        r.as.resume.reopened = 1;
        plan_reopen(t->live.plan);
    }
    sample_append(&t->sample, &r);
    write_decisions(t);
}

static void expect_same_step(struct plan *live, struct plan *folded)
{
    struct plan_placement a[SURVEY_READERS_MAX], b[SURVEY_READERS_MAX];
    size_t count = 0, other = 0;
    bool waits, other_waits;
    enum plan_next next = plan_step(live, 0, a, &count, &waits),
                   again = plan_step(folded, 0, b, &other, &other_waits);
    assert_int_equal(next, again);
    assert_int_equal(count, other);
    assert_memory_equal(a, b, count * sizeof *a);
}

/* What is decided on the way is what both readings make of the lines before it. */
static void expect_no_fault(const struct story *t, const struct journal_faults *faults)
{
    if (faults->kept > 0)
        fail_msg("story %llu, after %llu placements, line %llu: %s", (unsigned long long)t->seed,
                 (unsigned long long)t->placements, (unsigned long long)faults->items[0].line,
                 said_text(&faults->items[0].said).text);
}

/* Folded on from look to look, it is as if it were folded anew. */
static void expect_same_watch(struct story *t, const struct station_state *folded)
{
    struct err e = { 0 };
    if (t->watch)
        sample_must(station_fold_more(t->watch, &e), &e);
    else
        sample_must(station_watch_begin(t->sample.directory, t->sample.survey, &t->watch, &e), &e);
    const struct station_state *seen = station_watch_state(t->watch);
    assert_int_equal(station_watch_faults(t->watch), 0);
    assert_int_equal(seen->lines, folded->lines);
    assert_int_equal(seen->placements, folded->placements);
    assert_int_equal(seen->transactions, folded->transactions);
    assert_int_equal(seen->open_count, folded->open_count);
    assert_int_equal(seen->session, folded->session);
    for (size_t cell = 0; cell < survey_cell_count(t->sample.survey); cell++)
        assert_memory_equal(plan_cell(seen->plan, cell), plan_cell(folded->plan, cell),
                            sizeof(struct cell_state));
}

static void expect_parity(struct story *t)
{
    const struct survey *s = t->sample.survey;
    struct findings *f = NULL;
    struct station_state folded;
    struct err e = { 0 };
    assert_int_equal(journal_sync(t->sample.journal, &e), 0);
    if (findings_make(t->sample.directory, NULL, &f, &e) != 0 ||
        station_fold(t->sample.directory, s, &folded, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    if (f->damaged > 0)
        fail_msg("%llu damaged (story %llu, after %llu placements)", (unsigned long long)f->damaged,
                 (unsigned long long)t->seed, (unsigned long long)t->placements);
    expect_no_fault(t, &f->faults);
    expect_no_fault(t, &folded.faults);
    expect_same_watch(t, &folded);
    for (size_t cell = 0; cell < survey_cell_count(s); cell++) {
        const struct cell_state *live = plan_cell(t->live.plan, cell), *again = plan_cell(folded.plan, cell);
        const struct findings_cell *found = &f->cells[cell];
        const struct cell_counts judged = plan_counts(t->live.plan, cell);
        assert_memory_equal(live, again, sizeof *live);
        if (found->n != live->counts.n || found->d != live->counts.d || found->s != live->counts.s ||
            found->invalid != live->invalid)
            fail_msg("story %llu, after %llu placements, cell %zu: live %u/%u, %u suspect, %u invalid; "
                     "findings %u/%u, %u, %u",
                     (unsigned long long)t->seed, (unsigned long long)t->placements, cell, live->counts.d,
                     live->counts.n, live->counts.s, live->invalid, (unsigned)found->d, (unsigned)found->n,
                     (unsigned)found->s, (unsigned)found->invalid);
        assert_memory_equal(&found->judged, &judged, sizeof judged);
        if (found->verdict != live->verdict)
            fail_msg("story %llu, cell %zu: live `%s`, findings `%s`", (unsigned long long)t->seed, cell,
                     verdict_name(live->verdict), verdict_name(found->verdict));
        t->rested += live->verdict == VERDICT_REJECTED_SO_FAR;
    }
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        assert_int_equal(f->pairs[pair].attributed, plan_is_attributed(t->live.plan, pair));
        assert_int_equal(plan_is_attributed(folded.plan, pair), plan_is_attributed(t->live.plan, pair));
        assert_int_equal(f->pairs[pair].list, plan_list_state(t->live.plan, pair));
        assert_int_equal(plan_list_state(folded.plan, pair), plan_list_state(t->live.plan, pair));
        t->attributed += f->pairs[pair].attributed;
        t->settled += f->pairs[pair].list == LIST_SETTLED;
    }
    if (plan_session(folded.plan) == plan_session(t->live.plan))
        expect_same_step(t->live.plan, folded.plan);
    findings_free(&f);
    station_state_free(&folded);
}

static uint64_t lay(struct story *t, const struct plan_placement *p)
{
    struct journal_record r;
    const struct survey *s = t->sample.survey;
    journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
    r.as.placement = (struct journal_placement) { .at_us = t->sample.at_us += 12000000,
                                                  .reader = s->readers[p->reader].unit,
                                                  .handset = s->pairs[p->pair].unit,
                                                  .sim = s->sims[s->pairs[p->pair].sim].id,
                                                  .condition = s->conditions[p->condition].id,
                                                  .position = "centre",
                                                  .session = p->session,
                                                  .ordinal = p->ordinal,
                                                  .tour = p->tour };
    sample_append(&t->sample, &r);
    return r.line;
}

/* The placements of a step are opened together and closed in its order, sometimes by the next execution only. */
static void make_step(struct story *t, const struct plan_placement *step, size_t count)
{
    uint64_t lines[SURVEY_READERS_MAX];
    for (size_t i = 0; i < count; i++)
        lines[i] = lay(t, &step[i]);
    for (size_t i = 0; i < count; i++) {
        t->placements++;
        if (draw(t, 14) < 0.005)
            resume_run(t, false);
        close_placement(t, &step[i], lines[i], ending_of(t));
    }
    if (t->sample.survey->reference.given && draw(t, 15) < 0.1)
        check_reference(t, step[0].reader, draw(t, 16) < 0.7);
    if (draw(t, 17) < 0.004)
        resume_run(t, draw(t, 18) < 0.5);
}

static void tell_story(struct story *t, const struct sample_shape *shape, uint64_t seed, unsigned looks)
{
    struct plan_placement step[SURVEY_READERS_MAX];
    struct err e = { 0 };
    size_t count;
    bool waiting;
    *t = (struct story) { .seed = seed };
    sample_open(&t->sample, shape);
    assert_int_equal(station_state_make(t->sample.survey, &t->live, &e), 0);
    for (unsigned steps = 0; steps < 100000; steps++) {
        enum plan_next next = plan_step(t->live.plan, 0, step, &count, &waiting);
        if (next == PLAN_DONE)
            break;
        if (next == PLAN_SESSION_END) {
            plan_begin_session(t->live.plan, plan_session(t->live.plan) + 1);
            for (unsigned r = 0; t->sample.survey->reference.given && r < t->sample.survey->reader_count; r++)
                check_reference(t, r, random_uniform(random_key(seed, steps), 40 + r) < 0.5);
        } else
            make_step(t, step, count);
        if (random_uniform(random_key(seed, steps), 30) < looks / 1000.0)
            expect_parity(t);
    }
    expect_parity(t);
}

static void end_story(struct story *t)
{
    station_watch_end(&t->watch);
    station_state_free(&t->live);
    sample_close(&t->sample);
}

#define SETTINGS(more) "sessions: 3\nlanes: 2\n" more
#define CARD           "reference: {handset: sim-phone-01, sim: card-1, unit: CARD-1}\n"

static void three_readings_agree(void **state)
{
    (void)state;
    static const struct sample_shape shapes[] = {
        { .readers = 3,
          .pairs = 6,
          .conditions = "conditions: [on-unlocked, on-locked]",
          .settings = SETTINGS("") },
        { .readers = 3,
          .pairs = 6,
          .conditions = "conditions: [on-unlocked, on-locked]",
          .settings = SETTINGS("decide: list\n") },
        { .readers = 3,
          .pairs = 6,
          .conditions = "conditions: [on-unlocked, on-locked]",
          .settings = SETTINGS(CARD) },
        { .readers = 4,
          .pairs = 5,
          .conditions = "conditions: [on-unlocked, on-locked]",
          .criteria = "power_modes: [on-unlocked]\nreaders_at_least: 2\nscripts: [read-cert]\n",
          .settings = SETTINGS("decide: list\n" CARD) },
        { .readers = 3,
          .pairs = 6,
          .conditions = "conditions: [on-unlocked]",
          .scheme = "{preset: counter}",
          .criteria = "success: {mean_at_most: 0.1, each_at_most: 0.3}\nreaders_at_least: all\n",
          .settings = SETTINGS("decide: list\n") },
    };
    unsigned attributed = 0, settled = 0, rested = 0, taken_back = 0, suspects = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (uint64_t seed = 1; seed <= 2; seed++) {
            struct story t;
            tell_story(&t, &shapes[i], 100 * i + seed, 15);
            attributed += t.attributed;
            settled += t.settled;
            rested += t.rested;
            taken_back += t.taken_back;
            suspects += t.suspects;
            end_story(&t);
        }
    assert_true(attributed > 0 && settled > 0 && rested > 0 && taken_back > 0 && suspects > 0);
}

/* By the numbers of `screen`, as version 0.4.0 had them. */
static enum verdict verdict_of_0_4(const struct findings_cell *c)
{
    uint64_t rejected = c->n >= 32 ? 6 : c->n >= 20 ? 5 : c->n >= 9 ? 4 : c->n >= 3 ? 3 : UINT64_MAX;
    uint64_t accepted = c->d == 0 ? 15 : c->d == 1 ? 30 : c->d == 2 ? 42 : UINT64_MAX;
    if (c->d >= rejected)
        return VERDICT_INCOMPATIBLE;
    return c->n >= accepted && __builtin_popcount(c->judged.sessions) >= 2 ? VERDICT_COMPATIBLE
                                                                           : VERDICT_UNDECIDED;
}

static void a_run_without_rules_is_judged_as_0_4_0_did(void **state)
{
    (void)state;
    static const struct sample_shape shape = { .readers = 3,
                                               .pairs = 6,
                                               .of_0_4 = true,
                                               .conditions = "conditions: [on-unlocked, on-locked]",
                                               .settings = SETTINGS("decide: list\n" CARD) };
    unsigned compatible = 0, in_one_session = 0;
    for (uint64_t seed = 901; seed <= 903; seed++) {
        struct story t;
        struct findings *f = NULL;
        struct err e = { 0 };
        tell_story(&t, &shape, seed, 15);
        assert_int_equal(t.attributed + t.settled + t.rested, 0);
        assert_true(t.suspects > 0);
        assert_int_equal(findings_make(t.sample.directory, NULL, &f, &e), 0);
        for (size_t i = 0; i < f->cell_count; i++) {
            const struct findings_cell *c = &f->cells[i];
            enum verdict want = verdict_of_0_4(c);
            assert_int_equal(c->s, 0);
            if (c->verdict != VERDICT_UNDECIDED_INSTRUMENT || want != VERDICT_UNDECIDED)
                assert_int_equal(c->verdict, want);
            compatible += want == VERDICT_COMPATIBLE;
            in_one_session +=
                want == VERDICT_INCOMPATIBLE && __builtin_popcount(c->judged.dirty_sessions) == 1;
        }
        findings_free(&f);
        end_story(&t);
    }
    assert_true(compatible > 0 && in_one_session > 0);
}

/* Nobody has closed it: an exclusion, or a hang of one of its scripts, makes all that is invalid of it suspect. */
static void a_broken_off_placement_is_suspect_as_a_resume_would_have_it(void **state)
{
    (void)state;
    static const struct sample_shape shape = { .readers = 1,
                                               .pairs = 1,
                                               .conditions = "conditions: [on-unlocked]" };
    static const struct {
        const char *outcome, *first_stage, *second_stage; /* of a transaction of each script */
        bool excluded;
        unsigned suspects; /* of each */
    } rows[] = {
        { "invalid", "exchange", "detect", false, 1 },
        { "invalid", "detect", "detect", false, 0 },
        { "ok", NULL, NULL, true, 1 },
        { "ok", NULL, NULL, false, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct story t = { 0 };
        struct findings *f = NULL;
        struct err e = { 0 };
        sample_open(&t.sample, &shape);
        uint64_t line = sample_lay(&t.sample, 0, 0, 0, 1);
        const char *const stages[2] = { rows[i].first_stage, rows[i].second_stage };
        for (unsigned script = 0; script < 2; script++) {
            struct sample_try one = { rows[i].outcome, 40000, false, stages[script] ? CAUSE(31) : 0,
                                      stages[script] };
            sample_run(&t.sample, line, script, 1, script + 1, &one);
        }
        if (rows[i].excluded)
            write_note(&t, line, EXCLUSION_EXCLUDE);
        assert_int_equal(journal_sync(t.sample.journal, &e), 0);
        assert_int_equal(findings_make(t.sample.directory, NULL, &f, &e), 0);
        for (unsigned script = 0; script < 2; script++)
            assert_int_equal(f->cells[script].s, rows[i].suspects);
        findings_free(&f);
        sample_close(&t.sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_readings_agree),
        cmocka_unit_test(a_run_without_rules_is_judged_as_0_4_0_did),
        cmocka_unit_test(a_broken_off_placement_is_suspect_as_a_resume_would_have_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
