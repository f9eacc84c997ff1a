/* The evidence of a cell's failures, recorded and repeated, and the causes that are candidates of either. */
#include "harness/causes/causes.h"
#include "reports/tables/commands.h"
#include "reports/words/enums.h"
#include "reports/words/numbers.h"

#include <stdio.h>

#define CELL_BYTES 480

/* ---- evidence: a row about all transactions, then some a kind of failure ---- */

enum item {
    ITEM_OUTCOME,
    ITEM_STAGE,
    ITEM_CODE,
    ITEM_CAUSES,
    ITEM_DEPTH,
    ITEM_TIMES,
    ITEM_NUMBERS,
    ITEM_COUNT
};
enum { ROW_TITLES, ROW_TRANSACTIONS, ROW_KINDS };

static const struct diagnosis *diagnosis_of(const struct row *row)
{
    return row->of;
}

static size_t evidence_count(const struct view *v, const struct row *parent)
{
    const struct diagnosis *d = diagnosis_of(parent);
    size_t kinds = d->recorded->kind_count;
    (void)v;
    if (d->repeated && d->repeated->kind_count > kinds)
        kinds = d->repeated->kind_count;
    return ROW_KINDS + kinds * ITEM_COUNT;
}

static enum item item_of(const struct row *row)
{
    return (enum item)((row->i - ROW_KINDS) % ITEM_COUNT);
}

static void label(struct entry *x)
{
    static const enum word words[ITEM_COUNT] = {
        [ITEM_OUTCOME] = WORD_CMD_EV_ENDED, [ITEM_STAGE] = WORD_CMD_EV_AT,
        [ITEM_CODE] = WORD_CMD_EV_CODE,     [ITEM_CAUSES] = WORD_CMD_EV_CANDIDATES,
        [ITEM_DEPTH] = WORD_CMD_EV_FROM,    [ITEM_TIMES] = WORD_CMD_EV_AFTER,
        [ITEM_NUMBERS] = WORD_CMD_EV_OF,
    };
    const struct row *row = x->row;
    enum word word = row->i < ROW_KINDS ? WORD_CMD_EV_TRANSACTIONS : words[item_of(row)];
    const char *text = word_text(word, x->view->language);
    struct phrase *hold = &x->value.hold;
    if (row->i == ROW_TITLES)
        return;
    if (row->i > ROW_TRANSACTIONS && item_of(row) == ITEM_OUTCOME)
        snprintf(hold->text, sizeof hold->text, "%zu. %s", (row->i - ROW_KINDS) / ITEM_COUNT + 1, text);
    else
        snprintf(hold->text, sizeof hold->text, "   %s", text);
    entry_text(x, hold->text);
}

static void add_times(struct buf *b, const struct diagnosis_kind *k, enum language language)
{
    char least[32], most[32];
    if (k->least_us == DIAGNOSIS_NO_TIME) {
        buf_add_text(b, word_text(WORD_CMD_NOT_TIMED, language));
        return;
    }
    snprintf(least, sizeof least, "%.1f", (double)k->least_us / 1e3);
    snprintf(most, sizeof most, "%.1f", (double)k->most_us / 1e3);
    PHRASE_ADD(b, k->most_us == k->least_us ? WORD_MILLISECONDS : WORD_CMD_MS_FROM_TO, language, least, most);
}

static void add_stage(struct buf *b, const struct diagnosis_failure *of, enum language language)
{
    const char *args[] = { word_text(word_stage(of->stage), language), of->step, NULL };
    phrase_add(b, buf_add_text, of->step[0] ? WORD_CMD_EV_STEP : WORD_CMD_EV_STAGE, language, args);
}

static void add_numbers(struct buf *b, const struct diagnosis_kind *k, bool recorded, enum language language)
{
    struct phrase first = number_name(k->of.number), last = number_name(k->last);
    bool one = k->last == k->of.number;
    enum word word = recorded ? (one ? WORD_CMD_EV_RECORD : WORD_CMD_EV_RECORDS)
                              : (one ? WORD_CMD_EV_REPETITION : WORD_CMD_EV_REPETITIONS);
    PHRASE_ADD(b, word, language, first.text, last.text);
}

