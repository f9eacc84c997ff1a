/* Foreign programs as children: what they see, how they end, and that nothing of them stays. */
#include "reports/render/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SHELL(script)                                                                                        \
    (struct tool)                                                                                            \
    {                                                                                                        \
        .program = "sh", .arguments = (const char *const[]) { "-c", (script), NULL }, .seconds = 20,         \
        .file_bytes = 1 << 20                                                                                \
    }

struct ran {
    int code, status;
    struct err e;
    struct buf out; /* the file `out`, where the tool left one */
};

static struct ran run(struct tool t)
{
    struct ran r = { .status = 77 };
    struct tool_folder folder;
    char path[sizeof folder.path];
    buf_init(&r.out, 1 << 20);
    assert_int_equal(tool_folder_make(&folder, &r.e), 0);
    memcpy(path, folder.path, sizeof path);
    r.code = tool_run(&t, &folder, &r.status, &r.e);
    bool left = tool_folder_get(&folder, "out", &r.out, NULL) == 0;
    assert_true(left || r.out.length == 0);
    tool_folder_remove(&folder);
    assert_int_equal(access(path, F_OK), -1);
    return r;
}

static void a_tool_runs_in_a_folder_and_an_environment_of_its_own(void **state)
{
    (void)state;
    struct buf given, taken;
    struct err e;
    struct tool_folder folder;
    struct tool t = SHELL("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | sort | sed 's/=.*//' >out; pwd >>out; "
                          "cat given >>out; cat >>out");
    assert_int_equal(setenv("SECRET", "x", 1), 0);
    buf_init(&given, 64);
    buf_init(&taken, 4096);
    buf_add_text(&given, "words\n");
    assert_int_equal(tool_folder_make(&folder, &e), 0);
    assert_int_equal(tool_folder_put(&folder, "given", &given, &e), 0);
    assert_int_equal(tool_run(&t, &folder, NULL, &e), 0);
    assert_int_equal(tool_folder_get(&folder, "out", &taken, &e), 0);
    char wanted[512];
    snprintf(wanted, sizeof wanted,
             "HOME\nLC_ALL\nPATH\nPYTHONDONTWRITEBYTECODE\nPYTHONHASHSEED\n%s\nwords\n", folder.path);
    assert_string_equal(taken.data, wanted);
    tool_folder_remove(&folder);
    buf_free(&given);
    buf_free(&taken);
}

static void a_missing_program_is_told_from_one_that_fails(void **state)
{
    (void)state;
    struct tool t = SHELL("exit 3");
    t.program = "/nonexistent/sh";
    struct ran r = run(t);
    assert_int_equal(r.code, ERR_ENVIRONMENT);
    assert_int_equal(r.status, TOOL_NOT_STARTED);
    assert_string_equal(r.e.native, "ENOENT");
    assert_string_equal(r.e.where, "/nonexistent/sh");
    buf_free(&r.out);
}

static void a_failing_program_has_the_last_word(void **state)
{
    (void)state;
    struct ran r = run(SHELL("echo first >&2; printf 'the last\\033 one\\n\\n'; exit 3"));
    assert_int_equal(r.code, ERR_ENVIRONMENT);
    assert_int_equal(r.status, 3);
    assert_string_equal(r.e.text, "ended with status 3: the last  one");
    buf_free(&r.out);
    r = run(SHELL("kill -11 $$"));
    assert_int_equal(r.code, ERR_ENVIRONMENT);
    assert_int_equal(r.status, TOOL_NOT_STARTED);
    assert_string_equal(r.e.text, "was ended by signal 11");
    buf_free(&r.out);
}

static void a_program_that_takes_too_long_is_ended_with_its_children(void **state)
{
    (void)state;
    struct tool t = SHELL("sleep 61 & echo $! >out; wait");
    t.seconds = 1;
    struct ran r = run(t);
    assert_int_equal(r.code, ERR_TIMEOUT);
    assert_non_null(r.out.data);
    pid_t grandchild = (pid_t)strtol(r.out.data, NULL, 10);
    for (int i = 0; i < 100 && kill(grandchild, 0) == 0; i++)
        usleep(20000); /* its new parent has to take note of its end */
    assert_int_equal(kill(grandchild, 0), -1);
    buf_free(&r.out);
}

static void files_and_memory_have_limits(void **state)
{
    (void)state;
    struct tool t = SHELL("exec head -c 2000000 /dev/zero >out");
    struct ran r = run(t);
    assert_int_equal(r.code, ERR_ENVIRONMENT);
    assert_non_null(strstr(r.e.text, "signal 25")); /* SIGXFSZ */
    buf_free(&r.out);
    t = SHELL("exec dd if=/dev/zero of=/dev/null bs=1G count=1");
    t.memory_bytes = UINT64_C(256) << 20;
    r = run(t);
    assert_int_equal(r.code, ERR_ENVIRONMENT);
    assert_true(r.status > 0);
    buf_free(&r.out);
}

static void signals_wait_for_the_folder_and_the_tool_does_not(void **state)
{
    (void)state;
    struct tool_folder folder;
    struct err e;
    struct tool t = SHELL("exec sleep 61");
    sigset_t mask;
    assert_int_equal(tool_folder_make(&folder, &e), 0);
    assert_int_equal(raise(SIGTERM), 0); /* pending: it is blocked */
    assert_int_equal(tool_run(&t, &folder, NULL, &e), ERR_INTERRUPTED);
    const struct timespec none = { 0, 0 };
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    assert_int_equal(sigtimedwait(&term, NULL, &none), SIGTERM); /* taken back, or this test would end here */
    tool_folder_remove(&folder);
    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
    assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tool_runs_in_a_folder_and_an_environment_of_its_own),
        cmocka_unit_test(a_missing_program_is_told_from_one_that_fails),
        cmocka_unit_test(a_failing_program_has_the_last_word),
        cmocka_unit_test(a_program_that_takes_too_long_is_ended_with_its_children),
        cmocka_unit_test(files_and_memory_have_limits),
        cmocka_unit_test(signals_wait_for_the_folder_and_the_tool_does_not),
    };
    return cmocka_run_group_tests_name("tool", tests, NULL, NULL);
}
