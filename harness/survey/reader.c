/* Reader profiles: what a model's descriptor says, and for simulated ones the parameters of the
 * simulation. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The level of exchange in dwFeatures (CCID 1.1, 5.1): TPDU, short APDU, short and extended APDU. */
static enum reader_level level_of_features(uint32_t features)
{
    if (features & 0x40000)
        return READER_LEVEL_EXTENDED;
    if (features & 0x20000)
        return READER_LEVEL_SHORT;
    return features & 0x10000 ? READER_LEVEL_TPDU : READER_LEVEL_NONE;
}

static void read_usb(struct fields *f, struct reader_profile *out)
{
    struct fields usb;
    uint8_t bytes[2];
    size_t length;
    if (!fields_map(f, "usb", &usb))
        return;
    if (fields_hex(&usb, "vendor", bytes, &length))
        out->usb_vendor = bytes[0] << 8 | bytes[1];
    if (fields_hex(&usb, "product", bytes, &length))
        out->usb_product = bytes[0] << 8 | bytes[1];
    if (fields_hex(&usb, "class", bytes, &length))
        out->usb_class = bytes[0];
    fields_unsigned(&usb, "interface", &out->interface);
    fields_close(&usb);
}

/* A string that is given as empty is one that the device does not have. */
static void read_string(struct fields *f, const char *key, char **out)
{
    const struct tree_node *n = fields_find(f, key);
    if (n && !(n->kind == TREE_SCALAR && n->quoted && n->length == 0))
        node_text(f, n, USB_STRING_BYTES_MAX, out);
}

static void read_usb_strings(struct fields *f, struct reader_profile *out)
{
    struct fields strings;
    if (!fields_map(f, "usb_strings", &strings))
        return;
    out->strings_known = true;
    read_string(&strings, "manufacturer", &out->usb_manufacturer);
    read_string(&strings, "product", &out->usb_product_name);
    read_string(&strings, "interface", &out->usb_interface_name);
    fields_close(&strings);
}

