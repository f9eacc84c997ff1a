/*
 * What the program itself told in words, in a journal or a finding: events, reasons, hands, how a phone was
 * seen. In the page's language where it is one of ours (the strings T_ of strings.def have its English text,
 * with {0} for what varies); anything else stands as it was told, for it may be anybody's.
 */
#ifndef NFC_SURVEY_REPORTS_TOLD_H
#define NFC_SURVEY_REPORTS_TOLD_H

#include "reports/words/phrase.h"

#include <stdbool.h>

/* `hold` keeps what is made; the result is that, or text itself. */
const char *told(const char *text, enum language language, struct phrase *hold);

/* Whether it is one of ours: what isn't may be in any language. */
bool told_is_ours(const char *text);

/* A fact of a profile ("max_kbit_s") in words where it is one that every profile may have, else its key. */
const char *told_fact(const char *key, enum language language);

#endif
