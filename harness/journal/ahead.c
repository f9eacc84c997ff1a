/*
 * A ring of slots, a chunk of the file each. Any thread, the asking one too while it would wait, takes the next chunk
 * into a free slot, and who has nothing to take adds the next chunk to the digest, which goes from front to back. A
 * line belongs to the chunk that it begins in.
 */
#include "harness/journal/ahead.h"

#include "harness/base/array.h"
#include "harness/base/crc32c.h"
#include "harness/journal/journal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 8u
#define SLOTS_MAX   (2 * THREADS_MAX + 4)
#define MORE_BYTES  ((size_t)4096) /* read at a time to find the end of a chunk's last line */
#define LINES_LEAST ((size_t)256)
#define LINES_MOST  ((size_t)8192) /* of a chunk: with more of them it is no journal, and memory is bounded */
#define TOGETHER    3              /* lines whose checksums are taken at once */

enum slot_state { SLOT_FREE = 0, SLOT_TAKEN, SLOT_READY };

struct slot {
    enum slot_state state; /* these three under the lock */
    bool is_hashed, is_given;
    char *block; /* owned; NULL for memory */
    size_t capacity;
    const char *bytes; /* of its whole lines */
    size_t length;
    uint64_t offset; /* of bytes[0] in the file */
    bool is_last;    /* behind it nothing can be read ahead */
    struct ahead_line *lines;
    size_t count, room;
    struct arena arena;
    EVP_MD_CTX *before; /* digest of all bytes before it, once it is hashed */
};

struct ahead {
    struct ahead_how how;
    uint64_t chunks;
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
    pthread_t threads[THREADS_MAX];
    unsigned thread_count;
    pthread_mutex_t lock; /* of what is below, and of the slots' states */
    pthread_cond_t changed;
    uint64_t next_taken, next_hashed;
    uint64_t hashed_to; /* offset */
    bool is_hashing, is_hash_done, is_over;
    /* the asking thread's own */
    uint64_t current; /* chunk */
    struct slot *open;
    size_t given; /* lines of it */
    uint64_t offset;
    bool is_done;
};

static struct slot *slot_of(struct ahead *a, uint64_t chunk)
{
    return &a->slots[chunk % a->slot_count];
}

/* ---- one chunk; without the lock ---- */

static bool make_room(struct slot *s, size_t bytes)
{
    if (bytes <= s->capacity)
        return true;
    size_t capacity = bytes > 2 * s->capacity ? bytes : 2 * s->capacity;
    char *block = realloc(s->block, capacity);
    if (!block)
        return false;
    s->block = block;
    s->capacity = capacity;
    return true;
}

/* Bytes [from + have, from + want) of the file, as many as there are; returns how many there are from `from` on. */
static size_t read_to(const struct ahead *a, struct slot *s, uint64_t from, size_t have, size_t want)
{
    if (a->how.fd < 0) {
        s->bytes = a->how.bytes + from;
        return want < a->how.size - from ? want : (size_t)(a->how.size - from);
    }
    if (!make_room(s, want))
        return have;
    s->bytes = s->block;
    while (have < want) {
        ssize_t n = pread(a->how.fd, s->block + have, want - have, (off_t)(from + have));
        if (n <= 0)
            break; /* who asks comes to it himself, and says why */
        have += (size_t)n;
    }
    return have;
}

/* Up to the end of the line that the chunk's last byte is in; where there is none, of the line before. */
static size_t end_of_lines(const struct ahead *a, struct slot *s, uint64_t from, size_t first, size_t have)
{
    const char *before = memrchr(s->bytes + first, '\n', have - first), *end = NULL;
    size_t begin = before ? (size_t)(before - s->bytes) + 1 : first, more = MORE_BYTES;
    while (begin < have && have - begin <= JOURNAL_LINE_MAX) {
        size_t now = read_to(a, s, from, have, have + more);
        end = memchr(s->bytes + have, '\n', now - have);
        if (end || now < have + more)
            break;
        have = now;
        more *= 2;
    }
    if (end && (size_t)(end - s->bytes) - begin <= JOURNAL_LINE_MAX)
        return (size_t)(end - s->bytes) + 1;
    s->is_last = s->is_last || begin < have;
    return begin;
}

