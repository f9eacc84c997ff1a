/* What a sound survey becomes, and which surveys are refused: units, cells, schemes, honesty rules, labels,
 * keys. */
#include "harness/base/text.h"
#include "tests/unit/survey/sample.h"

#define READERS    "readers: [sim-r]"
#define HANDSETS   "handsets: [sim-h]"
#define CONDITIONS "conditions: [on-unlocked, \"off\"]"
#define SIMS       "sims: [{id: vs, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}]"

static struct survey *load(const char *text)
{
    struct survey *s = NULL;
    struct survey_problems p = { 0 };
    int status = sample_load(text, &s, &p);
    for (size_t i = 0; i < p.count; i++)
        print_error("%s: %s\n", p.items[i].where, p.items[i].text);
    assert_int_equal(status, 0);
    assert_int_equal(p.count, 0);
    return s;
}

static struct survey *load_changed(const char *from, const char *to)
{
    char *text = sample_replace(SAMPLE_SURVEY, from, to);
    struct survey *s = load(text);
    free(text);
    return s;
}

static void a_sound_survey_is_loaded_whole(void **state)
{
    (void)state;
    struct survey *s = load(SAMPLE_SURVEY);
    assert_string_equal(s->title_ja, "見本");
    assert_int_equal(s->seed, 5);
    assert_true(s->simulated);
    assert_int_equal(s->reader_count * s->pair_count * s->script_count, 1);
    assert_string_equal(s->readers[0].driver, "sim");
    assert_string_equal(s->pairs[0].name, "sim-h+vs");
    assert_string_equal(s->scheme.name, "screen");
    assert_int_equal(s->scheme.k, 5);
    assert_int_equal(s->scheme.n_max, 45);
    assert_true(s->scheme.q1 == 0.20 && s->scheme.alpha == 0.005 && s->scheme.beta == 0.05);
    assert_int_equal(s->sessions, 2);
    assert_true(s->min_gap_h == 12 && s->handset_outermost);
    assert_int_equal(s->pause_hce_ms, 2500);
    assert_int_equal(s->scripts[0].time_limit_ms, 1000);
    assert_string_equal(s->sims[0].simulation.token_label, "NFC-SURVEY VIRTUAL TOKEN        ");
    assert_int_equal(s->file_count, 4);
    assert_string_equal(s->files[0].kind, "survey");
    assert_int_equal(strlen(s->files[3].sha256), 64);
    survey_free(&s);
    assert_null(s);
}

/* The standard's own coding: one application for one app and three commands, and nobody else. */
static void access_rules_become_what_ara_m_holds(void **state)
{
    (void)state;
    static const char rules[] =
        "certificate_bytes: 1400, access_rules: [{aid: D392F000260100000001, "
        "app: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, apdu_filters: "
        "[00A40400/FFFFFF00, 00B00000/FFFF0000, 00200080/FFFFFFFF], nfc_event: always}, "
        "{apdu: never, nfc_event: never}]";
    static const char expected[] =
        "E24FE12E4F0AD392F000260100000001C120000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "E31DD01800A40400FFFFFF0000B00000FFFF000000200080FFFFFFFFD10101E20EE1044F00C100E306D00100D10100";
    uint8_t bytes[128];
    size_t length = 0;
    struct survey *s = load_changed("certificate_bytes: 1400", rules);
    const struct virtual_sim *sim = &s->sims[0].simulation;
    assert_true(text_to_bytes(expected, strlen(expected), bytes, sizeof bytes, &length));
    assert_int_equal(sim->access_rules_length, length);
    assert_memory_equal(sim->access_rules, bytes, length);
    survey_free(&s);
}

static void a_power_mode_declared_absent_is_not_applicable(void **state)
{
    (void)state;
    struct survey *s = load(SAMPLE_SURVEY);
    assert_int_equal(survey_cell_count(s), 2);
    assert_int_equal(s->excluded[survey_cell(s, 0, 0, 0, 0)], SURVEY_CELL_IN);
    assert_int_equal(s->excluded[survey_cell(s, 0, 1, 0, 0)], SURVEY_CELL_NOT_APPLICABLE);
    assert_string_equal(s->excluded_reason[1], "power mode off declared absent: said so");
    survey_free(&s);
}

