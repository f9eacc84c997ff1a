/* `access_rules` of a simulated sim: what its ARA-M holds. */
#include "harness/survey/load.h"

#include "harness/base/text.h"
#include "harness/card/access_rule.h"

#include <stdlib.h>
#include <string.h>

/* Whether there are any, sound or not. */
static bool read_filters(struct fields *f, struct access_rule *rule)
{
    const struct tree_node *list = fields_list(f, "apdu_filters");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next) {
        char *text = NULL;
        size_t header = 0, mask = 0;
        if (!node_text(f, n, 17, &text))
            continue;
        if (strlen(text) == 17 && text[8] == '/' &&
            text_to_bytes(text, 8, rule->filters[rule->filter_count].header, 4, &header) && header == 4 &&
            text_to_bytes(text + 9, 8, rule->filters[rule->filter_count].mask, 4, &mask) && mask == 4)
            rule->filter_count++;
        else
            node_problem(f, n, "expected the header of a command and a mask, as in 00A40400/FFFFFF00");
        free(text);
    }
    return list != NULL;
}

static bool read_rule(struct fields *up, const struct tree_node *n, struct access_rule *rule)
{
    struct fields f;
    unsigned apdu = ACCESS_UNSAID, event = ACCESS_UNSAID;
    if (!fields_item(up, "access_rules", n, &f))
        return false;
    fields_hex(&f, "aid", rule->aid, &rule->aid_length);
    fields_hex(&f, "app", rule->app, &rule->app_length);
    fields_choice(&f, "apdu", &apdu);
    fields_choice(&f, "nfc_event", &event);
    bool filters = read_filters(&f, rule);
    rule->apdu = (enum access_choice)apdu;
    rule->event = (enum access_choice)event;
    if (rule->app_length != 0 && rule->app_length != 20 && rule->app_length != 32)
        node_problem(&f, n, "app: expected 20 or 32 bytes: SHA-1 or SHA-256 of the app's certificate");
    if ((apdu != ACCESS_UNSAID) == filters)
        node_problem(&f, n, "expected either apdu or apdu_filters");
    fields_close(&f);
    return true;
}

void survey_read_access_rules(struct fields *sim, struct virtual_sim *out)
{
    const struct tree_node *list = fields_list(sim, "access_rules");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next) {
        struct access_rule rule = { 0 };
        uint8_t encoded[ACCESS_RULE_MOST];
        size_t length = read_rule(sim, n, &rule) ? access_rule_encode(&rule, encoded) : 0;
        if (out->access_rules_length + length > sizeof out->access_rules) {
            node_problem(sim, n, "more rules than fit into %zu bytes", sizeof out->access_rules);
            return;
        }
        memcpy(out->access_rules + out->access_rules_length, encoded, length);
        out->access_rules_length += length;
    }
}
