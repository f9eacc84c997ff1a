/* A journal folded back into plan and counts: the supervisor's state is nothing else, so resume is nothing
 * special. */
#include "harness/audit/decisions.h"
#include "harness/audit/start.h"
#include "harness/station/identity.h"
#include "harness/station/supervisor.h"
#include "harness/station/vouch.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/clauses/criteria_file.h"
#include "harness/verdict/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void journal_path(const char *directory, char *out, size_t capacity)
{
    snprintf(out, capacity, "%s/journal.yaml", directory);
}

static int take_start(struct survey *s, const struct journal_start *start, struct err *e)
{
    free(s->directory);
    s->directory = start->directory ? text_copy(start->directory) : NULL;
    text_fit(s->hands_seal, sizeof s->hands_seal, start->hands_seal ? start->hands_seal : "");
    start_keep(s, start);
    return start->directory && !s->directory ? err_set(e, ERR_MEMORY, "journal", "out of memory") : 0;
}

int station_load_run(const char *directory, struct survey **out, struct err *e)
{
    char path[4096];
    struct journal_reader *reader = NULL;
    struct journal_record r;
    struct survey_file *files = NULL;
    struct survey_problems problems = { 0 };
    *out = NULL;
    journal_path(directory, path, sizeof path);
    int status = journal_reader_open(path, &reader, e);
    if (status != 0)
        return status;
    enum journal_read got = journal_reader_next(reader, &r, NULL, e);
    if (got == JOURNAL_READ_DAMAGED) {
        status = e->code;
        goto out;
    }
    if (got != JOURNAL_READ_RECORD || r.kind != JOURNAL_KIND_START) {
        status = err_set(e, ERR_INPUT, path, "has no usable start record, so the run cannot be continued");
        goto out;
    }
    const struct journal_files *embedded = &r.as.start.files;
    files = calloc(embedded->count ? embedded->count : 1, sizeof *files);
    if (!files) {
        status = err_set(e, ERR_MEMORY, path, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < embedded->count; i++) {
        files[i].kind = (char *)embedded->items[i].kind;
        files[i].path = (char *)embedded->items[i].path;
        files[i].text = (char *)embedded->items[i].text;
        files[i].length = strlen(files[i].text);
        text_fit(files[i].sha256, sizeof files[i].sha256, embedded->items[i].sha256);
    }
    status = survey_load_embedded(files, embedded->count, criteria_check, out, &problems, e);
    if (status == 0)
        status = take_start(*out, &r.as.start, e);
out:
    survey_problems_free(&problems);
    free(files);
    journal_reader_close(&reader);
    return status;
}

struct fold_state {
    const struct survey *survey;
    struct station_state *state;
    struct integrity *integrity;
    struct decisions decisions;
    struct journal_reader *reader;
    bool accepts_damaged, is_live;
    uint64_t line;              /* of the record in hand, in the file */
    struct premises_time began; /* the present execution */
    double slept_s, set_s;      /* since then: what at_us does not have */
    bool failed;                /* out of memory */
};

/* The record in hand does not fit the survey, or others. */
static void contradict(struct fold_state *f, enum said_code code)
{
    const struct said said = said_alone(code);
    if (!integrity_names(f->integrity, f->line))
        integrity_fault(f->integrity, f->line, &said);
}

static int index_of(const char *text, size_t count, const char *(*name)(const struct survey *, size_t),
                    const struct survey *s)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name(s, i), text) == 0)
            return (int)i;
    }
    return -1;
}

static const char *reader_unit(const struct survey *s, size_t i)
{
    return s->readers[i].unit;
}

static const char *condition_id(const struct survey *s, size_t i)
{
    return s->conditions[i].id;
}

static int pair_index(const struct survey *s, const char *handset, const char *sim)
{
    for (size_t i = 0; i < s->pair_count; i++) {
        if (strcmp(s->pairs[i].unit, handset) == 0 && strcmp(s->sims[s->pairs[i].sim].id, sim) == 0)
            return (int)i;
    }
    return -1;
}

