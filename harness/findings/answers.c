/* What handsets answered with, as recorded, beside what their profiles claim; see time_budget.h. */
#include "harness/base/text.h"
#include "harness/findings/time_budget.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names in a handset profile. */
static const char *const facts[BUDGET_ANSWERS] = {
    [BUDGET_TECHNOLOGY] = "technologies",
    [BUDGET_ATQA] = "atqa",
    [BUDGET_SAK] = "sak",
    [BUDGET_ATS] = "ats",
    [BUDGET_ATQB] = "atqb",
    [BUDGET_ATR] = "atr",
    [BUDGET_UID] = "random_uid",
    [BUDGET_KBIT_S] = "max_kbit_s",
    [BUDGET_FWT_US] = "fwt_us",
};

static struct budget_value *find_value(struct budget_pair *p, enum budget_answer what,
                                       const struct said *said)
{
    for (size_t i = 0; i < p->value_count; i++) {
        struct budget_value *v = &p->values[i];
        if (v->what == what && said_same(v->said, said))
            return v;
    }
    return NULL;
}

static struct budget_value *append(struct budget_pair *p)
{
    if (!p->values)
        p->values = calloc(BUDGET_VALUES_MAX, sizeof *p->values);
    return p->values ? &p->values[p->value_count] : NULL;
}

static int note(struct budget_pair *p, enum budget_answer what, const struct said *recorded, size_t reader,
                uint64_t line)
{
    if (!recorded)
        return 0;
    struct budget_value *v = find_value(p, what, recorded);
    if (!v && p->value_count == BUDGET_VALUES_MAX) {
        p->untold++;
        return 0;
    }
    if (!v) {
        v = append(p);
        struct said *copy = v ? said_copy(recorded) : NULL;
        if (!copy)
            return ERR_MEMORY;
        *v = (struct budget_value) { .what = what, .said = copy, .line = line };
        p->value_count++;
    }
    v->count++;
    v->readers |= 1u << reader;
    return 0;
}

/* What is no text of the record, as one that lives as long as the two. */
struct held {
    struct said_number number;
    struct said said;
};

static const struct said *words(struct held *h, const char *text)
{
    h->said = said_words(text);
    return &h->said;
}

static const struct said *number(struct held *h, uint64_t value)
{
    if (value == UINT64_MAX)
        return NULL;
    h->number = said_number(value);
    return words(h, h->number.text);
}

int budget_note_answers(struct time_budget *m, size_t pair, size_t reader, const struct journal_record *r)
{
    const struct journal_transaction *t = &r->as.transaction;
    struct held technology, kbit_s, fwt;
    const struct said *const recorded[BUDGET_ANSWERS] = {
        [BUDGET_TECHNOLOGY] = t->technology ? words(&technology, technology_name(t->technology)) : NULL,
        [BUDGET_ATQA] = t->atqa,
        [BUDGET_SAK] = t->sak,
        [BUDGET_ATS] = t->ats,
        [BUDGET_ATQB] = t->atqb,
        [BUDGET_ATR] = t->atr,
        [BUDGET_UID] = t->uid,
        [BUDGET_KBIT_S] = number(&kbit_s, t->kbit_s),
        [BUDGET_FWT_US] = number(&fwt, t->fwt_us),
    };
    int code = 0;
    for (int what = 0; what < BUDGET_ANSWERS && code == 0; what++)
        code = note(&m->pairs[pair], (enum budget_answer)what, recorded[what], reader, r->line);
    return code;
}

static int compare_values(const void *left, const void *right)
{
    const struct budget_value *a = left, *b = right;
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

void budget_sort_answers(struct time_budget *m)
{
    for (size_t i = 0; i < m->pair_count; i++)
        if (m->pairs[i].value_count > 1)
            qsort(m->pairs[i].values, m->pairs[i].value_count, sizeof *m->pairs[i].values, compare_values);
}

const struct survey_fact *budget_claim(const struct findings *f, size_t pair, enum budget_answer what)
{
    const struct handset_profile *h = survey_handset_of(f->survey, pair);
    for (size_t i = 0; i < h->fact_count; i++)
        if (h->facts[i].name && strcmp(h->facts[i].name, facts[what]) == 0)
            return &h->facts[i];
    return NULL;
}

/* "A" of "A, B" or "A/B": a letter by itself. */
static bool names_technology(const char *claim, const char *technology)
{
    for (const char *at = claim; (at = strchr(at, technology[0])); at++) {
        bool begins = at == claim || !isalnum((unsigned char)at[-1]);
        if (begins && !isalnum((unsigned char)at[1]))
            return true;
    }
    return false;
}

/* The same hex digits, whatever separates the bytes. */
static bool same_bytes(const char *a, const char *b)
{
    for (;;) {
        while (*a == ' ' || *a == ':')
            a++;
        while (*b == ' ' || *b == ':')
            b++;
        if (*a == '\0' || *b == '\0')
            return *a == *b;
        if (tolower((unsigned char)*a++) != tolower((unsigned char)*b++))
            return false;
    }
}

static bool bears_out(enum budget_answer what, const char *claim, const char *seen)
{
    uint64_t most = 0, rate = 0;
    if (what == BUDGET_TECHNOLOGY)
        return names_technology(claim, seen);
    if (what == BUDGET_KBIT_S)
        return text_to_u64(claim, strlen(claim), &most) && text_to_u64(seen, strlen(seen), &rate) &&
               rate <= most;
    if (what == BUDGET_UID)
        return (strcmp(claim, "true") == 0) == (strncmp(seen, "random", strlen("random")) == 0);
    return same_bytes(claim, seen);
}

enum budget_match budget_compare(const struct findings *f, size_t pair, enum budget_answer what)
{
    const struct survey_fact *claim = budget_claim(f, pair, what);
    const struct budget_pair *p = &f->budget->pairs[pair];
    enum budget_match match = BUDGET_NOT_SEEN;
    if (!claim || !claim->value)
        return BUDGET_NO_CLAIM;
    for (size_t i = 0; i < p->value_count; i++) {
        if (p->values[i].what != what || p->values[i].said->absent)
            continue;
        if (!bears_out(what, claim->value, said_text(p->values[i].said).text))
            return BUDGET_DIFFERS;
        match = BUDGET_AGREES;
    }
    return match;
}

struct budget_matches budget_matches(const struct findings *f)
{
    struct budget_matches out = { { 0 } };
    for (size_t pair = 0; pair < f->survey->pair_count; pair++)
        for (int what = 0; what < BUDGET_ANSWERS; what++)
            out.of[budget_compare(f, pair, (enum budget_answer)what)]++;
    return out;
}
