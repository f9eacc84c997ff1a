/* The key of identifiers: one for all who come at once, refused where others could have it, and what its values are. */
#include "harness/base/identifier_key.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char home[64], folder[128], file[192];

static int enter_home(void **state)
{
    (void)state;
    snprintf(home, sizeof home, "/tmp/nfc-survey-key-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    snprintf(folder, sizeof folder, "%s/state/nfc-survey", home);
    snprintf(file, sizeof file, "%s/identifier.key", folder);
    char state_home[96];
    snprintf(state_home, sizeof state_home, "%s/state", home);
    return setenv("XDG_STATE_HOME", state_home, 1);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int leave_home(void **state)
{
    (void)state;
    return nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct identifier_key load(void)
{
    struct identifier_key key;
    struct err e = { 0 };
    assert_int_equal(identifier_key_load(&key, &e), 0);
    return key;
}

static void is_refused(const char *why)
{
    struct identifier_key key;
    struct err e = { 0 };
    assert_int_equal(identifier_key_load(&key, &e), ERR_ENVIRONMENT);
    if (!strstr(e.text, why))
        fail_msg("\"%s\" says nothing of \"%s\"", e.text, why);
}

static unsigned files_in_folder(void)
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *entry; (entry = readdir(d));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void it_is_made_once_and_for_its_user_alone(void **state)
{
    (void)state;
    struct stat st;
    struct identifier_key first = load(), again = load();
    assert_memory_equal(first.bytes, again.bytes, sizeof first.bytes);
    assert_string_equal(first.id, again.id);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, IDENTIFIER_KEY_BYTES);
    assert_int_equal(files_in_folder(), 1);
}

/* Twelve at a time, many times over: none may make, or use, one of its own. */
static void many_who_come_at_once_have_one_key(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        int ends[2];
        char ids[12][9];
        assert_int_equal(pipe(ends), 0);
        (void)unlink(file);
        for (unsigned i = 0; i < 12; i++) {
            if (fork() == 0) {
                struct identifier_key key = { { 0 }, "" };
                int status = identifier_key_load(&key, NULL);
                _exit(status == 0 && write(ends[1], key.id, sizeof key.id) == sizeof key.id ? 0 : 1);
            }
        }
        for (unsigned i = 0; i < 12; i++) {
            int status;
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
            assert_int_equal(read(ends[0], ids[i], sizeof ids[i]), sizeof ids[i]);
            assert_string_equal(ids[i], ids[0]);
        }
        close(ends[0]);
        close(ends[1]);
        assert_string_equal(ids[0], load().id);
    }
    assert_int_equal(files_in_folder(), 1);
}

static void what_others_could_have_read_is_refused(void **state)
{
    (void)state;
    char second[224];
    load();
    assert_int_equal(chmod(file, 0640), 0);
    is_refused("others may use it");
    assert_int_equal(chmod(file, 0600), 0);
    assert_int_equal(chmod(folder, 0750), 0);
    is_refused("others may use it");
    assert_int_equal(chmod(folder, 0700), 0);
    snprintf(second, sizeof second, "%s/second", folder);
    assert_int_equal(link(file, second), 0);
    is_refused("second name");
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink(second, file), 0);
    is_refused("can't be read");
    assert_int_equal(rename(second, file), 0);
    assert_int_equal(truncate(file, 16), 0);
    is_refused("no key of 32 bytes");
}

static void a_rotation_keeps_the_old_key_under_its_id(void **state)
{
    (void)state;
    struct identifier_key before = load(), was, now, read_back;
    struct err e = { 0 };
    char old[224];
    assert_int_equal(identifier_key_rotate(&was, &now, &e), 0);
    assert_string_equal(was.id, before.id);
    assert_string_not_equal(now.id, was.id);
    assert_string_equal(load().id, now.id);
    snprintf(old, sizeof old, "%s/identifier.%s.key", folder, was.id);
    int f = open(old, O_RDONLY);
    assert_int_equal(read(f, read_back.bytes, sizeof read_back.bytes), sizeof read_back.bytes);
    close(f);
    assert_memory_equal(read_back.bytes, before.bytes, sizeof before.bytes);
    assert_int_equal(files_in_folder(), 2);
}

static void a_folder_of_no_place_is_said(void **state)
{
    (void)state;
    char was[96];
    snprintf(was, sizeof was, "%s", getenv("HOME") ? getenv("HOME") : "/");
    setenv("XDG_STATE_HOME", "relative", 1);
    unsetenv("HOME");
    is_refused("set HOME or XDG_STATE_HOME");
    setenv("HOME", home, 1);
    load();
    char path[192];
    snprintf(path, sizeof path, "%s/.local/state/nfc-survey/identifier.key", home);
    assert_int_equal(access(path, F_OK), 0);
    setenv("HOME", was, 1);
}

/* Recomputed by Python's hmac: hmac.new(key, b"iccid\0" + digits, "sha256"). */
static void values_are_hmacs_of_kind_and_digits(void **state)
{
    (void)state;
    struct identifier_key key;
    char value[IDENTIFIER_VALUE_BYTES], other[IDENTIFIER_VALUE_BYTES];
    identifier_key_published(&key);
    assert_string_equal(key.id, "f67fd997");
    identifier_value(&key, "iccid", "8981100000000000001F", value);
    assert_string_equal(value, "f67fd997:fae7313f8ac555c4c3ae3be725488812");
    identifier_value(&key, "iccid", "8981 1000 0000 0000 001", other);
    assert_string_equal(value, other);
    identifier_value(&key, "cplc", "8981100000000000001", other);
    assert_string_not_equal(value, other);
    identifier_value(&key, "cplc", "0A:0b-0F", value);
    identifier_value(&key, "cplc", "0a0b0f", other);
    assert_string_equal(value, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_made_once_and_for_its_user_alone, enter_home, leave_home),
        cmocka_unit_test_setup_teardown(many_who_come_at_once_have_one_key, enter_home, leave_home),
        cmocka_unit_test_setup_teardown(what_others_could_have_read_is_refused, enter_home, leave_home),
        cmocka_unit_test_setup_teardown(a_rotation_keeps_the_old_key_under_its_id, enter_home, leave_home),
        cmocka_unit_test_setup_teardown(a_folder_of_no_place_is_said, enter_home, leave_home),
        cmocka_unit_test(values_are_hmacs_of_kind_and_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