static void fold_placement(struct fold_state *f, const struct journal_record *r)
{
    const struct journal_placement *p = &r->as.placement;
    struct station_state *state = f->state;
    int reader = index_of(p->reader, f->survey->reader_count, reader_unit, f->survey);
    int condition = index_of(p->condition, f->survey->condition_count, condition_id, f->survey);
    int pair = pair_index(f->survey, p->handset, p->sim);
    if (reader < 0 || condition < 0 || pair < 0 || p->session < 1 || p->session > f->survey->sessions ||
        state->open_count == SURVEY_READERS_MAX) {
        contradict(f, SAID_LINE_OTHER_UNIT);
        return;
    }
    struct station_open *o = &state->open[state->open_count++];
    memset(o, 0, sizeof *o);
    o->line = r->line;
    o->placement = (struct plan_placement) { .reader = (unsigned)reader,
                                             .pair = (unsigned)pair,
                                             .condition = (unsigned)condition,
                                             .session = (unsigned)p->session,
                                             .ordinal = (unsigned)p->ordinal,
                                             .tour = (unsigned)p->tour };
    state->on[reader] = o->placement;
    state->on[reader].scripts = 1; /* at least: there is one */
    if (p->session > state->session) {
        state->session = (unsigned)p->session;
        plan_begin_session(state->plan, state->session);
    }
}

static struct station_open *find_open(struct station_state *state, uint64_t line)
{
    for (unsigned i = 0; i < state->open_count; i++) {
        if (state->open[i].line == line)
            return &state->open[i];
    }
    return NULL;
}

static void fold_transaction(struct fold_state *f, const struct journal_transaction *t)
{
    struct station_open *o = find_open(f->state, t->placement);
    bool ok = t->outcome == OUTCOME_OK, fail = t->outcome == OUTCOME_FAIL;
    f->state->transactions++;
    f->state->failures += !ok;
    if (!o)
        return;
    unsigned script = (unsigned)(t->cell % f->survey->script_count);
    o->placement.scripts |= 1u << script;
    o->ok[script] += ok;
    o->bad[script] += fail;
    o->invalid[script] += !ok && !fail;
    o->slow[script] += t->slow == 1;
    o->foreign |= identity_fold(f->survey, o->placement.pair, t, &o->print);
    o->suspect = o->suspect || transaction_hides_failure(t->outcome, t->stage, t->host);
}

void station_closed(struct station_state *state, uint64_t line, bool aborted, bool counted)
{
    if (aborted)
        return; /* it is made again: the result that was seen last is still the one before */
    state->last.line = line;
    state->last.counted = counted;
    state->last.withdrawn = false;
}

/* Where the record that opened it is lost: its cells tell what they are of. They count as suspect, if at all. */
static void fold_orphan(struct fold_state *f, const struct journal_placed *p)
{
    const struct survey *s = f->survey;
    for (size_t i = 0; i < p->results.count && f->accepts_damaged; i++) {
        uint64_t cell = p->results.items[i].cell;
        if (cell >= survey_cell_count(s))
            return;
        const struct plan_placement at = {
            .reader = (unsigned)(cell / s->script_count % s->reader_count),
            .pair = (unsigned)(cell / s->script_count / s->reader_count / s->condition_count),
            .condition = (unsigned)survey_condition_of(s, (size_t)cell),
            .session = f->state->session,
        };
        f->failed |=
            !vouch_result(f->state, &at, (unsigned)(cell % s->script_count), PLACEMENT_ABORTED, true);
    }
}

/* One with a lost or damaged line counts as suspect where that is accepted, whatever it is called. */
static void fold_results(struct fold_state *f, const struct journal_placed *p, const struct station_open *o,
                         bool doubtful)
{
    for (size_t i = 0; i < p->results.count; i++) {
        const struct journal_result *r = &p->results.items[i];
        bool lost = doubtful && f->accepts_damaged;
        if (r->cell / f->survey->script_count !=
            survey_cell(f->survey, o->placement.pair, o->placement.condition, o->placement.reader, 0) /
                f->survey->script_count) {
            contradict(f, SAID_LINE_OTHER_CELL);
            continue;
        }
        if (doubtful)
            decisions_doubt(&f->decisions, (size_t)r->cell);
        f->failed |= !vouch_result(f->state, &o->placement, (unsigned)(r->cell % f->survey->script_count),
                                   lost ? PLACEMENT_ABORTED : r->result,
                                   lost || (p->suspect == 1 && journal_result_hides(p, i)));
    }
}

static void fold_placed(struct fold_state *f, const struct journal_placed *p)
{
    struct station_open *o = find_open(f->state, p->placement);
    bool aborted = true, counted = false, doubtful = integrity_is_doubtful(f->integrity, p->placement);
    if (!o) {
        fold_orphan(f, p);
        return;
    }
    fold_results(f, p, o, doubtful);
    doubtful = doubtful && f->accepts_damaged;
    for (size_t i = 0; i < p->results.count; i++) {
        enum placement_result result = p->results.items[i].result;
        aborted = aborted && result == PLACEMENT_ABORTED;
        counted = counted || (!doubtful && (result == PLACEMENT_CLEAN || result == PLACEMENT_DIRTY));
    }
    plan_placed(f->state->plan, &o->placement, aborted);
    if (said_is(p->reason, SAID_PROBE_HUNG))
        f->state->unasked[o->placement.pair] = true;
    const struct fingerprint_place at = identity_place(f->survey, &o->placement);
    if (counted && !p->differs && identity_matters(f->survey))
        f->failed |= !fingerprints_learn(&f->state->known, &at, &o->print);
    vouch_placed(f->state, &o->placement, p->placement, counted);
    station_closed(f->state, p->placement, aborted, counted);
    f->state->placements++;
    f->state->session_ended = f->state->last_record;
    *o = f->state->open[--f->state->open_count];
}

