/* Handset profiles: identity as facts with their sources, and for simulated ones the parameters of the
 * phone. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Of a SIM's cryptography, where a profile is silent. */
#define SIGN_RSA_US      300000
#define SIGN_P256_US     60000
#define GENERATE_RSA_US  2000000
#define GENERATE_P256_US 80000

static void read_target(struct fields *f, const struct tree_node *n, struct virtual_target *out)
{
    struct fields t;
    unsigned value = TARGET_NONE;
    if (!fields_item(f, "targets", n, &t))
        return;
    fields_choice(&t, "target", &value);
    out->target = (enum target)value;
    fields_power_modes(&t, "power_modes", &out->power_modes);
    const struct tree_node *list = fields_list(&t, "applets");
    for (const struct tree_node *a = list ? list->first : NULL; a; a = a->next)
        if (fields_item_choice(&t, "applets", a, &value))
            out->applets |= value;
    fields_unsigned(&t, "select_us", &out->select_us);
    fields_unsigned(&t, "command_us", &out->command_us);
    fields_unsigned(&t, "per_byte_ns", &out->per_byte_ns);
    fields_real(&t, "spread", &out->spread);
    out->sign_rsa_us = SIGN_RSA_US;
    out->sign_p256_us = SIGN_P256_US;
    out->generate_rsa_us = GENERATE_RSA_US;
    out->generate_p256_us = GENERATE_P256_US;
    fields_unsigned(&t, "sign_rsa_us", &out->sign_rsa_us);
    fields_unsigned(&t, "sign_p256_us", &out->sign_p256_us);
    fields_unsigned(&t, "generate_rsa_us", &out->generate_rsa_us);
    fields_unsigned(&t, "generate_p256_us", &out->generate_p256_us);
    fields_unsigned(&t, "wtx_after_us", &out->wtx_after_us);
    fields_close(&t);
}

static void read_targets(struct fields *f, struct virtual_handset *v)
{
    const struct tree_node *list = fields_list(f, "targets");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next)
        read_target(f, n, &v->targets[v->target_count++]);
}

/* What anticollision shows: UID or PUPI, ATQA and SAK, historical bytes. */
static void read_anticollision(struct fields *f, struct virtual_handset *v)
{
    size_t length;
    unsigned technology = 0;
    fields_choice(f, "technology", &technology);
    v->technology = (char)technology;
    fields_bool(f, "random_uid", &v->random_uid);
    const struct tree_node *uid = tree_child(f->map, "uid");
    if (!v->random_uid)
        fields_ask_for(f, "uid");
    bool given = fields_hex(f, "uid", v->uid, &v->uid_length);
    if (given && v->uid_length != 4 && (technology == 'B' || (v->uid_length != 7 && v->uid_length != 10)))
        node_problem(f, uid, "uid: expected 4 bytes%s", technology == 'B' ? " (the PUPI)" : ", 7 or 10");
    if (given && v->random_uid)
        node_problem(f, uid, "uid: a random one can't be given too; leave one of both out");
    if (v->random_uid)
        v->uid_length = 4;
    if (technology == 'A') {
        fields_ask_for(f, "atqa");
        fields_ask_for(f, "sak");
    }
    fields_hex(f, "atqa", v->atqa, &length);
    fields_hex(f, "sak", &v->sak, &length);
    fields_hex(f, "historical", v->historical, &v->historical_length);
    fields_unsigned(f, "fsci", &v->fsci);
    fields_unsigned(f, "fwi", &v->fwi);
    const struct tree_node *rate = tree_child(f->map, "max_kbit_s");
    if (fields_unsigned(f, "max_kbit_s", &v->max_kbit_s) && v->max_kbit_s != 106 && v->max_kbit_s != 212 &&
        v->max_kbit_s != 424)
        node_problem(f, rate, "max_kbit_s: expected 106, 212 or 424");
}

static void read_simulation(struct fields *f, struct virtual_handset *v)
{
    struct fields s;
    if (!fields_map(f, "simulation", &s))
        return;
    read_anticollision(&s, v);
    read_targets(&s, v);
    fields_real(&s, "margin_db", &v->margin_db);
    fields_real(&s, "placement_sd_db", &v->placement_sd_db);
    fields_real(&s, "session_sd_db", &v->session_sd_db);
    fields_real(&s, "handset_session_sd_db", &v->handset_session_sd_db);
    fields_real(&s, "handset_session_spread", &v->handset_session_spread);
    fields_real(&s, "antenna_x_mm", &v->antenna_x_mm);
    fields_real(&s, "antenna_y_mm", &v->antenna_y_mm);
    faults_read(&s, false, v->faults, &v->fault_count);
    fields_close(&s);
}

/* The well-known facts also stand as fields of their own; maker and name must be there and given. */
static void copy_facts(struct fields *f, struct handset_profile *h)
{
    struct {
        const char *name;
        char **out;
        bool required;
    } known[] = { { "maker", &h->maker, true },
                  { "name", &h->name, true },
                  { "model_code", &h->model_code, false },
                  { "carrier", &h->carrier, false },
                  { "released", &h->released, false },
                  { "android", &h->android, false },
                  { "technologies", &h->technologies, false },
                  { "felica", &h->felica, false } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct survey_fact *fact = facts_find(h->facts, h->fact_count, known[i].name);
        if (fact && fact->value && !(*known[i].out = text_copy(fact->value)))
            f->problems->memory = true;
        const struct tree_node *facts = tree_child(f->map, "facts");
        if (known[i].required && facts && facts->kind == TREE_MAP && !(fact && fact->value))
            node_problem(f, facts, "facts: a handset profile needs the fact \"%s\" with a value",
                         known[i].name);
    }
}

static void read_absent_modes(struct fields *f, struct handset_profile *h)
{
    struct fields absent;
    if (!fields_map(f, "absent_modes", &absent))
        return;
    fields_power_modes(&absent, "modes", &h->absent_modes);
    fields_text(&absent, "source", &h->absent_source);
    fields_close(&absent);
}

void handset_profile_read(struct handset_profile *out, struct problems *p, const char *path,
                          const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, &handset_map))
        return;
    fields_head(&f);
    fields_id(&f, "id", &out->id);
    fields_text(&f, "source", &out->source);
    fields_text(&f, "note", &out->note);
    fields_real(&f, "share", &out->share);
    facts_read(&f, out->source, &out->facts, &out->fact_count);
    copy_facts(&f, out);
    read_absent_modes(&f, out);
    const struct tree_node *simulation = tree_child(root, "simulation");
    profile_check_simulated(&f, out->id, simulation);
    out->simulated = simulation != NULL;
    if (simulation)
        read_simulation(&f, &out->simulation);
    fields_close(&f);
}

void handset_profile_clear(struct handset_profile *h)
{
    char *texts[] = { h->id,      h->maker,  h->name,         h->model_code, h->carrier, h->released,
                      h->android, h->felica, h->technologies, h->source,     h->note,    h->absent_source };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    facts_free(h->facts, h->fact_count);
    memset(h, 0, sizeof *h);
}