static void an_exclusion_takes_its_cells_out_with_its_reason(void **state)
{
    (void)state;
    struct survey *s =
        load_changed(READERS, "exclude: [{reader: b, condition: on-unlocked, reason: broken}]\n"
                              "readers: [{unit: a, profile: sim-r}, {unit: b, profile: sim-r}]");
    assert_int_equal(s->excluded[survey_cell(s, 0, 0, 0, 0)], SURVEY_CELL_IN);
    assert_int_equal(s->excluded[survey_cell(s, 0, 0, 1, 0)], SURVEY_CELL_EXCLUDED);
    assert_string_equal(s->excluded_reason[survey_cell(s, 0, 0, 1, 0)], "broken");
    assert_int_equal(s->reader_profile_count, 1);
    survey_free(&s);
}

static void positions_multiply_the_conditions_only_when_asked_to(void **state)
{
    (void)state;
    struct survey *s =
        load_changed(CONDITIONS, "positions: condition\npoints: [{id: centre}, {id: up, y_mm: 10, "
                                 "z_mm: 2.5}]\nconditions: [on-unlocked, screen-off]");
    assert_int_equal(s->condition_count, 4);
    assert_string_equal(s->conditions[1].id, "on-unlocked.up");
    assert_string_equal(s->conditions[1].position, "up");
    assert_true(s->conditions[1].y_mm == 10 && s->conditions[1].z_mm == 2.5);
    survey_free(&s);
    s = load_changed(CONDITIONS, "points: [{id: up, y_mm: 10}]\n"
                                 "conditions: [{id: a, power_mode: on-locked, position: up, case: 手帳型}]");
    assert_int_equal(s->condition_count, 1);
    assert_string_equal(s->conditions[0].handset_case, "手帳型");
    assert_true(s->conditions[0].y_mm == 10);
    survey_free(&s);
}

static void defaults_stand_in_where_an_item_says_nothing(void **state)
{
    (void)state;
    struct survey *s =
        load_changed("scripts: [read]", "scripts: [{script: read, deadline_ms: 70}]\n"
                                        "defaults: {sim: vs, time_limit_ms: 80, deadline_ms: 90}");
    assert_int_equal(s->scripts[0].time_limit_ms, 80);
    assert_int_equal(s->scripts[0].deadline_ms, 70);
    survey_free(&s);
}

static void a_scheme_changed_in_more_than_k_loses_the_presets_name(void **state)
{
    (void)state;
    struct survey *s = load_changed("{preset: screen, k: 5}", "{preset: strict, n_max: 200}");
    assert_string_equal(s->scheme.name, "own");
    assert_true(s->scheme.q0 == 0.01 && s->scheme.n_max == 200 && s->scheme.k == 10);
    survey_free(&s);
    s = load_changed("{preset: screen, k: 5}", "standard");
    assert_string_equal(s->scheme.name, "standard");
    assert_true(s->scheme.q1 == 0.10 && s->scheme.n_max == 90);
    survey_free(&s);
}

static void a_scheme_of_two_tiers_has_a_mean_a_bound_on_each_reader_and_weights(void **state)
{
    (void)state;
    struct survey *s = load_changed("{preset: screen, k: 5}", "counter");
    assert_true(s->scheme.mean == 0.10 && s->scheme.q1 == 0.30 && s->scheme.n_max == 90);
    assert_int_equal(s->readers[0].weight, 1);
    survey_free(&s);
    s = load_changed("{preset: screen, k: 5}", "{preset: counter, each: 0.2, weights: {sim-r: 3}}");
    assert_string_equal(s->scheme.name, "own");
    assert_true(s->scheme.mean == 0.10 && s->scheme.q1 == 0.20);
    assert_int_equal(s->readers[0].weight, 3);
    survey_free(&s);
    s = load_changed(
        "{preset: screen, k: 5}",
        "{name: mine, mean: 0.05, each: 0.25, q0: 0.01, alpha: 0.01, beta: 0.1, k: 5, n_max: 60}");
    assert_string_equal(s->scheme.name, "mine");
    assert_true(s->scheme.mean == 0.05 && s->scheme.q1 == 0.25 && s->scheme.n_max == 60);
    survey_free(&s);
}

