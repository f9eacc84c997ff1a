/* Health events of the instruments. */
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#define EVENT(member) MEMBER(struct findings_health, member)

static void seconds(struct entry *x)
{
    entry_number(x, ((const struct findings_health *)x->row->of)->at_us / 1000000);
}

static void event(struct entry *x)
{
    entry_word(x, word_health(((const struct findings_health *)x->row->of)->event), NULL);
}

static const struct column health_columns[] = {
    { NULL, WORD_C_AT, VALUE_COUNT, seconds },      { NULL, WORD_C_READER, VALUE_TEXT, EVENT(reader) },
    { NULL, WORD_C_EVENT, VALUE_WORD, event },      { NULL, WORD_C_DETAIL, VALUE_SAID, EVENT(detail) },
    { NULL, WORD_C_LINE, VALUE_NAME, EVENT(line) }, { 0 },
};

static struct phrase summary(const struct view *v, const struct row *parent)
{
    (void)parent;
    return PHRASE_FILL(WORD_HEALTH_SUMMARY, v->language,
                       number_count(v->report->findings->health_count).text);
}

const struct table table_health = {
    .caption = WORD_HEALTH_CAPTION,
    .summary_of = summary,
    .look = LOOK_LIST,
    .fold = FOLD_CLOSED,
    .columns = health_columns,
    .array = ARRAY_INSIDE(struct findings, health, health_kept),
};
