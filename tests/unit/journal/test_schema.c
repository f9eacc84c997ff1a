/*
 * Checked-in files that are made from the record tables are up to date: the schema, the manual's tables, the
 * samples. With NFC_SURVEY_UPDATE=1 in the environment they are written anew instead.
 */
#include "records.h"

#include <errno.h>

#define SCHEMA        "profiles/schema/journal.schema.json"
#define MANUAL        "docs/journal.md"
#define SAMPLE        "tests/data/journal/sample.yaml"
#define HOSTILE       "tests/data/journal/hostile.yaml"
#define TABLES_BEGIN  "<!-- made from harness/journal/records.h -->\n"
#define TABLES_END    "<!-- end -->\n"
#define CODES_BEGIN   "<!-- made from harness/domain/said.def -->\n"
#define CODES_END     "<!-- end of codes -->\n"
#define HOSTILE_TIMES 3

/* As git would: with the mode that the umask leaves, whatever was there. What the program writes is its owner's alone. */
static void check_in(const char *path, const struct buf *made)
{
    assert_true(unlink(path) == 0 || errno == ENOENT);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(made->data, 1, made->length, f), made->length);
    assert_int_equal(fclose(f), 0);
}

static void assert_up_to_date(const char *path, const struct buf *made)
{
    struct buf there;
    struct err e;
    assert_false(made->failed);
    if (getenv("NFC_SURVEY_UPDATE"))
        check_in(path, made);
    buf_init(&there, 1u << 24);
    assert_int_equal(file_read(path, &there, &e), 0);
    if (there.length != made->length || memcmp(there.data, made->data, made->length) != 0)
        print_message("# %s is not up to date: run this test once with NFC_SURVEY_UPDATE=1\n", path);
    assert_int_equal(there.length, made->length);
    assert_memory_equal(there.data, made->data, made->length);
    buf_free(&there);
}

static void the_schema_is_up_to_date(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1u << 20);
    journal_schema(&b);
    assert_up_to_date(SCHEMA, &b);
    buf_free(&b);
}

static void assert_table(const char *from, const char *to, void (*add)(struct buf *b))
{
    struct buf there, made;
    struct err e;
    buf_init(&there, 1u << 20);
    buf_init(&made, 1u << 20);
    assert_int_equal(file_read(MANUAL, &there, &e), 0);
    char *begin = strstr(there.data, from), *end = strstr(there.data, to);
    assert_true(begin && end && begin < end);
    buf_add(&made, there.data, (size_t)(begin - there.data) + strlen(from));
    buf_add_char(&made, '\n');
    add(&made);
    buf_add_char(&made, '\n');
    buf_add_text(&made, end);
    assert_up_to_date(MANUAL, &made);
    buf_free(&there);
    buf_free(&made);
}

static void the_manuals_tables_are_up_to_date(void **state)
{
    (void)state;
    assert_table(TABLES_BEGIN, TABLES_END, journal_field_table);
    assert_table(CODES_BEGIN, CODES_END, journal_code_table);
}

static void append(struct journal *j, struct journal_record *r)
{
    struct err e;
    assert_int_equal(journal_append(j, r, &e), 0);
}

static void add_start(struct journal *j)
{
    struct journal_record r;
    static struct journal_reader_found readers[] = {
        { "counter-1", "sim-reader-a", "sim", "Simulated reader A", "SIM-0001", "", 1, PROOF_SIMULATED },
    };
    static const char survey[] = "id: sample\n# 統合端末の見本\n";
    char sha256[65];
    digest_bytes(survey, sizeof survey - 1, sha256);
    struct journal_file files[] = { { "survey", "survey.yaml", sha256, survey } };
    journal_record_init(&r, JOURNAL_KIND_START);
    r.as.start = (struct journal_start) {
        .format = "nfc-survey/journal",
        .version = JOURNAL_VERSION,
        .run = "sample",
        .simulated = 1,
        .simulated_sign = &(struct said) { .code = SAID_SIM_DRIVER },
        .survey = "sample",
        .seed = 20171201,
        .scheme = "screen",
        .q0 = 0.01,
        .q1 = 0.1,
        .alpha = 0.05,
        .beta = 0.05,
        .k = 2,
        .n_max = 60,
        .mean = 0.05,
        .prior_upper = "Beta(1/2, 5/q1)",
        .prior_lower = "Beta(1, 4)",
        .sessions = 1,
        .lanes = 1,
        .hands = HANDS_SIM,
        .wall = "2017-12-01T09:00:00Z",
        .boot_id = "00000000-0000-0000-0000-000000000000",
        .host = "sample",
        .system = "Linux x86_64",
        .clock = &(struct said) { .code = SAID_VIRTUAL_CLOCK },
        .clock_resolution_ns = 1,
        .program = "nfc-survey 0.1.0",
        .readers = { readers, 1 },
        .files = { files, 1 },
    };
    append(j, &r);
}

static uint64_t add_placement(struct journal *j, uint64_t ordinal)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
    struct journal_placement *p = &r.as.placement;
    p->at_us = ordinal * 1000000;
    p->reader = "counter-1";
    p->handset = "sim-h01";
    p->sim = "sim-s01";
    p->condition = "on-unlocked";
    p->position = "centre";
    p->session = p->tour = 1;
    p->ordinal = ordinal;
    append(j, &r);
    return r.line;
}

