#include "reports/render/csv_folder.h"

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
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct relation_table {
    const struct relation *relation;
    char path[PATH_SIZE], temporary[PATH_SIZE + 8];
    FILE *to;
};

struct folder {
    struct relation_writer writer; /* the first member: a writer is its folder */
    const char *path;
    bool is_made; /* it was not there before */
    struct relation_table *tables[TABLES_MAX];
    size_t count;
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

static int write_row(struct relation_table *t, const struct relation_value *values, struct err *e)
{
    for (size_t i = 0; i < t->relation->count; i++) {
        if (i > 0)
            fputc(',', t->to);
        put_value(t->to, &values[i]);
    }
    return fputs("\r\n", t->to) < 0 ? refuse(t, e) : 0;
}

static int open_table(struct relation_writer *w, const struct relation *r, struct relation_table **out,
                      struct err *e)
{
    struct folder *f = folder_of(w);
    struct relation_table *t = f->count < TABLES_MAX ? calloc(1, sizeof *t) : NULL;
    if (!t)
        return err_set(e, ERR_MEMORY, f->path, "out of memory for a table");
    t->relation = r;
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

int csv_folder_open(const char *path, struct relation_writer **out, struct err *e)
{
    struct folder *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    f->writer = (struct relation_writer) { open_table, write_row, pass_over_view };
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
    free(f);
    return status;
}
