#include "harness/findings/findings.h"

#include "harness/audit/start.h"
#include "harness/findings/fold.h"
#include "harness/findings/time_budget.h"
#include "harness/findings/views.h"
#include "harness/findings/vouching.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_kept(struct findings *f)
{
    faults_free(&f->faults);
    faults_free(&f->told);
    for (size_t i = 0; i < f->health_kept; i++) {
        free(f->health[i].reader);
        free(f->health[i].detail);
    }
    questions_free(&f->questions);
    identities_free(&f->identities);
    for (size_t i = 0; i < f->failure_count; i++)
        free(f->failures[i].readers_of_pair);
    free(f->failures);
}

void findings_free(struct findings **f)
{
    struct findings *o = *f;
    if (!o)
        return;
    for (size_t i = 0; o->readers && i < o->survey->reader_count; i++)
        for (size_t j = 0; j < o->survey->script_count; j++)
            free(o->readers[i].scripts[j].first_us);
    fold_free_executions(o);
    fold_free_notes(o);
    free_kept(o);
    for (size_t i = 0; o->cells && i < o->cell_count; i++) {
        free(o->cells[i].seen.placements);
        free(o->cells[i].seen.rows);
    }
    budget_free(&o->budget);
    free(o->drifts);
    free(o->cells);
    free(o->readers);
    free(o->pairs);
    free(o->rows);
    if (o->survey)
        survey_free(&o->survey);
    free(o);
    *f = NULL;
}

static int make_cells(struct findings *f, struct err *e)
{
    const struct survey *s = f->survey;
    f->cell_count = survey_cell_count(s);
    f->cells = calloc(f->cell_count ? f->cell_count : 1, sizeof *f->cells);
    f->readers = calloc(s->reader_count ? s->reader_count : 1, sizeof *f->readers);
    f->pairs = calloc(s->pair_count ? s->pair_count : 1, sizeof *f->pairs);
    if (!f->cells || !f->readers || !f->pairs)
        return err_set(e, ERR_MEMORY, s->path, "out of memory for %zu cells", f->cell_count);
    for (size_t i = 0; i < f->cell_count; i++) {
        struct findings_cell *c = &f->cells[i];
        c->script = (unsigned)(i % s->script_count);
        c->reader = (unsigned)(i / s->script_count % s->reader_count);
        c->condition = (unsigned)survey_condition_of(s, i);
        c->pair = (unsigned)(i / s->script_count / s->reader_count / s->condition_count);
        c->state = s->excluded ? (enum survey_cell)s->excluded[i] : SURVEY_CELL_IN;
    }
    return 0;
}

static int read_start(struct journal_reader *reader, struct integrity *integrity, struct findings *f,
                      const char *path, struct err *e)
{
    struct journal_record record;
    struct journal_line_info info;
    enum journal_read read = journal_reader_next(reader, &record, &info, e);
    if (read == JOURNAL_READ_RECORD && record.kind == JOURNAL_KIND_START) {
        integrity_line(integrity, read, &record, &info, e);
        int code = fold_start(f, &record.as.start, e);
        f->records = 1;
        code = code ? code : start_audit(f->survey, &record.as.start, integrity, e);
        return code ? code : make_cells(f, e);
    }
    if (read == JOURNAL_READ_DAMAGED)
        return ERR_INPUT; /* e is the reader's: the start record is damaged, and why */
    return err_set(e, ERR_INPUT, path,
                   "does not begin with a start record: without it the survey is not known");
}

static int read_records(struct journal_reader *reader, struct fold *fold, struct err *e)
{
    struct journal_record record;
    struct journal_line_info info;
    struct findings *f = fold->f;
    struct err damage = { 0 };
    enum journal_read got;
    while (fold->failed == 0 &&
           (got = journal_reader_next(reader, &record, &info, &damage)) != JOURNAL_READ_END) {
        bool counts = integrity_line(fold->integrity, got, &record, &info, &damage);
        f->damaged += got == JOURNAL_READ_DAMAGED;
        f->torn = f->torn || got == JOURNAL_READ_TORN;
        f->records += counts;
        if (counts)
            fold_record(fold, &record, info.number);
    }
    if (fold->failed == 0 && damage.code == ERR_ENVIRONMENT) {
        *e = damage;
        return damage.code;
    }
    return 0;
}

