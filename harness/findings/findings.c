#include "harness/findings/findings.h"

#include "harness/base/text.h"
#include "harness/findings/fold.h"
#include "harness/findings/time_budget.h"
#include "harness/stats/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_texts(struct findings *f)
{
    void *texts[] = { f->simulated_sign, f->clock,       f->stop_reason, f->run,    f->started,
                      f->last_wall,      f->program,     f->host,        f->system, f->libraries,
                      f->prior_upper,    f->prior_lower, f->last_program };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < f->problem_count; i++)
        free(f->problems[i]);
    for (size_t i = 0; i < f->health_kept; i++) {
        free(f->health[i].reader);
        free(f->health[i].detail);
    }
}

static void free_found(struct journal_reader_found *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *texts[] = { found[i].unit, found[i].profile, found[i].driver,
                                found[i].name, found[i].serial,  found[i].firmware };
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            free((void *)(uintptr_t)texts[j]);
    }
    free(found);
}

void findings_free(struct findings **f)
{
    struct findings *o = *f;
    if (!o)
        return;
    for (size_t i = 0; o->readers && i < o->survey->reader_count; i++) {
        free(o->readers[i].first_us);
        for (size_t j = 0; j < o->survey->script_count; j++)
            free(o->readers[i].scripts[j].first_us);
    }
    free_texts(o);
    findings_notes_free(o);
    free_found(o->found, o->found_count);
    free_found(o->refound, o->refound_count);
    for (size_t i = 0; i < o->failure_count; i++)
        free(o->failures[i].readers_of_pair);
    free(o->failures);
    for (size_t i = 0; o->cells && i < o->cell_count; i++) {
        free(o->cells[i].trace.laid);
        free(o->cells[i].trace.us);
    }
    budget_free(&o->budget);
    free(o->drifts);
    free(o->cells);
    free(o->readers);
    free(o->pairs);
    if (o->survey)
        survey_free(&o->survey);
    free(o);
    *f = NULL;
}

/* The first problem of a file is enough here: `check` lists them all. */
static int say_problem(struct survey_problems *p, struct err *e)
{
    char where[256];
    snprintf(where, sizeof where, "%s", p->count > 0 ? p->items[0].where : "journal.yaml");
    int code = p->count > 0
                   ? err_set(e, ERR_INPUT, where, "the survey in the start record: %s", p->items[0].text)
                   : err_set(e, ERR_INPUT, where, "the survey in the start record can't be used");
    survey_problems_free(p);
    return code;
}

static int load_survey(struct findings *f, const struct journal_start *start, struct err *e)
{
    struct survey_problems problems = { 0 };
    size_t count = start->files.count;
    struct survey_file *files = calloc(count ? count : 1, sizeof *files);
    if (!files)
        return err_set(e, ERR_MEMORY, "journal", "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct journal_file *file = &start->files.items[i];
        /* survey_load_embedded only reads them */
        files[i].kind = (char *)(uintptr_t)file->kind;
        files[i].path = (char *)(uintptr_t)file->path;
        files[i].text = (char *)(uintptr_t)file->text;
        files[i].length = strlen(file->text);
        snprintf(files[i].sha256, sizeof files[i].sha256, "%s", file->sha256);
    }
    int code = survey_load_embedded(files, count, NULL, &f->survey, &problems, e);
    free(files);
    if (code == ERR_INPUT)
        return say_problem(&problems, e);
    survey_problems_free(&problems);
    return code;
}

static char *copy_or_null(const char *text, bool *failed)
{
    char *copy = text ? text_copy(text) : NULL;
    *failed = *failed || (text && !copy);
    return copy;
}

bool fold_copy_found(const struct journal_reader_found *from, struct journal_reader_found *to)
{
    bool failed = false;
    to->unit = copy_or_null(from->unit, &failed);
    to->profile = copy_or_null(from->profile, &failed);
    to->driver = copy_or_null(from->driver, &failed);
    to->name = copy_or_null(from->name, &failed);
    to->serial = copy_or_null(from->serial, &failed);
    to->firmware = copy_or_null(from->firmware, &failed);
    to->simulated = from->simulated;
    return !failed;
}