static void add_transaction(struct journal *j, uint64_t placement, uint64_t repeat, uint64_t at_us, bool good)
{
    static struct journal_exchange exchanges[] = { { 1, 10233, "9000" }, { 2, 9821, "9000" } };
    static struct journal_exchange broken[] = { { 1, 10412, "9000" }, { 2, 4711, "" } };
    static struct journal_byte_pair bytes[] = { { "00a4040c0a", "9000" }, { "00b0000000", "" } };
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *t = &r.as.transaction;
    t->placement = placement;
    t->cell = 1;
    t->repeat = t->order = repeat;
    t->at_us = at_us;
    t->technology = TECHNOLOGY_B;
    t->outcome = good ? OUTCOME_OK : OUTCOME_FAIL;
    t->stages.us[3] = 30211;
    t->stages.us[4] = 10233;
    t->total_us = 60498;
    t->exchanges = (struct journal_exchanges) { good ? exchanges : broken, 2 };
    if (!good) {
        t->stage = STAGE_EXCHANGE;
        t->step = "read";
        t->causes = 1u << 20;
        t->depth = DEPTH_PCSC;
        t->native = "SCARD_E_NOT_TRANSACTED";
        t->bytes = (struct journal_bytes) { bytes, 2 };
    }
    append(j, &r);
}

static void add_placed(struct journal *j, uint64_t placement, uint64_t at_us, bool good)
{
    struct journal_result results[] = { { 1, good ? PLACEMENT_CLEAN : PLACEMENT_DIRTY, good ? 2 : 1, !good, 0,
                                          0 } };
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACED);
    r.as.placed.placement = placement;
    r.as.placed.at_us = at_us;
    r.as.placed.result = results[0].result;
    r.as.placed.results = (struct journal_results) { results, 1 };
    append(j, &r);
}

static void add_stop(struct journal *j)
{
    struct journal_record r;
    char sha256[65];
    journal_sha256(j, sha256);
    journal_record_init(&r, JOURNAL_KIND_STOP);
    r.as.stop = (struct journal_stop) { 3000000,
                                        "2017-12-01T09:00:03Z",
                                        STOP_SESSION_END,
                                        &(struct said) { .code = SAID_SESSION_DONE,
                                                         .count = 3,
                                                         .text = "1\0"
                                                                 "2\0"
                                                                 "2017-12-02T09:00:00Z" },
                                        journal_count(j, JOURNAL_KIND_PLACEMENT),
                                        journal_count(j, JOURNAL_KIND_TRANSACTION),
                                        journal_lines(j),
                                        sha256 };
    append(j, &r);
}

static void fill_sample(struct journal *j)
{
    struct err e;
    add_start(j);
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t placement = add_placement(j, i);
        add_transaction(j, placement, 1, i * 1000000 + 100000, true);
        add_transaction(j, placement, 2, i * 1000000 + 400000, i == 0);
        add_placed(j, placement, i * 1000000 + 900000, i == 0);
    }
    assert_int_equal(append_note(j, "電話を置き直した \"twice\"", &e), 0);
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_DECISION);
    r.as.decision = (struct journal_decision) { 2000000,     1,        VERDICT_UNDECIDED, 2, 1, 3, 1, 0.0125,
                                                0.987654321, ROW_OPEN, ROW_TEST_EACH,     1, 1 };
    append(j, &r);
    add_stop(j);
}

static void fill_hostile(struct journal *j)
{
    for (uint64_t round = 0; round < HOSTILE_TIMES; round++) {
        for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
            struct filled f;
            fill_record(&f, (enum journal_kind)kind, random_key(round, kind));
            append(j, &f.record);
        }
    }
}

static void check_made(const char *path, void (*fill)(struct journal *j))
{
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct buf b;
    struct err e;
    make_folder(folder);
    snprintf(run, sizeof run, "%s/run", folder);
    snprintf(file, sizeof file, "%s/run/journal.yaml", folder);
    assert_int_equal(journal_create(run, &j, &e), 0);
    fill(j);
    journal_close(&j);
    buf_init(&b, 1u << 20);
    assert_int_equal(file_read(file, &b, &e), 0);
    remove_folder(folder);
    assert_up_to_date(path, &b);
    buf_free(&b);
}

static void the_sample_is_what_the_writer_writes(void **state)
{
    (void)state;
    check_made(SAMPLE, fill_sample);
}

static void the_hostile_sample_is_what_the_writer_writes(void **state)
{
    (void)state;
    check_made(HOSTILE, fill_hostile);
}

static void what_is_checked_in_has_the_umasks_mode(void **state)
{
    (void)state;
    char folder[256], path[300];
    struct buf b;
    struct stat is;
    make_folder(folder);
    snprintf(path, sizeof path, "%s/journal.yaml", folder);
    buf_init(&b, 64);
    buf_add_text(&b, "made: again\n");
    mode_t before = umask(022);
    for (int i = 0; i < 2; i++) {
        check_in(path, &b);
        assert_int_equal(stat(path, &is), 0);
        assert_int_equal(is.st_mode & 0777, 0644);
        assert_int_equal(chmod(path, 0600), 0);
    }
    umask(before);
    buf_free(&b);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_is_up_to_date),
        cmocka_unit_test(the_manuals_tables_are_up_to_date),
        cmocka_unit_test(the_sample_is_what_the_writer_writes),
        cmocka_unit_test(the_hostile_sample_is_what_the_writer_writes),
        cmocka_unit_test(what_is_checked_in_has_the_umasks_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
