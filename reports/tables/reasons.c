#include "reports/tables/reasons.h"

#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/words/numbers.h"

#define MODES_BYTES_MAX 8192

/* ---- the reason ---- */

static void add_modes(struct buf *out, const struct assess_pair *p, enum language language)
{
    struct buf modes;
    buf_init(&modes, MODES_BYTES_MAX);
    name_add_modes(&modes, p->modes_failing ? p->modes_failing : p->modes_open, language);
    PHRASE_ADD(out, p->modes_failing ? WORD_L_MODES_FAIL : WORD_L_MODES_OPEN, language, buf_text(&modes));
    buf_free(&modes);
}

void reason_add(struct buf *out, const struct assessment *a, size_t pair, enum language language)
{
    static const enum word outcomes[] = { [ASSESS_UNUSED] = WORD_L_PASS,
                                          [ASSESS_PASS] = WORD_L_PASS,
                                          [ASSESS_OPEN] = WORD_L_OPEN,
                                          [ASSESS_NOT_TESTABLE] = WORD_L_NOT_TESTABLE,
                                          [ASSESS_FAIL] = WORD_L_FAIL };
    const struct assess_pair *p = &a->pairs[pair];
    const char *clause = word_text(word_clause(p->clause), language);
    if (p->recommendation == RECOMMENDATION_CONDITIONAL)
        add_modes(out, p, language);
    else if (p->clause == CLAUSE_NONE)
        buf_add_text(out, clause);
    else if (assess_is_out_of_reach(a, p))
        PHRASE_ADD(out, WORD_L_OFF_LIST, language, clause);
    else if (p->recommendation == RECOMMENDATION_NOT_RECOMMENDED && !p->shown_not_to_meet)
        PHRASE_ADD(out, WORD_L_GREY, language, clause,
                   number_percent(assess_grey_of(a, p->clause).refuses, language).text);
    else
        PHRASE_ADD(out, outcomes[p->required], language, clause);
}

/* ---- what shows it ---- */

static void add_left_out(struct buf *out, const struct assessment *a, size_t cell, enum language language)
{
    struct phrase hold;
    const char *why = name_left_out(a->f->survey, cell, language, &hold);
    buf_add_text(out, why ? why : word_text(WORD_NO_REASON, language));
}

/* One sentence of several. */
static void add_part(struct buf *out, size_t begin, const struct assessment *a, enum clause_evidence says,
                     const struct measures *figures, enum language language)
{
    if (says == EVIDENCE_NONE)
        return;
    if (out->length > begin)
        buf_add_text(out, word_text(WORD_LIST_SEPARATOR, language));
    measures_add_evidence(out, a, says, figures, language);
}

void evidence_add(struct buf *out, const struct assessment *a, const struct assess_evidence *of,
                  enum language language)
{
    const size_t begin = out->length;
    if (of->clause == CLAUSE_SCOPE && a->not_in_survey)
        PHRASE_ADD(out, WORD_L_NOT_IN_SURVEY, language, name_asked(a->not_in_survey, language));
    add_part(out, begin, a, of->readers_say, &of->readers, language);
    add_part(out, begin, a, of->says, &of->own, language);
    add_part(out, begin, a, of->cell_says, &of->cell_shows, language);
    if (of->cell == SIZE_MAX || of->cell_says != EVIDENCE_NONE)
        return;
    if (out->length > begin)
        buf_add_text(out, word_text(WORD_LIST_SEPARATOR, language));
    add_left_out(out, a, of->cell, language);
}

void evidence_add_with_cell(struct buf *out, const struct assessment *a, const struct assess_evidence *of,
                            enum language language)
{
    struct buf evidence;
    buf_init(&evidence, MODES_BYTES_MAX);
    evidence_add(&evidence, a, of, language);
    if (of->cell != SIZE_MAX)
        buf_add_text(out, name_cell(a->f, of->cell, language).text);
    if (of->cell != SIZE_MAX && evidence.length > 0)
        buf_add_text(out, word_text(WORD_COLON, language));
    buf_add_text(out, buf_text(&evidence));
    buf_free(&evidence);
}

void reason_add_whole(struct buf *out, const struct assessment *a, size_t pair, enum language language)
{
    const struct assess_evidence of = assess_decides(a, pair);
    const size_t begin = out->length;
    struct buf evidence;
    buf_init(&evidence, 2 * MODES_BYTES_MAX);
    reason_add(out, a, pair, language);
    evidence_add_with_cell(&evidence, a, &of, language);
    if (out->length > begin && evidence.length > 0)
        buf_add_text(out, word_text(WORD_LIST_SEPARATOR, language));
    buf_add_text(out, buf_text(&evidence));
    buf_free(&evidence);
}

bool evidence_is_of_counts(const struct assess_evidence *of)
{
    return of->cell_says == EVIDENCE_COUNTS || of->cell_says == EVIDENCE_ROW;
}
