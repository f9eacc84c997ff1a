/*
 * The order of one session: a list of blocks, each a group of handset + sim pairs in one condition. A
 * function of the survey, its seed and the session only; which placements are still to be made is the plan's
 * business.
 */
#ifndef NFC_SURVEY_PLAN_ORDER_H
#define NFC_SURVEY_PLAN_ORDER_H

#include "harness/base/err.h"
#include "harness/survey/survey.h"

#include <stddef.h>
#include <stdint.h>

/* One group in one condition: tours over `readers` are made here. */
struct order_block {
    const unsigned *pairs; /* borrowed from the order */
    unsigned pair_count;
    unsigned group; /* 0..; in the reader-outermost order a group comes once for each reader */
    unsigned condition;
    uint32_t readers; /* bit a reader */
};

struct order {
    const struct survey *survey; /* borrowed */
    unsigned session;
    unsigned lanes;       /* pairs of a group at most */
    unsigned *handset_of; /* number of a pair's handset unit: the first pair that has it */
    unsigned *shuffled;   /* scratch: the pairs as drawn */
    unsigned *members;    /* lanes slots a group */
    unsigned *sizes;      /* pairs of each group */
    unsigned group_count;
    struct order_block *blocks;
    size_t block_count;
    uint32_t *block_of; /* block of each (pair, condition, reader) */
};

/* The readers of a block's tours: row and position give the reader. */
struct order_square {
    uint8_t reader[2 * SURVEY_READERS_MAX][SURVEY_READERS_MAX];
    unsigned readers, rows;
    unsigned start;
};

/* ERR_INPUT when the survey has none, or too many, of something. */
int order_check(const struct survey *s, struct err *e) __attribute__((warn_unused_result));

/* All memory is taken here, so that drawing a session cannot fail. */
int order_make(const struct survey *s, struct order *out, struct err *e) __attribute__((warn_unused_result));
void order_free(struct order *o);
/* first: a byte a pair, those that come before the others; NULL: none does. */
void order_draw(struct order *o, unsigned session, const uint8_t *first);
void order_square_draw(const struct order *o, const struct order_block *b, struct order_square *out);

/* The reader at a position of a tour for the group's pair number `member`. */
static inline unsigned order_reader(const struct order_square *q, unsigned tour, unsigned member,
                                    unsigned position)
{
    unsigned half = q->rows > q->readers && tour / q->readers % 2 ? q->readers : 0;
    return q->reader[half + (q->start + member + tour) % q->readers][position];
}

static inline size_t order_unit(const struct survey *s, size_t pair, size_t condition, size_t reader)
{
    return (pair * s->condition_count + condition) * s->reader_count + reader;
}

#endif
