/*
 * Who ran a survey, when and with what: from the start record, and from the records with which executions
 * resume and stop.
 */
#include "harness/audit/start.h"
#include "harness/base/text.h"
#include "harness/cells/cells.h"
#include "harness/findings/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void fold_free_executions(struct findings *f)
{
    void *texts[] = { f->simulated_sign, f->clock,       f->stop_reason,  f->run,      f->started,
                      f->last_wall,      f->program,     f->host,         f->system,   f->libraries,
                      f->prior_upper,    f->prior_lower, f->last_program, f->operators };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free_found(f->found, f->found_count);
    free_found(f->refound, f->refound_count);
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

static struct said *copy_said(const struct said *said, bool *failed)
{
    struct said *copy = said ? said_copy(said) : NULL;
    *failed = *failed || (said && !copy);
    return copy;
}

static bool copy_found(const struct journal_reader_found *from, struct journal_reader_found *to)
{
    bool failed = false;
    to->unit = copy_or_null(from->unit, &failed);
    to->profile = copy_or_null(from->profile, &failed);
    to->driver = copy_or_null(from->driver, &failed);
    to->name = copy_or_null(from->name, &failed);
    to->serial = copy_or_null(from->serial, &failed);
    to->firmware = copy_or_null(from->firmware, &failed);
    to->simulated = from->simulated;
    to->proof = from->proof;
    return !failed;
}

/* Whether a list "a, b" has the name. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at++) {
        bool begins = at == list || (at >= list + 2 && memcmp(at - 2, ", ", 2) == 0);
        if (begins && (at[length] == '\0' || strncmp(at + length, ", ", 2) == 0))
            return true;
    }
    return false;
}

/* False when out of memory. */
static bool add_operator(struct findings *f, const char *name)
{
    char *all = NULL;
    const char *known = f->operators ? f->operators : "";
    if (!name || !name[0] || is_listed(known, name))
        return true;
    if (asprintf(&all, "%s%s%s", known, known[0] ? ", " : "", name) < 0)
        return false;
    free(f->operators);
    f->operators = all;
    return true;
}

void fold_proof(struct findings *f, const char *unit, enum proof proof)
{
    for (size_t r = 0; proof == PROOF_UNPROVEN && unit && r < f->survey->reader_count; r++)
        if (strcmp(f->survey->readers[r].unit, unit) == 0)
            f->unproven_readers |= UINT32_C(1) << r;
    if (f->simulated)
        f->unproven_readers = 0;
    f->unproven = f->unproven_readers != 0;
}

static int copy_start(struct findings *f, const struct journal_start *start, struct err *e)
{
    bool failed = false;
    start_keep(f->survey, start);
    f->run = copy_or_null(start->run, &failed);
    f->simulated_sign = copy_said(start->simulated_sign, &failed);
    f->started = copy_or_null(start->wall, &failed);
    f->last_wall = copy_or_null(start->wall, &failed);
    f->program = copy_or_null(start->program, &failed);
    f->host = copy_or_null(start->host, &failed);
    f->clock = copy_said(start->clock, &failed);
    f->hands = f->survey->hands;
    f->system = copy_or_null(start->system, &failed);
    f->libraries = copy_or_null(start->libraries, &failed);
    f->prior_upper = copy_or_null(start->prior_upper, &failed);
    f->prior_lower = copy_or_null(start->prior_lower, &failed);
    failed = !add_operator(f, start->operator) || failed;
    f->clock_resolution_ns = start->clock_resolution_ns;
    f->seed = start->seed;
    f->sessions = f->survey->sessions;
    f->lanes = f->survey->lanes;
    f->simulated = start->simulated == 1 || f->survey->simulated;
    f->found = calloc(start->readers.count ? start->readers.count : 1, sizeof *f->found);
    if (!f->found || failed)
        return err_set(e, ERR_MEMORY, "journal", "out of memory");
    for (size_t i = 0; i < start->readers.count; i++) {
        const struct journal_reader_found *from = &start->readers.items[i];
        failed = !copy_found(from, &f->found[f->found_count++]) || failed;
        f->simulated = f->simulated || from->simulated == 1;
    }
    for (size_t i = 0; i < start->readers.count; i++)
        fold_proof(f, start->readers.items[i].unit, start->readers.items[i].proof);
    f->survey->simulated = f->simulated; /* labels then show an emulated reader by its class */
    return failed ? err_set(e, ERR_MEMORY, "journal", "out of memory") : 0;
}

int fold_start(struct findings *f, const struct journal_start *start, struct err *e)
{
    int code = load_survey(f, start, e);
    if (code == 0)
        code = copy_start(f, start, e);
    return code ? code : cells_scheme(f->survey, &f->scheme, e);
}

static void keep_text(struct fold *o, char **slot, const char *text)
{
    free(*slot);
    *slot = text_copy(text);
    if (!*slot)
        o->failed = ERR_MEMORY;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What was last known of the unit, by the start record or a resume. */
static const struct journal_reader_found *last_found(const struct findings *f, const char *unit)
{
    for (size_t i = f->refound_count; i > 0; i--)
        if (same_text(f->refound[i - 1].unit, unit))
            return &f->refound[i - 1];
    for (size_t i = 0; i < f->found_count; i++)
        if (same_text(f->found[i].unit, unit))
            return &f->found[i];
    return NULL;
}

/* Other versions than before are told behind them. False when out of memory. */
static bool add_libraries(struct findings *f, const char *now)
{
    char *all = NULL;
    size_t length = f->libraries ? strlen(f->libraries) : 0, last = now ? strlen(now) : 0;
    if (last == 0 || (length >= last && strcmp(f->libraries + length - last, now) == 0))
        return true;
    if (asprintf(&all, "%s%s%s", length > 0 ? f->libraries : "", length > 0 ? "; " : "", now) < 0)
        return false;
    free(f->libraries);
    f->libraries = all;
    return true;
}

static void keep_refound(struct fold *o, const struct journal_reader_found *now)
{
    struct findings *f = o->f;
    const struct journal_reader_found *before = last_found(f, now->unit);
    if (!before || (same_text(before->serial, now->serial) && same_text(before->firmware, now->firmware)))
        return;
    struct journal_reader_found *all = realloc(f->refound, (f->refound_count + 1) * sizeof *all);
    if (!all) {
        o->failed = ERR_MEMORY;
        return;
    }
    f->refound = all;
    if (!copy_found(now, &all[f->refound_count++]))
        o->failed = ERR_MEMORY;
}

void fold_execution(struct fold *o, const struct journal_record *r)
{
    struct findings *f = o->f;
    bool failed = false;
    if (r->kind == JOURNAL_KIND_RESUME) {
        f->resumes++;
        f->finished = false;
        keep_text(o, &f->last_wall, r->as.resume.wall);
        failed = !add_operator(f, r->as.resume.operator) || !add_libraries(f, r->as.resume.libraries);
        for (size_t i = 0; i < r->as.resume.readers.count; i++)
            f->simulated = f->simulated || r->as.resume.readers.items[i].simulated == 1;
        f->survey->simulated = f->simulated;
        for (size_t i = 0; i < r->as.resume.readers.count; i++) {
            const struct journal_reader_found *found = &r->as.resume.readers.items[i];
            fold_proof(f, found->unit, found->proof);
            keep_refound(o, found);
        }
        if (!same_text(f->last_program ? f->last_program : f->program, r->as.resume.program))
            keep_text(o, &f->last_program, r->as.resume.program);
    } else {
        f->finished = r->as.stop.status == STOP_DONE;
        keep_text(o, &f->last_wall, r->as.stop.wall);
        free(f->stop_reason);
        f->stop_reason = copy_said(r->as.stop.reason, &failed);
    }
    if (failed)
        o->failed = ERR_MEMORY;
}
