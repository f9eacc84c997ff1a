/* Suspect placements: what each reader's cost, and the handsets whose own they are shown to be. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#define PRICE(m) MEMBER(struct findings_reader, price.m)

/* ---- of each reader ---- */

static const struct findings_reader *reader_of(const struct entry *x)
{
    return x->row->of;
}

static bool has_price(const struct entry *x)
{
    return reader_of(x)->price.is_known;
}

static void share(struct entry *x)
{
    const struct suspect_price *p = &reader_of(x)->price;
    entry_real(x, (double)p->suspects / (double)p->placements);
}

static bool price_row(const struct view *v, struct row *row)
{
    row->reader = row->i;
    row->of = &v->report->findings->readers[row->i];
    return v->report->findings->readers[row->i].price.suspects > 0;
}

static size_t readers_of(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->survey->reader_count;
}

static bool any_price(const struct view *v, const struct row *parent)
{
    return !table_is_empty(&table_suspect_price, v, parent);
}

static const struct column price_columns[] = {
    { "reader", WORD_C_READER, VALUE_TEXT, row_reader },
    { "placements", WORD_C_PLACEMENTS, VALUE_COUNT, PRICE(placements) },
    { "suspects", WORD_C_SUSPECTS, VALUE_COUNT, PRICE(suspects) },
    { "share", WORD_C_SUSPECT_SHARE, VALUE_SHARE, share },
    { "sites", WORD_C_SUSPECT_SITES, VALUE_COUNT, PRICE(sites) },
    { "more_placements_a_site", WORD_C_SUSPECT_SITE, VALUE_REAL, PRICE(a_site), .digits = 2,
      .when = has_price },
    { "more_placements", WORD_C_SUSPECT_ADDED, VALUE_REAL, PRICE(added), .digits = 1, .when = has_price },
    { "more_hours", WORD_C_SUSPECT_HOURS, VALUE_REAL, PRICE(hours), .digits = 2, .when = has_price },
    { 0 },
};

const struct table table_suspect_price = {
    .id = "suspect_price",
    .note = "expected: a cell of q0/4 at this share of suspect placements against none, times handsets and "
            "conditions",
    .flow = true,
    .caption = WORD_SUSPECT_PRICE_CAPTION,
    .look = LOOK_FIGURES,
    .columns = price_columns,
    .there = any_price,
    .count = readers_of,
    .row = price_row,
};

/* ---- of a handset, on each reader ---- */

static size_t at(const struct view *v, const struct row *row, bool handset)
{
    size_t readers = v->report->findings->survey->reader_count;
    return handset ? row->i / readers : row->i % readers;
}

static const struct suspicion *own_of(const struct entry *x)
{
    return &x->f->pairs[x->row->pair].on[x->row->reader];
}

static const struct suspicion *all_of(const struct entry *x)
{
    return &x->f->readers[x->row->reader].all;
}

static void own(struct entry *x)
{
    entry_number(x, own_of(x)->suspects);
    x->value.of = own_of(x)->placements;
}

static void others(struct entry *x)
{
    entry_number(x, all_of(x)->suspects - own_of(x)->suspects);
    x->value.of = all_of(x)->placements - own_of(x)->placements;
}

static void own_placements(struct entry *x)
{
    entry_number(x, own_of(x)->placements);
}

static void others_placements(struct entry *x)
{
    entry_number(x, all_of(x)->placements - own_of(x)->placements);
}

static void log_e(struct entry *x)
{
    bool against;
    entry_real(x, suspicion_log_evalue(own_of(x), all_of(x), &against));
}

static void total(struct entry *x)
{
    double sum = 0;
    bool against;
    for (size_t r = 0; r < x->f->survey->reader_count; r++)
        sum += suspicion_log_evalue(&x->f->pairs[x->row->pair].on[r], &x->f->readers[r].all, &against);
    entry_real(x, sum);
}

static void needed(struct entry *x)
{
    entry_real(x, suspicion_needed(x->f->survey->pair_count));
}

static size_t attributed_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->survey->pair_count * v->report->findings->survey->reader_count;
}

static bool attributed_row(const struct view *v, struct row *row)
{
    const struct findings_pair *pair = &v->report->findings->pairs[at(v, row, true)];
    row->pair = at(v, row, true);
    row->reader = at(v, row, false);
    return pair->attributed && pair->on[row->reader].placements > 0;
}

static bool any_attributed(const struct view *v, const struct row *parent)
{
    return !table_is_empty(&table_attributed, v, parent);
}

static const struct column attributed_columns[] = {
    { "handset", WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { "sim", WORD_C_SIM, VALUE_TEXT, row_sim },
    { "reader", WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_OWN_SUSPECTS, VALUE_OF, own },
    { NULL, WORD_C_OTHERS_SUSPECTS, VALUE_OF, others },
    YAML("suspects", COUNT, .get = own),
    YAML("placements", COUNT, .get = own_placements),
    YAML("suspects_of_others", COUNT, .get = others),
    YAML("placements_of_others", COUNT, .get = others_placements),
    { "ln_e", WORD_C_LN_E, VALUE_REAL, log_e, .digits = 2 },
    { "ln_e_of_all", WORD_C_LN_E_ALL, VALUE_REAL, total, .digits = 2 },
    { "ln_e_needed", WORD_C_LN_E_NEEDED, VALUE_REAL, needed, .digits = 2 },
    { 0 },
};

const struct table table_attributed = {
    .id = "attributed",
    .note = "handsets whose suspect placements are their own, and are judged as dirty ones",
    .flow = true,
    .caption = WORD_ATTRIBUTED_CAPTION,
    .look = LOOK_FIGURES,
    .columns = attributed_columns,
    .there = any_attributed,
    .count = attributed_count,
    .row = attributed_row,
};
