/* Where the program's own files are: profiles/, reports/ and the helper programs. */
#ifndef NFC_SURVEY_COMMANDS_DATA_H
#define NFC_SURVEY_COMMANDS_DATA_H

#include "harness/base/err.h"
#include "harness/survey/survey.h"

#include <stddef.h>

/*
 * The directory that holds profiles/ and reports/: NFC_SURVEY_DATA of the environment, else the parent of the
 * executable's directory (or share/nfc-survey in it) when it holds them, else the place given when it was
 * built.
 */
int data_directory(char *out, size_t capacity, struct err *e) __attribute__((warn_unused_result));

/* All profiles that are sound, after a message for each problem of those that are not. */
int data_profiles(const char *data_directory, struct profiles **out, struct err *e)
    __attribute__((warn_unused_result));

/* The path of a helper program: libexec/ beside the executable or its directory, else the place given then.
 */
int data_program(const char *name, char *out, size_t capacity, struct err *e)
    __attribute__((warn_unused_result));

/* Where gettext's catalogues are: locale/ beside the executable, share/locale of its prefix, else the place
 * given then. */
int data_locale(char *out, size_t capacity, struct err *e) __attribute__((warn_unused_result));

#endif
