/* Numbers that several rooms must agree on. */
#ifndef NFC_SURVEY_DOMAIN_LIMITS_H
#define NFC_SURVEY_DOMAIN_LIMITS_H

#define INVALID_RUN_MAX                                                                                      \
    3               /* so many invalid placements running end a cell: undecided (instrument); survey.h */
#define NEAR_MM 0.5 /* two positions no further apart are the same */

/* By which a run is judged: those of version 0.4.0 know no suspect placements and refuse in one session. */
enum { RULES_OF_0_4 = 1, RULES_NOW = 2 };

#endif
