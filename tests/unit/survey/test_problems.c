/* Every kind of problem at its exact place: the YAML layer, the field readers, and each kind of file. */
#include "tests/unit/survey/sample.h"

/* A file of a kind that is sound but for one thing, and where that is said. */
struct bad_file {
    const char *kind, *base, *from, *to, *where, *fragment;
};

static const struct bad_file bad_files[] = {
    { "reader", SAMPLE_READER, "maker: M", "maker: &a M", "f.yaml:4:8", "anchors" },
    { "reader", SAMPLE_READER, "maker: M", "maker: *a", "f.yaml:4:8", "aliases" },
    { "reader", SAMPLE_READER, "maker: M", "maker: !!str M", "f.yaml:4:8", "tags" },
    { "reader", SAMPLE_READER, "maker: M", "<<: {maker: M}", "f.yaml:4:1", "merge keys" },
    { "reader", SAMPLE_READER, "model: R", "maker: R", "f.yaml:5:1",
      "given twice in this mapping; first on line 4" },
    { "reader", SAMPLE_READER, "model: R", "model: R\n---\nmodel: R", "f.yaml:6:1", "second document" },
    { "reader", SAMPLE_READER, "model: R", "model: [R", "f.yaml:", "not YAML" },
    { "reader", SAMPLE_READER, "model: R", "? [a]\n: R", "f.yaml:5:3", "a key must be plain text" },
    { "reader", SAMPLE_READER, "model: R", "model: R\nmodell: S", "f.yaml:6:1", "did you mean \"model\"" },
    { "reader", SAMPLE_READER, "model: R", "model: R\nzzzzz: S", "f.yaml:6:1",
      "\"zzzzz\" is not a key of a reader" },
    { "reader", SAMPLE_READER, "maker: M\n", "", "f.yaml:1:1", "needs the key \"maker\"" },
    { "reader", SAMPLE_READER, "maker: M", "maker: [M]", "f.yaml:4:8", "expected text" },
    { "reader", SAMPLE_READER, "maker: M", "maker:", "f.yaml:4:7", "is empty" },
    { "reader", SAMPLE_READER, "maker: M", "maker: \"a\\tb\"", "f.yaml:4:8", "control characters" },
    { "reader", SAMPLE_READER, "maker: M", "maker: \"a\\u0085b\"", "f.yaml:4:8", "control characters" },
    { "reader", SAMPLE_READER, "id: sim-r", "id: Sim_R", "f.yaml:3:5", "is not an id" },
    { "reader", SAMPLE_READER, "version: 1", "version: 2", "f.yaml:2:10", "expected 1" },
    { "reader", SAMPLE_READER, "nfc-survey/reader", "nfc-survey/script", "f.yaml:1:9",
      "expected nfc-survey/reader" },
    { "reader", SAMPLE_READER, "271", "271 bytes", "f.yaml:7:47", "without a unit" },
    { "reader", SAMPLE_READER, "271", "2", "f.yaml:7:47", "out of range" },
    { "reader", SAMPLE_READER, "271", "-1", "f.yaml:7:47", "not a whole number" },
    { "reader", SAMPLE_READER, "max_message_bytes", "max_message", "f.yaml:7:28",
      "did you mean \"max_message_bytes\"" },
    { "reader", SAMPLE_READER, "level: short", "level: big", "f.yaml:7:21", "expected one of tpdu" },
    { "reader", SAMPLE_READER, "polling: BA", "polling: BX", "f.yaml:8:12", "polling order" },
    { "reader", SAMPLE_READER, "host_spread: 0.1", "host_spread: 1e1", "f.yaml:8:77", "not a number" },
    { "reader", SAMPLE_READER, "interrupt_endpoint: true", "interrupt_endpoint: yes", "f.yaml:7:72",
      "expected one of false, true" },
    { "reader", SAMPLE_READER, "id: sim-r", "id: r", "f.yaml:7:13", "begins with sim-" },
    { "reader", SAMPLE_REAL_READER, "id: real-r", "id: sim-r", "f.yaml:1:1", "needs the key \"simulation\"" },
    { "reader", SAMPLE_REAL_READER, "level: short+extended", "level: short", "f.yaml:8:40",
      "expected short+extended" },
    { "reader", SAMPLE_REAL_READER, "\"054C\"", "\"54C\"", "f.yaml:7:15", "2 bytes in hexadecimal" },
    { "handset", SAMPLE_HANDSET, "id: sim-h", "id: h", "f.yaml:8:3", "begins with sim-" },
    { "handset", SAMPLE_HANDSET, "name: H", "label: H", "f.yaml:5:8", "needs the fact \"name\"" },
    { "handset", SAMPLE_HANDSET, "target: uicc", "target: sim", "f.yaml:14:16", "expected one of uicc" },
    { "handset", SAMPLE_HANDSET, "applets: [jpki]", "applets: [jpkl]", "f.yaml:14:60",
      "expected one of jpki" },
    { "handset", SAMPLE_HANDSET, "max_kbit_s: 106", "max_kbit_s: 107", "f.yaml:12:15", "106, 212 or 424" },
    { "handset", SAMPLE_HANDSET, "01 02 03 04", "01 02 03 04 05 06 07", "f.yaml:9:8", "the PUPI" },
    { "handset", SAMPLE_HANDSET, "[\"off\"]", "[\"of\"]", "f.yaml:6:24", "expected one of on-unlocked" },
    { "handset", SAMPLE_HANDSET, "  margin_db: 12",
      "  faults: [{cause: F30, rate: 1, per: placement}]\n  margin_db: 12", "f.yaml:16:20", "F02 to F27" },
    { "handset", SAMPLE_HANDSET, "  margin_db: 12",
      "  faults: [{cause: F03, rate: 2, per: placement}]\n  margin_db: 12", "f.yaml:16:31", "out of range" },
    { "handset", SAMPLE_HANDSET, "  margin_db: 12",
      "  faults: [{cause: F16, rate: 1, per: placement, when: failing}]\n  margin_db: 12", "f.yaml:16:12",
      "only F31, a reader that hangs" },
    { "handset", SAMPLE_HANDSET, "  margin_db: 12",
      "  faults: [{cause: F16, rate: 1, per: placement, when: late}]\n  margin_db: 12", "f.yaml:16:56",
      "expected one of failing" },
    { "handset", SAMPLE_REAL_HANDSET, "absent: not stated", "value: yes, absent: no", "f.yaml:5:79",
      "either a value or" },
    { "handset", SAMPLE_REAL_HANDSET, "mark: R", "mark: Q", "f.yaml:5:37", "expected one of R" },
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 0", "f.yaml:8:12", "not a template" },
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 00 00 {n:1}", "f.yaml:8:12",
      "step 1 uses \"n\" before any step captured it" },
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 00 00 {le:1}", "f.yaml:8:12", "outside its loop" },
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 00 00 {le:1", "f.yaml:8:12", "between { and }" },
    { "script", SAMPLE_SCRIPT, "{send: \"00 B0 00 00 20\"}",
      "{send: \"00 B0 00 00 {value:1}\", for: {value: [257]}}", "f.yaml:8:12", "does not fit into 1 byte" },
    { "script", SAMPLE_SCRIPT, "{send: \"00 B0 00 00 20\"}",
      "{send: \"00 B0 00 00 {value}\", for: {value: [1]}}", "f.yaml:8:12", "expected its width" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\", expect: \"90Z0\"}", "f.yaml:8:38", "is not a status word" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\", field: reset}", "f.yaml:8:5", "exactly one of send" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\", repeat: 5000}", "f.yaml:8:38", "from 1 to 4096" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\", repeat: 5, for: {value: [1]}}", "f.yaml:8:5",
      "only one of repeat" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\"}\n  - {pause_ms: 5, expect: \"9000\"}", "f.yaml:9:27",
      "only in a step with send" },
    { "script", SAMPLE_SCRIPT, "20\"}", "20\", capture: {le: {as: number, length: 1}}}", "f.yaml:8:44",
      "built in" },
    { "script", SAMPLE_SCRIPT, "20\"}",
      "20\", capture: {n: {as: number, length: 2}}}\n"
      "  - {send: \"00 B0 {offset:2} {le:1}\", read: {length: n}}",
      "f.yaml:9:5", "typical_length_bytes" },
    { "script", SAMPLE_SCRIPT, "20\"}",
      "20\", needs_extended: true, capture: {n: {as: number, length: 2}}}\n"
      "  - {send: \"00 B0 00 00 {n:1}\"}",
      "f.yaml:9:12", "only a step that needs extended" },
    { "script", SAMPLE_SCRIPT, "steps:\n  - {send: \"00 B0 00 00 20\"}", "steps: []", "f.yaml:7:8",
      "1 to 64" },
    { "criteria", SAMPLE_CRITERIA, "taps: 50,", "taps: 50, dirty_at_most: 0.1,", "f.yaml:9:10",
      "either {dirty_at_most" },
    { "criteria", SAMPLE_CRITERIA, "{taps: 50, ok_at_least: 48, within_ms: 900}", "{within_ms: 900}",
      "f.yaml:9:10", "either {dirty_at_most" },
    { "criteria", SAMPLE_CRITERIA, "{taps: 50, ok_at_least: 48, within_ms: 900}",
      "{dirty_at_most: 0.1, within_ms: 900}", "f.yaml:9:42", "belongs to a rule of taps" },
    { "criteria", SAMPLE_CRITERIA, "ok_at_least: 48, ", "", "f.yaml:9:10", "needs the key \"ok_at_least\"" },
    { "criteria", SAMPLE_CRITERIA, "ok_at_least: 48", "ok_at_least: 51", "f.yaml:9:34", "from 1 to 50" },
    { "criteria", SAMPLE_CRITERIA, "{taps: 50, ok_at_least: 48, within_ms: 900}", "{dirty_at_most: 10}",
      "f.yaml:9:26", "from 0.0001 to 0.9999" },
    { "criteria", SAMPLE_CRITERIA, "share: 0.9,", "share: 95,", "f.yaml:10:31", "from 0.5 to 0.999" },
    { "criteria", SAMPLE_CRITERIA, "level: handset", "level: reader", "f.yaml:10:43",
      "expected one of cell, handset" },
    { "criteria", SAMPLE_CRITERIA, "time: {within_ms: 500, ", "time: {", "f.yaml:10:7",
      "needs the key \"within_ms\"" },
    { "criteria", SAMPLE_CRITERIA, "failing_at_most: 2", "failing_at_most: 5", "f.yaml:11:59",
      "from 0 to 4" },
    { "criteria", SAMPLE_CRITERIA, "to_mm: 15", "to_mm: 0", "f.yaml:11:91", "expected more than from_mm" },
    { "criteria", SAMPLE_CRITERIA, "dead_zone_mm: 3", "dead_zone: 3", "f.yaml:11:95",
      "did you mean \"dead_zone_mm\"" },
    { "criteria", SAMPLE_CRITERIA, "technologies: [A, B]", "technologies: [A, V]", "f.yaml:12:19",
      "expected one of A, B, F" },
    { "criteria", SAMPLE_CRITERIA, "technologies: [A, B]", "technologies: []", "f.yaml:12:15",
      "at least one of A" },
    { "criteria", SAMPLE_CRITERIA, ", step: extended responses", "", "f.yaml:13:10",
      "needs the key \"step\"" },
    { "criteria", SAMPLE_CRITERIA, "[RW-01, acs-acr1252]", "[RW-01, RW-01]", "f.yaml:14:21", "given twice" },
    { "criteria", SAMPLE_CRITERIA, "[RW-01, acs-acr1252]", "[]", "f.yaml:14:13", "expected 1 to 16" },
    { "criteria", SAMPLE_CRITERIA, "acs-acr1252: 0.3", "acs-acr1252: 0.5", "f.yaml:15:41", "add up to 1.1" },
    { "criteria", SAMPLE_CRITERIA, "acs-acr1252: 0.3", "acs-acr1252: much", "f.yaml:15:67",
      "above 0 and up to 1" },
    { "criteria", SAMPLE_CRITERIA, "weights: {RW-01: 0.6, acs-acr1252: 0.3}", "weights: [RW-01]",
      "f.yaml:15:41", "expected a mapping" },
    { "criteria", SAMPLE_CRITERIA, "readers_share:", "readers_at_least: all\nreaders_share:", "f.yaml:16:16",
      "either readers_at_least or readers_share" },
    { "criteria", SAMPLE_CRITERIA, "readers_share: {at_least: 0.9, weights: {RW-01: 0.6, acs-acr1252: 0.3}}",
      "readers_at_least: 3", "f.yaml:15:19", "readers_of names 2" },
    { "criteria", SAMPLE_CRITERIA,
      "positions: {five_points: {radius_mm: 10, failing_at_most: 2}, height: {from_mm: 0, "
      "to_mm: 15, dead_zone_mm: 3}}",
      "positions: {}", "f.yaml:11:12", "expected five_points, height or both" },
    { "criteria", SAMPLE_CRITERIA, "analogy: {en: A, ja: B}", "analogy: {ja: B}", "f.yaml:7:10",
      "needs the key \"en\"" },
};