/* As if every invalid placement, and every suspect one, were a dirty one. */
static enum verdict with_invalid_as_dirty(const struct fold_cell *own, const struct scheme_table *table,
                                          const struct findings_cell *c)
{
    struct cell_counts all = counts_attributed(&own->counts);
    all.n += own->invalid_unsuspected;
    all.d += own->invalid_unsuspected;
    all.sessions |= own->sessions_invalid;
    all.dirty_sessions |= own->sessions_invalid;
    return c->state == SURVEY_CELL_IN ? verdict_of(table, &all) : c->verdict;
}

/* What cells say of one, and what is beside it. An `undecided (instrument)` stays one until the counts decide. */
static void fill_cell(const struct cells *cells, const struct fold_cell *own, size_t cell,
                      struct findings_cell *c)
{
    const struct scheme *scheme = &cells->table.scheme;
    c->n = own->counts.n;
    c->d = own->counts.d;
    c->s = own->counts.s;
    c->verdict = cells->cells[cell].verdict;
    c->attributed = cells->attributed[c->pair] && c->s > 0;
    c->judged = cells_counts(cells, cell);
    verdict_bounds(scheme, c->judged.n, c->judged.d, c->judged.s, &c->lower, &c->upper);
    c->verdict_invalid_as_dirty = with_invalid_as_dirty(own, &cells->table, c);
    if (c->verdict == VERDICT_UNDECIDED)
        c->missing = verdict_missing(&cells->table, c->judged.n, c->judged.d, c->judged.s);
    c->is_full = c->verdict == VERDICT_UNDECIDED &&
                 c->judged.n + c->judged.s >= verdict_n_max(&cells->table, c->judged.s);
}

static int make_rows(struct findings *f, const struct cells *cells, struct err *e)
{
    const struct survey *s = f->survey;
    if (!cells->rows)
        return 0;
    f->rows = calloc(cells->row_count, sizeof *f->rows);
    if (!f->rows)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
    f->row_count = cells->row_count;
    for (size_t i = 0; i < f->row_count; i++) {
        f->rows[i].pair = (unsigned)(i / s->script_count / s->condition_count);
        f->rows[i].condition = (unsigned)(i / s->script_count % s->condition_count);
        f->rows[i].script = (unsigned)(i % s->script_count);
    }
    return 0;
}

static int keep_suspicions(struct findings *f, const struct cells *cells, struct err *e)
{
    struct suspect_price prices[SURVEY_READERS_MAX];
    size_t readers = f->survey->reader_count;
    int code = suspect_price(cells, prices, e);
    for (size_t r = 0; r < readers; r++) {
        f->readers[r].price = prices[r];
        f->readers[r].all = cells->all[r];
    }
    for (size_t i = 0; i < f->survey->pair_count; i++)
        memcpy(f->pairs[i].on, cells->own + i * readers, readers * sizeof *cells->own);
    return code;
}

static int judge_cells(struct fold *o, struct cells *cells, struct err *e)
{
    struct findings *f = o->f;
    int code = cells_make(f->survey, cells, e);
    if (code == 0)
        code = make_rows(f, cells, e);
    if (code != 0)
        return code;
    for (size_t i = 0; i < f->cell_count; i++) {
        cells->cells[i].counts = o->cells[i].counts;
        cells->cells[i].invalid_run = o->cells[i].instrument ? survey_invalid_run_max(f->survey) : 0;
    }
    cells_judge(cells);
    for (size_t i = 0; i < f->cell_count; i++)
        fill_cell(cells, &o->cells[i], i, &f->cells[i]);
    for (size_t i = 0; i < f->row_count; i++)
        f->rows[i].state = cells->rows[i];
    for (size_t i = 0; i < f->survey->pair_count; i++) {
        f->pairs[i].attributed = cells->attributed[i];
        f->pairs[i].list = cells->list[i];
    }
    return keep_suspicions(f, cells, e);
}

