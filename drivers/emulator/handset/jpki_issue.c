/*
 * What a counter writes in the JPKI-like application, inside a channel: files by way of a shadow, their activation, deletion, the
 * life cycle.
 */
#include "drivers/emulator/handset/jpki.h"
#include "drivers/emulator/handset/jpki_commands.h"

#include <string.h>

#define CERTIFICATE_MAX 2048

enum content_kind { CONTENT_OF_LENGTH, CONTENT_DER };

struct written_file {
    uint16_t id;
    enum sim_file file;
    size_t size; /* exactly, or of DER at most */
    enum content_kind kind;
    int certifies; /* whose key waits for it: enum sim_use, -1 = nobody's */
};

static const struct written_file written[] = {
    { FILE_SIGNATURE_CERTIFICATE, SIM_FILE_SIGNATURE_CERTIFICATE, CERTIFICATE_MAX, CONTENT_DER,
      SIM_SIGNATURE },
    { FILE_AUTHENTICATION_CERTIFICATE, SIM_FILE_AUTHENTICATION_CERTIFICATE, CERTIFICATE_MAX, CONTENT_DER,
      SIM_AUTHENTICATION },
    { FILE_SIGNATURE_CA, SIM_FILE_SIGNATURE_CA, CERTIFICATE_MAX, CONTENT_DER, -1 },
    { FILE_AUTHENTICATION_CA, SIM_FILE_AUTHENTICATION_CA, CERTIFICATE_MAX, CONTENT_DER, -1 },
    { FILE_AVAILABILITY, SIM_FILE_AVAILABILITY, 3, CONTENT_OF_LENGTH, -1 },
    { FILE_BINDING, SIM_FILE_BINDING, SIM_BINDING, CONTENT_OF_LENGTH, -1 },
};

static const struct written_file *written_file(uint16_t id)
{
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        if (written[i].id == id)
            return &written[i];
    }
    return NULL;
}

/* May the file that is selected be written? Answers when not. */
static const struct written_file *selected(struct card *c, struct card_answer *out)
{
    const struct written_file *f = written_file(c->state.file);
    if (!channel_open(c))
        card_status(out, 0x6982);
    else if (c->state.file == 0)
        card_status(out, 0x6986);
    else if (!f)
        card_status(out, 0x6985);
    return channel_open(c) ? f : NULL;
}

static void drop(struct card *c, struct card_answer *out, uint16_t sw)
{
    c->shadow.file = 0;
    card_status(out, sw);
}

void jpki_update_binary(struct card *c, const struct apdu *a, struct card_answer *out)
{
    const struct written_file *f = selected(c, out);
    size_t offset = (size_t)a->p1 << 8 | a->p2;
    struct card_shadow *s = &c->shadow;
    if (!f)
        return;
    if (a->p1 & 0x80) {
        card_status(out, 0x6a86);
        return;
    }
    if (offset == 0) {
        s->file = f->id;
        s->length = 0;
    }
    if (s->file != f->id || offset != s->length)
        drop(c, out, 0x6a80);
    else if (a->data_length == 0)
        drop(c, out, 0x6700);
    else if (offset + a->data_length > f->size)
        drop(c, out, 0x6a84); /* larger than the file */
    else if (card_wrote(c, out)) {
        memcpy(s->bytes + offset, a->data, a->data_length);
        s->length += a->data_length;
        card_status(out, 0x9000);
    }
}

/* The bytes of a certificate begin with how many they are. */
static bool whole(const struct written_file *f, const struct card_shadow *s)
{
    if (f->kind == CONTENT_OF_LENGTH)
        return s->length == f->size;
    return s->length > 4 && s->bytes[0] == 0x30 && s->bytes[1] == 0x82 &&
           ((size_t)s->bytes[2] << 8 | s->bytes[3]) + 4 == s->length;
}

