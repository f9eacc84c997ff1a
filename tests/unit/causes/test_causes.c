/*
 * The rules that narrow causes, each on evidence made by hand: where it fires, where it does not, and
 * evidence that contradicts itself. Then the gathering, from journals. Frame waiting times: 302.06 us times
 * 2^FWI (ISO/IEC 14443-4), so FWI 10 is 309 ms and FWI 8 is 77 ms.
 */
#include "harness/causes/rules.h"
#include "harness/domain/status_word.h"
#include "tests/unit/tables/summarise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FRAME (CAUSE(7) | CAUSE(9) | CAUSE(10) | CAUSE(11) | CAUSE(12) | CAUSE(13) | CAUSE(14) | CAUSE(15))

/* One handset in three conditions on two readers with one script: what a view looks at. */
struct bench {
    struct survey survey;
    struct survey_reader readers[2];
    struct reader_profile profiles[2];
    struct survey_condition conditions[3];
    struct survey_script scripts[1];
    struct script script;
    struct findings findings;
    struct findings_cell cells[6]; /* condition x reader */
    struct causes_identity identity;
    struct causes_probes probes;
    struct causes_kind kind;
    struct causes_view view;
};

static void fill(struct bench *b, cause_set recorded)
{
    *b = (struct bench) { .identity = { .fwt_us = CAUSES_NO_TIME, .atr_fwt_us = CAUSES_NO_TIME } };
    b->survey = (struct survey) { .readers = b->readers,
                                  .reader_count = 2,
                                  .reader_profiles = b->profiles,
                                  .reader_profile_count = 2,
                                  .conditions = b->conditions,
                                  .condition_count = 3,
                                  .scripts = b->scripts,
                                  .script_count = 1,
                                  .pair_count = 1 };
    b->readers[1].profile = 1;
    b->script.typical_exchanges = 3;
    for (unsigned i = 0; i < 2; i++)
        b->readers[i].driver = "pcsc";
    for (unsigned i = 0; i < 3; i++)
        b->conditions[i] = (struct survey_condition) { .id = "somewhere", .power_mode = POWER_ON_UNLOCKED };
    for (unsigned i = 0; i < 6; i++)
        b->cells[i] = (struct findings_cell) {
            .condition = i / 2, .reader = i % 2, .n = 9, .upper = 1, .verdict = VERDICT_UNDECIDED
        };
    b->findings = (struct findings) { .survey = &b->survey, .cells = b->cells, .cell_count = 6 };
    b->kind = (struct causes_kind) { .stage = STAGE_EXCHANGE,
                                     .outcome = OUTCOME_FAIL,
                                     .depth = DEPTH_PCSC,
                                     .recorded = recorded,
                                     .count = 4,
                                     .least_us = CAUSES_NO_TIME,
                                     .most_us = CAUSES_NO_TIME };
    b->view = (struct causes_view) { .f = &b->findings,
                                     .cell = &b->cells[0],
                                     .script = &b->script,
                                     .identity = &b->identity,
                                     .probes = &b->probes,
                                     .kind = &b->kind };
}

static void ask(struct bench *b)
{
    struct err e;
    assert_int_equal(causes_narrow(&b->view, &e), 0);
}

static const struct evidence *step_of(const struct bench *b, const char *rule, enum causes_effect effect)
{
    for (size_t i = 0; i < b->kind.evidence_count; i++)
        if (strcmp(b->kind.evidence[i].rule, rule) == 0 && b->kind.evidence[i].effect == effect)
            return &b->kind.evidence[i];
    return NULL;
}

static void finish(struct bench *b)
{
    for (size_t i = 0; i < b->kind.evidence_count; i++)
        assert_true(said_is_valid(&b->kind.evidence[i].seen));
    free(b->kind.evidence);
}

/* What a rule did to which candidates; 0 when it did nothing. */
static cause_set effect_of(struct bench *b, const char *rule, enum causes_effect effect)
{
    ask(b);
    const struct evidence *s = step_of(b, rule, effect);
    cause_set causes = s ? s->causes : 0;
    finish(b);
    return causes;
}

static void time_all(struct bench *b, uint64_t least_us, uint64_t most_us)
{
    b->kind.timed = b->kind.count;
    b->kind.least_us = least_us;
    b->kind.most_us = most_us;
}