static int copy_start(struct findings *f, const struct journal_start *start, struct err *e)
{
    bool failed = false;
    f->run = copy_or_null(start->run, &failed);
    f->started = copy_or_null(start->wall, &failed);
    f->last_wall = copy_or_null(start->wall, &failed);
    f->program = copy_or_null(start->program, &failed);
    f->host = copy_or_null(start->host, &failed);
    f->simulated_sign = start->simulated_sign ? said_copy(start->simulated_sign) : NULL;
    f->clock = said_copy(start->clock);
    failed = failed || !f->clock || (start->simulated_sign && !f->simulated_sign);
    f->hands = start->hands;
    f->system = copy_or_null(start->system, &failed);
    f->libraries = copy_or_null(start->libraries, &failed);
    f->prior_upper = copy_or_null(start->prior_upper, &failed);
    f->prior_lower = copy_or_null(start->prior_lower, &failed);
    f->clock_resolution_ns = start->clock_resolution_ns;
    f->seed = start->seed;
    f->sessions = start->sessions <= 32 ? (unsigned)start->sessions : 32;
    f->lanes = start->lanes <= SURVEY_READERS_MAX ? (unsigned)start->lanes : SURVEY_READERS_MAX;
    f->simulated = start->simulated == 1 || f->survey->simulated;
    f->found = calloc(start->readers.count ? start->readers.count : 1, sizeof *f->found);
    if (!f->found || failed)
        return err_set(e, ERR_MEMORY, "journal", "out of memory");
    for (size_t i = 0; i < start->readers.count; i++) {
        const struct journal_reader_found *from = &start->readers.items[i];
        failed = !fold_copy_found(from, &f->found[f->found_count++]) || failed;
        f->simulated = f->simulated || from->simulated == 1;
    }
    f->survey->simulated = f->simulated; /* labels then show an emulated reader by its class */
    return failed ? err_set(e, ERR_MEMORY, "journal", "out of memory") : 0;
}

static int copy_scheme(struct findings *f, const struct journal_start *start, struct err *e)
{
    struct scheme *s = &f->scheme;
    snprintf(s->name, sizeof s->name, "%s", start->scheme);
    s->q0 = start->q0;
    s->q1 = start->q1;
    s->alpha = start->alpha;
    s->beta = start->beta;
    s->k = start->k <= UINT32_MAX ? (unsigned)start->k : UINT32_MAX;
    s->n_max = start->n_max <= UINT32_MAX ? (unsigned)start->n_max : UINT32_MAX;
    return scheme_check(s, e);
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
        c->condition = (unsigned)(i / s->script_count / s->reader_count % s->condition_count);
        c->pair = (unsigned)(i / s->script_count / s->reader_count / s->condition_count);
        c->state = s->excluded ? (enum survey_cell)s->excluded[i] : SURVEY_CELL_IN;
    }
    return 0;
}

static int begin(struct findings *f, const struct journal_start *start, struct err *e)
{
    int code = load_survey(f, start, e);
    if (code == 0)
        code = copy_start(f, start, e);
    if (code == 0)
        code = copy_scheme(f, start, e);
    if (code == 0)
        code = make_cells(f, e);
    return code;
}

static int read_start(struct journal_reader *reader, struct findings *f, const char *path, struct err *e)
{
    struct journal_record record;
    struct journal_line_info info;
    enum journal_read read = journal_reader_next(reader, &record, &info, e);
    if (read == JOURNAL_READ_RECORD && record.kind == JOURNAL_KIND_START) {
        f->records = 1;
        return begin(f, &record.as.start, e);
    }
    if (read == JOURNAL_READ_DAMAGED)
        return ERR_INPUT; /* e is the reader's: the start record is damaged, and why */
    return err_set(e, ERR_INPUT, path,
                   "does not begin with a start record: without it the survey is not known");
}

static void read_records(struct journal_reader *reader, struct fold *fold)
{
    struct journal_record record;
    struct journal_line_info info;
    struct err damage = { 0 };
    while (fold->failed == 0) {
        switch (journal_reader_next(reader, &record, &info, &damage)) {
        case JOURNAL_READ_RECORD:
            fold->f->records++;
            fold_record(fold, &record);
            break;
        case JOURNAL_READ_DAMAGED: {
            char words[1600];
            snprintf(words, sizeof words, "line %" PRIu64 ": %s", info.number, damage.text);
            fold_damage(fold->f, words);
            break;
        }
        case JOURNAL_READ_TORN:
            fold->f->torn = true;
            break;
        case JOURNAL_READ_END:
            return;
        }
    }
}

static int hash_file(const char *path, char out[65], struct err *e)
{
    unsigned char block[65536], digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    FILE *file = fopen(path, "rb");
    int code = file ? 0 : err_system(e, ERR_INPUT, path, errno, "can't be read");
    bool good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t got = 1; file && good && got > 0;) {
        got = fread(block, 1, sizeof block, file);
        good = EVP_DigestUpdate(context, block, got) == 1;
    }
    if (file && ferror(file))
        code = err_set(e, ERR_INPUT, path, "can't be read to its end");
    if (code == 0 && (!good || EVP_DigestFinal_ex(context, digest, &length) != 1 || length != 32))
        code = err_set(e, ERR_ENVIRONMENT, path, "SHA-256 is not available from libcrypto");
    for (unsigned i = 0; code == 0 && i < length; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    if (file)
        (void)fclose(file); /* read only */
    EVP_MD_CTX_free(context);
    return code;
}

