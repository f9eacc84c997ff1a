/*
 * The one growable buffer. It has a maximum; past it, or out of memory, it turns `failed` and ignores further
 * additions, so that a writer checks once at the end. data is always NUL-terminated when not NULL.
 */
#ifndef NFC_SURVEY_BASE_BUF_H
#define NFC_SURVEY_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* owned; released by buf_free() or handed over by buf_take() */
    size_t length;
    size_t capacity;
    size_t max;
    bool failed;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b);              /* length 0, failed cleared, memory kept */
void buf_cut(struct buf *b, size_t length); /* back to a length that it had */
void buf_free(struct buf *b);
char *buf_take(struct buf *b);             /* the caller frees; NULL when failed */
const char *buf_text(const struct buf *b); /* "" when failed */
bool buf_reserve(struct buf *b, size_t more);
/* Before what it holds from `at` on, at most its length. */
void buf_insert(struct buf *b, size_t at, const void *bytes, size_t length);
void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_add_char(struct buf *b, char c);
void buf_add_text(struct buf *b, const char *text);
void buf_add_u64(struct buf *b, uint64_t value); /* plain decimal, without printf's cost */
/* Little-endian, as USB has its numbers. */
void buf_add_u16(struct buf *b, unsigned value);
void buf_add_u32(struct buf *b, uint32_t value);
void buf_add_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
