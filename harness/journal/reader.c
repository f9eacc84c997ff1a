/*
 * The journal file line by line, in blocks by pread, so that memory stays flat and a file that grows or is
 * cut while it is read does no harm. A line is tried as canonical first; only what is not goes to libyaml.
 */
#include "harness/base/digest.h"
#include "harness/base/parallel.h"
#include "harness/base/text.h"
#include "harness/journal/ahead.h"
#include "harness/journal/journal.h"
#include "harness/journal/line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)256 << 10)
#define AHEAD_BYTES ((size_t)256 << 10) /* of a chunk that is read ahead */
#define NUMBER_MAX  ((uint64_t)1 << 53) /* a line number that JSON tools read exactly */

#define STOP_BEGINS "- {\"stop\": "

struct journal_reader {
    int fd; /* -1: memory */
    char *name;
    char *block;      /* owned; NULL for memory */
    const char *data; /* block, or the borrowed bytes */
    size_t capacity, filled;
    size_t start;  /* of the next line in data */
    uint64_t base; /* offset of data[0] in the file */
    bool ended;
    uint64_t whole_to;  /* once ended: offset of the end of the last whole line */
    uint64_t line;      /* lines returned */
    uint64_t last;      /* number of the last good record */
    uint64_t strangers; /* damaged lines since */
    struct arena arena;
    EVP_MD_CTX *hash; /* NULL: not asked for */
    size_t hashed;    /* data before it is in the hash */
    size_t line_start;
    struct ahead *ahead; /* NULL: lines are read here */
    struct ahead_how how;
    bool begins_ahead;
    bool is_old; /* version 1 began it */
};

static int reader_new(const char *name, struct journal_reader **out, struct err *e)
{
    struct journal_reader *r = calloc(1, sizeof *r);
    if (r)
        r->name = text_copy(name);
    if (!r || !r->name) {
        free(r);
        err_set(e, ERR_MEMORY, name, "out of memory");
        return ERR_MEMORY;
    }
    r->fd = -1;
    *out = r;
    return 0;
}

int journal_reader_open(const char *path, struct journal_reader **out, struct err *e)
{
    struct stat st;
    struct journal_reader *r = NULL;
    int status = reader_new(path, &r, e);
    *out = NULL;
    if (status != 0)
        return status;
    r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (r->fd < 0 || fstat(r->fd, &st) != 0) {
        status = err_system(e, ERR_INPUT, path, errno, "cannot be read");
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        status = err_set(e, ERR_INPUT, path, "is not a regular file");
        goto out;
    }
    posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *out = r;
    r = NULL;
out:
    journal_reader_close(&r);
    return status;
}

int journal_reader_memory(const char *bytes, size_t length, const char *name, struct journal_reader **out,
                          struct err *e)
{
    int status = reader_new(name, out, e);
    if (status != 0)
        return status;
    (*out)->data = bytes;
    (*out)->filled = length;
    return 0;
}

void journal_reader_close(struct journal_reader **reader)
{
    struct journal_reader *r = *reader;
    *reader = NULL;
    if (!r)
        return;
    ahead_end(&r->ahead);
    if (r->fd >= 0)
        close(r->fd);
    EVP_MD_CTX_free(r->hash);
    arena_free(&r->arena);
    free(r->block);
    free(r->name);
    free(r);
}

void journal_reader_hash(struct journal_reader *r)
{
    r->hash = digest_begin();
}

/* Digests are taken over whole blocks, not line by line: only up to where somebody asks. */
static void hash_to(struct journal_reader *r, size_t end)
{
    if (r->hash && end > r->hashed)
        EVP_DigestUpdate(r->hash, r->data + r->hashed, end - r->hashed);
    if (end > r->hashed)
        r->hashed = end;
}

void journal_reader_sha256(struct journal_reader *r, char out[65])
{
    EVP_MD_CTX *before = NULL;
    out[0] = '\0';
    if (!r->hash)
        return;
    if (r->ahead) {
        before = EVP_MD_CTX_new();
        if (before && ahead_hash(r->ahead, before))
            digest_text(before, out);
        EVP_MD_CTX_free(before);
        return;
    }
    hash_to(r, r->line_start);
    digest_text(r->hash, out);
}

bool journal_reader_take_hash(struct journal_reader *r, EVP_MD_CTX *to)
{
    hash_to(r, r->start);
    return r->hash && EVP_MD_CTX_copy_ex(to, r->hash);
}

void journal_reader_ahead(struct journal_reader *r, bool heads)
{
    journal_reader_ahead_by(r, heads, parallel_cores() - 1, AHEAD_BYTES);
}

