#include "drivers/secure.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

void driver_secure_end(struct driver_reader *r)
{
    scp03_close(&r->channel);
    r->channel_lost = false;
}

bool driver_is_secure(const struct driver_reader *r)
{
    return r->channel.open;
}

static void lose(struct driver_reader *r)
{
    scp03_close(&r->channel);
    r->channel_lost = true;
}

static bool is_select_by_name(const struct driver_exchange *x)
{
    return x->command_length > 4 && x->command[0] == 0x00 && x->command[1] == 0xA4 && x->command[2] == 0x04;
}

/* The answer's protection is taken off in place. */
static int take_off(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    uint16_t sw = apdu_status_word(x->response, x->response_length);
    size_t length = x->response_length >= 2 ? x->response_length - 2 : 0;
    bool good = x->response_length >= 2 && scp03_unwrap(&r->channel, x->response, &length, sw);
    if (sw == SCP03_SECURITY_ERROR || !good)
        lose(r);
    if (!good) {
        *fault = (struct driver_fault) { .stage = STAGE_EXCHANGE, .causes = CAUSE(13), .depth = DEPTH_PCSC };
        x->response_length = 0;
        return err_set(e, ERR_CARD, "secure channel",
                       "an answer in the secure channel is not the target's: the channel is closed");
    }
    x->response[length] = (uint8_t)(sw >> 8);
    x->response[length + 1] = (uint8_t)sw;
    x->response_length = length + 2;
    return 0;
}

static int exchange_in_channel(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                               struct err *e)
{
    uint8_t wire[SCP03_WIRE_MAX];
    struct driver_exchange protected = *x;
    struct scp03 kept = r->channel; /* a command that doesn't fit was not sent, and leaves it open */
    size_t room = scp03_command_room(&r->channel);
    protected.command = wire;
    protected.command_length = scp03_wrap(&r->channel, x->command, x->command_length, wire);
    if (protected.command_length == 0) {
        r->channel = kept;
        scp03_close(&kept);
        return err_set(e, ERR_REFUSED, "secure channel",
                       "this command doesn't fit: in this channel at most %zu bytes of data, in short form",
                       room);
    }
    scp03_close(&kept);
    int status = r->ops->exchange(r, &protected, fault, e);
    x->response_length = protected.response_length;
    x->started_ns = protected.started_ns;
    x->ended_ns = protected.ended_ns;
    if (status != 0) {
        if (status != ERR_UNSUPPORTED)
            lose(r);
        return status;
    }
    return take_off(r, x, fault, e);
}

int driver_exchange_secured(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                            struct err *e)
{
    if (is_select_by_name(x))
        driver_secure_end(r);
    if (x->command[0] == 0xFF) /* for the reader itself */
        return r->ops->exchange(r, x, fault, e);
    if (r->channel_lost)
        return err_set(e, ERR_REFUSED, "secure channel",
                       "it was closed by an error, and nothing more goes to this target in clear: select the "
                       "application anew");
    return r->channel.open ? exchange_in_channel(r, x, fault, e) : r->ops->exchange(r, x, fault, e);
}

/* ---- to open it ---- */

static int send(struct driver_reader *r, struct driver_secure *s, const uint8_t *command, size_t length,
                uint8_t *response, size_t capacity, size_t *got, struct driver_fault *fault, struct err *e)
{
    struct driver_exchange x = { .command = command,
                                 .command_length = length,
                                 .response = response,
                                 .response_capacity = capacity,
                                 .deadline_ms = s->deadline_ms };
    int status = r->ops->exchange(r, &x, fault, e);
    *got = status == 0 ? x.response_length : 0;
    s->sw = apdu_status_word(response, *got);
    s->exchanges++;
    s->started_ns = s->exchanges == 1 ? x.started_ns : s->started_ns;
    s->ended_ns = x.ended_ns;
    r->answered_ns = driver_now_ns(r);
    if (status != 0)
        guard_reset(&r->guard); /* no answer: what is selected is not known */
    return status;
}

