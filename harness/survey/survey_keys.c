/* The keys of survey files. */
#include "harness/survey/keys.h"

#include "harness/card/access_rule.h"
#include "harness/survey/survey.h"

/* ---- units ---- */

#define NAMED_FILE(name)                                                                                     \
    static const struct field name = { NULL, FIELD_OPTIONAL, FIELD_TEXT, NULL, .or = &name##_of_keys }
#define OF_KEYS(name)                                                                                        \
    static const struct field name##_of_keys = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &name##_map }

static const struct field reader_item_keys[] = {
    { "profile", FIELD_REQUIRED, FIELD_TEXT, "a reader profile's id or path" },
    { "unit", FIELD_OPTIONAL, FIELD_TEXT, "what its label shows; the profile's id unless said" },
    { "driver", FIELD_OPTIONAL, FIELD_ID, "that reaches it" },
    { "address", FIELD_OPTIONAL, FIELD_TEXT, "the driver's name of it; else it is found by its profile" },
    { "serial", FIELD_OPTIONAL, FIELD_TEXT, "that it must show" },
    { "place", FIELD_OPTIONAL, FIELD_TEXT, "tells a person which one it is" },
    { 0 },
};
static const struct field_map reader_item_map = { "a reader", reader_item_keys };
OF_KEYS(reader_item);
NAMED_FILE(reader_item);

static const struct fields_choice access_choices[] = { { "never", ACCESS_NEVER },
                                                       { "always", ACCESS_ALWAYS },
                                                       { NULL, 0 } };
static const struct field apdu_filter = { NULL, FIELD_OPTIONAL, FIELD_PATTERN, NULL,
                                          .pattern = "^[0-9A-Fa-f]{8}/[0-9A-Fa-f]{8}$" };
static const struct field access_rule_keys[] = {
    { "aid", FIELD_OPTIONAL, FIELD_HEX, "of the application; without it all that no other rule names",
      .least = 5, .most = 16 },
    { "app", FIELD_OPTIONAL, FIELD_HEX,
      "SHA-1 or SHA-256 of the certificate of the app that may use it; without it every app", .least = 20,
      .most = 32 },
    { "apdu", FIELD_OPTIONAL, FIELD_CHOICE, "whether it may send commands", .choices = access_choices },
    { "apdu_filters", FIELD_OPTIONAL, FIELD_LIST, "which commands it may send: header/mask, in place of apdu",
      .of = &apdu_filter, .least = 1, .most = 8 },
    { "nfc_event", FIELD_OPTIONAL, FIELD_CHOICE, "whether it is told of what a reader does",
      .choices = access_choices },
    { 0 },
};
static const struct field_map access_rule_map = { "an access rule", access_rule_keys };
static const struct field access_rule = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &access_rule_map };

static const struct field sim_keys[] = {
    { "id", FIELD_REQUIRED, FIELD_ID, "by which handsets name it" },
    FIELD_TITLE("title", FIELD_OPTIONAL, "for reports, in place of its id"),
    { "carrier", FIELD_OPTIONAL, FIELD_TEXT, "whose SIM it is" },
    { "applet", FIELD_OPTIONAL, FIELD_TEXT, "what is on it, with its version" },
    { "token_label", FIELD_OPTIONAL, FIELD_TEXT, "what EF 0006 of its applet begins with: proves the SIM",
      .most = sizeof((struct sim_card *)0)->token_label - 1 },
    { "certificate_bytes", FIELD_OPTIONAL, FIELD_UNSIGNED, "of a simulated one, and required there",
      .least = 256, .most = 16384 },
    { "access_rules", FIELD_OPTIONAL, FIELD_LIST,
      "what the ARA-M of a simulated one holds; without it there is none", .of = &access_rule, .least = 1,
      .most = 32 },
    { 0 },
};
static const struct field_map sim_map = { "a sim", sim_keys };
static const struct field sim = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &sim_map };

