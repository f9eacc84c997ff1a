#include "harness/domain/status_word.h"

#include <string.h>

#define BIT(n)                              ((n) > 0 ? CAUSE((n) > 0 ? (n) : 1) : 0)
#define SET_OF(a, b, c, d, e, ...)          (BIT(a) | BIT(b) | BIT(c) | BIT(d) | BIT(e))
#define SET(...)                            SET_OF(__VA_ARGS__, 0, 0, 0, 0, 0)
#define ALL(...)                            SET(__VA_ARGS__), SET(__VA_ARGS__), SET(__VA_ARGS__), SET(__VA_ARGS__), SET(__VA_ARGS__)
#define STATUS_WORD(value, mask, text, ...) { 0x##value, 0x##mask, text, { __VA_ARGS__ } },

static const struct status_word rows[] = {
#include "harness/domain/status_word.def"
};

static const char hex_digits[] = "0123456789ABCDEF";

#define ROWS (sizeof rows / sizeof *rows)

const struct status_word *status_word_row(size_t index)
{
    return index < ROWS ? &rows[index] : NULL;
}

static const struct status_word *row_of(uint16_t sw)
{
    size_t i = 0;
    while (i < ROWS - 1 && (sw & rows[i].mask) != rows[i].value) /* the last row matches all */
        i++;
    return &rows[i];
}

const char *status_word_text(uint16_t sw)
{
    return row_of(sw)->text;
}

bool status_word_of_text(const char *text, uint16_t *sw)
{
    uint16_t value = 0;
    if (strlen(text) != 4 || strspn(text, hex_digits) != 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        value = (uint16_t)(value << 4 | (strchr(hex_digits, text[i]) - hex_digits));
    *sw = value;
    return true;
}

cause_set status_word_causes(uint16_t sw, const struct status_word_asked *asked)
{
    cause_set causes = row_of(sw)->causes[asked->place];
    cause_set excluded = (asked->long_le ? 0 : CAUSE(14)) | (asked->extended ? 0 : CAUSE(15)) |
                         (asked->first ? 0 : CAUSE(24)) | (asked->empty ? 0 : CAUSE(29));
    return causes & ~excluded;
}

cause_set status_word_conditional(uint16_t sw)
{
    cause_set all = 0;
    for (size_t i = 0; i < STATUS_WORD_PLACES; i++)
        all |= row_of(sw)->causes[i];
    return all & (CAUSE(14) | CAUSE(15) | CAUSE(24) | CAUSE(29));
}