void journal_reader_ahead_by(struct journal_reader *r, bool heads, unsigned threads, size_t chunk_bytes)
{
    struct stat st = { 0 };
    bool good = r->fd < 0 || fstat(r->fd, &st) == 0;
    uint64_t size = r->fd < 0 ? r->filled : (uint64_t)st.st_size, chunks = size / chunk_bytes;
    r->how = (struct ahead_how) { .fd = r->fd,
                                  .bytes = r->data,
                                  .size = size,
                                  .heads = heads,
                                  .threads = chunks < threads ? (unsigned)chunks : threads,
                                  .chunk_bytes = chunk_bytes };
    r->begins_ahead = good && size > 0;
}

/* NULL: what is left is to be read here. */
static struct ahead_line *next_ahead(struct journal_reader *r)
{
    if (r->begins_ahead) {
        r->begins_ahead = false;
        r->how.hash = r->hash;
        r->ahead = ahead_begin(&r->how);
    }
    struct ahead_line *line = r->ahead ? ahead_next(r->ahead) : NULL;
    if (line || !r->ahead)
        return line;
    uint64_t offset = ahead_offset(r->ahead);
    ahead_end(&r->ahead);
    if (r->fd >= 0)
        r->base = offset;
    else
        r->start = r->line_start = r->hashed = (size_t)offset;
    return NULL;
}

/* Makes room behind the bytes not yet given out. */
static bool make_room(struct journal_reader *r)
{
    if (r->start > 0) {
        hash_to(r, r->start);
        memmove(r->block, r->block + r->start, r->filled - r->start);
        r->base += r->start;
        r->filled -= r->start;
        r->hashed -= r->start;
        r->line_start = 0;
        r->start = 0;
    }
    if (r->capacity - r->filled >= BLOCK_BYTES)
        return true;
    size_t capacity = r->filled + BLOCK_BYTES > 2 * r->capacity ? r->filled + BLOCK_BYTES : 2 * r->capacity;
    char *block = realloc(r->block, capacity);
    if (!block)
        return false;
    r->data = r->block = block;
    r->capacity = capacity;
    return true;
}

/* More bytes behind data[filled]. 1 = some, 0 = the end of the file, < 0 an error. */
static int fill(struct journal_reader *r, struct err *e)
{
    if (r->fd < 0)
        return 0;
    if (!make_room(r))
        return err_set(e, ERR_MEMORY, r->name, "out of memory");
    for (;;) {
        ssize_t n = pread(r->fd, r->block + r->filled, r->capacity - r->filled, (off_t)(r->base + r->filled));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, ERR_ENVIRONMENT, r->name, errno, "cannot be read on");
        r->filled += (size_t)n;
        return n > 0;
    }
}

enum found { FOUND_LINE = 1, FOUND_LONG, FOUND_TAIL, FOUND_NOTHING, FOUND_FAILURE };

/* Drops the rest of a line that is too long, block by block. Without a line end it is a tail, and not
 * hashed. */
static enum found skip_long(struct journal_reader *r, size_t *length, struct err *e)
{
    enum found found = FOUND_NOTHING;
    EVP_MD_CTX *before = NULL;
    hash_to(r, r->start);
    if (r->hash && (before = EVP_MD_CTX_new()) != NULL)
        EVP_MD_CTX_copy_ex(before, r->hash);
    *length = 0;
    while (found == FOUND_NOTHING) {
        const char *newline = r->data ? memchr(r->data + r->start, '\n', r->filled - r->start) : NULL;
        size_t end = newline ? (size_t)(newline - r->data) : r->filled;
        *length += end - r->start;
        r->start = end + (newline != NULL);
        if (newline) {
            found = FOUND_LONG;
            break;
        }
        int more = fill(r, e);
        if (more <= 0)
            found = more == 0 ? FOUND_TAIL : FOUND_FAILURE;
    }
    r->line_start = r->start;
    if (found == FOUND_TAIL && before) {
        EVP_MD_CTX_free(r->hash);
        r->hash = before;
        r->hashed = r->start;
        before = NULL;
    }
    EVP_MD_CTX_free(before);
    return found;
}

