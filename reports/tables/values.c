/* What a value is to people: plain text in the view's language, the same in every format. */
#include "reports/tables/names.h"
#include "reports/tables/table.h"
#include "reports/words/numbers.h"
#include "reports/words/signs.h"

#include <math.h>
#include <stdlib.h>

static void add_lines(const struct view *v, const struct value *value, struct buf *out)
{
    for (size_t i = 0; i < value->number; i++) {
        buf_add_text(out, i ? word_text(WORD_COMMA, v->language) : "");
        buf_add_text(out, number_name(value->lines[i]).text);
    }
}

static void add_of(const struct view *v, const struct value *value, struct buf *out)
{
    struct phrase number = number_count(value->number), of = number_count(value->of);
    PHRASE_ADD(out, WORD_OF, v->language, number.text, of.text);
}

static void add_period(const struct view *v, const struct value *value, struct buf *out)
{
    struct phrase from = number_date(value->text, v->language), to = number_date(value->until, v->language);
    PHRASE_ADD(out, WORD_TIME, v->language, from.text, to.text);
}

static const char *symbol_of(const struct view *v, enum verdict verdict)
{
    return word_text(sign_of_verdict(verdict)->symbol, v->language);
}

static void add_signs(const struct view *v, const struct value *value, struct buf *out)
{
    const struct findings *f = v->report->findings;
    for (size_t script = 0; script < f->survey->script_count; script++) {
        buf_add_text(out, script ? " " : "");
        for (size_t condition = 0; condition < f->survey->condition_count; condition++)
            buf_add_text(
                out,
                symbol_of(
                    v,
                    f->cells[survey_cell(f->survey, value->number, condition, value->of, script)].verdict));
    }
}

static void add_tally(const struct view *v, const struct value *value, struct buf *out)
{
    const char *before = "";
    for (size_t i = 0; i < SIGNS; i++) {
        if (value->lines[i] == 0)
            continue;
        buf_add_format(out, "%s%s %s", before, symbol_of(v, signs_listed[i]),
                       number_count(value->lines[i]).text);
        before = word_text(WORD_COMMA, v->language);
    }
}

static const char *number_in_words(const struct view *v, const struct value *value, struct phrase *hold)
{
    switch (value->kind) {
    case VALUE_NAME:
        *hold = number_name(value->number);
        break;
    case VALUE_COUNT:
        *hold = number_count(value->number);
        break;
    case VALUE_SHARE:
        *hold = number_share(value->real, v->language);
        break;
    case VALUE_PERCENT:
        *hold = number_percent(value->real, v->language);
        break;
    case VALUE_BOUNDS:
        *hold = number_interval(value->low, value->high, 1, v->language);
        break;
    case VALUE_POINTS:
        *hold = number_points(value->low, value->high);
        break;
    case VALUE_TIME:
        *hold = number_ms(value->number);
        break;
    case VALUE_QUANTILE:
        *hold = number_ms(value->quantile->value_us);
        break;
    case VALUE_REAL:
        *hold = value->digits ? number_fixed(value->real, value->digits) : number_real(value->real);
        break;
    case VALUE_P:
        *hold = value->real < 0.001 ? phrase_cut("< 0.001") : number_fixed(value->real, 3);
        break;
    case VALUE_CELL:
        *hold = name_cell(v->report->findings, value->number, v->language);
        break;
    default:
        return NULL;
    }
    return hold->text;
}

void value_in_words(const struct view *v, const struct value *value, struct buf *out)
{
    struct phrase hold;
    const char *number = number_in_words(v, value, &hold);
    if (number) {
        buf_add_text(out, number);
        return;
    }
    switch (value->kind) {
    case VALUE_NONE:
    case VALUE_WORD:
        buf_add_text(out, word_text(value->word, v->language));
        break;
    case VALUE_SAID:
        buf_add_text(out, phrase_said(value->said, v->language, &hold));
        break;
    case VALUE_LEFT_OUT:
        buf_add_text(out,
                     name_left_out(v->report->findings->survey, (size_t)value->number, v->language, &hold));
        break;
    case VALUE_VERDICT:
        buf_add_text(out, word_text(word_verdict((enum verdict)value->number), v->language));
        break;
    case VALUE_SIGN:
        buf_add_text(out,
                     word_text(word_verdict(v->report->findings->cells[value->number].verdict), v->language));
        break;
    case VALUE_SIGNS:
        add_signs(v, value, out);
        break;
    case VALUE_TALLY:
        add_tally(v, value, out);
        break;
    case VALUE_RECOMMENDATION:
        buf_add_text(out, word_text(word_recommendation((enum recommendation)value->number), v->language));
        break;
    case VALUE_OF:
        add_of(v, value, out);
        break;
    case VALUE_UNITS:
        name_add_readers(out, v->report->findings, (uint32_t)value->number, v->language);
        break;
    case VALUE_MODES:
        name_add_modes(out, value->number, v->language);
        break;
    case VALUE_CAUSES:
        name_add_causes(out, (cause_set)value->number, v->language);
        break;
    case VALUE_LINES:
        add_lines(v, value, out);
        break;
    case VALUE_PERIOD:
        add_period(v, value, out);
        break;
    default:
        buf_add_text(out, value->text ? value->text : "");
    }
}

const char *value_share_digits(const struct value *value, int digits, char out[DECIMAL_SIZE])
{
    return decimal_bound(out, fmax(value->real, 0), value->digits ? value->digits : digits, value->round);
}