static void a_waiting_time_that_did_not_pass_has_not_run_out(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, FRAME);
    time_all(&b, 12000, 40000);
    b.identity.fwt_us = 309306;
    ask(&b);
    const struct evidence *s = step_of(&b, "waiting-time", CAUSES_REMOVED);
    assert_non_null(s);
    assert_int_equal(s->causes, CAUSE(10));
    assert_string_equal(said_text(&s->seen).text,
                        "every failure came within 40 ms, the waiting time offered is 309 ms");
    assert_false(b.kind.narrowed & CAUSE(10));
    assert_true(b.kind.narrowed & CAUSE(9));
    finish(&b);

    fill(&b, FRAME); /* one failure alone that lasted longer keeps it */
    time_all(&b, 12000, 309306);
    b.identity.fwt_us = 309306;
    assert_int_equal(effect_of(&b, "waiting-time", CAUSES_REMOVED), 0);

    fill(&b, FRAME); /* one that isn't timed, too */
    time_all(&b, 12000, 40000);
    b.kind.timed = 3;
    b.identity.fwt_us = 309306;
    assert_int_equal(effect_of(&b, "waiting-time", CAUSES_REMOVED), 0);

    fill(&b, FRAME); /* nothing is known to compare with */
    time_all(&b, 12000, 40000);
    assert_int_equal(effect_of(&b, "waiting-time", CAUSES_REMOVED), 0);

    fill(&b, CAUSE(10) | CAUSE(23)); /* an answer came: its time is no waiting time */
    time_all(&b, 12000, 40000);
    b.identity.fwt_us = 309306;
    b.kind.answered = true;
    assert_int_equal(effect_of(&b, "waiting-time", CAUSES_REMOVED), 0);
}

static void what_passed_the_waiting_time_supports_it_and_removes_nothing(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(9) | CAUSE(10));
    time_all(&b, 618612, 927918); /* two and three times the waiting time */
    b.identity.fwt_us = 309306;
    ask(&b);
    const struct evidence *s = step_of(&b, "waiting-time", CAUSES_SUPPORTED);
    assert_non_null(s);
    assert_non_null(strstr(said_text(&s->seen).text, "2.0 to 3.0 times that"));
    assert_int_equal(b.kind.narrowed, CAUSE(9) | CAUSE(10));
    assert_int_equal(b.kind.supported, CAUSE(10));
    finish(&b);
}

static void an_atr_alone_does_not_prove_a_waiting_time(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(9) | CAUSE(10));
    time_all(&b, 12000, 40000);
    b.identity.atr_fwt_us = 309306;
    ask(&b);
    assert_non_null(step_of(&b, "waiting-time", CAUSES_NOTED));
    assert_int_equal(b.kind.narrowed, CAUSE(9) | CAUSE(10));
    finish(&b);
}

static void the_drivers_timeout_excludes_and_supports(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, FRAME);
    time_all(&b, 12000, 2899999);
    assert_int_equal(effect_of(&b, "driver-timeout", CAUSES_REMOVED), CAUSE(11));
    fill(&b, FRAME);
    time_all(&b, 2999000, 3050000);
    assert_int_equal(effect_of(&b, "driver-timeout", CAUSES_SUPPORTED), CAUSE(10) | CAUSE(11));
    fill(&b, FRAME);
    time_all(&b, 12000, 2900000);
    assert_int_equal(effect_of(&b, "driver-timeout", CAUSES_REMOVED), 0);
    fill(&b, FRAME); /* a reader that is driven without libccid has other clocks */
    time_all(&b, 12000, 40000);
    b.kind.depth = DEPTH_RF;
    assert_int_equal(effect_of(&b, "driver-timeout", CAUSES_REMOVED), 0);
}

static void an_immediate_error_only_supports(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(9) | CAUSE(13));
    time_all(&b, 2000, 49999);
    ask(&b);
    assert_non_null(step_of(&b, "immediate-error", CAUSES_SUPPORTED));
    assert_int_equal(b.kind.narrowed, CAUSE(9) | CAUSE(13));
    finish(&b);
    fill(&b, CAUSE(9) | CAUSE(13));
    time_all(&b, 2000, 50000);
    assert_int_equal(effect_of(&b, "immediate-error", CAUSES_SUPPORTED), 0);
}

static void only_the_first_exchange_can_be_the_first(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(19) | CAUSE(24));
    b.kind.answered = true;
    b.kind.later = 4;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_REMOVED), CAUSE(24));
    fill(&b, CAUSE(7) | CAUSE(9));
    b.kind.later = 4;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_REMOVED), CAUSE(7));
    fill(&b, CAUSE(19) | CAUSE(24));
    b.kind.first = 1;
    b.kind.later = 3;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_REMOVED), 0);
    fill(&b, CAUSE(19) | CAUSE(24));
    b.kind.first = 4;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_SUPPORTED), CAUSE(24));
    fill(&b, CAUSE(19) | CAUSE(24)); /* a script of one exchange has no later one */
    b.kind.first = 4;
    b.script.typical_exchanges = 1;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_SUPPORTED), 0);
    fill(&b, CAUSE(5) | CAUSE(6) | CAUSE(7)); /* an activation has no exchange */
    b.kind.stage = STAGE_ACTIVATE;
    b.kind.later = 4;
    assert_int_equal(effect_of(&b, "first-exchange", CAUSES_REMOVED), 0);
}

