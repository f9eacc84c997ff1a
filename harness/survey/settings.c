/* How a survey is run: its scheme, sessions, hands, order and the times that the plan's cost is made of. */
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

/* verdict/ has the same presets for its own callers, but may not be used here: a test holds them together. */
static const struct {
    const char *name;
    double q0, q1;
    unsigned n_max;
} presets[] = { { "screen", 0.02, 0.20, 45 }, { "standard", 0.02, 0.10, 90 }, { "strict", 0.01, 0.05, 180 } };

#define PRESETS      (sizeof presets / sizeof *presets)
#define PRESET_ALPHA 0.005
#define PRESET_BETA  0.05
#define SCHEME_NAME  15   /* bytes, as verdict/ keeps it */
#define SCHEME_LEAST 3    /* no verdict before the third placement */
#define SCHEME_MOST  2000 /* placements of a cell */

/* Repeats in a placement cost less the shorter a transaction is: sqrt(12 s / 0.7 s * (1 - ICC) / ICC) is 8.3
 * at an intraclass correlation of 0.2. */
#define K_USUAL      10
#define K_SLOW       5
#define SLOW_ABOVE_S 1.5

#define HANDS_LIMIT_S 120 /* a robot that takes longer hangs */

static bool take_preset(struct survey_reading *r, struct fields *f, const struct tree_node *n)
{
    struct survey_scheme *scheme = &r->survey->scheme;
    struct fields_choice names[PRESETS + 1] = { 0 };
    unsigned chosen;
    for (unsigned i = 0; i < PRESETS; i++)
        names[i] = (struct fields_choice) { presets[i].name, i };
    if (!node_choice(f, n, names, &chosen))
        return false;
    *scheme = (struct survey_scheme) { .name = text_copy(presets[chosen].name),
                                       .q0 = presets[chosen].q0,
                                       .q1 = presets[chosen].q1,
                                       .alpha = PRESET_ALPHA,
                                       .beta = PRESET_BETA,
                                       .n_max = presets[chosen].n_max };
    if (!scheme->name)
        f->problems->memory = true;
    return true;
}

static void check_scheme(struct fields *f, const struct survey_scheme *s)
{
    if (s->q0 > 0 && s->q1 > 0 && s->q0 >= s->q1)
        node_problem(f, f->map, "scheme: q0 (clean enough) is %g: expected less than q1 (too dirty), %g",
                     s->q0, s->q1);
}

/* A mapping: a preset with changes, or all of it. Changed in more than k, a preset's name would mislead. */
static void read_own_scheme(struct survey_reading *r, const struct tree_node *n)
{
    struct survey_scheme *s = &r->survey->scheme;
    struct fields f;
    if (!fields_open(&f, r->f->problems, r->f->path, n, "a scheme"))
        return;
    const struct tree_node *preset = fields_find(&f, "preset", FIELD_OPTIONAL);
    bool based = preset && take_preset(r, &f, preset);
    enum fields_need need = preset ? FIELD_OPTIONAL : FIELD_REQUIRED;
    bool own = !based;
    own |= fields_real(&f, "q0", need, 0.0001, 0.9, &s->q0);
    own |= fields_real(&f, "q1", need, 0.0002, 0.99, &s->q1);
    own |= fields_real(&f, "alpha", need, 0.000001, 0.499, &s->alpha);
    own |= fields_real(&f, "beta", need, 0.000001, 0.499, &s->beta);
    own |= fields_unsigned(&f, "n_max", need, SCHEME_LEAST, SCHEME_MOST, &s->n_max);
    fields_unsigned(&f, "k", FIELD_OPTIONAL, 1, 100, &s->k);
    const struct tree_node *name = fields_find(&f, "name", FIELD_OPTIONAL);
    if (own || name) {
        free(s->name);
        if (!(s->name = text_copy("own")))
            f.problems->memory = true;
    }
    if (name)
        node_text(&f, name, SCHEME_NAME, &s->name);
    check_scheme(&f, s);
    fields_close(&f);
}