static void fold_note(struct fold_state *f, const struct journal_note *n)
{
    struct station_open *o = find_open(f->state, n->placement);
    if (n->effect == EXCLUSION_EXCLUDE && o)
        o->excluded = true;
    else if (n->effect == EXCLUSION_WITHDRAW && n->placement == f->state->last.line)
        f->state->last.withdrawn = true;
}

static void fold_probe(struct fold_state *f, const struct journal_probe *p)
{
    struct station_open *o = find_open(f->state, p->placement);
    if (o)
        fingerprint_of_applications(&o->print, p->token_label,
                                    p->hce ? (unsigned)strtoul(p->hce, NULL, 16) : 0, p->cplc);
}

/* What was put off is so still, unless a new session has begun. */
static void fold_answer(struct fold_state *f, const struct journal_answer *a)
{
    if (a->choice != CHOICE_LATER || !a->handset || !a->sim)
        return;
    int pair = pair_index(f->survey, a->handset, a->sim);
    if (pair >= 0)
        (void)plan_put_off(f->state->plan, (unsigned)pair, a->text && strcmp(a->text, "next") == 0);
}

static void fold_reference(struct fold_state *f, const struct journal_reference *r)
{
    int reader = index_of(r->reader, f->survey->reader_count, reader_unit, f->survey);
    if (reader < 0)
        contradict(f, SAID_LINE_OTHER_UNIT);
    else
        vouch_judge(f->state, (unsigned)reader, r->ok == 1);
}

static void fold_replaced(struct fold_state *f, const struct journal_resume *r)
{
    binding_fold(f->state->bound, f->survey, &r->readers, r->replaced);
    for (unsigned i = 0; i < f->survey->reader_count; i++)
        if (text_lists(r->replaced, f->survey->readers[i].unit))
            vouch_forget(f->state, i);
}

static void fold_began(struct fold_state *f, const char *wall, const char *boot_id, uint64_t boot_us)
{
    f->began.wall_s = clock_wall_of_text(wall);
    f->began.boot_us = boot_us == UINT64_MAX ? 0 : boot_us;
    text_fit(f->began.boot_id, sizeof f->began.boot_id, boot_id);
    f->slept_s = f->set_s = 0;
    f->state->last_record = f->began;
}

/* When a record of the present execution was written. */
static void fold_time(struct fold_state *f, uint64_t at_us)
{
    struct premises_time *last = &f->state->last_record;
    double passed_s = (double)at_us / 1e6 + f->slept_s;
    *last = f->began;
    last->wall_s += (int64_t)(passed_s + f->set_s);
    if (last->boot_us)
        last->boot_us += (uint64_t)(passed_s * 1e6);
}

static void fold_host(struct fold_state *f, const struct journal_host *h)
{
    if (h->event == HOST_SLEPT)
        f->slept_s += h->seconds;
    else if (h->event == HOST_CLOCK_SET)
        f->set_s += h->seconds;
    fold_time(f, h->at_us);
}

static void fold_proofs(struct station_state *state, const struct journal_readers *readers)
{
    for (size_t i = 0; i < readers->count; i++)
        state->unproven |= readers->items[i].proof == PROOF_UNPROVEN;
}

static void fold_decision(struct fold_state *f, const struct journal_decision *d)
{
    if (d->cell < survey_cell_count(f->survey))
        f->state->decided[d->cell] = d->verdict;
    if (d->cell < survey_cell_count(f->survey))
        f->state->rows[row_of_cell(f->survey, (size_t)d->cell)] = d->row;
}

