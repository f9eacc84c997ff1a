/*
 * Questions and answers. A doubt (was it lying there? is it this phone?) is put to whoever laid the phone before
 * anything of the result is shown, for every handset alike, and goes into the journal with the answer: a slip must
 * not become a failure of the phone, nor a failure a slip that nobody can count.
 */
#include "harness/station/person.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "harness/station/exclusions.h"
#include "harness/station/health.h"
#include "harness/station/placement.h"
#include "harness/station/watch.h"

#include <string.h>

#define WATCH_TURN_MS 20 /* a watch ends soon */

/* What may be said at any question: it is about something else. */
#define ASIDE (CHOICE_BIT(CHOICE_WITHDRAW) | CHOICE_BIT(CHOICE_NOTE))
/* What is no answer to a question, so that its number does not matter. */
#define COMMANDS                                                                                             \
    (ASIDE | CHOICE_BIT(CHOICE_SLIP) | CHOICE_BIT(CHOICE_PAUSE) | CHOICE_BIT(CHOICE_HELP) |                  \
     CHOICE_BIT(CHOICE_QUIT))

/* ---- what is asked ---- */

void person_question(struct station *st, enum question what, uint32_t choices, const struct said *detail)
{
    struct station_question *q = &st->view.question;
    q->id = ++st->questions;
    q->what = what;
    q->choices = choices;
    q->detail = said_nothing(detail) ? said_words(NULL) : said_flat(detail);
    st->asked_ns = clock_now_ns();
    station_show(st);
}

void person_silent(struct station *st)
{
    if (st->view.question.id == 0)
        return;
    st->view.question = (struct station_question) { 0 };
    station_show(st);
}

/* ---- what is said ---- */

static bool hear_any(struct station *st, struct station_answer *out)
{
    for (size_t i = 0; i < st->options->face_count; i++) {
        const struct face *f = &st->options->faces[i];
        if (!f->hear || !f->hear(f->context, out))
            continue;
        st->heard_by = f->name;
        return true;
    }
    return false;
}

static bool nobody_is_left(const struct station *st)
{
    for (size_t i = 0; i < st->options->face_count; i++) {
        const struct face *f = &st->options->faces[i];
        if (f->hear && !(f->gone && f->gone(f->context)))
            return false;
    }
    return true;
}

/* What was said in time for the question that is shown, or needs none. */
static bool is_in_time(const struct station *st, const struct station_answer *a)
{
    const struct station_question *q = &st->view.question;
    return a->choice > CHOICE_NONE && a->choice < CHOICE_COUNT && CHOICE_BIT(a->choice) & q->choices &&
           (CHOICE_BIT(a->choice) & COMMANDS || a->question == q->id);
}

static void record_answer(struct station *st, const struct plan_placement *p, uint64_t placement,
                          const struct station_answer *a)
{
    const struct survey *s = st->survey;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_ANSWER);
    struct journal_answer *to = &r.as.answer;
    to->at_us = station_at_us(st, st->virtual_now_ns);
    to->about = st->view.question.what;
    to->choice = a->choice;
    if (p) {
        to->reader = s->readers[p->reader].unit;
        to->handset = s->pairs[p->pair].unit;
        to->sim = s->sims[s->pairs[p->pair].sim].id;
        to->condition = s->conditions[p->condition].id;
    }
    to->placement = placement ? placement : UINT64_MAX;
    to->detail = said_nothing(&st->view.question.detail) ? NULL : &st->view.question.detail;
    to->text = a->text[0] ? a->text : NULL;
    to->waited_us = (clock_now_ns() - st->asked_ns) / 1000;
    to->operator= station_by(st);
    to->face = st->heard_by;
    station_append(st, &r);
}

/* Notes, withdrawals, help and quit, wherever they are said. True when that was all. */
static bool took_aside(struct station *st, unsigned reader, const struct station_answer *a)
{
    const struct job *j = &st->units[reader].job;
    switch (a->choice) {
    case CHOICE_WITHDRAW:
        withdraw_last(st, a->text);
        return true;
    case CHOICE_NOTE:
        note_write(st, a->text, j->opened && job_can_be_excluded(st, reader) ? j->line : 0, EXCLUSION_NONE);
        return true;
    case CHOICE_HELP:
        return true; /* the face has shown it */
    case CHOICE_QUIT:
        station_stop_by_word(st);
        return true;
    default:
        return false;
    }
}

/* The next thing said that fits; what was typed before its question is named, never taken. */
static bool next_said(struct station *st, unsigned reader, struct station_answer *out)
{
    while (!st->failed && hear_any(st, out)) {
        if (out->choice == CHOICE_NONE)
            st->missed = true;
        else if (!is_in_time(st, out))
            STATION_SAY(st, NOTICE_NOT_TAKEN);
        else if (!took_aside(st, reader, out))
            return true;
        station_show(st);
    }
    return false;
}

