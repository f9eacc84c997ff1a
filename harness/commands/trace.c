#include "harness/commands/trace.h"

#include "harness/card/apdu.h"
#include "harness/card/atr.h"

#define HEX_MAX (4 * APDU_RESPONSE_MAX)

/* hex without blanks -> a blank between bytes */
static void add_spaced(struct buf *b, const struct buf *hex)
{
    for (size_t i = 0; i < hex->length; i++) {
        if (i > 0 && i % 2 == 0)
            buf_add_char(b, ' ');
        buf_add_char(b, hex->data[i]);
    }
}

/* hidden: a bit a byte that is not told. */
static void add_bytes(struct buf *b, const uint8_t *bytes, size_t length, uint64_t hidden)
{
    for (size_t i = 0; i < length; i++)
        buf_add_format(b, i < 64 && hidden >> i & 1 ? "%sxx" : "%s%02x", i ? " " : "", bytes[i]);
}

/* "; uid=f67fd997:0123.." */
static void add_identifiers(struct buf *b, const struct identifiers *of)
{
    char text[IDENTIFIERS_TEXT_BYTES] = "";
    identifiers_add_text(text, sizeof text, of);
    if (text[0])
        buf_add_format(b, "; %s", text);
}

void trace_command(struct buf *b, const struct trace_exchange *x)
{
    struct buf hex;
    buf_init(&hex, HEX_MAX);
    guard_add_command_hex(&hex, x->command, x->command_length, x->clear);
    buf_add_text(b, ">> ");
    add_spaced(b, &hex);
    buf_add_char(b, '\n');
    buf_free(&hex);
}

void trace_response(struct buf *b, const struct trace_exchange *x)
{
    struct buf hex;
    uint16_t sw = apdu_status_word(x->response, x->response_length);
    buf_init(&hex, HEX_MAX);
    guard_add_response_hex(&hex, x->before, x->command, x->command_length, x->response, x->response_length);
    buf_add_text(b, "<< ");
    add_spaced(b, &hex);
    buf_add_format(b, "  (%zu bytes, %.1f ms)", x->response_length, (double)x->us / 1e3);
    if (x->response_length >= 2)
        buf_add_format(b, " %04X %s", sw, status_word_text(sw));
    if (x->identifiers)
        add_identifiers(b, x->identifiers);
    buf_add_char(b, '\n');
    buf_free(&hex);
}

void trace_target(struct buf *b, const struct driver_target *target)
{
    struct storage_card card;
    buf_add_text(b, "-- ");
    if (target->technology)
        buf_add_format(b, "type %c, ", target->technology);
    else
        buf_add_text(b, "type not told by the reader, ");
    buf_add_text(b, "ATR ");
    add_bytes(b, target->atr, target->atr_length, target->atr_hidden);
    if (storage_card_of_atr(target->atr, target->atr_length, &card))
        buf_add_format(b, " (a storage card, which speaks no APDUs: %s)", card.name);
    if (target->uid_length > 0) {
        buf_add_format(b, ", UID of %zu bytes%s", target->uid_length, target->uid_random ? ", random" : "");
    } else if (!said_nothing(&target->uid_absent)) {
        buf_add_format(b, ", no UID (%s)", said_text(&target->uid_absent).text);
    }
    if (target->ats_length > 0) {
        buf_add_text(b, ", ATS ");
        add_bytes(b, target->ats, target->ats_length, target->ats_hidden);
    } else if (!said_nothing(&target->ats_absent)) {
        buf_add_format(b, ", no ATS (%s)", said_text(&target->ats_absent).text);
    }
    if (target->has_atqa)
        buf_add_format(b, ", ATQA %02X %02X, SAK %02X", target->atqa[0], target->atqa[1], target->sak);
    if (target->atqb_length > 0) {
        buf_add_text(b, ", ATQB ");
        add_bytes(b, target->atqb, target->atqb_length, ATQB_HIDDEN);
    }
    if (target->kbit_s > 0)
        buf_add_format(b, ", %u kbit/s", target->kbit_s);
    buf_add_format(b, ", activated in %.1f ms", (double)target->activate_us / 1e3);
    add_identifiers(b, &target->identifiers);
    buf_add_char(b, '\n');
}

void trace_fault(struct buf *b, enum stage stage, cause_set causes, enum depth depth)
{
    if (stage == STAGE_NONE)
        return;
    buf_add_format(b, "!! ended at %s", stage_name(stage));
    const char *before = "; candidate causes ";
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        const struct cause_row *row = (causes & CAUSE(n)) ? cause_row(n) : NULL;
        if (!row)
            continue;
        buf_add_format(b, "%sF%02u (%s)", before, n, row->name);
        before = ", ";
    }
    if (depth != DEPTH_NONE)
        buf_add_format(b, "; seen from %s", depth_name(depth));
    buf_add_char(b, '\n');
}
