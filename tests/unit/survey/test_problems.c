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
    { "reader", SAMPLE_READER, "maker: M", "maker：M", "f.yaml:4:6", "a full-width colon (U+FF1A)" },
    { "reader", SAMPLE_READER, "maker: M", "maker：M\n# a comment\n", "f.yaml:4:6", "a full-width colon" },
    { "reader", SAMPLE_READER, "maker: M", "maker:M", "f.yaml:4:6", "no blank behind the colon" },
    { "reader", SAMPLE_READER, "maker: M", "\tmaker: M", "f.yaml:4:1", "a tab in the indentation" },
    { "handset", SAMPLE_HANDSET, "  margin_db: 12", "　margin_db: 12", "f.yaml:16:1",
      "a full-width blank (U+3000)" },
    { "reader", SAMPLE_READER, ", max_message", "，max_message", "f.yaml:7:26",
      "a full-width comma (U+FF0C)" },
    { "reader", SAMPLE_READER, "maker: M", "\xef\xbb\xbfmaker: M", "f.yaml:4:1",
      "a byte order mark in the middle" },
    { "reader", SAMPLE_READER, "maker: M", "maker: 端\x1bM", "f.yaml:4:9", "a control character (U+001B)" },
    { "reader", SAMPLE_READER, "maker: M", "maker: \xc2\x9bM", "f.yaml:4:8", "a control character (U+009B)" },
    { "reader", SAMPLE_READER, "maker: M", "maker: 端\xff", "f.yaml:4:9", "is not UTF-8 text" },
    { "reader", SAMPLE_READER, "maker: M", "maker: [A：B", "f.yaml:", "is not YAML" },
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
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 0", "f.yaml:8:12", "half of a byte" },
    { "script", SAMPLE_SCRIPT, "00 B0 00 00 20", "00 B0 00 00 {n:1}", "f.yaml:8:12",
      "step 1 uses \"n\" before any step filled it" },
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
    assert_int_equal(survey_load(path, ".", criteria_check, &s, &list, &e), ERR_INPUT);
    assert_int_equal(list.count, 1);
    assert_non_null(strstr(list.items[0].text, "at most"));
    survey_problems_free(&list);
    close(fd);
    unlink(path);
    assert_int_equal(survey_load(path, ".", criteria_check, &s, &list, &e), ERR_INPUT);
    assert_non_null(strstr(list.items[0].text, "cannot be read"));
    survey_problems_free(&list);
    assert_int_equal(survey_load("/tmp", ".", criteria_check, &s, &list, &e), ERR_INPUT);
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
        cmocka_unit_test(hostile_files_give_one_clear_problem),
        cmocka_unit_test(a_file_of_a_hundred_megabytes_is_refused_unread),
        cmocka_unit_test(after_a_hundred_problems_the_list_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
