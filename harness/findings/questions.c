#include "harness/findings/questions.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

static struct findings_question *row_of(struct findings_questions *q, const struct journal_answer *a)
{
    const char *operator= a->operator? a->operator: "", *handset = a->handset ? a->handset : "";
    for (size_t i = 0; i < q->count; i++) {
        if (strcmp(q->items[i].operator, operator) == 0 && strcmp(q->items[i].handset, handset) == 0)
            return &q->items[i];
    }
    struct findings_question *items = realloc(q->items, (q->count + 1) * sizeof *items);
    if (!items)
        return NULL;
    q->items = items;
    struct findings_question *row = &items[q->count];
    *row = (struct findings_question) { .operator= text_copy(operator), .handset = text_copy(handset) };
    q->count++;
    return row->operator&& row->handset ? row : NULL;
}

/* Where an answer is counted; NULL: nowhere. */
static uint64_t *count_of(struct findings_question *row, enum question about, enum choice choice)
{
    bool yes = choice == CHOICE_YES;
    if (choice == CHOICE_LATER)
        return &row->put_off;
    if (choice == CHOICE_SLIP)
        return &row->slips;
    if (choice == CHOICE_QUIT)
        return &row->left;
    if (!yes && choice != CHOICE_NO)
        return NULL;
    switch (about) {
    case QUESTION_NOTHING_SEEN:
        return yes ? &row->was_there : &row->was_not;
    case QUESTION_LOST:
        return yes ? &row->lifted : &row->not_lifted;
    case QUESTION_STRANGER:
        return yes ? &row->same : &row->other;
    default:
        return NULL;
    }
}

bool questions_fold(struct findings_questions *q, const struct journal_answer *a)
{
    struct findings_question none = { 0 };
    if (!count_of(&none, a->about, a->choice))
        return true;
    struct findings_question *row = row_of(q, a);
    if (row)
        ++*count_of(row, a->about, a->choice);
    return row != NULL;
}

void questions_free(struct findings_questions *q)
{
    for (size_t i = 0; i < q->count; i++) {
        free(q->items[i].operator);
        free(q->items[i].handset);
    }
    free(q->items);
    *q = (struct findings_questions) { 0 };
}
