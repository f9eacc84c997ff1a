/*
 * A survey of any size with its journal, written with the journal's own writer: what the tests of findings
 * and reports are fed with. Profiles are made up; text is embedded as a start record embeds it.
 */
#ifndef NFC_SURVEY_TESTS_FINDINGS_SAMPLE_H
#define NFC_SURVEY_TESTS_FINDINGS_SAMPLE_H

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "harness/domain/cause.h"
#include "harness/journal/journal.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE_FILES_MAX 80

struct sample_shape {
    unsigned readers, pairs; /* pairs <= 40 */
    bool real;               /* no unit is simulated */
    bool no_criteria;
    bool of_0_4;            /* its start record names no rules */
    bool exclude;           /* the last pair on the last reader */
    bool absent_off;        /* handset 1 declares `battery-low` absent */
    const char *handset;    /* unit of pair 0; NULL: as the others */
    const char *reader;     /* unit of reader 0; NULL: as the others */
    const char *scheme;     /* flow mapping or a preset's name; NULL: an own one with k 2 */
    const char *criteria;   /* lines behind the head of the criteria file */
    const char *conditions; /* lines with the key `conditions`, and points; NULL: three power modes */
    const char *settings;   /* more lines of the survey */
    const char *steps;      /* more steps of read-cert */
    unsigned fill_sessions; /* over which sample_fill() goes in turn; 0: 2 */
};

struct sample {
    char directory[64];
    struct journal *journal;
    struct journal_file files[SAMPLE_FILES_MAX];
    char *texts[SAMPLE_FILES_MAX * 3];
    size_t file_count, text_count;
    struct sample_shape shape;
    struct survey *survey;
    uint64_t at_us;
};

static inline char *sample_keep(struct sample *s, char *text)
{
    if (!text || s->text_count == sizeof s->texts / sizeof *s->texts)
        abort();
    return s->texts[s->text_count++] = text;
}

static inline void sample_file(struct sample *s, const char *kind, const char *path, struct buf *b)
{
    struct journal_file *f = &s->files[s->file_count++];
    char sha[65];
    digest_bytes(b->data, b->length, sha);
    f->kind = kind;
    f->path = sample_keep(s, text_copy(path));
    f->sha256 = sample_keep(s, text_copy(sha));
    f->text = sample_keep(s, buf_take(b));
}

static inline void sample_reader(struct sample *s, unsigned i)
{
    static const char *const words[] = { "lantern", "harbour", "willow", "copper", "meadow", "summit" };
    char id[64];
    struct buf b;
    buf_init(&b, 1 << 16);
    snprintf(id, sizeof id, "%s%s-%u", s->shape.real ? "" : "sim-", words[i % 6], i + 1);
    buf_add_format(&b,
                   "format: nfc-survey/reader\nversion: 1\nid: %s\nmaker: Example\nmodel: Model %s\n"
                   "source: made up for tests\n",
                   id, words[i % 6]);
    if (!s->shape.real)
        buf_add_text(&b,
                     "simulation: {level: short, max_message_bytes: 271, interrupt_endpoint: true, "
                     "detect_quantum_us: 10000, polling: BA, max_kbit_s: 424, fsd_bytes: 256, host_us: 900, "
                     "host_spread: 0.1, field_db: 0, radius_mm: 30}\n");
    sample_file(s, "reader", id, &b);
}