static void a_handset_of_one_rate_changes_none(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(6) | CAUSE(7));
    b.kind.stage = STAGE_ACTIVATE;
    b.identity.slow_only = true;
    assert_int_equal(effect_of(&b, "rates-offered", CAUSES_REMOVED), CAUSE(7));
    fill(&b, CAUSE(6) | CAUSE(7)); /* another answer offered more: it may be either's */
    b.kind.stage = STAGE_ACTIVATE;
    b.identity.slow_only = b.identity.faster = true;
    assert_int_equal(effect_of(&b, "rates-offered", CAUSES_REMOVED), 0);
    fill(&b, CAUSE(6) | CAUSE(7));
    b.kind.stage = STAGE_ACTIVATE;
    assert_int_equal(effect_of(&b, "rates-offered", CAUSES_REMOVED), 0);
}

static void size_all(struct bench *b, uint32_t least, uint32_t most, uint32_t command, uint64_t extended)
{
    b->kind.sized = b->kind.count;
    b->kind.le_least = least;
    b->kind.le_most = most;
    b->kind.command_most = command;
    b->kind.extended = extended;
}

static void lengths_exclude_what_needs_longer_ones(void **state)
{
    static const struct {
        uint32_t le, command;
        uint64_t extended;
        cause_set removed; /* by the payload rule, over all its steps */
    } rows[] = {
        { 8, 5, 0, CAUSE(13) | CAUSE(14) | CAUSE(15) },
        { 13, 5, 0, CAUSE(13) | CAUSE(14) | CAUSE(15) },
        { 14, 5, 0, CAUSE(14) | CAUSE(15) },
        { 0, 15, 0, CAUSE(14) | CAUSE(15) },
        { 255, 5, 0, CAUSE(14) | CAUSE(15) },
        { 256, 5, 0, CAUSE(15) },
        { 0, 256, 0, CAUSE(15) },
        { 257, 7, 4, 0 },
        { 100, 7, 4, CAUSE(14) },
        { 257, 7, 1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        fill(&b, FRAME);
        size_all(&b, rows[i].le, rows[i].le, rows[i].command, rows[i].extended);
        ask(&b);
        assert_int_equal(b.kind.narrowed, FRAME & ~rows[i].removed);
        finish(&b);
    }
    struct bench b;
    fill(&b, FRAME); /* one command is not known */
    size_all(&b, 8, 8, 5, 0);
    b.kind.sized = 3;
    ask(&b);
    assert_int_equal(b.kind.narrowed, FRAME);
    finish(&b);
}

static void failing_only_from_a_length_on_supports(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, FRAME);
    size_all(&b, 256, 256, 5, 0);
    b.kind.passed_most = 255;
    ask(&b);
    const struct evidence *s = step_of(&b, "payload", CAUSES_SUPPORTED);
    assert_non_null(s);
    assert_int_equal(s->causes, CAUSE(13) | CAUSE(14));
    assert_true(b.kind.narrowed & CAUSE(9)); /* likelier is not excluded */
    finish(&b);
    fill(&b, FRAME); /* longer ones came before */
    size_all(&b, 253, 253, 5, 0);
    b.kind.passed_most = 256;
    assert_int_equal(effect_of(&b, "payload", CAUSES_SUPPORTED), 0);
    fill(&b, FRAME);
    size_all(&b, 257, 1024, 7, 4);
    assert_int_equal(effect_of(&b, "payload", CAUSES_SUPPORTED), CAUSE(15));
}

static void without_a_driver_between_no_driver_made_the_status_word(void **state)
{
    static const char *const direct[] = { "ccid", "nfc", "port100" };
    (void)state;
    struct bench b;
    for (size_t i = 0; i < 3; i++) {
        fill(&b, CAUSE(23) | CAUSE(29));
        b.readers[0].driver = (char *)(uintptr_t)direct[i];
        assert_int_equal(effect_of(&b, "host-driver", CAUSES_REMOVED), CAUSE(29));
    }
    fill(&b, CAUSE(23) | CAUSE(29));
    assert_int_equal(effect_of(&b, "host-driver", CAUSES_REMOVED), 0);
}

static void a_reader_that_answers_did_not_hang(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(10) | CAUSE(11) | CAUSE(31));
    b.kind.reader_answered = 4;
    assert_int_equal(effect_of(&b, "reader-asked", CAUSES_REMOVED), CAUSE(31));
    fill(&b, CAUSE(10) | CAUSE(11) | CAUSE(31));
    b.kind.reader_answered = 3;
    assert_int_equal(effect_of(&b, "reader-asked", CAUSES_REMOVED), 0);
}

static void the_same_wrong_answer_does_not_differ(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(25) | CAUSE(26));
    b.kind.stage = STAGE_CHECK;
    b.kind.hashed = 4;
    assert_int_equal(effect_of(&b, "same-answer", CAUSES_REMOVED), CAUSE(26));
    fill(&b, CAUSE(25) | CAUSE(26));
    b.kind.stage = STAGE_CHECK;
    b.kind.hashed = 4;
    b.kind.answers_differ = true;
    assert_int_equal(effect_of(&b, "same-answer", CAUSES_SUPPORTED), CAUSE(26));
    fill(&b, CAUSE(25) | CAUSE(26)); /* two may be equal by chance */
    b.kind.stage = STAGE_CHECK;
    b.kind.count = b.kind.hashed = 2;
    assert_int_equal(effect_of(&b, "same-answer", CAUSES_REMOVED), 0);
    fill(&b, CAUSE(26)); /* compared with an earlier answer, which may have been the wrong one */
    b.kind.stage = STAGE_CHECK;
    b.kind.hashed = 4;
    assert_int_equal(effect_of(&b, "same-answer", CAUSES_REMOVED), 0);
}