static void read_scheme(struct survey_reading *r)
{
    const struct tree_node *n = fields_find(r->f, "scheme", FIELD_REQUIRED);
    if (n && n->kind == TREE_MAP)
        read_own_scheme(r, n);
    else if (n)
        take_preset(r, r->f, n);
}

static void take_argument(struct survey_reading *r, struct fields *f, const struct tree_node *n,
                          enum hands_kind hands)
{
    if (n && node_text(f, n, FIELDS_LONG_MAX, &r->survey->hands_argument))
        r->survey->hands = hands;
}

static void read_hands(struct survey_reading *r)
{
    static const struct fields_choice plain[] = { { "sim", HANDS_SIM },
                                                  { "person", HANDS_PERSON },
                                                  { NULL, 0 } };
    struct survey *s = r->survey;
    struct fields f;
    unsigned hands = HANDS_NONE;
    const struct tree_node *n = fields_find(r->f, "hands", FIELD_REQUIRED);
    if (!n)
        return;
    if (n->kind == TREE_SCALAR) {
        if (node_choice(r->f, n, plain, &hands))
            s->hands = (enum hands_kind)hands;
        return;
    }
    if (!fields_open(&f, r->f->problems, r->f->path, n, "hands"))
        return;
    const struct tree_node *command = fields_find(&f, "command", FIELD_OPTIONAL);
    const struct tree_node *testbed = fields_find(&f, "testbed", FIELD_OPTIONAL);
    s->hands_limit_s = HANDS_LIMIT_S;
    if (command) {
        fields_real(&f, "limit_s", FIELD_OPTIONAL, 1, 86400, &s->hands_limit_s);
        fields_unsigned(&f, "retries", FIELD_OPTIONAL, 0, 100, &s->hands_retries);
    }
    fields_close(&f);
    if (!command == !testbed)
        node_problem(r->f, n,
                     "hands: expected sim, person, {command: a command line} or {testbed: a socket}");
    else
        take_argument(r, &f, command ? command : testbed, command ? HANDS_COMMAND : HANDS_TESTBED);
}

/* Asset tags are asked for where a person takes the phones; `off` there is a choice of the survey's. */
static void read_identity(struct survey_reading *r)
{
    static const struct fields_choice ways[] = {
        { "scan", IDENTITY_SCAN }, { "confirm", IDENTITY_CONFIRM }, { "off", IDENTITY_OFF }, { NULL, 0 }
    };
    static const struct fields_choice arrivals[] = { { "ask", 0 }, { "start", 1 }, { NULL, 0 } };
    struct survey *s = r->survey;
    unsigned identity = s->hands == HANDS_PERSON ? IDENTITY_SCAN : IDENTITY_OFF, starts = 0;
    fields_choice(r->f, "identity", FIELD_OPTIONAL, ways, &identity);
    fields_choice(r->f, "arrival", FIELD_OPTIONAL, arrivals, &starts);
    if (s->hands != HANDS_PERSON && s->hands != HANDS_NONE && (identity != IDENTITY_OFF || starts))
        node_problem(r->f, tree_child(r->f->map, identity != IDENTITY_OFF ? "identity" : "arrival"),
                     "%s: goes with hands: person only", identity != IDENTITY_OFF ? "identity" : "arrival");
    s->identity = (enum identity)identity;
    s->arrival_starts = starts != 0;
}

static void read_order(struct survey_reading *r)
{
    static const struct fields_choice units[] = { { "handset", 1 }, { "reader", 0 }, { NULL, 0 } };
    struct fields f;
    unsigned handset = 1;
    const struct tree_node *n = fields_find(r->f, "order", FIELD_OPTIONAL);
    if (n && fields_open(&f, r->f->problems, r->f->path, n, "order")) {
        fields_choice(&f, "outermost", FIELD_REQUIRED, units, &handset);
        fields_close(&f);
    }
    r->survey->handset_outermost = handset != 0;
}