static void count_verdicts(struct fold *o)
{
    struct findings *f = o->f;
    for (size_t i = 0; i < f->cell_count; i++) {
        struct findings_cell *c = &f->cells[i];
        struct findings_reader *reader = &f->readers[c->reader];
        struct findings_pair *pair = &f->pairs[c->pair];
        bool open = verdict_is_open(c->verdict);
        reader->compatible += c->verdict == VERDICT_COMPATIBLE;
        reader->incompatible += c->verdict == VERDICT_INCOMPATIBLE;
        reader->undecided += open;
        reader->not_pursued += c->verdict == VERDICT_NOT_PURSUED;
        pair->compatible += c->verdict == VERDICT_COMPATIBLE;
        pair->incompatible += c->verdict == VERDICT_INCOMPATIBLE;
        pair->undecided += open;
        pair->not_pursued += c->verdict == VERDICT_NOT_PURSUED;
        f->undecided += open;
        f->rejected_so_far += c->verdict == VERDICT_REJECTED_SO_FAR;
        f->not_pursued += c->verdict == VERDICT_NOT_PURSUED;
        f->excluded += c->verdict == VERDICT_EXCLUDED;
        f->not_applicable += c->verdict == VERDICT_NOT_APPLICABLE;
    }
}

/* The budget first: it lets the times of steps go, which take as much room as all observations. */
static int make_views(struct fold *fold, struct err *e)
{
    struct findings *f = fold->f;
    int code = budget_make(fold->budget, e);
    if (code == 0)
        code = times_first_make(f, e);
    if (code == 0)
        code = times_all_make(f, e);
    if (code == 0)
        code = outliers_flag(f, e);
    return code ? code : drift_find(f, e);
}

static int finish_fold(struct fold *fold, struct err *e)
{
    struct cells cells = { 0 };
    if (fold->failed == ERR_LIMIT)
        return err_set(e, ERR_LIMIT, "journal.yaml", "more than %u placements", FOLD_PLACEMENTS_MAX);
    if (fold->failed == ERR_MEMORY)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
    fold_close_broken_off(fold);
    int code = judge_cells(fold, &cells, e);
    if (code == 0) {
        count_verdicts(fold);
        code = fold_withdraw(fold, &cells, e);
    }
    cells_free(&cells);
    if (code == 0)
        code = fold_finish_observations(fold, e);
    if (code == 0)
        code = make_views(fold, e);
    return code == 0 && fold->listener ? fold->listener->end(fold->listener->self, e) : code;
}

static int make(const char *directory, const struct findings_listener *listener, bool accepts_damaged,
                struct findings **out, struct err *e)
{
    char path[4096];
    struct journal_reader *reader = NULL;
    struct integrity *integrity = NULL;
    struct fold fold = { .accepts_damaged = accepts_damaged };
    struct findings *f = calloc(1, sizeof *f);
    int code = ERR_MEMORY;
    *out = NULL;
    if (!f) {
        err_set(e, ERR_MEMORY, directory, "out of memory");
        goto out;
    }
    if ((size_t)snprintf(path, sizeof path, "%s/journal.yaml", directory) >= sizeof path) {
        code = err_set(e, ERR_USAGE, directory, "the path is too long");
        goto out;
    }
    code = journal_reader_open(path, &reader, e);
    if (code)
        goto out;
    code = integrity_begin(reader, true, &integrity, e);
    journal_reader_ahead(reader, false);
    if (code == 0)
        code = read_start(reader, integrity, f, path, e);
    if (code)
        goto out;
    fold.integrity = integrity;
    code = fold_init(&fold, f, listener, e);
    if (code == 0)
        code = vouching_read(path, f->survey, &fold.spoilt, e);
    if (code == 0)
        code = read_records(reader, &fold, e);
    if (code == 0)
        code = finish_fold(&fold, e);
    if (code)
        goto out;
    integrity_end(integrity, &f->journal);
    f->faults = faults_take(integrity_faults(integrity));
    f->told = faults_take(integrity_told(integrity));
    memcpy(f->sha256, f->journal.sha256, sizeof f->sha256);
out:
    if (fold.f)
        fold_free(&fold);
    integrity_free(&integrity);
    journal_reader_close(&reader);
    if (code == 0)
        *out = f;
    else
        findings_free(&f);
    return code;
}

int findings_make(const char *directory, const struct findings_listener *listener, struct findings **out,
                  struct err *e)
{
    return make(directory, listener, false, out, e);
}

int findings_make_of_damaged(const char *directory, const struct findings_listener *listener,
                             struct findings **out, struct err *e)
{
    return make(directory, listener, true, out, e);
}
