#include "harness/station/fingerprint.h"

#include "harness/base/array.h"
#include "harness/base/text.h"
#include "harness/card/identifier.h"
#include "harness/journal/records.h"
#include "harness/station/transaction.h"

#include <stdlib.h>
#include <string.h>

static const char *const part_names[FINGERPRINT_PART_COUNT] = {
#define NAME(ID, name) [FINGERPRINT_##ID] = (name),
    FINGERPRINT_PARTS(NAME)
#undef NAME
};

static void set(struct fingerprint *f, enum fingerprint_part part, const char *text)
{
    text_fit(f->part[part], sizeof f->part[part], text ? text : "");
}

/* A phone may draw another PUPI each time, and a random UID has no value: of type A alone one says whose it is. */
static void set_identifiers(struct fingerprint *f, const struct fingerprint_shown *shown)
{
    char value[IDENTIFIER_VALUE_BYTES] = "";
    const char *of = shown->identifiers ? shown->identifiers : "";
    if (shown->technology == TECHNOLOGY_A)
        identifiers_text_find(of, IDENTIFIER_UID, value);
    set(f, FINGERPRINT_UID_VALUE, value);
    identifiers_text_find(of, IDENTIFIER_HISTORICAL, value);
    set(f, FINGERPRINT_HISTORICAL, value);
}

void fingerprint_of_activation(struct fingerprint *f, const struct fingerprint_shown *shown)
{
    const struct said *uid = shown->uid;
    set(f, FINGERPRINT_TECHNOLOGY, technology_name(shown->technology));
    set(f, FINGERPRINT_ATR, journal_shown(shown->atr));
    set(f, FINGERPRINT_ATS, journal_shown(shown->ats));
    set(f, FINGERPRINT_ATQA, journal_shown(shown->atqa));
    set(f, FINGERPRINT_SAK, journal_shown(shown->sak));
    set(f, FINGERPRINT_ATQB, journal_shown(shown->atqb));
    set(f, FINGERPRINT_UID, uid && !uid->absent ? said_argument(uid, 0) : "");
    set_identifiers(f, shown);
}

void fingerprint_of_applications(struct fingerprint *f, const char *label, unsigned hce, const char *cplc)
{
    static const char digits[] = "0123456789ABCDEF";
    const char word[5] = { digits[hce >> 12 & 15], digits[hce >> 8 & 15], digits[hce >> 4 & 15],
                           digits[hce & 15], 0 };
    set(f, FINGERPRINT_LABEL, label);
    set(f, FINGERPRINT_HCE, hce ? word : "");
    set(f, FINGERPRINT_CPLC, cplc);
}

/* ---- comparing ---- */

/* Values of two keys cannot be compared. */
static bool is_of_one_key(const char *a, const char *b)
{
    size_t id = strcspn(a, ":");
    return strncmp(a, b, id) == 0 && b[id] == a[id];
}

static bool is_value(unsigned part)
{
    return part == FINGERPRINT_UID_VALUE || part == FINGERPRINT_HISTORICAL || part == FINGERPRINT_CPLC;
}

/* Both were read; of an identifier also under one key. */
static bool are_comparable(const struct fingerprint *a, const struct fingerprint *b, unsigned part)
{
    return a->part[part][0] && b->part[part][0] &&
           (!is_value(part) || is_of_one_key(a->part[part], b->part[part]));
}

static bool differs(const struct fingerprint *a, const struct fingerprint *b, unsigned part)
{
    return are_comparable(a, b, part) && strcmp(a->part[part], b->part[part]) != 0;
}

/* The first of some parts that differs; `end` when none does. */
static unsigned first_difference(const struct fingerprint *a, const struct fingerprint *b, unsigned from,
                                 unsigned end)
{
    while (from < end && !differs(a, b, from))
        from++;
    return from;
}

/* Both show something of it, and none of it differs. */
static bool looks_alike(const struct fingerprint *a, const struct fingerprint *b)
{
    unsigned same = 0;
    for (unsigned i = FINGERPRINT_ATR; i < FINGERPRINT_RF_END; i++)
        same += a->part[i][0] && b->part[i][0] && !differs(a, b, i);
    return same > 0 && first_difference(a, b, 0, FINGERPRINT_PART_COUNT) == FINGERPRINT_PART_COUNT;
}

