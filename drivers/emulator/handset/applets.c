/*
 * Routing and the small applets. A SELECT by name goes to the first living target that has the application;
 * when none has it, the answer is 6A82, as a secure element's and as AOSP's host emulation gives.
 */
#include "drivers/emulator/handset/applets.h"

#include "drivers/emulator/handset/aram.h"
#include "drivers/emulator/handset/factory.h"
#include "drivers/emulator/handset/jpki.h"
#include "harness/base/keyed_random.h"

#include <string.h>

#define AID_LEAST   5
#define CPLC_LENGTH 42

struct application {
    enum virtual_applet bit;
    uint8_t aid[16];
    size_t aid_length;
};

static const struct application applications[] = {
    { VIRTUAL_APPLET_JPKI, { 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 }, 10 },
    { VIRTUAL_APPLET_HCE_PROBE,
      { 0xa0, 0x00, 0x00, 0x04, 0x76, 0x41, 0x6e, 0x64, 0x72, 0x6f, 0x69, 0x64, 0x48, 0x43, 0x45 },
      15 },
    { VIRTUAL_APPLET_CPLC, { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00 }, 8 },
    { VIRTUAL_APPLET_CPLC, { 0xa0, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00 }, 8 },
    { VIRTUAL_APPLET_PPSE,
      { 0x32, 0x50, 0x41, 0x59, 0x2e, 0x53, 0x59, 0x53, 0x2e, 0x44, 0x44, 0x46, 0x30, 0x31 },
      14 },
    { VIRTUAL_APPLET_ARAM, { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4c, 0x00 }, 9 },
    { VIRTUAL_APPLET_LADDER, { 0xf0, 0x4e, 0x46, 0x43, 0x53, 0x55, 0x52, 0x56, 0x45, 0x59 }, 10 },
};

void card_free(struct card *c)
{
    factory_free(&c->factory);
    certificate_free(&c->certificates);
}

static void end_session(struct card *c)
{
    channel_end(&c->channel);
    c->shadow.file = 0;
}

void card_field_off(struct card *c)
{
    c->state = (struct card_state) { 0 };
    end_session(c);
}

bool card_wrote(struct card *c, struct card_answer *out)
{
    out->cut = ++c->writes == c->cut.write;
    if (out->cut)
        out->length = 0;
    return !out->cut;
}

bool card_commit(struct card *c, struct card_answer *out)
{
    bool powered = card_wrote(c, out);
    if (powered || c->cut.kept)
        sim_commit(c->store);
    return powered;
}

static bool alive(const struct card *c, size_t target)
{
    return (c->handset->targets[target].power_modes & (1u << c->power_mode)) != 0;
}

size_t card_first_alive(const struct card *c)
{
    size_t i = 0;
    while (i < c->handset->target_count && !alive(c, i))
        i++;
    return i;
}

void card_status(struct card_answer *out, uint16_t sw)
{
    out->bytes[0] = (uint8_t)(sw >> 8);
    out->bytes[1] = (uint8_t)sw;
    out->length = 2;
}

void card_end(struct card_answer *out, size_t data_length, uint16_t sw)
{
    out->bytes[data_length] = (uint8_t)(sw >> 8);
    out->bytes[data_length + 1] = (uint8_t)sw;
    out->length = data_length + 2;
}

void card_data(struct card_answer *out, const struct apdu *a, const uint8_t *data, size_t length,
               uint16_t sw_short)
{
    if (out->room > 0 && a->has_le) {
        size_t fits = length < out->room ? length : out->room;
        memcpy(out->bytes, data, fits);
        card_end(out, fits, 0x9000);
        return;
    }
    bool any = a->le == (a->extended ? 65536u : 256u);
    if (length < a->le && !any && !a->extended) {
        card_status(out, (uint16_t)(0x6c00 | length));
        return;
    }
    size_t n = length < a->le ? length : a->le;
    memcpy(out->bytes, data, n);
    card_end(out, n, length < a->le ? sw_short : 0x9000);
}

/* The shortest FCI: the name of the application, and for PPSE an empty directory. */
static void answer_select(const struct application *app, const struct apdu *a, struct card_answer *out)
{
    static const uint8_t probe[] = { 0x14, 0x81, 0x00, 0x00 };
    if (app->bit == VIRTUAL_APPLET_HCE_PROBE) { /* AOSP answers so to any form of this SELECT */
        memcpy(out->bytes, probe, sizeof probe);
        card_end(out, sizeof probe, 0x9000);
        return;
    }
    if (a->p2 == 0x0c || !a->has_le) {
        card_status(out, 0x9000);
        return;
    }
    static const uint8_t directory[] = { 0xa5, 0x03, 0xbf, 0x0c, 0x00 };
    uint8_t fci[2 + 2 + 16 + sizeof directory];
    size_t n = 2;
    fci[n++] = 0x84;
    fci[n++] = (uint8_t)app->aid_length;
    memcpy(fci + n, app->aid, app->aid_length);
    n += app->aid_length;
    if (app->bit == VIRTUAL_APPLET_PPSE) {
        memcpy(fci + n, directory, sizeof directory);
        n += sizeof directory;
    }
    fci[0] = 0x6f;
    fci[1] = (uint8_t)(n - 2);
    card_data(out, a, fci, n, 0x9000);
}

/* Access rules come with the sim, all else with the phone's profile. */
static bool has(const struct card *c, size_t target, enum virtual_applet bit)
{
    const struct virtual_target *t = &c->handset->targets[target];
    return bit == VIRTUAL_APPLET_ARAM ? t->target == TARGET_UICC && aram_there(c) : (t->applets & bit) != 0;
}

