/* time: which share of transactions must be over in time, in each cell or over a handset's readers together. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static const struct fields_choice levels[] = { { "cell", 0 }, { "handset", 1 }, { NULL, 0 } };
static const struct field time_keys[] = {
    { "within_ms", FIELD_REQUIRED, FIELD_UNSIGNED, "from the start of activation to the last response",
      .least = 1, .most = 600000 },
    { "share", FIELD_OPTIONAL, FIELD_REAL, "of transactions that must be over by then; 0.95 unless said",
      .least = 0.5, .most = 0.999 },
    { "level", FIELD_OPTIONAL, FIELD_CHOICE, "of each cell, or of each script over all readers",
      .choices = levels },
    { 0 },
};
static const struct field_map time_map = { "time", time_keys };
static const struct field keys[] = {
    { "time", FIELD_OPTIONAL, FIELD_MAP, "how quick it must be", .map = &time_map },
    { 0 },
};

static void read_time(struct criteria *out, struct fields *up)
{
    struct fields f;
    unsigned level = 0;
    out->share = CRITERIA_SHARE;
    if (!fields_map(up, "time", &f))
        return;
    fields_unsigned(&f, "within_ms", &out->within_ms);
    fields_real(&f, "share", &out->share);
    fields_choice(&f, "level", &level);
    out->by_handset = level == 1;
    fields_close(&f);
}

static bool uses(const struct criteria *c)
{
    return c->within_ms > 0;
}

const struct clause_row clause_time = { .key = "time", .keys = keys, .read = read_time, .uses = uses };