static void a_wrong_file_is_refused_at_the_exact_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        const struct bad_file *b = &bad_files[i];
        struct survey_problems sound = { 0 }, list = { 0 };
        sample_read(b->kind, b->base, strlen(b->base), &sound);
        assert_int_equal(sound.count, 0);
        char *text = sample_replace(b->base, b->from, b->to);
        sample_read(b->kind, text, strlen(text), &list);
        if (b->where[strlen(b->where) - 1] == ':') { /* libyaml's own place */
            assert_true(list.count == 1 && strstr(list.items[0].text, b->fragment));
            assert_memory_equal(list.items[0].where, b->where, strlen(b->where));
        } else {
            sample_expect(&list, b->where, b->fragment);
        }
        free(text);
        survey_problems_free(&list);
    }
}

static void a_file_says_all_its_problems_at_once(void **state)
{
    (void)state;
    struct survey_problems list = { 0 };
    static const char text[] =
        "format: nfc-survey/criteria\nversion: 1\nid: \"A B\"\nsource: s\npower_mode: [on]\n"
        "conditional_modes: [dark]\nreaders_at_least: some\n";
    sample_read("criteria", text, sizeof text - 1, &list);
    sample_expect(&list, "f.yaml:3:5", "is not an id");
    sample_expect(&list, "f.yaml:1:1", "needs the key \"title\"");
    sample_expect(&list, "f.yaml:5:1", "did you mean \"power_modes\"");
    sample_expect(&list, "f.yaml:6:21", "expected one of on-unlocked");
    sample_expect(&list, "f.yaml:7:19", "not a whole number");
    assert_int_equal(list.count, 5);
    survey_problems_free(&list);
}