static void load(const struct ahead *a, struct slot *s, uint64_t chunk)
{
    uint64_t at = chunk * a->how.chunk_bytes, from = at ? at - 1 : 0, left = a->how.size - from;
    size_t want = a->how.chunk_bytes + (at != from), first = 0;
    want = want < left ? want : (size_t)left;
    s->bytes = "";
    size_t have = read_to(a, s, from, 0, want);
    s->is_last = have < want;
    s->length = 0;
    if (at) { /* a line begins behind a line end */
        const char *newline = have ? memchr(s->bytes, '\n', have) : NULL;
        first = newline ? (size_t)(newline - s->bytes) + 1 : have;
    }
    if (first < have)
        s->length = end_of_lines(a, s, from, first, have) - first;
    s->bytes += first;
    s->offset = from + first;
}

static bool add_line(struct slot *s, const char *bytes, size_t length)
{
    if (s->count == LINES_MOST)
        return false;
    struct ahead_line *lines = array_room(s->lines, s->count, &s->room, sizeof *lines, LINES_LEAST);
    if (!lines)
        return false;
    s->lines = lines;
    struct ahead_line *line = &s->lines[s->count++];
    line->bytes = bytes;
    line->length = length;
    line->is_good = journal_line_ends(bytes, length);
    return true;
}

static void check_lines(struct ahead_line *lines, size_t count)
{
    const void *bytes[TOGETHER] = { "", "", "" };
    size_t length[TOGETHER] = { 0 };
    uint32_t crc[TOGETHER];
    for (size_t i = 0; i < count; i++) {
        if (!lines[i].is_good)
            continue;
        bytes[i] = lines[i].bytes + 2;
        length[i] = lines[i].length - JOURNAL_CRC_TAIL - 2;
    }
    crc32c_three(bytes, length, crc);
    for (size_t i = 0; i < count; i++)
        lines[i].is_good = lines[i].is_good && journal_line_fits(lines[i].bytes, lines[i].length, crc[i]);
}

static void parse_line(const struct ahead *a, struct slot *s, struct ahead_line *line)
{
    s->arena.said_count = 0;
    line->is_good = line->is_good &&
                    journal_parse_line(line->bytes, line->length, a->how.heads, &s->arena, &line->record);
    line->said_count = s->arena.said_count;
}

static void do_chunk(const struct ahead *a, struct slot *s, uint64_t chunk)
{
    load(a, s, chunk);
    s->count = 0;
    if (!arena_reset(&s->arena, s->length)) {
        s->length = 0;
        s->is_last = true;
    }
    for (const char *p = s->bytes, *end = p + s->length; p < end;) {
        size_t together = 0;
        for (; together < TOGETHER && p < end; together++) {
            const char *newline = memchr(p, '\n', (size_t)(end - p));
            if (!add_line(s, p, (size_t)(newline - p))) {
                s->length = (size_t)(p - s->bytes);
                s->is_last = true;
                end = p;
                break;
            }
            p = newline + 1;
        }
        struct ahead_line *lines = &s->lines[s->count - together];
        check_lines(lines, together);
        for (size_t i = 0; i < together; i++)
            parse_line(a, s, &lines[i]);
    }
}

/* ---- who does what; with the lock ---- */

static void free_if_done(struct slot *s)
{
    if (s->is_given && s->is_hashed)
        s->state = SLOT_FREE;
}

static bool take_chunk(struct ahead *a)
{
    uint64_t chunk = a->next_taken;
    struct slot *s = slot_of(a, chunk);
    if (chunk == a->chunks || s->state != SLOT_FREE)
        return false;
    a->next_taken++;
    s->state = SLOT_TAKEN;
    s->is_given = false;
    s->is_hashed = a->how.hash == NULL;
    pthread_mutex_unlock(&a->lock);
    do_chunk(a, s, chunk);
    pthread_mutex_lock(&a->lock);
    s->state = SLOT_READY;
    pthread_cond_broadcast(&a->changed);
    return true;
}