static bool shows_anything(const struct fingerprint *f)
{
    for (unsigned i = 0; i < FINGERPRINT_PART_COUNT; i++) {
        if (f->part[i][0])
            return true;
    }
    return false;
}

/* Something is known of both: else neither says anything of the other. */
static bool share_a_part(const struct fingerprint *a, const struct fingerprint *b, unsigned from,
                         unsigned end)
{
    while (from < end && !are_comparable(a, b, from))
        from++;
    return from < end;
}

static bool is_mode_of(const struct fingerprint_known *k, const struct fingerprint_place *at)
{
    return k->at.pair == at->pair && k->at.mode == at->mode;
}

/* Of some parts, what is known here and told by none of those known; NULL: one is alike, or nothing is known. */
static const struct fingerprint *differs_from_all(const struct fingerprints *all,
                                                  const struct fingerprint_place *at,
                                                  const struct fingerprint *f, unsigned from, unsigned end)
{
    const struct fingerprint *last = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct fingerprint_known *k = &all->items[i];
        if (!is_mode_of(k, at) || (from < FINGERPRINT_RF_END && k->at.reader != at->reader) ||
            !share_a_part(&k->of, f, from, end))
            continue;
        if (first_difference(&k->of, f, from, end) == end)
            return NULL;
        last = &k->of;
    }
    return last;
}

/* A chip's own data come with a sim from handset to handset, and tell handsets apart where both sims differ. */
static bool has_chip_of(const struct fingerprint_known *k, const struct survey *s,
                        const struct fingerprint_place *at, const struct fingerprint *f)
{
    return f->part[FINGERPRINT_CPLC][0] &&
           strcmp(k->of.part[FINGERPRINT_CPLC], f->part[FINGERPRINT_CPLC]) == 0 &&
           s->pairs[k->at.pair].sim != s->pairs[at->pair].sim;
}

/* The one handset that this looks like; SIZE_MAX where none does or several do. */
static size_t looks_like(const struct fingerprints *all, const struct survey *s,
                         const struct fingerprint_place *at, const struct fingerprint *f)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < all->count; i++) {
        const struct fingerprint_known *k = &all->items[i];
        bool here = k->at.reader == at->reader && k->at.mode == at->mode && looks_alike(&k->of, f);
        if (strcmp(s->pairs[k->at.pair].unit, s->pairs[at->pair].unit) == 0 ||
            !(here || has_chip_of(k, s, at, f)))
            continue;
        if (found != SIZE_MAX && strcmp(s->pairs[found].unit, s->pairs[k->at.pair].unit) != 0)
            return SIZE_MAX;
        found = k->at.pair;
    }
    return found;
}

static struct said say_difference(const struct fingerprint *was, const struct fingerprint *now, unsigned part)
{
    const char *a = was->part[part], *b = now->part[part];
    if (part == FINGERPRINT_TECHNOLOGY)
        return SAY(SAID_TYPE_BECAME, a, b);
    if (part == FINGERPRINT_UID)
        return SAY(SAID_UID_BECAME, a, b);
    return SAY(SAID_PART_BECAME, part_names[part], a, b);
}

/* Known elsewhere by its chip, though here nothing is known to differ from. */
static bool has_foreign_chip(const struct fingerprints *all, const struct survey *s,
                             const struct fingerprint_place *at, const struct fingerprint *f)
{
    bool foreign = false;
    for (size_t i = 0; i < all->count; i++) {
        const struct fingerprint_known *k = &all->items[i];
        if (k->at.pair == at->pair && strcmp(k->of.part[FINGERPRINT_CPLC], f->part[FINGERPRINT_CPLC]) == 0)
            return false; /* this one was confirmed with it */
        foreign |=
            has_chip_of(k, s, at, f) && strcmp(s->pairs[k->at.pair].unit, s->pairs[at->pair].unit) != 0;
    }
    return foreign;
}