static void probes_show_where_a_route_leads(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(18) | CAUSE(21));
    b.kind.stage = STAGE_ROUTE;
    b.kind.answered = true;
    b.probes = (struct causes_probes) { .host = 3, .no_element = 3 };
    ask(&b);
    assert_int_equal(step_of(&b, "probes", CAUSES_SUPPORTED)->causes, CAUSE(18));
    assert_int_equal(b.kind.narrowed, CAUSE(18) | CAUSE(21)); /* a route by name may lead elsewhere */
    finish(&b);
    fill(&b, CAUSE(18) | CAUSE(21));
    b.kind.stage = STAGE_ROUTE;
    b.kind.answered = true;
    b.probes = (struct causes_probes) { .no_host = 3, .element = 3 };
    assert_int_equal(effect_of(&b, "probes", CAUSES_SUPPORTED), CAUSE(21));
    fill(&b, CAUSE(18) | CAUSE(21)); /* no such script in the run */
    b.kind.stage = STAGE_ROUTE;
    b.kind.answered = true;
    assert_int_equal(effect_of(&b, "probes", CAUSES_SUPPORTED), 0);
}

static void a_storage_cards_atr_supports_a_mismatch(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(4) | CAUSE(18) | CAUSE(23));
    b.kind.answered = true;
    b.probes.storage = 4;
    snprintf(b.probes.storage_card.name, sizeof b.probes.storage_card.name, "FeliCa");
    assert_int_equal(effect_of(&b, "storage-card", CAUSES_SUPPORTED), CAUSE(4));
    fill(&b, CAUSE(18) | CAUSE(23)); /* a record of before ATRs were looked at keeps its candidates */
    b.kind.answered = true;
    b.probes.storage = 4;
    assert_int_equal(effect_of(&b, "storage-card", CAUSES_SUPPORTED), 0);
}

static void a_reader_that_never_saw_the_handsets_technology_supports_a_mismatch(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(2) | CAUSE(3) | CAUSE(4));
    b.kind.stage = STAGE_DETECT;
    b.identity.technologies = 1;
    b.view.reader_technologies = 2;
    ask(&b);
    assert_int_equal(step_of(&b, "technology", CAUSES_SUPPORTED)->causes, CAUSE(4));
    assert_int_equal(b.kind.narrowed, CAUSE(2) | CAUSE(3) | CAUSE(4));
    finish(&b);
    fill(&b, CAUSE(2) | CAUSE(3) | CAUSE(4));
    b.kind.stage = STAGE_DETECT;
    b.identity.technologies = 1;
    b.view.reader_technologies = 3;
    assert_int_equal(effect_of(&b, "technology", CAUSES_SUPPORTED), 0);
}

static void a_position_nearer_to_the_centre_that_works_supports(void **state)
{
    (void)state;
    for (unsigned nearer = 0; nearer < 2; nearer++) {
        struct bench b;
        fill(&b, CAUSE(9) | CAUSE(12));
        b.conditions[0].x_mm = nearer ? 10 : 0;
        b.conditions[1].x_mm = nearer ? 0 : 10;
        b.cells[0].verdict = VERDICT_INCOMPATIBLE;
        b.cells[2].verdict = VERDICT_COMPATIBLE;
        assert_int_equal(effect_of(&b, "position", CAUSES_SUPPORTED), nearer ? CAUSE(9) : 0);
    }
    struct bench b;
    fill(&b, CAUSE(9) | CAUSE(12)); /* bounds that overlap are no difference */
    b.conditions[0].z_mm = 5;
    b.cells[0].lower = 0.2;
    b.cells[2].upper = 0.2;
    assert_int_equal(effect_of(&b, "position", CAUSES_SUPPORTED), 0);
    fill(&b, CAUSE(9) | CAUSE(12));
    b.conditions[0].z_mm = 5;
    b.cells[0].lower = 0.2;
    b.cells[2].upper = 0.19;
    assert_int_equal(effect_of(&b, "position", CAUSES_SUPPORTED), CAUSE(9));
    fill(&b, CAUSE(9) | CAUSE(12)); /* another power mode is another matter */
    b.conditions[0].z_mm = 5;
    b.conditions[0].power_mode = POWER_OFF;
    b.cells[0].verdict = VERDICT_INCOMPATIBLE;
    b.cells[2].verdict = VERDICT_COMPATIBLE;
    assert_int_equal(effect_of(&b, "position", CAUSES_SUPPORTED), 0);
}