static void add_item(struct buf *b, const struct diagnosis_kind *k, enum item item, bool recorded,
                     enum language language)
{
    struct phrase count = number_name(k->count);
    const char *args[] = { word_text(word_outcome(k->of.outcome), language), count.text, NULL };
    switch (item) {
    case ITEM_OUTCOME:
        phrase_add(b, buf_add_text, k->count == 1 ? WORD_CMD_EV_ONCE : WORD_CMD_EV_TIMES, language, args);
        break;
    case ITEM_STAGE:
        add_stage(b, &k->of, language);
        break;
    case ITEM_CODE:
        diagnosis_add_code(b, k->of.native[0] ? k->of.native : word_text(WORD_CMD_NO_CODE, language));
        break;
    case ITEM_CAUSES:
        if (k->of.causes)
            causes_add_set(b, k->of.causes);
        else
            buf_add_text(b, word_text(WORD_CAUSES_NONE, language));
        break;
    case ITEM_DEPTH:
        buf_add_text(b, k->of.depth == DEPTH_NONE      ? word_text(WORD_CMD_RESPONSES, language)
                        : language == LANGUAGE_ENGLISH ? depth_name(k->of.depth)
                                                       : name_depth(k->of.depth));
        break;
    case ITEM_TIMES:
        add_times(b, k, language);
        break;
    default:
        add_numbers(b, k, recorded, language);
        break;
    }
}

static void put_not_ok(struct entry *x, const struct diagnosis_side *side)
{
    struct phrase bad = number_name(side->bad), all = number_name(side->transactions);
    const char *args[] = { bad.text, all.text, NULL };
    entry_phrase(x, phrase_fill(WORD_CMD_NOT_OK, x->view->language, args));
}

static void side(struct entry *x)
{
    const struct diagnosis_side *of = *(const struct diagnosis_side *const *)entry_member(x);
    bool recorded = of == diagnosis_of(x->row)->recorded;
    size_t i = x->row->i;
    struct buf b;
    if (i == ROW_TITLES) {
        entry_text(x, of->title);
    } else if (i == ROW_TRANSACTIONS) {
        put_not_ok(x, of);
    } else if ((i - ROW_KINDS) / ITEM_COUNT < of->kind_count) {
        buf_init(&b, CELL_BYTES);
        add_item(&b, &of->kinds[(i - ROW_KINDS) / ITEM_COUNT], item_of(x->row), recorded, x->view->language);
        entry_buf(x, &b);
    }
}

#define RECORDED                                                                                             \
    { .kind = VALUE_TEXT, .get = label },                                                                    \
    {                                                                                                        \
        .kind = VALUE_TEXT, .get = side, .at = offsetof(struct diagnosis, recorded)                          \
    }

static const struct column recorded_columns[] = { RECORDED, { 0 } };
static const struct column evidence_columns[] = {
    RECORDED,
    { .kind = VALUE_TEXT, .get = side, .at = offsetof(struct diagnosis, repeated) },
    { 0 },
};

const struct table table_recorded = { .columns = recorded_columns, .count = evidence_count };
const struct table table_diagnosis = { .columns = evidence_columns, .count = evidence_count };

/* ---- candidates ---- */

static void cause(struct entry *x)
{
    unsigned n = (unsigned)x->row->i + 1;
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "F%02u  %s", n, word_cause(n, x->view->language));
    entry_text(x, x->value.hold.text);
}

static void candidate(struct entry *x)
{
    const struct diagnosis_side *of = *(const struct diagnosis_side *const *)entry_member(x);
    bool is = diagnosis_causes(of) & CAUSE((unsigned)x->row->i + 1);
    const char *args[] = { word_text(is ? WORD_CMD_CANDIDATE : WORD_CMD_NONE, x->view->language), NULL };
    entry_phrase(x, phrase_fill(x->column->part, x->view->language, args));
}

static bool is_candidate(const struct view *v, struct row *row)
{
    const struct diagnosis *d = diagnosis_of(row);
    cause_set causes = diagnosis_causes(d->recorded) | (d->repeated ? diagnosis_causes(d->repeated) : 0);
    (void)v;
    return causes & CAUSE((unsigned)row->i + 1);
}

static const struct column cause_columns[] = { { .kind = VALUE_TEXT, .get = cause }, { 0 } };
static const struct column candidate_columns[] = {
    { .kind = VALUE_TEXT, .get = cause },
    { .kind = VALUE_TEXT,
      .get = candidate,
      .at = offsetof(struct diagnosis, recorded),
      .part = WORD_CMD_BY_PCSC },
    { .kind = VALUE_TEXT,
      .get = candidate,
      .at = offsetof(struct diagnosis, repeated),
      .part = WORD_CMD_BY_CCID },
    { 0 },
};

const struct table table_recorded_causes = {
    .indent = 2, .columns = cause_columns, .rows = CAUSE_COUNT, .row = is_candidate
};
const struct table table_candidates = {
    .indent = 2, .columns = candidate_columns, .rows = CAUSE_COUNT, .row = is_candidate
};