static inline void sample_handset(struct sample *s, unsigned i)
{
    char id[64];
    struct buf b;
    buf_init(&b, 1 << 16);
    snprintf(id, sizeof id, "%sphone-%02u", s->shape.real ? "" : "sim-", i + 1);
    buf_add_format(&b,
                   "format: nfc-survey/handset\nversion: 1\nid: %s\nsource: made up for tests\n"
                   "facts: {maker: %s, name: \"Phone %02u\"}\n",
                   id,
                   i % 3 == 0   ? "Aoba"
                   : i % 3 == 1 ? "Tsubaki"
                                : "Kaede",
                   i + 1);
    if (s->shape.absent_off && i == 1)
        buf_add_text(&b, "absent_modes: {modes: [battery-low], source: \"data sheet, page 3\"}\n");
    if (!s->shape.real)
        buf_add_text(&b,
                     "simulation: {technology: B, uid: 01020304, fsci: 8, fwi: 8, max_kbit_s: 106, targets: "
                     "[{target: uicc, power_modes: [on-unlocked], applets: [jpki], select_us: 9000, "
                     "command_us: 9000, per_byte_ns: 100, spread: 0.1}], margin_db: 6, placement_sd_db: 1, "
                     "session_sd_db: 1}\n");
    sample_file(s, "handset", id, &b);
}

static inline void sample_script(struct sample *s, const char *id, const char *title, unsigned limit_ms,
                                 const char *steps)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_add_format(
        &b,
        "format: nfc-survey/script\nversion: 1\nid: %s\ntitle: {en: \"%s\", ja: \"%s（日本語）\"}\n"
        "time_limit_ms: %u\ndeadline_ms: 3000\n"
        "steps:\n  - {name: select, send: 00A4040C00, expect: \"9000\"}\n%s",
        id, title, title, limit_ms, steps ? steps : "");
    sample_file(s, "script", id, &b);
}

static inline void sample_survey(struct sample *s)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_add_text(&b, "format: nfc-survey/survey\nversion: 1\nid: sample\n"
                     "title: {en: \"Counter readers and handsets\", ja: \"窓口リーダーと端末の調査\"}\nseed: "
                     "7\nreaders:\n");
    s->files[0] = (struct journal_file) { .kind = "survey" };
    s->file_count = 1;
    for (unsigned i = 0; i < s->shape.readers; i++) {
        sample_reader(s, i);
        char unit[64];
        snprintf(unit, sizeof unit, "counter-%u", i + 1);
        const char *name = i == 0 && s->shape.reader ? s->shape.reader : unit;
        buf_add_format(&b, "  - {profile: %s, unit: ", s->files[s->file_count - 1].path);
        text_add_json(&b, name, strlen(name));
        buf_add_text(&b, "}\n");
    }
    buf_add_format(&b, "sims:\n  - {id: card-1%s}\nhandsets:\n",
                   s->shape.real ? "" : ", token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1500");
    for (unsigned i = 0; i < s->shape.pairs; i++) {
        char unit[64];
        snprintf(unit, sizeof unit, "A-%02u", i + 1);
        sample_handset(s, i);
        buf_add_format(&b, "  - {handset: %s, sim: card-1, unit: ", s->files[s->file_count - 1].path);
        text_add_json(&b, i == 0 && s->shape.handset ? s->shape.handset : unit,
                      strlen(i == 0 && s->shape.handset ? s->shape.handset : unit));
        buf_add_text(&b, "}\n");
    }
    sample_script(s, "read-token", "Read the token", 1500, NULL);
    sample_script(s, "read-cert", "Read a certificate", 4000, s->shape.steps);
    buf_add_format(
        &b,
        "%s\nscripts: [read-token, read-cert]\n"
        "scheme: %s\nhands: %s\n",
        s->shape.conditions ? s->shape.conditions : "conditions: [on-unlocked, on-locked, battery-low]",
        s->shape.scheme ? s->shape.scheme
                        : "{name: quick, q0: 0.02, q1: 0.2, alpha: 0.005, beta: 0.05, k: 2, n_max: 45}",
        s->shape.real ? "person" : "sim");
    if (s->shape.exclude)
        buf_add_format(
            &b, "exclude:\n  - {handset: A-%02u, reader: counter-%u, reason: \"no room on the counter\"}\n",
            s->shape.pairs, s->shape.readers);
    if (s->shape.settings)
        buf_add_text(&b, s->shape.settings);
    if (!s->shape.no_criteria) {
        struct buf c;
        buf_init(&c, 1 << 16);
        buf_add_format(&c,
                       "format: nfc-survey/criteria\nversion: 1\nid: counter\n"
                       "title: {en: Counter service, ja: 窓口サービス}\nsource: made up\n%s",
                       s->shape.criteria
                           ? s->shape.criteria
                           : "power_modes: [on-unlocked, on-locked]\nconditional_modes: [battery-low]\n"
                             "readers_at_least: all\n");
        sample_file(s, "criteria", "counter", &c);
        buf_add_text(&b, "criteria: counter\n");
    }
    char sha[65];
    digest_bytes(b.data, b.length, sha);
    s->files[0].path = "sample.yaml";
    s->files[0].sha256 = sample_keep(s, text_copy(sha));
    s->files[0].text = sample_keep(s, buf_take(&b));
}

