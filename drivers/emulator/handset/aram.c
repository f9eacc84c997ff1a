/*
 * GET DATA FF40 (all rules; FF60 for the rest of a list that is longer than an answer), FF50 (of one reference), DF20 (the tag that
 * moves with each change); STORE DATA F0 (one more), F1 (delete one, or all), F2 (move the tag).
 */
#include "drivers/emulator/handset/aram.h"

#include <string.h>

#define PART        255 /* of a list, in a short answer */
#define TAG_LENGTH  8
#define RULE        0xe2 /* REF-AR-DO */
#define REFERENCE   0xe1 /* REF-DO */
#define ACCESS      0xe3 /* AR-DO */
#define STORE_ONE   0xf0
#define DELETE_SOME 0xf1
#define MOVE_TAG    0xf2

struct object {
    uint8_t tag;
    const uint8_t *value;
    size_t length, whole; /* of the value, with its header */
};

/* A data object with a one-byte tag; false when it does not fit. */
static bool object_at(const uint8_t *bytes, size_t length, struct object *out)
{
    size_t head = 2;
    if (length < 2)
        return false;
    out->tag = bytes[0];
    out->length = bytes[1];
    if (bytes[1] == 0x81 && length > 2) {
        head = 3;
        out->length = bytes[2];
    } else if (bytes[1] == 0x82 && length > 3) {
        head = 4;
        out->length = (size_t)bytes[2] << 8 | bytes[3];
    } else if (bytes[1] > 0x7f) {
        return false;
    }
    out->value = bytes + head;
    out->whole = head + out->length;
    return out->whole <= length;
}

static const uint8_t *rules_of(const struct card *c, size_t *length)
{
    const struct sim_data *d = sim_now(c->store);
    *length = d->rules.of_profile ? c->sim->access_rules_length : d->rules.length;
    return d->rules.of_profile ? c->sim->access_rules : d->rules.bytes;
}

bool aram_there(const struct card *c)
{
    size_t length;
    rules_of(c, &length);
    return length > 0 || !sim_now(c->store)->rules.of_profile;
}

/* Where the rule of this reference (whole REF-DO) stands; false when there is none. */
static bool find(const uint8_t *rules, size_t length, const uint8_t *reference, size_t reference_length,
                 size_t *at, struct object *rule)
{
    struct object of;
    *rule = (struct object) { 0 };
    for (*at = 0; *at < length && object_at(rules + *at, length - *at, rule); *at += rule->whole) {
        if (object_at(rule->value, rule->length, &of) && of.tag == REFERENCE &&
            of.whole == reference_length && memcmp(rule->value, reference, reference_length) == 0)
            return true;
    }
    return false;
}

static size_t add_head(uint8_t *out, uint16_t tag, size_t length)
{
    size_t n = 0;
    out[n++] = (uint8_t)(tag >> 8);
    out[n++] = (uint8_t)tag;
    if (length > 0xff)
        out[n++] = 0x82;
    else if (length > 0x7f)
        out[n++] = 0x81;
    if (length > 0xff)
        out[n++] = (uint8_t)(length >> 8);
    out[n++] = (uint8_t)length;
    return n;
}

/* ---- GET DATA ---- */

static void give(struct card *c, const struct apdu *a, size_t from, struct card_answer *out)
{
    uint8_t list[SIM_RULES_MAX + 5];
    size_t length, most = out->room > 0 && out->room < PART ? out->room : PART;
    const uint8_t *rules = rules_of(c, &length);
    size_t n = add_head(list, 0xff40, length);
    memcpy(list + n, rules, length);
    n += length;
    if (length == 0 || from >= n) {
        card_status(out, 0x6a88);
        return;
    }
    size_t part = n - from < most ? n - from : most;
    c->state.rules_given = (uint16_t)(from + part);
    card_data(out, a, list + from, part, 0x9000);
}

/* The AR-DO of one reference. */
static void give_one(struct card *c, const struct apdu *a, struct card_answer *out)
{
    uint8_t list[SIM_RULES_MAX + 5];
    struct object asked, rule;
    size_t length, at;
    const uint8_t *rules = rules_of(c, &length);
    if (!object_at(a->data, a->data_length, &asked) || asked.tag != REFERENCE ||
        asked.whole != a->data_length) {
        card_status(out, 0x6a80);
    } else if (!find(rules, length, a->data, a->data_length, &at, &rule)) {
        card_status(out, 0x6a88);
    } else {
        size_t of = rule.length - asked.whole, n = add_head(list, 0xff50, of);
        memcpy(list + n, rule.value + asked.whole, of);
        card_data(out, a, list, n + of, 0x9000);
    }
}

static void give_tag(struct card *c, const struct apdu *a, struct card_answer *out)
{
    uint8_t object[3 + TAG_LENGTH] = { 0xdf, 0x20, TAG_LENGTH };
    memcpy(object + 3, sim_now(c->store)->rules.refresh_tag, TAG_LENGTH);
    card_data(out, a, object, sizeof object, 0x9000);
}

