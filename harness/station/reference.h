/*
 * The reference card of a survey: what must answer on a reader before and after the phones are judged by it. It is laid
 * by the same hands, at the first placement of an execution and of a session, at the session's end, after so many
 * placements, and after failures running. A reader on which it fails is set aside, and what it measured since it last
 * answered is nobody's. Without `reference:` in the survey nothing happens here.
 */
#ifndef NFC_SURVEY_STATION_REFERENCE_H
#define NFC_SURVEY_STATION_REFERENCE_H

#include "harness/station/supervisor.h"

/* A session or an execution begins: every reader is due, and those that were set aside are tried like the others. */
void reference_begins(struct station *st);

/*
 * Makes what is due; true when the plan is to be asked again. Before these placements; at a session's end; where only
 * readers that are set aside have work left.
 */
bool reference_before(struct station *st, const struct plan_placement *orders, size_t count);
bool reference_ends(struct station *st);
bool reference_again(struct station *st);

/* It was laid in vain so often that the reader stays set aside to the end of the session. */
bool reference_gave_up(const struct unit *u);

/* A placement on this reader was closed: this may make the reference due. */
void reference_closed(struct station *st, unsigned reader, enum placement_result worst);

/* Where and how it is laid. */
struct plan_placement reference_placement(const struct station *st, unsigned reader);

/* What its worker told of it; false: none of ours would. */
bool reference_told(struct station *st, unsigned reader, const struct trial_report *m);

#endif
