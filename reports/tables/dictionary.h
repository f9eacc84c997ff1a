/* What every column means to who reads a file of ours in another program: by its key, once for all tables that have it. */
#ifndef NFC_SURVEY_TABLES_DICTIONARY_H
#define NFC_SURVEY_TABLES_DICTIONARY_H

/* table: its id or NULL. id: the column's, of which key is the last part, or that of its axis. NULL: nobody said. */
const char *dictionary_meaning(const char *table, const char *id, const char *key);

#endif
