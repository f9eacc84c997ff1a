/*
 * Relations as a folder of CSV files, a table a file, by RFC 4180 with a byte order mark: no value is an empty field, an
 * empty text is "". A text that a spreadsheet would run, and one that begins with ', gets a ' before it; nothing else of
 * a text is changed.
 */
#ifndef NFC_SURVEY_RENDER_CSV_FOLDER_H
#define NFC_SURVEY_RENDER_CSV_FOLDER_H

#include "reports/render/relation.h"

/* Makes the folder where there is none. The files appear when all are whole. Close it with or without an error. */
int csv_folder_open(const char *path, struct relation_writer **out, struct err *e)
    __attribute__((warn_unused_result));
/* As sqlite_close(). */
int csv_folder_close(struct relation_writer **w, int status, struct err *e)
    __attribute__((warn_unused_result));

#endif
