#include "reports/render/sqlite.h"

#include "harness/base/buf.h"
#include "harness/base/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SQL_MAX    (1u << 18)
#define TABLES_MAX 128
#define PATH_SIZE  4096
#define BATCH      32 /* rows of a clustered table that one statement takes: there are many, and short ones */
#define BATCH_TEXT 4096 /* bytes of their texts */

struct relation_table {
    struct database *database;
    const struct relation *relation;
    sqlite3_stmt *insert, *insert_batch; /* of a row, of BATCH rows */
    struct relation_value *batch;        /* rows that wait; NULL: each is written at once */
    size_t rows;
    struct buf text;
};

struct database {
    struct relation_writer writer; /* the first member: a writer is its database */
    char path[PATH_SIZE], temporary[PATH_SIZE];
    sqlite3 *handle;
    struct relation_table tables[TABLES_MAX];
    size_t count;
};

static struct database *database_of(struct relation_writer *w)
{
    return (struct database *)(void *)w;
}

static int refuse(struct database *d, struct err *e)
{
    return err_set(e, ERR_ENVIRONMENT, d->path, "the database cannot be written: %s",
                   sqlite3_errmsg(d->handle));
}

static int execute(struct database *d, const char *sql, struct err *e)
{
    return sqlite3_exec(d->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : refuse(d, e);
}

static int execute_buf(struct database *d, struct buf *sql, struct err *e)
{
    int status = sql->failed ? err_set(e, ERR_LIMIT, d->path, "a statement of SQL is too long")
                             : execute(d, buf_text(sql), e);
    buf_free(sql);
    return status;
}

static void add_name(struct buf *b, const char *name)
{
    buf_add_char(b, '"');
    for (; *name; name++) {
        buf_add_char(b, *name);
        if (*name == '"')
            buf_add_char(b, '"');
    }
    buf_add_char(b, '"');
}

static void add_key(struct buf *b, const struct relation *r)
{
    buf_add_text(b, ",\n  PRIMARY KEY (");
    for (size_t i = 0; i < r->keys; i++) {
        buf_add_text(b, i ? ", " : "");
        add_name(b, r->columns[i].name);
    }
    buf_add_char(b, ')');
}

/* To a table whose key is the run, or the run and a number. */
static void add_foreign_key(struct buf *b, const struct relation_column *c)
{
    bool is_run = strcmp(c->name, "run") == 0;
    buf_add_text(b, is_run ? ",\n  FOREIGN KEY (" : ",\n  FOREIGN KEY (run, ");
    add_name(b, c->name);
    buf_add_text(b, ") REFERENCES ");
    add_name(b, c->refers);
}

static int create(struct database *d, const struct relation *r, struct err *e)
{
    static const char *const types[] = { [RELATION_INTEGER] = "INTEGER",
                                         [RELATION_REAL] = "REAL",
                                         [RELATION_TEXT] = "TEXT",
                                         [RELATION_ANY] = "ANY" };
    struct buf b;
    buf_init(&b, SQL_MAX);
    buf_add_text(&b, "CREATE TABLE ");
    add_name(&b, r->name);
    for (size_t i = 0; i < r->count; i++) {
        buf_add_text(&b, i ? ",\n  " : " (\n  ");
        add_name(&b, r->columns[i].name);
        buf_add_format(&b, " %s%s", types[r->columns[i].type], r->columns[i].may_lack ? "" : " NOT NULL");
    }
    add_key(&b, r);
    for (size_t i = 0; i < r->count; i++)
        if (r->columns[i].refers)
            add_foreign_key(&b, &r->columns[i]);
    buf_add_text(&b, r->is_clustered ? "\n) STRICT, WITHOUT ROWID" : "\n) STRICT");
    return execute_buf(d, &b, e);
}

static int prepare(const struct relation_table *t, size_t rows, sqlite3_stmt **out, struct err *e)
{
    struct buf b;
    buf_init(&b, SQL_MAX);
    buf_add_text(&b, "INSERT INTO ");
    add_name(&b, t->relation->name);
    buf_add_text(&b, " VALUES ");
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < t->relation->count; i++)
            buf_add_text(&b, i ? ",?" : row ? ",(?" : "(?");
        buf_add_char(&b, ')');
    }
    int code = sqlite3_prepare_v2(t->database->handle, buf_text(&b), -1, out, NULL);
    buf_free(&b);
    return code == SQLITE_OK ? 0 : refuse(t->database, e);
}

static int prepare_all(struct relation_table *t, struct err *e)
{
    int status = prepare(t, 1, &t->insert, e);
    if (status != 0 || !t->relation->is_clustered)
        return status;
    buf_init(&t->text, BATCH_TEXT);
    t->batch = calloc(BATCH * t->relation->count, sizeof *t->batch);
    if (!t->batch || !buf_reserve(&t->text, BATCH_TEXT - 1))
        return err_set(e, ERR_MEMORY, t->database->path, "out of memory");
    return prepare(t, BATCH, &t->insert_batch, e);
}

static int open_table(struct relation_writer *w, const struct relation *r, struct relation_table **out,
                      struct err *e)
{
    struct database *d = database_of(w);
    if (d->count == TABLES_MAX)
        return err_set(e, ERR_LIMIT, d->path, "more than %d tables", TABLES_MAX);
    struct relation_table *t = &d->tables[d->count];
    *t = (struct relation_table) { .database = d, .relation = r };
    int status = create(d, r, e);
    if (status == 0)
        status = prepare_all(t, e);
    d->count++;
    *out = t;
    return status;
}