static void expect_one(const char *text, size_t length, const char *where, const char *fragment)
{
    struct survey_problems list = { 0 };
    sample_read("reader", text, length, &list);
    sample_expect(&list, where, fragment);
    assert_int_equal(list.count, 1);
    survey_problems_free(&list);
}

static void hostile_files_give_one_clear_problem(void **state)
{
    (void)state;
    enum { DEEP = 10000, HUGE_FILE = 9 << 20 };
    char *text = malloc(HUGE_FILE);
    assert_non_null(text);
    expect_one("", 0, "f.yaml:1:1", "is empty");
    expect_one("# only this\n", 12, "f.yaml:1:1", "is empty");
    expect_one("\x7f"
               "ELF\0\0",
               6, "f.yaml:1:5", "not UTF-8");
    expect_one("a: b\nc: \xff\n", 10, "f.yaml:2:4", "not UTF-8");
    expect_one("a: \xe3\x81\x82\xe3\x81", 8, "f.yaml:1:5", "not UTF-8");
    memset(text, '[', DEEP);
    expect_one(text, DEEP, "f.yaml:1:33", "nested deeper");
    for (size_t i = 0; i < DEEP; i++)
        memcpy(text + 2 * i, "- ", 2);
    expect_one(text, 2 * DEEP, "f.yaml:1:65", "nested deeper");
    memset(text, 'a', HUGE_FILE);
    expect_one(text, HUGE_FILE, "f.yaml:1:1", "at most 8388608 are read");
    memcpy(text, "[a", 2);
    for (size_t i = 2; i + 2 < 1 << 20; i += 2)
        memcpy(text + i, ",a", 2);
    expect_one(text, 1 << 20, "f.yaml:1:262144", "too many values");
    free(text);
}