static void a_power_mode_that_works_supports(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(18) | CAUSE(21) | CAUSE(19));
    b.conditions[0].power_mode = POWER_SCREEN_OFF;
    b.cells[0].verdict = VERDICT_INCOMPATIBLE;
    b.cells[2].verdict = VERDICT_COMPATIBLE;
    assert_int_equal(effect_of(&b, "power-mode", CAUSES_SUPPORTED), CAUSE(18) | CAUSE(21));
    fill(&b, CAUSE(18) | CAUSE(21)); /* it fails when it is on as well */
    b.conditions[0].power_mode = POWER_SCREEN_OFF;
    b.cells[0].verdict = b.cells[2].verdict = b.cells[4].verdict = VERDICT_INCOMPATIBLE;
    assert_int_equal(effect_of(&b, "power-mode", CAUSES_SUPPORTED), 0);
}

static void readers_of_one_class_alone_support_what_the_class_does(void **state)
{
    static const struct {
        enum reader_level here, there;
        unsigned message;
        enum verdict other;
        cause_set supported;
    } rows[] = {
        { READER_LEVEL_TPDU, READER_LEVEL_SHORT, 271, VERDICT_COMPATIBLE, CAUSE(12) | CAUSE(13) },
        { READER_LEVEL_SHORT, READER_LEVEL_EXTENDED, 271, VERDICT_COMPATIBLE, CAUSE(14) | CAUSE(15) },
        { READER_LEVEL_EXTENDED, READER_LEVEL_SHORT, 262, VERDICT_COMPATIBLE,
          CAUSE(13) | CAUSE(14) | CAUSE(15) },
        { READER_LEVEL_EXTENDED, READER_LEVEL_SHORT, 1034, VERDICT_COMPATIBLE, 0 },
        { READER_LEVEL_TPDU, READER_LEVEL_SHORT, 271, VERDICT_INCOMPATIBLE, 0 },
        { READER_LEVEL_TPDU, READER_LEVEL_SHORT, 271, VERDICT_UNDECIDED, 0 },
        { READER_LEVEL_TPDU, READER_LEVEL_TPDU, 271, VERDICT_COMPATIBLE, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        fill(&b, FRAME);
        b.profiles[0].level = rows[i].here;
        b.profiles[1].level = rows[i].there;
        b.profiles[0].max_message = b.profiles[1].max_message = rows[i].message;
        b.cells[0].verdict = VERDICT_INCOMPATIBLE;
        b.cells[1].verdict = rows[i].other;
        assert_int_equal(effect_of(&b, "reader-class", CAUSES_SUPPORTED), rows[i].supported);
    }
}

static void evidence_that_leaves_nothing_contradicts_itself_and_keeps_the_set(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(10) | CAUSE(15)); /* too fast for one, and no extended command for the other */
    time_all(&b, 12000, 40000);
    b.identity.fwt_us = 309306;
    size_all(&b, 32, 32, 5, 0);
    ask(&b);
    assert_true(b.kind.contradiction);
    assert_int_equal(b.kind.narrowed, CAUSE(10) | CAUSE(15));
    assert_non_null(step_of(&b, "waiting-time", CAUSES_REMOVED)); /* the evidence still says what was seen */
    finish(&b);
    fill(&b, 0); /* nothing was recorded: nothing is made up */
    ask(&b);
    assert_int_equal(b.kind.narrowed, 0);
    assert_false(b.kind.contradiction);
    finish(&b);
}

static void what_the_code_stands_for_and_the_record_left_out_is_said(void **state)
{
    (void)state;
    struct bench b;
    fill(&b, CAUSE(9) | CAUSE(12));
    snprintf(b.kind.code, sizeof b.kind.code, "SCARD_E_NOT_TRANSACTED");
    time_all(&b, 12000, 40000);
    b.identity.fwt_us = 309306;
    ask(&b);
    assert_int_equal(b.kind.sharing, FRAME);
    assert_int_equal(step_of(&b, "waiting-time", CAUSES_REMOVED)->causes, CAUSE(10));
    assert_int_equal(step_of(&b, "record", CAUSES_REMOVED)->causes,
                     CAUSE(7) | CAUSE(13) | CAUSE(14) | CAUSE(15));
    assert_int_equal(b.kind.narrowed, CAUSE(9) | CAUSE(12));
    finish(&b);
}

/* ---- from journals ---- */

struct broken {
    enum stage stage;
    enum outcome outcome;
    enum technology technology;
    const char *native;
    const struct said *ats, *atqb, *atr;
    cause_set causes;
    struct journal_exchange exchanges[3];
    size_t exchange_count;
    struct journal_byte_pair bytes[3];
    uint64_t fwt_us;
};