static const struct field handset_item_keys[] = {
    { "handset", FIELD_REQUIRED, FIELD_TEXT, "a handset profile's id or path" },
    { "unit", FIELD_OPTIONAL, FIELD_TEXT, "what its label shows; the profile's id unless said" },
    { "sim", FIELD_OPTIONAL, FIELD_TEXT, "id of the sim in it" },
    { 0 },
};
static const struct field_map handset_item_map = { "a handset", handset_item_keys };
OF_KEYS(handset_item);
NAMED_FILE(handset_item);

static const struct field application_item = { NULL, FIELD_OPTIONAL, FIELD_TEXT, NULL };

static const struct field script_item_keys[] = {
    { "script", FIELD_REQUIRED, FIELD_TEXT, "a script's id or path" },
    { "time_limit_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "in place of the script's own", .least = 1,
      .most = TIME_LIMIT_MS_MAX },
    { "deadline_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "in place of the script's own", .least = 1,
      .most = TIME_LIMIT_MS_MAX },
    { 0 },
};
static const struct field_map script_item_map = { "a script of the survey", script_item_keys };
OF_KEYS(script_item);
NAMED_FILE(script_item);

static const struct field reference_keys[] = {
    { "handset", FIELD_REQUIRED, FIELD_TEXT, "the card's or phone's profile" },
    { "unit", FIELD_OPTIONAL, FIELD_TEXT, "what its label shows" },
    { "sim", FIELD_OPTIONAL, FIELD_TEXT, "id of the sim in it" },
    { "script", FIELD_OPTIONAL, FIELD_ID, "that must pass; the first of the survey unless said" },
    { "every", FIELD_OPTIONAL, FIELD_UNSIGNED, "placements of a reader", .least = 1, .most = 100000 },
    { 0 },
};
static const struct field_map reference_map = { "a reference", reference_keys };

/* ---- conditions ---- */

static const struct field point_keys[] = {
    { "id", FIELD_REQUIRED, FIELD_ID, "by which conditions name it" },
    FIELD_TITLE("title", FIELD_OPTIONAL, "for reports, in place of its id"),
    { "x_mm", FIELD_OPTIONAL, FIELD_REAL, "from the reader's mark to the right", .least = -500, .most = 500 },
    { "y_mm", FIELD_OPTIONAL, FIELD_REAL, "from the reader's mark upwards", .least = -500, .most = 500 },
    { "z_mm", FIELD_OPTIONAL, FIELD_REAL, "height above it", .most = 500 },
    { 0 },
};
static const struct field_map point_map = { "a point", point_keys };
static const struct field point = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &point_map };

static const struct fields_choice position_ways[] = { { "condition", 1 }, { NULL, 0 } };

static const struct field condition_keys[] = {
    { "id", FIELD_OPTIONAL, FIELD_ID, "its name; the power mode's unless said" },
    FIELD_TITLE("title", FIELD_OPTIONAL, "for reports, in place of its id"),
    { "power_mode", FIELD_REQUIRED, FIELD_POWER_MODE, "how the phone is when it is offered" },
    { "case", FIELD_OPTIONAL, FIELD_TEXT, "what it is in; none unless said" },
    { "position", FIELD_OPTIONAL, FIELD_ID, "one of points; the reader's mark unless said" },
    { 0 },
};
static const struct field_map condition_map = { "a condition", condition_keys };
static const struct field condition_of_keys = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL,
                                                .map = &condition_map };
static const struct field condition = { NULL, FIELD_OPTIONAL, FIELD_POWER_MODE, NULL,
                                        .or = &condition_of_keys };

