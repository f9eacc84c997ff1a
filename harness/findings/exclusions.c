/*
 * What the operator took out of the count. An exclusion comes before its placement's result and makes it
 * invalid; a withdrawal comes after it and changes no count, so each verdict is also given without what was
 * withdrawn. Notes without an effect are kept with them, for people.
 */
#include "harness/base/text.h"
#include "harness/findings/fold.h"

#include <stdlib.h>

static bool keep_note(struct fold *o, const struct journal_record *r)
{
    struct findings *f = o->f;
    const struct journal_note *n = &r->as.note;
    f->note_count++;
    if (f->notes_kept == FINDINGS_NOTES_MAX)
        return true;
    struct findings_note *out = &f->notes[f->notes_kept++];
    out->line = r->line;
    out->placement = n->placement == UINT64_MAX ? 0 : n->placement;
    out->text = text_copy(n->text ? n->text : "");
    out->effect = n->effect;
    out->by = n->by ? text_copy(n->by) : NULL;
    out->wall = n->wall ? text_copy(n->wall) : NULL;
    return out->text && (out->by || !n->by) && (out->wall || !n->wall);
}

void fold_note(struct fold *o, const struct journal_record *r)
{
    const struct journal_note *n = &r->as.note;
    if (!keep_note(o, r))
        o->failed = ERR_MEMORY;
    if (n->effect == EXCLUSION_NONE)
        return;
    bool exclude = n->effect == EXCLUSION_EXCLUDE;
    struct fold_placement *p = fold_find_placement(o, n->placement);
    if (!p)
        fold_contradiction(o, SAID_LINE_NOTE_OF_NONE);
    else if (exclude && p->closed)
        fold_contradiction(o, SAID_LINE_LATE_EXCLUSION);
    else if (!exclude && !p->closed)
        fold_contradiction(o, SAID_LINE_NOT_CLOSED);
    else if (exclude)
        p->excluded = true;
    else
        p->withdrawn = true;
}

/* Per cell: counts of what was withdrawn, and what is left without it. */
static void count_withdrawn(struct fold *o, struct cell_counts *left)
{
    const struct survey *s = o->f->survey;
    const struct fold_placement *all = (const struct fold_placement *)(const void *)o->placements.data;
    for (size_t i = 0; i < o->placements.length / sizeof *all; i++) {
        const struct fold_placement *p = &all[i];
        for (unsigned script = 0; script < s->script_count; script++) {
            size_t cell = survey_cell(s, p->pair, p->condition, p->reader, script);
            bool dirty = p->dirty >> script & 1u;
            if (p->suspected >> script & 1u)
                counts_add(&left[cell], PLACEMENT_INVALID, true, p->session);
            if (!(p->counted >> script & 1u))
                continue;
            o->f->cells[cell].withdrawn += p->withdrawn;
            o->f->cells[cell].withdrawn_dirty += p->withdrawn && dirty;
            if (!p->withdrawn)
                counts_add(&left[cell], dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false, p->session);
        }
        o->f->placements_withdrawn += p->withdrawn && p->counted;
    }
}

int fold_withdraw(struct fold *o, struct cells *cells, struct err *e)
{
    struct findings *f = o->f;
    struct cell_counts *left = calloc(f->cell_count ? f->cell_count : 1, sizeof *left);
    if (!left)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory");
    count_withdrawn(o, left);
    for (size_t i = 0; i < f->cell_count; i++) {
        if (f->cells[i].withdrawn == 0)
            continue; /* counts of placements whose record can't be read stand in no other place */
        cells->cells[i].counts = left[i];
    }
    cells_judge(cells);
    for (size_t i = 0; i < f->cell_count; i++)
        f->cells[i].verdict_without_withdrawn = cells->cells[i].verdict;
    for (size_t i = 0; i < f->row_count; i++)
        f->rows[i].without_withdrawn = cells->rows[i];
    free(left);
    return 0;
}

void fold_free_notes(struct findings *f)
{
    for (size_t i = 0; i < f->notes_kept; i++) {
        free(f->notes[i].text);
        free(f->notes[i].by);
        free(f->notes[i].wall);
    }
}
