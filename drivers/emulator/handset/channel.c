#include "drivers/emulator/handset/channel.h"

#include "drivers/emulator/handset/applets.h"
#include "harness/card/channel_keys.h"

#include <openssl/evp.h>
#include <string.h>

#define SEQUENCE_END 0xffffff
#define INITIALIZE   0x50
#define AUTHENTICATE 0x82
#define SECURE       0x0c /* bits of CLA */

void channel_end(struct channel *ch)
{
    scp03_close(&ch->session);
    ch->refuses = false;
}

bool channel_open(const struct card *c)
{
    return c->channel.session.open && (c->channel.session.level & SCP03_C_MAC) != 0;
}

/* What tells the sim's keys from every other's. */
static bool diversify(const struct card *c, uint8_t out[CHANNEL_KEYS_DIVERSIFIED])
{
    uint8_t digest[32];
    if (EVP_Digest(c->store->id, strlen(c->store->id), digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    memcpy(out, digest, CHANNEL_KEYS_DIVERSIFIED);
    return true;
}

static void initialize(struct card *c, const struct channel_application *app, const uint8_t *command,
                       size_t length, struct card_answer *out)
{
    uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED];
    struct scp03_keys keys;
    struct channel *ch = &c->channel;
    channel_end(ch);
    if (sim_now(c->store)->sequence >= SEQUENCE_END) {
        card_status(out, 0x6985);
        return;
    }
    bool ready = diversify(c, diversification) && channel_keys_virtual(diversification, &keys);
    size_t n =
        ready ? scp03_answer_initialize(&ch->session, &keys, diversification, sim_now(c->store)->sequence + 1,
                                        app->aid, app->aid_length, command, length, out->bytes)
              : 0;
    channel_keys_wipe(&keys);
    if (n == 0) {
        card_status(out, !ready                                                  ? 0x6f00
                         : command[2] == 0 || command[2] == CHANNEL_KEYS_VERSION ? 0x6700
                                                                                 : 0x6a88);
        return;
    }
    sim_change(c->store)->sequence++;
    if (!card_commit(c, out))
        return;
    out->length = n;
    card_end(out, n, 0x9000);
}

static void authenticate(struct card *c, const uint8_t *command, size_t length, struct card_answer *out)
{
    if (c->channel.session.s == 0 || c->channel.session.open)
        card_status(out, 0x6985);
    else
        card_status(out, scp03_host_is_true(&c->channel.session, command, length) ? 0x9000 : 0x6300);
}

static void run_protected(struct card *c, const struct channel_application *app, const uint8_t *command,
                          size_t length, struct card_answer *out)
{
    uint8_t plain[SCP03_WIRE_MAX];
    size_t n = 0;
    struct apdu a;
    if (length > sizeof plain || !scp03_accept(&c->channel.session, command, length, plain, &n) ||
        !apdu_parse(plain, n, &a)) {
        scp03_close(&c->channel.session);
        c->channel.refuses = true;
        c->shadow.file = 0;
        card_status(out, SCP03_SECURITY_ERROR);
        return;
    }
    out->room = scp03_answer_room(&c->channel.session);
    app->run(c, &a, out);
    if (out->cut)
        return;
    uint16_t sw = apdu_status_word(out->bytes, out->length);
    card_end(out, scp03_protect(&c->channel.session, out->bytes, out->length - 2, sw), sw);
}

void channel_run(struct card *c, const struct channel_application *app, const struct apdu *a,
                 const uint8_t *command, size_t length, struct card_answer *out)
{
    struct scp03 *session = &c->channel.session;
    if (a->cla == 0x80 && a->ins == INITIALIZE) {
        initialize(c, app, command, length, out);
        return;
    }
    if (c->channel.refuses) {
        card_status(out, SCP03_SECURITY_ERROR);
        return;
    }
    if (a->cla == 0x84 && a->ins == AUTHENTICATE) {
        authenticate(c, command, length, out);
        return;
    }
    if (!session->open)
        scp03_close(session); /* nothing may come between the two that open it */
    if (channel_open(c))
        run_protected(c, app, command, length, out);
    else if (a->cla & SECURE)
        card_status(out, 0x6882);
    else
        app->run(c, a, out);
}