/* The next line is data[line_start .. + length], without its newline. */
static enum found find_line(struct journal_reader *r, size_t *length, struct err *e)
{
    size_t searched = 0; /* behind start */
    for (;;) {
        size_t left = r->filled - r->start;
        const char *from = r->data ? r->data + r->start : "";
        const char *newline = memchr(from + searched, '\n', left - searched);
        if ((newline ? (size_t)(newline - from) : left) > JOURNAL_LINE_MAX)
            return skip_long(r, length, e);
        if (newline) {
            *length = (size_t)(newline - from);
            r->line_start = r->start;
            r->start += *length + 1;
            return FOUND_LINE;
        }
        searched = left;
        int more = fill(r, e);
        if (more > 0)
            continue;
        *length = left;
        r->line_start = r->start;
        hash_to(r, r->start);
        r->start = r->hashed = r->filled; /* a tail is not hashed */
        return more < 0 ? FOUND_FAILURE : left > 0 ? FOUND_TAIL : FOUND_NOTHING;
    }
}

/* What no journal line may hold, whoever wrote it; NULL when there is nothing of the kind. */
static const char *forbidden_bytes(const char *line, size_t length)
{
    if (length == 0)
        return "is empty";
    if (memchr(line, '\0', length))
        return "holds NUL bytes";
    if (length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
        return "begins with a byte order mark; save the file without it";
    if (line[length - 1] == '\r')
        return "ends with CR LF; save the file with LF line ends";
    if (memchr(line, '\r', length))
        return "holds a carriage return";
    if (!text_is_utf8(line, length))
        return "is not UTF-8";
    if (memmem(line, length, "\xc2\x85", 2) || memmem(line, length, "\xe2\x80\xa8", 3) ||
        memmem(line, length, "\xe2\x80\xa9", 3))
        return "holds U+0085, U+2028 or U+2029 as itself, which YAML takes for a line end; write \\u2028";
    return NULL;
}

/* Numbers must grow; see journal.h. */
static int check_number(struct journal_reader *r, const struct journal_record *record, const char *where,
                        struct journal_line_info *info, struct err *e)
{
    uint64_t expected = r->last + r->strangers + 1;
    info->misplaced = record->line <= r->last;
    if (info->misplaced)
        return err_set(e, ERR_INPUT, where,
                       "is numbered %llu, but stands behind number %llu: copied or moved",
                       (unsigned long long)record->line, (unsigned long long)r->last);
    if (record->line > NUMBER_MAX || (record->line > expected && !info->crc_ok))
        return err_set(e, ERR_INPUT, where, "is numbered %llu, should be %llu",
                       (unsigned long long)record->line, (unsigned long long)expected);
    info->missing = record->line > expected ? record->line - expected : 0;
    return 0;
}

static int damaged_by_checksum(const char *line, size_t length, const char *where,
                               struct journal_line_info *info, struct err *e)
{
    info->flipped = journal_find_flip(line, length, &info->was);
    info->is = info->flipped ? (unsigned char)line[info->flipped - 1] : 0;
    return err_set(
        e, ERR_INPUT, where,
        "the checksum does not fit: damaged, or edited by hand (then take \"crc\" out of the line)");
}

static int check_version(const struct journal_record *record, const char *where, struct err *e)
{
    if (record->kind != JOURNAL_KIND_START || record->as.start.version <= JOURNAL_VERSION)
        return 0;
    return err_set(e, ERR_INPUT, where,
                   "begins a journal of version %llu; this program reads versions up to %d: use a newer one",
                   (unsigned long long)record->as.start.version, JOURNAL_VERSION);
}

/* Nothing more is to be looked at. */
static bool is_usual(const struct journal_reader *r, const struct journal_record *record)
{
    return record->line == r->last + 1 && record->line <= NUMBER_MAX && record->kind != JOURNAL_KIND_START;
}

static bool take_ahead(const struct journal_reader *r, const struct ahead_line *line,
                       struct journal_record *out, struct journal_line_info *info)
{
    if (!line->is_good || !is_usual(r, &line->record))
        return false;
    *out = line->record;
    info->crc_present = info->crc_ok = info->canonical = true;
    if (line->said_count > 0)
        journal_take_old_sentences(out, ahead_arena(r->ahead));
    return true;
}

static int read_line(struct journal_reader *r, const char *line, size_t length, struct journal_record *out,
                     struct journal_line_info *info, struct err *e)
{
    char where[sizeof e->where];
    int status;
    int crc = journal_line_crc(line, length);
    info->crc_present = crc >= 0;
    info->crc_ok = crc == 1;
    info->canonical = crc >= 0 && journal_parse_canonical(line, length, &r->arena, out);
    if (info->canonical && info->crc_ok && is_usual(r, out))
        return 0;
    snprintf(where, sizeof where, "%s:%llu", r->name, (unsigned long long)info->number);
    if (info->canonical && !info->crc_ok)
        return damaged_by_checksum(line, length, where, info, e);
    if (!info->canonical) {
        const char *why = forbidden_bytes(line, length);
        if (why)
            return err_set(e, ERR_INPUT, where, "%s", why);
        bool crc_key;
        status = journal_parse_yaml(line, length, where, &r->arena, out, &crc_key, e);
        info->crc_present |= crc_key;
        if (status != 0)
            return crc == 0 ? damaged_by_checksum(line, length, where, info, e) : status;
    }
    status = check_version(out, where, e);
    return status != 0 ? status : check_number(r, out, where, info, e);
}

static enum journal_read end(struct journal_reader *r, enum found found, size_t length, struct err *e)
{
    r->ended = true;
    if (found == FOUND_TAIL) {
        err_set(e, ERR_INPUT, r->name, "the last line is torn: %zu bytes without a line end", length);
        return JOURNAL_READ_TORN;
    }
    if (found == FOUND_NOTHING && e)
        memset(e, 0, sizeof *e);
    return JOURNAL_READ_END;
}

static enum journal_read took(struct journal_reader *r, const struct journal_record *record)
{
    r->last = record->line;
    r->strangers = 0;
    return JOURNAL_READ_RECORD;
}

/* A whole line that nobody has looked at. */
static enum journal_read look(struct journal_reader *r, const char *line, enum found found,
                              struct journal_record *out, struct journal_line_info *info, struct err *e)
{
    if (found == FOUND_LONG) {
        char where[sizeof e->where];
        snprintf(where, sizeof where, "%s:%llu", r->name, (unsigned long long)info->number);
        err_set(e, ERR_INPUT, where, "is %zu bytes long; at most %u are read", info->length,
                JOURNAL_LINE_MAX);
    } else if (read_line(r, line, info->length, out, info, e) == 0) {
        if (r->arena.said_count > 0)
            journal_take_old_sentences(out, &r->arena);
        return took(r, out);
    }
    r->strangers++;
    return JOURNAL_READ_DAMAGED;
}

static enum journal_read next_line(struct journal_reader *r, struct journal_record *out,
                                   struct journal_line_info *info, struct err *e)
{
    memset(info, 0, sizeof *info);
    if (r->ended)
        return end(r, FOUND_NOTHING, 0, e);
    const struct ahead_line *ahead = next_ahead(r);
    info->number = r->line + 1;
    if (ahead) {
        info->offset = (size_t)ahead_offset(r->ahead) - ahead->length - 1;
        info->length = ahead->length;
        r->line++;
        return take_ahead(r, ahead, out, info) ? took(r, out)
                                               : look(r, ahead->bytes, FOUND_LINE, out, info, e);
    }
    enum found found = find_line(r, &info->length, e);
    bool whole = found == FOUND_LINE || found == FOUND_LONG;
    info->offset =
        (size_t)r->base + r->start - info->length - whole; /* find_line() left start behind the line */
    info->cut_stop = found == FOUND_TAIL && r->start - r->line_start >= sizeof STOP_BEGINS - 1 &&
                     memcmp(r->data + r->line_start, STOP_BEGINS, sizeof STOP_BEGINS - 1) == 0;
    if (!whole) {
        r->whole_to = info->offset;
        return end(r, found, info->length, e);
    }
    r->line++;
    return look(r, r->data + r->line_start, found, out, info, e);
}

enum journal_read journal_reader_next(struct journal_reader *r, struct journal_record *out,
                                      struct journal_line_info *info, struct err *e)
{
    struct journal_line_info unasked;
    struct err unheard;
    enum journal_read got = next_line(r, out, info ? info : &unasked, e ? e : &unheard);
    if (got == JOURNAL_READ_RECORD && out->kind == JOURNAL_KIND_START)
        r->is_old = out->as.start.version < 2;
    if (got == JOURNAL_READ_RECORD && r->is_old)
        journal_hide_old_identifiers(out);
    return got;
}

void journal_reader_more(struct journal_reader *r)
{
    if (!r->ended)
        return;
    r->ended = false;
    r->base = r->fd < 0 ? 0 : r->whole_to;
    r->start = r->line_start = r->hashed = r->fd < 0 ? (size_t)r->whole_to : 0;
    r->filled = r->fd < 0 ? r->filled : 0;
}

uint64_t journal_reader_next_number(const struct journal_reader *r)
{
    uint64_t number = r->last + r->strangers;
    return (number > r->line ? number : r->line) + 1;
}
