/* What every column means to who reads a file of ours in another program (dictionary.def). */
#ifndef NFC_SURVEY_TABLES_DICTIONARY_H
#define NFC_SURVEY_TABLES_DICTIONARY_H

#include "reports/tables/table.h"

/* key: the column's, or that of its axis. "" where nobody said. */
const char *dictionary_meaning(const struct table *t, const struct column *c, const char *key);

#endif
