/*
 * Hostile terminals for the virtual sim: commands as they come, commands through a secure channel with the right keys, the field off
 * in between, and the power gone at a write. An input begins with that write (0: never); then records: a length, how it is sent
 * (1 through the channel, 2 the field goes off before, 4 a channel is opened before), then that many bytes. Whatever comes: an answer
 * has a status word, and what the sim keeps is whole.
 */
#include "drivers/emulator/handset/applets.h"
#include "harness/card/channel_keys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const struct virtual_handset phone = {
    .technology = 'B',
    .targets = { { .target = TARGET_UICC, .power_modes = ~0u, .applets = ~0u } },
    .target_count = 1,
};
static const struct virtual_sim sim = { .id = "FUZZ", .token_label = "JPKIAPGPSETOKEN" };

struct terminal {
    struct sim_state state;
    struct card card;
    struct scp03 host;
    uint8_t bytes[APDU_RESPONSE_MAX];
    size_t length;
};

static void check_state(const struct sim_state *s)
{
    must(sim_state_valid(s, &sim));
    const struct sim_data *d = sim_now(s);
    for (size_t i = 0; i < SIM_FILES; i++) {
        const struct sim_content *f = &d->files[i];
        if (i != SIM_FILE_AVAILABILITY && i != SIM_FILE_BINDING && f->length > 0)
            must(f->bytes[0] == 0x30 && ((size_t)f->bytes[2] << 8 | f->bytes[3]) + 4 == f->length);
    }
    must(d->files[SIM_FILE_BINDING].length == 0 || d->files[SIM_FILE_BINDING].length == SIM_BINDING);
}

static unsigned run(struct terminal *t, const uint8_t *command, size_t length)
{
    struct card_answer answer = { .bytes = t->bytes };
    card_run(&t->card, command, length, &answer);
    must(answer.cut ? answer.length == 0 : answer.length >= 2 && answer.length <= APDU_RESPONSE_MAX);
    check_state(&t->state);
    t->length = answer.cut ? 0 : answer.length - 2;
    return answer.cut ? 0 : apdu_status_word(answer.bytes, answer.length);
}

static void open_channel(struct terminal *t, uint8_t level)
{
    static const uint8_t challenge[16], select[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                                     0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
    uint8_t command[SCP03_AUTHENTICATE];
    struct scp03_keys keys;
    if (run(t, select, sizeof select) == 0 ||
        run(t, command, scp03_initialize(&t->host, 8, CHANNEL_KEYS_VERSION, challenge, command)) != 0x9000 ||
        !channel_keys_virtual(t->bytes, &keys) || !scp03_card_is_true(&t->host, &keys, t->bytes, t->length))
        return;
    size_t n = scp03_authenticate(&t->host, level, command);
    if (n > 0 && run(t, command, n) == 0x9000)
        scp03_opened(&t->host);
}

static void send(struct terminal *t, const uint8_t *command, size_t length, bool secure)
{
    uint8_t wire[SCP03_WIRE_MAX];
    size_t n = secure ? scp03_wrap(&t->host, command, length, wire) : 0;
    unsigned sw = n > 0 ? run(t, wire, n) : run(t, command, length);
    if (n > 0 && sw != 0) /* what came under the right keys is answered under them */
        must(scp03_unwrap(&t->host, t->bytes, &t->length, (uint16_t)sw) || sw == 0x6982);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct terminal t;
    if (size == 0)
        return 0;
    sim_state_init(&t.state, &sim);
    t.card =
        (struct card) { .handset = &phone, .sim = &sim, .power_mode = POWER_ON_UNLOCKED, .store = &t.state };
    t.card.cut = (struct power_cut) { data[0] >> 1, data[0] & 1 };
    scp03_close(&t.host);
    for (data++, size--; size >= 2;) {
        size_t length = data[0] < size - 2 ? data[0] : size - 2;
        unsigned how = data[1];
        uint8_t *command = malloc(length ? length : 1); /* of its exact size: reading past it shows */
        must(command != NULL);
        memcpy(command, data + 2, length);
        data += 2 + length;
        size -= 2 + length;
        if (how & 2)
            card_field_off(&t.card);
        if (how & 4)
            open_channel(&t, how & 8 ? 0x33 : 0x01);
        /* an RSA key takes a second each */
        if (!(length > 4 && command[1] == 0x47 && memchr(command, 0x02, length) == NULL))
            send(&t, command, length, how & 1);
        free(command);
    }
    card_free(&t.card);
    return 0;
}
