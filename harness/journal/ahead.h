/*
 * Inside the journal room only: whole lines of a journal, read, checked and parsed ahead of whoever asks for them, a
 * chunk a core. What is out of the ordinary (a torn tail, too long a line, a file that was cut meanwhile) is left to
 * who asks: he goes on from ahead_offset() by himself.
 */
#ifndef NFC_SURVEY_JOURNAL_AHEAD_H
#define NFC_SURVEY_JOURNAL_AHEAD_H

#include "harness/journal/line.h"

struct ahead;

struct ahead_how {
    int fd; /* -1: bytes, of length `size` */
    const char *bytes;
    uint64_t size; /* how far is read */
    bool heads;    /* as in journal_reader_ahead() */
    EVP_MD_CTX
    *hash; /* borrowed, nobody else's until ahead_end(): all bytes of the lines given go there; or NULL */
    unsigned threads; /* beside the one that asks */
    size_t chunk_bytes;
};

struct ahead_line {
    const char *bytes; /* without the newline */
    size_t length;
    bool is_good;        /* its checksum fits and it is canonical: record is what it says */
    unsigned said_count; /* SAID values of the record */
    struct journal_record record;
};

/* Threads that cannot be had are done without. NULL when out of memory. */
struct ahead *ahead_begin(const struct ahead_how *how);
void ahead_end(struct ahead **a);

/* NULL: there are no more. A line, and what its record points to, lives until the next call. */
struct ahead_line *ahead_next(struct ahead *a);
uint64_t ahead_offset(const struct ahead *a); /* in the file, of the line behind the one given last */
struct arena *ahead_arena(struct ahead *a);   /* of the line given last */

/* To `to`: of all bytes before the line given last; false when out of memory. */
bool ahead_hash(struct ahead *a, EVP_MD_CTX *to);

#endif
