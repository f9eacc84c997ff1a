/*
 * The files of the JPKI-like application. EF 000A needs the authentication PIN, as on a phone (a plain card leaves it free); EF 0001
 * needs the signature PIN; inside a channel neither does.
 */
#include "drivers/emulator/handset/factory.h"
#include "drivers/emulator/handset/jpki_commands.h"
#include "drivers/emulator/handset/test_keys.h"

#include <string.h>

#define TOKEN_LENGTH 160

static const uint16_t files[] = {
    FILE_SIGNATURE_CERTIFICATE,
    FILE_SIGNATURE_CA,
    FILE_TOKEN,
    FILE_AVAILABILITY,
    FILE_AUTHENTICATION_CERTIFICATE,
    FILE_AUTHENTICATION_CA,
    FILE_KEY_REFERENCE,
    FILE_TERMINAL_CA,
    FILE_AUTHENTICATION_KEY,
    FILE_AUTHENTICATION_PIN,
    FILE_SIGNATURE_KEY,
    FILE_SIGNATURE_PIN,
    FILE_FACTORY_CERTIFICATE,
    FILE_AUTHENTICATION_PUBLIC,
    FILE_SIGNATURE_PUBLIC,
    FILE_BINDING,
    FILE_STATE,
    FILE_POSSESSION,
};

static bool file_exists(unsigned file)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] == file)
            return true;
    }
    return false;
}

/* CK_TOKEN_INFO as text fields: label 32, manufacturer 32, model 16, serial 16; then 64 bytes of zero. */
static void fill_token(const struct card *c, uint8_t out[TOKEN_LENGTH])
{
    static const char other[] = "NFC-SURVEY VIRTUAL OTHER TARGET";
    static const char manufacturer[] = "nfc-survey";
    static const char model[] = "virtual sim";
    static const char serial[] = "SIM-VIRTUAL";
    const char *label = c->other_label ? other : c->sim->token_label;
    memset(out, ' ', 96);
    memset(out + 96, 0, TOKEN_LENGTH - 96);
    memcpy(out, label, strnlen(label, 32));
    memcpy(out + 32, manufacturer, sizeof manufacturer - 1);
    memcpy(out + 64, model, sizeof model - 1);
    memcpy(out + 80, serial, sizeof serial - 1);
}

static void add_u32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static bool there(const struct sim_content *f)
{
    return f->of_profile || f->length > 0;
}

void jpki_state(const struct sim_data *d, uint8_t out[JPKI_STATE])
{
    const struct sim_content *authentication = &d->files[SIM_FILE_AUTHENTICATION_CERTIFICATE],
                             *signature = &d->files[SIM_FILE_SIGNATURE_CERTIFICATE];
    bool own = d->keys[SIM_AUTHENTICATION].kind != SIM_KEY_OF_PROFILE ||
               d->keys[SIM_SIGNATURE].kind != SIM_KEY_OF_PROFILE || !authentication->of_profile ||
               !signature->of_profile;
    memset(out, 0, JPKI_STATE);
    out[0] = 0x01;
    out[1] = (uint8_t)d->life;
    out[2] = (uint8_t)((d->keys[SIM_AUTHENTICATION].kind != SIM_KEY_NONE) << 0 |
                       (d->keys[SIM_SIGNATURE].kind != SIM_KEY_NONE) << 1 | there(authentication) << 2 |
                       there(signature) << 3 | (d->pending[SIM_AUTHENTICATION].kind != SIM_KEY_NONE) << 4 |
                       (d->pending[SIM_SIGNATURE].kind != SIM_KEY_NONE) << 5 |
                       there(&d->files[SIM_FILE_BINDING]) << 6 | own << 7);
    out[3] = (uint8_t)d->pins[SIM_AUTHENTICATION].tries;
    out[4] = (uint8_t)d->pins[SIM_SIGNATURE].tries;
    add_u32(out + 8, d->writes);
    add_u32(out + 12, d->sequence);
}

static void read_data(const struct apdu *a, size_t offset, const uint8_t *data, size_t length,
                      struct card_answer *out)
{
    if (offset >= length)
        card_status(out, 0x6b00);
    else
        card_data(out, a, data + offset, length - offset, 0x6282);
}

/* A file that a counter can write, and what the profile gives where nobody has. */
static void read_content(struct card *c, enum sim_file file, const struct apdu *a, size_t offset,
                         struct card_answer *out)
{
    static const uint8_t availability[] = { 0x8f, 0x8f, 0x00 };
    const struct sim_content *f = &sim_now(c->store)->files[file];
    const uint8_t *data = f->bytes;
    size_t length = f->length;
    if (f->of_profile && file == SIM_FILE_AVAILABILITY) {
        data = availability;
        length = sizeof availability;
    } else if (f->of_profile && (file == SIM_FILE_AUTHENTICATION_CA || file == SIM_FILE_SIGNATURE_CA)) {
        data = certificate_of_length(&c->certificates, c->sim->certificate_bytes, &length);
    } else if (f->of_profile) {
        data = test_keys_user_certificate;
        length = test_keys_user_certificate_length;
    }
    read_data(a, offset, data, length, out);
}