static uint32_t big_endian(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* What descriptors of real readers say, however odd: no interrupt and no bulk endpoint (0 endpoints), no IFSD (0),
 * messages longer than any APDU. */
static void read_ccid(struct fields *f, struct reader_profile *out)
{
    struct fields ccid;
    uint8_t bytes[4];
    size_t length;
    unsigned level;
    if (!fields_map(f, "ccid", &ccid))
        return;
    if (fields_hex(&ccid, "features", bytes, &length))
        out->features = big_endian(bytes);
    const struct tree_node *said = tree_child(ccid.map, "level");
    out->level = level_of_features(out->features);
    if (fields_choice(&ccid, "level", &level) && level != out->level)
        node_problem(&ccid, said, "level: expected %s, as the features say", reader_levels[out->level].name);
    fields_unsigned(&ccid, "max_message_bytes", &out->max_message);
    fields_unsigned(&ccid, "ifsd_bytes", &out->ifsd);
    fields_unsigned(&ccid, "endpoints", &out->endpoints);
    fields_unsigned(&ccid, "busy_slots", &out->busy_slots);
    fields_unsigned(&ccid, "clock_khz", &out->clock_khz);
    if (fields_hex(&ccid, "protocols", bytes, &length))
        out->protocols = big_endian(bytes);
    fields_close(&ccid);
}

void polling_read(struct fields *f, char polling[4])
{
    const struct tree_node *n = fields_find(f, "polling");
    if (!n)
        return;
    bool good =
        n->kind == TREE_SCALAR && n->length > 0 && n->length < 4 && strspn(n->text, "ABF") == n->length;
    if (good)
        memcpy(polling, n->text, n->length + 1);
    else
        node_problem(f, n, "polling: expected one to three of A, B and F in polling order, such as BA");
}

/* An operator who looks at the result first: what calibration must see to change nothing. */
static void read_withdrawals(struct fields *f, struct virtual_reader *v)
{
    struct fields rates;
    if (!fields_map(f, "withdrawals", &rates))
        return;
    fields_real(&rates, "clean", &v->withdrawn_clean);
    fields_real(&rates, "dirty", &v->withdrawn_dirty);
    fields_close(&rates);
}

static void read_simulation(struct fields *f, struct reader_profile *out)
{
    struct virtual_reader *v = &out->simulation;
    struct fields s;
    unsigned level = READER_LEVEL_NONE;
    if (!fields_map(f, "simulation", &s))
        return;
    fields_choice(&s, "level", &level);
    v->level = (enum reader_level)level;
    fields_unsigned(&s, "max_message_bytes", &v->max_message);
    fields_bool(&s, "interrupt_endpoint", &v->interrupt_endpoint);
    fields_unsigned(&s, "detect_quantum_us", &v->detect_quantum_us);
    polling_read(&s, v->polling);
    fields_unsigned(&s, "max_kbit_s", &v->max_kbit_s);
    fields_unsigned(&s, "fsd_bytes", &v->fsd);
    fields_unsigned(&s, "host_us", &v->host_us);
    fields_real(&s, "host_spread", &v->host_spread);
    fields_real(&s, "field_db", &v->field_db);
    fields_real(&s, "reader_session_sd_db", &v->reader_session_sd_db);
    fields_real(&s, "reader_session_spread", &v->reader_session_spread);
    fields_real(&s, "radius_mm", &v->radius_mm);
    faults_read(&s, true, v->faults, &v->fault_count);
    read_withdrawals(&s, v);
    fields_close(&s);
    out->level = v->level;
    out->max_message = v->max_message;
    out->endpoints = v->interrupt_endpoint ? 3 : 2;
}

/* A real model as the testbed wears it: its descriptor's class; field and timing are the emulation's own. */
static void wear_descriptor(struct reader_profile *r)
{
    r->simulation = (struct virtual_reader) {
        .level = r->level,
        .max_message = r->max_message,
        .interrupt_endpoint = r->endpoints >= 3,
        .detect_quantum_us = r->endpoints >= 3 ? 10000 : 400000, /* pcscd polls every 400 ms */
        .polling = "BA",
        .max_kbit_s = 424,
        .fsd = 256,
        .host_us = 1000,
        .radius_mm = 30,
    };
}

void reader_profile_read(struct reader_profile *out, struct problems *p, const char *path,
                         const struct tree_node *root)
{
    struct fields f;
    uint8_t bytes[32];
    size_t length;
    out->usb_vendor = out->usb_product = -1;
    if (!fields_open(&f, p, path, root, &reader_map))
        return;
    fields_head(&f);
    fields_id(&f, "id", &out->id);
    fields_text(&f, "maker", &out->maker);
    fields_text(&f, "model", &out->model);
    fields_text(&f, "source", &out->source);
    fields_text(&f, "note", &out->note);
    fields_text(&f, "match", &out->match);
    fields_text(&f, "connstring", &out->connstring);
    const struct tree_node *uid = fields_find(&f, "uid_apdu");
    if (uid && uid->kind == TREE_SCALAR &&
        text_to_bytes(uid->text, uid->length, bytes, sizeof bytes, &length) && length >= 4)
        node_text(&f, uid, FIELDS_TEXT_MAX, &out->uid_apdu);
    else if (uid)
        node_problem(&f, uid, "uid_apdu: expected a command in hexadecimal, such as \"FF CA 00 00 00\"");
    read_usb(&f, out);
    read_usb_strings(&f, out);
    read_ccid(&f, out);
    facts_read(&f, out->source, &out->facts, &out->fact_count);
    const struct tree_node *simulation = tree_child(root, "simulation");
    profile_check_simulated(&f, out->id, simulation);
    out->simulated = simulation != NULL;
    if (simulation)
        read_simulation(&f, out);
    else
        wear_descriptor(out);
    fields_close(&f);
}

const struct reader_profile *reader_profile_of(const struct reader_profile *profiles, size_t profile_count,
                                               const char *name, int usb_vendor, int usb_product,
                                               int usb_interface)
{
    for (size_t i = 0; i < profile_count; i++) {
        if (!profiles[i].simulated &&
            reader_profile_matches(&profiles[i], name, usb_vendor, usb_product, usb_interface))
            return &profiles[i];
    }
    return NULL;
}

void reader_profile_model(const struct reader_profile *p, struct reader_model *out)
{
    *out = (struct reader_model) {
        .id = p->id,
        .usb_vendor = p->usb_vendor,
        .usb_product = p->usb_product,
        .usb_class = p->usb_class,
        .interface = p->interface,
        .ccid = p->level != READER_LEVEL_NONE && p->features != 0,
        .features = p->features,
        .level = p->level,
        .max_message = p->max_message,
        .ifsd = p->ifsd,
        .endpoints = p->endpoints,
        .busy_slots = p->busy_slots,
        .uid_apdu = p->uid_apdu != NULL,
        .connstring = p->connstring,
    };
}

struct reader_model *reader_models(const struct reader_profile *profiles, size_t profile_count, size_t *count)
{
    struct reader_model *models = calloc(profile_count ? profile_count : 1, sizeof *models);
    *count = 0;
    for (size_t i = 0; models && i < profile_count; i++) {
        if (!profiles[i].simulated || profiles[i].usb_vendor >= 0)
            reader_profile_model(&profiles[i], &models[(*count)++]);
    }
    return models;
}

void reader_profile_clear(struct reader_profile *r)
{
    free(r->id);
    free(r->maker);
    free(r->model);
    free(r->match);
    free(r->uid_apdu);
    free(r->connstring);
    free(r->usb_manufacturer);
    free(r->usb_product_name);
    free(r->usb_interface_name);
    free(r->source);
    free(r->note);
    facts_free(r->facts, r->fact_count);
    memset(r, 0, sizeof *r);
}