/* Verdict of a cell from its counts; an `undecided (instrument)` stays one until the counts decide. */
static void decide(const struct findings *f, const struct fold_cell *own, const struct scheme_table *table,
                   struct findings_cell *c)
{
    unsigned seen = (unsigned)__builtin_popcount(c->sessions_seen);
    unsigned seen_all = (unsigned)__builtin_popcount(c->sessions_seen | own->sessions_invalid);
    verdict_bounds(&f->scheme, c->n, c->d, &c->lower, &c->upper);
    if (c->state != SURVEY_CELL_IN) {
        c->verdict = c->state == SURVEY_CELL_EXCLUDED ? VERDICT_EXCLUDED : VERDICT_NOT_APPLICABLE;
        c->verdict_invalid_as_dirty = c->verdict;
        return;
    }
    c->verdict = verdict_of(table, c->n, c->d, seen, VERDICT_SESSIONS_NEEDED);
    c->verdict_invalid_as_dirty =
        verdict_of(table, c->n + c->invalid, c->d + c->invalid, seen_all, VERDICT_SESSIONS_NEEDED);
    c->missing = c->verdict == VERDICT_UNDECIDED ? verdict_missing(table, c->n, c->d) : 0;
    if (c->verdict == VERDICT_UNDECIDED && own->instrument)
        c->verdict = VERDICT_UNDECIDED_INSTRUMENT;
}

static void check_decision(struct findings *f, const struct fold_cell *own, const struct findings_cell *c)
{
    bool final = own->decided == VERDICT_COMPATIBLE || own->decided == VERDICT_INCOMPATIBLE;
    if (!final || own->decided == c->verdict)
        return;
    char words[256];
    snprintf(words, sizeof words, "line %" PRIu64 ": decided `%s`, but what can be read gives `%s`",
             own->decided_line, verdict_name(own->decided), verdict_name(c->verdict));
    fold_damage(f, words);
}

void findings_decide(struct fold *o, const struct scheme_table *table)
{
    struct findings *f = o->f;
    for (size_t i = 0; i < f->cell_count; i++) {
        struct findings_cell *c = &f->cells[i];
        struct findings_reader *reader = &f->readers[c->reader];
        struct findings_pair *pair = &f->pairs[c->pair];
        decide(f, &o->cells[i], table, c);
        check_decision(f, &o->cells[i], c);
        bool open = c->verdict == VERDICT_UNDECIDED || c->verdict == VERDICT_UNDECIDED_INSTRUMENT;
        reader->compatible += c->verdict == VERDICT_COMPATIBLE;
        reader->incompatible += c->verdict == VERDICT_INCOMPATIBLE;
        reader->undecided += open;
        pair->compatible += c->verdict == VERDICT_COMPATIBLE;
        pair->incompatible += c->verdict == VERDICT_INCOMPATIBLE;
        pair->undecided += open;
        f->undecided += open;
        f->excluded += c->verdict == VERDICT_EXCLUDED;
        f->not_applicable += c->verdict == VERDICT_NOT_APPLICABLE;
    }
}

static int finish(struct fold *fold, struct err *e)
{
    struct scheme_table table = { 0 };
    if (fold->failed == ERR_LIMIT)
        return err_set(e, ERR_LIMIT, "journal.yaml", "more than %u placements", FOLD_PLACEMENTS_MAX);
    if (fold->failed == ERR_MEMORY)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
    int code = scheme_table_make(&fold->f->scheme, &table, e);
    if (code)
        return code;
    fold_close_broken_off(fold);
    findings_decide(fold, &table);
    code = findings_withdraw(fold, &table, e);
    scheme_table_free(&table);
    if (code == 0)
        code = findings_time(fold, e);
    if (code == 0)
        code = budget_make(fold->budget, e);
    if (code == 0)
        code = trace_finish(fold, e);
    return code == 0 && fold->listener ? fold->listener->end(fold->listener->self, e) : code;
}

int findings_make(const char *directory, const struct findings_listener *listener, struct findings **out,
                  struct err *e)
{
    char path[4096];
    struct journal_reader *reader = NULL;
    struct fold fold = { 0 };
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
    code = read_start(reader, f, path, e);
    if (code)
        goto out;
    code = fold_init(&fold, f, listener, e);
    if (code)
        goto out;
    read_records(reader, &fold);
    code = finish(&fold, e);
    if (code == 0)
        code = hash_file(path, f->sha256, e);
out:
    if (fold.f)
        fold_free(&fold);
    journal_reader_close(&reader);
    if (code == 0)
        *out = f;
    else
        findings_free(&f);
    return code;
}