static void pause_sweep(struct station *st, unsigned reader)
{
    const struct station_question before = st->view.question;
    struct station_answer a;
    (void)person_ask(st, reader, QUESTION_PAUSED, CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_QUIT) | ASIDE,
                     NULL, &a);
    if (before.id)
        person_question(st, before.what, before.choices, &before.detail);
}

enum choice person_ask(struct station *st, unsigned reader, enum question what, uint32_t choices,
                       const struct said *detail, struct station_answer *out)
{
    station_sync(st);
    person_question(st, what, choices | CHOICE_BIT(CHOICE_HELP) | CHOICE_BIT(CHOICE_QUIT), detail);
    for (;;) {
        station_turn(st, STATION_TICK_MS);
        if (next_said(st, reader, out)) {
            if (out->choice != CHOICE_PAUSE)
                return out->choice;
            pause_sweep(st, reader);
        }
        if (what == QUESTION_LAY && watch_arrival(st, reader)) {
            *out = (struct station_answer) { .choice = CHOICE_GO };
            return CHOICE_GO;
        }
        if (st->failed || st->stop_asked || nobody_is_left(st)) {
            *out = (struct station_answer) { .choice = CHOICE_QUIT };
            if (!st->failed && !st->stop_asked)
                station_stop_by_word(st);
            return CHOICE_QUIT;
        }
    }
}

void person_hear(struct station *st, unsigned reader)
{
    struct station_answer a;
    while (st->survey->hands == HANDS_PERSON && next_said(st, reader, &a)) {
        if (a.choice == CHOICE_SLIP && job_can_be_excluded(st, reader))
            job_exclude(st, reader, a.text);
    }
    job_flush(st);
}

/* ---- at the start ---- */

int person_names_itself(struct station *st, struct err *e)
{
    const struct said known = said_words(st->options->by ? st->options->by : "");
    unsigned column;
    struct station_answer a;
    if (st->survey->hands != HANDS_PERSON || !st->options->ask_by)
        return 0;
    uint32_t choices = CHOICE_BIT(CHOICE_TAG) | (st->options->by ? CHOICE_BIT(CHOICE_GO) : 0);
    do {
        if (person_ask(st, 0, QUESTION_OPERATOR, choices, &known, &a) == CHOICE_QUIT)
            return err_set(e, ERR_INTERRUPTED, "run", "stopped before the first placement");
    } while (text_find_invisible(a.text, &column) != 0); /* a name that nobody can read is none */
    text_fit(st->by, sizeof st->by, a.text);
    person_silent(st);
    return 0;
}

/* ---- before a placement ---- */

static void put_off(struct station *st, const struct plan_placement *p, const struct station_answer *said)
{
    bool asked = strcmp(said->text, "next") == 0, next = plan_put_off(st->state.plan, p->pair, asked);
    struct station_answer done = *said;
    if (!next)
        done.text[0] = '\0';
    record_answer(st, p, 0, &done);
    st->in_hand = -1;
    STATION_SAY(st, asked && !next ? NOTICE_PUT_OFF_HERE : NOTICE_PUT_OFF,
                .detail = said_words(st->survey->pairs[p->pair].name));
    st->put_off[p->pair] = true;
}

/* Which phone is in the hand: asked at each change of it. */
static bool identify(struct station *st, const struct plan_placement *p)
{
    const char *unit = st->survey->pairs[p->pair].unit;
    bool scan = st->survey->identity == IDENTITY_SCAN;
    struct station_answer a;
    uint32_t choices = ASIDE | CHOICE_BIT(CHOICE_LATER) | CHOICE_BIT(CHOICE_PAUSE) |
                       (scan ? CHOICE_BIT(CHOICE_TAG) : CHOICE_BIT(CHOICE_YES) | CHOICE_BIT(CHOICE_NO));
    if (st->survey->identity == IDENTITY_OFF || st->in_hand == (int)p->pair)
        return true;
    for (;;) {
        enum choice choice = person_ask(st, p->reader, QUESTION_TAG, choices, NULL, &a);
        if (choice == CHOICE_LATER)
            put_off(st, p, &a);
        if (choice != CHOICE_TAG && choice != CHOICE_YES && choice != CHOICE_NO)
            return false;
        record_answer(st, p, 0, &a);
        if (choice == CHOICE_YES || (choice == CHOICE_TAG && text_key_same(a.text, unit)))
            break;
        if (choice == CHOICE_NO)
            STATION_SAY(st, NOTICE_NOT_IN_HAND, .detail = said_words(unit));
        else
            STATION_SAY(st, NOTICE_WRONG_TAG, .detail = SAY(SAID_TAG_IS_NOT, a.text, unit));
    }
    st->in_hand = (int)p->pair;
    return true;
}

