/*
 * What is known of every cell of a survey, and what follows from it: verdicts, whose the suspect placements are, and
 * whether the list is settled. A function of the counts alone: the plan keeps it up to date while a run is made,
 * findings make it of a journal, and both say the same.
 */
#ifndef NFC_SURVEY_CELLS_CELLS_H
#define NFC_SURVEY_CELLS_CELLS_H

#include "harness/base/err.h"
#include "harness/clauses/list.h"
#include "harness/survey/survey.h"
#include "harness/verdict/suspicion.h"
#include "harness/verdict/two_tier.h"
#include "harness/verdict/verdict.h"

struct cell_state {
    struct cell_counts counts;
    unsigned invalid;
    unsigned invalid_run; /* invalid placements running */
    enum verdict verdict; /* of all counts as they are; EXCLUDED and NOT_APPLICABLE from the start */
};

struct cells {
    const struct survey *survey; /* borrowed */
    struct criteria *criteria;   /* of the survey; NULL: none, or by the rules of 0.4.0 */
    struct scheme_table table;
    struct cell_state *cells;
    size_t count;
    unsigned *taps;                           /* [condition][script]: placements that the criteria ask for */
    struct suspicion *own;                    /* [pair][reader] */
    struct suspicion all[SURVEY_READERS_MAX]; /* a reader */
    uint8_t *attributed;                      /* a pair */
    enum list_state *list;                    /* a pair */
    uint32_t *stale; /* pairs of which other cells may have or need work now, some more than once */
    size_t stale_count;
    size_t *changed; /* a ring of cells whose verdict is another one, each once: `is_changed` */
    size_t changed_first, changed_count;
    uint8_t *is_changed;
    struct two_tier tiers;  /* of a scheme of two tiers, and rows.h: */
    struct row_state *rows; /* [pair][condition][script]; NULL: one tier */
    size_t row_count;
};

/* The survey's scheme with a preset's values filled in, and its rules. */
int cells_scheme(const struct survey *s, struct scheme *out, struct err *e)
    __attribute__((warn_unused_result));

int cells_make(const struct survey *s, struct cells *out, struct err *e) __attribute__((warn_unused_result));
void cells_free(struct cells *c);
/* Between two of the same survey. */
void cells_copy(struct cells *to, const struct cells *from);

/* A result that counted, and its cell as it was before. */
struct cells_undo {
    size_t cell;
    struct cell_state before;
    enum placement_result result;
    bool suspect;
    unsigned session;
};

/* One more result of a cell; nothing where that is not measured. Fills `stale`. */
void cells_result(struct cells *c, size_t cell, enum placement_result result, bool suspect, unsigned session);

/* Whether it counted. */
bool cells_has_counted(const struct cells *c, const struct cells_undo *undo);

/* Of results that prove to be nobody's: all of them are undone, the last first, then each is made nobody's, the first
 * first: one more invalid placement, suspect where it was dirty. Both fill `stale`. */
void cells_take_back(struct cells *c, const struct cells_undo *undo);
void cells_make_nobodys(struct cells *c, const struct cells_undo *undo);

/* What instruments had closed is open again, with the counts that it has. False of another cell. Fills `stale`. */
bool cells_reopen(struct cells *c, size_t cell);

/* Whether a decision on it is to be told, by what has been told: another verdict, none yet of one that is open for good,
 * or another decision on its row. */
bool cells_decision_is_due(const struct cells *c, size_t cell, enum verdict told, enum row_verdict row_told);

/* The counts of this cell are others: what they were is in `before`. Fills `stale`. */
void cells_update(struct cells *c, size_t cell, const struct cell_counts *before);

/* The counts of all cells have been set. */
void cells_judge(struct cells *c);

/* As they are judged: suspect placements that are the handset's own are dirty ones. */
struct cell_counts cells_counts(const struct cells *c, size_t cell);

/* The next cell whose verdict is another one since this was asked, or that has all its placements; SIZE_MAX: none. */
size_t cells_changed(struct cells *c);

/* Whether it still wants placements, in whatever session. */
bool cells_is_wanted(const struct cells *c, size_t cell);

/* Whether it has work in this session. */
bool cells_is_open(const struct cells *c, size_t cell, unsigned session);

static inline size_t cells_pair(const struct cells *c, size_t cell)
{
    const struct survey *s = c->survey;
    return cell / (s->condition_count * s->reader_count * s->script_count);
}

#endif