static uint64_t break_one(struct sample *s, uint64_t placement, uint64_t cell, unsigned repeat,
                          struct broken *x)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *t = &r.as.transaction;
    t->placement = placement;
    t->cell = cell;
    t->repeat = t->order = repeat;
    t->at_us = s->at_us += 700000;
    t->outcome = x->outcome ? x->outcome : OUTCOME_FAIL;
    if (t->outcome == OUTCOME_OK) {
        t->total_us = 100000;
    } else {
        t->stage = x->stage;
        t->causes = x->causes;
        t->depth = DEPTH_PCSC;
        t->native = x->native;
    }
    t->technology = x->technology;
    t->ats = x->ats;
    t->atqb = x->atqb;
    t->atr = x->atr;
    if (x->fwt_us)
        t->fwt_us = x->fwt_us;
    t->exchanges.items = x->exchanges;
    t->exchanges.count = x->exchange_count;
    t->bytes.items = x->bytes;
    t->bytes.count = x->bytes[0].command ? x->exchange_count : 0;
    sample_append(s, &r);
    return r.line;
}

/* Freed by release(). */
static struct causes *make(struct sample *s)
{
    struct findings *f = NULL;
    struct causes *c = NULL;
    struct findings_listener listener;
    struct err e = { 0 };
    sample_must(causes_listen(&c, &listener, &e), &e);
    sample_must(findings_make(s->directory, &listener, &f, &e), &e);
    return c;
}

static void release(struct causes *c)
{
    struct findings *f = (struct findings *)(uintptr_t)c->f;
    causes_free(&c);
    findings_free(&f);
}

#define NOT_TRANSACTED .stage = STAGE_EXCHANGE, .native = "SCARD_E_NOT_TRANSACTED", .causes = FRAME

static void a_journal_gives_times_sizes_orders_and_records(void **state)
{
    (void)state;
    struct sample s;
    struct broken x = { NOT_TRANSACTED,
                        .exchanges = { { 1, 9000, "9000" }, { 1, 40000, "" } },
                        .exchange_count = 2,
                        .bytes = { { "00b0000010", "000102030405060708090a0b0c0d0e0f9000" },
                                   { "00b0000000", "" } },
                        .technology = TECHNOLOGY_B,
                        .fwt_us = 309306 };
    uint64_t lines[7];
    sample_open(&s, &(struct sample_shape) { .readers = 1, .pairs = 1 });
    uint64_t placement = sample_lay(&s, 0, 0, 0, 1);
    for (unsigned i = 0; i < 7; i++) {
        x.exchanges[1].us = 40000 + i;
        lines[i] = break_one(&s, placement, 0, i + 1, &x);
    }
    struct causes *c = make(&s);
    assert_null(c->cells[1]);
    assert_int_equal(c->cells[0]->kind_count, 1);
    const struct causes_kind *k = &c->cells[0]->kinds[0];
    assert_int_equal(k->count, 7);
    assert_memory_equal(k->records, lines, sizeof k->records);
    assert_int_equal(k->step, 1);
    assert_int_equal(k->least_us, 40000);
    assert_int_equal(k->most_us, 40006);
    assert_int_equal(k->later, 7);
    assert_int_equal(k->sized, 7);
    assert_int_equal(k->le_least, 256);
    assert_int_equal(k->command_most, 5);
    assert_int_equal(k->passed_most, 16);
    assert_int_equal(k->extended, 0);
    assert_int_equal(k->narrowed, CAUSE(9) | CAUSE(12) | CAUSE(13) | CAUSE(14));
    assert_int_equal(c->cells[0]->depth, DEPTH_PCSC);
    assert_false(c->cells[0]->deeper);
    assert_int_equal(c->cells[0]->attribution.answer, ATTRIBUTION_OPEN);
    release(c);
    sample_close(&s);
}

/* The worker was killed in the exchange: the last one told is one that was answered. */
static void an_exchange_that_was_never_told_lends_nothing_from_the_one_before(void **state)
{
    (void)state;
    struct sample s;
    struct broken x = { .stage = STAGE_EXCHANGE,
                        .native = "deadline missed",
                        .causes = CAUSE(10) | CAUSE(11) | CAUSE(31),
                        .exchanges = { { 1, 9000, "9000" } },
                        .exchange_count = 1,
                        .bytes = { { "00b0000010", "9000" } },
                        .fwt_us = 309306 };
    sample_open(&s, &(struct sample_shape) { .readers = 1, .pairs = 2 });
    uint64_t first = sample_lay(&s, 0, 0, 0, 1);
    sample_health(&s, HEALTH_ASKED, &(struct said) { .code = SAID_ANSWERS });
    break_one(&s, first, 0, 1, &x);
    uint64_t other = survey_cell(s.survey, 1, 0, 0, 0), second = sample_lay(&s, 0, 1, 0, 1);
    sample_health(&s, HEALTH_ASKED, &(struct said) { .code = SAID_ANSWERS_AGAIN });
    break_one(&s, second, other, 1, &x);
    struct causes *c = make(&s);
    const struct causes_kind *k = &c->cells[0]->kinds[0];
    assert_int_equal(k->timed, 0);
    assert_int_equal(k->sized, 0);
    assert_int_equal(k->reader_answered, 1);
    assert_int_equal(k->narrowed, CAUSE(10) | CAUSE(11));
    assert_int_equal(c->cells[other]->kinds[0].narrowed, CAUSE(10) | CAUSE(11) | CAUSE(31));
    release(c);
    sample_close(&s);
}