bool fingerprints_differ(const struct fingerprints *all, const struct survey *s,
                         const struct fingerprint_place *at, const struct fingerprint *f, struct said *what)
{
    unsigned from = 0, end = FINGERPRINT_RF_END;
    const struct fingerprint *was = differs_from_all(all, at, f, from, end);
    if (!was) {
        from = end;
        end = FINGERPRINT_PART_COUNT;
        was = differs_from_all(all, at, f, from, end);
    }
    if (!was && !has_foreign_chip(all, s, at, f))
        return false;
    size_t like = looks_like(all, s, at, f);
    if (like != SIZE_MAX)
        *what = SAY(SAID_LOOKS_LIKE, s->pairs[like].unit);
    else if (was)
        *what = say_difference(was, f, first_difference(was, f, from, end));
    return was || like != SIZE_MAX;
}

/* ---- learning ---- */

/* All of it is known there. */
static bool is_known(const struct fingerprint_known *k, const struct fingerprint_place *at,
                     const struct fingerprint *f)
{
    if (!is_mode_of(k, at) || k->at.reader != at->reader)
        return false;
    for (unsigned i = 0; i < FINGERPRINT_PART_COUNT; i++) {
        if (f->part[i][0] && strcmp(k->of.part[i], f->part[i]) != 0)
            return false;
    }
    return true;
}

bool fingerprints_learn(struct fingerprints *all, const struct fingerprint_place *at,
                        const struct fingerprint *f)
{
    if (!shows_anything(f))
        return true; /* it would be like anything */
    for (size_t i = 0; i < all->count; i++) {
        if (is_known(&all->items[i], at, f))
            return true;
    }
    struct fingerprint_known *items = array_room(all->items, all->count, &all->capacity, sizeof *items, 64);
    if (!items)
        return false;
    all->items = items;
    all->items[all->count++] = (struct fingerprint_known) { *at, *f };
    return true;
}

bool fingerprints_have_label(const struct fingerprints *all, unsigned pair, const char *label)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].at.pair == pair && strcmp(all->items[i].of.part[FINGERPRINT_LABEL], label) == 0)
            return true;
    }
    return false;
}

void fingerprints_free(struct fingerprints *all)
{
    free(all->items);
    *all = (struct fingerprints) { 0 };
}

/* ---- token labels ---- */

static bool begins_with(const char *label, const char *own)
{
    return own[0] && strncmp(label, own, strlen(own)) == 0;
}

static bool unit_has_sim(const struct survey *s, const char *unit, unsigned sim)
{
    for (size_t i = 0; i < s->pair_count; i++) {
        if (s->pairs[i].sim == sim && strcmp(s->pairs[i].unit, unit) == 0)
            return true;
    }
    return false;
}

/* The only other handset with this sim in it; NULL: there is none, or there are several. */
static const char *unit_of_sim(const struct survey *s, unsigned sim)
{
    const char *unit = NULL;
    for (size_t i = 0; i < s->pair_count; i++) {
        if (s->pairs[i].sim != sim)
            continue;
        if (unit && strcmp(unit, s->pairs[i].unit) != 0)
            return NULL;
        unit = s->pairs[i].unit;
    }
    return unit;
}

enum label_owner label_owner(const struct survey *s, unsigned pair, const char *label, struct said *what)
{
    const struct survey_pair *of = &s->pairs[pair];
    const char *own = s->sims[of->sim].token_label;
    if (own[0] == '\0' || label[0] == '\0' || begins_with(label, own))
        return LABEL_OWN;
    if (begins_with(label, CARD_TOKEN_LABEL)) {
        *what = SAY(SAID_LABEL_OUTSIDE, label);
        return LABEL_OUTSIDE;
    }
    *what = SAY(SAID_LABEL_STRANGE, label, own);
    for (unsigned sim = 0; sim < s->sim_count; sim++) {
        if (!begins_with(label, s->sims[sim].token_label) || unit_has_sim(s, of->unit, sim))
            continue;
        const char *unit = unit_of_sim(s, sim);
        *what = unit ? SAY(SAID_LOOKS_LIKE, unit) : SAY(SAID_LABEL_OF_SIM, label, s->sims[sim].id);
        return LABEL_OTHER;
    }
    return LABEL_STRANGE;
}