static void bind(sqlite3_stmt *s, int at, const struct relation_value *v)
{
    switch (v->kind) {
    case RELATION_NULL: /* as sqlite3_clear_bindings() leaves it */
        break;
    case RELATION_NUMBER:
        sqlite3_bind_int64(s, at, v->number);
        break;
    case RELATION_DECIMAL:
        sqlite3_bind_double(s, at, v->decimal);
        break;
    case RELATION_WORDS:
        sqlite3_bind_text(s, at, v->words, -1, SQLITE_STATIC);
        break;
    }
}

static int insert(struct relation_table *t, sqlite3_stmt *statement, const struct relation_value *values,
                  size_t count, struct err *e)
{
    sqlite3_clear_bindings(statement);
    for (size_t i = 0; i < count; i++)
        bind(statement, (int)i + 1, &values[i]);
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : refuse(t->database, e);
}

static int write_batch(struct relation_table *t, struct err *e)
{
    size_t count = t->relation->count;
    int status = 0;
    if (!t->batch)
        return 0;
    if (t->rows == BATCH)
        status = insert(t, t->insert_batch, t->batch, BATCH * count, e);
    for (size_t row = 0; t->rows < BATCH && row < t->rows && status == 0; row++)
        status = insert(t, t->insert, t->batch + row * count, count, e);
    t->rows = 0;
    buf_clear(&t->text);
    return status;
}

static size_t text_bytes(const struct relation_value *values, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += values[i].kind == RELATION_WORDS ? strlen(values[i].words) + 1 : 0;
    return bytes;
}

/* The texts are kept where they don't move: there is room for them, or the row is written by itself. */
static int write_row(struct relation_table *t, const struct relation_value *values, struct err *e)
{
    size_t count = t->relation->count;
    if (!t->batch)
        return insert(t, t->insert, values, count, e);
    size_t bytes = text_bytes(values, count);
    int status = 0;
    if (t->rows == BATCH || t->text.length + bytes >= BATCH_TEXT)
        status = write_batch(t, e);
    if (status != 0 || bytes >= BATCH_TEXT)
        return status ? status : insert(t, t->insert, values, count, e);
    struct relation_value *row = t->batch + t->rows++ * count;
    memcpy(row, values, count * sizeof *row);
    for (size_t i = 0; i < count; i++) {
        if (row[i].kind != RELATION_WORDS)
            continue;
        row[i].words = t->text.data + t->text.length;
        buf_add(&t->text, values[i].words, strlen(values[i].words) + 1);
    }
    return 0;
}

static int write_view(struct relation_writer *w, const char *name, const char *query, struct err *e)
{
    struct buf b;
    buf_init(&b, SQL_MAX);
    buf_add_text(&b, "CREATE VIEW ");
    add_name(&b, name);
    buf_add_text(&b, " AS ");
    buf_add_text(&b, query);
    return execute_buf(database_of(w), &b, e);
}

static int pass_over_mark(struct relation_writer *w, const char *mark, struct err *e)
{
    (void)w;
    (void)mark;
    (void)e;
    return 0;
}

/* Behind the rows: an index that grows with them costs more. */
static int write_indexes(struct database *d, struct err *e)
{
    int status = 0;
    for (size_t i = 0; i < d->count && status == 0; i++) {
        const struct relation *r = d->tables[i].relation;
        for (const char *at = r->index; at && *at && status == 0;) {
            size_t length = strcspn(at, ",");
            struct buf b;
            buf_init(&b, SQL_MAX);
            buf_add_format(&b, "CREATE INDEX \"%s_by_%.*s\" ON ", r->name, (int)length, at);
            add_name(&b, r->name);
            buf_add_format(&b, " (run, \"%.*s\")", (int)length, at);
            status = execute_buf(d, &b, e);
            at += length + (at[length] == ',');
        }
    }
    return status;
}

static void close_table(struct relation_table *t)
{
    sqlite3_finalize(t->insert);
    sqlite3_finalize(t->insert_batch);
    free(t->batch);
    buf_free(&t->text);
}

int sqlite_open(const char *path, struct relation_writer **out, struct err *e)
{
    struct database *d = calloc(1, sizeof *d);
    *out = NULL;
    if (!d)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    d->writer = (struct relation_writer) { open_table, write_row, write_view, pass_over_mark };
    *out = &d->writer;
    if (snprintf(d->path, sizeof d->path, "%s", path) >= (int)sizeof d->path ||
        snprintf(d->temporary, sizeof d->temporary, "%s.tmp", path) >= (int)sizeof d->temporary)
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long");
    int fd = file_temporary(d->temporary);
    if (fd >= 0)
        close(fd);
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD); /* nobody else uses it here: no lock is needed ... */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* ... and no count of its memory */
    if (sqlite3_open(d->temporary, &d->handle) != SQLITE_OK)
        return refuse(d, e);
    return execute(d,
                   "PRAGMA page_size = 8192; PRAGMA journal_mode = off; PRAGMA synchronous = off;"
                   "PRAGMA locking_mode = exclusive; PRAGMA cache_size = -65536; BEGIN",
                   e);
}

int sqlite_close(struct relation_writer **w, int status, struct err *e)
{
    struct database *d = *w ? database_of(*w) : NULL;
    *w = NULL;
    if (!d)
        return status;
    for (size_t i = 0; i < d->count && status == 0; i++)
        status = write_batch(&d->tables[i], e);
    if (status == 0)
        status = write_indexes(d, e);
    if (status == 0)
        status = execute(d, "COMMIT", e);
    for (size_t i = 0; i < d->count; i++)
        close_table(&d->tables[i]);
    if (d->handle && sqlite3_close(d->handle) != SQLITE_OK && status == 0)
        status = refuse(d, e);
    if (status == 0)
        status = file_settle(d->temporary, d->path, e);
    if (status != 0 && d->temporary[0])
        (void)unlink(d->temporary);
    free(d);
    return status;
}