/* The identity told by an ok transaction counts for the handset's failures, on another reader as well. */
static void a_waiting_time_told_on_another_reader_counts(void **state)
{
    const struct {
        struct broken ok;
        cause_set narrowed;
    } rows[] = {
        /* ATS 06 75 77 A1 02 80: TA 77, TB A1 = FWI 10 */
        { { .technology = TECHNOLOGY_A, .ats = &(struct said) { .words = "067577a10280" } },
          FRAME & ~(CAUSE(10) | CAUSE(11)) },
        /* TA 80: 106 kbit/s only */
        { { .technology = TECHNOLOGY_A, .ats = &(struct said) { .words = "067580a10280" } },
          FRAME & ~(CAUSE(7) | CAUSE(10) | CAUSE(11)) },
        /* ATQB with the identifier left out: application data, B3 81 A1: FWI 10 */
        { { .technology = TECHNOLOGY_B, .atqb = &(struct said) { .words = "50xxxxxxxx000005e0b381a1" } },
          FRAME & ~(CAUSE(10) | CAUSE(11)) },
        /* the My Number card's ATR of smartcard_list.txt, FWI 10; 00 at its rates: 106 only */
        { { .technology = TECHNOLOGY_B, .atr = &(struct said) { .words = "3b888001000005e0b381a1007f" } },
          FRAME & ~(CAUSE(10) | CAUSE(11)) },
        { { .atr = &(struct said) { .words = "3b888001000005e0b381a1007f" } },
          FRAME & ~CAUSE(11) }, /* B is not proven */
        { { .technology = TECHNOLOGY_A }, FRAME & ~CAUSE(11) },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sample s;
        struct broken ok = rows[i].ok,
                      x = { NOT_TRANSACTED, .exchanges = { { 1, 100000, "" } }, .exchange_count = 1 };
        ok.outcome = OUTCOME_OK;
        sample_open(&s, &(struct sample_shape) { .readers = 2, .pairs = 1 });
        break_one(&s, sample_lay(&s, 1, 0, 0, 1), survey_cell(s.survey, 0, 0, 1, 0), 1, &ok);
        break_one(&s, sample_lay(&s, 0, 0, 0, 1), 0, 1, &x);
        struct causes *c = make(&s);
        assert_int_equal(c->cells[0]->kinds[0].narrowed, rows[i].narrowed);
        assert_null(c->cells[survey_cell(s.survey, 0, 0, 1, 0)]);
        release(c);
        sample_close(&s);
    }
}

static void kinds_beyond_the_most_are_counted(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &(struct sample_shape) { .readers = 1, .pairs = 1 });
    uint64_t placement = sample_lay(&s, 0, 0, 0, 1);
    for (unsigned i = 0; i < CAUSES_KINDS_MAX + 3; i++) {
        struct broken x = { .stage = STAGE_EXCHANGE, .causes = i + 1 };
        break_one(&s, placement, 0, i + 1, &x);
    }
    struct causes *c = make(&s);
    assert_int_equal(c->cells[0]->kind_count, CAUSES_KINDS_MAX);
    assert_int_equal(c->cells[0]->untold, 3);
    release(c);
    sample_close(&s);
}

/* Cells with a known answer: pair 0 fails on all three readers, pairs 1 and 2 on none. */
static void card_or_reader_is_asked_of_the_verdicts(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &(struct sample_shape) { .readers = 3, .pairs = 3 });
    for (unsigned reader = 0; reader < 3; reader++)
        for (unsigned pair = 0; pair < 3; pair++)
            sample_fill(&s, reader, pair, 0, 0, pair ? 20 : 6, pair ? 0 : 6);
    struct causes *c = make(&s);
    const struct attribution *x = &c->cells[0]->attribution;
    assert_int_equal(x->answer, ATTRIBUTION_HANDSET);
    assert_int_equal(x->readers.fails, 2);
    assert_int_equal(x->handsets.passes, 2);
    char *summary = summarise(&s);
    assert_non_null(strstr(summary, "      answer: handset\n"));
    assert_non_null(
        strstr(summary, "      other_readers: {fails: 2, passes: 0, undecided: 0, unproven: 0}\n"));
    assert_non_null(strstr(summary, "        causes: [F10, F11]\n"));
    free(summary);
    release(c);
    sample_close(&s);
}

#define PAGE        "docs/causes.md"
#define TABLE_BEGIN "| status word | says | "

