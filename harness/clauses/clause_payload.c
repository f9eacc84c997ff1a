/* payload: the step of a script that every transaction must get past. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

#include <stdlib.h>

static const struct field payload_keys[] = {
    { "script", FIELD_REQUIRED, FIELD_ID, "of which" },
    { "step", FIELD_REQUIRED, FIELD_TEXT, "the step's name" },
    { 0 },
};
static const struct field_map payload_map = { "payload", payload_keys };
static const struct field keys[] = {
    { "payload", FIELD_OPTIONAL, FIELD_MAP, "a step that every transaction must get past",
      .map = &payload_map },
    { 0 },
};

static void read_payload(struct criteria *out, struct fields *up)
{
    struct fields f;
    if (!fields_map(up, "payload", &f))
        return;
    fields_id(&f, "script", &out->payload_script);
    fields_text(&f, "step", &out->payload_step);
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
    .key = "payload", .keys = keys, .read = read_payload, .uses = uses, .clear = clear
};
