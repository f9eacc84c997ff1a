/* Where the time goes, by reader, script and step; see time_budget.h. */
#include "harness/findings/time_budget.h"

#include "harness/base/parallel.h"
#include "harness/findings/clustered.h"
#include "harness/findings/thinned_samples.h"
#include "harness/findings/views.h"
#include "harness/stats/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE OBSERVATION_NONE

struct budget_fold {
    struct findings *f;
    struct time_budget *out;
    /*
     * reader * scripts + script. A row: the placement, then a time a step of the script, NONE where it has
     * none.
     */
    struct thinned_samples *steps;
    struct buf detect[SURVEY_READERS_MAX]; /* uint64_t a placement */
    uint32_t *scratch;                     /* a row of the longest script */
};

static size_t steps_of(const struct survey *s, size_t script)
{
    return survey_script_loaded(s, script)->step_count;
}

static int make_readers(struct time_budget *m, const struct survey *s)
{
    m->readers = calloc(s->reader_count ? s->reader_count : 1, sizeof *m->readers);
    m->pairs = calloc(s->pair_count ? s->pair_count : 1, sizeof *m->pairs);
    if (!m->readers || !m->pairs)
        return ERR_MEMORY;
    m->reader_count = s->reader_count;
    m->script_count = s->script_count;
    m->pair_count = s->pair_count;
    for (size_t r = 0; r < s->reader_count; r++) {
        m->readers[r].scripts = calloc(s->script_count ? s->script_count : 1, sizeof *m->readers[r].scripts);
        if (!m->readers[r].scripts)
            return ERR_MEMORY;
        for (size_t i = 0; i < s->script_count; i++) {
            struct budget_script *script = &m->readers[r].scripts[i];
            script->steps = calloc(steps_of(s, i) ? steps_of(s, i) : 1, sizeof *script->steps);
            if (!script->steps)
                return ERR_MEMORY;
            script->step_count = steps_of(s, i);
        }
    }
    return 0;
}

static void init_steps(struct budget_fold *m)
{
    const struct survey *s = m->f->survey;
    size_t count = s->reader_count * s->script_count;
    for (size_t i = 0; i < count; i++) {
        size_t width = 1 + steps_of(s, i % s->script_count);
        thinned_samples_init(&m->steps[i], width, BUDGET_BYTES_MAX / count / (width * sizeof(uint32_t)));
    }
}

int budget_fold_init(struct budget_fold **out, struct findings *f, struct err *e)
{
    const struct survey *s = f->survey;
    size_t count = s->reader_count * s->script_count, longest = 0;
    struct budget_fold *m = calloc(1, sizeof *m);
    *out = m;
    if (!m)
        return err_set(e, ERR_MEMORY, "journal", "out of memory");
    for (size_t i = 0; i < s->script_count; i++)
        longest = steps_of(s, i) > longest ? steps_of(s, i) : longest;
    m->f = f;
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        buf_init(&m->detect[i], SIZE_MAX / 2);
    m->scratch = calloc(1 + longest, sizeof *m->scratch);
    m->steps = calloc(count ? count : 1, sizeof *m->steps);
    m->out = calloc(1, sizeof *m->out);
    if (m->steps)
        init_steps(m);
    if (!m->scratch || !m->steps || !m->out || make_readers(m->out, s) != 0)
        return err_set(e, ERR_MEMORY, "journal", "out of memory for the times of %zu scripts", count);
    return 0;
}

void budget_fold_free(struct budget_fold **m)
{
    struct budget_fold *o = *m;
    if (!o)
        return;
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        buf_free(&o->detect[i]);
    for (size_t i = 0; o->steps && i < o->f->survey->reader_count * o->f->survey->script_count; i++)
        thinned_samples_free(&o->steps[i]);
    free(o->steps);
    free(o->scratch);
    budget_free(&o->out);
    free(o);
    *m = NULL;
}

static void free_reader(struct budget_reader *r, size_t script_count)
{
    for (size_t i = 0; r->scripts && i < script_count; i++) {
        for (size_t step = 0; r->scripts[i].steps && step < r->scripts[i].step_count; step++)
            free(r->scripts[i].steps[step].curve);
        free(r->scripts[i].steps);
    }
    free(r->scripts);
    free(r->detect_source);
}

void budget_free(struct time_budget **m)
{
    struct time_budget *o = *m;
    if (!o)
        return;
    for (size_t r = 0; o->readers && r < o->reader_count; r++)
        free_reader(&o->readers[r], o->script_count);
    for (size_t p = 0; o->pairs && p < o->pair_count; p++) {
        for (size_t i = 0; i < o->pairs[p].value_count; i++)
            free(o->pairs[p].values[i].said);
        free(o->pairs[p].values);
    }
    free(o->readers);
    free(o->pairs);
    free(o);
    *m = NULL;
}

