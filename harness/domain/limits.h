/* Numbers that several rooms must agree on. */
#ifndef NFC_SURVEY_DOMAIN_LIMITS_H
#define NFC_SURVEY_DOMAIN_LIMITS_H

#define INVALID_RUN_MAX                                                                                      \
    3               /* so many invalid placements running end a cell: undecided (instrument); survey.h */
#define NEAR_MM 0.5 /* two positions no further apart are the same */

#endif
