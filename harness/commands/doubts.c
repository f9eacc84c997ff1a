#include "harness/commands/doubts.h"

#include "harness/base/text.h"
#include "harness/plan/plan.h"

int doubts_of(const struct survey *s, struct reach *out, struct err *e)
{
    struct scheme scheme;
    *out = (struct reach) { 0 };
    int status = cells_scheme(s, &scheme, e);
    return status != 0 ? status : reach_of(s, &scheme, out, e);
}

void doubts_say(const struct speech *to, const struct survey *s, const struct reach *r)
{
    char where[REACH_WHERE_SIZE];
    for (size_t i = 0; i < r->count; i++) {
        struct buf said;
        buf_init(&said, 1 << 16);
        phrase_add_said(&said, &r->items[i].said, to->language);
        text_put_safe(to->to, reach_where(&r->items[i], s, where));
        fputs(": ", to->to);
        text_put_safe(to->to, buf_text(&said));
        putc('\n', to->to);
        buf_free(&said);
    }
}
