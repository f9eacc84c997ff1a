#include "drivers/emulator/handset/sim_state.h"

#include <stdio.h>
#include <string.h>

const unsigned sim_tries[SIM_USES] = { SIM_AUTHENTICATION_TRIES, SIM_SIGNATURE_TRIES };

const char *sim_name(const struct virtual_sim *sim, char out[SIM_ID_MAX])
{
    size_t length = strnlen(sim->token_label, sizeof sim->token_label);
    while (length > 0 && sim->token_label[length - 1] == ' ')
        length--;
    if (sim->id[0])
        snprintf(out, SIM_ID_MAX, "%s", sim->id);
    else
        snprintf(out, SIM_ID_MAX, "%.*s", (int)length, sim->token_label);
    return out;
}

static void set_pin(struct sim_pin *p, const char *value, unsigned tries)
{
    p->tries = tries;
    p->length = (uint32_t)strlen(value);
    memcpy(p->value, value, strlen(value));
}

void sim_state_init(struct sim_state *s, const struct virtual_sim *sim)
{
    struct sim_data *d = &s->data[0];
    memset(s, 0, sizeof *s);
    sim_name(sim, s->id);
    d->life = SIM_LIFE_PERSONALISED;
    set_pin(&d->pins[SIM_AUTHENTICATION], SIM_AUTHENTICATION_PIN, SIM_AUTHENTICATION_TRIES);
    set_pin(&d->pins[SIM_SIGNATURE], SIM_SIGNATURE_PIN, SIM_SIGNATURE_TRIES);
    for (size_t i = 0; i < SIM_USES; i++)
        d->keys[i].kind = SIM_KEY_OF_PROFILE;
    for (size_t i = 0; i < SIM_FILES; i++)
        d->files[i].of_profile = i != SIM_FILE_BINDING;
    d->rules.of_profile = true;
    atomic_store(&s->version, SIM_STATE_VERSION); /* last: half of it is none */
}

static bool data_valid(const struct sim_data *d)
{
    bool valid =
        (d->life == SIM_LIFE_SELECTABLE || d->life == SIM_LIFE_PERSONALISED || d->life == SIM_LIFE_LOCKED) &&
        d->rules.length <= SIM_RULES_MAX;
    for (size_t i = 0; i < SIM_USES; i++)
        valid = valid && d->pins[i].tries <= sim_tries[i] && d->pins[i].length <= SIM_PIN_MAX &&
                d->keys[i].length <= SIM_KEY_MAX && d->pending[i].length <= SIM_KEY_MAX;
    for (size_t i = 0; i < SIM_FILES; i++)
        valid = valid && d->files[i].length <= SIM_FILE_MAX;
    return valid;
}

bool sim_state_valid(const struct sim_state *s, const struct virtual_sim *sim)
{
    char name[SIM_ID_MAX];
    return s->version == SIM_STATE_VERSION && s->now <= 1 && data_valid(sim_now(s)) &&
           memchr(s->id, '\0', SIM_ID_MAX) && strcmp(s->id, sim_name(sim, name)) == 0;
}

const struct sim_data *sim_now(const struct sim_state *s)
{
    return &s->data[atomic_load(&s->now) & 1];
}

struct sim_data *sim_change(struct sim_state *s)
{
    uint32_t now = atomic_load(&s->now) & 1;
    s->data[!now] = s->data[now];
    s->data[!now].writes++;
    return &s->data[!now];
}

void sim_commit(struct sim_state *s)
{
    atomic_store(&s->now, !(atomic_load(&s->now) & 1));
}
