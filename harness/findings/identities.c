#include "harness/findings/identities.h"

#include <stdlib.h>
#include <string.h>

static struct findings_identity *item_of(struct findings_identities *all, size_t pair)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].pair == pair)
            return &all->items[i];
    }
    struct findings_identity *items = realloc(all->items, (all->count + 1) * sizeof *items);
    if (!items)
        return NULL;
    all->items = items;
    items[all->count] = (struct findings_identity) { .pair = pair };
    return &items[all->count++];
}

static bool keep_first(struct findings_identity *i, const struct said *difference)
{
    if (!i->first && !said_nothing(difference))
        i->first = said_copy(difference);
    return i->first || said_nothing(difference);
}

bool identities_fold_probe(struct findings_identities *all, size_t pair, const struct journal_probe *p)
{
    struct findings_identity *i = item_of(all, pair);
    if (!i)
        return false;
    i->probes++;
    i->labels += p->token_label != NULL;
    i->hosts += p->hce && strcmp(p->hce, "9000") == 0;
    i->chips += p->cplc != NULL;
    return true;
}

bool identities_fold_placed(struct findings_identities *all, size_t pair, const struct journal_placed *p)
{
    bool proven = said_is(p->reason, SAID_LABEL_OUTSIDE) || said_is(p->reason, SAID_LABEL_OF_SIM);
    if (!proven && !p->differs)
        return true;
    struct findings_identity *i = item_of(all, pair);
    if (!i)
        return false;
    i->proven += proven;
    i->unasked += !proven;
    return keep_first(i, proven ? p->reason : p->differs);
}

bool identities_fold_answer(struct findings_identities *all, size_t pair, const struct journal_answer *a)
{
    if (a->about != QUESTION_STRANGER)
        return true;
    struct findings_identity *i = item_of(all, pair);
    if (!i)
        return false;
    i->asked++;
    i->same += a->choice == CHOICE_YES;
    i->other += a->choice == CHOICE_NO;
    return keep_first(i, a->detail);
}

void identities_free(struct findings_identities *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->items[i].first);
    free(all->items);
    *all = (struct findings_identities) { 0 };
}
