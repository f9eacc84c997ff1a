/*
 * Numbers and dates as each language writes them: the one place where reports for people form them, without
 * the host's locale or time zone, so that a report is the same to the byte everywhere. What machines read
 * (CSV, criteria.yaml, the page's block of data, datetime attributes) does not come here.
 *
 *              English                       Japanese
 *   digits     12,345.6 in both, in half width: groups of three, a point; a minus is U+2212
 *   percent    95 %, as SI writes it         95%, as official papers write it
 *   interval   [1.2, 3.4] %                  [1.2, 3.4]%
 *   time       300 ms                        300ミリ秒
 *   length     20 mm in both, as other units that are written by their symbol
 *   date       26 November 2026, 02:39 JST (25 November 2026, 17:39 UTC)
 *                                            2026年11月26日 2時39分 日本時間（UTC 2026年11月25日 17時39分）
 *
 * Units and the words around a number are in the catalogues. A number that names something (a record of the
 * journal, a cell, a seed) is no quantity: it is not grouped, so that it can be searched for.
 */
#ifndef NFC_SURVEY_WORDS_NUMBERS_H
#define NFC_SURVEY_WORDS_NUMBERS_H

#include "harness/base/decimal.h"
#include "reports/words/phrase.h"

#include <stdint.h>

struct phrase number_count(uint64_t value);
struct phrase number_name(uint64_t value);             /* of a record, a cell, a seed: not grouped */
struct phrase number_real(double value);               /* six digits that count, at most */
struct phrase number_fixed(double value, int places);  /* nothing that rounds to 0 keeps a sign */
struct phrase number_signed(double value, int places); /* the same with a + where it is more than 0 */
struct phrase number_ms(uint64_t us);                  /* "12,345.6" */
struct phrase number_percent(double share, enum language language); /* four digits that count */
/* To two places, for columns: figures below each other. */
struct phrase number_share(double share, enum language language);
/* As it was given, to the last digit. */
struct phrase number_percent_given(double share, enum language language);
struct phrase number_percent_bound(double share, enum decimal_rounding outwards, enum language language);
/* A computed probability, to two places; nothing but 0 is 0, nothing but 1 is 100. */
struct phrase number_chance(double share, enum language language);
/* In percent to so many places, outwards: a printed bound never claims more than the bound does. */
struct phrase number_interval(double lower, double upper, int places, enum language language);
/* A difference of shares in points, with signs, to a tenth and outwards: "[-1.2, +3.4]". */
struct phrase number_points(double low, double high);
/* A time of the journal, "2026-11-25T17:39:46Z", to the minute, at the counters and in UTC; any other text as it is. */
struct phrase number_date(const char *text, enum language language);
bool number_is_date(const char *text);

#endif