static uint32_t changes(const struct station *st, const struct plan_placement *p)
{
    const struct survey *s = st->survey;
    const struct plan_placement *was = &st->before;
    const struct survey_condition *a = &s->conditions[was->condition], *b = &s->conditions[p->condition];
    if (!st->laid_before)
        return CHANGED_HANDSET | CHANGED_READER;
    bool moved = a->x_mm != b->x_mm || a->y_mm != b->y_mm || a->z_mm != b->z_mm;
    bool cased =
        strcmp(a->handset_case ? a->handset_case : "none", b->handset_case ? b->handset_case : "none") != 0;
    return (strcmp(s->pairs[was->pair].unit, s->pairs[p->pair].unit) != 0 ? CHANGED_HANDSET : 0u) |
           (s->pairs[was->pair].sim != s->pairs[p->pair].sim ? CHANGED_SIM : 0u) |
           (was->reader != p->reader ? CHANGED_READER : 0u) |
           (a->power_mode != b->power_mode ? CHANGED_MODE : 0u) | (cased ? CHANGED_CASE : 0u) |
           (moved ? CHANGED_POSITION : 0u);
}

bool person_offers(struct station *st, const struct plan_placement *p)
{
    struct station_answer a;
    if (st->put_off[p->pair]) { /* so is all that is left, or all that does not wait for a reader */
        st->all_put_off = unit_unavailable(st) == 0;
        if (!st->all_put_off)
            station_wait(st);
        return false;
    }
    st->view.placing = true;
    st->view.placement = *p;
    st->view.changed = changes(st, p);
    st->view.measured = 0;
    st->missed = false;
    st->view.to_measure = st->survey->scheme.k * (unsigned)__builtin_popcount(p->scripts);
    watch_before(st, p->reader);
    if (!identify(st, p))
        return false;
    uint32_t choices = ASIDE | CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_LATER) | CHOICE_BIT(CHOICE_PAUSE);
    enum choice choice = person_ask(st, p->reader, QUESTION_LAY, choices, &st->lay_again, &a);
    st->lay_again = said_words(NULL);
    if (choice == CHOICE_LATER)
        put_off(st, p, &a);
    while (!watch_is_over(st) && !st->failed && st->stop_asked < 2)
        station_turn(st, WATCH_TURN_MS);
    if (choice != CHOICE_GO)
        return false;
    st->before = *p;
    st->laid_before = true;
    memset(st->put_off, 0, sizeof st->put_off);
    return true;
}

/* ---- a doubt ---- */

/* Not lying there at all: what the reader said of the empty field is nobody's. */
static void make_again(struct station *st, unsigned reader, enum said_code reason, bool suspect)
{
    struct job *j = &st->units[reader].job;
    struct said why = said_alone(reason);
    job_forget(j);
    j->doubts = 0;
    j->again = true;
    j->laid = false; /* nothing to lift, or nobody to do it */
    j->suspect = suspect;
    j->reason = why;
    st->lay_again = why;
}

/* The person says what the station has seen. The phone is looked for, and shown, anew. */
static void is_another(struct station *st, unsigned reader, const struct said *seen)
{
    st->units[reader].job.proven = true;
    job_exclude(st, reader, said_text(seen).text);
    st->in_hand = -1;
    st->laid_before = false;
}

/* Which question a doubt puts, and what may be answered. */
void person_settle(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    const struct said lifted = said_alone(SAID_LIFTED_EARLY), asked = j->differs;
    enum question doubt = job_doubt(j);
    struct station_answer a;
    if (doubt == QUESTION_NONE || st->failed)
        return;
    if (doubt == QUESTION_ELSEWHERE) { /* the station has seen it: nobody need say so */
        make_again(st, reader, SAID_SEEN_ELSEWHERE, false);
        st->lay_again = j->seen_on;
        return;
    }
    job_flush(st); /* its record has a line that the answer can name */
    enum choice choice = person_ask(st, reader, doubt,
                                    CHOICE_BIT(CHOICE_YES) | CHOICE_BIT(CHOICE_NO) | CHOICE_BIT(CHOICE_SLIP),
                                    doubt == QUESTION_STRANGER ? &asked : NULL, &a);
    record_answer(st, &j->placement, j->line, &a);
    if (choice == CHOICE_YES && doubt == QUESTION_STRANGER && !said_same(&asked, &j->differs))
        return; /* something else showed meanwhile: that is asked next */
    person_silent(st);
    if (choice == CHOICE_QUIT) {
        job_leave_in_doubt(j);
        return;
    }
    j->doubts &= ~DOUBT(doubt);
    if (choice == CHOICE_SLIP)
        job_exclude(st, reader, a.text);
    else if (doubt == QUESTION_NOTHING_SEEN && choice == CHOICE_NO)
        make_again(st, reader, SAID_WAS_NOT_THERE, true);
    else if (doubt == QUESTION_LOST && choice == CHOICE_YES)
        job_exclude(st, reader, said_text(&lifted).text);
    else if (doubt == QUESTION_STRANGER && choice == CHOICE_NO)
        is_another(st, reader, &asked);
    if (j->excluded[0])
        j->doubts = 0; /* all of it is out */
}
