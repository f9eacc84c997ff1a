/*
 * Is it the phone that was asked for? What answers is compared with what the handset and its sim showed before, and its
 * token label with the survey's: before the result is shown, and for all scripts of the placement at once. Where a
 * person laid it, the person is asked; of a robot a label that another handset's sim or a card has proves it, and all
 * else is recorded. Simulated hands lay what they are told to.
 */
#ifndef NFC_SURVEY_STATION_IDENTITY_H
#define NFC_SURVEY_STATION_IDENTITY_H

#include "harness/station/supervisor.h"

/* Whether anybody could lay another phone than is asked for. */
bool identity_matters(const struct survey *s);
/* The key that identifiers are hidden with, and from then on; before the first worker. */
int identity_open(struct station *st, struct err *e) __attribute__((warn_unused_result));

/* Whether the phone is asked what it is before it is measured: at a change of handset, on real readers. */
bool identity_probes(const struct station *st, const struct plan_placement *p);
/* What it answered; false: no worker of ours would send it. */
bool identity_probed(struct station *st, unsigned reader, const struct wire_probed *m);
void identity_write_probe(struct station *st, const struct job *j);

/* A transaction's report, the first one's above all. */
void identity_reported(struct station *st, unsigned reader, const struct trial_report *m);
/* What a placement that counted showed is this handset's. */
void identity_learn(struct station *st, const struct job *j);

/* The same of records: what a transaction's adds to the fingerprint, and whether its label spoils the placement. */
bool identity_fold(const struct survey *s, unsigned pair, const struct journal_transaction *t,
                   struct fingerprint *print);
struct fingerprint_place identity_place(const struct survey *s, const struct plan_placement *p);

#endif
