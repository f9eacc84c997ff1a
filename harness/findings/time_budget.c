/* Where the time goes, by reader, script and step; see time_budget.h. */
#include "harness/findings/time_budget.h"

#include "harness/findings/fold.h"
#include "harness/findings/thinned_samples.h"
#include "harness/stats/cluster.h"
#include "harness/stats/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE ROWS_NONE

/* A row of times, uint32_t each: these, then one a step of the script. NONE: not told. */
enum column { ROW_PLACEMENT = ROWS_PLACEMENT, ROW_TOTAL, ROW_ACTIVATE, ROW_EXCHANGES, ROW_COUNT, ROW_STEPS };

struct budget_fold {
    struct findings *f;
    struct time_budget *out;
    struct thinned_samples *rows;          /* reader * scripts + script */
    struct buf detect[SURVEY_READERS_MAX]; /* uint64_t a placement */
    uint32_t *scratch;                     /* a row of the longest script */
};

static size_t steps_of(const struct survey *s, size_t script)
{
    return s->scripts_loaded[s->scripts[script].script].step_count;
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

static void init_rows(struct budget_fold *m)
{
    const struct survey *s = m->f->survey;
    size_t count = s->reader_count * s->script_count;
    for (size_t i = 0; i < count; i++) {
        size_t width = ROW_STEPS + steps_of(s, i % s->script_count);
        thinned_samples_init(&m->rows[i], width, BUDGET_BYTES_MAX / count / (width * sizeof(uint32_t)));
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
    m->scratch = calloc(ROW_STEPS + longest, sizeof *m->scratch);
    m->rows = calloc(count ? count : 1, sizeof *m->rows);
    m->out = calloc(1, sizeof *m->out);
    if (m->rows)
        init_rows(m);
    if (!m->scratch || !m->rows || !m->out || make_readers(m->out, s) != 0)
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
    for (size_t i = 0; o->rows && i < o->f->survey->reader_count * o->f->survey->script_count; i++)
        thinned_samples_free(&o->rows[i]);
    free(o->rows);
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

static uint32_t at_most(uint64_t value)
{
    return value < NONE ? (uint32_t)value : NONE - 1;
}

static void fill_row(uint32_t *row, size_t width, const struct journal_transaction *t)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < width; i++)
        row[i] = NONE;
    for (size_t i = 0; i < t->exchanges.count; i++) {
        const struct journal_exchange *x = &t->exchanges.items[i];
        sum += x->us;
        if (x->step == 0 || x->step > width - ROW_STEPS)
            continue;
        uint32_t *step = &row[ROW_STEPS + x->step - 1];
        *step = at_most((*step == NONE ? 0 : (uint64_t)*step) + x->us);
    }
    row[ROW_PLACEMENT] = (uint32_t)t->placement;
    row[ROW_TOTAL] = at_most(t->total_us);
    row[ROW_ACTIVATE] = t->stages.us[STAGE_ACTIVATE];
    row[ROW_EXCHANGES] = at_most(sum);
    row[ROW_COUNT] = at_most(t->exchanges.count);
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

int budget_fold_transaction(struct budget_fold *m, const struct journal_record *r, bool ok)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct findings_cell *c = &m->f->cells[t->cell];
    struct thinned_samples *rows = &m->rows[c->reader * m->f->survey->script_count + c->script];
    note_detection(m, c->reader, t);
    if (ok && t->total_us != UINT64_MAX && t->placement < NONE) {
        fill_row(m->scratch, rows->width, t);
        thinned_samples_add(rows, m->scratch);
    }
    if (rows->cells.failed || m->detect[c->reader].failed)
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
        *h = (struct budget_host) { .from = BUDGET_HOST_CALIBRATION, .us = c->least_us, .line = r->line };
        snprintf(h->what, sizeof h->what, "%.63s", c->what ? c->what : "");
    }
}

/* One column of the rows, or what is made of several; NONE where the row does not tell it. */
struct taker {
    uint32_t (*take)(const uint32_t *row, const struct taker *t);
    size_t column;
    uint64_t host_us;
};

static uint32_t take_column(const uint32_t *row, const struct taker *t)
{
    return row[t->column];
}

static uint32_t take_between(const uint32_t *row, const struct taker *t)
{
    (void)t;
    if (row[ROW_ACTIVATE] == NONE)
        return NONE;
    uint64_t inside = (uint64_t)row[ROW_ACTIVATE] + row[ROW_EXCHANGES];
    return row[ROW_TOTAL] > inside ? (uint32_t)(row[ROW_TOTAL] - inside) : 0;
}