static const struct field exclusion_keys[] = {
    { "reader", FIELD_OPTIONAL, FIELD_TEXT, "unit or profile; left out: every one" },
    { "handset", FIELD_OPTIONAL, FIELD_TEXT, "unit, profile or unit+sim; left out: every one" },
    { "condition", FIELD_OPTIONAL, FIELD_TEXT, "condition, power mode or position; left out: every one" },
    { "script", FIELD_OPTIONAL, FIELD_TEXT, "its id; left out: every one" },
    { "reason", FIELD_REQUIRED, FIELD_TEXT, "why they are left out" },
    { 0 },
};
static const struct field_map exclusion_map = { "an exclusion", exclusion_keys };
static const struct field exclusion = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &exclusion_map };

/* ---- the scheme ---- */

static const struct fields_choice presets[] = {
#define PRESET(index, name) { name, index },
    SCHEME_PRESETS(PRESET)
#undef PRESET
        { NULL, 0 },
};

#define PRESET_ROW                                                                                           \
    {                                                                                                        \
        "preset", FIELD_OPTIONAL, FIELD_CHOICE, "what is not given here is this one's", .choices = presets   \
    }
#define SCHEME_ROWS                                                                                          \
    { "name", FIELD_OPTIONAL, FIELD_TEXT, "of a scheme of one's own", .most = 15 },                          \
        { "q0",                                                                                              \
          FIELD_OPTIONAL,                                                                                    \
          FIELD_REAL,                                                                                        \
          "share of dirty placements that is clean enough",                                                  \
          .least = 0.0001,                                                                                   \
          .most = 0.9 },                                                                                     \
        { "alpha",           FIELD_OPTIONAL, FIELD_REAL, "probability of a wrong `incompatible`, at most",   \
          .least = 0.000001, .most = 0.499 },                                                                \
        { "beta",                                                                                            \
          FIELD_OPTIONAL,                                                                                    \
          FIELD_REAL,                                                                                        \
          "probability of a wrong `compatible`, at most",                                                    \
          .least = 0.000001,                                                                                 \
          .most = 0.499 },                                                                                   \
        { "n_max",    FIELD_OPTIONAL, FIELD_UNSIGNED, "placements of a cell at most; of two tiers in tours", \
          .least = 3, .most = 2000 },                                                                        \
    {                                                                                                        \
        "k", FIELD_OPTIONAL, FIELD_UNSIGNED, "transactions of each script a placement", .least = 1,          \
                                                                                        .most = 100          \
    }
#define ALL_OR_PRESET(bounds)                                                                                \
    "\"anyOf\": [{\"required\": [\"preset\"]}, {\"required\": [\"q0\", " bounds                              \
    ", \"alpha\", \"beta\", \"n_max\"]}]"

static const struct field scheme_keys[] = {
    PRESET_ROW,
    SCHEME_ROWS,
    { "q1", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements that is too many", .least = 0.0002,
      .most = 0.99 },
    { 0 },
};
const struct field_map scheme_map = { "a scheme", scheme_keys, .rules = ALL_OR_PRESET("\"q1\"") };

static const struct field weight = { NULL, FIELD_OPTIONAL, FIELD_UNSIGNED,
                                     NULL, .least = 1,     .most = SCHEME_WEIGHT_MAX };
static const struct field two_tier_keys[] = {
    PRESET_ROW,
    SCHEME_ROWS,
    { "mean", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements over the readers that is too many",
      .least = 0.0002, .most = 0.99 },
    { "each", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements on a reader that is too many",
      .least = 0.0002, .most = 0.99 },
    { "weights", FIELD_OPTIONAL, FIELD_NAMED, "placements a tour on a reader, by its unit; 1 unless said",
      .of = &weight },
    { 0 },
};
const struct field_map scheme_two_tier_map = { "a scheme", two_tier_keys,
                                               .rules = ALL_OR_PRESET("\"mean\", \"each\"") };

static const struct field scheme_two_tier = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL,
                                              .map = &scheme_two_tier_map };
static const struct field scheme_of_keys = { NULL, FIELD_OPTIONAL,     FIELD_MAP,
                                             NULL, .map = &scheme_map, .or = &scheme_two_tier };

