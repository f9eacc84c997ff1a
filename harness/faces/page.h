/* The page that web.h serves: one file in one language, and what the browser is told of it. */
#ifndef NFC_SURVEY_FACES_PAGE_H
#define NFC_SURVEY_FACES_PAGE_H

#include "harness/base/buf.h"
#include "reports/words/words.h"

#include <stdbool.h>

struct page {
    struct buf html;
    char
        policy[512]; /* Content-Security-Policy: its own script and style by their hashes, and nothing else */
};

/* False when out of memory. */
bool page_make(struct page *p, enum language language, bool sound);
void page_free(struct page *p);

#endif
