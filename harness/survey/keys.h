/* What each kind of file may say, as tables of keys (fields.h): the parsers of this room read by them, the schemas are made from
 * them. Criteria's are of harness/clauses, a table a clause. */
#ifndef NFC_SURVEY_SURVEY_KEYS_H
#define NFC_SURVEY_SURVEY_KEYS_H

#include "harness/survey/fields.h"

extern const struct field_map reader_map, handset_map, application_map, script_map, survey_map;

/* A survey's scheme of one tier or of two, and its hands that are a command or a testbed: which it is, is seen before they are
 * read. */
extern const struct field_map scheme_map, scheme_two_tier_map, hands_command_map, hands_testbed_map;

/* By name; a simulated reader's begin at the second. */
extern const struct fields_choice reader_levels[];

/* The presets of schemes: X(index, name). */
#define SCHEME_PRESETS(X) X(0, "screen") X(1, "standard") X(2, "strict") X(3, "counter")

#define TIME_LIMIT_MS_MAX    600000 /* of a transaction, and every other wait of a file */
#define SCRIPT_READ_MAX      32768  /* READ BINARY reaches offsets of 15 bits */
#define USB_STRING_BYTES_MAX 126    /* a string descriptor holds 126 UTF-16 units */
#define POINTS_MAX           64     /* of a survey */
#define EXCLUSIONS_MAX       256
#define SCHEME_WEIGHT_MAX    8 /* placements of a reader a tour */

#endif
