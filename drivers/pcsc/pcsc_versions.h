/* Which PC/SC stack this is: the library that was built with, and the daemon and its CCID driver as installed. */
#ifndef NFC_SURVEY_DRIVERS_PCSC_VERSIONS_H
#define NFC_SURVEY_DRIVERS_PCSC_VERSIONS_H

#include <stddef.h>

/* "libpcsclite 1.9.9, pcscd 1.9.9, libccid 1.5.2"; what can't be told is left out. */
void pcsc_versions(char *out, size_t capacity);

/* The number behind "version " in what pcscd prints, and the string behind a key of a property list; "" for none. */
void pcsc_version_printed(const char *text, char *out, size_t capacity);
void pcsc_version_listed(const char *text, const char *key, char *out, size_t capacity);

#endif