/* ---- hands and times ---- */

static const struct field hands_command_keys[] = {
    { "command", FIELD_REQUIRED, FIELD_TEXT, "a robot's command line", .most = FIELDS_LONG_MAX },
    { "limit_s", FIELD_OPTIONAL, FIELD_REAL, "it hangs when it takes longer", .least = 1, .most = 86400 },
    { "retries", FIELD_OPTIONAL, FIELD_UNSIGNED, "how often it is tried again", .most = 100 },
    { 0 },
};
const struct field_map hands_command_map = { "hands", hands_command_keys };

static const struct field hands_testbed_keys[] = {
    { "testbed", FIELD_REQUIRED, FIELD_TEXT, "its socket", .most = FIELDS_LONG_MAX },
    { 0 },
};
const struct field_map hands_testbed_map = { "hands", hands_testbed_keys };

static const struct field hands_testbed = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL,
                                            .map = &hands_testbed_map };
static const struct field hands_command = {
    NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &hands_command_map, .or = &hands_testbed
};
static const struct fields_choice plain_hands[] = { { "sim", HANDS_SIM },
                                                    { "person", HANDS_PERSON },
                                                    { NULL, 0 } };

static const struct fields_choice identities[] = {
    { "scan", IDENTITY_SCAN }, { "confirm", IDENTITY_CONFIRM }, { "off", IDENTITY_OFF }, { NULL, 0 }
};
static const struct fields_choice arrivals[] = { { "ask", 0 }, { "start", 1 }, { NULL, 0 } };

static const struct fields_choice writes[] = { { "test-target", 1 }, { NULL, 0 } };

static const struct fields_choice outermost[] = { { "handset", 1 }, { "reader", 0 }, { NULL, 0 } };
static const struct field order_keys[] = {
    { "outermost", FIELD_REQUIRED, FIELD_CHOICE, "what is changed least often", .choices = outermost },
    { 0 },
};
static const struct field_map order_map = { "order", order_keys };

static const struct fields_choice decide[] = { { "matrix", DECIDE_MATRIX },
                                               { "list", DECIDE_LIST },
                                               { NULL, 0 } };

static const struct field times_keys[] = {
    { "place_s", FIELD_OPTIONAL, FIELD_REAL, "to lay a phone down", .most = 3600 },
    { "change_s", FIELD_OPTIONAL, FIELD_REAL, "to take another phone", .most = 86400 },
    { "mode_s", FIELD_OPTIONAL, FIELD_REAL, "to bring a phone into another power mode", .most = 86400 },
    { "transaction_s", FIELD_OPTIONAL, FIELD_REAL, "of one transaction", .most = 3600 },
    { 0 },
};
static const struct field_map times_map = { "times", times_keys };