/* A step's exchanges together, where it has several. */
static void fill_row(uint32_t *row, size_t width, const struct journal_transaction *t)
{
    row[ROWS_PLACEMENT] = (uint32_t)t->placement;
    for (size_t i = 1; i < width; i++)
        row[i] = NONE;
    for (size_t i = 0; i < t->exchanges.count; i++) {
        const struct journal_exchange *x = &t->exchanges.items[i];
        if (x->step == 0 || x->step >= width)
            continue;
        uint64_t sum = (row[x->step] == NONE ? 0 : (uint64_t)row[x->step]) + x->us;
        row[x->step] = sum < NONE ? (uint32_t)sum : NONE - 1;
    }
}

static void note_detection(struct budget_fold *m, size_t reader, const struct journal_transaction *t)
{
    struct budget_reader *r = &m->out->readers[reader];
    if (t->detect_us == UINT64_MAX)
        return;
    buf_add(&m->detect[reader], &t->detect_us, sizeof t->detect_us);
    if (t->detect_quantum_us != UINT64_MAX && t->detect_quantum_us > r->detect_quantum_us)
        r->detect_quantum_us = t->detect_quantum_us;
    if (!t->detect_source)
        return;
    if (!r->detect_source)
        r->detect_source = said_copy(t->detect_source);
    else if (!said_same(r->detect_source, t->detect_source))
        r->detect_sources_differ = true;
}

int budget_fold_transaction(struct budget_fold *m, const struct journal_record *r, bool timed)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct findings_cell *c = &m->f->cells[t->cell];
    struct thinned_samples *steps = &m->steps[c->reader * m->f->survey->script_count + c->script];
    note_detection(m, c->reader, t);
    if (timed) {
        fill_row(m->scratch, steps->width, t);
        thinned_samples_add(steps, m->scratch);
    }
    if (steps->cells.failed || m->detect[c->reader].failed)
        return ERR_MEMORY;
    return budget_note_answers(m->out, c->pair, c->reader, r);
}

void budget_fold_exchange(struct budget_fold *m, size_t reader, uint64_t line, uint64_t us, uint64_t floor_us)
{
    struct budget_host *h = &m->out->readers[reader].host;
    if (h->from == BUDGET_HOST_CALIBRATION || (h->from && us - floor_us >= h->us))
        return;
    *h = (struct budget_host) { .from = BUDGET_HOST_EXCHANGE,
                                .us = us - floor_us,
                                .line = line,
                                .exchange_us = us,
                                .floor_us = floor_us };
}

/* A calibration was made to know the host's share: it goes before any exchange. */
void budget_fold_calibration(struct budget_fold *m, const struct journal_record *r)
{
    const struct journal_calibration *c = &r->as.calibration;
    const struct survey *s = m->f->survey;
    for (size_t i = 0; c->reader && c->n > 0 && i < s->reader_count; i++) {
        struct budget_host *h = &m->out->readers[i].host;
        if (strcmp(s->readers[i].unit, c->reader) != 0 ||
            (h->from == BUDGET_HOST_CALIBRATION && h->us <= c->least_us))
            continue;
        *h = (struct budget_host) { .from = BUDGET_HOST_CALIBRATION,
                                    .us = c->least_us,
                                    .line = r->line,
                                    .n = c->n,
                                    .median_us = c->median_us };
        snprintf(h->what, sizeof h->what, "%.63s", c->what ? c->what : "");
    }
}

/* Pointers to the timed rows of all cells, by placement and line: sums of reals hang on their order. */
static void collect_rows(const struct findings *f, size_t reader, size_t script, struct buf *rows)
{
    const struct survey *s = f->survey;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t condition = 0; condition < s->condition_count; condition++) {
            const struct observations *seen = &f->cells[survey_cell(s, pair, condition, reader, script)].seen;
            for (size_t i = 0; i < seen->row_count; i++) {
                const struct observation *row = &seen->rows[i];
                const struct stats_keyed keyed = { (uint64_t)row->placement << 32 | row->line, row };
                if (row->flags & OBSERVATION_TIMED)
                    buf_add(rows, &keyed, sizeof keyed);
            }
        }
    if (!rows->failed && !stats_sort_keyed((struct stats_keyed *)(void *)rows->data,
                                           rows->length / sizeof(struct stats_keyed)))
        rows->failed = true;
}

/* A part of a transaction's time; NONE where the journal does not tell it. */
static uint32_t part_us(const struct observation *row, enum budget_part part, uint64_t host_us)
{
    uint64_t inside_us = (uint64_t)row->activate_us + row->exchanges_us, hosts_us = host_us * row->exchanges;
    switch (part) {
    case BUDGET_ACTIVATE:
        return row->activate_us;
    case BUDGET_EXCHANGES:
        return row->exchanges_us;
    case BUDGET_BETWEEN:
        return row->activate_us == NONE    ? NONE
               : row->total_us > inside_us ? (uint32_t)(row->total_us - inside_us)
                                           : 0;
    case BUDGET_TOTAL:
        return row->total_us;
    case BUDGET_WITHOUT_HOST:
        return row->total_us > hosts_us ? (uint32_t)(row->total_us - hosts_us) : 0;
    case BUDGET_PARTS:
        break;
    }
    return NONE;
}

