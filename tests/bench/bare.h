/* Bare loops over the libraries that the drivers use: the baseline of their cost. No error handling beyond
 * "it failed". */
#ifndef NFC_SURVEY_TESTS_BENCH_BARE_H
#define NFC_SURVEY_TESTS_BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

#define BARE_RESPONSE_MAX 300

struct bare {
    const char *name; /* of the driver */
    void *(*open)(
        const char *address); /* opened and activated: a type B target; NULL: failed, said on stderr */
    int (*exchange)(void *self, const uint8_t *command, size_t length, uint8_t response[BARE_RESPONSE_MAX]);
    void (*close)(void *self);
};

extern const struct bare bare_pcsc, bare_nfc, bare_ccid, bare_port100;

#endif
