#include "reports/render/csv_folder.h"

#include "harness/base/array.h"
#include "harness/base/file.h"
#include "reports/render/escape.h"
#include "reports/render/number_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLES_MAX      128
#define PATH_SIZE       4096
#define MARK            "mark"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct relation_table {
    const struct relation *relation;
    const struct folder *folder;
    bool is_marked; /* by a last column of its own */
    char path[PATH_SIZE], temporary[PATH_SIZE + 8];
    FILE *to;
};

struct folder {
    struct relation_writer writer; /* the first member: a writer is its folder */
    const char *path;
    bool is_made; /* it was not there before */
    struct relation_table *tables[TABLES_MAX];
    size_t count;
    char **marks; /* of the runs: a row begins with the number of its own */
    size_t mark_count, mark_capacity;
};

static struct folder *folder_of(struct relation_writer *w)
{
    return (struct folder *)(void *)w;
}

static void put_text(FILE *to, const char *text)
{
    bool guarded = text[0] == '\'' || escape_begins_formula(text);
    bool quoted = guarded || text[0] == '\0' || strpbrk(text, "\",;' \r\n") != NULL;
    if (!quoted) {
        fputs(text, to);
        return;
    }
    fputs(guarded ? "\"'" : "\"", to);
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            fputc('"', to);
        fputc(*at, to);
    }
    fputc('"', to);
}

static void put_value(FILE *to, const struct relation_value *v)
{
    switch (v->kind) {
    case RELATION_NULL:
        break;
    case RELATION_NUMBER:
        fprintf(to, "%" PRId64, v->number);
        break;
    case RELATION_DECIMAL:
        fputs(number_text(v->decimal).text, to);
        break;
    case RELATION_WORDS:
        put_text(to, v->words);
        break;
    }
}

static int refuse(const struct relation_table *t, struct err *e)
{
    return err_system(e, ERR_ENVIRONMENT, t->path, errno, "cannot be written");
}

static void put_mark(struct relation_table *t, const struct relation_value *run)
{
    size_t number = run->kind == RELATION_NUMBER ? (size_t)run->number : 0;
    fputc(',', t->to);
    if (number >= 1 && number <= t->folder->mark_count && t->folder->marks[number - 1][0])
        put_text(t->to, t->folder->marks[number - 1]);
}

static int write_row(struct relation_table *t, const struct relation_value *values, struct err *e)
{
    for (size_t i = 0; i < t->relation->count; i++) {
        if (i > 0)
            fputc(',', t->to);
        put_value(t->to, &values[i]);
    }
    if (t->is_marked)
        put_mark(t, &values[0]);
    return fputs("\r\n", t->to) < 0 ? refuse(t, e) : 0;
}

static bool is_of_runs(const struct relation *r)
{
    bool has_mark = false;
    for (size_t i = 0; i < r->count; i++)
        has_mark = has_mark || strcmp(r->columns[i].name, MARK) == 0;
    return !has_mark && strcmp(r->columns[0].name, "run") == 0;
}

static int open_table(struct relation_writer *w, const struct relation *r, struct relation_table **out,
                      struct err *e)
{
    struct folder *f = folder_of(w);
    struct relation_table *t = f->count < TABLES_MAX ? calloc(1, sizeof *t) : NULL;
    if (!t)
        return err_set(e, ERR_MEMORY, f->path, "out of memory for a table");
    t->relation = r;
    t->folder = f;
    t->is_marked = is_of_runs(r);
    f->tables[f->count++] = t;
    *out = t;
    if (snprintf(t->path, sizeof t->path, "%s/%s.csv", f->path, r->name) >= (int)sizeof t->path)
        return err_set(e, ERR_ENVIRONMENT, f->path, "the path is too long");
    snprintf(t->temporary, sizeof t->temporary, "%s.tmp", t->path);
    t->to = file_open_temporary(t->temporary);
    if (!t->to)
        return refuse(t, e);
    fputs(BYTE_ORDER_MARK, t->to);
    for (size_t i = 0; i < r->count; i++) {
        fputs(i ? "," : "", t->to);
        put_text(t->to, r->columns[i].name);
    }
    fputs(t->is_marked ? "," MARK : "", t->to);
    return fputs("\r\n", t->to) < 0 ? refuse(t, e) : 0;
}

static int pass_over_view(struct relation_writer *w, const char *name, const char *query, struct err *e)
{
    (void)w;
    (void)name;
    (void)query;
    (void)e;
    return 0;
}

static int keep_mark(struct relation_writer *w, const char *mark, struct err *e)
{
    struct folder *f = folder_of(w);
    char **marks = array_room(f->marks, f->mark_count, &f->mark_capacity, sizeof *marks, 4);
    char *copy = marks ? strdup(mark) : NULL;
    f->marks = marks ? marks : f->marks;
    if (!copy)
        return err_set(e, ERR_MEMORY, f->path, "out of memory");
    f->marks[f->mark_count++] = copy;
    return 0;
}

int csv_folder_open(const char *path, struct relation_writer **out, struct err *e)
{
    struct folder *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    f->writer = (struct relation_writer) { open_table, write_row, pass_over_view, keep_mark };
    f->path = path;
    *out = &f->writer;
    f->is_made = mkdir(path, 0777) == 0;
    if (!f->is_made && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "this folder cannot be made");
    return 0;
}

static int finish(struct relation_table *t, int status, struct err *e)
{
    if (t->to && (ferror(t->to) | fclose(t->to)) != 0 && status == 0)
        status = refuse(t, e);
    t->to = NULL;
    return status;
}

int csv_folder_close(struct relation_writer **w, int status, struct err *e)
{
    struct folder *f = *w ? folder_of(*w) : NULL;
    *w = NULL;
    if (!f)
        return status;
    for (size_t i = 0; i < f->count; i++)
        status = finish(f->tables[i], status, e);
    for (size_t i = 0; i < f->count; i++) {
        if (status == 0)
            status = file_settle(f->tables[i]->temporary, f->tables[i]->path, e);
        if (status != 0)
            (void)unlink(f->tables[i]->temporary);
        free(f->tables[i]);
    }
    if (status != 0 && f->is_made)
        (void)rmdir(f->path);
    for (size_t i = 0; i < f->mark_count; i++)
        free(f->marks[i]);
    free(f->marks);
    free(f);
    return status;
}