static void fold_one(struct fold_state *f, const struct journal_record *r)
{
    struct station_state *state = f->state;
    state->closed = r->kind == JOURNAL_KIND_STOP || (r->kind == JOURNAL_KIND_NOTE && state->closed);
    switch (r->kind) {
    case JOURNAL_KIND_START:
        state->simulated = r->as.start.simulated == 1;
        fold_proofs(state, &r->as.start.readers);
        binding_fold(state->bound, f->survey, &r->as.start.readers, NULL);
        fold_began(f, r->as.start.wall, r->as.start.boot_id, r->as.start.boot_us);
        f->failed |= start_audit(f->survey, &r->as.start, f->integrity, NULL) != 0;
        break;
    case JOURNAL_KIND_RESUME:
        fold_proofs(state, &r->as.resume.readers);
        if (r->as.resume.reopened == 1)
            plan_reopen(state->plan);
        if (r->as.resume.replaced)
            fold_replaced(f, &r->as.resume);
        fold_began(f, r->as.resume.wall, r->as.resume.boot_id, r->as.resume.boot_us);
        break;
    case JOURNAL_KIND_HEALTH:
        binding_fold_health(state->bound, f->survey, &r->as.health);
        state->unproven |= r->as.health.proof == PROOF_UNPROVEN;
        break;
    case JOURNAL_KIND_PLACEMENT:
        fold_placement(f, r);
        break;
    case JOURNAL_KIND_TRANSACTION:
        fold_transaction(f, &r->as.transaction);
        break;
    case JOURNAL_KIND_PLACED:
        fold_time(f, r->as.placed.at_us);
        fold_placed(f, &r->as.placed);
        break;
    case JOURNAL_KIND_PROBE:
        fold_probe(f, &r->as.probe);
        break;
    case JOURNAL_KIND_DECISION:
        fold_decision(f, &r->as.decision);
        break;
    case JOURNAL_KIND_ANSWER:
        fold_answer(f, &r->as.answer);
        break;
    case JOURNAL_KIND_REFERENCE:
        fold_time(f, r->as.reference.at_us);
        fold_reference(f, &r->as.reference);
        break;
    case JOURNAL_KIND_NOTE:
        fold_note(f, &r->as.note);
        break;
    case JOURNAL_KIND_HOST:
        fold_host(f, &r->as.host);
        break;
    case JOURNAL_KIND_STOP:
        fold_time(f, r->as.stop.at_us);
        state->stop_status = r->as.stop.status;
        state->stop_reason = said_flat(r->as.stop.reason);
        break;
    default:
        break;
    }
}

int station_state_make(const struct survey *s, struct station_state *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->decided = calloc(survey_cell_count(s), sizeof *out->decided);
    out->rows = calloc(s->pair_count * s->condition_count * s->script_count, sizeof *out->rows);
    if (!out->decided || !out->rows)
        return err_set(e, ERR_MEMORY, s->path, "out of memory for %zu cells", survey_cell_count(s));
    return plan_make(s, &out->plan, e);
}

static int read_records(struct fold_state *f, struct err *e)
{
    struct journal_record r;
    struct journal_line_info info;
    enum journal_read got;
    while (!f->failed && (got = journal_reader_next(f->reader, &r, &info, e)) != JOURNAL_READ_END) {
        if (got != JOURNAL_READ_TORN)
            f->state->lines = info.number;
        else if (f->is_live)
            continue; /* it is being written */
        f->line = info.number;
        if (!integrity_line(f->integrity, got, &r, &info, e))
            continue;
        decisions_record(&f->decisions, &r, info.number);
        fold_one(f, &r);
        for (size_t cell; decisions_follow(r.kind) && (cell = plan_changed(f->state->plan)) != SIZE_MAX;)
            decisions_changed(&f->decisions, cell);
    }
    return f->failed ? err_set(e, ERR_MEMORY, "journal", "out of memory") : e->code;
}

/* Placements that a crash left open, and what is lost of them. */
static void doubt_open(struct fold_state *f)
{
    for (unsigned n = 0; n < f->state->open_count && f->accepts_damaged; n++)
        f->state->open[n].doubtful = integrity_is_doubtful(f->integrity, f->state->open[n].line);
}

static int begin_fold(struct fold_state *f, const char *directory, bool ahead, struct err *e)
{
    char path[4096];
    journal_path(directory, path, sizeof path);
    int status = station_state_make(f->survey, f->state, e);
    if (status == 0)
        status = journal_reader_open(path, &f->reader, e);
    if (status == 0)
        status = integrity_begin(f->reader, false, &f->integrity, e);
    if (status == 0)
        status = decisions_make(plan_cells(f->state->plan), f->integrity, &f->decisions, e);
    if (status == 0 && ahead)
        journal_reader_ahead(f->reader, true);
    f->state->session = 1;
    return status;
}

/* What has been appended since the last time; at first all. */
static int fold_more(struct fold_state *f, struct err *e)
{
    journal_reader_more(f->reader);
    int status = read_records(f, e);
    while (status == 0 && plan_changed(f->state->plan) != SIZE_MAX)
        ; /* the journal tells it already */
    if (status == 0)
        doubt_open(f);
    return status;
}