/* ACTIVATE FILE: what was written is the file, and the key that waited for it the key. */
void jpki_activate_file(struct card *c, const struct apdu *a, struct card_answer *out)
{
    const struct written_file *f = selected(c, out);
    if (!f)
        return;
    if (a->p1 != 0x00 || a->p2 != 0x00) {
        card_status(out, 0x6a86);
    } else if (c->shadow.file != f->id) {
        card_status(out, 0x6985);
    } else if (!whole(f, &c->shadow)) {
        drop(c, out, 0x6a80);
    } else {
        struct sim_data *d = sim_change(c->store);
        struct sim_content *to = &d->files[f->file];
        memset(to, 0, sizeof *to);
        memcpy(to->bytes, c->shadow.bytes, c->shadow.length);
        to->length = (uint32_t)c->shadow.length;
        if (f->certifies >= 0 && d->pending[f->certifies].kind != SIM_KEY_NONE) {
            d->keys[f->certifies] = d->pending[f->certifies];
            memset(&d->pending[f->certifies], 0, sizeof d->pending[f->certifies]);
        }
        c->shadow.file = 0;
        if (card_commit(c, out))
            card_status(out, 0x9000);
    }
}

static void delete_file(struct card *c, struct card_answer *out)
{
    const struct written_file *f = selected(c, out);
    if (!f)
        return;
    struct sim_content *content = &sim_change(c->store)->files[f->file];
    memset(content, 0, sizeof *content);
    c->shadow.file = 0;
    if (card_commit(c, out))
        card_status(out, 0x9000);
}

/* Both: the one in use and the one that waits. */
static void delete_key(struct card *c, const struct apdu *a, struct card_answer *out)
{
    unsigned file = a->data_length == 4 && a->data[0] == 0x83 && a->data[1] == 0x02
                        ? (unsigned)a->data[2] << 8 | a->data[3]
                        : 0;
    if (!channel_open(c)) {
        card_status(out, 0x6982);
    } else if (file == 0) {
        card_status(out, 0x6a80);
    } else if (file != FILE_AUTHENTICATION_KEY && file != FILE_SIGNATURE_KEY) {
        card_status(out, 0x6a88);
    } else {
        enum sim_use use = file == FILE_SIGNATURE_KEY ? SIM_SIGNATURE : SIM_AUTHENTICATION;
        struct sim_data *d = sim_change(c->store);
        memset(&d->keys[use], 0, sizeof d->keys[use]);
        memset(&d->pending[use], 0, sizeof d->pending[use]);
        if (card_commit(c, out))
            card_status(out, 0x9000);
    }
}

void jpki_delete(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->p1 != 0x00 || a->p2 != 0x00)
        card_status(out, 0x6a86);
    else if (a->data_length > 0)
        delete_key(c, a, out);
    else
        delete_file(c, out);
}

/* SET STATUS of the application: from locked only back to what it was. */
void jpki_set_status(struct card *c, const struct apdu *a, struct card_answer *out)
{
    const struct sim_data *now = sim_now(c->store);
    bool known = a->p2 == SIM_LIFE_SELECTABLE || a->p2 == SIM_LIFE_PERSONALISED || a->p2 == SIM_LIFE_LOCKED;
    if (!channel_open(c)) {
        card_status(out, 0x6982);
    } else if (a->p1 != 0x40 || !known) {
        card_status(out, 0x6a86);
    } else if (a->data_length != jpki_in_channel.aid_length ||
               memcmp(a->data, jpki_in_channel.aid, a->data_length) != 0) {
        card_status(out, 0x6a88);
    } else if (now->life == SIM_LIFE_LOCKED && a->p2 != now->life_before_lock && a->p2 != SIM_LIFE_LOCKED) {
        card_status(out, 0x6985);
    } else {
        struct sim_data *d = sim_change(c->store);
        if (a->p2 == SIM_LIFE_LOCKED && d->life != SIM_LIFE_LOCKED)
            d->life_before_lock = d->life;
        d->life = a->p2;
        if (card_commit(c, out))
            card_status(out, 0x9000);
    }
}
