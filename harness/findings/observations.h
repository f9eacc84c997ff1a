/*
 * The observation store: a row a transaction that ended ok or failed, kept once, by cell in the order of
 * the journal. First times, all times, outliers, drift, the time budget, clauses and comparisons are views
 * of it. Times are in microseconds.
 */
#ifndef NFC_SURVEY_FINDINGS_OBSERVATIONS_H
#define NFC_SURVEY_FINDINGS_OBSERVATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBSERVATION_NONE UINT32_MAX /* in place of a time: it failed, or has none recorded */

enum observation_flag {
    OBSERVATION_TIMED = 1, /* ok, and its time is known: it counts where times do */
    OBSERVATION_FAILED = 2,
    OBSERVATION_SLOW = 4,        /* past the script's time limit */
    OBSERVATION_FIRST = 8,       /* repeat 1: the first of its script in the placement */
    OBSERVATION_PLACED = 16,     /* order 1: the first after the phone was placed */
    OBSERVATION_BEYOND_FWT = 32, /* an exchange took longer than the frame waiting time */
};

/* 28 bytes, so that five million fit; record numbers are kept up to UINT32_MAX. */
struct observation {
    uint32_t placement, line; /* record numbers */
    uint32_t total_us;        /* above every limit when it failed */
    uint32_t activate_us, exchanges_us, first_exchange_us;
    uint16_t exchanges; /* how many */
    uint8_t ended;      /* the script step, from 1, at which it failed; 0: before the first step */
    uint8_t flags;      /* enum observation_flag */
};

/*
 * A placement as one cell saw it: `count` rows from `begin` on, the first one its tap. A row that the
 * journal has behind another placement's rows is kept, but is none of them.
 */
struct placement_seen {
    uint64_t at_us; /* when the phone was placed, in its execution */
    uint32_t line;  /* of its placement record */
    uint32_t begin;
    uint16_t count;
    uint16_t execution; /* 1: from the start record, 2..: from a resume record; 0: its record can't be read */
    uint8_t session;    /* 1..32, 0 when out of range */
    bool counted;       /* clean or dirty: in n */
};

/* Of a cell. Rows are sorted by placement, then line. */
struct observations {
    struct placement_seen *placements; /* owned; lines rise */
    size_t placement_count;
    struct observation *rows; /* owned */
    size_t row_count;
};

/* The end of the rows of the same placement as row i. */
size_t observations_end(const struct observations *o, size_t i);

/* The session of the placement with this line; 0: not known. */
uint8_t observations_session(const struct observations *o, uint32_t placement);

/* The first failed or slow row of a placement: its line, or 0. */
uint64_t observations_bad_line(const struct observations *o, const struct placement_seen *p);

/*
 * The least script step, from 1, at which a row of a placement failed; 0: before the first step; UINT8_MAX:
 * none did.
 */
uint8_t observations_ended(const struct observations *o, const struct placement_seen *p);

#endif
