/*
 * Inside the journal room only: one line between bytes and struct. The canonical parser and the libyaml
 * parser fill the same struct; what it points to lives in an arena that is as large as the line can ever
 * need.
 */
#ifndef NFC_SURVEY_JOURNAL_LINE_H
#define NFC_SURVEY_JOURNAL_LINE_H

#include "harness/base/err.h"
#include "harness/journal/records.h"

#include <math.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define JOURNAL_CRC_TAIL 20 /* bytes of `, "crc": "1a2b3c4d"}` */

/* Two bump allocators in one block: texts below, arrays above. Emptied for each line. */
struct arena {
    char *memory; /* owned */
    size_t capacity;
    char *text, *text_end;
    char *items, *items_end;
    unsigned said_count; /* SAID values of this line */
};
bool arena_reset(struct arena *a, size_t line_length); /* false when out of memory */
void arena_free(struct arena *a);
char *arena_text(struct arena *a, size_t length); /* length + 1 bytes, the last one NUL; NULL when full */
void *arena_item(struct arena *a,
                 size_t size);            /* next element, contiguous with the one before; NULL when full */
void *arena_list(struct arena *a);        /* where the next list begins */
struct said *arena_said(struct arena *a); /* not between the elements of a list; NULL when full */

/* line: without its newline. True when it is exactly what the writer writes, whatever its CRC says. */
bool journal_parse_canonical(const char *line, size_t length, struct arena *a, struct journal_record *out);
/* The same of a line that ends as one does, into an arena with room for it. heads: see journal_reader_ahead(). */
bool journal_parse_line(const char *line, size_t length, bool heads, struct arena *a,
                        struct journal_record *out);

/* Sentences of version 1 become codes. */
void journal_take_old_sentences(struct journal_record *r, struct arena *a);
/* What version 1 told in clear, for a record of a run that it began. */
void journal_hide_old_identifiers(struct journal_record *r);

/* The CRC at the canonical place at the end of the line: 1 fits, 0 does not fit, -1 is not there. */
int journal_line_crc(const char *line, size_t length);
bool journal_line_ends(const char *line, size_t length); /* as a canonical one, but for the digits */
bool journal_line_fits(const char *line, size_t length, uint32_t crc); /* of one that ends so */

/* Of a line whose CRC does not fit: the byte, 1.., of which one bit makes it fit, and what it then is; 0: none does. */
size_t journal_find_flip(const char *line, size_t length, unsigned char *was);

/* By libyaml, for a line that was edited. where: for messages. crc_present: the line has such a key. */
int journal_parse_yaml(const char *line, size_t length, const char *where, struct arena *a,
                       struct journal_record *out, bool *crc_present, struct err *e)
    __attribute__((warn_unused_result));

/* A plain decimal without leading zeros: the digits at *p, moved behind them. */
bool journal_parse_digits(const char **p, const char *end, uint64_t *out);
/* -?digits(.digits)?, the form of JSON without exponent, below JOURNAL_REAL_END; canonical: as the writer
 * writes it. */
bool journal_parse_real(const char **p, const char *end, bool canonical, double *out);

/* Writes x with at most 9 decimals, trailing zeros cut, never "-0"; at most JOURNAL_REAL_MAX bytes; returns
 * its end. */
#define JOURNAL_REAL_END 1e18
#define JOURNAL_REAL_MAX 32
char *journal_real_to(char *p, double x);

struct journal_reader;
/* As journal_reader_ahead(), with threads beside the asking one, and in such chunks. */
void journal_reader_ahead_by(struct journal_reader *r, bool heads, unsigned threads, size_t chunk_bytes);
bool journal_reader_take_hash(struct journal_reader *r,
                              EVP_MD_CTX *to);                       /* to: of all lines returned so far */
uint64_t journal_reader_next_number(const struct journal_reader *r); /* of a record written behind them */

/* NULL when the record can be written; else the name of the field that no line can hold (NaN, infinite,
 * unset). */
const char *journal_record_fault(const struct journal_record *r);

static inline void unset_U64(uint64_t *x)
{
    *x = UINT64_MAX;
}
static inline void unset_REAL(double *x)
{
    *x = (double)NAN;
}
static inline void unset_BOOL(int *x)
{
    *x = -1;
}
static inline void unset_TEXT(const char **x)
{
    *x = NULL;
}
static inline void unset_SAID(const struct said **x)
{
    *x = NULL;
}
static inline void unset_CAUSES(uint32_t *x)
{
    *x = 0;
}
static inline void unset_STAGES(struct journal_stages *x)
{
    for (unsigned i = 0; i < STAGE_COUNT; i++)
        x->us[i] = UINT32_MAX;
}
#define JOURNAL_UNSET_ENUM(type, PREFIX)                                                                     \
    static inline void unset_##PREFIX(enum type x[static 1])                                                 \
    {                                                                                                        \
        *x = PREFIX##_NONE;                                                                                  \
    }
DOMAIN_ENUMS(JOURNAL_UNSET_ENUM)
#define JOURNAL_UNSET_LIST(upper, lower)                                                                     \
    static inline void unset_##upper(struct journal_##lower *x)                                              \
    {                                                                                                        \
        x->items = NULL;                                                                                     \
        x->count = 0;                                                                                        \
    }
JOURNAL_UNSET_LIST(EXCHANGES, exchanges)
JOURNAL_UNSET_LIST(BYTES, bytes)
JOURNAL_UNSET_LIST(RESULTS, results)
JOURNAL_UNSET_LIST(FILES, files)
JOURNAL_UNSET_LIST(READERS, readers)

#endif
