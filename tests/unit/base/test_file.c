/* Files are replaced whole; what is no regular file stays what it is. */
#include "harness/base/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int enter_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/nfc-survey-file-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    static const char *const names[] = { "file", "link", "pipe", "other" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void write_whole(const char *path, const char *text)
{
    struct err e = { 0 };
    assert_int_equal(file_replace(path, text, strlen(text), &e), 0);
}

static void assert_holds(const char *path, const char *text)
{
    struct err e = { 0 };
    struct buf b;
    buf_init(&b, 1 << 10);
    assert_int_equal(file_read(path, &b, &e), 0);
    assert_string_equal(buf_text(&b), text);
    buf_free(&b);
}

static void a_file_is_made_and_replaced_and_no_temporary_one_stays(void **state)
{
    (void)state;
    write_whole("file", "one");
    write_whole("file", "two");
    assert_holds("file", "two");
    assert_int_equal(access("file.tmp", F_OK), -1);
}

static void a_link_stays_and_what_it_leads_to_is_replaced(void **state)
{
    struct err e = { 0 };
    struct stat is;
    (void)state;
    write_whole("file", "one");
    assert_int_equal(symlink("file", "link"), 0);
    write_whole("link", "two");
    write_whole("other", "three");
    assert_holds("file", "two");
    assert_int_equal(file_settle("other", "link", &e), 0);
    assert_holds("file", "three");
    assert_int_equal(lstat("link", &is), 0);
    assert_true(S_ISLNK(is.st_mode));
    assert_int_equal(access("other", F_OK), -1);
}

static void a_pipe_is_written_to_and_stays_one(void **state)
{
    struct stat is;
    char got[8] = "";
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    int end = open("pipe", O_RDWR);
    assert_true(end >= 0);
    write_whole("pipe", "one");
    assert_int_equal(read(end, got, sizeof got), 3);
    assert_memory_equal(got, "one", 3);
    assert_int_equal(lstat("pipe", &is), 0);
    assert_true(S_ISFIFO(is.st_mode));
    close(end);
}

static void a_device_that_takes_nothing_is_an_error_with_its_reason(void **state)
{
    struct err e = { 0 };
    (void)state;
    assert_int_equal(file_replace("/dev/full", "one", 3, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "No space left"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_made_and_replaced_and_no_temporary_one_stays, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_link_stays_and_what_it_leads_to_is_replaced, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_pipe_is_written_to_and_stays_one, enter_folder, leave_folder),
        cmocka_unit_test(a_device_that_takes_nothing_is_an_error_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