static uint32_t take_without_host(const uint32_t *row, const struct taker *t)
{
    uint64_t host = t->host_us * row[ROW_COUNT];
    return row[ROW_TOTAL] > host ? (uint32_t)(row[ROW_TOTAL] - host) : 0;
}

static void gather(struct thinned_samples *r, const struct taker *t, struct buf *values, struct buf *sizes)
{
    uint32_t last = NONE, size = 0;
    for (size_t i = 0; i < thinned_samples_count(r); i++) {
        const uint32_t *row = thinned_samples_at(r, i);
        uint32_t us = t->take(row, t);
        if (us == NONE)
            continue;
        uint64_t value = us;
        if (size > 0 && row[ROW_PLACEMENT] != last) {
            buf_add(sizes, &size, sizeof size);
            size = 0;
        }
        last = row[ROW_PLACEMENT];
        size++;
        buf_add(values, &value, sizeof value);
    }
    if (size > 0)
        buf_add(sizes, &size, sizeof size);
}

static void measure(const struct cluster_sample *s, const uint64_t *sorted, struct budget_times *out)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += (double)sorted[i];
    *out = (struct budget_times) { .n = s->n,
                                   .placements = s->groups,
                                   .mean_us = sum / (double)s->n,
                                   .median = findings_clustered_at(s, sorted, 0.5),
                                   .p90 = findings_clustered_at(s, sorted, 0.9),
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

/* step: its curve too; may be NULL. */
static int summarize(struct thinned_samples *r, const struct taker *t, struct budget_times *out,
                     struct budget_step *step)
{
    struct buf values, sizes, copy;
    buf_init(&values, SIZE_MAX / 2);
    buf_init(&sizes, SIZE_MAX / 2);
    buf_init(&copy, SIZE_MAX / 2);
    gather(r, t, &values, &sizes);
    buf_add(&copy, values.data, values.length);
    int code = values.failed || sizes.failed || copy.failed ? ERR_MEMORY : 0;
    if (code == 0 && values.length > 0) {
        struct cluster_sample s = { .values = (const uint64_t *)(const void *)values.data,
                                    .sizes = (const uint32_t *)(const void *)sizes.data,
                                    .groups = sizes.length / sizeof(uint32_t),
                                    .n = values.length / sizeof(uint64_t) };
        uint64_t *sorted = (uint64_t *)(void *)copy.data;
        stats_sort_u64(sorted, s.n);
        measure(&s, sorted, out);
        if (step)
            code = add_curve(sorted, s.n, step);
    }
    buf_free(&values);
    buf_free(&sizes);
    buf_free(&copy);
    return code;
}

static int make_script(struct thinned_samples *r, const struct budget_host *host, struct budget_script *out)
{
    const struct taker takers[BUDGET_PARTS] = {
        [BUDGET_ACTIVATE] = { take_column, ROW_ACTIVATE, 0 },
        [BUDGET_EXCHANGES] = { take_column, ROW_EXCHANGES, 0 },
        [BUDGET_BETWEEN] = { take_between, 0, 0 },
        [BUDGET_TOTAL] = { take_column, ROW_TOTAL, 0 },
        [BUDGET_WITHOUT_HOST] = { take_without_host, 0, host->us },
    };
    size_t count = thinned_samples_count(r);
    int code = 0;
    thinned_samples_sort(r);
    out->stride = r->stride;
    for (size_t i = 0; i < count; i++)
        out->exchanges += (double)thinned_samples_at(r, i)[ROW_COUNT] / (double)count;
    for (size_t part = 0; part < BUDGET_PARTS && code == 0; part++)
        if (part != BUDGET_WITHOUT_HOST || host->from)
            code = summarize(r, &takers[part], &out->parts[part], NULL);
    for (size_t step = 0; step < out->step_count && code == 0; step++) {
        struct taker t = { take_column, ROW_STEPS + step, 0 };
        code = summarize(r, &t, &out->steps[step].times, &out->steps[step]);
    }
    double mean = out->parts[BUDGET_EXCHANGES].mean_us, floors = out->exchanges * (double)host->us;
    out->host_us = floors < mean ? floors : mean;
    out->card_us = mean - out->host_us;
    return code;
}

int budget_make(struct budget_fold *m, struct err *e)
{
    const struct survey *s = m->f->survey;
    int code = 0;
    for (size_t reader = 0; reader < s->reader_count && code == 0; reader++) {
        struct budget_reader *out = &m->out->readers[reader];
        out->detect = findings_times_of(&m->detect[reader]);
        for (size_t script = 0; script < s->script_count && code == 0; script++)
            code =
                make_script(&m->rows[reader * s->script_count + script], &out->host, &out->scripts[script]);
    }
    if (code)
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