static inline void sample_must(int code, const struct err *e)
{
    if (code == 0)
        return;
    fprintf(stderr, "# sample: %s: %s\n", e->where, e->text);
    abort();
}

static inline void sample_append(struct sample *s, struct journal_record *r)
{
    struct err e = { 0 };
    sample_must(journal_append(s->journal, r, &e), &e);
}

static inline void sample_load(struct sample *s)
{
    struct survey_problems problems = { 0 };
    struct survey_file files[SAMPLE_FILES_MAX] = { 0 };
    struct err e = { 0 };
    for (size_t i = 0; i < s->file_count; i++) {
        files[i].kind = (char *)(uintptr_t)s->files[i].kind;
        files[i].path = (char *)(uintptr_t)s->files[i].path;
        files[i].text = (char *)(uintptr_t)s->files[i].text;
        files[i].length = strlen(s->files[i].text);
    }
    int code = survey_load_embedded(files, s->file_count, NULL, &s->survey, &problems, &e);
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "# %s: %s\n", problems.items[i].where, problems.items[i].text);
    survey_problems_free(&problems);
    sample_must(code, &e);
}

static inline void sample_start(struct sample *s)
{
    struct journal_record r;
    struct journal_reader_found found[SURVEY_READERS_MAX] = { 0 };
    const struct survey_scheme *c = &s->survey->scheme;
    s->survey->rules = s->shape.of_0_4 ? RULES_OF_0_4 : RULES_NOW;
    journal_record_init(&r, JOURNAL_KIND_START);
    struct journal_start *start = &r.as.start;
    for (size_t i = 0; i < s->survey->reader_count; i++) {
        found[i].unit = s->survey->readers[i].unit;
        found[i].profile = s->survey->reader_profiles[s->survey->readers[i].profile].id;
        found[i].driver = s->survey->readers[i].driver;
        found[i].name = "Example Model 00 00";
        found[i].serial = "SIM-0001";
        found[i].firmware = "1.0";
        found[i].simulated = !s->shape.real;
    }
    *start = (struct journal_start) { .format = "nfc-survey/journal",
                                      .version = s->shape.of_0_4 ? 1 : JOURNAL_VERSION,
                                      .run = "sample-run",
                                      .simulated = !s->shape.real,
                                      .simulated_sign =
                                          s->shape.real ? NULL : &(struct said) { .code = SAID_SIM_DRIVER },
                                      .survey = s->survey->id,
                                      .seed = s->survey->seed,
                                      .scheme = c->name,
                                      .q0 = c->q0,
                                      .q1 = c->q1,
                                      .alpha = c->alpha,
                                      .beta = c->beta,
                                      .k = c->k,
                                      .n_max = c->n_max,
                                      .mean = c->mean > 0 ? c->mean : (double)NAN,
                                      .prior_upper = SCHEME_PRIOR_UPPER,
                                      .prior_lower = SCHEME_PRIOR_LOWER,
                                      .sessions = s->survey->sessions,
                                      .rules = s->shape.of_0_4 ? UINT64_MAX : RULES_NOW,
                                      .lanes = s->survey->lanes,
                                      .hands = s->survey->hands,
                                      .wall = "2017-12-01T09:00:00Z",
                                      .boot_id = "b",
                                      .host = "counter",
                                      .system = "Linux",
                                      .clock = &(struct said) { .code = SAID_VIRTUAL_CLOCK },
                                      .clock_resolution_ns = 1,
                                      .program = "nfc-survey 0.1.0",
                                      .readers = { found, s->survey->reader_count },
                                      .files = { s->files, s->file_count } };
    sample_append(s, &r);
}