static void measure_times(const struct clustered *v, const struct cluster_sample *s, const uint64_t *sorted,
                          struct budget_times *out)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += (double)sorted[i];
    *out = (struct budget_times) { .n = s->n,
                                   .placements = clustered_placements(v),
                                   .mean_us = sum / (double)s->n,
                                   .median = clustered_at(v, s, sorted, 0.5),
                                   .p90 = clustered_at(v, s, sorted, 0.9),
                                   .max_us = sorted[s->n - 1] };
}

static int add_curve(const uint64_t *sorted, size_t n, struct budget_step *step)
{
    step->curve = calloc(BUDGET_CURVE_MAX, sizeof *step->curve);
    if (!step->curve)
        return ERR_MEMORY;
    step->curve_count = findings_steps(sorted, n, step->curve, BUDGET_CURVE_MAX);
    return 0;
}

size_t budget_levels(const struct budget_step *s, struct findings_step *out, size_t max)
{
    size_t n = s->curve_count < max ? s->curve_count : max;
    for (size_t i = 0; i < n; i++)
        out[i] = s->curve[s->curve_count <= max ? i : (i + 1) * s->curve_count / max - 1];
    return n;
}

/* step: its curve too; may be NULL. Frees v. */
static int summarize(struct clustered *v, struct budget_times *out, struct budget_step *step)
{
    struct cluster_sample s;
    uint64_t *sorted = NULL;
    int code = clustered_sort(v, &s, &sorted) ? 0 : ERR_MEMORY;
    if (code == 0 && s.n > 0)
        measure_times(v, &s, sorted, out);
    if (code == 0 && s.n > 0 && step)
        code = add_curve(sorted, s.n, step);
    free(sorted);
    clustered_free(v);
    return code;
}

static int make_part(const struct stats_keyed *rows, size_t n, enum budget_part part, uint64_t host_us,
                     struct budget_times *out)
{
    struct clustered v;
    clustered_init(&v);
    for (size_t i = 0; i < n; i++) {
        const struct observation *row = rows[i].of;
        uint32_t us = part_us(row, part, host_us);
        if (us != NONE)
            clustered_add(&v, row->placement, 0, us);
    }
    return summarize(&v, out, NULL);
}

static int make_step(struct thinned_samples *steps, size_t step, struct budget_step *out)
{
    struct clustered v;
    clustered_init(&v);
    for (size_t i = 0; i < thinned_samples_count(steps); i++) {
        const uint32_t *row = thinned_samples_at(steps, i);
        if (row[1 + step] != NONE)
            clustered_add(&v, row[ROWS_PLACEMENT], 0, row[1 + step]);
    }
    return summarize(&v, &out->times, out);
}

/* rows: struct stats_keyed of observations. Frees steps. */
static int make_script(const struct buf *rows, struct thinned_samples *steps, const struct budget_host *host,
                       struct budget_script *out)
{
    const struct stats_keyed *all = (const struct stats_keyed *)(const void *)rows->data;
    size_t n = rows->length / sizeof *all;
    int code = rows->failed ? ERR_MEMORY : 0;
    for (size_t i = 0; i < n; i++)
        out->exchanges += (double)((const struct observation *)all[i].of)->exchanges / (double)n;
    for (size_t part = 0; part < BUDGET_PARTS && code == 0; part++)
        if (part != BUDGET_WITHOUT_HOST || host->from)
            code = make_part(all, n, (enum budget_part)part, host->us, &out->parts[part]);
    thinned_samples_sort(steps);
    out->stride = steps->stride;
    for (size_t step = 0; step < out->step_count && code == 0; step++)
        code = make_step(steps, step, &out->steps[step]);
    thinned_samples_free(steps);
    double mean = out->parts[BUDGET_EXCHANGES].mean_us, floors = out->exchanges * (double)host->us;
    out->host_us = floors < mean ? floors : mean;
    out->card_us = mean - out->host_us;
    return code;
}

/* A script of a reader. */
static bool make_one(void *context, size_t i)
{
    struct budget_fold *m = context;
    size_t scripts = m->f->survey->script_count, reader = i / scripts, script = i % scripts;
    struct budget_reader *out = &m->out->readers[reader];
    struct buf rows;
    buf_init(&rows, SIZE_MAX / 2);
    collect_rows(m->f, reader, script, &rows);
    int code = make_script(&rows, &m->steps[i], &out->host, &out->scripts[script]);
    buf_free(&rows);
    return code == 0;
}

int budget_make(struct budget_fold *m, struct err *e)
{
    for (size_t reader = 0; reader < m->out->reader_count; reader++)
        m->out->readers[reader].detect = times_first_of(&m->detect[reader]);
    if (!parallel_each(m->out->reader_count * m->out->script_count, make_one, m))
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
    budget_sort_answers(m->out);
    m->f->budget = m->out;
    m->out = NULL;
    return 0;
}

unsigned budget_stride(const struct findings *f, size_t script)
{
    unsigned most = 1;
    for (size_t reader = 0; reader < f->survey->reader_count; reader++) {
        unsigned own = f->budget->readers[reader].scripts[script].stride;
        most = own > most ? own : most;
    }
    return most;
}