static void k_follows_from_the_length_of_a_transaction_unless_it_is_given(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        unsigned k;
    } cases[] = {
        { "standard", 10 },
        { "standard\ntimes: {transaction_s: 1.5}", 10 },
        { "standard\ntimes: {transaction_s: 1.51}", 5 },
        { "{preset: strict, n_max: 200}\ntimes: {transaction_s: 2}", 5 },
        { "{preset: strict, k: 10}\ntimes: {transaction_s: 2}", 10 },
        { "{name: mine, q0: 0.02, q1: 0.15, alpha: 0.01, beta: 0.05, n_max: 60}", 10 },
        { "{name: mine, q0: 0.02, q1: 0.15, alpha: 0.01, beta: 0.05, n_max: 60}\ntimes: {transaction_s: 3}",
          5 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct survey *s = load_changed("{preset: screen, k: 5}", cases[i].scheme);
        assert_int_equal(s->scheme.k, cases[i].k);
        survey_free(&s);
    }
}

static void the_survey_of_a_journal_keeps_the_tags_that_it_had(void **state)
{
    (void)state;
    struct survey *s = load_changed(HANDSETS, "handsets: [{handset: sim-h, unit: \"HS-1 \"}]");
    assert_string_equal(s->pairs[0].unit, "HS-1 ");
    survey_free(&s);
}

#define SCHEME "{preset: screen, k: 5}"

