/*
 * It begins with a byte order mark: without one, Excel reads the file in the system's own code page and shows
 * Japanese as rubbish; R, pandas and LibreOffice pass over it, and Python does as `utf-8-sig`.
 */
#include "reports/render/csv.h"

#include "reports/render/escape.h"

#include <inttypes.h>
#include <math.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SHARE_DIGITS    4

/* All digits of the microseconds, in milliseconds. */
static void add_ms(struct buf *b, uint64_t us)
{
    buf_add_format(b, "%" PRIu64 ".%03" PRIu64, us / 1000, us % 1000);
}

static void add_quantile(struct buf *b, const struct value *v)
{
    bool there = v->kind != VALUE_NONE, interval = there && v->quantile->has_interval;
    if (there)
        add_ms(b, v->quantile->value_us);
    buf_add_char(b, ',');
    if (interval)
        add_ms(b, v->quantile->low_us);
    buf_add_char(b, ',');
    if (interval)
        add_ms(b, v->quantile->high_us);
}

static void add_words(struct buf *b, const struct view *v, const struct value *value)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    value_in_words(v, value, &text);
    escape_csv(b, buf_text(&text));
    buf_free(&text);
}

static void add_value(struct buf *b, const struct view *view, const struct value *v)
{
    char digits[DECIMAL_SIZE];
    switch (v->kind) {
    case VALUE_NONE:
        break;
    case VALUE_TEXT:
    case VALUE_LONG:
    case VALUE_WORD:
    case VALUE_LEFT_OUT:
        escape_csv(b, v->text);
        break;
    case VALUE_SAID:
        escape_csv(b, said_text(v->said).text);
        break;
    case VALUE_VERDICT:
        escape_csv(b, verdict_name((enum verdict)v->number));
        break;
    case VALUE_RECOMMENDATION:
        escape_csv(b, recommendation_name((enum recommendation)v->number));
        break;
    case VALUE_NAME:
    case VALUE_CELL:
    case VALUE_COUNT:
        buf_add_u64(b, v->number);
        break;
    case VALUE_PERCENT:
    case VALUE_SHARE:
        buf_add_text(b, value_share_digits(v, SHARE_DIGITS, digits));
        break;
    case VALUE_TIME:
        add_ms(b, v->number);
        break;
    case VALUE_REAL:
    case VALUE_P:
        buf_add_text(b, decimal_shortest(digits, v->real));
        break;
    case VALUE_BOOL:
        buf_add_text(b, v->number ? "true" : "false");
        break;
    default:
        add_words(b, view, v);
    }
}

static void add_name(struct buf *b, const struct column *c, const struct view *v, size_t k)
{
    if (c->axis) {
        escape_csv(b, c->axis->name(v, k).text);
        return;
    }
    buf_add_text(b, c->id);
    if (c->kind == VALUE_QUANTILE)
        buf_add_format(b, "_ms,%s_low_ms,%s_high_ms", c->id, c->id);
    else if (c->kind == VALUE_TIME)
        buf_add_text(b, "_ms");
}

static void add_line(struct buf *b, const struct view *v, const struct table *t, const struct row *row,
                     const struct row *parent)
{
    const char *comma = "";
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (c->child || !column_is_in(c, FORM_CSV))
            continue;
        for (size_t k = 0; k < column_copies(c, v, parent); k++) {
            struct value value;
            buf_add_text(b, comma);
            comma = ",";
            if (!row) {
                add_name(b, c, v, k);
                continue;
            }
            column_value(c, v, row, k, &value);
            if (c->kind == VALUE_QUANTILE)
                add_quantile(b, &value);
            else
                add_value(b, v, &value);
            value_done(&value);
        }
    }
    buf_add_text(b, "\r\n");
}

void csv_table(struct buf *b, const struct view *v, const struct table *t, const struct row *parent)
{
    struct row row = table_first(parent);
    buf_add_text(b, BYTE_ORDER_MARK);
    add_line(b, v, t, NULL, parent);
    while (table_next(t, v, &row))
        add_line(b, v, t, &row, parent);
}