static void end_fold(struct fold_state *f)
{
    decisions_free(&f->decisions);
    integrity_free(&f->integrity);
    journal_reader_close(&f->reader);
}

static int fold_journal(const char *directory, const struct survey *s, bool ahead, bool accepts_damaged,
                        struct station_state *out, struct err *e)
{
    struct fold_state f = { .survey = s, .state = out, .accepts_damaged = accepts_damaged };
    int status = begin_fold(&f, directory, ahead, e);
    if (status == 0)
        status = fold_more(&f, e);
    if (status == 0) {
        integrity_end(f.integrity, &out->journal);
        out->faults = faults_take(integrity_faults(f.integrity));
    }
    end_fold(&f);
    if (status != 0)
        station_state_free(out);
    return status;
}

struct station_watch {
    struct station_state state;
    struct fold_state fold;
};

int station_watch_begin(const char *directory, const struct survey *s, struct station_watch **out,
                        struct err *e)
{
    struct station_watch *w = *out = calloc(1, sizeof *w);
    if (!w)
        return err_set(e, ERR_MEMORY, directory, "out of memory");
    w->fold = (struct fold_state) { .survey = s, .state = &w->state, .is_live = true };
    int status = begin_fold(&w->fold, directory, false, e);
    if (status == 0)
        status = station_fold_more(w, e);
    if (status != 0)
        station_watch_end(out);
    return status;
}

int station_fold_more(struct station_watch *w, struct err *e)
{
    return fold_more(&w->fold, e);
}

const struct station_state *station_watch_state(const struct station_watch *w)
{
    return &w->state;
}

uint64_t station_watch_faults(const struct station_watch *w)
{
    return integrity_faults(w->fold.integrity)->count;
}

void station_watch_end(struct station_watch **w)
{
    if (!*w)
        return;
    end_fold(&(*w)->fold);
    station_state_free(&(*w)->state);
    free(*w);
    *w = NULL;
}

int station_fold(const char *directory, const struct survey *s, struct station_state *out, struct err *e)
{
    return fold_journal(directory, s, false, false, out, e);
}

int station_fold_damaged(const char *directory, const struct survey *s, struct station_state *out,
                         struct err *e)
{
    return fold_journal(directory, s, false, true, out, e);
}

int station_look(const char *directory, const struct survey *s, bool accepts_damaged,
                 struct station_state *out, struct err *e)
{
    return fold_journal(directory, s, true, accepts_damaged, out, e);
}

void station_state_free(struct station_state *state)
{
    plan_free(&state->plan);
    free(state->decided);
    free(state->rows);
    faults_free(&state->faults);
    fingerprints_free(&state->known);
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++) {
        buf_free(&state->vouch[i].results);
    }
    memset(state, 0, sizeof *state);
}

/* The same of a cell that is decided with its row. */
static unsigned row_left(const struct plan *p, size_t cell)
{
    const struct row_state *row = plan_row(p, cell);
    const struct survey *s = plan_survey(p);
    const struct cell_counts c = plan_counts(p, cell);
    unsigned needed =
        s->readers[cell / s->script_count % s->reader_count].weight * (row->tours + row->missing);
    if (row->by == ROW_TEST_SESSIONS)
        return __builtin_popcount(c.sessions) < VERDICT_SESSIONS_NEEDED;
    return needed > c.n + c.s ? needed - c.n - c.s : 0;
}

/* All clean, the placements that one cell still gets. */
static unsigned left_of(const struct plan *p, size_t cell)
{
    const struct scheme_table *table = plan_table(p);
    struct cell_counts c = plan_counts(p, cell);
    unsigned most = verdict_n_max(table, c.s), made = c.n + c.s,
             missing = verdict_missing(table, c.n, c.d, c.s);
    if (!plan_has_work(p, cell))
        return 0;
    if (plan_row(p, cell))
        return row_left(p, cell);
    if (missing == 0 && verdict_by_bounds(table, c.n, c.d, c.s) == VERDICT_COMPATIBLE)
        return plan_session(p) <
               plan_survey(p)->sessions; /* clean enough: only a second session is missing */
    return missing > 0 ? missing : most > made ? most - made : 0;
}

uint64_t station_placements_left(const struct plan *p, const struct survey *s)
{
    uint64_t left = 0;
    for (size_t first = 0; first < survey_cell_count(s); first += s->script_count) {
        unsigned most = 0;
        for (size_t script = 0; script < s->script_count; script++) {
            unsigned one = left_of(p, first + script);
            most = one > most ? one : most;
        }
        left += most;
    }
    return left;
}
