/* What the JPKI-like application does with a command: to whom it goes, and what a locked one still does. */
#include "drivers/emulator/handset/jpki.h"

#include "drivers/emulator/handset/jpki_commands.h"

typedef void command_fn(struct card *c, const struct apdu *a, struct card_answer *out);

static void answer_get_data(struct card *c, const struct apdu *a, struct card_answer *out)
{
    (void)c;
    jpki_get_data(a, out);
}

/* Selected, proven, asked for its state, unlocked: all that a locked one does. */
static bool runs_while_locked(const struct card *c, const struct apdu *a)
{
    switch (a->ins) {
    case 0xa4:
    case 0x88:
        return a->cla == 0x00;
    case 0xb0:
        return a->cla == 0x00 && !(a->p1 & 0x80) &&
               (c->state.file == FILE_FACTORY_CERTIFICATE || c->state.file == FILE_STATE);
    case 0xf0:
        return a->cla == 0x80;
    default:
        return false;
    }
}

static command_fn *command_of(uint8_t ins)
{
    static const struct {
        uint8_t ins;
        command_fn *run;
    } commands[] = {
        { 0x20, jpki_verify },        { 0x22, jpki_set_environment }, { 0x24, jpki_change_pin },
        { 0x2a, jpki_sign_hash },     { 0x2c, jpki_reset_pin },       { 0x44, jpki_activate_file },
        { 0x47, jpki_generate },      { 0x84, jpki_get_challenge },   { 0x88, jpki_internal_authenticate },
        { 0xa4, jpki_select_file },   { 0xb0, jpki_read_binary },     { 0xca, answer_get_data },
        { 0xd6, jpki_update_binary }, { 0xe4, jpki_delete },
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].ins == ins)
            return commands[i].run;
    }
    return NULL;
}

static void run(struct card *c, const struct apdu *a, struct card_answer *out)
{
    command_fn *command = a->cla == 0x00 ? command_of(a->ins) : NULL;
    if (sim_now(c->store)->life == SIM_LIFE_LOCKED && !runs_while_locked(c, a))
        card_status(out, 0x6985);
    else if (a->cla == 0x80 && a->ins == 0xf0)
        jpki_set_status(c, a, out);
    else if (a->cla == 0x80)
        jpki_compute_signature(c, a, out);
    else if (a->cla != 0x00)
        card_status(out, 0x6e00);
    else if (command)
        command(c, a, out);
    else
        card_status(out, 0x6d00);
}

const struct channel_application jpki_in_channel = {
    .aid = { 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 }, .aid_length = 10, .run = run
};

void jpki_selected(const struct card *c, struct card_answer *out)
{
    if (sim_now(c->store)->life == SIM_LIFE_LOCKED && apdu_status_word(out->bytes, out->length) == 0x9000)
        card_end(out, out->length - 2, 0x6283);
}