/* The page as it stands; NUL-terminated, static. */
static char *page(void)
{
    static char text[1 << 17];
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* "6A82", "61xx", "63Cx", and what no row knows. */
static void add_word(struct buf *b, const struct status_word *row)
{
    char digits[8];
    snprintf(digits, sizeof digits, "%04X", row->value);
    for (unsigned i = 0; i < 4; i++)
        if (!(row->mask >> (12 - 4 * i) & 0xF))
            digits[i] = 'x';
    buf_add_text(b, row->mask ? digits : "any other");
}

static void add_status_words(struct buf *b)
{
    const struct status_word *row;
    buf_add_text(b,
                 TABLE_BEGIN "SELECT of an application | SELECT of a file | READ | a further READ | other |\n"
                             "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; (row = status_word_row(i)); i++) {
        buf_add_text(b, "| ");
        add_word(b, row);
        buf_add_format(b, " | %s |", row->text);
        for (size_t place = 0; place < STATUS_WORD_PLACES; place++) {
            buf_add_char(b, ' ');
            if (row->causes[place])
                causes_add_set(b, row->causes[place]);
            else
                buf_add_text(b, "–");
            buf_add_text(b, " |");
        }
        buf_add_char(b, '\n');
    }
    buf_add_char(b, '\n');
}

/* NFC_SURVEY_UPDATE writes the table anew. */
static void the_page_has_every_status_word(void **state)
{
    (void)state;
    char *text = page(), *at = strstr(text, TABLE_BEGIN);
    struct buf table;
    buf_init(&table, 1u << 16);
    add_status_words(&table);
    assert_non_null(at);
    if (getenv("NFC_SURVEY_UPDATE")) {
        FILE *file = fopen(PAGE, "w");
        assert_non_null(file);
        fprintf(file, "%.*s%s%s", (int)(at - text), text, table.data, strstr(at, "\n\n") + 2);
        assert_int_equal(fclose(file), 0);
    } else if (strncmp(at, table.data, table.length) != 0) {
        fail_msg(PAGE " has another table: NFC_SURVEY_UPDATE=1 and this test write it");
    }
    buf_free(&table);
}

/* docs/causes.md has a row for every cause, as the one table in cause.def has them, and for every rule. */
static void the_page_has_every_cause_and_every_rule(void **state)
{
    (void)state;
    const char *text = page();
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        char row[256];
        const struct cause_row *c = cause_row(n);
        snprintf(row, sizeof row, "\n| F%02u | %s | %s | %s |", n, stage_name(c->stage),
                 outcome_name(c->outcome), c->name);
        if (!strstr(text, row))
            fail_msg("no row '%s'", row + 1);
    }
    size_t rules = 0;
    for (const char *name; (name = causes_rule_name(rules)); rules++) {
        char row[64];
        snprintf(row, sizeof row, "\n| `%s` |", name);
        if (!strstr(text, row))
            fail_msg("no row '%s'", row + 1);
    }
    size_t rows = 0;
    for (const char *at = text; (at = strstr(at, "\n| `")); at++)
        rows++;
    assert_int_equal(rows, rules); /* and none that is no rule */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waiting_time_that_did_not_pass_has_not_run_out),
        cmocka_unit_test(what_passed_the_waiting_time_supports_it_and_removes_nothing),
        cmocka_unit_test(an_atr_alone_does_not_prove_a_waiting_time),
        cmocka_unit_test(the_drivers_timeout_excludes_and_supports),
        cmocka_unit_test(an_immediate_error_only_supports),
        cmocka_unit_test(only_the_first_exchange_can_be_the_first),
        cmocka_unit_test(a_handset_of_one_rate_changes_none),
        cmocka_unit_test(lengths_exclude_what_needs_longer_ones),
        cmocka_unit_test(failing_only_from_a_length_on_supports),
        cmocka_unit_test(without_a_driver_between_no_driver_made_the_status_word),
        cmocka_unit_test(a_reader_that_answers_did_not_hang),
        cmocka_unit_test(the_same_wrong_answer_does_not_differ),
        cmocka_unit_test(probes_show_where_a_route_leads),
        cmocka_unit_test(a_storage_cards_atr_supports_a_mismatch),
        cmocka_unit_test(a_reader_that_never_saw_the_handsets_technology_supports_a_mismatch),
        cmocka_unit_test(a_position_nearer_to_the_centre_that_works_supports),
        cmocka_unit_test(a_power_mode_that_works_supports),
        cmocka_unit_test(readers_of_one_class_alone_support_what_the_class_does),
        cmocka_unit_test(evidence_that_leaves_nothing_contradicts_itself_and_keeps_the_set),
        cmocka_unit_test(what_the_code_stands_for_and_the_record_left_out_is_said),
        cmocka_unit_test(a_journal_gives_times_sizes_orders_and_records),
        cmocka_unit_test(an_exchange_that_was_never_told_lends_nothing_from_the_one_before),
        cmocka_unit_test(a_waiting_time_told_on_another_reader_counts),
        cmocka_unit_test(kinds_beyond_the_most_are_counted),
        cmocka_unit_test(card_or_reader_is_asked_of_the_verdicts),
        cmocka_unit_test(the_page_has_every_status_word),
        cmocka_unit_test(the_page_has_every_cause_and_every_rule),
    };
    return cmocka_run_group_tests_name("causes", tests, NULL, NULL);
}