static void read_certificate(struct card *c, enum sim_use use, const struct apdu *a, size_t offset,
                             struct card_answer *out)
{
    if (!c->state.verified[use] && !channel_open(c))
        card_status(out, 0x6982);
    else
        read_content(
            c, use == SIM_SIGNATURE ? SIM_FILE_SIGNATURE_CERTIFICATE : SIM_FILE_AUTHENTICATION_CERTIFICATE, a,
            offset, out);
}

static void read_public_key(struct card *c, enum sim_use use, const struct apdu *a, size_t offset,
                            struct card_answer *out)
{
    uint8_t key[JPKI_PUBLIC_MAX];
    if (!channel_open(c))
        card_status(out, 0x6982);
    else
        read_data(a, offset, key, jpki_public_key(sim_now(c->store), use, key), out);
}

static void read_factory_certificate(struct card *c, const struct apdu *a, size_t offset,
                                     struct card_answer *out)
{
    size_t length;
    const struct factory *f = factory_of(&c->factory, c->store->id);
    if (!f) {
        card_status(out, 0x6f00);
        return;
    }
    const uint8_t *certificate = factory_certificate(f, &length);
    read_data(a, offset, certificate, length, out);
}

static void read_file(struct card *c, const struct apdu *a, size_t offset, struct card_answer *out)
{
    uint8_t token[TOKEN_LENGTH], state[JPKI_STATE];
    switch (c->state.file) {
    case FILE_SIGNATURE_CERTIFICATE:
        read_certificate(c, SIM_SIGNATURE, a, offset, out);
        break;
    case FILE_AUTHENTICATION_CERTIFICATE:
        read_certificate(c, SIM_AUTHENTICATION, a, offset, out);
        break;
    case FILE_SIGNATURE_CA:
        read_content(c, SIM_FILE_SIGNATURE_CA, a, offset, out);
        break;
    case FILE_AUTHENTICATION_CA:
        read_content(c, SIM_FILE_AUTHENTICATION_CA, a, offset, out);
        break;
    case FILE_AVAILABILITY:
        read_content(c, SIM_FILE_AVAILABILITY, a, offset, out);
        break;
    case FILE_BINDING:
        read_content(c, SIM_FILE_BINDING, a, offset, out);
        break;
    case FILE_TOKEN:
        fill_token(c, token);
        read_data(a, offset, token, sizeof token, out);
        break;
    case FILE_FACTORY_CERTIFICATE:
        read_factory_certificate(c, a, offset, out);
        break;
    case FILE_AUTHENTICATION_PUBLIC:
        read_public_key(c, SIM_AUTHENTICATION, a, offset, out);
        break;
    case FILE_SIGNATURE_PUBLIC:
        read_public_key(c, SIM_SIGNATURE, a, offset, out);
        break;
    case FILE_POSSESSION:
        if (!channel_open(c))
            card_status(out, 0x6982);
        else
            read_data(a, offset, c->state.possession, c->state.possession_length, out);
        break;
    case FILE_STATE:
        jpki_state(sim_now(c->store), state);
        read_data(a, offset, state, sizeof state, out);
        break;
    case 0:
        card_status(out, 0x6986);
        break;
    default:
        card_status(out, 0x6981); /* PINs and keys are not transparent files */
        break;
    }
}

void jpki_read_binary(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (!a->has_le || a->data_length > 0) {
        card_status(out, 0x6700);
        return;
    }
    size_t offset = (size_t)a->p1 << 8 | a->p2;
    if (a->p1 & 0x80) { /* a short file identifier in the low five bits; P2 alone is the offset */
        if ((a->p1 & 0x60) != 0 || !file_exists(a->p1 & 0x1f)) {
            card_status(out, (a->p1 & 0x60) != 0 ? 0x6a86 : 0x6a82);
            return;
        }
        c->state.file = a->p1 & 0x1f;
        offset = a->p2;
    }
    read_file(c, a, offset, out);
}

void jpki_select_file(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->p1 != 0x02 || a->p2 != 0x0c) {
        card_status(out, 0x6a86);
    } else if (a->data_length != 2) {
        card_status(out, 0x6700);
    } else {
        unsigned file = (unsigned)a->data[0] << 8 | a->data[1];
        if (file_exists(file))
            c->state.file = (uint16_t)file;
        card_status(out, file_exists(file) ? 0x9000 : 0x6a82);
    }
}

void jpki_get_data(const struct apdu *a, struct card_answer *out)
{
    static const uint8_t issuer[] = "NFC-SURVEY VIRTUAL";
    unsigned tag = (unsigned)a->p1 << 8 | a->p2;
    if (tag != 0x0042 && tag != 0x0066 && tag != 0x00f0)
        card_status(out, 0x6a88);
    else if (!a->has_le || a->le < sizeof issuer - 1)
        card_status(out, 0x6700);
    else
        card_data(out, a, issuer, sizeof issuer - 1, 0x9000);
}
