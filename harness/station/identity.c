#include "harness/station/identity.h"

#include "harness/base/text.h"
#include "harness/station/exclusions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool identity_matters(const struct survey *s)
{
    return s->hands == HANDS_PERSON || s->hands == HANDS_COMMAND;
}

int identity_open(struct station *st, struct err *e)
{
    if (!identity_matters(st->survey) || st->virtual_time || st->survey->simulated)
        identifier_key_published(&st->key);
    else
        return identifier_key_load(&st->key, e);
    return 0;
}

struct fingerprint_place identity_place(const struct survey *s, const struct plan_placement *p)
{
    return (struct fingerprint_place) { p->pair, p->reader, s->conditions[p->condition].power_mode };
}

/* ---- a stranger ---- */

/* Which evidence: each is asked about once a placement. */
enum evidence { BY_FINGERPRINT = 1 << 0, BY_LABEL = 1 << 1, BY_COLLISION = 1 << 2 };

/* A robot's phone may have a second token of its own; a card has none to be confused with. */
static bool is_proof(const struct survey *s, enum label_owner owner)
{
    return owner == LABEL_OUTSIDE || (owner == LABEL_OTHER && s->hands == HANDS_COMMAND);
}

static void is_stranger(struct station *st, unsigned reader, enum evidence by, bool proven,
                        const struct said *what)
{
    struct job *j = &st->units[reader].job;
    if (j->excluded[0] || j->foreign || (j->stranger & by))
        return;
    j->stranger |= by;
    j->differs = said_flat(what);
    j->foreign = proven;
    if (proven || st->survey->hands != HANDS_PERSON) {
        STATION_SAY(st, NOTICE_STRANGER, .reader = st->survey->readers[reader].unit, .detail = *what);
    } else {
        j->doubts |= DOUBT(QUESTION_STRANGER);
    }
    if (proven)
        job_finish(st, reader);
}

static void compare(struct station *st, unsigned reader)
{
    const struct job *j = &st->units[reader].job;
    const struct fingerprint_place at = identity_place(st->survey, &j->placement);
    struct said what;
    if (fingerprints_differ(&st->state.known, st->survey, &at, &j->print, &what))
        is_stranger(st, reader, BY_FINGERPRINT, false, &what);
}

static void judge_label(struct station *st, unsigned reader, const char *label)
{
    struct said what;
    unsigned pair = st->units[reader].job.placement.pair;
    enum label_owner owner = label_owner(st->survey, pair, label, &what);
    bool proven = is_proof(st->survey, owner);
    if (proven || (owner != LABEL_OWN && !fingerprints_have_label(&st->state.known, pair, label)))
        is_stranger(st, reader, BY_LABEL, proven, &what);
}

/* ---- what is asked before ---- */

static bool is_laid_last(const struct station *st, unsigned pair)
{
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        if (st->units[i].laid_pair == pair + 1)
            return true;
    }
    return false;
}

bool identity_probes(const struct station *st, const struct plan_placement *p)
{
    if (!identity_matters(st->survey) || st->virtual_time || st->state.unasked[p->pair])
        return false;
    return st->survey->hands == HANDS_PERSON ? st->view.changed & (CHANGED_HANDSET | CHANGED_SIM)
                                             : !is_laid_last(st, p->pair);
}

bool identity_probed(struct station *st, unsigned reader, const struct wire_probed *m)
{
    struct job *j = &st->units[reader].job;
    if (!text_ends(m->token_label, sizeof m->token_label) || !text_ends(m->cplc, sizeof m->cplc) ||
        m->hce > 0xffff || j->probed)
        return false;
    if (j->state != JOB_RUNNING)
        return true;
    j->probed = true;
    j->probe = *m;
    fingerprint_of_applications(&j->print, m->token_label, m->hce, m->cplc);
    judge_label(st, reader, m->token_label);
    compare(st, reader);
    return true;
}

void identity_write_probe(struct station *st, const struct job *j)
{
    char hce[8];
    struct journal_record r;
    snprintf(hce, sizeof hce, "%04X", j->probe.hce & 0xffff);
    journal_record_init(&r, JOURNAL_KIND_PROBE);
    r.as.probe.placement = j->line;
    r.as.probe.at_us = station_at_us(st, j->probe.started_ns);
    r.as.probe.token_label = j->probe.token_label[0] ? j->probe.token_label : NULL;
    r.as.probe.hce = j->probe.hce ? hce : NULL;
    r.as.probe.cplc = j->probe.cplc[0] ? j->probe.cplc : NULL;
    station_append(st, &r);
}

/* ---- what is measured ---- */

/* The label of another token that a check met; "" where it met none. */
static const char *wrong_label(const struct said *detail)
{
    return said_is(detail, SAID_WRONG_TOKEN) || said_is(detail, SAID_WRONG_TOKEN_OUTSIDE)
               ? said_argument(detail, 0)
               : "";
}

static void trim_label(const char *label, char out[FINGERPRINT_PART_BYTES])
{
    text_fit(out, FINGERPRINT_PART_BYTES, label);
    for (size_t n = strlen(out); n > 0 && out[n - 1] == ' '; n--)
        out[n - 1] = '\0';
}

void identity_reported(struct station *st, unsigned reader, const struct trial_report *m)
{
    struct job *j = &st->units[reader].job;
    char label[FINGERPRINT_PART_BYTES];
    if (!identity_matters(st->survey))
        return;
    trim_label(wrong_label(&m->detail), label);
    if (m->order == 1)
        fingerprint_of_activation(&j->print, &(struct fingerprint_shown) { m->technology, &m->atr, &m->uid,
                                                                           &m->ats, &m->atqa, &m->sak,
                                                                           &m->atqb, m->identifiers });
    if (label[0]) {
        text_fit(j->print.part[FINGERPRINT_LABEL], FINGERPRINT_PART_BYTES, label);
        judge_label(st, reader, label);
    }
    if (m->order == 1)
        compare(st, reader);
    if (m->outcome == OUTCOME_FAIL && m->causes == CAUSE(5)) { /* of drivers that see the anticollision */
        const struct said two = said_alone(SAID_TWO_TARGETS);
        is_stranger(st, reader, BY_COLLISION, false, &two);
    }
}

bool identity_fold(const struct survey *s, unsigned pair, const struct journal_transaction *t,
                   struct fingerprint *print)
{
    char label[FINGERPRINT_PART_BYTES];
    struct said what;
    if (!identity_matters(s))
        return false;
    if (t->order == 1)
        fingerprint_of_activation(print,
                                  &(struct fingerprint_shown) { t->technology, t->atr, t->uid, t->ats,
                                                                t->atqa, t->sak, t->atqb, t->identifiers });
    trim_label(wrong_label(t->detail), label);
    if (!label[0])
        return false;
    text_fit(print->part[FINGERPRINT_LABEL], FINGERPRINT_PART_BYTES, label);
    return is_proof(s, label_owner(s, pair, label, &what));
}

void identity_learn(struct station *st, const struct job *j)
{
    const struct fingerprint_place at = identity_place(st->survey, &j->placement);
    if (identity_matters(st->survey) && !fingerprints_learn(&st->state.known, &at, &j->print)) {
        struct err e;
        err_set(&e, ERR_MEMORY, "station", "out of memory");
        station_fail(st, &e);
    }
}
