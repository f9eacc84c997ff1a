/*
 * The person at the station: what is asked, what is said, and what follows from it. Questions have numbers and
 * answers carry them, so that what was typed for one never answers another.
 */
#ifndef NFC_SURVEY_STATION_PERSON_H
#define NFC_SURVEY_STATION_PERSON_H

#include "harness/station/supervisor.h"

/* What may be said while a phone is waited for or measured. */
#define PERSON_MEANWHILE                                                                                     \
    (CHOICE_BIT(CHOICE_SLIP) | CHOICE_BIT(CHOICE_WITHDRAW) | CHOICE_BIT(CHOICE_NOTE) |                       \
     CHOICE_BIT(CHOICE_HELP) | CHOICE_BIT(CHOICE_QUIT))

/*
 * Shows a question, with no detail when NULL; the same one as before stays. A later one, or person_silent(), takes it
 * back.
 */
void person_question(struct station *st, enum question what, uint32_t choices, const struct said *detail);
void person_silent(struct station *st);

/*
 * Asks, and turns until one of the choices is made; notes and withdrawals are taken and the question stays. QUIT after
 * Ctrl-C, or when nobody is left who could answer. `reader`: where the phone lies or shall lie.
 */
enum choice person_ask(struct station *st, unsigned reader, enum question what, uint32_t choices,
                       const struct said *detail, struct station_answer *out);

/* Acts on what was said meanwhile about the placement that is being made on this reader. */
void person_hear(struct station *st, unsigned reader);

/* Once an execution: who works at the station, where the caller does not know. ERR_INTERRUPTED when they quit. */
int person_names_itself(struct station *st, struct err *e) __attribute__((warn_unused_result));

/*
 * Before a placement: which phone is in the hand, and the order to lay it. True when it lies there, by the person's
 * word: the placement begins then, and nothing before it is one. False: its handset was put off, or the sweep stops.
 */
bool person_offers(struct station *st, const struct plan_placement *p);

/*
 * The doubt of a placement that is measured and not closed (job.doubt), settled by whoever laid the phone. NOTHING_SEEN
 * and ELSEWHERE may have it made again; LOST and STRANGER keep or exclude it.
 */
void person_settle(struct station *st, unsigned reader);

#endif
