/* Steps of a script that the host does by itself between two commands: compute, certify, verify, compare. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include <stdlib.h>
#include <string.h>

/* The value of a function's key: a template, or a mapping with the template in `from`. */
static void read_function(struct script_reading *r, struct fields *one, const char *key,
                          struct script_result *out)
{
    const struct tree_node *n = fields_find(one, key);
    struct fields part;
    unsigned bytes = 0;
    switch (out->function) {
    case SCRIPT_RANDOM:
        fields_unsigned(one, key, &bytes);
        out->length.constant = bytes;
        return;
    case SCRIPT_PAD:
    case SCRIPT_TAKE:
        if (!fields_map(one, key, &part))
            return;
        if ((n = fields_find(&part, "from")))
            template_read(r, n, &out->of);
        if (out->function == SCRIPT_TAKE && (n = fields_find(&part, "offset")))
            quantity_read(r, n, SCRIPT_BYTES_MAX, &out->offset);
        if ((n = fields_find(&part, "length")))
            quantity_read(r, n, SCRIPT_BYTES_MAX, &out->length);
        fields_close(&part);
        return;
    default:
        template_read(r, n, &out->of);
    }
}

static const char *const functions[] = {
    [SCRIPT_BYTES] = "bytes",   [SCRIPT_SHA256] = "sha256", [SCRIPT_DIGEST_INFO] = "digest_info",
    [SCRIPT_PAD] = "pad",       [SCRIPT_TAKE] = "take",     [SCRIPT_LENGTH] = "length",
    [SCRIPT_RANDOM] = "random",
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

static void read_result(struct script_reading *r, struct fields *f, const struct tree_node *n,
                        struct script_step *step)
{
    struct fields one;
    struct script_result *out = &step->results[step->result_count];
    unsigned asked = 0;
    if (!fields_item(f, "compute", n, &one))
        return;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        if (!fields_find(&one, functions[i]) || asked++ > 0)
            continue;
        out->function = (enum script_function)i;
        read_function(r, &one, functions[i], out);
    }
    if (asked != 1)
        node_problem(&one, n, "%s: expected exactly one function, such as sha256", n->key);
    fields_close(&one);
    step->result_count++;
    if ((out->variable = variable_make(r, n, n->key, out->function == SCRIPT_LENGTH)))
        variable_filled(r, out->variable);
}

void script_read_compute(struct script_reading *r, struct fields *f, struct script_step *step)
{
    const struct tree_node *map = fields_named(f, "compute");
    step->operation = SCRIPT_COMPUTE;
    step->results = map ? fields_array(f, map->count, sizeof *step->results) : NULL;
    for (const struct tree_node *n = map ? map->first : NULL; n && step->results; n = n->next)
        if (n->kind != TREE_REFUSED && strcmp(n->key, "<<") != 0)
            read_result(r, f, n, step);
}

void script_read_certify(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields c;
    const struct tree_node *n;
    unsigned profile = TEST_CA_NO_PROFILE;
    step->operation = SCRIPT_CERTIFY;
    if (!fields_map(f, "certify", &c))
        return;
    struct script_certificate *s = step->certificate = fields_array(f, 1, sizeof *s);
    if (s && (n = fields_find(&c, "public_key")))
        template_read(r, n, &s->public_key);
    fields_choice(&c, "issue_for", &profile);
    if (s) {
        s->profile = (enum test_ca_profile)profile;
        fields_unsigned(&c, "size", &s->size);
    }
    if (s && (n = fields_find(&c, "as")) && n->kind == TREE_SCALAR &&
        (s->variable = variable_make(r, n, n->text, false)))
        variable_filled(r, s->variable);
    fields_close(&c);
}

void script_read_verify(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields v;
    const struct tree_node *n;
    step->operation = SCRIPT_VERIFY;
    step->stage = STAGE_CHECK;
    if (!fields_map(f, "verify", &v))
        return;
    struct script_signature *s = step->signature = fields_array(f, 1, sizeof *s);
    const struct tree_node *certificate = fields_find(&v, "certificate");
    const struct tree_node *public_key = fields_find(&v, "public_key");
    if (!certificate == !public_key)
        node_problem(&v, v.map, "verify: expected either certificate or public_key");
    unsigned issued_for = TEST_CA_NO_PROFILE;
    fields_choice(&v, "issued_for", &issued_for);
    if (issued_for && !certificate)
        node_problem(&v, v.map, "issued_for: expected only with certificate");
    if (s)
        s->issued_for = (enum test_ca_profile)issued_for;
    if (s && certificate)
        template_read(r, certificate, &s->certificate);
    if (s && public_key)
        template_read(r, public_key, &s->public_key);
    if (s && (n = fields_find(&v, "data")))
        template_read(r, n, &s->data);
    if (s && (n = fields_find(&v, "signature")))
        template_read(r, n, &s->signature);
    fields_close(&v);
}

void script_read_compare(struct script_reading *r, struct fields *f, struct script_step *step)
{
    struct fields c;
    const struct tree_node *n;
    step->operation = SCRIPT_COMPARE;
    step->stage = STAGE_CHECK;
    if (!fields_map(f, "compare", &c))
        return;
    struct script_comparison *s = step->comparison = fields_array(f, 1, sizeof *s);
    if (s && (n = fields_find(&c, "value")))
        template_read(r, n, &s->value);
    if (s && (n = fields_find(&c, "with")))
        template_read(r, n, &s->with);
    fields_close(&c);
}

void script_clear_host(struct script_step *step)
{
    for (size_t i = 0; i < step->result_count; i++)
        template_clear(&step->results[i].of);
    free(step->results);
    if (step->signature) {
        template_clear(&step->signature->certificate);
        template_clear(&step->signature->public_key);
        template_clear(&step->signature->data);
        template_clear(&step->signature->signature);
    }
    free(step->signature);
    if (step->certificate)
        template_clear(&step->certificate->public_key);
    free(step->certificate);
    if (step->comparison) {
        template_clear(&step->comparison->value);
        template_clear(&step->comparison->with);
    }
    free(step->comparison);
}
