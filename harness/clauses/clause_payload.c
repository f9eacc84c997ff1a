/* payload: the step of a script that every transaction must get past. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

#include <stdlib.h>

static void read_payload(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "payload", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "payload"))
        return;
    fields_id(&f, "script", FIELD_REQUIRED, &out->payload_script);
    fields_text(&f, "step", FIELD_REQUIRED, &out->payload_step);
    fields_close(&f);
}

static bool uses(const struct criteria *c)
{
    return c->payload_script != NULL;
}

static void clear(struct criteria *c)
{
    free(c->payload_script);
    free(c->payload_step);
}

const struct clause_row clause_payload = {
    .key = "payload", .read = read_payload, .uses = uses, .clear = clear
};
