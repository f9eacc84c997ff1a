/* Sets of causes by their codes, which are the same in every language. */
#include "harness/causes/causes.h"

void causes_add_set(struct buf *b, cause_set causes)
{
    const char *before = "";
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(causes & CAUSE(n)))
            continue;
        buf_add_format(b, "%sF%02u", before, n);
        before = ", ";
    }
    if (causes == 0)
        buf_add_text(b, "none recorded");
}