/* The list is what the criteria make of the cells, so there is none without. */
static void read_decide(struct survey_reading *r)
{
    static const struct fields_choice choices[] = { { "matrix", DECIDE_MATRIX },
                                                    { "list", DECIDE_LIST },
                                                    { NULL, 0 } };
    unsigned decide = DECIDE_MATRIX;
    const struct tree_node *n = tree_child(r->f->map, "decide");
    if (fields_choice(r->f, "decide", FIELD_OPTIONAL, choices, &decide) && decide == DECIDE_LIST &&
        !tree_child(r->f->map, "criteria"))
        node_problem(r->f, n, "decide: list needs the key criteria, which says who is on the list");
    r->survey->decide = decide;
}

/* Defaults: 12 s of handling, 0.7 s a transaction, two minutes to prepare a handset. */
static void read_times(struct survey_reading *r)
{
    struct survey_times *t = &r->survey->times;
    struct fields f;
    *t = (struct survey_times) { .place_s = 12, .change_s = 120, .mode_s = 20, .transaction_s = 0.7 };
    const struct tree_node *n = fields_find(r->f, "times", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, r->f->problems, r->f->path, n, "times"))
        return;
    fields_real(&f, "place_s", FIELD_OPTIONAL, 0, 3600, &t->place_s);
    fields_real(&f, "change_s", FIELD_OPTIONAL, 0, 86400, &t->change_s);
    fields_real(&f, "mode_s", FIELD_OPTIONAL, 0, 86400, &t->mode_s);
    fields_real(&f, "transaction_s", FIELD_OPTIONAL, 0, 3600, &t->transaction_s);
    fields_close(&f);
}

/* For a survey that doesn't give k. */
static void choose_k(struct survey *s)
{
    if (s->scheme.k == 0)
        s->scheme.k = s->times.transaction_s > SLOW_ABOVE_S ? K_SLOW : K_USUAL;
}

void survey_read_settings(struct survey_reading *r)
{
    struct survey *s = r->survey;
    read_scheme(r);
    s->sessions = 2;
    s->min_gap_h = 12;
    s->pause_hce_ms = 2500; /* Android keeps its state 2 s after field loss, and 3 s in observe mode */
    s->lanes = 1;
    s->rules = RULES_NOW;
    memcpy(s->polling, "BAF",
           sizeof "BAF"); /* counters read type B cards; F shows a phone that offers only that */
    fields_unsigned(r->f, "sessions", FIELD_OPTIONAL, 1, 20, &s->sessions);
    fields_real(r->f, "min_gap_h", FIELD_OPTIONAL, 0, 10000, &s->min_gap_h);
    fields_unsigned(r->f, "pause_ms", FIELD_OPTIONAL, 0, 600000, &s->pause_ms);
    fields_unsigned(r->f, "pause_hce_ms", FIELD_OPTIONAL, 0, 600000, &s->pause_hce_ms);
    polling_read(r->f, FIELD_OPTIONAL, s->polling);
    const struct tree_node *lanes = tree_child(r->f->map, "lanes");
    read_hands(r);
    if (fields_unsigned(r->f, "lanes", FIELD_OPTIONAL, 1, SURVEY_READERS_MAX, &s->lanes) && s->lanes > 1) {
        if (s->hands == HANDS_PERSON)
            node_problem(r->f, lanes, "lanes: a person serves one reader at a time: expected 1");
        else if (s->reader_count > 0 && s->lanes > s->reader_count)
            node_problem(r->f, lanes, "lanes: %u, but the survey has %zu reader(s): expected at most that",
                         s->lanes, s->reader_count);
    }
    read_identity(r);
    read_decide(r);
    read_order(r);
    read_times(r);
    choose_k(s);
}
