/* Handset profiles: identity as facts with their sources, and for simulated ones the parameters of the
 * phone. */
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct fields_choice targets[] = {
    { "uicc", TARGET_UICC }, { "ese", TARGET_ESE }, { "hce", TARGET_HCE }, { NULL, 0 }
};

static const struct fields_choice applets[] = {
    { "jpki", VIRTUAL_APPLET_JPKI },     { "hce-probe", VIRTUAL_APPLET_HCE_PROBE },
    { "cplc", VIRTUAL_APPLET_CPLC },     { "ppse", VIRTUAL_APPLET_PPSE },
    { "ladder", VIRTUAL_APPLET_LADDER }, { NULL, 0 }
};

static void read_target(struct fields *f, const struct tree_node *n, struct virtual_target *out)
{
    struct fields t;
    unsigned value = TARGET_NONE;
    if (!fields_open(&t, f->problems, f->path, n, "a target"))
        return;
    fields_choice(&t, "target", FIELD_REQUIRED, targets, &value);
    out->target = (enum target)value;
    fields_power_modes(&t, "power_modes", FIELD_REQUIRED, &out->power_modes);
    const struct tree_node *list = fields_list(&t, "applets", FIELD_REQUIRED);
    for (const struct tree_node *a = list ? list->first : NULL; a; a = a->next)
        if (node_choice(&t, a, applets, &value))
            out->applets |= value;
    fields_unsigned(&t, "select_us", FIELD_REQUIRED, 0, 60000000, &out->select_us);
    fields_unsigned(&t, "command_us", FIELD_REQUIRED, 0, 60000000, &out->command_us);
    fields_unsigned(&t, "per_byte_ns", FIELD_REQUIRED, 0, 10000000, &out->per_byte_ns);
    fields_real(&t, "spread", FIELD_REQUIRED, 0, 2, &out->spread);
    fields_unsigned(&t, "wtx_after_us", FIELD_OPTIONAL, 0, 60000000, &out->wtx_after_us);
    fields_close(&t);
}

static void read_targets(struct fields *f, struct virtual_handset *v)
{
    enum { MOST = sizeof v->targets / sizeof *v->targets };
    const struct tree_node *list = fields_list(f, "targets", FIELD_REQUIRED);
    if (!list)
        return;
    if (list->count < 1 || list->count > MOST) {
        node_problem(f, list, "targets: expected one to %d, found %zu", MOST, list->count);
        return;
    }
    for (const struct tree_node *n = list->first; n; n = n->next)
        read_target(f, n, &v->targets[v->target_count++]);
}

/* What anticollision shows: UID or PUPI, ATQA and SAK, historical bytes. */
static void read_anticollision(struct fields *f, struct virtual_handset *v)
{
    static const struct fields_choice technologies[] = { { "A", 'A' }, { "B", 'B' }, { NULL, 0 } };
    size_t length;
    unsigned technology = 0;
    fields_choice(f, "technology", FIELD_REQUIRED, technologies, &technology);
    v->technology = (char)technology;
    fields_bool(f, "random_uid", FIELD_OPTIONAL, &v->random_uid);
    const struct tree_node *uid = tree_child(f->map, "uid");
    bool given =
        fields_hex(f, "uid", v->random_uid ? FIELD_OPTIONAL : FIELD_REQUIRED, 4, 10, v->uid, &v->uid_length);
    if (given && v->uid_length != 4 && (technology == 'B' || (v->uid_length != 7 && v->uid_length != 10)))
        node_problem(f, uid, "uid: expected 4 bytes%s", technology == 'B' ? " (the PUPI)" : ", 7 or 10");
    if (given && v->random_uid)
        node_problem(f, uid, "uid: a random one can't be given too; leave one of both out");
    if (v->random_uid)
        v->uid_length = 4;
    enum fields_need need = technology == 'A' ? FIELD_REQUIRED : FIELD_OPTIONAL;
    fields_hex(f, "atqa", need, 2, 2, v->atqa, &length);
    fields_hex(f, "sak", need, 1, 1, &v->sak, &length);
    fields_hex(f, "historical", FIELD_OPTIONAL, 0, sizeof v->historical, v->historical,
               &v->historical_length);
    fields_unsigned(f, "fsci", FIELD_REQUIRED, 0, 8, &v->fsci);
    fields_unsigned(f, "fwi", FIELD_REQUIRED, 0, 14, &v->fwi);
    const struct tree_node *rate = tree_child(f->map, "max_kbit_s");
    if (fields_unsigned(f, "max_kbit_s", FIELD_REQUIRED, 106, 424, &v->max_kbit_s) && v->max_kbit_s != 106 &&
        v->max_kbit_s != 212 && v->max_kbit_s != 424)
        node_problem(f, rate, "max_kbit_s: expected 106, 212 or 424");
}

static void read_simulation(struct fields *f, const struct tree_node *n, struct virtual_handset *v)
{
    struct fields s;
    if (!fields_open(&s, f->problems, f->path, n, "a handset's simulation"))
        return;
    read_anticollision(&s, v);
    read_targets(&s, v);
    fields_real(&s, "margin_db", FIELD_REQUIRED, -60, 60, &v->margin_db);
    fields_real(&s, "placement_sd_db", FIELD_REQUIRED, 0, 30, &v->placement_sd_db);
    fields_real(&s, "session_sd_db", FIELD_REQUIRED, 0, 30, &v->session_sd_db);
    fields_real(&s, "handset_session_sd_db", FIELD_OPTIONAL, 0, 30, &v->handset_session_sd_db);
    fields_real(&s, "handset_session_spread", FIELD_OPTIONAL, 0, 2, &v->handset_session_spread);
    fields_real(&s, "antenna_x_mm", FIELD_OPTIONAL, -200, 200, &v->antenna_x_mm);
    fields_real(&s, "antenna_y_mm", FIELD_OPTIONAL, -200, 200, &v->antenna_y_mm);
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
    const struct tree_node *n = fields_find(f, "absent_modes", FIELD_OPTIONAL);
    if (!n || !fields_open(&absent, f->problems, f->path, n, "absent_modes"))
        return;
    fields_power_modes(&absent, "modes", FIELD_REQUIRED, &h->absent_modes);
    fields_long_text(&absent, "source", FIELD_REQUIRED, &h->absent_source);
    fields_close(&absent);
}

void handset_profile_read(struct handset_profile *out, struct problems *p, const char *path,
                          const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, "a handset profile"))
        return;
    fields_head(&f, "handset");
    fields_id(&f, "id", FIELD_REQUIRED, &out->id);
    fields_long_text(&f, "source", FIELD_REQUIRED, &out->source);
    fields_long_text(&f, "note", FIELD_OPTIONAL, &out->note);
    fields_real(&f, "share", FIELD_OPTIONAL, 0, 1, &out->share);
    facts_read(&f, "facts", FIELD_REQUIRED, out->source, &out->facts, &out->fact_count);
    copy_facts(&f, out);
    read_absent_modes(&f, out);
    const struct tree_node *simulation = fields_find(&f, "simulation", FIELD_OPTIONAL);
    profile_check_simulated(&f, out->id, simulation);
    out->simulated = simulation != NULL;
    if (simulation)
        read_simulation(&f, simulation, &out->simulation);
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