/* A survey that is sound but for one thing. */
static const struct {
    const char *from, *to, *where, *fragment;
} bad_surveys[] = {
    { READERS, "readers: []", "s.yaml:8:10", "readers: expected 1 to 16, found 0" },
    { SCHEME, "{preset: counter, q1: 0.2}", "s.yaml:6:27", "\"q1\" is not a key of a scheme" },
    { SCHEME, "{preset: screen, each: 0.2}", "s.yaml:6:26", "\"each\" is not a key of a scheme" },
    { SCHEME, "{preset: screen, weights: {sim-r: 2}}", "s.yaml:6:26", "is not a key of a scheme" },
    { SCHEME, "{preset: counter, mean: 0.02}", "s.yaml:6:9", "more than q0" },
    { SCHEME, "{preset: counter, each: 0.05}", "s.yaml:6:9", "at least the mean" },
    { SCHEME, "{preset: counter, n_max: 301}", "s.yaml:6:9", "at most 300" },
    { SCHEME, "{preset: counter, weights: [2]}", "s.yaml:6:36", "weights: expected a mapping of names" },
    { SCHEME, "{preset: counter, weights: {sim-x: 2}}", "s.yaml:6:44", "no reader sim-x" },
    { SCHEME, "{preset: counter, weights: {sim-r: 9}}", "s.yaml:6:44", "1 to 8" },
    { SCHEME, "{preset: counter, weights: {sim-r: 4}}", "s.yaml:6:44", "up to 600 placements" },
    { SCHEME, "{name: mine, mean: 0.1, q0: 0.02, alpha: 0.01, beta: 0.05, n_max: 60}", "s.yaml:6:9",
      "needs the key \"each\"" },
    { READERS "\n", "", "s.yaml:1:1", "a survey needs the key \"readers\"" },
    { HANDSETS, "handsets: []", "s.yaml:12:11", "handsets: expected 1 to 1000, found 0" },
    { "scripts: [read]", "scripts: []", "s.yaml:11:10", "scripts: expected 1 to 16, found 0" },
    { CONDITIONS, "conditions: []", "s.yaml:10:13", "conditions: expected at least 1" },
    { CONDITIONS, "conditions: [on]", "s.yaml:10:14", "expected one of on-unlocked" },
    { CONDITIONS, "conditions: [on-locked, on-locked]", "s.yaml:10:25", "given twice" },
    { CONDITIONS, "points: [{id: up}]\nconditions: [on-locked]", "s.yaml:10:9", "up is never used" },
    { CONDITIONS, "positions: cycle\nconditions: [on-locked]", "s.yaml:10:12", "expected one of condition" },
    { CONDITIONS, "conditions: [{power_mode: on-locked, position: up}]", "s.yaml:10:14", "is not in points" },
    { CONDITIONS, "conditions: [\"off\"]", "s.yaml:1:1", "no cell is left" },
    { READERS, "readers: [sim-x]", "s.yaml:8:11", "\"sim-x\" is not among the embedded files" },
    { READERS, "readers: [sim-r, sim-r]", "s.yaml:8:18", "given twice" },
    { READERS, "readers: [{profile: sim-r, unit: \"\"}]", "s.yaml:8:34", "expected text" },
    { READERS, "readers: [real-r]", "s.yaml:12:11", "real and simulated" },
    { READERS, "readers: [real-r, sim-r]", "s.yaml:12:11", "real and simulated" },
    { READERS, "readers: [{profile: sim-r, driver: pcsc}]", "s.yaml:8:10", "needs the driver sim" },
    { READERS, "readers: [{profile: real-r, driver: sim}]", "s.yaml:8:10", "serves simulated readers only" },
    { HANDSETS, "handsets: [sim-h, real-h]", "s.yaml:12:11", "real and simulated" },
    { HANDSETS, "handsets: [{handset: sim-h, sim: other}]", "s.yaml:12:12", "is not in sims" },
    { HANDSETS, "handsets: [sim-h, sim-h]", "s.yaml:12:19", "twice with the same sim" },
    { "hands: sim", "hands: {command: robot, limit_s: 0}", "s.yaml:7:34", "limit_s" },
    { "hands: sim", "hands: {testbed: b, retries: 1}", "s.yaml:7:21", "retries" },
    { "hands: sim", "hands: {testbed: sock}", "s.yaml:8:10", "not to sim" },
    { "hands: sim", "hands: {command: a, testbed: b}", "s.yaml:7:8", "expected sim, person" },
    { "hands: sim", "hands: robot", "s.yaml:7:8", "expected one of sim, person" },
    { "hands: sim", "hands: sim\nlanes: 2", "s.yaml:8:8", "has 1 reader" },
    { SIMS, "sims: [{id: vs, token_label: JPKIAPICCTOKEN2, certificate_bytes: 1400}]", "s.yaml:9:7",
      "NFC-SURVEY VIRTUAL TOKEN" },
    { "certificate_bytes: 1400", "certificate_bytes: 1400, access_rules: [{aid: D392F00026}]", "s.yaml:9:96",
      "either apdu or apdu_filters" },
    { "certificate_bytes: 1400",
      "certificate_bytes: 1400, access_rules: [{apdu: never, app: "
      "D392F00026D392F00026D392F00026D392F00026D3}]",
      "s.yaml:9:96", "expected 20 or 32 bytes" },
    { "certificate_bytes: 1400", "certificate_bytes: 1400, access_rules: [{apdu_filters: [\"00A4\"]}]",
      "s.yaml:9:112", "as in 00A40400/FFFFFF00" },
    { "certificate_bytes: 1400", "carrier: c", "s.yaml:9:7", "needs the key \"certificate_bytes\"" },
    { "{preset: screen, k: 5}", "{preset: screen, q0: 0.3}", "s.yaml:6:9", "expected less than q1" },
    { "{preset: screen, k: 5}", "{k: 5}", "s.yaml:6:9", "needs the key \"q0\"" },
    { "{preset: screen, k: 5}", "loose", "s.yaml:6:9", "expected one of screen, standard, strict" },
    { "seed: 5", "seed: 5\nexclude: [{reader: sim-r}]", "s.yaml:6:11", "needs the key \"reason\"" },
    { "seed: 5", "seed: 5\nexclude: [{reader: x, reason: y}]", "s.yaml:6:11", "names no cell" },
    { "seed: 5", "sed: 5", "s.yaml:5:1", "did you mean \"seed\"" },
};

static void a_survey_that_makes_no_sense_is_refused_at_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_surveys / sizeof *bad_surveys; i++) {
        struct survey *s = NULL;
        struct survey_problems p = { 0 };
        char *text = sample_replace(SAMPLE_SURVEY, bad_surveys[i].from, bad_surveys[i].to);
        assert_int_equal(sample_load(text, &s, &p), ERR_INPUT);
        assert_null(s);
        sample_expect(&p, bad_surveys[i].where, bad_surveys[i].fragment);
        survey_problems_free(&p);
        free(text);
    }
}