static void get_data(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (!a->has_le)
        card_status(out, 0x6700);
    else if (a->p1 == 0xff && a->p2 == 0x40)
        give(c, a, 0, out);
    else if (a->p1 == 0xff && a->p2 == 0x60)
        give(c, a, c->state.rules_given > 0 ? c->state.rules_given : SIZE_MAX, out);
    else if (a->p1 == 0xff && a->p2 == 0x50)
        give_one(c, a, out);
    else if (a->p1 == 0xdf && a->p2 == 0x20)
        give_tag(c, a, out);
    else
        card_status(out, 0x6a88);
}

/* ---- STORE DATA ---- */

/* A change, the profile's rules copied where they were in force; the tag moves with it. */
static struct sim_data *change(struct card *c)
{
    size_t length;
    const uint8_t *rules = rules_of(c, &length);
    struct sim_data *d = sim_change(c->store);
    if (d->rules.of_profile)
        memcpy(d->rules.bytes, rules, length);
    d->rules.length = (uint32_t)length;
    d->rules.of_profile = false;
    for (size_t i = TAG_LENGTH; i-- > 0 && ++d->rules.refresh_tag[i] == 0;)
        continue;
    return d;
}

static void commit(struct card *c, struct card_answer *out)
{
    if (card_commit(c, out))
        card_status(out, 0x9000);
}

/* A rule is a reference and what it may; nothing else is in it. */
static bool is_rule(const uint8_t *bytes, size_t length, struct object *rule, struct object *reference)
{
    struct object access;
    return object_at(bytes, length, rule) && rule->tag == RULE && rule->whole == length &&
           object_at(rule->value, rule->length, reference) && reference->tag == REFERENCE &&
           object_at(rule->value + reference->whole, rule->length - reference->whole, &access) &&
           access.tag == ACCESS && reference->whole + access.whole == rule->length;
}

static void store(struct card *c, const struct object *o, struct card_answer *out)
{
    struct object rule, reference, old;
    size_t length, at;
    const uint8_t *rules = rules_of(c, &length);
    if (!is_rule(o->value, o->length, &rule, &reference)) {
        card_status(out, 0x6a80);
    } else if (find(rules, length, rule.value, reference.whole, &at, &old)) {
        card_status(out, 0x6381); /* there is one */
    } else if (length + rule.whole > SIM_RULES_MAX) {
        card_status(out, 0x6a84);
    } else {
        struct sim_data *d = change(c);
        memcpy(d->rules.bytes + length, o->value, rule.whole);
        d->rules.length += (uint32_t)rule.whole;
        commit(c, out);
    }
}

/* Nothing named: all of them. */
static void delete (struct card *c, const struct object *o, struct card_answer *out)
{
    struct object named, old;
    size_t length, at;
    const uint8_t *rules = rules_of(c, &length);
    if (o->length == 0) {
        change(c)->rules.length = 0;
        commit(c, out);
    } else if (!object_at(o->value, o->length, &named) || named.tag != REFERENCE ||
               named.whole != o->length) {
        card_status(out, 0x6a80);
    } else if (!find(rules, length, o->value, o->length, &at, &old)) {
        card_status(out, 0x6a88);
    } else {
        struct sim_data *d = change(c);
        memmove(d->rules.bytes + at, d->rules.bytes + at + old.whole, length - at - old.whole);
        d->rules.length -= (uint32_t)old.whole;
        commit(c, out);
    }
}

/* NULL: the data are no object. */
static void store_object(struct card *c, const struct object *o, struct card_answer *out)
{
    if (o && o->tag == STORE_ONE) {
        store(c, o, out);
    } else if (o && o->tag == DELETE_SOME) {
        delete (c, o, out);
    } else if (o && o->tag == MOVE_TAG && o->length == 0) {
        change(c);
        commit(c, out);
    } else {
        card_status(out, 0x6a80);
    }
}

static void store_data(struct card *c, const struct apdu *a, struct card_answer *out)
{
    struct object o;
    if (!channel_open(c)) {
        card_status(out, 0x6982);
    } else if (a->p1 != 0x90 || a->p2 != 0x00) {
        card_status(out, 0x6a86);
    } else {
        bool whole = object_at(a->data, a->data_length, &o) && o.whole == a->data_length;
        store_object(c, whole ? &o : NULL, out);
    }
}

static void run(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->cla != 0x80)
        card_status(out, 0x6e00);
    else if (a->ins == 0xca)
        get_data(c, a, out);
    else if (a->ins == 0xe2)
        store_data(c, a, out);
    else
        card_status(out, 0x6d00);
}

const struct channel_application aram_in_channel = {
    .aid = { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4c, 0x00 }, .aid_length = 9, .run = run
};