static void select_by_name(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->data_length < AID_LEAST || a->data_length > 16 || (a->p2 != 0x00 && a->p2 != 0x0c)) {
        card_status(out, a->p2 != 0x00 && a->p2 != 0x0c ? 0x6a86 : 0x6700);
        return;
    }
    for (size_t t = 0; t < c->handset->target_count; t++) {
        if (!alive(c, t))
            continue;
        for (size_t i = 0; i < sizeof applications / sizeof *applications; i++) {
            const struct application *app = &applications[i];
            if (!has(c, t, app->bit) || a->data_length > app->aid_length ||
                memcmp(app->aid, a->data, a->data_length) != 0)
                continue;
            c->state = (struct card_state) { .target = t, .application = app->bit, .warm = c->state.warm };
            answer_select(app, a, out);
            if (app->bit == VIRTUAL_APPLET_JPKI)
                jpki_selected(c, out);
            return;
        }
    }
    card_status(out, 0x6a82);
}

/* 42 bytes that prove this sim and no other: drawn from its token label. */
static void get_cplc(struct card *c, const struct apdu *a, struct card_answer *out)
{
    uint8_t data[3 + CPLC_LENGTH] = { 0x9f, 0x7f, CPLC_LENGTH };
    uint64_t key = random_key_text(VIRTUAL_APPLET_CPLC, c->sim->token_label);
    for (size_t i = 0; i < CPLC_LENGTH; i++)
        data[3 + i] = (uint8_t)random_u64(key, i);
    struct apdu asked = *a;
    if (!asked.has_le)
        asked.le = 256;
    if (!asked.extended && asked.le < sizeof data) /* a data object is not given in part */
        card_status(out, 0x6c00 | sizeof data);
    else
        card_data(out, &asked, data, sizeof data, 0x9000);
}

static void run_domain(struct card *c, const struct apdu *a, struct card_answer *out)
{
    if (a->cla != 0x80 && a->cla != 0x00)
        card_status(out, 0x6e00);
    else if (a->ins != 0xca)
        card_status(out, 0x6d00);
    else if (a->p1 != 0x9f || a->p2 != 0x7f)
        card_status(out, 0x6a88);
    else
        get_cplc(c, a, out);
}

/* READ BINARY, any length asked for up to 65536 bytes: byte i is i & 0xff. */
static void climb_down(const struct apdu *a, struct card_answer *out)
{
    if (!a->has_le || a->data_length > 0) {
        card_status(out, 0x6700);
        return;
    }
    for (size_t i = 0; i < a->le; i++)
        out->bytes[i] = (uint8_t)i;
    card_end(out, a->le, 0x9000);
}

/* The other way, UPDATE BINARY: any length is taken whose byte i is ladder_byte(i), and nothing is
 * written. */
static void climb_up(const struct apdu *a, struct card_answer *out)
{
    for (size_t i = 0; i < a->data_length; i++) {
        if (a->data[i] != ladder_byte(i)) {
            card_status(out, 0x6a80);
            return;
        }
    }
    card_status(out, a->has_le ? 0x6700 : 0x9000);
}

static void run_ladder(const struct apdu *a, struct card_answer *out)
{
    if (a->cla != 0x00)
        card_status(out, 0x6e00);
    else if (a->ins == 0xb0)
        climb_down(a, out);
    else if (a->ins == 0xd6)
        climb_up(a, out);
    else
        card_status(out, 0x6d00);
}

/* The issuer domain is what a secure element has selected by itself. */
static void run_default(struct card *c, const struct apdu *a, struct card_answer *out)
{
    size_t first = card_first_alive(c);
    if (first < c->handset->target_count && (c->handset->targets[first].applets & VIRTUAL_APPLET_CPLC))
        run_domain(c, a, out);
    else
        card_status(out, a->cla != 0x00 ? 0x6e00 : 0x6d00);
}

static void dispatch(struct card *c, const struct apdu *a, const uint8_t *command, size_t length,
                     struct card_answer *out)
{
    switch (c->state.application) {
    case VIRTUAL_APPLET_JPKI:
        channel_run(c, &jpki_in_channel, a, command, length, out);
        break;
    case VIRTUAL_APPLET_ARAM:
        channel_run(c, &aram_in_channel, a, command, length, out);
        break;
    case VIRTUAL_APPLET_CPLC:
        run_domain(c, a, out);
        break;
    case VIRTUAL_APPLET_LADDER:
        run_ladder(a, out);
        break;
    case VIRTUAL_APPLET_HCE_PROBE:
    case VIRTUAL_APPLET_PPSE:
        card_status(out, a->cla != 0x00 ? 0x6e00 : 0x6d00);
        break;
    default:
        run_default(c, a, out);
        break;
    }
}

void card_run(struct card *c, const uint8_t *command, size_t length, struct card_answer *out)
{
    struct apdu a;
    *out = (struct card_answer) { .bytes = out->bytes };
    if (!apdu_parse(command, length, &a)) {
        card_status(out, 0x6700);
    } else if (a.cla == 0x00 && a.ins == 0xa4 && a.p1 == 0x04) {
        out->by_name = true;
        end_session(c);
        select_by_name(c, &a, out);
    } else if (a.cla == 0x00 && a.ins == 0xa4 && a.p1 == 0x00 && a.p2 == 0x00 && a.data_length == 0) {
        card_status(out, c->state.warm ? 0x9000 : 0x6a86); /* cold cards refuse it; later it does nothing */
    } else {
        dispatch(c, &a, command, length, out);
    }
    if (out->cut)
        card_field_off(c);
    else
        c->state.warm = true;
}
