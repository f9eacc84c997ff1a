/* Which phone lay there: what was asked of the phones, and what differed from what was known of them. */
#include "reports/tables/tables.h"

#define IDENTITY(member) MEMBER(struct findings_identity, member)

static bool any(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->identities.count > 0;
}

static bool of_pair(const struct view *v, struct row *row)
{
    (void)v;
    row->pair = ((const struct findings_identity *)row->of)->pair;
    return true;
}

static const struct column identity_columns[] = {
    { "handset", WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { "sim", WORD_C_SIM, VALUE_TEXT, row_sim },
    { "probes", WORD_C_PROBES, VALUE_COUNT, IDENTITY(probes) },
    { "token_labels", WORD_C_PROBED_LABEL, VALUE_COUNT, IDENTITY(labels) },
    { "host_card_emulation", WORD_C_PROBED_HOST, VALUE_COUNT, IDENTITY(hosts) },
    { "chip_numbers", WORD_C_PROBED_CHIP, VALUE_COUNT, IDENTITY(chips) },
    { "differences_asked", WORD_C_DIFFERENCES_ASKED, VALUE_COUNT, IDENTITY(asked) },
    { "same_phone", WORD_C_DIFFERENCES_SAME, VALUE_COUNT, IDENTITY(same) },
    { "another_phone", WORD_C_DIFFERENCES_OTHER, VALUE_COUNT, IDENTITY(other) },
    { "differences_not_asked", WORD_C_DIFFERENCES_UNASKED, VALUE_COUNT, IDENTITY(unasked) },
    { "proven_another", WORD_C_DIFFERENCES_PROVEN, VALUE_COUNT, IDENTITY(proven) },
    { "first_difference", WORD_C_FIRST_DIFFERENCE, VALUE_SAID, IDENTITY(first) },
    { 0 },
};

const struct table table_identities = {
    .id = "identities",
    .note = "asked: of whoever laid the phone; not asked: a robot's, counted",
    .flow = true,
    .caption = WORD_IDENTITIES_CAPTION,
    .look = LOOK_LIST,
    .columns = identity_columns,
    .there = any,
    .array = ARRAY(struct findings, identities.items, identities.count),
    .row = of_pair,
};