/* A run directory with a start record; the journal stays open. */
static inline void sample_open(struct sample *s, const struct sample_shape *shape)
{
    struct err e = { 0 };
    memset(s, 0, sizeof *s);
    s->shape = *shape;
    snprintf(s->directory, sizeof s->directory, "/tmp/nfc-survey-sample-XXXXXX");
    if (!mkdtemp(s->directory))
        abort();
    sample_survey(s);
    sample_load(s);
    sample_must(journal_create(s->directory, &s->journal, &e), &e);
    sample_start(s);
}

static inline void sample_path(const struct sample *s, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", s->directory, name);
}

static inline void sample_close(struct sample *s)
{
    if (s->journal)
        journal_close(&s->journal);
    survey_free(&s->survey);
    for (size_t i = 0; i < s->text_count; i++)
        free(s->texts[i]);
    DIR *d = opendir(s->directory);
    for (struct dirent *f; d && (f = readdir(d));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", s->directory, f->d_name);
        if (f->d_name[0] != '.')
            unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(s->directory);
}

/* Returns the placement's line. */
static inline uint64_t sample_lay(struct sample *s, unsigned reader, unsigned pair, unsigned condition,
                                  unsigned session)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
    r.as.placement = (struct journal_placement) { .at_us = s->at_us += 12000000,
                                                  .reader = s->survey->readers[reader].unit,
                                                  .handset = s->survey->pairs[pair].unit,
                                                  .sim = s->survey->sims[s->survey->pairs[pair].sim].id,
                                                  .condition = s->survey->conditions[condition].id,
                                                  .position = "centre",
                                                  .session = session };
    sample_append(s, &r);
    return r.line;
}

/* "ok" as OUTCOME_OK: the samples are easier to read in the journal's own words. */
#define SAMPLE_WORD(type, word) type##_of_name((word), strlen(word))

struct sample_try {
    const char *outcome; /* "ok", "fail", "invalid" */
    uint64_t total_us;
    bool slow;
    uint32_t causes;
    const char *stage;
};

static inline void sample_run(struct sample *s, uint64_t placement, uint64_t cell, unsigned repeat,
                              unsigned order, const struct sample_try *t)
{
    struct journal_record r;
    struct journal_exchange exchange = { 1, (uint32_t)(t->total_us / 3), "9000" };
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *x = &r.as.transaction;
    bool ok = strcmp(t->outcome, "ok") == 0;
    x->placement = placement;
    x->cell = cell;
    x->repeat = repeat;
    x->order = order;
    x->at_us = s->at_us += 700000;
    x->outcome = SAMPLE_WORD(outcome, t->outcome);
    if (t->slow)
        x->slow = 1;
    if (ok) {
        x->total_us = t->total_us;
        x->exchanges.items = &exchange;
        x->exchanges.count = 1;
    } else {
        x->stage = t->stage ? SAMPLE_WORD(stage, t->stage) : STAGE_EXCHANGE;
        x->causes = t->causes;
        x->depth = DEPTH_PCSC;
        x->native = "SCARD_E_NOT_TRANSACTED";
    }
    sample_append(s, &r);
}