static const struct field default_keys[] = {
    { "driver", FIELD_OPTIONAL, FIELD_ID, "of readers" },
    { "sim", FIELD_OPTIONAL, FIELD_ID, "of handsets" },
    { "time_limit_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "of scripts", .least = 1, .most = TIME_LIMIT_MS_MAX },
    { "deadline_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "of scripts", .least = 1, .most = TIME_LIMIT_MS_MAX },
    { 0 },
};
static const struct field_map defaults_map = { "defaults", default_keys };

/* ---- the file ---- */

static const struct field survey_keys[] = {
    FIELD_HEAD("survey"),
    { "id", FIELD_REQUIRED, FIELD_ID, "a short name for messages" },
    FIELD_TITLE("title", FIELD_REQUIRED, "for reports"),
    { "seed", FIELD_OPTIONAL, FIELD_U64, "the order of work and every simulated draw follow from it; 1" },
    { "scheme", FIELD_REQUIRED, FIELD_CHOICE, "how cells are decided", .choices = presets,
      .or = &scheme_of_keys },
    { "sessions", FIELD_OPTIONAL, FIELD_UNSIGNED, "sittings; 2 unless said", .least = 1, .most = 20 },
    { "min_gap_h", FIELD_OPTIONAL, FIELD_REAL, "between them; 12 unless said", .most = 10000 },
    { "hands", FIELD_REQUIRED, FIELD_CHOICE, "who lays the phones", .choices = plain_hands,
      .or = &hands_command },
    { "identity", FIELD_OPTIONAL, FIELD_CHOICE,
      "of hands that are a person: how each phone is shown to be the one that is asked for",
      .choices = identities },
    { "arrival", FIELD_OPTIONAL, FIELD_CHOICE,
      "of hands that are a person: ask for Enter, or start when a phone arrives", .choices = arrivals },
    { "polling", FIELD_OPTIONAL, FIELD_PATTERN,
      "technologies in polling order, for drivers that poll by themselves; BAF unless said",
      .pattern = "^[ABF]{1,3}$" },
    { "lanes", FIELD_OPTIONAL, FIELD_UNSIGNED, "readers worked at the same time; 1 for a person", .least = 1,
      .most = SURVEY_READERS_MAX },
    { "order", FIELD_OPTIONAL, FIELD_MAP, "of the work", .map = &order_map },
    { "writes", FIELD_OPTIONAL, FIELD_CHOICE,
      "test-target: scripts may use PINs and write, with --allow, on targets that prove to be for tests",
      .choices = writes },
    { "pause_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "between the transactions of a placement",
      .most = TIME_LIMIT_MS_MAX },
    { "pause_hce_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "the same of a phone that answers by HCE; 2500",
      .most = TIME_LIMIT_MS_MAX },
    { "criteria", FIELD_OPTIONAL, FIELD_TEXT, "a criteria file: its id or path" },
    { "decide", FIELD_OPTIONAL, FIELD_CHOICE, "every cell, or only who is on the list of the criteria",
      .choices = decide },
    { "defaults", FIELD_OPTIONAL, FIELD_MAP, "where an entry says nothing else", .map = &defaults_map },
    { "readers", FIELD_REQUIRED, FIELD_LIST, "reader units", .of = &reader_item, .least = 1,
      .most = SURVEY_READERS_MAX },
    { "sims", FIELD_REQUIRED, FIELD_LIST, "test SIMs", .of = &sim, .least = 1, .most = SURVEY_PAIRS_MAX },
    { "handsets", FIELD_REQUIRED, FIELD_LIST, "handset units, each with the SIM in it", .of = &handset_item,
      .least = 1, .most = SURVEY_PAIRS_MAX },
    { "reference", FIELD_OPTIONAL, FIELD_MAP, "a card or phone that must answer on every reader",
      .map = &reference_map },
    { "points", FIELD_OPTIONAL, FIELD_LIST, "named places on a reader", .of = &point, .least = 1,
      .most = POINTS_MAX },
    { "positions", FIELD_OPTIONAL, FIELD_CHOICE, "each point makes a condition of its own",
      .choices = position_ways },
    { "conditions", FIELD_REQUIRED, FIELD_LIST, "how phones are offered", .of = &condition, .least = 1 },
    { "applications", FIELD_OPTIONAL, FIELD_LIST,
      "profiles of the lab's own test applications, by id or path: the guard lets them be read",
      .of = &application_item, .least = 1, .most = APPLICATIONS_MAX },
    { "scripts", FIELD_REQUIRED, FIELD_LIST, "what is run", .of = &script_item, .least = 1,
      .most = SURVEY_SCRIPTS_MAX },
    { "exclude", FIELD_OPTIONAL, FIELD_LIST, "cells left out", .of = &exclusion, .most = EXCLUSIONS_MAX },
    { "times", FIELD_OPTIONAL, FIELD_MAP, "seconds for the plan's estimate", .map = &times_map },
    { 0 },
};
const struct field_map survey_map = { "a survey", survey_keys };