static bool hash_chunk(struct ahead *a)
{
    struct slot *s = slot_of(a, a->next_hashed);
    if (!a->how.hash || a->is_hashing || a->next_hashed == a->next_taken || s->state != SLOT_READY ||
        s->is_hashed || a->is_hash_done)
        return false;
    if (s->length > 0 && s->offset != a->hashed_to) {
        a->is_hash_done = true; /* as ahead_next() will see */
        return false;
    }
    a->is_hashing = true;
    pthread_mutex_unlock(&a->lock);
    if (EVP_MD_CTX_copy_ex(s->before, a->how.hash))
        EVP_DigestUpdate(a->how.hash, s->bytes, s->length);
    pthread_mutex_lock(&a->lock);
    a->is_hashing = false;
    a->is_hash_done = s->is_last;
    a->hashed_to += s->length;
    a->next_hashed++;
    s->is_hashed = true;
    free_if_done(s);
    pthread_cond_broadcast(&a->changed);
    return true;
}

static bool work(struct ahead *a)
{
    return take_chunk(a) || hash_chunk(a);
}

static void *work_on(void *context)
{
    struct ahead *a = context;
    pthread_mutex_lock(&a->lock);
    while (!a->is_over)
        if (!work(a))
            pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* ---- whoever asks ---- */

/* Signals stay with the threads that were there before. */
static void start_threads(struct ahead *a, unsigned count)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (a->thread_count < count && pthread_create(&a->threads[a->thread_count], NULL, work_on, a) == 0)
        a->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct ahead *ahead_begin(const struct ahead_how *how)
{
    unsigned threads = how->threads < THREADS_MAX ? how->threads : THREADS_MAX;
    struct ahead *a = calloc(1, sizeof *a);
    bool good = a != NULL;
    if (!a)
        return NULL;
    a->how = *how;
    a->chunks = (how->size + how->chunk_bytes - 1) / how->chunk_bytes;
    a->slot_count = 2 * (size_t)threads + 2;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    for (size_t i = 0; i < a->slot_count && how->hash; i++)
        good = (a->slots[i].before = EVP_MD_CTX_new()) != NULL && good;
    if (good)
        start_threads(a, threads);
    else
        ahead_end(&a);
    return a;
}

void ahead_end(struct ahead **ahead)
{
    struct ahead *a = *ahead;
    *ahead = NULL;
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->is_over = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    for (unsigned i = 0; i < a->thread_count; i++)
        pthread_join(a->threads[i], NULL);
    for (size_t i = 0; i < a->slot_count; i++) {
        EVP_MD_CTX_free(a->slots[i].before);
        arena_free(&a->slots[i].arena);
        free(a->slots[i].lines);
        free(a->slots[i].block);
    }
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

/* The current chunk's slot, when it is parsed. */
static void open_slot(struct ahead *a)
{
    struct slot *s = slot_of(a, a->current);
    pthread_mutex_lock(&a->lock);
    while (a->next_taken <= a->current || s->state != SLOT_READY)
        if (!work(a))
            pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
    a->open = s;
    a->given = 0;
}

static void leave_slot(struct ahead *a)
{
    a->is_done = a->is_done || a->open->is_last;
    a->current++;
    pthread_mutex_lock(&a->lock);
    a->open->is_given = true;
    free_if_done(a->open);
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    a->open = NULL;
}

/* Until the digest has all chunks before this one. */
static void await_hash(struct ahead *a, uint64_t chunk)
{
    pthread_mutex_lock(&a->lock);
    while (a->how.hash && a->next_hashed < chunk)
        if (!hash_chunk(a))
            pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

struct ahead_line *ahead_next(struct ahead *a)
{
    while (!a->is_done) {
        if (a->open && a->given < a->open->count) {
            struct ahead_line *line = &a->open->lines[a->given++];
            a->offset += line->length + 1;
            return line;
        }
        if (a->open)
            leave_slot(a);
        if (a->is_done || a->current == a->chunks)
            break;
        open_slot(a);
        if (a->open->length > 0 && a->open->offset != a->offset)
            break; /* somebody writes in the middle of the file: not what was read before */
    }
    a->is_done = true;
    await_hash(a, a->current);
    return NULL;
}

uint64_t ahead_offset(const struct ahead *a)
{
    return a->offset;
}

struct arena *ahead_arena(struct ahead *a)
{
    return &a->open->arena;
}

bool ahead_hash(struct ahead *a, EVP_MD_CTX *to)
{
    const struct slot *s = a->open;
    if (!a->how.hash || !s || a->given == 0)
        return false;
    await_hash(a, a->current + 1);
    return EVP_MD_CTX_copy_ex(to, s->before) &&
           EVP_DigestUpdate(to, s->bytes, (size_t)(s->lines[a->given - 1].bytes - s->bytes));
}