static inline void sample_placed(struct sample *s, uint64_t placement, const uint64_t *cells,
                                 const char *const *results, size_t count, const char *worst)
{
    struct journal_record r;
    struct journal_result items[SURVEY_SCRIPTS_MAX] = { 0 };
    journal_record_init(&r, JOURNAL_KIND_PLACED);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct journal_result) { .cell = cells[i],
                                             .result = SAMPLE_WORD(placement_result, results[i]),
                                             .ok = 1 };
    r.as.placed.placement = placement;
    r.as.placed.at_us = s->at_us;
    r.as.placed.result = SAMPLE_WORD(placement_result, worst);
    r.as.placed.results.items = items;
    r.as.placed.results.count = count;
    sample_append(s, &r);
}

/* n placements of one script with one transaction each, d of them dirty, sessions in turn. */
static inline void sample_fill(struct sample *s, unsigned reader, unsigned pair, unsigned condition,
                               unsigned script, unsigned n, unsigned d)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t cell = survey_cell(s->survey, pair, condition, reader, script);
        uint64_t line = sample_lay(s, reader, pair, condition,
                                   i % (s->shape.fill_sessions ? s->shape.fill_sessions : 2) + 1);
        bool dirty = i < d;
        struct sample_try t = { dirty ? "fail" : "ok", 40000 + 100 * i, false, CAUSE(10) | CAUSE(11), NULL };
        sample_run(s, line, cell, 1, 1, &t);
        sample_placed(s, line, &cell, (const char *const[]) { dirty ? "dirty" : "clean" }, 1,
                      dirty ? "dirty" : "clean");
    }
}

static inline void sample_stop(struct sample *s, const char *status)
{
    struct journal_record r;
    char sha[65];
    journal_sha256(s->journal, sha);
    journal_record_init(&r, JOURNAL_KIND_STOP);
    r.as.stop = (struct journal_stop) { .at_us = s->at_us,
                                        .wall = "2017-12-03T17:00:00Z",
                                        .status = SAMPLE_WORD(stop_status, status),
                                        .reason = &(struct said) { .words = "the plan is done" },
                                        .placements = journal_count(s->journal, JOURNAL_KIND_PLACEMENT),
                                        .transactions = journal_count(s->journal, JOURNAL_KIND_TRANSACTION),
                                        .lines = journal_lines(s->journal),
                                        .sha256 = sha };
    sample_append(s, &r);
    journal_close(&s->journal);
}

static inline void sample_health(struct sample *s, enum health_event event, const struct said *detail)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_HEALTH);
    r.as.health = (struct journal_health) {
        .at_us = s->at_us, .reader = s->survey->readers[0].unit, .event = event, .detail = detail
    };
    sample_append(s, &r);
}

/* One placement of a random run: k transactions of each script still open. */
static inline void sample_random_placement(struct sample *s, unsigned reader, unsigned pair,
                                           unsigned condition, unsigned session, unsigned ordinal, double bad,
                                           unsigned *n, unsigned *d, const bool *open)
{
    const struct survey *v = s->survey;
    uint64_t key = random_key(
        random_key(random_key(random_key(random_key(3, reader), pair), condition), session), ordinal);
    uint64_t line = sample_lay(s, reader, pair, condition, session);
    uint64_t cells[SURVEY_SCRIPTS_MAX];
    const char *results[SURVEY_SCRIPTS_MAX], *worst = "clean";
    size_t count = 0;
    unsigned order = 0;
    bool invalid = random_uniform(key, 99) < 0.004;
    for (unsigned script = 0; script < v->script_count; script++) {
        bool dirty = false;
        if (!open[script])
            continue;
        cells[count] = survey_cell(v, pair, condition, reader, script);
        for (unsigned repeat = 1; repeat <= v->scheme.k; repeat++) {
            uint64_t what = random_key(key, script * 100 + repeat);
            double base = script ? 900000 : 180000;
            double us =
                base * (1 + 0.08 * reader) * (1 + 0.02 * (pair % 7)) * (1 + 0.05 * random_normal(what, 1));
            struct sample_try t = { "ok", (uint64_t)us, false, 0, NULL };
            double chance = random_uniform(what, 2);
            if (invalid && repeat == 1)
                t = (struct sample_try) { "invalid", 0, false, CAUSE(31), "exchange" };
            else if (chance < bad * 0.5)
                t = (struct sample_try) { "fail", 0, false, CAUSE(10) | CAUSE(11), "exchange" };
            else if (chance < bad * 0.8)
                t = (struct sample_try) { "fail", 0, false, CAUSE(3) | CAUSE(9) | CAUSE(16), "exchange" };
            else if (chance < bad)
                t = (struct sample_try) { "fail", 0, false, CAUSE(2) | CAUSE(3), "detect" };
            dirty = dirty || strcmp(t.outcome, "fail") == 0;
            sample_run(s, line, cells[count], repeat, ++order, &t);
        }
        results[count++] = invalid ? "invalid" : dirty ? "dirty" : "clean";
        n[script] += !invalid;
        d[script] += !invalid && dirty;
        if (invalid || (dirty && strcmp(worst, "invalid") != 0))
            worst = invalid ? "invalid" : "dirty";
    }
    sample_placed(s, line, cells, results, count, worst);
}