static void a_file_of_a_hundred_megabytes_is_refused_unread(void **state)
{
    (void)state;
    char path[] = "/tmp/nfc-survey-test-XXXXXX";
    struct survey_problems list = { 0 };
    struct survey *s = NULL;
    struct err e;
    int fd = mkstemp(path);
    assert_true(fd >= 0 && ftruncate(fd, 100 << 20) == 0);
    assert_int_equal(survey_load(path, ".", &s, &list, &e), ERR_INPUT);
    assert_int_equal(list.count, 1);
    assert_non_null(strstr(list.items[0].text, "at most"));
    survey_problems_free(&list);
    close(fd);
    unlink(path);
    assert_int_equal(survey_load(path, ".", &s, &list, &e), ERR_INPUT);
    assert_non_null(strstr(list.items[0].text, "cannot be read"));
    survey_problems_free(&list);
    assert_int_equal(survey_load("/tmp", ".", &s, &list, &e), ERR_INPUT);
    assert_non_null(strstr(list.items[0].text, "regular file"));
    survey_problems_free(&list);
}

static void after_a_hundred_problems_the_list_is_cut(void **state)
{
    (void)state;
    struct survey_problems list = { 0 };
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_text(&text, SAMPLE_READER);
    for (int i = 0; i < 150; i++)
        buf_add_format(&text, "zzzzz%d: 1\n", i);
    sample_read("reader", text.data, text.length, &list);
    assert_int_equal(list.count, PROBLEMS_MAX);
    assert_true(list.more);
    survey_problems_free(&list);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_refused_at_the_exact_place),
        cmocka_unit_test(a_file_says_all_its_problems_at_once),
        cmocka_unit_test(hostile_files_give_one_clear_problem),
        cmocka_unit_test(a_file_of_a_hundred_megabytes_is_refused_unread),
        cmocka_unit_test(after_a_hundred_problems_the_list_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
