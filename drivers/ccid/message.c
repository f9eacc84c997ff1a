/* CCID messages; see message.h. Multi-byte fields are little endian. */
#include "drivers/ccid/message.h"

#include <string.h>

#define NOTIFY_SLOT_CHANGE 0x50

struct ccid_command ccid_plain(enum ccid_command_type type)
{
    return (struct ccid_command) { .type = (uint8_t)type };
}

struct ccid_command ccid_power_on(enum ccid_power select)
{
    return (struct ccid_command) { .type = CCID_POWER_ON, .specific = { (uint8_t)select } };
}

struct ccid_command ccid_xfr_block(uint8_t waiting, enum ccid_chain level, const uint8_t *data, size_t length)
{
    return (struct ccid_command) {
        .type = CCID_XFR_BLOCK, .specific = { waiting, (uint8_t)level }, .data = data, .length = length
    };
}

struct ccid_command ccid_set_parameters(unsigned protocol, const uint8_t *data, size_t length)
{
    return (struct ccid_command) {
        .type = CCID_SET_PARAMETERS, .specific = { (uint8_t)protocol }, .data = data, .length = length
    };
}

struct ccid_command ccid_escape(const uint8_t *data, size_t length)
{
    return (struct ccid_command) { .type = CCID_ESCAPE, .data = data, .length = length };
}

size_t ccid_encode(const struct ccid_command *c, uint8_t *out, size_t capacity)
{
    if (capacity < CCID_HEADER_BYTES || c->length > capacity - CCID_HEADER_BYTES || c->length > UINT32_MAX)
        return 0;
    out[0] = c->type;
    for (unsigned i = 0; i < 4; i++)
        out[1 + i] = (uint8_t)(c->length >> (8 * i));
    out[5] = c->slot;
    out[6] = c->seq;
    memcpy(out + 7, c->specific, sizeof c->specific);
    if (c->length)
        memcpy(out + CCID_HEADER_BYTES, c->data, c->length);
    return CCID_HEADER_BYTES + c->length;
}

enum ccid_reading ccid_decode(const uint8_t *bytes, size_t length, struct ccid_answer *out)
{
    memset(out, 0, sizeof *out);
    if (length < CCID_HEADER_BYTES)
        return CCID_READING_TRUNCATED;
    uint32_t told =
        (uint32_t)bytes[1] | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3] << 16 | (uint32_t)bytes[4] << 24;
    out->type = bytes[0];
    out->slot = bytes[5];
    out->seq = bytes[6];
    out->icc = (enum ccid_icc)(bytes[7] & 3);
    out->processing = (enum ccid_processing)(bytes[7] >> 6);
    out->error = bytes[8];
    out->third = bytes[9];
    out->data = bytes + CCID_HEADER_BYTES;
    out->length = length - CCID_HEADER_BYTES;
    return told == out->length ? CCID_READING_OK : CCID_READING_LENGTH;
}

static uint8_t answer_type(uint8_t command)
{
    switch (command) {
    case CCID_POWER_ON:
    case CCID_XFR_BLOCK:
        return CCID_DATA_BLOCK;
    case CCID_SET_PARAMETERS:
    case CCID_GET_PARAMETERS:
    case CCID_RESET_PARAMETERS:
        return CCID_PARAMETERS;
    case CCID_ESCAPE:
        return CCID_ESCAPED;
    default:
        return CCID_SLOT_STATUS;
    }
}

enum ccid_reading ccid_check(const struct ccid_answer *answer, const struct ccid_command *command)
{
    if (answer->slot != command->slot)
        return CCID_READING_SLOT;
    if (answer->seq != command->seq)
        return CCID_READING_SEQ;
    bool refusal = answer->type == CCID_SLOT_STATUS && answer->processing == CCID_FAILED;
    if (answer->type != answer_type(command->type) && !refusal)
        return CCID_READING_TYPE;
    if (answer->processing == CCID_PROCESSING_RFU || answer->icc == CCID_ICC_RFU)
        return CCID_READING_STATUS;
    return CCID_READING_OK;
}

bool ccid_slot_change(const uint8_t *bytes, size_t length, unsigned slot, bool *present, bool *changed)
{
    size_t at = 1 + slot / 4;
    if (length <= at || bytes[0] != NOTIFY_SLOT_CHANGE)
        return false;
    unsigned bits = (unsigned)bytes[at] >> (2 * (slot % 4));
    *present = bits & 1;
    *changed = bits & 2;
    return true;
}