/* A plausible run over the whole survey: most pairs good, some bad in one mode, some bad on one reader. */
static inline void sample_random(struct sample *s)
{
    const struct survey *v = s->survey;
    struct scheme scheme = { "",          v->scheme.q0,    v->scheme.q1, v->scheme.alpha, v->scheme.beta,
                             v->scheme.k, v->scheme.n_max, RULES_OF_0_4 }; /* the start record names none */
    struct scheme_table table = { 0 };
    struct err e = { 0 };
    sample_must(scheme_table_make(&scheme, &table, &e), &e);
    for (unsigned pair = 0; pair < v->pair_count; pair++)
        for (unsigned condition = 0; condition < v->condition_count; condition++)
            for (unsigned reader = 0; reader < v->reader_count; reader++) {
                unsigned n[SURVEY_SCRIPTS_MAX] = { 0 }, d[SURVEY_SCRIPTS_MAX] = { 0 }, made = 0;
                double bad = pair % 11 == 10                     ? 0.3
                             : (condition == 2 && pair % 4 == 1) ? 0.35
                             : (reader == 3 && pair % 7 == 5)    ? 0.2
                             : pair % 9 == 4                     ? 0.03
                                                                 : 0.0005;
                if (s->survey->excluded[survey_cell(v, pair, condition, reader, 0)] != SURVEY_CELL_IN)
                    continue;
                for (unsigned i = 0; i < v->scheme.n_max; i++) {
                    bool open[SURVEY_SCRIPTS_MAX] = { false }, any = false;
                    for (unsigned script = 0; script < v->script_count; script++) {
                        const uint32_t seen = made >= 8 ? 3 : 1;
                        const struct cell_counts counts = { n[script], d[script], 0, seen, seen, 0 };
                        enum verdict verdict = verdict_of(&table, &counts);
                        open[script] = verdict == VERDICT_UNDECIDED && n[script] < v->scheme.n_max;
                        any = any || open[script];
                    }
                    if (!any)
                        break;
                    sample_random_placement(s, reader, pair, condition, made++ < 7 ? 1 : 2, i, bad, n, d,
                                            open);
                }
            }
    scheme_table_free(&table);
}

/* A resume record with what it must have. */
static inline struct journal_record sample_resume(void)
{
    static struct said why, clock;
    struct journal_record r;
    why = said_alone(SAID_NO_STOP);
    clock = said_alone(SAID_VIRTUAL_CLOCK);
    journal_record_init(&r, JOURNAL_KIND_RESUME);
    r.as.resume.reason = &why;
    r.as.resume.wall = "2017-12-02T09:30:00Z";
    r.as.resume.boot_id = "b";
    r.as.resume.host = "h";
    r.as.resume.clock = &clock;
    r.as.resume.cut_bytes = 0;
    r.as.resume.program = "p";
    return r;
}

#endif
