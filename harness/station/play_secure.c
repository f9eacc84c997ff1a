/* The secure channel of a script, and the PINs that it enters: drivers/secure.h holds the keys, this only asks for it. */
#include "drivers/secure.h"
#include "harness/station/play.h"

#include <string.h>

#define CLA_SECURE            0x84
#define EXTERNAL_AUTHENTICATE 0x82

/* Its two exchanges are written down as one, by the second's header: nothing else of them is anybody's. */
static void tell_channel(struct play *p, unsigned number, const struct driver_secure *s)
{
    const uint8_t header[4] = { CLA_SECURE, EXTERNAL_AUTHENTICATE, (uint8_t)s->level, 0x00 };
    struct transaction_exchange seen = { .step = number,
                                         .us = (s->ended_ns - s->started_ns) / 1000,
                                         .sw = s->sw,
                                         .command = header,
                                         .command_length = sizeof header,
                                         .response = p->response,
                                         .before = p->reader->guard,
                                         .clear = SIZE_MAX };
    p->out->exchanges++;
    if (p->watch && p->watch->exchange)
        p->watch->exchange(p->watch->context, &seen);
}

int play_secure(struct play *p, const struct script_step *step, unsigned number)
{
    struct driver_fault fault = { 0 };
    struct err e = { 0 };
    const struct target_access *access = p->setup->access;
    if (!access)
        return play_end(p, OUTCOME_INVALID, STAGE_SETUP, CAUSE(29), said_alone(SAID_NO_CHANNEL_KEYS));
    struct driver_secure s = {
        .keys = &access->keys, .level = step->level, .s = step->s, .deadline_ms = p->setup->deadline_ms
    };
    play_tell_before(p, STAGE_EXCHANGE, 2 * s.deadline_ms);
    int status = driver_secure(p->reader, &s, &fault, &e);
    play_tell_after(p);
    if (status == ERR_REFUSED)
        return play_end_fault(p, STAGE_SETUP, &fault, status, &e);
    p->out->ended_ns = s.ended_ns;
    p->answered[number - 1] = s.sw;
    trial_report_add_us(p->out, step->stage, (s.ended_ns - s.started_ns) / 1000);
    tell_channel(p, number, &s);
    if (status != 0)
        return play_end_fault(p, STAGE_EXCHANGE, &fault, status, &e);
    if (!said_nothing(&s.why))
        return play_end(p, OUTCOME_FAIL, STAGE_EXCHANGE, CAUSE(23) | CAUSE(24), s.why);
    return 0;
}

int play_enter(struct play *p, const struct script_step *step)
{
    struct script_variable *v = &p->variables[step->pin.variable];
    const struct pin *pin = pins_of(p->setup->access ? p->setup->access->pins : NULL, step->pin.kind);
    if (!pin)
        return play_end(p, OUTCOME_INVALID, STAGE_SETUP, CAUSE(29),
                        SAY(SAID_NO_PIN, pin_kind_text(step->pin.kind)));
    memcpy(v->bytes, pin->bytes, pin->length);
    v->length = pin->length;
    v->given = v->secret = true;
    return 0;
}

/* No PIN stays behind a transaction. */
void play_forget_pins(struct play *p)
{
    for (size_t i = 1; i < p->setup->script->variable_count; i++)
        if (p->variables[i].secret)
            explicit_bzero(p->variables[i].bytes, sizeof p->variables[i].bytes);
    explicit_bzero(p->command, p->command_length);
}