#define TESTBED_SURVEY                                                                                       \
    "format: nfc-survey/survey\nversion: 1\nid: t\ntitle: T\nscheme: screen\nhands: {testbed: sock}\n"       \
    "readers: [{unit: e1, profile: real-r}]\n" SIMS                                                          \
    "\nconditions: [on-unlocked]\nscripts: [read]\n" HANDSETS "\n"

static void an_emulated_reader_is_shown_by_its_class_and_never_by_its_model(void **state)
{
    (void)state;
    char label[64];
    struct survey_problems p = { 0 };
    struct survey *s = load(TESTBED_SURVEY), *none = NULL;
    assert_true(s->simulated);
    assert_string_equal(s->readers[0].driver, "pcsc");
    survey_reader_label(s, 0, label, sizeof label);
    assert_string_equal(label, "emulated: short+extended, 522");
    assert_int_equal(s->reader_profiles[0].simulation.level, READER_LEVEL_EXTENDED);
    assert_true(s->reader_profiles[0].simulation.interrupt_endpoint);
    survey_free(&s);
    char *text = sample_replace(TESTBED_SURVEY, "unit: e1", "unit: my rx-1");
    assert_int_equal(sample_load(text, &none, &p), ERR_INPUT);
    sample_expect(&p, "s.yaml:7:10", "can't bear the name of a real model");
    survey_problems_free(&p);
    free(text);
}

#define REAL_SURVEY                                                                                          \
    "format: nfc-survey/survey\nversion: 1\nid: t\ntitle: T\nscheme: screen\nhands: person\n"                \
    "readers: [{unit: \"窓口 <script> 1\", profile: real-r}]\n"                                            \
    "sims: [{id: s1, token_label: L}, {id: s2}]\n"                                                           \
    "conditions: [on-unlocked]\nscripts: [read]\n"                                                           \
    "handsets: [{unit: h1, handset: real-h, sim: s1}, {unit: h1, handset: real-h, sim: s2}]\n"

static void real_units_are_shown_by_maker_and_model(void **state)
{
    (void)state;
    char label[64];
    struct survey *s = load(REAL_SURVEY);
    assert_false(s->simulated);
    assert_string_equal(s->readers[0].unit, "窓口 <script> 1");
    survey_reader_label(s, 0, label, sizeof label);
    assert_string_equal(label, "Maker RX-1");
    survey_pair_label(s, 1, label, sizeof label);
    assert_string_equal(label, "Maker Phone P-1 (h1+s2)");
    assert_null(s->handset_profiles[0].felica);
    assert_string_equal(s->handset_profiles[0].facts[3].absent, "not stated");
    assert_string_equal(s->handset_profiles[0].facts[0].mark, "R");
    assert_string_equal(s->handset_profiles[0].facts[0].source, "a list");
    survey_free(&s);
}

static void a_profile_matches_its_reader_by_usb_numbers_and_else_by_name(void **state)
{
    (void)state;
    struct reader_profile p = {
        .maker = (char *)"ACS", .model = (char *)"ACR122U", .usb_vendor = 0x72f, .usb_product = 0x2200
    };
    assert_true(reader_profile_matches(&p, "ACS ACR122U PICC Interface 00 00", -1, -1, -1));
    assert_false(reader_profile_matches(&p, "ACS ACR1252 Reader 00 00", -1, -1, -1));
    assert_true(reader_profile_matches(&p, "", 0x72f, 0x2200, -1));
    assert_false(reader_profile_matches(&p, "ACS ACR122U", 0x72f, 0x223e, 0));
    p.match = (char *)"PICC";
    assert_true(reader_profile_matches(&p, "acs acr1252 dual [picc] 00", 0x72f, 0x2200, -1));
    assert_false(reader_profile_matches(&p, "ACS ACR1252 Dual [SAM] 00", 0x72f, 0x2200, -1));
}

static void a_name_does_not_bind_where_the_interface_is_known(void **state)
{
    (void)state;
    struct reader_profile p = {
        .match = (char *)"4701 F CL", .usb_vendor = 0x4e6, .usb_product = 0x5724, .interface = 1
    };
    assert_true(reader_profile_matches(&p, "Identiv Dual Interface Reader", 0x4e6, 0x5724, 1));
    assert_true(reader_profile_matches(&p, NULL, 0x4e6, 0x5724, 1));
    assert_false(reader_profile_matches(&p, "uTrust 4701 F CL", 0x4e6, 0x5724, 0));
    assert_false(reader_profile_matches(&p, "uTrust 4701 F CL", 0x4e6, 0x5725, 1));
}

