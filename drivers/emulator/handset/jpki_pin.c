/*
 * The PINs of the JPKI-like application: asked for, verified, changed by the holder; set and reset by a counter inside a channel. A
 * try is taken off, for good, before a value is compared: whoever cuts the power learns nothing for free.
 */
#include "drivers/emulator/handset/jpki_commands.h"

#include <string.h>

#define PIN_MAX SIM_PIN_MAX

/* Which PIN's file is selected; false when none is. */
static bool selected_pin(const struct card *c, enum sim_use *use)
{
    *use = c->state.file == FILE_SIGNATURE_PIN ? SIM_SIGNATURE : SIM_AUTHENTICATION;
    return c->state.file == FILE_SIGNATURE_PIN || c->state.file == FILE_AUTHENTICATION_PIN;
}

static size_t without_padding(const uint8_t *value, size_t length)
{
    while (length > 0 && value[length - 1] == 0xff)
        length--;
    return length;
}

/* As the application's rules have them: four digits; six to sixteen digits and capital letters. */
static bool well_formed(enum sim_use use, const uint8_t *value, size_t length)
{
    if (use == SIM_AUTHENTICATION ? length != 4 : length < 6 || length > PIN_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool digit = value[i] >= '0' && value[i] <= '9';
        if (!digit && (use == SIM_AUTHENTICATION || value[i] < 'A' || value[i] > 'Z'))
            return false;
    }
    return true;
}

static bool set(struct card *c, enum sim_use use, const uint8_t *value, size_t length,
                struct card_answer *out)
{
    struct sim_pin *p = &sim_change(c->store)->pins[use];
    if (value) {
        memset(p->value, 0, sizeof p->value);
        memcpy(p->value, value, length);
        p->length = (uint32_t)length;
    }
    p->tries = sim_tries[use];
    return card_commit(c, out);
}

/* Spends a try on this value. True when it is right: the caller then gives the tries back. */
static bool compare(struct card *c, enum sim_use use, const uint8_t *value, size_t length,
                    struct card_answer *out)
{
    sim_change(c->store)->pins[use].tries--;
    if (!card_commit(c, out))
        return false;
    const struct sim_pin *p = &sim_now(c->store)->pins[use];
    c->state.verified[use] = length == p->length && memcmp(value, p->value, length) == 0;
    if (!c->state.verified[use])
        card_status(out, (uint16_t)(0x63c0 | p->tries));
    return c->state.verified[use];
}

void jpki_verify(struct card *c, const struct apdu *a, struct card_answer *out)
{
    enum sim_use use;
    bool pin = selected_pin(c, &use);
    unsigned tries = sim_now(c->store)->pins[use].tries;
    if (a->p1 != 0x00 || a->p2 != 0x80)
        card_status(out, 0x6a86);
    else if (!pin)
        card_status(out, 0x6986);
    else if (a->data_length ==
             0) /* of a blocked one 63C0: with 6984 OpenSC finds the whole card unsupported */
        card_status(out, (uint16_t)(0x63c0 | tries));
    else if (tries == 0)
        card_status(out, 0x6984);
    else if (compare(c, use, a->data, a->data_length, out) && set(c, use, NULL, 0, out))
        card_status(out, 0x9000);
}

/* P1 00: old and new, each padded with FF to 16 bytes. */
static void change_by_holder(struct card *c, enum sim_use use, const struct apdu *a, struct card_answer *out)
{
    if (a->data_length != (size_t)2 * PIN_MAX) {
        card_status(out, 0x6700);
        return;
    }
    size_t old_length = without_padding(a->data, PIN_MAX);
    size_t new_length = without_padding(a->data + PIN_MAX, PIN_MAX);
    if (!well_formed(use, a->data + PIN_MAX, new_length))
        card_status(out, 0x6a80);
    else if (sim_now(c->store)->pins[use].tries == 0)
        card_status(out, 0x6984);
    else if (compare(c, use, a->data, old_length, out) && set(c, use, a->data + PIN_MAX, new_length, out))
        card_status(out, 0x9000);
}

/* What only a counter does: a new value without the old one. */
static void set_by_issuer(struct card *c, enum sim_use use, const struct apdu *a, struct card_answer *out)
{
    size_t length = without_padding(a->data, a->data_length);
    if (!channel_open(c)) {
        card_status(out, 0x6982);
    } else if (!well_formed(use, a->data, length)) {
        card_status(out, 0x6a80);
    } else {
        c->state.verified[use] = false;
        if (set(c, use, a->data, length, out))
            card_status(out, 0x9000);
    }
}

void jpki_change_pin(struct card *c, const struct apdu *a, struct card_answer *out)
{
    enum sim_use use;
    if (a->p1 > 0x01 || a->p2 != 0x80)
        card_status(out, 0x6a86);
    else if (!selected_pin(c, &use))
        card_status(out, 0x6986);
    else if (a->p1 == 0x00)
        change_by_holder(c, use, a, out);
    else if (channel_open(c) && sim_now(c->store)->pins[use].tries == 0)
        card_status(out, 0x6984); /* a blocked one is reset, not initialised */
    else
        set_by_issuer(c, use, a, out);
}

void jpki_reset_pin(struct card *c, const struct apdu *a, struct card_answer *out)
{
    enum sim_use use;
    if (a->p1 != 0x02 || a->p2 != 0x80)
        card_status(out, 0x6a86);
    else if (!selected_pin(c, &use))
        card_status(out, 0x6986);
    else
        set_by_issuer(c, use, a, out);
}
