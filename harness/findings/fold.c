#include "harness/findings/fold.h"

#include "harness/base/array.h"
#include "harness/base/text.h"
#include "harness/findings/airtime_floor.h"
#include "harness/findings/time_budget.h"
#include "harness/findings/vouching.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_failures(const void *a, const void *b)
{
    const struct findings_failure *x = a, *y = b;
    return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

int fold_init(struct fold *o, struct findings *f, const struct findings_listener *l, struct err *e)
{
    o->f = f;
    o->listener = l;
    o->line = 1;
    buf_init(&o->spoilt, SIZE_MAX / 2);
    buf_init(&o->placements, (size_t)FOLD_PLACEMENTS_MAX * sizeof(struct fold_placement));
    o->cells = calloc(f->cell_count ? f->cell_count : 1, sizeof *o->cells);
    f->failures = calloc(FINDINGS_FAILURES_MAX, sizeof *f->failures);
    if (!o->cells || !f->failures)
        return err_set(e, ERR_MEMORY, "journal", "out of memory for %zu cells", f->cell_count);
    for (size_t i = 0; i < f->cell_count; i++) {
        buf_init(&o->cells[i].placements, SIZE_MAX / 2);
        buf_init(&o->cells[i].rows, SIZE_MAX / 2);
    }
    int code = budget_fold_init(&o->budget, f, e);
    if (code == 0)
        code = live_make(&o->live, f->survey, o->integrity, e);
    return code == 0 && l ? l->begin(l->self, f, e) : code;
}

void fold_free(struct fold *o)
{
    for (size_t i = 0; o->cells && i < o->f->cell_count; i++) {
        buf_free(&o->cells[i].placements);
        buf_free(&o->cells[i].rows);
    }
    free(o->cells);
    budget_fold_free(&o->budget);
    live_free(&o->live);
    buf_free(&o->placements);
    buf_free(&o->spoilt);
    memset(o, 0, sizeof *o);
}

void fold_contradiction(struct fold *o, enum said_code code)
{
    const struct said said = said_alone(code);
    o->f->damaged++;
    if (!integrity_names(o->integrity, o->line))
        integrity_fault(o->integrity, o->line, &said);
}

static uint64_t line_of(const void *fold_placement)
{
    return ((const struct fold_placement *)fold_placement)->line;
}

struct fold_placement *fold_find_placement(struct fold *o, uint64_t line)
{
    struct fold_placement *all = (struct fold_placement *)(void *)o->placements.data;
    size_t count = o->placements.length / sizeof *all;
    if (count > 0 && all[count - 1].line == line)
        return &all[count - 1];
    size_t at = array_first_from(all, count, sizeof *all, line_of, line);
    return at < count && all[at].line == line ? &all[at] : NULL;
}

static bool find_units(const struct survey *s, const struct journal_placement *p, struct fold_placement *out)
{
    size_t reader = 0, pair = 0, condition = 0;
    while (reader < s->reader_count && strcmp(s->readers[reader].unit, p->reader) != 0)
        reader++;
    while (pair < s->pair_count && (strcmp(s->pairs[pair].unit, p->handset) != 0 ||
                                    strcmp(s->sims[s->pairs[pair].sim].id, p->sim) != 0))
        pair++;
    while (condition < s->condition_count && strcmp(s->conditions[condition].id, p->condition) != 0)
        condition++;
    out->reader = (uint16_t)reader;
    out->pair = (uint32_t)pair;
    out->condition = (uint16_t)condition;
    return reader < s->reader_count && pair < s->pair_count && condition < s->condition_count;
}

static void fold_placement(struct fold *o, const struct journal_record *r)
{
    const struct journal_placement *p = &r->as.placement;
    struct fold_placement seen = { .line = r->line };
    size_t count = o->placements.length / sizeof seen;
    const struct fold_placement *all = (const struct fold_placement *)(const void *)o->placements.data;
    if (!find_units(o->f->survey, p, &seen)) {
        fold_contradiction(o, SAID_LINE_OTHER_UNIT);
        return;
    }
    if (count > 0 && all[count - 1].line >= r->line) {
        fold_contradiction(o, SAID_LINE_TOO_GREAT);
        return;
    }
    seen.at_us = p->at_us;
    seen.execution = (uint16_t)(o->f->resumes < UINT16_MAX ? o->f->resumes + 1 : UINT16_MAX);
    seen.session = p->session >= 1 && p->session <= 32 ? (uint8_t)p->session : 0;
    buf_add(&o->placements, &seen, sizeof seen);
    if (o->placements.failed) {
        o->failed = ERR_LIMIT;
        return;
    }
    o->f->placements++;
    o->f->readers[seen.reader].placements++;
}

/* A cell that lies in another reader, pair or condition than its placement can't be true. */
static bool cell_fits(const struct fold *o, const struct fold_placement *p, uint64_t cell)
{
    const struct survey *s = o->f->survey;
    if (cell >= o->f->cell_count)
        return false;
    return !p ||
           cell / s->script_count == survey_cell(s, p->pair, p->condition, p->reader, 0) / s->script_count;
}

static void count_failure(struct fold *o, const struct journal_record *r, const struct findings_cell *c,
                          enum stage stage, enum outcome outcome)
{
    struct findings *f = o->f;
    const struct journal_transaction *t = &r->as.transaction;
    size_t i = 0;
    while (i < f->failure_count && (f->failures[i].stage != stage || f->failures[i].outcome != outcome ||
                                    f->failures[i].causes != t->causes))
        i++;
    if (i == FINDINGS_FAILURES_MAX) {
        f->failures_untold++;
        return;
    }
    struct findings_failure *row = &f->failures[i];
    if (i == f->failure_count) {
        f->failure_count++;
        *row = (struct findings_failure) {
            .stage = stage, .outcome = outcome, .causes = t->causes, .example = r->line
        };
        snprintf(row->native, sizeof row->native, "%s", t->native ? t->native : "");
        row->readers_of_pair = calloc(f->survey->pair_count, sizeof *row->readers_of_pair);
        if (!row->readers_of_pair)
            o->failed = ERR_MEMORY;
    }
    row->count++;
    row->by_reader[c->reader]++;
    if (row->readers_of_pair)
        row->readers_of_pair[c->pair] |= (uint16_t)(1u << c->reader);
    if (t->depth > row->depth)
        row->depth = t->depth;
}

static void count_bad(struct fold *o, const struct journal_record *r, struct findings_cell *c,
                      enum outcome outcome)
{
    struct findings *f = o->f;
    const struct journal_transaction *t = &r->as.transaction;
    struct findings_reader *reader = &f->readers[c->reader];
    enum stage stage = t->stage;
    c->failures_by_stage[stage]++;
    for (unsigned cause = 1; cause <= CAUSE_COUNT; cause++)
        if (t->causes & CAUSE(cause))
            c->failures_by_cause[cause]++;
    if (outcome == OUTCOME_FAIL) {
        c->fail++;
        f->failed++;
        reader->failures++;
        reader->failures_by_stage[stage]++;
    } else {
        c->invalid_transactions++;
        f->invalid++;
        reader->invalid_by_stage[stage]++;
    }
    count_failure(o, r, c, stage, outcome);
}

static void count_technology(struct findings_cell *c, const struct journal_record *r)
{
    enum technology t = r->as.transaction.technology;
    if (t != TECHNOLOGY_NONE && c->technology_count[t - 1]++ == 0)
        c->technology_line[t - 1] = r->line;
}

/* What a placement's first transaction tells of the link holds for the others, of the same technology. */
static void note_link(struct fold_placement *p, const struct journal_transaction *t)
{
    if (p->fwt_us == 0 && t->fwt_us != UINT64_MAX)
        p->fwt_us = t->fwt_us < UINT32_MAX ? (uint32_t)t->fwt_us : UINT32_MAX;
    if (p->kbit_s == 0 && t->technology) {
        p->kbit_s = (uint16_t)airtime_floor_rate(t);
        p->technology = technology_name(t->technology)[0];
    }
}

static void fold_transaction(struct fold *o, const struct journal_record *r)
{
    const struct journal_transaction *t = &r->as.transaction;
    enum outcome outcome = t->outcome;
    struct fold_placement *p = fold_find_placement(o, t->placement);
    if (!cell_fits(o, p, t->cell)) {
        fold_contradiction(o, SAID_LINE_OTHER_CELL);
        return;
    }
    struct findings_cell *c = &o->f->cells[t->cell];
    bool slow = t->slow == 1;
    o->f->transactions++;
    o->f->readers[c->reader].transactions++;
    c->slow += slow;
    if (p)
        note_link(p, t);
    count_technology(c, r);
    airtime_floor_check(o, p, r, outcome == OUTCOME_OK);
    if (outcome == OUTCOME_OK)
        c->ok++;
    else if (outcome == OUTCOME_NOT_APPLICABLE)
        c->not_applicable++;
    else
        count_bad(o, r, c, outcome);
    if (budget_fold_transaction(o->budget, r, fold_observe(o, p, r, outcome)) != 0)
        o->failed = ERR_MEMORY;
    if (o->listener && o->failed == 0)
        o->failed = o->listener->transaction(o->listener->self, r, outcome);
    if (!p)
        return;
    uint16_t bit = (uint16_t)(1u << c->script);
    p->touched |= bit;
    if (outcome == OUTCOME_FAIL || slow)
        p->bad |= bit;
    if (outcome == OUTCOME_INVALID)
        p->invalid |= bit;
    p->suspect = p->suspect || transaction_hides_failure(outcome, t->stage, t->host);
}

/* In a run that was accepted as damaged: a line of it is lost or damaged, so a failure may be hidden. */
static bool is_doubtful(const struct fold *o, uint64_t placement)
{
    return o->accepts_damaged && integrity_is_doubtful(o->integrity, placement);
}

/* p: NULL when the placement record was not readable; its session is then not known. */
static void count_result(struct fold *o, size_t cell, uint64_t placement, enum placement_result result,
                         bool suspect, struct fold_placement *p)
{
    struct findings_cell *c = &o->f->cells[cell];
    struct fold_cell *own = &o->cells[cell];
    unsigned bit = p && p->session ? 1u << (p->session - 1) : 0;
    uint16_t script = (uint16_t)(1u << c->script);
    suspect = suspect && o->f->scheme.rules != RULES_OF_0_4;
    counts_add(&own->counts, result, suspect, p ? p->session : 0);
    if (p && suspect && result != PLACEMENT_CLEAN && result != PLACEMENT_DIRTY)
        p->suspected |= script;
    fold_observe_result(o, p, cell, placement, result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY);
    switch (result) {
    case PLACEMENT_CLEAN:
    case PLACEMENT_DIRTY:
        own->invalid_run = 0;
        if (p) {
            p->counted |= script;
            p->dirty |= result == PLACEMENT_DIRTY ? script : 0;
        }
        break;
    case PLACEMENT_INVALID:
        c->invalid++;
        own->invalid_unsuspected += !suspect;
        c->excluded += p && p->excluded;
        own->sessions_invalid |= bit;
        if (vouching_is_spoilt(&o->spoilt, placement) || is_doubtful(o, placement))
            break; /* what is known to be at fault, and out of the cell's way */
        if (++own->invalid_run >= survey_invalid_run_max(o->f->survey))
            own->instrument = true;
        break;
    case PLACEMENT_ABORTED:
        c->aborted++;
        break;
    case PLACEMENT_NONE:
    case PLACEMENT_COUNT:
        break;
    }
}

static void count_placed(struct fold *o, const struct fold_placement *p, enum placement_result worst)
{
    o->f->placements_dirty += worst == PLACEMENT_DIRTY;
    o->f->placements_invalid += worst == PLACEMENT_INVALID;
    o->f->placements_aborted += worst == PLACEMENT_ABORTED;
    if (p && worst == PLACEMENT_INVALID) {
        o->f->readers[p->reader].invalid++;
        o->f->placements_excluded += p->excluded;
    }
}

/* What the transactions of a counted placement have in common. One cut short tells nothing about it, unless
 * nothing was detected and the others were not tried. */
static void count_bad_ones(struct fold *o, const struct journal_result *told)
{
    struct findings_cell *c = &o->f->cells[told->cell];
    uint64_t k = o->f->scheme.k, bad = told->fail + told->slow;
    if (told->result != PLACEMENT_CLEAN && told->result != PLACEMENT_DIRTY)
        return;
    if (told->ok == 0 && told->fail > 0 && told->invalid == 0)
        bad = k;
    else if (told->ok + told->fail != k || bad > k)
        return;
    c->whole_placements++;
    c->bad += bad;
    c->bad_squared += bad * bad;
}

/* What a reference card took back was nobody's, however it ended. */
static enum placement_result taken_back(enum placement_result result)
{
    return result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY ? PLACEMENT_INVALID : result;
}

static void fold_placed(struct fold *o, const struct journal_record *r)
{
    const struct journal_placed *d = &r->as.placed;
    bool spoilt = vouching_is_spoilt(&o->spoilt, d->placement);
    struct fold_placement *p = fold_find_placement(o, d->placement);
    bool good = !(p && p->closed), doubtful = is_doubtful(o, d->placement), lost = spoilt || doubtful;
    for (size_t i = 0; i < d->results.count && good; i++)
        good = cell_fits(o, p, d->results.items[i].cell);
    if (!good) {
        fold_contradiction(o, p && p->closed ? SAID_LINE_CLOSED_TWICE : SAID_LINE_OTHER_CELL);
        return;
    }
    if (p)
        p->closed = true;
    for (size_t i = 0; i < d->results.count; i++) {
        struct journal_result told = d->results.items[i];
        bool hides = d->suspect == 1 && journal_result_hides(d, i);
        bool suspect = hides || doubtful || (spoilt && told.result == PLACEMENT_DIRTY);
        if (!live_result(&o->live, (size_t)told.cell, told.result, hides, p ? p->session : 0,
                         integrity_is_doubtful(o->integrity, d->placement)))
            o->failed = ERR_MEMORY;
        told.result = lost ? taken_back(told.result) : told.result;
        count_result(o, (size_t)told.cell, d->placement, told.result, suspect, p);
        count_bad_ones(o, &told);
    }
    count_placed(o, p, lost ? taken_back(d->result) : d->result);
}

void fold_close_broken_off(struct fold *o)
{
    const struct survey *s = o->f->survey;
    struct fold_placement *all = (struct fold_placement *)(void *)o->placements.data;
    for (size_t i = 0; i < o->placements.length / sizeof *all; i++) {
        struct fold_placement *p = &all[i];
        enum placement_result worst = PLACEMENT_ABORTED;
        if (p->closed)
            continue;
        for (unsigned script = 0; script < s->script_count; script++) {
            enum placement_result result = p->excluded                ? PLACEMENT_INVALID
                                           : p->bad >> script & 1     ? PLACEMENT_DIRTY
                                           : p->invalid >> script & 1 ? PLACEMENT_INVALID
                                                                      : PLACEMENT_ABORTED;
            if (!(p->touched >> script & 1))
                continue;
            bool spoilt = vouching_is_spoilt(&o->spoilt, p->line), doubtful = is_doubtful(o, p->line);
            bool suspect = (result == PLACEMENT_INVALID && (p->suspect || p->excluded)) || doubtful ||
                           (spoilt && result == PLACEMENT_DIRTY);
            result = spoilt || doubtful ? taken_back(result) : result;
            count_result(o, survey_cell(s, p->pair, p->condition, p->reader, script), p->line, result,
                         suspect, p);
            worst = placement_worse(worst, result);
        }
        count_placed(o, p, worst);
        o->f->broken_off++;
    }
    if (o->f->failure_count > 1)
        qsort(o->f->failures, o->f->failure_count, sizeof *o->f->failures, compare_failures);
}

static void fold_decision(struct fold *o, const struct journal_record *r)
{
    const struct journal_decision *d = &r->as.decision;
    if (d->cell >= o->f->cell_count) {
        fold_contradiction(o, SAID_LINE_NO_CELL);
        return;
    }
    struct fold_cell *cell = &o->cells[d->cell];
    if (d->verdict == VERDICT_UNDECIDED_INSTRUMENT)
        cell->instrument = true;
    else if (d->verdict == VERDICT_UNDECIDED)
        cell->instrument = false; /* a reference card took back what closed it */
}

static void fold_health(struct fold *o, const struct journal_record *r)
{
    struct findings *f = o->f;
    const struct journal_health *h = &r->as.health;
    f->health_count++;
    fold_proof(f, h->reader, h->proof);
    if (o->listener)
        o->listener->health(o->listener->self, r);
    if (f->health_kept == FINDINGS_HEALTH_MAX)
        return;
    struct findings_health *out = &f->health[f->health_kept];
    out->line = r->line;
    out->at_us = h->at_us;
    out->reader = text_copy(h->reader);
    out->event = h->event;
    out->detail = h->detail ? said_copy(h->detail) : NULL;
    f->health_kept++;
    if (!out->reader)
        o->failed = ERR_MEMORY;
}

/* What instruments had closed is measured on. */
static void reopen_cells(struct fold *o)
{
    for (size_t i = 0; i < o->f->cell_count; i++) {
        o->cells[i].instrument = false;
        o->cells[i].invalid_run = 0;
    }
}

/* Evidence of which phone it was, and of nothing that is judged. */
static void fold_identity(struct fold *o, const struct journal_record *r, uint64_t placement)
{
    const struct fold_placement *p = fold_find_placement(o, placement);
    struct findings_identities *all = &o->f->identities;
    bool kept = true;
    if (!p)
        return; /* a question about none, or damage that is told elsewhere */
    if (r->kind == JOURNAL_KIND_PROBE)
        kept = identities_fold_probe(all, p->pair, &r->as.probe);
    else if (r->kind == JOURNAL_KIND_PLACED)
        kept = identities_fold_placed(all, p->pair, &r->as.placed);
    else
        kept = identities_fold_answer(all, p->pair, &r->as.answer);
    if (!kept)
        o->failed = ERR_MEMORY;
}

void fold_record(struct fold *o, const struct journal_record *r, uint64_t line)
{
    o->line = line;
    live_record(&o->live, r, line);
    switch (r->kind) {
    case JOURNAL_KIND_PLACEMENT:
        fold_placement(o, r);
        break;
    case JOURNAL_KIND_TRANSACTION:
        fold_transaction(o, r);
        break;
    case JOURNAL_KIND_PLACED:
        fold_placed(o, r);
        fold_identity(o, r, r->as.placed.placement);
        break;
    case JOURNAL_KIND_DECISION:
        fold_decision(o, r);
        break;
    case JOURNAL_KIND_HEALTH:
        fold_health(o, r);
        break;
    case JOURNAL_KIND_NOTE:
        fold_note(o, r);
        break;
    case JOURNAL_KIND_RESUME:
        if (r->as.resume.reopened == 1)
            reopen_cells(o);
        fold_execution(o, r);
        break;
    case JOURNAL_KIND_STOP:
        fold_execution(o, r);
        break;
    case JOURNAL_KIND_START:
        fold_contradiction(o, SAID_LINE_OTHER_JOURNAL);
        break;
    case JOURNAL_KIND_CALIBRATION:
        budget_fold_calibration(o->budget, r);
        break;
    case JOURNAL_KIND_PROBE:
        fold_identity(o, r, r->as.probe.placement);
        break;
    case JOURNAL_KIND_ANSWER:
        if (!questions_fold(&o->f->questions, &r->as.answer))
            o->failed = ERR_MEMORY;
        fold_identity(o, r, r->as.answer.placement);
        break;
    case JOURNAL_KIND_REFERENCE: /* read beforehand */
    case JOURNAL_KIND_HOST:      /* its transactions say what befell them */
    case JOURNAL_KIND_NONE:
    case JOURNAL_KIND_COUNT:
        break;
    }
}
