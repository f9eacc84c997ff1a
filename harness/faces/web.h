/*
 * The page in the browser: a web server inside the station's own loop, without a thread. It shows whole views by
 * server-sent events and takes what is said by POST. Who may: whoever has the key that is made at each start and stands
 * behind the # of the address, from the page itself and under the name that it was opened by.
 */
#ifndef NFC_SURVEY_FACES_WEB_H
#define NFC_SURVEY_FACES_WEB_H

#include "harness/base/err.h"
#include "harness/station/view.h"
#include "reports/words/words.h"

struct web_options {
    const char *address;           /* "ADDRESS", "ADDRESS:PORT", "[::1]:PORT"; NULL: loopback, any port */
    const char *certificate, *key; /* files in PEM; NULL: plain, which only loopback may be */
    bool sound;
    enum language language;
};

struct web;

/* ERR_USAGE for an address that is none or needs a certificate; ERR_INPUT for a certificate that can't be used;
 * ERR_ENVIRONMENT for a port that is taken. The face borrows *out. */
int web_open(const struct web_options *o, struct web **out, struct face *face, struct err *e)
    __attribute__((warn_unused_result));
const char *web_url(const struct web *w); /* with the key */
/* Open pages hear the end, for one second at most. */
void web_close(struct web **w);

#endif