#define DESCRIPTOR                                                                                           \
    "format: nfc-survey/reader\nversion: 1\nid: odd\nmaker: Maker\nmodel: Odd\nsource: a descriptor\n"       \
    "usb: {vendor: \"04E6\", product: \"5724\", class: \"0B\"}\n"

static void what_an_odd_descriptor_says_is_a_fact(void **state)
{
    static const char text[] = DESCRIPTOR
        "usb_strings: {manufacturer: \"\", product: \"Odd One\"}\n"
        "ccid: {features: \"00 04 00 7E\", level: short+extended, max_message_bytes: 524288,\n"
        "  ifsd_bytes: 0, endpoints: 0, busy_slots: 0, protocols: \"00 00 00 02\", clock_khz: 4000}\n";
    struct survey_problems list = { 0 };
    struct problems p = { .list = &list };
    struct reader_profile r = { 0 };
    (void)state;
    struct tree_node *root = tree_parse(&p, "odd.yaml", text, sizeof text - 1);
    assert_non_null(root);
    reader_profile_read(&r, &p, "odd.yaml", root);
    assert_int_equal(list.count, 0);
    assert_true(r.strings_known);
    assert_null(r.usb_manufacturer);
    assert_string_equal(r.usb_product_name, "Odd One");
    assert_null(r.usb_interface_name);
    assert_int_equal(r.max_message, 524288);
    assert_int_equal(r.endpoints + r.ifsd, 0);
    assert_int_equal(r.protocols, 2);
    assert_int_equal(r.clock_khz, 4000);
    reader_profile_clear(&r);
    tree_free(&root);
}

static void a_units_key_depends_on_ids_and_never_on_the_order(void **state)
{
    (void)state;
    struct survey *a =
        load_changed(READERS, "readers: [{unit: a, profile: sim-r}, {unit: b, profile: sim-r}]");
    struct survey *b =
        load_changed(READERS, "readers: [{unit: b, profile: sim-r}, {unit: a, profile: sim-r}]");
    assert_true(survey_unit_key(a, 0, 0, 0) == survey_unit_key(b, 1, 0, 0));
    assert_true(survey_unit_key(a, 0, 0, 0) != survey_unit_key(a, 1, 0, 0));
    assert_true(survey_unit_key(a, 0, 0, 0) != survey_unit_key(a, 0, 0, 1));
    b->seed++;
    assert_true(survey_unit_key(a, 0, 0, 0) != survey_unit_key(b, 1, 0, 0));
    survey_free(&a);
    survey_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_survey_is_loaded_whole),
        cmocka_unit_test(access_rules_become_what_ara_m_holds),
        cmocka_unit_test(a_power_mode_declared_absent_is_not_applicable),
        cmocka_unit_test(an_exclusion_takes_its_cells_out_with_its_reason),
        cmocka_unit_test(positions_multiply_the_conditions_only_when_asked_to),
        cmocka_unit_test(defaults_stand_in_where_an_item_says_nothing),
        cmocka_unit_test(a_scheme_of_two_tiers_has_a_mean_a_bound_on_each_reader_and_weights),
        cmocka_unit_test(a_scheme_changed_in_more_than_k_loses_the_presets_name),
        cmocka_unit_test(k_follows_from_the_length_of_a_transaction_unless_it_is_given),
        cmocka_unit_test(the_survey_of_a_journal_keeps_the_tags_that_it_had),
        cmocka_unit_test(a_survey_that_makes_no_sense_is_refused_at_the_place),
        cmocka_unit_test(an_emulated_reader_is_shown_by_its_class_and_never_by_its_model),
        cmocka_unit_test(real_units_are_shown_by_maker_and_model),
        cmocka_unit_test(a_profile_matches_its_reader_by_usb_numbers_and_else_by_name),
        cmocka_unit_test(a_name_does_not_bind_where_the_interface_is_known),
        cmocka_unit_test(what_an_odd_descriptor_says_is_a_fact),
        cmocka_unit_test(a_units_key_depends_on_ids_and_never_on_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