static struct said refused(const struct driver_secure *s)
{
    char hex[8];
    snprintf(hex, sizeof hex, "%04X", s->sw);
    return SAY(SAID_CHANNEL_REFUSED, hex);
}

/* INITIALIZE UPDATE, and whether the target has these keys. */
static int initialize(struct driver_reader *r, struct driver_secure *s, struct driver_fault *fault,
                      struct err *e)
{
    uint8_t challenge[16], command[SCP03_INITIALIZE], answer[SCP03_INITIALIZED + 2];
    struct scp03_keys keys = { .length = 0 };
    size_t got = 0;
    if (getrandom(challenge, sizeof challenge, 0) != sizeof challenge)
        return err_set(e, ERR_ENVIRONMENT, "secure channel", "the system gives no random bytes");
    size_t length = scp03_initialize(&r->channel, s->s, s->keys->given.version, challenge, command);
    int status = send(r, s, command, length, answer, sizeof answer, &got, fault, e);
    if (status != 0)
        return status;
    if (s->sw != 0x9000 || got < CHANNEL_KEYS_DIVERSIFIED + 2) {
        s->why = refused(s);
    } else if (!s->stranger && (!channel_keys_of(s->keys, answer, &keys) ||
                                !scp03_card_is_true(&r->channel, &keys, answer, got - 2))) {
        s->why = said_alone(SAID_CHANNEL_KEYS_WRONG);
        r->keys_refused = true;
        memcpy(r->keys_refused_by, r->target, sizeof r->target);
    }
    channel_keys_wipe(&keys);
    return 0;
}

static int authenticate(struct driver_reader *r, struct driver_secure *s, struct driver_fault *fault,
                        struct err *e)
{
    uint8_t command[SCP03_AUTHENTICATE], answer[32];
    size_t got = 0, length = 5 + 2 * (size_t)s->s;
    if (!s->stranger) {
        length = scp03_authenticate(&r->channel, s->level, command);
    } else {
        const uint8_t header[] = { 0x84, 0x82, (uint8_t)s->level, 0x00, (uint8_t)(2 * s->s) };
        memcpy(command, header, sizeof header);
        if (getrandom(command + 5, 2 * (size_t)s->s, 0) != 2 * (ssize_t)s->s)
            return err_set(e, ERR_ENVIRONMENT, "secure channel", "the system gives no random bytes");
    }
    if (length == 0)
        return err_set(e, ERR_INPUT, "secure channel", "there is no level %02x", s->level);
    int status = send(r, s, command, length, answer, sizeof answer, &got, fault, e);
    if (status != 0)
        return status;
    if (s->stranger || s->sw != 0x9000)
        s->why = refused(s);
    else
        scp03_opened(&r->channel);
    return 0;
}

static int may_open(const struct driver_reader *r, const struct driver_secure *s, struct err *e)
{
    int status = guard_check_channel(&r->guard, e);
    if (status != 0)
        return status;
    if (s->stranger && !(r->guard.permit.allowed & GUARD_ALLOW_BLOCK))
        return err_set(e, ERR_REFUSED, "secure channel",
                       "a wrong terminal may use up the tries of a channel key: it lacks `--allow block`");
    if (!s->stranger && r->keys_refused && memcmp(r->keys_refused_by, r->target, sizeof r->target) == 0)
        return err_set(
            e, ERR_REFUSED, "secure channel",
            "this target did not have these channel keys; there is no second try (--channel-keys)");
    return 0;
}

int driver_secure(struct driver_reader *r, struct driver_secure *s, struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    s->why = said_words("");
    s->sw = 0;
    s->exchanges = 0;
    s->s = s->s ? s->s : 8;
    s->started_ns = s->ended_ns = 0;
    driver_expire_proof(r);
    int status = may_open(r, s, e);
    if (status != 0)
        return status;
    driver_secure_end(r);
    status = initialize(r, s, fault, e);
    if (status == 0 && said_nothing(&s->why))
        status = authenticate(r, s, fault, e);
    if (!r->channel.open)
        scp03_close(&r->channel);
    return status;
}
