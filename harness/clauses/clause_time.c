/* time: which share of transactions must be over in time, in each cell or over a handset's readers together. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static void read_time(struct criteria *out, struct fields *up)
{
    static const struct fields_choice levels[] = { { "cell", 0 }, { "handset", 1 }, { NULL, 0 } };
    struct fields f;
    unsigned level = 0;
    const struct tree_node *n = fields_find(up, "time", FIELD_OPTIONAL);
    out->share = CRITERIA_SHARE;
    if (!n || !fields_open(&f, up->problems, up->path, n, "time"))
        return;
    fields_unsigned(&f, "within_ms", FIELD_REQUIRED, 1, 600000, &out->within_ms);
    fields_real(&f, "share", FIELD_OPTIONAL, 0.5, 0.999, &out->share);
    fields_choice(&f, "level", FIELD_OPTIONAL, levels, &level);
    out->by_handset = level == 1;
    fields_close(&f);
}

static bool uses(const struct criteria *c)
{
    return c->within_ms > 0;
}

const struct clause_row clause_time = { .key = "time", .read = read_time, .uses = uses };
