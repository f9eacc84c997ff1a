/* A socket of our own that listens, and the names under which it may be asked for. */
#ifndef NFC_SURVEY_FACES_LISTEN_H
#define NFC_SURVEY_FACES_LISTEN_H

#include "harness/base/err.h"

#include <stdbool.h>

#define LISTEN_NAME_MAX 280

struct listening {
    int fd; /* -1 after listen_close() */
    bool six, secure;
    unsigned port;
    char origin[LISTEN_NAME_MAX + 16]; /* "http://127.0.0.1:8642" */
    char hosts[2][LISTEN_NAME_MAX];    /* as a browser names them: "127.0.0.1:8642"; the second may be "" */
};

/*
 * `address`: "ADDRESS", "ADDRESS:PORT", "[::1]:PORT", a name in place of the address; NULL or no port: loopback, any
 * port. ERR_USAGE for what is none of them, for a wildcard, and for one beyond loopback that is not `secure`.
 */
int listen_open(struct listening *l, const char *address, bool secure, struct err *e)
    __attribute__((warn_unused_result));
void listen_close(struct listening *l);

/* Whether a Host header is exactly us, or with its scheme an Origin: a name that was bent to our address is not. */
bool listen_is_ours(const struct listening *l, const char *value, bool with_scheme);

#endif
