/* Relations as an SQLite database: STRICT tables with keys, foreign keys and indexes, written in one transaction. */
#ifndef NFC_SURVEY_RENDER_SQLITE_H
#define NFC_SURVEY_RENDER_SQLITE_H

#include "reports/render/relation.h"

/*
 * Written as path.tmp, and path only when it is whole. A journal is not kept meanwhile: what is broken off leaves
 * nothing. Close it with or without an error.
 */
int sqlite_open(const char *path, struct relation_writer **out, struct err *e)
    __attribute__((warn_unused_result));
/* status: of what was written; other than 0, no file is left. Returns it, or what failed in closing. */
int sqlite_close(struct relation_writer **w, int status, struct err *e) __attribute__((warn_unused_result));

#endif
