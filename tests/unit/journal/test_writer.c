/* The journal's file is whole after whatever happens to it: full disk, torn line, second run, kill. */
#include "records.h"

#include <signal.h>
#include <sys/resource.h>

static void paths(const char *folder, char run[300], char file[320])
{
    snprintf(run, 300, "%s/run", folder);
    snprintf(file, 320, "%s/run/journal.yaml", folder);
}

static void read_whole(const char *path, struct buf *b)
{
    struct err e;
    buf_init(b, 1u << 24);
    assert_int_equal(file_read(path, b, &e), 0);
}

static void a_new_run_is_closed_to_others_and_never_written_over(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct stat st;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(stat(run, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(append_note(j, "first", &e), 0);
    journal_close(&j);
    assert_int_equal(journal_create(run, &j, &e), ERR_ENVIRONMENT);
    assert_null(j);
    assert_non_null(strstr(e.text, "--resume"));
    assert_int_equal(stat(file, &st), 0);
    assert_true(st.st_size > 0);
    remove_folder(folder);
}

static void a_second_run_in_the_same_folder_is_refused_by_name(void **state)
{
    (void)state;
    char folder[256], run[300], file[320], pid[32];
    struct journal *j = NULL, *second = NULL;
    uint64_t cut;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    snprintf(pid, sizeof pid, "process %ld;", (long)getpid());
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(journal_reopen(run, &second, &cut, &e), ERR_ENVIRONMENT);
    assert_null(second);
    assert_non_null(strstr(e.text, pid));
    journal_close(&j);
    assert_int_equal(journal_reopen(run, &second, &cut, &e), 0);
    journal_close(&second);
    remove_folder(folder);
}

static void a_reopened_journal_goes_on_with_number_counts_and_digest(void **state)
{
    (void)state;
    char folder[256], run[300], file[320], sha256[65], digest[65];
    struct journal *j = NULL;
    struct journal_record r;
    struct buf b;
    uint64_t cut;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(append_note(j, "text", &e), 0);
    assert_int_equal(journal_sync(j, &e), 0);
    journal_sha256(j, sha256);
    journal_close(&j);
    assert_int_equal(journal_reopen(run, &j, &cut, &e), 0);
    assert_int_equal(cut, 0);
    assert_int_equal(journal_lines(j), 1000);
    assert_int_equal(journal_count(j, JOURNAL_KIND_NOTE), 1000);
    journal_sha256(j, digest);
    assert_string_equal(digest, sha256);
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note.at_us = 2;
    r.as.note.text = "after";
    assert_int_equal(journal_append(j, &r, &e), 0);
    assert_int_equal(r.line, 1001);
    read_whole(file, &b);
    digest_bytes(b.data, b.length, sha256);
    journal_sha256(j, digest);
    assert_string_equal(digest, sha256);
    buf_free(&b);
    journal_close(&j);
    remove_folder(folder);
}

static void a_full_disk_leaves_whole_lines_and_the_line_can_be_written_again(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct rlimit old, small;
    struct stat before, after;
    struct err e;
    uint64_t cut;
    make_folder(folder);
    paths(folder, run, file);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(append_note(j, "one", &e), 0);
    assert_int_equal(stat(file, &before), 0);
    small = old;
    for (rlim_t more = 0; more < 30; more += 10) {
        small.rlim_cur = (rlim_t)before.st_size + more;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        int status = append_note(j, "a line that does not fit", &e);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(status, ERR_ENVIRONMENT);
        assert_non_null(strstr(e.text, "disk full"));
        assert_non_null(strstr(e.text, "run --resume"));
        assert_int_equal(stat(file, &after), 0);
        assert_int_equal(after.st_size, before.st_size);
        assert_int_equal(journal_lines(j), 1);
        assert_true(journal_has_kept(j));
    }
    assert_int_equal(journal_retry(j, &e), 0);
    assert_false(journal_has_kept(j));
    assert_int_equal(journal_lines(j), 2);
    assert_int_equal(append_note(j, "three", &e), 0);
    journal_close(&j);
    assert_int_equal(journal_reopen(run, &j, &cut, &e), 0);
    assert_int_equal(cut, 0);
    assert_int_equal(journal_count(j, JOURNAL_KIND_NOTE), 3);
    journal_close(&j);
    remove_folder(folder);
}

static void a_device_that_is_always_full_is_reported(void **state)
{
    (void)state;
    char folder[256], file[320];
    struct journal *j = NULL;
    struct err e;
    uint64_t cut;
    make_folder(folder);
    snprintf(file, sizeof file, "%s/journal.yaml", folder);
    assert_int_equal(symlink("/dev/full", file), 0);
    assert_int_equal(journal_reopen(folder, &j, &cut, &e), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(append_note(j, "text", &e), ERR_ENVIRONMENT);
        assert_non_null(strstr(e.text, "disk full"));
    }
    assert_int_equal(journal_lines(j), 0);
    journal_close(&j);
    remove_folder(folder);
}

static void a_value_without_a_form_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct journal_record r;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    journal_record_init(&r, JOURNAL_KIND_DECISION);
    r.as.decision = (struct journal_decision) { 1, 2, VERDICT_UNDECIDED, 3, 4, 0, -1, 0.5, (double)INFINITY };
    assert_int_equal(journal_append(j, &r, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "upper"));
    assert_int_equal(journal_lines(j), 0);
    journal_close(&j);
    remove_folder(folder);
}

/* Writes three lines, cuts the file at the byte, and looks at what reader and resumed run make of it. */
static void check_cut(const char *run, const char *file, const struct buf *whole, size_t at)
{
    struct journal *j = NULL;
    struct journal_reader *reader = NULL;
    struct journal_record r;
    struct journal_line_info info;
    struct err e;
    char sha256[65], digest[65];
    uint64_t cut, lines = 0, records = 0;
    size_t good = 0;
    bool torn = false;
    enum journal_read got;
    for (size_t i = 0; i < at; i++) {
        if (whole->data[i] == '\n') {
            lines++;
            good = i + 1;
        }
    }
    write_file(file, whole->data, at);
    assert_int_equal(journal_reader_open(file, &reader, &e), 0);
    while ((got = journal_reader_next(reader, &r, &info, &e)) != JOURNAL_READ_END) {
        assert_int_not_equal(got, JOURNAL_READ_DAMAGED);
        records += got == JOURNAL_READ_RECORD;
        torn |= got == JOURNAL_READ_TORN;
    }
    journal_reader_close(&reader);
    assert_int_equal(records, lines);
    assert_int_equal(torn, good < at);
    assert_int_equal(journal_reopen(run, &j, &cut, &e), 0);
    assert_int_equal(cut, at - good);
    assert_int_equal(journal_lines(j), lines);
    digest_bytes(whole->data, good, sha256);
    journal_sha256(j, digest);
    assert_string_equal(digest, sha256);
    assert_int_equal(append_note(j, "resumed", &e), 0);
    journal_close(&j);
    struct journal_verdict verdict;
    assert_int_equal(journal_verify(file, NULL, NULL, &verdict, &e), 0);
    assert_int_equal(verdict.records, lines + 1);
    assert_int_equal(verdict.damaged + verdict.missing + verdict.edited, 0);
    assert_false(verdict.torn);
}

static void a_journal_cut_at_any_byte_of_its_last_two_lines_is_resumed_whole(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct buf whole;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(append_note(j, "one", &e), 0);
    assert_int_equal(append_note(j, "統合端末 two", &e), 0);
    assert_int_equal(append_note(j, "three", &e), 0);
    journal_close(&j);
    read_whole(file, &whole);
    size_t first = (size_t)((char *)memchr(whole.data, '\n', whole.length) - whole.data) + 1;
    for (size_t at = first; at <= whole.length; at++)
        check_cut(run, file, &whole, at);
    buf_free(&whole);
    remove_folder(folder);
}

static void a_damaged_whole_last_line_is_left_alone(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct journal_record r;
    struct buf b;
    struct err e;
    uint64_t cut;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(append_note(j, "one", &e), 0);
    assert_int_equal(append_note(j, "two", &e), 0);
    journal_close(&j);
    read_whole(file, &b);
    b.data[b.length - 30] ^= 1;
    write_file(file, b.data, b.length);
    assert_int_equal(journal_reopen(run, &j, &cut, &e), 0);
    assert_int_equal(cut, 0);
    assert_int_equal(journal_lines(j), 2);
    assert_int_equal(journal_count(j, JOURNAL_KIND_NOTE), 1);
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note.at_us = 1;
    r.as.note.text = "three";
    assert_int_equal(journal_append(j, &r, &e), 0);
    assert_int_equal(r.line, 3);
    journal_close(&j);
    buf_free(&b);
    remove_folder(folder);
}

static void a_tail_longer_than_any_line_is_cut_and_not_hashed(void **state)
{
    (void)state;
    char folder[256], run[300], file[320], sha256[65], digest[65];
    struct journal *j = NULL;
    struct err e;
    uint64_t cut;
    make_folder(folder);
    paths(folder, run, file);
    assert_int_equal(journal_create(run, &j, &e), 0);
    assert_int_equal(append_note(j, "one", &e), 0);
    journal_sha256(j, sha256);
    journal_close(&j);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(truncate(file, st.st_size + JOURNAL_LINE_MAX + 5000),
                     0); /* NUL bytes, as after power loss */
    assert_int_equal(journal_reopen(run, &j, &cut, &e), 0);
    assert_int_equal(cut, JOURNAL_LINE_MAX + 5000);
    assert_int_equal(journal_lines(j), 1);
    journal_sha256(j, digest);
    assert_string_equal(digest, sha256);
    journal_close(&j);
    remove_folder(folder);
}

/* A buffer that has grown past its most would take a longer one. */
static void the_longest_line_that_is_written_is_read_and_a_longer_one_refused(void **state)
{
    (void)state;
    char folder[256], run[300], file[320];
    struct journal *j = NULL;
    struct journal_verdict verdict;
    struct buf text;
    struct stat st;
    struct err e;
    make_folder(folder);
    paths(folder, run, file);
    buf_init(&text, 2 * JOURNAL_LINE_MAX);
    assert_true(buf_reserve(&text, JOURNAL_LINE_MAX + JOURNAL_LINE_MAX / 4));
    memset(text.data, 'x', JOURNAL_LINE_MAX + JOURNAL_LINE_MAX / 4);
    assert_int_equal(journal_create(run, &j, &e), 0);
    text.data[JOURNAL_LINE_MAX - 1024] = '\0';
    assert_int_equal(append_note(j, text.data, &e), 0);
    text.data[JOURNAL_LINE_MAX - 1024] = 'x';
    for (size_t length = JOURNAL_LINE_MAX; length <= JOURNAL_LINE_MAX + JOURNAL_LINE_MAX / 4;
         length += JOURNAL_LINE_MAX / 4) {
        text.data[length] = '\0';
        assert_int_equal(append_note(j, text.data, &e), ERR_LIMIT);
        text.data[length] = 'x';
    }
    assert_int_equal(append_note(j, "and on", &e), 0);
    journal_close(&j);
    assert_int_equal(stat(file, &st), 0);
    assert_true(st.st_size < JOURNAL_LINE_MAX);
    assert_int_equal(journal_verify(file, NULL, NULL, &verdict, &e), 0);
    assert_int_equal(verdict.records, 2);
    assert_int_equal(verdict.damaged, 0);
    buf_free(&text);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_run_is_closed_to_others_and_never_written_over),
        cmocka_unit_test(a_second_run_in_the_same_folder_is_refused_by_name),
        cmocka_unit_test(a_reopened_journal_goes_on_with_number_counts_and_digest),
        cmocka_unit_test(a_full_disk_leaves_whole_lines_and_the_line_can_be_written_again),
        cmocka_unit_test(a_device_that_is_always_full_is_reported),
        cmocka_unit_test(a_value_without_a_form_is_refused_before_anything_is_written),
        cmocka_unit_test(a_journal_cut_at_any_byte_of_its_last_two_lines_is_resumed_whole),
        cmocka_unit_test(a_damaged_whole_last_line_is_left_alone),
        cmocka_unit_test(a_tail_longer_than_any_line_is_cut_and_not_hashed),
        cmocka_unit_test(the_longest_line_that_is_written_is_read_and_a_longer_one_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
