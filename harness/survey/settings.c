/* How a survey is run: its sessions, hands, order and the times that the plan's cost is made of. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <string.h>

/* Repeats in a placement cost less the shorter a transaction is: sqrt(12 s / 0.7 s * (1 - ICC) / ICC) is 8.3
 * at an intraclass correlation of 0.2. */
#define K_USUAL      10
#define K_SLOW       5
#define SLOW_ABOVE_S 1.5

#define HANDS_LIMIT_S 120 /* a robot that takes longer hangs */

static void read_hands(struct survey_reading *r)
{
    struct survey *s = r->survey;
    struct fields f;
    unsigned hands = HANDS_NONE;
    const struct tree_node *n = fields_find(r->f, "hands");
    if (n && n->kind == TREE_SCALAR) {
        if (fields_choice(r->f, "hands", &hands))
            s->hands = (enum hands_kind)hands;
        return;
    }
    bool testbed = n && tree_child(n, "testbed");
    if (!n ||
        !fields_open(&f, r->f->problems, r->f->path, n, testbed ? &hands_testbed_map : &hands_command_map))
        return;
    s->hands_limit_s = HANDS_LIMIT_S;
    if (testbed == (tree_child(n, "command") != NULL))
        node_problem(r->f, n,
                     "hands: expected sim, person, {command: a command line} or {testbed: a socket}");
    else if (fields_text(&f, testbed ? "testbed" : "command", &s->hands_argument))
        s->hands = testbed ? HANDS_TESTBED : HANDS_COMMAND;
    if (!testbed) {
        fields_real(&f, "limit_s", &s->hands_limit_s);
        fields_unsigned(&f, "retries", &s->hands_retries);
    }
    fields_close(&f);
}

/* Asset tags are asked for where a person takes the phones; `off` there is a choice of the survey's. */
static void read_identity(struct survey_reading *r)
{
    struct survey *s = r->survey;
    unsigned identity = s->hands == HANDS_PERSON ? IDENTITY_SCAN : IDENTITY_OFF, starts = 0;
    fields_choice(r->f, "identity", &identity);
    fields_choice(r->f, "arrival", &starts);
    if (s->hands != HANDS_PERSON && s->hands != HANDS_NONE && (identity != IDENTITY_OFF || starts))
        node_problem(r->f, tree_child(r->f->map, identity != IDENTITY_OFF ? "identity" : "arrival"),
                     "%s: goes with hands: person only", identity != IDENTITY_OFF ? "identity" : "arrival");
    s->identity = (enum identity)identity;
    s->arrival_starts = starts != 0;
}

static void read_order(struct survey_reading *r)
{
    struct fields f;
    unsigned handset = 1;
    if (fields_map(r->f, "order", &f)) {
        fields_choice(&f, "outermost", &handset);
        fields_close(&f);
    }
    r->survey->handset_outermost = handset != 0;
}

/* The list is what the criteria make of the cells, so there is none without. */
static void read_decide(struct survey_reading *r)
{
    unsigned decide = DECIDE_MATRIX;
    const struct tree_node *n = tree_child(r->f->map, "decide");
    if (fields_choice(r->f, "decide", &decide) && decide == DECIDE_LIST && !tree_child(r->f->map, "criteria"))
        node_problem(r->f, n, "decide: list needs the key criteria, which says who is on the list");
    r->survey->decide = decide;
}

/* Defaults: 12 s of handling, 0.7 s a transaction, two minutes to prepare a handset. */
static void read_times(struct survey_reading *r)
{
    struct survey_times *t = &r->survey->times;
    struct fields f;
    *t = (struct survey_times) { .place_s = 12, .change_s = 120, .mode_s = 20, .transaction_s = 0.7 };
    if (!fields_map(r->f, "times", &f))
        return;
    fields_real(&f, "place_s", &t->place_s);
    fields_real(&f, "change_s", &t->change_s);
    fields_real(&f, "mode_s", &t->mode_s);
    fields_real(&f, "transaction_s", &t->transaction_s);
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
    survey_read_scheme(r);
    s->sessions = 2;
    s->min_gap_h = 12;
    s->pause_hce_ms = 2500; /* Android keeps its state 2 s after field loss, and 3 s in observe mode */
    s->lanes = 1;
    s->rules = RULES_NOW;
    memcpy(s->polling, "BAF",
           sizeof "BAF"); /* counters read type B cards; F shows a phone that offers only that */
    fields_unsigned(r->f, "sessions", &s->sessions);
    fields_real(r->f, "min_gap_h", &s->min_gap_h);
    fields_unsigned(r->f, "pause_ms", &s->pause_ms);
    fields_unsigned(r->f, "pause_hce_ms", &s->pause_hce_ms);
    polling_read(r->f, s->polling);
    const struct tree_node *lanes = tree_child(r->f->map, "lanes");
    read_hands(r);
    if (fields_unsigned(r->f, "lanes", &s->lanes) && s->lanes > 1) {
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
