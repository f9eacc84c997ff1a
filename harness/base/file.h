/* Small file helpers shared by the rooms: capped reading, atomic replacement, SHA-256 of bytes. */
#ifndef NFC_SURVEY_BASE_FILE_H
#define NFC_SURVEY_BASE_FILE_H

#include "harness/base/buf.h"
#include "harness/base/err.h"

#include <stddef.h>
#include <stdio.h>

/* Reads a whole regular file into out (initialised by the caller; its max is the cap). ERR_LIMIT past the
 * cap. */
int file_read(const char *path, struct buf *out, struct err *e) __attribute__((warn_unused_result));

/*
 * A new, empty file of that name, open for reading and writing, 0600: a leftover of that name, or a link that somebody laid there, is
 * removed and not followed. -1 with errno.
 */
int file_temporary(const char *path) __attribute__((warn_unused_result));

/* The same as a stream; NULL with errno. */
FILE *file_open_temporary(const char *path) __attribute__((warn_unused_result));

/* Writes path by way of path.tmp, fsync and rename: readers see the old file or the new one, and a signal leaves no
 * path.tmp behind. Of a symbolic link, what it leads to is replaced; a pipe or a device is written to. */
int file_replace(const char *path, const char *bytes, size_t length, struct err *e)
    __attribute__((warn_unused_result));

/* The same for a file that another library has written as `temporary`, in the same folder. On failure it is
 * left there. */
int file_settle(const char *temporary, const char *path, struct err *e) __attribute__((warn_unused_result));

#endif
