/* What a process with card data in its memory keeps from others. */
#include "harness/base/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_closed_process_dumps_no_core_is_not_traced_and_gains_nothing(void **state)
{
    int how;
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit core;
        process_close();
        bool traced = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
#ifdef __SANITIZE_ADDRESS__
        traced = false;
#endif
        _exit(getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0 || traced ||
              prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(
        a_closed_process_dumps_no_core_is_not_traced_and_gains_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
